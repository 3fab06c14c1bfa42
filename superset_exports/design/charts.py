"""One function per kind of chart: its Superset parameters and the very query that Superset's page makes of them.

The security manager compares what a page asks with the stored query, so the two must agree; the browser test proves it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from command_center.errors import DeclarationError

from superset_exports.design.assets import Chart, Dataset

Where = Mapping[str, "str | Sequence[str] | None"]  # a list is any of them, None whatever is known
NUMBER = ",.0f"
DECIMAL = ",.1f"
PERCENT = ",.1%"
DAY = "%-d %b %Y"
MINUTE = "%-d %b %Y, %H.%M"
MONTH = "%b %Y"
SCHEME = {"color_scheme": "padang"}
SECOND_COLOUR = "#D55E00"  # of that scheme
# Light enough for black text; ▲ and ◆ differ in shape, so that they need not in grey.
STATUS_COLOURS = {"■": "#F9C9C2", "◆": "#FBD9B0", "▲": "#FFF0BF", "●": "#D3EDDC"}
LINE = "echarts_timeseries_line"
EVERY_LABEL = "0"  # Superset leaves labels out where it finds them narrow
KECAMATAN = 11
ORIGIN_ONLY = ["asal_data"]
ASKING = frozenset(
    [
        "adhoc_filters",
        "all_columns",
        "annotation_layers",
        "comparison_type",
        "forecastEnabled",
        "granularity_sqla",
        "groupby",
        "limit",
        "metric",
        "metrics",
        "order_by_cols",
        "order_desc",
        "percent_metrics",
        "query_mode",
        "rolling_type",
        "row_limit",
        "server_pagination",
        "time_compare",
        "time_grain_sqla",
        "timeseries_limit_metric",
        "x_axis",
        "x_axis_sort",
        "x_axis_sort_asc",
    ]
)


def over_time(
    name: str,
    title: str,
    dataset: Dataset,
    metrics: Sequence[str],
    *,
    time: str,
    grain: str,
    kind: str = "line",
    by: Sequence[str] = (),
    where: Where | None = None,
    top: int = 0,
    axis_title: str,
    number_format: str = NUMBER,
    date_format: str = MONTH,
    threshold: float | Sequence[float] | None = None,
    extra: Mapping[str, Any] | None = None,
) -> Chart:
    """Lines or bars along a time axis, perhaps with a threshold drawn and named."""
    layers = threshold_lines(threshold)
    params = series_params(metrics, by, where, number_format, axis_title, layers) | {
        "x_axis": time,
        "time_grain_sqla": grain,
        "x_axis_time_format": date_format,
        "tooltipTimeFormat": DAY,
        "limit": top,
        "show_legend": is_legend_needed(metrics, by, layers),
        **({"timeseries_limit_metric": metrics[0]} if top else {}),
        **shown_only(extra),
    }
    query = base_query(
        columns=[time_axis(time, grain), *by],
        metrics=metrics,
        where=where,
        extras={"time_grain_sqla": grain},
        series_columns=list(by),
        series_limit=top,
        series_limit_metric=metrics[0] if top else None,
        orderby=[[metrics[0], False]],
        post_processing=series_post_processing(time, metrics, by),
        annotation_layers=layers,
    )
    return Chart(name, title, dataset, f"echarts_timeseries_{kind}", params, query)


def across(
    name: str,
    title: str,
    dataset: Dataset,
    metrics: Sequence[str],
    *,
    category: str,
    by: Sequence[str] = (),
    where: Where | None = None,
    kind: str = "bar",
    axis_title: str,
    number_format: str = NUMBER,
    is_by_name: bool = False,
    is_last_on_top: bool = False,
    bars: int = KECAMATAN,
    threshold: float | Sequence[float] | None = None,
    extra: Mapping[str, Any] | None = None,
) -> Chart:
    """Horizontal bars or points, one row per category, the longest on top, or by name; perhaps with a threshold.

    `bars` is how many there may be, for which the box must have room (rules.py).
    """
    layers = threshold_lines(threshold, "solid")  # it runs through rows as they come: dashes would fill each other
    is_single = len(metrics) == 1 and not by
    order = (category if is_by_name else metrics[0]) if is_single else ("name" if is_by_name else "sum")
    params = series_params(metrics, by, where, number_format, axis_title, layers) | {
        "x_axis": category,
        "orientation": "horizontal",
        "stack": "Stack" if by else None,
        "xAxisForceCategorical": True,
        "xAxisLabelInterval": EVERY_LABEL,
        "x_axis_sort": order,
        "x_axis_sort_asc": is_last_on_top or not is_by_name,
        "show_value": True,
        "only_total": True,
        "show_legend": is_legend_needed(metrics, by, layers),
        **shown_only(extra),
    }
    query = base_query(
        columns=[axis(category), *by],
        metrics=metrics,
        where=where,
        series_columns=list(by),
        orderby=[[metrics[0], False]],
        post_processing=series_post_processing(category, metrics, by, order=order, is_ascending=is_last_on_top),
        annotation_layers=layers,
    )
    return Chart(name, title, dataset, f"echarts_timeseries_{kind}", params, query, bars=bars)


def is_legend_needed(metrics: Sequence[str], by: Sequence[str], layers: Sequence[Any]) -> bool:
    """Where there is more than one thing to tell apart. Whence a figure is stands in the title line (docker/superset/pages.js)."""
    return len(metrics) > 1 or bool(layers) or list(by) not in ([], ORIGIN_ONLY)


def heatmap(
    name: str,
    title: str,
    dataset: Dataset,
    metric: str,
    *,
    along: str,
    category: str,
    grain: str | None = "P1D",
    where: Where | None = None,
    number_format: str = NUMBER,
    date_format: str = "%-d %b",
    has_values: bool = False,
) -> Chart:
    """Time, or texts where there is no grain, across, and what is compared down; darker is more."""
    times = {"time_grain_sqla": grain} if grain else {}
    params = {
        "x_axis": along,
        **times,
        "groupby": category,
        "metric": metric,
        "adhoc_filters": adhoc_filters(where),
        "row_limit": 10000,
        "sort_x_axis": "alpha_asc",
        "sort_y_axis": "alpha_desc",
        "normalize_across": "heatmap",
        "linear_color_scheme": "padang_biru",
        "xscale_interval": -1 if grain else 1,
        "yscale_interval": 1,
        "left_margin": 15,
        "bottom_margin": 15,
        "legend_type": "continuous",
        "show_legend": True,
        "show_percentage": False,
        "show_values": has_values,
        "normalized": False,
        "value_bounds": [None, None],
        "y_axis_format": number_format,
        "x_axis_time_format": date_format,
    }
    query = base_query(
        columns=[time_axis(along, grain) if grain else axis(along), category],
        metrics=[metric],
        where=where,
        extras=times,
        orderby=[[along, True], [category, False]],
        post_processing=[{"operation": "rank", "options": {"metric": metric}}],
    )
    return Chart(name, title, dataset, "heatmap_v2", params, query)


def rows(
    name: str,
    title: str,
    dataset: Dataset,
    columns: Sequence[str],
    *,
    order: Sequence[tuple[str, bool]],
    where: Where | None = None,
    limit: int = 100,
    decimals: Mapping[str, str] | None = None,
    coloured: Collection[str] = (),
    links: bool = False,
    search: bool = False,
    may_be_empty: bool = False,
    extra: Mapping[str, Any] | None = None,
) -> Chart:
    """A table of rows as they are; order is (column, ascending), and what begins with a mark of status has its colour.

    Only addresses of our own dashboards pass Superset's answers as links, so that `links` shows nothing else as HTML.
    """
    orderby = [[column, ascending] for column, ascending in order]
    params = {
        "query_mode": "raw",
        "all_columns": list(columns),
        "order_by_cols": [f'["{column}", {str(ascending).lower()}]' for column, ascending in order],
        "adhoc_filters": adhoc_filters(where),
        "row_limit": limit,
        "server_pagination": False,
        "include_search": search,
        "allow_rearrange_columns": False,
        "allow_render_html": links,
        "show_cell_bars": False,
        "color_pn": False,
        "table_timestamp_format": MINUTE,
        "column_config": {name: {"d3NumberFormat": form} for name, form in (decimals or {}).items()},
        **(
            {"may_be_empty": True} if may_be_empty else {}
        ),  # no parameter of Superset's; whoever checks the charts reads it
        "conditional_formatting": [rule for column in coloured for rule in status_colours(column)],
        **shown_only(extra),
    }
    query = base_query(columns=columns, metrics=None, where=where, orderby=orderby, row_limit=limit)
    return Chart(name, title, dataset, "table", params, query)


def status_colours(column: str) -> list[dict[str, Any]]:
    """Superset's conditional formatting of a text by its first sign; the sign and the word say the same without colour."""
    return [
        {
            "column": column,
            "operator": "begins with",
            "targetValue": mark,
            "colorScheme": colour,
            "useGradient": False,
            "objectFormatting": "BACKGROUND_COLOR",
        }
        for mark, colour in STATUS_COLOURS.items()
    ]


