"""The figures of a report as a workbook: all facts with where they are from, and each table. The same bytes each time."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from command_center.idformat import format_number
from command_center.report.document import Cell, Document, Drawing, Fact, Status, Table
from command_center.settings import WIB

# Texts stay texts whatever they begin with: no formula, no link, no number out of words
OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
FACTS = "Semua angka"
FACT_COLUMNS = (
    "Kode indikator",
    "Indikator",
    "Kode wilayah",
    "Wilayah",
    "Periode mulai",
    "Periode",
    "Nilai",
    "Teks",
    "Satuan",
    "Status",
    "Sementara",
    "Sumber",
    "Batch",
    "Data sampai",
    "Label",
)
STATUS_WORDS: dict[Status, str] = {
    "baik": "Baik",
    "waspada": "Waspada",
    "siaga": "Siaga",
    "buruk": "Buruk",
    "tanpa_ambang": "Tanpa ambang",
    "tidak_tersedia": "Tidak tersedia",
}
Value = str | Decimal | int | date | datetime | None
SHAPED: tuple[Status, ...] = ("baik", "waspada", "siaga", "buruk")
LONGEST_NAME = 31
MOST_BATCHES = 12  # that are named; ops.edition_figure has all
WIDEST = 60
FORBIDDEN = re.compile(r"[\[\]:*?/\\]")
# 0421 is Indonesian: month names, and a decimal comma where the program follows it
INTEGER, DECIMAL, DAY, MOMENT = "[$-421]#,##0", "[$-421]#,##0.0#", "[$-421]d mmmm yyyy", "[$-421]d mmmm yyyy hh.mm"


class Sheets:
    """The workbook under construction, with the formats that its cells share."""

    def __init__(self, workbook: Workbook) -> None:
        self.workbook = workbook
        self.names: set[str] = set()
        self.head = workbook.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self.title = workbook.add_format({"bold": True, "font_size": 12})
        self.formats = {style: workbook.add_format({"num_format": style}) for style in (INTEGER, DECIMAL, DAY, MOMENT)}

    def add(self, name: str) -> Worksheet:
        unique = unique_name(name, self.names)
        self.names.add(unique.lower())
        return self.workbook.add_worksheet(unique)

    def write(self, sheet: Worksheet, row: int, column: int, value: Value, style: Format | None = None) -> None:
        """Each kind of value by a call of its own: nothing is guessed from how it looks."""
        if value is None:
            return
        if isinstance(value, str):
            sheet.write_string(row, column, value, style)
        elif isinstance(value, datetime):
            sheet.write_datetime(row, column, value.astimezone(WIB).replace(tzinfo=None), self.formats[MOMENT])
        elif isinstance(value, date):
            sheet.write_datetime(row, column, datetime(value.year, value.month, value.day), self.formats[DAY])
        else:
            whole = value == int(value)
            sheet.write_number(row, column, float(value), self.formats[INTEGER if whole else DECIMAL])


def build_workbook(document: Document) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, OPTIONS) as workbook:
        workbook.set_properties(
            {"title": document.title, "author": "Padang Command Center", "created": made_at(document)}
        )
        sheets = Sheets(workbook)
        write_facts(sheets, document.facts)
        for heading, table in tables_of(document):
            write_table(sheets, heading, table, document)
    return file.getvalue()


def made_at(document: Document) -> datetime:
    """The day of the data, not of the making: the same document gives the same bytes."""
    moment = document.data_per
    return (
        moment.astimezone(WIB).replace(tzinfo=None)
        if moment
        else datetime.combine(document.periode, datetime.min.time())
    )


def tables_of(document: Document) -> Iterator[tuple[str, Table]]:
    """Tables in the order of the page, those behind drawings as well, each with its section's number or title."""
    for section in document.sections:
        for block in section.blocks:
            table = block.table if isinstance(block, Drawing) else block
            if isinstance(table, Table):
                yield section.number or section.title, table


