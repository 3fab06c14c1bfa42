"""Schematic map: one cell per kelurahan and per kecamatan, computed from centre points only.

Official boundaries are not part of this project; `make boundaries` loads them. Until then a Voronoi partition of the
104 kelurahan centres, clipped to their buffered hull, shows who lies beside whom; the cell of a kecamatan is the union
of its kelurahan's. Both are labelled "skematis" wherever they are drawn.
`PYTHONPATH=dags python dbt_project/seeds/make_ref_peta_wilayah.py` rewrites the seed.
"""

from __future__ import annotations

import csv
import json
import math
from pathlib import Path

from command_center.paths import DBT_PROJECT

Point = tuple[float, float]  # bujur, lintang: the order of GeoJSON
Polygon = list[Point]

BUFFER_DEGREES = 0.012  # about 1,3 km beyond the outermost centre
BUFFER_CORNERS = 16
DECIMALS = 5
NEAR = 1e-7  # degrees; corners nearer to each other than this are one corner
WILAYAH = DBT_PROJECT / "seeds" / "ref_wilayah.csv"
TARGET = DBT_PROJECT / "seeds" / "ref_peta_wilayah.csv"


def convex_hull(points: list[Point]) -> Polygon:
    """Counter-clockwise convex hull (monotone chain)."""
    ordered = sorted(set(points))
    return _half_hull(ordered)[:-1] + _half_hull(ordered[::-1])[:-1]


def _half_hull(ordered: list[Point]) -> Polygon:
    chain: Polygon = []
    for point in ordered:
        while len(chain) >= 2 and cross(chain[-2], chain[-1], point) <= 0:
            chain.pop()
        chain.append(point)
    return chain


def cross(origin: Point, a: Point, b: Point) -> float:
    """Positive when origin → a → b turns left."""
    return (a[0] - origin[0]) * (b[1] - origin[1]) - (a[1] - origin[1]) * (b[0] - origin[0])


def buffered_hull(points: list[Point], distance: float) -> Polygon:
    """Hull of a circle around every point."""
    angles = [2 * math.pi * step / BUFFER_CORNERS for step in range(BUFFER_CORNERS)]
    return convex_hull([(x + distance * math.cos(a), y + distance * math.sin(a)) for x, y in points for a in angles])


def keep_nearer(polygon: Polygon, site: Point, other: Point) -> Polygon:
    """The part of a convex polygon that is nearer to site than to other."""
    kept: Polygon = []
    for index, corner in enumerate(polygon):
        previous = polygon[index - 1]
        inside, was_inside = _lead(corner, site, other), _lead(previous, site, other)
        if (inside >= 0) != (was_inside >= 0):
            share = was_inside / (was_inside - inside)
            kept.append(
                (previous[0] + share * (corner[0] - previous[0]), previous[1] + share * (corner[1] - previous[1]))
            )
        if inside >= 0:
            kept.append(corner)
    return kept


def _lead(point: Point, site: Point, other: Point) -> float:
    """How much nearer (in squared distance) the point is to site than to other."""
    return math.dist(point, other) ** 2 - math.dist(point, site) ** 2


def voronoi(sites: dict[str, Point], frame: Polygon) -> dict[str, Polygon]:
    """One convex cell per site; together they fill the frame."""
    cells = {}
    for kode, site in sites.items():
        cell = frame
        for other_kode, other in sites.items():
            if other_kode != kode:
                cell = keep_nearer(cell, site, other)
        cells[kode] = cell
    return cells


def area(polygon: Polygon) -> float:
    """Signed area; positive when counter-clockwise."""
    return sum(cross((0.0, 0.0), polygon[index - 1], corner) for index, corner in enumerate(polygon)) / 2


def shared_corners(cells: dict[str, Polygon]) -> dict[str, Polygon]:
    """The cells with rounded corners; what neighbours share is exactly the same corner for both."""
    known: list[tuple[Point, Point]] = []

    def snapped(corner: Point) -> Point:
        for exact, rounded in known:
            if math.dist(exact, corner) < NEAR:
                return rounded
        rounded = round(corner[0], DECIMALS), round(corner[1], DECIMALS)
        known.append((corner, rounded))
        return rounded

    return {kode: without_repeats([snapped(corner) for corner in cell]) for kode, cell in cells.items()}


def without_repeats(ring: Polygon) -> Polygon:
    return [corner for index, corner in enumerate(ring) if corner != ring[index - 1]]


