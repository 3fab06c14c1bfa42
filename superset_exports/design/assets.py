"""The parts of an export and how each is written as YAML for Superset."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from command_center.errors import DeclarationError

from superset_exports.design.contract import Promised, columns_of

NAMESPACE = uuid5(NAMESPACE_URL, "urn:padang-command-center:superset")
VERSION = "1.0.0"
GUTTER = 2
MESSAGE_HEIGHT = 7  # three lines
NOTE_HEIGHT = 9  # two lines


def stable_uuid(kind: str, slug: str) -> str:
    """The same slug has the same UUID on every machine and at every import."""
    return str(uuid5(NAMESPACE, f"{kind}/{slug}"))


@dataclass(frozen=True)
class Database:
    slug: str
    name: str
    schema: str
    is_for_own_sql: bool = False  # that of data engineers, under a login of its own

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
            "expose_in_sqllab": self.is_for_own_sql,
            "allow_run_async": False,
            "allow_ctas": False,
            "allow_cvas": False,
            "allow_dml": False,
            "allow_csv_upload": False,
            "impersonate_user": False,
            "is_managed_externally": True,
            "extra": {
                # Nothing here is an hstore, and whether the database has the type is asked for with each connection.
                "engine_params": {
                    "connect_args": {"options": options, "application_name": "superset"},
                    "use_native_hstore": False,
                }
            },
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
    nothing: Mapping[str, str] = field(default_factory=dict)  # what the one row says where there is none, by column
    is_of_city: bool = False  # no row is of a kecamatan

    @property
    def slug(self) -> str:
        return f"{self.database.schema}_{self.name or self.table}"

    @property
    def uuid(self) -> str:
        return stable_uuid("dataset", self.slug)

    @property
    def stored(self) -> list[Promised]:
        return columns_of(f"{self.database.schema}__{self.table}")

    @property
    def column_names(self) -> set[str]:
        return {column.name for column in self.stored} | {one.name for one in self.expressions}

    def document(self) -> dict[str, Any]:
        stored = self.stored
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
        return document | ({"sql": self._sql(stored)} if self.span or self.where or self.nothing else {})

    def _sql(self, columns: Sequence[Promised]) -> str:
        table = f"{self.database.schema}.{self.table}"
        conditions = [self.where] if self.where else []
        if self.span:
            newest = f"select max({self.time_column}) - interval '{self.span}' from {table}"
            conditions.append(f"{self.time_column} > ({newest}{where(conditions)})")
        rows = f"select {', '.join(column.name for column in columns)}\nfrom {table}{where(conditions)}"
        if not self.nothing:
            return rows
        told = ", ".join(f"{written(self.nothing.get(one.name))}::{one.type.lower()}" for one in columns)
        return f"{rows}\nunion all\nselect {told} where not exists (select from {table}{where(conditions)})"


def column_document(name: str, kind: str, title: str) -> dict[str, Any]:
    return {
        "column_name": name,
        "verbose_name": title,
        "type": kind,
        "is_dttm": kind.startswith(("DATE", "TIMESTAMP")),
        "groupby": True,
        "filterable": True,
    }


def written(text: str | None) -> str:
    """A text, or that there is none, as SQL writes it."""
    return "null" if text is None else "'" + text.replace("'", "''") + "'"


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
    bars: int = 0  # below one another at most, each of which needs room for its label

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
    """Charts above one another that share the height of their row: a message with the chart it is of, or equals; perhaps a note."""

    charts: Sequence[Chart]
    message: Chart | None = None
    note: str = ""  # in Markdown, below them

    @property
    def all(self) -> list[Chart]:
        return [*([self.message] if self.message else []), *self.charts]

    def heights(self, whole: int) -> list[int]:
        """Those of the charts; the message has no gap below it."""
        left = whole - (MESSAGE_HEIGHT if self.message else 0) - (NOTE_HEIGHT + GUTTER if self.note else 0)
        share = (left - GUTTER * (len(self.charts) - 1)) // len(self.charts)
        return [*([MESSAGE_HEIGHT] if self.message else []), *[share] * len(self.charts)]


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
class Tab:
    """A part of a dashboard that asks for its data when it is opened."""

    title: str
    rows: Sequence[Row | Heading]


@dataclass(frozen=True)
class Filter:
    """What the reader chooses from a column; it narrows every chart whose dataset has that column, but for those left out."""

    name: str
    title: str
    dataset: Dataset
    column: str
    order_metric: str
    is_ascending: bool = True
    chosen: str | None = None  # at first; without it the first of the list, or nothing where nothing must be chosen
    is_required: bool = True
    without: Collection[str] = ()  # names of charts that show all of them beside one another

    @property
    def id(self) -> str:
        return f"NATIVE_FILTER-{self.name}"

    def narrows(self, chart: Chart) -> bool:
        return chart.name not in self.without and self.column in chart.dataset.column_names

    def document(self, numbers: Mapping[int, Chart]) -> dict[str, Any]:
        """Superset's own form; numbers are those of the charts on the dashboard."""
        state: dict[str, Any] = {"extraFormData": {}, "filterState": {}, "ownState": {}}
        if self.chosen is not None:
            state["extraFormData"] = {"filters": [{"col": self.column, "op": "IN", "val": [self.chosen]}]}
            state["filterState"] = {"value": [self.chosen], "label": self.chosen}
        return {
            "id": self.id,
            "name": self.title,
            "description": "",
            "type": "NATIVE_FILTER",
            "filterType": "filter_select",
            "targets": [{"datasetUuid": self.dataset.uuid, "column": {"name": self.column}}],
            "sortMetric": self.order_metric,
            "requiredFirst": self.is_required and self.chosen is None,  # charts wait for it and ask once
            "controlValues": {
                "multiSelect": False,
                "enableEmptyFilter": self.is_required,
                "defaultToFirstItem": self.is_required and self.chosen is None,
                "inverseSelection": False,
                "searchAllOptions": False,
                "sortAscending": self.is_ascending,
            },
            "defaultDataMask": state,
            "cascadeParentIds": [],
            "scope": {
                "rootPath": ["ROOT_ID"],
                "excluded": [number for number, chart in numbers.items() if not self.narrows(chart)],
            },
            "chartsInScope": [number for number, chart in numbers.items() if self.narrows(chart)],
            "tabsInScope": [],
        }


