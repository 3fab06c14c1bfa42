"""Excel 2003 XML: digits letter by letter, cells at their declared places, nothing from outside the file."""

from __future__ import annotations

import pytest
from command_center.errors import PayloadError
from command_center.extract import spreadsheetml

from tests.support.file_source import answer, declare, read, rejected, rows, texts

NAMESPACES = (
    'xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"'
)


def workbook(*rows: str, name: str = "Data") -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?><Workbook {NAMESPACES}>{sheet(*rows, name=name)}</Workbook>'.encode()


def sheet(*rows: str, name: str) -> str:
    return f'<Worksheet ss:Name="{name}"><Table>{"".join(rows)}</Table></Worksheet>'


def row(*cells: str | tuple[str, str], **attributes: object) -> str:
    written = [cell if isinstance(cell, str) and cell.startswith("<") else data(cell) for cell in cells]
    told = "".join(f' ss:{key}="{value}"' for key, value in attributes.items())
    return f"<Row{told}>{''.join(written)}</Row>"


def data(cell: str | tuple[str, str]) -> str:
    kind, text = cell if isinstance(cell, tuple) else ("String", cell)
    return f'<Cell><Data ss:Type="{kind}">{text}</Data></Cell>'


NUMERIC = {"source": "Nilai", "type": "numeric"}


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("2160375621454.6", "2160375621454.6"),
        ("123456789012345678901.05", "123456789012345678901.05"),
        ("2.32787E12", "2327870000000"),
        ("604556442349.579956055", "604556442349.58"),
        ("1.5e-3", "0.0015"),
        ("92.80", "92.80"),
        ("1309.0", "1309"),
        ("-0", "0"),
        ("1.234,56", "1.234,56"),
        ("NaN", "NaN"),
        (" 7 ", "7"),
    ],
)
def test_a_number_keeps_the_digits_that_were_sent(written: str, text: str) -> None:
    content = workbook(row("Akun", "Nilai"), row("  Pajak\u00a0", ("Number", written)))
    assert texts(read(declare("spreadsheetml", ["Akun", NUMERIC], {}), content)) == [["Pajak", text]]


def test_an_exponent_that_would_fill_the_memory_is_rejected() -> None:
    content = workbook(row("Akun", "Nilai"), row("Pajak", ("Number", "1E9999")))
    found = read(declare("spreadsheetml", ["Akun", NUMERIC], {}), content)
    assert texts(found) == []
    assert [where for where, _ in rejected(found)] == ["lembar 'Data' baris 2"]


def test_cells_and_rows_stand_where_their_index_says() -> None:
    content = workbook(
        '<Row ss:Span="1"/>',
        row("A", "B", "C", Index=4),
        row("x", '<Cell ss:Index="3"><Data ss:Type="String">z</Data></Cell>', Index=7),
        row("y"),
    )
    found = read(declare("spreadsheetml", ["A", "B", "C"], {"header_row": 4}), content)
    assert [(number, list(line)) for number, _, line in rows(found)] == [(7, ["x", None, "z"]), (8, ["y", None, None])]


def test_merged_headers_over_two_rows() -> None:
    merged = '<Cell ss:MergeAcross="1"><Data ss:Type="String">Jumlah</Data></Cell>'
    tall = '<Cell ss:MergeDown="1"><Data ss:Type="String">Kec</Data></Cell>'
    ket = '<Cell ss:MergeDown="1"><Data ss:Type="String">Ket</Data></Cell>'
    below = '<Cell ss:Index="2"><Data ss:Type="String">L</Data></Cell>'
    content = workbook(row(tall, merged, ket), row(below, "P"), row("Pauh", ("Number", "1"), ("Number", "2"), "x"))
    source = declare("spreadsheetml", ["Kec", "Jumlah / L", "Jumlah / P", "Ket"], {"header_rows": 2})
    assert texts(read(source, content)) == [["Pauh", "1", "2", "x"]]


def test_dates_times_truth_and_rich_text() -> None:
    rich = '<Cell><ss:Data ss:Type="String" xmlns="http://www.w3.org/TR/REC-html40"><B>Te</B>bal</ss:Data><Comment><Data>catatan</Data></Comment></Cell>'
    content = workbook(
        row("Tanggal", "Waktu", "Jam", "Ya", "Teks"),
        row(
            ("DateTime", "2024-05-06T00:00:00.000"), ("DateTime", "2024-05-06T07:08:09.000"),
            ("DateTime", "1899-12-31T07:15:00.000"), ("Boolean", "1"), rich,
        ),
    )  # fmt: skip
    found = read(declare("spreadsheetml", ["Tanggal", "Waktu", "Jam", "Ya", "Teks"], {}), content)
    assert texts(found) == [["2024-05-06", "2024-05-06T07:08:09", "07:15:00", "true", "Tebal"]]


def test_error_values_and_formulas_without_result_reject_their_rows() -> None:
    content = workbook(
        row("A", "B"), row("x", ("Error", "#REF!")), row("y", '<Cell ss:Formula="=R1C1"/>'), row("z", "1")
    )
    found = read(declare("spreadsheetml", ["A", "B"], {}), content)
    assert texts(found) == [["z", "1"]]
    assert rejected(found) == [
        ("lembar 'Data' baris 2", "Sel B2 berisi galat #REF!; perbaiki rumusnya lalu kirim ulang."),
        ("lembar 'Data' baris 3", "Sel B3 berisi rumus tanpa hasil; buka dan simpan berkas di Excel."),
    ]


