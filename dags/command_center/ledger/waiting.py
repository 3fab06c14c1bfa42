"""What waits for a person: batches that are held, and rows that were set aside and did not come right since."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from psycopg import sql

from command_center.database import Connection, all_rows, first_row
from command_center.declaration.source import raw_table
from command_center.extract.asking import Window
from command_center.ledger.batch import Key, Status
from command_center.ledger.decision import STANDING


@dataclass(frozen=True)
class Newest:
    """How the newest batch of a part ended; bytes that could never be read were judged by nothing."""

    status: Status
    sha256: str
    finished_at: datetime
    was_judged: bool
    decision: Literal["lepas", "buang"] | None


@dataclass(frozen=True)
class HeldBatch:
    """A batch that is held; `times` is how often its part was, since `first_at` and its last good batch."""

    batch_id: int
    source: str
    table: str
    part: str
    window_start: datetime | None
    window_end: datetime | None
    reason: str
    rows_read: int
    rows_quarantined: int
    sha256: str
    opd_name: str
    owner: str
    steward: str
    first_at: datetime
    last_at: datetime
    times: int
    was_judged: bool
    decision: Literal["lepas", "buang"] | None

    @property
    def key(self) -> Key:
        return Key(self.source, self.table, self.part, Window(self.window_start, self.window_end))


@dataclass(frozen=True)
class Group:
    """Rows that were set aside for one reason, the place and value of one of them, and since when there are such."""

    source: str
    table: str
    column: str
    reason: str
    rows: int
    parts: int
    place: str
    value: str | None
    first_at: datetime
    last_at: datetime
    opd_name: str
    steward: str


@dataclass(frozen=True)
class SetAside:
    """One broken rule of one row that was set aside."""

    source: str
    table: str
    part: str
    batch_id: int
    place: str
    column: str
    value: str | None
    reason: str
    since: datetime
    opd_name: str
    steward: str


@dataclass(frozen=True)
class Changes:
    """A table of which each answer brings only what changed."""

    source: str
    table: str
    key: list[str]


@dataclass(frozen=True)
class Loaded:
    """A batch that may come out otherwise when its archived answer is loaded again."""

    batch_id: int
    landing_id: int
    table: str
    part: str
    status: Status
    rows_quarantined: int


# One that no rows were read of may be of bytes that were read before, and then thrown away.
WAS_JUDGED = """exists (
    select from ops.batch as j left join ops.audit as a using (batch_id)
    where (j.source, j.table_name, j.part, j.sha256) = (b.source, b.table_name, b.part, b.sha256)
        and (j.rows_read > 0 or a.batch_id is not null)
)"""
NEWEST = """
    select distinct on (source, table_name, part, window_start, window_end) * from ops.batch
    where finished_at is not null and source = coalesce(%(source)s, source)
    order by source, table_name, part, window_start, window_end, batch_id desc
"""
SAME_KEY = """(h.source, h.table_name, h.part) = (b.source, b.table_name, b.part)
    and h.window_start is not distinct from b.window_start and h.window_end is not distinct from b.window_end"""
HELD = f"""
    select b.batch_id, b.source, b.table_name as table, b.part, b.window_start, b.window_end, coalesce(b.reason, '') as reason,
        coalesce(b.rows_read, 0) as rows_read, coalesce(b.rows_quarantined, 0) as rows_quarantined, b.sha256,
        coalesce(c.opd_name, '') as opd_name, coalesce(c.owner, '') as owner, coalesce(c.steward, '') as steward,
        coalesce(seen.first_at, b.finished_at) as first_at, b.finished_at as last_at, seen.times,
        {WAS_JUDGED} as was_judged, {STANDING} as decision
    from ({{batches}}) as b left join ops.source_catalogue as c using (source)
    cross join lateral (
        select min(h.finished_at) as first_at, count(*) as times from ops.batch as h
        where {SAME_KEY} and h.status = 'held' and h.batch_id <= b.batch_id and h.batch_id > coalesce(
            (select max(h.batch_id) from ops.batch as h
             where {SAME_KEY} and h.status in ('published', 'unchanged') and h.batch_id < b.batch_id), 0)
    ) as seen
    where b.status = 'held' order by b.source, b.table_name, b.part, b.batch_id
