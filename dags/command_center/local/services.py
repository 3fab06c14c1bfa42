"""The services of one machine: PostgreSQL, Airflow, Superset, the demo city and a mailbox, started and ended together.

Everything listens on 127.0.0.1 only and keeps its files below the var folder. See docs/operating.md.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from functools import cache, partial
from importlib.metadata import version
from pathlib import Path

import httpx
from psycopg.conninfo import conninfo_to_dict
from rich.console import Console
from rich.markup import escape

from command_center.backup import pg_home
from command_center.database import connect
from command_center.errors import CommandCenterError, ServiceError
from command_center.ledger.batch import has_published
from command_center.local import airflow, demo, environment, postgres, superset
from command_center.local.airflow import AirflowApi
from command_center.local.environment import Ports, service_environment, superset_environment
from command_center.local.processes import Command, Interrupted, Processes, end_leftovers, ignore_signals, interruptible
from command_center.local.progress import Progress, make_console
from command_center.local.scenario import approve_publications
from command_center.settings import read_environment, settings
from command_center.warehouse.bootstrap import bootstrap

START_S = 300.0  # for every service alike: a machine at work needs many times what a quiet one does
FILES_S = 900.0  # for the demo city, which makes three years of files at its first start
PREPARATION_S = 900.0  # for Superset, which may have to wait for the others
RECEIVER = "Log receiver"
REVIVALS, REVIVAL_S = 3, 300.0  # so often within so long a service is started again


class City:
    """The services of one var folder, while they run."""

    def __init__(
        self,
        var: Path,
        ports: Ports,
        values: dict[str, str],
        processes: Processes,
        progress: Progress,
    ) -> None:
        self.var = var
        self.ports = ports
        self.values = values
        self.processes = processes
        self.progress = progress
        self.base = {name: value for name, value in os.environ.items() if name not in values}
        self.airflow_url = f"http://127.0.0.1:{ports.airflow}"
        self.superset_url = f"http://127.0.0.1:{ports.superset}"
        self.demo_city_url = f"http://127.0.0.1:{ports.demo_city}"
        self._revived: list[tuple[str, float]] = []
        self._lanes = ThreadPoolExecutor(max_workers=4, thread_name_prefix="lane")

    @property
    def addresses(self) -> dict[str, str]:
        return {
            "Airflow": self.airflow_url,
            "Superset": self.superset_url,
            "demo city": self.demo_city_url,
            "mailbox": f"smtp://127.0.0.1:{self.ports.mailbox}",
            "PostgreSQL": f"postgresql://127.0.0.1:{self.ports.postgres}",
        }

    def airflow_api(self) -> AirflowApi:
        return AirflowApi(self.airflow_url, self.values["CC_AIRFLOW_ADMIN_PASSWORD"])

    def in_background(self, action: Callable[[], None]) -> Future[None]:
        """Do something beside; the future raises what it raised."""
        return self._lanes.submit(action)

    def start(self, *, superset_first: bool = True) -> Future[None]:
        """Start everything; returns when all but Superset is ready, with the future of Superset.

        Where nobody looks at it before the data are there, Superset is prepared with what processors the others leave.
        """
        edges = [
            self.in_background(self.start_demo_city),
            self.in_background(self.start_mailbox),
        ]
        with self.progress.stage("PostgreSQL"):
            self.start_postgres()
        airflow = self.in_background(self.start_airflow)
        superset = self.in_background(partial(self.start_superset, is_first=superset_first))
        for lane in (*edges, airflow):
            lane.result()
        return superset

    def start_postgres(self) -> None:
        """Make the cluster when there is none, start it, and bring roles and databases up to date."""
        cluster = pg_home.place_cluster(self.var)
        if cluster.relocated and cluster.account is not None:
            self.progress.say(
                f"PostgreSQL is placed in {cluster.data.parent}: {cluster.account.name} cannot reach {self.var}"
            )
        postgres.stop_leftover(cluster)
        pg_home.initialise(cluster, self.values["CC_PASSWORD_ADMIN"])
        log = self.var / "log" / "postgresql.log"
        changed = postgres.WITH_BACKUPS if settings().cc_backup_dir else {}
        self.processes.start(postgres.server_command(cluster, self.ports.postgres, log, changed))
        self.processes.wait_ready("PostgreSQL", lambda: listens(self.ports.postgres), START_S)
        self.prepare_databases()
        if settings().cc_backup_dir:
            self.start_receiver()
        self.progress.say(f"PostgreSQL 18 listens on 127.0.0.1:{self.ports.postgres}")

    def start_receiver(self) -> None:
        """The write-ahead log goes to the folder of backups as it is written."""
        env = environment.own_environment(self.base, self.values, environment.OF_RECEIVER)
        argv = [sys.executable, "-m", "command_center", "backup", "receive"]
        self.processes.start(Command(RECEIVER, argv, self.var / "log" / "log-receiver.log", env, self.var))
        self.progress.say(f"The write-ahead log is received in {settings().cc_backup_dir}")

    def prepare_databases(self) -> None:
        admin = self.admin_dsn
        pg_home.wait_for_login(admin, START_S)
        postgres.close_maintenance_databases(admin)
        postgres.create_owned_database(admin, "airflow", self.values["CC_PASSWORD_AIRFLOW"])
        postgres.create_owned_database(admin, "superset", self.values["CC_PASSWORD_SUPERSET"])
        bootstrap(settings())
        approve_publications()

    @property
    def admin_dsn(self) -> str:
        password = self.values["CC_PASSWORD_ADMIN"]
        return "postgresql://" + environment.database_url("cc_admin", password, self.ports.postgres, "postgres")

    def start_demo_city(self) -> None:
        arguments = [
            "--host",
            "127.0.0.1",
            "--http-port",
            str(self.ports.demo_city),
            "--state-dir",
            str(self.var / "demo"),
            *demo.arguments(self.var, self.ports),
        ]
        self.start_module("Demo city", "demo_city", arguments)
        health = f"{self.demo_city_url}/_demo/health"
        self.processes.wait_ready("Demo city", lambda: all_ready(health), FILES_S, lambda: unready(health))
        self.progress.say(f"The demo city answers on {self.demo_city_url}")

    def start_mailbox(self) -> None:
        arguments = [
            "--port",
            str(self.ports.mailbox),
            "--folder",
            str(self.var / "mailbox"),
        ]
        self.start_module("Mailbox", "demo_city.mailbox", arguments)
        self.processes.wait_ready("Mailbox", lambda: greets(self.ports.mailbox), START_S)
        self.progress.say(f"The mailbox listens on smtp://127.0.0.1:{self.ports.mailbox}")

    def start_module(self, name: str, module: str, arguments: Sequence[str]) -> None:
        log = self.var / "log" / f"{name.lower().replace(' ', '-')}.log"
        env = environment.own_environment(
            self.base, self.values, environment.OF_DEMO_CITY if name == "Demo city" else ()
        )
        self.processes.start(Command(name, [sys.executable, "-m", module, *arguments], log, env, self.var))

    def start_airflow(self) -> None:
        """Bring Airflow's database up to date and start its four components."""
        with self.progress.stage("Airflow"):
            with_tasks = service_environment(self.base, self.values)
            env = environment.own_environment(self.base, self.values, environment.OF_AIRFLOW)
            airflow.write_passwords(self.var, self.values["CC_AIRFLOW_ADMIN_PASSWORD"])
            self.migrate_airflow(env)
            for name, arguments in airflow.COMPONENTS.items():
                own = with_tasks if name == airflow.SCHEDULER else env
                self.processes.start(airflow.command(name, arguments, own, self.var))
            api = self.airflow_api()
            self.processes.wait_ready("Airflow api-server", api.healthy, START_S)
            for name in airflow.COMPONENTS:
                self.processes.must_run(name)
        self.progress.say(f"Airflow {version('apache-airflow')} answers on {self.airflow_url}")

    def migrate_airflow(self, env: dict[str, str]) -> None:
        """Once per version: the command takes seconds even when there is nothing to do."""
        done = self.var / "airflow" / "migrated"
        if done.exists() and done.read_text() == version("apache-airflow"):
            return
        self.progress.say("Airflow's database is being made")
        self.processes.finish(
            airflow.command("Airflow migration", ["db", "migrate"], env, self.var),
            300,
        )
        done.write_text(version("apache-airflow"))

    def start_superset(self, *, is_first: bool) -> None:
        """Prepare Superset's database, roles and accounts, then start its server."""
        with self.progress.stage("Superset"):
            env = superset_environment(self.base, self.values)
            self.prepare_superset(env, is_first=is_first)
            env = environment.superset_server_environment(env)
            self.processes.start(superset.server_command(env, self.var, self.ports.superset))
            self.processes.wait_ready("Superset", lambda: responds(f"{self.superset_url}/health"), START_S)
        self.progress.say(f"Superset answers on {self.superset_url}")

    def prepare_superset(self, env: dict[str, str], *, is_first: bool) -> None:
        if superset.is_prepared(env, self.var):
            return
        self.progress.say("Superset is being prepared, which takes a minute or two")
        command = superset.prepare_command(env, self.var)
        if not is_first:
            command = replace(command, argv=["nice", "-n", "10", *command.argv])
        self.processes.finish(command, PREPARATION_S)
        superset.note_prepared(env, self.var)

    def must_live(self) -> None:
        """Raises ServiceError when a service has ended."""
        for name in self._started:
            self.processes.must_run(name)

    def revive(self) -> None:
        """Start again what has ended, as after a crash of the database. Raises ServiceError for what ends time and again."""
        for name in self._started:
            try:
                self.processes.must_run(name)
            except ServiceError as error:
                now = time.monotonic()
                self._revived = [one for one in self._revived if now - one[1] < REVIVAL_S]
                if sum(one == name for one, _ in self._revived) >= REVIVALS:
                    raise
                self._revived.append((name, now))
                self.progress.say(f"[yellow]{escape(str(error))} It is started again.[/yellow]")
                if name != "PostgreSQL" and "PostgreSQL" in self.processes.commands:
                    pg_home.wait_for_login(self.admin_dsn, START_S)  # while it recovers, all else would end again
                self.processes.start(self.processes.commands[name])

    @property
    def _started(self) -> list[str]:
        known = ("PostgreSQL", RECEIVER, "Demo city", "Mailbox", *airflow.COMPONENTS, "Superset")
        return [name for name in known if name in self.processes.commands]

    def close(self) -> None:
        ignore_signals()
        self.processes.end()
        self._lanes.shutdown(wait=True, cancel_futures=True)


