"""A steward's answer with the rejection sheet attached: who may send it, and the mail that says what came in.

The answer is known by a token that is in no other mail, and by the address that the sheet was sent to; whoever else sends it, the
registered steward hears of it. The mail goes out before the answer is entered: a run that was ended in between does both again,
under the same Message-ID.
"""

from __future__ import annotations

import hashlib
import smtplib
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from command_center.database import Connection
from command_center.errors import DeliveryError
from command_center.ledger.delivery import Delivery
from command_center.report import submission
from command_center.report.letter import SENDER, address_of
from command_center.report.returned import Result, SheetRefused, take_in_sheet
from command_center.settings import settings

Loaded = Callable[[str, str], None]
OTHER_SENDER = "Lembar perbaikan ini dikirim kembali dari alamat lain, sehingga tidak ada yang dimuat; kirim dari alamat yang menerima surel ini."
TOO_LARGE = "Surel balasannya terlalu besar, sehingga tidak ada yang dimuat; lampirkan lembarnya saja."
MANY = "Ada lebih dari satu berkas xlsx terlampir, sehingga tidak ada yang dimuat; lampirkan satu lembar saja."


@dataclass(frozen=True)
class Answered:
    """What the steward was told; `is_done` where nothing of it is left to anybody."""

    text: str
    is_done: bool


def workbooks_of(mail: EmailMessage) -> list[bytes]:
    """What is attached and called a workbook."""
    found = []
    for part in mail.iter_attachments():
        content = part.get_payload(decode=True)
        if (part.get_filename() or "").lower().endswith(".xlsx") and isinstance(content, bytes):
            found.append(content)
    return found


def answer_sheet(
    connection: Connection,
    mail: EmailMessage,
    about: Delivery,
    sender: str,
    *,
    known_as: str,
    is_cut: bool,
    loaded: Loaded,
) -> Answered | None:
    """Take in what is attached to the answer to a sheet, and answer it; None where nothing is attached."""
    attached = workbooks_of(mail)
    if not attached or about.sheet_id is None:
        return None
    try:
        result = _result(connection, attached, about, sender, is_cut=is_cut)
        text, is_done = result.text, not (result.still_wrong or result.refused)
        for source, table in result.loaded:
            loaded(source, table)
    except SheetRefused as error:
        text, is_done = str(error), False
    _send(about, text, known_as)
    return Answered(text, is_done)


def _result(connection: Connection, attached: list[bytes], about: Delivery, sender: str, *, is_cut: bool) -> Result:
    if sender != about.recipient.lower():
        raise SheetRefused(OTHER_SENDER)
    if is_cut:
        raise SheetRefused(TOO_LARGE)
    if len(attached) > 1:
        raise SheetRefused(MANY)
    return take_in_sheet(connection, attached[0], sheet_id=about.sheet_id, run_id=f"lembar {about.sheet_id}")


def _send(about: Delivery, text: str, known_as: str) -> None:
    """To the address that the sheet went to, whoever sent it back. Raises DeliveryError."""
    mail = EmailMessage(policy=SMTP)
    domain = address_of(settings().cc_mail_from).rpartition("@")[2] or "padang.invalid"
    mail["From"], mail["To"] = settings().cc_mail_from, about.recipient
    mail["Subject"] = "[Terbatas] Lembar perbaikan yang dikirim kembali: apa yang masuk"
    mail["Date"] = format_datetime(settings().now())
    mail["Message-ID"] = f"<jawaban.{hashlib.sha256(known_as.encode()).hexdigest()[:24]}@{domain}>"
    mail["In-Reply-To"] = about.message_id
    mail["Auto-Submitted"] = "auto-replied"
    mail.set_content(
        f"Yth. {about.yth},\n\n{text}\n\nSifat TERBATAS: hanya untuk perangkat daerah yang dituju.\n\n{SENDER}.\n"
    )
    try:
        submission.submit(mail.as_bytes(), address_of(settings().cc_mail_from), about.recipient)
    except submission.Unanswered:
        return  # it may have arrived; what it says is in the ledger too
    except (smtplib.SMTPException, OSError) as error:
        raise DeliveryError(
            f"What became of the sheet of {about.opd} could not be mailed to {about.recipient}: {' '.join(str(error).split())}; the "
            "next run tries again."
        ) from None
