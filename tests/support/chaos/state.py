"""What is left of a load, so that two can be compared: without the numbers and times that every run has of its own."""

from __future__ import annotations

from collections import Counter
from typing import Any

import psycopg
from command_center.declaration.source import Source, raw_table
from psycopg import sql

Connection = psycopg.Connection[Any]
State = dict[str, list[str]]
COUNTS = "b.status in ('published', 'held')"
BATCH = "jsonb_build_array(b.table_name, b.part, b.window_start, b.window_end, b.sha256)"
# Of a source's rows in the ledger: what a person or a later step would read of them.
LEDGER = {
    "ops.landing": """
        select jsonb_build_array(part, sha256, byte_size, content_type, simulated_paths, known, request, window_start,
            window_end, expires_at, erased_at)::text
        from ops.landing where source = %(source)s order by 1""",
    "ops.batch": f"""
        select ((to_jsonb(b) - '{{batch_id,landing_id,run_id,started_at,finished_at,published_xid}}'::text[]))::text
        from ops.batch as b where source = %(source)s and {COUNTS} order by 1""",
    "ops.quarantine": f"""
        select ((to_jsonb(q) - '{{quarantine_id,batch_id,created_at}}'::text[]) || jsonb_build_object('of', {BATCH}))::text
        from ops.quarantine as q join ops.batch as b using (batch_id) where b.source = %(source)s order by 1""",
    "ops.batch_span": f"""
        select jsonb_build_array({BATCH}, s.since, s.until, s.rows_read, s.rows_doubtful)::text
        from ops.batch_span as s join ops.batch as b using (batch_id) where b.source = %(source)s and {COUNTS} order by 1""",
    "ops.audit": f"""
        select jsonb_build_array({BATCH}, a.success)::text
        from ops.audit as a join ops.batch as b using (batch_id) where b.source = %(source)s and {COUNTS} order by 1""",
    "ops.raw_state": """
        select jsonb_build_array(table_name, row_count)::text from ops.raw_state
        where split_part(table_name, '__', 1) = %(source)s order by 1""",
}  # fmt: skip


def state_of(connection: Connection, source: Source) -> State:
    """Every row of raw with the batch that it belongs to, and the ledger's rows."""
    found = {f"raw.{raw_table(source.source, name)}": _raw(connection, source, name) for name in source.tables}
    for name, query in LEDGER.items():
        found[name] = [str(row[0]) for row in connection.execute(query, {"source": source.source}).fetchall()]
    connection.commit()
    return found


def _raw(connection: Connection, source: Source, name: str) -> list[str]:
    """A hash for each row: its values, its place in its part, and of which answer it is."""
    query = sql.SQL(
        f"select md5(((to_jsonb(t) - '_batch_id') || jsonb_build_object('of', {BATCH}, 'status', b.status))::text) "
        "from {} as t left join ops.batch as b on b.batch_id = t._batch_id order by 1"
    )
    table = sql.Identifier("raw", raw_table(source.source, name))
    return [str(row[0]) for row in connection.execute(query.format(table)).fetchall()]


def differences(before: State, after: State) -> list[str]:
    """A line for each relation that differs, with the first row that only one has."""
    lines = []
    for name in sorted({*before, *after}):
        was, now = before.get(name, []), after.get(name, [])
        if was != now:
            lost, more = sorted(Counter(was) - Counter(now)), sorted(Counter(now) - Counter(was))
            lines.append(f"{name}: {len(was)} rows undisturbed, {len(now)} now; missing {lost[:1]}, new {more[:1]}")
    return lines


def leftovers(connection: Connection) -> list[str]:
    """What a disturbed load must not leave: batches under way, rows set aside by none that counts, stage tables."""
    found = connection.execute("""
        select 'loading: batch ' || batch_id from ops.batch where status = 'loading'
        union all select 'stage.' || tablename from pg_tables where schemaname = 'stage'
        union all select distinct 'quarantine of batch ' || batch_id || ', which is ' || status
            from ops.quarantine join ops.batch using (batch_id) where status not in ('published', 'held', 'unchanged')
        order by 1""").fetchall()
    connection.commit()
    return [str(row[0]) for row in found]
