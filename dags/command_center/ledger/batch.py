"""Every attempt to load one table from one archived answer: a row of ops.batch for each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

from psycopg import sql

from command_center.database import Connection, all_rows, all_values, first_row, first_value, has_row, one_value
from command_center.declaration.source import raw_table
from command_center.extract.asking import Window
from command_center.ledger.landing import Landed
from command_center.settings import WIB

Status = Literal["published", "unchanged", "held", "failed"]

ALWAYS = Window()


@dataclass(frozen=True)
class Key:
    """What a batch is about; the batches of one key follow one another."""

    source: str
    table: str
    part: str
    window: Window = ALWAYS

    @property
    def values(self) -> dict[str, object]:
        window = {"window_start": self.window.start, "window_end": self.window.end}
        return {"source": self.source, "table": self.table, "part": self.part, **window}


@dataclass(frozen=True)
class Ending:
    """What became of a batch; the numbers count rows."""

    status: Status
    reason: str | None
    quality: Literal["lolos", "peringatan"] | None
    rows_read: int
    rows_published: int
    rows_unchanged: int
    rows_quarantined: int
    rows_deleted: int
    rows_ignored: int
    data_from: datetime | None
    data_as_of: datetime | None


@dataclass(frozen=True)
class Reach:
    """What time the content of a batch covers; the end is exclusive."""

    data_from: datetime | None = None
    data_as_of: datetime | None = None


@dataclass(frozen=True)
class Reached:
    """Until when a table is covered."""

    table_name: str
    until: datetime


@dataclass(frozen=True)
class Abandoned:
    """A batch whose process ended before it did."""

    batch_id: int
    table_name: str


@dataclass(frozen=True)
class Published:
    """What the last published batch of a key was made of, and by which rules."""

    sha256: str
    fingerprint: str
    simulated_paths: str
    rows_read: int | None


@dataclass(frozen=True)
class Accounted:
    """What the ledger says of one batch whose answer is still archived; counts are rows."""

    batch_id: int
    source: str
    table: str
    part: str
    landing_id: int
    fingerprint: str
    status: str
    read: int
    published: int
    unchanged: int
    quarantined: int
    set_aside: int
    observed_at: datetime

    @property
    def name(self) -> str:
        return f"batch {self.batch_id} ({self.source}.{self.table}, part {self.part!r})"


@dataclass(frozen=True)
class Counting:
    """A published batch whose rows speak of some time; it counts until another of its part takes its place."""

    batch_id: int
    table_name: str
    part: str
    landing_id: int
    finished_at: datetime
    data_from: datetime | None
    data_as_of: datetime | None
    rows_read: int
    rows_published: int
    rows_quarantined: int
    quality: str | None


@dataclass(frozen=True)
class Tally:
    """What was done with one table since a moment; `read` and what follows count rows of batches neither held nor failed."""

    source: str
    table: str
    reason: str | None = None
    batches: int = 0
    as_before: int = 0
    held: int = 0
    failed: int = 0
    read: int = 0
    published: int = 0
    unchanged: int = 0
    quarantined: int = 0

    @property
    def name(self) -> str:
        return raw_table(self.source, self.table)

    @property
    def unaccounted(self) -> int:
        """Rows that were read and of which nothing is known any more; never other than none."""
        return self.read - self.published - self.unchanged - self.quarantined


@dataclass(frozen=True)
class PartUntil:
    """Until when a part is covered; None where its content tells no time."""

    part: str
    until: datetime | None


def open_batch(
    connection: Connection, key: Key, landed: Landed, *, fingerprint: str, run_id: str, observed_at: datetime
) -> int:
    """Enter a batch as `loading`; its number."""
    return one_value(
        connection,
        int,
        """
        insert into ops.batch (source, table_name, part, window_start, window_end, landing_id, sha256, fingerprint, run_id,
                               status, is_simulasi, observed_at)
        values (%(source)s, %(table)s, %(part)s, %(window_start)s, %(window_end)s, %(landing_id)s, %(sha256)s,
                %(fingerprint)s, %(run_id)s, 'loading', %(is_simulasi)s, %(observed_at)s)
        returning batch_id
        """,
        {
            **key.values,
            "landing_id": landed.landing_id,
            "sha256": landed.sha256,
            "fingerprint": fingerprint,
            "run_id": run_id,
            "is_simulasi": landed.simulated_paths != "",
            "observed_at": observed_at,
        },
    )


def close_batch(connection: Connection, batch_id: int, ending: Ending) -> None:
    connection.execute(
        """
        update ops.batch set status = %(status)s, reason = %(reason)s, quality = %(quality)s, rows_read = %(rows_read)s,
            rows_published = %(rows_published)s, rows_unchanged = %(rows_unchanged)s,
            rows_quarantined = %(rows_quarantined)s, rows_deleted = %(rows_deleted)s, rows_ignored = %(rows_ignored)s,
            data_from = %(data_from)s, data_as_of = %(data_as_of)s, finished_at = clock_timestamp()
        where batch_id = %(batch_id)s
        """,
        {**ending.__dict__, "batch_id": batch_id},
    )


def close_abandoned(connection: Connection, source: str) -> list[Abandoned]:
    """Close as failed what a killed process left `loading`; only who holds the source's lock may know that it was."""
    return all_rows(
        connection,
        Abandoned,
        "update ops.batch set status = 'failed', reason = 'The process ended before the batch did.', "
        "finished_at = clock_timestamp() where source = %s and status = 'loading' returning batch_id, table_name",
        [source],
    )


