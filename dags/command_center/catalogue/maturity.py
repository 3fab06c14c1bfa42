"""The ladder of a source, from declared to public: rules as data, each computed, none entered by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from command_center.catalogue.content import Catalogue
from command_center.declaration.source import Source

Reached = Literal["ya", "belum", "tidak diketahui", "tidak berlaku"]
Rule = Callable[[Catalogue, Source], Reached]


@dataclass(frozen=True)
class Step:
    """One step: what it asks for, and the rule that tells whether a source is there."""

    name: str
    asks: str
    rule: Rule


@dataclass(frozen=True)
class Standing:
    """Where a source stands: each step with its answer, and how many in a row from the first are reached."""

    answers: tuple[tuple[Step, Reached], ...]

    @property
    def height(self) -> int:
        for number, (_, answer) in enumerate(self.answers):
            if answer in ("belum", "tidak diketahui"):
                return number
        return len(self.answers)

    @property
    def next_step(self) -> Step | None:
        return self.answers[self.height][0] if self.height < len(self.answers) else None


def standing(catalogue: Catalogue, source: Source) -> Standing:
    return Standing(tuple((step, step.rule(catalogue, source)) for step in LADDER))


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


def _flowing(catalogue: Catalogue, source: Source) -> Reached:
    state = catalogue.live.states.get(source.source)
    if catalogue.live.missing:
        return "tidak diketahui"
    return _is(state is not None and state.is_clean)


def _proposed(catalogue: Catalogue, source: Source) -> Reached:
    of_public = [one for one in catalogue.indicators_of(source) if one.entry["klasifikasi"] == "publik"]
    return _is(any(one.is_proposed for one in of_public)) if of_public else "tidak berlaku"


def _public(catalogue: Catalogue, source: Source) -> Reached:
    if source.kip == "dikecualikan":
        return "tidak berlaku"
    return _is(any(relation.schema == "publik" for relation in catalogue.relations_of(source)))


LADDER = (
    Step(
        "Terdaftar",
        "Deklarasi memuat penanggung jawab, walidata pendukung beserta penggantinya, dan dasar hukum.",
        _declared,
    ),
    Step(
        "Terklasifikasi",
        "Setiap kolom berkelas publik, terbatas, atau rahasia; kolom rahasia tidak disimpan atau disandikan; kategori "
        "informasi menurut UU 14/2008 diusulkan.",
        _classified,
    ),
    Step(
        "Berkontrak",
        "Setiap tabel punya kunci, waktu yang diliput data dinyatakan, dan setiap bilangan punya satuan: kontrak datanya "
        "(ODCS 3.1) lengkap.",
        _agreed,
    ),
    Step("Diperiksa", "Setiap tabel punya aturan pemeriksaan yang dijalankan pada tiap kiriman.", _checked),
    Step(
        "Mengalir bersih",
        "Isi terbaru tidak melewati batas umurnya dan tidak ada kiriman yang ditahan, menurut gudang data.",
        _flowing,
    ),
    Step(
        "Diusulkan untuk umum",
        "Paling sedikit satu indikatornya diusulkan untuk umum; walidata dan PPID yang memutuskan. Tidak berlaku bila tidak ada indikator publik.",
        _proposed,
    ),
    Step(
        "Terbuka",
        "Datanya sampai ke skema publik. Tidak berlaku untuk sumber yang dikecualikan.",
        _public,
    ),
)
