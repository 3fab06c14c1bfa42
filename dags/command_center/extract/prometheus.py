"""Prometheus: the samples of a query; each is one record of its series' labels, `timestamp` and `value`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from command_center.declaration.source import Column, Request, Source, Table
from command_center.errors import PayloadError
from command_center.extract import http
from command_center.extract.asking import Answered, Asking
from command_center.extract.json_paths import parse, shape, text_of
from command_center.extract.members import members
from command_center.extract.reading import UNSTORABLE, Answer, Reading, Reject, Row, check_drift, conceal

NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
NO_NUMBER = "Nilai {value} bukan bilangan (NaN atau tak hingga); sumber tidak punya hasil ukur untuk saat itu."
NO_SAMPLE = "Seri ini tidak berisi pasangan waktu dan nilai (misalnya histogram); ubah kueri di deklarasi."
SAMPLE = ("timestamp", "value")


def ask(asking: Asking, request: Request, folder: Path) -> Iterator[Answered]:
    """The answer to the declared query. Raises SourceUnavailable."""
    with http.Client(asking) as client:
        try:
            yield client.get(request, folder)
        except http.Refused as refused:
            said = _error(refused.body)
            if said is None:
                raise
            advice = "it is tried again" if refused.status >= 500 else "mend the query in the declaration"
            raise client.refusal(request, f"the query was refused: {said}", advice) from None


def read(source: Source, table: Table, answer: Answer) -> Reading:
    """One row per sample. Raises PayloadError when the answer is none of a vector, a matrix or a scalar."""
    labels: dict[str, None] = {}
    warnings: list[str] = []
    series: list[_Series] = []
    for member in members(source, answer):
        data = _data(member, warnings)
        series.extend(_series(member, data))
    for one in series:
        labels |= dict.fromkeys(one.labels)
    if not series and table.volume.min > 0:
        raise PayloadError(f"{answer.where}: the query has no result; ask the steward, or mend it in the declaration.")
    if series:
        warnings += check_drift(table, [*labels, *SAMPLE], table.ignore, answer.where)
    reading = Reading([column.name for column in table.stored], (), warnings, is_simulated=answer.is_simulated)
    reading.rows = _rows(source, table, answer, series, reading)
    reading.add_section("sampel ke-", 0)
    return reading


@dataclass(frozen=True)
class _Series:
    labels: Mapping[str, str | None]
    samples: list[object]  # [time, value]; anything else is told as a reject


def _data(answer: Answer, warnings: list[str]) -> Mapping[str, object]:
    root = parse(answer)
    if not isinstance(root, dict) or root.get("status") != "success" or not isinstance(root.get("data"), dict):
        said = f"the error {_error_of(root)}" if _error_of(root) else shape(root)
        raise PayloadError(f"{answer.where}: expected the result of a query, got {said}; ask the steward.")
    for key in ("warnings", "infos"):
        told = root.get(key) or []
        told = told if isinstance(told, list) else [told]
        warnings.extend(f"{answer.where}: Prometheus says: {text}" for text in told)
    data: Mapping[str, object] = root["data"]
    return data


def _series(answer: Answer, data: Mapping[str, object]) -> Iterator[_Series]:
    kind, result = data.get("resultType"), data.get("result")
    if kind == "scalar":
        yield _Series({}, [result])
        return
    if kind not in ("vector", "matrix") or not isinstance(result, list):
        raise PayloadError(
            f"{answer.where}: the result is a {kind!r}, expected a vector, a matrix or a scalar; mend the query."
        )
    for one in result:
        if not isinstance(one, dict) or not isinstance(one.get("metric", {}), dict):
            raise PayloadError(f"{answer.where}: a series of the result is no object with 'metric'; ask the steward.")
        labels = {name: text_of(text) for name, text in one.get("metric", {}).items()}
        samples = one.get("values") if kind == "matrix" else [one.get("value")]
        untold = [None] if kind == "matrix" and "histograms" in one else []
        yield _Series(labels, (samples if isinstance(samples, list) else []) + untold or [None])


def _rows(source: Source, table: Table, answer: Answer, series: list[_Series], reading: Reading) -> Iterator[Row]:
    number = 0
    for one in series:
        for sample in one.samples:
            number += 1
            texts = _texts(source, table, answer, one, sample, number, reading)
            if texts is not None:
                yield number, answer.is_simulated, texts


def _texts(
    source: Source, table: Table, answer: Answer, one: _Series, sample: object, number: int, reading: Reading
) -> list[str | None] | None:
    payload: dict[str, object] = {} if source.has_secrets else dict(one.labels)
    if not isinstance(sample, list) or len(sample) != 2:
        reading.rejects.append(Reject(number, None, None, NO_SAMPLE, payload))
        return None
    time, value = text_of(sample[0]), text_of(sample[1])
    if value is None or not NUMBER.fullmatch(value):
        column = next((c.name for c in table.stored if c.source == "value"), None)
        said = NO_NUMBER.format(value=repr(value))
        reading.rejects.append(Reject(number, column, value, said, {**payload, "timestamp": time} if payload else {}))
        return None
    record = {**one.labels, "timestamp": time, "value": value}
    texts = [_text(column, record, answer.known) for column in table.stored]
    if any(text and re.search("[\ud800-\udfff]", text) for text in texts):
        reading.rejects.append(Reject(number, None, None, UNSTORABLE, {}))
        return None
    return [conceal(source.source, column, text) for column, text in zip(table.stored, texts, strict=True)]


def _text(column: Column, record: Mapping[str, str | None], known: Mapping[str, str]) -> str | None:
    if column.source.startswith("@"):
        return known.get(column.source[1:])
    return next((record[name] for name in (column.source, *column.aliases) if name in record), None)


def _error(body: bytes) -> str | None:
    try:
        return _error_of(parse(Answer("", lambda: iter([body]), {})))
    except PayloadError:
        return None


def _error_of(root: object) -> str | None:
    if not isinstance(root, dict) or root.get("status") != "error":
        return None
    return " ".join(f"{root.get('errorType')}: {root.get('error')}".split())[:300]
