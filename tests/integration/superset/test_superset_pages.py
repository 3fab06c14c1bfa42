"""A running Superset from the side of who edits its pages and who waits for them: round trip of edits, caches, compression."""

from __future__ import annotations

import difflib
import json
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psutil
import psycopg
import pytest
from command_center.database import one_value
from command_center.lint.dashboards import lint_exports
from command_center.local import environment
from command_center.local import superset as superset_service
from command_center.local.charts import log_in
from command_center.local.cluster import running_cluster
from command_center.local.processes import Processes
from command_center.paths import SUPERSET_EXPORTS
from command_center.settings import CITY_NAME, settings
from prometheus_client.parser import text_string_to_metric_families
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from superset_exports.design import datasets
from superset_exports.design.__main__ import bundle, changed, designed, generated, write
from superset_exports.design.assets import Filter
from superset_exports.design.contract import types_by_model
from superset_exports.design.edits import boxes, closed, opened, recorded
from superset_exports.design.export import brought_back
from tests.conftest import Cluster
from tests.integration.superset.test_superset_security import (
    PUBLIK,
    is_up,
    make_databases,
    prepare,
    superset_environment,
    use_csrf_token,
)
from tests.support.golden import prepared_var

Row = dict[str, Any]
QUAKES, FIRES = "charts/publik-gempa-terbaru.yaml", "charts/publik-damkar-per-bulan.yaml"
SOON_S = 60  # two seconds, on a machine that has nothing else to do
SHOWN = ("slice_name", "dashboard_title", "table_name")


@dataclass(frozen=True)
class Site:
    """Superset, an administrator's and nobody's session, and the folder of what it was given."""

    admin: httpx.Client
    public: httpx.Client
    env: Mapping[str, str]
    exports: Path
    log: Path
    cluster: Cluster
    first: Mapping[str, str]  # what the import into an empty Superset made
    server: psutil.Process

    def listed(self, kind: str) -> dict[str, Row]:
        columns = ",".join(("id", "uuid", *SHOWN[{"chart": 0, "dashboard": 1, "dataset": 2}[kind] :][:1]))
        pages = (self.page(kind, columns, number) for number in range(10))
        return {row["uuid"]: row for page in pages for row in page}

    def page(self, kind: str, columns: str, number: int) -> list[Row]:
        answer = self.admin.get(f"/api/v1/{kind}/?q=(page:{number},page_size:100,columns:!({columns}))")
        rows: list[Row] = answer.json()["result"]
        return rows

    def number(self, kind: str, file: str) -> int:
        return int(self.listed(kind)[document(self.exports / file)["uuid"]]["id"])

    def change(self, kind: str, number: int, **values: Any) -> None:
        answer = self.admin.put(f"/api/v1/{kind}/{number}", json=values)
        assert answer.status_code == 200, answer.text

    def get(self, kind: str, number: int) -> Row:
        result: Row = self.admin.get(f"/api/v1/{kind}/{number}").json()["result"]
        return result

    def run(self, script: str) -> list[str]:
        command = [str(superset_service.interpreter()), str(superset_service.CONFIGURATION / script)]
        finished = subprocess.run(command, env=self.env, capture_output=True, text=True, check=False)
        assert finished.returncode == 0, finished.stderr[-2000:]
        return finished.stdout.splitlines()

    def export(self, source: Path | None = None) -> list[str]:
        """As make dashboards-export does, into the folder that Superset was given; the names of the files that changed."""
        brought = source.read_text("utf-8") if source else self.run("export_assets.py")[-1]
        files = brought_back(bundle(designed()), generated(self.exports), json.loads(brought))
        names = changed(files, self.exports)
        write(files, names, self.exports)
        return names


def document(file: Path) -> Row:
    import yaml

    loaded: Row = yaml.safe_load(file.read_text("utf-8"))
    return loaded


