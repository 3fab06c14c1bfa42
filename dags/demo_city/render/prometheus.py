"""Prometheus: weights and costs as metrics, every other column as a label."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

from demo_city.answer import Answer
from demo_city.ask import Question
from demo_city.render.json_api import answer_of
from demo_city.table import Row, Table, changed_at

METRICS = {"latihan_berat_kg": "berat_kg", "latihan_biaya_rp": "biaya_rp"}
QUERY = re.compile(r"^\s*(latihan_\w+)(?:\{\s*\})?(?:\[\d+[smhdw]\])?\s*$")
OF_A_ROW = ("nomor", "tanggal", "rute", "petugas", "diubah_pada", "keterangan")  # these would make a series of each row


def answer(path: str, table: Table, question: Question) -> Answer:
    """`query` gives a vector with one sample per row, or a matrix for `name[21d]`; `query_range` a matrix."""
    asked = dict(question.query)
    if question.method == "POST":
        asked |= dict(parse_qsl(question.body.decode("utf-8", "replace")))
    found = QUERY.match(asked.get("query", ""))
    if found is None:
        return _error(table, f'invalid parameter "query": {json.dumps(asked.get("query", ""))[:200]}')
    metric = found[1]
    if path == "query_range" and not {"start", "end", "step"} <= asked.keys():
        return _error(table, 'invalid parameter "start", "end" or "step"')
    if path == "query" and "[" not in asked["query"]:
        return _success(table, "vector", _vector(table, metric, _moment(asked.get("time"), table.at.timestamp())))
    start, end = _moment(asked.get("start"), 0), _moment(asked.get("end"), 2**40)
    return _success(table, "matrix", _matrix(table, metric, start, end))


def _success(table: Table, kind: str, result: list[Any]) -> Answer:
    return answer_of({"status": "success", "data": {"resultType": kind, "result": result}}, table)


def _error(table: Table, sentence: str) -> Answer:
    found = answer_of({"status": "error", "errorType": "bad_data", "error": sentence}, table)
    return replace(found, status=400, modified=None)


def _moment(text: str | None, default: float) -> float:
    """Seconds since 1970, or an ISO time."""
    try:
        return float(text) if text else default
    except ValueError:
        pass
    try:
        return datetime.fromisoformat(str(text)).timestamp()
    except ValueError:
        return default


def _vector(table: Table, metric: str, at: float) -> list[dict[str, Any]]:
    column = METRICS.get(metric, "")
    if column not in table.columns:
        return []
    return [
        {"metric": _labels(table, metric, row, ()), "value": [at, table.plain(row[column])]}
        for row in table.rows
        if _changed(row) <= at or _changed(row) > table.at.timestamp()
    ]


def _matrix(table: Table, metric: str, start: float, end: float) -> list[dict[str, Any]]:
    column = METRICS.get(metric, "")
    series: defaultdict[str, list[list[Any]]] = defaultdict(list)
    for row in sorted(table.rows, key=_changed) if column in table.columns else []:
        if start <= _changed(row) <= end:
            series[json.dumps(_labels(table, metric, row, OF_A_ROW))].append([_changed(row), table.plain(row[column])])
    return [{"metric": json.loads(labels), "values": values} for labels, values in series.items()]


def _labels(table: Table, metric: str, row: Row, without: tuple[str, ...]) -> Mapping[str, str]:
    names = [name for name in table.columns if name not in METRICS.values() and name not in without]
    return {"__name__": metric, "instance": "latihan"} | {name: table.plain(row[name]) for name in names}


def _changed(row: Row) -> float:
    return changed_at(row).timestamp()
