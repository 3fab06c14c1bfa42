"""The exported dashboards: generated, sound down to the dbt column, and refused when tampered with."""

from __future__ import annotations

import importlib.util
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml
from command_center import idformat
from command_center.errors import DeclarationError
from command_center.lint.dashboards import lint_exports
from command_center.paths import ROOT, SUPERSET_EXPORTS
from command_center.settings import camat_role, settings

from superset_exports.design import access, assets
from superset_exports.design.__main__ import bundle, changed, designed
from superset_exports.design.contract import types_by_model
from superset_exports.design.datasets import GUDANG

CONFIGURATION = ROOT / "docker" / "superset"
Document = dict[str, Any]


def load(path: Path) -> Document:
    document: Document = yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
    return document


def module(name: str) -> ModuleType:
    """A module of Superset's configuration, which is on no path here."""
    spec = importlib.util.spec_from_file_location(name, CONFIGURATION / f"{name}.py")
    assert spec and spec.loader
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


@pytest.fixture
def exports(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SUPERSET_EXPORTS, tmp_path / "exports", ignore=shutil.ignore_patterns("design")))


def test_committed_files_are_what_the_design_generates() -> None:
    assert changed(bundle(designed())) == [], "Run make dashboards."


def test_exports_are_sound() -> None:
    assert lint_exports(models=types_by_model()) == []


def test_only_tables_with_links_of_our_own_show_html() -> None:
    """Superset's answers let nothing but such links through, whatever a source wrote."""
    charts = [load(file) for file in (SUPERSET_EXPORTS / "charts").glob("*.yaml")]
    tables = [chart for chart in charts if chart["viz_type"] in ("table", "ag-grid-table", "pivot_table_v2")]
    assert len(tables) >= 7
    for chart in tables:
        has_links = any(column.endswith("_tautan") for column in chart["params"]["all_columns"])
        assert chart["params"]["allow_render_html"] is has_links, chart["slice_name"]
    assert {chart["viz_type"] for chart in charts}.isdisjoint({"handlebars", "markup", "iframe"})


def rename_metric(document: Document) -> None:
    document["params"]["metrics"] = ["Kebakarn", "Penyelamatan"]


def rename_column(document: Document) -> None:
    next(column for column in document["columns"] if column["column_name"] == "bulan")["column_name"] = "bulann"


def make_month_a_text(document: Document) -> None:
    next(column for column in document["columns"] if column["column_name"] == "bulan")["is_dttm"] = False


def colour_a_column_that_is_not_shown(document: Document) -> None:
    document["params"]["conditional_formatting"] = [{"column": "umur_jam", "operator": ">", "targetValue": 1}]


def add_up_texts(document: Document) -> None:
    document["metrics"].append({"metric_name": "Nama", "expression": "sum(kecamatan)"})


def put_in_unknown_chart(document: Document) -> None:
    box = next(box for box in document["position"].values() if isinstance(box, dict) and box["type"] == "CHART")
    box["meta"]["uuid"] = "00000000-0000-0000-0000-000000000000"


def put_in_password(document: Document) -> None:
    document["sqlalchemy_uri"] = "postgresql+psycopg2://cc_public:rahasia@127.0.0.1/publik"


def use_unknown_dataset(document: Document) -> None:
    document["dataset_uuid"] = "00000000-0000-0000-0000-000000000000"


def break_query(document: Document) -> None:
    context = json.loads(document["query_context"])
    context["queries"][0]["filters"] = [{"col": "jenis", "op": "==", "val": "x"}]
    document["query_context"] = json.dumps(context)