def last_published(connection: Connection, key: Key) -> Published | None:
    return first_row(
        connection,
        Published,
        """
        select b.sha256, b.fingerprint, l.simulated_paths, b.rows_read
        from ops.batch as b join ops.landing as l using (landing_id)
        where b.source = %(source)s and b.table_name = %(table)s and b.part = %(part)s and b.status = 'published'
            and b.window_start is not distinct from %(window_start)s and b.window_end is not distinct from %(window_end)s
        order by b.batch_id desc limit 1
        """,
        key.values,
    )


def last_reach(connection: Connection, key: Key) -> Reach:
    """What the part covered when it came last, whatever its window."""
    query = """
        select data_from, data_as_of from ops.batch where source = %(source)s and table_name = %(table)s and part = %(part)s
            and status in ('published', 'unchanged') and data_as_of is not null order by batch_id desc limit 1
    """
    return first_row(connection, Reach, query, key.values) or Reach()


def newest_until(connection: Connection, key: Key, *, of_others: bool = False) -> datetime | None:
    """Until when the table was ever covered, by any of its parts or by the others only."""
    return first_value(
        connection,
        datetime,
        "select max(data_as_of) from ops.batch where source = %(source)s and table_name = %(table)s "
        "and status in ('published', 'unchanged') and not (part = %(part)s and %(of_others)s)",
        {**key.values, "of_others": of_others},
    )


def parts_loaded(connection: Connection, source: str, since: datetime) -> set[str]:
    """Parts of which a run without a window of its own was judged since a moment, whatever became of it, or two have failed."""
    query = """
        select part from ops.batch where source = %s and window_start is null and observed_at >= %s group by part
        having bool_or(status in ('published', 'unchanged', 'held')) or count(distinct run_id) filter (where status = 'failed') > 1
    """
    return set(all_values(connection, str, query, [source, since]))


NOT_WHOLE = "everything was asked for once more and did not come"


def whole_read_failed(connection: Connection, source: str, parts: Sequence[str], since: datetime) -> datetime | None:
    """When a part was last asked for everything since a moment, in vain: it did not come, or its first batch since then is held
    and was not released, or failed in two runs before any was judged.
    """
    return first_value(
        connection,
        datetime,
        """
        with recent as (
            select *, min(batch_id) filter (where status in ('published', 'unchanged', 'held')) over one_table as judged
            from ops.batch where source = %(source)s and window_start is null and observed_at >= %(since)s
            window one_table as (partition by part, table_name)
        )
        select max(observed_at) from recent
        where position(%(mark)s in reason) > 0 or (part = any(%(parts)s) and (
            (status = 'held' and batch_id = judged and not exists (
                select from recent as released
                where released.landing_id = recent.landing_id and released.table_name = recent.table_name
                    and released.status in ('published', 'unchanged')))
            or (status = 'failed' and batch_id < coalesce(judged, batch_id + 1) and exists (
                select from recent as before
                where before.part = recent.part and before.table_name = recent.table_name and before.status = 'failed'
                    and before.batch_id < recent.batch_id and before.run_id <> recent.run_id))))
        """,
        {"source": source, "parts": list(parts), "since": since, "mark": NOT_WHOLE},
    )


