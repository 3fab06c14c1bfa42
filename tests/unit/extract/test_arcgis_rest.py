"""ArcGIS layers: every feature by its object id, checked against the layer's count; errors that come with HTTP 200."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from command_center.declaration.source import Source
from command_center.errors import PayloadError, SourceUnavailable

from tests.support.http_source import Asked, Said, archived, ask, declare, read, serving


@dataclass
class Layer:
    """A layer of features by object id, which gives no more than `largest` of them at once."""

    ids: list[int]
    largest: int = 1000
    change: Callable[[Layer], None] = lambda layer: None
    asked: list[dict[str, str]] = field(default_factory=list)
    error: dict[str, Any] | None = None
    knows_its_id: bool = True
    miscount: int = 0

    def answer(self, asked: Asked) -> Said:
        query = asked.query
        self.asked.append(query)
        assert query["f"] == "json"
        if self.error is not None:
            return Said({"error": self.error})
        if not asked.path.endswith("/query"):
            assert asked.path == "/arcgis/rest/services/Kota/MapServer/2"
            named: dict[str, object] = {"objectIdField": "FID"} if self.knows_its_id else {"fields": [{"name": "A"}]}
            return Said(named)
        if query.get("returnCountOnly") == "true":
            return Said({"count": len(self.ids) + self.miscount})
        self.change(self)
        after = re.fullmatch(r"\((.*)\) AND FID > (-?\d+)", query["where"])
        found = [one for one in self.ids if not after or one > int(after.group(2))][int(query.get("resultOffset", 0)) :]
        page = found[: min(int(query["resultRecordCount"]), self.largest)]
        assert query["orderByFields"] == "FID ASC"
        return Said(
            {
                "objectIdFieldName": "FID",
                "features": [
                    {
                        "attributes": {"FID": one, "luas": "12,50", "dibuat": 1_732_780_800_000 + one},
                        "geometry": {"rings": [[[100.35, -0.9]]]},
                    }
                    for one in page
                ],
                **({"exceededTransferLimit": True} if len(found) > len(page) else {}),
            }
        )


def source(style: str = "", columns: Any = ("FID", "luas", "dibuat"), **query: str) -> Source:
    extract = (
        {"paging": {"style": style, "param": "x", "records": "features[]", "key": "FID", "size": 10}} if style else {}
    )
    request = {"path": "arcgis/rest/services/Kota/MapServer/2", "query": query}
    return declare("arcgis_rest", columns=list(columns), request=request, extract=extract)


def found(declared: Source, layer: Layer, folder: Path) -> list[list[str | None]]:
    with serving(layer.answer) as server:
        fetched = ask(declared, server.url, folder)
    return [list(texts) for _, texts in read(declared, archived(fetched))[1]]


@pytest.mark.parametrize("style", ["", "after", "offset"])
@pytest.mark.parametrize("count", [1, 10, 21])
@pytest.mark.parametrize("largest", [7, 1000])
def test_all_features_whatever_the_server_s_own_limit(tmp_path: Path, style: str, count: int, largest: int) -> None:
    layer = Layer([3 * number for number in range(count)], largest)
    assert found(source(style), layer, tmp_path) == [
        [str(one), "12,50", str(1_732_780_800_000 + one)] for one in layer.ids
    ]


def test_a_declared_query_goes_along(tmp_path: Path) -> None:
    layer = Layer(list(range(15)))
    found(source("after", ["FID"], where="kab = 'PADANG'", outFields="luas"), layer, tmp_path)
    wheres = [asked["where"] for asked in layer.asked if "returnCountOnly" not in asked]
    assert wheres == ["kab = 'PADANG'", "(kab = 'PADANG') AND FID > 9", "(kab = 'PADANG') AND FID > 14"]
    counted = [asked["where"] for asked in layer.asked if "returnCountOnly" in asked]
    assert counted == ["kab = 'PADANG'"] * 2
    assert {asked["outFields"] for asked in layer.asked if "outFields" in asked} == {"luas,FID"}


def test_geometry_is_asked_for_where_a_column_names_it(tmp_path: Path) -> None:
    layer = Layer([1])
    rows = found(source("", ["FID", {"source": "geometry"}, "luas", "dibuat"]), layer, tmp_path)
    assert rows == [["1", '{"rings": [[[100.35, -0.9]]]}', "12,50", "1732780800001"]]
    assert layer.asked[-2]["returnGeometry"] == "true" or layer.asked[-3]["returnGeometry"] == "true"
    without = Layer([1])
    found(source(), without, tmp_path)
    assert {asked.get("returnGeometry", "false") for asked in without.asked} == {"false"}


@pytest.mark.parametrize("style", ["", "offset"])
def test_features_that_come_and_go_meanwhile_move_no_other(tmp_path: Path, style: str) -> None:
    steps = iter([None, "go", "come"])

    def change(layer: Layer) -> None:
        step = next(steps, None)
        if step == "go":
            layer.ids.pop(0)
        elif step == "come":
            layer.ids.append(999)

    layer = Layer(list(range(25)), 10, change)
    ids = [int(row[0] or "") for row in found(source(style), layer, tmp_path)]
    assert len(set(ids)) == len(ids) and set(range(1, 25)) <= set(ids)


def test_a_count_that_the_pages_do_not_reach_is_refused(tmp_path: Path) -> None:
    with (
        serving(Layer(list(range(5)), miscount=1).answer) as server,
        pytest.raises(SourceUnavailable, match="the layer counts 6 features, but its pages gave 5, in 3 readings"),
    ):
        ask(source(), server.url, tmp_path)


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        ({"code": 499, "message": "Token Required", "details": []}, "error: 499 Token Required; mend the token of the connection"),
        ({"code": 400, "message": "Invalid", "details": ["'x' is\nno field"]}, "error: 400 Invalid 'x' is no field; mend the query"),
        ({"code": 500, "message": "Error performing query operation"}, "error: 500 Error performing query operation; it is tried again"),
    ],
)  # fmt: skip
def test_an_error_within_http_200_is_told(tmp_path: Path, error: dict[str, Any], sentence: str) -> None:
    with serving(Layer([1], error=error).answer) as server, pytest.raises(SourceUnavailable, match=sentence):
        ask(source(), server.url, tmp_path)


def test_a_layer_without_an_object_id_needs_a_declared_key(tmp_path: Path) -> None:
    with (
        serving(Layer([1], knows_its_id=False).answer) as server,
        pytest.raises(SourceUnavailable, match="names no field with an object id"),
    ):
        ask(source(), server.url, tmp_path)


def test_an_archived_error_is_held() -> None:
    with pytest.raises(PayloadError, match="the layer reported an error: 500 Galat"):
        read(source(), b'{"error": {"code": 500, "message": "Galat"}}')
