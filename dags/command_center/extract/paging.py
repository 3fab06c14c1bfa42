"""Answers in pages, read to the very last one while the source may change beneath (docs/paging.md says what shows when)."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Protocol

import httpx

from command_center.declaration.source import Paging, Request
from command_center.errors import DeclarationError, PayloadError, SourceUnavailable
from command_center.extract.asking import BUNDLE, Asking, Fetched, Spool, bundle
from command_center.extract.http import Client, Page, Refused
from command_center.extract.json_paths import find, parse, shape
from command_center.extract.reading import Answer
from command_center.settings import settings

READINGS = 3
PAGE_MB = 64  # a page is parsed while it is asked for; larger ones are asked for in smaller pieces
OVERLAP = re.compile(r"-lewati-(\d+)\.json$")


@dataclass
class Leaf:
    """One page: its file, what it holds, and how many of its first records the page before had too."""

    page: Page
    root: object
    records: list[object]
    overlap: int = 0

    @property
    def new(self) -> list[object]:
        return self.records[self.overlap :]

    @property
    def mark(self) -> bytes:
        return _mark(self.records)


class Turn(Protocol):
    """Asks for one page: by a parameter and its value, or by an address that the source named."""

    def __call__(self, query: Mapping[str, str], url: str | None = None) -> Page: ...


@dataclass(frozen=True)
class Get:
    """Pages by GET: the paging parameter stands in the query."""

    client: Client
    request: Request
    folder: Path

    def __call__(self, query: Mapping[str, str], url: str | None = None) -> Page:
        if url is not None:
            return self.client.page(self.request, self.folder, url=url)
        declared = self.client.asking.query(self.request)
        return self.client.page(self.request, self.folder, query={**declared, **query})


class Shifted(Exception):
    """Records moved between pages while they were read; another reading may be whole."""


def fetch(
    asking: Asking,
    request: Request,
    folder: Path,
    declared: Paging,
    turn: Turn,
    check: Callable[[Walk], None] | None = None,
) -> Fetched:
    """All pages as one answer; `check` may raise Shifted for a reading that is not whole. Raises SourceUnavailable when they cannot be had, or not without doubt."""
    who = asking.who(request)
    walk = read_whole(who, declared, turn, check)
    kept = [leaf.page.fetched for leaf in walk.leaves]
    if len(kept) == 1:
        return replace(kept[0], validator=None)
    spool = Spool(folder, who, asking)
    bundle([(_name(number, leaf), leaf.page.fetched.path) for number, leaf in enumerate(walk.leaves, start=1)], spool)
    simulated = {path for page in kept for path in page.simulated_paths.split(",") if path}
    walk.forget()
    return spool.fetched(request, kept[0].url, content_type=BUNDLE, simulated_paths=",".join(sorted(simulated)))


def read_whole(who: str, declared: Paging, turn: Turn, check: Callable[[Walk], None] | None = None) -> Walk:
    """One reading of all pages that leaves no doubt, or the second of two equal ones."""
    before: bytes | None = None
    why = ""
    for _ in range(READINGS):
        walk = Walk(who, declared, turn)
        try:
            STYLES[declared.style](walk)
            if check is not None:
                check(walk)
        except Shifted as shifted:
            before, why = None, str(shifted)
            walk.forget()
            continue
        if not (declared.confirm or walk.doubt) or walk.mark == before:
            return walk
        before, why = walk.mark, walk.doubt or "two readings in a row did not agree"
        walk.forget()
    raise SourceUnavailable(
        f"{who}: {why}, in {READINGS} readings; the pages cannot be put together without a gap. It is tried again; if it "
        "goes on, ask at a quieter hour, or for another style of paging (docs/paging.md)."
    )


def drop_overlap(name: str, root: object, paths: Sequence[str]) -> None:
    """Take out of a parsed page the records that the page before it ended with, as the page's name tells."""
    found = OVERLAP.search(name)
    if found is None:
        return
    for path in paths:
        for records in _containers(root, path):
            if isinstance(records, list):
                del records[: int(found.group(1))]
                return


