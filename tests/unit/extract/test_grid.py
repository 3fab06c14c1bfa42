"""The declared layout, over plain rows of cells: what a header is, which rows are records, what a cell's text is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from command_center.declaration.source import Column, Source, Table
from command_center.errors import PayloadError
from command_center.extract.grid import Cell, Fault, Grid, Merge, Unreadable, cell_text, letters, read_grids
from command_center.extract.reading import Answer, Reading
from command_center.intake.quarantine import place

from tests.support.file_source import answer, declare, rejected, rows, texts

Rows = Sequence[Sequence[Cell]]


def column(**given: Any) -> Column:
    return Column.model_validate({"name": "x", "source": "x", "description": "x", "classification": "publik", **given})


def grid(name: str, lines: Rows, merges: Sequence[Merge] = ()) -> Grid:
    def begin() -> Iterator[tuple[int, list[Cell]]]:
        return ((number, list(line)) for number, line in enumerate(lines, start=1))

    return Grid(name, begin, f", sheet {name!r}", f"lembar {name!r} baris ", merges)


def reading(source: Source, *sheets: Grid) -> Reading:
    def all_sheets(source: Source, table: Table, member: Answer) -> Iterator[Grid]:
        return iter(sheets)

    return read_grids(source, source.tables["baris"], answer(b""), all_sheets)


def one(columns: Sequence[Any], layout: dict[str, Any], lines: Rows, merges: Sequence[Merge] = ()) -> Reading:
    return reading(declare("xlsx", columns, layout), grid("S", lines, merges))


def test_merged_headers_are_joined_and_vertical_ones_named_once() -> None:
    lines: Rows = [
        ["Laporan", None, None, None, None],
        ["No", "Kecamatan", "Jumlah", None, "Ket"],
        [None, None, "L", "P", None],
        [1, "Kuranji", 2, 3, "x"],
    ]
    merges = [Merge(1, 0, 1, 4), Merge(2, 0, 3, 0), Merge(2, 1, 3, 1), Merge(2, 2, 2, 3), Merge(2, 4, 3, 4)]
    found = one(
        ["No", "Kecamatan", "Jumlah / L", "Jumlah / P", "Ket"], {"header_row": 2, "header_rows": 2}, lines, merges
    )
    assert texts(found) == [["1", "Kuranji", "2", "3", "x"]]
    assert not found.warnings


def test_without_any_merge_a_blank_parent_is_the_one_to_its_left() -> None:
    lines: Rows = [
        ["No", "Jumlah  \n Jiwa", None, "Luas", None],
        [None, "L", "P", None, None],
        [1, 2, 3, 4.5, None],
    ]
    found = one(["No", "Jumlah Jiwa / L", "Jumlah Jiwa / P", "Luas"], {"header_rows": 2}, lines)
    assert texts(found) == [["1", "2", "3", "4.5"]]


def test_a_blank_parent_is_left_blank_where_others_are_merged() -> None:
    lines: Rows = [["No", "Jumlah", None, None], [None, "L", "P", "Luas"], [1, 2, 3, 4]]
    found = one(["No", "Jumlah / L", "Jumlah / P", "Luas"], {"header_rows": 2}, lines, [Merge(1, 1, 1, 2)])
    assert texts(found) == [["1", "2", "3", "4"]]


def test_three_levels_repeat_only_under_the_same_parent() -> None:
    lines: Rows = [["A", None, "B", None], ["x", None, None, "y"], ["1", "2", "1", "2"], ["a", "b", "c", "d"]]
    found = one(["A / x / 1", "A / x / 2", "B / 1", "B / y / 2"], {"header_rows": 3}, lines)
    assert texts(found) == [["a", "b", "c", "d"]]


def test_the_header_is_found_and_the_rows_below_it_are_skipped() -> None:
    lines: Rows = [["Dinas"], [None], ["Kode Rekening", "Uraian"], ["1", "2"], ["5.1", "Belanja"]]
    found = one(["Kode Rekening", "Uraian"], {"header_find": "^Kode Rek", "skip_below": 1}, lines)
    assert [(number, row) for number, _, row in rows(found)] == [(5, ["5.1", "Belanja"])]
    assert found.sections[0].label == "lembar 'S' baris "


@pytest.mark.parametrize("layout", [{"header_find": "^Tidak ada"}, {"header_row": 9}, {"header_row": 2}])
def test_a_header_that_is_not_there_holds_the_file(layout: dict[str, Any]) -> None:
    with pytest.raises(PayloadError, match=r"sheet 'S': (no cell matches|there is no header)"):
        one(["Uraian"], layout, [["Uraian"], [None], ["x"]])


def test_totals_are_counted_and_the_signature_ends_the_sheet() -> None:
    lines: Rows = [
        ["Kecamatan", "Nilai"], ["Kuranji", 1], [None, None], ["  JUMLAH ", 1], ["jumlah kecil", 2], ["Padang, 1 Mei", None], ["NIP", 9]
    ]  # fmt: skip
    found = one(["Kecamatan", "Nilai"], {"ignore_rows": ["^JUMLAH$"], "stop_at": "^Padang, "}, lines)
    assert texts(found) == [["Kuranji", "1"], ["jumlah kecil", "2"]]
    assert found.ignored == {"^JUMLAH$": 1}


def test_empty_cells_repeat_the_value_above_but_never_that_of_a_total() -> None:
    lines: Rows = [["Kec", "Kel"], ["A", "1"], [None, "2"], ["TOTAL", None], ["", "3"], ["B", "4"]]
    found = one(["Kec", "Kel"], {"fill_down": ["Kec"], "ignore_rows": ["^TOTAL"]}, lines)
    assert texts(found) == [["A", "1"], ["A", "2"], ["A", "3"], ["B", "4"]]


def test_fill_down_begins_anew_on_every_sheet() -> None:
    source = declare("xlsx", ["Kec", "Kel"], {"fill_down": ["Kec"]})
    head = ["Kec", "Kel"]
    found = reading(source, grid("1", [head, ["A", "1"]]), grid("2", [head, [None, "2"]]))
    assert texts(found) == [["A", "1"], [None, "2"]]
    assert [place(found.sections, number) for number, _, _ in [(2, 0, 0), (4, 0, 0)]] == [
        "lembar '1' baris 2",
        "lembar '2' baris 2",
    ]


def test_values_that_stand_once_are_known_to_every_row() -> None:
    layout = {
        "header_row": 3,
        "cells": {"puskesmas": {"at": "B1", "capture": "^Puskesmas (.+)$"}, "tahun": {"at": "C2"}},
    }
    lines: Rows = [["Nama", "Puskesmas Kuranji", None], ["Tahun", None, 2024.0], ["Kasus"], [7]]
    merges = [Merge(2, 2, 2, 4)]
    columns = ["@puskesmas", "@tahun", "@sheet", "@file", "@part", "Kasus"]
    assert texts(one(columns, layout, lines, merges)) == [["Kuranji", "2024", "S", "berkas_01.dat", "a", "7"]]


@pytest.mark.parametrize(
    ("cell", "said"), [(None, "is empty"), ("RSUD", "does not match"), (Fault("x", "#REF!"), "is no value")]
)
def test_a_value_that_does_not_stand_where_declared_holds_the_file(cell: Cell, said: str) -> None:
    layout = {"header_row": 2, "cells": {"puskesmas": {"at": "A1", "capture": "^Puskesmas (.+)$"}}}
    with pytest.raises(PayloadError, match=f"sheet 'S', cell A1: .*{said}"):
        one(["@puskesmas", "Kasus"], layout, [[cell], ["Kasus"], [7]])


def test_a_header_over_several_columns_is_joined() -> None:
    lines: Rows = [["Kode", None, None, "Uraian"], ["5", "1", None, "Belanja"], [5.0, 2, 3, "Modal"]]
    columns = [{"source": "Kode", "join": "."}, "Uraian"]
    assert texts(one(columns, {}, lines, [Merge(1, 0, 1, 2)])) == [["5.1", "Belanja"], ["5.2.3", "Modal"]]


def test_a_merged_header_without_join_takes_the_only_filled_cell() -> None:
    lines: Rows = [["Uraian", None, "Nilai"], ["Belanja", None, 1], [None, "Pegawai", 2], ["a", "b", 3]]
    found = one(["Uraian", "Nilai"], {}, lines, [Merge(1, 0, 1, 1)])
    assert texts(found) == [["Belanja", "1"], ["Pegawai", "2"]]
    assert rejected(found) == [
        ("lembar 'S' baris 4", "Di bawah judul 'Uraian' terisi 2 sel, seharusnya satu; perbaiki lalu kirim ulang.")
    ]


def test_the_same_header_twice_is_held_only_when_the_column_is_declared() -> None:
    lines: Rows = [["Nilai", "Ket", "Ket"], [1, 2, 3]]
    assert texts(reading(declare("xlsx", ["Nilai"], {}, ignore=["Ket"]), grid("S", lines))) == [["1"]]
    with pytest.raises(PayloadError, match=r"'Ket' is there more than once, in B \('Ket'\) and C"):
        one(["Nilai", "Ket"], {}, lines)


def test_a_name_and_its_alias_together_are_ambiguous() -> None:
    declared = {"source": "Minggu Ke-", "aliases": ["Minggu"]}
    assert texts(one([declared], {}, [["Minggu"], [3]])) == [["3"]]
    with pytest.raises(PayloadError, match="more than once"):
        one([declared], {}, [["Minggu", "Minggu Ke-"], [3, 4]])


UNPIVOT = {
    "header_rows": 2,
    "unpivot": {"headers": r"(?P<umur>.+ th) / (?P<jk>L|P)", "value": "kasus"},
    "ignore_rows": ["^TOTAL"],
}
AGES: Rows = [
    ["Penyakit", "0-4 th", None, "5-9 th", None],
    [None, "L", "P", "L", "P"],
    ["ISPA", 1, 0, None, 4],
    ["TOTAL", 1, 0, 0, 4],
    ["Diare", "-", " ", Fault("berisi galat #REF!; perbaiki.", "#REF!"), 8],
]


def test_columns_that_are_values_become_rows_and_blank_is_not_zero() -> None:
    found = one(["Penyakit", "umur", "jk", {"source": "kasus", "type": "integer"}], UNPIVOT, AGES)
    assert texts(found) == [
        ["ISPA", "0-4 th", "L", "1"],
        ["ISPA", "0-4 th", "P", "0"],
        ["ISPA", "5-9 th", "P", "4"],
        ["Diare", "0-4 th", "L", "-"],
        ["Diare", "5-9 th", "P", "8"],
    ]
    assert rejected(found) == [
        ("lembar 'S' kolom '5-9 th / L' baris 5", "Sel D5 berisi galat #REF!; perbaiki."),
    ]
    assert not found.warnings


BY_AGE = {"unpivot": {"headers": r"^(?P<umur>[0-9>=-]+) th (?P<jk>[LP])$", "value": "kasus"}}


@pytest.mark.parametrize("written", ["5 - 9 th L", "5-9 Th L", "5\u20139 TH l", " 5-9  th L"])
def test_a_header_with_other_capitals_and_blanks_is_the_same_column(written: str) -> None:
    found = one(["Penyakit", "umur", "jk", "kasus"], BY_AGE, [["Penyakit", "0-4 th L", written], ["ISPA", 1, 2]])
    assert texts(found) == [["ISPA", "0-4", "L", "1"], ["ISPA", "5-9", "L", "2"]]
    assert not found.warnings


@pytest.mark.parametrize("written", ["5-9 thn L", "5-9 tahun L", "5-9 thL", datetime(2026, 9, 5)])
def test_a_header_that_only_looks_like_its_siblings_holds_the_file(written: Cell) -> None:
    lines: Rows = [["Penyakit", "0-4 th L", written, "10-14 th L"], ["ISPA", 1, 2, 3]]
    with pytest.raises(PayloadError, match=r"sheet 'S': the column '.+' looks like those that are unpivoted"):
        one(["Penyakit", "umur", "jk", "kasus"], BY_AGE, lines)


def test_another_column_beside_those_that_are_unpivoted_is_only_told() -> None:
    lines: Rows = [["Penyakit", "0-4 th L", "Jumlah L", "% 2026", "10-14 th L"], ["ISPA", 1, 2, 3, 4]]
    found = one(["Penyakit", "umur", "jk", "kasus"], BY_AGE, lines)
    assert len(texts(found)) == 2 and "'Jumlah L', '% 2026' is not declared" in found.warnings[0]


def test_blank_cells_of_unpivoted_columns_can_be_kept() -> None:
    layout = {**UNPIVOT, "unpivot": {**UNPIVOT["unpivot"], "blank": "keep"}}  # type: ignore[dict-item]
    found = one(["Penyakit", "umur", "jk", "kasus"], layout, AGES[:3])
    assert ["ISPA", "5-9 th", "L", None] in texts(found)
    assert len(found.sections) == 5


def test_unpivoted_sheets_do_not_share_row_numbers() -> None:
    source = declare("xlsx", ["Penyakit", "umur", "jk", "kasus"], UNPIVOT)
    found = reading(source, grid("2023", AGES), grid("2024", AGES))
    last = rows(found)[-1][0]
    assert place(found.sections, last) == "lembar '2024' kolom '5-9 th / P' baris 5"


def test_no_header_to_unpivot_holds_the_file() -> None:
    with pytest.raises(PayloadError, match="no header matches"):
        one(["Penyakit", "umur", "jk", "kasus"], {**UNPIVOT, "header_rows": 1}, [["Penyakit", "Jumlah"], ["ISPA", 1]])


def test_drift_is_told_per_sheet_and_empty_sheets_are_left_out() -> None:
    source = declare("xlsx", ["Nilai"], {})
    found = reading(source, grid("A", [["Nilai"], [1]]), grid("B", []), grid("C", [["Nilai", "Baru"], [2, 3]]))
    assert texts(found) == [["1"], ["2"]]
    assert [w.partition(", ")[2].partition(":")[0] for w in found.warnings] == [
        "part 'a', sheet 'B'",
        "part 'a', sheet 'C'",
    ]
    with pytest.raises(PayloadError, match=r"sheet 'B': the declared column 'Nilai' is missing"):
        list(reading(source, grid("A", [["Nilai"], [1]]), grid("B", [["Lain"], [2]])).rows)
    with pytest.raises(PayloadError, match="nothing in the file"):
        reading(source, grid("A", []), grid("B", [[None, " "]]))


FORM: Rows = [["Kelurahan", "Pasie Nan Tigo"], ["No", "Uraian", "Satuan", "Jumlah"], [1, "Kematian", "jiwa", 3], [2, "Lahir", "jiwa", 4]]  # fmt: skip
NOTES: dict[str, Rows] = {
    "Catatan": [["Catatan:"], ["Data per 31 Oktober 2026"], ["Kelurahan yang melapor", 9]],
    "Petunjuk": [["No", "Kolom", "Isian"], [1, "Uraian", "apa yang dilaporkan"], [2, "Satuan", "jiwa"], [3, "Jumlah", "angka"]],
    "Sampul": [["PEMERINTAH KOTA PADANG"], ["Kecamatan Koto Tangah"], ["Tahun", 2026], ["Telepon", "0751-123456"], ["Fax", "0751-123457"]],
    "Lembar3": [["jiwa"], ["KK"], ["rumah"], ["Kematian"]],
}  # fmt: skip
BROKEN: dict[str, Rows] = {
    "Uraian lain": [["Kelurahan", "Lubuk Minturun"], ["No", "Rincian", "Satuan", "Jumlah"], [1, "Kematian", "jiwa", 3]],
    "tanpa judul": [["Kelurahan", "Lubuk Minturun"], [1, "Kematian", "jiwa", 3], [2, "Lahir", "jiwa", 4]],
    "salah ketik": [["Kelurahan", "Lubuk Minturun"], ["No", "Urain", "Satuann", "Jumlah"]],
    "satu angka": [["x"], ["Kematian", 3]],
    "Keterangan": [["x"], ["Kematian", 3], ["Lahir", 5]],
    "isi teks": [["No", "Apa", "Ukuran", "Nilai"], [1, "Kematian", "jiwa", "nihil"], [2, "Lahir", "jiwa", "nihil"]],
    "Kel. Lubuk Minturun": [["Nihil"]],
    "Lembar9": [["Kelurahan", "Lubuk Minturun"], ["Nihil"]],
}  # fmt: skip


@pytest.mark.parametrize("header", [{"header_find": "^Uraian$"}, {"header_row": 2}])
def test_a_sheet_of_notes_is_left_out_and_a_table_with_a_broken_header_holds_the_file(header: dict[str, Any]) -> None:
    columns: list[Any] = ["Uraian", "Satuan", "Jumlah", {"source": "@kelurahan", "references": "kelurahan_name"}]
    source = declare("xlsx", columns, {**header, "cells": {"kelurahan": {"at": "B1"}}}, ignore=["No"])
    for name, lines in NOTES.items():
        for sheets in ([grid(name, lines), grid("A", FORM)], [grid("A", FORM), grid(name, lines)]):
            found = reading(source, *sheets)
            assert [row[0] for row in texts(found)] == ["Kematian", "Lahir"] and not found.warnings, name
            assert [note.partition(", sheet ")[2] for note in found.notes] == [
                f"{name!r}: it holds no table, neither the header nor rows of figures, and was left out."
            ]
        with pytest.raises(PayloadError, match=f"sheet {name!r}"):
            reading(source, grid(name, lines))
    for name, lines in BROKEN.items():
        with pytest.raises(PayloadError, match=f"sheet {name!r}: "):
            list(reading(source, grid("A", FORM), grid(name, lines)).rows)


def test_a_sheet_whose_name_is_data_is_left_out_only_where_it_is_named_as_notes() -> None:
    source = declare("xlsx", ["Uraian", "Jumlah", "@sheet"], {})
    table: Rows = [["Uraian", "Jumlah"], ["Lahir", 4]]
    assert len(texts(reading(source, grid("Alai", table), grid("Keterangan", [["nihil"]])))) == 1
    with pytest.raises(PayloadError, match="sheet 'Andalas'"):
        list(reading(source, grid("Alai", table), grid("Andalas", [["nihil"]])).rows)


def test_rows_of_zeros_are_rows() -> None:
    assert texts(one(["A", "B"], {}, [["A", "B"], [0, 0.0], [None, False], ["", None]])) == [
        ["0", "0"],
        [None, "false"],
    ]


def test_a_fault_in_a_column_that_is_not_taken_in_rejects_nothing() -> None:
    source = declare("xlsx", ["Nilai"], {}, ignore=["Cek"])
    found = reading(source, grid("S", [["Nilai", "Cek"], [1, Fault("x")], [Fault("berisi galat #N/A.", "#N/A"), 2]]))
    assert texts(found) == [["1"]]
    reject = found.rejects[0]
    assert (reject.column, reject.value, reject.reason, reject.payload) == (
        "nilai", "#N/A", "Sel A3 berisi galat #N/A.", {"isi": ["#N/A", "2"]}
    )  # fmt: skip


def test_secrets_leave_the_reader_only_as_hmac(monkeypatch: pytest.MonkeyPatch) -> None:
    from command_center.settings import settings

    monkeypatch.setenv("CC_HMAC_KEY", "11" * 32)
    settings.cache_clear()
    secret = {"classification": "rahasia", "treatment": "hmac"}
    columns = [{"source": "NIK", **secret}, {"source": "Nama", **secret, "treatment": "drop"}, "Nilai"]
    found = one(
        columns,
        {},
        [["NIK", "Nama", "Nilai"], [1371011.0, "Ani", 1], ["1371011", "Budi", 2], [1e18, "C", Fault("galat")]],
    )
    first, second = texts(found)
    assert first[0] == second[0]
    assert len(str(first[0])) == 64
    assert found.columns == ["nik", "nilai"]
    assert found.rejects[0].payload == {}
    assert "000000" not in found.rejects[0].reason
    settings.cache_clear()


@pytest.mark.parametrize(
    ("cell", "given", "text"),
    [
        (2160375621454.6, {"type": "numeric"}, "2160375621454.6"),
        (2160375621454.6, {"type": "numeric", "number": "id"}, "2160375621454,6"),
        (0.5, {"type": "numeric", "number": "id_short"}, "0,5"),
        (0.5, {}, "0.5"),
        (1309.0, {}, "1309"),
        (1e-7, {"type": "numeric"}, "0.0000001"),
        (1.5e300, {"type": "numeric"}, "15" + "0" * 299),
        (1e22, {"type": "numeric"}, "1" + "0" * 22),
        (-0.0, {"type": "integer"}, "0"),
        (9007199254740991.0, {}, "9007199254740991"),
        (Decimal(198001012005011001), {}, "198001012005011001"),
        (Decimal("12345678901234567.89"), {"type": "numeric", "number": "id"}, "12345678901234567,89"),
        (Decimal("2.32787E12"), {"type": "integer"}, "2327870000000"),
        (Decimal("92.80"), {"type": "numeric"}, "92.80"),
        (Decimal("-0"), {"type": "numeric"}, "0"),
        (10, {"type": "integer"}, "10"),
        (True, {"type": "boolean"}, "true"),
        (date(2024, 5, 6), {"type": "date", "date": "dd/MM/yyyy"}, "2024-05-06"),
        (datetime(2024, 5, 6, 7, 8), {"type": "date"}, "2024-05-06"),
        (datetime(2024, 5, 6, 7, 8), {"type": "timestamptz"}, "2024-05-06T07:08:00"),
        (time(7, 15), {"type": "time", "date": "HH:mm"}, "07:15"),
        (time(7, 15), {"type": "time", "date": "HH:mm:ss"}, "07:15:00"),
        (time(7, 15, 30), {"type": "time", "date": "HH:mm"}, "07:15:30"),
        (timedelta(hours=30), {}, "30:00:00"),
        (None, {}, None),
        ("1.234,56", {"type": "numeric"}, "1.234,56"),
    ],
)
def test_a_cell_is_written_as_the_declared_format_reads_it(cell: Cell, given: dict[str, Any], text: str | None) -> None:
    assert cell_text(cell, column(**given)) == text


def test_the_row_of_the_sheet_keeps_equal_records_apart() -> None:
    baris = {"source": "@row", "name": "baris", "type": "integer"}
    lines: Rows = [["Laporan"], ["Akun", "Jumlah"], ["Belanja", 1], [None, None], ["Belanja", 1]]
    found = one([baris, "Akun", "Jumlah"], {"header_row": 2}, lines)
    assert texts(found) == [["3", "Belanja", "1"], ["5", "Belanja", "1"]]


def test_a_value_of_the_request_named_row_is_not_the_number_of_the_row() -> None:
    source = declare("xlsx", [{"source": "@row", "name": "baris"}, "Akun"], {})
    found = read_grids(
        source, source.tables["baris"], answer(b"", row="7"), lambda *_: iter([grid("S", [["Akun"], ["Belanja"]])])
    )
    assert texts(found) == [["7", "Belanja"]]


def test_a_column_without_a_header_is_named_by_its_letter() -> None:
    kode = {"source": "Kode", "name": "kode", "aliases": ["[A]", "[B]"], "join": " "}
    uraian = {"source": "Uraian", "name": "uraian", "aliases": ["[C]"]}
    plain: Rows = [[None, None, None, "Rp"], ["5", "5.02", "Keuangan", 1], ["6", None, "Lain", 2]]
    found = one([kode, uraian, "Rp"], {}, plain)
    assert texts(found) == [["5 5.02", "Keuangan", "1"], ["6", "Lain", "2"]]
    merged: Rows = [["Kode", None, "Uraian", "Rp"], ["5", "5.02", "Keuangan", 1]]
    found = one([kode, uraian, "Rp"], {}, merged, [Merge(1, 0, 1, 1)])
    assert texts(found) == [["5 5.02", "Keuangan", "1"]]
    assert not found.warnings


def test_a_missing_header_is_no_column_unless_it_is_declared() -> None:
    with pytest.raises(PayloadError, match="'Uraian' is missing"):
        one(["Kode", "Uraian"], {}, [["Kode", None], ["5", "Keuangan"]])


@pytest.mark.parametrize("cell", [1.98001012005011e17, Decimal("1E+5000"), Decimal("1E-5000")])
def test_a_number_without_exact_text_is_refused(cell: Cell) -> None:
    with pytest.raises(Unreadable):
        cell_text(cell, column())


def test_columns_are_named_as_in_a_spreadsheet() -> None:
    assert [letters(at) for at in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]


@pytest.mark.parametrize(
    ("numbers", "is_left_out"),
    [
        (["1", "2", "3"], True),
        (["(1)", "(2)", "(3=2-1)"], True),
        ([1, 2.0, 3], True),
        (["1", "5", "1"], False),
        (["1", "URUSAN WAJIB", "3"], False),
        (["2", "3", "4"], False),
    ],
)
def test_a_row_of_column_numbers_is_left_out_only_when_it_is_one(numbers: list[Any], is_left_out: bool) -> None:
    lines = [["Kode", "Uraian", "Jumlah"], numbers, ["5", "Belanja", "7"], ["1", "2", "3"]]
    found = one(["Kode", "Uraian", "Jumlah"], {"column_numbers": True}, lines)
    assert len(texts(found)) == 3 - is_left_out
    assert dict(found.ignored) == ({"nomor kolom": 1} if is_left_out else {})
