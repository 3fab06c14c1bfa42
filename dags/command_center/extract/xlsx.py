"""Excel workbooks (.xlsx, .xlsm, binary .xls): every cell as text with its digits.

calamine reads the values. It gives nothing for error values and for formulas that were never calculated, floats for
numbers longer than a float holds, and neither formats nor what is hidden; those are looked up in the sheet's own XML.
"""

from __future__ import annotations

import io
import posixpath
import re
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from typing import IO

from lxml import etree
from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from command_center.declaration.source import Source, Table
from command_center.errors import PayloadError
from command_center.extract.biff import Unseen, unseen_of
from command_center.extract.grid import (
    MAX_COLUMNS,
    Cell,
    Fault,
    Grid,
    Merge,
    chosen,
    formatted,
    grid_headers,
    is_nearly_chosen,
    read_grids,
    refuse_other,
)
from command_center.extract.members import check_size
from command_center.extract.number_format import BUILT_IN, Places, shown_as
from command_center.extract.reading import Answer, Reading, refuse_html

ZIP, OLE = b"PK", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
CHUNK = 1 << 20
NEVER_CALCULATED = "berisi rumus tanpa hasil; buka dan simpan berkas di Excel."
LONG_NUMBER = r"-?[1-9][0-9]{15,}(?:\.[0-9]+)?"
# A formula, an error value, a number with more digits than a float has, or something hidden
SUSPECT = rb"<(?:\w+:)?f[\s/>]|\st=[\"']e[\"']|<(?:\w+:)?v>" + LONG_NUMBER.encode() + rb"<|\shidden=[\"'](?:1|true)"
BUILT_IN_BY_TEXT = {str(number): written for number, written in BUILT_IN.items()}
RELATIONSHIP = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
RELATIONSHIP_STRICT = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"

BROKEN = (
    CalamineError, etree.LxmlError, zipfile.BadZipFile, zlib.error, struct.error, OSError, EOFError, ValueError, LookupError,
    NotImplementedError, RuntimeError
)  # fmt: skip


def read(source: Source, table: Table, answer: Answer) -> Reading:
    """The rows of all chosen sheets. Raises PayloadError naming file, sheet and what is wrong."""
    return read_grids(source, table, answer, grids)


def headers(source: Source, table: Table, answer: Answer) -> list[list[str]]:
    """The header of each chosen sheet."""
    return grid_headers(source, table, answer, grids)


def is_workbook(content: bytes, suffix: str, where: str) -> bool:
    """Whether content is to be read as a workbook. Raises PayloadError when it claims to be one and is not."""
    if not content.startswith((ZIP, OLE)) and suffix.lower() not in (".xlsx", ".xlsm", ".xls"):
        return False
    _check_container(content, where)
    return True


def grids(source: Source, table: Table, answer: Answer) -> Iterator[Grid]:
    """The chosen sheets, hidden ones too, and those that people see under nearly such a name."""
    content = answer.content()
    _check_container(content, answer.where)
    with _refused(answer.where):
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        shows = {sheet.name: sheet.visible for sheet in book.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet}
    layout = source.layout(table)
    read = chosen(layout, list(shows), "sheet", answer.where)
    near = {name for name, seen in shows.items() if seen == SheetVisibleEnum.Visible and is_nearly_chosen(layout, name)}
    for name in (name for name in shows if name in read or name in near):
        try:
            with _refused(f"{answer.where}, sheet {name!r}"):
                sheet = book.get_sheet_by_name(name)
                unseen = _unseen(content, book, name)
        except PayloadError:
            if name in read:
                raise
            continue
        unseen.hidden.sheet = shows[name] != SheetVisibleEnum.Visible
        yield replace(_grid(sheet, name, unseen, answer.where), is_chosen=name in read)


