"""What a batch says beside what is known already: keys that another part has, days that its file's name does not tell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from command_center.database import Connection
from command_center.declaration.period import Period, period_named
from command_center.declaration.source import Column, Table
from command_center.errors import PayloadError
from command_center.intake import stage
from command_center.intake.stage import Outside, Repeated, Stage


@dataclass(frozen=True)
class Disagreement:
    """Rows that were set aside for it: their mark, the reason that the agency reads, and a sentence for the ledger."""

    mark: str
    reason: str
    sentence: str
    rows: int

    @property
    def footnote(self) -> str:
        return f"{self.sentence}; {'it was' if self.rows == 1 else 'they were'} set aside."


def disagreements_in_time(
    connection: Connection, staged: Stage, known: Mapping[str, str], where: str
) -> list[Disagreement]:
    """Days outside the period that the file's name tells. Raises PayloadError when that name tells none."""
    found = []
    for column in staged.table.stored:
        if column.within is None or column.within not in known:
            continue
        text = known[column.within]
        outside = stage.mark_outside(connection, staged, column, _period(text, where))
        if outside.rows:
            found.append(_outside(column, text, outside))
    return found


def disagreements_across_parts(connection: Connection, staged: Stage, raw: str, part: str) -> list[Disagreement]:
    """Keys that another part has, where the declaration does not let the newest part win."""
    if not is_told_by_part(staged.table) or staged.table.across_parts == "newest":
        return []
    return [_repeated(staged.table, one) for one in stage.mark_repeated(connection, staged, raw, part)]


def is_told_by_part(table: Table) -> bool:
    """Whether the same key in two parts would be two rows."""
    return table.mode == "snapshot" and bool(table.key)


def _period(text: str, where: str) -> Period:
    period = period_named(text)
    if period is None:
        raise PayloadError(
            f"{where}: the file's name tells {text!r}, expected a period like 2026, 2026-10, Oktober 2026 or 1 2026; "
            "name the file rightly and send it again."
        )
    return period


def _outside(column: Column, text: str, outside: Outside) -> Disagreement:
    days = f"{outside.first}" if outside.first == outside.last else f"{outside.first} to {outside.last}"
    return Disagreement(
        f"{column.name}#periode",
        f"Kolom {column.source!r} berisi tanggal di luar periode {text!r} menurut nama berkas; betulkan isi atau nama berkasnya "
        "lalu kirim ulang.",
        f"the file's name tells {text!r}, but {column.source!r} says {days} in {_rows(outside.rows)}",
        outside.rows,
    )


def _repeated(table: Table, repeated: Repeated) -> Disagreement:
    key = ", ".join(table.key)
    return Disagreement(
        f"#bagian:{repeated.part}",
        f"Kunci ({key}) sudah ada di bagian {repeated.part!r}; satu baris hanya boleh ada di satu berkas.",
        f"{_rows(repeated.rows)} {'has' if repeated.rows == 1 else 'have'} a key ({key}) that part {repeated.part!r} has already",
        repeated.rows,
    )


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count} rows"