@contextlib.contextmanager
def open_city(progress: Progress) -> Iterator[City]:
    """Lock the var folder and yield its services, none started yet; end every one of them on the way out, whatever happens."""
    var = environment.var_folder()
    with interruptible():
        environment.make_folders(var)
        with environment.locked(var) as lock:
            end_leftovers(str(var))
            city = assemble(var, lock, progress)
            try:
                yield city
            finally:
                city.close()


def assemble(var: Path, lock: int, progress: Progress) -> City:
    before = read_environment(var)
    if not before and pg_home.has_cluster(var):
        raise ServiceError(
            f"The passwords of the existing database are gone with {var / 'local.env'}; put it back or run `make clean`."
        )
    ports = environment.choose_ports(var)
    values = environment.make_environment(var, before, ports)
    city_here = demo.on_this_machine(var, ports, values["CC_DEMO_CITY_PASSWORD"])
    values |= airflow.connections(demo.connections(city_here))
    environment.write_environment(var, values)
    city = City(var, ports, values, Processes(var, var / "log", hold=[lock]), progress)
    environment.use_environment(values)
    environment.note_owner(lock, city.addresses)
    return city


def serve() -> int:
    """Run every service until Ctrl-C or SIGTERM; the exit code."""
    console = make_console()
    progress = Progress(console)
    try:
        with open_city(progress) as city:
            city.start().result()
            if os.environ.get("CC_SCHEDULES") != "off":
                unpause_all(city)
            for line in ("", *accounts(city), "", hint(city)):
                console.print(line, highlight=False, soft_wrap=True, markup=False)
            try:
                while True:
                    city.revive()
                    time.sleep(1)
            except Interrupted:
                console.print("The services are ending.")
                raise
    except Interrupted:
        console.print("All services have ended.")
        return 0
    except CommandCenterError as error:
        console.print(f"[red]{error}[/red]", highlight=False, soft_wrap=True)
        return error.exit_code