def _check_container(content: bytes, where: str) -> None:
    """Refuse what is no workbook, is cut off, or would unpack to far more than it says."""
    refuse_html(content, "an xlsx workbook", where)
    if content.startswith(OLE):
        if ENCRYPTED in content:
            raise PayloadError(f"{where}: the workbook is protected by a password; ask the steward to send it without.")
        return
    if not content.startswith(ZIP):
        refuse_other(content[:4096], "an xlsx workbook", where)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as container:
            check_size(container.infolist(), where)
            names = {name.lower() for name in container.namelist()}
    except (zipfile.BadZipFile, NotImplementedError, ValueError, struct.error):
        what = "broken or cut off" if content.startswith(ZIP) else "not an xlsx workbook"
        raise PayloadError(f"{where}: the file of {len(content)} bytes is {what}; ask for it again.") from None
    if "xl/workbook.xml" not in names:
        raise PayloadError(f"{where}: the file is {_other(names)}, not an xlsx workbook; ask the steward for .xlsx.")


def _other(names: set[str]) -> str:
    if "xl/workbook.bin" in names:
        return "a binary workbook (.xlsb)"
    if "content.xml" in names:
        return "an OpenDocument file (.ods)"
    return "a zip archive of " + (", ".join(repr(name) for name in sorted(names)[:5]) or "nothing")


@contextmanager
def _refused(where: str) -> Iterator[None]:
    """What a library says about a broken workbook, as one sentence."""
    try:
        yield
    except PasswordError:
        raise PayloadError(
            f"{where}: the workbook is protected by a password; ask the steward to send it without."
        ) from None
    except BROKEN as error:
        what = " ".join(str(error).split())
        raise PayloadError(f"{where}: the workbook cannot be read: {what}; ask for it again.") from None
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # calamine's Rust gave up; it derives from BaseException
            raise
        raise PayloadError(f"{where}: the workbook cannot be read: {error}; ask for it again.") from None


def _grid(sheet: CalamineSheet, name: str, unseen: Unseen, where: str) -> Grid:
    def rows() -> Iterator[tuple[int, list[Cell]]]:
        with _refused(f"{where}, sheet {name!r}"):
            yield from _rows(sheet, unseen)

    ranges = sheet.merged_cell_ranges or []
    merges = [Merge(top + 1, left, bottom + 1, right) for (top, left), (bottom, right) in ranges]
    return Grid(name, rows, f", sheet {name!r}", f"lembar {name!r} baris ", merges, hidden=unseen.hidden)


def _rows(sheet: CalamineSheet, unseen: Unseen) -> Iterator[tuple[int, list[Cell]]]:
    """Rows from the first of the sheet; iter_rows leaves out the empty columns at the left, but not the rows above."""
    margin: list[Cell] = [None] * (sheet.start[1] if sheet.start else 0)
    number = 0
    for number, values in enumerate(sheet.iter_rows() if sheet.start else (), start=1):
        cells = margin + values
        if number in unseen.cells:
            _add_special(cells, unseen.cells[number])
        if number in unseen.formats:
            _add_formats(cells, unseen.formats[number])
        yield number, cells
    for below in sorted(row for row in unseen.cells if row > number):
        yield below, _add_special([], unseen.cells[below])


def _add_special(cells: list[Cell], special: dict[int, Cell]) -> list[Cell]:
    cells.extend([None] * (max(special) + 1 - len(cells)))
    for at, cell in special.items():
        if isinstance(cell, Fault) or isinstance(cells[at], (int, float)):  # a long number may be a date's
            cells[at] = cell
    return cells


def _add_formats(cells: list[Cell], formats: dict[int, Places]) -> None:
    for at, places in formats.items():
        if at < len(cells):
            cells[at] = formatted(cells[at], places)


def _unseen(content: bytes, book: CalamineWorkbook, name: str) -> Unseen:
    """What calamine does not give as it is."""
    if content.startswith(OLE):
        order = [sheet.name for sheet in book.sheets_metadata].index(name)
        return unseen_of(content, order)
    with zipfile.ZipFile(io.BytesIO(content)) as container:
        part = _part(container, name)
        formats = _formats(container)
        if part is None or not _has_suspects(container, part, formats):
            return Unseen()
        with container.open(part) as file:
            return _looked_up(file, formats)


