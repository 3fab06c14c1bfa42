"""What dashboards, charts and datasets are now and what they were after the last import, as JSON: edits made in the browser.

    .venv-superset/bin/python docker/superset/export_assets.py

Both are read in the same way, so that whatever Superset adds of its own is in both and makes no difference. Numbers that
Superset gives to charts and datasets are replaced by UUIDs, which are the same everywhere.
"""

# ruff: noqa: PLC0415  # superset's modules can be imported only once its application exists
from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_URL, uuid5

if TYPE_CHECKING:
    from superset.connectors.sqla.models import SqlaTable
    from superset.models.dashboard import Dashboard
    from superset.models.slice import Slice

Document = dict[str, Any]
Documents = dict[str, dict[str, Document]]  # kind -> UUID -> document
AFTER_IMPORT = uuid5(NAMESPACE_URL, "urn:padang-command-center:superset/imported")
COLUMN = ("column_name", "verbose_name", "type", "is_dttm", "groupby", "filterable", "expression", "description")
METRIC = ("metric_name", "verbose_name", "expression", "d3format", "description", "warning_text")
# What a page writes of itself when it is saved, and works out again when it is opened.
OF_NO_MEANING = {
    "dashboard": {
        *("chart_configuration", "color_namespace", "color_scheme_domain", "default_filters", "filter_scopes"),
        *("global_chart_configuration", "import_time", "label_colors", "map_label_colors", "positions", "remote_id"),
        *("shared_label_colors", "show_native_filters"),
    },
    "filter": {"chartsInScope", "tabsInScope"},
    "params": {"dashboardId", "dashboards", "datasource", "extra_form_data", "slice_id", "url_params"},
    "context": {"datasource", "form_data", "force"},
}


def main() -> None:
    from import_assets import make_app

    app = make_app()
    with app.app_context():
        print(json.dumps({"imported": imported(), "now": documents()}, ensure_ascii=False))


def imported() -> Documents | None:
    """What stood after the last import."""
    from superset.daos.key_value import KeyValueDAO
    from superset.key_value.types import JsonKeyValueCodec, KeyValueResource

    found: Documents | None = KeyValueDAO.get_value(KeyValueResource.APP, AFTER_IMPORT, JsonKeyValueCodec())
    return found


def note_imported() -> None:
    """Remember what stands now as what was imported."""
    from superset.daos.key_value import KeyValueDAO
    from superset.key_value.types import JsonKeyValueCodec, KeyValueResource

    KeyValueDAO.upsert_entry(KeyValueResource.APP, documents(), JsonKeyValueCodec(), AFTER_IMPORT)


def documents() -> Documents:
    """Every dashboard that is not a draft, the charts on them, and the datasets of those."""
    from superset.connectors.sqla.models import SqlaTable
    from superset.extensions import db
    from superset.models.dashboard import Dashboard

    datasets = {dataset.id: dataset for dataset in db.session.query(SqlaTable).order_by(SqlaTable.id)}
    published = db.session.query(Dashboard).filter(Dashboard.published.is_(True)).order_by(Dashboard.id)
    pages = {dashboard: shown(dashboard, datasets) for dashboard in published}
    charts = {chart.id: chart for page in pages.values() for chart in page}
    used = {chart.datasource_id for chart in charts.values()}
    dashboards = [dashboard for dashboard, page in pages.items() if page]
    wanted = [one for number, one in datasets.items() if number in used or one.is_managed_externally]
    return {
        "datasets": {str(one.uuid): dataset_document(one) for one in wanted},
        "charts": {str(one.uuid): chart_document(one, datasets[one.datasource_id]) for one in charts.values()},
        "dashboards": {str(one.uuid): dashboard_document(one, charts, datasets) for one in dashboards},
    }


def shown(dashboard: Dashboard, datasets: Mapping[int, SqlaTable]) -> list[Slice]:
    """The charts that have a place on a dashboard, and a dataset; Superset remembers others too."""
    position = json.loads(dashboard.position_json or "{}")
    placed = {box["meta"].get("chartId") for box in position.values() if isinstance(box, dict) and "meta" in box}
    return [chart for chart in dashboard.slices if chart.id in placed and chart.datasource_id in datasets]


