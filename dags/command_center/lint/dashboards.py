"""Are the exported dashboards sound?"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from command_center.paths import DBT_PROJECT, SUPERSET_EXPORTS

KINDS = ("databases", "datasets", "charts", "dashboards")


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
