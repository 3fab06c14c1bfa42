"""The dashboards from outside: are the exported files sound, and does every chart of a running Superset have data?"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import httpx
import yaml

from command_center.errors import ServiceError
from command_center.paths import DBT_PROJECT, SUPERSET_EXPORTS

KINDS = ("databases", "datasets", "charts", "dashboards")
TIMEOUT_S = 60.0
CSRF_TOKEN = re.compile(r'id="csrf_token"[^>]*?value="([^"]*)"', re.DOTALL)
READS_FROM = re.compile(r"\bfrom\s+(\w+)\.(\w+)", re.IGNORECASE)
NAMES = re.compile(r"\bas\s+(\w+)", re.IGNORECASE)


@dataclass(frozen=True)
class Bundle:
    """The exported files by kind and UUID; each document knows its file as `_file`."""

    folder: Path
    problems: list[str] = field(default_factory=list)

    @cached_property
    def documents(self) -> dict[str, dict[str, dict[str, Any]]]:
        return {kind: dict(self._read(kind)) for kind in KINDS}

    def _read(self, kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
        files = sorted((self.folder / kind).rglob("*.yaml"))
        if not files:
            self.problems.append(f"{self.folder / kind}: no {kind} found; run python -m superset_exports.design.")
        for file in files:
            name = str(file.relative_to(self.folder))
            try:
                document = yaml.safe_load(file.read_text(encoding="utf-8"))
            except yaml.YAMLError as error:
                self.problems.append(f"{name}: not valid YAML ({str(error).splitlines()[0]}).")
                continue
            yield document["uuid"], document | {"_file": name}


def lint_exports(folder: Path = SUPERSET_EXPORTS, dbt_models: Path = DBT_PROJECT / "models") -> list[str]:
    """What is wrong with the exported files, one sentence each, naming the file; empty when all is well."""
    bundle = Bundle(folder)
    documents = bundle.documents
    models = read_models(dbt_models)
    return [
        *bundle.problems,
        *(problem for item in documents["databases"].values() for problem in lint_database(item)),
        *(problem for item in documents["datasets"].values() for problem in lint_dataset(item, documents, models)),
        *(problem for item in documents["charts"].values() for problem in lint_chart(item, documents)),
        *lint_positions(documents),
    ]


def lint_database(database: Mapping[str, Any]) -> Iterator[str]:
    if not database["sqlalchemy_uri"].endswith("://"):
        yield f"{database['_file']}: sqlalchemy_uri holds an address; it comes from the environment at import."


def lint_dataset(
    dataset: Mapping[str, Any], documents: Mapping[str, Mapping[str, Any]], models: Mapping[str, set[str]]
) -> Iterator[str]:
    """Every stored column must be one that the dbt model of the table declares."""
    file = dataset["_file"]
    if dataset["database_uuid"] not in documents["databases"]:
        yield f"{file}: database {dataset['database_uuid']} is not in the bundle."
    sql = dataset.get("sql") or ""
    source = READS_FROM.search(sql)
    model = "__".join(source.groups()) if source else f"{dataset['schema']}__{dataset['table_name']}"
    if model not in models:
        yield f"{file}: there is no dbt model {model} for this dataset."
        return
    known = models[model] | set(NAMES.findall(sql))
    for column in dataset["columns"]:
        if not column.get("expression") and column["column_name"] not in known:
            yield f"{file}: column {column['column_name']} is not declared by the dbt model {model}."


def lint_chart(chart: Mapping[str, Any], documents: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """Parameters and stored query must ask for the same things, all of which the dataset has."""
    file = chart["_file"]
    dataset = documents["datasets"].get(chart["dataset_uuid"])
    if dataset is None:
        yield f"{file}: dataset {chart['dataset_uuid']} is not in the bundle."
        return
    known = {item["column_name"] for item in dataset["columns"]} | {item["metric_name"] for item in dataset["metrics"]}
    by_params = set(names_in_params(chart["params"]))
    by_query = set(names_in_queries(json.loads(chart["query_context"])["queries"]))
    for name in sorted((by_params | by_query) - known):
        yield f"{file}: {name} is neither a column nor a metric of {dataset['_file']}."
    for name in sorted(by_params ^ by_query):
        yield f"{file}: {name} is used by only one of params and query_context; generate the chart again."


def lint_positions(documents: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """Every chart in a position must exist, and every chart must be on a dashboard."""
    placed = set()
    for dashboard in documents["dashboards"].values():
        for box in dashboard["position"].values():
            if isinstance(box, dict) and box["type"] == "CHART":
                placed.add(box["meta"]["uuid"])
                if box["meta"]["uuid"] not in documents["charts"]:
                    yield f"{dashboard['_file']}: position {box['id']} names the unknown chart {box['meta']['uuid']}."
    for uuid, chart in documents["charts"].items():
        if uuid not in placed:
            yield f"{chart['_file']}: no dashboard shows this chart."


def names_in_params(params: Mapping[str, Any]) -> Iterator[str]:
    for key in ("metric", "metrics", "groupby", "x_axis", "all_columns", "geojson", "timeseries_limit_metric"):
        yield from as_list(params.get(key))
    yield from (condition["subject"] for condition in params.get("adhoc_filters", []))
    yield from (json.loads(order)[0] for order in params.get("order_by_cols", []))


def names_in_queries(queries: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for query in queries:
        for column in [*query["columns"], *query.get("metrics", []), *query.get("series_columns", [])]:
            yield column if isinstance(column, str) else column["sqlExpression"]
        yield from (condition["col"] for condition in query["filters"])
        yield from (order[0] for order in query["orderby"])
        yield from as_list(query.get("series_limit_metric"))


def as_list(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, list) else [value]


def read_models(folder: Path) -> dict[str, set[str]]:
    """dbt model name -> declared columns, from the YAML beside the models."""
    documents = [yaml.safe_load(file.read_text(encoding="utf-8")) for file in sorted(folder.rglob("*.yml"))]
    models = [model for document in documents if document for model in document.get("models") or []]
    return {model["name"]: {column["name"] for column in model.get("columns") or []} for model in models}


@dataclass(frozen=True)
class ChartResult:
    """What one chart answered."""

    dashboard: str
    chart: str
    rows: int
    seconds: float
    error: str | None


def ignore(_result: ChartResult) -> None:
    """Progress for callers that show none."""


def check_charts(
    base_url: str,
    username: str | None,
    password: str | None,
    progress: Callable[[ChartResult], None] = ignore,
) -> list[ChartResult]:
    """Ask every chart of every dashboard that this user sees for its data; without a user, as the public."""
    results = []
    with httpx.Client(base_url=base_url, timeout=TIMEOUT_S, follow_redirects=True) as client:
        if username is not None:
            log_in(client, username, password or "")
        for dashboard in fetch(client, "/api/v1/dashboard/?q=(page_size:100)"):
            for chart in fetch(client, f"/api/v1/dashboard/{dashboard['id']}/charts"):
                results.append(check_chart(client, dashboard["dashboard_title"], chart))
                progress(results[-1])
    if not results:
        raise ServiceError(
            f"Superset at {base_url} shows no chart to {username or 'the public'}; import the dashboards."
        )
    return results


def check_public_charts(base_url: str, progress: Callable[[ChartResult], None] = ignore) -> list[ChartResult]:
    """Ask every chart of the public dashboard for its data, as anybody may."""
    return check_charts(base_url, None, None, progress)


def log_in(client: httpx.Client, username: str, password: str) -> None:
    """Start a session; a token would be ignored wherever the public role may call too."""
    page = client.get("/login/")
    token = CSRF_TOKEN.search(page.text)
    if token is None:
        raise ServiceError(f"{page.url} is not Superset's login page (HTTP {page.status_code}); see its log.")
    client.post("/login/", data={"username": username, "password": password, "csrf_token": token.group(1)})
    answer = client.get("/api/v1/me/")
    if answer.status_code != 200:
        raise ServiceError(f"Superset at {client.base_url} refused the login of {username}; check its password.")


def fetch(client: httpx.Client, address: str) -> list[dict[str, Any]]:
    answer = client.get(address)
    if answer.status_code != 200:
        raise ServiceError(f"Superset answered {answer.status_code} to {address}; see its log.")
    result: list[dict[str, Any]] = answer.json()["result"]
    return result


def check_chart(client: httpx.Client, dashboard: str, chart: Mapping[str, Any]) -> ChartResult:
    """Post the chart's stored query and count the rows that come back."""
    started = time.monotonic()
    rows, error = ask_chart(client, int(chart["id"]))
    return ChartResult(dashboard, str(chart["slice_name"]), rows, time.monotonic() - started, error)


def ask_chart(client: httpx.Client, chart_id: int) -> tuple[int, str | None]:
    stored = client.get(f"/api/v1/chart/{chart_id}")
    if stored.status_code != 200:
        return 0, f"HTTP {stored.status_code} for the chart itself"
    context = json.loads(stored.json()["result"]["query_context"])
    answer = client.post("/api/v1/chart/data", json=context | {"force": True})
    if answer.status_code != 200:
        return 0, f"HTTP {answer.status_code}: {answer.text[:200]}"
    rows = sum(len(result["data"]) for result in answer.json()["result"])
    return rows, None if rows else "no rows"
