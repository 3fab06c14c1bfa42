"""What stewards must hear, as the ledger knows it, and what they were told: ops.log_alert."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from command_center.database import Connection, all_rows, has_row


@dataclass(frozen=True)
class Silent:
    """A source that was not heard of for longer than declared."""

    opd: str
    source: str
    title: str
    freshness_hours: Decimal
    last_at: datetime | None


@dataclass(frozen=True)
class Frozen:
    """A table that still comes, but whose newest data are older than declared."""

    opd: str
    source: str
    title: str
    table: str
    freshness_hours: Decimal
    data_as_of: datetime


@dataclass(frozen=True)
class Held:
    """A part whose newest batch is held."""

    opd: str
    source: str
    reason: str | None


def silent_sources(connection: Connection, now: datetime) -> list[Silent]:
    return all_rows(
        connection,
        Silent,
        """
        select c.opd, c.source, c.title, c.freshness_hours, b.last_at
        from ops.source_catalogue as c
        left join (
            select source, max(observed_at) as last_at from ops.batch where status in ('published', 'unchanged') group by source
        ) as b using (source)
        where coalesce(b.last_at, '-infinity') < %s - c.freshness_hours * interval '1 hour'
        """,
        [now],
    )


def frozen_tables(connection: Connection, now: datetime) -> list[Frozen]:
    return all_rows(
        connection,
        Frozen,
        """
        select c.opd, c.source, c.title, b.table_name as table, c.freshness_hours, b.data_as_of
        from ops.source_catalogue as c
        join (
            select source, table_name, max(data_as_of) as data_as_of from ops.batch where status = 'published'
            group by source, table_name
        ) as b using (source)
        where b.data_as_of < %s - c.freshness_hours * interval '1 hour'
        """,
        [now],
    )


def held_batches(connection: Connection) -> list[Held]:
    return all_rows(
        connection,
        Held,
        """
        select c.opd, b.source, b.reason from (
            select distinct on (source, table_name, part) source, status, reason
            from ops.batch order by source, table_name, part, batch_id desc
        ) as b join ops.source_catalogue as c using (source) where b.status = 'held'
        """,
    )


def was_told(connection: Connection, source: str, message: str) -> bool:
    """Whether the steward was told the same within a day."""
    return has_row(
        connection,
        "select from ops.log_alert where source = %s and message = %s and batch_id is null "
        "and created_at > clock_timestamp() - interval '1 day'",
        [source, message],
    )


def record(connection: Connection, source: str, message: str | None, *, batch_id: int | None = None) -> None:
    connection.execute(
        "insert into ops.log_alert (source, batch_id, message) values (%s, %s, %s)", [source, batch_id, message]
    )
