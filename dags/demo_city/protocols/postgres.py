"""A real PostgreSQL cluster of the demo city's own, with the practice table and an account that may only read."""

from __future__ import annotations

import contextlib
import os
import random
import secrets
import socket
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import psycopg
from command_center.backup import pg_home
from command_center.database import has_row
from command_center.errors import CommandCenterError
from command_center.local import postgres
from command_center.local.processes import Processes
from psycopg import sql

from demo_city.city import PRACTICE, PRACTICE_TABLE, City
from demo_city.protocols.service import Gate, Loop, Service, bound_port, listening
from demo_city.table import Table, Value

SMALL = ("--shared-buffers=16MB", "--max-wal-size=128MB", "--fsync=off", "--max-connections=40")
LOOK_AGAIN_S = 20.0  # the hour may have turned
ALIVE_S = 1.0
PAUSES_S = (0.0, 0.5, 1.0, 2.0, 5.0, 10.0)  # before it is begun, and begun anew
LOCK_TIMEOUT = "5s"


class PostgresService(Service):
    """The cluster behind a gate; it is made and started in the background."""

    name = "postgresql"

    def __init__(self, host: str, port: int, city: City) -> None:
        self.ready = False
        self._city = city
        self._listener = listening(host, port, "--postgres-port")
        self._address = f"postgresql://{host}:{bound_port(self._listener)}/{PRACTICE}"
        self._port: int | None = None
        self._shown: Table | None = None
        self._ending = threading.Event()
        self._refreshing = threading.Lock()
        self._thread = threading.Thread(target=self._live, name="postgresql", daemon=True)

    def start(self) -> None:
        self._loop = Loop("postgresql gate")
        gate = Gate(lambda: self._city.fault(PRACTICE), lambda: self._port if self.ready else None)
        self._gate = gate
        self._loop.run(gate.open(self._listener))
        self._thread.start()

    def stop(self) -> None:
        self.ready = False
        self._ending.set()
        self._city.touch()
        self._loop.run(self._gate.close())
        self._loop.close()
        self._thread.join(40)

    def addresses(self) -> dict[str, str]:
        return {"postgresql": self._address}

    def refresh(self) -> None:
        """Bring the table up to date; what a client is just reading is waited for a moment only."""
        with self._refreshing:
            table = self._city.database_table()
            if not self.ready or self._is_shown(table):
                return
            with contextlib.suppress(psycopg.errors.LockNotAvailable):
                self._write(table)
                self._shown = table

    def _live(self) -> None:
        """From making the cluster to ending it; a thread of its own, so that nobody waits. What breaks off is begun anew."""
        for pause_s in PAUSES_S:
            if self._ending.wait(pause_s):
                return
            try:
                self._run()
            except (CommandCenterError, psycopg.Error, OSError) as error:
                self.ready = False
                if not self._ending.is_set():
                    print(f"PostgreSQL of the demo city: {error}", file=sys.stderr, flush=True)

    def _run(self) -> None:
        state = self._city.state_dir
        if os.geteuid() == 0:
            state.chmod(0o711)  # the database's account passes through; what is secret in it is closed by itself
        cluster = pg_home.place_cluster(state)
        postgres.stop_leftover(cluster)
        password = self._admin_password()
        pg_home.initialise(cluster, password)
        port = _free_port()
        command = postgres.server_command(cluster, port, state / "postgresql.log")
        if self._ending.is_set():
            return
        processes = Processes(state, state)
        try:
            processes.start(replace(command, argv=[*command.argv, *SMALL]))
            self._admin = f"host=127.0.0.1 port={port} user={pg_home.SUPERUSER} password={password} sslmode=disable"
            pg_home.wait_for_login(f"{self._admin} dbname=postgres", 60)
            self._prepare()
            self._write(self._city.database_table())
            self._port, self.ready = port, True
            self._keep_up(lambda: processes.must_run(command.name))
        finally:
            self.ready = False
            processes.end()

    def _keep_up(self, must_run: Callable[[], None]) -> None:
        """Bring the table up to date. Raises CommandCenterError when the server is gone."""
        while not self._ending.is_set():
            seen, looked_at = self._city.version, time.monotonic()
            self.refresh()
            while (
                not self._ending.is_set() and self._city.version == seen and time.monotonic() < looked_at + LOOK_AGAIN_S
            ):
                must_run()
                self._city.wait_for_change(seen, self._ending, ALIVE_S)

    def _is_shown(self, table: Table) -> bool:
        shown = self._shown
        return shown is not None and (shown.columns, shown.rows, shown.swapped) == (
            table.columns,
            table.rows,
            table.swapped,
        )

    def _admin_password(self) -> str:
        """Kept beside the cluster for as long as that lives."""
        file = self._city.state_dir / "postgres_password"
        if not file.exists():
            file.touch(mode=0o600)
            file.write_text(secrets.token_urlsafe(24))
        return file.read_text()

    def _prepare(self) -> None:
        """A database and a login that are named after the agency; the login may read, nothing else."""
        name, password = sql.Identifier(PRACTICE), sql.Literal(self._city.password)
        with psycopg.connect(f"{self._admin} dbname=postgres", autocommit=True) as connection:
            known = has_row(connection, "select from pg_roles where rolname = %s", [PRACTICE])
            verb = sql.SQL("alter" if known else "create")
            connection.execute(sql.SQL("{} role {} login noinherit password {}").format(verb, name, password))
            connection.execute(sql.SQL("alter role {} set default_transaction_read_only = on").format(name))
            if not has_row(connection, "select from pg_database where datname = %s", [PRACTICE]):
                connection.execute(sql.SQL("create database {}").format(name))
            connection.execute(sql.SQL("revoke all on database {}, postgres, template1 from public").format(name))
            connection.execute(sql.SQL("grant connect on database {} to {}").format(name, name))
            connection.execute(sql.SQL("alter database {} set timezone = 'Asia/Jakarta'").format(name))

    def _write(self, table: Table) -> None:
        """Replace the table in one transaction."""
        name = sql.Identifier(PRACTICE_TABLE)
        columns = sql.SQL(", ").join(
            sql.SQL("{} {}").format(sql.Identifier(column), sql.SQL(_type(table, column))) for column in table.columns
        )
        with psycopg.connect(f"{self._admin} dbname={PRACTICE}") as connection:
            connection.execute(sql.SQL("set lock_timeout = {}").format(sql.Literal(LOCK_TIMEOUT)))
            connection.execute(sql.SQL("drop table if exists {}").format(name))
            connection.execute(sql.SQL("create table {} ({}, primary key (nomor))").format(name, columns))
            with connection.cursor().copy(sql.SQL("copy {} from stdin").format(name)) as copy:
                for row in table.rows:
                    copy.write_row([_value(table, row[column]) for column in table.columns])
            connection.execute(sql.SQL("grant select on {} to {}").format(name, sql.Identifier(PRACTICE)))


def _type(table: Table, column: str) -> str:
    """The type of a column; of a number that became words, text."""
    values = [row[column] for row in table.rows if row[column] is not None]
    first: Value = values[0] if values else ""
    if isinstance(first, Decimal):
        return "text" if table.swapped else "numeric(16,2)"
    if isinstance(first, datetime):
        return "timestamptz"
    if isinstance(first, date):
        return "date"
    return "bigint" if isinstance(first, int) else "text"


def _value(table: Table, value: Value) -> Value:
    return table.plain(value) if isinstance(value, Decimal) and table.swapped else value


def _free_port() -> int:
    for port in random.sample(range(32000, 32700), 200):
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
    raise CommandCenterError("No free port was found between 32000 and 32700 on 127.0.0.1.")