"""
# The batches whose rows count: of each key the newest that was read. A key leaves its window out where an answer is all that
# the part has, and is the answer itself where each one brings only what is new.
READ = f"""
    tables as (
        select c.source, t.key as table_name, t.value ->> 'mode' = 'snapshot' as is_whole,
            t.value ->> 'mode' not in ('snapshot', 'observation') and c.declared -> 'extract' ->> 'since' is not null as is_by_answer
        from ops.source_catalogue as c cross join lateral jsonb_each(c.declared -> 'tables') as t
    ),
    read as (
        select distinct on (source, table_name, part, since, until, answer) *
        from (
            select b.*, case when t.is_by_answer then b.landing_id end as answer,
                case when not t.is_whole then b.window_start end as since, case when not t.is_whole then b.window_end end as until
            from ops.batch as b left join tables as t using (source, table_name) join ops.landing as l using (landing_id)
            where b.source = coalesce(%(source)s, b.source) and l.erased_at is null
                and (b.status = 'published' or (b.status in ('unchanged', 'held') and b.rows_read > 0))
                and not (b.status = 'held' and (%(only_taken)s or coalesce({STANDING} = 'buang', false)))
        ) as b
        order by source, table_name, part, since, until, answer, batch_id desc
    )
"""
OPEN = f"""
    with {READ},
    open as (
        select q.*, r.part from ops.quarantine as q join read as r using (batch_id)
        where %(batch_id)s::bigint is null and q.table_name = coalesce(%(table)s, q.table_name)
            and q.quarantine_id not in ({{corrected}})
        union all
        select q.*, b.part from ops.quarantine as q join ops.batch as b using (batch_id) where q.batch_id = %(batch_id)s
    ),
    seen as (
        select source, table_name, column_name, reason, min(created_at) as first_at from ops.quarantine
        where source in (select source from open) group by source, table_name, column_name, reason
    )
"""


def to_be_decided(connection: Connection, key: Key, sha256: str | None = None) -> Newest | None:
    """Of the newest batches of each window, or those of these bytes, the one that is held and waits, else one that is held, else
    the newest of all.
    """
    query = f"""
        with newest as ({NEWEST})
        select status, sha256, finished_at, {WAS_JUDGED} as was_judged, {STANDING} as decision from newest as b
        where table_name = %(table)s and part = %(part)s and sha256 = coalesce(%(sha256)s, sha256)
        order by (status = 'held') desc, ({STANDING} is null) desc, batch_id desc limit 1
    """
    return first_row(connection, Newest, query, key.values | {"sha256": sha256})


def held_batches(connection: Connection, source: str | None = None) -> list[HeldBatch]:
    """The newest batch of each key, where it is held; those that were thrown away too."""
    return all_rows(connection, HeldBatch, HELD.format(batches=NEWEST), {"source": source})


def held_batch(connection: Connection, batch_id: int) -> HeldBatch | None:
    """A batch by its number, if it was held."""
    batches = "select * from ops.batch where batch_id = %(batch_id)s"
    return first_row(connection, HeldBatch, HELD.format(batches=batches), {"batch_id": batch_id})


def groups(
    connection: Connection, source: str | None = None, table: str | None = None, batch_id: int | None = None
) -> list[Group]:
    """Rows that are set aside, or were in one batch, by the reason; the most rows first within a table."""
    query = f"""
        {OPEN}
        select o.source, o.table_name as table, o.column_name as column, o.reason, count(*) as rows,
            count(distinct o.part) as parts, (array_agg(o.place order by o.quarantine_id))[1] as place,
            (array_agg(o.value order by o.quarantine_id))[1] as value, min(s.first_at) as first_at,
            max(o.created_at) as last_at, coalesce(min(c.opd_name), '') as opd_name, coalesce(min(c.steward), '') as steward
        from open as o join seen as s using (source, table_name, column_name, reason)
        left join ops.source_catalogue as c using (source)
        group by o.source, o.table_name, o.column_name, o.reason order by o.source, o.table_name, rows desc, column_name, reason
    """
    found = sql.SQL(query).format(corrected=corrected(connection, source))
    return all_rows(connection, Group, found, _which(source, table, batch_id))


def rows(
    connection: Connection, source: str | None = None, table: str | None = None, batch_id: int | None = None
) -> list[SetAside]:
    """Every broken rule of every row that is set aside, or was in one batch."""
    query = f"""
        {OPEN}
        select o.source, o.table_name as table, o.part, o.batch_id, o.place, o.column_name as column, o.value, o.reason,
            s.first_at as since, coalesce(c.opd_name, '') as opd_name, coalesce(c.steward, '') as steward
        from open as o join seen as s using (source, table_name, column_name, reason)
        left join ops.source_catalogue as c using (source)
        order by o.source, o.table_name, o.part, o.batch_id, o.row_number, o.column_name
    """
    found = sql.SQL(query).format(corrected=corrected(connection, source))
    return all_rows(connection, SetAside, found, _which(source, table, batch_id))


CHANGES = """
    select c.source, t.key as table, array(select jsonb_array_elements_text(t.value -> 'key')) as key
    from ops.source_catalogue as c cross join lateral jsonb_each(c.declared -> 'tables') as t
    where c.source = coalesce(%s, c.source) and t.value ->> 'mode' not in ('snapshot', 'observation')
        and c.declared -> 'extract' ->> 'since' is not null
