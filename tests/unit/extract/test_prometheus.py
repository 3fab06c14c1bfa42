"""Prometheus: one row per sample, with what is no number set aside and every warning told."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from command_center.declaration.source import Source
from command_center.errors import PayloadError, SourceUnavailable
from command_center.extract.asking import Window
from command_center.settings import WIB

from tests.support.http_source import Said, archived, ask, declare, read, serving

COLUMNS = [{"source": "instance", "optional": True}, "timestamp", "value"]


def source(columns: Any = COLUMNS, **query: str) -> Source:
    request = {"path": "api/v1/query", "query": query}
    return declare("prometheus", columns=columns, request=request, table={"ignore": ["__name__", "job"]})


def success(kind: str, result: str, **more: object) -> bytes:
    extra = "".join(f', "{name}": {json.dumps(value)}' for name, value in more.items())
    return f'{{"status": "success", "data": {{"resultType": "{kind}", "result": {result}}}{extra}}}'.encode()


def test_the_query_is_filled_and_its_samples_are_rows(tmp_path: Path) -> None:
    content = success(
        "matrix",
        '[{"metric": {"__name__": "up", "instance": "a"}, "values": [[1732780800, "1"], [1732780860.781, "0.10"]]},'
        ' {"metric": {"instance": "b"}, "values": [[1732780800, "1e-3"]]}]',
    )
    declared = source(query='up{job="kota"}', start="{window_start:epoch_s}")
    with serving(lambda asked: Said(content)) as server:
        fetched = ask(declared, server.url, tmp_path, window=Window(datetime(2024, 11, 28, 15, tzinfo=WIB)))
    assert server.asked[0].query == {"query": 'up{job="kota"}', "start": "1732780800"}
    reading, rows = read(declared, archived(fetched))
    assert rows == [
        (1, ["a", "1732780800", "1"]), (2, ["a", "1732780860.781", "0.10"]), (3, ["b", "1732780800", "1e-3"]),
    ]  # fmt: skip
    assert [(s.start, s.label) for s in reading.sections] == [(0, "sampel ke-")] and reading.rejects == []


def test_a_vector_and_a_scalar() -> None:
    vector = success(
        "vector", '[{"metric": {"instance": "a"}, "value": [1.5, "42"]}, {"metric": {}, "value": [2, "-1"]}]'
    )
    assert read(source(), vector)[1] == [(1, ["a", "1.5", "42"]), (2, [None, "2", "-1"])]
    assert read(source(), success("scalar", '[1.5, "42"]'))[1] == [(1, [None, "1.5", "42"])]


@pytest.mark.parametrize("value", ["NaN", "+Inf", "-Inf", "", "0x10", "1,5"])
def test_what_is_no_number_is_set_aside_with_its_series(value: str) -> None:
    content = success(
        "vector",
        f'[{{"metric": {{"instance": "a"}}, "value": [1, "{value}"]}}, {{"metric": {{"instance": "b"}}, "value": [1, "2"]}}]',
    )
    reading, rows = read(source(), content)
    assert rows == [(2, ["b", "1", "2"])]
    (reject,) = reading.rejects
    assert (reject.row_number, reject.column, reject.value) == (1, "value", value)
    assert reject.payload == {"instance": "a", "timestamp": "1"} and "bukan bilangan" in reject.reason


@pytest.mark.parametrize(
    ("kind", "series"),
    [
        ("vector", '{"metric": {"instance": "a"}, "histogram": [1, {"count": "2"}]}'),
        ("matrix", '{"metric": {"instance": "a"}, "histograms": [[1, {"count": "2"}]]}'),
        ("vector", '{"metric": {"instance": "a"}, "value": [1]}'),
    ],
)
def test_a_series_without_numbers_is_never_silent(kind: str, series: str) -> None:
    reading, rows = read(source(), success(kind, f"[{series}]"))
    assert rows == [] and [(r.row_number, r.payload) for r in reading.rejects] == [(1, {"instance": "a"})]


def test_secret_labels_do_not_show_in_rejects() -> None:
    columns = [*COLUMNS, {"source": "pemilik", "classification": "rahasia", "treatment": "drop"}]
    content = success("vector", '[{"metric": {"instance": "a", "pemilik": "Budi"}, "value": [1, "NaN"]}]')
    reading, _ = read(source(columns), content)
    assert reading.rejects[0].payload == {} and "pemilik" not in reading.columns


def test_warnings_and_new_labels_are_told() -> None:
    content = success(
        "vector", '[{"metric": {"instance": "a", "zona": "x"}, "value": [1, "1"]}]', warnings=["results truncated"]
    )
    reading, _ = read(source(), content)
    assert any("Prometheus says: results truncated" in warning for warning in reading.warnings)
    assert any("'zona' is not declared" in warning for warning in reading.warnings)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (success("vector", "[]"), "the query has no result"),
        (success("string", '[1, "x"]'), "the result is a 'string', expected a vector"),
        (success("vector", "{}"), "expected a vector"),
        (success("vector", "[7]"), "a series of the result is no object"),
        (
            b'{"status": "error", "errorType": "bad_data", "error": "parse error"}',
            "got the error bad_data: parse error",
        ),
        (b'{"pesan": 1}', "expected the result of a query, got the keys 'pesan'"),
        (b"<html>", "a web page"),
        (success("vector", '[{"metric": {}, "value": [1, "1"]}]').replace(b'"1"]', b'"1"'), "not JSON"),
    ],
)
def test_an_answer_that_is_no_result_is_held(content: bytes, sentence: str) -> None:
    with pytest.raises(PayloadError, match=sentence):
        read(source(), content)


@pytest.mark.parametrize(
    "body", [b'{"status": "error", "errorType": "bad_data", "error": "1:3: parse error"}', b"<html>x"]
)
def test_a_refused_query_is_told_in_its_own_words(tmp_path: Path, body: bytes) -> None:
    sentence = "the query was refused: bad_data: 1:3: parse error; mend" if body[:1] == b"{" else "answered HTTP 400"
    with serving(lambda asked: Said(body, 400)) as server, pytest.raises(SourceUnavailable, match=sentence):
        ask(source(query="up{"), server.url, tmp_path)
