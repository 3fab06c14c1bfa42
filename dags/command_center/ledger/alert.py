"""What stewards must hear, as the ledger knows it, and what they were told: ops.alert by problem, ops.log_alert by mail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

from command_center.database import Connection, all_rows, first_row
from command_center.ledger.decision import STANDING

Told = Literal["dibuka", "diingatkan", "selesai"]


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
    """A source of which nothing but held answers came since is neither: that they are held is told, and is why."""
    return all_rows(
        connection,
        Overdue,
        f"""
        with waiting as (
            select b.source, max(b.observed_at) as held_at from ({NEWEST}) as b
            where b.status = 'held' and coalesce({STANDING}, '') <> 'buang' group by b.source
        )
        select opd, source, title, freshness_hours, answer_hours, last_at, data_per_at, is_silent from (
            select c.opd, c.source, c.title, c.freshness_hours, c.answer_hours, greatest(s.last_at, w.held_at) as last_at, s.data_per_at,
                coalesce(greatest(s.last_at, w.held_at), '-infinity') < %(now)s - c.answer_hours * interval '1 hour' as is_silent,
                w.held_at > coalesce(s.last_at, '-infinity') as is_held
            from ops.source_catalogue as c join ops.source_state as s using (source) left join waiting as w using (source)
        ) as c
        where is_silent or (data_per_at < %(now)s - freshness_hours * interval '1 hour' and is_held is not true) order by source
        """,
        {"now": now},
    )


NEWEST = """
    select distinct on (source, table_name, part) source, table_name, part, status, reason, sha256, observed_at
    from ops.batch order by source, table_name, part, batch_id desc
"""


def held_batches(connection: Connection) -> list[Held]:
    """The newest batch of each part and table, where it is held and was not thrown away."""
    return all_rows(
        connection,
        Held,
        f"""
        select c.opd, b.source, c.title, b.part, coalesce(b.reason, '') as reason
        from ({NEWEST}) as b join ops.source_catalogue as c using (source) where b.status = 'held' and coalesce({STANDING}, '') <> 'buang'
        order by b.source, b.part, b.table_name
        """,
    )


@dataclass(frozen=True)
class Alert:
    """A problem that was told, in its newest row; one that is over is known for a day after the mail that said so."""

    alert_id: int
    source: str
    problem: str
    opd: str
    message: str
    told: Told
    told_at: datetime
    reminders: int
    opened_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True)
class People:
    """Who answers for a source and who is asked about it, by job title."""

    owner: str
    steward: str


def known(connection: Connection) -> list[Alert]:
    names = ", ".join(Alert.__dataclass_fields__)
    return all_rows(
        connection,
        Alert,
        f"""
        select {names} from (select distinct on (source, problem) * from ops.alert order by source, problem, alert_id desc) as a
        where closed_at is null or (told = 'selesai' and told_at > clock_timestamp() - interval '1 day')
        order by alert_id
        """,
    )


def people_of(connection: Connection, source: str) -> People | None:
    return first_row(connection, People, "select owner, steward from ops.source_catalogue where source = %s", [source])


def open_one(connection: Connection, source: str, problem: str, opd: str, message: str) -> None:
    connection.execute(
        "insert into ops.alert (source, problem, opd, message, told) values (%s, %s, %s, %s, 'dibuka')",
        [source, problem, opd, message],
    )


def note(connection: Connection, alert_id: int, told: Told, message: str) -> None:
    """A mail about a problem went out."""
    connection.execute(
        """
        update ops.alert set told = %(told)s, told_at = clock_timestamp(), message = %(message)s,
            reminders = reminders + (%(told)s = 'diingatkan')::int,
            closed_at = case when %(told)s = 'selesai' then clock_timestamp() end
        where alert_id = %(alert_id)s
        """,
        {"alert_id": alert_id, "told": told, "message": message},
    )


def move(connection: Connection, alert_id: int, *, is_open: bool) -> None:
    """A problem came back, or is over again, without a mail."""
    connection.execute(
        "update ops.alert set closed_at = case when %s then null else clock_timestamp() end where alert_id = %s",
        [is_open, alert_id],
    )


def record(connection: Connection, source: str, message: str | None, *, batch_id: int | None = None) -> None:
    connection.execute(
        "insert into ops.log_alert (source, batch_id, message) values (%s, %s, %s)", [source, batch_id, message]
    )