@pytest.fixture(scope="module")
def prepared() -> Iterator[Cluster]:
    with prepared_var() as var, running_cluster(var, is_durable=False) as values:
        yield Cluster(var, values, settings())


@pytest.fixture(scope="module")
def site(prepared: Cluster) -> Iterator[Site]:
    var = prepared.var
    exports = with_a_filter(var / "exports")
    env = superset_environment(prepared, make_databases(prepared)) | {"SUPERSET_EXPORTS_DIR": str(exports)}
    port = environment.choose_ports(var).superset
    processes = Processes(var, var / "log")
    url = f"http://127.0.0.1:{port}"
    first = made_by_imports(prepared)
    try:
        prepare(processes, env, var)
        server = processes.start(superset_service.server_command({**env, "SUPERSET_WARM": "1"}, var, port))
        processes.wait_ready("Superset", lambda: is_up(url), 120)
        with httpx.Client(base_url=url, timeout=60) as admin, httpx.Client(base_url=url, timeout=60) as public:
            log_in(admin, "admin", env["SUPERSET_ADMIN_PASSWORD"])
            for client in (admin, public):
                use_csrf_token(client)
            log = var / "log" / "superset.log"
            yield Site(admin, public, env, exports, log, prepared, first, psutil.Process(server))
    finally:
        processes.end()


def with_a_filter(folder: Path) -> Path:
    """The exports; on the public dashboard one chart is narrowed to the kecamatan that the filter offers first."""
    shutil.copytree(SUPERSET_EXPORTS, folder, ignore=shutil.ignore_patterns("design", "edits"))
    files = dict(bundle(designed()))
    page = opened(files["dashboards/publik.yaml"])
    chosen = Filter("kecamatan", "Kecamatan", datasets.damkar_bulanan(datasets.PUBLIK), "kecamatan", "Kebakaran")
    excluded = [box["meta"]["uuid"] for box in boxes(page) if box["id"] != "CHART-publik-damkar-per-bulan"]
    native_filter = chosen.document({}) | {"scope": {"rootPath": ["ROOT_ID"], "excluded": excluded}}
    page["metadata"]["native_filter_configuration"][chosen.id] = native_filter
    edited = files | {"dashboards/publik.yaml": closed(page, files["dashboards/publik.yaml"])}
    written = edited | recorded(files, edited)
    write(written, changed(written, folder), folder)
    return folder


def texts(folder: Path) -> dict[str, str]:
    return {str(file.relative_to(folder)): file.read_text("utf-8") for file in folder.rglob("*.yaml")}


def lines_changed(before: Mapping[str, str], after: Mapping[str, str], name: str) -> list[str]:
    lines = difflib.unified_diff(before[name].splitlines(), after[name].splitlines(), n=0, lineterm="")
    return [line for line in lines if not line.startswith(("---", "+++", "@@"))]


def rename_as_explore_does(site: Site) -> None:
    """With all that its page adds to what it saves."""
    number = site.number("chart", QUAKES)
    stored = site.get("chart", number)
    added = {"slice_id": number, "datasource": "1__table", "url_params": {}, "dashboards": [1], "extra_form_data": {}}
    params = json.loads(stored["params"]) | added | {"include_search": True}
    site.change("chart", number, slice_name="Gempa menurut BMKG, sebulan", params=json.dumps(params))


def narrow_as_a_dashboard_does(site: Site) -> None:
    number = site.number("dashboard", "dashboards/publik.yaml")
    stored = site.get("dashboard", number)
    position, metadata = json.loads(stored["position_json"]), json.loads(stored["json_metadata"])
    for name, width in (("CHART-publik-peta-kebakaran", 4), ("CHART-publik-damkar-per-bulan", 8)):
        column = next(box for box in position.values() if name in children(box))
        column["meta"]["width"] = width
    added: Row = {"shared_label_colors": ["x"], "map_label_colors": {}, "color_namespace": "", "label_colors": {}}
    added |= {"chart_configuration": {"1": {"id": 1}}, "global_chart_configuration": {"scope": {"excluded": []}}}
    site.change("dashboard", number, position_json=json.dumps(position), json_metadata=json.dumps(metadata | added))