def unpause_all(city: City) -> None:
    """Let the schedules run."""
    api = city.airflow_api()
    api.login()
    for dag_id in api.dag_ids():
        api.pause(dag_id, False)


def accounts(city: City) -> list[str]:
    """Addresses and logins, for the terminal of the person who started the services; one line each, to copy from."""
    values, dashboards = city.values, f"{city.superset_url}/superset/dashboard"
    rows = [
        ("Airflow", city.airflow_url, airflow.ADMIN, values["CC_AIRFLOW_ADMIN_PASSWORD"]),
        ("Dashboard, public", f"{dashboards}/publik/", "", ""),
        ("Dashboard, officials", f"{dashboards}/ringkasan/", "", ""),
        *((f"Superset, {who}", city.superset_url, name, values[password]) for who, name, password in superset.ACCOUNTS),
        ("Warehouse", values["WAREHOUSE_URL"], "cc_analyst", values["CC_PASSWORD_ANALYST"]),
        ("Demo city", city.demo_city_url, "", ""),
        ("Mailbox", city.addresses["mailbox"], "", f"mails in {city.var / 'mailbox'}"),
    ]
    return [f"{name:24} {address:40} {account:13} {password}".rstrip() for name, address, account, password in rows]


def hint(city: City) -> str:
    with connect(settings().dsn("loader")) as connection:
        filled = has_published(connection)
    state = "" if filled else "The warehouse is empty until the first schedules have run; `make run` fills it at once. "
    return f"{state}Logs are in {city.var / 'log'}. Ctrl-C ends everything."


