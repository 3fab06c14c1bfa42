"""Attacks on a running Superset: nobody but an administrator runs SQL, and the public sees the public dashboard only."""

from __future__ import annotations

import base64
import contextlib
import io
import json
import os
import re
import shutil
import socket
import subprocess
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
import yaml
from command_center.database import all_values
from command_center.errors import ServiceError
from command_center.lint.dashboards import model_of
from command_center.local import environment
from command_center.local import superset as superset_service
from command_center.local.charts import CSRF_TOKEN, check_charts, check_public_charts, log_in
from command_center.local.cluster import running_cluster
from command_center.local.processes import Processes
from command_center.paths import SUPERSET_EXPORTS
from command_center.settings import settings
from openpyxl import load_workbook
from psycopg import sql

from superset_exports.design import datasets
from superset_exports.design.assets import Filter
from superset_exports.design.contract import types_by_model
from tests.conftest import Cluster
from tests.support.golden import prepared_var

WAREHOUSE, PUBLIK = "gudang_uji", "publik_uji"
READERS = {"mart": ("cc_officials", WAREHOUSE), "publik": ("cc_public", PUBLIK)}
SHAPE = {"type": "Polygon", "coordinates": [[[100.3, -0.9], [100.4, -0.9], [100.4, -1.0], [100.3, -0.9]]]}
FEATURE = json.dumps({"type": "Feature", "geometry": SHAPE, "properties": {}})
VALUES: Mapping[str, object] = {
    "is_lengkap": True,
    "fitur": FEATURE,
    "titik": FEATURE,
    "indikator_kode": "jumlah_kebakaran",
    "periode_jenis": "bulan",
    "kecamatan": "Pauh",
    "kode_kecamatan": "13.71.08",
}
BY_TYPE: Mapping[str, object] = {"TEXT": "uji", "DATE": "2026-10-01", "BOOLEAN": False}
SORTED_BY = "Kebakaran"
SLEEP = "pg_sleep(60)"
AT_ONCE_S = 20  # far below what an attack would take, far above an answer on a busy machine
TS_STAT = "(ts_stat('select to_tsvector(kecamatan) from mart.kejadian_damkar')).word"
QUERY_XML = "query_to_xml('select 1', true, true, '')::text"
SUBSELECT = "(select max(rolname) from pg_roles)"
ADDED = "kecamatan) , version("
Query = dict[str, Any]
Change = Callable[[Query], None]


@dataclass(frozen=True)
class Superset:
    """A running Superset and a session for each kind of viewer."""

    url: str
    anonymous: httpx.Client
    official: httpx.Client
    admin: httpx.Client
    roles: Mapping[str, httpx.Client]  # a session of each kind of account
    password: str
    counts: tuple[str, str]
    log: Path
    env: Mapping[str, str]
    processes: Processes
    charts: dict[str, tuple[int, str]] = field(default_factory=dict)

    def viewer(self, name: str) -> httpx.Client:
        return {"anonymous": self.anonymous, "official": self.official, **self.roles}[name]

    def chart(self, name: str) -> tuple[int, Query]:
        """Number and stored query context of a chart, by its slug."""
        if name not in self.charts:
            uuid = yaml.safe_load((SUPERSET_EXPORTS / "charts" / f"{name}.yaml").read_text("utf-8"))["uuid"]
            answer = self.admin.get("/api/v1/chart/?q=(page_size:100,columns:!(id,uuid))").json()
            number = next(chart["id"] for chart in answer["result"] if chart["uuid"] == uuid)
            self.charts[name] = (number, self.admin.get(f"/api/v1/chart/{number}").json()["result"]["query_context"])
        number, stored = self.charts[name]
        return number, json.loads(stored)


@pytest.fixture(scope="module")
def prepared() -> Iterator[Cluster]:
    """A cluster with Superset's database, migrated and filled by a first import."""
    with prepared_var() as var, running_cluster(var, is_durable=False) as values:
        yield Cluster(var, values, settings())


TWO = ("kebakaran", "publik")
VIEWERS = ("anonymous", "official", "opd", "camat", "walidata")  # all who have no SQL of their own
ACCOUNTS = {
    "pejabat": "SUPERSET_OFFICIALS_PASSWORD",
    "admin": "SUPERSET_ADMIN_PASSWORD",
    "opd": "SUPERSET_OPD_PASSWORD",
    "camat": "SUPERSET_CAMAT_PASSWORD",
    "insinyur": "SUPERSET_ENGINEER_PASSWORD",
    "walidata": "SUPERSET_WALIDATA_PASSWORD",
}


def client_of(url: str, *, follow_redirects: bool = False) -> httpx.Client:
    """A connection for each request: the server may leave a kept one at any moment."""
    limits = httpx.Limits(max_keepalive_connections=0)
    return httpx.Client(base_url=url, timeout=60, follow_redirects=follow_redirects, limits=limits)


@pytest.fixture(scope="module")
def superset(prepared: Cluster) -> Iterator[Superset]:
    databases = make_databases(prepared)
    var = prepared.var
    port = environment.choose_ports(var).superset
    env = superset_environment(prepared, databases) | {"SUPERSET_EXPORTS_DIR": str(changed_exports(var / "exports"))}
    processes = Processes(var, var / "log")
    try:
        counts = (imported(var), prepare(processes, env, var))
        processes.start(superset_service.server_command(env, var, port))
        url = f"http://127.0.0.1:{port}"
        processes.wait_ready("Superset", lambda: is_up(url), 300)
        anonymous = client_of(url)
        roles = {name: client_of(url) for name in ACCOUNTS}
        for name, client in roles.items():
            log_in(client, name, env[ACCOUNTS[name]])
        for client in (anonymous, *roles.values()):
            use_csrf_token(client)
        password = env["SUPERSET_OFFICIALS_PASSWORD"]
        log = var / "log" / "superset.log"
        yield Superset(url, anonymous, roles["pejabat"], roles["admin"], roles, password, counts, log, env, processes)
    finally:
        processes.end()


def test_a_start_prepares_superset_only_when_something_is_another(prepared: Cluster) -> None:
    env, var = environment.superset_environment(os.environ, prepared.values), prepared.var
    assert not superset_service.is_prepared(env, var)
    superset_service.note_prepared(env, var)
    assert superset_service.is_prepared(env, var)
    assert not superset_service.is_prepared(env | {"SUPERSET_OFFICIALS_PASSWORD": "lain"}, var)
    owner = psycopg.conninfo.make_conninfo(prepared.settings.dsn("admin"), dbname="superset")
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute("set session_replication_role = replica")  # no foreign key stands in the way
        for table, by_hand, undone in (
            ("slices", "changed_on = changed_on + interval '1 s'", "changed_on = changed_on - interval '1 s'"),
            ("ab_user", "active = not active", "active = not active"),
            ("ab_user_role", "role_id = -role_id", "role_id = -role_id"),
            ("ab_permission_view_role", "role_id = -role_id", "role_id = -role_id"),
        ):
            connection.execute(f"update {table} set {by_hand}".encode())
            assert not superset_service.is_prepared(env, var), table
            connection.execute(f"update {table} set {undone}".encode())
            assert superset_service.is_prepared(env, var), table


def changed_exports(folder: Path) -> Path:
    """The exports, with a filter by kecamatan on each dashboard, a column of links, and a dashboard that not every role sees."""
    ignored = shutil.ignore_patterns("design")
    shutil.copytree(SUPERSET_EXPORTS, folder, ignore=ignored)
    keep_two_dashboards(folder)
    access = yaml.safe_load((folder / "access.yaml").read_text("utf-8"))
    access["dashboards"]["kebakaran"] = ["wali_kota", "camat", "insinyur_data"]
    access["first"] |= {"opd": "publik", "walidata": "publik"}
    (folder / "access.yaml").write_text(yaml.safe_dump(access, sort_keys=False), "utf-8")
    asked = {
        "publik": (datasets.damkar_bulanan(datasets.PUBLIK), SORTED_BY),
        "kebakaran": (datasets.kejadian_damkar(), "Kejadian"),
    }
    for slug, (dataset, order_metric) in asked.items():
        file = folder / "dashboards" / f"{slug}.yaml"
        dashboard = yaml.safe_load(file.read_text("utf-8"))
        chosen = Filter("wilayah", "Kecamatan", dataset, "kecamatan", order_metric)
        dashboard["metadata"]["native_filter_configuration"] = [chosen.document({})]
        file.write_text(yaml.safe_dump(dashboard), "utf-8")
    with_a_link(folder)
    return folder


def keep_two_dashboards(folder: Path) -> None:
    """One of officials and the public's; what holds for them holds for all, and each takes its time."""
    names = [f"CHART-{file.stem}" for file in (folder / "charts").iterdir()]
    for file in (folder / "dashboards").iterdir():
        if file.stem not in TWO:
            file.unlink()
    placed = {
        box for slug in TWO for box in yaml.safe_load((folder / "dashboards" / f"{slug}.yaml").read_text())["position"]
    }
    for name in names:
        if name not in placed:
            (folder / "charts" / f"{name.removeprefix('CHART-')}.yaml").unlink()
    access = yaml.safe_load((folder / "access.yaml").read_text("utf-8"))
    access["dashboards"] = {slug: access["dashboards"][slug] for slug in TWO}
    access["first"] = {role: "publik" if role == "publik" else "kebakaran" for role in access["first"]}
    (folder / "access.yaml").write_text(yaml.safe_dump(access, sort_keys=False), "utf-8")


