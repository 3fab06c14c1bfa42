"""The parts of an export and how each is written as YAML for Superset."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from command_center.errors import DeclarationError

from superset_exports.design.contract import columns_of

NAMESPACE = uuid5(NAMESPACE_URL, "urn:padang-command-center:superset")
VERSION = "1.0.0"
GUTTER = 2


def stable_uuid(kind: str, slug: str) -> str:
    """The same slug has the same UUID on every machine and at every import."""
    return str(uuid5(NAMESPACE, f"{kind}/{slug}"))


@dataclass(frozen=True)
class Database:
    slug: str
    name: str
    schema: str

    @property
    def uuid(self) -> str:
        return stable_uuid("database", self.slug)

    def document(self) -> dict[str, Any]:
        # The marts hold local times without a zone; any other session zone would shift what date_trunc makes of a date.
        options = "-c statement_timeout=30000 -c default_transaction_read_only=on -c timezone=UTC"
        return {
            "database_name": self.name,
            # The importer puts the address in; a file never holds a host or a password.
            "sqlalchemy_uri": "postgresql+psycopg2://",
            "uuid": self.uuid,
            "version": VERSION,
            "expose_in_sqllab": True,
            "allow_run_async": False,
            "allow_ctas": False,
            "allow_cvas": False,
            "allow_dml": False,
            "allow_csv_upload": False,
            "impersonate_user": False,
            "is_managed_externally": True,
            "extra": {"engine_params": {"connect_args": {"options": options, "application_name": "superset"}}},
        }


@dataclass(frozen=True)
class Expression:
    """A column of text that Superset computes from stored ones."""

    name: str
    title: str
    sql: str


@dataclass(frozen=True)
class Metric:
    """A number over rows; its name is what people read."""

    name: str
    sql: str
    format: str = ",.0f"

    def document(self) -> dict[str, Any]:
        return {
            "metric_name": self.name,
            "verbose_name": self.name,
            "expression": self.sql,
            "d3format": self.format,
        }


@dataclass(frozen=True)
class Dataset:
    """A mart, or its rows of the last `span`; its stored columns are those that the mart's contract promises."""

    database: Database
    table: str
    description: str
    expressions: Sequence[Expression] = ()
    metrics: Sequence[Metric] = ()
    time_column: str | None = None
    name: str = ""
    span: str = ""
    where: str = ""

    @property
    def slug(self) -> str:
        return f"{self.database.schema}_{self.name or self.table}"

    @property
    def uuid(self) -> str:
        return stable_uuid("dataset", self.slug)

    def document(self) -> dict[str, Any]:
        stored = columns_of(f"{self.database.schema}__{self.table}")
        document: dict[str, Any] = {
            "table_name": self.name or self.table,
            "schema": self.database.schema,
            "description": self.description,
            "uuid": self.uuid,
            "database_uuid": self.database.uuid,
            "version": VERSION,
            "main_dttm_col": self.time_column,
            "is_managed_externally": True,
            "filter_select_enabled": False,
            "columns": [
                *(column_document(column.name, column.type, column.title) for column in stored),
                *(column_document(one.name, "TEXT", one.title) | {"expression": one.sql} for one in self.expressions),
            ],
            "metrics": [metric.document() for metric in self.metrics],
        }
        return document | ({"sql": self._sql([column.name for column in stored])} if self.span or self.where else {})

    def _sql(self, columns: Sequence[str]) -> str:
        table = f"{self.database.schema}.{self.table}"
        conditions = [self.where] if self.where else []
        if self.span:
            newest = f"select max({self.time_column}) - interval '{self.span}' from {table}"
            conditions.append(f"{self.time_column} > ({newest}{where(conditions)})")
        return f"select {', '.join(columns)}\nfrom {table}{where(conditions)}"


def column_document(name: str, kind: str, title: str) -> dict[str, Any]:
    return {
        "column_name": name,
        "verbose_name": title,
        "type": kind,
        "is_dttm": kind.startswith(("DATE", "TIMESTAMP")),
        "groupby": True,
        "filterable": True,
    }


def where(conditions: Sequence[str]) -> str:
    return f" where {' and '.join(conditions)}" if conditions else ""


@dataclass(frozen=True)
class Chart:
    """One chart; its name is its own on the dashboard that shows it."""

    name: str
    title: str
    dataset: Dataset
    viz_type: str
    params: Mapping[str, Any]
    query: Mapping[str, Any]
    description: str = ""

    def document(self, slug: str) -> dict[str, Any]:
        context = {
            "datasource": {"id": 0, "type": "table"},
            "force": False,
            "queries": [self.query],
            "result_format": "json",
            "result_type": "full",
        }
        return {
            "slice_name": self.title,
            "description": self.description or None,
            "viz_type": self.viz_type,
            "params": {"viz_type": self.viz_type, **self.params},
            "query_context": json.dumps(context, ensure_ascii=False, sort_keys=True),
            "cache_timeout": None,
            "uuid": stable_uuid("chart", slug),
            "version": VERSION,
            "dataset_uuid": self.dataset.uuid,
            "is_managed_externally": True,
        }


@dataclass(frozen=True)
class Stack:
    """Charts above one another that share the height of their row."""

    charts: Sequence[Chart]


@dataclass(frozen=True)
class Cell:
    """One box of a row: a chart, several above one another, or text in Markdown."""

    content: Chart | Stack | str
    width: int


@dataclass(frozen=True)
class Row:
    height: int
    cells: Sequence[Cell]


@dataclass(frozen=True)
class Heading:
    text: str


