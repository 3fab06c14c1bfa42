"""Sheets of cells to rows of text, by the declared layout; shared by every kind of file that holds tables.

Rows are counted from 1, as a spreadsheet shows them; columns from 0, as lists do.
"""

from __future__ import annotations

import contextlib
import difflib
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Context, Decimal
from itertools import chain, islice, product
from typing import Self

from command_center.declaration.source import Column, Layout, Source, Table, Unpivot
from command_center.errors import PayloadError
from command_center.extract.members import members
from command_center.extract.no_table import NOTES, looks_like_data
from command_center.extract.number_format import PERCENT, Places, as_code
from command_center.extract.reading import Answer, Reading, Reject, Row, Section, check_drift, conceal

MAX_REJECTS = 100_000
MAX_COLUMNS = 16_384
SHOWN = Context(prec=15)  # digits that spreadsheets show of a number, however it was calculated
DOUBLE_DIGITS = 17  # that tell every double from the next
MAX_DIGITS = 400
EXACT = 2**53  # up to here a float holds every whole number
COLUMN_NUMBERS = "nomor kolom"
DASHES = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2212"), "-")
MAX_SPELLINGS = 1000  # of one header
ALIKE = 0.8
ROW = "@row"  # the row's number in the sheet, where that is all that keeps equal rows apart
STRIDE = 1 << 32  # more rows than a sheet has; keeps the records that one row is unpivoted into apart
ERROR_VALUES = frozenset({"#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#SPILL!", "#CALC!"})
UNREAD = "#GALAT"
NOT_CHOSEN = (
    "it has the declared header and was left out, for its name does not match 'sheets' of the layout; if it counts, ask the "
    "steward for the name that is agreed, or mend 'sheets'."
)
NO_TABLE = "it holds no table, neither the header nor rows of figures, and was left out."
LOOKS = {
    b"PK\x03\x04": "a zip archive or an xlsx workbook",
    b"\xd0\xcf\x11\xe0": "a binary .xls workbook",
    b"%PDF": "a PDF document",
    b"\xff\xfe": "text in UTF-16",
    b"\xfe\xff": "text in UTF-16",
}


@dataclass(frozen=True)
class Fault:
    """A cell whose value the file does not hold; `reason` goes on after 'Sel B5 '."""

    reason: str
    shown: str | None = None


class Code(int):
    """A whole number that the sheet shows as a code, 7 as 007: what a column of texts takes is what people see."""

    shown: str

    def __new__(cls, number: int, shown: str) -> Self:
        made = super().__new__(cls, number)
        made.shown = shown
        return made


class Percent(Decimal):
    """A number that the sheet shows in percent: what people see, 47.25 where the cell holds 0.4725."""

    @property
    def shown(self) -> str:
        return f"{number_text(self)}%"


@dataclass
class Hidden:
    """What a sheet does not show: rows from 1, columns from 0. Complete for every row that was given."""

    sheet: bool = False
    rows: set[int] = field(default_factory=set)
    columns: set[int] = field(default_factory=set)


Cell = str | int | float | bool | Decimal | date | time | timedelta | Fault | None


class Broken(list[Cell]):
    """A row that cannot be brought into columns, with the reason."""

    def __init__(self, cells: Iterable[Cell], reason: str) -> None:
        super().__init__(cells)
        self.reason = reason


