"""The gate before what the public reads is swapped in: no hidden count of persons can be narrowed down.

The rule of `int_publik__sel` hides by itself; here the whole lattice of what is published together is attacked, and what
the attack shows to be missing is hidden too, kept in the ledger and built again. If that cannot be done, the indicators
concerned are left out of the edition of the public, and everything else goes on.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import math
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from importlib.metadata import version
from pathlib import Path

from psycopg import sql

from command_center.database import Connection, all_rows, all_values, has_row
from command_center.ledger.hidden_cell import HiddenCell, replace_hidden
from command_center.warehouse import small_cells
from command_center.warehouse.dbt import dbt_target
from command_center.warehouse.small_cells import Cell, Lattice, Proven, Relation

log = logging.getLogger(__name__)

# Counts that are part of another one, in the same area and period; what else the total contains is not published.
PARTS_OF_TOTALS = {
    "kasus_skdr_total": ("kasus_dengue", "kasus_ispa", "kasus_diare"),
    "kunjungan_sakit": ("insidensi_dbd", "insidensi_diare"),
}
CUMULATIVE = "spm_kes_"  # counts that only grow within a year
COST_OF_CITY = 1000.0

CELLS = """
    select
        sel.indikator_kode, sel.wilayah_kode, sel.periode_mulai, nilai.wilayah_tingkat, nilai.induk_kode,
        nilai.pembilang::bigint as pembilang, sel.sel_kecil, nilai.is_belum_lengkap as is_sementara, sel.aturan_karena,
        sel.disembunyikan_karena, sel.is_tetap_tersembunyi, sel.is_disamarkan,
        {told_count} as terbit_pembilang, {told_text} as terbit_teks
    from {cells} as sel
    inner join {values} as nilai using (indikator_kode, wilayah_kode, periode_mulai)
    {told}
    where sel.sel_kecil is not null and nilai.pembilang is not null
    order by sel.indikator_kode, sel.periode_mulai, sel.wilayah_kode
