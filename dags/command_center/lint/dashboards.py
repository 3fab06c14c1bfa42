"""Are the exported dashboards sound?"""

from __future__ import annotations

import difflib
import functools
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import sqlglot
import yaml
from sqlglot import exp

from command_center.errors import DeclarationError
from command_center.paths import SUPERSET_EXPORTS

NO_NUMBERS = ("TEXT", "DATE", "TIME", "BOOL", "JSON")
KINDS = ("databases", "datasets", "charts", "dashboards")
Document = Mapping[str, Any]
Documents = Mapping[str, Mapping[str, Document]]  # kind -> UUID -> document; each knows its file as `_file`
Models = Mapping[str, Mapping[str, str]]  # dbt model -> column -> type


def lint_exports(folder: Path = SUPERSET_EXPORTS, models: Models | None = None) -> list[str]:
    """What is wrong with the exported files, one sentence each, naming the file; empty when all is well."""
    from command_center.lint.dbt import column_types, project_manifest

    files, problems = read_exports(folder)
    return [*problems, *lint_files(files, column_types(project_manifest()) if models is None else models)]


def read_exports(folder: Path) -> tuple[dict[str, Document], list[str]]:
    """File name -> document of every asset, and what could not be read."""
    files: dict[str, Document] = {}
    problems = []
    for file in sorted(file for kind in KINDS for file in (folder / kind).rglob("*.yaml")):
        name = str(file.relative_to(folder))
        try:
            files[name] = yaml.load(file.read_text(encoding="utf-8"), yaml.CSafeLoader)  # 20 times as fast
        except yaml.YAMLError as error:
            problems.append(f"{name}: not valid YAML ({str(error).splitlines()[0]}); run make dashboards.")
    return files, problems


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
    for dashboard in documents["dashboards"].values():
        yield from lint_filters(dashboard, documents)


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
    for metric in dataset["metrics"]:
        yield from lint_metric(metric, file, model, types)
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


def lint_metric(metric: Document, file: str, model: str, types: Mapping[str, str]) -> Iterator[str]:
    """A sum or a mean is one of numbers."""
    for total in parsed(metric["expression"]).find_all(exp.Sum, exp.Avg):
        kind = types.get(total.this.name, "numeric").upper() if isinstance(total.this, exp.Column) else "NUMERIC"
        if kind.startswith(NO_NUMBERS):
            yield (
                f"{file}: {metric['metric_name']} adds up {total.this.name}, which is {kind} in dbt model {model}; "
                "name a column of numbers in superset_exports/design/datasets.py."
            )


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


@functools.cache
def parsed(text: str) -> exp.Expression:
    """To look at, not to change: a piece of SQL stands in many files."""
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
    for name in sorted(names_dressed(chart["params"]) - by_query):
        yield f"{file}: {name} is given a look, but the chart does not ask for it{nearest(name, by_query)}."
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
        for box in chart_boxes(dashboard):
            placed.add(box["meta"]["uuid"])
            if box["meta"]["uuid"] not in documents["charts"]:
                yield f"{dashboard['_file']}: position {box['id']} names the unknown chart {box['meta']['uuid']}."
    for uuid, chart in documents["charts"].items():
        if uuid not in placed:
            yield f"{chart['_file']}: no dashboard shows this chart."


def chart_boxes(dashboard: Document) -> list[Document]:
    boxes = dashboard["position"].values()
    return [box for box in boxes if isinstance(box, dict) and box["type"] == "CHART"]


def native_filters(dashboard: Document) -> list[Document]:
    """The filters of a dashboard; what only divides them into groups is none."""
    configured = dashboard["metadata"].get("native_filter_configuration", [])
    return [one for one in configured if one["type"] == "NATIVE_FILTER"]


def filter_datasets(dashboard: Document) -> list[tuple[str, str]]:
    """Name of a filter and UUID of a dataset from which it offers values."""
    filters = native_filters(dashboard)
    return [(one["name"], target["datasetUuid"]) for one in filters for target in targets_of(one)]


def targets_of(native_filter: Document) -> list[Document]:
    """Where a filter has its values from; a filter by time range has none."""
    return [target for target in native_filter.get("targets", []) if "datasetUuid" in target]


