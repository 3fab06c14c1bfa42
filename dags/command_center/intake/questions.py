"""What a source is asked in this run: since when, by which validators, and when it is its turn."""

from __future__ import annotations

import time
from datetime import datetime

from psycopg import sql

from command_center.database import Connection
from command_center.declaration.source import Since, Source, raw_table
from command_center.extract.asking import Asking, Window, in_format
from command_center.extract.endpoint import Endpoint, endpoint
from command_center.intake.archiving import last_seen
from command_center.ledger import throttle


def new_asking(connection: Connection, source: Source, window: Window) -> Asking:
    """Everything that a kind needs to ask this source in this run."""
    found = endpoint(source.connection)

    def validator_of(part: str) -> str | None:
        seen = last_seen(connection, source, part)
        return seen.validator if seen else None

    return Asking(
        source=source,
        endpoint=found,
        window=window,
        since=_since(connection, source, window),
        validator_of=validator_of,
        wait_turn=lambda: _wait_turn(connection, source, found),
        ends_at=time.monotonic() + source.extract.deadline.total_seconds(),
    )


def _since(connection: Connection, source: Source, window: Window) -> str | None:
    """Lower bound of the next question: the window's start, else the newest published value less the overlap."""
    since = source.extract.since
    if since is None:
        return None
    if window.start is not None and since.format != "number":
        return in_format(window.start, since.format)
    row = connection.execute(
        sql.SQL("select max({}) from {}").format(
            sql.Identifier(since.column), sql.Identifier("raw", raw_table(source.source, since.table))
        )
    ).fetchone()
    connection.commit()
    return _written(row[0] if row else None, since)


def _written(newest: object, since: Since) -> str:
    if newest is None:
        return since.first
    if since.format == "number":
        return str(newest)
    moment = newest if isinstance(newest, datetime) else datetime.fromisoformat(f"{newest}T00:00:00+07:00")
    return in_format(moment - since.overlap, since.format)


def _wait_turn(connection: Connection, source: Source, found: Endpoint) -> None:
    """Sleep until the host may be asked again; all processes share its turns through the ledger."""
    per_minute = found.extra.get("requests_per_minute")
    if per_minute is None and not found.is_loopback:
        per_minute = source.connection.requests_per_minute
    if per_minute is None:
        return
    wait_s = throttle.take_turn(connection, found.host, every_s=60 / float(str(per_minute)))
    connection.commit()
    time.sleep(max(0.0, wait_s))