@dataclass(frozen=True)
class Merge:
    """A range of merged cells; its value stands in the first of them."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True)
class Grid:
    """One sheet. `rows` begins anew at every call and gives numbered rows; `merges` is complete for every row it gave.

    `place` names the sheet to engineers, `label` to the agency. `expect` is told how many columns the header has. One
    that is not chosen is not read; that it looks as if it should be is told.
    """

    name: str
    rows: Callable[[], Iterator[tuple[int, list[Cell]]]]
    place: str = ""
    label: str = "baris "
    merges: Sequence[Merge] = ()
    keeps_spaces: bool = False
    hidden: Hidden = field(default_factory=Hidden)
    expect: Callable[[int, int], None] | None = None
    is_chosen: bool = True


Grids = Callable[[Source, Table, Answer], Iterator[Grid]]


class Unreadable(Exception):
    """A cell that has no text; the sentence goes on after 'Sel B5 '."""


def read_grids(
    source: Source, table: Table, answer: Answer, grids: Grids, columns: Sequence[Column] | None = None
) -> Reading:
    """The rows of all chosen sheets of all files in an answer. Raises PayloadError naming file, sheet and what is wrong."""
    reading = Reading([c.name for c in columns or table.stored], (), is_simulated=answer.is_simulated, sections=[])
    rows = grid_rows(source, table, answer, grids, reading, columns or table.stored)
    first = next(rows, None)  # so that a wrong header is told at once
    reading.rows = () if first is None else chain([first], rows)
    return reading


def grid_rows(
    source: Source,
    table: Table,
    answer: Answer,
    grids: Grids,
    reading: Reading,
    columns: Sequence[Column],
    start: int = 0,
) -> Iterator[Row]:
    """The rows behind read_grids; the first sheet's row n gets the number start + n."""
    for member in members(source, answer):
        label = "" if member is answer else f"berkas {member.name!r} "
        filled = 0
        missed: PayloadError | None = None
        for grid in grids(source, table, member):
            if not grid.is_chosen:
                if _is_as_declared(source, table, member, grid, columns):
                    reading.notes.append(f"{member.where}{grid.place}: {NOT_CHOSEN}")
                continue
            try:
                sheet = _Sheet(source, table, member, grid, reading, columns)
            except PayloadError as error:
                if _may_be_data(grid, table, source.layout(table)):
                    raise
                missed = missed or error
                reading.notes.append(f"{member.where}{grid.place}: {NO_TABLE}")
                continue
            if sheet.is_empty:
                reading.warnings.append(f"{sheet.where}: it is empty and was left out.")
                continue
            filled += 1
            yield from sheet.read(label, start)
            start = sheet.end
        if not filled:
            raise missed or PayloadError(f"{member.where}: there is nothing in the file; ask the steward.")


def _is_as_declared(source: Source, table: Table, member: Answer, grid: Grid, columns: Sequence[Column]) -> bool:
    """Whether a sheet could be read like the others, and is not named as one of notes."""
    if NOTES.match(grid.name):
        return False
    with contextlib.suppress(PayloadError):
        return not _Sheet(source, table, member, grid, Reading([], ()), columns).is_empty
    return False


def _may_be_data(grid: Grid, table: Table, layout: Layout) -> bool:
    """Whether a sheet whose header is not as declared is to be mended, and not only one of notes; a file without sheets is."""
    if not grid.name:
        return True
    lines = ([shown(cell) for cell in cells] for _, cells in grid.rows())
    return looks_like_data(grid.name, lines, table, layout)


def grid_headers(source: Source, table: Table, answer: Answer, grids: Grids) -> list[list[str]]:
    """The header of each chosen sheet, with the fields of unpivoted columns in the place of those."""
    found: list[list[str]] = []
    missed: PayloadError | None = None
    for member in members(source, answer):
        for grid in grids(source, table, member):
            if not grid.is_chosen:
                continue
            try:
                header = _header(grid, source.layout(table), f"{member.where}{grid.place}")
            except PayloadError as error:
                missed = missed or error
                continue
            if header is not None:
                names = _with_places(header.names, table)
                found.append(_present(names, table, source.layout(table).unpivot))
    if missed and not found:
        raise missed
    return found


def chosen(layout: Layout, names: Sequence[str], what: str, where: str) -> list[str]:
    """The sheets to read. Raises PayloadError listing all when there is none."""
    found = [name for name in names if re.search(layout.sheets, name)]
    if not found:
        listed = ", ".join(repr(name) for name in names[:50]) or "none"
        raise PayloadError(f"{where}: no {what} matches {layout.sheets!r}; the file has {listed}.")
    return found


def is_nearly_chosen(layout: Layout, name: str) -> bool:
    """Whether a name would match but for what stands before or behind: no other sheet is opened, for one may be of any size."""
    return re.search(re.sub(r"^\^|(?<!\\)\$$", "", layout.sheets), name) is not None