def union(cells: list[Polygon]) -> list[Polygon]:
    """Rings around the union of cells that share their corners: an edge that two of them walk in opposite directions
    lies inside. Outer rings run counter-clockwise, holes clockwise."""
    edges = {(cell[index - 1], corner) for cell in cells for index, corner in enumerate(cell)}
    following: dict[Point, list[Point]] = {}
    for start, end in sorted(edges):
        if (end, start) not in edges:
            following.setdefault(start, []).append(end)
    rings = []
    while following:
        rings.append(_walk(following))
    return rings


def _walk(following: dict[Point, list[Point]]) -> Polygon:
    """One closed walk along the edges, which are used up; where two rings touch, the sharpest left turn stays in one."""
    start = min(following)
    ring = [start]
    while True:
        here = ring[-1]
        ends = following[here]
        if len(ring) > 1 and len(ends) > 1:
            ends.sort(key=lambda end: _turn(ring[-2], here, end))
        end = ends.pop()
        if not ends:
            del following[here]
        if end == start:
            return ring
        ring.append(end)


def _turn(before: Point, here: Point, after: Point) -> float:
    """Angle by which the way turns at a corner, left positive."""
    came = math.atan2(here[1] - before[1], here[0] - before[0])
    goes = math.atan2(after[1] - here[1], after[0] - here[0])
    return (goes - came + math.pi) % (2 * math.pi) - math.pi


def middle(rings: list[Polygon]) -> Point:
    """Centre of gravity of the largest ring, where a label stands."""
    ring = max(rings, key=area)
    x = y = 0.0
    for index, corner in enumerate(ring):
        previous = ring[index - 1]
        weight = cross((0.0, 0.0), previous, corner)
        x += (previous[0] + corner[0]) * weight
        y += (previous[1] + corner[1]) * weight
    return round(x / (6 * area(ring)), DECIMALS), round(y / (6 * area(ring)), DECIMALS)


def geojson(rings: list[Polygon]) -> str:
    """A Polygon, or a MultiPolygon, with closed rings; each hole goes with the outer ring around it."""
    outer = [ring for ring in rings if area(ring) > 0]
    polygons = [[ring, *(hole for hole in rings if area(hole) < 0 and contains(ring, hole[0]))] for ring in outer]
    closed = [[[list(corner) for corner in [*ring, ring[0]]] for ring in polygon] for polygon in polygons]
    shape = (
        {"type": "Polygon", "coordinates": closed[0]}
        if len(closed) == 1
        else {"type": "MultiPolygon", "coordinates": closed}
    )
    return json.dumps(shape, separators=(",", ":"))


def contains(ring: Polygon, point: Point) -> bool:
    """Whether a point lies within a ring: a ray to the east crosses it an odd number of times."""
    crossings = 0
    for index, corner in enumerate(ring):
        previous = ring[index - 1]
        if (corner[1] > point[1]) != (previous[1] > point[1]):
            share = (point[1] - previous[1]) / (corner[1] - previous[1])
            crossings += point[0] < previous[0] + share * (corner[0] - previous[0])
    return crossings % 2 == 1


def read_centres(path: Path) -> dict[str, Point]:
    """Centre points of the kelurahan by code."""
    with path.open(encoding="utf-8", newline="") as file:
        return {row["kode_wilayah"]: _centre(row) for row in csv.DictReader(file) if row["tingkat"] == "kelurahan"}


def _centre(row: dict[str, str]) -> Point:
    return float(row["bujur"]), float(row["lintang"])


def cells_of(path: Path) -> dict[str, Polygon]:
    """The schematic cells of the kelurahan in a ref_wilayah file."""
    centres = read_centres(path)
    return shared_corners(voronoi(centres, buffered_hull(list(centres.values()), BUFFER_DEGREES)))


def shapes_of(path: Path) -> dict[str, list[Polygon]]:
    """Rings of each kelurahan and kecamatan, by code."""
    cells = cells_of(path)
    parents = sorted({kode[:8] for kode in cells})
    kecamatan = {parent: union([cell for kode, cell in cells.items() if kode.startswith(parent)]) for parent in parents}
    return kecamatan | {kode: [cell] for kode, cell in cells.items()}


def write_seed(source: Path, target: Path) -> None:
    """Write ref_peta_wilayah.csv."""
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["kode_wilayah", "tingkat", "keterangan", "bujur", "lintang", "geometri"])
        for kode, rings in sorted(shapes_of(source).items()):
            tingkat = "kelurahan" if len(kode) > len("13.71.01") else "kecamatan"
            writer.writerow([kode, tingkat, "skematis", *middle(rings), geojson(rings)])


if __name__ == "__main__":
    write_seed(WILAYAH, TARGET)
