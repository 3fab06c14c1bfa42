"""Events of OpenLineage: which task or model read and wrote what, and when; for a lineage server of others.

They go into a file a day, or to the address that CC_OPENLINEAGE names. None of them may ever stop the work that it tells of.
Written without OpenLineage's own client, which no task needs to import; the format is version 2-0-2 of its specification.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Literal, NamedTuple
from urllib.parse import urlsplit
from uuid import NAMESPACE_URL, uuid5

EventType = Literal["START", "COMPLETE", "FAIL"]
Event = dict[str, Any]
Datasets = list[dict[str, Any]]
PRODUCER = "urn:padang:command-center"
SPEC = "https://openlineage.io/spec"
JOBS = "padang.command_center"
KEPT = timedelta(days=14)
ENDED: dict[str, EventType] = {"success": "COMPLETE", "error": "FAIL"}  # of a dbt model; what was skipped tells nothing
log = logging.getLogger(__name__)


def task_succeeded(context: Any) -> None:
    _tell_task(context, "COMPLETE")


def task_failed(context: Any) -> None:
    _tell_task(context, "FAIL")


# Both events of a run are told at its end: what was skipped, or put off, leaves none that never ends.
CALLBACKS: dict[str, Any] = {
    "on_success_callback": task_succeeded,
    "on_failure_callback": task_failed,
    "on_retry_callback": task_failed,
}


def _tell_task(context: Any, end: EventType) -> None:
    """Of tasks that write something known, and of every failure."""
    instance = context["ti"]
    uris = list(written(context))
    if not uris and end != "FAIL":
        return
    try:
        task = Task(instance.dag_id, instance.run_id, instance.task_id, instance.try_number, tuple(uris))
        now = datetime.now(UTC)
        emit(task_events(task, end, instance.start_date or now, now))
    except Exception:
        log.warning("The lineage events of %s.%s were not written.", instance.dag_id, instance.task_id, exc_info=True)


def written(context: Any) -> Iterator[str]:
    """What a task always writes, and what this run of it says that it wrote."""
    for outlet in context["task"].outlets:
        if hasattr(outlet, "uri"):
            yield str(outlet.uri)
        else:
            yield from (event.dest_asset_key.uri for event in context["outlet_events"][outlet].asset_alias_events)


class Task(NamedTuple):
    """An attempt of a task, and what it writes."""

    dag: str
    dag_run: str
    name: str
    attempt: int
    uris: tuple[str, ...]


def task_events(task: Task, end: EventType, began: datetime, ended: datetime) -> list[Event]:
    """The run of a DAG is the parent of its tasks' runs."""
    of_dag = f"{task.dag}/{task.dag_run}"
    parent = {"run": {"runId": _run_id(of_dag)}, "job": {"namespace": JOBS, "name": task.dag}}
    outputs = [dataset for uri in task.uris if (dataset := _dataset_of(uri))]
    inputs = [dataset for uri in task.uris if (dataset := _origin_of(uri))]
    run, job = _run_id(f"{of_dag}/{task.name}/{task.attempt}"), f"{task.dag}.{task.name}"
    moments: list[tuple[EventType, datetime]] = [("START", began), (end, ended)]
    events = [_event(kind, run, job, at, inputs, outputs) for kind, at in moments]
    for event in events:
        event["run"]["facets"] = {"parent": _facet("1-0-1/ParentRunFacet", parent)}
    return events


def tell_build() -> int:
    """The events of the models of the last dbt build; how many."""
    from command_center.settings import settings
    from command_center.warehouse.dbt import dbt_target

    if settings().cc_openlineage == "off":
        return 0
    try:
        told = [json.loads((dbt_target() / f"{name}.json").read_text("utf-8")) for name in ("manifest", "run_results")]
        return emit(build_events(*told))
    except Exception:
        log.warning("The lineage events of the build were not written.", exc_info=True)
        return 0


def build_events(manifest: Mapping[str, Any], results: Mapping[str, Any]) -> list[Event]:
    """A START and an end for each model that was built."""
    invocation = results["metadata"]["invocation_id"]
    return [event for result in results["results"] for event in _model_events(invocation, manifest, result)]


def _model_events(invocation: str, manifest: Mapping[str, Any], result: Mapping[str, Any]) -> Iterator[Event]:
    node = manifest["nodes"].get(result["unique_id"], {})
    times = {one["name"]: one for one in result["timing"]}.get("execute", {})
    if node.get("resource_type") != "model" or result["status"] not in ENDED or not times.get("completed_at"):
        return
    known = {**manifest["nodes"], **manifest["sources"]}
    run, job = _run_id(f"{invocation}/{node['unique_id']}"), f"dbt.{node['name']}"
    inputs = [_relation(known[one]) for one in node["depends_on"]["nodes"] if one in known]
    output = _relation(node)
    yield _event("START", run, job, _moment(times["started_at"]), inputs, [output])
    columns = [{"name": one["name"], "type": one.get("data_type") or ""} for one in node["columns"].values()]
    facets = {"schema": _facet("1-1-1/SchemaDatasetFacet", {"fields": columns})}
    end = ENDED[result["status"]]
    yield _event(end, run, job, _moment(times["completed_at"]), inputs, [{**output, "facets": facets}])


