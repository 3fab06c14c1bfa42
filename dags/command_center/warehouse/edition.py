"""The last edition of a domain that is held: its rows and tables are taken over from what people see, and marked."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from psycopg import sql

from command_center.database import Connection, all_rows, all_values, first_value
from command_center.errors import TransformError
from command_center.warehouse.domains import Graph, Node
from command_center.warehouse.swap import READ_SCHEMAS, replaced

# What is told of all domains in one table: a row per indicator, rows that come and go with what a domain has to say, or a column.
TOLD_BY_INDICATOR = "indikator_kode"
TOLD_BY_DOMAIN = ("bidang", "perhatian", "perhatian_wilayah")
COLUMN_PER_DOMAIN = ("mart", "kecamatan_bidang")
BADGES = ("label_data", "lencana", "keterangan")  # where people read of which edition a row is
MARK = "TERBITAN"
APPROVED = {
    "mart": "true",
    "publik": "registrasi.klasifikasi = 'publik' and registrasi.disetujui_publik_tanggal is not null",
}


@dataclass(frozen=True)
class Column:
    """A column that two editions of a table have."""

    name: str


def empty_topics(connection: Connection, graph: Graph, domains: Container[str | None]) -> None:
    """What a domain that is held brought together must not be read; the next build makes it again.

    One that was never made gets the columns of its siblings. Raises TransformError where none of these was made either.
    """
    for topic in graph.topics():
        if topic.domain in domains:
            _require_table(connection, topic, graph.siblings(topic))
            connection.execute(sql.SQL("truncate {}").format(sql.Identifier(*_names(topic))))


def _require_table(connection: Connection, topic: Node, siblings: Sequence[Node]) -> None:
    if _kind(connection, *_names(topic)) is not None:
        return
    like = next((one for one in siblings if _kind(connection, *_names(one))), None)
    if like is None:
        raise TransformError(
            f"{topic.schema_table} was never made, nor any table like it; what people see is unchanged."
        )
    made = sql.SQL("create table {} (like {})")
    connection.execute(made.format(sql.Identifier(*_names(topic)), sql.Identifier(*_names(like))))


def _names(node: Node) -> tuple[str, str]:
    schema, name = node.schema_table.split(".")
    return schema, name


def take_over_rows(connection: Connection, domains: Sequence[str], edition_at: datetime) -> None:
    """What this build did not compute of the domains that are held, in every table that tells all domains.

    To the public only what the registry still clears for it.
    """
    for schema in READ_SCHEMAS:
        for table in _tables_with(connection, schema, "domain"):
            if table in TOLD_BY_DOMAIN:
                _take_over_domains(connection, schema, table, domains, edition_at)
        for table in _tables_with(connection, schema, TOLD_BY_INDICATOR):
            if table not in TOLD_BY_DOMAIN:
                _take_over(connection, schema, table, edition_at)
    for domain in domains:
        _take_over_column(connection, *COLUMN_PER_DOMAIN, domain)


def never_seen(connection: Connection, nodes: Sequence[Node]) -> list[Node]:
    """Those that people read and of which no edition stands."""
    return [node for node in nodes for table in own_tables([node]) if _kind(connection, *table) is None]


def remove_built(connection: Connection, nodes: Sequence[Node]) -> None:
    """What this build made of them goes, views before what they stand on."""
    for word in ("view", "table"):
        for node in nodes:
            if _kind(connection, *_names(node)) == word:
                connection.execute(sql.SQL("drop " + word + " {}").format(sql.Identifier(*_names(node))))


def own_tables(nodes: Sequence[Node]) -> list[tuple[str, str]]:
    """Schema and name of the tables that people read of domains that are held."""
    found = (node.schema_table.split(".") for node in nodes if node.layer in READ_SCHEMAS)
    return [(schema.removesuffix("_next"), name) for schema, name in found]


def put_back(
    connection: Connection, tables: Sequence[tuple[str, str]], invocation_id: str, edition_at: datetime
) -> None:
    """Within the swap: the tables themselves come back from the schemas that were replaced, with their policies and grants.

    A view comes back with the tables that it shows; one that was made anew goes before what it stands on.
    """
    kept = [
        (schema, name, kind)
        for schema, name in tables
        if (kind := _kind(connection, replaced(schema, invocation_id), name)) is not None
    ]
    for word in ("view", "table"):
        for schema, name, _ in kept:
            if _kind(connection, schema, name) == word:
                connection.execute(sql.SQL("drop " + word + " {}").format(sql.Identifier(schema, name)))
    for schema, name, kind in kept:
        connection.execute(
            sql.SQL("alter " + kind + " {} set schema {}").format(
                sql.Identifier(replaced(schema, invocation_id), name), sql.Identifier(schema)
            )
        )
        badges = set(BADGES) & set(_columns(connection, schema, name)) if kind == "table" else ()
        for badge in sorted(badges):
            connection.execute(
                sql.SQL("update {} set {} = {}").format(
                    sql.Identifier(schema, name), sql.Identifier(badge), _label(badge, "", edition_at)
                )
            )


def _kind(connection: Connection, schema: str, name: str) -> Literal["view", "table"] | None:
    """What stands under a name; None where nothing does."""
    kind = first_value(
        connection, str, "select relkind::text from pg_class where oid = to_regclass(%s)", [f"{schema}.{name}"]
    )
    return None if kind is None else "view" if kind == "v" else "table"


def _take_over(connection: Connection, schema: str, table: str, edition_at: datetime) -> None:
    names, values = _in_both(connection, schema, table, edition_at)
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
            names=names,
            values=values,
            approved=sql.SQL(APPROVED[schema]),
        )
    )


def _take_over_domains(
    connection: Connection, schema: str, table: str, domains: Sequence[str], edition_at: datetime
) -> None:
    """All rows of a domain that is held are those of its edition: one that is gone since has not been looked at again."""
    names, values = _in_both(connection, schema, table, edition_at)
    new, old = sql.Identifier(f"{schema}_next", table), sql.Identifier(schema, table)
    connection.execute(sql.SQL("delete from {} where domain = any(%s)").format(new), [list(domains)])
    connection.execute(
        sql.SQL("insert into {} ({}) select {} from {} as lama where domain = any(%s)").format(new, names, values, old),
        [list(domains)],
    )


def _take_over_column(connection: Connection, schema: str, table: str, domain: str) -> None:
    """A table with a column for each domain has a row per area and month."""
    if not all(domain in _columns(connection, name, table) for name in (schema, f"{schema}_next")):
        return
    connection.execute(
        sql.SQL(
            "update {} as baru set {column} = lama.{column} from {} as lama "
            "where (baru.wilayah_kode, baru.bulan) = (lama.wilayah_kode, lama.bulan)"
        ).format(sql.Identifier(f"{schema}_next", table), sql.Identifier(schema, table), column=sql.Identifier(domain))
    )


def _in_both(
    connection: Connection, schema: str, table: str, edition_at: datetime
) -> tuple[sql.Composed, sql.Composed]:
    """The columns that both editions of a table have, and what the old one says in them."""
    old = _columns(connection, schema, table)
    common = [name for name in _columns(connection, f"{schema}_next", table) if name in old]
    values = [_label(name, "lama.", edition_at) if name in BADGES else sql.Identifier("lama", name) for name in common]
    return sql.SQL(", ").join(map(sql.Identifier, common)), sql.SQL(", ").join(values)


def _label(badge: str, alias: str, edition_at: datetime) -> sql.Composed:
    """DATA SIMULASI · TERBITAN 26-10-2026; what was marked before is of an older edition still."""
    return sql.SQL(
        "case when strpos({column}, {marked}) > 0 then {column} else concat_ws(' · ', {column}, {label}) end"
    ).format(
        column=sql.SQL(f"{alias}{badge}"),
        marked=sql.Literal(MARK),
        label=sql.Literal(f"{MARK} {edition_at:%d-%m-%Y}"),
    )


def _tables_with(connection: Connection, schema: str, column: str) -> list[str]:
    """Tables of this build and of the standing one that have a column."""
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
        [column, f"{schema}_next", schema],
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
