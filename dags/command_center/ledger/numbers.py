"""What the ledger counts, for who watches from outside: one row per number."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from command_center.database import Connection, all_rows, first_value


@dataclass(frozen=True)
class Freshness:
    """How old the content of a source is, and how old it may be, in seconds; None for one that never came."""

    source: str
    age: float | None
    limit: float


@dataclass(frozen=True)
class Counted:
    """How many of a kind there are, or were, of a source."""

    source: str
    kind: str
    count: int


@dataclass(frozen=True)
class Spent:
    """Seconds that what is counted took together."""

    source: str
    kind: str
    seconds: float


@dataclass(frozen=True)
class Moment:
    """When something last happened; None where it never did."""

    what: str
    at: datetime | None


FRESHNESS = """
    select source, extract(epoch from %(now)s - data_per_at)::float as age, (freshness_hours * 3600)::float as "limit"
    from ops.source_catalogue join ops.source_state using (source) order by source
"""
BATCHES = "select source, status as kind, count(*)::bigint as count from ops.batch where status <> 'loading' group by 1, 2 order by 1, 2"
ROWS = """
    select source, kind, sum(rows)::bigint as count
    from ops.batch
    cross join lateral (values ('published', rows_published), ('unchanged', rows_unchanged), ('quarantined', rows_quarantined)) as r (kind, rows)
    where rows is not null group by 1, 2 order by 1, 2
"""
DELIVERIES = (
    "select 'laporan' as source, status as kind, count(*)::bigint as count from ops.delivery group by 2 order by 2"
)
BUILD_SECONDS = """
    select 'dbt' as source, case when success then 'success' else 'refused' end as kind,
        extract(epoch from sum(finished_at - started_at))::float as seconds
    from ops.dbt_build where finished_at is not null group by 2 order by 2
"""
LAST_BUILD_SECONDS = """
    select extract(epoch from finished_at - started_at)::float
    from ops.dbt_build where success and finished_at is not null order by finished_at desc limit 1
"""
# As the file system has them, indexes and what is too long for a row included; of the whole database, whoever owns it.
SCHEMAS = """
    select case home.nspname when 'raw_parts' then 'raw' else home.nspname end as source, 'bytes' as kind, coalesce(sum(pg_total_relation_size(table_.oid)), 0)::bigint as count
    from pg_namespace as home left join pg_class as table_ on table_.relnamespace = home.oid and table_.relkind in ('r', 'm', 'p')
    where home.nspname !~ '^pg_' and home.nspname <> 'information_schema' group by 1 order by 1
"""
BUILDS = """
    select 'dbt' as source, case when success then 'success' else 'refused' end as kind, count(*)::bigint as count
    from ops.dbt_build group by 2 order by 2
"""
PROBLEMS = """
    select source, 'open' as kind, count(*)::bigint as count from ops.alert where closed_at is null group by 1 order by 1
"""
MOMENTS = """
    select 'answer' as what, max(observed_at) as at from ops.batch where status in ('published', 'unchanged')
    union all select 'edition', max(swapped_at) from ops.dbt_build
    union all select 'backup', max(ended_at) from ops.backup
    union all select 'restore_drill', max(ended_at) from ops.restore_drill where problem is null
"""


def freshness(connection: Connection, now: datetime) -> list[Freshness]:
    return all_rows(connection, Freshness, FRESHNESS, {"now": now})


def counted(connection: Connection, query: str) -> list[Counted]:
    return all_rows(connection, Counted, query)


def build_seconds(connection: Connection) -> list[Spent]:
    return all_rows(connection, Spent, BUILD_SECONDS)


def last_build_seconds(connection: Connection) -> float | None:
    """Of the last one that succeeded."""
    return first_value(connection, float, LAST_BUILD_SECONDS)


def moments(connection: Connection) -> list[Moment]:
    return all_rows(connection, Moment, MOMENTS)