def parts_until(connection: Connection, source: str, table: str) -> dict[str, datetime | None]:
    """Until when each part of a table that came in well is covered, by what came last."""
    query = """
        select b.part, max(c.data_as_of) as until
        from (select distinct part from ops.batch where source = %(source)s and table_name = %(table)s
            and status in ('published', 'unchanged')) as b
        left join ops.coverage as c on c.source = %(source)s and c.table_name = %(table)s and c.part = b.part
        group by b.part
    """
    found = all_rows(connection, PartUntil, query, {"source": source, "table": table})
    return {one.part: one.until for one in found}


def forget_before(
    connection: Connection, source: str, table: str, limit: datetime, *, parts: Sequence[str] | None, kept: str | None
) -> None:
    """What is gone is covered no longer: nothing before a moment, of the given parts or of all but the one that is kept.

    Else a figure would be made of no rows, as if nothing had happened.
    """
    connection.execute(
        """
        update ops.batch
        set data_from = case when data_as_of > %(limit)s then greatest(data_from, %(limit)s) end,
            data_as_of = case when data_as_of > %(limit)s then data_as_of end
        where source = %(source)s and table_name = %(table)s and coalesce(data_from, data_as_of) < %(limit)s
            and (%(parts)s::text[] is null or part = any(%(parts)s)) and part is distinct from %(kept)s
        """,
        {
            "source": source,
            "table": table,
            "limit": limit,
            "parts": None if parts is None else list(parts),
            "kept": kept,
        },
    )


def reached(connection: Connection, source: str) -> dict[str, datetime]:
    """Until when each table of a source is covered; what says nothing about time is left out."""
    query = "select table_name, max(data_as_of) as until from ops.coverage where source = %s group by table_name"
    return {one.table_name: one.until for one in all_rows(connection, Reached, query, [source])}


def counting(connection: Connection, source: str, first: date, last: date) -> list[Counting]:
    """The batches of a source whose rows speak of these days, or of no time; of a table that is sent whole, the newest of each part.

    As people see it: what came after the last build that was published does not count yet.
    """
    return all_rows(
        connection,
        Counting,
        """
        with build as (
            select snapshot from ops.dbt_build where swapped_at is not null order by swapped_at desc limit 1
        ),
        published as (
            select b.* from ops.batch as b left join build on true
            where b.source = %(source)s and b.status = 'published'
                and coalesce(pg_visible_in_snapshot(b.published_xid, build.snapshot), true)
        ),
        tables as (
            select t.key as table_name, t.value ->> 'mode' = 'snapshot'
                or (t.value ->> 'mode' <> 'observation' and c.declared -> 'extract' ->> 'since' is null) as is_whole
            from ops.source_catalogue as c cross join lateral jsonb_each(c.declared -> 'tables') as t
            where c.source = %(source)s
        )
        select b.batch_id, b.table_name, b.part, b.landing_id, b.finished_at, b.data_from, b.data_as_of, b.rows_read,
            b.rows_published, b.rows_quarantined, b.quality
        from published as b join tables as t using (table_name)
        where (b.data_as_of is null or (coalesce(b.data_from, '-infinity') < %(until)s and b.data_as_of > %(since)s))
            and not (t.is_whole and exists (
                select from published as later
                where later.table_name = b.table_name and later.part = b.part and later.batch_id > b.batch_id
            ))
        order by b.table_name, b.batch_id
        """,
        {
            "source": source,
            "since": datetime.combine(first, time(), WIB),
            "until": datetime.combine(last + timedelta(days=1), time(), WIB),
        },
    )