def _formats(container: zipfile.ZipFile) -> dict[str, Places]:
    """The styles that show a number as a code or in percent, by the number with which cells name them."""
    inside = {entry.lower(): entry for entry in container.namelist()}
    if "xl/styles.xml" not in inside:
        return {}
    styles = _xml(container.read(inside["xl/styles.xml"]))
    declared = {str(one.get("numFmtId")): str(one.get("formatCode")) for one in styles.iter("{*}numFmt")}
    formats = {number: shown_as(written) for number, written in (BUILT_IN_BY_TEXT | declared).items()}
    used = (xf.get("numFmtId") for cells in styles.iter("{*}cellXfs") for xf in cells.iterchildren("{*}xf"))
    return {str(style): places for style, of in enumerate(used) if (places := formats.get(str(of))) is not None}


def _part(container: zipfile.ZipFile, name: str) -> str | None:
    """The file inside the workbook that holds a sheet."""
    inside = {entry.lower(): entry for entry in container.namelist()}
    book = _xml(container.read(inside["xl/workbook.xml"]))
    related = _xml(container.read(inside["xl/_rels/workbook.xml.rels"]))
    targets = {str(of.get("Id")): str(of.get("Target")) for of in related.iter("{*}Relationship")}
    for sheet in book.iter("{*}sheet"):
        if sheet.get("name") == name:
            target = targets.get(sheet.get(RELATIONSHIP) or sheet.get(RELATIONSHIP_STRICT) or "", "")
            return inside.get(posixpath.normpath(posixpath.join("/xl", target)).lstrip("/").lower())
    return None


def _xml(content: bytes) -> etree._Element:
    return etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True))


def _has_suspects(container: zipfile.ZipFile, part: str, formats: Iterable[str]) -> bool:
    styles = b"|".join(style.encode() for style in formats)
    suspect = re.compile(SUSPECT + (rb"|\ss=[\"'](?:" + styles + rb")[\"']" if styles else b""))
    before = b""
    with container.open(part) as file:
        while chunk := file.read(CHUNK):
            if suspect.search(before + chunk):
                return True
            before = chunk[-64:]
    return False


def _looked_up(file: IO[bytes], formats: Mapping[str, Places]) -> Unseen:
    found = Unseen()
    number = 0
    for _, element in etree.iterparse(file, tag=("{*}row", "{*}col"), resolve_entities=False):
        is_hidden = element.get("hidden") in ("1", "true")
        if etree.QName(element).localname == "col":
            if is_hidden:
                last = min(int(element.get("max", "1")), MAX_COLUMNS)
                found.hidden.columns.update(range(int(element.get("min", "1")) - 1, last))
            continue
        number = int(element.get("r") or number + 1)
        if is_hidden:
            found.hidden.rows.add(number)
        _look_up_row(element, number, formats, found)
        element.clear()
    return found


def _look_up_row(row: etree._Element, number: int, formats: Mapping[str, Places], found: Unseen) -> None:
    at = -1
    for element in row:
        reference = element.get("r")
        at = _column(reference) if reference else at + 1
        if (cell := _suspect(element)) is not None:
            found.cells.setdefault(number, {})[at] = cell
        elif (places := formats.get(element.get("s", ""))) is not None:
            found.formats.setdefault(number, {})[at] = places


def _suspect(cell: etree._Element) -> Cell:
    kind = cell.get("t", "n")
    has_formula, value = False, ""
    for child in cell:
        if str(child.tag).endswith("}f"):
            has_formula = True
        elif str(child.tag).endswith("}v"):
            value = child.text or ""
    if kind == "e":
        return Fault(f"berisi galat {value}; perbaiki rumusnya lalu kirim ulang.", value)
    if has_formula and not value and kind != "str":  # a calculated text may be empty
        return Fault(NEVER_CALCULATED)
    return Decimal(value) if kind == "n" and len(value) > 15 and re.fullmatch(LONG_NUMBER, value) else None


def _column(reference: str) -> int:
    at = 0
    for letter in reference.rstrip("0123456789"):
        at = at * 26 + ord(letter) - 64
    return at - 1
