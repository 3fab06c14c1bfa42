"""How complete a declaration is: rules as data, each computed, none entered by hand. How far a source has come is another matter (ladder.py)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from command_center.catalogue.content import Catalogue
from command_center.declaration.source import Source

Reached = Literal["ya", "belum", "tidak berlaku"]
Rule = Callable[[Catalogue, Source], Reached]


@dataclass(frozen=True)
class Asked:
    """One thing that is asked of a declaration, and the rule that tells whether it has it."""

    name: str
    asks: str
    rule: Rule


def completeness(catalogue: Catalogue, source: Source) -> tuple[tuple[Asked, Reached], ...]:
    return tuple((one, one.rule(catalogue, source)) for one in COMPLETE)


def _is(reached: bool) -> Reached:
    return "ya" if reached else "belum"


def _declared(_: Catalogue, source: Source) -> Reached:
    return _is(all((source.owner, source.steward, source.deputy_steward, source.legal_basis)))


def _classified(_: Catalogue, source: Source) -> Reached:
    columns = [column for table in source.tables.values() for column in table.columns]
    return _is(source.kip is not None and all(one.treatment or one.classification != "rahasia" for one in columns))


def _agreed(_: Catalogue, source: Source) -> Reached:
    """Whole numbers may be codes and years; only those with decimals must have a unit."""
    tables = source.tables.values()
    numbers = [column for table in tables for column in table.stored if column.type == "numeric"]
    is_timed = any(table.as_of_names for table in tables)
    return _is(is_timed and all(table.key for table in tables) and all(one.unit for one in numbers))


def _checked(catalogue: Catalogue, source: Source) -> Reached:
    return _is(all(catalogue.rules[source.source].get(name) for name in source.tables))


def _proposed(catalogue: Catalogue, source: Source) -> Reached:
    of_public = [one for one in catalogue.indicators_of(source) if one.entry["klasifikasi"] == "publik"]
    return _is(any(one.is_proposed for one in of_public)) if of_public else "tidak berlaku"


COMPLETE = (
    Asked(
        "Terdaftar",
        "Deklarasi memuat penanggung jawab, walidata pendukung beserta penggantinya, dan dasar hukum.",
        _declared,
    ),
    Asked(
        "Terklasifikasi",
        "Setiap kolom berkelas publik, terbatas, atau rahasia; kolom rahasia tidak disimpan atau disandikan; kategori "
        "informasi menurut UU 14/2008 diusulkan.",
        _classified,
    ),
    Asked(
        "Berkontrak",
        "Setiap tabel punya kunci, waktu yang diliput data dinyatakan, dan setiap bilangan punya satuan: kontrak datanya "
        "(ODCS 3.1) lengkap.",
        _agreed,
    ),
    Asked("Diperiksa", "Setiap tabel punya aturan pemeriksaan yang dijalankan pada tiap kiriman.", _checked),
    Asked(
        "Diusulkan untuk umum",
        "Paling sedikit satu indikatornya diusulkan untuk umum; walidata dan PPID yang memutuskan. Tidak berlaku bila tidak ada indikator publik.",
        _proposed,
    ),
)
