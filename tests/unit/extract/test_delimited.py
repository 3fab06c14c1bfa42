"""Delimited text: as it is where COPY may take it, row by row where not, and every broken row told."""

from __future__ import annotations

import codecs
import csv
import io
import zipfile
from collections.abc import Sequence
from typing import Any

import pytest
from command_center.declaration.source import Source
from command_center.errors import DeclarationError, PayloadError
from command_center.extract import delimited
from command_center.extract.asking import BUNDLE
from command_center.extract.delimited import NotPlain
from command_center.extract.reading import Answer, Reading, as_csv
from command_center.intake.quarantine import place
from hypothesis import given
from hypothesis import strategies as st

from tests.support.file_source import answer, declare, read, rejected, rows, texts

CONTENT = b"Kode;Nilai\r\n0012;1.234,5\r\n13;\r\n"


def by_row(source: Source, given: bytes | Answer) -> Reading:
    given = given if isinstance(given, Answer) else answer(given)
    return delimited.read(source, source.tables["baris"], given, row_by_row=True)


def semicolons(columns: Sequence[Any] = ("Kode", "Nilai"), **layout: Any) -> Source:
    return declare("csv", columns, {"separator": ";", **layout})


def test_a_plain_file_goes_to_copy_as_it_is_and_gives_the_same_rows() -> None:
    found = read(semicolons(["Nilai", "Kode"]), answer(codecs.BOM_UTF8 + CONTENT, size=7))
    assert found.csv_bytes is not None
    assert b"".join(found.csv_bytes) == CONTENT
    assert (found.columns, found.csv_separator) == (["kode", "nilai"], ";")
    copied = list(csv.reader(io.StringIO(b"".join(as_csv(found)).decode())))
    assert copied == [["0012", "1.234,5", "1", "f"], ["13", "", "2", "f"]]
    assert place(found.sections, 2) == "baris 3"


@pytest.mark.parametrize(
    "given",
    [
        {"columns": ["Kode", "Nilai", "@part"]},
        {"columns": ["Kode", {"source": "Nilai", "classification": "rahasia", "treatment": "drop"}]},
        {"columns": ["Kode", "Nilai"], "header_row": 2},
        {"columns": ["Kode", {"source": "Nilai", "join": ","}]},
        {"columns": ["Kode", {"source": "Nilai", "name": "satu"}, {"source": "Nilai", "name": "dua"}]},
        {"columns": ["Kode"]},
    ],
)
def test_what_must_be_reshaped_is_read_row_by_row(given: dict[str, Any]) -> None:
    content = CONTENT if given.get("header_row") is None else b"judul;\r\n" + CONTENT
    found = read(semicolons(**given), content)
    assert found.csv_bytes is None
    assert [line[0] for line in texts(found)] == ["0012", "13"]


def test_bytes_that_copy_would_refuse_are_not_plain() -> None:
    for broken in (b"0012;\x00\r\n", b"0012;caf\xe9\r\n", b"0012;\xc3"):
        found = read(semicolons(), CONTENT + broken)
        assert found.csv_bytes is not None
        with pytest.raises(NotPlain):
            list(found.csv_bytes)


def as_copy_reads(content: bytes) -> list[list[str]]:
    """PostgreSQL's CSV: a quotation mark begins and ends a quotation wherever it stands."""
    rows, quoted, ended = [[""]], False, False
    for sign in content.decode():
        if quoted and sign == '"':
            quoted, ended = False, True
            continue
        if not quoted and sign == '"':
            quoted = True
            rows[-1][-1] += '"' if ended else ""  # "" within a quotation is a mark
            ended = False
            continue
        ended = False
        if quoted or sign not in ";\n":
            rows[-1][-1] += sign
        elif sign == ";":
            rows[-1].append("")
        else:
            rows.append([""])
    return [row for row in rows if row != [""]]


@given(content=st.text('ab";\n', max_size=40), size=st.integers(1, 9))
def test_a_file_goes_to_copy_only_where_copy_reads_the_rows_that_row_by_row_reads(content: str, size: int) -> None:
    found = read(semicolons(), answer(b"Kode;Nilai\n" + content.encode(), size=size))
    assert found.csv_bytes is not None
    try:
        copied = as_copy_reads(b"".join(found.csv_bytes))
    except NotPlain:
        return
    read_one_by_one = csv.reader(io.StringIO(f"Kode;Nilai\n{content}", newline=""), delimiter=";")
    assert copied == [row for row in read_one_by_one if row not in ([], [""])]


