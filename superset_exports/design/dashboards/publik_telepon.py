"""The public dashboard for telephones: the same charts below one another, for Superset's grid knows one width only."""

from __future__ import annotations

from dataclasses import replace

from superset_exports.design import look
from superset_exports.design.assets import Cell, Chart, Dashboard, Row, Stack, Tab
from superset_exports.design.dashboards import publik

HEIGHTS = (110, 30)  # of what the wide page has above its tabs: cards below one another, warnings
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
            Row(28, [Cell(look.banner(f"Terbuka bagi siapa saja. {look.OPEN_DATA_LINK}"), 12)]),
            *(Row(tall, [Cell(figure, 12)]) for figure, tall in zip(figures, HEIGHTS, strict=True)),
        ],
        tabs=[
            Tab(tab.title, [row for old in tab.rows if isinstance(old, Row) for row in narrow(old)])
            for tab in wide.tabs
        ],
    )


def narrow(row: Row) -> list[Row]:
    """Each box of a row in a row of its own."""
    return [Row(height(row, content), [Cell(slim(content), 12)]) for content in contents(row)]


def contents(row: Row) -> list[Chart | Stack | str]:
    found: list[Chart | Stack | str] = []
    for cell in row.cells:
        if isinstance(cell.content, Stack) and not cell.content.note:
            found.extend(cell.content.charts)
        else:
            found.append(cell.content)
    return found


def height(row: Row, content: Chart | Stack | str) -> int:
    return 14 if isinstance(content, str) else min(row.height, 60)


def slim(content: Chart | Stack | str) -> Chart | Stack | str:
    """A legend beside a chart would leave no room for it."""
    if not isinstance(content, Chart):
        return content
    return replace(content, params={key: value for key, value in content.params.items() if key not in WIDE_LEGEND})
