"""A streaming replica made as the compose file makes it: it follows, takes no writes, tells its lag, and can be promoted."""

from __future__ import annotations

import importlib
import os
import shutil
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from command_center.backup import pg_home
from command_center.backup.fingerprint import fingerprint
from command_center.database import connect, one_value
from command_center.lint.containers import load_project
from command_center.local.cluster import CARELESS, copy_template, running_cluster, temporary_var
from command_center.local.processes import Command, Processes
from command_center.operate import metrics, replica
from command_center.operate.replica import Replica
from command_center.operate.watch import messages
from command_center.paths import ROOT
from command_center.settings import settings
from command_center.warehouse.swap import prepare_schemas, swap

SERVICES = load_project(ROOT / "docker").services
SERVICE = SERVICES["postgres-replica"]
KECAMATAN = ("13.71.01", "13.71.09")
TABLES = ("angka", "rincian")
WAIT_S = 60.0
# Of both tables at once: a reader must never find one of this edition and one of another.
EDITIONS = "select distinct a.terbitan, r.terbitan from mart.angka as a cross join mart.rincian as r"


@dataclass(frozen=True)
class Pair:
    """A primary, to which the settings point, and its replica."""

    processes: Processes
    command: Command
    data: Path

    def restart(self) -> None:
        self.processes.start(replace(self.command, name="again"))

    def end(self) -> None:
        pid = int((self.data / "postmaster.pid").read_text().splitlines()[0])
        os.kill(pid, signal.SIGINT)
        until(lambda: self.processes.exit_code(self.command.name) is not None)


def until(what: Callable[[], object]) -> None:
    deadline = time.monotonic() + WAIT_S
    while not what():
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.05)


def standing() -> Replica:
    with connect(settings().dsn("loader")) as primary:
        found = replica.look(primary)
    assert found is not None
    return found


def caught_up() -> bool:
    return standing().lag_bytes == 0


def publish(edition: int) -> None:
    """A build and its swap, of two small tables."""
    with connect(settings().dsn("transformer"), autocommit=True) as connection:
        prepare_schemas(connection, anew=True)
        for table in TABLES:
            connection.execute(
                f"create table mart_next.{table} as select {edition} as terbitan, kode as kode_kecamatan "
                f"from unnest('{{{','.join(KECAMATAN)}}}'::text[]) as kode".encode()
            )
            connection.execute(
                f"""
                alter table mart_next.{table} enable row level security;
                grant select on mart_next.{table} to cc_officials, camat_137109;
                create policy all_rows on mart_next.{table} for select to cc_officials using (true);
                create policy camat on mart_next.{table} for select to camat_137109
                using ('camat_' || replace(kode_kecamatan, '.', '') = session_user)
                """.encode()
            )
        connection.execute("grant usage on schema mart_next to cc_officials, camat_137109")
        swap(connection, f"{edition:08d}", lambda: None)


@pytest.fixture(scope="module")
def pair() -> Iterator[Pair]:
    with temporary_var() as var:
        copy_template(var)
        with running_cluster(var, is_durable=False), pytest.MonkeyPatch.context() as patch:
            publish(0)
            with socket.create_server(("127.0.0.1", 0)) as holder:
                port = holder.getsockname()[1]
            patch.setenv("CC_REPLICA_ADDRESS", f"127.0.0.1:{port}")
            settings.cache_clear()
            with made(var, port) as pair:
                yield pair


@contextmanager
def made(var: Path, port: int) -> Iterator[Pair]:
    """The replica as the service of the compose file makes it, with this machine's addresses and a small memory."""
    place = pg_home.place_cluster(var)
    home = var.parent / "replika"
    pg_home.own_folder(home, place.account)
    script = Path(shutil.copy(ROOT / "docker" / "replica" / "start.sh", var.parent))
    script.chmod(0o644)
    here = {"listen_addresses": "127.0.0.1", "unix_socket_directories": "", "port": str(port), **CARELESS}
    argv = [*SERVICE.entrypoint[:1], str(script), *SERVICE.command]
    argv += [word for name, value in here.items() for word in ("-c", f"{name}={value}")]
    primary = urlsplit(settings().warehouse_url)
    data = home / "18" / "docker"
    env = {**SERVICE.environment, "PATH": f"{place.binaries}:/usr/bin:/bin", "PGDATA": str(data), "LC_ALL": "C"}
    env |= {"PGHOST": str(primary.hostname), "PGPORT": str(primary.port)}
    env["PGPASSWORD"] = settings().secret("cc_password_backup")
    processes = Processes(var, var / "log")
    try:
        command = Command("replica", argv, var / "log" / "replica.log", env, home, place.account, ends_last=True)
        processes.start(command)
        processes.wait_ready("replica", lambda: standing().follows, WAIT_S)
        yield Pair(processes, command, data)
    finally:
        processes.end()


def read(dsn: str) -> list[tuple[object, ...]]:
    with connect(dsn) as connection:
        return connection.execute(EDITIONS).fetchall()


