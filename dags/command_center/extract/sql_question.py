"""What is asked of a database: which columns and rows of a table, and how often."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeVar
from zoneinfo import ZoneInfo

from command_center.declaration.source import Column, Request, Table
from command_center.errors import DeclarationError, SourceUnavailable
from command_center.extract.asking import Asking, in_format
from command_center.settings import WIB, settings

ATTEMPTS = 3


PAUSE_S = 2.0


Result = TypeVar("Result")


# How a database types a column, as far as it matters here. A time is written with its zone, in the zone of the session
# (which is WIB), or without any.
Typed = Literal["zoned", "session", "naive", "date", "boolean", "other"]


TEMPORAL = ("zoned", "session", "naive", "date")


class Lost(Exception):
    """No connection came about; another attempt may do."""


@dataclass(frozen=True)
class Bound:
    """A condition: column, comparison, value as text. With `or_null`, rows without a value are asked for as well."""

    name: str
    operator: Literal[">=", "<"]
    value: str
    or_null: bool = False


@dataclass(frozen=True)
class Question:
    """Which columns of a table to read and which only to name, which rows, and in which order."""

    path: tuple[str, ...]
    columns: dict[str, Typed | None]  # None = named, not read
    bounds: list[Bound]
    order: list[str]


def question(asking: Asking, request: Request, present: Mapping[str, Typed]) -> Question:
    """What to ask of a table that has these columns. Raises SourceUnavailable when it lacks the one that bounds the rows."""
    tables = [asking.source.tables[name] for name in request.tables]
    taken = {name for table in tables for column in table.stored if (name := _place(column, present))}
    spare = {name for table in tables for column in table.stored for name in _names(column)}
    columns = {
        name: _read_as(name, tables, present) if name in taken else None
        for name in present
        if name in taken or name not in spare
    }
    if not columns:
        raise SourceUnavailable(f"{asking.who(request)}: {request.path} has no columns; ask the steward.")
    return Question(
        tuple(request.path.split(".")),
        columns,
        _bounds(asking, request, tables, present),
        _order(tables[0], present) if tables else [],
    )


def _names(column: Column) -> tuple[str, ...]:
    return (column.source, *column.aliases) if column.is_in_file else ()


def _place(column: Column, present: Mapping[str, Typed]) -> str | None:
    """The name under which the database has a declared column."""
    return next((name for name in _names(column) if name in present), None)


def _read_as(name: str, tables: list[Table], present: Mapping[str, Typed]) -> Typed:
    """A time in the session's zone gets the zone written to it only where the declaration reads a time."""
    readers = [column for table in tables for column in table.stored if _place(column, present) == name]
    is_time = all(column.type == "timestamptz" and column.date == "iso" for column in readers)
    return "naive" if present[name] == "session" and not is_time else present[name]


def _order(table: Table, present: Mapping[str, Typed]) -> list[str]:
    """The key, so that the same rows are the same bytes."""
    places = [_place(_column(table, name), present) for name in table.key]
    return [place for place in places if place is not None]


def _column(table: Table, name: str) -> Column:
    return next(column for column in table.columns if column.name == name)


def _bounds(asking: Asking, request: Request, tables: list[Table], present: Mapping[str, Typed]) -> list[Bound]:
    """The rows since the last question, or of the window; all of them where one request feeds several tables."""
    if len(tables) != 1:
        return []
    since, table = asking.source.extract.since, tables[0]
    if since is not None and since.table in request.tables and asking.since:
        name, typed, column = _bounding(asking, request, table, since.column, present)
        bounds = [Bound(name, ">=", _written(asking.since, column, typed), or_null=True)]
        if asking.window.end is not None and since.format != "number":
            bounds.append(Bound(name, "<", _moment(asking, request, asking.window.end, column, typed), or_null=True))
        return bounds
    ends: list[tuple[Literal[">=", "<"], datetime | None]] = [(">=", asking.window.start), ("<", asking.window.end)]
    if table.mode != "window" or table.window_column is None or not any(moment for _, moment in ends):
        return []
    name, typed, column = _bounding(asking, request, table, table.window_column, present)
    return [Bound(name, sign, _moment(asking, request, end, column, typed)) for sign, end in ends if end is not None]


def _bounding(
    asking: Asking, request: Request, table: Table, name: str, present: Mapping[str, Typed]
) -> tuple[str, Typed, Column]:
    column = _column(table, name)
    place = _place(column, present)
    if place is None:
        raise SourceUnavailable(
            f"{asking.who(request)}: {request.path} has no column {column.source!r}, by which its rows are chosen; "
            f"it has {', '.join(map(repr, present))}; ask the steward, or mend the declaration."
        )
    return place, present[place], column


def _moment(asking: Asking, request: Request, moment: datetime, column: Column, typed: Typed) -> str:
    if typed in TEMPORAL or column.date == "iso":
        return _written(moment.isoformat(), column, typed)
    if column.date in ("epoch_s", "epoch_ms"):
        return in_format(moment, column.date)
    raise DeclarationError(
        f"{asking.who(request)}: {column.source!r} holds times as texts like {column.date!r}, which no database can compare; "
        "use another window_column, or mode snapshot."
    )


def _written(text: str, column: Column, typed: Typed) -> str:
    """A time as a column of this type compares it; a text that is no time with a zone stays as it is."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    if moment.tzinfo is None:
        return text
    if typed == "zoned":
        return moment.astimezone(WIB).isoformat(sep=" ")
    zone = WIB if typed == "session" else ZoneInfo(column.timezone)
    local = moment.astimezone(zone).replace(tzinfo=None)
    return local.date().isoformat() if typed == "date" else local.isoformat(sep=" ")


def attempts(asking: Asking, who: str, connect: Callable[[], Result]) -> Result:
    """A connection, tried some times. Raises SourceUnavailable."""
    for attempt in range(1, ATTEMPTS + 1):
        asking.check_deadline(who)
        try:
            return connect()
        except Lost as error:
            if attempt == ATTEMPTS:
                raise SourceUnavailable(
                    f"{who}: {asking.endpoint.address} did not answer: {error}; it is tried again."
                ) from None
            time.sleep(min(PAUSE_S * 2 ** (attempt - 1), max(0.0, asking.seconds_left())))
    raise AssertionError("unreachable")


@contextmanager
def deadline(asking: Asking, cut: Callable[[], None]) -> Iterator[None]:
    """Cut a connection when the run's time is over, whatever the server does."""
    timer = threading.Timer(max(0.0, asking.seconds_left()), cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def timeout_s(asking: Asking) -> float:
    return max(1.0, min(settings().cc_http_timeout_s, asking.seconds_left()))


def sentence(asking: Asking, said: object) -> str:
    """What a database said, on one line, without the password."""
    text = " ".join(str(said).split()) or type(said).__name__
    return text.replace(asking.endpoint.password, "***") if asking.endpoint.password else text


def needs_tls(asking: Asking) -> bool:
    """Whether the server must prove who it is; on this machine only where its authority is given."""
    found = asking.endpoint
    return bool(found.extra.get("ca")) if found.is_loopback else found.needs_tls(asking.source.connection)
