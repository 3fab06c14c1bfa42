"""XML as nested objects, read by the same record paths as JSON, and never by anything that the file asks for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from command_center.errors import PayloadError
from command_center.extract.xml import parse
from command_center.settings import settings

from tests.support.document_source import answer, bundled, declare, dicts, read, rejected, texts

QUAKES = """<?xml version="1.0" encoding="UTF-8"?>
<Infogempa>
  <gempa><Tanggal>02 Mei 2025</Tanggal><point><coordinates>-1.20,99.87</coordinates></point><Magnitude>5.10</Magnitude></gempa>
  <gempa><Tanggal>01 Mei 2025</Tanggal><point><coordinates>-0.31,100.02</coordinates></point><Magnitude>4.0</Magnitude></gempa>
</Infogempa>"""
COLUMNS = ["Tanggal", "point.coordinates", "Magnitude"]
ROWS = [["02 Mei 2025", "-1.20,99.87", "5.10"], ["01 Mei 2025", "-0.31,100.02", "4.0"]]


def test_repeated_elements_are_records_with_their_digits_as_sent() -> None:
    reading = read(declare("xml", COLUMNS, records=["Infogempa.gempa[]"]), QUAKES)
    assert texts(reading) == ROWS
    assert reading.warnings == []
    assert reading.sections[0].label == "rekaman ke-"


def test_a_single_element_stands_where_several_were_expected() -> None:
    one = "<Infogempa><gempa><Tanggal>x</Tanggal><point><coordinates>y</coordinates></point><Magnitude/></gempa></Infogempa>"
    assert texts(read(declare("xml", COLUMNS, records=["Infogempa.gempa[]"]), one)) == [["x", "y", None]]


def test_names_are_local_and_attributes_and_text_have_names_of_their_own() -> None:
    content = """<a:data xmlns:a="urn:x" xmlns:b="urn:y" waktu="kini"><b:baris b:kode="01">isi <!-- c --><![CDATA[<&>]]>
      <b:sub satuan="km">7</b:sub><tanda/><tanda>x</tanda></b:baris></a:data>"""
    assert parse(answer(content)) == {
        "data": {
            "@waktu": "kini",
            "baris": {"@kode": "01", "#text": "isi <&>", "sub": {"@satuan": "km", "#text": "7"}, "tanda": [None, "x"]},
        }
    }
    columns: list[str | dict[str, Any]] = [
        "@kode",
        "#text",
        "sub.@satuan",
        "sub.#text",
        "$.data.@waktu",
        {"source": "@part", "name": "part"},
        "tanda",
    ]
    source = declare("xml", columns, records=["data.baris[]"])
    reading = read(source, content)
    assert texts(reading) == [["01", "isi <&>", "km", "7", "kini", "a", '[null, "x"]']]
    assert reading.warnings == []


def test_a_lost_nested_column_holds_the_batch_and_a_new_one_is_told() -> None:
    source = declare("xml", COLUMNS, records=["Infogempa.gempa[]"])
    with pytest.raises(PayloadError, match=r"declared column 'point.coordinates' is missing"):
        read(source, QUAKES.replace("coordinates>", "koordinat>"))
    reading = read(source, QUAKES.replace("</Tanggal>", "</Tanggal><Jam>07:00</Jam>"))
    assert reading.warnings == ["uji_dokumen.baris, part 'a': the column 'Jam' is not declared and was not taken in."]
    assert texts(reading) == ROWS


def test_pages_of_a_bundle_have_sections_and_numbers_of_their_own() -> None:
    reading = read(declare("xml", COLUMNS, records=["Infogempa.gempa[]"]), bundled(a__xml=QUAKES, b__xml=QUAKES))
    rows = list(reading.rows)
    assert [(number, list(row)) for number, _, row in rows] == list(enumerate([*ROWS, *ROWS], start=1))
    assert [(s.start, s.label) for s in reading.sections] == [
        (0, "berkas 'a.xml' rekaman ke-"),
        (2, "berkas 'b.xml' rekaman ke-"),
    ]


def test_records_that_are_no_records_do_not_vanish() -> None:
    reading = read(
        declare("xml", COLUMNS, records=["Infogempa.gempa[]"]),
        QUAKES.replace("</Infogempa>", "<gempa/><gempa>tidak ada data</gempa></Infogempa>"),
    )
    assert texts(reading) == ROWS
    assert rejected(reading) == [
        ("rekaman ke-3", "Elemen ini hanya berisi teks, bukan rekaman; periksa ekspor di sistem asal.")
    ]
    assert reading.ignored == {"elemen kosong": 1}


def test_secret_values_are_concealed_or_dropped_also_from_what_is_rejected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CC_HMAC_KEY", "ab" * 32)
    settings.cache_clear()
    secret: dict[str, Any] = {"classification": "rahasia"}
    columns: list[str | dict[str, Any]] = [
        {"source": "nik", "treatment": "hmac", **secret},
        {"source": "nama", "treatment": "drop", **secret},
        "usia",
    ]
    content = "<a><b><nik>1371</nik><nama>Budi</nama><usia>41</usia></b><b>1371 Budi</b></a>"
    reading = read(declare("xml", columns, records=["a.b[]"]), content)
    [[nik, usia]] = texts(reading)
    assert (reading.columns, usia, len(str(nik))) == (["nik", "usia"], "41", 64)
    assert reading.rejects[0].payload == {}
    monkeypatch.undo()
    settings.cache_clear()


def test_simulated_paths_mark_their_records_only() -> None:
    source = declare("xml", ["Magnitude"], records=["a.b[]", "a.c[]"])
    content = "<a><b><Magnitude>1</Magnitude></b><c><Magnitude>2</Magnitude></c></a>"
    assert [simulated for _, simulated, _ in read(source, answer(content, simulated="a.c")).rows] == [False, True]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "the answer is empty where XML was expected"),
        (QUAKES[:-40], r"not XML: .* at line 4, column \d+ of \d+ bytes; the file may be cut off"),
        ("<a><b></a>", "not XML: Opening and ending tag mismatch: b line 1 and a at line 1, column 11"),
        ("{}", "not XML: Start tag expected"),
        (b"<a>\xff</a>", "not XML: .* at line 1"),
        ("<a>" * 300 + "</a>" * 300, "not XML: .*depth"),
        (
            "<!DOCTYPE html><html><head><title>Masuk</title></head></html>",
            "a web page titled 'Masuk' where XML was expected",
        ),
        ('<?xml version="1.0"?>\n<!-- x --><html><title>Galat</title></html>', "a web page titled 'Galat'"),
        (
            "<Infogempa><info/></Infogempa>",
            "no record at 'Infogempa.gempa\\[\\]'; the outermost element is 'Infogempa'",
        ),
    ],
)
def test_what_is_no_such_xml_is_one_sentence(content: bytes | str, sentence: str) -> None:
    with pytest.raises(PayloadError, match=sentence):
        read(declare("xml", COLUMNS, records=["Infogempa.gempa[]"]), content)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_refused_before_anything_is_expanded(encoding: str, tmp_path: Path) -> None:
    (tmp_path / "rahasia").write_text("isi rahasia")
    outside = f'<!DOCTYPE a [<!ENTITY x SYSTEM "file://{tmp_path}/rahasia">]><a>&x;</a>'
    bomb = (
        "<!DOCTYPE a [<!ENTITY a 'ha'>"
        + "".join(f"<!ENTITY {b} '{f'&{a};' * 10}'>" for a, b in zip("abcdefgh", "bcdefghi", strict=True))
        + "]><a>&i;</a>"
    )
    for content in (outside, bomb):
        with pytest.raises(PayloadError, match=r"defines entities of its own \(<!ENTITY\), which are not read"):
            read(declare("xml", ["value"], records=["a"]), content.encode(encoding))


def test_a_document_type_without_entities_is_harmless(tmp_path: Path) -> None:
    (tmp_path / "x.dtd").write_text("<!ATTLIST b warna CDATA 'merah'>")
    content = f'<!DOCTYPE a SYSTEM "file://{tmp_path}/x.dtd"><a><b kode="1"/></a>'
    assert parse(answer(content)) == {"a": {"b": {"@kode": "1"}}}


def test_a_prefix_without_namespace_and_a_namespace_that_is_no_address_are_forgiven() -> None:
    content = '<a xmlns:p="https://x.invalid/apa saja"><p:b>1</p:b><q:b q:k="2"/></a>'
    assert parse(answer(content)) == {"a": {"b": ["1", {"@k": "2"}]}}
    with pytest.raises(PayloadError, match="not XML: Opening and ending tag mismatch: a line 1 and c at line 1"):
        parse(answer(content.replace("</a>", "</c>")))


def test_other_encodings_are_those_that_the_file_declares() -> None:
    content = '<?xml version="1.0" encoding="windows-1252"?><a><b><nama>Café “Padang”</nama></b></a>'.encode("cp1252")
    assert dicts(read(declare("xml", ["nama"], records=["a.b[]"]), content)) == [{"nama": "Café “Padang”"}]


def test_another_document_is_not_one_without_records() -> None:
    source = declare("xml", COLUMNS, records=["Infogempa.gempa[]"], min=0)
    assert texts(read(source, "<Infogempa/>")) == []
    with pytest.raises(PayloadError, match="the outermost element is 'galat'"):
        read(source, "<galat><kode>429</kode></galat>")
