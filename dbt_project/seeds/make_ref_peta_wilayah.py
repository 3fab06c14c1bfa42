"""Schematic map: one cell per kelurahan and per kecamatan, computed from centre points only.

Official boundaries are not part of this project; `make boundaries` loads them. Until then a Voronoi partition of the
104 kelurahan centres, clipped to their buffered hull, shows who lies beside whom; the cell of a kecamatan is the union
of its kelurahan's. Both are labelled "skematis" wherever they are drawn.
`PYTHONPATH=dags python dbt_project/seeds/make_ref_peta_wilayah.py` rewrites the seed.
"""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import cast

import numpy as np
import shapely
from command_center.paths import DBT_PROJECT
from command_center.warehouse.boundaries import label_point
from shapely import MultiPoint, Point, Polygon

BUFFER_DEGREES = 0.012  # about 1,3 km beyond the outermost centre
BUFFER_CORNERS = 16
DECIMALS = 5
WILAYAH = DBT_PROJECT / "seeds" / "ref_wilayah.csv"
TARGET = DBT_PROJECT / "seeds" / "ref_peta_wilayah.csv"


def read_centres(path: Path) -> dict[str, Point]:
    """Centre points of the kelurahan by code; x is bujur, y lintang, the order of GeoJSON."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["tingkat"] == "kelurahan"]
    return {row["kode_wilayah"]: Point(float(row["bujur"]), float(row["lintang"])) for row in rows}


def frame_of(centres: list[Point]) -> Polygon:
    """Hull of a circle around every centre."""
    angles = np.linspace(0, 2 * np.pi, BUFFER_CORNERS, endpoint=False)
    circle = BUFFER_DEGREES * np.column_stack([np.cos(angles), np.sin(angles)])
    corners = np.concatenate([circle + shapely.get_coordinates(centre) for centre in centres])
    return cast(Polygon, MultiPoint(corners).convex_hull)


def cells_of(path: Path) -> dict[str, Polygon]:
    """The schematic cells of the kelurahan in a ref_wilayah file, with rounded corners."""
    centres = read_centres(path)
    frame = frame_of(list(centres.values()))
    cells = shapely.voronoi_polygons(MultiPoint(list(centres.values())), extend_to=frame, ordered=True).geoms
    return {kode: rounded(cast(Polygon, cell.intersection(frame))) for kode, cell in zip(centres, cells, strict=True)}


def rounded(cell: Polygon) -> Polygon:
    """Corners that differ by the last bit only, as those of neighbours do, become the same: halves go away from zero."""
    corners = shapely.transform(cell, lambda points: np.round(points + np.copysign(1e-9, points), DECIMALS))
    return shapely.remove_repeated_points(corners)


def shapes_of(path: Path) -> dict[str, shapely.Geometry]:
    """The shape of each kelurahan and kecamatan, by code."""
    cells = cells_of(path)
    parents = sorted({kode[:8] for kode in cells})
    kecamatan = {kode: shapely.union_all([cells[one] for one in cells if one.startswith(kode)]) for kode in parents}
    return {**kecamatan, **cells}


def geojson(shape: shapely.Geometry) -> str:
    """Outer rings counter-clockwise, as GeoJSON wants them, each from its first corner in the west."""
    drawn = shapely.orient_polygons(shapely.normalize(shape), exterior_cw=False)
    return json.dumps(json.loads(shapely.to_geojson(drawn)), separators=(",", ":"))


def write_seed(source: Path, target: Path) -> None:
    """Write ref_peta_wilayah.csv."""
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["kode_wilayah", "tingkat", "keterangan", "bujur", "lintang", "geometri"])
        for kode, shape in sorted(shapes_of(source).items()):
            tingkat = "kelurahan" if len(kode) > len("13.71.01") else "kecamatan"
            writer.writerow([kode, tingkat, "skematis", *label_point(shape), geojson(shape)])


if __name__ == "__main__":
    write_seed(WILAYAH, TARGET)