@dataclass(frozen=True)
class Dashboard:
    """One page: rows that all see, then perhaps tabs, of which only the opened one asks for data."""

    slug: str
    title: str
    description: str
    rows: Sequence[Row | Heading]
    tabs: Sequence[Tab] = ()
    filters: Sequence[Filter] = ()
    audience: Sequence[str] = ()  # roles that may open it; docker/superset knows them
    answers: Mapping[str, str] = field(default_factory=dict)  # the five questions -> the chart that answers
    crossing: Mapping[str, Collection[str]] = field(default_factory=dict)  # a click into this chart narrows those
    css: str = ""
    metadata: Mapping[str, Any] = field(default_factory=dict)

    @property
    def uuid(self) -> str:
        return stable_uuid("dashboard", self.slug)

    @property
    def charts(self) -> dict[str, Chart]:
        """Slug -> chart; slugs begin with the dashboard, so that two dashboards may show charts of one name."""
        contents = [cell.content for row in self.all_rows if isinstance(row, Row) for cell in row.cells]
        charts = [chart for content in contents for chart in charts_of(content)]
        for name, count in Counter(chart.name for chart in charts).items():
            if count > 1:
                raise DeclarationError(
                    f"Dashboard {self.slug} has {count} charts named {name}; give each its own name."
                )
        return {self.chart_slug(chart): chart for chart in charts}

    @property
    def all_rows(self) -> list[Row | Heading]:
        return [*self.rows, *(row for tab in self.tabs for row in tab.rows)]

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
                "cross_filters_enabled": bool(self.crossing),
                "filter_bar_orientation": "HORIZONTAL",
                "show_native_filters": bool(self.filters),
                "native_filter_configuration": [one.document(self.numbers()) for one in self.filters],
                "chart_configuration": self.crossings(),
                "refresh_frequency": 0,
                "timed_refresh_immune_slices": [],
                "expanded_slices": {},
                **self.metadata,
            },
        }

    def crossings(self) -> dict[str, Any]:
        """Superset's own form of what a click narrows; where one chart takes clicks, the others are told to narrow nothing."""
        numbers = self.numbers() if self.crossing else {}
        known = {chart.name for chart in numbers.values()}
        if unknown := sorted({*self.crossing, *chain(*self.crossing.values())} - known):
            raise DeclarationError(f"Dashboard {self.slug}: crossing names {unknown[0]}, which is none of its charts.")
        narrowed = {
            number: [other for other, one in numbers.items() if one.name in self.crossing.get(chart.name, ())]
            for number, chart in numbers.items()
        }
        return {
            str(number): {
                "id": number,
                "crossFilters": {"scope": scope_of(found, numbers), "chartsInScope": found},
            }
            for number, found in narrowed.items()
        }

    def position(self) -> dict[str, Any]:
        """Superset's tree of boxes on a grid of 12 columns and 8-pixel units."""
        tree: dict[str, Any] = {
            "DASHBOARD_VERSION_KEY": "v2",
            "ROOT_ID": {"type": "ROOT", "id": "ROOT_ID", "children": ["GRID_ID"]},
            "GRID_ID": {"type": "GRID", "id": "GRID_ID", "children": [], "parents": ["ROOT_ID"]},
            "HEADER_ID": {"type": "HEADER", "id": "HEADER_ID", "meta": {"text": self.title}},
        }
        self.place(tree, self.rows, "GRID_ID", 1)
        if self.tabs:
            self.place_tabs(tree)
        return tree

    def place_tabs(self, tree: dict[str, Any]) -> None:
        parents = ["ROOT_ID", "GRID_ID"]
        tree["GRID_ID"]["children"].append("TABS-1")
        tree["TABS-1"] = {"type": "TABS", "id": "TABS-1", "children": [], "parents": parents, "meta": {}}
        first = len(self.rows) + 1
        for tab in self.tabs:
            name = f"TAB-{tab.title.lower().replace(' ', '-')}"
            tree["TABS-1"]["children"].append(name)
            above = [*parents, "TABS-1"]
            tree[name] = {"type": "TAB", "id": name, "children": [], "parents": above, "meta": {"text": tab.title}}
            self.place(tree, tab.rows, name, first)
            first += len(tab.rows)

    def place(self, tree: dict[str, Any], rows: Sequence[Row | Heading], parent: str, first: int) -> None:
        """Hang rows, numbered from first, under a box of the tree."""
        parents = [*tree[parent]["parents"], parent]
        for number, row in enumerate(rows, start=first):
            self.check_width(row, number)
            node = heading_node(row, number, parents) if isinstance(row, Heading) else row_node(number, parents)
            tree[parent]["children"].append(node["id"])
            tree[node["id"]] = node
            if isinstance(row, Row):
                for place, cell in enumerate(row.cells, start=1):
                    boxes = self.cell_nodes(cell, row.height, [*parents, node["id"]], number, place)
                    node["children"].append(boxes[0]["id"])
                    tree |= {box["id"]: box for box in boxes}

    def numbers(self) -> dict[int, Chart]:
        """The number of each chart in the position, by which filters name them; the importer gives it Superset's own."""
        by_slug = self.charts
        boxes = [box for box in self.position().values() if isinstance(box, dict) and box["type"] == "CHART"]
        return {box["meta"]["chartId"]: by_slug[box["id"].removeprefix("CHART-")] for box in boxes}

    def check_width(self, row: Row | Heading, number: int) -> None:
        width = 12 if isinstance(row, Heading) else sum(cell.width for cell in row.cells)
        if width != 12:
            raise DeclarationError(
                f"Dashboard {self.slug}: row {number} is {width} wide; the widths of its cells must add up to 12."
            )

    def cell_nodes(self, cell: Cell, height: int, parents: Sequence[str], row: int, place: int) -> list[dict[str, Any]]:
        """The box of a cell, first, and the boxes inside it."""
        if isinstance(cell.content, str):
            return [markdown_node(cell.content, cell.width, height, parents, f"MARKDOWN-{row}-{place}")]
        if isinstance(cell.content, Chart):
            return [self.chart_node(cell.content, cell.width, height, parents, row * 100 + place)]
        column = f"COLUMN-{row}-{place}"
        heights = cell.content.heights(height)
        inner = [
            self.chart_node(chart, cell.width, share, [*parents, column], row * 100 + place * 10 + number)
            for number, (chart, share) in enumerate(zip(cell.content.all, heights, strict=True))
        ]
        if cell.content.note:
            inner.append(
                markdown_node(cell.content.note, cell.width, NOTE_HEIGHT, [*parents, column], f"MARKDOWN-{row}-{place}")
            )
        outer = {
            "type": "COLUMN",
            "id": column,
            "children": [node["id"] for node in inner],
            "parents": list(parents),
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


def scope_of(found: Collection[int], numbers: Collection[int]) -> dict[str, list[Any]]:
    """Superset says what is in a scope by what is not."""
    return {
        "rootPath": ["ROOT_ID"] if found else [],
        "excluded": [number for number in numbers if number not in found] if found else [],
    }


def charts_of(content: Chart | Stack | str) -> list[Chart]:
    if isinstance(content, Stack):
        return content.all
    return [content] if isinstance(content, Chart) else []


def markdown_node(text: str, width: int, height: int, parents: Sequence[str], name: str) -> dict[str, Any]:
    meta = {"width": width, "height": height, "code": text}
    return {"type": "MARKDOWN", "id": name, "children": [], "parents": list(parents), "meta": meta}


def heading_node(heading: Heading, number: int, parents: Sequence[str]) -> dict[str, Any]:
    return {
        "type": "HEADER",
        "id": f"HEADER-{number}",
        "children": [],
        "parents": list(parents),
        "meta": {"text": heading.text, "headerSize": "MEDIUM_HEADER", "background": "BACKGROUND_TRANSPARENT"},
    }


def row_node(number: int, parents: Sequence[str]) -> dict[str, Any]:
    return {
        "type": "ROW",
        "id": f"ROW-{number}",
        "children": [],
        "parents": list(parents),
        "meta": {"background": "BACKGROUND_TRANSPARENT"},
    }
