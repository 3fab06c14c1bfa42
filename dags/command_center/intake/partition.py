"""Raw tables whose parts are tables of their own: the typed table of a new part becomes the partition, so that its rows are
written once. There is no default partition, for to attach beside one waits for whoever reads it; without one nobody waits."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from psycopg import sql

from command_center.database import Connection, all_rows, all_values, has_row

SCHEMA = "raw_parts"


@dataclass(frozen=True)
class Missing:
    """A column that a raw table has and its new part has not: one that is no longer declared."""

    name: str
    type_name: str


@dataclass(frozen=True)
class Partition:
    """One part of a raw table, as a table of its own."""

    raw: str
    part: str

    @property
    def name(self) -> str:
        """Found again by table and part; 63 letters are all that PostgreSQL keeps, and an index has some more."""
        digest = hashlib.sha256(f"{self.raw}/{self.part}".encode()).hexdigest()
        return f"{self.raw[:40]}__{digest[:12]}"

    @property
    def table(self) -> sql.Identifier:
        return sql.Identifier(SCHEMA, self.name)

    @property
    def parent(self) -> sql.Identifier:
        return sql.Identifier("raw", self.raw)

    def is_there(self, connection: Connection) -> bool:
        return has_row(
            connection, "select from pg_tables where schemaname = %s and tablename = %s", [SCHEMA, self.name]
        )


def is_partitioned(connection: Connection, raw: str) -> bool:
    query = "select from pg_class where oid = to_regclass(%s) and relkind = 'p'"
    return has_row(connection, query, [f'raw."{raw}"'])


def names(connection: Connection, raw: str) -> list[str]:
    """The parts of a raw table as they are called in their schema."""
    query = "select relname::text from pg_inherits join pg_class as c on c.oid = inhrelid where inhparent = to_regclass(%s) order by 1"
    return all_values(connection, str, query, [f'raw."{raw}"'])


def new_partition(connection: Connection, raw: str, part: str) -> Partition | None:
    """What becomes of the typed table of this part, None where the raw table has the part, or is one table."""
    partition = Partition(raw, part)
    return partition if is_partitioned(connection, raw) and not partition.is_there(connection) else None


def complete(connection: Connection, partition: Partition, typed: sql.Identifier, batch_id: int, at: datetime) -> None:
    """Give a typed table the columns that a raw table has beside. They are alike in every row, and written in none."""
    connection.execute(
        sql.SQL(
            "alter table {} add column _batch_id bigint default {}, add column _part text default {}, "
            "add column _observed_at timestamptz default {}"
        ).format(typed, sql.Literal(batch_id), sql.Literal(partition.part), sql.Literal(at.isoformat()))
    )


def attach(connection: Connection, partition: Partition, schema: str, name: str) -> None:
    """Make a typed table that is complete the part of its raw table; its index, if it has one, becomes part of the whole's."""
    typed, key_index = sql.Identifier(schema, name), sql.Identifier(schema, f"{name}__key")
    for column in _missing(connection, partition, f'{schema}."{name}"'):
        added = sql.SQL("add column {} {}").format(sql.Identifier(column.name), sql.SQL(column.type_name))
        connection.execute(sql.SQL("alter table {} {}").format(typed, added))
    dropped = [sql.SQL("alter {} drop default").format(sql.Identifier(one)) for one in DEFAULTS]
    own = sql.SQL(", ").join([sql.SQL("alter _row drop identity if exists"), *dropped])
    connection.execute(sql.SQL("alter table {} {}").format(typed, own))
    own_name = sql.Identifier(f"{partition.name}__key")
    connection.execute(sql.SQL("alter index if exists {} rename to {}").format(key_index, own_name))
    connection.execute(sql.SQL("alter table {} rename to {}").format(typed, sql.Identifier(partition.name)))
    renamed = sql.Identifier(schema, partition.name)
    connection.execute(sql.SQL("alter table {} set schema {}").format(renamed, sql.Identifier(SCHEMA)))
    _enter(connection, partition)


DEFAULTS = ("_is_simulasi", "_batch_id", "_part", "_observed_at")


def _missing(connection: Connection, partition: Partition, typed: str) -> list[Missing]:
    query = """
        select attname as name, format_type(atttypid, atttypmod) as type_name from pg_attribute as a
        where attrelid = to_regclass(%s) and attnum > 0 and not attisdropped and not exists (
            select from pg_attribute as b where b.attrelid = to_regclass(%s) and b.attname = a.attname and not b.attisdropped
        ) order by attnum
    """
    return all_rows(connection, Missing, query, [f'raw."{partition.raw}"', typed])


def create(connection: Connection, partition: Partition) -> None:
    """An empty part, for rows that come in by statements; where there is none yet."""
    if not partition.is_there(connection):
        connection.execute(sql.SQL("create table {} (like {})").format(partition.table, partition.parent))
        _enter(connection, partition)


GROWN = """
    select from pg_class as whole where oid = to_regclass(%s) and (
        select sum(greatest(part.reltuples, 0)) from pg_inherits join pg_class as part on part.oid = inhrelid
        where inhparent = whole.oid
    ) > 1.5 * greatest(whole.reltuples, 0)
"""


def analyze_grown(connection: Connection, raw: str) -> None:
    """What the planner knows of the whole, which the server by itself learns of the parts only. A sample of nine thousand rows,
    whenever there are half more than at the last one."""
    if has_row(connection, GROWN, [f'raw."{raw}"']):
        connection.execute("set local default_statistics_target = 30")
        connection.execute(sql.SQL("analyze only {}").format(sql.Identifier("raw", raw)))
        connection.execute("set local default_statistics_target to default")


def _enter(connection: Connection, partition: Partition) -> None:
    attached = sql.SQL("alter table {} attach partition {} for values in ({})")
    connection.execute(attached.format(partition.parent, partition.table, sql.Literal(partition.part)))
    told = sql.SQL("comment on table {} is {}").format(
        partition.table, sql.Literal(f"raw.{partition.raw}, part {partition.part!r}")
    )
    connection.execute(told)