"""
CORRECTED = """
    select q.quarantine_id from ops.quarantine as q join ops.batch as b using (batch_id) join {raw} as r on {same_key}
    join ops.batch as later on later.batch_id = r._batch_id
    where q.source = {source} and q.table_name = {table} and later.landing_id > b.landing_id
"""


def corrected(connection: Connection, source: str | None) -> sql.Composed:
    """The query for what was set aside of answers that bring only changes, and came right in a later one, by its key."""
    found = [_corrected_of(one) for one in all_rows(connection, Changes, CHANGES, [source])]
    return sql.SQL(" union all ").join([sql.SQL("select 0::bigint"), *found])


def _corrected_of(one: Changes) -> sql.Composed:
    """A key that is no text is compared as PostgreSQL writes it: where the agency writes it otherwise, the row stays listed."""
    same = sql.SQL("r.{}::text = btrim(q.payload ->> {})")
    return sql.SQL(CORRECTED).format(
        raw=sql.Identifier("raw", raw_table(one.source, one.table)),
        same_key=sql.SQL(" and ").join(same.format(sql.Identifier(name), sql.Literal(name)) for name in one.key),
        source=sql.Literal(one.source),
        table=sql.Literal(one.table),
    )


def _which(source: str | None, table: str | None, batch_id: int | None) -> dict[str, object]:
    return {"source": source, "table": table, "batch_id": batch_id, "only_taken": False}


def to_load_again(connection: Connection, source: str, *, held: bool, quarantined: bool) -> list[Loaded]:
    """Batches that are held and not thrown away, and those that stand although rows of theirs were set aside; oldest first."""
    query = f"""
        with {READ}, newest as ({NEWEST})
        select batch_id, landing_id, table_name as table, part, status, coalesce(rows_quarantined, 0) as rows_quarantined
        from read where %(quarantined)s and rows_quarantined > 0
        union
        select b.batch_id, b.landing_id, b.table_name, b.part, b.status, coalesce(b.rows_quarantined, 0)
        from newest as b join ops.landing as l using (landing_id)
        where %(held)s and b.status = 'held' and l.erased_at is null and coalesce({STANDING}, '') <> 'buang'
        order by batch_id
    """
    values = {"source": source, "held": held, "quarantined": quarantined, "only_taken": True}
    return all_rows(connection, Loaded, query, values)
