"""What tables hold, in two numbers each: rows, and the sum of their hashes."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import psycopg
from psycopg import sql

from command_center.database import all_rows, connect, one_row


@dataclass(frozen=True)
class Held:
    """Rows of a table and the sum of their hashes; the sum is 0 where there is no row."""

    rows: int
    checksum: Decimal


@dataclass(frozen=True)
class Table:
    """A table that has rows of its own."""

    schema: str
    name: str


Fingerprint = dict[str, Held]


def fingerprint(dsn: str) -> Fingerprint:
    """Every table of one database, by its name."""
    with connect(dsn, autocommit=True) as connection:
        return {
            f"{table.schema}.{table.name}": held for table in _tables(connection) if (held := _held(connection, table))
        }


def _tables(connection: psycopg.Connection[Any]) -> list[Table]:
    return all_rows(
        connection,
        Table,
        "select nspname::text as schema, relname::text as name from pg_class join pg_namespace as n on n.oid = relnamespace "
        "where relkind in ('r', 'm') and relpersistence = 'p' and nspname !~ '^(pg_|information_schema$)' order by 1, 2",
    )


def _held(connection: psycopg.Connection[Any], table: Table) -> Held | None:
    """As text, which every type has; None for a table that went meanwhile."""
    query = sql.SQL(
        "select count(*) as rows, coalesce(sum(hashtextextended(t::text, 0)::numeric), 0) as checksum from only {} as t"
    ).format(sql.Identifier(table.schema, table.name))
    try:
        return one_row(connection, Held, query)
    except psycopg.errors.UndefinedTable:
        return None
