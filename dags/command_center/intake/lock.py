"""One loader at a time for each source."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from command_center.database import Connection, connect
from command_center.declaration.source import Source
from command_center.errors import SourceBusy
from command_center.settings import settings

LOCK_WAIT_S = 5.0


@contextmanager
def exclusive(source: Source) -> Iterator[Connection]:
    """A loader's connection that nobody else loads this source beside. Raises SourceBusy."""
    with connect(settings().dsn("loader")) as connection:
        connection.execute("set work_mem = '128MB'")  # keys of a large batch are compared in memory
        if not _lock(connection, source):
            raise SourceBusy(f"{source.source} is being loaded by another process; try again when it has ended.")
        yield connection


def _lock(connection: Connection, source: Source) -> bool:
    """Take the source's lock; a process that has just ended gives it back within moments."""
    deadline = time.monotonic() + LOCK_WAIT_S
    while True:
        row = connection.execute(
            "select pg_try_advisory_lock(hashtextextended(%s, 0))", [f"load:{source.source}"]
        ).fetchone()
        connection.commit()
        if row is not None and row[0]:
            return True
        if time.monotonic() > deadline:
            return False
        time.sleep(0.2)
