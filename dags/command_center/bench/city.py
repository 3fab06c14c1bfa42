"""The whole city through Airflow, and the same steps one after another in one process; both in seconds.

Each way starts from an empty folder of its own, with the same clock.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import psutil
from rich.console import Console

from command_center.declaration.registry import get_source, source_names
from command_center.errors import ServiceError
from command_center.intake.ingest import ingest
from command_center.local.cluster import temporary_var
from command_center.local.progress import Progress
from command_center.local.result import Result
from command_center.local.run import ASSET_DAGS, LAST_DAGS, STEPS, Run
from command_center.local.scenario import ELECTION_SOURCE
from command_center.local.services import open_city
from command_center.paths import DAGS, ROOT
from command_center.settings import WIB, settings

SAMPLE_S = 2.0


@dataclass
class Measured:
    """Seconds of the steps and of everything, rows published, and the most memory that all processes had together."""

    steps_s: float
    everything_s: float
    rows: int
    memory_mb: float


class OneProcess(Run):
    """Every DAG's work by plain calls, in the order of `make run`."""

    def all_stages(self) -> None:
        self.city.start_postgres()
        self.city.start_demo_city()
        self.city.start_mailbox()
        with self.progress.stage(STEPS):
            for name in source_names():
                if name != ELECTION_SOURCE:
                    self.follow(name, {f"ingest_{name}": ""})
            self.replay_election()
            for dag_id in (*ASSET_DAGS, *LAST_DAGS):
                self.follow(dag_id, {dag_id: ""})
        self.count_tables()

    def begin(self, dag_ids: Sequence[str]) -> dict[str, str]:
        return dict.fromkeys(dag_ids, "")

    def follow(self, stage: str, runs: Mapping[str, str]) -> None:
        for dag_id in runs:
            work(dag_id)()


def work(dag_id: str) -> Callable[[], object]:
    """What the tasks of a DAG do."""
    from command_center.intake.publication import verify_raw_tables
    from command_center.operate import audit_trail, maintain, watch
    from command_center.report.deliver import deliver_all
    from command_center.report.editions import make_now
    from command_center.warehouse import publik_database, transform

    def warehouse() -> None:
        verify_raw_tables()
        transform.build_warehouse()

    works: dict[str, Callable[[], object]] = {
        "transform": warehouse,
        "publish": lambda: publik_database.publish_publik(settings()),
        "report": lambda: deliver_all(make_now("bulanan").to_deliver),
        "watch": watch.alert_stewards,
        "maintain": lambda: (
            maintain.verify_all(),
            maintain.build_dbt_docs(),
            maintain.build_data_docs(),
            maintain.clean_up(),
            audit_trail.mail_head(),
        ),
    }
    source = dag_id.removeprefix("ingest_")
    return works[dag_id] if dag_id in works else lambda: ingest(get_source(source), run_id="bench")


def measure(way: str) -> int:
    """Run the city one way in this process and print what it took as JSON; the exit code."""
    progress = Progress(Console(stderr=True))
    result = Result(durations=progress.durations)
    with open_city(progress) as city, most_memory() as peak, progress.stage("Everything"):
        (Run if way == "airflow" else OneProcess)(city, result).all_stages()
    rows = sum(row.published for row in result.tables)
    measured = Measured(progress.durations[STEPS], progress.durations["Everything"], rows, max(peak))
    print(json.dumps(measured.__dict__))
    for problem in result.problems:
        print(problem, file=sys.stderr)
    return result.exit_code


@contextmanager
def most_memory() -> Iterator[list[float]]:
    """Samples of what this process and all below it use together, in MB; memory that they share is counted once."""
    samples, ended = [0.0], threading.Event()

    def sample() -> None:
        while not ended.wait(SAMPLE_S):
            family = [psutil.Process(), *psutil.Process().children(recursive=True)]
            samples.append(sum(map(memory_mb, family)))

    thread = threading.Thread(target=sample, daemon=True)
    thread.start()
    try:
        yield samples
    finally:
        ended.set()
        thread.join()


def memory_mb(process: psutil.Process) -> float:
    try:
        return float(process.memory_full_info().pss) / 2**20
    except psutil.Error:
        return 0.0


def bench_city() -> int:
    """Print both ways side by side."""
    now = datetime.now(WIB).isoformat(timespec="seconds")
    airflow, plain = _in_child("airflow", now), _in_child("one", now)
    if airflow.rows != plain.rows:
        raise ServiceError(f"Airflow published {airflow.rows} rows, one process {plain.rows}; they must be the same.")
    print(f"the whole city, {airflow.rows} rows published, {os.cpu_count()} cores:")
    print(f"  the steps one after another in one process: {plain.steps_s:6.0f} s   1.00")
    print(
        f"  the same through Airflow, Superset beside:  {airflow.steps_s:6.0f} s   {airflow.steps_s / plain.steps_s:4.2f}   (target 2)"
    )
    print(f"  with the start of every service:            {airflow.everything_s:6.0f} s   (target 900)")
    print(f"  most memory of all processes together:      {airflow.memory_mb:6.0f} MB  (target 6144)")
    return 0


def _in_child(way: str, now: str) -> Measured:
    began = time.monotonic()
    with temporary_var() as var:
        env = {**os.environ, "PYTHONPATH": str(DAGS), "CC_VAR_DIR": str(var), "DEMO_NOW": now, "CC_SCHEDULES": "off"}
        argv = [sys.executable, "-m", "command_center.bench.city", way]
        done = subprocess.run(argv, env=env, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        raise ServiceError(f"The city ({way}) ended with {done.returncode} after {time.monotonic() - began:.0f} s.")
    return Measured(**json.loads(done.stdout.strip().splitlines()[-1]))


if __name__ == "__main__":
    sys.exit(measure(sys.argv[1]))