@pytest.mark.parametrize(
    ("file", "tamper", "words"),
    [
        ("charts/publik-damkar-per-bulan.yaml", rename_metric, ["publik-damkar-per-bulan", "Kebakarn"]),
        ("charts/publik-damkar-per-bulan.yaml", break_query, ["publik-damkar-per-bulan", "jenis"]),
        ("charts/publik-kesegaran.yaml", use_unknown_dataset, ["publik-kesegaran", "00000000"]),
        (
            "datasets/publik/publik_damkar_24_bulan.yaml",
            rename_column,
            ["publik_damkar_24_bulan", "bulann", "publik__damkar_bulanan"],
        ),
        (
            "datasets/publik/publik_damkar_24_bulan.yaml",
            make_month_a_text,
            ["publik-damkar-per-bulan", "time axis bulan"],
        ),
        ("charts/publik-kesegaran.yaml", colour_a_column_that_is_not_shown, ["umur_jam is given a look"]),
        ("datasets/publik/publik_damkar_24_bulan.yaml", add_up_texts, ["Nama adds up kecamatan", "TEXT"]),
        ("dashboards/publik.yaml", put_in_unknown_chart, ["publik.yaml", "00000000"]),
        ("databases/publik.yaml", put_in_password, ["databases/publik.yaml", "environment"]),
    ],
)
def test_tampering_is_named(exports: Path, file: str, tamper: Callable[[Document], None], words: list[str]) -> None:
    document = load(exports / file)
    tamper(document)
    (exports / file).write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
    problems = lint_exports(exports, types_by_model())
    assert any(all(word in problem for word in words) for problem in problems), problems


@pytest.mark.parametrize(
    ("model", "column", "kind", "words"),
    [
        ("publik__damkar_bulanan", "bulan", "text", ["column bulan is DATE here and text", "make dashboards"]),
        ("publik__damkar_bulanan", "bulan", None, ["publik__damkar_bulanan has no column bulan"]),
        ("mart__gempa", "potensi_tsunami", None, ["tsunami_teks uses the column potensi_tsunami", "mart__gempa"]),
        ("mart__indikator", "nilai", None, ["Jumlah uses the column nilai", "mart__indikator"]),
        ("mart__indikator", "periode_jenis", None, ["its SQL uses the column periode_jenis", "mart__indikator"]),
    ],
)
def test_a_mart_that_changes_its_contract_is_named(model: str, column: str, kind: str | None, words: list[str]) -> None:
    models = types_by_model()
    del models[model][column]
    models[model] |= {column: kind} if kind else {}
    problems = lint_exports(models=models)
    assert any(all(word in problem for word in words) for problem in problems), problems


def add_filter(exports: Path, change: Callable[[Document], None]) -> list[str]:
    """What the check says of the public dashboard with a filter that is right but for this change, on the row of one chart."""
    dataset = load(exports / "datasets/publik/publik_kesegaran_sumber.yaml")
    native_filter: Document = {
        "id": "NATIVE_FILTER-opd",
        "name": "OPD",
        "type": "NATIVE_FILTER",
        "filterType": "filter_select",
        "targets": [{"datasetUuid": dataset["uuid"], "column": {"name": "opd_nama"}}],
        "controlValues": {"sortMetric": None},
        "cascadeParentIds": [],
        "defaultDataMask": {"extraFormData": {"filters": [{"col": "opd_nama", "op": "IN", "val": ["BPBD"]}]}},
        "scope": {"rootPath": ["ROW"], "excluded": []},
    }
    change(native_filter)
    dashboard = load(exports / "dashboards/publik.yaml")
    chart = dashboard["position"]["CHART-publik-kesegaran"]
    written = json.dumps(native_filter).replace('"ROW"', json.dumps(chart["parents"][-1]))
    told = json.loads(written.replace('"CHART"', str(chart["meta"]["chartId"])))
    dashboard["metadata"]["native_filter_configuration"] = [told]
    (exports / "dashboards/publik.yaml").write_text(yaml.safe_dump(dashboard), encoding="utf-8")
    return lint_exports(exports, types_by_model())


def test_a_filter_that_fits_its_charts_is_sound(exports: Path) -> None:
    assert add_filter(exports, lambda native_filter: None) == []


