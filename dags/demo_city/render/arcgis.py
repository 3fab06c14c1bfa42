"""A layer of an ArcGIS server: errors come with status 200, dates as milliseconds, no more than so many records."""

from __future__ import annotations

import re
from bisect import bisect_right
from datetime import date, datetime, time
from typing import Any

from command_center.settings import WIB

from demo_city.answer import Answer
from demo_city.ask import Question
from demo_city.causes.regions import all_kelurahan
from demo_city.faults.spoil import Fault
from demo_city.paging import after, by_offset
from demo_city.render.json_api import answer_of
from demo_city.table import Row, Table, Value, number_of

LAYER = "arcgis/rest/services/latihan/pengangkutan/MapServer/0"
MOST = 200
WHERE = re.compile(r"^(?:1=1|)(?:and)?(?:objectid(>=?)(-?\d+))?$")


def layer(table: Table) -> Answer:
    content = {
        "id": 0,
        "name": "pengangkutan",
        "objectIdField": "OBJECTID",
        "maxRecordCount": MOST,
        "fields": _fields(table),
    }
    return answer_of(content, table)


def query(table: Table, question: Question, fault: Fault | None) -> Answer:
    """?where=1=1&outFields=*&f=json, with resultOffset or `OBJECTID > n`"""
    bound = _bound(question.query.get("where", ""))
    if question.query.get("f") != "json" or bound is None:
        return _refusal(table)
    numbers = [number_of(row) for row in table.rows]
    first = bisect_right(numbers, bound)
    if question.query.get("returnCountOnly") == "true":
        return answer_of({"count": len(numbers) - first}, table)
    size = min(MOST, max(1, question.number("resultRecordCount", MOST)))
    if "resultOffset" in question.query:
        chosen = by_offset(len(numbers) - first, question.number("resultOffset", 0), size, fault)
        chosen = slice(chosen.start + first, chosen.stop + first)
    else:
        chosen = after(numbers, bound if first else None, size, fault)
    return answer_of(_features(table, chosen, question), table)


def _bound(where: str) -> int | None:
    """The number after which records are wanted, -1 for all, None for a clause that is not understood."""
    found = WHERE.match(re.sub(r"[\s()]", "", where).lower())
    if found is None or not where:
        return None
    return -1 if found[2] is None else int(found[2]) - (found[1] == ">=")


def _refusal(table: Table) -> Answer:
    error = {"code": 400, "message": "Unable to complete operation.", "details": ["'where' clause is invalid."]}
    return answer_of({"error": error}, table)


def _features(table: Table, chosen: slice, question: Question) -> dict[str, Any]:
    wanted = question.query.get("outFields", "OBJECTID")
    names = None if wanted == "*" else {name.strip() for name in wanted.split(",")}
    with_geometry = question.query.get("returnGeometry", "true") == "true"
    features = [_feature(table, row, names, with_geometry) for row in table.rows[chosen]]
    content: dict[str, Any] = {
        "objectIdFieldName": "OBJECTID",
        "geometryType": "esriGeometryPoint",
        "spatialReference": {"wkid": 4326},
        "fields": [field for field in _fields(table) if names is None or field["name"] in names],
        "features": features,
    }
    return content | {"exceededTransferLimit": True} if chosen.stop < len(table.rows) else content


def _feature(table: Table, row: Row, names: set[str] | None, with_geometry: bool) -> dict[str, Any]:
    every = {"OBJECTID": row["nomor"]} | {name: _attribute(table, row[name]) for name in table.columns}
    feature: dict[str, Any] = {"attributes": {n: v for n, v in every.items() if names is None or n in names}}
    place = next((k for k in all_kelurahan() if k.kode == row["kode_kelurahan"]), None)
    return feature | {"geometry": {"x": place.bujur, "y": place.lintang}} if with_geometry and place else feature


def _attribute(table: Table, value: Value) -> Any:
    if isinstance(value, datetime):
        return int(value.timestamp() * 1000)
    if isinstance(value, date):
        return int(datetime.combine(value, time(), WIB).timestamp() * 1000)
    return table.native(value)


def _fields(table: Table) -> list[dict[str, str]]:
    first: Row = table.rows[0] if table.rows else {}
    types = {name: _type(table, first.get(name)) for name in table.columns}
    return [{"name": "OBJECTID", "type": "esriFieldTypeOID", "alias": "OBJECTID"}] + [
        {"name": name, "type": kind, "alias": name} for name, kind in types.items()
    ]


def _type(table: Table, value: Value) -> str:
    if isinstance(value, date):
        return "esriFieldTypeDate"
    if isinstance(value, str) or value is None or table.swapped:
        return "esriFieldTypeString"
    return "esriFieldTypeInteger" if isinstance(value, int) else "esriFieldTypeDouble"
