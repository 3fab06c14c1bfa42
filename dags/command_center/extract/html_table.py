"""Tables of a web page, mostly an "Excel" export that is HTML renamed .xls. Tables are numbered from 1."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from functools import partial

from lxml import etree, html

from command_center.declaration.source import Source, Table
from command_center.errors import DeclarationError, PayloadError
from command_center.extract.grid import (
    ERROR_VALUES,
    MAX_COLUMNS,
    Cell,
    Fault,
    Grid,
    Hidden,
    Merge,
    chosen,
    grid_headers,
    read_grids,
    refuse_other,
)
from command_center.extract.reading import Answer, Reading, refuse_utf8

FATAL = etree.ErrorLevels.FATAL
REPLACED = "\N{REPLACEMENT CHARACTER}"
MAX_SPAN = 65_534
BREAKS = {"br", "p", "div", "li"}


def read(source: Source, table: Table, answer: Answer) -> Reading:
    """The rows of all chosen tables. Raises PayloadError naming file, table and what is wrong."""
    return read_grids(source, table, answer, grids)


def headers(source: Source, table: Table, answer: Answer) -> list[list[str]]:
    """The header of each chosen table."""
    return grid_headers(source, table, answer, grids)


def grids(source: Source, table: Table, answer: Answer) -> Iterator[Grid]:
    """The chosen tables of the page that do not stand in another one."""
    layout = source.layout(table)
    content = answer.content()
    refuse_other(content[:4096], "a web page with a table", answer.where)
    refuse_utf8(content, layout.encoding, answer.where)
    text = _decoded(content, layout.encoding)
    root = _parsed(text, answer.where)
    tables = {str(order): element for order, element in enumerate(_outer_tables(root), start=1)}
    if not tables:
        title = " ".join((root.findtext(".//title") or "").split())
        named = f" titled {title!r}" if title else ""
        raise PayloadError(f"{answer.where}: the page{named} has no table; ask the steward.")
    _check_complete(text, answer.where)
    for name in chosen(layout, list(tables), "table", answer.where):
        merges: list[Merge] = []
        hidden = Hidden(sheet=_is_hidden(tables[name]))
        rows = partial(_rows, tables[name], merges, hidden)
        yield Grid(name, rows, f", table {name}", f"tabel {name} baris ", merges, hidden=hidden)


def _decoded(content: bytes, encoding: str) -> str:
    """The page as text; letters that are not of the declared encoding are marked."""
    try:
        decode = codecs.getdecoder(encoding)
    except LookupError:
        raise DeclarationError(f"There is no encoding {encoding!r}; mend 'encoding' of the layout.") from None
    return decode(content, "replace")[0].replace("\0", REPLACED)


def _parsed(text: str, where: str) -> html.HtmlElement:
    """The page as a tree. Raises PayloadError where the parser gave up, which it would not tell by itself."""
    if "<" not in text:
        raise PayloadError(f"{where}: the file is no web page; ask the steward.")
    parser = html.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False, remove_comments=True, remove_pis=True)
    try:
        root = html.document_fromstring(text.encode(), parser)
    except etree.LxmlError as error:
        raise PayloadError(f"{where}: the page cannot be read: {error}; ask the steward.") from None
    fatal = next((entry for entry in parser.error_log if entry.level == FATAL), None)
    if fatal is not None:
        raise PayloadError(f"{where}: the page cannot be read: line {fatal.line}: {fatal.message}; ask the steward.")
    return root


def _check_complete(text: str, where: str) -> None:
    """Refuse a page that ends inside a table."""
    opened, closed = (len(re.findall(tag, text, re.IGNORECASE)) for tag in (r"<table\b", r"</table\b"))
    if opened > closed and not re.search(r"</html\s*>", text[-1000:], re.IGNORECASE):
        raise PayloadError(f"{where}: the page ends inside a table, so that it is cut off; ask for it again.")


def _outer_tables(root: html.HtmlElement) -> Iterator[html.HtmlElement]:
    for table in root.iter("table"):
        if next(table.iterancestors("table"), None) is None:
            yield table


def _is_hidden(element: html.HtmlElement) -> bool:
    style = re.sub(r"\s", "", element.get("style", "")).lower()
    return element.get("hidden") is not None or "display:none" in style or "visibility:hidden" in style


def _rows(table: html.HtmlElement, merges: list[Merge], hidden: Hidden) -> Iterator[tuple[int, list[Cell]]]:
    """The rows; a cell that spans others stands in the first of them."""
    merges.clear()
    covered: dict[int, int] = {}  # column: last row that a cell above covers
    rows = (row for row in table.iter("tr") if next(row.iterancestors("table")) is table)
    for number, row in enumerate(rows, start=1):
        if _is_hidden(row):
            hidden.rows.add(number)
        cells: list[Cell] = []
        at = 0
        for element in row.iterchildren("td", "th"):
            while covered.get(at, 0) >= number:
                at += 1
            across, down = _span(element, "colspan", 1000), _span(element, "rowspan", MAX_SPAN)
            if at + across > MAX_COLUMNS:
                raise PayloadError(f"row {number} of a table has more than {MAX_COLUMNS} columns; it was not read.")
            cells.extend([None] * (at + across - len(cells)))
            cells[at] = _cell(element)
            if across > 1 or down > 1:
                merges.append(Merge(number, at, number + down - 1, at + across - 1))
            for place in range(at, at + across):
                covered[place] = number + down - 1
            at += across
        yield number, cells


def _span(element: html.HtmlElement, name: str, most: int) -> int:
    """How many columns or rows a cell takes; 0 rows means all that follow."""
    text = (element.get(name) or "1").strip()
    if not text.isdecimal():
        return 1
    return min(int(text[:9]), most) or (most if name == "rowspan" else 1)


def _cell(element: html.HtmlElement) -> Cell:
    text = " ".join("".join(_texts(element)).split())
    if REPLACED in text:
        return Fault("memuat huruf yang bukan dari pengodean yang dideklarasikan; simpan ulang sebagai UTF-8.")
    if text in ERROR_VALUES:
        return Fault(f"berisi galat {text}; perbaiki rumusnya lalu kirim ulang.", text)
    return text or None


def _texts(element: html.HtmlElement) -> Iterator[str]:
    """The texts of a cell without those of tables inside it."""
    yield element.text or ""
    for child in element:
        if child.tag in ("table", "script", "style"):
            yield " "
        else:
            yield from _texts(child)
            yield " " if child.tag in BREAKS else ""
        yield child.tail or ""
