"""What every page keeps to beyond what Superset asks of it; `make check` refuses a design that does not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from command_center.settings import CITY_NAME

from superset_exports.design.access import EVERYBODY
from superset_exports.design.assets import Cell, Chart, Dashboard, Row, Stack
from superset_exports.design.shared import AREA, QUESTIONS, WHOLE_CITY, is_of_city

UNIT_PX = 8  # of Superset's grid
ROW_PX = 22  # a bar with its label
AROUND_PX = 150  # title, legend and axis of a chart
MAP = "deck_geojson"
MOST_TABS = 4


def problems(dashboards: Iterable[Dashboard]) -> Iterator[str]:
    """One sentence for each break of a rule, naming the file."""
    for dashboard in dashboards:
        place = f"superset_exports/design/dashboards/{dashboard.slug.replace('-', '_')}.py"
        yield from (f"{place}: {problem}" for problem in of_page(dashboard))


def of_page(dashboard: Dashboard) -> Iterator[str]:
    yield from unanswered(dashboard)
    yield from emptied(dashboard)
    yield from overgrown(dashboard)
    for row in dashboard.all_rows:
        if isinstance(row, Row):
            for cell in row.cells:
                yield from cramped(cell, row.height)
                yield from unexplained(cell)


def unanswered(dashboard: Dashboard) -> Iterator[str]:
    """Each of the five questions has a chart above the tabs."""
    first = {chart.name for chart in above_tabs(dashboard)}
    for question in QUESTIONS:
        name = dashboard.answers.get(question)
        if name not in first:
            said = f"names {name}, which stands not above the tabs" if name else "names none"
            yield f"answers of {question} {said}; name a chart of the first screen."


def above_tabs(dashboard: Dashboard) -> list[Chart]:
    return list(Dashboard(dashboard.slug, "", "", dashboard.rows).charts.values())


def emptied(dashboard: Dashboard) -> Iterator[str]:
    """What is of the whole city only does not follow the chosen area, which would leave it empty, and its title says so."""
    areas = [one for one in dashboard.filters if one.column == AREA]
    for chart in dashboard.charts.values():
        if not areas or not is_of_city(chart):
            continue
        if any(one.narrows(chart) for one in areas):
            yield f"chart {chart.name} is of the whole city only and would be empty for a kecamatan; put it into all_areas."
        if WHOLE_CITY not in chart.title and CITY_NAME not in chart.title:
            yield f"chart {chart.name} stays the city's for any area; say {WHOLE_CITY!r} in its title."


def overgrown(dashboard: Dashboard) -> Iterator[str]:
    """More tabs than people look through. Those of a public page are turned over in a lobby, one question of residents each."""
    if len(dashboard.tabs) > MOST_TABS and not set(EVERYBODY) & set(dashboard.audience):
        names = ", ".join(tab.title for tab in dashboard.tabs)
        yield f"has {len(dashboard.tabs)} tabs ({names}), which may be {MOST_TABS}; put together what belongs together."


def cramped(cell: Cell, height: int) -> Iterator[str]:
    """A bar of less than its label's height loses the label."""
    stack = cell.content if isinstance(cell.content, Stack) else None
    charts = stack.all if stack else [cell.content] if isinstance(cell.content, Chart) else []
    heights = stack.heights(height) if stack else [height]
    for chart, units in zip(charts, heights, strict=False):
        needed = -(-(chart.bars * ROW_PX + AROUND_PX) // UNIT_PX)
        if chart.bars and units < needed:
            yield f"chart {chart.name} has {units} units of height for {chart.bars} bars, which need {needed}."


def unexplained(cell: Cell) -> Iterator[str]:
    """A colour says nothing by itself: each map has its legend below it."""
    stack = cell.content if isinstance(cell.content, Stack) else None
    charts = stack.all if stack else [cell.content] if isinstance(cell.content, Chart) else []
    for chart in charts:
        if chart.viz_type == MAP and not (stack and stack.note):
            yield f"map {chart.name} has no legend; put it into shared.with_legend."
