"""What calamine does not tell of binary .xls workbooks: error values, formats, what is hidden. See [MS-CFB] and [MS-XLS]."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from command_center.extract.grid import Cell, Fault, Hidden
from command_center.extract.number_format import BUILT_IN, Places, shown_as

END = 0xFFFFFFFC  # sector numbers from here on are marks
BOF, EOF, BOUND_SHEET, FORMULA, BOOL_ERR = 0x0809, 0x000A, 0x0085, 0x0006, 0x0205
FORMAT, XF, NUMBER, RK, MULTIPLE_RK, ROW, COLUMN_INFO = 0x041E, 0x00E0, 0x0203, 0x027E, 0x00BD, 0x0208, 0x007D
NAMES = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
}


@dataclass
class Unseen:
    """By row from 1 and column from 0: cells, and the formats of numbers that are shown as codes or in percent; and what is hidden."""

    cells: dict[int, dict[int, Cell]] = field(default_factory=dict)
    formats: dict[int, dict[int, Places]] = field(default_factory=dict)
    hidden: Hidden = field(default_factory=Hidden)


def unseen_of(content: bytes, order: int) -> Unseen:
    """What calamine does not tell of a workbook's sheet, by its order in the file.

    Raises struct.error, IndexError or ValueError for a broken file.
    """
    stream = _workbook_stream(content)
    book = list(_records(stream, 0))
    starts = [struct.unpack_from("<I", data)[0] for kind, data in book if kind == BOUND_SHEET]
    styles = _styles(book)
    found = Unseen()
    for kind, data in _records(stream, starts[order]):
        code = _error_code(kind, data)
        if code is not None:
            row, at = struct.unpack_from("<HH", data)
            name = NAMES.get(code, "#GALAT")
            fault = Fault(f"berisi galat {name}; perbaiki rumusnya lalu kirim ulang.", name)
            found.cells.setdefault(row + 1, {})[at] = fault
        elif kind == ROW and data[12] & 0x20:
            found.hidden.rows.add(struct.unpack_from("<H", data)[0] + 1)
        elif kind == COLUMN_INFO and data[8] & 1:
            first, last = struct.unpack_from("<HH", data)
            found.hidden.columns.update(range(first, last + 1))
        for row, at, style in _styled(kind, data) if styles else ():
            if style in styles:
                found.formats.setdefault(row + 1, {})[at] = styles[style]
    return found


def _styles(book: Sequence[tuple[int, bytes]]) -> dict[int, Places]:
    """The formats that show a number as a code or in percent, by the number with which cells name them."""
    formats = BUILT_IN | dict(_format(data) for kind, data in book if kind == FORMAT)
    used = [struct.unpack_from("<H", data, 2)[0] for kind, data in book if kind == XF]
    found = ((style, shown_as(formats.get(of, ""))) for style, of in enumerate(used))
    return {style: places for style, places in found if places is not None}


def _format(data: bytes) -> tuple[int, str]:
    number, length = struct.unpack_from("<HH", data)
    return number, data[5:].decode("utf-16-le" if data[4] & 1 else "latin-1", "replace")[:length]


def _styled(kind: int, data: bytes) -> Iterator[tuple[int, int, int]]:
    """Row, column and style of each number in a record."""
    if kind in (NUMBER, RK, FORMULA):
        yield struct.unpack_from("<HHH", data)
    elif kind == MULTIPLE_RK:
        row, first = struct.unpack_from("<HH", data)
        for order in range((len(data) - 6) // 6):
            yield row, first + order, struct.unpack_from("<H", data, 4 + 6 * order)[0]


def _error_code(kind: int, data: bytes) -> int | None:
    if kind == BOOL_ERR and data[7] == 1:
        return data[6]
    if kind == FORMULA and data[12:14] == b"\xff\xff" and data[6] == 2:
        return data[8]
    return None


def _records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """The records from one beginning to its end; a chart inside a sheet has its own."""
    depth = 0
    while at + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, at)
        depth += (kind == BOF) - (kind == EOF)
        yield kind, stream[at + 4 : at + 4 + size]
        at += 4 + size
        if depth == 0:
            return


def _workbook_stream(content: bytes) -> bytes:
    """The stream named Workbook (or Book, before 1997) of a compound file."""
    sector = 1 << struct.unpack_from("<H", content, 30)[0]
    directory, _, cutoff, small_first = struct.unpack_from("<4I", content, 48)
    table = _allocation(content, sector)
    entries = _chain(content, table, directory, sector)
    root = b""
    for at in range(0, len(entries), 128):
        entry = entries[at : at + 128]
        name = entry[: max(struct.unpack_from("<H", entry, 64)[0] - 2, 0)].decode("utf-16-le", "replace")
        first, size = struct.unpack_from("<II", entry, 116)
        if entry[66] == 5:
            root = _chain(content, table, first, sector)
        if name in ("Workbook", "Book") and entry[66] == 2:
            if size >= cutoff:
                return _chain(content, table, first, sector)[:size]
            small = _numbers(_chain(content, table, small_first, sector))
            return b"".join(root[of * 64 : of * 64 + 64] for of in _walk(small, first))[:size]
    raise ValueError("there is no stream Workbook in it")


def _allocation(content: bytes, sector: int) -> list[int]:
    """Which sector follows which."""
    places = list(struct.unpack_from("<109I", content, 76))
    following = struct.unpack_from("<I", content, 68)[0]
    for _ in range(len(content) // sector):
        if following >= END:
            break
        more = _numbers(_sector(content, following, sector))
        places += more[:-1]
        following = more[-1]
    return [number for place in places if place < END for number in _numbers(_sector(content, place, sector))]


def _sector(content: bytes, number: int, sector: int) -> bytes:
    return content[(number + 1) * sector : (number + 2) * sector]


def _numbers(content: bytes) -> list[int]:
    return list(struct.unpack(f"<{len(content) // 4}I", content[: len(content) // 4 * 4]))


def _walk(table: list[int], first: int) -> Iterator[int]:
    for _ in range(len(table)):
        if first >= END:
            return
        yield first
        first = table[first]


def _chain(content: bytes, table: list[int], first: int, sector: int) -> bytes:
    return b"".join(_sector(content, number, sector) for number in _walk(table, first))
