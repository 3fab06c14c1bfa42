"""The city's official boundaries: a GeoJSON of its kelurahan, from which those of the kecamatan are dissolved."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import shapely
from shapely import Geometry
from shapely.geometry import Point, Polygon, shape
from shapely.geometry.base import BaseGeometry
from shapely.ops import polylabel

from command_center.database import connect
from command_center.errors import PayloadError
from command_center.ledger import boundary
from command_center.ledger.boundary import Boundary
from command_center.paths import DBT_PROJECT
from command_center.settings import Settings

WILAYAH = DBT_PROJECT / "seeds" / "ref_wilayah.csv"
GRID = 1e-6  # degrees, about a tenth of a metre
LABEL_GRID = 1e-5  # degrees, about a metre
FAR = 0.1  # degrees; a polygon farther than this from its centre point belongs to another place
GAP = 3e-4  # degrees, about 30 m; neighbours that were drawn one by one leave gaps of that width
FEW = 5
KECAMATAN_LENGTH = len("13.71.01")
Shapes = dict[str, BaseGeometry]


class BoundaryError(PayloadError):
    """The file is not the boundaries of the city's kelurahan; mend or export it anew."""


def load_boundaries(path: Path, config: Settings) -> int:
    """Replace the boundaries by those of a file; the number of regions."""
    content = read_bytes(path)
    shapes = kelurahan_shapes(content, path.name)
    shapes |= dissolve(shapes)
    digest = hashlib.sha256(content).hexdigest()
    rows = [
        Boundary(kode, tingkat(kode), as_geojson(one), *label_point(one), path.name, digest)
        for kode, one in sorted(shapes.items())
    ]
    with connect(config.dsn("loader")) as connection:
        boundary.replace(connection, rows)
    return len(rows)


def remove_boundaries(config: Settings) -> None:
    """Go back to the schematic cells."""
    with connect(config.dsn("loader")) as connection:
        boundary.replace(connection, [])


def read_bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise BoundaryError(f"{path} cannot be read: {error.strerror}.") from None


def kelurahan_shapes(content: bytes, name: str) -> Shapes:
    """Shapes of the 104 kelurahan by Kemendagri code. Raises BoundaryError with one sentence."""
    features = read_features(content, name)
    regions = read_regions()
    key, codes = code_property(features, regions, name)
    parts: dict[str, list[BaseGeometry]] = {}
    for number, feature in enumerate(features, 1):
        kode = codes[str(feature["properties"][key]).strip()]
        parts.setdefault(kode, []).append(valid_shape(feature.get("geometry"), f"{name}, feature {number} ({kode})"))
    missing = sorted(set(regions) - set(parts))
    if missing:
        raise BoundaryError(
            f"{name} lacks {len(missing)} of {len(regions)} kelurahan: {listed(missing)}; export all kelurahan of the city into one file."
        )
    shapes = {kode: shapely.unary_union(found) for kode, found in parts.items()}
    for kode, one in shapes.items():
        require_place(kode, one, regions[kode], name)
    return shapes


def read_features(content: bytes, name: str) -> list[dict[str, Any]]:
    try:
        document = json.loads(content)
    except ValueError as error:
        raise BoundaryError(f"{name} is no JSON ({error}); export the boundaries as GeoJSON.") from None
    if not isinstance(document, dict) or document.get("type") != "FeatureCollection" or not document.get("features"):
        raise BoundaryError(
            f"{name} is no GeoJSON FeatureCollection with features; export the layer of kelurahan as GeoJSON."
        )
    return [feature | {"properties": feature.get("properties") or {}} for feature in document["features"]]


def read_regions() -> dict[str, dict[str, str]]:
    """Rows of the 104 kelurahan of ref_wilayah by code."""
    with WILAYAH.open(encoding="utf-8", newline="") as file:
        return {row["kode_wilayah"]: row for row in csv.DictReader(file) if row["tingkat"] == "kelurahan"}


