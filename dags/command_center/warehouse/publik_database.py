"""Copies what walidata and PPID let the public read into the separate database of the public.

What is not approved is not copied: its table stands there empty. A column whose class is not publik is not there at all. What is carries its rule along: a policy that ends with the
approval, so that an expiry needs nobody to act. Data and rule come into sight in one swap.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import psycopg
from psycopg import sql

from command_center.database import Connection, all_rows, connect
from command_center.errors import TransformError
from command_center.ledger import clearance
from command_center.settings import Settings, with_login
from command_center.warehouse import access
from command_center.warehouse.definitions import definitions
from command_center.warehouse.swap import drop_replaced, drop_schema, has_schema, rename_schema, while_locked

Columns = list[tuple[str, str]]
Permissions = Mapping[str, datetime]
INDICATOR = "indikator_kode"  # the column by which a table tells of which indicator a row is


@dataclass(frozen=True)
class Cleared:
    """A column that the public may read."""

    table: str
    column: str
    type_name: str


def publish_publik(config: Settings) -> dict[str, int]:
    """Copy what is approved of schema publik and swap the copies in, in one transaction; the rows of each table.

    Who publishes is alone from before it asks what is approved, so that none puts back what another one closed.
    """
    warehouse = with_login(config.warehouse_url, "cc_publisher", config.secret("cc_password_publisher"))
    with connect(warehouse) as source, connect(config.dsn("publisher")) as target:
        source.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        source.read_only = True
        drop_replaced(target)
        with target.transaction():
            lock_publication(target)
            allowed = permissions(config)
            tables = cleared_tables(source)
            create_next(target)
            rows = {name: copy_table(source, target, name, columns, allowed) for name, columns in tables.items()}
            grant_to_public(target)
            swap(target)
        drop_replaced(target)
    return rows


def is_built(config: Settings) -> bool:
    """Whether there is anything that could be published."""
    with connect(with_login(config.warehouse_url, "cc_publisher", config.secret("cc_password_publisher"))) as warehouse:
        return has_schema(warehouse, "publik")


def permissions(config: Settings) -> Permissions:
    """What the public may read now, and until when; what is new is laid before walidata and PPID, what lapsed is entered."""
    present = definitions()
    with connect(config.dsn("loader")) as ledger:
        clearance.settle(ledger, present, config.cc_publication_days)
        return clearance.permissions(ledger, present)


def cleared_tables(source: Connection) -> dict[str, Columns]:
    """The tables of schema publik with the columns that are publik, and their types; none of one whose indicators cannot be told."""
    known = access.readables()
    cleared = all_rows(
        source,
        Cleared,
        """
        select relation.relname as table, kolom.attname as column, format_type(kolom.atttypid, kolom.atttypmod) as type_name
        from pg_class as relation
        inner join pg_attribute as kolom on kolom.attrelid = relation.oid
        where relation.relnamespace = to_regnamespace('publik') and relation.relkind in ('r', 'v', 'p')
            and kolom.attnum > 0 and not kolom.attisdropped
        order by relation.relname, kolom.attnum
        """,
    )
    if not cleared:
        raise TransformError(
            "The warehouse has no schema publik yet, so nothing can be published; build it first (transform)."
        )
    tables: dict[str, Columns] = {one.table: [] for one in cleared}
    closed: set[str] = set()
    for one in cleared:
        if one.column in known.get(f"publik.{one.table}", access.NOT_KNOWN).columns_up_to(access.PUBLIC):
            tables[one.table].append((one.column, one.type_name))
        elif one.column == INDICATOR:
            closed.add(one.table)
    return {name: [] if name in closed else columns for name, columns in tables.items()}


def lock_publication(target: Connection) -> None:
    target.execute("set local lock_timeout = '5min'")
    target.execute("select pg_advisory_xact_lock(hashtextextended('publish', 0))")


def create_next(target: Connection) -> None:
    drop_schema(target, "publik_next")
    target.execute("create schema publik_next")


def copy_table(source: Connection, target: Connection, name: str, columns: Columns, allowed: Permissions) -> int:
    """Copy of one table what the public may read, streaming, with the rule by which it may; the number of rows."""
    rule = readable(name, columns, allowed)
    names = sql.SQL(", ").join(sql.Identifier(column) for column, _ in columns)
    types = sql.SQL(", ").join(
        sql.Identifier(column) + sql.SQL(" ") + sql.SQL(type_name) for column, type_name in columns
    )
    copied = sql.Identifier("publik_next", name)
    target.execute(sql.SQL("create table {} ({})").format(copied, types))
    target.execute(sql.SQL("alter table {} enable row level security").format(copied))
    target.execute(sql.SQL("create policy disetujui on {} for select to cc_public using ({})").format(copied, rule))
    if not columns:
        return 0
    read = sql.SQL("copy (select {} from {} where {}) to stdout (format binary)").format(
        names, sql.Identifier("publik", name), rule
    )
    write = sql.SQL("copy {} ({}) from stdin (format binary)").format(copied, names)
    with source.cursor() as reader, target.cursor() as writer:
        with reader.copy(read) as answer, writer.copy(write) as request:
            for block in answer:
                request.write(block)
        return writer.rowcount


def readable(name: str, columns: Columns, allowed: Permissions) -> sql.Composable:
    """Which rows of a table the public may read: of an approved relation those of approved indicators, while both last."""
    if (until := allowed.get(f"publik.{name}")) is None:
        return sql.SQL("false")
    lasts = sql.SQL("now() < {}").format(sql.Literal(until))
    if INDICATOR not in dict(columns):
        return lasts
    kode = sql.Identifier(INDICATOR)
    rows = [sql.SQL("{} is null").format(kode)]
    for end, codes in indicators_by_end(allowed).items():
        among = sql.SQL(", ").join(map(sql.Literal, codes))
        rows.append(sql.SQL("(now() < {} and {} in ({}))").format(sql.Literal(end), kode, among))
    return sql.SQL("{} and ({})").format(lasts, sql.SQL(" or ").join(rows))


def indicators_by_end(allowed: Permissions) -> dict[datetime, list[str]]:
    codes: defaultdict[datetime, list[str]] = defaultdict(list)
    for objek, until in allowed.items():
        if objek.startswith("indikator."):
            codes[until].append(objek.removeprefix("indikator."))
    return codes


def grant_to_public(target: Connection) -> None:
    """cc_public may read these tables, by the policy of each; nobody else may do anything."""
    target.execute("revoke all on schema publik_next from public")
    target.execute("revoke all on all tables in schema publik_next from public")
    target.execute("grant usage on schema publik_next to cc_public")
    target.execute("grant select on all tables in schema publik_next to cc_public")


def swap(target: Connection) -> None:
    """Within the caller's transaction, by savepoints, so that what was copied need not be copied again."""

    def put_in_place() -> None:
        if has_schema(target, "publik"):
            replaced = f"publik_lama_{time.time_ns()}"
            rename_schema(target, "publik", replaced)
            # Should it be left over, for it still had what is refused by now.
            target.execute(sql.SQL("revoke all on schema {} from cc_public").format(sql.Identifier(replaced)))
        rename_schema(target, "publik_next", "publik")

    while_locked(target, ["publik"], put_in_place)