def test_readers_at_the_replica_see_each_publication_whole_and_superset_its_edition(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    until(caught_up)
    at_replica = settings().replica_dsn("officials")
    monkeypatch.syspath_prepend(str(ROOT / "docker" / "superset"))
    monkeypatch.setenv("SUPERSET_OFFICIALS_URI", at_replica.replace("postgresql", "postgresql+psycopg2", 1))
    edition = importlib.import_module("edition")
    before, seen, over = edition.read_edition("mart"), [], threading.Event()

    def look() -> None:
        with psycopg.connect(at_replica, autocommit=True) as connection:
            while not over.is_set():
                seen.append(tuple(connection.execute(EDITIONS).fetchall()))

    reader = threading.Thread(target=look)
    reader.start()
    try:
        for number in range(1, 6):
            publish(number)
            until(lambda number=number: seen and seen[-1] == ((number, number),))  # type: ignore[misc]  # the default
    finally:
        over.set()
        reader.join()
    assert {found for found in seen if len(found) != 1 or found[0][0] != found[0][1]} == set()
    assert {found[0][0] for found in seen} >= set(range(1, 6))
    assert edition.read_edition("mart").number != before.number


def test_it_takes_no_writes_and_shows_a_camat_no_more_than_the_primary_does(pair: Pair) -> None:
    until(caught_up)
    for purpose in ("loader", "admin"):
        with (
            connect(settings().replica_dsn(purpose)) as connection,
            pytest.raises(psycopg.errors.ReadOnlySqlTransaction),
        ):
            connection.execute("create table raw.x ()")
    login = settings().camat_dsn(KECAMATAN[1])
    address = urlsplit(login)
    there = login.replace(f"{address.hostname}:{address.port}", settings().cc_replica_address)
    with connect(there) as connection:
        found = connection.execute("select inet_server_port(), kode_kecamatan from mart.angka").fetchall()
    assert found == [(int(settings().cc_replica_address.split(":")[1]), KECAMATAN[1])]


def test_its_lag_is_told_in_seconds_and_bytes_and_to_walidata_when_it_lasts(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    until(caught_up)
    until(lambda: numbers() == {"cc_replica_up": 1, "cc_replica_lag_seconds": 0, "cc_replica_lag_bytes": 0})
    with connect(settings().replica_dsn("admin"), autocommit=True) as there:
        there.execute("select pg_wal_replay_pause()")
        until(lambda: one_value(there, str, "select pg_get_wal_replay_pause_state()") == "paused")
        publish(6)
        until(lambda: (standing().lag_bytes or 0) > 1_000)
        found = numbers()
        assert found["cc_replica_up"] == 1 and found["cc_replica_lag_seconds"] > 0
        assert told() == [], "five minutes are allowed"
        monkeypatch.setattr(replica, "LIMIT", replica.LIMIT * 0)
        assert ["tertinggal 0 menit" in one for one in told()] == [True]
        there.execute("select pg_wal_replay_resume()")
    until(lambda: told() == [])
    # Not at once: in a cluster of tests a commit is on disk a moment later, and lag is told of what is on disk
    until(lambda: read(settings().replica_dsn("officials")) == [(6, 6)])


def numbers() -> dict[str, float]:
    lines = [line.split() for line in metrics.exposition().splitlines() if line.startswith("cc_replica_")]
    return {name: float(value) for name, value in lines}


def told() -> list[str]:
    with connect(settings().dsn("loader")) as connection:
        return [one.text for one in messages(connection, settings().now()) if one.source == "replika"]


def test_promoted_it_takes_writes_also_after_a_restart_and_is_told_to_follow_no_more(pair: Pair) -> None:
    until(caught_up)
    held = fingerprint(settings().dsn("backup"))
    with connect(settings().replica_dsn("admin"), autocommit=True) as there:
        assert one_value(there, bool, "select pg_promote()")
    assert held and fingerprint(settings().replica_dsn("backup")) == held
    write(7)
    assert numbers() == {"cc_replica_up": 0}
    assert ["tidak lagi mengikuti" in one for one in told()] == [True]
    pair.end()
    assert numbers() == {"cc_replica_up": 0}
    assert ["tidak menjawab" in one for one in told()] == [True]
    pair.restart()
    pair.processes.wait_ready("again", lambda: standing().answers, WAIT_S)
    write(8)
    with connect(settings().replica_dsn("loader")) as there:
        assert there.execute("select * from raw.sesudah order by 1").fetchall() == [(7,), (8,)]
    with connect(settings().dsn("loader")) as primary:
        assert not one_value(primary, bool, "select to_regclass('raw.sesudah') is not null")


def write(number: int) -> None:
    with connect(settings().replica_dsn("loader")) as connection:
        connection.execute("create table if not exists raw.sesudah (nomor int)")
        connection.execute("insert into raw.sesudah values (%s)", [number])


def test_without_one_nothing_is_asked_and_nothing_told(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CC_REPLICA_ADDRESS")
    settings.cache_clear()
    assert (numbers(), told()) == ({}, [])
    monkeypatch.undo()
    settings.cache_clear()


def test_the_service_has_room_for_what_the_primary_may_have_open() -> None:
    """PostgreSQL refuses to follow a server that allows more connections."""
    room = next(word for word in SERVICES["postgres"].command if word.startswith("max_connections"))
    assert room in SERVICE.command