def with_a_link(folder: Path) -> None:
    """A column of links in one table of the public dashboard."""
    dataset, chart = folder / "datasets/publik/publik_gempa_30_hari.yaml", folder / "charts/publik-gempa-terbaru.yaml"
    document = yaml.safe_load(dataset.read_text("utf-8"))
    document["columns"].append({"column_name": "wilayah_tautan", "expression": "wilayah", "type": "TEXT"})
    dataset.write_text(yaml.safe_dump(document), "utf-8")
    document = yaml.safe_load(chart.read_text("utf-8"))
    document["params"]["all_columns"].append("wilayah_tautan")
    context = json.loads(document["query_context"])
    context["queries"][0]["columns"].append("wilayah_tautan")
    document["query_context"] = json.dumps(context)
    chart.write_text(yaml.safe_dump(document), "utf-8")


def use_csrf_token(client: httpx.Client) -> None:
    """Permissions are under test here, not the protection against forged requests that stands before them."""
    token = CSRF_TOKEN.search(client.get("/superset/dashboard/publik/").text)
    assert token
    client.headers.update({"X-CSRFToken": token.group(1), "Referer": str(client.base_url)})


def make_databases(cluster: Cluster) -> dict[str, str]:
    """One database per exposure level with a row in every table that a dataset reads. Returns their addresses."""
    documents = [yaml.safe_load(file.read_text("utf-8")) for file in (SUPERSET_EXPORTS / "datasets").rglob("*.yaml")]
    models = sorted({model_of(document) for document in documents})
    addresses = {}
    for schema, (reader, database) in READERS.items():
        dsn = cluster.settings.dsn("admin")
        with psycopg.connect(dsn, autocommit=True) as connection:
            connection.execute(sql.SQL("drop database if exists {}").format(sql.Identifier(database)))
            connection.execute(sql.SQL("create database {}").format(sql.Identifier(database)))
        with psycopg.connect(psycopg.conninfo.make_conninfo(dsn, dbname=database)) as connection:
            connection.execute(sql.SQL("create schema {}").format(sql.Identifier(schema)))
            for model in models:
                if model.startswith(f"{schema}__"):
                    make_table(connection, schema, model)
            readers = f"{reader}, camat_137101, camat_137108" if schema == "mart" else reader
            connection.execute(f"grant usage on schema {schema} to {readers}")
            connection.execute(f"grant select on all tables in schema {schema} to {readers}")
            if schema == "mart":
                hide_other_kecamatan(connection)
        addresses[schema] = database
    return addresses


def hide_other_kecamatan(connection: psycopg.Connection[Any]) -> None:
    """A row of another kecamatan in one mart, which shows a camat his own only, as in the warehouse."""
    connection.execute(
        "insert into mart.kejadian_damkar select (jsonb_populate_record(row, "
        """'{"kode_kecamatan": "13.71.01", "kecamatan": "Padang Selatan"}')).* from mart.kejadian_damkar row"""
    )
    connection.execute("alter table mart.kejadian_damkar enable row level security")
    connection.execute("create policy officials on mart.kejadian_damkar to cc_officials, cc_analyst using (true)")
    connection.execute(
        "create policy camat on mart.kejadian_damkar to camat_137101, camat_137108 "
        "using (current_user = 'camat_' || replace(kode_kecamatan, '.', ''))"
    )


def make_table(connection: psycopg.Connection[Any], schema: str, model: str) -> None:
    declared = types_by_model()[model]
    columns = sql.SQL(", ").join(
        sql.SQL("{} {}").format(sql.Identifier(name), sql.SQL(kind)) for name, kind in declared.items()
    )
    place = sql.Identifier(schema, model.removeprefix(f"{schema}__"))
    connection.execute(sql.SQL("create table {} ({})").format(place, columns))
    values = [sample(name, kind) for name, kind in declared.items()]
    marks = sql.SQL(", ").join([sql.Placeholder()] * len(values))
    connection.execute(sql.SQL("insert into {} values ({})").format(place, marks), values)


def sample(name: str, kind: str) -> object:
    if kind.startswith("TIMESTAMP"):
        return "2026-10-01 07:00"
    return VALUES.get(name, BY_TYPE.get(kind, 1))


def superset_environment(cluster: Cluster, databases: Mapping[str, str]) -> dict[str, str]:
    values = dict(cluster.values)
    for variable, schema, old in (
        *(("OFFICIALS", "mart", "warehouse"), ("ANALYST", "mart", "warehouse")),
        ("PUBLIC", "publik", "publik"),
    ):
        uri = values[f"SUPERSET_{variable}_URI"]
        values[f"SUPERSET_{variable}_URI"] = uri.removesuffix(old) + databases[schema]
    return environment.superset_environment(os.environ, values)


def prepare(processes: Processes, env: Mapping[str, str], var: Path) -> str:
    """Prepare Superset and return how many assets it then says it has."""
    processes.finish(superset_service.prepare_command(env, var), 300)
    return imported(var)


def imported(var: Path) -> str:
    """How many assets Superset's preparation said it has, the last time."""
    log = var / "log" / "superset-preparation.log"
    return log.read_text("utf-8").splitlines()[-1].split("  ")[-1]


def is_up(url: str) -> bool:
    try:
        return httpx.get(f"{url}/health").status_code == 200
    except httpx.HTTPError:
        return False


def adhoc(expression: str) -> dict[str, str]:
    return {"expressionType": "SQL", "sqlExpression": expression, "label": "serangan"}


def put(field: str, value: Any) -> Change:
    return lambda query: query.__setitem__(field, value)


ATTACKS: dict[str, Change] = {
    "metric that sleeps": put("metrics", [adhoc(SLEEP)]),
    "metric ts_stat": put("metrics", [adhoc(f"max({TS_STAT})")]),
    "metric query_to_xml": put("metrics", [adhoc(QUERY_XML)]),
    "metric with sub-select": put("metrics", [adhoc(SUBSELECT)]),
    "column ts_stat": put("columns", [adhoc(TS_STAT), "asal_data"]),
    "column posing as an axis": put(
        "columns", [adhoc(SLEEP) | {"columnType": "BASE_AXIS", "timeGrain": "P1M"}, "asal_data"]
    ),
    "where": lambda query: query["extras"].__setitem__("where", f"{SLEEP} is null"),
    "having": lambda query: query["extras"].__setitem__("having", f"max({SLEEP}::text) is null"),
    "order": put("orderby", [[adhoc(SLEEP), True]]),
    "series limit": put("series_limit_metric", adhoc(SLEEP)),
    "filter on an expression": put("filters", [{"col": adhoc(SLEEP), "op": "IS NULL"}]),
    "filter on no column": put("filters", [{"col": ADDED, "op": "==", "val": "1"}]),
    "granularity": put("granularity", SLEEP),
    "deprecated where": put("where", f"{SLEEP} is null"),
    "deprecated groupby": put("groupby", [adhoc(TS_STAT), "asal_data"]),
    "more rows": put("row_limit", 50_000),
    "samples": put("result_type", "samples"),
    "drill to detail": put("result_type", "drill_detail"),
    "forecast": put("post_processing", [{"operation": "prophet", "options": {}}]),
}


@pytest.mark.parametrize("viewer", VIEWERS)
@pytest.mark.parametrize("attack", ATTACKS)
def test_foreign_queries_are_refused(superset: Superset, viewer: str, attack: str) -> None:
    _, context = superset.chart("publik-damkar-per-bulan")
    ATTACKS[attack](context["queries"][0])
    begun = time.monotonic()
    answer = superset.viewer(viewer).post("/api/v1/chart/data", json=context)
    assert answer.status_code == 403, answer.text[:300]
    assert time.monotonic() - begun < AT_ONCE_S


@pytest.mark.parametrize("viewer", VIEWERS)
def test_query_needs_its_own_chart(superset: Superset, viewer: str) -> None:
    client = superset.viewer(viewer)
    number, context = superset.chart("publik-damkar-per-bulan")
    other, _ = superset.chart("publik-gempa-terbaru")
    for slice_id in (None, 0, 999_999, other, str(number), [number]):
        forged = context | {"form_data": context["form_data"] | {"slice_id": slice_id}}
        assert client.post("/api/v1/chart/data", json=forged).status_code in (400, 403, 404, 422, 500)
    without = {key: value for key, value in context.items() if key != "form_data"}
    assert client.post("/api/v1/chart/data", json=without).status_code == 403
    tooltip = context | {"form_data": context["form_data"] | {"tooltip_contents": ["waktu_tanggap_median_menit"]}}
    assert client.post("/api/v1/chart/data", json=tooltip).status_code == 403
    axis = context | {"form_data": context["form_data"] | {"x_axis": "bulan"}}
    axis["queries"][0]["granularity"] = SLEEP
    assert client.post("/api/v1/chart/data", json=axis).status_code == 403


def question_of_filter(superset: Superset, slug: str) -> Query:
    """What a dashboard in a browser asks to fill its list of kecamatan."""
    dashboard = superset.admin.get(f"/api/v1/dashboard/{slug}").json()["result"]
    (stored,) = json.loads(dashboard["json_metadata"])["native_filter_configuration"]
    query = {
        "filters": [],
        "extras": {"having": "", "where": ""},
        "applied_time_extras": {},
        "columns": ["kecamatan"],
        "metrics": [stored["sortMetric"]],
        "orderby": [[stored["sortMetric"], True]],
        "annotation_layers": [],
        "row_limit": 1000,
        "series_limit": 0,
        "order_desc": True,
        "url_params": {},
    }
    named = {"native_filter_id": stored["id"], "dashboardId": dashboard["id"], "type": "NATIVE_FILTER"}
    return {
        "datasource": {"id": stored["targets"][0]["datasetId"], "type": "table"},
        "force": False,
        "queries": [query],
        "form_data": named | {"viz_type": "filter_select", "groupby": ["kecamatan"], "metrics": ["count"]},
        "result_format": "json",
        "result_type": "full",
    }


