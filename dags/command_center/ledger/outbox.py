"""Mails that are sent once: ops.outbox, one row per edition and recipient, known by its Message-ID."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from command_center.database import Connection, first_value, has_row, one_row


@dataclass(frozen=True)
class Entry:
    """A mail that is to be sent."""

    edition: str
    recipient: str
    kode_kecamatan: str
    message_id: str
    document_sha256: str


@dataclass(frozen=True)
class Sent:
    """Mails of an edition that were sent since a moment, and before it."""

    since: int
    before: int


def enter(connection: Connection, entry: Entry) -> bool:
    """Enter a mail as `sending`, unless its edition and recipient have a row; whether it was entered."""
    return has_row(
        connection,
        """
        insert into ops.outbox (edition, recipient, kode_kecamatan, message_id, document_sha256, status)
        values (%(edition)s, %(recipient)s, %(kode_kecamatan)s, %(message_id)s, %(document_sha256)s, 'sending')
        on conflict (edition, recipient) do nothing returning outbox_id
        """,
        entry.__dict__,
    )


def status(connection: Connection, entry: Entry) -> str | None:
    return first_value(
        connection,
        str,
        "select status from ops.outbox where edition = %(edition)s and recipient = %(recipient)s",
        entry.__dict__,
    )


def retry(connection: Connection, entry: Entry) -> None:
    connection.execute(
        "update ops.outbox set status = 'sending', attempts = attempts + 1, document_sha256 = %(document_sha256)s, "
        "last_error = null where message_id = %(message_id)s",
        entry.__dict__,
    )


def note_sent(connection: Connection, message_id: str) -> None:
    connection.execute(
        "update ops.outbox set status = 'sent', sent_at = clock_timestamp(), last_error = null where message_id = %s",
        [message_id],
    )


def note_failed(connection: Connection, message_id: str, reason: str) -> None:
    connection.execute(
        "update ops.outbox set status = 'failed', last_error = %s where message_id = %s", [reason, message_id]
    )


def note_open(connection: Connection, message_id: str, reason: str) -> None:
    """The row stays `sending`, for nobody knows whether the mail arrived."""
    connection.execute("update ops.outbox set last_error = %s where message_id = %s", [reason, message_id])


def sent_to_camat(connection: Connection, since: datetime) -> Sent:
    """Mails of the newest edition for camat."""
    return one_row(
        connection,
        Sent,
        """
        select count(*) filter (where sent_at >= %(since)s) as since, count(*) filter (where sent_at < %(since)s) as before
        from ops.outbox where status = 'sent' and kode_kecamatan is not null
            and edition = (select edition from ops.outbox where kode_kecamatan is not null order by edition desc limit 1)
        """,
        {"since": since},
    )
