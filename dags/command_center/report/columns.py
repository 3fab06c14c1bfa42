"""How wide the columns of a table are, in heights of its letters: figures stay whole, sentences wrap where it costs least."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from command_center.drawing.letters import widest, wrap
from command_center.drawing.letters import width as width_of
from command_center.report.document import Cell, Column, Table
from command_center.report.workbook import SHAPED

PADDING = 1.0  # between columns
HEAD = 0.92  # of a table's letters: those of its head
SHAPE = "W"  # as wide as the shape of a status and its gap
SENTENCE = 26.0
SHORT = 11.0
SMALLEST = 0.84  # of a table's letters, before words are broken
GROWTH_STEPS = 32
NO_TARGET = "–"


def fit(table: Table, room: float) -> tuple[float, list[float]]:
    """How far the letters shrink, and the widths in heights of the letters that they then have."""
    least = least_widths(table, is_strict=True)
    if sum(least) * SMALLEST > room:
        least = least_widths(table, is_strict=False)
    shrink = max(min(room / sum(least), 1), SMALLEST)
    return shrink, widths_of(table, least, room / shrink)


def widths_of(table: Table, least: Sequence[float], room: float) -> list[float]:
    """Each column as wide as its texts, and what is left over shared out; too little goes where it saves most lines."""
    wished = wished_widths(table, least, room)
    if sum(wished) <= room:
        return [width * room / sum(wished) for width in wished]
    if sum(least) >= room:
        return cut_down(least, room)
    return grow(least, list(zip(*texts_of(table), strict=True)), room)


def need(table: Table) -> float:
    """The room in which nothing wraps but titles and sentences."""
    return sum(wished_widths(table, least_widths(table, is_strict=True), 0))


def least_widths(table: Table, *, is_strict: bool) -> list[float]:
    """What a column's longest word takes; when it is strict, also its figures and short texts, whole."""
    return [least_width(column, texts, is_strict) for column, texts in zip(table.columns, texts_of(table), strict=True)]


def least_width(column: Column, texts: Sequence[str], is_strict: bool) -> float:
    unbroken = SENTENCE if column.align != "left" else SHORT if is_strict and column.width is None else 0
    whole = [text for text in texts if widest([text], 1) <= unbroken]
    return max(widest([*words_of(texts), *whole], 1), widest(words_of([column.title]), HEAD)) + PADDING


def wished_widths(table: Table, least: Sequence[float], room: float) -> list[float]:
    """Without wrapping, titles aside; a column with a share takes what the others leave, or what a sentence needs."""
    natural = [
        max(low, widest(texts, 1) + PADDING) for low, texts in zip(least, texts_of(table), strict=True)
    ]  # fmt: skip
    shares = [column.width or 0 for column in table.columns]
    free = room - sum(width for width, share in zip(natural, shares, strict=True) if not share)
    return [
        max(free * share / sum(shares), min(width, SENTENCE)) if share else width
        for width, share in zip(natural, shares, strict=True)
    ]


def grow(least: Sequence[float], rows: Sequence[Sequence[str]], room: float) -> list[float]:
    """From the least widths on, each piece of the room to the column by which most lines are saved."""
    widths, columns = list(least), list(zip(*rows, strict=True))
    step = (room - sum(least)) / GROWTH_STEPS
    lines = [lines_of(texts, width) for texts, width in zip(columns, widths, strict=True)]
    wider = [lines_of(texts, width + step) for texts, width in zip(columns, widths, strict=True)]
    for _ in range(GROWTH_STEPS):
        place = neediest(columns, widths, lines, wider)
        widths[place] += step
        lines[place] = wider[place]
        wider[place] = lines_of(columns[place], widths[place] + step)
    return widths


def lines_of(texts: Sequence[str], width: float) -> list[int]:
    """Of each text of a column of this width."""
    room = width - PADDING
    return [1 if width_of(text, 1) <= room else len(wrap(text, room, 1)) for text in texts]


def neediest(
    columns: Sequence[Sequence[str]],
    widths: Sequence[float],
    lines: Sequence[Sequence[int]],
    wider: Sequence[Sequence[int]],
) -> int:
    """The column that saves most lines when it is wider; of several, the most crowded, of those the first."""
    high = [max(row) for row in zip(*lines, strict=True)]
    saved = [saving(place, lines, wider, high) for place in range(len(widths))]
    best = [place for place, count in enumerate(saved) if count == max(saved)]
    return (
        best[0] if len(best) == 1 else max(best, key=lambda one: crowding(columns[one], widths[one], lines[one], high))
    )


def saving(place: int, lines: Sequence[Sequence[int]], wider: Sequence[Sequence[int]], high: Sequence[int]) -> int:
    """How many lines fewer the rows have in all when this one column is wider."""
    return sum(
        top - max(more, *(column[row] for other, column in enumerate(lines) if other != place), 0)
        for row, (now, more, top) in enumerate(zip(lines[place], wider[place], high, strict=True))
        if more < now == top
    )


def crowding(texts: Sequence[str], width: float, lines: Sequence[int], high: Sequence[int]) -> float:
    """How much of the highest texts stands in a column: where no single step saves a line, several may."""
    shown = (text for text, now, top in zip(texts, lines, high, strict=True) if now == top > 1)
    return sum(widest([text], 1) for text in shown) / width**2


def cut_down(widths: Sequence[float], room: float) -> list[float]:
    """Only the widest columns give way: a figure is not broken for the sake of a very long name."""
    given = [0.0] * len(widths)
    order = sorted(range(len(widths)), key=lambda place: widths[place])
    for number, place in enumerate(order):
        given[place] = min(widths[place], (room - sum(given)) / (len(order) - number))
    return given


def texts_of(table: Table) -> list[list[str]]:
    """The texts of each column, with a wide letter for the shape of a status."""
    return [
        [(SHAPE if row[place].status in SHAPED else "") + text_of(row[place]) for row in table.rows]
        for place in range(len(table.columns))
    ]


def text_of(cell: Cell) -> str:
    """A status without a target is a dash, which the legend explains."""
    return NO_TARGET if cell.status == "tanpa_ambang" and cell.text in ("", "Tanpa target") else cell.text


def words_of(texts: Iterable[str]) -> list[str]:
    """A no-break space does not part words."""
    return [word for text in texts for word in text.split(" ")]
