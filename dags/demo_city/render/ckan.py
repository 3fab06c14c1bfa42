"""A CKAN portal: one resource in the DataStore, two that are only files."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from demo_city.answer import Answer, json_answer
from demo_city.ask import Question
from demo_city.faults.spoil import Fault
from demo_city.paging import by_offset
from demo_city.render.json_api import answer_of
from demo_city.table import Row, Table

PACKAGE = "pengangkutan-sampah"
IN_DATASTORE = "0b1c7d1e-5a52-4c6f-9d43-000000000001"
CSV_FILE = "0b1c7d1e-5a52-4c6f-9d43-000000000002"
XLSX_FILE = "0b1c7d1e-5a52-4c6f-9d43-000000000003"
RESOURCES = {
    IN_DATASTORE: ("CSV", "berkas/pengangkutan_portal.csv", True),
    CSV_FILE: ("CSV", "berkas/pengangkutan_portal.csv", False),
    XLSX_FILE: ("XLSX", "berkas/pengangkutan.xlsx", False),
}
LARGEST = 32_000


def answer(action: str, table: Table, question: Question, fault: Fault | None) -> Answer:
    """What the action, such as 'datastore_search', answers."""
    wanted = question.query.get("resource_id") or question.query.get("id") or ""
    if action == "datastore_search" and wanted == IN_DATASTORE:
        return _success(action, question, table, _search(table, question, fault))
    if action == "resource_show" and wanted in RESOURCES:
        return _success(action, question, table, _resource(wanted, question))
    if action == "package_show" and wanted == PACKAGE:
        return _success(action, question, table, _package(question))
    if action == "package_search":
        found = [_package(question)][question.number("start", 0) :][: question.number("rows", 10)]
        return _success(action, question, table, {"count": 1, "results": found})
    return _not_found(question, wanted)


def _success(action: str, question: Question, table: Table, result: Any) -> Answer:
    return answer_of({"help": _help(question, action), "success": True, "result": result}, table)


def _not_found(question: Question, wanted: str) -> Answer:
    error = {"__type": "Not Found Error", "message": f'Not found: Resource "{wanted}" was not found.'}
    found = json_answer({"help": _help(question, "datastore_search"), "success": False, "error": error})
    return Answer(found.body, found.content_type, status=404)


def _help(question: Question, action: str) -> str:
    return f"{question.base}/api/3/action/help_show?name={action}"


def _search(table: Table, question: Question, fault: Fault | None) -> dict[str, Any]:
    start, limit = question.number("offset", 0), min(LARGEST, max(0, question.number("limit", 100)))
    rows = list(enumerate(table.rows, start=1))
    if question.query.get("sort", "").replace("+", " ").split()[:2] == ["_id", "desc"]:
        rows.reverse()
    chosen = rows[by_offset(len(rows), start, limit, fault)]
    return {
        "include_total": True,
        "resource_id": IN_DATASTORE,
        "fields": [{"id": "_id", "type": "int"}, *(_field(table, name) for name in table.columns)],
        "records": [{"_id": number, **_record(table, row)} for number, row in chosen],
        "limit": limit,
        "offset": start,
        "total": len(rows),
    }


def _record(table: Table, row: Row) -> dict[str, Any]:
    """CKAN writes times without a zone."""
    values = {name: row[name] for name in table.columns}
    return {
        name: f"{value:%Y-%m-%dT%H:%M:%S}" if isinstance(value, datetime) else table.native(value)
        for name, value in values.items()
    }


def _field(table: Table, column: str) -> dict[str, str]:
    value = table.rows[0][column] if table.rows else None
    if isinstance(value, Decimal | int) and not table.swapped:
        return {"id": column, "type": "numeric"}
    return {"id": column, "type": "timestamp" if isinstance(value, datetime) else "text"}


def _resource(wanted: str, question: Question) -> dict[str, Any]:
    form, path, active = RESOURCES[wanted]
    return {
        "id": wanted,
        "package_id": PACKAGE,
        "name": f"Pengangkutan sampah ({form})",
        "format": form,
        "url": f"{question.base}/{path}",
        "datastore_active": active,
    }


def _package(question: Question) -> dict[str, Any]:
    resources = [_resource(wanted, question) for wanted in RESOURCES]
    return {"id": PACKAGE, "name": PACKAGE, "title": "Pengangkutan sampah", "resources": resources}
