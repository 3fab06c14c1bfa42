"""The embedded Airflow: its configuration by environment variables, its commands and its REST API."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx

from command_center.errors import ServiceError
from command_center.local.processes import Command
from command_center.paths import DAGS, ROOT

ADMIN = "admin"
API_SERVER = "Airflow api-server"
API_SERVER_PLUGINS = ROOT / "docker" / "airflow" / "plugins"  # of no use to a task, which would pay for their import
SCHEDULER = "Airflow scheduler"
# No task here waits in a trigger, so no triggerer waits for one.
COMPONENTS = {
    API_SERVER: ["api-server"],
    SCHEDULER: ["scheduler", "--skip-serve-logs"],
    "Airflow dag-processor": ["dag-processor"],
}
ENDED = ("success", "failed")


def environment(var: Path, metadata_url: str, port: int) -> dict[str, str]:
    """Airflow's configuration; secrets are added by the caller."""
    home = var / "airflow"
    logs = var / "log" / "airflow"
    options = {
        "core": {
            "auth_manager": "airflow.api_fastapi.auth.managers.simple.simple_auth_manager.SimpleAuthManager",
            "dag_discovery_safe_mode": "False",
            "dags_folder": str(DAGS),
            "execution_api_server_url": f"http://127.0.0.1:{port}/execution/",
            "executor": "LocalExecutor",
            "load_examples": "False",
            "min_serialized_dag_update_interval": "5",
            "parallelism": "6",
            # Little more than can run: what waits in the executor is begun in the order of its coming, whatever its priority.
            "default_pool_task_slot_count": "8",
            "plugins_folder": str(home / "plugins"),
            "simple_auth_manager_passwords_file": str(home / "passwords.json"),
            "simple_auth_manager_users": f"{ADMIN}:admin",
        },
        "database": {"sql_alchemy_conn": metadata_url},
        "api": {
            "base_url": f"http://127.0.0.1:{port}",
            "host": "127.0.0.1",
            "port": str(port),
            "workers": "1",
        },
        # A supervisor that misses its task's end by a moment looks again only then; the default is 5 s.
        "workers": {"min_heartbeat_interval": "1"},
        "logging": {
            "base_log_folder": str(logs),
            "dag_processor_child_process_log_directory": str(logs / "dag_processor"),
        },
        "scheduler": {
            "enable_health_check": "False",
            "scheduler_idle_sleep_time": "0.5",
            "task_instance_heartbeat_timeout": "120",
        },
        "dag_processor": {
            "dag_bundle_storage_path": str(home / "bundles"),
            "min_file_process_interval": "120",
            "refresh_interval": "10",
        },
    }
    flat = {
        f"AIRFLOW__{part}__{name}".upper(): value for part, pairs in options.items() for name, value in pairs.items()
    }
    return {"AIRFLOW_HOME": str(home), **flat}


def connections(contents: Mapping[str, Mapping[str, object]]) -> dict[str, str]:
    """Environment variables that hold each connection, by its id."""
    return {f"AIRFLOW_CONN_{name.upper()}": json.dumps(content) for name, content in contents.items()}


def write_passwords(var: Path, password: str) -> None:
    file = var / "airflow" / "passwords.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch(mode=0o600)
    file.write_text(json.dumps({ADMIN: password}) + "\n")


def command(name: str, arguments: list[str], env: Mapping[str, str], var: Path) -> Command:
    plugins = {"AIRFLOW__CORE__PLUGINS_FOLDER": str(API_SERVER_PLUGINS)} if name == API_SERVER else {}
    return Command(
        name=name,
        argv=[sys.executable, "-m", "airflow", *arguments],
        log=var / "log" / f"{name.lower().replace(' ', '-')}.log",
        env={**env, **plugins},
        cwd=var / "airflow",
    )


@dataclass(frozen=True)
class DagRun:
    """A run of a DAG as the API shows it."""

    dag_id: str
    run_id: str
    kind: str
    state: str
    started_at: datetime | None
    ended_at: datetime | None

    @property
    def seconds(self) -> float:
        return (self.ended_at - self.started_at).total_seconds() if self.started_at and self.ended_at else 0.0

    @property
    def is_open(self) -> bool:
        return self.state not in ENDED

    def began_after(self, moment: datetime) -> bool:
        return self.started_at is not None and self.started_at >= moment


