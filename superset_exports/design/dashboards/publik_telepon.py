"""The public dashboard for telephones: the same charts below one another, for Superset's grid knows one width only."""

from __future__ import annotations

from dataclasses import replace

from superset_exports.design import look
from superset_exports.design.assets import Cell, Chart, Dashboard, Row, Stack, Tab
from superset_exports.design.dashboards import publik

WIDE_LEGEND = ("legendOrientation", "legendMargin")


def dashboard() -> Dashboard:
    wide = publik.dashboard()
    figures = [cell.content for row in wide.rows[1:] if isinstance(row, Row) for cell in row.cells]
    return replace(
        wide,
        slug="publik-telepon",
        title=f"{wide.title} (telepon)",
        metadata={},
        rows=[
            Row(25, [Cell(look.banner("Terbuka bagi siapa saja."), 12)]),
            *(Row(110, [Cell(figure, 12)]) for figure in figures),
        ],
        tabs=[
            Tab(tab.title, [row for old in tab.rows if isinstance(old, Row) for row in narrow(old)])
            for tab in wide.tabs
        ],
    )


def narrow(row: Row) -> list[Row]:
    """Each box of a row in a row of its own."""
    return [Row(height(row, content), [Cell(slim(content), 12)]) for content in contents(row)]


def contents(row: Row) -> list[Chart | str]:
    found: list[Chart | str] = []
    for cell in row.cells:
        if isinstance(cell.content, Stack):
            found.extend(cell.content.charts)
        else:
            found.append(cell.content)
    return found


def height(row: Row, content: Chart | str) -> int:
    return 14 if isinstance(content, str) else min(row.height, 56)


def slim(content: Chart | str) -> Chart | str:
    """A legend beside a chart would leave no room for it."""
    if isinstance(content, str):
        return content
    return replace(content, params={key: value for key, value in content.params.items() if key not in WIDE_LEGEND})