def refuse_other(head: bytes, expected: str, where: str) -> None:
    """Raise PayloadError when a file is plainly of another kind than declared."""
    looks = next((name for mark, name in LOOKS.items() if head.startswith(mark)), None)
    if looks is None and re.match(rb"(\xef\xbb\xbf)?\s*<\?xml", head):
        is_workbook = b"urn:schemas-microsoft-com:office:spreadsheet" in head[:4096]
        looks = "an Excel 2003 XML workbook (kind spreadsheetml)" if is_workbook else "XML"
    if looks is not None:
        raise PayloadError(
            f"{where}: the file is {looks} where {expected} was expected; mend 'kind' or ask the steward."
        )


def letters(at: int) -> str:
    """A column as a spreadsheet names it: 0 is A."""
    name = ""
    at += 1
    while at:
        at, rest = divmod(at - 1, 26)
        name = chr(65 + rest) + name
    return name


def cell_text(cell: Cell, column: Column) -> str | None:
    """A cell as the text that the column's declared format reads. Raises Unreadable when it has no exact text."""
    kind = type(cell)
    if kind is str or cell is None:
        return cell  # type: ignore[return-value]
    if isinstance(cell, Fault):
        raise Unreadable(cell.reason)
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, (int, float, Decimal)):
        is_number = column.type in ("integer", "numeric")
        if (isinstance(cell, Code) and not is_number) or (isinstance(cell, Percent) and not column.is_percentage):
            return cell.shown
        text = number_text(cell, is_code=not is_number)
        return text.replace(".", ",") if is_number and column.number != "plain" else text
    return _moment_text(cell, column)  # type: ignore[arg-type]


def formatted(cell: Cell, places: Places | None) -> Cell:
    """A number as its format shows it, a whole one with its code, any in percent; any other cell as it is."""
    if places is None or isinstance(cell, bool) or not isinstance(cell, (int, float, Decimal)):
        return cell
    if places == PERCENT:
        exact = Decimal(repr(cell)) if isinstance(cell, float) else Decimal(cell)
        return Percent(exact.normalize(SHOWN).scaleb(2)) if exact.is_finite() else cell
    is_code = 0 <= cell <= EXACT and cell == int(cell)
    return Code(int(cell), as_code(int(cell), places)) if is_code else cell


def number_text(number: float | Decimal, *, is_code: bool = False) -> str:
    """A number with all its digits, without exponent; a whole number without a decimal point."""
    if isinstance(number, float):
        if number.is_integer() and abs(number) <= EXACT:
            return str(int(number))
        if is_code and number.is_integer():
            raise Unreadable(
                "berisi angka yang terlalu panjang sehingga digit terakhirnya hilang di Excel; simpan kolom ini sebagai teks."
            )
        number = Decimal(repr(number))
    exact = Decimal(number)
    if not exact.is_finite() or abs(exact.adjusted()) > MAX_DIGITS:
        raise Unreadable("berisi angka yang tidak dapat disimpan; perbaiki lalu kirim ulang.")
    text = format(exact, "f")
    whole, _, fraction = text.partition(".")
    if not fraction.strip("0"):
        text = whole
    return "0" if text == "-0" else text


def as_calculated(number: Decimal) -> Decimal:
    """The number that a program meant which calculates in doubles and wrote more digits than those hold: 0.58 for 0.579999999999.

    What has more than 15 digits before the point is an identifier, not a result, and stays as it is.
    """
    if len(number.as_tuple().digits) <= DOUBLE_DIGITS or number.adjusted() > 14:
        return number
    return Decimal(repr(float(number)))


def _moment_text(cell: date | time | timedelta, column: Column) -> str:
    if isinstance(cell, datetime):
        return cell.date().isoformat() if column.type == "date" else cell.isoformat()
    if isinstance(cell, time) and column.date == "HH:mm" and cell == cell.replace(second=0, microsecond=0):
        return cell.isoformat(timespec="minutes")
    if isinstance(cell, timedelta):
        minutes, seconds = divmod(round(cell.total_seconds()), 60)
        return f"{minutes // 60:02}:{minutes % 60:02}:{seconds:02}"
    return cell.isoformat()