def children(box: Row | str) -> list[str]:
    return box.get("children", []) if isinstance(box, dict) else []


def call_a_column_otherwise(site: Site) -> None:
    number = site.number("dataset", "datasets/publik/publik_gempa_30_hari.yaml")
    kept = ("id", "uuid", "column_name", "verbose_name", "type", "is_dttm", "groupby", "filterable", "expression")
    columns = [{key: column[key] for key in kept} for column in site.get("dataset", number)["columns"]]
    next(column for column in columns if column["column_name"] == "magnitudo")["verbose_name"] = "Kekuatan"
    site.change("dataset", number, columns=columns)


def add_a_chart(site: Site) -> None:
    """A copy of a chart under a new title, in a new row of the dashboard."""
    number = site.number("chart", FIRES)
    page = site.number("dashboard", "dashboards/publik.yaml")
    old = site.get("chart", number)
    dataset = site.number("dataset", "datasets/publik/publik_damkar_24_bulan.yaml")
    made = {key: old[key] for key in ("viz_type", "params", "query_context")}
    made |= {"slice_name": "Kebakaran saja", "datasource_id": dataset, "datasource_type": "table", "dashboards": [page]}
    answer = site.admin.post("/api/v1/chart/", json=made)
    assert answer.status_code == 201, answer.text
    position = json.loads(site.get("dashboard", page)["position_json"])
    parents = ["ROOT_ID", "GRID_ID"]
    position["GRID_ID"]["children"].append("ROW-baru")
    position["ROW-baru"] = {"type": "ROW", "id": "ROW-baru", "children": ["CHART-baru"], "parents": parents, "meta": {}}
    meta = {"width": 12, "height": 44, "chartId": answer.json()["id"], "sliceName": "Kebakaran saja"}
    position["CHART-baru"] = {"type": "CHART", "id": "CHART-baru", "children": [], "parents": [*parents, "ROW-baru"]}
    position["CHART-baru"]["meta"] = meta
    metadata = json.loads(site.get("dashboard", page)["json_metadata"])
    for chosen in metadata["native_filter_configuration"]:  # none of whose columns the chart has
        chosen["scope"]["excluded"].append(answer.json()["id"])
    site.change("dashboard", page, position_json=json.dumps(position), json_metadata=json.dumps(metadata))


def everything(site: Site) -> dict[str, dict[str, Row]]:
    return {kind: site.listed(kind) for kind in ("dashboard", "chart", "dataset")}


NUMBERS = """
    select uuid::text, concat_ws(' ', 'dashboard', id, slug) from dashboards
    union all select uuid::text, concat_ws(' ', 'chart', id) from slices
    union all select uuid::text, concat_ws(' ', 'dataset', id) from tables
"""


def made_by_imports(cluster: Cluster) -> dict[str, str]:
    """UUID -> kind, number and address of everything that stands in Superset's own database."""
    place = psycopg.conninfo.make_conninfo(cluster.settings.dsn("admin"), dbname="superset")
    with psycopg.connect(place) as connection:
        return dict(connection.execute(NUMBERS).fetchall())


def test_the_import_after_the_first_keeps_numbers_and_addresses(site: Site) -> None:
    """Of every page: the first went into an empty Superset."""
    now = made_by_imports(site.cluster)
    pages = [document(file) for file in (site.exports / "dashboards").iterdir()]
    assert {page["uuid"] for page in pages} <= now.keys() and len(pages) > 15
    assert {uuid: made for uuid, made in site.first.items() if uuid in now and now[uuid] != made} == {}
    assert len(site.first.keys() & now.keys()) > 200


