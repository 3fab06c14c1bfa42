"""CKAN: records from the DataStore in pages, else the resource's file, and the portal's own errors."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from command_center.declaration.source import Source
from command_center.errors import PayloadError, SourceUnavailable
from command_center.extract.asking import BUNDLE

from tests.support.http_source import Asked, Said, archived, ask, declare, read, serving

RESOURCE = "0c9e4a52-7d11-4c8e-9a55-3f1b2f6a7710"
CSV = b"kecamatan,jumlah\r\nPauh,12\r\nNanggalo,7\r\n"
NOT_FOUND = {"success": False, "error": {"__type": "Not Found Error", "message": "Not found: Resource was not found."}}


def fail(status: int, error: object) -> Said:
    return Said({"help": "http://x/help", "success": False, "error": error}, status)


def succeed(result: object) -> Said:
    return Said({"help": "http://x/help", "success": True, "result": result})


@dataclass
class Portal:
    """A CKAN portal with one resource; `store` holds its records, None when the DataStore is off."""

    store: list[dict[str, Any]] | None = field(default_factory=list)
    off: Callable[[], Said] = lambda: Said(NOT_FOUND, 404)
    file: bytes = CSV
    format: str = "CSV"
    url: str = ""
    before_page: Callable[[Portal], None] = lambda portal: None

    def answer(self, asked: Asked) -> Said:
        action = asked.path.removeprefix("/portal/api/3/action/")
        if action == "datastore_search":
            return self.search(asked.query)
        if action == "resource_show" and asked.query["id"] == RESOURCE:
            return succeed({"id": RESOURCE, "name": "Penduduk", "format": self.format, "url": self.url})
        if action == "package_show" and asked.query["id"] == "penduduk":
            kinds = ["PDF", "csv"] if self.format == "CSV" else ["CSV", "CSV"]
            return succeed({"resources": [{"id": RESOURCE, "name": "Penduduk", "format": kind} for kind in kinds]})
        if action == "package_search":
            start, rows = int(asked.query["start"]), int(asked.query["rows"])
            listed = [{"id": f"d{number}", "name": f"data-{number}"} for number in range(25)]
            return succeed({"count": 25, "results": listed[start : start + rows]})
        return Said(self.file) if asked.path == "/portal/unduh/data" else Said(NOT_FOUND, 404)

    def search(self, query: dict[str, str]) -> Said:
        self.before_page(self)
        if self.store is None:
            return self.off()
        assert query["sort"] == "_id" and query["resource_id"] == RESOURCE
        start = int(query["offset"])
        page = self.store[start : start + int(query["limit"])]
        return succeed({"fields": [{"id": "_id", "type": "int"}], "records": page, "total": len(self.store)})


def records(count: int) -> list[dict[str, Any]]:
    return [{"_id": number, "kecamatan": f"K{number}", "jumlah": str(number)} for number in range(1, count + 1)]


def source(path: str = RESOURCE, **given: Any) -> Source:
    extract = {"paging": {"style": "offset", "param": "offset", "records": "result.records[]", "size": 10}}
    return declare(
        "ckan", columns=given.pop("columns", ["kecamatan", "jumlah"]), request={"path": path, **given.pop("request", {})},
        extract={**extract, **given},
    )  # fmt: skip


@pytest.mark.parametrize("path", [RESOURCE, "penduduk"])
@pytest.mark.parametrize("count", [1, 10, 11, 25])
def test_all_records_of_the_datastore(tmp_path: Path, path: str, count: int) -> None:
    with serving(Portal(records(count)).answer) as server:
        fetched = ask(source(path), f"{server.url}/portal", tmp_path)
    reading, rows = read(source(path), archived(fetched))
    assert [texts for _, texts in rows] == [[f"K{number}", str(number)] for number in range(1, count + 1)]
    assert reading.warnings == [] and (fetched.content_type == BUNDLE) == (count > 10)


def test_the_usual_size_and_a_declared_id(tmp_path: Path) -> None:
    declared = declare(
        "ckan",
        columns=["_id", "kecamatan", "jumlah"],
        request={"path": RESOURCE, "query": {"fields": "kecamatan, jumlah"}},
    )
    with serving(Portal(records(1200)).answer) as server:
        fetched = ask(declared, f"{server.url}/portal", tmp_path)
    assert [a.query["limit"] for a in server.asked] == ["1000", "1000"]
    assert server.asked[0].query["fields"] == "_id,kecamatan, jumlah"
    assert [texts[0] for _, texts in read(declared, archived(fetched))[1]] == [str(n) for n in range(1, 1201)]


def test_a_record_that_is_deleted_meanwhile_costs_another_reading(tmp_path: Path) -> None:
    calls: list[int] = []

    def change(portal: Portal) -> None:
        calls.append(1)
        if len(calls) == 2 and portal.store:
            portal.store.pop(3)

    portal = Portal(records(25), before_page=change)
    with serving(portal.answer) as server:
        fetched = ask(source(), f"{server.url}/portal", tmp_path)
    found = [texts[0] for _, texts in read(source(), archived(fetched))[1]]
    assert found == [f"K{number}" for number in range(1, 26) if number != 4]


@pytest.mark.parametrize(
    "off",
    [
        lambda: Said(NOT_FOUND, 404),
        lambda: Said(NOT_FOUND),
        lambda: Said(b'"Bad request - Action name not known: datastore_search"', 400),
    ],
)
@pytest.mark.parametrize("content", ["csv", "xlsx"])
def test_without_a_datastore_the_file_is_read(tmp_path: Path, off: Callable[[], Said], content: str) -> None:
    file = CSV
    if content == "xlsx":
        book, buffer = openpyxl.Workbook(), io.BytesIO()
        for row in (["kecamatan", "jumlah"], ["Pauh", "12"], ["Nanggalo", "7"]):
            book.worksheets[0].append(row)
        book.save(buffer)
        file = buffer.getvalue()
    portal = Portal(None, off, file, content.upper())
    declared = source(resource_format=content)
    with serving(portal.answer) as server:
        portal.url = f"{server.url}/portal/unduh/data"
        fetched = ask(declared, f"{server.url}/portal", tmp_path)
    assert fetched.path.read_bytes() == file and fetched.url == portal.url
    assert [texts for _, texts in read(declared, archived(fetched))[1]] == [["Pauh", "12"], ["Nanggalo", "7"]]


@pytest.mark.parametrize(
    ("portal", "path", "sentence"),
    [
        (
            Portal(None, url="https://lain.example/data.csv"),
            RESOURCE,
            "points to https://lain.example/data.csv, but only",
        ),
        (Portal(None, url=""), RESOURCE, "not in the DataStore and has no file"),
        (Portal(None, url="/portal/unduh/data", format="PDF"), RESOURCE, "its file is PDF, expected 'CSV'"),
        (Portal(format="XLSX"), "penduduk", "'penduduk' has 2 resources of the format 'CSV', expected one; .*0c9e4a52"),
        (Portal(), "lain", "package_show of the portal reports an error: Not Found Error: Not found"),
        (Portal(None), RESOURCE.replace("0", "1"), "resource_show of the portal reports an error: Not Found"),
        (
            Portal(None, lambda: fail(403, {"__type": "Authorization Error", "message": "Access denied"})),
            RESOURCE,
            "datastore_search of the portal reports an error: Authorization Error: Access denied; mend",
        ),
        (
            Portal(None, lambda: fail(200, {"__type": "Validation Error", "filters": ["salah"]})),
            RESOURCE,
            r"Validation Error: \{\"filters\": \[\"salah\"\]\}; mend",
        ),
        (Portal(None, lambda: Said(b"<html>Login</html>")), RESOURCE, "a web page where JSON was expected"),
    ],
)
def test_what_the_portal_cannot_give_is_told(tmp_path: Path, portal: Portal, path: str, sentence: str) -> None:
    with serving(portal.answer) as server, pytest.raises(SourceUnavailable, match=sentence):
        ask(source(path), f"{server.url}/portal", tmp_path)


def test_the_list_of_data_sets(tmp_path: Path) -> None:
    declared = source("package_search", columns=["name"], request={"query": {"fq": "organization:dinkes"}})
    with serving(Portal().answer) as server:
        fetched = ask(declared, f"{server.url}/portal", tmp_path)
    assert {(a.query["fq"], a.query["sort"], a.query["rows"]) for a in server.asked} == {
        ("organization:dinkes", "name asc", "10")
    }
    assert [texts for _, texts in read(declared, archived(fetched))[1]] == [[f"data-{n}"] for n in range(25)]


def test_an_archived_error_is_held() -> None:
    with pytest.raises(PayloadError, match="the portal reports an error: Not Found Error: Not found"):
        read(source(), b'{"success": false, "error": {"__type": "Not Found Error", "message": "Not found"}}')
