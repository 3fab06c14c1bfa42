"""Sheets beside the data, of notes, instructions or lists: what they hold is told from a table whose header is broken.

To lose an area is worse than to hold a batch, so that a sheet counts as data where anything speaks for it.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence

from command_center.declaration.source import Layout, Table
from command_center.wilayah import ejaan as spelled
from command_center.wilayah import spellings

COUNTER = re.compile(r"\(?([0-9]{1,3}|[A-Za-z]|[ivxIVX]{1,4})[.)]*")
FIGURE = re.compile(r"(?i)[-(]?\s*(rp\.?\s*)?[-(]?(?!0[0-9])[0-9][0-9.,:/'’\s-]*\)?\s*%?")
YEAR = re.compile("(19|20)[0-9]{2}")
NOTES = re.compile(
    r"(?i)\s*(catatan|keterangan|ket\b|petunjuk|panduan|cara|kamus|legenda|sampul|cover|pengantar|referensi|info|daftar isi|read ?me|notes?\b)"
)
ALIKE = 0.8
FILLED = 3  # cells of a row of a table, at least


def looks_like_data(name: str, lines: Iterable[Sequence[str]], table: Table, layout: Layout) -> bool:
    """Whether a sheet without the declared header may still be a table of the declared kind, by what its cells show."""
    if _is_area(name) or (_names_its_rows(table) and not NOTES.match(name)):
        return True
    wanted = _wanted(table, layout)
    needed, wide = (len(wanted) + 1) // 2, max(FILLED, (len(wanted) + 1) // 2)
    most_figures = 1 if NOTES.match(name) else 0
    areas, figures, wide_rows = _cells_of_areas(table, layout), 0, 0
    for number, cells in enumerate(lines, start=1):
        filled = [cell for cell in cells if cell]
        if len(filled) >= needed and _named(filled, wanted) >= max(needed, 1):
            return True
        if layout.unpivot and sum(re.fullmatch(layout.unpivot.headers, cell) is not None for cell in filled) > 1:
            return True
        if any(at < len(cells) and _is_area(cells[at]) for at in areas.get(number, ())):
            return True
        rest = filled[1:] if len(filled) > 1 and COUNTER.fullmatch(filled[0]) else filled
        if len(filled) >= min(2, len(wanted)):
            figures += sum(FIGURE.fullmatch(cell) is not None and not YEAR.fullmatch(cell) for cell in rest)
        wide_rows += len(rest) >= wide
        if figures > most_figures or wide_rows > 1:
            return True
    return False


def _is_area(text: str) -> bool:
    return spelled(text) in {spelling for spelling, _, _ in spellings()}


def _names_its_rows(table: Table) -> bool:
    """Whether rows take something from the name of their sheet, so that each name may be an area's or a month's."""
    return any(column.source == "@sheet" for column in table.columns)


def _wanted(table: Table, layout: Layout) -> list[set[str]]:
    """The names by which each column may be headed; of a header of several rows each row's."""
    made = {layout.unpivot.value, *re.compile(layout.unpivot.headers).groupindex} if layout.unpivot else set()
    columns = [c for c in table.columns if c.is_in_file and not c.optional and c.source not in made]
    return [{_letters(piece) for name in (c.source, *c.aliases) for piece in name.split(" / ")} - {""} for c in columns]


def _named(cells: Sequence[str], wanted: Sequence[set[str]]) -> int:
    """How many columns a row names, letter by letter or nearly."""
    seen = [_letters(cell) for cell in cells if len(cell) <= 100]
    return sum(any(difflib.get_close_matches(name, seen, n=1, cutoff=ALIKE) for name in names) for names in wanted)


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).casefold()


def _cells_of_areas(table: Table, layout: Layout) -> Mapping[int, list[int]]:
    """By row, the columns of the cells that tell once for the sheet which area it is about."""
    places: dict[int, list[int]] = {}
    for name, cell in layout.cells.items():
        if any(c.source == f"@{name}" and c.references for c in table.columns):
            row, at = cell.place
            places.setdefault(row, []).append(at)
    return places
