"""`make chaos HOSTS=1`: worker hosts with addresses of their own are cut off and killed in the middle of loads; compared with a calm run.

The centre (PostgreSQL, queue, Airflow) and two workers are network namespaces on a bridge, configured as docker/compose.yml does it.
A line for each thing that is done; the exit code is 1 where anything differs from what an undisturbed run leaves.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import psycopg
from command_center.backup import pg_home
from command_center.database import one_value
from command_center.declaration.registry import get_source
from command_center.errors import CommandCenterError
from command_center.extract.asking import Window
from command_center.intake import ingest
from command_center.local import environment
from command_center.local.airflow import DagRun
from command_center.local.cluster import copy_template, temporary_cluster, temporary_var
from command_center.local.processes import interruptible
from command_center.settings import settings

from tests.support.chaos.compare import taken_in
from tests.support.chaos.network import Network, network
from tests.support.chaos.state import State, differences, leftovers
from tests.support.workers import (
    NOW,
    TASKS,
    WORKERS,
    Hosts,
    Site,
    centre,
    feeds,
    file_connections,
    prepare,
    until,
    write_files,
)

CENTRE = "10.77.0.1"
ADDRESSES = {"centre": CENTRE, "w1": "10.77.0.11", "w2": "10.77.0.12"}
FEEDS = feeds(6)
TABLES = ", ".join(f"raw.{feed.key}__pengangkutan" for feed in FEEDS)
DAGS = [f"ingest_{feed.key}" for feed in FEEDS]
HOURS = (8, 9, 10)  # of the files, one for each round
ENDED_S = 600.0
LOADING = """
    select host(client_addr), count(*) from pg_stat_activity
    where wait_event_type = 'Lock' and usename = 'cc_loader' and query !~ 'advisory' group by 1 order by 1