@pytest.mark.parametrize(
    ("place", "value", "words"),
    [
        ("targets", [{"datasetUuid": "0000", "column": {"name": "opd_nama"}}], ["filter OPD", "dataset 0000"]),
        ("cascadeParentIds", ["NATIVE_FILTER-lain"], ["filter OPD", "NATIVE_FILTER-lain", "no filter"]),
        ("controlValues", {"defaultToFirstItem": True}, ["filter OPD", "not applied before a click"]),
        ("controlValues", {"sortMetric": "Baris"}, ["publik_kesegaran_sumber.yaml has no metric Baris"]),
        ("scope", {"rootPath": ["TAB-9"], "excluded": []}, ["the box TAB-9"]),
        ("scope", {"rootPath": ["ROW"], "excluded": [9]}, ["leaves out the chart 9"]),
        ("scope", {"rootPath": ["ROW"], "excluded": ["CHART"]}, ["no chart is in its scope"]),
        (
            "scope",
            {"rootPath": ["ROOT_ID"], "excluded": []},
            ["charts/publik-gempa-terbaru.yaml is in its scope", "no column opd_nama"],
        ),
        (
            "defaultDataMask",
            {"extraFormData": {"filters": [{"col": "bulan", "op": "IN", "val": ["x"]}]}},
            ["charts/publik-kesegaran.yaml is in its scope", "no column bulan"],
        ),
    ],
)
def test_a_filter_that_superset_would_pass_over_is_named(
    exports: Path, place: str, value: object, words: list[str]
) -> None:
    problems = add_filter(exports, lambda native_filter: native_filter.__setitem__(place, value))
    assert any(all(word in problem for word in words) for problem in problems), problems


def test_two_filters_of_one_id_are_named(exports: Path) -> None:
    add_filter(exports, lambda native_filter: None)
    dashboard = load(exports / "dashboards/publik.yaml")
    dashboard["metadata"]["native_filter_configuration"] *= 2
    (exports / "dashboards/publik.yaml").write_text(yaml.safe_dump(dashboard), encoding="utf-8")
    assert lint_exports(exports, types_by_model()) == [
        "dashboards/publik.yaml: filter OPD: its id NATIVE_FILTER-opd is that of another filter; give each its own."
    ]


def test_chart_on_no_dashboard_is_named(exports: Path) -> None:
    dashboard = load(exports / "dashboards/publik.yaml")
    del dashboard["position"]["CHART-publik-kesegaran"]
    (exports / "dashboards/publik.yaml").write_text(yaml.safe_dump(dashboard), encoding="utf-8")
    problems = lint_exports(exports, types_by_model())
    assert "charts/publik-kesegaran.yaml: no dashboard shows this chart." in problems


def test_missing_bundle_is_named(tmp_path: Path) -> None:
    problems = lint_exports(tmp_path, types_by_model())
    assert "There are no dashboards in superset_exports/; run make dashboards." in problems


def test_the_public_dashboard_has_its_charts_map_labels_and_sources() -> None:
    dashboard = load(SUPERSET_EXPORTS / "dashboards" / "publik.yaml")
    boxes = [box for box in dashboard["position"].values() if isinstance(box, dict)]
    charts = {box["id"].removeprefix("CHART-") for box in boxes if box["type"] == "CHART"}
    kinds = {load(SUPERSET_EXPORTS / "charts" / f"{chart}.yaml")["viz_type"] for chart in charts}
    texts = " ".join(box["meta"]["code"] for box in boxes if box["type"] == "MARKDOWN")
    assert len(charts) >= 8
    assert "deck_geojson" in kinds
    assert dashboard["published"] is True
    for words in ("DATA SIMULASI", "Sementara, bukan hasil resmi", "BMKG", "KPU"):
        assert words in texts


def test_public_dashboard_reads_only_the_public_database() -> None:
    public = load(SUPERSET_EXPORTS / "databases/publik.yaml")["uuid"]
    datasets = {file: load(file) for file in (SUPERSET_EXPORTS / "datasets").rglob("*.yaml")}
    by_uuid = {document["uuid"]: document for document in datasets.values()}
    charts = [load(file) for file in (SUPERSET_EXPORTS / "charts").glob("publik-*.yaml")]
    assert charts
    assert {by_uuid[chart["dataset_uuid"]]["database_uuid"] for chart in charts} == {public}