def write_facts(sheets: Sheets, facts: Sequence[Fact]) -> None:
    rows = [fact_row(fact) for fact in facts]
    sheet = sheets.add(FACTS)
    for place, title in enumerate(FACT_COLUMNS):
        sheets.write(sheet, 0, place, title, sheets.head)
    for number, row in enumerate(rows, 1):
        for place, value in enumerate(row):
            sheets.write(sheet, number, place, value)
    sheet.freeze_panes(1, 2)
    if rows:
        sheet.autofilter(0, 0, len(rows), len(FACT_COLUMNS) - 1)
    set_widths(sheet, [FACT_COLUMNS, *([written(value) for value in row] for row in rows)])


def fact_row(fact: Fact) -> tuple[Value, ...]:
    return (
        fact.indikator_kode,
        fact.indikator_nama,
        fact.wilayah_kode,
        fact.wilayah_nama,
        fact.periode_mulai,
        fact.periode_label,
        fact.nilai,
        fact.teks,
        fact.satuan,
        STATUS_WORDS[fact.status],
        "ya" if fact.is_sementara else "tidak",
        fact.source,
        batches_of(fact),
        fact.data_per,
        fact.label_data,
    )


def batches_of(fact: Fact) -> Value:
    """Those that speak of its period, the newest ones where there are many; a single one is a number."""
    known = fact.batches
    if len(known) <= 1:
        return known[0] if known else None
    named = ", ".join(str(number) for number in known[-MOST_BATCHES:])
    return named if len(known) <= MOST_BATCHES else f"…, {named} ({format_number(len(known))} batch)"


def write_table(sheets: Sheets, heading: str, table: Table, document: Document) -> None:
    """Caption, note and label above; the header is frozen."""
    sheet = sheets.add(f"{heading} {table.caption}")
    above = [table.caption, f"{document.title}, {document.period_text}", *filter(None, (table.note, document.label))]
    for number, words in enumerate(above):
        sheets.write(sheet, number, 0, words, None if number else sheets.title)
    top, rows = len(above) + 1, grid_of(table)
    for number, row in enumerate(rows, top):
        for place, value in enumerate(row):
            sheets.write(sheet, number, place, value, sheets.head if number == top else None)
    sheet.freeze_panes(top + 1, 1)
    set_widths(sheet, [[written(value) for value in row] for row in rows])


def grid_of(table: Table) -> list[list[Value]]:
    """Head and rows. A number is written as one, and where it carries a status, its word has a column of its own."""
    both = {
        place
        for row in table.rows
        for place, cell in enumerate(row)
        if cell.number is not None and cell.status in SHAPED
    }
    head: list[Value] = []
    for place, column in enumerate(table.columns):
        head += [column.title, f"Status {column.title}"] if place in both else [column.title]
    rows: list[list[Value]] = [head]
    for row in table.rows:
        rows.append([])
        for place, cell in enumerate(row):
            rows[-1] += [value_of(cell), word_of(cell)] if place in both else [value_of(cell)]
    return rows


def value_of(cell: Cell) -> Value:
    return cell.number if cell.number is not None else cell.text or word_of(cell)


def word_of(cell: Cell) -> str | None:
    return STATUS_WORDS[cell.status] if cell.status else None


def written(value: Value) -> str:
    return "30 September 2026 00.00" if isinstance(value, date) else str(value or "")


def set_widths(sheet: Worksheet, rows: Iterable[Sequence[str]]) -> None:
    for place, texts in enumerate(zip(*rows, strict=True)):
        sheet.set_column(place, place, min(max(len(text) for text in texts) + 2, WIDEST))


def unique_name(wanted: str, taken: set[str]) -> str:
    """At most 31 characters, none of those that Excel forbids, different from the others in any case of letters."""
    clean = FORBIDDEN.sub(" ", wanted).strip("' ") or "Tabel"
    for number in range(1, len(taken) + 2):
        ending = f" ({number})" if number > 1 else ""
        name = clean[: LONGEST_NAME - len(ending)].strip("' ") + ending
        if name.lower() not in taken:
            return name
    raise AssertionError("there is always one more number")
