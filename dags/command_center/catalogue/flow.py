"""Ways of a figure: from columns of sources, and to charts of dashboards."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from command_center.govern.lineage import Column, Lineage
from command_center.intake.ddl import TECHNICAL
from command_center.lint.dashboards import chart_boxes, model_of

Document = Mapping[str, Any]


class Shown(NamedTuple):
    """A chart on a dashboard, and the relation that it reads."""

    slug: str
    dashboard: str
    chart: str
    relation: str


def raw_columns_of(columns: Iterable[Column], lineage: Lineage) -> tuple[Column, ...]:
    """The declared columns of sources that these are made of."""
    found = {one for column in columns for one in lineage.ancestors(column)}
    return tuple(sorted(one for one in found if one.schema == "raw" and one.name not in TECHNICAL))


def shown_charts(files: Mapping[str, Document]) -> Iterator[tuple[Shown, str]]:
    """Each chart of each dashboard with the text of what it asks for."""
    datasets = {file["uuid"]: file for name, file in files.items() if name.startswith("datasets/")}
    charts = {file["uuid"]: file for name, file in files.items() if name.startswith("charts/")}
    dashboards = (file for name, file in files.items() if name.startswith("dashboards/"))
    for dashboard in sorted(dashboards, key=lambda one: str(one["dashboard_title"])):
        for box in chart_boxes(dashboard):
            chart = charts[box["meta"]["uuid"]]
            dataset = datasets[chart["dataset_uuid"]]
            relation = model_of(dataset).replace("__", ".", 1)
            slug, title = str(dashboard["slug"]), str(dashboard["dashboard_title"])
            asked = json.dumps(json.loads(chart["query_context"])["queries"]) + str(dataset.get("sql") or "")
            yield Shown(slug, title, str(chart["slice_name"]), relation), asked


def charts_of_relations(charts: Iterable[tuple[Shown, str]]) -> dict[str, tuple[Shown, ...]]:
    found: dict[str, dict[Shown, None]] = defaultdict(dict)
    for shown, _ in charts:
        found[shown.relation][shown] = None
    return {relation: tuple(shown) for relation, shown in found.items()}


def charts_with(kode: str, charts: Iterable[tuple[Shown, str]]) -> tuple[Shown, ...]:
    """The charts that ask for an indicator by its code; those that show all of a field name none."""
    pattern = re.compile(rf"\b{re.escape(kode)}\b")
    return tuple(dict.fromkeys(shown for shown, asked in charts if pattern.search(asked)))
