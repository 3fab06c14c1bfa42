"""Excel 2003 XML (SpreadsheetML), whatever the file is called: numbers keep the digits that were sent."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import partial

from lxml import etree

from command_center.declaration.source import Source, Table
from command_center.errors import PayloadError
from command_center.extract.grid import (
    MAX_COLUMNS,
    Cell,
    Chunks,
    Fault,
    Grid,
    Hidden,
    Merge,
    as_calculated,
    chosen,
    formatted,
    grid_headers,
    is_nearly_chosen,
    read_grids,
    refuse_other,
)
from command_center.extract.number_format import Places, shown_as
from command_center.extract.reading import Answer, Reading, refuse_html

TYPE = "{urn:schemas-microsoft-com:office:spreadsheet}Type"
NUMBER = re.compile(r"[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]{1,4})?")
TOLD = ("Workbook", "Style", "Worksheet", "Column", "Row", "Visible")
NEVER_CALCULATED = "berisi rumus tanpa hasil; buka dan simpan berkas di Excel."


def read(source: Source, table: Table, answer: Answer) -> Reading:
    """The rows of all chosen sheets. Raises PayloadError naming file, sheet and what is wrong."""
    return read_grids(source, table, answer, grids)


def headers(source: Source, table: Table, answer: Answer) -> list[list[str]]:
    """The header of each chosen sheet."""
    return grid_headers(source, table, answer, grids)


def grids(source: Source, table: Table, answer: Answer) -> Iterator[Grid]:
    """The chosen sheets, and those seen under nearly such a name; each is read from the file anew, so that no more than a row is in memory."""
    head = b"".join(_chunks(answer, limit=4096))
    if not head.strip():
        raise PayloadError(f"{answer.where}: the file is empty; it is asked for again at the next run.")
    refuse_html(head, "an Excel 2003 XML workbook", answer.where)
    if not head.startswith(b"<") and not head.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")):
        refuse_other(head, "an Excel 2003 XML workbook", answer.where)
    book = _looked_through(answer)
    layout = source.layout(table)
    read = chosen(layout, book.sheets, "sheet", answer.where)
    near = {name for name in book.sheets if name not in book.hidden and is_nearly_chosen(layout, name)}
    for name in (name for name in book.sheets if name in read or name in near):
        merges: list[Merge] = []
        hidden = Hidden(sheet=name in book.hidden)
        rows = partial(_rows, answer, book, name, merges, hidden)
        yield Grid(
            name, rows, f", sheet {name!r}", f"lembar {name!r} baris ", merges, hidden=hidden, is_chosen=name in read
        )


def _chunks(answer: Answer, limit: int | None = None) -> Iterator[bytes]:
    """The bytes without the blank lines that some exports put before the XML declaration."""
    size = 0
    for chunk in answer.chunks():
        rest = chunk if size else chunk.lstrip()
        yield rest
        size += len(rest)
        if limit is not None and size >= limit:
            return


def _events(answer: Answer) -> Iterator[tuple[str, etree._Element]]:
    """Beginnings and ends of sheets and rows. Raises PayloadError for broken XML and for documents with entities."""
    file = io.BufferedReader(Chunks(_chunks(answer)), 1 << 20)
    with _refused(answer.where):
        events = etree.iterparse(
            file, events=("start", "end"), tag=[f"{{*}}{name}" for name in TOLD], resolve_entities=False,
            no_network=True, load_dtd=False, huge_tree=False,
        )  # fmt: skip
        is_first = True
        for event, element in events:
            if is_first:
                _check_root(element, answer.where)
                is_first = False
            yield event, element
        if is_first:
            raise PayloadError(f"{answer.where}: the XML is no Excel 2003 workbook; ask the steward.")


def _check_root(element: etree._Element, where: str) -> None:
    tree = element.getroottree()
    if tree.docinfo.doctype:
        raise PayloadError(
            f"{where}: the XML declares a document type, which a workbook does not need; it was not read."
        )
    if _local(tree.getroot()) != "Workbook":
        raise PayloadError(
            f"{where}: the XML is {_local(tree.getroot())!r}, not an Excel 2003 workbook; ask the steward."
        )


@contextmanager
def _refused(where: str) -> Iterator[None]:
    try:
        yield
    except etree.XMLSyntaxError as error:
        raise PayloadError(f"{where}: the XML is broken or cut off: {error.msg}; ask for it again.") from None


def _local(element: etree._Element) -> str:
    return etree.QName(element).localname


def _told(element: etree._Element) -> dict[str, str]:
    """The attributes without their namespace; not every exporter writes one."""
    return {str(name).rpartition("}")[2]: str(value) for name, value in element.items()}


def _number(told: dict[str, str], name: str, where: str) -> int:
    """A whole number that an attribute holds, 0 without the attribute."""
    text = told.get(name, "0")
    if not re.fullmatch(r"[0-9]{1,7}", text):
        raise PayloadError(f"{where}: the attribute {name} is {text[:40]!r}, expected a number; ask the steward.")
    return int(text)


@dataclass
class _Book:
    """The sheets in their order, those that are hidden, and the styles that show a number as a code or in percent."""

    sheets: list[str] = field(default_factory=list)
    hidden: set[str] = field(default_factory=set)
    formats: dict[str, Places] = field(default_factory=dict)


def _looked_through(answer: Answer) -> _Book:
    book = _Book()
    for event, element in _events(answer):
        kind = _local(element)
        if kind == "Worksheet" and event == "start":
            book.sheets.append(_told(element).get("Name", str(len(book.sheets) + 1)))
        elif kind == "Visible" and event == "end" and book.sheets and "hidden" in (element.text or "").lower():
            book.hidden.add(book.sheets[-1])
        elif kind == "Style" and event == "end":
            style = _told(element)
            own = [_told(one).get("Format", "") for one in element.iterchildren("{*}NumberFormat")]
            places = shown_as(own[0]) if own else book.formats.get(style.get("Parent", ""))
            if places is not None:
                book.formats[style.get("ID", "")] = places
        elif kind == "Row" and event == "end":
            element.clear()
    return book


def _rows(
    answer: Answer, book: _Book, name: str, merges: list[Merge], hidden: Hidden
) -> Iterator[tuple[int, list[Cell]]]:
    """The rows of one sheet; merged ranges and what is hidden are added as they come."""
    merges.clear()
    order, sheet, number, column = book.sheets.index(name), -1, 0, 0
    for event, element in _events(answer):
        kind = _local(element)
        if kind == "Worksheet":
            sheet += event == "start"
            if event == "end" and sheet == order:
                return
        elif kind == "Column" and event == "end" and sheet == order:
            told = _told(element)
            first = (_number(told, "Index", answer.where) or column + 1) - 1
            column = first + 1 + _number(told, "Span", answer.where)
            if told.get("Hidden") == "1":
                hidden.columns.update(range(first, min(column, MAX_COLUMNS)))
        elif kind == "Row" and event == "end":
            if sheet == order:
                told = _told(element)
                number = _number(told, "Index", answer.where) or number + 1
                if told.get("Hidden") == "1":
                    hidden.rows.add(number)
                yield number, _cells(element, number, merges, answer.where, book.formats)
                number += _number(told, "Span", answer.where)
            element.clear()


def _cells(
    row: etree._Element, number: int, merges: list[Merge], where: str, formats: Mapping[str, Places]
) -> list[Cell]:
    cells: list[Cell] = []
    at, row_style = 0, _told(row).get("StyleID", "")
    for element in row.iterchildren("{*}Cell"):
        told, across, down = _told(element), 0, 0
        if told:
            at = (_number(told, "Index", where) or at + 1) - 1
            across, down = _number(told, "MergeAcross", where), _number(told, "MergeDown", where)
        if at + across >= MAX_COLUMNS:
            raise PayloadError(f"{where}: row {number} has more than {MAX_COLUMNS} columns; it was not read.")
        cells.extend([None] * (at + 1 + across - len(cells)))
        cells[at] = formatted(_cell(element, told), formats.get(told.get("StyleID", row_style)))
        if across or down:
            merges.append(Merge(number, at, number + down, at + across))
        at += 1 + across
    return cells


def _cell(element: etree._Element, told: dict[str, str]) -> Cell:
    data = next(element.iterchildren("{*}Data"), None)
    if data is None:
        return Fault(NEVER_CALCULATED) if "Formula" in told else None
    text = ("".join(data.itertext()) if len(data) else data.text or "").strip()
    kind = data.get(TYPE, data.get("Type"))
    if kind == "Error":
        return Fault(f"berisi galat {text}; perbaiki rumusnya lalu kirim ulang.", text)
    if kind == "Number" and NUMBER.fullmatch(text):
        return as_calculated(Decimal(text))
    if kind == "Boolean" and text in ("0", "1"):
        return text == "1"
    return _moment(text) if kind == "DateTime" else text


def _moment(text: str) -> Cell:
    """A date, a time of day (which Excel dates 1899) or both; anything else stays as it is written."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    if moment.date() <= date(1899, 12, 31):
        return moment.time()
    return moment if moment.time() != datetime.min.time() else moment.date()