def emit(events: list[Event]) -> int:
    """Write or send them; how many."""
    from command_center.settings import settings

    place = settings().cc_openlineage
    if place == "off" or not events:
        return 0
    if place == "file":
        _append(lineage_folder(), events)
    else:
        _post(place, events)
    return len(events)


def lineage_folder() -> Path:
    from command_center.settings import settings

    return settings().cc_var_dir / "lineage"


def remove_old(today: date) -> int:
    """Remove the files of days that are over for long; how many."""
    old = [path for path in lineage_folder().glob("*.jsonl") if date.fromisoformat(path.stem) < today - KEPT]
    for path in old:
        path.unlink()
    return len(old)


def _append(folder: Path, events: list[Event]) -> None:
    """By one write, so that lines of other processes do not come in between."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = "".join(json.dumps(event, ensure_ascii=False, separators=(",", ":")) + "\n" for event in events)
    path = folder / f"{datetime.now(UTC):%Y-%m-%d}.jsonl"
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o640)
    try:
        os.write(descriptor, lines.encode())
    finally:
        os.close(descriptor)


def _post(address: str, events: list[Event]) -> None:
    """Each by itself, as servers take them. Raises httpx.HTTPError at the first that is not taken."""
    import httpx

    from command_center.settings import settings

    key = settings().cc_openlineage_key
    headers = {"Authorization": f"Bearer {key.get_secret_value()}"} if key else {}
    with httpx.Client(timeout=5, headers=headers) as client:
        for event in events:
            client.post(address, json=event).raise_for_status()


def _event(kind: EventType, run: str, job: str, at: datetime, inputs: Datasets, outputs: Datasets) -> Event:
    return {
        "eventType": kind,
        "eventTime": at.isoformat(),
        "producer": PRODUCER,
        "schemaURL": f"{SPEC}/2-0-2/OpenLineage.json#/$defs/RunEvent",
        "run": {"runId": run},
        "job": {"namespace": JOBS, "name": job},
        "inputs": inputs,
        "outputs": outputs,
    }


def _facet(name: str, content: Mapping[str, Any]) -> dict[str, Any]:
    of_schema = f"{SPEC}/facets/{name}.json#/$defs/{name.rpartition('/')[2]}"
    return {"_producer": PRODUCER, "_schemaURL": of_schema, **content}


def _relation(node: Mapping[str, Any]) -> dict[str, Any]:
    """A relation of the warehouse, by the schema in which people read it."""
    name = node.get("identifier") or node.get("alias") or node["name"]
    return _of_warehouse(f"{str(node['schema']).removesuffix('_next')}.{name}")


def _of_warehouse(name: str) -> dict[str, Any]:
    from command_center.settings import settings

    return _of_database(settings().warehouse_url, name)


def _of_database(url: str, name: str) -> dict[str, Any]:
    parts = urlsplit(url)
    namespace = f"postgres://{parts.hostname}:{parts.port or 5432}"
    return {"namespace": namespace, "name": f"{parts.path.strip('/')}.{name}"}


def _dataset_of(uri: str) -> dict[str, Any] | None:
    """postgres://warehouse/warehouse/raw/damkar_kejadian__kejadian, as DAGs name their assets."""
    from command_center.settings import settings

    parts = urlsplit(uri)
    _, database, schema, table = (parts.path.split("/") + [""] * 4)[:4]
    url = settings().publik_url if database == "publik" else settings().warehouse_url
    return _of_database(url, f"{schema}.{table}") if table else None


def _origin_of(uri: str) -> dict[str, Any] | None:
    """The system of the agency that a raw table comes from; without login or query, which an address may hold."""
    from command_center.declaration.registry import get_source

    schema, table = uri.split("/")[-2:]
    if schema != "raw":
        return None
    source, _, name = table.partition("__")
    parts = urlsplit(get_source(source).connection.address)
    host = f"{parts.hostname or ''}{f':{parts.port}' if parts.port else ''}"
    return {"namespace": f"{parts.scheme}://{host}", "name": f"{source}.{name}"}


def _run_id(text: str) -> str:
    return str(uuid5(NAMESPACE_URL, f"{PRODUCER}/{text}"))


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
