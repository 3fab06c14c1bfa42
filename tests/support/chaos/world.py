"""A small city with its database, in which jobs run in processes that can be killed, and servers that can be disturbed."""

from __future__ import annotations

import os
import shutil
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from command_center.backup.pg_home import wait_for_login
from command_center.settings import settings

from tests.support.chaos.children import Children

OURS = "usename in ('cc_loader', 'cc_transformer') and pid <> pg_backend_pid()"
WAIT_S = 120.0
Asked = dict[str, Any]


@dataclass
class World:
    """Where things happen. Everything is waited for, nothing is given a time."""

    folder: Path
    children: Children

    def connect(self) -> psycopg.Connection[Any]:
        return psycopg.connect(settings().dsn("admin"), autocommit=True)

    def forget_archive(self) -> None:
        shutil.rmtree(self.folder / "landing", ignore_errors=True)

    def wait_until_free(self) -> None:
        """PostgreSQL notices a dead client only when it next reads from it."""
        with self.connect() as connection:
            ends_at = time.monotonic() + WAIT_S
            while connection.execute(f"select from pg_stat_activity where {OURS}").fetchone():
                assert time.monotonic() < ends_at, "the session of a killed process did not end"
                time.sleep(0.02)

    def crash(self) -> None:
        """PostgreSQL loses a process, throws all others out, and recovers from its log as after a power cut."""
        with self.connect() as connection:
            os.kill(connection.info.backend_pid, signal.SIGKILL)
            with suppress(psycopg.OperationalError):
                connection.execute("select")
        wait_for_login(settings().dsn("admin"), WAIT_S)

    def end_sessions(self) -> None:
        with self.connect() as connection:
            connection.execute(f"select pg_terminate_backend(pid, 5000) from pg_stat_activity where {OURS}")

    def kill_at(self, do: str, at: list[object], asked: Asked) -> str | None:
        """The moment at which it was killed, None where it had ended before."""
        job = self.children.begin(do, **asked, at=at, act="kill")
        if job.wait() is None:
            assert job.wait() == -signal.SIGKILL
            self.wait_until_free()
        return job.moment or None

    def cut_off_at(self, do: str, at: list[object], cut: Callable[[], None], asked: Asked) -> str | None:
        """It waits at its moment while its server fails, and goes on to its end, whatever that is."""
        job = self.children.begin(do, **asked, at=at)
        if job.wait() is None:
            cut()
        job.end()
        self.wait_until_free()
        return job.moment or None

    def twice_at_once(self, do: str, at: list[object], asked: Asked) -> str | None:
        """The first waits at its moment until the second has ended, whether that was refused or did everything."""
        first = self.children.begin(do, **asked, at=at)
        first.wait()
        second = self.children.begin(do, **asked).end()
        assert second.get("is_busy") or "error" not in second, second
        done = first.end()
        assert done.get("is_busy") or "error" not in done, done
        return first.moment or None

    def settle(self, do: str, asked: Asked, *, again: bool = False) -> Asked:
        """A run without any fault; another where the next question depends on what was published."""
        done = self.children.begin(do, **asked).end()
        assert done and "error" not in done, done
        if again:
            self.settle(do, asked)
        return done
