"""Web pages that agencies send as .xls: spans, entities, encodings, pages without a table."""

from __future__ import annotations

import pytest
from command_center.errors import DeclarationError, PayloadError
from command_center.extract import html_table

from tests.support.file_source import answer, declare, read, rejected, rows, texts


def page(body: str, encoding: str = "utf-8") -> bytes:
    return f"<html><head><title>Laporan  LB1</title></head><body>{body}</body></html>".encode(encoding)


def table(*lines: str) -> str:
    return "<table border=1>" + "".join(f"<tr>{line}</tr>" for line in lines) + "</table>"


def cells(*values: str, tag: str = "td") -> str:
    return "".join(f"<{tag}>{value}</{tag}>" for value in values)


def test_spans_are_merged_headers() -> None:
    body = table(
        "<th rowspan=2>No</th><th rowspan='2'>Kecamatan</th><th colspan=2>Jumlah</th><th rowspan=2>Ket</th>",
        cells("L", "P", tag="th"),
        cells("1", "Kuranji", "1.234,5", "3", "x"),
        cells("2", "Pauh", "-", "", "y"),
        "<td colspan=2>JUMLAH</td>" + cells("1", "2", ""),
    )
    source = declare(
        "html_table",
        ["No", "Kecamatan", "Jumlah / L", "Jumlah / P", "Ket"],
        {"header_rows": 2, "ignore_rows": ["^JUMLAH"]},
    )
    found = read(source, page(body))
    assert [(number, list(line)) for number, _, line in rows(found)] == [
        (3, ["1", "Kuranji", "1.234,5", "3", "x"]),
        (4, ["2", "Pauh", "-", None, "y"]),
    ]
    assert found.ignored == {"^JUMLAH": 1}


def test_a_cell_over_several_rows_is_filled_down_only_when_declared() -> None:
    body = table(cells("Kec", "Kel"), "<td rowspan=2>A</td><td>1</td>", "<td>2</td>", cells("B", "3"))
    assert texts(read(declare("html_table", ["Kec", "Kel"], {}), page(body))) == [["A", "1"], [None, "2"], ["B", "3"]]
    source = declare("html_table", ["Kec", "Kel"], {"fill_down": ["Kec"]})
    assert texts(read(source, page(body))) == [["A", "1"], ["A", "2"], ["B", "3"]]


def test_text_is_what_a_person_reads() -> None:
    line = cells(" Mata&nbsp;Air <br>Timur<!-- x --><script>no</script>", "00123", "<b>1</b><i>309</i>", "a &lt; b")
    body = table(cells("A", "B", "C", "D"), line)
    assert texts(read(declare("html_table", ["A", "B", "C", "D"], {}), page(body))) == [
        ["Mata Air Timur", "00123", "1309", "a < b"]
    ]


def test_tables_are_chosen_by_number_and_nested_ones_ignored() -> None:
    inner = table(cells("A"), cells("dalam"))
    body = table(cells("Kop surat")) + table(cells("A"), cells("x" + inner), cells("y")) + table(cells("A"), cells("z"))
    source = declare("html_table", ["A", "@sheet"], {"sheets": "^[23]$"})
    found = read(source, page(body))
    assert texts(found) == [["x", "2"], ["y", "2"], ["z", "3"]]
    assert [section.label for section in found.sections] == ["tabel 2 baris ", "tabel 3 baris "]
    assert html_table.headers(source, source.tables["baris"], answer(page(body))) == [["A"], ["A"]]
    with pytest.raises(PayloadError, match="no table matches '9'; the file has '1', '2', '3'"):
        read(declare("html_table", ["A"], {"sheets": "9"}), page(body))


def test_the_declared_encoding_counts_not_that_of_the_page() -> None:
    body = '<meta http-equiv="Content-Type" content="text/html; charset=utf-8">' + table(cells("A"), cells("Café"))
    assert texts(read(declare("html_table", ["A"], {"encoding": "cp1252"}), page(body, "cp1252"))) == [["Café"]]
    with pytest.raises(DeclarationError, match="no encoding 'utf-9'"):
        read(declare("html_table", ["A"], {"encoding": "utf-9"}), page(body))


def test_letters_of_another_encoding_and_error_values_reject_their_rows() -> None:
    body = table(cells("A"), cells("Café"), cells("#REF!"), cells("baik"))
    found = read(declare("html_table", ["A"], {}), page(body, "cp1252"))
    assert texts(found) == [["baik"]]
    assert [(where, reason.split(";")[0]) for where, reason in rejected(found)] == [
        ("tabel 1 baris 2", "Sel A2 memuat huruf yang bukan dari pengodean yang dideklarasikan"),
        ("tabel 1 baris 3", "Sel A3 berisi galat #REF!"),
    ]


def test_sloppy_pages_are_read_like_a_browser_does() -> None:
    content = b"<table><tr><th>A<th>B<tr><td>1<td>2<tr><td>3<td>4</table>"
    assert texts(read(declare("html_table", ["A", "B"], {}), content)) == [["1", "2"], ["3", "4"]]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no web page"),
        (b"A;B\r\n1;2\r\n", "no web page"),
        (page("<p>Silakan masuk</p>"), "titled 'Laporan LB1' has no table"),
        (page(table(cells("A"), cells("x"), cells("y")))[:-45], "ends inside a table"),
        (b"PK\x03\x04", "a zip archive or an xlsx workbook"),
        (b"\xd0\xcf\x11\xe0", "a binary .xls workbook"),
        (page("<div>" * 400 + table(cells("A"), cells("x"))), "cannot be read|has no table"),
        (page(table(cells("A"), "<td colspan=999>" * 20)), "more than 16384 columns"),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_sentence(content: bytes, said: str) -> None:
    with pytest.raises(PayloadError, match=said):
        list(read(declare("html_table", ["A"], {}), content).rows)


@pytest.mark.parametrize("how", ["hidden", 'style="display: none"', 'style="color:red; DISPLAY:none;"'])
def test_hidden_rows_and_tables_are_read_and_told(how: str) -> None:
    body = f"<table><tr><td>Kec</td></tr><tr {how}><td>A</td></tr><tr><td>B</td></tr></table>" + table(
        cells("Kec"), cells("C")
    )
    found = read(declare("html_table", ["Kec"], {}), page(body.replace("<table border=1>", f"<table {how}>")))
    assert texts(found) == [["A"], ["B"], ["C"]]
    assert [
        "1 hidden row was read, the first is row 2" in found.warnings[0],
        "table 2: the sheet is hidden" in found.warnings[1],
    ] == ([True, True])
