"""The ladder of a source, from registered to public. Where one stands says mart.kematangan_sumber alone; without a warehouse only
the declaration is known, and with it how far the source could come."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import yaml

from command_center.catalogue.content import Catalogue
from command_center.catalogue.live import Standing
from command_center.declaration.source import Source
from command_center.paths import DBT_PROJECT


@dataclass(frozen=True)
class Step:
    """One step, in the words of mart.kematangan_tingkat."""

    number: int
    name: str
    asks: str


@dataclass(frozen=True)
class Overview:
    """Every source beside its step, the lowest first; how many stand on each step."""

    rows: tuple[tuple[Source, Standing | None], ...]
    counts: dict[int, int]


def ladder() -> tuple[Step, ...]:
    steps = _variables()["tangga_kematangan"]
    return tuple(Step(number, one["nama"], one["arti"]) for number, one in enumerate(steps))


def ways_of_access() -> dict[str, str]:
    told: dict[str, str] = _variables()["cara_akses"]
    return told


def most(catalogue: Catalogue, source: Source) -> Step:
    """The highest step that the declaration allows; whether the source is there only the ledger knows."""
    if source.access == "unggah" or source.schedule is None:
        number = 1
    elif source.access == "berkas":
        number = 2
    else:
        number = 5 if catalogue.openings[source.source] and source.kip != "dikecualikan" else 4
    return ladder()[number]


def overview(catalogue: Catalogue) -> Overview:
    standings = catalogue.live.standings
    places = {source: place for place, source in enumerate(standings)}
    ordered = sorted(catalogue.sources, key=lambda one: (places.get(one.source, len(places)), one.opd_name, one.title))
    counts = {step.number: 0 for step in ladder()}
    for source in catalogue.sources:
        if standing := standings.get(source.source):
            counts[standing.tingkat] += 1
    return Overview(tuple((source, standings.get(source.source)) for source in ordered), counts)


@cache
def _variables() -> dict[str, Any]:
    project = yaml.safe_load((DBT_PROJECT / "dbt_project.yml").read_text(encoding="utf-8"))
    variables: dict[str, Any] = project["vars"]
    return variables