def test_translations_keep_their_placeholders() -> None:
    texts = json.loads((CONFIGURATION / "messages_id.json").read_text("utf-8"))
    assert len(texts) > 150
    assert [english for english, text in texts.items() if english.count("%s") != text.count("%s")] == []


def test_superset_names_days_and_months_as_the_reports_do() -> None:
    indonesian = module("indonesian")
    assert indonesian.MONTHS == idformat.MONTHS
    assert (*indonesian.DAYS[1:], indonesian.DAYS[0]) == idformat.DAYS


STORED: Document = {
    "columns": ["kecamatan"],
    "metrics": ["Jumlah"],
    "extras": {"having": "", "where": ""},
    "filter": [{"col": "indikator_kode", "op": "==", "val": "waktu_tanggap"}],
    "row_limit": 100,
    "result_type": None,
}
FOREIGN_SQL = {"expressionType": "SQL", "sqlExpression": "pg_sleep(9)", "label": "x"}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({}, None),
        ({"row_limit": 10}, None),
        ({"filter": [*STORED["filter"], {"col": "kecamatan", "op": "IN", "val": ["Pauh"]}]}, None),
        ({"metrics": [FOREIGN_SQL]}, "metrics"),
        ({"columns": [FOREIGN_SQL]}, "columns"),
        ({"orderby": [[FOREIGN_SQL, True]]}, "orderby"),
        ({"series_limit_metric": FOREIGN_SQL}, "series_limit_metric"),
        ({"extras": {"where": "1 = pg_sleep(9)"}}, "extras"),
        ({"extras": {"having": "1 = pg_sleep(9)"}}, "extras"),
        ({"granularity": "pg_sleep(9)"}, "granularity"),
        ({"filter": []}, "filters"),
        ({"filter": [*STORED["filter"], {"col": FOREIGN_SQL, "op": "==", "val": 1}]}, "filters"),
        ({"filter": [*STORED["filter"], {"col": "kecamatan", "op": "==", "val": FOREIGN_SQL}]}, "filters"),
        ({"filter": [*STORED["filter"], {"col": "pg_sleep(9)", "op": "==", "val": 1}]}, "filters"),
        ({"row_limit": 100_000}, "row_limit"),
        ({"row_limit": None}, "row_limit"),
        ({"post_processing": [{"operation": "prophet"}]}, "post_processing"),
        ({"annotation_layers": [{"annotationType": "EVENT"}]}, "annotation_layers"),
        ({"result_type": "samples"}, "result_type"),
        ({"result_type": "drill_detail"}, "result_type"),
    ],
)
def test_only_the_stored_query_is_accepted(change: Document, reason: str | None) -> None:
    guard = module("stored_chart")
    assert guard.query_refusal(STORED | change, [STORED], {"kecamatan", "indikator_kode"}) == reason


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"slice_id": 7, "dashboardId": 1, "matrixify_row_height": 300}, None),
        ({"geojson": FOREIGN_SQL}, "geojson"),
        ({"js_columns": ["pg_sleep(9)"]}, "js_columns"),
        ({"adhoc_filters": [{"expressionType": "SQL", "sqlExpression": "1=1"}]}, "adhoc_filters"),
        ({"extra_form_data": {"adhoc_filters": [FOREIGN_SQL]}}, "extra_form_data"),
        ({"extra_form_data": {"filters": [{"col": "kecamatan", "op": "IN", "val": ["Pauh"]}]}}, None),
        ({"extra_form_data": {"filters": [{"col": FOREIGN_SQL, "op": "IN", "val": ["Pauh"]}]}}, "extra_form_data"),
        ({"extra_form_data": {"filters": [{"col": "lain", "op": "IN", "val": ["Pauh"]}]}}, "extra_form_data"),
        ({"extra_form_data": {"filters": "x", "time_range": "Last week"}}, "extra_form_data"),
        ({"where": "1=1"}, "where"),
    ],
)
def test_only_the_stored_form_data_are_accepted(change: Document, reason: str | None) -> None:
    guard = module("stored_chart")
    stored = {"geojson": "bentuk", "adhoc_filters": []}
    assert guard.form_data_refusal(stored | change, stored, {"kecamatan"}) == reason


