"""Horizontal bars in the caller's order: every category labelled, every value written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from command_center.drawing.letters import LINE, widest, width, wrap
from command_center.drawing.marks import ROOM, WORDS, draw_legend, draw_mark, legend_lines
from command_center.drawing.model import UNKNOWN, Bar, Size, Status, Threshold
from command_center.drawing.palette import BAR, INK, LESS, MARKED, MORE, QUIET
from command_center.drawing.picture import SMALL, TEXT, Picture
from command_center.drawing.scale import Scale, said

ROW = 18.0
THICK = 12.0
GAP = 6.0
CLEAR = 4.0
LEAST_BARS, LEAST_LABEL = 50.0, 40.0
LEGEND_LINE = 14.0
SHOWN = ("baik", "waspada", "siaga", "buruk")


@dataclass(frozen=True)
class _Layout:
    """Places shared by all rows."""

    labels: list[list[str]]
    column: float  # right edge of the labels
    along: Scale
    tops: list[float]
    heights: list[float]


def bars(
    rows: Sequence[Bar], *, title: str, unit: str, threshold: Threshold | None = None, size: Size = (330, 0)
) -> str:
    """As wide as `size` says and as high as its rows need; zero has no bar and says 0, what is missing says so."""
    return _draw(rows, title, unit, threshold, size, is_symmetric=False)


def diverging(
    rows: Sequence[Bar], *, title: str, unit: str, threshold: Threshold | None = None, size: Size = (330, 0)
) -> str:
    """Bars to both sides of zero, which stands in the middle where there are values on both."""
    return _draw(rows, title, unit, threshold, size, is_symmetric=True)


def _draw(
    rows: Sequence[Bar], title: str, unit: str, threshold: Threshold | None, size: Size, *, is_symmetric: bool
) -> str:
    legend = legend_lines(_statuses(rows), size[0])
    top = 16.0 + (14 if threshold else 0)
    layout = _layout(rows, threshold, size[0], top, is_symmetric)
    bottom = layout.tops[-1] + layout.heights[-1] if rows else top + ROW
    high = bottom + 4 + LEGEND_LINE * len(legend)
    picture = Picture(size[0], high, title, describe(rows, unit, threshold))
    picture.text(0, SMALL, unit, size=SMALL, fill=QUIET)
    if not rows:
        picture.text(size[0] / 2, top + 14, UNKNOWN, anchor="middle", fill=QUIET)
    zero = layout.along.place(0)
    for number, row in enumerate(rows):
        _draw_bar(picture, row, _middle(layout, number), layout.along, is_symmetric)
    picture.add("path", d=f"M{zero:.2f} {top:.2f}V{bottom:.2f}", stroke=QUIET, stroke_width=1)
    if threshold:
        _draw_threshold(picture, threshold, layout.along, top, bottom)
    limit = layout.along.place(threshold.value) if threshold else None
    for number, row in enumerate(rows):
        _draw_words(picture, row, number, layout, limit)
    draw_legend(picture, 0, bottom + 14, legend)
    return picture.svg()


def describe(rows: Sequence[Bar], unit: str, threshold: Threshold | None) -> str:
    told = [f"{row.label} {_said(row)}" for row in rows] or [UNKNOWN]
    limit = [f"{threshold.name}: {said(threshold.value)}"] if threshold else []
    return f"Grafik batang, satuan {unit}: " + "; ".join(told + limit) + "."


def _said(row: Bar) -> str:
    value = UNKNOWN if row.value is None else row.text
    return f"{value} ({WORDS[row.status]})" if row.status in SHOWN and row.status else value


def _statuses(rows: Sequence[Bar]) -> list[Status]:
    return [status for status in WORDS if status in SHOWN and any(row.status == status for row in rows)]


def _layout(rows: Sequence[Bar], threshold: Threshold | None, wide: float, top: float, is_symmetric: bool) -> _Layout:
    left, right = (_widest_value(rows, is_left=is_left) for is_left in (True, False))
    room = max(min(wide * 0.42, wide - left - right - LEAST_BARS), LEAST_LABEL)
    labels = [wrap(row.label, room, TEXT) for row in rows]
    column = widest([line for label in labels for line in label], TEXT)
    heights = [max(ROW, len(label) * TEXT * LINE + 4) for label in labels]
    tops = [top + sum(heights[:number]) for number in range(len(heights))]
    low, high = _ends(rows, threshold, is_symmetric)
    start = column + GAP + left
    return _Layout(labels, column, Scale(low, high, start, max(wide - right, start + 20)), tops, heights)


def _ends(rows: Sequence[Bar], threshold: Threshold | None, is_symmetric: bool) -> tuple[float, float]:
    values = [float(row.value) for row in rows if row.value is not None] + (
        [float(threshold.value)] if threshold else []
    )
    low, high = min(values, default=0.0), max(values, default=0.0)
    low, high = min(low, 0.0), max(high, 0.0)
    if is_symmetric and low < 0 < high:
        low, high = min(low, -high), max(high, -low)
    return low, high if high > low else low + 1


def _widest_value(rows: Sequence[Bar], *, is_left: bool) -> float:
    """Room kept for the values that are written beside the bars of one side."""
    side = [row for row in rows if ((row.value or 0) < 0) == is_left]
    return max((_room(row) for row in side), default=0.0) + (GAP if side else 0)


def _room(row: Bar) -> float:
    words = UNKNOWN if row.value is None else row.text
    return width(words, TEXT) + (ROOM if row.status in SHOWN else 0)


def _middle(layout: _Layout, number: int) -> float:
    return layout.tops[number] + layout.heights[number] / 2


def _draw_bar(picture: Picture, row: Bar, middle: float, along: Scale, is_symmetric: bool) -> None:
    left, right = sorted((along.place(0), along.place(row.value or 0)))
    if left < right:
        fill = _fill(row, is_symmetric)
        picture.add("rect", x=left, y=middle - THICK / 2, width=right - left, height=THICK, fill=fill)


def _draw_words(picture: Picture, row: Bar, number: int, layout: _Layout, limit: float | None) -> None:
    middle, lines = _middle(layout, number), layout.labels[number]
    weight = 600 if row.is_marked else 400
    first = middle + TEXT * 0.35 - (len(lines) - 1) * TEXT * LINE / 2
    picture.lines_of_text(layout.column, first, lines, anchor="end", weight=weight)
    end = layout.along.place(row.value or 0)
    _draw_value(picture, row, _start(row, end, limit, is_left=end < layout.along.place(0)), middle, weight)


def _fill(row: Bar, is_symmetric: bool) -> str:
    if is_symmetric:
        return LESS if row.value is not None and row.value < 0 else MORE
    return MARKED if row.is_marked else BAR


def _start(row: Bar, end: float, limit: float | None, *, is_left: bool) -> float:
    """Where the mark and the value begin: beside the bar, and never across the threshold's line."""
    room = _room(row)
    start = end - CLEAR - room if is_left else end + CLEAR
    if limit is None or not start - 2 < limit < start + room + 2:
        return start
    return limit - CLEAR - room if is_left else limit + CLEAR


def _draw_value(picture: Picture, row: Bar, start: float, middle: float, weight: int) -> None:
    words = UNKNOWN if row.value is None else row.text
    fill = QUIET if row.value is None else INK
    room = ROOM if row.status in SHOWN else 0
    if row.status and room:
        draw_mark(picture, start + 5, middle, row.status)
    picture.text(start + room, middle + TEXT * 0.35, words, weight=weight, fill=fill, has_halo=True)


def _draw_threshold(picture: Picture, threshold: Threshold, along: Scale, top: float, bottom: float) -> None:
    x, words = along.place(threshold.value), f"{threshold.name} {said(threshold.value)}"
    picture.add("path", d=f"M{x:.2f} {top - 2:.2f}V{bottom:.2f}", stroke=INK, stroke_width=1.2, stroke_dasharray="3 3")
    wide = width(words, SMALL)
    left = min(max(x - wide / 2, 0), max(picture.width - wide, 0))
    picture.text(left, top - 5, words, size=SMALL, weight=600)
