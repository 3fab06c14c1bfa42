"""Mails that are sent once: ops.delivery, one row per edition and recipient or per rejection sheet, known by its Message-ID.

baru → sending → sent, failed (surely not accepted, tried again) or tak_pasti (nobody knows; a person decides); sent → bounced.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from command_center.database import Connection, all_rows, all_values, first_row, has_row, one_row

Status = Literal["baru", "sending", "sent", "failed", "tak_pasti", "bounced"]


@dataclass(frozen=True)
class Entry:
    """A mail that is to be sent, of an edition or of a sheet."""

    edition_id: int | None
    recipient: str
    yth: str
    message_id: str
    sheet_id: int | None = None


@dataclass(frozen=True)
class Delivery:
    """A row with what it carries."""

    delivery_id: int
    edition_id: int | None
    recipient: str
    yth: str
    message_id: str
    status: str
    attempts: int
    last_error: str | None
    sent_at: datetime | None
    kind: str | None
    wilayah_kode: str | None
    periode: date | None
    number: int | None
    sheet_id: int | None
    opd: str | None


@dataclass(frozen=True)
class Sent:
    """Mails to camat of one month that were sent since a moment, and before it."""

    since: int
    before: int


SELECT = """
    select d.delivery_id, d.edition_id, d.recipient, d.yth, d.message_id, d.status, d.attempts, d.last_error, d.sent_at,
        e.kind, e.wilayah_kode, e.periode, e.number, d.sheet_id, s.opd
    from ops.delivery as d left join ops.edition as e using (edition_id) left join ops.rejection_sheet as s using (sheet_id)