def _name(number: int, leaf: Leaf) -> str:
    return f"{number:05d}-lewati-{leaf.overlap}.json" if leaf.overlap else f"{number:05d}.json"


@dataclass
class Walk:
    """One reading from the first page to the last."""

    who: str
    declared: Paging
    turn: Turn
    leaves: list[Leaf] = field(default_factory=list)
    count: int = 0
    asked: int = 0
    byte_size: int = 0
    totals: list[int] = field(default_factory=list)
    doubt: str | None = None
    _largest: int = 0
    _pages: dict[bytes, int] = field(default_factory=dict)
    _seen: dict[bytes, int] = field(default_factory=dict)
    _content: Any = field(default_factory=hashlib.sha256)

    def ask(self, query: Mapping[str, str], url: str | None = None) -> Leaf:
        """The next page, parsed. Raises SourceUnavailable when it is not what was declared."""
        self.asked += 1
        if self.asked > self.declared.max_pages:
            raise SourceUnavailable(
                f"{self.who}: there are more than {self.declared.max_pages} pages; raise 'max_pages' or 'size' in the declaration."
            )
        sized = {self.declared.size_param: str(self.declared.size)} if self.declared.size_param and url is None else {}
        page = self.turn({**sized, **query}, url)
        root = self._root(page)
        leaf = Leaf(page, root, self._records(root))
        total = self._total(root)
        if total is not None:
            self.totals.append(total)
        return leaf

    def take(self, leaf: Leaf, overlap: int = 0) -> None:
        """Keep a page; only the last one's records stay in memory."""
        leaf.overlap, leaf.root = overlap, None
        self._pages.setdefault(leaf.mark, len(self.leaves) + 1)
        for record in leaf.new:
            self._content.update(_mark(record))
        if self.leaves:
            self.leaves[-1].records = []
        self.leaves.append(leaf)
        self.count += len(leaf.new)
        self._largest = max(self._largest, len(leaf.records))
        self.byte_size += leaf.page.fetched.byte_size
        limit = settings().cc_max_payload_mb
        if self.byte_size > limit << 20:
            raise SourceUnavailable(f"{self.who}: the pages have more than {limit} MB together; ask the steward.")

    def drop(self, leaf: Leaf) -> None:
        """Forget a page that brought nothing, unless it is all there is."""
        if self.leaves:
            leaf.page.fetched.path.unlink(missing_ok=True)
        else:
            self.take(leaf)

    def forget(self) -> None:
        for leaf in self.leaves:
            leaf.page.fetched.path.unlink(missing_ok=True)

    def note_repeats(self, leaf: Leaf) -> None:
        """Doubt the reading when a record of the next page stood on an earlier one."""
        number = len(self.leaves) + 1
        for mark in {self.identity(record) for record in leaf.new}:
            first = self._seen.setdefault(mark, number)
            if first != number:
                self.doubt = f"a record of page {first} stands on page {number} too"

    def identity(self, record: object) -> bytes:
        return _mark(self.key(record) if self.declared.key else record)

    def key(self, record: object) -> str:
        """What identifies a record. Raises SourceUnavailable when it has none."""
        name = self.declared.key
        if isinstance(record, dict):
            outer, _, inner = name.partition(".")
            within = record.get(outer)
            value = record.get(name, within.get(inner) if isinstance(within, dict) else None)
            if isinstance(value, str):
                return value
        raise SourceUnavailable(
            f"{self.who}: a record on page {len(self.leaves) + 1} has no text or number {name!r}, by which the pages are "
            "put together; mend 'key' of 'paging' in the declaration."
        )

    @property
    def is_complete(self) -> bool:
        """Whether so many records came as the source says it has."""
        return bool(self.totals) and self.count >= self.totals[-1]

    @property
    def is_short(self) -> bool:
        """Whether the last page had room for more records."""
        if not self.leaves:
            return False
        size = len(self.leaves[-1].records)
        return size < (self.declared.size if len(self.leaves) == 1 else self._largest)

    @property
    def mark(self) -> bytes:
        """What two readings with the same records in the same order have in common."""
        return bytes(self._content.digest())

    def repeated(self, leaf: Leaf) -> int | None:
        """The earlier page with exactly these records."""
        return self._pages.get(leaf.mark) if leaf.records else None

    def check_total(self) -> None:
        """Raise Shifted when more or fewer records came than the source says it has."""
        if self.totals and self.totals[0] != self.totals[-1]:
            raise Shifted(f"the source said at first that it has {self.totals[0]} records, at last {self.totals[-1]}")
        if self.totals and self.count != self.totals[-1]:
            raise Shifted(f"the source says that it has {self.totals[-1]} records, but its pages gave {self.count}")

    def stuck(self, page: int, hint: str) -> Shifted:
        """The doubt when a page has exactly the records of an earlier one."""
        return Shifted(f"page {len(self.leaves) + 1} repeats page {page}: {hint}")

    def _root(self, page: Page) -> object:
        where = f"{self.who}, page {len(self.leaves) + 1}"
        size = page.fetched.byte_size
        if size > PAGE_MB << 20:
            raise SourceUnavailable(f"{where}: the page has {size} bytes, at most {PAGE_MB} MB are read; lower 'size'.")
        content = page.fetched.path.read_bytes()
        try:
            return parse(Answer(where, lambda: iter([content]), {}))
        except PayloadError as error:
            raise SourceUnavailable(str(error)) from None

    def _records(self, root: object) -> list[object]:
        path = self.declared.records
        containers = list(_containers(root, path))
        if not containers or not all(isinstance(found, list | dict | None) for found in containers):
            raise SourceUnavailable(
                f"{self.who}, page {len(self.leaves) + 1}: no records at {path!r}; the answer has {shape(root)}. Ask the "
                "steward, or mend 'records' of 'paging' in the declaration."
            )
        return [record for _, _, record in find(root, path)]

    def _total(self, root: object) -> int | None:
        path = self.declared.total
        if path is None:
            return None
        hits = [hit for _, _, hit in find(root, path)]
        if len(hits) == 1 and isinstance(hits[0], str) and hits[0].isascii() and hits[0].isdigit():
            return int(hits[0][:18])
        raise SourceUnavailable(
            f"{self.who}, page {len(self.leaves) + 1}: no number of all records at {path!r}; the answer has {shape(root)}. "
            "Mend 'total' of 'paging' in the declaration."
        )


