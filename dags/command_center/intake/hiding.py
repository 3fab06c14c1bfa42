"""Personal numbers, addresses and names in free text are hidden before anything of a batch is audited or published.

The archive, which is sealed, keeps what the source sent; a row whose key holds such a number is set aside instead.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet

from psycopg import sql

from command_center.database import Connection, all_rows
from command_center.declaration.source import Column
from command_center.intake.stage import Hidden, Stage, set_aside
from command_center.personal import HIDDEN, SIGNS, Sign

LOOKS: dict[Sign, str] = {"nik": "ops.memuat_nik({})", "kontak": "ops.memuat_kontak({})", "nama": "ops.memuat_nama({})"}


def hide(connection: Connection, stage: Stage, may_hold: AbstractSet[Sign] = SIGNS) -> list[Hidden]:
    """Hide what the scanner finds; how many rows of each column it was found in.

    One plain statement looks for rows that may hold something, so that PostgreSQL may spread it over its workers.
    """
    columns = stage.table.free_texts
    looks = [sql.SQL(look) for sign, look in LOOKS.items() if sign in may_hold]
    if not looks or not columns or not _suspects(connection, stage, columns, looks):
        return []
    inner = [column for column in columns if column.name not in stage.table.key]
    for column in columns:
        if column.name in stage.table.key:
            _set_key_aside(connection, stage, column)
    if not inner:
        return []
    found = _found(connection, inner)
    _write(connection, stage, inner)
    return found


def _suspects(connection: Connection, stage: Stage, columns: list[Column], looks: list[sql.SQL]) -> int:
    connection.execute("drop table if exists pribadi")
    may_hold = sql.SQL(" or ").join(look.format(_name(c)) for c in columns for look in looks)
    shown = sql.SQL(", ").join(
        sql.SQL("{0}, case when ops.memuat_pribadi({0}) then {1} else {0} end as {2}").format(
            _name(c), _shown(c), _hidden(c)
        )
        for c in columns
    )
    made = sql.SQL("create temporary table pribadi on commit drop as select _row, {} from {} where {}")
    return connection.execute(made.format(shown, stage.typed, may_hold)).rowcount


def _shown(column: Column) -> sql.Composable:
    """The text without what its column does not keep. Names that it keeps stay where nobody's number or address stood."""
    shown: sql.Composable = sql.SQL("ops.lipat({})").format(_name(column))
    for kind, call in HIDE.items():
        if kind not in column.kept:
            shown = sql.SQL(call).format(shown)
    if "nama" not in column.kept:
        return shown
    private = sql.SQL("(select case when h.t ~ {} then ops.samarkan_nama(h.t) else h.t end from (select {} as t) as h)")
    return private.format(sql.Literal(HIDDEN.pattern), shown)


HIDE = {
    "surel": "ops.samarkan_surel({})",
    "nik": "ops.samarkan_nik({})",
    "telepon": "ops.samarkan_telepon({})",
    "nama": "ops.samarkan_nama({})",
}


def _set_key_aside(connection: Connection, stage: Stage, column: Column) -> None:
    """To hide a part of a key would make two things one."""
    marked = sql.SQL("insert into {} select _row, {} from pribadi where {} <> {}").format(
        stage.bad, sql.Literal(f"{column.name}#pribadi"), _name(column), _hidden(column)
    )
    if connection.execute(marked).rowcount:
        set_aside(connection, stage)


def _found(connection: Connection, columns: list[Column]) -> list[Hidden]:
    each = sql.SQL(" union all ").join(
        sql.SQL(
            'select {} as "column", count(*)::int as rows, min(_row) as first from pribadi where {} <> {} having count(*) > 0'
        ).format(sql.Literal(c.name), _name(c), _hidden(c))
        for c in columns
    )
    return all_rows(connection, Hidden, each)


def _write(connection: Connection, stage: Stage, columns: list[Column]) -> None:
    changes = sql.SQL(", ").join(sql.SQL("{} = p.{}").format(_name(c), _hidden(c)) for c in columns)
    differs = sql.SQL(" or ").join(sql.SQL("p.{} <> p.{}").format(_name(c), _hidden(c)) for c in columns)
    update = sql.SQL("update {} as t set {} from pribadi as p where p._row = t._row and ({})")
    connection.execute(update.format(stage.typed, changes, differs))


def _name(column: Column) -> sql.Identifier:
    return sql.Identifier(column.name)


def _hidden(column: Column) -> sql.Identifier:
    return sql.Identifier(f"{column.name}#")
