"""Is what a viewer asks for what the stored chart asks for? Plain data in, one reason or None out.

Superset runs SQL expressions that arrive in a request. So a viewer's request must be the stored chart's own: every part
that can carry an expression is compared, and nothing but narrowing by plain column filters and smaller limits may differ.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from typing import Any

COMPARED = (
    "columns",
    "metrics",
    "orderby",
    "order_desc",
    "series_columns",
    "series_limit",
    "series_limit_metric",
    "group_others_when_limit_reached",
    "extras",
    "granularity",
    "is_timeseries",
    "is_rowcount",
    "time_range",
    "time_shift",
    "time_offsets",
    "post_processing",
    "annotation_layers",
    "apply_fetch_values_predicate",
)
FILTER_KEYS = {"col", "op", "val", "isExtra"}
OPERATORS = {"==", "!=", ">", "<", ">=", "<=", "IN", "NOT IN", "IS NULL", "IS NOT NULL", "TEMPORAL_RANGE"}
MOST_FILTERS = 20
MOST_VALUES = 200  # the city has 104 kelurahan
LONGEST_TEXT = 200
LARGEST_NUMBER = 10**15
# Superset takes whole programs as a time range, and works on them before it asks who may: seconds for a few kilobytes.
MOMENT = r"[12][0-9]{3}-[01][0-9]-[0-3][0-9](T[0-2][0-9]:[0-5][0-9]:[0-5][0-9])?"
TIME_RANGE = re.compile(
    rf"No filter|(Last|Current|previous calendar) (day|week|month|quarter|year)|{MOMENT} : {MOMENT}"
)
TIME_PLACES = (
    *((None, key) for key in ("time_range", "time_shift", "time_offsets", "since", "until")),
    *(("extras", key) for key in ("relative_start", "relative_end", "time_compare", "instant_time_comparison_range")),
)
RESULT_TYPES = {None, "full", "results", "post_processed"}
# What a dashboard adds to a legacy chart's form data; none of it reaches the query.
DISPLAY_KEYS = {
    "applied_time_extras",
    "chart_id",
    "color_scheme",
    "dashboardId",
    "dashboard_color_scheme",
    "datasource",
    "map_label_colors",
    "own_color_scheme",
    "shared_label_colors",
    "slice_id",
    "slice_name",
    "url_params",
}
DISPLAY_PREFIXES = ("icon_", "label_", "matrixify_")
FILTER_KIND = "filter_select"  # the only kind whose question is known here
# What would add conditions to a filter's own question; the dashboards' filters have none of it.
CONDITIONS = ("adhoc_filters", "time_range", "granularity_sqla")
FILTERING_KEYS = {"extra_filters", "filters"}


def body_refusal(asked: Sequence[Any], stored: Sequence[Mapping[str, Any]]) -> str | None:
    """Why the queries of a request, as they came, must not even be read by Superset, or None."""
    if not asked or len(asked) > len(stored) or not all(isinstance(query, Mapping) for query in asked):
        return "queries"
    reasons = (_unreadable(query, stored) for query in asked)
    return next((reason for reason in reasons if reason), None)


def is_plain_time_range(text: object) -> bool:
    return isinstance(text, str) and TIME_RANGE.fullmatch(text) is not None


def query_refusal(
    asked: Mapping[str, Any], stored: Sequence[Mapping[str, Any]], columns: Collection[str]
) -> str | None:
    """Why a query is none of the chart's stored queries, or None when it is one of them."""
    if asked.get("result_type") not in RESULT_TYPES:
        return "result_type"
    reasons = [_difference(asked, query, columns) for query in stored]
    if not reasons:
        return "queries"
    return None if None in reasons else reasons[0]


def form_data_refusal(asked: Mapping[str, Any], stored: Mapping[str, Any], columns: Collection[str]) -> str | None:
    """Why the form data of a legacy chart are not the stored ones, perhaps narrowed by columns; None when they are."""
    for key in sorted(asked.keys() | stored.keys()):
        if key in DISPLAY_KEYS or key.startswith(DISPLAY_PREFIXES):
            continue
        if key in FILTERING_KEYS:
            if asked.get(key):
                return key
        elif key == "extra_form_data":
            if not _is_narrowing(asked.get(key), columns):
                return key
        elif _frozen(asked.get(key)) != _frozen(stored.get(key)):
            return key
    return None


