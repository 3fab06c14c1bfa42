"""Lines over time: unsmoothed, gaps are gaps, each named at its end, dashes beside colours."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from command_center.drawing.letters import LINE, widest, width, wrap
from command_center.drawing.model import UNKNOWN, Series, Size, Threshold
from command_center.drawing.palette import DASHES, INK, QUIET, RULE, SERIES
from command_center.drawing.picture import SMALL, TEXT, Picture
from command_center.drawing.scale import Scale, bounds, said, ticks
from command_center.drawing.sparks import draw_course

TOP, BOTTOM = 22.0, 20.0
DOTS_UP_TO = 16


def lines(
    series: Sequence[Series], *, title: str, unit: str, threshold: Threshold | None = None, size: Size = (330, 190)
) -> str:
    """At most six series; a threshold is drawn and named."""
    if len(series) > len(SERIES):
        raise ValueError(f"A chart holds at most {len(SERIES)} lines, {len(series)} were given: use small multiples.")
    wide, high = size
    picture = Picture(wide, high, title, describe(series, unit, threshold))
    picture.text(0, SMALL, unit, size=SMALL, fill=QUIET)
    known = [value for one in series for _, value in one.points if value is not None]
    if not known:
        picture.text(wide / 2, high / 2, UNKNOWN, anchor="middle", fill=QUIET)
        return picture.svg()
    marks = ticks(*bounds([*known, *([threshold.value] if threshold else [])]), most=4)
    names = [end_label(one, wide * 0.36) for one in series]
    left = widest([said(mark) for mark in marks], SMALL) + 6
    right = wide - widest([line for name in names for line in name], TEXT) - 10
    up = Scale(float(marks[0]), float(marks[-1]), high - BOTTOM, TOP)
    along = Scale(0, max(max(len(one.points) for one in series) - 1, 1), left + 6, right)
    draw_grid(picture, marks, up, left, right)
    draw_labels(picture, [label for label, _ in max((one.points for one in series), key=len)], along, high)
    for number, one in enumerate(series):
        draw_series(picture, one, along, up, SERIES[number], DASHES[number])
    if threshold:
        draw_threshold(picture, threshold, up, left, right, known)
    draw_ends(picture, series, names, along, up)
    return picture.svg()


def describe(series: Sequence[Series], unit: str, threshold: Threshold | None) -> str:
    told = [f"{one.name or 'Nilai'}: " + "; ".join(_point(*point) for point in one.points) for one in series]
    limit = [f"{threshold.name}: {said(threshold.value)}"] if threshold else []
    return f"Grafik garis, satuan {unit}. " + ". ".join(told + limit) + "."


def _point(label: str, value: Decimal | None) -> str:
    return f"{label} {UNKNOWN if value is None else said(value)}"


def end_label(one: Series, room: float) -> list[str]:
    """Name and last value; where the last periods are missing, also for which period it stands."""
    known = [(label, value) for label, value in one.points if value is not None]
    if not known:
        return wrap(f"{one.name}: {UNKNOWN}", room, TEXT)
    label, value = known[-1]
    when = "" if one.points[-1][1] is not None else f" ({label})"
    return wrap(f"{one.name} {said(value)}{when}".strip(), room, TEXT)


def draw_grid(picture: Picture, marks: Sequence[Decimal], up: Scale, left: float, right: float) -> None:
    for mark in marks:
        y = up.place(mark)
        picture.add("path", d=f"M{left:.2f} {y:.2f}H{right:.2f}", stroke=QUIET if mark == 0 else RULE, stroke_width=1)
        picture.text(left - 5, y + 3.5, said(mark), size=SMALL, anchor="end", fill=QUIET)


def draw_labels(picture: Picture, labels: Sequence[str], along: Scale, high: float) -> None:
    """Every period where there is room, else every second, third …, always the last."""
    step = next(step for step in range(1, len(labels) + 1) if _has_room(labels, along, step))
    shown = range(len(labels) - 1, -1, -step)
    for number in shown:
        x = along.place(number)
        half = width(labels[number], SMALL) / 2
        picture.text(
            min(max(x, half), picture.width - half), high - 6, labels[number], size=SMALL, anchor="middle", fill=QUIET
        )


def _has_room(labels: Sequence[str], along: Scale, step: int) -> bool:
    shown = labels[::-1][::step]
    return len(shown) < 2 or widest(shown, SMALL) + 4 <= (along.place(step) - along.place(0))


def draw_series(picture: Picture, one: Series, along: Scale, up: Scale, colour: str, dash: str) -> None:
    places = [
        None if value is None else (along.place(number), up.place(value))
        for number, (_, value) in enumerate(one.points)
    ]
    draw_course(picture, places, stroke=colour, stroke_width=2, stroke_dasharray=dash)
    for place in places if len(places) <= DOTS_UP_TO else ():
        if place:
            picture.add("circle", cx=place[0], cy=place[1], r=2.2, fill=colour)


def draw_threshold(
    picture: Picture, threshold: Threshold, up: Scale, left: float, right: float, known: Sequence[Decimal]
) -> None:
    """Its name stands on the side of the line that holds fewer points."""
    y = up.place(threshold.value)
    picture.add("path", d=f"M{left:.2f} {y:.2f}H{right:.2f}", stroke=INK, stroke_width=1.2, stroke_dasharray="3 3")
    above = sum(value > threshold.value for value in known) * 2 <= len(known)
    is_above = (above and y - TOP > SMALL) or picture.height - BOTTOM - y < SMALL + 4
    words = f"{threshold.name} {said(threshold.value)}"
    picture.text(left + 4, y - 4 if is_above else y + SMALL + 1, words, size=SMALL, fill=INK, weight=600, has_halo=True)


def draw_ends(picture: Picture, series: Sequence[Series], names: Sequence[list[str]], along: Scale, up: Scale) -> None:
    """Names at the ends of their lines, moved apart where they would lie on each other."""
    wished = [_end_of(one, along, up) for one in series]
    heights = [len(name) * TEXT * LINE for name in names]
    for number, top in enumerate(
        spread(
            [y - height / 2 for (_, y), height in zip(wished, heights, strict=True)],
            heights,
            2,
            picture.height - BOTTOM,
        )
    ):
        (x, y), middle = wished[number], top + heights[number] / 2
        right = along.end + 8
        if abs(middle - y) > 3 or x < along.end - 1:
            picture.add(
                "path", d=f"M{x + 3:.2f} {y:.2f}L{right - 2:.2f} {middle:.2f}", stroke=SERIES[number], stroke_width=0.7
            )
        picture.lines_of_text(right, top + TEXT * 0.95, names[number], fill=SERIES[number], weight=600)


def _end_of(one: Series, along: Scale, up: Scale) -> tuple[float, float]:
    known = [(number, value) for number, (_, value) in enumerate(one.points) if value is not None]
    return (along.place(known[-1][0]), up.place(known[-1][1])) if known else (along.end, up.start)


def spread(tops: Sequence[float], heights: Sequence[float], first: float, last: float) -> list[float]:
    """Tops as near to the wished ones as they can be without overlap, between first and last."""
    order = sorted(range(len(tops)), key=lambda number: tops[number] + heights[number] / 2)
    placed = list(tops)
    free = first
    for number in order:
        placed[number] = max(placed[number], free)
        free = placed[number] + heights[number]
    limit = last
    for number in reversed(order):
        placed[number] = min(placed[number], limit - heights[number])
        limit = placed[number]
    return placed