def _containers(root: object, path: str) -> Iterator[object]:
    """What stands where the records of a path are kept: lists or objects of them, or null."""
    steps = path.removesuffix("[]") if path.endswith("[]") else path.rpartition(".{")[0]
    if not steps and (path == "[]" or path.startswith("{")):
        yield root
        return
    yield from (found for _, _, found in find(root, steps or path))


def _by_page(walk: Walk) -> None:
    """Numbers of pages: moved records show as repeated ones, or in the total."""
    number = walk.declared.first
    while True:
        try:
            leaf = walk.ask({walk.declared.param: str(number)})
        except Refused as refused:
            if 400 <= refused.status < 500 and (walk.is_short or walk.is_complete):
                break  # some sources refuse the page after the last one
            raise
        repeated = walk.repeated(leaf)
        if not leaf.records or (repeated == len(walk.leaves) and (walk.is_short or walk.is_complete)):
            walk.drop(leaf)  # some sources give the last page again
            break
        if repeated is not None:
            raise walk.stuck(repeated, f"the source does not heed {walk.declared.param!r}, or needs 'total' to end")
        walk.note_repeats(leaf)
        walk.take(leaf)
        if walk.is_complete and walk.is_short:
            break
        number += 1
    walk.check_total()


def _by_offset(walk: Walk) -> None:
    """Offsets: each page begins with the last record of the one before, so that nothing can slip between them."""
    param, size = walk.declared.param, walk.declared.size
    if size < 2:
        raise DeclarationError(
            f"{walk.who}: paging by offset needs a 'size' of 2 or more: pages overlap by one record."
        )
    leaf = walk.ask({param: "0"})
    walk.take(leaf)
    while leaf.records and not (walk.is_complete and walk.is_short):
        before, leaf = leaf, walk.ask({param: str(walk.count - 1)})
        if not leaf.records or walk.identity(leaf.records[0]) != walk.identity(before.records[-1]):
            if len(leaf.records) > 1 and leaf.mark == before.mark:
                raise walk.stuck(len(walk.leaves), f"the source does not heed {param!r}")
            raise Shifted(f"record {walk.count} was no longer at its place when the page after it was read")
        if len(leaf.records) == 1:
            walk.drop(leaf)
            break
        walk.take(leaf, overlap=1)
    if walk.totals and walk.count != walk.totals[-1]:
        raise Shifted(f"the source says that it has {walk.totals[-1]} records, but its pages gave {walk.count}")


