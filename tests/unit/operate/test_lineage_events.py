"""Events of OpenLineage: what the specification asks of each, where they go, and that none stops what it tells of."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from command_center.dag_parts import DEFAULT_ARGS, MART, PUBLIK, raw_asset
from command_center.operate import lineage_events
from command_center.operate.lineage_events import Task, build_events, emit, lineage_folder, remove_old, task_events
from command_center.settings import settings

BEGAN, ENDED = datetime(2026, 11, 28, 1, 0, tzinfo=UTC), datetime(2026, 11, 28, 1, 2, tzinfo=UTC)
NODE: dict[str, Any] = {"resource_type": "model", "schema": "core", "columns": {}, "depends_on": {"nodes": []}}
MANIFEST: dict[str, Any] = {
    "nodes": {
        "model.x.fct": {**NODE, "unique_id": "model.x.fct", "name": "fct", "alias": "fct"},
        "model.x.mart__satu": {
            **NODE,
            "unique_id": "model.x.mart__satu",
            "name": "mart__satu",
            "alias": "satu",
            "schema": "mart_next",
            "columns": {"nilai": {"name": "nilai", "data_type": "numeric"}},
            "depends_on": {"nodes": ["model.x.fct", "source.x.damkar.kejadian"]},
        },
        "test.x.unique": {"resource_type": "test"},
    },
    "sources": {"source.x.damkar.kejadian": {"schema": "raw", "identifier": "damkar__kejadian", "name": "kejadian"}},
}
TIMES = [
    {"name": "compile", "started_at": "2026-11-28T00:59:00Z", "completed_at": "2026-11-28T00:59:01Z"},
    {"name": "execute", "started_at": "2026-11-28T01:00:00Z", "completed_at": "2026-11-28T01:00:03Z"},
]


def results(**statuses: str) -> dict[str, Any]:
    told = [{"unique_id": name.replace("_of_", "."), "status": one, "timing": TIMES} for name, one in statuses.items()]
    return {"metadata": {"invocation_id": "satu"}, "results": told}


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    monkeypatch.setenv("CC_VAR_DIR", str(tmp_path))
    monkeypatch.setenv("WAREHOUSE_URL", "postgresql://db.padang.test/warehouse")
    monkeypatch.setenv("PUBLIK_URL", "postgresql://db.padang.test:5433/publik")
    settings.cache_clear()
    yield monkeypatch
    monkeypatch.undo()
    settings.cache_clear()


def kept(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for path in sorted(folder.glob("*.jsonl")) for line in path.read_text().splitlines()]


def events() -> list[dict[str, Any]]:
    task = Task("ingest_damkar_kejadian", "manual 1", "announce", 1, (raw_asset("damkar_kejadian", "kejadian").uri,))
    built = build_events(MANIFEST, results(model_of_x_of_mart__satu="success"))
    return [*task_events(task, "COMPLETE", BEGAN, ENDED), *built]


def test_each_has_what_the_specification_asks_for() -> None:
    assert len(events()) == 4
    for event in events():
        assert event["schemaURL"].endswith("/OpenLineage.json#/$defs/RunEvent") and ":" in event["producer"]
        assert UUID(event["run"]["runId"]) and datetime.fromisoformat(event["eventTime"]).tzinfo
        assert event["job"]["namespace"] and event["job"]["name"]
        for dataset in (*event["inputs"], *event["outputs"]):
            assert "://" in dataset["namespace"] and dataset["name"]
        facets = [*event["run"].get("facets", {}).values()]
        facets += [facet for one in event["outputs"] for facet in one.get("facets", {}).values()]
        assert all(facet["_producer"] and "#/$defs/" in facet["_schemaURL"] for facet in facets)


def test_a_task_reads_the_agency_and_writes_raw() -> None:
    start, end = events()[:2]
    assert (start["eventType"], end["eventType"]) == ("START", "COMPLETE")
    assert start["run"]["runId"] == end["run"]["runId"] != end["run"]["facets"]["parent"]["run"]["runId"]
    assert end["inputs"] == [{"namespace": "sftp://data.damkar.padang.go.id", "name": "damkar_kejadian.kejadian"}]
    name = "warehouse.raw.damkar_kejadian__kejadian"
    assert end["outputs"] == [{"namespace": "postgres://db.padang.test:5432", "name": name}]


def test_an_asset_of_the_public_is_in_its_own_database() -> None:
    task = Task("publish", "1", "copy_to_public_database", 2, (PUBLIK.uri, MART.uri))
    outputs = task_events(task, "COMPLETE", BEGAN, ENDED)[1]["outputs"]
    assert [f"{one['namespace']}/{one['name']}" for one in outputs] == [
        "postgres://db.padang.test:5433/publik.publik.all",
        "postgres://db.padang.test:5432/warehouse.mart.all",
    ]


def test_a_model_reads_what_it_is_made_of_and_writes_what_people_read() -> None:
    told = results(model_of_x_of_fct="error", model_of_x_of_mart__satu="success", test_of_x_of_unique="pass")
    of_fct, of_mart = build_events(MANIFEST, told)[:2], build_events(MANIFEST, told)[2:]
    assert [event["eventType"] for event in of_fct] == ["START", "FAIL"]
    assert [event["eventType"] for event in of_mart] == ["START", "COMPLETE"]
    assert [one["name"] for one in of_mart[1]["inputs"]] == ["warehouse.core.fct", "warehouse.raw.damkar__kejadian"]
    (output,) = of_mart[1]["outputs"]
    assert output["name"] == "warehouse.mart.satu"
    assert output["facets"]["schema"]["fields"] == [{"name": "nilai", "type": "numeric"}]
    assert [event["eventTime"] for event in of_mart] == ["2026-11-28T01:00:00+00:00", "2026-11-28T01:00:03+00:00"]
    assert build_events(MANIFEST, results(model_of_x_of_fct="skipped")) == []


def test_they_go_into_a_file_a_day_which_is_removed_in_time() -> None:
    assert emit(events()) == 4 and emit(events()[:1]) == 1
    assert kept(lineage_folder()) == [*events(), events()[0]]
    (lineage_folder() / "2026-11-01.jsonl").write_text("{}\n")
    assert remove_old(date(2026, 11, 15)) == 0 and remove_old(date(2026, 11, 16)) == 1


def test_off_is_off(place: pytest.MonkeyPatch) -> None:
    place.setenv("CC_OPENLINEAGE", "off")
    settings.cache_clear()
    assert emit(events()) == 0 and not lineage_folder().exists()


def test_they_are_posted_to_a_server_that_is_named(place: pytest.MonkeyPatch) -> None:
    taken: list[tuple[str, str | None, dict[str, Any]]] = []

    class Taker(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            taken.append((self.path, self.headers["Authorization"], body))
            self.send_response(201)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Taker)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    place.setenv("CC_OPENLINEAGE", f"http://127.0.0.1:{server.server_port}/api/v1/lineage")
    place.setenv("CC_OPENLINEAGE_KEY", "kunci")
    settings.cache_clear()
    assert emit(events()) == 4
    server.shutdown()
    server.server_close()
    assert taken == [("/api/v1/lineage", "Bearer kunci", event) for event in events()]
    assert lineage_events.tell_build() == 0, "there is no build, and no server any more"


def test_every_dag_tells() -> None:
    assert {name: DEFAULT_ARGS[name] for name in lineage_events.CALLBACKS} == lineage_events.CALLBACKS
