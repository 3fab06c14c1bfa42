"""A person in the tables of every schema: where the keys stand, and how they are taken out. Each login cares for what it owns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from psycopg import sql

from command_center.database import Connection, all_rows, all_values, connect, one_row, one_value
from command_center.ledger import raw_state
from command_center.personal_key import Trace
from command_center.settings import Purpose, settings

OWNERS: tuple[Purpose, ...] = ("loader", "transformer", "publisher")
FIXED = {
    "jejak_audit",
    "jejak_kepala",
    "edition",
    "edition_figure",
    "batu_nisan",
}  # never changed, by triggers or by design


@dataclass(frozen=True)
class Place:
    """A table that somebody owns."""

    schema: str
    table: str

    @property
    def name(self) -> str:
        return f"{self.schema}.{self.table}"

    @property
    def sql(self) -> sql.Identifier:
        return sql.Identifier(self.schema, self.table)


@dataclass(frozen=True)
class _Column:
    name: str
    kind: str


@dataclass(frozen=True)
class _Changed:
    rows: int
    checksum: int


@contextmanager
def each_owner() -> Iterator[Iterator[Connection]]:
    """A connection of each login that owns tables, one after the other."""

    def connections() -> Iterator[Connection]:
        for purpose in OWNERS:
            with connect(settings().dsn(purpose)) as connection:
                yield connection

    yield connections()


def places(connection: Connection) -> list[Place]:
    """Tables of this login; those of schema stage are of batches under way, those of raw_parts are reached through raw."""
    return all_rows(
        connection,
        Place,
        """
        select n.nspname::text as schema, c.relname::text as table
        from pg_class as c join pg_namespace as n on n.oid = c.relnamespace
        where (c.relkind in ('r', 'm') or (c.relkind = 'p' and n.nspname = 'raw'))
          and c.relpersistence <> 't' and n.nspname not in ('stage', 'raw_parts')
          and c.relowner = current_user::regrole order by 1, 2
        """,
    )


def count(connection: Connection, place: Place, traces: Sequence[Trace]) -> int:
    """Rows in which one of the traces is, in whatever column."""
    query = sql.SQL("select count(*)::int from {} as t where t::text ~* {}").format(place.sql, _any(traces))
    return one_value(connection, int, query)


def rows(connection: Connection, place: Place, traces: Sequence[Trace]) -> list[str]:
    """The same rows whole, as JSON."""
    query = sql.SQL("select to_jsonb(t)::text from {} as t where t::text ~* {}").format(place.sql, _any(traces))
    return all_values(connection, str, query)


def erase(connection: Connection, place: Place, traces: Sequence[Trace]) -> int:
    """Put a mark in the place of each trace; rows that were changed. What raw must hold is told to the ledger."""
    columns = [one for one in _columns(connection, place) if one.kind in TEXTS]
    if not columns:
        return 0
    query = sql.SQL(
        "with done as (update {} as t set {} where t::text ~* {} returning old as o, new as n) "
        "select count(*)::int as rows, coalesce(bit_xor(hash_record_extended(o, 0)) # bit_xor(hash_record_extended(n, 0)), 0) "
        "as checksum from done"
    ).format(place.sql, sql.SQL(", ").join(_assignment(one, traces) for one in columns), _any(traces))
    changed = one_row(connection, _Changed, query)
    if place.schema == "raw" and changed.rows:
        raw_state.note_erasure(connection, place.table, changed.checksum)
    return changed.rows


TEXTS = ("text", "character varying", "jsonb")


def _columns(connection: Connection, place: Place) -> list[_Column]:
    return all_rows(
        connection,
        _Column,
        """
        select attname::text as name, format_type(atttypid, null) as kind from pg_attribute
        where attrelid = %s::regclass and attnum > 0 and not attisdropped and attgenerated = '' order by attnum
        """,
        [f'"{place.schema}"."{place.table}"'],
    )


def _assignment(column: _Column, traces: Sequence[Trace]) -> sql.Composed:
    name = sql.Identifier(column.name)
    value: sql.Composable = sql.SQL("t.{}::text").format(name)
    for trace in traces:
        mark = sql.Literal(trace.json_mark if column.kind == "jsonb" else trace.mark)
        value = sql.SQL("regexp_replace({}, {}, {}, 'gi')").format(value, sql.Literal(trace.pattern), mark)
    return sql.SQL("{} = ({})::{}").format(name, value, sql.SQL(column.kind))


def _any(traces: Sequence[Trace]) -> sql.Literal:
    return sql.Literal("|".join(f"(?:{trace.pattern})" for trace in traces))