class AirflowApi:
    """Airflow's REST API, logged in as the administrator."""

    def __init__(self, url: str, password: str) -> None:
        self.url = url
        self._password = password
        self._client = httpx.Client(base_url=url, timeout=30, trust_env=False)

    def healthy(self) -> bool:
        """Whether database, scheduler and DAG processor are at work."""
        try:
            answer = self._client.get("/api/v2/monitor/health", timeout=5)
        except httpx.HTTPError:
            return False
        if answer.status_code != 200:
            return False
        parts = ("metadatabase", "scheduler", "dag_processor")
        return all((answer.json().get(part) or {}).get("status") == "healthy" for part in parts)

    def login(self) -> None:
        answer = self._client.post("/auth/token", json={"username": ADMIN, "password": self._password})
        if answer.status_code != 201:
            raise ServiceError(f"Airflow at {self.url} refused the login of {ADMIN}: {answer.text[:200]}")
        self._client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"

    def call(self, method: str, path: str, **arguments: Any) -> dict[str, Any]:
        """One call of the API. Raises ServiceError when it is refused or not answered."""
        try:
            answer = self._client.request(method, f"/api/v2{path}", **arguments)
        except httpx.HTTPError as error:
            raise ServiceError(
                f"Airflow did not answer {method} {path}: {error}; see log/airflow-api-server.log."
            ) from None
        if answer.status_code >= 400:
            raise ServiceError(f"Airflow refused {method} {path} with {answer.status_code}: {answer.text[:300]}")
        content: dict[str, Any] = answer.json() if answer.content else {}
        return content

    def dag_ids(self) -> set[str]:
        return {dag["dag_id"] for dag in self.call("GET", "/dags", params={"limit": 100})["dags"]}

    def import_error(self) -> str | None:
        """The last line of the first DAG file's error that cannot be imported."""
        errors = self.call("GET", "/importErrors")["import_errors"]
        if not errors:
            return None
        lines = errors[0]["stack_trace"].strip().splitlines() or ["no message"]
        return f"{errors[0]['filename']}: {lines[-1]}"

    def due_dags(self) -> set[str]:
        """Those of which the schedule makes a run as soon as they are not paused."""
        planned = {
            dag["dag_id"]: _moment(dag["next_dagrun_run_after"])
            for dag in self.call("GET", "/dags", params={"limit": 100})["dags"]
        }
        return {dag_id for dag_id, at in planned.items() if at is not None and at <= datetime.now(at.tzinfo)}

    def pause(self, dag_id: str, paused: bool) -> None:
        self.call(
            "PATCH",
            f"/dags/{dag_id}",
            params={"update_mask": "is_paused"},
            json={"is_paused": paused},
        )

    def pause_all(self) -> None:
        """Switch every DAG off, with one question."""
        params = {"update_mask": "is_paused", "dag_id_pattern": "~"}
        self.call("PATCH", "/dags", params=params, json={"is_paused": True}, timeout=10)

    def trigger(self, dag_id: str, conf: Mapping[str, object] | None = None) -> str:
        """Queue a run; its id."""
        body = {"logical_date": None, "conf": dict(conf or {})}
        return str(self.call("POST", f"/dags/{dag_id}/dagRuns", json=body)["dag_run_id"])

    def ended_runs(self, dag_ids: Iterable[str], since: datetime) -> list[DagRun]:
        """The newest runs of these DAGs that have ended since a moment; one question, however many DAGs."""
        return self._runs_in(ENDED, dag_ids, end_date_gte=since.isoformat())

    def newest_runs(self, dag_ids: Iterable[str]) -> list[DagRun]:
        """The newest runs of these DAGs, whatever their state."""
        return self._runs_in((*ENDED, "queued", "running"), dag_ids)

    def _runs_in(self, states: Sequence[str], dag_ids: Iterable[str], **only: str) -> list[DagRun]:
        body = {"dag_ids": sorted(dag_ids), "states": list(states), "order_by": "-id", "page_limit": 100, **only}
        return [_dag_run(item) for item in self.call("POST", "/dags/~/dagRuns/list", json=body)["dag_runs"]]

    def runs(self, dag_id: str, *, limit: int = 50) -> list[DagRun]:
        """The newest runs of a DAG, newest first."""
        found = self.call("GET", f"/dags/{dag_id}/dagRuns", params={"order_by": "-id", "limit": limit})
        return [_dag_run(item) for item in found["dag_runs"]]

    def failed_tasks(self, run: DagRun) -> list[str]:
        """Names of the tasks that failed in a run, mapped ones with their index."""
        path = f"/dags/{run.dag_id}/dagRuns/{run.run_id}/taskInstances"
        found = self.call("GET", path, params={"state": "failed", "limit": 20})["task_instances"]
        return [item["task_id"] + (f"[{item['map_index']}]" if item["map_index"] >= 0 else "") for item in found]


def _dag_run(item: Mapping[str, Any]) -> DagRun:
    return DagRun(
        dag_id=item["dag_id"],
        run_id=item["dag_run_id"],
        kind=item["run_type"],
        state=item["state"],
        started_at=_moment(item["start_date"]),
        ended_at=_moment(item["end_date"]),
    )


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def task_failure(logs: Path, run: DagRun) -> tuple[str, str] | None:
    """Class and text of the last exception in the logs of a run's tasks."""
    folder = logs / f"dag_id={run.dag_id}" / f"run_id={run.run_id}"
    for file in sorted(folder.rglob("attempt=*.log"), key=lambda path: path.stat().st_mtime, reverse=True):
        for line in reversed(file.read_text(errors="replace").splitlines()):
            if found := _exception(line):
                return found
    return None


def _exception(line: str) -> tuple[str, str] | None:
    try:
        entry = json.loads(line)
    except json.JSONDecodeError:
        return None
    details = entry.get("error_detail") if isinstance(entry, dict) else None
    return (details[0]["exc_type"], details[0]["exc_value"]) if details else None
