"""What a rejection sheet holds: the rows of one agency that were set aside, as it sent them, with what is to be corrected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from command_center.database import Connection
from command_center.declaration.registry import get_source
from command_center.declaration.source import Column
from command_center.errors import CommandCenterError
from command_center.ledger import rejection
from command_center.ledger.rejection import Counted, SetAside
from command_center.settings import settings

MOST_ROWS = 5_000
WHOLE_ROW = "seluruh baris"
UNPLACED = "isi"  # the cells of a row that fits no columns


@dataclass(frozen=True)
class Fault:
    """A broken rule; `at` is the column of the sheet that breaks it, None where it is none of them."""

    column: str
    reason: str
    at: int | None


@dataclass(frozen=True)
class BadRow:
    """A row as its agency sent it; `whole` is the row of which nobody knows which cell belongs to which column."""

    part: str
    place: str
    cells: tuple[str | None, ...]
    whole: str | None
    faults: tuple[Fault, ...]
    told_at: datetime | None
    number: str  # of batch and row: by it the row is known when the sheet comes back


@dataclass(frozen=True)
class BadTable:
    """One worksheet; `counted` counts the rows that found no place in it too."""

    title: str
    columns: tuple[str, ...]
    left_out: tuple[str, ...]
    rows: tuple[BadRow, ...]
    counted: Counted


@dataclass(frozen=True)
class RejectionSheet:
    """One workbook, for the stewards of one agency; `told` is what it is the first to tell."""

    opd: str
    opd_name: str
    yth: str
    made_at: datetime
    is_simulated: bool
    tables: tuple[BadTable, ...]
    told: tuple[SetAside, ...]
    token: str | None = None

    @property
    def rows(self) -> int:
        return sum(len(table.rows) for table in self.tables)

    @property
    def new_rows(self) -> int:
        return len({(one.batch_id, one.row_number) for one in self.told})

    @property
    def all_rows(self) -> int:
        return sum(table.counted.rows for table in self.tables)


def rejection_sheet(connection: Connection, opd: str, most: int = MOST_ROWS) -> RejectionSheet | None:
    """What is set aside of an agency's rows now, what is new first; None where nothing is."""
    address = settings().cc_mail_steward
    found = rejection.set_aside(connection, opd, address, most)
    if not found:
        return None
    counted = {(one.source, one.table): one for one in rejection.counts(connection, opd, address)}
    by_table: dict[tuple[str, str], list[SetAside]] = {key: [] for key in counted}
    for one in found:
        by_table[one.source, one.table].append(one)
    return RejectionSheet(
        opd=opd,
        opd_name=found[0].opd_name,
        yth="; ".join(dict.fromkeys(one.steward for one in found)),
        made_at=settings().now(),
        is_simulated=any(one.is_simulated for one in found),
        tables=tuple(_table(counted[key], rules) for key, rules in by_table.items()),
        told=tuple(one for one in found if one.told_at is None),
    )


def _table(counted: Counted, rules: Sequence[SetAside]) -> BadTable:
    columns, left_out = columns_of(counted.source, counted.table, rules)
    rows = tuple(
        row_of(list(of_row), list(columns.values()))
        for _, of_row in groupby(rules, key=lambda one: (one.batch_id, one.row_number))
    )
    return BadTable(counted.title, tuple(columns), left_out, rows, counted)


def columns_of(source: str, table: str, rules: Sequence[SetAside]) -> tuple[dict[str, set[str]], tuple[str, ...]]:
    """Each header with the names that quarantine knows its column by, and the headers of which no value is kept."""
    try:
        declared = get_source(source).tables[table].columns
    except (CommandCenterError, KeyError):  # no longer declared: as quarantine has them
        return {name: {name} for one in rules for name in one.payload if name != UNPLACED}, ()
    columns: dict[str, set[str]] = {}
    for column in declared:
        if column.treatment is None and column.source != "@row":
            columns.setdefault(header_of(column), set()).update((column.name, column.source))
    return columns, tuple(dict.fromkeys(header_of(column) for column in declared if column.treatment is not None))


def header_of(column: Column) -> str:
    """As the agency names it; what a request or a file's name tells has the name alone."""
    return column.source if column.is_in_file else column.source.lstrip("@$.").strip("{}")


def row_of(rules: Sequence[SetAside], columns: Sequence[set[str]]) -> BadRow:
    first = rules[0]
    faults = [_fault(one, columns) for one in rules]
    cells = [_cell(first.payload, names) for names in columns]
    for one, fault in zip(rules, faults, strict=True):
        if fault.at is not None and cells[fault.at] is None:
            cells[fault.at] = one.value
    told = _told([one.told_at for one in rules])
    number = f"{first.batch_id}-{first.row_number}"
    return BadRow(
        first.part, first.place, tuple(cells), _whole(first.payload), tuple(dict.fromkeys(faults)), told, number
    )


def _told(told: Sequence[datetime | None]) -> datetime | None:
    """When all of it was told; None where something of it is new."""
    known = [one for one in told if one is not None]
    return max(known) if len(known) == len(told) else None


def _fault(one: SetAside, columns: Sequence[set[str]]) -> Fault:
    at = next((place for place, names in enumerate(columns) if one.column in names), None) if one.column else None
    return Fault(one.column.lstrip("@$.").strip("{}") or WHOLE_ROW, one.reason, at)


def _cell(payload: Mapping[str, object], names: set[str]) -> str | None:
    return next((_text(payload[name]) for name in sorted(names) if payload.get(name) is not None), None)


def _whole(payload: Mapping[str, object]) -> str | None:
    cells = payload.get(UNPLACED)
    return " | ".join(_text(cell) for cell in cells) if isinstance(cells, list) else None


def _text(value: object) -> str:
    return "" if value is None else str(value)