def place_map(name: str, title: str, dataset: Dataset, *, shape: str, where: Where) -> Chart:
    """Coloured and labelled areas, drawn without any base map."""
    params = {
        "geojson": shape,
        "adhoc_filters": adhoc_filters(where),
        "row_limit": 500,
        "filter_nulls": True,
        "mapbox_style": "blank",
        "autozoom": True,
        "viewport": {"longitude": 100.42, "latitude": -0.92, "zoom": 9.6, "bearing": 0, "pitch": 0},
        "fill_color_picker": {"r": 0, "g": 0, "b": 0, "a": 0},
        "stroke_color_picker": {"r": 0, "g": 0, "b": 0, "a": 0},
        "filled": True,
        "stroked": True,
        "extruded": False,
        "line_width": 2,
        "line_width_unit": "pixels",
        "point_radius_fixed": {"type": "fix", "value": 1},
        "point_radius_scale": 0,
        "enable_labels": True,
        "enable_icons": False,
        "label_property_name": "label",
        "label_color": {"r": 17, "g": 24, "b": 39, "a": 1},
        "label_size": 10,
        "label_size_unit": "pixels",
    }
    query = base_query(columns=[shape], metrics=None, where=where, row_limit=500)
    return Chart(name, title, dataset, "deck_geojson", params, query)