"""
SESSIONS = "select count(*) from pg_stat_activity where host(client_addr) = %s and usename = 'cc_loader'"


@dataclass
class Rounds:
    """What is done to the hosts, and what was found wrong."""

    hosts: Hosts
    net: Network
    folder: Path
    began: float = field(default_factory=time.monotonic)
    problems: list[str] = field(default_factory=list)

    def say(self, text: str) -> None:
        print(f"{time.monotonic() - self.began:5.0f} s  {text}", flush=True)

    def loads(self, hour: int, disturb: Callable[[], None], meanwhile: Callable[[], None] = lambda: None) -> None:
        """New files of every source; something is done while loads of both hosts are in the midst of their transactions."""
        write_files(self.folder, FEEDS, hour)
        with gate():
            for dag in DAGS:
                self.hosts.api.pause(dag, False)
                self.hosts.api.trigger(dag)
            until(lambda: loading() == {ADDRESSES[name]: int(TASKS) for name in WORKERS})
            self.say(f"loads in the midst of a transaction, by host: {loading()}")
            disturb()
        meanwhile()
        self.end_runs()

    def end_runs(self) -> None:
        until(lambda: not any(run.is_open for run in self.newest()), ENDED_S)
        taken_over = sum(self.later_tries(run) for run in self.newest())
        self.problems += [f"{run.dag_id} ended as {run.state}" for run in self.newest() if run.state != "success"]
        self.problems += [] if taken_over else ["no task was taken over"]
        self.say(f"{len(self.newest())} runs have ended, {taken_over} tasks of them at a later try")

    def newest(self) -> list[DagRun]:
        return list({run.dag_id: run for run in reversed(self.hosts.api.newest_runs(DAGS))}.values())

    def later_tries(self, run: DagRun) -> int:
        found = self.hosts.api.call("GET", f"/dags/{run.dag_id}/dagRuns/{run.run_id}/taskInstances")
        return sum(one["try_number"] > 1 for one in found["task_instances"])

    def cut(self, name: str) -> None:
        self.net.cut(name)
        self.say(f"{name}: its link is down")

    def heal(self, name: str) -> None:
        self.net.heal(name)
        self.say(f"{name}: its link is up")
        until(lambda: self.hosts.healthy(name))
        self.say(f"{name}: it answers again")

    def heal_while_taken_over(self, name: str) -> None:
        """The link is up while the other host is in the midst of the same loads, and before what ran here knows that it lost them."""
        until(lambda: not sessions_of(name))
        self.say(f"{name}: PostgreSQL ended its sessions")
        (other,) = {*WORKERS} - {name}
        with gate():
            until(lambda: loading().get(ADDRESSES[other]))
            self.say(f"{other}: has taken over, in the midst of a transaction: {loading()}")
            self.heal(name)

    def kill(self, name: str) -> None:
        self.say(f"{name}: kill -9 of all, {self.net.kill(name)} processes")

    def compare(self, expected: State) -> None:
        """When nobody writes any more."""
        until(lambda: not any(map(sessions_of, WORKERS)))
        found = differences(expected, state())
        with psycopg.connect(settings().dsn("admin")) as connection:
            found += leftovers(connection)
        self.problems += found
        self.say(f"raw and ledger of {len(FEEDS)} sources: {f'{len(found)} differences' if found else 'equal'}")


@contextmanager
def gate() -> Iterator[None]:
    """Loads wait before their first row in raw, with all their locks."""
    with psycopg.connect(settings().dsn("admin")) as connection:
        connection.execute(f"lock table {TABLES} in share mode".encode())
        yield


def loading() -> dict[str, int]:
    """How many loads wait at the gate, by the address of their host."""
    with psycopg.connect(settings().dsn("admin")) as connection:
        return {str(address): count for address, count in connection.execute(LOADING).fetchall()}


def sessions_of(name: str) -> int:
    with psycopg.connect(settings().dsn("admin")) as connection:
        return one_value(connection, int, SESSIONS, [ADDRESSES[name]])


def state() -> State:
    with psycopg.connect(settings().dsn("admin")) as connection:
        found: State = {}
        for feed in FEEDS:
            found |= taken_in(connection, get_source(feed.key))
        return found


def undisturbed(folder: Path) -> list[State]:
    """What each round leaves where nothing happens."""
    states = []
    with temporary_cluster():
        os.environ.update(file_connections(folder, FEEDS), DEMO_NOW=NOW)
        settings.cache_clear()
        for hour in HOURS:
            write_files(folder, FEEDS, hour)
            for feed in FEEDS:
                ingest.ingest(get_source(feed.key), Window(), run_id=f"undisturbed {hour}")
            states.append(state())
    return states


def disturbed(var: Path, folder: Path, net: Network, expected: list[State]) -> list[str]:
    """Three rounds: each host is cut off once, and in the end one is killed."""
    environment.make_folders(var)
    copy_template(var)
    with (pg_home.place_cluster(var).data / "pg_hba.conf").open("a", encoding="utf-8") as file:
        file.write("host all all 10.77.0.0/24 scram-sha-256\n")
    site = Site(CENTRE, lambda name, command: replace(command, argv=net.begin(name, command.argv)))
    with centre(var, folder, FEEDS, site) as hosts:
        rounds = Rounds(hosts, net, folder)
        rounds.loads(HOURS[0], lambda: rounds.cut("w1"))
        rounds.compare(expected[0])
        rounds.heal("w1")
        rounds.compare(expected[0])
        rounds.loads(HOURS[1], lambda: rounds.cut("w2"), lambda: rounds.heal_while_taken_over("w2"))
        rounds.compare(expected[1])
        rounds.loads(HOURS[2], lambda: rounds.kill("w2"))
        rounds.compare(expected[2])
    return rounds.problems


def main() -> int:
    try:
        with interruptible(), network(ADDRESSES) as net, net.on("centre"), temporary_var() as var:
            print(
                f"DATA SIMULASI; hosts {', '.join(f'{name} {address}' for name, address in ADDRESSES.items())}",
                flush=True,
            )
            folder = var.parent / "sumber"
            folder.mkdir()
            prepare(folder, FEEDS)
            os.environ.update({f"CC_{name.upper()}_DIR": str(folder / name) for name in ("sources", "expectations")})
            problems = disturbed(var, folder, net, undisturbed(folder))
    except CommandCenterError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("interrupted; every process has been ended and every namespace removed", file=sys.stderr)
        return 130
    for problem in problems:
        print(f"DIFFERS  {problem}")
    print("every batch exactly once, as undisturbed" if not problems else f"{len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
