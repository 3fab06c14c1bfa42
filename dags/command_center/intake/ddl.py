"""Raw tables, made from the declarations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from psycopg import sql

from command_center.database import Connection, all_rows, all_values
from command_center.declaration.formats import sql_type
from command_center.declaration.source import Source, Table, raw_table
from command_center.errors import DeclarationError
from command_center.intake.partition import is_partitioned


@dataclass(frozen=True)
class Present:
    """A column that a raw table has, and its type as PostgreSQL names it."""

    name: str
    type_name: str


TECHNICAL = {  # in the order in which a typed table gets them that becomes a part of its raw table
    "_row": "bigint",
    "_is_simulasi": "boolean",
    "_batch_id": "bigint",
    "_part": "text",
    "_observed_at": "timestamptz",
}


def create_raw_tables(connection: Connection, source: Source) -> None:
    """Create each raw table, or add the columns that were declared since. Raises DeclarationError on a changed type."""
    for name, table in source.tables.items():
        raw = raw_table(source.source, name)
        target = sql.Identifier("raw", raw)
        columns = sql.SQL(", ").join(_column_ddl(column, sql_type_) for column, sql_type_ in _columns(table))
        divided = sql.SQL(" partition by list (_part)" if table.partitioned else "")
        connection.execute(sql.SQL("create table if not exists {} ({}){}").format(target, columns, divided))
        is_divided = is_partitioned(connection, raw)  # one that was there before stays as it is
        _add_new_columns(connection, source, name, table)
        connection.execute(sql.SQL("comment on table {} is {}").format(target, sql.Literal(table.description)))
        connection.execute(_batch_index(source, name))
        if table.key:
            _require_key(connection, source, name, table)
            connection.execute(create_key_index(source, name, table, is_divided=is_divided))
        for event in ("update", "delete"):
            connection.execute(_change_trigger(source, name, table, event))


def _columns(table: Table) -> list[tuple[str, str]]:
    return [(column.name, sql_type(column)) for column in table.stored] + list(TECHNICAL.items())


def _column_ddl(name: str, type_name: str) -> sql.Composed:
    return sql.SQL("{} {}").format(sql.Identifier(name), sql.SQL(type_name))


def _batch_index(source: Source, name: str) -> sql.Composed:
    """Incremental models ask for the newest batches; rows of a batch lie together, so a block-range index is enough."""
    raw = raw_table(source.source, name)
    return sql.SQL("create index if not exists {} on {} using brin (_batch_id) with (autosummarize = on)").format(
        sql.Identifier(f"{raw}__batch"), sql.Identifier("raw", raw)
    )


def _change_trigger(source: Source, name: str, table: Table, event: str) -> sql.Composed:
    """Keeps the keys of changed and deleted rows for the incremental models; inserted rows are found by their batch."""
    raw = raw_table(source.source, name)
    is_counted = table.mode == "observation" or not table.key
    keys = ["_batch_id", "_row"] if is_counted else [*table.key, "_part"]  # a key of a snapshot is one of its part
    return sql.SQL(
        "create or replace trigger {} after {} on {} referencing old table as lama "
        "for each statement execute function ops.note_change({})"
    ).format(
        sql.Identifier(f"note_{event}"),
        sql.SQL(event),
        sql.Identifier("raw", raw),
        sql.SQL(", ").join(map(sql.Literal, keys)),
    )


def drop_key_index(source: Source, name: str) -> sql.Composed:
    return sql.SQL("drop index if exists {}").format(sql.Identifier("raw", f"{raw_table(source.source, name)}__key"))


def create_key_index(source: Source, name: str, table: Table, *, is_divided: bool = False) -> sql.Composed:
    raw = raw_table(source.source, name)
    unique = "" if table.mode == "observation" else "unique "
    columns = sql.SQL(", ").join(map(sql.Identifier, _key_columns(table, is_divided=is_divided)))
    return sql.SQL("create {}index if not exists {} on {} ({})").format(
        sql.SQL(unique), sql.Identifier(f"{raw}__key"), sql.Identifier("raw", raw), columns
    )


def _key_columns(table: Table, *, is_divided: bool = False) -> list[str]:
    names = [*table.key, "_part", "_batch_id"] if table.mode == "observation" else table.key
    if is_divided:
        names = [*table.key, "_part"]  # which is the same in all of a partition, and is not to be compared first
    elif table.mode == "snapshot":
        names = ["_part", *table.key]  # a batch speaks about its own part, however many others there are
    return list(dict.fromkeys(names))


def _require_key(connection: Connection, source: Source, name: str, table: Table) -> None:
    """Rows that another key told apart cannot be told apart by this one. Raises DeclarationError on a changed key."""
    raw = raw_table(source.source, name)
    query = "select attname from pg_attribute where attrelid = to_regclass(%s)"
    present = set(all_values(connection, str, query, [f'raw."{raw}__key"']))
    if present and present != set(_key_columns(table)):
        raise DeclarationError(
            f"{source.source}.yml: tables.{name}.key: declared is {', '.join(table.key)}, but raw.{raw} is keyed on "
            f"{', '.join(sorted(present - {*TECHNICAL}))}; rebuild the table from the archive."
        )


def require_raw_tables(connection: Connection, source: Source) -> None:
    """Raises DeclarationError unless the raw tables are as the declaration has them: `bootstrap` makes them, or says why it cannot."""
    for name, table in source.tables.items():
        raw = raw_table(source.source, name)
        present = _present(connection, raw)
        _require_types(source, name, table, present)
        if missing := [column for column, _ in _columns(table) if column not in present]:
            lacks = f"raw.{raw} lacks {', '.join(missing)}" if present else f"raw.{raw} is not there"
            raise DeclarationError(f"{source.source}: {lacks}; run `python -m command_center bootstrap`.")


def _add_new_columns(connection: Connection, source: Source, name: str, table: Table) -> None:
    raw = raw_table(source.source, name)
    present = _present(connection, raw)
    _require_types(source, name, table, present)
    for column, type_name in _columns(table):
        if column not in present:
            connection.execute(
                sql.SQL("alter table {} add column {} {}").format(
                    sql.Identifier("raw", raw), sql.Identifier(column), sql.SQL(type_name)
                )
            )


def column_names(connection: Connection, raw: str) -> list[str]:
    """The columns of a raw table as they stand in it."""
    return list(_present(connection, raw))


def _present(connection: Connection, raw: str) -> dict[str, str]:
    """The columns of a raw table and their types; none where it is not there."""
    rows = all_rows(
        connection,
        Present,
        "select attname as name, format_type(atttypid, null) as type_name from pg_attribute "
        "where attrelid = to_regclass(%s) and attnum > 0 and not attisdropped order by attnum",
        [f'raw."{raw}"'],
    )
    return {column.name: _short(column.type_name) for column in rows}


def _require_types(source: Source, name: str, table: Table, present: Mapping[str, str]) -> None:
    for column, type_name in _columns(table):
        if present.get(column, type_name) != type_name:
            raise DeclarationError(
                f"{source.source}.yml: tables.{name}.{column}: the declared type is {type_name}, but "
                f"raw.{raw_table(source.source, name)} holds {present[column]}; give the column a new name, or rebuild the table "
                "from the archive."
            )


def _short(type_name: str) -> str:
    return {"timestamp with time zone": "timestamptz", "time without time zone": "time"}.get(type_name, type_name)
