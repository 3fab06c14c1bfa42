"""The workbook, read back: numbers are numbers, texts stay texts whatever they begin with."""

from __future__ import annotations

import dataclasses
import io
from datetime import datetime
from decimal import Decimal

import openpyxl
import pytest
from command_center.report.document import Cell, Column, Drawing, Section, Table
from command_center.report.rendering import render
from command_center.report.workbook import FACT_COLUMNS, FACTS, build_workbook, unique_name
from openpyxl.workbook.workbook import Workbook

from tests.support.report_document import facts, sample

DANGEROUS = ("=1+1", "+62811", "-3", "@SUM(A1)", "\t=1", "\r=1", "http://example.test", "12")


def opened(xlsx: bytes) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(xlsx))


def rows(book: Workbook, name: str) -> list[list[object]]:
    return [[cell.value for cell in row] for row in book[name].iter_rows()]


def test_all_facts_with_where_they_are_from() -> None:
    head, first, *_ = rows(opened(build_workbook(sample())), FACTS)
    assert tuple(head) == FACT_COLUMNS
    assert first == [
        "indikator_0", "Indikator 0", "13.71.09", "Kuranji", datetime(2026, 10, 1), "Oktober 2026", -2, "−2", "persen", "Baik", "tidak",
        "damkar_kejadian", 17, datetime(2026, 11, 1), "DATA SIMULASI",
    ]  # fmt: skip
    third, fourth = rows(opened(build_workbook(sample())), FACTS)[3:5]
    assert third[6] == 0 and third[10] == "ya" and fourth[6] is None and fourth[9] == "Tidak tersedia"


def test_batches_of_a_figure_are_named_the_newest_of_many_and_how_many_there_are() -> None:
    told = [dataclasses.replace(facts(1)[0], batches=tuple(range(1, count + 1))) for count in (0, 1, 3, 1500)]
    book = opened(build_workbook(sample(facts=tuple(told))))
    assert [row[12] for row in rows(book, FACTS)[1:]] == [
        None,
        1,
        "1, 2, 3",
        f"…, {', '.join(map(str, range(1489, 1501)))} (1.500 batch)",
    ]


def test_no_text_becomes_a_formula_a_link_or_a_number() -> None:
    columns = (Column("=HYPERLINK(1)"), *(Column(str(place)) for place in range(len(DANGEROUS))))
    table = Table("=Judul", columns, ((Cell("x"), *map(Cell, DANGEROUS)),), "+catatan")
    fact = dataclasses.replace(facts(1)[0], indikator_nama="=cmd", label_data="@x", satuan="-")
    document = sample(sections=(Section("I", "=Bagian", (table,)),), facts=(fact,))
    book = opened(build_workbook(document))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)]
    assert {cell.data_type for cell in cells} == {"s"} and all(cell.hyperlink is None for cell in cells)
    said = {cell.value for cell in cells}
    assert {"=1+1", "+62811", "-3", "@SUM(A1)", "=cmd", "@x", "=HYPERLINK(1)", "=Judul", "+catatan", "12"} <= said
    assert any(isinstance(text, str) and text.endswith("=1") and text != "=1+1" for text in said)


def test_each_table_has_a_sheet_those_behind_drawings_too() -> None:
    document = sample()
    tables = [
        block.table if isinstance(block, Drawing) else block
        for section in document.sections
        for block in section.blocks
    ]
    book = opened(build_workbook(document))
    assert len(book.sheetnames) == 1 + sum(isinstance(table, Table) for table in tables)
    people = rows(book, "II Jumlah penduduk menurut kelu")
    assert people[0][0] == "Jumlah penduduk menurut kelurahan dan jenis kelamin"
    assert ["Kelurahan", "Laki-laki", "Perempuan", "Jumlah", "Perubahan"] in people
    assert ["Kecamatan", 70918, 71935, 142853, 0] in people


def test_a_number_keeps_the_word_of_its_status() -> None:
    table = Table(
        "T",
        (Column("Nama"), Column("Nilai", "right")),
        ((Cell("a"), Cell("12,5", Decimal("12.5"), "buruk")), (Cell("b"), Cell("n.a."))),
    )
    book = opened(build_workbook(sample(sections=(Section("I", "Bagian", (table,)),))))
    assert rows(book, "I T")[-3:] == [["Nama", "Nilai", "Status Nilai"], ["a", 12.5, "Buruk"], ["b", "n.a.", None]]


def test_heads_are_frozen_columns_have_widths_and_numbers_an_indonesian_format() -> None:
    book = opened(build_workbook(sample()))
    sheet = book[FACTS]
    assert sheet.freeze_panes == "C2" and sheet.auto_filter.ref == "A1:O13"
    assert 10 < sheet.column_dimensions["B"].width < 62
    assert sheet["G2"].number_format == "[$-421]#,##0" and sheet["E2"].number_format == "[$-421]d mmmm yyyy"
    assert book["II Jumlah penduduk menurut kelu"].freeze_panes == "B7"


def test_the_same_document_gives_the_same_bytes_and_another_one_others() -> None:
    assert build_workbook(sample()) == build_workbook(sample()) == render(sample()).xlsx
    assert build_workbook(sample()) != build_workbook(sample("mingguan"))


def test_a_document_without_figures_has_its_one_sheet() -> None:
    book = opened(build_workbook(sample(facts=(), sections=(), data_per=None, label=None)))
    assert book.sheetnames == [FACTS] and tuple(rows(book, FACTS)[0]) == FACT_COLUMNS


@pytest.mark.parametrize(
    ("wanted", "taken", "name"),
    [
        ("I Penduduk", set(), "I Penduduk"),
        ("a/b:c*d?[e]\\f", set(), "a b c d  e  f"),
        ("x" * 40, {"x" * 31}, "x" * 27 + " (2)"),
        ("Sama", {"sama", "sama (2)"}, "Sama (3)"),
        ("'", set(), "Tabel"),
    ],
)
def test_names_of_sheets_are_those_that_excel_accepts(wanted: str, taken: set[str], name: str) -> None:
    assert unique_name(wanted, taken) == name
