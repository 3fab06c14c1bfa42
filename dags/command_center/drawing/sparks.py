"""A line so small that it stands beside a number."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from command_center.drawing.model import UNKNOWN, Size
from command_center.drawing.palette import MARKED
from command_center.drawing.picture import Picture
from command_center.drawing.scale import Scale, said


def spark(points: Sequence[Decimal | None], size: Size = (90, 22)) -> str:
    """Course of a number without axes; a gap is a gap, the last known point is a dot."""
    wide, high = size
    picture = Picture(wide, high, "Perkembangan", describe(points))
    known = [value for value in points if value is not None]
    if known:
        low, top = float(min(known)), float(max(known))
        up = Scale(low, top, high - 4, 4) if top > low else Scale(low - 1, top + 1, high - 4, 4)
        along = Scale(0, max(len(points) - 1, 1), 4, wide - 4)
        places = [
            None if value is None else (along.place(number), up.place(value)) for number, value in enumerate(points)
        ]
        draw_course(picture, places, stroke=MARKED, stroke_width=1.5)
        last = [place for place in places if place is not None][-1]
        picture.add("circle", cx=last[0], cy=last[1], r=2.5, fill=MARKED)
    return picture.svg()


def describe(points: Sequence[Decimal | None]) -> str:
    if not points:
        return f"Nilai {UNKNOWN}."
    return "Nilai berturut-turut: " + "; ".join(UNKNOWN if value is None else said(value) for value in points) + "."


def draw_course(picture: Picture, places: Sequence[tuple[float, float] | None], **style: object) -> None:
    """One path for each stretch without a gap; a point between two gaps is a dot."""
    for stretch in stretches(places):
        if len(stretch) == 1:
            picture.add("circle", cx=stretch[0][0], cy=stretch[0][1], r=2, fill=style["stroke"])
        else:
            d = "M" + "L".join(f"{x:.2f} {y:.2f}" for x, y in stretch)
            picture.add("path", None, d=d, fill="none", stroke_linejoin="round", stroke_linecap="round", **style)


def stretches(places: Sequence[tuple[float, float] | None]) -> list[list[tuple[float, float]]]:
    found: list[list[tuple[float, float]]] = [[]]
    for place in places:
        if place is None:
            found.append([])
        else:
            found[-1].append(place)
    return [stretch for stretch in found if stretch]
