"""Connections to the warehouse, and rows that come back typed.

No row is read by position: a row is a dataclass whose fields its columns are named after, one value is checked to be of the
type that is asked for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

import psycopg
from psycopg import sql
from psycopg.rows import class_row, dict_row, scalar_row

from command_center.settings import TIME_ZONE

Connection = psycopg.Connection[tuple[object, ...]]
Query = str | sql.SQL | sql.Composed
Values = Sequence[object] | Mapping[str, object] | None
T = TypeVar("T")
# A server that is cut off is noticed by its silence, as the server notices a client (docs/scaling.md).
NOTICED_IN_20_S: dict[str, Any] = {
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 2,
    "tcp_user_timeout": 20000,
}


def connect(dsn: str, *, autocommit: bool = False, patience_s: int = 10) -> Connection:
    """A connection whose session shows times in WIB."""
    return psycopg.connect(
        dsn, autocommit=autocommit, connect_timeout=patience_s, options=f"-c timezone={TIME_ZONE}", **NOTICED_IN_20_S
    )


def all_rows(connection: psycopg.Connection[Any], kind: type[T], query: Query, values: Values = None) -> list[T]:
    """Every row as an instance of a class whose fields are named as the columns."""
    with connection.cursor(row_factory=class_row(kind)) as cursor:
        return cursor.execute(_text(query), values).fetchall()


def first_row(connection: psycopg.Connection[Any], kind: type[T], query: Query, values: Values = None) -> T | None:
    return next(iter(all_rows(connection, kind, query, values)), None)


def one_row(connection: psycopg.Connection[Any], kind: type[T], query: Query, values: Values = None) -> T:
    """The only row. Raises ValueError when there is none, or another."""
    (row,) = all_rows(connection, kind, query, values)
    return row


def all_values(connection: psycopg.Connection[Any], kind: type[T], query: Query, values: Values = None) -> list[T]:
    """The only column of every row. Raises TypeError when a value is not of this type."""
    with connection.cursor(row_factory=scalar_row) as cursor:
        found = cursor.execute(_text(query), values).fetchall()
    return [_checked(value, kind) for value in found]


def first_value(connection: psycopg.Connection[Any], kind: type[T], query: Query, values: Values = None) -> T | None:
    """The only column of the first row; None where it is null, and where there is no row."""
    with connection.cursor(row_factory=scalar_row) as cursor:
        found = next(iter(cursor.execute(_text(query), values).fetchall()), None)
    return None if found is None else _checked(found, kind)


def one_value(connection: psycopg.Connection[Any], kind: type[T], query: Query, values: Values = None) -> T:
    """The only column of the only row, not null. Raises ValueError or TypeError for anything else."""
    (value,) = all_values(connection, kind, query, values)
    return value


def has_row(connection: psycopg.Connection[Any], query: Query, values: Values = None) -> bool:
    return connection.execute(_text(query), values).fetchone() is not None


def all_records(connection: psycopg.Connection[Any], query: Query, values: Values = None) -> list[dict[str, object]]:
    """Every row by the names of its columns, where only the query knows them."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(_text(query), values).fetchall()


def database_time(connection: psycopg.Connection[Any]) -> datetime:
    """The server's clock, which the ledger's times are of."""
    return one_value(connection, datetime, "select clock_timestamp()")


def _text(query: Query) -> bytes | sql.SQL | sql.Composed:
    return query.encode() if isinstance(query, str) else query


def _checked(value: object, kind: type[T]) -> T:
    if not isinstance(value, kind):
        raise TypeError(f"The database answered {value!r}, which is no {kind.__name__}.")
    return value
