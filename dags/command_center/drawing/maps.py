"""A map of rates: areas in classes from little to much, every name on the map or, by a number, in its key."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Any

from command_center.drawing.letters import LINE, width, wrap
from command_center.drawing.model import UNKNOWN, Class, Region, Size
from command_center.drawing.palette import CLASSES, INK, PAPER, QUIET
from command_center.drawing.picture import SMALL, Box, Picture, box_of
from command_center.drawing.scale import said

Point = tuple[float, float]
NAME = 9.5
LEGEND_LINE = 15.0
KEY_LINE = 13.0


@dataclass(frozen=True)
class _Area:
    """A region on the drawing: its rings, size and the place for its name."""

    region: Region
    rings: list[list[Point]]
    surface: float
    middle: Point


@dataclass(frozen=True)
class _Label:
    lines: list[str]
    middle: Point

    @property
    def boxes(self) -> list[Box]:
        x, y = self.middle
        first = y + NAME * 0.35 - (len(self.lines) - 1) * NAME * LINE / 2
        return [box_of(x, first + n * NAME * LINE, line, NAME, "middle") for n, line in enumerate(self.lines)]


def choropleth(
    areas: Sequence[Region], *, title: str, unit: str, classes: Sequence[Class], size: Size = (330, 330)
) -> str:
    """At most as high as `size` says, legend included; where names are left over, their key makes it higher."""
    if len(classes) > len(CLASSES):
        raise ValueError(f"A map holds at most {len(CLASSES)} classes, {len(classes)} were given.")
    wide = size[0]
    legend = _legend_rows(classes, areas, wide)
    below = (len(legend) + 1) * LEGEND_LINE + 6
    frame = Box(2, 2, wide - 2, 2 + min(size[1] - below, (wide - 4) * _steepness(areas)))
    high = frame.bottom + below
    placed = _project(areas, frame)
    labels = _place_names(placed, frame)
    key = _key_rows(placed, labels, wide)
    picture = Picture(wide, high + len(key) * KEY_LINE + (4 if key else 0), title, describe(areas, unit))
    _draw_areas(picture, placed, classes)
    for label in labels.values():
        _draw_label(picture, label)
    _draw_legend(picture, legend, classes, unit, frame.bottom + LEGEND_LINE + 2)
    for number, line in enumerate(key):
        picture.text(0, high + (number + 1) * KEY_LINE, line, size=SMALL, fill=QUIET)
    if not placed:
        picture.text(wide / 2, frame.bottom / 2, UNKNOWN, anchor="middle", fill=QUIET)
    return picture.svg()


def classify(values: Sequence[Decimal | None], count: int = 4) -> list[Class]:
    """Classes that hold about equally many areas each, with round bounds; fewer where values are few or equal."""
    known = sorted(value for value in values if value is not None)
    cuts = [_round(known[len(known) * number // count]) for number in range(1, count)] if known else []
    cuts = sorted({cut for cut in cuts if known[0] < cut <= known[-1]})
    if not cuts:
        return [Class("semua nilai", None, None)] if known else []
    first, last = Class(f"< {said(cuts[0])}", None, cuts[0]), Class(f"≥ {said(cuts[-1])}", cuts[-1], None)
    inner = [Class(f"{said(low)} – < {said(high)}", low, high) for low, high in pairwise(cuts)]
    return [first, *inner, last]


def _round(value: Decimal) -> Decimal:
    """To two figures, so that a legend can be read and says the bound itself."""
    if value == 0:
        return value
    places = Decimal(1).scaleb(min(max(value.adjusted() - 1, -2 if abs(value) < 1 else -1), value.adjusted()))
    return (value / places).to_integral_value() * places


def describe(areas: Sequence[Region], unit: str) -> str:
    told = [f"{area.name} {UNKNOWN if area.value is None else area.text}" for area in areas] or [UNKNOWN]
    return f"Peta, satuan {unit}: " + "; ".join(told) + "."


def _class_of(value: Decimal | None, classes: Sequence[Class]) -> int | None:
    if value is None:
        return None
    return next((number for number, one in enumerate(classes) if one.holds(value)), None)


def _fill(number: int | None, count: int) -> str:
    """The whole range of tones, however few the classes are."""
    if number is None:
        return PAPER
    return CLASSES[round(number * (len(CLASSES) - 1) / max(count - 1, 1))]


def _project(areas: Sequence[Region], frame: Box) -> list[_Area]:
    if not areas:
        return []
    rings = {area.kode: list(_rings(area.geometry)) for area in areas}
    points = [point for outline in rings.values() for ring in outline for point in ring]
    west, east, south, north = _extent(points)
    shrink = _shrink(south, north)
    scale = min(
        (frame.right - frame.left) / max((east - west) * shrink, 1e-9),
        (frame.bottom - frame.top) / max(north - south, 1e-9),
    )
    left = (frame.left + frame.right - (east - west) * shrink * scale) / 2
    top = (frame.top + frame.bottom - (north - south) * scale) / 2
    return [
        _area(
            area,
            [
                [(left + (x - west) * shrink * scale, top + (north - y) * scale) for x, y in ring]
                for ring in rings[area.kode]
            ],
        )
        for area in areas
    ]


def _steepness(areas: Sequence[Region]) -> float:
    """Height of the mapped land in shares of its width."""
    points = [point for area in areas for ring in _rings(area.geometry) for point in ring]
    if not points:
        return 1.0
    west, east, south, north = _extent(points)
    return (north - south) / max((east - west) * _shrink(south, north), 1e-9)


def _extent(points: Sequence[Point]) -> tuple[float, float, float, float]:
    across, along = [x for x, _ in points], [y for _, y in points]
    return min(across), max(across), min(along), max(along)


def _shrink(south: float, north: float) -> float:
    """A degree of longitude in shares of one of latitude."""
    return math.cos(math.radians((south + north) / 2))


def _rings(geometry: Mapping[str, Any]) -> Iterator[list[Point]]:
    polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    for polygon in polygons:
        for ring in polygon:
            yield [(float(point[0]), float(point[1])) for point in ring]


def _area(region: Region, rings: list[list[Point]]) -> _Area:
    outer = max(rings, key=lambda ring: abs(_surface(ring)))
    return _Area(region, rings, abs(_surface(outer)), _middle(outer))


def _surface(ring: Sequence[Point]) -> float:
    return sum(x * below - right * y for (x, y), (right, below) in _sides(ring)) / 2


def _sides(ring: Sequence[Point]) -> Iterator[tuple[Point, Point]]:
    return zip(ring, [*ring[1:], ring[0]], strict=True)


def _middle(ring: Sequence[Point]) -> Point:
    """The middle of the widest part that a level line finds inside, among lines through the area."""
    top, bottom = min(y for _, y in ring), max(y for _, y in ring)
    best = (-1.0, ring[0])
    for step in range(3, 14):
        y = top + (bottom - top) * step / 16
        crossings = sorted(x for x in (_crossing(side, y) for side in _sides(ring)) if x is not None)
        for left, right in zip(crossings[::2], crossings[1::2], strict=False):
            inside = min(right - left, 3 * (y - top), 3 * (bottom - y))
            best = max(best, (inside, ((left + right) / 2, y)))
    return best[1]


def _crossing(side: tuple[Point, Point], y: float) -> float | None:
    (x, one), (right, other) = side
    return None if (one <= y) == (other <= y) else x + (y - one) / (other - one) * (right - x)


def _place_names(areas: Sequence[_Area], frame: Box) -> dict[str, _Label]:
    """The largest area first; a name that would lie on another gives way to a number, explained below the map."""
    labels: dict[str, _Label] = {}
    taken: list[Box] = []
    for number, area in _numbered(areas):
        tried = [*_names(area), *_numbers(number, area)]
        label = next((one for one in tried if _is_free(one, taken, frame)), tried[-1])
        labels[area.region.kode] = label
        taken += label.boxes
    return labels


def _numbered(areas: Sequence[_Area]) -> list[tuple[int, _Area]]:
    return sorted(enumerate(areas, 1), key=lambda item: (-item[1].surface, item[0]))


def _names(area: _Area) -> Iterator[_Label]:
    """The name where it fits into its area by a margin, on one line or more."""
    name = area.region.name
    for room in (1000.0, 75.0, 52.0):
        label = _Label(wrap(name, room, NAME), area.middle)
        tall = len(label.lines) * NAME * LINE
        is_broken = len(label.lines) > len(name.split())
        if not is_broken and max(width(line, NAME) for line in label.lines) * tall < area.surface * 1.1:
            yield label
            x, y = area.middle
            for dx, dy in ((0, 7), (0, -7), (8, 0), (-8, 0)):
                yield _Label(label.lines, (x + dx, y + dy))


def _numbers(number: int, area: _Area) -> Iterator[_Label]:
    x, y = area.middle
    for distance in (0, 5, 9, 14, 20):
        for turn in range(8 if distance else 1):
            angle = turn * math.pi / 4
            yield _Label([str(number)], (x + distance * math.cos(angle), y + distance * math.sin(angle)))
    yield _Label([str(number)], (x, y))


def _is_free(label: _Label, taken: Sequence[Box], frame: Box) -> bool:
    return all(box.is_within(frame) and not any(box.overlaps(other) for other in taken) for box in label.boxes)


def _key_rows(areas: Sequence[_Area], labels: Mapping[str, _Label], wide: float) -> list[str]:
    entries = [
        f"{number} {area.region.name}"
        for number, area in enumerate(areas, 1)
        if labels[area.region.kode].lines == [str(number)]
    ]
    rows: list[str] = []
    for entry in entries:
        longer = f"{rows[-1]} · {entry}" if rows else entry
        if rows and width(longer, SMALL) <= wide:
            rows[-1] = longer
        else:
            rows.append(entry)
    return rows


def _draw_areas(picture: Picture, areas: Sequence[_Area], classes: Sequence[Class]) -> None:
    for area in sorted(areas, key=lambda one: one.region.is_marked):
        number = _class_of(area.region.value, classes)
        picture.add(
            "path",
            d="".join("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in ring) + "Z" for ring in area.rings),
            fill=_fill(number, len(classes)),
            fill_rule="evenodd",
            stroke=INK if area.region.is_marked else QUIET,
            stroke_width=2.2 if area.region.is_marked else 0.7,
            stroke_linejoin="round",
            stroke_dasharray="2 2" if number is None and not area.region.is_marked else None,
        )


def _draw_label(picture: Picture, label: _Label) -> None:
    x, y = label.middle
    first = y + NAME * 0.35 - (len(label.lines) - 1) * NAME * LINE / 2
    picture.lines_of_text(x, first, label.lines, size=NAME, anchor="middle", weight=500, has_halo=True)


def _legend_rows(classes: Sequence[Class], areas: Sequence[Region], wide: float) -> list[list[tuple[int | None, str]]]:
    entries: list[tuple[int | None, str]] = [(number, one.label) for number, one in enumerate(classes)]
    if any(_class_of(area.value, classes) is None for area in areas):
        entries.append((None, UNKNOWN))
    rows: list[list[tuple[int | None, str]]] = []
    used = wide + 1
    for entry in entries:
        needed = 18 + width(entry[1], SMALL) + 12
        if used + needed > wide:
            rows.append([])
            used = 0
        rows[-1].append(entry)
        used += needed
    return rows


def _draw_legend(
    picture: Picture, rows: Sequence[Sequence[tuple[int | None, str]]], classes: Sequence[Class], unit: str, y: float
) -> None:
    picture.text(0, y, unit, size=SMALL, fill=QUIET)
    for line, row in enumerate(rows, 1):
        left = 0.0
        for number, words in row:
            place = y + line * LEGEND_LINE
            picture.add(
                "rect",
                x=left,
                y=place - 9,
                width=14,
                height=10,
                fill=_fill(number, len(classes)),
                stroke=QUIET,
                stroke_width=0.7,
                stroke_dasharray="2 2" if number is None else None,
            )
            picture.text(left + 18, place, words, size=SMALL)
            left += 18 + width(words, SMALL) + 12
