"""A table before it becomes JSON, a workbook or rows of a database; and how its values are written as text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

Value = int | Decimal | date | datetime | str | None
Row = dict[str, Value]
COMMA_FOR_POINT = str.maketrans(",.", ".,")


@dataclass(frozen=True, eq=False)
class Table:
    """Rows as of a moment. `swapped`: numbers are written in the style that was not agreed, in whatever kind."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    at: datetime
    swapped: bool = False

    def plain(self, value: Value) -> str:
        """1234.56, 2026-11-23, 2026-11-23T09:10:00+07:00; nothing for None."""
        if isinstance(value, Decimal):
            return indonesian_number(value) if self.swapped else f"{value:f}"
        if isinstance(value, date):
            return value.isoformat()
        return "" if value is None else str(value)

    def indonesian(self, value: Value) -> str:
        """1.234,56, 23/11/2026, 23/11/2026 09:10; nothing for None."""
        if isinstance(value, Decimal):
            return f"{value:f}" if self.swapped else indonesian_number(value)
        if isinstance(value, datetime):
            return f"{value:%d/%m/%Y %H:%M}"
        return f"{value:%d/%m/%Y}" if isinstance(value, date) else self.plain(value)

    def native(self, value: Value) -> int | float | str | None:
        """For formats that know numbers: a number, unless the style is swapped; else text."""
        if isinstance(value, Decimal) and not self.swapped:
            return float(value)
        return value if isinstance(value, int) or value is None else self.plain(value)

    def natives(self) -> Iterator[dict[str, int | float | str | None]]:
        """The rows as JSON and its relatives write them."""
        for row in self.rows:
            yield {name: self.native(row[name]) for name in self.columns}

    def texts(self, *, indonesian: bool) -> Iterator[list[str]]:
        write = self.indonesian if indonesian else self.plain
        for row in self.rows:
            yield [write(row[name]) for name in self.columns]


def number_of(row: Row) -> int:
    number = row["nomor"]
    assert isinstance(number, int)
    return number


def day_of(row: Row) -> date:
    day = row["tanggal"]
    assert isinstance(day, date)
    return day


def changed_at(row: Row) -> datetime:
    changed = row["diubah_pada"]
    assert isinstance(changed, datetime)
    return changed


def indonesian_number(value: Decimal) -> str:
    return f"{value:,}".translate(COMMA_FOR_POINT)