@pytest.mark.parametrize(
    "change",
    [
        {"filterType": "filter_range"},
        {"targets": []},
        {"targets": [{"datasetId": 3}]},
        {"targets": [{"column": {"name": "bulan"}}]},
        {"adhoc_filters": [{"expressionType": "SQL", "sqlExpression": "1 = 1"}]},
        {"time_range": "Last week"},
    ],
)
def test_a_filter_asks_for_the_values_of_its_column(change: Document) -> None:
    guard = module("stored_chart")
    stored = {
        "filterType": "filter_select",
        "targets": [{"datasetId": 3, "column": {"name": "bulan"}}],
        "sortMetric": "Urutan",
        "controlValues": {"sortAscending": False},
    }
    asked = guard.filter_query(stored, 1000)
    assert (asked["columns"], asked["metrics"], asked["orderby"]) == (["bulan"], ["Urutan"], [["Urutan", False]])
    assert guard.filter_query(stored | {"sortMetric": None}, 1000)["orderby"] == [["bulan", False]]
    assert guard.filter_query(stored | change, 1000) is None


LINK = "<a href=\"/superset/dashboard/wilayah/?native_filters=(A-b:(c:!('Pauh%20x'),d~e.f))&g=h\">Pauh &amp; sekitarnya</a>"
NO_LINKS = {
    "program": '<a href="javascript:alert(1)">x</a>',
    "other host": '<a href="//contoh.id/superset/dashboard/x/">x</a>',
    "host as user": '<a href="/\\contoh.id/superset/dashboard/x/">x</a>',
    "own page that does": '<a href="/logout/">x</a>',
    "way out": '<a href="/superset/dashboard/x/../../../logout/">x</a>',
    "way out, written otherwise": '<a href="/superset/dashboard/x/%2e%2e/%2e%2e/logout/">x</a>',
    "way out as slug": '<a href="/superset/dashboard/../">x</a>',
    "export": '<a href="/superset/dashboard/x/?y#z">x</a>',
    "attribute": '<a href="/superset/dashboard/x/" onclick="alert(1)">x</a>',
    "attribute first": '<a onclick=alert(1) href="/superset/dashboard/x/">x</a>',
    "attribute in the address": '<a href="/superset/dashboard/x/?a" onclick="b">x</a>',
    "entity in the address": '<a href="/superset/dashboard/x/?a&quot;onclick=b">x</a>',
    "blank in the address": '<a href="/superset/dashboard/x/?a b">x</a>',
    "other quotes": "<a href='/superset/dashboard/x/'>x</a>",
    "capitals": '<A HREF="/superset/dashboard/x/">x</A>',
    "tag inside": '<a href="/superset/dashboard/x/"><img src=x onerror=alert(1)></a>',
    "entity inside": '<a href="/superset/dashboard/x/">&lt;img src=x&gt;</a>',
    "entity by number": '<a href="/superset/dashboard/x/">&#60;img&#62;</a>',
    "empty": '<a href="/superset/dashboard/x/"></a>',
    "text before": 'x <a href="/superset/dashboard/x/">x</a>',
    "two": '<a href="/superset/dashboard/x/">x</a><a href="/superset/dashboard/x/">x</a>',
    "unclosed": '<a href="/superset/dashboard/x/">x',
    "line break": '<a href="/superset/dashboard/x/">x\ny</a>',
    "key in a text": 'x_tautan": "<a href="/superset/dashboard/x/">x</a>"',
    "key in a text, escaped": 'x_tautan\\": \\"<a href=\\"/superset/dashboard/x/\\">x</a>\\"',
    "svg": "<svg/onload=alert(1)>",
    "comment": "<!--<a>-->",
}


