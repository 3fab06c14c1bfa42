"""Of which time the rows of a batch speak, and how many of them are doubtful: rows of ops.batch_span."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from psycopg import sql

from command_center.database import Connection, all_rows


@dataclass(frozen=True)
class _Span:
    """Rows that tell of one time; None: of no time."""

    since: datetime | None
    until: datetime | None
    rows_read: int
    rows_doubtful: int


def add(connection: Connection, batch_id: int, spans: sql.Composed) -> None:
    """Keep what a query says: since, until, rows_read, rows_doubtful. Asked apart, for PostgreSQL inserts with one worker."""
    statement = (
        "insert into ops.batch_span (batch_id, since, until, rows_read, rows_doubtful) values (%s, %s, %s, %s, %s)"
    )
    with connection.cursor() as cursor:
        found = [(batch_id, s.since, s.until, s.rows_read, s.rows_doubtful) for s in all_rows(connection, _Span, spans)]
        cursor.executemany(statement, found)


def add_gaps(connection: Connection, batch_id: int, keys: sql.Composed) -> None:
    """Keep what a query says of the keys of rows that were set aside: kunci."""
    statement = sql.SQL("insert into ops.batch_gap (batch_id, kunci) select distinct {}, k.kunci from ({}) as k")
    connection.execute(statement.format(sql.Literal(batch_id), keys))


def doubt_whole(connection: Connection, batch_id: int) -> None:
    """Something is wrong with the batch of which no single row can be told."""
    connection.execute("update ops.batch_span set rows_doubtful = rows_read where batch_id = %s", [batch_id])
