"""What is compared of two whole cities: what was taken in, what was built of it, and what stewards were told."""

from __future__ import annotations

import re
from collections import Counter
from email import message_from_bytes
from email.header import decode_header, make_header
from pathlib import Path
from typing import Any

import psycopg
from command_center.declaration.source import Source
from psycopg import sql

from tests.support.chaos.state import BATCH, State, state_of
from tests.support.chaos.world import World

Connection = psycopg.Connection[Any]
# Columns that name a run, a batch or the moment of a run; every run has its own.
OF_A_RUN = re.compile(r"(^|_)(batch|batch_id|landing_id|invocation|xid)(_|$)|_at$|^_observed|^dbt_")


def taken_in(connection: Connection, source: Source) -> State:
    """As state_of, but without what a fault left in the ledger beside what was published: that it was held or refused."""
    found = {
        f"{source.source} {name}" if name.startswith("ops.") else name: rows
        for name, rows in state_of(connection, source).items()
    }
    for name, query in PUBLISHED.items():
        rows = connection.execute(query, {"source": source.source}).fetchall()
        found[f"{source.source} {name}"] = [str(row[0]) for row in rows]
    return found


PUBLISHED = {
    "ops.landing": """
        select distinct jsonb_build_array(l.part, l.sha256, l.byte_size, l.simulated_paths, l.known, l.request)::text
        from ops.landing as l join ops.batch as b using (landing_id)
        where l.source = %(source)s and b.status = 'published' order by 1""",
    "ops.batch": """
        select ((to_jsonb(b) - '{batch_id,landing_id,run_id,started_at,finished_at,published_xid}'::text[]))::text
        from ops.batch as b where source = %(source)s and status = 'published' order by 1""",
    "ops.quarantine": f"""
        select ((to_jsonb(q) - '{{quarantine_id,batch_id,created_at}}'::text[]) || jsonb_build_object('of', {BATCH}))::text
        from ops.quarantine as q join ops.batch as b using (batch_id)
        where b.source = %(source)s and b.status = 'published' order by 1""",
    "ops.batch_span": f"""
        select jsonb_build_array({BATCH}, s.since, s.until, s.rows_read, s.rows_doubtful)::text
        from ops.batch_span as s join ops.batch as b using (batch_id)
        where b.source = %(source)s and b.status = 'published' order by 1""",
    "ops.audit": f"""
        select jsonb_build_array({BATCH}, a.success)::text
        from ops.audit as a join ops.batch as b using (batch_id)
        where b.source = %(source)s and b.status = 'published' order by 1""",
}  # fmt: skip


def built(connection: Connection) -> State:
    """Of every table of the warehouse: how many rows, and of each column the sum of the hashes of its values."""
    columns = connection.execute("""
        select n.nspname, c.relname, array_agg(a.attname::text order by a.attname)
        from pg_class as c join pg_namespace as n on n.oid = c.relnamespace
        join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        where n.nspname in ('core', 'mart', 'publik') and c.relkind in ('r', 'p', 'm') group by 1, 2 order by 1, 2""").fetchall()
    return {f"{schema}.{name}": _sums(connection, schema, name, names) for schema, name, names in columns}


REPORTED = {
    "ops.edition": """
        select jsonb_build_array(kind, wilayah_kode, periode, number, is_complete, late, reason, nomor, hal)::text
        from ops.edition order by 1""",
    "ops.edition_figure": """
        select md5(jsonb_build_array(kind, e.wilayah_kode, number, (to_jsonb(f) - '{edition_id,batch_id,data_per}'::text[]))::text)
        from ops.edition_figure as f join ops.edition as e using (edition_id) order by 1""",
    "ops.delivery": """
        select jsonb_build_array(kind, wilayah_kode, number, recipient, yth, status)::text
        from ops.delivery join ops.edition using (edition_id) order by 1""",
}  # fmt: skip


def reported(connection: Connection) -> State:
    """The editions of the reports, what each says, and what became of its mail."""
    return {name: [str(row[0]) for row in connection.execute(query).fetchall()] for name, query in REPORTED.items()}


def _sums(connection: Connection, schema: str, name: str, columns: list[str]) -> list[str]:
    kept = [column for column in columns if not OF_A_RUN.search(column)]
    sums = [
        sql.SQL("coalesce(sum(hashtextextended({}::text, 0)::numeric), 0)").format(sql.Identifier(column))
        for column in kept
    ]
    row = sql.SQL("coalesce(sum(hashtextextended(row({})::text, 0)::numeric), 0)").format(
        sql.SQL(", ").join(map(sql.Identifier, kept))
    )
    query = sql.SQL("select count(*), {} from {}").format(
        sql.SQL(", ").join([row, *sums]), sql.Identifier(schema, name)
    )
    found = connection.execute(query).fetchone()
    assert found is not None
    return [f"{what} {value}" for what, value in zip(["rows", "whole rows", *kept], found, strict=True)]


def open_problems(where: World) -> set[str]:
    """What a steward must hear of, by the sentence of each problem of each source, as the ledger has it before it is told."""
    from command_center.operate.watch import messages
    from command_center.settings import settings

    with where.connect() as connection:
        return {f"{one.source} {one.problem}" for one in messages(connection, settings().now())}


def mailed(folder: Path) -> Counter[str]:
    """How often each subject lies in the mailbox."""
    found: Counter[str] = Counter()
    for file in folder.rglob("*.eml"):
        subject = str(make_header(decode_header(message_from_bytes(file.read_bytes())["Subject"] or "")))
        found[" ".join(subject.split()).removeprefix("[Command Center] ")] += 1
    return found