def test_edits_come_back_alone_and_go_in_again(site: Site) -> None:
    """Nothing is edited: nothing comes back. Then: exactly the edits, and after the import the same numbers and UUIDs."""
    begun = texts(site.exports)
    assert (site.export(), texts(site.exports)) == ([], begun)

    rename_as_explore_does(site)
    narrow_as_a_dashboard_does(site)
    call_a_column_otherwise(site)
    add_a_chart(site)
    there, names = everything(site), site.export()
    edited = ["charts/publik-gempa-terbaru.yaml", "dashboards/publik.yaml", "datasets/publik/publik_gempa_30_hari.yaml"]
    made = "charts/publik-kebakaran-saja.yaml"
    assert names == sorted([*edited, made, *(f"edits/{name}" for name in [*edited, made])])
    after = texts(site.exports)
    assert lines_changed(begun, after, edited[0]) == [
        "-slice_name: Gempa menurut BMKG, 30 hari terakhir",
        "+slice_name: Gempa menurut BMKG, sebulan",
        "-  include_search: false",
        "+  include_search: true",
    ]
    assert lines_changed(begun, after, edited[1])[:4] == [
        "+    - ROW-baru",
        "-      width: 5",
        "+      width: 4",
        "-      width: 7",
    ]
    assert lines_changed(begun, after, edited[2]) == ["-  verbose_name: Magnitudo", "+  verbose_name: Kekuatan"]
    assert lint_exports(site.exports, types_by_model()) == []

    site.run("import_assets.py")
    assert everything(site) == there
    assert (site.export(), texts(site.exports)) == ([], after)
    assert site.public.get("/superset/dashboard/publik/").status_code == 200


def test_an_import_keeps_the_edits_that_it_replaces(site: Site) -> None:
    number = site.number("chart", FIRES)
    site.change("chart", number, slice_name="Kebakaran per bulan")
    told = [line for line in site.run("import_assets.py") if "Replaced edits" in line]
    assert len(told) == 1 and "Kebakaran per bulan" in told[0]
    assert site.get("chart", number)["slice_name"] != "Kebakaran per bulan"
    file = Path(told[0].split("Kept in ")[1].removesuffix("."))
    assert [name for name in site.export(file) if not name.startswith("edits/")] == [FIRES]
    assert "slice_name: Kebakaran per bulan" in texts(site.exports)[FIRES]


def asked(site: Site, file: str, *filters: Row) -> Row:
    answer = ask(site, file, *filters)
    assert answer.status_code == 200, answer.text
    result: Row = answer.json()["result"][0]
    return result


def ask(site: Site, file: str, *filters: Row) -> httpx.Response:
    context = json.loads(site.get("chart", site.number("chart", file))["query_context"])
    context["queries"][0]["filters"] += filters
    return site.public.post("/api/v1/chart/data", json=context)


def is_kept(site: Site, file: str) -> bool:
    """Superset had nothing to do."""
    return "age" in ask(site, file).headers


def publish(cluster: Cluster, wilayah: str) -> int:
    """Another edition in the public database, as a publication puts it in place; its number."""
    dsn = psycopg.conninfo.make_conninfo(cluster.settings.dsn("admin"), dbname=PUBLIK)
    with psycopg.connect(dsn) as connection:
        tables = connection.execute("select tablename::text from pg_tables where schemaname = 'publik'").fetchall()
        connection.execute("alter schema publik rename to publik_lama")
        connection.execute("create schema publik")
        for (table,) in tables:
            names = sql.Identifier("publik", table), sql.Identifier("publik_lama", table)
            connection.execute(sql.SQL("create table {} as table {}").format(*names))
        connection.execute("update publik.gempa set wilayah = %s", [wilayah])
        connection.execute("drop schema publik_lama cascade")
        connection.execute("grant usage on schema publik to cc_public")
        connection.execute("grant select on all tables in schema publik to cc_public")
        return one_value(connection, int, "select 'publik'::regnamespace::oid::int")