def filter_query(stored: Mapping[str, Any], row_limit: int) -> dict[str, Any] | None:
    """The query by which a filter gets the values to choose from; None for a filter whose question is not known here."""
    targets = stored.get("targets") or []
    column = (targets[0].get("column") or {}).get("name") if len(targets) == 1 else None
    is_known = stored.get("filterType") == FILTER_KIND and isinstance(column, str) and "datasetId" in targets[0]
    if not is_known or any(stored.get(key) for key in CONDITIONS):
        return None
    metric = stored.get("sortMetric")
    ascending = (stored.get("controlValues") or {}).get("sortAscending", True)
    return {
        "columns": [column],
        "metrics": [metric] if metric else [],
        "orderby": [[metric or column, bool(ascending)]],
        "filters": [],
        "extras": {"having": "", "where": ""},
        "row_limit": row_limit,
        "order_desc": True,
    }


def _unreadable(asked: Mapping[str, Any], stored: Sequence[Mapping[str, Any]]) -> str | None:
    for part, key in TIME_PLACES:
        stored_times = {_frozen(None), *(_frozen(_part(query, part, key)) for query in stored)}
        if _frozen(_part(asked, part, key)) not in stored_times:
            return key
    metrics = asked.get("metrics")
    if isinstance(metrics, list) and not all(isinstance(metric, str | Mapping) for metric in metrics):
        return "metrics"
    filters = asked.get("filters") or []
    known = {_frozen(entry) for query in stored for entry in query.get("filters") or []}
    if not isinstance(filters, list) or len(filters) > MOST_FILTERS + len(known):
        return "filters"
    return None if all(_frozen(entry) in known or _is_plain_filter(entry) for entry in filters) else "filters"


def _part(query: Mapping[str, Any], part: str | None, key: str) -> Any:
    holder = query.get(part) if part else query
    return holder.get(key) if isinstance(holder, Mapping) else holder


def _difference(asked: Mapping[str, Any], stored: Mapping[str, Any], columns: Collection[str]) -> str | None:
    for field in COMPARED:
        if _frozen(asked.get(field)) != _frozen(stored.get(field)):
            return field
    if _larger(asked.get("row_limit"), stored.get("row_limit")):
        return "row_limit"
    return _filter_difference(asked.get("filter") or [], stored.get("filter") or [], columns)


def _filter_difference(asked: Sequence[Any], stored: Sequence[Any], columns: Collection[str]) -> str | None:
    wanted = [_frozen(entry) for entry in stored]
    given = [_frozen(entry) for entry in asked]
    if any(entry not in given for entry in wanted):
        return "filters"
    added = [entry for entry, frozen in zip(asked, given, strict=True) if frozen not in wanted]
    is_narrower = len(added) <= MOST_FILTERS and all(_is_plain_filter(entry) for entry in added)
    return None if is_narrower and all(entry["col"] in columns for entry in added) else "filters"


def _is_narrowing(extra: Any, columns: Collection[str]) -> bool:
    """Nothing, or what a dashboard's filters add: conditions on columns, and nothing else."""
    if not extra:
        return True
    filters = extra.get("filters") if isinstance(extra, Mapping) and extra.keys() == {"filters"} else None
    if not isinstance(filters, list) or len(filters) > MOST_FILTERS:
        return False
    return all(_is_plain_filter(entry) and entry["col"] in columns for entry in filters)


def _is_plain_filter(entry: Any) -> bool:
    """A column, an operator that dashboards use, and few short values."""
    if not isinstance(entry, Mapping) or not entry.keys() <= FILTER_KEYS or not isinstance(entry.get("col"), str):
        return False
    operator, values = entry.get("op"), entry.get("val")
    if operator == "TEMPORAL_RANGE":
        return is_plain_time_range(values)
    scalars = values if isinstance(values, list | tuple) else [values]
    is_known = isinstance(operator, str) and operator in OPERATORS
    are_of_one_kind = len({isinstance(value, str) for value in scalars if value is not None}) <= 1
    is_plain = len(scalars) <= MOST_VALUES and all(_is_plain_value(value) for value in scalars)
    return is_known and are_of_one_kind and is_plain


def _is_plain_value(value: object) -> bool:
    """Nothing, a number or a short text; a sign that no screen shows would only make the database complain."""
    if isinstance(value, str):
        return len(value) <= LONGEST_TEXT and not any(unicodedata.category(sign) in ("Cc", "Cs") for sign in value)
    return value is None or (isinstance(value, int | float) and abs(value) <= LARGEST_NUMBER)


def _larger(asked: int | None, stored: int | None) -> bool:
    if not stored:
        return False
    return not asked or asked > stored


def _frozen(value: Any) -> str:
    """Comparable form; empty values are one and the same."""
    return json.dumps(value or None, sort_keys=True, default=repr)
