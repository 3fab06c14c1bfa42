"""Which tables of which source a file feeds, by its content alone. Runs in a process of its own, with limits.

What a file looks like decides which kinds may read it; then its headers or record paths decide the table.
"""

from __future__ import annotations

import io
import json
import multiprocessing
import re
import resource
import zipfile
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor, TimeoutError
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from itertools import chain, islice
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from command_center.declaration.source import Kind, Source, Table
from command_center.errors import CommandCenterError, PayloadError
from command_center.extract.kinds import MODULES
from command_center.extract.reading import Answer
from command_center.intake.trial import answer_of
from command_center.newcomer.proposal import any_source, text_layout
from command_center.settings import settings

READS: dict[Kind, tuple[str, ...]] = {
    "http_json": ("json", "xml", "pages"),
    "ckan": ("json", "pages", "text", "workbook"),
    "arcgis_rest": ("json", "pages"),
    "json_rpc": ("json", "pages"),
    "prometheus": ("json", "pages"),
    "xml": ("xml", "alert"),
    "rss": ("feed", "pages"),
    "cap": ("alert", "feed", "pages"),
    "icalendar": ("calendar",),
    "csv": ("text",),
    "xlsx": ("workbook",),
    "spreadsheetml": ("spreadsheetml",),
    "html_table": ("html",),
    "sql": ("text",),
}
SUFFIXES: dict[Kind, tuple[str, ...]] = {
    **dict.fromkeys(("http_json", "ckan", "arcgis_rest", "json_rpc", "prometheus"), (".json", ".geojson")),
    **dict.fromkeys(("xml", "rss", "cap", "spreadsheetml"), (".xml",)),
    "icalendar": (".ics",),
    "csv": (".csv", ".txt"),
    "sql": (".csv",),
    "xlsx": (".xlsx",),
    "html_table": (".xls", ".html", ".htm"),
}
RECORDS: dict[Kind, list[str]] = {
    "arcgis_rest": ["features[].attributes"],
    "json_rpc": ["result[]"],
}
GRIDS: dict[str, Kind] = {"workbook": "xlsx", "spreadsheetml": "spreadsheetml", "html": "html_table", "text": "csv"}
HEAD = 4096
SEEN = 1000
SEEN_ROWS = 40
MANY_NAMES = 5000


def looks_like(content: bytes) -> str:
    """What the bytes are, whatever the name says: json, xml, feed, alert, spreadsheetml, html, workbook, …, text or binary."""
    head = content[:HEAD].removeprefix(b"\xef\xbb\xbf").lstrip()
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _archive(content)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        return "workbook"
    if head.startswith((b"{", b"[")):
        return "json"
    if head.startswith(b"<"):
        return _markup(head)
    if re.match(rb"BEGIN:VCALENDAR", head, re.IGNORECASE):
        return "calendar"
    return "binary" if b"\0" in head or not head else "text"


