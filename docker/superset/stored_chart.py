"""Is what a viewer asks for what the stored chart asks for? Plain data in, one reason or None out.

Superset runs SQL expressions that arrive in a request. So a viewer's request must be the stored chart's own: every part
that can carry an expression is compared, and nothing but narrowing by plain column filters and smaller limits may differ.
"""

from __future__ import annotations

import json
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
FILTERING_KEYS = {"extra_filters", "extra_form_data", "filters"}


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


def form_data_refusal(asked: Mapping[str, Any], stored: Mapping[str, Any]) -> str | None:
    """Why the form data of a legacy chart differ from the stored ones, or None when they do not."""
    for key in sorted(asked.keys() | stored.keys()):
        if key in DISPLAY_KEYS or key.startswith(DISPLAY_PREFIXES):
            continue
        if key in FILTERING_KEYS:
            if asked.get(key):
                return key
        elif _frozen(asked.get(key)) != _frozen(stored.get(key)):
            return key
    return None


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
    return None if all(_is_plain_filter(entry, columns) for entry in added) else "filters"


def _is_plain_filter(entry: Any, columns: Collection[str]) -> bool:
    if not isinstance(entry, Mapping) or not entry.keys() <= FILTER_KEYS:
        return False
    values = entry.get("val")
    scalars = values if isinstance(values, list | tuple) else [values]
    plain = all(value is None or isinstance(value, str | int | float) for value in scalars)
    return plain and isinstance(entry.get("op"), str) and isinstance(entry.get("col"), str) and entry["col"] in columns


def _larger(asked: int | None, stored: int | None) -> bool:
    if not stored:
        return False
    return not asked or asked > stored


def _frozen(value: Any) -> str:
    """Comparable form; empty values are one and the same."""
    return json.dumps(value or None, sort_keys=True, default=repr)
