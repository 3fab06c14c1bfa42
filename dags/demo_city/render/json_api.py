"""A JSON interface of today: all at once, or in pages of four styles."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

from demo_city.answer import JSON, Answer
from demo_city.ask import Question
from demo_city.faults.spoil import Fault
from demo_city.paging import after, by_offset, by_page
from demo_city.table import Table, number_of

SIZE = 100
LARGEST = 1000


def answer_of(content: Any, table: Table, headers: dict[str, str] | None = None) -> Answer:
    body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    return Answer(body, JSON, modified=table.at, headers=headers or {})


def everything(table: Table) -> Answer:
    records = list(table.natives())
    return answer_of({"diperbarui": table.at.isoformat(), "total": len(records), "data": records}, table)


def page(table: Table, question: Question, fault: Fault | None) -> Answer:
    """?halaman=1&ukuran=100"""
    number, size = max(1, question.number("halaman", 1)), size_of(question, "ukuran")
    records = list(table.natives())
    chosen = records[by_page(len(records), number, size, fault)]
    return answer_of({"halaman": number, "ukuran": size, "total": len(records), "data": chosen}, table)


def offset(table: Table, question: Question, fault: Fault | None) -> Answer:
    """?offset=0&limit=100"""
    start, size = question.number("offset", 0), size_of(question, "limit")
    records = list(table.natives())
    chosen = records[by_offset(len(records), start, size, fault)]
    return answer_of({"offset": start, "limit": size, "total": len(records), "data": chosen}, table)


def next_link(table: Table, question: Question, fault: Fault | None, path: str, *, in_header: bool) -> Answer:
    """?ukuran=100, and then wherever the answer, or its header Link, says."""
    number, size = max(1, question.number("kursor", 1)), size_of(question, "ukuran")
    records = list(table.natives())
    chosen = by_page(len(records), number, size, fault)
    onward = {name: value for name, value in question.query.items() if name != "kursor"} | {"kursor": str(number + 1)}
    link = f"{question.base}/{path}?{urlencode(onward)}" if chosen.stop < len(records) else None
    content: dict[str, Any] = {"total": len(records), "data": records[chosen]}
    if in_header:
        return answer_of(content, table, {"Link": f'<{link}>; rel="next"'} if link else None)
    return answer_of(content | {"next": link}, table)


def after_key(table: Table, question: Question, fault: Fault | None) -> Answer:
    """?sesudah=<nomor>&limit=100, in order of `nomor`"""
    key, size = question.number("sesudah", -1), size_of(question, "limit")
    records = list(table.natives())
    numbers = [number_of(row) for row in table.rows]
    chosen = records[after(numbers, key if key >= 0 else None, size, fault)]
    return answer_of({"total": len(records), "data": chosen}, table)


def size_of(question: Question, name: str, default: int = SIZE) -> int:
    return min(LARGEST, max(1, question.number(name, default)))
