"""What people read is put in place in one transaction, and what was replaced goes when nobody reads it any more."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Sequence

import psycopg
from psycopg import sql

from command_center.database import Connection
from command_center.errors import TransformError

READ_SCHEMAS = ("mart", "publik")


SWAP_WAIT_S = 60.0


SWAP_LOCK_WAIT = "300ms"  # well below deadlock_timeout (1 s): a deadlock ends with the swap giving way


SWAP_PAUSE_S = 0.2


def has_schema(connection: Connection, name: str) -> bool:
    return connection.execute("select from pg_namespace where nspname = %s", [name]).fetchone() is not None


def prepare_schemas(connection: Connection, *, anew: bool) -> None:
    """A build starts anew with empty schemas, a retry with those of the build that failed."""
    drop_replaced(connection)
    for name in READ_SCHEMAS:
        if anew:
            drop_schema(connection, f"{name}_next")
        connection.execute(sql.SQL("create schema if not exists {}").format(sql.Identifier(f"{name}_next")))


def drop_schema(connection: Connection, name: str) -> None:
    """Drop a schema and its relations, views first, and never what depends on them from outside."""
    rows = connection.execute(
        """
        select relation.relname, relation.relkind
        from pg_class as relation
        where relation.relnamespace = to_regnamespace(%s) and relation.relkind in ('r', 'v', 'm', 'p')
        order by relation.relkind = 'r'
        """,
        [name],
    ).fetchall()
    for relation, kind in rows:
        word = {"v": "view", "m": "materialized view"}.get(_text(kind), "table")
        connection.execute(sql.SQL("drop " + word + " {}").format(sql.Identifier(name, _text(relation))))
    connection.execute(sql.SQL("drop schema if exists {}").format(sql.Identifier(name)))


def _text(value: object) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


def drop_replaced(connection: Connection) -> None:
    """Drop schemas that were swapped out; one that is still being read stays until the next build."""
    rows = connection.execute(r"select nspname from pg_namespace where nspname ~ '^(mart|publik)_lama_'").fetchall()
    for (name,) in rows:
        with contextlib.suppress(psycopg.errors.LockNotAvailable), connection.transaction():
            connection.execute(f"set local lock_timeout = '{SWAP_LOCK_WAIT}'".encode())
            drop_schema(connection, str(name))


def require_policies(connection: Connection) -> None:
    """A relation with kode_kecamatan and without row-level security must never come into sight."""
    rows = connection.execute(
        """
        select relation.relname
        from pg_class as relation
        inner join pg_attribute as kolom on kolom.attrelid = relation.oid and kolom.attname = 'kode_kecamatan'
        where relation.relnamespace = 'mart_next'::regnamespace and relation.relkind in ('r', 'v', 'm', 'p')
            and not (
                relation.relrowsecurity
                and exists (select from pg_policy as aturan where aturan.polrelid = relation.oid)
            )
        order by relation.relname
        """
    ).fetchall()
    if rows:
        names = ", ".join(f"mart.{row[0]}" for row in rows)
        raise TransformError(
            f"{names} would be readable without row-level security; give the model the post-hook beri_akses_mart. "
            "What people see is unchanged."
        )


def swap(connection: Connection, invocation_id: str, record: Callable[[], None]) -> None:
    """Put the tested schemas in the place of those that people read, and `record` it, in one transaction.

    A statement that names two tables looks up one after the other. So that it never finds one in the old schema and one
    in the new, the standing tables are locked first: whoever has begun a statement is waited for, whoever begins one
    waits, and then finds both in the new. The waits are shorter than PostgreSQL's search for deadlocks, so that it is
    always the swap that gives way, and tries again.
    """

    def put_in_place() -> None:
        for name in READ_SCHEMAS:
            if has_schema(connection, name):
                rename_schema(connection, name, f"{name}_lama_{invocation_id[:8]}")
            rename_schema(connection, f"{name}_next", name)
        record()

    while_locked(connection, READ_SCHEMAS, put_in_place)


def while_locked(connection: Connection, schemas: Sequence[str], put_in_place: Callable[[], None]) -> None:
    """Do something while nobody reads the tables of these schemas; try again until it succeeds or SWAP_WAIT_S are over."""
    deadline = time.monotonic() + SWAP_WAIT_S
    while True:
        try:
            with connection.transaction():
                lock_standing_tables(connection, schemas)
                put_in_place()
            return
        except psycopg.errors.LockNotAvailable:
            if time.monotonic() > deadline:
                raise TransformError(
                    f"The tested schemas could not be swapped in within {SWAP_WAIT_S:g} s, for somebody is reading all the "
                    "time; what people see is unchanged. Try again."
                ) from None
            time.sleep(SWAP_PAUSE_S)


def lock_standing_tables(connection: Connection, schemas: Sequence[str]) -> None:
    """Lock every table that people read; views are left out, for a lock on one reaches what lies under it."""
    connection.execute(f"set local lock_timeout = '{SWAP_LOCK_WAIT}'".encode())
    rows = connection.execute(
        """
        select relation.relnamespace::regnamespace::text, relation.relname
        from pg_class as relation
        where relation.relnamespace = any(%s::text[]::regnamespace[]) and relation.relkind in ('r', 'p')
        order by 1, 2
        """,
        [[name for name in schemas if has_schema(connection, name)]],
    ).fetchall()
    if rows:
        names = sql.SQL(", ").join(sql.Identifier(str(schema), str(name)) for schema, name in rows)
        connection.execute(sql.SQL("lock table {} in access exclusive mode").format(names))


def rename_schema(connection: Connection, old: str, new: str) -> None:
    connection.execute(sql.SQL("alter schema {} rename to {}").format(sql.Identifier(old), sql.Identifier(new)))