def tables_published_by(connection: Connection, source: str, run_id: str) -> list[str]:
    """The tables of a source to which an Airflow run published, in all its tries."""
    query = "select distinct table_name from ops.batch where source = %s and run_id = %s and status = 'published' order by 1"
    return all_values(connection, str, query, [source, run_id])


def has_published(connection: Connection) -> bool:
    """Whether any batch of any source was ever published."""
    return has_row(connection, "select from ops.batch where status = 'published' limit 1")


def loading_ids(connection: Connection) -> set[int]:
    """Numbers of the batches that are under way."""
    return set(all_values(connection, int, "select batch_id from ops.batch where status = 'loading'"))


def accounted(connection: Connection) -> list[Accounted]:
    """Every batch that says how many rows it read, and whose answer is not erased; oldest first."""
    return all_rows(
        connection,
        Accounted,
        """
        select b.batch_id, b.source, b.table_name as table, b.part, b.landing_id, b.fingerprint, b.status,
            b.rows_read as read, b.rows_published as published, b.rows_unchanged as unchanged,
            b.rows_quarantined as quarantined, b.observed_at,
            (select count(distinct q.row_number) from ops.quarantine as q where q.batch_id = b.batch_id) as set_aside
        from ops.batch as b join ops.landing as l using (landing_id)
        where (b.rows_read > 0 or b.status = 'published') and l.erased_at is null order by b.batch_id
        """,
    )


def tallies(connection: Connection, since: datetime) -> list[Tally]:
    """What was done with each table in batches that began since then.

    A batch that a killed process left behind did not fail where a later one has loaded the same answer.
    """
    return all_rows(
        connection,
        Tally,
        """
        select source, table_name as table, min(reason) filter (where status in ('held', 'failed')) as reason,
            count(*) as batches, count(*) filter (where status = 'unchanged' and rows_read is not distinct from 0) as as_before,
            count(*) filter (where status = 'held') as held, count(*) filter (where status = 'failed') as failed,
            coalesce(sum(rows_read) filter (where status in ('published', 'unchanged')), 0)::bigint as read,
            coalesce(sum(rows_published), 0)::bigint as published, coalesce(sum(rows_unchanged), 0)::bigint as unchanged,
            coalesce(sum(rows_quarantined) filter (where status in ('published', 'unchanged')), 0)::bigint as quarantined
        from ops.batch as b
        where started_at >= %s and (status <> 'failed' or not exists (
            select from ops.batch as later
            where (later.source, later.table_name, later.part, later.sha256) = (b.source, b.table_name, b.part, b.sha256)
                and later.batch_id > b.batch_id and later.status in ('published', 'unchanged')))
        group by source, table_name
        """,
        [since],
    )


def next_id(connection: Connection) -> int:
    """A number that no batch will have."""
    return one_value(connection, int, "select nextval(pg_get_serial_sequence('ops.batch', 'batch_id'))")


def is_of_later_answer(batch_id: sql.Composable, landing_id: int) -> sql.Composed:
    """SQL condition that a batch was loaded from an answer that came after this one."""
    later = "exists (select from ops.batch as later where later.batch_id = {} and later.landing_id > {})"
    return sql.SQL(later).format(batch_id, sql.Literal(landing_id))


def open_trial(connection: Connection, batch_id: int, source: str, table: str) -> None:
    """Rows for a trial that is rolled back: its audit and quarantine need a batch, and that an answer."""
    connection.execute(
        """
        with landed as (
            insert into ops.landing (source, part, request, sha256, uri, byte_size, content_type, fetched_from, fetched_at,
                                     simulated_paths, expires_at)
            values (%(source)s, %(batch_id)s::text, '', '', '', 0, '', '', now(), '', now())
            returning landing_id
        )
        insert into ops.batch (batch_id, source, table_name, part, landing_id, sha256, fingerprint, run_id, status,
                               is_simulasi, observed_at)
        overriding system value
        select %(batch_id)s, %(source)s, %(table)s, '', landing_id, '', '', '', 'loading', false, now() from landed
        """,
        {"source": source, "table": table, "batch_id": batch_id},
    )