def shown(cell: Cell) -> str:
    """A cell as a person reads it, on one line."""
    if cell is None:
        return ""
    if isinstance(cell, Fault):
        return cell.shown or ""
    if isinstance(cell, (Code, Percent)):
        return cell.shown
    if isinstance(cell, (int, float, Decimal)) and not isinstance(cell, bool):
        try:
            return number_text(cell)
        except Unreadable:
            return str(cell)
    return " ".join(str(cell).split())


def is_blank(cell: Cell) -> bool:
    return cell is None or (type(cell) is str and (not cell or cell.isspace()))


@dataclass(frozen=True)
class _Header:
    """Names of the columns, and the row below which the records stand.

    `origins` tells for each column which cells its name comes from: equal for columns under one merged header.
    """

    names: list[str]
    origins: list[tuple[tuple[int, int], ...]]
    body: Iterator[tuple[int, list[Cell]]]


def numbers_columns(cells: Sequence[Cell]) -> bool:
    """Whether a row only numbers the columns: 1, 2, 3, (1), (2), (3), or 4, 5=4-3."""
    texts = ["".join(shown(cell).split()).removesuffix(".0") for cell in cells if not is_blank(cell)]
    found = [re.fullmatch(r"\(?([0-9]{1,2})\)?(=.*)?", text) for text in texts]
    numbers = [int(match.group(1)) for match in found if match]
    return len(texts) > 2 and len(numbers) == len(texts) and numbers[0] == 1 and numbers == sorted(set(numbers))


def _header(grid: Grid, layout: Layout, where: str) -> _Header | None:
    """The header of a sheet, None when the sheet has no filled cell at all. Raises PayloadError when it is not there."""
    first = None if layout.header_find else layout.header_row
    tops = {merge.top for merge in grid.merges}
    kept: dict[int, list[Cell]] = {}
    rows, count = grid.rows(), 0
    for number, cells in rows:
        count = number
        if first is None and any(re.search(layout.header_find or "", shown(cell)) for cell in cells):
            first = number
        if first is not None and number >= first + layout.header_rows + layout.skip_below:
            rows = chain([(number, cells)], rows)
            break
        if (first is not None and number >= first) or number in tops:
            kept[number] = cells
    wanted = range(first, first + layout.header_rows) if first is not None else range(0)
    if any(not is_blank(cell) for number in wanted for cell in kept.get(number, ())):
        return _Header(*_names(kept, wanted, list(grid.merges)), rows)
    if all(is_blank(cell) for _, cells in grid.rows() for cell in cells):
        return None
    missed = f"no cell matches {layout.header_find!r}" if first is None else f"there is no header in row {first}"
    raise PayloadError(f"{where}: {missed} ({count} rows were looked at); ask the steward, or mend the layout.")


def _names(
    kept: Mapping[int, Sequence[Cell]], wanted: range, merges: list[Merge]
) -> tuple[list[str], list[tuple[tuple[int, int], ...]]]:
    merges = [merge for merge in merges if merge.top <= wanted[-1] and merge.bottom >= wanted[0]]
    width = max([len(kept.get(row, ())) for row in wanted] + [min(merge.right + 1, 1000) for merge in merges])
    origin = {(row, at): (row, at) for row in wanted for at in range(width)}
    for merge in merges:
        for row in range(max(merge.top, wanted[0]), min(merge.bottom, wanted[-1]) + 1):
            for at in range(merge.left, min(merge.right + 1, width)):
                origin[row, at] = (merge.top, merge.left)

    def text(place: tuple[int, int]) -> str:
        cells = kept.get(place[0], ())
        return shown(cells[place[1]]) if place[1] < len(cells) else ""

    if not merges:
        _repeat_parents(origin, wanted, width, text)
    places = [tuple(dict.fromkeys(p for row in wanted if text(p := origin[row, at]))) for at in range(width)]
    return [" / ".join(text(place) for place in of) for of in places], places


def _repeat_parents(
    origin: dict[tuple[int, int], tuple[int, int]], wanted: range, width: int, text: Callable[[tuple[int, int]], str]
) -> None:
    """Where nothing is merged, a blank parent is the one to its left, as long as its own parents are the same."""
    for row in wanted[:-1]:
        for at in range(1, width):
            above = range(wanted[0], row)
            if (
                not text((row, at))
                and any(text((below, at)) for below in range(row + 1, wanted[-1] + 1))
                and all(origin[parent, at] == origin[parent, at - 1] for parent in above)
            ):
                origin[row, at] = origin[row, at - 1]


