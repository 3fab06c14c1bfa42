"""What stewards must hear, as the ledger knows it, and what they were told: ops.log_alert."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from command_center.database import Connection, all_rows, has_row
from command_center.ledger.decision import STANDING


@dataclass(frozen=True)
class Overdue:
    """A source that was not heard of, or whose data were not renewed, for longer than declared."""

    opd: str
    source: str
    title: str
    freshness_hours: Decimal
    answer_hours: Decimal
    last_at: datetime | None
    data_per_at: datetime | None
    is_silent: bool


@dataclass(frozen=True)
class Held:
    """A part whose newest batch is held."""

    opd: str
    source: str
    title: str
    part: str
    reason: str


def overdue_sources(connection: Connection, now: datetime) -> list[Overdue]:
    return all_rows(
        connection,
        Overdue,
        """
        select * from (
            select c.opd, c.source, c.title, c.freshness_hours, c.answer_hours, s.last_at, s.data_per_at,
                coalesce(s.last_at, '-infinity') < %(now)s - c.answer_hours * interval '1 hour' as is_silent
            from ops.source_catalogue as c join ops.source_state as s using (source)
        ) as c
        where is_silent or data_per_at < %(now)s - freshness_hours * interval '1 hour' order by source
        """,
        {"now": now},
    )


def held_batches(connection: Connection) -> list[Held]:
    """The newest batch of each part and table, where it is held and was not thrown away."""
    return all_rows(
        connection,
        Held,
        f"""
        select c.opd, b.source, c.title, b.part, coalesce(b.reason, '') as reason
        from (
            select distinct on (source, table_name, part) source, table_name, part, status, reason, sha256
            from ops.batch order by source, table_name, part, batch_id desc
        ) as b join ops.source_catalogue as c using (source) where b.status = 'held' and coalesce({STANDING}, '') <> 'buang'
        order by b.source, b.part, b.table_name
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
