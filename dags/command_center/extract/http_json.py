"""JSON answers over HTTP, plain or in pages: records are found by declared paths (see json_paths.py), values stay text.

An answer that is XML is read by the same paths, beginning with the name of the outermost element (see xml.py).
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from command_center.declaration.source import Column, Request, Source, Table
from command_center.errors import DeclarationError, PayloadError
from command_center.extract import http, paging
from command_center.extract.asking import BUNDLE, Answered, Asking
from command_center.extract.json_paths import DoubledKey, Found, beside, find, is_there, parse, shape, text_of
from command_center.extract.members import members
from command_center.extract.reading import (
    UNSTORABLE,
    Answer,
    Reading,
    Reject,
    Row,
    check_beside,
    check_drift,
    conceal,
    read_paths,
)

Open = Callable[[Answer], object]

NO_OBJECT = "Rekaman ini bukan objek JSON, melainkan satu nilai; periksa ekspor di sistem asal."
HEAD = 4096
TWICE = "Kunci {!r} muncul lebih dari sekali di rekaman ini dengan isi berbeda; sisakan satu lalu kirim ulang."
MAX_REJECTS = 100_000


def ask(asking: Asking, request: Request, folder: Path) -> Iterator[Answered]:
    """The answer, or all its pages as one bundle. Raises SourceUnavailable."""
    declared = asking.source.extract.paging
    if declared is None:
        yield http.get(asking, request, folder)
        return
    if asking.source.extract.kind != "http_json":
        raise DeclarationError(f"{asking.who(request)}: 'paging' is for JSON answers; kind xml has one answer only.")
    with http.Client(asking) as client:
        turn = paging.Get(client, request, folder)
        yield paging.fetch(asking, request, folder, declared, turn)


def read(source: Source, table: Table, answer: Answer) -> Reading:
    """The records of one table. Raises PayloadError when the answer is not JSON or holds no such record."""
    return read_records(source, table, answer, table.records, root_of=root)


def root(answer: Answer) -> object:
    """The whole answer: JSON, or the same as XML, as some sources serve either. Raises PayloadError."""
    head = next(answer.chunks(), b"")[:HEAD].removeprefix(codecs.BOM_UTF8).lstrip()
    if not head.startswith(b"<") or re.match(rb"<(!doctype html|html|head|body)", head, re.IGNORECASE):
        return parse(answer)
    from command_center.extract import xml

    return xml.parse(answer)


def read_records(
    source: Source,
    table: Table,
    answer: Answer,
    paths: Sequence[str],
    *,
    ignore: Sequence[str] = (),
    paged: Sequence[str] = (),
    root_of: Open = parse,
) -> Reading:
    """The records at `paths` in all pages of the answer; `paged` is where the records stand that the pages were cut by."""
    declared = source.extract.paging
    pages = _Pages(source, answer, root_of, paged or ([declared.records] if declared else []))
    names: dict[str, None] = {}
    others: dict[str, None] = {}
    opened = _opened(table)
    count, is_known = 0, False
    proofs = [*paths, *([table.proof] if table.proof else [])]
    for page in pages:
        is_known = is_known or any(is_there(page.root, path) for path in proofs)
        if source.extract.kind == "http_json":  # the others have envelopes of their own
            others.update(dict.fromkeys(beside(page.root, read_paths(source, table))))
        for _, _, record in _found(page.root, paths):
            count += 1
            names.update(dict.fromkeys(_names(record, opened)))
    if not count and (table.volume.min > 0 or not is_known):
        lacks = "" if is_known else ", not even an empty list"
        raise PayloadError(
            f"{answer.where}: no record at {' or '.join(map(repr, paths))}{lacks}; the answer has {pages.shape}. "
            "Ask the steward, or mend 'records' in the declaration."
        )
    warnings = check_drift(table, list(names), [*table.ignore, *ignore], answer.where) if count else []
    warnings += check_beside(source, table, others, answer.where)
    reading = Reading([column.name for column in table.stored], (), warnings, is_simulated=answer.is_simulated)
    reading.rows = _rows(source, table, answer, pages, paths, reading)
    return reading


@dataclass
class _Page:
    number: int
    answer: Answer
    root: object


@dataclass
class _Pages:
    """The pages of an answer, parsed anew for each walk unless there is only one: they may not fit together in memory."""

    source: Source
    answer: Answer
    root_of: Open
    paged: Sequence[str]
    shape: str = "nothing"
    only: _Page | None = field(default=None, repr=False)

    def __iter__(self) -> Iterator[_Page]:
        if self.only is not None:
            yield self.only
            return
        page = None
        for number, member in enumerate(members(self.source, self.answer), start=1):
            root = self.root_of(member)
            paging.drop_overlap(member.name, root, self.paged)
            page = _Page(number, member, root)
            self.shape = shape(root)
            yield page
        if page is not None and page.number == 1:
            self.only = page


def _found(root: object, paths: Sequence[str]) -> Iterator[Found]:
    for path in paths:
        yield from find(root, path)


def _opened(table: Table) -> frozenset[str]:
    """The members whose own members are columns: 'a' and 'a.b' of the column 'a.b.c'."""
    named = [name for column in table.columns if column.is_in_file for name in (column.source, *column.aliases)]
    return frozenset(name[: dot.start()] for name in named for dot in re.finditer(r"\.", name))


def _names(record: object, opened: frozenset[str], above: str = "") -> Iterator[str]:
    """The names of a record's members; of those that columns look into, the names of theirs."""
    if not isinstance(record, dict):
        yield "value"
        return
    for key in record:
        name = f"{above}{key}"
        if name not in opened:
            yield name
        elif isinstance(value := dict.get(record, key), dict):  # a doubled one is its own row's trouble
            yield from _names(value, opened, f"{name}.")