def _with_places(names: Sequence[str], table: Table) -> list[str]:
    """The names, with '[A]' for a column without one where the declaration calls it so."""
    declared = {name for column in table.columns for name in (column.source, *column.aliases)}
    places = (f"[{letters(at)}]" for at in range(len(names)))
    return [name or (place if place in declared else "") for name, place in zip(names, places, strict=True)]


def _unpivoted(names: Sequence[str], table: Table, unpivot: Unpivot | None) -> dict[int, dict[str, str]]:
    """Columns that are really values, with the fields that their header tells."""
    if unpivot is None:
        return {}
    pattern = re.compile(unpivot.headers)
    others = {name for c in table.columns if c.is_in_file for name in (c.source, *c.aliases)}
    matches = ((at, _matched(pattern, name)) for at, name in enumerate(names) if name and name not in others)
    return {at: {key: text or "" for key, text in match.groupdict().items()} for at, match in matches if match}


def _matched(pattern: re.Pattern[str], name: str) -> re.Match[str] | None:
    """By the header as it is written, else with other capitals and blanks: '5 - 9 TH l' as '5-9 th L'."""
    spellings = islice(_spellings(name), MAX_SPELLINGS)
    return next((match for spelling in spellings if (match := pattern.fullmatch(spelling))), None)


def _spellings(name: str) -> Iterator[str]:
    yield name
    levels = (re.sub(r"\s*([^\w\s])\s*", r"\1", level.translate(DASHES)) for level in name.split(" / "))
    words = re.split(r"([^\W\d_]+)", " ".join(" / ".join(levels).split()))
    yield from map("".join, product(*(dict.fromkeys((w, w.lower(), w.upper(), w.title())) for w in words)))


def _unmatched(
    names: Sequence[str], heads: Mapping[int, Mapping[str, str]], table: Table, unpivot: Unpivot
) -> str | None:
    """A header that looks like those that are unpivoted and is none; Excel makes a date of 5-9."""
    known = {name for c in table.columns for name in (c.source, *c.aliases)} | {*table.ignore}
    shapes = {_shape(names[at]) for at in heads}
    for at, name in enumerate(names):
        if not name or at in heads or name in known:
            continue
        is_date = min(heads) < at < max(heads) and re.match("[0-9]{4}-[0-9]{2}-[0-9]{2}", name)
        if is_date or any(difflib.SequenceMatcher(None, _shape(name), one).ratio() >= ALIKE for one in shapes):
            return name
    return None


def _shape(name: str) -> str:
    """A header without what tells it from its siblings."""
    return re.sub("[0-9]+", "0", "".join(name.translate(DASHES).casefold().split()))


def _present(names: Sequence[str], table: Table, unpivot: Unpivot | None) -> list[str]:
    """What the rows of a sheet hold, by name."""
    heads = _unpivoted(names, table, unpivot)
    if not heads or unpivot is None:
        return list(names)
    fields = [unpivot.value, *next(iter(heads.values()))]
    return [name for at, name in enumerate(names) if at not in heads] + fields


@dataclass(frozen=True)
class _Field:
    """Where the text of one column comes from: fixed, the row's number, or one or several cells of the row."""

    column: Column
    places: tuple[int, ...] = ()
    fixed: str | None = None
    is_row: bool = False


@dataclass(frozen=True)
class _View:
    """One record of a row: the fields, and for an unpivoted one the cell that is its value."""

    fields: list[_Field]
    value_at: int | None = None
    label: str = ""