def execute(argv: Sequence[str]) -> int:
    """Run a program, such as Airflow's CLI, with the environment of the running services; its exit code."""
    var = environment.var_folder()
    values = read_environment(var)
    if not values:
        raise ServiceError(f"There is no {var / 'local.env'} yet; `make serve` or `make run` makes it.")
    env = service_environment(dict(os.environ), values)
    env["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{env.get('PATH', '')}"
    return subprocess.run(list(argv), env=env, check=False).returncode


def manage_users(arguments: Sequence[str]) -> int:
    """Make, list or deactivate accounts of the Superset that runs here; the exit code of docker/superset/users.py."""
    var = environment.var_folder()
    values = read_environment(var)
    if not values:
        raise ServiceError(f"There is no {var / 'local.env'} yet; `make serve` makes it, and accounts need it running.")
    command = superset.users_command(environment.superset_environment(os.environ, values), var, arguments)
    return subprocess.run(command.argv, env=command.env, cwd=command.cwd, check=False).returncode


def with_warehouse(work: Callable[[], None]) -> None:
    """Do something on the warehouse: the one that the environment names, the embedded one that runs, or start it for it."""
    if "WAREHOUSE_URL" not in os.environ:
        values = read_environment(environment.var_folder())
        port = conninfo_to_dict(values["WAREHOUSE_URL"]).get("port") if values else None
        if port is None or not listens(int(port)):
            with open_city(Progress(Console(stderr=True))) as city:
                city.start_postgres()
                work()
            return
        environment.use_environment(values)
    work()


def clean() -> int:
    """Remove everything made at run time, also what was placed outside the checkout; refuses while services run."""
    var = environment.var_folder()
    environment.make_folders(var)
    with environment.locked(var):
        end_leftovers(str(var))
        end_leftovers(str(var / "demo"))
        postgres.stop_leftover(pg_home.place_cluster(var))
        pg_home.remove_relocated(var)
        pg_home.remove_relocated(var / "demo")
        shutil.rmtree(var)
    return 0


def listens(port: int) -> bool:
    with (
        contextlib.suppress(OSError),
        socket.create_connection(("127.0.0.1", port), timeout=2),
    ):
        return True
    return False


def greets(port: int) -> bool:
    """Whether a mail server says that it is ready."""
    with (
        contextlib.suppress(OSError),
        socket.create_connection(("127.0.0.1", port), timeout=2) as connection,
    ):
        return connection.recv(3) == b"220"
    return False


@cache
def client() -> httpx.Client:
    """One for all questions whether a service is ready: each new one reads all certificates of the machine."""
    return httpx.Client(timeout=5, trust_env=False)


def all_ready(url: str) -> bool:
    """Whether the demo city serves every protocol that it was started with."""
    with contextlib.suppress(httpx.HTTPError):
        answer = client().get(url)
        return answer.status_code == 200 and all(answer.json()["siap"].values())
    return False


def unready(url: str) -> str:
    """Which protocols the demo city does not serve yet, for a sentence that says that it is not ready."""
    try:
        parts: dict[str, bool] = client().get(url).json()["siap"]
    except (httpx.HTTPError, ValueError, KeyError):
        return ": it does not answer over HTTP either"
    return f": not ready: {', '.join(name for name, ready in parts.items() if not ready)}"


def responds(url: str) -> bool:
    try:
        return client().get(url).status_code == 200
    except httpx.HTTPError:
        return False
