"""What the designed pages say: messages over charts, what needs a hand of the chosen area, and what is simulated."""

from __future__ import annotations

import pytest

from superset_exports.design import shared
from superset_exports.design.__main__ import designed
from superset_exports.design.assets import Cell, Chart, Dashboard, Row, Stack, Tab, charts_of
from superset_exports.design.datasets import GUDANG

DESIGNED = {dashboard.slug: dashboard for dashboard in designed()}
FIELDS = [slug for slug, one in DESIGNED.items() if one.answers == shared.ANSWERED_BY_TILES and slug != "wilayah"]
SERIES = ("echarts_timeseries_line", "echarts_timeseries_bar")


def stacks(rows: object) -> list[Stack]:
    found = rows if isinstance(rows, (list, tuple)) else []
    cells = [cell for row in found if isinstance(row, Row) for cell in row.cells]
    return [cell.content for cell in cells if isinstance(cell.content, Stack)]


def filters_of(dashboard: Dashboard, chart: Chart) -> set[str]:
    return {one.name for one in dashboard.filters if one.narrows(chart)}


@pytest.mark.parametrize("slug", sorted(set(FIELDS) - {"pilkada"}))  # its first chart draws votes
def test_the_first_trend_stands_under_its_message(slug: str) -> None:
    dashboard = DESIGNED[slug]
    (stack,) = stacks(dashboard.rows)
    (trend,), message = stack.charts, stack.message
    assert message is not None
    assert shared.drawn(message) == (shared.drawn(trend) or "kasus_dengue")  # drawn there beside other years
    assert message.params["all_columns"] == ["pesan"]
    assert filters_of(dashboard, message) == {"bulan"} | (set() if shared.is_of_city(message) else {"wilayah"})


def test_lines_of_the_tab_of_trends_stand_under_their_messages() -> None:
    tabs = [tab for slug in FIELDS for tab in DESIGNED[slug].tabs if tab.title == "Tren"]
    lines = [
        chart
        for tab in tabs
        for row in tab.rows
        if isinstance(row, Row)
        for cell in row.cells
        if isinstance(cell.content, Chart)
        for chart in charts_of(cell.content)
        if chart.viz_type == "echarts_timeseries_line" and shared.drawn(chart)
    ]
    assert len([stack for tab in tabs for stack in stacks(tab.rows)]) >= 20
    assert lines == []


def test_a_message_takes_its_height_from_the_chart_below_it() -> None:
    (trend,) = stacks(DESIGNED["kebakaran"].rows)[0].charts
    page = Dashboard("uji", "Uji", "", [shared.told(Row(31, [Cell(trend, 12)]))])
    boxes = [
        box["meta"]["height"]
        for box in page.position().values()
        if isinstance(box, dict) and "height" in box.get("meta", {})
    ]
    assert boxes == [7, 24]
    assert Stack([trend, trend, trend]).heights(34) == [10, 10, 10]


@pytest.mark.parametrize("slug", [slug for slug, one in DESIGNED.items() if f"{slug}-perhatian" in one.charts])
def test_what_needs_a_hand_is_that_of_the_chosen_area(slug: str) -> None:
    dashboard = DESIGNED[slug]
    chart = dashboard.charts[f"{slug}-perhatian"]
    assert filters_of(dashboard, chart) == {"wilayah"}
    of_one = any(one["col"] == "domain" for one in chart.query["filters"])
    assert chart.dataset.where == f"jenis_baris <> '{'nihil_semua' if of_one else 'nihil'}'"
    assert not chart.params.get("may_be_empty"), "one row says that there is nothing"


def test_the_table_of_kelurahan_is_that_of_the_chosen_kecamatan_and_month() -> None:
    page = DESIGNED["wilayah"]
    assert filters_of(page, page.charts["wilayah-kelurahan"]) == {"bulan", "wilayah"}


def test_bars_and_lines_say_once_what_is_simulated() -> None:
    """In the name of a series, of whatever has a mart's label; so that it goes with the data."""
    charts = {slug: chart for one in DESIGNED.values() for slug, chart in one.charts.items()}
    able = {
        slug: chart
        for slug, chart in charts.items()
        if chart.viz_type in SERIES
        and "label_data" in {column.name for column in chart.dataset.stored}
        and chart.dataset.table != "skdr_pita"  # the band is drawn by the very names of its series
        and slug
        not in ("kependudukan-umur", "kependudukan-mutasi")  # in an order of their own, which series would lose
    }
    assert len([chart for chart in able.values() if chart.dataset.database is GUDANG]) > 40
    for slug, chart in able.items():
        of_label = {one.name for one in chart.dataset.expressions if "label_data" in one.sql}
        assert of_label & set(chart.params["groupby"]), slug


def test_a_tab_without_lines_stays_as_it_is() -> None:
    tab = Tab("Kini", [Row(6, [Cell("teks", 12)])])
    assert [shared.told(row) for row in tab.rows] == tab.rows