@dataclass(frozen=True)
class Dashboard:
    slug: str
    title: str
    description: str
    rows: Sequence[Row | Heading]
    css: str = ""
    metadata: Mapping[str, Any] = field(default_factory=dict)

    @property
    def uuid(self) -> str:
        return stable_uuid("dashboard", self.slug)

    @property
    def charts(self) -> dict[str, Chart]:
        """Slug -> chart; slugs begin with the dashboard, so that two dashboards may show charts of one name."""
        contents = [cell.content for row in self.rows if isinstance(row, Row) for cell in row.cells]
        charts = [chart for content in contents for chart in charts_of(content)]
        for name, count in Counter(chart.name for chart in charts).items():
            if count > 1:
                raise DeclarationError(
                    f"Dashboard {self.slug} has {count} charts named {name}; give each its own name."
                )
        return {self.chart_slug(chart): chart for chart in charts}

    def chart_slug(self, chart: Chart) -> str:
        return f"{self.slug}-{chart.name}"

    def document(self) -> dict[str, Any]:
        return {
            "dashboard_title": self.title,
            "description": self.description,
            "slug": self.slug,
            "uuid": self.uuid,
            "version": VERSION,
            "published": True,
            "is_managed_externally": True,
            "css": self.css,
            "position": self.position(),
            "metadata": {
                "color_scheme": "padang",
                "cross_filters_enabled": False,
                "native_filter_configuration": [],
                "chart_configuration": {},
                "refresh_frequency": 300,
                "timed_refresh_immune_slices": [],
                "expanded_slices": {},
                **self.metadata,
            },
        }

    def position(self) -> dict[str, Any]:
        """Superset's tree of boxes on a grid of 12 columns and 8-pixel units."""
        tree: dict[str, Any] = {
            "DASHBOARD_VERSION_KEY": "v2",
            "ROOT_ID": {"type": "ROOT", "id": "ROOT_ID", "children": ["GRID_ID"]},
            "GRID_ID": {"type": "GRID", "id": "GRID_ID", "children": [], "parents": ["ROOT_ID"]},
            "HEADER_ID": {"type": "HEADER", "id": "HEADER_ID", "meta": {"text": self.title}},
        }
        for number, row in enumerate(self.rows, start=1):
            self.check_width(row, number)
            node = heading_node(row, number) if isinstance(row, Heading) else row_node(number)
            tree["GRID_ID"]["children"].append(node["id"])
            tree[node["id"]] = node
            if isinstance(row, Row):
                for place, cell in enumerate(row.cells, start=1):
                    boxes = self.cell_nodes(cell, row.height, number, place)
                    node["children"].append(boxes[0]["id"])
                    tree |= {box["id"]: box for box in boxes}
        return tree

    def check_width(self, row: Row | Heading, number: int) -> None:
        width = 12 if isinstance(row, Heading) else sum(cell.width for cell in row.cells)
        if width != 12:
            raise DeclarationError(
                f"Dashboard {self.slug}: row {number} is {width} wide; the widths of its cells must add up to 12."
            )

    def cell_nodes(self, cell: Cell, height: int, row: int, place: int) -> list[dict[str, Any]]:
        """The box of a cell, first, and the boxes inside it."""
        parents = ["ROOT_ID", "GRID_ID", f"ROW-{row}"]
        if isinstance(cell.content, str):
            meta = {"width": cell.width, "height": height, "code": cell.content}
            name = f"MARKDOWN-{row}-{place}"
            return [{"type": "MARKDOWN", "id": name, "children": [], "parents": parents, "meta": meta}]
        if isinstance(cell.content, Chart):
            return [self.chart_node(cell.content, cell.width, height, parents, row * 100 + place)]
        column = f"COLUMN-{row}-{place}"
        count = len(cell.content.charts)
        share = (height - GUTTER * (count - 1)) // count
        inner = [
            self.chart_node(chart, cell.width, share, [*parents, column], row * 100 + place * 10 + number)
            for number, chart in enumerate(cell.content.charts)
        ]
        outer = {
            "type": "COLUMN",
            "id": column,
            "children": [node["id"] for node in inner],
            "parents": parents,
            "meta": {"width": cell.width, "background": "BACKGROUND_TRANSPARENT"},
        }
        return [outer, *inner]

    def chart_node(self, chart: Chart, width: int, height: int, parents: Sequence[str], number: int) -> dict[str, Any]:
        slug = self.chart_slug(chart)
        return {
            "type": "CHART",
            "id": f"CHART-{slug}",
            "children": [],
            "parents": list(parents),
            "meta": {
                "width": width,
                "height": height,
                "chartId": number,
                "uuid": stable_uuid("chart", slug),
                "sliceName": chart.title,
            },
        }


def charts_of(content: Chart | Stack | str) -> list[Chart]:
    if isinstance(content, Stack):
        return list(content.charts)
    return [content] if isinstance(content, Chart) else []


def heading_node(heading: Heading, number: int) -> dict[str, Any]:
    return {
        "type": "HEADER",
        "id": f"HEADER-{number}",
        "children": [],
        "parents": ["ROOT_ID", "GRID_ID"],
        "meta": {"text": heading.text, "headerSize": "MEDIUM_HEADER", "background": "BACKGROUND_TRANSPARENT"},
    }


def row_node(number: int) -> dict[str, Any]:
    return {
        "type": "ROW",
        "id": f"ROW-{number}",
        "children": [],
        "parents": ["ROOT_ID", "GRID_ID"],
        "meta": {"background": "BACKGROUND_TRANSPARENT"},
    }
