"""The calendar of the warehouse says where no holidays are known, for limits in working days run into those years."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import yaml

from command_center.paths import DBT_PROJECT

SAID = "tahun_tanpa_hari_libur"


def calendar_problems(project: Path = DBT_PROJECT) -> list[str]:
    """One sentence per year of dim_tanggal whose holidays are not known without its saying so, or the other way round."""
    named = yaml.safe_load((project / "dbt_project.yml").read_text(encoding="utf-8"))["vars"]
    ends = (date.fromisoformat(str(named[name])).year for name in ("kalender_dari", "kalender_sampai"))
    first, last = ends
    known, said = _known_years(project), set(named[SAID])
    missing = [
        f"dim_tanggal reaches {year}, of which seeds/ref_hari_libur.csv knows no holiday; add them, or name the year in {SAID}."
        for year in range(first, last + 1)
        if year not in known | said
    ]
    return missing + [
        f"dbt_project.yml: {SAID} names {year}, but seeds/ref_hari_libur.csv knows its holidays; take it off the list."
        for year in sorted(known & said)
    ]


def _known_years(project: Path) -> set[int]:
    with (project / "seeds" / "ref_hari_libur.csv").open(encoding="utf-8", newline="") as file:
        return {date.fromisoformat(row["tanggal"]).year for row in csv.DictReader(file)}