def _rows(
    source: Source, table: Table, answer: Answer, pages: _Pages, paths: Sequence[str], reading: Reading
) -> Iterator[Row]:
    takes_scalars = any(column.source == "value" for column in table.columns)
    number = 0
    for page in pages:
        if page.answer is not answer:
            named = f"halaman {page.number}" if answer.content_type == BUNDLE else f"berkas {page.answer.name!r}"
            reading.add_section(f"{named} rekaman ke-", number)
        for found in _found(page.root, paths):
            number += 1
            if takes_scalars or isinstance(found[2], dict):
                row = _row(source, table, page, number, found, reading)
                if row is not None:
                    yield row
            elif found[2] is None:
                reading.ignored["null"] += 1
            else:
                _reject(reading, page, Reject(number, None, None, NO_OBJECT, {}))


def _row(source: Source, table: Table, page: _Page, number: int, found: Found, reading: Reading) -> Row | None:
    prefix, bound, record = found
    values = record if isinstance(record, dict) else {"value": record}
    known = {**page.answer.known, "record": prefix}
    texts: list[str | None] = []
    for column in table.stored:
        try:
            text = _value(column, values, bound, known, page.root)
        except DoubledKey as error:
            _reject(reading, page, Reject(number, column.name, None, TWICE.format(error.name), {}))
            return None
        if text is not None and not text.isascii() and re.search("[\ud800-\udfff]", text):
            _reject(reading, page, Reject(number, column.name, None, UNSTORABLE, {}))
            return None
        texts.append(conceal(source.source, column, text))
    return number, _is_simulated(page.answer, prefix), texts


def _reject(reading: Reading, page: _Page, reject: Reject) -> None:
    reading.rejects.append(reject)
    if len(reading.rejects) > MAX_REJECTS:
        first = reading.rejects[0]
        raise PayloadError(
            f"{page.answer.where}: more than {MAX_REJECTS} records cannot be read; the first: record {first.row_number}: "
            f"{first.reason}"
        )


def _is_simulated(answer: Answer, prefix: str) -> bool:
    return answer.is_simulated or any(prefix.startswith(path) for path in answer.simulated_paths if path)


def _value(
    column: Column, values: Mapping[str, object], bound: Mapping[str, str], known: Mapping[str, str], root: object
) -> str | None:
    place = column.source
    if place.startswith("@"):
        return known.get(place[1:])
    if place.startswith("{"):
        name = place[1:-1]
        return bound.get(name, known.get(name))
    if place.startswith("$."):
        hits = [record for _, _, record in find(root, place[2:])]
        return text_of(hits[0]) if hits else None
    for name in (place, *column.aliases):
        if name in values:
            return text_of(values[name])
        if "." in name:
            hits = [record for _, _, record in find(values, name)]
            if hits:
                return text_of(hits[0] if len(hits) == 1 else hits)
    return None


__all__ = ["ask", "find", "parse", "read", "read_records"]
