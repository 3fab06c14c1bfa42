"""The practice table cut into months or days, as it lies in folders and archives."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from functools import partial

from command_center.idformat import MONTHS

from demo_city.table import Row, Table, changed_at, day_of


def month_name(day: date) -> str:
    """'November 2026'"""
    return f"{MONTHS[day.month - 1]} {day.year}"


def by_month(table: Table) -> Iterator[tuple[date, Table]]:
    for month in sorted({day_of(row).replace(day=1) for row in table.rows}):
        yield month, only(table, partial(_is_of_month, month))


def by_day(table: Table) -> Iterator[tuple[date, Table]]:
    for day in sorted({day_of(row) for row in table.rows}):
        yield day, only(table, partial(_is_of_day, day))


def _is_of_month(month: date, row: Row) -> bool:
    return day_of(row).replace(day=1) == month


def _is_of_day(day: date, row: Row) -> bool:
    return day_of(row) == day


def only(table: Table, chosen: Callable[[Row], bool]) -> Table:
    """The chosen rows, as of the newest change among them, so that the file of an old day stays the same."""
    rows = tuple(row for row in table.rows if chosen(row))
    return replace(table, rows=rows, at=max(map(changed_at, rows), default=table.at))
