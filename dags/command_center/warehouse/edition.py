"""The last edition of a domain that is held: its rows and tables are taken over from what people see, and marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from psycopg import sql

from command_center.database import Connection, all_rows, all_values, has_row
from command_center.warehouse.domains import Node
from command_center.warehouse.swap import READ_SCHEMAS, replaced

# What is told of all domains in one table, a row per indicator.
TOLD_BY_INDICATOR = "indikator_kode"
MARK = "TERBITAN"
APPROVED = {
    "mart": "true",
    "publik": "registrasi.klasifikasi = 'publik' and registrasi.disetujui_publik_tanggal is not null",
}


@dataclass(frozen=True)
class Column:
    """A column that two editions of a table have."""

    name: str


def empty_topics(connection: Connection, topics: Sequence[Node]) -> None:
    """What a domain that is held brought together must not be read; the next build makes it again."""
    for topic in topics:
        connection.execute(sql.SQL("truncate {}").format(sql.Identifier(*topic.schema_table.split("."))))


def take_over_rows(connection: Connection, edition_at: datetime) -> None:
    """Rows of indicators that this build did not compute, in every table that is told by indicator.

    To the public only what the registry still clears for it.
    """
    for schema in READ_SCHEMAS:
        for table in _told_by_indicator(connection, schema):
            _take_over(connection, schema, table, edition_at)


def own_tables(nodes: Sequence[Node]) -> list[tuple[str, str]]:
    """Schema and name of the tables that people read of domains that are held."""
    found = (node.schema_table.split(".") for node in nodes if node.layer in READ_SCHEMAS)
    return [(schema.removesuffix("_next"), name) for schema, name in found]


def put_back(
    connection: Connection, tables: Sequence[tuple[str, str]], invocation_id: str, edition_at: datetime
) -> None:
    """Within the swap: the tables themselves come back from the schemas that were replaced, with their policies and grants."""
    for schema, name in tables:
        old = replaced(schema, invocation_id)
        if not has_row(connection, "select to_regclass(%s) where to_regclass(%s) is not null", [f"{old}.{name}"] * 2):
            continue
        connection.execute(sql.SQL("drop table if exists {}").format(sql.Identifier(schema, name)))
        connection.execute(
            sql.SQL("alter table {} set schema {}").format(sql.Identifier(old, name), sql.Identifier(schema))
        )
        if "label_data" in _columns(connection, schema, name):
            connection.execute(
                sql.SQL("update {} set label_data = {}").format(sql.Identifier(schema, name), _label("", edition_at))
            )


def _take_over(connection: Connection, schema: str, table: str, edition_at: datetime) -> None:
    common = [
        name for name in _columns(connection, f"{schema}_next", table) if name in _columns(connection, schema, table)
    ]
    values = [_label("lama.", edition_at) if name == "label_data" else sql.Identifier("lama", name) for name in common]
    connection.execute(
        sql.SQL(
            """
            insert into {next} ({names})
            select {values} from {old} as lama inner join core.dim_indikator as registrasi on lama.indikator_kode = registrasi.kode
            where {approved} and not exists (select from {next} as baru where baru.indikator_kode = lama.indikator_kode)
            """
        ).format(
            next=sql.Identifier(f"{schema}_next", table),
            old=sql.Identifier(schema, table),
            names=sql.SQL(", ").join(map(sql.Identifier, common)),
            values=sql.SQL(", ").join(values),
            approved=sql.SQL(APPROVED[schema]),
        )
    )


def _label(alias: str, edition_at: datetime) -> sql.Composed:
    """DATA SIMULASI · TERBITAN 26-10-2026; what was marked before is of an older edition still."""
    return sql.SQL(
        "case when {column} like {marked} then {column} else concat_ws(' · ', {column}, {label}) end"
    ).format(
        column=sql.SQL(f"{alias}label_data"),
        marked=sql.Literal(f"%{MARK}%"),
        label=sql.Literal(f"{MARK} {edition_at:%d-%m-%Y}"),
    )


def _told_by_indicator(connection: Connection, schema: str) -> list[str]:
    return all_values(
        connection,
        str,
        """
        select relation.relname::text
        from pg_class as relation
        inner join pg_attribute as kolom on kolom.attrelid = relation.oid and kolom.attname = %s
        where relation.relkind = 'r' and relation.relnamespace = to_regnamespace(%s)
            and exists (
                select from pg_class as lama where lama.relname = relation.relname and lama.relkind = 'r'
                    and lama.relnamespace = to_regnamespace(%s)
            )
        order by 1
        """,
        [TOLD_BY_INDICATOR, f"{schema}_next", schema],
    )


def _columns(connection: Connection, schema: str, table: str) -> list[str]:
    found = all_rows(
        connection,
        Column,
        """
        select kolom.attname::text as name
        from pg_attribute as kolom
        where kolom.attrelid = to_regclass(%s) and kolom.attnum > 0 and not kolom.attisdropped
        order by kolom.attnum
        """,
        [f"{schema}.{table}"],
    )
    return [column.name for column in found]