@pytest.mark.parametrize(("viewer", "slug"), [*((viewer, "publik") for viewer in VIEWERS), ("official", "kebakaran")])
def test_a_filter_of_an_open_dashboard_gets_its_values(superset: Superset, viewer: str, slug: str) -> None:
    answer = superset.viewer(viewer).post("/api/v1/chart/data", json=question_of_filter(superset, slug))
    assert answer.status_code == 200, answer.text[:300]
    found = {row["kecamatan"] for row in answer.json()["result"][0]["data"]}
    assert found == ({"Pauh"} if slug == "publik" else {"Pauh", "Padang Selatan"})


ATTACKS_ON_FILTERS: dict[str, Change] = {
    **{name: change for name, change in ATTACKS.items() if name != "deprecated groupby"},
    "other column": put("columns", ["asal_data"]),
    "further column": put("columns", ["kecamatan", "asal_data"]),
    "metric that the filter does not sort by": put("metrics", ["Penyelamatan"]),
    "own metric": put("metrics", [adhoc("max(waktu_tanggap_median_menit)")]),
    "other order": put("orderby", [["bulan", True]]),
    "no limit": put("row_limit", 0),
    "pattern": lambda query: query["filters"].append({"col": "kecamatan", "op": "ILIKE", "val": "%a%"}),
}


@pytest.mark.parametrize("viewer", VIEWERS)
@pytest.mark.parametrize("attack", ATTACKS_ON_FILTERS)
def test_a_filter_asks_for_nothing_else(superset: Superset, viewer: str, attack: str) -> None:
    context = question_of_filter(superset, "publik")
    ATTACKS_ON_FILTERS[attack](context["queries"][0])
    answer, seconds = timed(superset.viewer(viewer), context)
    assert answer.status_code == 403, answer.text[:300]
    assert seconds < AT_ONCE_S


def test_a_filter_belongs_to_its_dashboard(superset: Superset) -> None:
    public, officials = question_of_filter(superset, "publik"), question_of_filter(superset, "kebakaran")
    chart, asked_by_chart = superset.chart("publik-gempa-terbaru")

    def named(**change: Any) -> Query:
        return public | {"form_data": public["form_data"] | change}

    foreign = (
        officials,
        public | {"datasource": officials["datasource"]},
        officials | {"form_data": public["form_data"]},
        public | {"form_data": officials["form_data"]},
        public | {"datasource": asked_by_chart["datasource"]},
        asked_by_chart | {"form_data": public["form_data"] | {"slice_id": chart}},
        named(native_filter_id="NATIVE_FILTER-lain"),
        named(native_filter_id=["NATIVE_FILTER-wilayah"]),
        named(native_filter_id=0),
        named(dashboardId=None),
        named(dashboardId=[public["form_data"]["dashboardId"]]),
        named(dashboardId=10**30),
        named(x_axis="bulan", tooltip_contents=["waktu_tanggap_median_menit"]),
        public | {"queries": public["queries"] * 2},
    )
    for number, context in enumerate(foreign):
        answer = superset.anonymous.post("/api/v1/chart/data", json=context)
        assert answer.status_code == 403, (number, answer.status_code, answer.text[:300])
    for context in foreign[1:]:
        answer = superset.official.post("/api/v1/chart/data", json=context)
        assert answer.status_code == 403, answer.text[:300]
    form_data = superset.chart("publik-peta-kebakaran")[1]["form_data"]
    filtering = {key: public["form_data"][key] for key in ("native_filter_id", "dashboardId")}
    assert explore(superset.anonymous, form_data | filtering).status_code == 403


def test_what_was_chosen_stays_in_the_address_and_nowhere_else(superset: Superset, prepared: Cluster) -> None:
    """A reload, another reader and a permalink find it; neither they nor nonsense write into Superset's database."""
    chosen = {"id": "NATIVE_FILTER-wilayah", "filterState": {"value": ["Pauh"]}, "extraFormData": {}}
    state = json.dumps({"NATIVE_FILTER-wilayah": chosen})
    number = superset.admin.get("/api/v1/dashboard/publik").json()["result"]["id"]
    place = f"/api/v1/dashboard/{number}/filter_state"
    kept = superset.official.post(f"{place}?tab_id=1", json={"value": state})
    assert kept.status_code == 201
    key = kept.json()["key"]
    assert superset.official.put(f"{place}/{key}?tab_id=1", json={"value": state}).status_code == 200
    assert superset.anonymous.get(f"{place}/{key}").json() == {"value": state}
    sent = {"dataMask": json.loads(state), "anchor": "ROW-1", "urlParams": []}
    link = superset.anonymous.post("/api/v1/dashboard/publik/permalink", json=sent).json()["url"]
    assert link.startswith(f"{superset.url}/superset/dashboard/publik/?native_filters_key=") and link.endswith("#ROW-1")
    assert superset.anonymous.get(link).status_code == 200
    bomb = base64.urlsafe_b64encode(zlib.compress(b"[" * 10**7)).decode()
    for nonsense in ("tidak-ada", "=", bomb[:2400], base64.urlsafe_b64encode(zlib.compress(b"[1]")).decode()):
        assert superset.anonymous.get(f"{place}/{nonsense}").status_code == 404
    long = json.dumps({str(number): str(hash(str(number))) for number in range(500)})
    for value in (long, "[" * 40_000, [1], "x" * 10**6):
        assert superset.anonymous.post(place, json={"value": value}).status_code == 400
    assert superset.anonymous.post(place, json=[]).status_code == 400
    assert superset.anonymous.post("/api/v1/dashboard/publik/permalink", json={"dataMask": long}).status_code == 400
    assert superset.anonymous.put(f"/api/v1/dashboard/{number}/colors", json={"color_scheme": "x"}).status_code == 200
    owner = psycopg.conninfo.make_conninfo(prepared.settings.dsn("admin"), dbname="superset")
    with psycopg.connect(owner) as connection:
        assert connection.execute("select count(*) from key_value where resource <> 'app'").fetchone() == (0,)
        assert connection.execute("select count(*) from dashboards where json_metadata like '%\"x\"%'").fetchone() == (
            0,
        )


def test_officials_data_are_closed_to_the_public(superset: Superset) -> None:
    _, public = superset.chart("publik-damkar-per-bulan")
    number, officials = superset.chart("kebakaran-kejadian-terbaru")
    assert superset.official.post("/api/v1/chart/data", json=officials).status_code == 200
    assert superset.anonymous.post("/api/v1/chart/data", json=officials).status_code == 403
    swapped = public | {"datasource": officials["datasource"]}
    assert superset.anonymous.post("/api/v1/chart/data", json=swapped).status_code == 403
    assert superset.official.post("/api/v1/chart/data", json=swapped).status_code == 403
    query = public | {"datasource": {"id": 1, "type": "query"}}
    assert superset.anonymous.post("/api/v1/chart/data", json=query).status_code in (403, 404)
    assert superset.anonymous.get(f"/api/v1/chart/{number}").status_code == 404
    assert superset.anonymous.get(f"/api/v1/chart/{number}/data/").status_code == 404


def test_the_public_sees_the_public_dashboard_only(superset: Superset) -> None:
    listed = superset.anonymous.get("/api/v1/dashboard/").json()["result"]
    assert [dashboard["slug"] for dashboard in listed] == ["publik"]
    assert superset.anonymous.get("/superset/dashboard/publik/").status_code == 200
    assert superset.anonymous.get("/api/v1/dashboard/kebakaran").status_code in (403, 404)
    assert superset.anonymous.get("/api/v1/dashboard/kebakaran/charts").status_code in (403, 404)
    page = superset.anonymous.get("/superset/dashboard/kebakaran/")
    assert page.status_code == 302 and "/login" in page.headers["location"]
    listed = superset.official.get("/api/v1/dashboard/").json()["result"]
    assert {dashboard["slug"] for dashboard in listed} == {"kebakaran", "publik"}


ROLES_AND_PAGES = {
    "pejabat": ({"kebakaran", "publik"}, "kebakaran"),
    "camat": ({"kebakaran", "publik"}, "kebakaran"),
    "insinyur": ({"kebakaran", "publik"}, "kebakaran"),
    "opd": ({"publik"}, "publik"),
    "walidata": ({"publik"}, "publik"),
}


@pytest.mark.parametrize("account", ROLES_AND_PAGES)
def test_a_role_sees_its_dashboards_and_begins_with_its_first(superset: Superset, account: str) -> None:
    client = superset.roles[account]
    slugs, first = ROLES_AND_PAGES[account]
    assert {dashboard["slug"] for dashboard in client.get("/api/v1/dashboard/").json()["result"]} == slugs
    assert client.get("/").headers["location"] == f"/superset/dashboard/{first}/"
    for slug in slugs:
        assert client.get(f"/superset/dashboard/{slug}/").status_code == 200