"""
TOLD = "left join publik.indikator as terbit using (indikator_kode, wilayah_kode, periode_mulai)"


@dataclass(frozen=True)
class Counted:
    """A count of persons that the public may read, and what the edition that stands tells of it."""

    indikator_kode: str
    wilayah_kode: str
    periode_mulai: date
    wilayah_tingkat: str
    induk_kode: str | None
    pembilang: int
    sel_kecil: int
    is_sementara: bool
    aturan_karena: str | None
    disembunyikan_karena: str | None
    is_tetap_tersembunyi: bool
    is_disamarkan: bool
    terbit_pembilang: int | None
    terbit_teks: str | None

    @property
    def key(self) -> tuple[str, str, date]:
        return self.indikator_kode, self.wilayah_kode, self.periode_mulai

    @property
    def is_labelled(self) -> bool:
        """Whether it reads `<10`, by the rule, unless what it lies within is hidden."""
        return self.aturan_karena == "sel_kecil" and not self.was_disguised

    @property
    def was_disguised(self) -> bool:
        """Whether an edition said nothing of it but that it is hidden: that stays so, of a running period until it is final."""
        return self.is_disamarkan and (self.is_tetap_tersembunyi or self.is_sementara)

    @property
    def was_hidden(self) -> bool:
        """Whether an edition of the running period hid what the rule would show by now."""
        return self.disembunyikan_karena is not None and self.aturan_karena is None and not self.is_tetap_tersembunyi

    @property
    def siblings(self) -> tuple[str, date, str | None]:
        return self.indikator_kode, self.periode_mulai, self.induk_kode

    @property
    def is_told_small(self) -> bool:
        return bool(self.terbit_teks and self.terbit_teks.startswith("<")) and 0 < self.pembilang < self.sel_kecil


@dataclass(frozen=True)
class Choice:
    """What is done with one count."""

    row: Counted
    is_hidden: bool
    is_disguised: bool = False
    is_settled: bool = True

    @property
    def ledger(self) -> HiddenCell | None:
        """What the ledger keeps of it: of a running period too, for what an edition hid tells of the others once it is shown."""
        if not self.is_hidden:
            return None
        is_kept = self.is_settled and not self.row.is_sementara
        return HiddenCell(*self.row.key, self.is_disguised, not is_kept)


class Published:
    """All counts of persons as one lattice."""

    def __init__(self, rows: Sequence[Counted]) -> None:
        self.rows = rows
        self._place = {row.key: number for number, row in enumerate(rows)}
        self._rest: list[Cell] = []
        self._with_small = {row.siblings for row in rows if 0 < row.pembilang < row.sel_kecil}
        relations = [*self._sums(), *self._totals(), *self._growth()]
        self.lattice = Lattice([*map(self._cell, rows), *self._rest], relations)

    def _cell(self, row: Counted) -> Cell:
        cost = COST_OF_CITY if row.wilayah_tingkat == "kota" else 1.0
        # A count only grows: shown now, it tells what hid behind it before. Once the period is final and no sibling is small, it may.
        is_again = row.was_hidden and (row.is_sementara or row.siblings in self._with_small)
        cell = Cell(
            row.pembilang,
            row.sel_kecil,
            is_hidden=row.aturan_karena is not None or row.is_tetap_tersembunyi or is_again,
            within=self._above(row),
            cost=cost,
        )
        if row.terbit_pembilang == row.pembilang:
            return replace(cell, least=row.pembilang, most=row.pembilang)
        return replace(cell, least=1, most=row.sel_kecil - 1) if row.is_told_small else cell

    def _above(self, row: Counted) -> int | None:
        return self._place.get((row.indikator_kode, row.induk_kode or "", row.periode_mulai))

    def _sums(self) -> Iterable[Relation]:
        """A region and what lies within it; more in it than in those may be what has no place."""
        within = defaultdict[int, list[int]](list)
        for number, row in enumerate(self.rows):
            if (above := self._above(row)) is not None:
                within[above].append(number)
        for above, members in within.items():
            yield from self._contains(above, members)

    def _totals(self) -> Iterable[Relation]:
        for number, row in enumerate(self.rows):
            parts = PARTS_OF_TOTALS.get(row.indikator_kode, ())
            keys = [(part, row.wilayah_kode, row.periode_mulai) for part in parts]
            members = [self._place[key] for key in keys if key in self._place]
            if members:
                yield from self._contains(number, members, is_open=True)

    def _growth(self) -> Iterable[Relation]:
        last: dict[tuple[str, str, int], int] = {}
        for number, row in sorted(enumerate(self.rows), key=lambda one: one[1].periode_mulai):
            if row.indikator_kode.startswith(CUMULATIVE):
                year = (row.indikator_kode, row.wilayah_kode, row.periode_mulai.year)
                if year in last:
                    yield from self._contains(number, [last[year]], is_open=True)
                last[year] = number

    def _contains(self, whole: int, members: Sequence[int], *, is_open: bool = False) -> Iterable[Relation]:
        """That members make up the whole, or at most the whole: what is between is a count that nobody publishes.

        Where they are more than the whole, nothing follows; they hang together all the same.
        """
        between = self.rows[whole].pembilang - sum(self.rows[number].pembilang for number in members)
        relation = {whole: -1, **dict.fromkeys(members, 1)}
        if between or is_open:
            relation[len(self.rows) + len(self._rest)] = 1
            self._rest.append(Cell(between, least=0 if between >= 0 else -math.inf, is_published=False))
        yield relation

    @cached_property
    def labelled(self) -> Lattice:
        """What everybody reads: of a cell `<10` that it is between 1 and 9."""
        hidden = self.lattice.hidden()
        cells = list(self.lattice.cells)
        for number, row in enumerate(self.rows):
            above = cells[number].within
            if row.is_labelled and not (above is not None and above in hidden) and cells[number].least == 0:
                cells[number] = replace(cells[number], least=1, most=row.sel_kecil - 1)
        return Lattice(cells, self.lattice.relations)

    def breached(self, proven: Proven | None = None) -> set[int]:
        return {one.cell for one in small_cells.attack(self.labelled, self.lattice.hidden(), proven)}


def choose(rows: Sequence[Counted], proven: Proven | None = None) -> list[Choice]:
    """What is done with each count: as the rule says where that stands the attack, else what the solver finds."""
    published = Published(rows)
    breached = published.breached(proven)
    hidden = published.lattice.hidden()
    choices = {number: Choice(row, number in hidden, row.was_disguised) for number, row in enumerate(rows)}
    everything = frozenset(range(len(published.lattice.cells)))
    for part in small_cells.parts_of(published.lattice, everything):
        if breached.intersection(part.cells):
            choices |= _solved(published, part)
    return [choices[number] for number in range(len(rows))]


def _solved(published: Published, part: small_cells.Part) -> dict[int, Choice]:
    """Of counts that hang together: nothing says which of the hidden ones are small."""
    place = {number: at for at, number in enumerate(part.cells)}
    cells = [published.lattice.cells[number] for number in part.cells]
    local = [cell if cell.within is None else replace(cell, within=place[cell.within]) for cell in cells]
    relations = [
        {place[number]: factor for number, factor in published.lattice.relations[tie].items()} for tie in part.ties
    ]
    decision = small_cells.decide(Lattice(local, relations))
    rows = [(number, published.rows[number]) for number in part.cells if number < len(published.rows)]
    if not decision.is_safe:
        log.warning(
            "%s: what earlier editions told still narrows a hidden count down; all of it is hidden.", told(rows[0][1])
        )
    elif not decision.is_settled:
        log.warning("%s: no choice was found in time; all of it is hidden until the next build.", told(rows[0][1]))
    return {
        number: Choice(
            row,
            place[number] in decision.hidden,
            row.was_disguised or (row.is_labelled and not row.is_told_small),
            decision.is_settled,
        )
        for number, row in rows
    }


def told(row: Counted) -> str:
    return f"Indicator {row.indikator_kode}, period from {row.periode_mulai}"


def is_new(choices: Iterable[Choice]) -> bool:
    """Whether what was built shows other cells, or says `<10` of others, than is chosen."""
    chosen = {choice.row.key: choice for choice in choices}

    def is_within_hidden(row: Counted) -> bool:
        above = chosen.get((row.indikator_kode, row.induk_kode or "", row.periode_mulai))
        return above is not None and (above.is_hidden or is_within_hidden(above.row))

    for choice in chosen.values():
        row = choice.row
        is_label = row.aturan_karena == "sel_kecil" and not choice.is_disguised and not is_within_hidden(row)
        if choice.is_hidden != (row.disembunyikan_karena is not None):
            return True
        if is_label != (row.disembunyikan_karena == "sel_kecil"):
            return True
    return False


def read_cells(connection: Connection) -> list[Counted]:
    """What the build made, beside the edition that stands."""
    is_standing = has_row(connection, "select where to_regclass('publik.indikator') is not null")
    cells, values = "intermediate.int_publik__sel", "intermediate.int_indikator__nilai"
    return all_rows(connection, Counted, cells_of(cells, values, is_standing=is_standing))


def cells_of(cells: str, values: str, *, is_standing: bool = False) -> sql.Composed:
    """The query of all counts of persons that the public may read; with what stands, where something does."""
    return sql.SQL(CELLS).format(
        cells=sql.Identifier(*cells.split(".")),
        values=sql.Identifier(*values.split(".")),
        told=sql.SQL(TOLD if is_standing else ""),
        told_count=sql.SQL("terbit.pembilang::bigint" if is_standing else "null::bigint"),
        told_text=sql.SQL("terbit.nilai_teks" if is_standing else "null::text"),
    )


def guard(connection: Connection, build_again: Callable[[], bool]) -> tuple[str, ...]:
    """Hide what the attack shows to be missing, and build it again; the indicators that were left out of the edition."""
    rows = list[Counted]()
    try:
        rows = read_cells(connection)
        proven = remembered()
        choices = choose(rows, proven)
        remember(proven)
        replace_hidden(connection, filter(None, (choice.ledger for choice in choices)))
        left = set[str]()
        if is_new(choices):
            left = unsafe(read_cells(connection)) if build_again() else {row.indikator_kode for row in rows}
    except Exception:  # whatever it was: what is not proven is not published
        log.exception("The proof that no hidden count of persons can be computed broke off.")
        left = {row.indikator_kode for row in rows} or set(of_persons(connection))
    if left:
        log.error(
            "Left out of the edition of the public, for it is not proven that no hidden count of theirs can be computed: %s.",
            ", ".join(sorted(left)),
        )
        leave_out(connection, left)
    return tuple(sorted(left))


def remembered() -> Proven:
    """What the attack on the last edition found no way into; nothing where it was made by other rules."""
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        kept = json.loads(memory_file().read_text(encoding="utf-8"))
        if kept["rules"] == rules_digest():
            return Proven(kept["parts"])
    return Proven()


def remember(proven: Proven) -> None:
    """Only what was met this time, so that it does not grow. Where it cannot be written, the next build proves all of it again."""
    kept = json.dumps({"rules": rules_digest(), "parts": sorted(proven.standing)})
    with contextlib.suppress(OSError):
        memory_file().parent.mkdir(parents=True, exist_ok=True)
        memory_file().write_text(kept, encoding="utf-8")


def memory_file() -> Path:
    return dbt_target() / "proven.json"


def rules_digest() -> str:
    """Of what attacks: its source, and the solver's version."""
    return hashlib.sha256(Path(small_cells.__file__).read_bytes() + version("scipy").encode()).hexdigest()


