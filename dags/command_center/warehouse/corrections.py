"""Corrections of figures end for good: one that was applied and finds its value no more is taken out with the swap."""

from __future__ import annotations

from psycopg import sql

from command_center.database import Connection, all_rows, all_values
from command_center.ledger import figure_correction
from command_center.ledger.figure_correction import Found

SEED = "core.ref_koreksi"
# As the test koreksi_berlaku asks.
FITTING = """
    select ops.sidik_koreksi(to_jsonb(k)) as sidik, k.koreksi_kode, k.tabel,
        (count(b.*), count(b.*) filter (
            where to_jsonb(b) ->> k.kolom is not distinct from k.expect
                and (jsonb_typeof(to_jsonb(b) -> k.kolom) is distinct from 'number' or pg_input_is_valid(k.nilai, 'numeric'))
        )) = (1, 1) as is_fitting
    from core.ref_koreksi as k left join {table} as b on to_jsonb(b) @> k.kunci
    where k.tabel = {name} group by k.*, k.koreksi_kode, k.tabel
"""


def find(connection: Connection) -> list[Found]:
    """How every correction stands, before anybody has to wait for the swap."""
    found: list[Found] = []
    for name in all_values(connection, str, "select distinct tabel from core.ref_koreksi order by tabel"):
        for schema in _schemas(connection, name)[:1]:  # of a table that does not exist the test koreksi_berlaku tells
            query = sql.SQL(FITTING).format(table=sql.Identifier(schema, name), name=sql.Literal(name))
            found += all_rows(connection, Found, query)
    return found


def _schemas(connection: Connection, name: str) -> list[str]:
    query = (
        "select schemaname::text from pg_tables where schemaname in ('raw', 'core') and tablename = %s order by 1 desc"
    )
    return all_values(connection, str, query, [name])


def enter(connection: Connection, found: list[Found]) -> None:
    """Within the swap: note what is applied and what has ended, and take that out."""
    figure_correction.note(connection, found)
    figure_correction.take_out_ended(connection, SEED)