@pytest.mark.parametrize("account", ["opd", "walidata", "anonymous"])
def test_a_dashboard_of_other_roles_is_closed_at_every_address(superset: Superset, account: str) -> None:
    client = superset.anonymous if account == "anonymous" else superset.roles[account]
    number = superset.admin.get("/api/v1/dashboard/kebakaran").json()["result"]["id"]
    chart, context = superset.chart("kebakaran-kejadian-terbaru")
    _, map_of_fires = superset.chart("kebakaran-peta-tanggap")
    for dashboard in ("kebakaran", str(number)):
        for part in ("", "/charts", "/datasets", "/tabs"):
            assert client.get(f"/api/v1/dashboard/{dashboard}{part}").status_code in (403, 404), (dashboard, part)
        page = client.get(f"/superset/dashboard/{dashboard}/")
        assert page.status_code in (302, 403, 404) and "damkar" not in page.text
    assert client.get(f"/api/v1/chart/{chart}").status_code == 404
    assert client.get(f"/api/v1/chart/{chart}/data/").status_code in (403, 404)
    listed = client.get("/api/v1/chart/?q=(page_size:100)").json()["result"]
    assert listed and chart not in {one["id"] for one in listed}
    assert client.post("/api/v1/chart/data", json=context).status_code == 403
    assert client.post("/api/v1/chart/data", json=question_of_filter(superset, "kebakaran")).status_code == 403
    assert explore(client, map_of_fires["form_data"]).status_code in (400, 403)
    assert client.post(f"/api/v1/dashboard/{number}/favorites/").status_code in (401, 403, 404)
    public = superset.chart("publik-damkar-per-bulan")[1]["form_data"]
    mixed = context | {"form_data": context["form_data"] | {"dashboardId": public.get("dashboardId", 2)}}
    assert client.post("/api/v1/chart/data", json=mixed).status_code == 403


def test_a_camat_sees_one_kecamatan_though_others_asked_before(superset: Superset, accounts_made: list[str]) -> None:
    """The same chart and the same filter, each from a warm cache, in both orders."""
    with client_of(superset.url) as second:
        log_in(second, "camat.pauh", OWN_PASSWORD)
        use_csrf_token(second)
        _, chart = superset.chart("kebakaran-kejadian-terbaru")
        chart["queries"][0]["filters"].append(by("kecamatan", "!=", "asked by camat"))  # in no cache
        filtering = question_of_filter(superset, "kebakaran")
        officials, first = superset.official, superset.roles["camat"]
        expected = ((officials, {"Padang Selatan", "Pauh"}), (first, {"Padang Selatan"}), (second, {"Pauh"}))
        cached = []
        for client, kecamatan in (*expected, *reversed(expected)):
            answer = client.post("/api/v1/chart/data", json=filtering)
            assert {row["kecamatan"] for row in answer.json()["result"][0]["data"]} == kecamatan
            answer = client.post("/api/v1/chart/data", json=chart).json()["result"][0]
            assert {row["kecamatan"] for row in answer["data"]} == kecamatan
            cached.append(bool(answer["is_cached"]))
        assert cached == [False] * 3 + [True] * 3
        for client, kecamatan in expected:
            kept = kept_answer(partial(client.post, "/api/v1/chart/data", json=chart))
            assert {row["kecamatan"] for row in kept.json()["result"][0]["data"]} == kecamatan
        assert first.get("/api/v1/dashboard/kebakaran").status_code == 200


def kept_answer(ask: Callable[[], httpx.Response]) -> httpx.Response:
    """One for which Superset had nothing to do: the third at the latest, unless the minutes of views or the design turn meanwhile."""
    answers = (ask() for _ in range(10))
    return next(answer for answer in answers if "age" in answer.headers)


@pytest.mark.parametrize("name", ["dua.camat", "tanpa.peran"])
def test_who_has_no_login_in_the_warehouse_gets_nothing_of_it(
    superset: Superset, accounts_made: list[str], name: str
) -> None:
    """An official's answer stands in the cache; two kecamatan, or no role but the public's, are no mapping."""
    _, chart = superset.chart("kebakaran-kejadian-terbaru")
    assert superset.official.post("/api/v1/chart/data", json=chart).status_code == 200
    with client_of(superset.url) as client:
        with contextlib.suppress(ServiceError):  # the public may not ask who it is
            log_in(client, name, OWN_PASSWORD)
        use_csrf_token(client)
        for context in (chart, chart | {"force": True}):
            answer = client.post("/api/v1/chart/data", json=context)
            assert answer.status_code in (400, 403, 500) and "data" not in answer.json(), answer.text[:300]
        answer = client.post("/api/v1/chart/data", json=superset.chart("publik-damkar-per-bulan")[1])
        assert answer.status_code == 200


OWN_PASSWORD = "rahasia-untuk-uji"
ACCOUNTS_BY_COMMAND = f"""
import json, os, sys
sys.path.insert(0, {str(superset_service.CONFIGURATION)!r})
import users
from audience import role_names
users_app = users.make_app()
with users_app.app_context():
    from superset import security_manager
    from superset.extensions import db
    def command(*words):
        asked = users.options().parse_args(words)
        try:
            print(asked.run(asked))
        except ValueError as error:
            print("error", error)
    command("add", "--role", "walidata", "--name", "walidata.baru")
    os.environ["CC_USER_PASSWORD"] = {OWN_PASSWORD!r}
    for name in ("camat.pauh", "dua.camat", "tanpa.peran", "pernah.ada"):
        command("add", "--role", "camat", "--kecamatan", "13.71.08", "--name", name)
    command("add", "--role", "camat", "--name", "camat.lain")
    command("add", "--role", "camat", "--kecamatan", "13.71.99", "--name", "camat.lain")
    command("add", "--role", "opd", "--name", "A B")
    command("add", "--role", "admin", "--name", "pemasang")
    command("deactivate", "--name", "pernah.ada")
    command("deactivate", "--name", "tidak.ada")
    command("list")
    methods = ("GET", "POST", "PUT", "DELETE")
    rules = {{(method, rule.rule) for rule in users_app.url_map.iter_rules() for method in methods if method in rule.methods}}
    print("routes", json.dumps(sorted(rules)))
    two = security_manager.find_user(username="dua.camat")
    two.roles = [security_manager.find_role(name) for name in role_names("camat")[:2]]
    security_manager.find_user(username="tanpa.peran").roles = [security_manager.find_role("Public")]
    db.session.commit()
"""


