"""Schematic map: one cell per kecamatan, computed from centre points only.

Official boundaries are not part of this project. A Voronoi partition of the 11 centre points, clipped to the buffered
hull of the 104 kelurahan centres, shows who lies beside whom and is labelled "skematis" wherever it is drawn.
`python -m command_center.peta_skematis` rewrites the seed.
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
DECIMALS = 4
WILAYAH = DBT_PROJECT / "seeds" / "ref_wilayah.csv"
TARGET = DBT_PROJECT / "seeds" / "ref_peta_kecamatan.csv"


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


def geojson(cell: Polygon) -> str:
    """A closed, counter-clockwise GeoJSON Polygon with rounded coordinates."""
    ring: list[list[float]] = []
    for x, y in cell:
        corner = [round(x, DECIMALS), round(y, DECIMALS)]
        if not ring or corner != ring[-1]:
            ring.append(corner)
    if ring[0] != ring[-1]:
        ring.append(ring[0])
    return json.dumps({"type": "Polygon", "coordinates": [ring]}, separators=(",", ":"))


def read_centres(path: Path) -> tuple[dict[str, Point], list[Point]]:
    """Centre points of the kecamatan by code, and those of the kelurahan."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    kecamatan = {row["kode_wilayah"]: _centre(row) for row in rows if row["tingkat"] == "kecamatan"}
    return kecamatan, [_centre(row) for row in rows if row["tingkat"] == "kelurahan"]


def _centre(row: dict[str, str]) -> Point:
    return float(row["bujur"]), float(row["lintang"])


def cells_of(path: Path) -> dict[str, Polygon]:
    """The schematic cells of the regions in a ref_wilayah file."""
    kecamatan, kelurahan = read_centres(path)
    return voronoi(kecamatan, buffered_hull(kelurahan, BUFFER_DEGREES))


def write_seed(source: Path, target: Path) -> None:
    """Write ref_peta_kecamatan.csv."""
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["kode_kecamatan", "keterangan", "poligon"])
        writer.writerows([kode, "skematis", geojson(cell)] for kode, cell in sorted(cells_of(source).items()))


if __name__ == "__main__":
    write_seed(WILAYAH, TARGET)
