"""What a source is asked in this run: since when, by which validators, and when it is its turn."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

from psycopg import sql

from command_center.database import Connection, first_value
from command_center.declaration.source import Since, Source, raw_table
from command_center.extract.asking import Asking, Window, in_format
from command_center.extract.endpoint import Endpoint, endpoint
from command_center.intake.archiving import last_seen
from command_center.intake.reader import is_declared
from command_center.ledger import batch, throttle
from command_center.settings import WIB, settings

A_MONDAY = datetime(2024, 1, 1, tzinfo=WIB)


def new_asking(connection: Connection, source: Source, window: Window, *, may_be_full: bool = True) -> Asking:
    """Everything that a kind needs to ask this source in this run; everything once more, when that is due and may be."""
    found = endpoint(source.connection)
    since, changes = source.extract.since, _changes_since(connection, source, window)
    is_full = (
        may_be_full and since is not None and changes != since.first and _is_full_read_due(connection, source, window)
    )

    def validator_of(part: str) -> str | None:
        seen = last_seen(connection, source, part)
        return seen.validator if seen and is_declared(source, seen) else None

    return Asking(
        source=source,
        endpoint=found,
        window=window,
        since=since.first if is_full and since is not None else changes,
        is_full=is_full,
        validator_of=validator_of,
        wait_turn=lambda: _wait_turn(connection, source, found),
        ends_at=time.monotonic() + source.extract.deadline.total_seconds(),
    )


def _changes_since(connection: Connection, source: Source, window: Window) -> str | None:
    """Lower bound of the next question: the window's start, else the newest published value less the overlap.

    A value ahead of now counts for nothing: by one wrong year nothing would ever be asked for again.
    """
    since = source.extract.since
    if since is None:
        return None
    if window.start is not None and since.format != "number":
        return in_format(window.start, since.format)
    raw = sql.Identifier("raw", raw_table(source.source, since.table))
    column = sql.Identifier(since.column)
    is_past = sql.SQL("true") if since.format == "number" else sql.SQL("{} <= {}").format(column, settings().now())
    query = sql.SQL("select max({}) from {} where {}").format(column, raw, is_past)
    newest = first_value(connection, object, query)
    connection.commit()
    return _written(newest, since)


def _is_full_read_due(connection: Connection, source: Source, window: Window) -> bool:
    """Until each part that is asked for changes was loaded, well or not, in this span; one that was only archived was not.

    So one that could not be had, of which only the changes were read, is asked for everything again in the next span.
    """
    every = source.extract.since.full_every if source.extract.since is not None else None
    if every is None or window.start is not None:
        return False
    loaded = batch.parts_loaded(connection, source.source, span_begin(settings().now(), every))
    connection.commit()
    return not set(parts_read_whole(source)) <= loaded


def parts_read_whole(source: Source) -> list[str]:
    """The parts that are asked for changes, and now and then for everything."""
    asked = [request for request in source.requests if "{since}" in request.model_dump_json()] or source.requests
    return [request.part for request in asked]


def span_begin(now: datetime, every: timedelta) -> datetime:
    """The beginning of the span in which a moment lies; a week begins on Monday."""
    return A_MONDAY + (now - A_MONDAY) // every * every


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
