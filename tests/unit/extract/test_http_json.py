"""JSON as text: digits as sent, records that are none, and answers that nobody foresaw."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command_center.declaration.source import Source
from command_center.errors import DeclarationError, PayloadError, SourceUnavailable
from command_center.extract.reading import UNSTORABLE, as_csv

from tests.support.http_source import Said, archived, ask, declare, read, serving

SOURCE = declare(columns=["a", {"source": "b", "optional": True}])


def texts(content: bytes | object, source: Source = SOURCE) -> list[list[str | None]]:
    given = content if isinstance(content, bytes) else json.dumps(content).encode()
    return [list(row) for _, row in read(source, given)[1]]


@pytest.mark.parametrize(
    "sent",
    ["0.10", "1e400", "-0", "12345678901234567890123456789.000", "9" * 5000, "NaN", "-Infinity", "true", "false"],
)
def test_a_value_is_the_text_that_was_sent(sent: str) -> None:
    assert texts(b'{"data": [{"a": %s}]}' % sent.encode()) == [[sent, None]]


def test_a_value_within_a_value_keeps_its_digits_too() -> None:
    content = b'{"data": [{"a": [[100.350, -0.90], {"x": null, "\xc3\xa9": "1"}], "b": {"id": 10}}]}'
    assert texts(content) == [['[[100.350, -0.90], {"x": null, "é": "1"}]', '{"id": 10}']]


def test_the_root_of_a_page_its_request_and_its_keys_are_known_to_each_row() -> None:
    source = declare(
        columns=["{kode}", "@part", "$.ts", "@record", {"source": "value"}], table={"records": [r"tabel.{kode:\d+}"]}
    )
    content = {"ts": "2024-11-28 09:00:00", "tabel": {"137101": 12, "psu": "Reguler", "137102": None}}
    assert texts(content, source) == [
        ["137101", "semua", "2024-11-28 09:00:00", "tabel", "12"],
        ["137102", "semua", "2024-11-28 09:00:00", "tabel", None],
    ]


def test_records_that_are_no_object_are_told_and_counted() -> None:
    reading, rows = read(SOURCE, b'{"data": [{"a": 1}, "galat", null, 7, {"a": 2}]}')
    assert rows == [(1, ["1", None]), (5, ["2", None])]
    assert [(r.row_number, r.reason) for r in reading.rejects] == [(n, reading.rejects[0].reason) for n in (2, 4)]
    assert "bukan objek JSON" in reading.rejects[0].reason and reading.ignored == {"null": 1}


def test_texts_that_no_table_can_hold_cost_one_row_only() -> None:
    content = b'{"data": [{"a": "\\ud83d"}, {"a": "a\\u0000b"}, {"a": "\\ud83d\\ude00"}]}'
    source = declare(columns=[{"source": "a", "classification": "rahasia", "treatment": "hmac"}])
    reading, rows = read(SOURCE, content)
    reading.rows = [(number, False, row) for number, row in rows]
    assert b"".join(as_csv(reading)).decode() == "\N{GRINNING FACE},,3,f\r\n"
    assert [(r.row_number, r.reason) for r in reading.rejects] == [(1, UNSTORABLE), (2, UNSTORABLE)]
    with pytest.MonkeyPatch.context() as patch:
        from command_center.settings import Settings, settings

        patch.setattr(settings(), "cc_hmac_key", Settings(cc_hmac_key="0" * 64).cc_hmac_key)
        concealed, kept = read(source, content)
    assert [number for number, _ in kept] == [2, 3] and [r.row_number for r in concealed.rejects] == [1]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "the answer is empty where JSON was expected"),
        (b"<!DOCTYPE html><title>Masuk</title>", "a web page titled 'Masuk'"),
        (
            b'{"data": [{"a": 1}',
            r"not JSON: Expecting ',' delimiter at line 1, column 19 of 18 bytes; the answer may be cut",
        ),
        (b'{"data": "\xe9"}', "not UTF-8 at byte 10"),
        (b"[" * 200_000, "nested more deeply than any record"),
        (b'{"data": []}', r"no record at 'data\[\]'; the answer has the keys 'data'"),
        (b'{"pesan": "galat"}', "no record at .*the keys 'pesan'"),
        (b"[1, 2]", "no record at .*a list of 2"),
        (b'"galat"', "no record at .*the value 'galat'"),
        (b'{"data": [{"b": 1}]}', "the declared column 'a' is missing"),
    ],
)
def test_an_answer_that_is_not_what_was_declared_is_held(content: bytes, sentence: str) -> None:
    with pytest.raises(PayloadError, match=sentence):
        texts(content)


ANY = declare(columns=["a"], table={"volume": {"min": 0, "max": 10}})
PROVEN = declare(columns=["a"], table={"volume": {"min": 0, "max": 10}, "proof": "selesai"})


@pytest.mark.parametrize("content", [b"{}", b'{"error": "quota"}', b"[]", b'"galat"'])
@pytest.mark.parametrize("source", [ANY, PROVEN])
def test_an_answer_without_its_list_of_records_is_not_none(source: Source, content: bytes) -> None:
    with pytest.raises(PayloadError, match=r"no record at 'data\[\]', not even an empty list; the answer has"):
        texts(content, source)


def test_a_list_without_records_is_none_and_may_be_left_out_where_something_proves_the_answer_whole() -> None:
    assert texts(b'{"data": []}', ANY) == texts(b'{"data": null}', ANY) == texts(b'{"selesai": 7}', PROVEN) == []
    with pytest.raises(PayloadError, match="the answer has the keys 'selesai'"):
        texts(b'{"selesai": 7}', ANY)
    assert read(PROVEN, b'{"data": [{"a": 1}], "selesai": 7}')[0].warnings == []


def test_a_byte_order_mark_is_no_part_of_the_answer() -> None:
    assert texts(b'\xef\xbb\xbf{"data": [{"a": "x"}]}') == [["x", None]]


def test_an_answer_that_is_not_paged_arrives_as_it_is(tmp_path: Path) -> None:
    with serving(lambda asked: Said(b'{"data": [{"a": 1}]} ', headers={"ETag": '"1"'})) as server:
        fetched = ask(SOURCE, server.url, tmp_path)
    assert fetched.path.read_bytes() == b'{"data": [{"a": 1}]} ' and fetched.validator is not None
    reading, rows = read(SOURCE, archived(fetched))
    assert rows == [(1, ["1", None])] and [s.label for s in reading.sections] == ["rekaman ke-"]


def test_paging_is_for_json_only(tmp_path: Path) -> None:
    source = declare("xml", extract={"paging": {"style": "next", "records": "a[]"}})
    with pytest.raises(DeclarationError, match="kind xml has one answer only"):
        ask(source, "http://127.0.0.1:9", tmp_path)


def test_a_source_that_is_down(tmp_path: Path) -> None:
    with serving(lambda asked: Said(b"", 410)) as server, pytest.raises(SourceUnavailable, match="HTTP 410"):
        ask(SOURCE, server.url, tmp_path)