class _Sheet:
    """The records of one sheet."""

    def __init__(
        self, source: Source, table: Table, answer: Answer, grid: Grid, reading: Reading, columns: Sequence[Column]
    ) -> None:
        self.where = f"{answer.where}{grid.place}"
        self.end = 0
        self._source, self._table, self._answer, self._grid = source, table, answer, grid
        self._reading, self._columns, self._layout = reading, columns, source.layout(table)
        header = _header(grid, self._layout, self.where)
        self.is_empty = header is None
        if header is not None:
            self._prepare(header)

    def _prepare(self, header: _Header) -> None:
        self._header = header
        layout, names = self._layout, _with_places(header.names, self._table)
        self._names = names
        self._heads = _unpivoted(names, self._table, layout.unpivot)
        if layout.unpivot is not None and not self._heads:
            listed = ", ".join(repr(name) for name in names[:30])
            raise PayloadError(f"{self.where}: no header matches {layout.unpivot.headers!r}; found: {listed}.")
        if layout.unpivot is not None and (name := _unmatched(names, self._heads, self._table, layout.unpivot)):
            raise PayloadError(
                f"{self.where}: the column {name!r} looks like those that are unpivoted, but does not match "
                f"{layout.unpivot.headers!r}; ask the steward for the header as before, mend 'headers', or name it in 'ignore'."
            )
        present = _present(names, self._table, layout.unpivot)
        self._reading.warnings += check_drift(self._table, present, self._table.ignore, self.where)
        self._tell_hidden()
        self._known = {**self._names_around(), **self._cells()}
        self._views = self._make_views()
        self._fill = {at: None for name in layout.fill_down for at in self._find(name)}
        self._ignored = [re.compile(pattern) for pattern in layout.ignore_rows]
        self._stop = re.compile(layout.stop_at) if layout.stop_at else None
        if self._grid.expect is not None:
            named = max(at for at, name in enumerate(names) if name) + 1
            self._grid.expect(named, len(names))

    def _tell_hidden(self) -> None:
        hidden, wanted = self._grid.hidden, {name for c in self._table.columns for name in (c.source, *c.aliases)}
        if hidden.sheet:
            self._reading.warnings.append(
                f"{self.where}: the sheet is hidden and was read; name those that count in 'sheets'."
            )
        if told := [name for at, name in enumerate(self._names) if at in hidden.columns and name in wanted]:
            listed = ", ".join(map(repr, told))
            self._reading.warnings.append(
                f"{self.where}: the hidden column {listed} was read; ask the steward whether it counts."
            )

    def _tell_hidden_rows(self, rows: list[int]) -> None:
        if rows:
            what = "1 hidden row was" if len(rows) == 1 else f"{len(rows)} hidden rows were"
            self._reading.warnings.append(
                f"{self.where}: {what} read, the first is row {rows[0]}; ask the steward whether they count."
            )

    def _names_around(self) -> dict[str, str]:
        named = {"file": self._answer.name} if self._answer.name else {}
        return {**named, "sheet": self._grid.name, **self._answer.known}

    def _find(self, name: str) -> list[int]:
        aliases = {alias for column in self._table.columns if column.source == name for alias in column.aliases}
        found = [at for at, header in enumerate(self._names) if header == name or header in aliases]
        if not found:
            raise PayloadError(f"{self.where}: the column {name!r} of 'fill_down' is not there; mend the layout.")
        return found

    def _cells(self) -> dict[str, str]:
        """Values that stand once in the sheet."""
        places = {name: cell.place for name, cell in self._layout.cells.items()}
        if not places:
            return {}
        places = {name: self._merged_origin(place) for name, place in places.items()}
        last = max(row for row, _ in places.values())
        rows: dict[int, list[Cell]] = {}
        for number, cells in self._grid.rows():
            if number > last:
                break
            rows[number] = cells
        return {name: self._told(name, rows.get(row, []), at) for name, (row, at) in places.items()}

    def _told(self, name: str, cells: Sequence[Cell], at: int) -> str:
        try:
            return self._cell(name, cells, at)
        except PayloadError:
            otherwise = self._names_around().get(self._layout.cells[name].otherwise or "")
            if otherwise is None:
                raise
            return otherwise

    def _merged_origin(self, place: tuple[int, int]) -> tuple[int, int]:
        row, at = place
        for merge in self._grid.merges:
            if merge.top <= row <= merge.bottom and merge.left <= at <= merge.right:
                return merge.top, merge.left
        return place

    def _cell(self, name: str, cells: Sequence[Cell], at: int) -> str:
        declared = self._layout.cells[name]
        column = next((c for c in self._columns if c.source == f"@{name}"), None)
        cell = cells[at] if at < len(cells) else None
        where = f"{self.where}, cell {declared.at}"
        try:
            text = (cell_text(cell, column) if column else shown(cell)) or ""
        except Unreadable:
            raise PayloadError(f"{where}: {shown(cell)!r} is no value; ask the steward.") from None
        if not text.strip():
            raise PayloadError(f"{where}: it is empty, but {name!r} is expected there; ask the steward.")
        if declared.capture is None:
            return text.strip()
        match = re.search(declared.capture, text)
        if match is None or match.group(1) is None:
            raise PayloadError(f"{where}: {text[:80]!r} does not match {declared.capture!r}; ask the steward.")
        return match.group(1).strip()

    def _make_views(self) -> list[_View]:
        unpivot = self._layout.unpivot
        if unpivot is None:
            return [_View([self._field(column) for column in self._columns])]
        views = []
        for at, told in self._heads.items():
            fields = []
            for column in self._columns:
                if column.source == unpivot.value:
                    fields.append(_Field(column, (at,)))
                elif column.source in told:
                    fields.append(self._fixed(column, told[column.source]))
                else:
                    fields.append(self._field(column))
            views.append(_View(fields, at, f"kolom {self._names[at]!r} "))
        return views

    def _field(self, column: Column) -> _Field:
        if column.source == ROW and ROW[1:] not in self._known:
            return _Field(column, is_row=True)
        if column.source.startswith("@"):
            return self._fixed(column, self._known.get(column.source[1:]))
        names, origins = self._names, self._header.origins
        places = tuple(at for at, name in enumerate(names) if name in (column.source, *column.aliases))
        if column.join is None and len({origins[at] for at in places}) > 1:
            listed = " and ".join(f"{letters(at)} ({names[at]!r})" for at in places)
            raise PayloadError(
                f"{self.where}: the column {column.source!r} is there more than once, in {listed}; "
                "ask the steward for different headers, or declare 'join'."
            )
        return _Field(column, places)

    def _fixed(self, column: Column, text: str | None) -> _Field:
        return _Field(column, fixed=conceal(self._source.source, column, text))

    def read(self, label: str, start: int) -> Iterator[Row]:
        """The records; row n of the sheet gets the number start + n, unpivoted ones that of their own section."""
        starts = self._open_sections(label, start)
        number, is_simulated = 0, self._answer.is_simulated
        hidden_rows: list[int] = []
        awaits_numbers = self._layout.column_numbers
        skips_blank = self._layout.unpivot is not None and self._layout.unpivot.blank == "skip"
        for number, cells in self._header.body:
            first = next((cell for cell in cells if not is_blank(cell)), None)
            if first is None:
                continue
            if self._stop is not None and self._stop.search(shown(first)):
                break
            if self._ignored and self._is_ignored(shown(first)):
                continue
            if awaits_numbers and numbers_columns(cells):
                self._reading.ignored[COLUMN_NUMBERS] += 1
                continue
            awaits_numbers = False
            if isinstance(cells, Broken):
                self._reject(start + number, None, None, cells.reason, cells)
                continue
            if self._fill:
                self._fill_down(cells)
            if number in self._grid.hidden.rows:
                hidden_rows.append(number)
            for view, section in zip(self._views, starts, strict=True):
                at = view.value_at
                if skips_blank and at is not None and (at >= len(cells) or is_blank(cells[at])):
                    continue
                texts = self._texts(view.fields, cells, number, section)
                if texts is not None:
                    yield section + number, is_simulated, texts
        self._tell_hidden_rows(hidden_rows)
        self.end = start + number if self._layout.unpivot is None else starts[-1] + STRIDE

    def _open_sections(self, label: str, start: int) -> list[int]:
        self._section(start, label + self._grid.label)
        if self._layout.unpivot is None:
            return [start]
        starts = [start + STRIDE * order for order in range(1, len(self._views) + 1)]
        for at, view in zip(starts, self._views, strict=True):
            name = self._grid.label.removesuffix("baris ")
            self._section(at, f"{label}{name}{view.label}baris ")
        return starts

    def _section(self, start: int, label: str) -> None:
        section = Section(start, label)
        if section not in self._reading.sections[-1:]:
            self._reading.sections.append(section)

    def _is_ignored(self, text: str) -> bool:
        for pattern in self._ignored:
            if pattern.search(text):
                self._reading.ignored[pattern.pattern] += 1
                return True
        return False

    def _fill_down(self, cells: list[Cell]) -> None:
        for at, above in self._fill.items():
            cells.extend([None] * (at + 1 - len(cells)))
            if is_blank(cells[at]):
                cells[at] = above
            else:
                self._fill[at] = cells[at]  # type: ignore[assignment]

    def _texts(self, fields: list[_Field], cells: list[Cell], number: int, section: int) -> list[str | None] | None:
        """The text of each column, None when the row was rejected."""
        texts: list[str | None] = []
        width, keeps_spaces, source = len(cells), self._grid.keeps_spaces, self._source.source
        for of in fields:
            places = of.places
            if not places:
                texts.append(str(number) if of.is_row else of.fixed)
                continue
            at = places[0]
            try:
                if len(places) == 1:
                    text = cell_text(cells[at], of.column) if at < width else None
                else:
                    text = _joined(of, cells)
            except Unreadable as error:
                if self._table.gaps:
                    texts.append(self._left_open(of.column, cells, at, number))
                    continue
                sentence = str(error)
                if len(places) == 1:
                    sentence = f"Sel {letters(at)}{number} {sentence}"
                self._reject(section + number, of.column, _fault_shown(cells, at), sentence, cells)
                return None
            if text is not None and not keeps_spaces:
                text = text.strip() or None
            texts.append(conceal(source, of.column, text) if of.column.treatment else text)
        return texts

    def _left_open(self, column: Column, cells: Sequence[Cell], at: int, number: int) -> str | None:
        """What typing sets aside or leaves out, so that the rest of the row's key is known: what is no number, or nothing."""
        if column.type != "text":
            return _fault_shown(cells, at) or UNREAD
        if not column.required:
            self._reading.warnings.append(
                f"{self.where}: cell {letters(at)}{number} cannot be read and was left empty."
            )
        return None

    def _reject(
        self, row_number: int, column: Column | None, value: str | None, reason: str, cells: Sequence[Cell]
    ) -> None:
        rejects = self._reading.rejects
        payload: dict[str, object] = {} if self._source.has_secrets else {"isi": [_printable(cell) for cell in cells]}
        rejects.append(Reject(row_number, column.name if column else None, value, reason, payload))
        if len(rejects) > MAX_REJECTS:
            raise PayloadError(
                f"{self.where}: more than {MAX_REJECTS} rows cannot be read; the first: row {rejects[0].row_number}: "
                f"{rejects[0].reason}"
            )


