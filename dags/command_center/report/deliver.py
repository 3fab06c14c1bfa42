"""Send an edition to whom it is for, once.

SMTP knows no exactly-once: a process that is killed after the server accepted a mail and before the ledger says so leaves
a question that only the mail server can answer. Therefore a row of ops.delivery is committed as `sending` before anything is
sent, the Message-ID follows from edition and recipient, and a row found in `sending` is never simply sent again: where the
mailbox can be asked it decides, elsewhere the row becomes `tak_pasti` and a person decides.
"""

from __future__ import annotations

import hashlib
import smtplib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from command_center.database import Connection, connect, one_value
from command_center.errors import DeliveryError
from command_center.ledger import delivery
from command_center.ledger import edition as editions
from command_center.ledger.delivery import Delivery, Entry
from command_center.ledger.edition import Edition
from command_center.report.letter import Letter, compose
from command_center.report.mailbox import holds_mail
from command_center.report.periods import today
from command_center.report.recipients import recipient_of
from command_center.report.submission import Unanswered, submit
from command_center.settings import settings

KILLED = "the process that sent it ended before the answer of the mail server was noted"


@dataclass(frozen=True)
class Outcome:
    """What came of one mail."""

    status: Literal["sent", "already_sent", "held", "busy", "bounced"]
    recipient: str

    def __str__(self) -> str:
        """One sentence for the log."""
        said = {
            "sent": "was sent",
            "already_sent": "was sent before",
            "busy": "is being sent by another process",
            "bounced": "came back, and its office has no other address since: correct the address in the file of recipients",
            "held": "may have arrived: nobody knows, so it is not sent again; look for it at the mail server, then "
            "`python -m command_center deliveries decide`",
        }
        return f"The mail to {self.recipient} {said[self.status]}."


def deliver_edition(edition_id: int) -> Outcome:
    """Bring an edition's mail as far as it can be brought now; several processes may do this at once.

    Raises DeliveryError when the mail server refused it, and when nobody holds the office: the next call tries again.
    """
    if settings().smtp_user:
        settings().secret("smtp_password")  # a missing password must not leave a row in `sending`
    with connect(settings().dsn("loader"), autocommit=True) as connection:
        edition = editions.get(connection, edition_id)
        with claimed(connection, str(edition.edition_id)) as mine:
            return _deliver(connection, edition) if mine else Outcome("busy", edition.name)


def deliver_all(edition_ids: Iterable[int]) -> str:
    """Deliver one after the other; what came of it. Raises DeliveryError after all others were tried."""
    outcomes: list[Outcome] = []
    problems: list[str] = []
    for edition_id in edition_ids:
        try:
            outcomes.append(deliver_edition(edition_id))
        except DeliveryError as error:
            problems.append(str(error))
    counts = {status: sum(one.status == status for one in outcomes) for status in ("sent", "already_sent")}
    said = f"{counts['sent']} mails sent, {counts['already_sent']} were sent before."
    said = " ".join((said, *(str(one) for one in outcomes if one.status in ("held", "busy", "bounced"))))
    if problems:
        raise DeliveryError(f"{len(problems)} mails were not sent: {' '.join(problems)} {said}")
    return said


@contextmanager
def claimed(connection: Connection, what: str) -> Iterator[bool]:
    """Whether this session alone works on the mail of an edition or a sheet.

    What SKIP LOCKED does for a row this lock does for the mail: others pass it by. Unlike a row's lock it outlives the
    commit of `sending`, and it ends with the session of a process that is killed.
    """
    digest = hashlib.sha256(f"delivery/{what}".encode()).digest()
    key = int.from_bytes(digest[:8], signed=True)
    mine = one_value(connection, bool, "select pg_try_advisory_lock(%s)", [key])
    try:
        yield mine
    finally:
        if mine:
            connection.execute("select pg_advisory_unlock(%s)", [key])


def _deliver(connection: Connection, edition: Edition) -> Outcome:
    """One edition goes to one recipient: whoever was written to, or may have been, before is the only one.

    A mail that came back reached nobody; it is not tried again before the office has another address.
    """
    rows = delivery.of_edition(connection, edition.edition_id)
    for row in rows:
        if row.status == "sent":
            return Outcome("already_sent", row.recipient)
    for row in rows:
        if row.status in ("sending", "tak_pasti"):
            return _settle(connection, edition, row)
    recipient = recipient_of(connection, edition.kind, edition.wilayah_kode, today())
    if any(row.status == "bounced" and row.recipient.lower() == recipient.address.lower() for row in rows):
        return Outcome("bounced", recipient.address)
    return _send(connection, Letter(edition, recipient.address, recipient.yth))


def _settle(connection: Connection, edition: Edition, row: Delivery) -> Outcome:
    """A mail of which it is not known whether it arrived."""
    arrived = settle(connection, row.message_id, row.status)
    if arrived is None:
        return Outcome("held", row.recipient)
    if arrived:
        return Outcome("already_sent", row.recipient)
    return _send(connection, Letter(edition, row.recipient, row.yth))


def settle(connection: Connection, message_id: str, status: str) -> bool | None:
    """Whether a mail that is `sending` or `tak_pasti` arrived, as the mailbox says; None where nobody knows."""
    arrived = ask_mailbox(message_id)
    if arrived:
        delivery.note(connection, message_id, "sent")
    elif arrived is None and status == "sending":
        delivery.note(connection, message_id, "tak_pasti", KILLED)
    return arrived


def ask_mailbox(message_id: str) -> bool | None:
    """Whether the mail arrived; None where no mailbox can be asked (CC_MAILBOX_FOLDER is not set)."""
    folder = settings().cc_mailbox_folder
    return holds_mail(folder, message_id) if folder else None


def _send(connection: Connection, letter: Letter) -> Outcome:
    """Send an edition's mail; everything that can fail without the server comes first."""
    content = compose(letter).as_bytes()
    entry = Entry(letter.edition.edition_id, letter.recipient, letter.yth, letter.message_id)
    delivery.enter(connection, entry)
    return hand_over(connection, entry, content, letter.answers_to)


def hand_over(connection: Connection, entry: Entry, content: bytes, sender: str) -> Outcome:
    """Send a mail that was entered; its row then says what came of it."""
    delivery.begin(connection, entry.message_id)
    try:
        submit(content, sender, entry.recipient)
    except Unanswered as error:
        delivery.note(connection, entry.message_id, "tak_pasti", str(error))
        return Outcome("held", entry.recipient)
    except (smtplib.SMTPException, OSError, ValueError) as error:
        reason = " ".join(str(error).split())
        delivery.note(connection, entry.message_id, "failed", reason)
        raise DeliveryError(
            f"The mail to {entry.recipient} was refused by {settings().smtp_host}:{settings().smtp_port} ({reason}); "
            "deliver again when the mail server works."
        ) from None
    delivery.note(connection, entry.message_id, "sent")
    return Outcome("sent", entry.recipient)
