"""Official boundaries: what is accepted, and the sentence for what is not."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from command_center.warehouse.boundaries import (
    BoundaryError,
    as_geojson,
    dissolve,
    kelurahan_shapes,
    label_point,
    read_regions,
)
from shapely.geometry import MultiPolygon, Point, Polygon, box, shape

from dbt_project.seeds import make_ref_peta_wilayah as peta_skematis

Document = dict[str, Any]


def document(code: Callable[[str], str] = str, key: str = "kode") -> Document:
    cells = peta_skematis.cells_of(peta_skematis.WILAYAH)
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {"nama": "?", key: code(kode)},
                "geometry": json.loads(peta_skematis.geojson(cell)),
            }
            for kode, cell in cells.items()
        ],
    }


def read(content: Document) -> dict[str, Any]:
    return kelurahan_shapes(json.dumps(content).encode(), "batas.geojson")


@pytest.mark.parametrize(
    ("code", "key"),
    [
        (str, "kode"),
        (lambda kode: kode.replace(".", ""), "KODE_DESA"),
        (lambda kode: read_regions()[kode]["kode_bps"], "iddesa"),
    ],
    ids=["dotted", "undotted", "bps"],
)
def test_codes_are_found_in_whatever_property_they_are(code: Callable[[str], str], key: str) -> None:
    shapes = read(document(code, key))
    assert set(shapes) == set(read_regions())
    assert shapes["13.71.09.1002"].area > 0


def test_kecamatan_are_dissolved_and_right_handed() -> None:
    shapes = read(document())
    kecamatan = dissolve(shapes)
    assert len(kecamatan) == 11
    parts = sum(one.area for kode, one in shapes.items() if kode.startswith("13.71.09."))
    assert kecamatan["13.71.09"].area == pytest.approx(parts, rel=1e-2)
    outline = shape(json.loads(as_geojson(kecamatan["13.71.09"])))
    assert isinstance(outline, Polygon) and outline.exterior.is_ccw


def test_a_label_stands_where_the_largest_part_is_widest() -> None:
    """Of a hook the centre of gravity lies outside, and a point at half its height in the shaft."""
    hook = Polygon([(0, 0), (6, 0), (6, 3), (1, 3), (1, 9), (0, 9)])
    place = Point(label_point(MultiPolygon([hook, box(20, 20, 22, 22)])))
    assert hook.contains(place) and hook.boundary.distance(place) == pytest.approx(1.5, abs=0.1)


def test_several_features_of_one_kelurahan_are_merged_and_a_bow_tie_is_repaired() -> None:
    content = document()
    first = content["features"][0]
    x, y = first["geometry"]["coordinates"][0][0]
    bow_tie = [[x, y], [x + 0.001, y + 0.001], [x + 0.001, y], [x, y + 0.001], [x, y]]
    content["features"].append(first | {"geometry": {"type": "Polygon", "coordinates": [bow_tie]}})
    shapes = read(content)
    assert shapes[first["properties"]["kode"]].is_valid


def without_codes(content: Document) -> None:
    for feature in content["features"]:
        del feature["properties"]["kode"]


def one_unknown(content: Document) -> None:
    content["features"][3]["properties"]["kode"] = "13.06.01.2001"


def one_missing(content: Document) -> None:
    del content["features"][3]


def one_point(content: Document) -> None:
    content["features"][3]["geometry"] = {"type": "Point", "coordinates": [100.4, -0.9]}


def in_metres(content: Document) -> None:
    content["features"][0]["geometry"]["coordinates"] = [
        [[650000, 9900000], [651000, 9900000], [651000, 9901000], [650000, 9900000]]
    ]


def elsewhere(content: Document) -> None:
    content["features"][0]["geometry"]["coordinates"] = [[[101, -0.5], [101.1, -0.5], [101.1, -0.4], [101, -0.5]]]


def no_collection(content: Document) -> None:
    content["type"] = "Feature"


def broken(content: Document) -> None:
    content["features"][0]["geometry"]["coordinates"] = [[["x"]]]


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (without_codes, "no property holds the code of the kelurahan"),
        (one_unknown, "property kode holds codes of kelurahan, but not of Padang or not known: 13.06.01.2001"),
        (one_missing, "lacks 1 of 104 kelurahan: 13.71.01.1004"),
        (one_point, "feature 4 .13.71.01.1004.: a Polygon or MultiPolygon is expected, not Point"),
        (in_metres, "its coordinates are no degrees; export in EPSG:4326"),
        (elsewhere, "lies more than 10 km from where the kelurahan is"),
        (no_collection, "no GeoJSON FeatureCollection"),
        (broken, "the polygon cannot be read"),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(spoil: Callable[[Document], None], sentence: str) -> None:
    content = document()
    spoil(content)
    with pytest.raises(BoundaryError, match=sentence):
        read(content)


def test_a_file_that_is_no_json() -> None:
    with pytest.raises(BoundaryError, match="is no JSON"):
        kelurahan_shapes(b"PK", "batas.geojson")
