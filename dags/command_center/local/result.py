"""What a run has done, table by table, as the ledger tells it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from command_center.database import connect
from command_center.declaration.registry import all_sources
from command_center.declaration.source import raw_table
from command_center.errors import CommandCenterError, IntegrityError
from command_center.settings import settings


@dataclass(frozen=True)
class TableRow:
    """What this run did with one table; `read` and what follows count rows of batches that were neither held nor failed."""

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


@dataclass
class Result:
    """What a run has done so far."""

    tables: list[TableRow] = field(default_factory=list)
    models_built: int = 0
    tests_passed: int = 0
    charts_answered: int = 0
    charts_asked: int = 0
    reports: list[Path] = field(default_factory=list)
    mails_sent: int = 0
    mails_sent_before: int = 0
    problems: list[CommandCenterError] = field(default_factory=list)
    durations: dict[str, float] = field(default_factory=dict)

    @property
    def exit_code(self) -> int:
        return self.problems[0].exit_code if self.problems else 0


COUNTS = ("batches", "as_before", "held", "failed", "read", "published", "unchanged", "quarantined")
TABLES_SQL = """
    select source, table_name, count(*), count(*) filter (where status = 'unchanged' and rows_read is not distinct from 0),
        count(*) filter (where status = 'held'), count(*) filter (where status = 'failed'),
        coalesce(sum(rows_read) filter (where status in ('published', 'unchanged')), 0), coalesce(sum(rows_published), 0),
        coalesce(sum(rows_unchanged), 0), coalesce(sum(rows_quarantined) filter (where status in ('published', 'unchanged')), 0),
        min(reason) filter (where status in ('held', 'failed'))
    from ops.batch where started_at >= %s group by source, table_name
"""


BUILDS_SQL = """
    select models_built, tests_passed from ops.dbt_build
    where success and started_at >= %s order by started_at desc limit 1
"""


MAILS_SQL = """
    select count(*) filter (where sent_at >= %(began)s), count(*) filter (where sent_at < %(began)s)
    from ops.outbox where status = 'sent' and kode_kecamatan is not null
        and edition = (select edition from ops.outbox where kode_kecamatan is not null order by edition desc limit 1)
"""


def database_time() -> datetime:
    with connect(settings().dsn("loader")) as connection:
        row = connection.execute("select clock_timestamp()").fetchone()
    return as_moment(row)


def raw_changed_at() -> datetime:
    """When raw last got other rows."""
    with connect(settings().dsn("loader")) as connection:
        row = connection.execute("select coalesce(max(changed_at), 'epoch'::timestamptz) from ops.raw_state").fetchone()
    return as_moment(row)


def swapped_at() -> datetime:
    """When people last got a new warehouse."""
    with connect(settings().dsn("loader")) as connection:
        row = connection.execute("select coalesce(max(swapped_at), 'epoch'::timestamptz) from ops.dbt_build").fetchone()
    return as_moment(row)


def as_moment(row: tuple[object, ...] | None) -> datetime:
    if row is None or not isinstance(row[0], datetime):
        raise IntegrityError(f"The warehouse answered {row!r} where a time was expected.")
    return row[0]


def table_rows(began: datetime) -> list[TableRow]:
    """One row per declared table, also for one that this run got nothing of."""
    with connect(settings().dsn("loader")) as connection:
        found = {(str(row[0]), str(row[1])): row for row in connection.execute(TABLES_SQL, [began])}
    names = [(source.source, table) for source in all_sources() for table in source.tables]
    return [table_row(source, table, found.get((source, table))) for source, table in names]


def table_row(source: str, table: str, row: tuple[object, ...] | None) -> TableRow:
    if row is None:
        return TableRow(source, table)
    counts = dict(zip(COUNTS, (int(str(value)) for value in row[2:10]), strict=True))
    return TableRow(source, table, None if row[10] is None else str(row[10]), **counts)