def test_marks_of_inches_are_text_and_no_row_is_swallowed() -> None:
    content = b'Kode;Nilai\nK1;Pipa 2" PVC\nK2;Pipa 3" PVC\nK3;biasa\nK4;"dikutip; ""utuh"""\n'
    found = read(semicolons(), content)
    assert found.csv_bytes is not None
    with pytest.raises(NotPlain):
        b"".join(found.csv_bytes)
    assert texts(by_row(semicolons(), content)) == [
        ["K1", 'Pipa 2" PVC'],
        ["K2", 'Pipa 3" PVC'],
        ["K3", "biasa"],
        ["K4", 'dikutip; "utuh"'],
    ]


def test_every_broken_row_is_told_and_the_others_are_read() -> None:
    content = CONTENT + b'1;2;3\r\n4\r\n\r\n;\r\n5;6;\r\n7;caf\xe9\r\n8;\x00\r\n"9;10\r\n11;12\r\n13;14\r\n'
    found = by_row(semicolons(), content)
    assert texts(found) == [["0012", "1.234,5"], ["13", ""], ["5", "6"], ["11", "12"], ["13", "14"]]
    assert [(where, reason.split(";")[0].split(",")[0]) for where, reason in rejected(found)] == [
        ("baris 4", "Baris berisi 3 kolom"),
        ("baris 5", "Baris berisi 1 kolom"),
        ("baris 9", "Baris memuat huruf yang bukan dari pengodean yang dideklarasikan"),
        ("baris 10", "Baris memuat karakter NUL"),
        ("baris 11", "Tanda kutip pada baris ini tidak ditutup atau kolomnya tidak sesuai"),
    ]
    assert found.rejects[0].payload == {"isi": ["1", "2", "3"]}
    assert "\0" not in str(found.rejects[3].payload)


def test_an_open_quote_does_not_swallow_the_rest_of_a_long_file() -> None:
    lines = b"".join(b"%d;x\r\n" % number for number in range(40_000))
    found = by_row(semicolons(), b'Kode;Nilai\r\n"1;x\r\n' + lines)
    assert len(rows(found)) == 40_000
    assert [where for where, _ in rejected(found)] == ["baris 2"]


def test_quoted_values_may_hold_separators_and_line_ends() -> None:
    found = by_row(semicolons(), b'Kode;Nilai\r\n"a;b";"satu\r\ndua"\r\nc;d\r\n')
    assert [(number, list(line)) for number, _, line in rows(found)] == [(2, ["a;b", "satu\r\ndua"]), (3, ["c", "d"])]


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16", "utf-8"])
def test_the_declared_encoding_is_used_in_both_ways_of_reading(encoding: str) -> None:
    content = "Kode;Nilai\r\n1;Café\r\n".encode(encoding)
    found = read(semicolons(encoding=encoding), content)
    assert found.csv_bytes is not None
    assert b"".join(found.csv_bytes).decode() == "Kode;Nilai\r\n1;Café\r\n"
    assert texts(by_row(semicolons(encoding=encoding), answer(content, size=5))) == [["1", "Café"]]


def test_a_layout_with_title_totals_signature_and_fill_down() -> None:
    content = (
        b"Laporan;;;\nBulan;Mei 2024;;\n;;;\nKecamatan;Kelurahan;Jumlah;\n;;L;P\n1;2;3;4\n"
        b"Pauh;Limau Manis;1;2\n;Pisang;3;\nJUMLAH;;4;2\nKuranji;Ampang;5;6\n\nMengetahui\nKepala Dinas\n"
    )
    layout = {
        "header_find": "^Kecamatan$", "header_rows": 2, "skip_below": 1, "ignore_rows": ["^JUMLAH"], "stop_at": "^Mengetahui",
        "fill_down": ["Kecamatan"], "cells": {"bulan": {"at": "B2", "capture": r"^(\w+) \d{4}$"}},
    }  # fmt: skip
    found = read(semicolons(["@bulan", "Kecamatan", "Kelurahan", "Jumlah / L", "Jumlah / P"], **layout), content)
    assert texts(found) == [
        ["Mei", "Pauh", "Limau Manis", "1", "2"],
        ["Mei", "Pauh", "Pisang", "3", ""],
        ["Mei", "Kuranji", "Ampang", "5", "6"],
    ]
    assert found.ignored == {"^JUMLAH": 1}
    assert (
        place(found.sections, rows(read(semicolons(["Kecamatan"], **{**layout, "cells": {}}), content))[0][0])
        == "baris 7"
    )


