"""Rows that were set aside: one row of ops.quarantine for each rule that one of them breaks."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from psycopg import sql

from command_center.database import Connection, all_rows

COLUMNS = "batch_id, source, table_name, sha256, opd, row_number, place, column_name, value, reason, payload"


@dataclass(frozen=True)
class Origin:
    """Of which batch rows were set aside."""

    batch_id: int
    source: str
    table: str
    sha256: str
    opd: str


@dataclass(frozen=True)
class Rejected:
    """A row that could not even be staged."""

    row_number: int
    place: str
    column: str
    value: str | None
    reason: str
    payload: Mapping[str, object]


@dataclass(frozen=True)
class Rejection:
    """One broken rule of one row, as the agency will read it."""

    place: str
    column: str
    value: str | None
    reason: str


@dataclass(frozen=True)
class Why:
    """Why one row was set aside."""

    row_number: int
    reason: str


def reasons_of(connection: Connection, batch_id: int, rows: Iterable[int]) -> list[Why]:
    query = "select row_number, reason from ops.quarantine where batch_id = %s and row_number = any(%s) order by row_number, column_name"
    return all_rows(connection, Why, query, [batch_id, list(rows)])


def add_staged(connection: Connection, origin: Origin, rows: sql.Composed, values: Mapping[str, object]) -> None:
    """Keep what a query on the stage finds: row_number, place, column_name, value, reason, payload."""
    connection.execute(
        sql.SQL(
            "insert into ops.quarantine (" + COLUMNS + ") "
            "select %(batch_id)s, %(source)s, %(table)s, %(sha256)s, %(opd)s, r.row_number, r.place, r.column_name, "
            "r.value, r.reason, r.payload from ({}) as r on conflict do nothing"
        ).format(rows),
        {**origin.__dict__, **values},
    )


def add_rejected(connection: Connection, origin: Origin, rows: Iterable[Rejected]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(
            f"""
            insert into ops.quarantine ({COLUMNS})
            values (%(batch_id)s, %(source)s, %(table)s, %(sha256)s, %(opd)s, %(row_number)s, %(place)s, %(column)s,
                    %(value)s, %(reason)s, %(payload)s)
            on conflict do nothing
            """.encode(),
            [
                {**origin.__dict__, **row.__dict__, "payload": json.dumps(dict(row.payload), ensure_ascii=False)}
                for row in rows
            ],
        )


def clear_expired(connection: Connection) -> None:
    """Forget what rows said of answers that are no longer kept; how many there were, where and why stays known."""
    connection.execute(
        "update ops.quarantine as q set value = null, payload = '{}' from ops.batch as b join ops.landing as l using (landing_id) "
        "where b.batch_id = q.batch_id and l.erased_at is not null and (q.value is not null or q.payload <> '{}')"
    )


def of_batch(connection: Connection, batch_id: int) -> list[Rejection]:
    return all_rows(
        connection,
        Rejection,
        "select place, column_name as column, value, reason from ops.quarantine where batch_id = %s "
        "order by row_number, column_name",
        [batch_id],
    )
