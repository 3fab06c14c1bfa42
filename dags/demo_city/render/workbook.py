"""A workbook as offices make it: a sheet per month, a title, two merged header rows, numbered columns, a total, a signature."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from openpyxl import Workbook

from demo_city.render.months import by_month, month_name
from demo_city.render.titles import grouped, spans
from demo_city.table import Table, Value
from demo_city.xlsx import saved

HEADER_ROW = 4
TITLE = "LAPORAN PENGANGKUTAN SAMPAH (DATA SIMULASI)"
SIGNATURE = ("Kepala Bidang Kebersihan,", "", "Fulan Contohwan")


def monthly_workbook(table: Table) -> bytes:
    book = Workbook()
    book.remove(book.active)
    for month, rows in by_month(table):
        _fill(book.create_sheet(month_name(month)), rows, month)
    return saved(book, table.at)


def _fill(sheet: Any, table: Table, month: date) -> None:
    width = len(table.columns)
    sheet.append([TITLE])
    sheet.merge_cells(start_row=1, end_row=1, start_column=1, end_column=width)
    sheet.append(["Bulan", month_name(month)])
    sheet.append([])
    _header(sheet, table.columns)
    sheet.append([f"({number})" for number in range(1, width + 1)])
    for row in table.rows:
        sheet.append([_cell(table, name, row[name]) for name in table.columns])
    sheet.append(_total(table))
    sheet.append([])
    for line in (f"Padang, {table.at:%d} {month_name(table.at)}", *SIGNATURE):
        sheet.append([None] * (width - 2) + [line])


def _header(sheet: Any, columns: tuple[str, ...]) -> None:
    headers = grouped(columns)
    starts = {first for first, _ in spans(columns)}
    sheet.append([upper if place in starts else None for place, (upper, _) in enumerate(headers)])
    sheet.append([lower or None for _, lower in headers])
    for first, width in spans(columns):
        last_row = HEADER_ROW + 1 if not headers[first][1] else HEADER_ROW
        if width > 1 or last_row > HEADER_ROW:
            sheet.merge_cells(start_row=HEADER_ROW, end_row=last_row, start_column=first + 1, end_column=first + width)


def _cell(table: Table, column: str, value: Value) -> Any:
    """Weights as numbers, amounts as text, dates as dates; a workbook knows no time zones."""
    if isinstance(value, datetime):
        return value.replace(tzinfo=None)
    if isinstance(value, date):
        return value
    return table.indonesian(value) if column == "biaya_rp" else table.native(value)


def _total(table: Table) -> list[Any]:
    sums = [_sum(table, name) for name in table.columns]
    return ["JUMLAH", *sums[1:]]


def _sum(table: Table, column: str) -> Any:
    amounts = [value for row in table.rows if isinstance(value := row[column], Decimal)]
    return _cell(table, column, sum(amounts, Decimal(0))) if len(amounts) == len(table.rows) else None
