"""Are the exported dashboards sound?"""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import sqlglot
import yaml
from sqlglot import exp

from command_center.errors import DeclarationError
from command_center.paths import SUPERSET_EXPORTS

KINDS = ("databases", "datasets", "charts", "dashboards")
Document = Mapping[str, Any]
Documents = Mapping[str, Mapping[str, Document]]  # kind -> UUID -> document; each knows its file as `_file`
Models = Mapping[str, Mapping[str, str]]  # dbt model -> column -> type


def lint_exports(folder: Path = SUPERSET_EXPORTS, models: Models | None = None) -> list[str]:
    """What is wrong with the exported files, one sentence each, naming the file; empty when all is well."""
    from command_center.lint.dbt import column_types, project_manifest

    files: dict[str, Document] = {}
    problems = []
    for file in sorted(folder.rglob("*/*.yaml")):
        name = str(file.relative_to(folder))
        try:
            files[name] = yaml.safe_load(file.read_text(encoding="utf-8"))
        except yaml.YAMLError as error:
            problems.append(f"{name}: not valid YAML ({str(error).splitlines()[0]}); run make dashboards.")
    return [*problems, *lint_files(files, column_types(project_manifest()) if models is None else models)]


def lint_files(files: Mapping[str, Document], models: Models) -> Iterator[str]:
    """What is wrong with these documents, which are named as their files are."""
    documents = {
        kind: {file["uuid"]: {**file, "_file": name} for name, file in files.items() if name.startswith(f"{kind}/")}
        for kind in KINDS
    }
    yield from (
        f"There are no {kind} in superset_exports/; run make dashboards." for kind in KINDS if not documents[kind]
    )
    for database in documents["databases"].values():
        yield from lint_database(database)
    for dataset in documents["datasets"].values():
        yield from lint_dataset(dataset, documents, models)
    for chart in documents["charts"].values():
        yield from lint_chart(chart, documents)
    yield from lint_positions(documents)


def lint_database(database: Document) -> Iterator[str]:
    if not database["sqlalchemy_uri"].endswith("://"):
        yield f"{database['_file']}: sqlalchemy_uri holds an address; it comes from the environment at import."


def lint_dataset(dataset: Document, documents: Documents, models: Models) -> Iterator[str]:
    """Stored columns must be those of the dbt model, by name and type; SQL may use no others."""
    file, model = dataset["_file"], model_of(dataset)
    if dataset["database_uuid"] not in documents["databases"]:
        yield f"{file}: database {dataset['database_uuid']} is not in the bundle."
    if model not in models:
        yield f"{file}: there is no dbt model {model}; mend superset_exports/design/datasets.py or write the model."
        return
    types = models[model]
    for column in dataset["columns"]:
        if not column.get("expression"):
            yield from lint_column(column["column_name"], column["type"], file, model, types)
    for name, text in sql_of(dataset):
        for used in sorted({column.name for column in parsed(text).find_all(exp.Column)} - types.keys()):
            yield (
                f"{file}: {name} uses the column {used}, which dbt model {model} does not have{nearest(used, types)}; "
                "mend superset_exports/design/datasets.py."
            )


def lint_column(name: str, kind: str, file: str, model: str, types: Mapping[str, str]) -> Iterator[str]:
    if name not in types:
        yield f"{file}: dbt model {model} has no column {name}{nearest(name, types)}; run make dashboards."
    elif kind != types[name].upper():
        yield f"{file}: column {name} is {kind} here and {types[name]} in dbt model {model}; run make dashboards."


def model_of(dataset: Document) -> str:
    """The dbt model that a dataset reads, as a table or by its SQL."""
    table = parsed(dataset["sql"]).find(exp.Table) if dataset.get("sql") else None
    return f"{table.db}__{table.name}" if table else f"{dataset['schema']}__{dataset['table_name']}"


def sql_of(dataset: Document) -> Iterator[tuple[str, str]]:
    """Every piece of SQL in a dataset with a name for it."""
    if dataset.get("sql"):
        yield "its SQL", dataset["sql"]
    for column in dataset["columns"]:
        if column.get("expression"):
            yield column["column_name"], column["expression"]
    yield from ((metric["metric_name"], metric["expression"]) for metric in dataset["metrics"])


def parsed(text: str) -> exp.Expression:
    try:
        return sqlglot.parse_one(text, dialect="postgres")
    except sqlglot.ParseError as error:
        raise DeclarationError(
            f"superset_exports/design/datasets.py: {' '.join(text.split())!r} is not SQL that Postgres reads."
        ) from error


def nearest(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    return f" (did you mean {near[0]}?)" if near else ""


def lint_chart(chart: Document, documents: Documents) -> Iterator[str]:
    """Parameters and stored query must ask for the same things, all of which the dataset has."""
    file = chart["_file"]
    dataset = documents["datasets"].get(chart["dataset_uuid"])
    if dataset is None:
        yield f"{file}: dataset {chart['dataset_uuid']} is not in the bundle."
        return
    columns = {item["column_name"]: item for item in dataset["columns"]}
    known = columns.keys() | {item["metric_name"] for item in dataset["metrics"]}
    queries = json.loads(chart["query_context"])["queries"]
    by_params, by_query = set(names_in_params(chart["params"])), set(names_in_queries(queries))
    for name in sorted((by_params | by_query) - known):
        yield (
            f"{file}: {name} is neither a column nor a metric of {dataset['_file']}{nearest(name, known)}; "
            f"write a name that it has, or add {name} to dbt model {model_of(dataset)} or to superset_exports/design/datasets.py."
        )
    for name in sorted(by_params ^ by_query):
        yield f"{file}: {name} is used by only one of params and query_context; run make dashboards."
    for name in sorted(time_axes(queries) & columns.keys()):
        if not columns[name]["is_dttm"]:
            yield (
                f"{file}: the time axis {name} is {columns[name]['type']} in dbt model {model_of(dataset)}; "
                "name a column that is a date or a timestamp."
            )


def lint_positions(documents: Documents) -> Iterator[str]:
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


def time_axes(queries: Iterable[Mapping[str, Any]]) -> set[str]:
    axes = [column for query in queries for column in query["columns"] if isinstance(column, dict)]
    return {axis["sqlExpression"] for axis in axes if "timeGrain" in axis}


def as_list(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, list) else [value]
