"""What people read is put in place in one transaction, and what was replaced goes when nobody reads it any more."""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import psycopg
from psycopg import sql

from command_center.database import Connection, all_rows, all_values, has_row
from command_center.errors import TransformError

log = logging.getLogger(__name__)


READ_SCHEMAS = ("mart", "publik")


SWAP_WAIT_S = 60.0


# Then readers are ended whose transaction lasts longer than they are given, longer than a statement of theirs, and all.
ENDED_AFTER_S = (120.0, 30.0, 0.0)


SWAP_LAST_S = 3.0


SWAP_LOCK_WAIT = "300ms"  # well below deadlock_timeout (1 s): a deadlock ends with the swap giving way


SWAP_PAUSE_S = 0.2


@dataclass(frozen=True)
class Relation:
    """A table or view; `kind` is PostgreSQL's letter."""

    name: str
    kind: str


@dataclass(frozen=True)
class Ended:
    """A session of a reader that was ended."""

    role: str
    pid: int
    since: datetime | None


@dataclass(frozen=True)
class Standing:
    """A table that people read."""

    schema: str
    name: str


def has_schema(connection: Connection, name: str) -> bool:
    return has_row(connection, "select from pg_namespace where nspname = %s", [name])


def prepare_schemas(connection: Connection, *, anew: bool) -> None:
    """A build starts anew with empty schemas, a retry with those of the build that failed."""
    drop_replaced(connection)
    for name in reversed(READ_SCHEMAS) if anew else ():  # views of publik may read mart
        drop_schema(connection, f"{name}_next")
    for name in READ_SCHEMAS:
        connection.execute(sql.SQL("create schema if not exists {}").format(sql.Identifier(f"{name}_next")))


def drop_schema(connection: Connection, name: str) -> None:
    """Drop a schema and its relations, views first, and never what depends on them from outside.

    Those of a kind go in one statement: a view may read another one.
    """
    relations = all_rows(
        connection,
        Relation,
        """
        select relation.relname as name, relation.relkind::text as kind
        from pg_class as relation
        where relation.relnamespace = to_regnamespace(%s) and relation.relkind in ('r', 'v', 'm', 'p')
        """,
        [name],
    )
    for word, kinds in (("view", "v"), ("materialized view", "m"), ("table", "rp")):
        if found := [sql.Identifier(name, relation.name) for relation in relations if relation.kind in kinds]:
            connection.execute(sql.SQL("drop " + word + " {}").format(sql.SQL(", ").join(found)))
    connection.execute(sql.SQL("drop schema if exists {}").format(sql.Identifier(name)))


def drop_replaced(connection: Connection) -> None:
    """Drop schemas that were swapped out; an edition that is still being read stays until the next build."""
    replaced = r"select distinct substring(nspname from '^(?:mart|publik)(_lama_.*)') from pg_namespace where nspname ~ '^(mart|publik)_lama_'"
    for edition in all_values(connection, str, replaced):
        with contextlib.suppress(psycopg.errors.LockNotAvailable), connection.transaction():
            connection.execute(f"set local lock_timeout = '{SWAP_LOCK_WAIT}'".encode())
            for schema in reversed(READ_SCHEMAS):  # views of publik may read mart
                drop_schema(connection, f"{schema}{edition}")


def require_policies(connection: Connection) -> None:
    """A relation with kode_kecamatan and without row-level security must never come into sight."""
    open_to_all = all_values(
        connection,
        str,
        """
        select relation.relname::text
        from pg_class as relation
        inner join pg_attribute as kolom on kolom.attrelid = relation.oid and kolom.attname = 'kode_kecamatan'
        where relation.relnamespace = 'mart_next'::regnamespace and relation.relkind in ('r', 'v', 'm', 'p')
            and not (
                relation.relrowsecurity
                and exists (select from pg_policy as aturan where aturan.polrelid = relation.oid)
            )
        order by relation.relname
        """,
    )
    if open_to_all:
        names = ", ".join(f"mart.{name}" for name in open_to_all)
        raise TransformError(
            f"{names} would be readable without row-level security; give the model the post-hook row_policies. "
            "What people see is unchanged."
        )


def replaced(schema: str, invocation_id: str) -> str:
    """The name of a schema from when this build takes its place until nobody reads it any more."""
    return f"{schema}_lama_{invocation_id[:8]}"


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
                rename_schema(connection, name, replaced(name, invocation_id))
            rename_schema(connection, f"{name}_next", name)
        record()

    while_locked(connection, READ_SCHEMAS, put_in_place)


def while_locked(connection: Connection, schemas: Sequence[str], put_in_place: Callable[[], None]) -> None:
    """Do something while nobody reads the tables of these schemas; try again until it succeeds.

    When SWAP_WAIT_S are over, readers that hold these tables are ended before each of the last tries, those first that do so
    for longest: none may hold up what everybody is to see. Raises TransformError when somebody else holds them.
    """
    if _is_done(connection, schemas, put_in_place, SWAP_WAIT_S):
        return
    for age in ENDED_AFTER_S:
        if _is_done(connection, schemas, put_in_place, SWAP_LAST_S, partial(end_readers, connection, age)):
            return
    raise TransformError(
        f"The tested schemas could not be swapped in within {SWAP_WAIT_S:g} s, for somebody who is no reader holds the tables "
        "all the time; what people see is unchanged. Try again."
    )


def _is_done(
    connection: Connection,
    schemas: Sequence[str],
    put_in_place: Callable[[], None],
    seconds: float,
    before: Callable[[], None] = lambda: None,
) -> bool:
    deadline = time.monotonic() + seconds
    while True:
        before()
        try:
            with connection.transaction():
                lock_standing_tables(connection, schemas)
                put_in_place()
            return True
        except psycopg.errors.LockNotAvailable:
            if time.monotonic() > deadline:
                return False
            time.sleep(SWAP_PAUSE_S)


def end_readers(connection: Connection, age: float) -> None:
    """End the sessions of readers whose transaction holds a table that people read for longer than so many seconds."""
    query = "select peran as role, pid, sejak as since from jaga.akhiri_pembaca(make_interval(secs => %s))"
    for one in all_rows(connection, Ended, query, [age]):
        log.warning("Ended process %s of %s, which held tables since %s", one.pid, one.role, one.since)


def lock_standing_tables(connection: Connection, schemas: Sequence[str]) -> None:
    """Lock every table that people read; views are left out, for a lock on one reaches what lies under it."""
    connection.execute(f"set local lock_timeout = '{SWAP_LOCK_WAIT}'".encode())
    tables = all_rows(
        connection,
        Standing,
        """
        select relation.relnamespace::regnamespace::text as schema, relation.relname as name
        from pg_class as relation
        where relation.relnamespace = any(%s::text[]::regnamespace[]) and relation.relkind in ('r', 'p')
        order by 1, 2
        """,
        [[name for name in schemas if has_schema(connection, name)]],
    )
    if tables:
        names = sql.SQL(", ").join(sql.Identifier(table.schema, table.name) for table in tables)
        connection.execute(sql.SQL("lock table {} in access exclusive mode").format(names))


def rename_schema(connection: Connection, old: str, new: str) -> None:
    connection.execute(sql.SQL("alter schema {} rename to {}").format(sql.Identifier(old), sql.Identifier(new)))