def _by_after(walk: Walk) -> None:
    """Keys: each page begins after the last key of the one before, whatever happens to other records meanwhile."""
    last: str | None = None
    while True:
        leaf = walk.ask({} if last is None else {walk.declared.param: last})
        keys = [walk.key(record) for record in leaf.records]
        overlap = 1 if keys and keys[0] == last else 0  # the source begins at the key, not after it
        if len(keys) == overlap:
            walk.drop(leaf)
            break
        for key in keys[overlap:]:
            if last is not None and not _is_after(key, last):
                raise SourceUnavailable(
                    f"{walk.who}, page {len(walk.leaves) + 1}: {walk.declared.key!r} does not grow from record to record "
                    f"(after {last!r} comes {key!r}); ask the source to sort by it, or mend 'paging' in the declaration."
                )
            last = key
        walk.take(leaf, overlap)
    if walk.totals and walk.count < walk.totals[0]:
        raise Shifted(f"the source said that it has {walk.totals[0]} records, but its pages gave {walk.count}")


def _by_next(walk: Walk) -> None:
    """Addresses that the source gives from page to page."""
    url: str | None = None
    asked: set[str] = set()
    while True:
        leaf = walk.ask({}, url)
        repeated = walk.repeated(leaf)
        if repeated is not None:
            raise walk.stuck(repeated, "the address of the next page leads to the same records")
        link = _next(walk, leaf)
        walk.note_repeats(leaf)
        walk.take(leaf)
        if not link:
            break
        try:
            url = str(httpx.URL(leaf.page.fetched.url).join(link))
        except (httpx.InvalidURL, ValueError):
            raise SourceUnavailable(
                f"{walk.who}, page {len(walk.leaves)}: the address of the next page, {link[:200]!r}, is none; ask the steward."
            ) from None
        if url in asked or url == leaf.page.fetched.url:
            raise SourceUnavailable(
                f"{walk.who}, page {len(walk.leaves)}: the next page is one that was read before; the source goes in a "
                "circle. Ask the steward."
            )
        asked.add(url)
    walk.check_total()


def _next(walk: Walk, leaf: Leaf) -> str:
    """The address of the next page; empty at the last."""
    path = walk.declared.next
    if not path:
        links = httpx.Response(200, headers=leaf.page.headers).links
        return str(links.get("next", {}).get("url", ""))
    hits = [hit for _, _, hit in find(leaf.root, path)]
    is_told = "size" in walk.declared.model_fields_set and not walk.totals
    if not hits and not walk.leaves and is_told and len(leaf.records) >= walk.declared.size:
        raise SourceUnavailable(
            f"{walk.who}: the first page is full but has no {path!r}, so there may be more; the answer has "
            f"{shape(leaf.root)}. Mend 'next' of 'paging' in the declaration, or declare its 'total'."
        )
    link = hits[0] if hits else None
    if link is None or link is False:
        return ""
    if not isinstance(link, str):
        raise SourceUnavailable(
            f"{walk.who}, page {len(walk.leaves) + 1}: {path!r} is no address; mend 'next' of 'paging' in the declaration."
        )
    return link


STYLES: dict[str, Callable[[Walk], None]] = {
    "page": _by_page,
    "offset": _by_offset,
    "after": _by_after,
    "next": _by_next,
}


def _is_after(key: str, last: str) -> bool:
    """Numbers by value, other keys by their characters."""
    try:
        return Decimal(key) > Decimal(last)
    except InvalidOperation:
        return key > last


def _mark(content: object) -> bytes:
    return hashlib.blake2b(json.dumps(content, sort_keys=True).encode(), digest_size=16).digest()