def test_links_to_dashboards_are_shown_as_links() -> None:
    links = module("links")
    answer = json.dumps({"data": [{"dasbor_tautan": LINK, "nama": "a < b"}]}, ensure_ascii=False)
    assert links.as_shown(answer) == answer
    assert links.text_of(LINK) == "Pauh & sekitarnya"
    elsewhere = json.dumps({"data": [{"dasbor": LINK, "tautan": LINK, "x_tautan_y": LINK, "y_tautan": [LINK]}]})
    assert "<" not in links.as_shown(elsewhere)


@pytest.mark.parametrize("attack", NO_LINKS)
def test_nothing_else_is_shown_as_markup(attack: str) -> None:
    links = module("links")
    for rows in ({"dasbor_tautan": NO_LINKS[attack]}, {"nama": NO_LINKS[attack]}, {NO_LINKS[attack]: LINK}):
        for as_ascii in (True, False):
            shown = links.as_shown(json.dumps({"data": [rows]}, ensure_ascii=as_ascii))
            assert "<" not in shown
            assert json.loads(shown)["data"]
    assert links.text_of(NO_LINKS[attack]) == NO_LINKS[attack]


def page(*audience: str) -> assets.Dashboard:
    return assets.Dashboard("coba", "Coba", "", rows=(), audience=audience)


@pytest.mark.parametrize(
    ("audience", "sentence"),
    [
        ((), "Dashboard coba does not say who it is for; give it an audience of wali_kota, opd,"),
        (("wali_kota", "walikota"), "Dashboard coba names walikota as its audience; give it"),
    ],
)
def test_a_dashboard_says_who_it_is_for(audience: tuple[str, ...], sentence: str) -> None:
    with pytest.raises(DeclarationError, match=sentence):
        access.document([page(*audience)])


def test_a_dashboard_for_camat_reads_what_camat_may_read() -> None:
    held = assets.Dataset(GUDANG, "batch_ditahan", "")
    chart = assets.Chart("tahan", "Tahan", held, "table", {}, {})
    dashboard = replace(page("camat"), rows=[assets.Row(30, [assets.Cell(chart, 12)])])
    with pytest.raises(DeclarationError, match="its chart tahan reads mart__batch_ditahan, which no camat may read"):
        access.document([dashboard])
    assert access.document([replace(dashboard, audience=("wali_kota",))])["dashboards"] == {"coba": ["wali_kota"]}


def test_each_role_begins_with_the_first_dashboard_that_it_may_open() -> None:
    pages = [
        replace(page("publik"), slug="publik"),
        replace(page("wali_kota"), slug="ringkasan"),
        replace(page("camat", "wali_kota"), slug="wilayah"),
    ]
    first = access.document(pages)["first"]
    assert (first["wali_kota"], first["camat"], first["opd"], first["publik"]) == (
        *("ringkasan", "wilayah"),
        *("publik", "publik"),
    )