def threshold_lines(limits: float | Sequence[float] | None, style: str = "dashed") -> list[dict[str, Any]]:
    """Superset's annotation of constants, drawn in the one colour that no series has."""
    if limits is None:
        return []
    return [threshold_line(limit, style) for limit in ([limits] if isinstance(limits, int | float) else limits)]


def threshold_line(value: float, style: str) -> dict[str, Any]:
    return {
        "name": f"ambang {value:g}".replace(".", ","),
        "annotationType": "FORMULA",
        "sourceType": "",
        "value": f"{value:g}",
        "style": style,
        "color": "#111827",
        "opacity": "opacityMedium" if style == "solid" else "",  # it runs over numbers at the ends of bars
        "width": 1.5,
        "show": True,
        "showLabel": True,
        "showMarkers": False,
        "hideLine": False,
    }


def series_params(
    metrics: Sequence[str],
    by: Sequence[str],
    where: Where | None,
    number_format: str,
    axis_title: str,
    layers: Sequence[Mapping[str, Any]] = (),
) -> dict[str, Any]:
    return {
        "metrics": list(metrics),
        "groupby": list(by),
        "adhoc_filters": adhoc_filters(where),
        "annotation_layers": list(layers),
        "row_limit": 10000,
        "order_desc": True,
        "sort_series_type": "name",
        "sort_series_ascending": True,
        "show_legend": True,
        "legendType": "plain",
        "legendOrientation": "top",
        "rich_tooltip": True,
        "showTooltipTotal": False,
        "showTooltipPercentage": False,
        "y_axis_format": number_format,
        "y_axis_title": axis_title,
        "y_axis_title_margin": 45,
        "y_axis_title_position": "Left",
        "truncateYAxis": False,
        "y_axis_bounds": [None, None],
        "truncate_metric": True,
        "x_axis_title_margin": 15,
        "comparison_type": "values",
        "rolling_type": None,
        "forecastEnabled": False,
        "markerEnabled": False,
        "zoomable": False,
        **SCHEME,
    }