def unsafe(rows: Sequence[Counted]) -> set[str]:
    """Indicators of which something that could be hidden is shown although the attack on what was built succeeds."""
    published = Published([as_built(row) for row in rows])
    breached = published.breached()
    found = set[str]()
    for part in small_cells.parts_of(published.lattice, frozenset(range(len(published.lattice.cells)))):
        members = [rows[number] for number in part.cells if number < len(rows)]
        if breached.intersection(part.cells) and any(row.disembunyikan_karena is None for row in members):
            found |= {row.indikator_kode for row in members}
    return found


def as_built(row: Counted) -> Counted:
    """What everybody will read of it, whoever decided so."""
    return replace(row, aturan_karena=row.disembunyikan_karena, is_tetap_tersembunyi=False, is_disamarkan=False)


def of_persons(connection: Connection) -> list[str]:
    return all_values(connection, str, "select kode from core.dim_indikator where sel_kecil is not null")


def leave_out(connection: Connection, indicators: Collection[str]) -> None:
    """No row of these indicators in any table of the edition that is to come."""
    tables = all_values(
        connection,
        str,
        """
        select relation.relname::text
        from pg_class as relation
        inner join pg_attribute as kolom on kolom.attrelid = relation.oid and kolom.attname = 'indikator_kode'
        where relation.relnamespace = to_regnamespace('publik_next') and relation.relkind = 'r'
        """,
    )
    for table in tables:
        connection.execute(
            sql.SQL("delete from {} where indikator_kode = any(%s)").format(sql.Identifier("publik_next", table)),
            [list(indicators)],
        )