def dataset_document(dataset: SqlaTable) -> Document:
    return {
        "table_name": dataset.table_name,
        "schema": dataset.schema,
        "description": dataset.description,
        "database_uuid": str(dataset.database.uuid),
        "main_dttm_col": dataset.main_dttm_col,
        "filter_select_enabled": dataset.filter_select_enabled,
        "columns": {column.column_name: fields(column, COLUMN) for column in dataset.columns},
        "metrics": {metric.metric_name: fields(metric, METRIC) for metric in dataset.metrics},
        "sql": dataset.sql,
    }


def fields(item: Any, names: Iterable[str]) -> Document:
    return {name: getattr(item, name) for name in names}


def chart_document(chart: Slice, dataset: SqlaTable) -> Document:
    context = json.loads(chart.query_context or "{}")
    queries = {str(place): query for place, query in enumerate(context.get("queries", []))}
    return {
        "slice_name": chart.slice_name,
        "description": chart.description,
        "viz_type": chart.viz_type,
        "params": without(json.loads(chart.params or "{}"), "params"),
        "query_context": {**without(context, "context"), "queries": queries},
        "cache_timeout": chart.cache_timeout,
        "dataset_uuid": str(dataset.uuid),
    }


def dashboard_document(
    dashboard: Dashboard, charts: Mapping[int, Slice], datasets: Mapping[int, SqlaTable]
) -> Document:
    return {
        "dashboard_title": dashboard.dashboard_title,
        "description": dashboard.description,
        "slug": dashboard.slug,
        "css": dashboard.css,
        "position": position_document(json.loads(dashboard.position_json), charts),
        "metadata": metadata_document(json.loads(dashboard.json_metadata or "{}"), charts, datasets),
    }


def position_document(position: Document, charts: Mapping[int, Slice]) -> Document:
    """With the UUIDs of charts instead of their numbers, and without boxes of charts that are no more."""
    numbers = {
        name: box["meta"].pop("chartId", None)
        for name, box in position.items()
        if isinstance(box, dict) and box["type"] == "CHART"
    }
    gone = {name for name, number in numbers.items() if number not in charts}
    for name in numbers.keys() - gone:
        position[name]["meta"]["uuid"] = str(charts[numbers[name]].uuid)
    for box in position.values():
        if isinstance(box, dict) and "children" in box:
            box["children"] = [child for child in box["children"] if child not in gone]
    return {name: box for name, box in position.items() if name not in gone}


def metadata_document(metadata: Document, charts: Mapping[int, Slice], datasets: Mapping[int, SqlaTable]) -> Document:
    filters = {
        one["id"]: filter_document(one, charts, datasets) for one in metadata.get("native_filter_configuration", [])
    }
    numbered = metadata.get("expanded_slices", {})
    return {
        **without(metadata, "dashboard"),
        "native_filter_configuration": filters,
        "timed_refresh_immune_slices": uuids(metadata.get("timed_refresh_immune_slices", []), charts),
        "expanded_slices": {
            str(charts[int(one)].uuid): is_open for one, is_open in numbered.items() if int(one) in charts
        },
    }


def filter_document(one: Document, charts: Mapping[int, Slice], datasets: Mapping[int, SqlaTable]) -> Document:
    scope = one.get("scope", {})
    targets = [target_document(target, datasets) for target in one.get("targets", [])]
    return {
        **without(one, "filter"),
        "targets": targets,
        "scope": {**scope, "excluded": uuids(scope.get("excluded", []), charts)},
    }


def target_document(target: Document, datasets: Mapping[int, SqlaTable]) -> Document:
    number = target.pop("datasetId", None)
    return {"datasetUuid": str(datasets[number].uuid), **target} if number in datasets else target


def uuids(numbers: Iterable[int], charts: Mapping[int, Slice]) -> list[str]:
    return [str(charts[number].uuid) for number in numbers if number in charts]


def without(document: Document, kind: str) -> Document:
    return {key: value for key, value in document.items() if key not in OF_NO_MEANING.get(kind, ())}


if __name__ == "__main__":
    main()