def lint_filters(dashboard: Document, documents: Documents) -> Iterator[str]:
    """Superset passes over a filter that does not fit a chart, in silence: the chart would show everything."""
    filters = native_filters(dashboard)
    known = {one["id"] for one in filters}
    for number, one in enumerate(filters):
        place = f"{dashboard['_file']}: filter {one['name']}"
        if one["id"] in {other["id"] for other in filters[:number]}:
            yield f"{place}: its id {one['id']} is that of another filter; give each its own."
        for parent in sorted(set(one.get("cascadeParentIds", [])) - known):
            yield f"{place}: depends on {parent}, which is no filter of this dashboard."
        if one.get("controlValues", {}).get("defaultToFirstItem") and not one.get("requiredFirst"):
            yield f"{place}: the first value is chosen but not applied before a click; set requiredFirst too."
        yield from lint_targets(one, place, documents)
        yield from lint_scope(one, place, dashboard, documents)


def lint_targets(native_filter: Document, place: str, documents: Documents) -> Iterator[str]:
    """The dataset must be there, and have the column and the metric by which values are sorted."""
    for target in targets_of(native_filter):
        dataset = documents["datasets"].get(target["datasetUuid"])
        if dataset is None:
            yield f"{place}: dataset {target['datasetUuid']} is not in the bundle."
            continue
        columns, column = columns_of(dataset), target["column"]["name"]
        if column not in columns:
            yield f"{place}: {dataset['_file']} has no column {column}{nearest(column, columns)}."
        metrics = {metric["metric_name"] for metric in dataset["metrics"]}
        sorted_by = native_filter.get("controlValues", {}).get("sortMetric") or native_filter.get("sortMetric")
        if sorted_by and sorted_by not in metrics:
            yield f"{place}: {dataset['_file']} has no metric {sorted_by}{nearest(sorted_by, metrics)}."


def lint_scope(native_filter: Document, place: str, dashboard: Document, documents: Documents) -> Iterator[str]:
    """Every chart in the scope must have the column; boxes and charts that a scope names must be there."""
    boxes, scope = chart_boxes(dashboard), native_filter["scope"]
    for root in sorted(set(scope["rootPath"]) - dashboard["position"].keys()):
        yield f"{place}: its scope names the box {root}, which the dashboard does not have."
    for number in sorted(set(scope["excluded"]) - {box["meta"]["chartId"] for box in boxes}):
        yield f"{place}: its scope leaves out the chart {number}, which the dashboard does not have."
    in_scope = [
        documents["charts"][box["meta"]["uuid"]]
        for box in boxes
        if is_in_scope(box, scope) and box["meta"]["uuid"] in documents["charts"]
    ]
    for column in sorted(filtered_columns(native_filter)):
        for chart in in_scope:
            dataset = documents["datasets"].get(chart["dataset_uuid"])
            if dataset and column not in columns_of(dataset):
                yield (
                    f"{place}: {chart['_file']} is in its scope, but {dataset['_file']} has no column {column}; "
                    "leave the chart out of the scope, or add the column to its mart."
                )
    if not in_scope:
        yield f"{place}: no chart is in its scope."


def is_in_scope(box: Document, scope: Document) -> bool:
    return box["meta"]["chartId"] not in scope["excluded"] and not {*box["parents"], box["id"]}.isdisjoint(
        scope["rootPath"]
    )


def filtered_columns(native_filter: Document) -> set[str]:
    """The columns by which a filter narrows: those of its targets and of its default."""
    default = (native_filter.get("defaultDataMask") or {}).get("extraFormData") or {}
    by_default = {condition["col"] for condition in default.get("filters", [])}
    return by_default | {target["column"]["name"] for target in targets_of(native_filter)}


def columns_of(dataset: Document) -> set[str]:
    return {column["column_name"] for column in dataset["columns"]}


def names_in_params(params: Mapping[str, Any]) -> Iterator[str]:
    for key in ("metric", "metrics", "groupby", "x_axis", "all_columns", "geojson", "timeseries_limit_metric"):
        yield from as_list(params.get(key))
    yield from (condition["subject"] for condition in params.get("adhoc_filters", []))
    yield from (json.loads(order)[0] for order in params.get("order_by_cols", []))


def names_dressed(params: Mapping[str, Any]) -> set[str]:
    """What a table gives a format or a colour."""
    coloured = {rule["column"] for rule in params.get("conditional_formatting", []) if "column" in rule}
    return coloured | set(params.get("column_config", {}))


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