def test_superset_and_the_reports_derive_the_same_password_of_a_camat(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUPERSET_CAMAT_SECRET", "rahasia")
    monkeypatch.setenv("CC_CAMAT_SECRET", "rahasia")
    settings.cache_clear()
    logins = module("camat_password")
    assert logins.camat_password(camat_role("13.71.08")) == settings().camat_password("13.71.08")
    settings.cache_clear()


LDAP = {
    "SUPERSET_LDAP_SERVER": "ldap://direktori.padang.invalid",
    "SUPERSET_LDAP_SEARCH": "ou=pegawai,dc=padang",
    "SUPERSET_LDAP_GROUP": "cn={role},ou=peran,dc=padang",
    "SUPERSET_LDAP_BIND_USER": "cn=superset,dc=padang",
    "SUPERSET_LDAP_BIND_PASSWORD": "rahasia",
}
OIDC = {
    "SUPERSET_OIDC_ISSUER": "https://masuk.padang.invalid/",
    "SUPERSET_OIDC_CLIENT_ID": "superset",
    "SUPERSET_OIDC_CLIENT_SECRET": "rahasia",
}


def test_people_sign_in_as_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(CONFIGURATION))
    signing_in = module("signing_in")
    assert signing_in.settings_for({"SUPERSET_OIDC_ISSUER": "", "SUPERSET_LDAP_SERVER": ""}, has_ldap=False) == {
        "AUTH_TYPE": 1,
        "AUTH_USER_REGISTRATION": False,
    }
    by_ldap = signing_in.settings_for(LDAP | {"SUPERSET_LDAP_CA_FILE": "/etc/padang/ca.pem"}, has_ldap=True)
    assert (by_ldap["AUTH_TYPE"], by_ldap["AUTH_LDAP_USE_TLS"], by_ldap["AUTH_ROLES_SYNC_AT_LOGIN"]) == (2, True, True)
    assert by_ldap["AUTH_ROLES_MAPPING"]["cn=camat_13.71.08,ou=peran,dc=padang"] == ["Camat 13.71.08 Pauh"]
    assert (by_ldap["AUTH_LDAP_TLS_DEMAND"], by_ldap["AUTH_LDAP_TLS_CACERTFILE"]) == (True, "/etc/padang/ca.pem")
    assert by_ldap["RECAPTCHA_PUBLIC_KEY"] == "", "without it Superset fails on every page"
    by_oidc = signing_in.settings_for(OIDC, has_ldap=False)
    assert by_oidc["AUTH_TYPE"] == 4
    assert by_oidc["OAUTH_PROVIDERS"][0]["remote_app"]["server_metadata_url"] == (
        "https://masuk.padang.invalid/.well-known/openid-configuration"
    )
    assert by_oidc["AUTH_ROLES_MAPPING"].keys() >= {"wali_kota", "opd", "admin", "camat_13.71.01"}
    assert "publik" not in by_oidc["AUTH_ROLES_MAPPING"]


@pytest.mark.parametrize("missing", [*list(LDAP)[1:], *list(OIDC)[1:]])
def test_half_a_way_to_sign_in_is_refused(monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    monkeypatch.syspath_prepend(str(CONFIGURATION))
    way = LDAP if missing in LDAP else OIDC
    with pytest.raises(ValueError, match=f"half configured: set {missing} too"):
        module("signing_in").settings_for({name: way[name] for name in way if name != missing}, has_ldap=True)


def test_ldap_without_its_library_does_not_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(CONFIGURATION))
    with pytest.raises(ValueError, match="set SUPERSET_WITH_LDAP=1"):
        module("signing_in").settings_for(LDAP, has_ldap=False)


@pytest.mark.parametrize("name", ["siti", "Siti.Aminah", "siti-2", "siti_a@padang.invalid"])
def test_a_name_of_one_person_may_be_asked_for(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.syspath_prepend(str(CONFIGURATION))
    assert module("signing_in").is_plain_name(name)


@pytest.mark.parametrize(
    "name",
    ["", "*", "sit*", "siti)(uid=*", "siti ", " siti", "sí\u0074i", "ｓｉｔｉ", "siti\n", "siti\\2a", "siti\x00"],
)
def test_a_name_that_finds_another_is_not_asked_for(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.syspath_prepend(str(CONFIGURATION))
    assert not module("signing_in").is_plain_name(name)


def test_a_person_is_what_the_token_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(CONFIGURATION))
    signing_in = module("signing_in")
    claims = {"sub": "7", "upn": "camat.pauh", "kelompok": ["camat_13.71.08", 3], "roles": ["admin"]}
    names = {"SUPERSET_OIDC_NAME_CLAIM": "upn", "SUPERSET_OIDC_ROLES_CLAIM": "kelompok"}
    assert signing_in.person(claims, names)["role_keys"] == ["camat_13.71.08"]
    assert signing_in.person(claims, names)["username"] == "camat.pauh"
    assert signing_in.person({"sub": "7", "roles": "admin"}, {}) == {
        "username": "7",
        "first_name": "7",
        "last_name": "",
        "email": "7@padang.invalid",
        "role_keys": [],
    }