"""

# Neither did another address get the edition, nor was a newer edition or sheet made.
NOT_REPLACED = """(
    not exists (select from ops.delivery as o where o.edition_id = d.edition_id and o.status = 'sent')
    and not exists (
        select from ops.edition as n where (n.kind, n.wilayah_kode, n.periode) = (e.kind, e.wilayah_kode, e.periode)
            and n.number > e.number
    )
    and not exists (select from ops.rejection_sheet as n where n.opd = s.opd and n.sheet_id > s.sheet_id)
)"""


def enter(connection: Connection, entry: Entry) -> None:
    """Enter a mail as `baru`, unless its edition and recipient have a row."""
    connection.execute(
        """
        insert into ops.delivery (edition_id, recipient, yth, message_id, status)
        values (%(edition_id)s, %(recipient)s, %(yth)s, %(message_id)s, 'baru')
        on conflict (edition_id, recipient) do nothing
        """,
        entry.__dict__,
    )


def enter_sheet(connection: Connection, entry: Entry) -> None:
    """Enter the mail of a sheet as `baru`; one that surely did not go out may go to another address now."""
    connection.execute(
        """
        insert into ops.delivery (sheet_id, recipient, yth, message_id, status)
        values (%(sheet_id)s, %(recipient)s, %(yth)s, %(message_id)s, 'baru')
        on conflict (sheet_id) do update set recipient = excluded.recipient, yth = excluded.yth
        """,
        entry.__dict__,
    )


def of_edition(connection: Connection, edition_id: int) -> list[Delivery]:
    return all_rows(connection, Delivery, f"{SELECT} where d.edition_id = %s order by d.delivery_id", [edition_id])


def by_message_id(connection: Connection, message_id: str) -> Delivery | None:
    return first_row(connection, Delivery, f"{SELECT} where d.message_id = %s", [message_id])


def by_ref(connection: Connection, ref: str) -> Delivery | None:
    """By what its Message-ID has before the domain, which its Reply-To names too."""
    return first_row(
        connection, Delivery, f"{SELECT} where split_part(d.message_id, '@', 1) like %s", [f"%.{ref.replace('%', '')}"]
    )


def every(connection: Connection, statuses: tuple[Status, ...] | None = None) -> list[Delivery]:
    """All mails, or those in one of the states, the newest one first."""
    return all_rows(
        connection,
        Delivery,
        f"{SELECT} where %(all)s or d.status = any(%(statuses)s) order by d.delivery_id desc",
        {"all": statuses is None, "statuses": list(statuses or ())},
    )


def open_ones(connection: Connection) -> list[Delivery]:
    """Mails that did not arrive for sure, without those that failed or came back and that something took the place of; the newest one first."""
    return all_rows(
        connection,
        Delivery,
        f"""
        {SELECT} where d.status in ('baru', 'sending', 'tak_pasti') or d.status in ('failed', 'bounced') and {NOT_REPLACED}
        order by d.delivery_id desc
        """,
    )


def to_be_told(connection: Connection) -> list[Delivery]:
    """Mails that a person must look after: undecided ones, and for a week those that failed and that nothing took the place of."""
    return all_rows(
        connection,
        Delivery,
        f"""
        {SELECT} where (d.edition_id is not null or d.sheet_id is not null) and (
            d.status = 'tak_pasti'
            or d.status in ('failed', 'bounced') and d.changed_at > clock_timestamp() - interval '7 days' and {NOT_REPLACED}
        ) order by d.delivery_id
        """,
    )


def begin(connection: Connection, message_id: str) -> None:
    connection.execute(
        "update ops.delivery set status = 'sending', attempts = attempts + 1, last_error = null, "
        "changed_at = clock_timestamp() where message_id = %s",
        [message_id],
    )


def note(connection: Connection, message_id: str, status: Status, error: str | None = None) -> None:
    """What became of a mail; one that was sent keeps the moment."""
    connection.execute(
        """
        update ops.delivery set status = %(status)s, last_error = %(error)s, changed_at = clock_timestamp(),
            sent_at = case when %(status)s = 'sent' then clock_timestamp() else sent_at end
        where message_id = %(message_id)s
        """,
        {"status": status, "error": error, "message_id": message_id},
    )


def decide(connection: Connection, message_id: str, *, arrived: bool) -> bool:
    """Settle a mail of which nobody knows whether it arrived; False when it is no such mail."""
    return has_row(
        connection,
        """
        update ops.delivery set status = case when %(arrived)s then 'sent' else 'failed' end, changed_at = clock_timestamp(),
            sent_at = case when %(arrived)s then coalesce(sent_at, clock_timestamp()) end
        where message_id = %(message_id)s and status = 'tak_pasti' returning delivery_id
        """,
        {"arrived": arrived, "message_id": message_id},
    )


def unsettled(connection: Connection, kinds: tuple[str, ...], since: date, until: date) -> list[int]:
    """Of the newest editions about each period that began in a span those of which no mail was surely sent, the oldest first.

    One whose mail came back is among them: whether its office has another address now is found out when it is delivered.
    """
    return all_values(
        connection,
        int,
        """
        with newest as (
            select distinct on (kind, wilayah_kode, periode) edition_id, archive from ops.edition
            where kind = any(%(kinds)s) and periode between %(since)s and %(until)s
            order by kind, wilayah_kode, periode, number desc
        )
        select edition_id from newest where archive is not null and not exists (
            select from ops.delivery as d where d.edition_id = newest.edition_id and d.status = 'sent'
        ) order by edition_id
        """,
        {"kinds": list(kinds), "since": since, "until": until},
    )


def sent_to_camat(connection: Connection, periode: date, since: datetime) -> Sent:
    """Mails of a month's reports to camat."""
    return one_row(
        connection,
        Sent,
        """
        select count(*) filter (where d.sent_at >= %(since)s) as since, count(*) filter (where d.sent_at < %(since)s) as before
        from ops.delivery as d join ops.edition as e using (edition_id)
        where d.status = 'sent' and e.kind = 'bulanan' and e.periode = %(periode)s
        """,
        {"since": since, "periode": periode},
    )