def test_columns_that_are_years_become_rows() -> None:
    layout = {"unpivot": {"headers": r"(?P<tahun>\d{4})", "value": "jiwa"}}
    found = read(semicolons(["Kode", "tahun", "jiwa"], **layout), b"Kode;2022;2023\n13;5;\n14;6;7\n")
    assert texts(found) == [["13", "2022", "5"], ["14", "2022", "6"], ["14", "2023", "7"]]


def zipped(**files: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(f"{name}.csv", content)
    return buffer.getvalue()


def test_many_files_of_an_archive_are_told_apart() -> None:
    content = zipped(pauh=CONTENT + b"1;2;3\n", kuranji=CONTENT + b"1\n")
    source = declare("csv", ["@puskesmas", "Kode", "Nilai"], {"separator": ";"}, members=r"(?P<puskesmas>\w+)\.csv")
    found = read(source, content)
    assert [line[0] for line in texts(found)] == ["pauh", "pauh", "kuranji", "kuranji"]
    assert [where for where, _ in rejected(found)] == ["berkas 'pauh.csv' baris 4", "berkas 'kuranji.csv' baris 4"]
    assert delimited.headers(source, source.tables["baris"], answer(content)) == [["Kode", "Nilai"]] * 2


def test_pages_of_one_request_are_read_in_order() -> None:
    pages = zipped(p1=CONTENT, p2=b"Kode;Nilai\r\n99;1\r\n")
    found = read(semicolons(), Answer("uji", lambda: iter([pages]), {}, content_type=BUNDLE))
    assert [line[0] for line in texts(found)] == ["0012", "13", "99"]


def test_a_header_alone_is_an_empty_table() -> None:
    for more in ({}, {"columns": ["@part", "Kode", "Nilai"]}):
        assert texts(read(semicolons(**more), b"Kode;Nilai\r\n")) == []
    assert texts(read(declare("csv", ["Kode"], {}), b"Kode")) == []


def test_what_a_database_answered() -> None:
    source = declare("sql", ["id", "nama"], {}).model_copy()
    found = read(source, b'id,nama\n1,"a,b"\n2,\n3,""\n')
    assert found.csv_bytes is not None
    assert texts(found) == [["1", "a,b"], ["2", ""], ["3", ""]]


@pytest.mark.parametrize(
    ("content", "layout", "said"),
    [
        (b"", {}, "is empty"),
        (b" \r\n", {}, "is empty"),
        (b"<!doctype html><title>Masuk</title>", {}, "web page titled 'Masuk'"),
        (b"PK\x03\x04xx", {}, "an xlsx workbook"),
        (
            b'<?xml version="1.0"?>\n<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">',
            {},
            "kind spreadsheetml",
        ),
        ("Kode;Nilai\n".encode("utf-16"), {}, "text in UTF-16"),
        (b"Kode,Nilai\n1,2\n", {}, "separated by ';'; the file seems to be separated by ','"),
        (b"Judul\nKode\tNilai\n1\t2\n", {"header_find": "^Kode$"}, "the file seems to be separated by a tab"),
        (b"Kode;Lain\n1;2\n", {}, "the declared column 'Nilai' is missing"),
        (b"Kode;Nilai;Nilai\n1;2;3\n", {}, "'Nilai' is there more than once"),
    ],
)
def test_a_file_that_is_not_as_declared_is_refused_in_one_sentence(
    content: bytes, layout: dict[str, Any], said: str
) -> None:
    with pytest.raises(PayloadError, match=said):
        read(semicolons(**layout), content)


def test_another_file_is_not_taken_for_another_separator() -> None:
    with pytest.raises(PayloadError, match=r"the declared column 'Kode', 'Nilai' is missing.*found: 'Kecamatan,TPS'"):
        read(semicolons(), b"Kecamatan,TPS\nKuranji,1\n")


@pytest.mark.parametrize("content", [b"x " * 5_000_000, b";".join(b"kolom%d" % n for n in range(200_000))])
def test_a_file_without_lines_is_refused_in_a_sentence_that_does_not_quote_all_of_it(content: bytes) -> None:
    with pytest.raises(
        PayloadError, match=r"the declared column 'Kode', 'Nilai' is missing.*mend the declaration\.$"
    ) as caught:
        read(semicolons(), content)
    assert len(str(caught.value)) < 10_000


def test_a_wrong_separator_of_the_declaration_is_told() -> None:
    with pytest.raises(DeclarationError, match="one character"):
        read(semicolons(separator="||"), CONTENT)


def test_a_new_column_is_a_warning() -> None:
    found = read(semicolons(["Kode"]), CONTENT)
    assert "the column 'Nilai' is not declared" in found.warnings[0]
