"""Copies what is cleared for the public into the separate database of the public."""

from __future__ import annotations

import time

import psycopg
from psycopg import sql

from command_center.database import Connection, connect
from command_center.errors import TransformError
from command_center.settings import Settings, with_login
from command_center.warehouse.swap import drop_replaced, drop_schema, has_schema, rename_schema, while_locked

Columns = list[tuple[str, str]]


def publish_publik(config: Settings) -> dict[str, int]:
    """Copy every table of schema publik and swap the copies in, in one transaction; the rows of each table."""
    warehouse = with_login(config.warehouse_url, "cc_publisher", config.secret("cc_password_publisher"))
    with connect(warehouse) as source, connect(config.dsn("publisher")) as target:
        source.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        source.read_only = True
        tables = cleared_tables(source)
        drop_replaced(target)
        with target.transaction():
            lock_publication(target)
            create_next(target)
            rows = {name: copy_table(source, target, name, columns) for name, columns in tables.items()}
            grant_to_public(target)
            swap(target)
        drop_replaced(target)
    return rows


def cleared_tables(source: Connection) -> dict[str, Columns]:
    """The tables of schema publik with their columns and types."""
    rows = source.execute(
        """
        select relation.relname, kolom.attname, format_type(kolom.atttypid, kolom.atttypmod)
        from pg_class as relation
        inner join pg_attribute as kolom on kolom.attrelid = relation.oid
        where relation.relnamespace = to_regnamespace('publik') and relation.relkind in ('r', 'v', 'p')
            and kolom.attnum > 0 and not kolom.attisdropped
        order by relation.relname, kolom.attnum
        """
    ).fetchall()
    if not rows:
        raise TransformError(
            "The warehouse has no schema publik yet, so nothing can be published; build it first (transform)."
        )
    tables: dict[str, Columns] = {}
    for table, column, type_name in rows:
        tables.setdefault(str(table), []).append((str(column), str(type_name)))
    return tables


def lock_publication(target: Connection) -> None:
    target.execute("set local lock_timeout = '5min'")
    target.execute("select pg_advisory_xact_lock(hashtextextended('publish', 0))")


def create_next(target: Connection) -> None:
    drop_schema(target, "publik_next")
    target.execute("create schema publik_next")


def copy_table(source: Connection, target: Connection, name: str, columns: Columns) -> int:
    """Copy one table, streaming; the number of its rows."""
    names = sql.SQL(", ").join(sql.Identifier(column) for column, _ in columns)
    definitions = sql.SQL(", ").join(
        sql.Identifier(column) + sql.SQL(" ") + sql.SQL(type_name) for column, type_name in columns
    )
    copied = sql.Identifier("publik_next", name)
    target.execute(sql.SQL("create table {} ({})").format(copied, definitions))
    read = sql.SQL("copy (select {} from {}) to stdout (format binary)").format(names, sql.Identifier("publik", name))
    write = sql.SQL("copy {} ({}) from stdin (format binary)").format(copied, names)
    with source.cursor() as reader, target.cursor() as writer:
        with reader.copy(read) as answer, writer.copy(write) as request:
            for block in answer:
                request.write(block)
        return writer.rowcount


def grant_to_public(target: Connection) -> None:
    """cc_public may read these tables; nobody else may do anything."""
    target.execute("revoke all on schema publik_next from public")
    target.execute("revoke all on all tables in schema publik_next from public")
    target.execute("grant usage on schema publik_next to cc_public")
    target.execute("grant select on all tables in schema publik_next to cc_public")


def swap(target: Connection) -> None:
    """Within the caller's transaction, by savepoints, so that what was copied need not be copied again."""

    def put_in_place() -> None:
        if has_schema(target, "publik"):
            rename_schema(target, "publik", f"publik_lama_{time.time_ns()}")
        rename_schema(target, "publik_next", "publik")

    while_locked(target, ["publik"], put_in_place)
