"""Which dashboards does a change of a model, a raw table or a source touch?"""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from command_center.errors import DeclarationError
from command_center.lint.dashboards import Document, chart_boxes, filter_datasets, model_of, read_exports
from command_center.paths import SUPERSET_EXPORTS

Manifest = Mapping[str, Any]
KINDS = ("model", "seed", "snapshot", "source")


@dataclass(frozen=True)
class Touched:
    """What of one dashboard reads a model that would change: charts by file and title, filters by name."""

    dashboard: str
    charts: tuple[tuple[str, str], ...]
    filters: tuple[str, ...]
    models: tuple[str, ...]

    def __str__(self) -> str:
        parts = [*(f"{file}  {title}" for file, title in self.charts), *(f"filter {name}" for name in self.filters)]
        return "\n  ".join([f"{self.dashboard}, by {', '.join(self.models)}:", *parts])


def touched_by(name: str, manifest: Manifest, folder: Path = SUPERSET_EXPORTS) -> list[Touched]:
    """Each dashboard that reads something made of this model, seed, raw table or source, by however many steps."""
    models = made_of(named(name, manifest), manifest)
    files, problems = read_exports(folder)
    if problems:
        raise DeclarationError(problems[0])
    return list(touched_dashboards(models, files))


def named(name: str, manifest: Manifest) -> set[str]:
    """The nodes that people call so: mart__indikator, raw.damkar_kejadian__kejadian, damkar_kejadian. Raises DeclarationError."""
    known: dict[str, set[str]] = defaultdict(set)
    for node in (*manifest["nodes"].values(), *manifest["sources"].values()):
        for called in names_of(node):
            known[called].add(node["unique_id"])
    wanted = name.removeprefix("raw.")
    if wanted not in known:
        near = difflib.get_close_matches(wanted, known, n=1)
        hint = f"; did you mean {near[0]}?" if near else "."
        raise DeclarationError(f"{name} is no model, seed, snapshot, raw table or source of dbt_project{hint}")
    return known[wanted]


def names_of(node: Mapping[str, Any]) -> Iterator[str]:
    if node["resource_type"] == "source":
        yield str(node["source_name"])
        yield f"{node['source_name']}__{node['name']}"
    elif node["resource_type"] in KINDS:
        yield str(node["name"])


def made_of(nodes: Iterable[str], manifest: Manifest) -> set[str]:
    """The names of the models below these nodes, and of themselves."""
    found, waiting = set(nodes), list(nodes)
    while waiting:
        below = set(manifest["child_map"].get(waiting.pop(), ())) - found
        found |= below
        waiting += below
    return {str(manifest["nodes"][one]["name"]) for one in found if one.startswith("model.")}


def touched_dashboards(models: set[str], files: Mapping[str, Document]) -> Iterator[Touched]:
    read = {file["uuid"]: model_of(file) for name, file in files.items() if name.startswith("datasets/")}
    charts = {file["uuid"]: (name, file) for name, file in files.items() if name.startswith("charts/")}
    for dashboard in sorted(
        (file for name, file in files.items() if name.startswith("dashboards/")), key=lambda one: str(one["slug"])
    ):
        shown = [charts[box["meta"]["uuid"]] for box in chart_boxes(dashboard)]
        touched = [(name, chart) for name, chart in shown if read[chart["dataset_uuid"]] in models]
        filters = [(name, read[uuid]) for name, uuid in filter_datasets(dashboard) if read[uuid] in models]
        if touched or filters:
            by = {*(read[chart["dataset_uuid"]] for _, chart in touched), *(model for _, model in filters)}
            yield Touched(
                dashboard["slug"],
                tuple((name, str(chart["slice_name"])) for name, chart in touched),
                tuple(name for name, _ in filters),
                tuple(sorted(by)),
            )