@pytest.fixture(scope="module")
def accounts_made(superset: Superset) -> list[str]:
    """What the commands said, which an operator gives beside the running Superset."""
    python = str(superset_service.interpreter())
    told = dict(superset.env)
    ran = subprocess.run([python, "-c", ACCOUNTS_BY_COMMAND], env=told, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr[-2000:]
    return ran.stdout.splitlines()


def test_accounts_are_made_listed_and_ended_by_command(
    superset: Superset, prepared: Cluster, accounts_made: list[str]
) -> None:
    made = re.fullmatch(
        r"walidata.baru may log in as Walidata, with the password (\S{20}) \(shown this once\)\.",
        next(line for line in accounts_made if line.startswith("walidata.baru")),
    )
    assert made
    with client_of(superset.url) as client:
        log_in(client, "walidata.baru", made[1])
    with (
        client_of(superset.url) as client,
        pytest.raises(ServiceError, match=r"refused the login of pernah\.ada"),
    ):
        log_in(client, "pernah.ada", OWN_PASSWORD)
    assert OWN_PASSWORD not in "".join(accounts_made)
    errors = [line for line in accounts_made if line.startswith("error")]
    assert [line.split(";")[0].split(",")[0] for line in errors] == [
        *["error A camat needs --kecamatan (KECAMATAN=… of make user)"] * 2,
        "error The name 'A B' cannot be used",
        "error The name 'pemasang' cannot be used",
        "error There is no account 'tidak.ada'",
    ]
    listed = [line.split(maxsplit=2) for line in accounts_made if re.search(r" (in)?active ", line)]
    assert ["camat.pauh", "active", "Camat 13.71.08 Pauh"] in listed
    assert ["pernah.ada", "inactive", "Camat 13.71.08 Pauh"] in listed
    assert ["pejabat", "active", "Wali Kota"] in listed and "pemasang" not in {name for name, *_ in listed}
    made_by_command = ("walidata.baru", "camat.pauh", "dua.camat", "tanpa.peran", "pernah.ada")
    assert entered(prepared, "akun", "objek || ' ' || (rincian ->> 'tindakan')") == [
        *(f"{name} buat" for name in ("admin", "pejabat", "opd", "camat", "insinyur", "walidata")),
        *(f"{name} buat" for name in made_by_command),
        "pernah.ada nonaktifkan",
    ], "each once, though Superset was prepared twice"


def entered(cluster: Cluster, jenis: str, told: str) -> list[str]:
    """What Superset wrote into the audit trail."""
    query = f"select {told} from ops.jejak_audit where jenis = %s and login = 'cc_recorder' order by nomor"
    with cluster.connect("loader") as ledger:
        return all_values(ledger, str, query, [jenis])


# Every route that answers anything but a refusal, and why. A route that a new release of Superset brings is in nobody's list:
# then look at what it answers, close it (docker/superset/request_rules.py) or write here why it is open.
OPEN_TO_ALL = {
    "GET /health": "the watch asks whether the server lives",
    "GET /healthcheck": "the same",
    "GET /ping": "the same",
    "GET /static/assets/<script>": "scripts of pages",
    "GET /static/kota/lambang.svg": "the logo",
    "GET /static/kota/pages.js": "headings and names of charts",
    "GET /superset/language_pack/id/": "texts of pages",
    "GET /superset/dashboard/<dashboard_id_or_slug>/": "a page, if it is the role's",
    "GET /dashboard/list/": "the list of pages, without any",
    "GET /api/v1/dashboard/": "the role's own dashboards",
    "GET /api/v1/dashboard/_info": "which columns lists have",
    "GET /api/v1/dashboard/favorite_status/": "which of them are marked",
    "GET /api/v1/dashboard/<id_or_slug>": "one dashboard of the role's own, and its parts",
    "GET /api/v1/dashboard/<id_or_slug>/charts": "the same",
    "GET /api/v1/dashboard/<id_or_slug>/datasets": "the same",
    "GET /api/v1/dashboard/<id_or_slug>/tabs": "the same",
    "POST /api/v1/dashboard/<int:pk>/filter_state": "goes into a key, nothing is stored",
    "PUT /api/v1/dashboard/<int:pk>/filter_state/<string:key>": "the same",
    "POST /api/v1/dashboard/<pk>/permalink": "the same",
    "PUT /api/v1/dashboard/<pk>/colors": "is thrown away",
    "GET /api/v1/chart/": "charts of the role's own dashboards",
    "GET /api/v1/chart/<id_or_uuid>": "one of them",
    "GET /api/v1/chart/<int:pk>/data/": "its stored question",
    "POST /api/v1/chart/data": "its stored question, perhaps narrowed",
    "POST /superset/explore_json/": "the same of a map",
    "GET /api/v1/time_range/": "plain ranges of time only",
    "POST /superset/log/": "is thrown away",
}
OPEN_TO_ACCOUNTS = {
    "GET /api/v1/me/": "who one is",
    "GET /api/v1/me/roles/": "the same",
    "POST /api/v1/dashboard/<pk>/favorites/": "a mark of one's own",
    "DELETE /api/v1/dashboard/<pk>/favorites/": "the same",
}
OPEN_TO_STRANGERS = {"GET /login/": "the form"}
# One ends the session, the other answers 429 or not by what was tried within the minute: both have tests of their own.
NOT_ASKED = {("GET", "/logout/"), ("POST", "/login/")}
CLOSED = {302, 401, 403, 404, 405}


@pytest.mark.parametrize("account", ["anonymous", "pejabat", "opd", "camat", "walidata"])
def test_no_route_is_open_that_nobody_has_looked_at(superset: Superset, accounts_made: list[str], account: str) -> None:
    is_stranger = account == "anonymous"
    client = superset.anonymous if is_stranger else superset.roles[account]
    routes = json.loads(next(line for line in accounts_made if line.startswith("routes")).removeprefix("routes"))
    asked = [(method, rule) for method, rule in routes if (method, rule) not in NOT_ASKED]
    assert len(asked) > 300
    numbers = sample_numbers(superset)
    with ThreadPoolExecutor(4) as many:
        statuses = list(many.map(lambda route: status_of_route(client, route[0], route[1], numbers), asked))
    answered = {name_of(*route) for route, status in zip(asked, statuses, strict=True) if status not in CLOSED}
    assert answered == OPEN_TO_ALL.keys() | (OPEN_TO_STRANGERS if is_stranger else OPEN_TO_ACCOUNTS).keys()


def test_what_was_found_in_batches_is_read_by_those_who_decide(superset: Superset) -> None:
    folder = Path(superset.env["SUPERSET_DATA_DOCS"])
    (folder / "validations").mkdir(parents=True)
    pages = {"": "index.html", "validations/12.html": "validations/12.html"}
    for page in pages.values():
        (folder / page).write_text(f"found in {page}")
    try:
        for name in ("anonymous", *superset.roles):
            answers = [superset.viewer(name).get(f"/hasil-pemeriksaan/{address}") for address in pages]
            expected = {"anonymous": 302, "insinyur": 200, "walidata": 200, "admin": 200}.get(name, 403)
            assert {answer.status_code for answer in answers} == {expected}, name
            assert all(("found in" in answer.text) == (expected == 200) for answer in answers), name
        outside = superset.roles["walidata"].get("/hasil-pemeriksaan/..%2flocal.env")
        assert outside.status_code == 404
        assert "no-store" in superset.roles["walidata"].get("/hasil-pemeriksaan/").headers["cache-control"]
    finally:
        shutil.rmtree(folder)


def sample_numbers(superset: Superset) -> dict[str, str]:
    """Things of the public dashboard, which every role may see: what is closed to them all is closed for good."""
    dashboard = superset.admin.get("/api/v1/dashboard/publik").json()["result"]["id"]
    return {"dashboard": str(dashboard), "chart": str(superset.chart("publik-damkar-per-bulan")[0])}


def status_of_route(client: httpx.Client, method: str, rule: str, numbers: Mapping[str, str]) -> int:
    number = next((number for kind, number in numbers.items() if kind in rule), "1")
    address = re.sub(r"<[^>]*>", number, rule)
    return client.request(method, address, json=None if method == "GET" else {}).status_code


def name_of(method: str, rule: str) -> str:
    return f"{method} {re.sub('/static/assets/.*', '/static/assets/<script>', rule)}"


def run_sql(client: httpx.Client, database: int, text: str) -> httpx.Response:
    sent = {"database_id": database, "sql": text, "runAsync": False, "schema": "mart", "queryLimit": 100}
    return client.post("/api/v1/sqllab/execute/", json=sent)


def test_only_a_data_engineer_has_sql_of_their_own_and_as_the_analyst(superset: Superset) -> None:
    answer = superset.admin.get("/api/v1/database/").json()["result"]
    numbers = {database["database_name"]: database["id"] for database in answer}
    analyst = numbers["Gudang Data (analis)"]
    engineer = superset.roles["insinyur"]
    assert engineer.get("/sqllab/").status_code == 200
    answer = run_sql(engineer, analyst, "select grantee, role_name from information_schema.applicable_roles")
    assert answer.status_code == 200, answer.text[:500]
    assert answer.json()["data"] == [{"grantee": "cc_analyst", "role_name": "cc_officials"}]
    for text in ("create table mart.x (a int)", "select pg_sleep(1)", "delete from mart.kejadian_damkar"):
        refused = run_sql(engineer, analyst, text)
        assert refused.status_code in (400, 403, 500) and "data" not in refused.json(), refused.text[:300]
    assert "tidak_ada" in run_sql(engineer, analyst, "select * from mart.tidak_ada").text
    for name in ("Gudang Data", "Data Publik"):
        assert run_sql(engineer, numbers[name], "select 1").status_code in (400, 403, 404, 500)
    for account in ("pejabat", "opd", "camat", "walidata"):
        assert run_sql(superset.roles[account], analyst, "select 1").status_code == 403
        assert superset.roles[account].get("/sqllab/").status_code in (302, 403)
    _, context = superset.chart("publik-damkar-per-bulan")
    context["queries"][0]["metrics"] = [adhoc("count(*)")]
    assert engineer.post("/api/v1/chart/data", json=context).status_code == 403
    for address in (
        "/users/list/",
        "/api/v1/security/users/",
        "/api/v1/query/related/user",
        "/api/v1/dataset/",
        f"/api/v1/database/{analyst}/connection",
        "/api/v1/saved_query/related/created_by",
    ):
        assert engineer.get(address).status_code in (302, 403, 404), address


PEOPLE: Mapping[str, dict[str, object]] = {
    "1": {"preferred_username": "kepala.kota", "roles": ["wali_kota", "tidak-ada"]},
    "2": {"preferred_username": "camat.sso", "roles": ["camat_13.71.08"], "email": "camat.sso@kantor.invalid"},
    "3": {"preferred_username": "warga", "roles": "wali_kota"},
    "4": {"preferred_username": "pemasang", "roles": ["admin"]},
}


@pytest.fixture
def signing_in_elsewhere(superset: Superset, prepared: Cluster) -> Iterator[str]:
    """A second Superset on the same database, of which people sign in at an OIDC provider."""
    from oidc_provider_mock import User, run_server_in_thread

    people = [User(sub=sub, claims=claims) for sub, claims in PEOPLE.items()]
    with run_server_in_thread(require_nonce=True, user_claims=people) as provider:
        told = {
            "SUPERSET_OIDC_ISSUER": f"http://localhost:{provider.server_port}",
            "SUPERSET_OIDC_CLIENT_ID": "padang",
            "SUPERSET_OIDC_CLIENT_SECRET": "rahasia",
        }
        port = free_port()
        command = superset_service.server_command({**superset.env, **told}, prepared.var, port)
        log = prepared.var / "log" / "superset-oidc.log"
        superset.processes.start(replace(command, name="Superset with OIDC", log=log))
        url = f"http://127.0.0.1:{port}"
        superset.processes.wait_ready("Superset with OIDC", lambda: is_up(url), 300)
        yield url


def free_port() -> int:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        return int(holder.getsockname()[1])


def signed_in(url: str, person: str) -> tuple[httpx.Client, httpx.Response]:
    client = client_of(url, follow_redirects=True)
    form = client.get("/login/oidc")
    return client, client.post(form.url, data={"sub": person})


def test_people_sign_in_at_a_provider_with_the_roles_that_it_names(
    superset: Superset, signing_in_elsewhere: str
) -> None:
    url = signing_in_elsewhere
    official, page = signed_in(url, "1")
    assert page.status_code == 200 and page.url.path == "/superset/dashboard/kebakaran/"
    assert list(official.get("/api/v1/me/roles/").json()["result"]["roles"]) == ["Public", "Wali Kota"]
    camat, page = signed_in(url, "2")
    assert page.url.path == "/superset/dashboard/kebakaran/"
    use_csrf_token(camat)
    answer = camat.post("/api/v1/chart/data", json=question_of_filter(superset, "kebakaran"))
    assert {row["kecamatan"] for row in answer.json()["result"][0]["data"]} == {"Pauh"}
    resident, page = signed_in(url, "3")
    assert page.url.path == "/superset/dashboard/publik/"
    assert resident.get("/api/v1/dashboard/kebakaran").status_code in (403, 404)
    installer, page = signed_in(url, "4")
    assert page.url.path == "/login/" and installer.get("/api/v1/me/").status_code == 401
    kept = dict(official.cookies)
    official.get("/logout/")
    assert httpx.get(f"{url}/api/v1/me/", cookies=kept).status_code == 401
    with client_of(url) as stranger:
        assert stranger.get("/oauth-authorized/oidc?code=x&state=y").headers["location"].endswith("/login/")
        sent = {"username": "admin", "password": superset.env["SUPERSET_ADMIN_PASSWORD"]}
        assert stranger.post("/login/", data=sent).status_code in (302, 400, 404, 405)
        assert stranger.get("/api/v1/me/").status_code == 401


def explore(client: httpx.Client, form_data: Query) -> httpx.Response:
    return client.post("/superset/explore_json/", data={"form_data": json.dumps(form_data)})


@pytest.mark.parametrize("viewer", VIEWERS)
def test_maps_accept_only_their_stored_form_data(superset: Superset, viewer: str) -> None:
    client = superset.viewer(viewer)
    _, context = superset.chart("publik-peta-kebakaran")
    form_data = context["form_data"]
    answer = explore(client, form_data)
    assert answer.status_code == 200
    _, label = answer.json()["data"]["features"][0]["features"]
    assert label["properties"]["label"] == "Pauh\nuji"
    where = {"clause": "WHERE", "expressionType": "SQL", "sqlExpression": f"{SLEEP} is null"}
    for change in (
        {"adhoc_filters": [where]},
        {"geojson": adhoc(TS_STAT)},
        {"js_columns": [adhoc(SLEEP)]},
        {"where": f"{SLEEP} is null"},
        {"viz_type": "deck_scatter", "spatial": {"type": "latlong", "lonCol": SLEEP, "latCol": SLEEP}},
        {"slice_id": None},
        {"extra_form_data": {"adhoc_filters": [where]}},
        {"extra_form_data": {"filters": [{"col": SLEEP, "op": "==", "val": "1"}]}},
        {"extra_form_data": {"filters": [by("kecamatan", "==", "Pauh")], "granularity_sqla": SLEEP}},
    ):
        answer = explore(client, form_data | change)
        assert answer.status_code in (400, 403), (change, answer.status_code, answer.text[:200])
        assert "features" not in answer.text
    for value, is_there in (("Pauh", True), ("Kuranji", False)):
        narrowed = explore(client, form_data | {"extra_form_data": {"filters": [by("kecamatan", "IN", [value])]}})
        assert narrowed.status_code == 200 and bool(narrowed.json()["data"]) is is_there
    assert client.get("/superset/explore_json/", params={"form_data": json.dumps(form_data)}).status_code == 405


@pytest.mark.parametrize("viewer", VIEWERS)
@pytest.mark.parametrize(
    ("method", "address"),
    [
        ("GET", "/sqllab/"),
        ("POST", "/api/v1/sqllab/execute/"),
        ("POST", "/api/v1/sqllab/estimate/"),
        ("GET", "/api/v1/database/"),
        ("GET", "/api/v1/database/1/tables/?q=(schema_name:mart)"),
        ("POST", "/api/v1/database/1/validate_sql/"),
        ("GET", "/api/v1/dataset/"),
        ("GET", "/api/v1/dataset/1"),
        ("POST", "/api/v1/dataset/"),
        ("POST", "/datasource/samples?datasource_type=table&datasource_id=1"),
        ("GET", "/datasource/get/table/1/"),
        ("GET", "/api/v1/datasource/table/1/column/kecamatan/values/"),
        ("POST", "/api/v1/datasource/table/1/validate_expression/"),
        ("GET", "/api/v1/explore/?slice_id=1"),
        ("POST", "/api/v1/explore/form_data"),
        ("GET", "/explore/?slice_id=1"),
        ("POST", "/api/v1/chart/"),
        ("PUT", "/api/v1/chart/1"),
        ("DELETE", "/api/v1/chart/1"),
        ("PUT", "/api/v1/chart/warm_up_cache"),
        ("GET", "/superset/warm_up_cache/?slice_id=1"),
        ("PUT", "/api/v1/dashboard/1"),
        ("GET", "/api/v1/dashboard/export/?q=!(1)"),
        ("GET", "/api/v1/assets/export/"),
        ("GET", "/api/v1/query/"),
        ("GET", "/api/v1/saved_query/"),
        ("GET", "/api/v1/log/"),
        ("GET", "/api/v1/security/users/"),
        ("GET", "/users/list/"),
        ("GET", "/api/v1/rowlevelsecurity/"),
        ("GET", "/api/v1/dashboard/related/owners"),
        ("GET", "/api/v1/chart/related/owners"),
        ("GET", "/api/v1/dashboard/related/created_by"),
        ("GET", "/api/v1/_openapi"),
    ],
)
def test_other_ways_to_sql_and_people_are_closed(superset: Superset, viewer: str, method: str, address: str) -> None:
    answer = superset.viewer(viewer).request(method, address, json={} if method in ("POST", "PUT") else None)
    sent_away = answer.status_code == 302 and answer.headers["location"].split("?")[0] in ("/", "/login/")
    assert sent_away or answer.status_code in (401, 403, 404, 405), (answer.status_code, answer.text[:200])


LONG = "2020-01-01 : " * 400
PROGRAM = "holiday('Christmas', datetime('9999-01-01'), 'India') : now"


def added(*filters: Mapping[str, Any]) -> Change:
    return lambda query: query.__setitem__("filters", [*query["filters"], *filters])


def by(column: str, operator: Any, value: Any) -> dict[str, Any]:
    return {"col": column, "op": operator, "val": value}


EXHAUSTION: dict[str, Change] = {
    "long date filter": added(by("bulan", "TEMPORAL_RANGE", LONG)),
    "long date filter on a text": added(by("kecamatan", "TEMPORAL_RANGE", LONG)),
    "date filter in lower case": added(by("bulan", "temporal_range", LONG)),
    "program in a date filter": added(by("bulan", "TEMPORAL_RANGE", PROGRAM)),
    "twenty programs": added(*[by("bulan", "TEMPORAL_RANGE", PROGRAM)] * 20),
    "date filter of many": added(by("bulan", "TEMPORAL_RANGE", [LONG])),
    "long time range": put("time_range", LONG),
    "program as a time range": put("time_range", PROGRAM),
    "long time shift": put("time_shift", "1 year ago " * 2000),
    "many time offsets": put("time_offsets", ["1 year ago"] * 500),
    "relative start": lambda query: query["extras"].__setitem__("relative_start", LONG),
    "range of comparison": lambda query: query["extras"].__setitem__("instant_time_comparison_range", LONG),
    "long text": added(by("kecamatan", "==", "a" * 201)),
    "many values": added(by("kecamatan", "IN", ["Pauh"] * 201)),
    "many filters": added(*[by("kecamatan", "!=", "Pauh")] * 21),
    "pattern": added(by("kecamatan", "LIKE", "%a" * 90)),
    "regular expression": added(by("kecamatan", "REGEX", "(a+)+$")),
    "operator that is a list": added(by("kecamatan", ["=="], "Pauh")),
    "huge number": added(by("kecamatan", "==", 10**300)),
    "no number": added(by("kecamatan", "==", float("nan"))),
    "control sign": added(by("kecamatan", "==", "Pauh\x00")),
    "line break": added(by("kecamatan", "IN", ["Pauh", "a\nb"])),
    "half a sign": added(by("kecamatan", "==", "\ud800")),
}


@pytest.mark.parametrize("viewer", VIEWERS)
@pytest.mark.parametrize("attack", EXHAUSTION)
def test_a_filter_cannot_make_the_server_work(superset: Superset, viewer: str, attack: str) -> None:
    _, context = superset.chart("publik-damkar-per-bulan")
    EXHAUSTION[attack](context["queries"][0])
    answer, seconds = timed(superset.viewer(viewer), context)
    assert answer.status_code == 403, answer.text[:300]
    assert "Ditolak" in answer.json()["message"]
    assert seconds < AT_ONCE_S


def timed(client: httpx.Client, context: Query) -> tuple[httpx.Response, float]:
    begun = time.monotonic()
    body = json.dumps(context).encode()
    answer = client.post("/api/v1/chart/data", content=body, headers={"Content-Type": "application/json"})
    return answer, time.monotonic() - begun


@pytest.mark.parametrize("viewer", VIEWERS)
@pytest.mark.parametrize("count", [2, 100])
def test_one_request_asks_no_more_queries_than_its_chart(superset: Superset, viewer: str, count: int) -> None:
    _, context = superset.chart("publik-damkar-per-bulan")
    query = context["queries"][0]
    many = [query | {"filters": [*query["filters"], by("kecamatan", "!=", f"x{number}")]} for number in range(count)]
    answer, seconds = timed(superset.viewer(viewer), context | {"queries": many})
    assert answer.status_code == 403 and seconds < AT_ONCE_S
    as_form = {"form_data": json.dumps(context | {"queries": many})}
    assert superset.viewer(viewer).post("/api/v1/chart/data", data=as_form).status_code == 403


@pytest.mark.parametrize("viewer", VIEWERS)
@pytest.mark.parametrize(
    "question",
    [
        f"'{'2020-01-01 : ' * 250}'",
        f"'{PROGRAM.replace(chr(39), '!' + chr(39))}'",
        f"!((timeRange:'{'2020-01-01 : ' * 20}'))",
        "!((timeRange:'Last week',shift:'1 year ago'))",
        "!(" * 60,
        "",
    ],
)
def test_no_program_of_dates_is_worked_out(superset: Superset, viewer: str, question: str) -> None:
    begun = time.monotonic()
    answer = superset.viewer(viewer).get("/api/v1/time_range/", params={"q": question})
    assert answer.status_code == 400, answer.text[:200]
    assert time.monotonic() - begun < AT_ONCE_S


@pytest.mark.parametrize("text", ["Last week", "previous calendar month", "2026-10-01 : 2026-11-01", "No filter"])
def test_plain_time_ranges_are_answered(superset: Superset, text: str) -> None:
    for question in (f"'{text}'", f"!((timeRange:'{text}'))"):
        assert superset.anonymous.get("/api/v1/time_range/", params={"q": question}).status_code == 200
    _, context = superset.chart("publik-damkar-per-bulan")
    context["queries"][0]["filters"].append(by("bulan", "TEMPORAL_RANGE", text))
    assert superset.anonymous.post("/api/v1/chart/data", json=context).status_code == 200


@pytest.mark.parametrize("viewer", VIEWERS)
def test_nonsense_does_not_fill_the_log(superset: Superset, viewer: str) -> None:
    client = superset.viewer(viewer)
    log = superset.log.stat().st_size
    nested = "[" * 50_000 + "]" * 50_000
    for body in ("{}", "[]", "null", "", "{", '{"queries": {}, "datasource": {}}', nested, f'{{"queries": {nested}}}'):
        answer = client.post("/api/v1/chart/data", content=body, headers={"Content-Type": "application/json"})
        assert answer.status_code == 400, (body[:50], answer.status_code)
    assert client.post("/api/v1/chart/data", data={"form_data": "{}"}).status_code == 400
    _, context = superset.chart("publik-peta-kebakaran")
    for _ in range(5):
        assert client.get("/static/tidak-ada").status_code == 404
        assert explore(client, context["form_data"] | {"geojson": "lain"}).status_code == 403
    assert superset.log.stat().st_size - log < 2_000


@pytest.mark.parametrize(
    "word", ["samples", "query", "results", "columns", "full", "drill_detail", "json", "csv", "xlsx"]
)
def test_maps_give_nothing_but_themselves(superset: Superset, word: str) -> None:
    _, context = superset.chart("publik-peta-kebakaran")
    sent = {"form_data": json.dumps(context["form_data"])}
    answer = superset.anonymous.post(f"/superset/explore_json/?{word}=true", data=sent)
    assert answer.status_code == 403, answer.text[:200]
    expected = 200 if word in ("csv", "xlsx") else 403
    assert superset.official.post(f"/superset/explore_json/?{word}=true", data=sent).status_code == expected


def test_the_public_does_not_go_past_the_cache(superset: Superset) -> None:
    """The first answer is from the database or not, the second from the cache, though both ask for fresh rows."""
    _, context = superset.chart("publik-peta-kebakaran")
    sent = {"form_data": json.dumps(context["form_data"])}
    answers = [superset.anonymous.post("/superset/explore_json/?force=true", data=sent).json() for _ in range(2)]
    assert answers[1]["is_cached"]
    _, context = superset.chart("publik-damkar-per-bulan")
    forced = [superset.anonymous.post("/api/v1/chart/data", json=context | {"force": True}).json() for _ in range(2)]
    assert forced[1]["result"][0]["is_cached"]
    for viewer in (superset.anonymous, superset.official):  # who asks for fresh rows gets none that were kept
        assert kept_answer(partial(viewer.post, "/api/v1/chart/data", json=context)).status_code == 200
        assert "age" not in viewer.post("/api/v1/chart/data", json=context | {"force": True}).headers
        assert "age" not in viewer.post("/api/v1/chart/data?force=true&x=1", json=context).headers


@pytest.mark.parametrize("viewer", VIEWERS)
def test_viewers_are_told_nothing_of_the_inside(superset: Superset, viewer: str) -> None:
    client = superset.viewer(viewer)
    _, public = superset.chart("publik-damkar-per-bulan")
    _, map_of_fires = superset.chart("publik-peta-kebakaran")
    answers = [
        client.get("/api/v1/chart/?q=(page:-1)"),
        client.get("/api/v1/dashboard/?q=(page:-1,page_size:-5)"),
        client.get("/api/v1/chart/99999999999999999999"),
        client.get("/api/v1/chart/?q=(("),
        client.get("/superset/dashboard/tidak-ada/"),
        client.get("/static/tidak-ada.js"),
        client.post("/api/v1/chart/data", json=public | {"datasource": {"id": 10**30, "type": "table"}}),
        client.post("/api/v1/chart/data", json=public | {"result_format": "parquet"}),
        client.post("/api/v1/chart/data", json=public | {"queries": [public["queries"][0] | {"datasource": {}}]}),
        client.get("/api/v1/chart/"),
        client.get("/api/v1/dashboard/publik/datasets"),
        client.get("/api/v1/dashboard/publik/charts"),
        client.get("/api/v1/dashboard/"),
        client.post("/api/v1/chart/data", json=public),
        explore(client, map_of_fires["form_data"]),
    ]
    assert [answer.status_code for answer in answers[9:]] == [200] * 6
    for answer in answers:
        text = answer.text
        assert "SELECT" not in text and "select " not in text, (answer.url, text[:500])
        assert "googleapis" not in text and "psycopg" not in text and "Traceback" not in text and "LINE " not in text
        assert not re.search('"first_name": *"', text) and "Admin" not in text
        assert "access-control-allow-origin" not in answer.headers


def malformed_maps(form_data: Query) -> list[tuple[int, Any]]:
    """What a map's page never sends, and how it is answered."""
    kinds: tuple[Any, ...] = ("tidak_ada", None, ["a"], {})
    numbers: tuple[Any, ...] = ({}, 10**30, True, "1")
    foreign: list[Query] = [
        *({"viz_type": kind} for kind in kinds),
        *({"datasource": name} for name in (None, 5, "1", "__", "a__table", "None__table", "1__2__3", "1__tidak_ada")),
        *({"slice_id": number} for number in numbers),
        *({"extra_form_data": extra} for extra in ("x", [1], {"filters": "x"}, {"filters": [1]})),
        *({name: 5} for name in ("adhoc_filters", "filters", "groupby", "metrics", "time_range")),
        {"queries": []},
    ]
    lacking = [{key: form_data[key] for key in form_data if key != name} for name in ("viz_type", "datasource")]
    known = [json.dumps(one) for one in (*(form_data | change for change in foreign), *lacking)]
    nonsense = ("[]", "null", "5", "", "{", '{"slice_id":', "[" * 100_000, '{"slice_id":%s}' % ("9" * 5000))
    return [*((403, text) for text in known), *((400, text) for text in nonsense), (403, "{}")]


MALFORMED_QUERIES: tuple[Query, ...] = (
    {"filters": 5},
    {"filters": [5]},
    {"filters": [by("kecamatan", "IN", ["a", 1])]},
    {"columns": 5},
    {"metrics": [5]},
    {"orderby": [[5]]},
    {"row_limit": "x"},
    {"row_limit": 10**30},
    {"extras": 5},
    {"post_processing": [5]},
    {"annotation_layers": [5]},
    {"series_limit": "x"},
    {"tidak_ada": 1},
)
MALFORMED_CONTEXTS: tuple[Query, ...] = (
    {"result_format": 5},
    {"result_type": "x"},
    {"datasource": {"id": "x", "type": "table"}},
    {"datasource": {"id": -1, "type": "table"}},
    {"datasource": {"type": "table"}},
    {"form_data": "x"},
    {"form_data": {"slice_id": "x"}},
    {"custom_cache_timeout": "x"},
    {"queries": [None]},
)
MALFORMED_ADDRESSES = (
    *(f"/api/v1/{kind}/{name}" for kind in ("chart", "dashboard") for name in ("%00", "9" * 30, "..", "1%0a", "%FF")),
    *(f"/api/v1/dashboard/{name}/{part}" for name in ("%00", "9" * 30) for part in ("charts", "datasets", "tabs")),
    *(f"/superset/dashboard/{name}/" for name in ("%00", "9" * 30, "a" * 3000)),
    *(
        f"/api/v1/{kind}/?q={question}"
        for kind in ("chart", "dashboard")
        for question in (
            "((",
            "!",
            "%00",
            "!(" * 500,
            "(page:9999999999999999999)",
            "(columns:!(!(x)))",
            "(order_column:tidak_ada,order_direction:asc)",
            "(filters:!(x))",
            "(filters:!((col:slug,opr:eq,value:'%00')))",
            "(filters:!((col:slug,opr:eq,value:(a:1))))",
            "(filters:!((col:owners,opr:rel_m_m,value:!(x))))",
            "(filters:!((col:tidak_ada,opr:eq,value:1)))",
        )
    ),
    "/api/v1/dashboard/_info?q=((",
    "/api/v1/dashboard/favorite_status/?q=((",
    "/api/v1/dashboard/publik?q=(columns:!(!(x)))",
    "/api/v1/time_range/?q=((",
    "/superset/dashboard/publik/?native_filters_key=%00",
    "/static/%00.js",
    "/login/?next=%00",
)
INSIDE = re.compile(
    r"SELECT|psycopg|sqlalchemy|Traceback|LINE \d|Error:|object has no|site-packages|[a-z]+_[a-z]+\.[a-z]+"
)


@pytest.mark.parametrize("viewer", VIEWERS)
def test_what_nobody_can_read_is_the_askers_fault_and_tells_nothing(superset: Superset, viewer: str) -> None:
    client = superset.viewer(viewer)
    _, map_of_fires = superset.chart("publik-peta-kebakaran")
    _, public = superset.chart("publik-damkar-per-bulan")
    for status, text in malformed_maps(map_of_fires["form_data"]):
        answer = client.post("/superset/explore_json/", data={"form_data": text})
        assert answer.status_code == status, (text[-200:], answer.status_code, answer.text[:200])
        assert answer.json()["message"] and not INSIDE.search(answer.text)
    answers = [client.post("/superset/explore_json/", json=[]), client.post("/superset/explore_json/")]
    queries = [{"queries": [public["queries"][0] | change]} for change in MALFORMED_QUERIES]
    answers += [client.post("/api/v1/chart/data", json=public | part) for part in (*queries, *MALFORMED_CONTEXTS)]
    answers += [client.get(address) for address in MALFORMED_ADDRESSES]
    answers.append(client.post("/login/", data={"username": "a\x00", "password": "\x00"}))
    for answer in answers:
        sent = (answer.request.method, str(answer.url)[:200], answer.request.content[-200:])
        assert answer.status_code < 500, (*sent, answer.status_code, answer.text[:200])
        assert answer.status_code < 400 or not INSIDE.search(answer.text), (*sent, answer.text[:300])


@pytest.mark.parametrize("viewer", VIEWERS)
def test_what_a_source_wrote_is_never_markup(superset: Superset, prepared: Cluster, viewer: str) -> None:
    hostile = '<div style="position:fixed">a</div><a href="//b">b</a></p><!-- <svg/onload=x> <10 1 < 2'
    dsn = psycopg.conninfo.make_conninfo(prepared.settings.dsn("admin"), dbname=PUBLIK)
    places = {
        "publik-gempa-terbaru": ("gempa", "wilayah"),
        "publik-damkar-per-bulan": ("damkar_bulanan", "label_data"),
    }
    shown = []
    with psycopg.connect(dsn, autocommit=True) as connection:
        for chart, (table, column) in places.items():
            change = sql.SQL("update publik.{} set {} = {{}}").format(sql.Identifier(table), sql.Identifier(column))
            statement = change.as_string()
            connection.execute(sql.SQL(statement).format(hostile))
            try:
                _, context = superset.chart(chart)
                context["queries"][0]["filters"].append(by(column, "!=", f"asked {viewer}"))  # in no cache
                shown.append(superset.viewer(viewer).post("/api/v1/chart/data", json=context))
            finally:
                connection.execute(sql.SQL(statement).format("uji"))
    for answer in shown:
        assert answer.status_code == 200
        assert not re.search("<[a-zA-Z/!]", answer.text), answer.text[:500]
        assert "‹svg/onload=x> <10 1 < 2" in answer.text


def test_a_link_into_a_dashboard_is_one_where_it_is_shown_and_text_in_a_file(
    superset: Superset, prepared: Cluster
) -> None:
    link = '<a href="/superset/dashboard/publik/?native_filters=(a:b)">Pauh</a>'
    _, context = superset.chart("publik-gempa-terbaru")
    context["queries"][0]["filters"].append(by("wilayah", "!=", "asked for its links"))  # in no cache
    dsn = psycopg.conninfo.make_conninfo(prepared.settings.dsn("admin"), dbname=PUBLIK)
    what = "concat_ws(' ', pelaku, objek, rincian ->> 'jenis_berkas')"
    before = entered(prepared, "ekspor", what)
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("update publik.gempa set wilayah = %s", [link])
        try:
            answers = [
                client.post("/api/v1/chart/data", json=context) for client in (superset.anonymous, superset.official)
            ]
            files = [
                superset.official.post("/api/v1/chart/data", json=context | {"result_format": kind})
                for kind in ("csv", "xlsx")
            ]
        finally:
            connection.execute("update publik.gempa set wilayah = 'uji'")
    for answer in answers:
        (row,) = answer.json()["result"][0]["data"]
        assert (row["wilayah_tautan"], row["wilayah"]) == (link, link.replace("<", "‹"))
    assert files[0].status_code == 200 and "Pauh" in files[0].text and "<a" not in files[0].text
    (row,) = list(load_workbook(io.BytesIO(files[1].content)).active.iter_rows(min_row=2, values_only=True))
    assert "Pauh" in row and link not in row
    number, _ = superset.chart("publik-gempa-terbaru")
    assert entered(prepared, "ekspor", what)[len(before) :] == [
        f"pejabat grafik {number} {kind}" for kind in ("csv", "xlsx")
    ]


def test_a_session_ends_with_its_logout(superset: Superset) -> None:
    with client_of(superset.url) as client, client_of(superset.url) as other:
        log_in(client, "pejabat", superset.password)
        log_in(other, "pejabat", superset.password)
        kept = dict(client.cookies)
        assert httpx.get(f"{superset.url}/api/v1/me/", cookies=kept).status_code == 200
        address = "/api/v1/dashboard/kebakaran/charts"
        assert kept_answer(partial(client.get, address)).json() == other.get(address).json()
        client.get("/logout/")
        assert httpx.get(f"{superset.url}{address}", cookies=kept).status_code in (401, 403, 404)
        assert httpx.get(f"{superset.url}/api/v1/me/", cookies=kept).status_code == 401
        number, _ = superset.chart("kebakaran-kejadian-terbaru")
        assert httpx.get(f"{superset.url}/api/v1/chart/{number}", cookies=kept).status_code == 404
        assert other.get("/api/v1/me/").status_code == 200  # another login of the same account goes on


def test_stored_charts_answer(superset: Superset) -> None:
    """One sample row does not fill every chart, but each must be allowed to ask."""
    for results in (check_public_charts(superset.url), check_charts(superset.url, "pejabat", superset.password)):
        assert len(results) >= 8
        assert [result for result in results if result.error not in (None, "no rows")] == []


def test_narrowing_by_a_column_is_allowed(superset: Superset) -> None:
    _, context = superset.chart("publik-damkar-per-bulan")
    context["queries"][0]["filters"] = [{"col": "kecamatan", "op": "IN", "val": ["Pauh"]}]
    answer = superset.anonymous.post("/api/v1/chart/data", json=context)
    assert answer.status_code == 200
    assert len(answer.json()["result"][0]["data"]) == 1


def test_an_administrator_may_explore(superset: Superset) -> None:
    _, context = superset.chart("publik-damkar-per-bulan")
    context["queries"][0] |= {"metrics": [adhoc("count(*)")], "columns": [], "orderby": [], "post_processing": []}
    context["queries"][0]["series_columns"] = []
    assert superset.admin.post("/api/v1/chart/data", json=context).status_code == 200


def test_the_database_refuses_too(superset: Superset) -> None:
    """Were the guard to fail, the readers' roles still could not write or wait for long."""
    _, context = superset.chart("publik-damkar-per-bulan")
    query = {"metrics": [adhoc("lo_creat(-1)")], "columns": [], "orderby": [], "post_processing": []}
    context["queries"][0] |= query | {"series_columns": []}
    answer = superset.admin.post("/api/v1/chart/data", json=context)
    assert answer.status_code == 400
    assert "read-only" in answer.text or "permission denied" in answer.text


def test_nobody_is_named_and_nothing_leaves(superset: Superset) -> None:
    answer = superset.anonymous.get("/api/v1/dashboard/publik/datasets")
    assert answer.status_code == 200
    assert "@" not in answer.text
    policy = superset.anonymous.get("/superset/dashboard/publik/").headers["content-security-policy"]
    assert "http:" not in policy and "https:" not in policy
    assert "connect-src 'self'" in policy


def test_second_import_makes_no_duplicates(superset: Superset) -> None:
    first, second = map(json.loads, superset.counts)
    gone = {"dasbor", "grafik"}  # the second has two dashboards, and what the first had beside them is removed
    assert second["dasbor"] == len(TWO) < first["dasbor"]
    assert second["grafik"] < first["grafik"]
    assert superset.admin.get("/api/v1/dashboard/ringkasan").status_code == 404
    wanted = first | {"kolom": first["kolom"] + 1}  # the column of links, which only the second has
    assert {kind: count for kind, count in second.items() if kind not in gone} == {
        kind: count for kind, count in wanted.items() if kind not in gone
    }


def test_passwords_cannot_be_tried_without_end(superset: Superset) -> None:
    """The last test: it uses up what this address may try. Two workers count by themselves."""
    with client_of(superset.url) as client:
        token = CSRF_TOKEN.search(client.get("/login/").text)
        assert token
        sent = {"username": "pejabat", "password": "salah", "csrf_token": token.group(1)}
        answers = [client.post("/login/", data=sent).status_code for _ in range(40)]
    assert answers.count(429) >= 20, "ten in any minute, of each worker, whenever the minute begins"
