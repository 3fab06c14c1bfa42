"""Areas of the city that references are checked against, by code and by spelling: ops.ref_wilayah and ops.ref_ejaan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from psycopg import sql

from command_center.database import Connection

KNOWN_CODE = "exists (select from ops.ref_wilayah as r where r.kode_wilayah = {name} and r.tingkat = {level})"
KNOWN_NAME = "exists (select from ops.ref_ejaan as r where r.ejaan = ops.ejaan({name}) and r.tingkat = {level})"

CODE_OF = "(select r.kode_wilayah from ops.ref_ejaan as r where r.ejaan = ops.ejaan({name}) and r.tingkat = {level})"


def replace(
    connection: Connection, areas: Sequence[Mapping[str, str]], spellings: Sequence[tuple[str, str, str]]
) -> None:
    """Take over the seed's kode_wilayah, tingkat and nama, and every spelling, tingkat and code."""
    connection.execute(
        "delete from ops.ref_wilayah where kode_wilayah <> all(%s)", [[area["kode_wilayah"] for area in areas]]
    )
    with connection.cursor() as cursor:
        cursor.executemany(
            "insert into ops.ref_wilayah (kode_wilayah, tingkat, nama) values (%(kode_wilayah)s, %(tingkat)s, %(nama)s) "
            "on conflict (kode_wilayah) do update set tingkat = excluded.tingkat, nama = excluded.nama",
            areas,
        )
        cursor.execute("delete from ops.ref_ejaan")
        cursor.executemany(
            "insert into ops.ref_ejaan (ejaan, tingkat, kode_wilayah) values (%s, %s, %s) on conflict do nothing",
            spellings,
        )


def is_known(value: sql.Composable, reference: str) -> sql.Composed:
    """SQL condition that a code, or for `…_name` any known spelling, is of an area of this level."""
    level, _, by_name = reference.partition("_")
    return sql.SQL(KNOWN_NAME if by_name else KNOWN_CODE).format(name=value, level=sql.Literal(level))


def code_of(value: sql.Composable, level: str) -> sql.Composed:
    """SQL expression of the code of the area with this name, in any known spelling; null where none is known."""
    return sql.SQL(CODE_OF).format(name=value, level=sql.Literal(level))