def shown_only(extra: Mapping[str, Any] | None) -> Mapping[str, Any]:
    """Parameters beside those of the kind; raises DeclarationError for one that changes what the page asks."""
    if asking := sorted(ASKING & set(extra or {})):
        raise DeclarationError(
            f"extra={{{asking[0]!r}: …}} would change the query that a page makes, and pages may ask for stored queries only; "
            "give it to the function in superset_exports/design/charts.py, so that it changes the stored query too."
        )
    return extra or {}


def base_query(
    *,
    columns: Sequence[Any],
    metrics: Sequence[str] | None,
    where: Where | None,
    extras: Mapping[str, str] | None = None,
    series_columns: Sequence[str] = (),
    series_limit: int = 0,
    series_limit_metric: str | None = None,
    orderby: Sequence[Sequence[Any]] = (),
    post_processing: Sequence[Mapping[str, Any]] = (),
    row_limit: int | None = 10000,
    annotation_layers: Sequence[Mapping[str, Any]] = (),
) -> dict[str, Any]:
    query: dict[str, Any] = {
        "columns": list(columns),
        "filters": [condition(column, value) for column, value in (where or {}).items()],
        "extras": {"having": "", "where": "", **(extras or {})},
        "orderby": [list(order) for order in orderby],
        "series_columns": list(series_columns),
        "series_limit": series_limit,
        "order_desc": True,
        "annotation_layers": list(annotation_layers),
        "post_processing": list(post_processing),
        "time_offsets": [],
    }
    if row_limit is not None:
        query["row_limit"] = row_limit
    if metrics is not None:
        query["metrics"] = list(metrics)
    if series_limit_metric:
        query["series_limit_metric"] = series_limit_metric
    return query


def condition(column: str, value: str | Sequence[str] | None) -> dict[str, Any]:
    if value is None:
        return {"col": column, "op": "IS NOT NULL"}
    is_one = isinstance(value, str)
    return {"col": column, "op": "==" if is_one else "IN", "val": value if is_one else list(value)}


def adhoc_filters(where: Where | None) -> list[dict[str, Any]]:
    return [
        {"clause": "WHERE", "expressionType": "SIMPLE", "subject": column, **comparison(value)}
        for column, value in (where or {}).items()
    ]


def comparison(value: str | Sequence[str] | None) -> dict[str, Any]:
    if value is None:
        return {"operator": "IS NOT NULL", "operatorId": "IS_NOT_NULL"}
    is_one = isinstance(value, str)
    return {
        "operator": "==" if is_one else "IN",
        "operatorId": "EQUALS" if is_one else "IN",
        "comparator": value if is_one else list(value),
    }


def time_axis(column: str, grain: str) -> dict[str, Any]:
    return axis(column) | {"timeGrain": grain}


def axis(column: str) -> dict[str, Any]:
    return {
        "columnType": "BASE_AXIS",
        "expressionType": "SQL",
        "isColumnReference": True,
        "label": column,
        "sqlExpression": column,
    }


def series_post_processing(
    index: str, metrics: Sequence[str], by: Sequence[str], order: str | None = None, is_ascending: bool = False
) -> list[dict[str, Any]]:
    steps: list[dict[str, Any]] = [pivot(index, metrics, by)]
    if order == index:
        steps.append({"operation": "sort", "options": {"is_sort_index": True, "ascending": is_ascending}})
    elif order in metrics:
        steps.append({"operation": "sort", "options": {"by": order, "ascending": True}})
    if len(metrics) == 1 and by:
        steps.append({"operation": "rename", "options": {"columns": {metrics[0]: None}, "level": 0, "inplace": True}})
    return [*steps, {"operation": "flatten"}]


def pivot(index: str, metrics: Sequence[str], by: Sequence[str], *, drop_missing: bool = False) -> dict[str, Any]:
    return {
        "operation": "pivot",
        "options": {
            "index": [index],
            "columns": list(by),
            "aggregates": {metric: {"operator": "mean"} for metric in metrics},
            "drop_missing_columns": drop_missing,
        },
    }
