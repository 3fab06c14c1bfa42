"""Workbooks as agencies' programs write them: digits, formulas without results, error values, odd containers."""

from __future__ import annotations

import io
import re
import struct
import zipfile
from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from typing import Any

import openpyxl
import pytest
from command_center.errors import PayloadError
from command_center.extract import xlsx
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet.worksheet import Worksheet

from tests.support.file_source import answer, declare, read, rejected, rows, texts


def book(**sheets: Sequence[Sequence[object]]) -> bytes:
    return saved(sheets, lambda sheet: None)


def saved(sheets: dict[str, Sequence[Sequence[object]]], change: Callable[[Worksheet], None]) -> bytes:
    made = openpyxl.Workbook()
    made.remove(made.worksheets[0])
    for title, lines in sheets.items():
        sheet = made.create_sheet(title)
        for line in lines:
            sheet.append(line)
        change(sheet)
    return dumped(made)


def dumped(made: openpyxl.Workbook) -> bytes:
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


def edited(content: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    """The workbook with its parts changed."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(buffer, "w") as after:
        for name in before.namelist():
            after.writestr(name, change(name, before.read(name)))
    return buffer.getvalue()


def in_sheets(content: bytes, old: bytes, new: bytes) -> bytes:
    def change(name: str, part: bytes) -> bytes:
        if "worksheets/" not in name:
            return part
        assert old in part
        return part.replace(old, new)

    return edited(content, change)


def test_values_keep_their_digits_and_rows_their_numbers() -> None:
    columns: list[Any] = ["Kode", {"source": "Nilai", "type": "numeric", "number": "id"}, "Tanggal", "Jam"]
    made = openpyxl.Workbook()
    sheet = made.worksheets[0]
    sheet.title = "Data"
    lines: dict[int, list[Any]] = {
        4: ["Kode", "Nilai", "Tanggal", "Jam"],
        6: [1309.0, 2160375621454.6, date(2024, 5, 6), time(7, 15)],
        7: ["0012", "36.387.492.566,45", datetime(2024, 5, 6, 7, 8, 9), None],
    }
    for at, line in lines.items():
        for place, value in enumerate(line, start=3):
            sheet.cell(at, place, value)
    found = read(declare("xlsx", columns, {"header_row": 4}), dumped(made))
    assert [(number, list(row)) for number, _, row in rows(found)] == [
        (6, ["1309", "2160375621454,6", "2024-05-06", "07:15:00"]),
        (7, ["0012", "36.387.492.566,45", "2024-05-06T07:08:09", None]),
    ]


def test_dates_of_a_workbook_that_counts_from_1904() -> None:
    made = openpyxl.Workbook()
    made.epoch = CALENDAR_MAC_1904
    made.worksheets[0].append(["Tanggal"])
    made.worksheets[0].append([date(2024, 5, 6)])
    assert texts(read(declare("xlsx", ["Tanggal"], {}), dumped(made))) == [["2024-05-06"]]


def test_merged_headers_of_a_real_sheet() -> None:
    def change(sheet: Worksheet) -> None:
        for place in ("A1:D1", "A2:A3", "B2:C2", "D2:D3"):
            sheet.merge_cells(place)

    content = saved({"S": [["REKAP"], ["No", "Jumlah", None, "Ket"], [None, "L", "P", None], [1, 2, 3, "x"]]}, change)
    layout = {"header_row": 2, "header_rows": 2}
    assert texts(read(declare("xlsx", ["No", "Jumlah / L", "Jumlah / P", "Ket"], layout), content)) == [
        ["1", "2", "3", "x"]
    ]


def test_a_formula_without_result_rejects_its_row_with_the_cell() -> None:
    content = book(Rekap=[["Kec", "Jumlah"], ["A", 1], ["B", "=1+1"], ["C", 3], [None, None], [None, "=SUM(B2:B4)"]])
    found = read(declare("xlsx", ["Kec", "Jumlah"], {}), content)
    assert texts(found) == [["A", "1"], ["C", "3"]]
    reason = "berisi rumus tanpa hasil; buka dan simpan berkas di Excel."
    assert rejected(found) == [
        ("lembar 'Rekap' baris 3", f"Sel B3 {reason}"),
        ("lembar 'Rekap' baris 6", f"Sel B6 {reason}"),
    ]


def test_formulas_with_results_are_values_and_an_empty_text_is_blank() -> None:
    content = book(S=[["A", "B"], ["x", "=1+1"], ["y", '=""']])
    content = in_sheets(content, b"<f>1+1</f><v></v>", b"<f>1+1</f><v>2</v>")
    content = in_sheets(content, b'<c r="B3"><f>""</f><v></v>', b'<c r="B3" t="str"><f>""</f><v></v>')
    assert texts(read(declare("xlsx", ["A", "B"], {}), content)) == [["x", "2"], ["y", None]]


@pytest.mark.parametrize("value", ["#REF!", "#DIV/0!", "#N/A"])
def test_an_error_value_is_neither_text_nor_null(value: str) -> None:
    found = read(declare("xlsx", ["Kec", "Jumlah"], {}), book(S=[["Kec", "Jumlah"], ["A", value], ["B", 2]]))
    assert texts(found) == [["B", "2"]]
    assert rejected(found) == [
        ("lembar 'S' baris 2", f"Sel B2 berisi galat {value}; perbaiki rumusnya lalu kirim ulang.")
    ]
    assert found.rejects[0].value == value


def test_numbers_longer_than_a_float_keep_their_digits_or_are_rejected() -> None:
    content = book(S=[["NIP", "Nilai"], [111, 222], [333, 444]])
    for old, new in (
        (b"<v>111</v>", b"<v>198001012005011001</v>"),
        (b"<v>222</v>", b"<v>12345678901234567.89</v>"),
        (b"<v>333</v>", b"<v>1.98001012005011E+17</v>"),
    ):
        content = in_sheets(content, old, new)
    found = read(declare("xlsx", ["NIP", {"source": "Nilai", "type": "numeric"}], {}), content)
    assert texts(found) == [["198001012005011001", "12345678901234567.89"]]
    ((where, reason),) = rejected(found)
    assert (where, reason.partition(";")[0]) == (
        "lembar 'S' baris 3",
        "Sel A3 berisi angka yang terlalu panjang sehingga digit terakhirnya hilang di Excel",
    )


def test_a_calculated_amount_has_the_digits_that_the_program_meant() -> None:
    content = in_sheets(book(S=[["Nilai"], [111]]), b"<v>111</v>", b"<v>604556442349.579956055</v>")
    assert texts(read(declare("xlsx", [{"source": "Nilai", "type": "numeric"}], {}), content)) == [["604556442349.58"]]


def test_cells_without_references_and_with_a_namespace_prefix() -> None:
    content = book(S=[["A", "B"], ["x", "=1+1"], ["y", 5]])

    def change(name: str, part: bytes) -> bytes:
        if "worksheets/" not in name:
            return part
        part = re.sub(rb' r="[A-Z]*[0-9]+"', b"", part)
        part = re.sub(rb"<(/?)([a-zA-Z])", rb"<\1x:\2", part)
        return part.replace(b"xmlns=", b"xmlns:x=")

    found = read(declare("xlsx", ["A", "B"], {}), edited(content, change))
    assert texts(found) == [["y", "5"]]
    assert rejected(found)[0][0] == "lembar 'S' baris 2"


def test_sheets_are_chosen_by_name_and_hidden_ones_are_read() -> None:
    made = openpyxl.Workbook()
    for title in ("2023", "2024", "Catatan"):
        made.create_sheet(title).append(["A"])
        made[title].append([title])
    made["2024"].sheet_state = "hidden"
    made.create_chartsheet("2025")
    source = declare("xlsx", ["A", "@sheet"], {"sheets": r"^\d{4}$"})
    assert texts(read(source, dumped(made))) == [["2023", "2023"], ["2024", "2024"]]
    assert xlsx.headers(source, source.tables["baris"], answer(dumped(made))) == [["A"], ["A"]]
    with pytest.raises(
        PayloadError, match=r"no sheet matches '\^Juni'; the file has 'Sheet', '2023', '2024', 'Catatan'"
    ):
        read(declare("xlsx", ["A"], {"sheets": "^Juni"}), dumped(made))


def test_a_sheet_that_is_not_chosen_is_told_where_it_has_the_declared_header() -> None:
    made = openpyxl.Workbook()
    for title in ("2025", "Th 2026", "Lama 2024", "Catatan 2026"):
        made.create_sheet(title).append(["A"])
        made[title].append([title])
    made["Lama 2024"].sheet_state = "hidden"
    made.create_sheet("Grafik 2026").append(["B"])
    made.create_sheet("Mentah").append(["A"])  # however large, it is not opened
    made["Mentah"].append(["x"])
    source = declare("xlsx", ["A"], {"sheets": r"^\d{4}$"})
    whole = dumped(made)
    broken = edited(whole, lambda name, part: part[:200] if name.endswith("sheet6.xml") else part)
    assert broken != whole
    for content in (whole, broken):
        found = read(source, content)
        assert texts(found) == [["2025"]] and not found.warnings
        (note,) = found.notes
        assert "sheet 'Th 2026': it has the declared header and was left out" in note


def test_files_inside_an_archive_tell_their_name() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in ("lb1_kuranji.xlsx", "lb1_pauh.xlsx"):
            archive.writestr(f"mei/{name}", book(LB1=[["Penyakit", "L"], ["ISPA", 3], ["Diare", "#N/A"]]))
    source = declare("xlsx", ["@puskesmas", "@file", "Penyakit", "L"], {}, members=r"mei/lb1_(?P<puskesmas>\w+)\.xlsx")
    found = read(source, buffer.getvalue())
    assert texts(found) == [["kuranji", "lb1_kuranji.xlsx", "ISPA", "3"], ["pauh", "lb1_pauh.xlsx", "ISPA", "3"]]
    assert [where for where, _ in rejected(found)] == [
        "berkas 'lb1_kuranji.xlsx' lembar 'LB1' baris 3",
        "berkas 'lb1_pauh.xlsx' lembar 'LB1' baris 3",
    ]


def zipped(**parts: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name.replace("_", "/", 1).replace("_", "."), part)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is not an xlsx workbook"),
        (b"Kec;Jumlah\r\nA;1\r\n", "is not an xlsx workbook"),
        (b"<html><head><title>Masuk</title></head>", "web page titled 'Masuk'"),
        (b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>', "kind spreadsheetml"),
        (b"PK\x03\x04cut", "cut off"),
        (zipped(xl_workbook_bin="x"), "a binary workbook"),
        (zipped(content_xml="x"), "a zip archive of"),
        (zipped(xl_workbook_xml="<a"), "cannot be read"),
        (zipped(xl_workbook_xml="x" * (30 << 20)), "would unpack"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "protected by a password"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000), "cannot be read"),
    ],
)  # fmt: skip
def test_what_is_no_workbook_is_refused_in_one_sentence(content: bytes, said: str) -> None:
    with pytest.raises(PayloadError, match=said):
        read(declare("xlsx", ["Kec"], {}), content)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_a_workbook_that_is_cut_off_is_refused(share: float) -> None:
    content = book(S=[["Kec"], *([f"baris {number}"] for number in range(500))])
    with pytest.raises(PayloadError):
        read(declare("xlsx", ["Kec"], {}), content[: int(len(content) * share)])


def record(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def binary_workbook(cells: Sequence[bytes], *, padding: int, book: bytes = b"") -> bytes:
    """A BIFF8 workbook of one sheet in a compound file; padding decides whether it is held in small sectors."""
    bof = struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 0)
    globals_bof = record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0))
    name = record(0x0085, struct.pack("<IBBBB", 0, 0, 0, 4, 0) + b"Data")
    start = len(globals_bof) + len(book) + len(name) + 4
    name = record(0x0085, struct.pack("<IBBBB", start, 0, 0, 4, 0) + b"Data")
    sheet = record(0x0809, bof) + b"".join(cells) + record(0x000A, b"")
    return compound(globals_bof + book + name + record(0x000A, b"") + sheet + bytes(padding))


def compound(stream: bytes) -> bytes:
    """A compound file that holds one stream, Workbook."""

    def entry(name: str, kind: int, first: int, size: int, child: int = 0xFFFFFFFF) -> bytes:
        raw = name.encode("utf-16-le") + b"\0\0"
        ends = (0xFFFFFFFF, 0xFFFFFFFF, child)
        head = raw.ljust(64, b"\0") + struct.pack("<HBBIII", len(raw), kind, 1, *ends)
        return head + bytes(36) + struct.pack("<IQ", first, size)

    def follow(first: int, count: int) -> list[int]:
        return [*range(first + 1, first + count), 0xFFFFFFFE]

    is_small = len(stream) < 4096
    data = stream.ljust(-(-len(stream) // 512) * 512, b"\0")
    sectors = len(data) // 512
    # sector 0: allocation table; 1: directory; 2: table of small sectors; from 3: data
    table = [0xFFFFFFFD, 0xFFFFFFFE, 0xFFFFFFFE, *follow(3, sectors)]
    small = follow(0, len(data) // 64)
    root = entry("Root Entry", 5, 3 if is_small else 0xFFFFFFFE, len(data) if is_small else 0, child=1)
    book = entry("Workbook", 2, 0 if is_small else 3, len(stream))
    header = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
        + struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, 2 if is_small else 0xFFFFFFFE, int(is_small), 0xFFFFFFFE, 0)
        + struct.pack("<109I", 0, *[0xFFFFFFFF] * 108)
    )  # fmt: skip

    def numbers(of: list[int]) -> bytes:
        return struct.pack("<128I", *of[:128], *[0xFFFFFFFF] * (128 - len(of)))

    return header + numbers(table) + (root + book).ljust(512, b"\0") + numbers(small if is_small else []) + data


def label(row: int, at: int, text: str) -> bytes:
    return record(0x0204, struct.pack("<HHHHB", row, at, 0, len(text), 0) + text.encode("latin-1"))


@pytest.mark.parametrize("padding", [0, 9000])
def test_a_binary_workbook_tells_its_error_values(padding: int) -> None:
    cells = [
        label(0, 0, "Kec"), label(0, 1, "Jumlah"),
        label(1, 0, "A"), record(0x0203, struct.pack("<HHHd", 1, 1, 0, 12.5)),
        label(2, 0, "B"), record(0x0205, struct.pack("<HHHBB", 2, 1, 0, 0x2A, 1)),
        label(3, 0, "C"), record(0x0205, struct.pack("<HHHBB", 3, 1, 0, 1, 0)),
        label(4, 0, "D"), record(0x0006, struct.pack("<HHH", 4, 1, 0) + b"\x02\0\x07\0\0\0\xff\xff" + bytes(8)),
    ]  # fmt: skip
    found = read(declare("xlsx", ["Kec", "Jumlah"], {}), binary_workbook(cells, padding=padding))
    assert texts(found) == [["A", "12.5"], ["C", "true"]]
    assert [(where, reason.partition(";")[0]) for where, reason in rejected(found)] == [
        ("lembar 'Data' baris 3", "Sel B3 berisi galat #N/A"),
        ("lembar 'Data' baris 5", "Sel B5 berisi galat #DIV/0!"),
    ]


def test_any_broken_bytes_give_a_sentence_and_never_a_crash() -> None:
    import random

    chance = random.Random(3)
    content = book(S=[["Kec", "N"], *([f"k{number}", number] for number in range(50))])
    binary = binary_workbook([label(0, 0, "Kec"), label(1, 0, "A")], padding=0)
    source = declare("xlsx", ["Kec"], {})
    refused = 0
    for original in [content] * 150 + [binary] * 150:
        broken = bytearray(original)
        for _ in range(chance.randrange(1, 30)):
            broken[chance.randrange(len(broken))] = chance.randrange(256)
        try:
            list(read(source, bytes(broken)).rows)
        except PayloadError:
            refused += 1
    assert refused > 50


def made_cells(value: Any) -> list[list[Any]]:
    return [["A"], [value]]


def test_texts_are_trimmed_and_control_characters_stay_for_the_loader_to_reject() -> None:
    assert texts(read(declare("xlsx", ["A"], {}), book(S=made_cells("  Mata\u00a0Air \u00a0")))) == [["Mata\u00a0Air"]]
    assert texts(read(declare("xlsx", ["A"], {}), book(S=made_cells("x_x0000_y")))) == [["x\0y"]]


CODES: list[str | dict[str, Any]] = ["Kode", {"source": "Nomor", "type": "integer"}]


def test_a_number_in_a_column_of_texts_is_the_code_that_people_see() -> None:
    def change(sheet: Worksheet) -> None:
        for row in sheet.iter_rows(min_row=2):
            for cell in row:
                cell.number_format = "000"
        sheet["A4"].number_format, sheet["A5"].number_format = '00"."00"."00', "General"

    lines: list[list[object]] = [
        ["Kode", "Nomor"],
        [7, 7],
        [1234, 1234],
        [137101, 1],
        [8, 1],
        [2.5, 1],
        ["009", 1],
        [None, 1],
    ]
    found = read(declare("xlsx", CODES, {}), saved({"S": lines}, change))
    assert texts(found) == [
        ["007", "7"],
        ["1234", "1234"],
        ["13.71.01", "1"],
        ["8", "1"],
        ["2.5", "1"],
        ["009", "1"],
        [None, "1"],
    ]


def test_hidden_sheets_rows_and_columns_are_read_and_told() -> None:
    def change(sheet: Worksheet) -> None:
        sheet.sheet_state = "hidden" if sheet.title == "Lama" else "visible"
        if sheet.title == "S":
            sheet.row_dimensions[3].hidden = sheet.row_dimensions[5].hidden = sheet.row_dimensions[9].hidden = True
            sheet.column_dimensions["B"].hidden = True
            sheet.column_dimensions["C"].hidden = True

    lines: list[list[object]] = [
        ["Kec", "Jumlah", "Catatan"],
        ["A", 1, "x"],
        ["B", 2, "x"],
        ["C", 3, "x"],
        ["D", 4, "x"],
    ]
    content = saved({"S": lines, "Lama": [["Kec", "Jumlah", "Catatan"], ["Z", 99, "x"]]}, change)
    found = read(declare("xlsx", ["Kec", "Jumlah"], {}, ignore=["Catatan"]), content)
    assert [row[0] for row in texts(found)] == ["A", "B", "C", "D", "Z"]
    assert [warning.partition("part 'a'")[2] for warning in found.warnings] == [
        ", sheet 'S': the hidden column 'Jumlah' was read; ask the steward whether it counts.",
        ", sheet 'S': 2 hidden rows were read, the first is row 3; ask the steward whether they count.",
        ", sheet 'Lama': the sheet is hidden and was read; name those that count in 'sheets'.",
    ]
    only = read(declare("xlsx", ["Kec"], {"sheets": "^Lama$"}, ignore=["Catatan", "Jumlah"]), content)
    assert texts(only) == [["Z"]] and len(only.warnings) == 1
    plain = read(declare("xlsx", ["Kec"], {}), book(S=[["Kec"], ["A"]]))
    assert texts(plain) == [["A"]] and plain.warnings == []


def test_a_binary_workbook_tells_its_codes_and_what_is_hidden() -> None:
    formats = record(0x041E, struct.pack("<HHB", 164, 3, 0) + b"000")
    styles = record(0x00E0, struct.pack("<HH", 0, 0) + bytes(16)) + record(
        0x00E0, struct.pack("<HH", 0, 164) + bytes(16)
    )
    cells = [
        record(0x007D, struct.pack("<HHHHH", 1, 1, 0, 0, 1)),
        record(0x0208, struct.pack("<HHHHHHBBH", 2, 0, 2, 0, 0, 0, 0x20, 1, 0)),
        label(0, 0, "Kode"), label(0, 1, "Nomor"),
        record(0x0203, struct.pack("<HHHd", 1, 0, 1, 7.0)), record(0x0203, struct.pack("<HHHd", 1, 1, 1, 7.0)),
        record(0x00BD, struct.pack("<HHHIHIH", 2, 0, 1, 8 << 2 | 2, 0, 9 << 2 | 2, 1)),
    ]  # fmt: skip
    found = read(declare("xlsx", CODES, {}), binary_workbook(cells, padding=0, book=formats + styles))
    assert texts(found) == [["007", "7"], ["008", "9"]]
    assert [
        "hidden column 'Nomor'" in found.warnings[0],
        "1 hidden row was read, the first is row 3" in found.warnings[1],
    ] == ([True, True])


def test_a_number_shown_in_percent_is_what_people_see() -> None:
    columns: list[Any] = [
        {"source": "Fisik (%)", "type": "numeric", "number": "id", "unit": "persen"},
        {"source": "Keuangan (%)", "type": "numeric", "unit": "persen"},
        {"source": "Pagu", "type": "numeric", "unit": "Rp"},
        "Catatan",
    ]

    def change(sheet: Worksheet) -> None:
        for cell in sheet[2]:
            cell.number_format = "0.00%"
        sheet["A3"].number_format, sheet["B3"].number_format = "0%", '0.00"%"'
        for cell in (*sheet[4], *sheet[5]):
            cell.number_format = "0.0%;[Red]-0.0%"

    lines: list[list[object]] = [
        ["Fisik (%)", "Keuangan (%)", "Pagu", "Catatan"],
        [0.4725, 0.07, 0.5, 0.29],
        [1, 47.25, 1250000, "tetap"],
        [-0.0125, "12,5", 0, None],
        [83.74 / 100, 0.1 + 0.2, 0, None],
    ]
    assert texts(read(declare("xlsx", columns, {}), saved({"S": lines}, change))) == [
        ["47,25", "7", "50%", "29%"],
        ["100", "47.25", "1250000", "tetap"],
        ["-1,25", "12,5", "0%", None],
        ["83,74", "30", "0%", None],
    ]


def test_a_binary_workbook_tells_what_it_shows_in_percent() -> None:
    formats = record(0x041E, struct.pack("<HHB", 164, 4, 0) + b"0.0%")
    styles = b"".join(record(0x00E0, struct.pack("<HH", 0, of) + bytes(16)) for of in (0, 10, 164))
    columns: list[Any] = [{"source": name, "type": "numeric", "unit": "persen"} for name in ("A", "B", "C")]
    calculated = struct.pack("<HHHdHIH", 1, 2, 2, 0.29, 0, 0, 3) + b"\x1e\x01\x00"
    cells = [
        *(label(0, at, name) for at, name in enumerate("ABC")),
        record(0x0203, struct.pack("<HHHd", 1, 0, 0, 0.07)), record(0x0203, struct.pack("<HHHd", 1, 1, 1, 0.4725)),
        record(0x0006, calculated),
    ]  # fmt: skip
    found = read(declare("xlsx", columns, {}), binary_workbook(cells, padding=0, book=formats + styles))
    assert texts(found) == [["0.07", "47.25", "29"]]
