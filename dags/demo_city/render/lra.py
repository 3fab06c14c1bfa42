"""SIPD's two reports as workbooks: by programme with amounts as text, and by account with native numbers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from openpyxl import Workbook

from demo_city.causes.apbd import NOTHING, Amount, Line
from demo_city.render.months import month_name
from demo_city.table import indonesian_number

KINDS = {"5.1": "Operasi", "5.2": "Modal", "5.3": "Tak Terduga", "5.4": "Transfer"}
SIGNATURE = ("Pejabat Pengelola Keuangan Daerah,", None, None, "Fulan Contohwan", "NIP. 00000000 000000 0 000")
AccountLine = tuple[str | None, str, Decimal | str | None, Decimal | str | None, Decimal | None]


def program_workbook(lines: Sequence[Line], day: date) -> Workbook:
    """Four titles, a blank row, three rows of header, the columns' numbers, the lines, a total, a signature."""
    book = Workbook()
    sheet: Any = book.active
    sheet.title = "Realisasi"
    for title in _titles("REKAPITULASI REALISASI BELANJA MENURUT PROGRAM DAN KEGIATAN", day):
        sheet.append([title])
        sheet.merge_cells(start_row=sheet.max_row, end_row=sheet.max_row, start_column=1, end_column=16)
    sheet.append([])
    sheet.append(["Kode", None, None, None, "Uraian", "Kelompok Belanja", *[None] * 7, "Jumlah", None, "%"])
    sheet.append([*[None] * 5, *(cell for kind in KINDS.values() for cell in (kind, None))])
    sheet.append([*[None] * 5, *["Anggaran", "Realisasi"] * 5])
    for area in ("A6:D8", "E6:E8", "F6:M6", "F7:G7", "H7:I7", "J7:K7", "L7:M7", "N6:O7", "P6:P8"):
        sheet.merge_cells(area)
    sheet.append(["1", None, None, None, *(str(number) for number in range(2, 14))])
    for line in lines:
        sheet.append(_program_row(line))
    total = sum((amount for line in lines if len(line.kode) == 4 for amount in line.amounts.values()), NOTHING)
    sheet.append(["Jumlah", *[None] * 12, _text(total.anggaran), _text(total.realisasi), _percent(total)])
    _sign(sheet, day, 12)
    return book


def _program_row(line: Line) -> list[str | None]:
    kinds = [sum((amount for kode, amount in line.amounts.items() if kode.startswith(kind)), NOTHING) for kind in KINDS]
    whole = sum(kinds, NOTHING)
    cells = [_text(value) for amount in [*kinds, whole] for value in (amount.anggaran, amount.realisasi)]
    return [*line.kode, *[None] * (4 - len(line.kode)), line.nama, *cells, _percent(whole)]


def account_workbook(lines: Sequence[AccountLine], day: date) -> Workbook:
    """Titles, one row of header, the columns' numbers, accounts among totals without a code, a signature."""
    book = Workbook()
    sheet: Any = book.active
    sheet.title = "Worksheet"
    for title in _titles("LAPORAN REALISASI ANGGARAN PENDAPATAN DAN BELANJA DAERAH", day):
        sheet.append([None, title])
        sheet.merge_cells(start_row=sheet.max_row, end_row=sheet.max_row, start_column=2, end_column=6)
    sheet.append([])
    year = day.year
    sheet.append(["Kode Rekening", "URAIAN", "ANGGARAN", f"REALISASI {year}", f"% {year}", f"REALISASI {year - 1}"])
    sheet.append(["1", "2", "3", "4", "5 = (4/3)*100", "6"])
    for kode, nama, budget, used, before in lines:
        sheet.append([kode, nama, _native(budget), _native(used), _share(used, budget), _native(before)])
    _sign(sheet, day, 3)
    return book


def _share(used: Decimal | str | None, budget: Decimal | str | None) -> float:
    if not isinstance(used, Decimal) or not isinstance(budget, Decimal) or not budget:
        return 0
    return round(float(used / budget * 100), 2)


def _native(value: Decimal | str | None) -> float | str | None:
    return float(value) if isinstance(value, Decimal) else value


def _titles(name: str, day: date) -> list[str]:
    return [
        "PEMERINTAH KOTA PADANG (DATA SIMULASI)",
        name,
        f"TAHUN ANGGARAN {day.year}",
        f"Periode 1 Januari {day.year} sampai {day.day} {month_name(day)}",
    ]


def _sign(sheet: Any, day: date, column: int) -> None:
    sheet.append([])
    for line in (f"Padang, {day.day} {month_name(day)}", *SIGNATURE):
        sheet.append([*[None] * column, line])


def _text(value: Decimal) -> str:
    return indonesian_number(value.quantize(Decimal("0.01")))


def _percent(amount: Amount) -> str:
    share = amount.realisasi / amount.anggaran * 100 if amount.anggaran else Decimal(0)
    return _text(share)