def code_property(
    features: list[dict[str, Any]], regions: Mapping[str, Mapping[str, str]], name: str
) -> tuple[str, dict[str, str]]:
    """The property whose every value is the code of a kelurahan, and what its values stand for."""
    spellings = (
        {kode: kode for kode in regions},
        {kode.replace(".", ""): kode for kode in regions},
        {row["kode_bps"]: kode for kode, row in regions.items()},
    )
    best: tuple[int, str, list[str]] = (0, "", [])
    properties = sorted({key for feature in features for key in feature["properties"]})
    for key in properties:
        values = [str(feature["properties"].get(key, "")).strip() for feature in features]
        for codes in spellings:
            unknown = [value for value in values if value not in codes]
            if not unknown:
                return key, codes
            best = max(best, (len(values) - len(unknown), key, unknown))
    known, key, unknown = best
    if known:
        raise BoundaryError(
            f"{name}: property {key} holds codes of kelurahan, but not of Padang or not known: {listed(unknown)}; correct or leave them out."
        )
    raise BoundaryError(
        f"{name}: no property holds the code of the kelurahan (Kemendagri 13.71.09.1002 or 1371091002, or BPS); "
        f"there are {', '.join(properties) or 'none'}. Names are not enough, for some are spelt in two ways."
    )


def valid_shape(geometry: Any, where: str) -> BaseGeometry:
    """A polygon in degrees; one that crosses itself is repaired."""
    if not isinstance(geometry, dict) or geometry.get("type") not in ("Polygon", "MultiPolygon"):
        found = geometry.get("type") if isinstance(geometry, dict) else "nothing"
        raise BoundaryError(f"{where}: a Polygon or MultiPolygon is expected, not {found}.")
    try:
        found_shape = shape(geometry)
    except (ValueError, TypeError, IndexError, KeyError) as error:
        raise BoundaryError(f"{where}: the polygon cannot be read ({error}).") from None
    west, south, east, north = found_shape.bounds if not found_shape.is_empty else (0.0, 0.0, 0.0, 0.0)
    if found_shape.is_empty or max(abs(west), abs(east)) > 180 or max(abs(south), abs(north)) > 90:
        raise BoundaryError(f"{where}: its coordinates are no degrees; export in EPSG:4326, longitude before latitude.")
    polygons = [part for part in polygons_of(shapely.make_valid(found_shape)) if part.area > 0]
    if not polygons:
        raise BoundaryError(f"{where}: the polygon has no area.")
    return shapely.unary_union(polygons)


def polygons_of(one: Geometry) -> Iterable[Polygon]:
    """The polygons of a geometry; lines and points that a repair leaves over are not land."""
    parts = getattr(one, "geoms", [one])
    return [polygon for part in parts for polygon in getattr(part, "geoms", [part]) if polygon.geom_type == "Polygon"]


def require_place(kode: str, one: BaseGeometry, region: Mapping[str, str], name: str) -> None:
    centre = Point(float(region["bujur"]), float(region["lintang"]))
    if one.distance(centre) > FAR:
        raise BoundaryError(
            f"{name}: the polygon of {kode} ({region['nama']}) lies more than 10 km from where the kelurahan is; "
            "its code or its coordinates (latitude before longitude?) are wrong."
        )


def dissolve(kelurahan: Shapes) -> Shapes:
    """The kecamatan, each the union of its kelurahan, without the gaps between them."""
    parents = sorted({kode[:KECAMATAN_LENGTH] for kode in kelurahan})
    return {
        parent: without_gaps([one for kode, one in kelurahan.items() if kode.startswith(parent + ".")])
        for parent in parents
    }


def without_gaps(parts: list[BaseGeometry]) -> BaseGeometry:
    return shapely.unary_union(parts).buffer(GAP, join_style="mitre").buffer(-GAP, join_style="mitre")


def tingkat(kode: str) -> str:
    return "kecamatan" if len(kode) == KECAMATAN_LENGTH else "kelurahan"


def label_point(one: Geometry) -> tuple[float, float]:
    """Longitude and latitude of where the largest part is widest, so that a label stands within it."""
    largest = max(polygons_of(one), key=lambda part: part.area)
    place = polylabel(largest, LABEL_GRID)
    return round(place.x, 6), round(place.y, 6)


def as_geojson(one: BaseGeometry) -> str:
    """Right-handed, on a grid of a tenth of a metre."""
    return str(shapely.to_geojson(shapely.orient_polygons(shapely.set_precision(one, GRID))))


def listed(values: list[str]) -> str:
    """Up to five of them."""
    return ", ".join(values[:FEW]) + (f" and {len(values) - FEW} more" if len(values) > FEW else "")