def wait_until(is_so: Callable[[], bool], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while not (done := is_so()) and time.monotonic() < end:
        time.sleep(0.2)
    return done


def test_an_answer_holds_until_the_next_edition(site: Site) -> None:
    asked(site, QUAKES)
    held = asked(site, QUAKES)
    assert held["is_cached"] and held["cache_timeout"] > 3600
    assert wait_until(lambda: is_kept(site, QUAKES), SOON_S)
    publish(site.cluster, "tempat lain")
    assert wait_until(lambda: asked(site, QUAKES)["data"][0]["wilayah"] == "tempat lain", 5)


def test_a_question_takes_one_connection(site: Site) -> None:
    """Superset by itself takes three: two ask for a default schema that nobody needs.

    Editions are read now and then, and what is warmed after an edition asks too, so that a quiet turn is waited for.
    """
    address = f"/api/v1/chart/{site.number('chart', QUAKES)}/data/?force=true"
    turns = 40

    def ask_all() -> None:
        answers = [site.admin.get(address) for _ in range(turns)]
        assert {answer.status_code for answer in answers} == {200}
        assert not any(answer.json()["result"][0]["is_cached"] for answer in answers)

    def opened() -> int:
        with psycopg.connect(site.cluster.settings.dsn("admin")) as connection:
            row = connection.execute(
                "select sum(sessions) from pg_stat_database where datname <> 'superset'"
            ).fetchone()
        return int(row[0]) if row else 0

    def taken() -> int:
        before = opened()
        ask_all()
        return opened() - before

    ask_all()
    assert wait_until(lambda: turns <= taken() < 2.5 * turns, SOON_S)


def test_what_is_kept_goes_when_a_chart_changes_and_when_its_page_is_closed(site: Site) -> None:
    def is_public(dashboard: int, is_so: bool) -> None:
        site.change("dashboard", dashboard, published=is_so)

    assert wait_until(lambda: is_kept(site, FIRES), SOON_S)
    number = site.number("chart", FIRES)
    name = site.get("chart", number)["slice_name"]
    site.change("chart", number, slice_name=f"{name} di kota")
    assert wait_until(lambda: not is_kept(site, FIRES), SOON_S)
    site.change("chart", number, slice_name=name)
    assert wait_until(lambda: is_kept(site, FIRES), SOON_S)
    pages = [one["id"] for one in site.get("chart", number)["dashboards"]]
    for page in pages:
        is_public(page, False)
    assert wait_until(lambda: ask(site, FIRES).status_code == 403, SOON_S)
    for page in pages:
        is_public(page, True)
    assert wait_until(lambda: is_kept(site, FIRES), SOON_S)


def test_first_screens_are_asked_once_an_edition_stands(site: Site) -> None:
    """Nobody has asked for these since, and yet they are there, narrowed as the filters are when the page opens."""
    edition = publish(site.cluster, "tempat ketiga")
    assert wait_until(lambda: f"publik {edition}: " in site.log.read_text("utf-8"), SOON_S)
    narrowed = [
        {"col": "bulan_label", "op": "IN", "val": ["uji"]},  # the month that the filter offers first
        {"col": "wilayah_nama", "op": "IN", "val": [CITY_NAME]},
    ]
    for chart in ("angka-pokok", "rincian"):
        assert asked(site, f"charts/publik-{chart}.yaml", *narrowed)["is_cached"], chart


def test_requests_are_counted_and_told_to_who_knows_the_token(site: Site) -> None:
    def told() -> dict[tuple[str, ...], float]:
        answer = site.public.get("/metrics", headers={"Authorization": f"Bearer {site.env['SUPERSET_METRICS_TOKEN']}"})
        assert answer.status_code == 200 and answer.headers["content-type"].startswith("text/plain")
        families = text_string_to_metric_families(answer.text)
        return {(one.name, *one.labels.values()): one.value for family in families for one in family.samples}

    for headers in ({}, {"Authorization": "Bearer lain"}):
        refused = site.public.get("/metrics", headers=headers)
        assert refused.status_code == 302 and "superset_" not in refused.text
    before = told()
    page, chart = "/superset/dashboard/publik/", "charts/publik-rincian.yaml"
    for _ in range(20):
        assert site.public.get(page).status_code == 200
        ask(site, chart)
    assert site.public.get("/api/v1/chart/abc").status_code == 403
    now = told()
    grown = {key: now[key] - before[key] for key in now if now[key] != before[key]}
    assert grown["superset_requests_total", "dashboard", "2xx"] == 20, "both workers together"
    assert (
        grown["superset_requests_total", "chart_data", "2xx"] >= 20
        and grown["superset_requests_total", "api", "4xx"] == 1
    )
    assert (
        grown["superset_request_seconds_count", "dashboard"]
        == grown["superset_request_seconds_bucket", "dashboard", "+Inf"]
        == 20
    )
    assert grown["superset_request_seconds_sum", "dashboard"] > 0
    assert grown["superset_kept_answers_total", "given"] >= 15
    assert now["superset_chart_reads_total", "database"] >= 1


def test_scripts_are_compressed_once_and_kept_for_a_year(site: Site) -> None:
    page = site.public.get("/superset/dashboard/publik/").text
    scripts = sorted({part.split('"')[0] for part in page.split('src="') if part.startswith("/static/assets/")})
    assert len(scripts) > 10
    for script in scripts:
        plain = site.public.get(script, headers={"Accept-Encoding": "identity"})
        zipped = site.public.get(script, headers={"Accept-Encoding": "gzip"})
        assert "content-encoding" not in plain.headers
        assert zipped.headers["content-encoding"] == "gzip", f"{script}: run make .venv-superset/compressed"
        assert zipped.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert zipped.headers["vary"] == "Accept-Encoding"
        assert zipped.headers["content-type"] == plain.headers["content-type"]
        assert zipped.content == plain.content
        brotli = site.public.head(script, headers={"Accept-Encoding": "gzip, deflate, br"}).headers
        assert brotli["content-encoding"] == "br"
        assert int(brotli["content-length"]) < int(zipped.headers["content-length"])
    unpacked = site.public.get(scripts[0], headers={"Accept-Encoding": "br;q=0, identity"})
    assert "content-encoding" not in unpacked.headers


def test_answers_are_compressed_and_notes_get_none(site: Site) -> None:
    datasets = site.public.get("/api/v1/dashboard/publik/datasets", headers={"Accept-Encoding": "gzip"})
    assert datasets.headers["content-encoding"] == "gzip"
    with httpx.Client(base_url=site.public.base_url) as stranger:
        assert "set-cookie" in stranger.get("/login/").headers
        note = stranger.post("/superset/log/?explode=events", data={"events": "[]"})
    assert (note.status_code, note.content) == (204, b"")
    assert "set-cookie" not in note.headers, "behind the answer to a login it would end the session"


def test_workers_of_one_application_share_no_connection(site: Site) -> None:
    """It is made before they are forked, and asks the database for its release while it is made."""
    workers = site.server.children()
    assert len(workers) == 2

    port = int(conninfo_to_dict(site.cluster.settings.dsn("admin"))["port"] or 0)

    def connections(process: psutil.Process) -> set[int]:
        return {one.laddr.port for one in process.net_connections("tcp") if one.raddr and one.raddr.port == port}

    def both() -> list[set[int]]:
        with ThreadPoolExecutor(8) as askers:
            assert {
                answer.status_code for answer in askers.map(site.public.get, ["/superset/dashboard/publik/"] * 8)
            } == {200}
        return [connections(worker) for worker in workers]

    deadline = time.monotonic() + SOON_S
    while not all(opened := both()) and time.monotonic() < deadline:
        pass
    assert all(opened) and not opened[0] & opened[1]
    assert connections(site.server) == set()