def _archive(content: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return "workbook"  # most likely one that was cut off
    return "workbook" if "[Content_Types].xml" in names else "pages"


def _markup(head: bytes) -> str:
    if b"urn:schemas-microsoft-com:office:spreadsheet" in head:
        return "spreadsheetml"
    found = re.search(rb"<(?:[\w.-]+:)?([A-Za-z][\w.-]*)", head)
    root = found.group(1).lower() if found else b""
    if root in (b"html", b"head", b"body", b"table", b"meta", b"style", b"div") or b"<!doctype html" in head.lower():
        return "html"
    return {b"rss": "feed", b"feed": "feed", b"rdf": "feed", b"alert": "alert"}.get(root, "xml")


@dataclass(frozen=True)
class Recognised:
    """The tables of a source that a file feeds; or how many of the names of its nearest table the file has, and why it refuses."""

    source: str
    tables: tuple[str, ...] = ()
    refusal: str | None = None
    table: str = ""
    shared: int = 0
    missing: tuple[str, ...] = ()

    @property
    def wanted(self) -> int:
        return self.shared + len(self.missing)

    @property
    def share(self) -> float:
        """Of the names that the table wants, those that the file has."""
        return self.shared / max(self.wanted, 1)

    @property
    def is_meant(self) -> bool:
        """Whether the file is most likely the source's, in spite of the refusal."""
        return self.refusal is not None and self.shared > 1 and self.shared * 2 > self.wanted


def recognise(file: Path, candidates: list[Source], known: Mapping[str, str]) -> list[Recognised]:
    """The first candidate that knows the file, alone; else all, those first that come nearest. Raises PayloadError when broken."""
    looks = looks_like(file.read_bytes())
    refusals: dict[str, str] = {}
    for source in candidates:
        kind = source.extract.kind
        may_read = looks in READS[kind] or (looks == "pages" and source.extract.members is not None)
        if not may_read and file.suffix.lower() not in SUFFIXES[kind]:
            continue
        try:
            tables = tuple(_tables(source, file, known))
        except CommandCenterError as error:
            refusals[source.source] = str(error)
        else:
            if tables:
                return [Recognised(source.source, tables)]
            if not may_read:
                refusals[source.source] = f"{file.name}: it is {looks}, not what kind {kind} reads."
    names = _names_in(file, looks)
    near = [_nearest(source, names, refusals.get(source.source)) for source in candidates]
    return sorted(near, key=lambda one: one.share, reverse=True)


def _nearest(source: Source, names: frozenset[str], refusal: str | None) -> Recognised:
    """The table of the source of which the file has the greatest share of names."""
    found = []
    for name, table in source.tables.items():
        wanted = [column for column in table.columns if column.is_in_file and not column.optional]
        missing = tuple(c.source for c in wanted if not any(_stands(one, names) for one in (c.source, *c.aliases)))
        found.append(Recognised(source.source, (), refusal, name, len(wanted) - len(missing), missing))
    return max(found, key=lambda one: one.share)


def _stands(name: str, names: frozenset[str]) -> bool:
    """Whether a declared name stands in a file: as it is, in the rows of a header, or as a member of a member."""
    return name in names or all(part in names for part in re.split(r" / |[.]", name))


def _names_in(file: Path, looks: str) -> frozenset[str]:
    with _in_a_sentence(file):
        return names_in(file, looks)


@contextmanager
def _in_a_sentence(file: Path) -> Iterator[None]:
    """Whatever a library makes of bytes that nobody foresaw is a PayloadError."""
    try:
        yield
    except CommandCenterError:
        raise
    except Exception as error:  # of what the libraries raise there is no list
        what = " ".join(f"{type(error).__name__}: {error}".split())
        raise PayloadError(f"{file.name}: the file cannot be read: {what}; ask for it again.") from error


def names_in(file: Path, looks: str) -> frozenset[str]:
    """What could be names of columns in a file of any kind. Raises PayloadError when the file cannot be opened at all."""
    answer = Answer(file.name, lambda: iter([file.read_bytes()]), {}, name=file.name, path=file)
    if looks in ("json", "xml", "feed", "alert"):
        root = _module("json_paths").parse(answer) if looks == "json" else _module("xml").parse(answer)
        return frozenset(islice(_keys(root), MANY_NAMES))
    if looks in GRIDS:
        kind = GRIDS[looks]
        source = any_source(kind, text_layout(file) if kind == "csv" else {})
        grids = _module(MODULES[kind][1]).grids(source, source.tables["x"], answer)
        rows = chain.from_iterable(islice(grid.rows(), SEEN_ROWS) for grid in grids)
        return frozenset(_module("grid").shown(cell) for _, cells in rows for cell in cells) - {""}
    return frozenset()


def _keys(node: object) -> Iterator[str]:
    inner = node if isinstance(node, list) else dict.values(node) if isinstance(node, dict) else ()
    if isinstance(node, dict):
        yield from node
    for one in inner:
        yield from _keys(one)


def _tables(source: Source, file: Path, known: Mapping[str, str]) -> Iterator[str]:
    """The tables that the file feeds; when there is none, the first error of those that could not tell is raised."""
    troubles: list[CommandCenterError] = []
    feeds = False
    for name, table in source.tables.items():
        try:
            with _in_a_sentence(file):
                is_fed = _feeds(source, table, answer_of(source, name, file, known))
        except CommandCenterError as error:
            troubles.append(error)
            continue
        if is_fed:
            feeds = True
            yield name
    if troubles and not feeds:
        raise troubles[0]


def _feeds(source: Source, table: Table, answer: Answer) -> bool:
    kind = source.extract.kind
    reader = _module(MODULES[kind][1])
    if hasattr(reader, "headers"):
        found: list[list[str]] = reader.headers(source, table, answer)
        return any(_shares_header(table, header) for header in found)
    records = table.records or RECORDS.get(kind, [])
    if kind in ("http_json", "arcgis_rest", "json_rpc", "xml") and records:
        if kind == "json_rpc":  # every method answers at the same place
            return any(_has_required(table, records, root) for root in _roots(source, answer))
        return any(_has_records(table, records, root) for root in _roots(source, answer))
    reading = reader.read(source, table, answer)
    return next(iter(reading.rows), None) is not None or bool(reading.rejects)


def _roots(source: Source, answer: Answer) -> Iterator[object]:
    members = _module("members").members
    kind = source.extract.kind
    parse: Callable[[Answer], object] = (
        _module("http_json").root
        if kind == "http_json"
        else _module("xml").parse
        if kind == "xml"
        else _module("json_paths").parse
    )
    for member in members(source, answer):
        yield parse(member)


def _module(name: str) -> Any:
    return import_module(f"command_center.extract.{name}")


def _has_records(table: Table, records: list[str], root: object) -> bool:
    find = _module("json_paths").find
    needed = {c.source for c in table.columns if c.required and c.is_in_file}
    takes_scalars = any(column.source == "value" for column in table.columns)
    for path in records:
        steps = path.split(".{")[0]
        if not path.startswith(("{", "[")) and any(True for _ in find(root, steps.removesuffix("[]"))):
            return _shape_fits(table, [record for _, _, record in find(root, path)])
        for _, _, record in find(root, path):
            if isinstance(record, dict) and not takes_scalars and needed <= set(record):
                return True
            if takes_scalars and not isinstance(record, (dict, list)):
                return True
    return False


def _has_required(table: Table, records: list[str], root: object) -> bool:
    """Whether a record has a name for every required column."""
    needed = [(c.source, *c.aliases) for c in table.columns if c.required and c.is_in_file]
    found = [record for path in records for _, _, record in _module("json_paths").find(root, path)]
    return any(isinstance(one, dict) and all(_has(one, names) for names in needed) for one in found[:SEEN])


def _shape_fits(table: Table, found: list[object]) -> bool:
    """The place is there, be it empty; where it holds objects, they share names with the declaration.

    One name is enough, unless several are required: alerts and maps share names with many a table.
    """
    records = [record for record in found[:SEEN] if isinstance(record, dict)]
    columns = [column for column in table.columns if column.is_in_file]
    if not any(records) or not columns:
        return True
    given = [c for c in columns if any(_has(record, (c.source, *c.aliases)) for record in records)]
    return bool(given) and (sum(c.required for c in columns) < 2 or any(c.required for c in given))


def _has(record: dict[str, object], names: tuple[str, ...]) -> bool:
    """Whether a record has a member of one of these names; 'a.b' is the member b of a."""
    find = _module("json_paths").find
    return any(name in record or ("." in name and next(find(record, name), None) is not None) for name in names)


def _shares_header(table: Table, header: list[str]) -> bool:
    declared = [c for c in table.columns if c.is_in_file]
    found = sum(1 for column in declared if {column.source, *column.aliases} & set(header))
    return found * 2 > len(declared)


class Recogniser:
    """A process that recognises; ended and started again when a file kills it or keeps it too long."""

    def __init__(self) -> None:
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()

    def end(self) -> None:
        pool, self._pool = self._pool, None
        if pool is not None:
            for process in list((pool._processes or {}).values()):
                process.kill()
            pool.shutdown(wait=True, cancel_futures=True)

    def recognise(self, file: Path, candidates: list[Source], known: Mapping[str, str]) -> list[Recognised]:
        """As recognise(); raises PayloadError when the file ended the process."""
        if self._pool is None:
            self._pool = ProcessPoolExecutor(
                1,
                mp_context=multiprocessing.get_context("spawn"),
                initializer=_limit,
                initargs=(settings().cc_parser_memory_mb,),
            )
        try:
            texts = [source.model_dump_json() for source in candidates]
            return self._pool.submit(_recognise, file, texts, dict(known)).result(settings().cc_parser_timeout_s)
        except (BrokenProcessPool, TimeoutError, MemoryError, RecursionError) as error:
            self.end()
            what = " ".join(f"{type(error).__name__} {error}".split())
            raise PayloadError(
                f"{file.name}: the process that looked into the file did not come back: {what}"
            ) from None


def _limit(memory_mb: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (memory_mb << 20, memory_mb << 20))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _recognise(file: Path, candidates: list[str], known: dict[str, str]) -> list[Recognised]:
    return recognise(file, [Source.model_validate(json.loads(text)) for text in candidates], known)