def test_sheets_are_chosen_and_totals_left_out() -> None:
    sheets = [sheet(row("A"), row(name), row("JUMLAH"), name=name) for name in ("2023", "2024", "Sampul", "Th 2025")]
    content = f"\n <?xml version='1.0'?><Workbook {NAMESPACES}>{''.join(sheets)}</Workbook>".encode()
    source = declare("spreadsheetml", ["A", "@sheet"], {"sheets": r"^\d+$", "ignore_rows": ["^JUMLAH"]})
    found = read(source, answer(content, size=50))
    assert texts(found) == [["2023", "2023"], ["2024", "2024"]]
    assert found.ignored == {"^JUMLAH": 2}
    (note,) = found.notes
    assert "sheet 'Th 2025': it has the declared header and was left out" in note
    assert spreadsheetml.headers(source, source.tables["baris"], answer(content)) == [["A"], ["A"]]


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"PK\x03\x04", "a zip archive or an xlsx workbook"),
        (b"<html><title>Masuk</title>", "web page titled 'Masuk'"),
        (b"Akun;Nilai\r\n", "broken or cut off"),
        (b"<?xml version='1.0'?><data/>", "no Excel 2003 workbook"),
        (b"<?xml version='1.0'?><Worksheet/>", "'Worksheet', not an Excel 2003 workbook"),
        (workbook(row("A"), row("x"))[:-40], "cut off: .*line 1"),
        (workbook(row("A"), row("x")).replace(b"<Workbook", BOMB.encode() + b"<Workbook", 1), "document type"),
        (workbook(row("A"), '<Row ss:Index="x"/>'), "attribute Index is 'x'"),
        (workbook(row("A"), '<Row><Cell ss:Index="9999999"/></Row>'), "more than 16384 columns"),
    ],
)
def test_what_is_no_such_workbook_is_refused_in_one_sentence(content: bytes, said: str) -> None:
    with pytest.raises(PayloadError, match=said):
        list(read(declare("spreadsheetml", ["A"], {}), content).rows)


def test_an_outside_file_is_never_read(tmp_path: object) -> None:
    outside = f"{tmp_path}/rahasia.txt"
    with open(outside, "w") as file:
        file.write("rahasia")
    doctype = f'<!DOCTYPE Workbook [<!ENTITY luar SYSTEM "file://{outside}">]>'
    content = workbook(row("A"), row("&luar;")).replace(b"<Workbook", doctype.encode() + b"<Workbook", 1)
    with pytest.raises(PayloadError, match="document type"):
        read(declare("spreadsheetml", ["A"], {}), content)


def test_codes_are_as_they_are_shown_and_what_is_hidden_is_told() -> None:
    styles = '<Styles><Style ss:ID="s1"><NumberFormat ss:Format="000"/></Style><Style ss:ID="s2"/></Styles>'
    cell = '<Cell ss:StyleID="{}"><Data ss:Type="Number">{}</Data></Cell>'
    lines = [
        '<Column/><Column ss:Hidden="1"/>',
        row("Kode", "Nilai"),
        row(cell.format("s1", 7), cell.format("s1", 7)),
        row(cell.format("s2", 8), cell.format("s2", 8), Hidden=1),
        row(("Number", "9"), cell.format("s1", "9.5"), StyleID="s1"),
    ]
    old = sheet(row("Kode", "Nilai"), row("Z", ("Number", "1")), name="Lama").replace(
        "</Table>", "</Table><WorksheetOptions><Visible>SheetHidden</Visible></WorksheetOptions>"
    )
    content = f"<Workbook {NAMESPACES}>{styles}{sheet(*lines, name='Data')}{old}</Workbook>".encode()
    found = read(declare("spreadsheetml", ["Kode", NUMERIC], {}), content)
    assert texts(found) == [["007", "7"], ["8", "8"], ["009", "9.5"], ["Z", "1"]]
    assert [warning.partition("part 'a'")[2] for warning in found.warnings] == [
        ", sheet 'Data': the hidden column 'Nilai' was read; ask the steward whether it counts.",
        ", sheet 'Data': 1 hidden row was read, the first is row 3; ask the steward whether they count.",
        ", sheet 'Lama': the sheet is hidden and was read; name those that count in 'sheets'.",
    ]


def test_a_number_shown_in_percent_is_what_people_see() -> None:
    written = {"s1": "Percent", "s2": "0.0%", "s3": "0.00&quot;%&quot;"}
    derived = (
        '<Style ss:ID="s4" ss:Parent="s1"><Borders/></Style><Style ss:ID="s5" ss:Parent="s1"><NumberFormat/></Style>'
    )
    styles = "".join(f'<Style ss:ID="{name}"><NumberFormat ss:Format="{of}"/></Style>' for name, of in written.items())
    cell = '<Cell ss:StyleID="{}"><Data ss:Type="Number">{}</Data></Cell>'
    lines = [row("Kode", "Nilai"), *(row("A", cell.format(name, 0.4725)) for name in (*written, "s4", "s5"))]
    content = (
        f"<Workbook {NAMESPACES}><Styles>{styles}{derived}</Styles>{sheet(*lines, name='Data')}</Workbook>".encode()
    )
    found = read(declare("spreadsheetml", ["Kode", {**NUMERIC, "unit": "persen"}], {}), content)
    assert texts(found) == [["A", "47.25"], ["A", "47.25"], ["A", "0.4725"], ["A", "47.25"], ["A", "0.4725"]]
