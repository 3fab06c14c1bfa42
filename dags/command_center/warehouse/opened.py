"""Through what the public may come to read each source: its indicators, and relations of publik that are made of its columns.

Whether it does is decided by walidata and PPID on the definitions, by checksum; here stands what they would have to approve.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from command_center.declaration.source import Source
from command_center.paths import DBT_PROJECT
from command_center.warehouse.access import relation_sources
from command_center.warehouse.definitions import definitions
from command_center.warehouse.publik_database import INDICATOR

Opening = Mapping[str, Any]  # `nama`, and `syarat`: checksums by object, all of which must be approved
VALUES = "publik.indikator"  # without it nobody reads an indicator


def openings(sources: Iterable[Source]) -> dict[str, list[Opening]]:
    """By source; relations before indicators, each in the order of their names."""
    present = definitions()
    found: dict[str, list[Opening]] = {source.source: [] for source in sources}
    for source, opening in (*_relations(present), *_indicators(present)):
        if source in found:
            found[source].append(opening)
    return found


def _relations(present: Mapping[str, str]) -> Iterator[tuple[str, Opening]]:
    """A relation that tells indicators row by row is told by these."""
    for relation, (columns, made_of) in sorted(relation_sources().items()):
        if relation in present and INDICATOR not in columns:
            name = relation.removeprefix("publik.").replace("_", " ")
            for source in made_of:
                yield source, {"nama": f"tabel {name}", "syarat": {relation: present[relation]}}


def _indicators(present: Mapping[str, str]) -> Iterator[tuple[str, Opening]]:
    with (DBT_PROJECT / "seeds" / "ref_indikator.csv").open(encoding="utf-8", newline="") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: row["nama"])
    for row in rows:
        if (objek := f"indikator.{row['kode']}") in present:
            syarat = {one: present[one] for one in (objek, VALUES)}
            yield row["source"], {"nama": row["nama"], "syarat": syarat}