def _joined(of: _Field, cells: Sequence[Cell]) -> str | None:
    """Several cells under one header: joined as declared, else the only one that is filled."""
    filled = [at for at in of.places if at < len(cells) and not is_blank(cells[at])]
    try:
        texts = [(cell_text(cells[at], of.column) or "").strip() for at in filled]
    except Unreadable as error:
        raise Unreadable(f"Di bawah judul {of.column.source!r} ada sel yang {error}") from None
    if of.column.join is not None:
        return of.column.join.join(texts) or None
    if len(texts) > 1:
        raise Unreadable(
            f"Di bawah judul {of.column.source!r} terisi {len(texts)} sel, seharusnya satu; perbaiki lalu kirim ulang."
        )
    return texts[0] if texts else None


def _fault_shown(cells: Sequence[Cell], at: int) -> str | None:
    cell = cells[at] if at < len(cells) else None
    return cell.shown if isinstance(cell, Fault) else None


def _printable(cell: Cell) -> str:
    text = cell if isinstance(cell, str) else shown(cell)
    return text.encode("utf-8", "replace").decode().replace("\0", "\N{REPLACEMENT CHARACTER}")


class Chunks(io.RawIOBase):
    """Chunks of bytes as a readable file."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks, self._rest = chunks, b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type]
        while not self._rest:
            chunk = next(self._chunks, None)
            if chunk is None:
                return 0
            self._rest = chunk
        size = min(len(view), len(self._rest))
        view[:size], self._rest = self._rest[:size], self._rest[size:]
        return size
