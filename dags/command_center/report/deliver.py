"""Send each camat the edition's report, once.

SMTP knows no exactly-once: a process that is killed after the server accepted a mail and before the outbox says so leaves
a question that only the mail server can answer. Therefore a row of ops.outbox is committed as `sending` before anything is
sent, the Message-ID follows from edition and recipient, and a row found in `sending` is never simply sent again: where the
mailbox can be asked it decides, elsewhere the row is held for a person.
"""

from __future__ import annotations

import hashlib
import smtplib
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from typing import Literal

from command_center.database import Connection, connect, one_value
from command_center.errors import DeliveryError
from command_center.idformat import format_month
from command_center.ledger import outbox
from command_center.ledger.outbox import Entry
from command_center.report.mailbox import holds_mail
from command_center.report.monthly import Report
from command_center.settings import settings

Outcome = Literal["sent", "already_sent", "held", "busy", "failed"]
TIMEOUT_S = 60.0


class Refused(smtplib.SMTPException):
    """The server said no."""


class Unanswered(Exception):
    """The mail was handed over, but the server's answer did not arrive: it may have been accepted."""


@dataclass(frozen=True)
class Letter:
    """One report on its way to one recipient."""

    report: Report
    recipient: str

    @property
    def edition(self) -> str:
        return f"camat/{self.report.edition}"

    @property
    def message_id(self) -> str:
        digest = hashlib.sha256(f"{self.edition}\n{self.recipient}".encode()).hexdigest()[:16]
        domain = parseaddr(settings().cc_mail_from)[1].rpartition("@")[2] or "padang.invalid"
        return f"<camat.{self.report.edition}.{self.report.slug}.{digest}@{domain}>"

    @property
    def entry(self) -> Entry:
        report = self.report
        return Entry(self.edition, self.recipient, report.kode_kecamatan, self.message_id, report.sha256)


@dataclass
class DeliveryResult:
    """Who got a mail now, who had it before, and whom a person must look after."""

    sent: list[str] = field(default_factory=list)
    already_sent: list[str] = field(default_factory=list)
    held: list[str] = field(default_factory=list)
    busy: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        """One sentence for the log and the closing table."""
        text = f"{len(self.sent)} mails sent, {len(self.already_sent)} were sent before"
        if self.busy:
            text += f", {len(self.busy)} are being sent by another process"
        if self.held:
            text += (
                f"; held for a person, because a killed process left open whether they arrived: {', '.join(self.held)}"
                " (ask the mail server for the Message-ID in ops.outbox, then set the row to sent or failed)"
            )
        return text + "."


def deliver_edition(reports: Sequence[Report]) -> DeliveryResult:
    """Mail each report to its camat, unless it was; several processes may do this at once.

    A mail that the server refuses is noted as failed and tried again by the next call. Raises DeliveryError after all
    others were tried.
    """
    letters = [Letter(report, recipient_of(report)) for report in reports]
    _refuse_shared_recipients(letters)
    mails = [compose(letter) for letter in letters]
    if settings().smtp_user:
        settings().secret("smtp_password")  # a missing password must not leave a row in `sending`
    result = DeliveryResult()
    last_error = ""
    with connect(settings().dsn("loader"), autocommit=True) as connection:
        for letter, mail in zip(letters, mails, strict=True):
            outcome, reason = deliver_letter(connection, letter, mail)
            getattr(result, outcome).append(letter.recipient)
            last_error = reason or last_error
    if result.failed:
        raise DeliveryError(
            f"{len(result.failed)} of {len(letters)} mails were refused by {settings().smtp_host}:{settings().smtp_port} "
            f"({last_error}). {result} Deliver again when the mail server works: only the missing ones are sent."
        )
    return result


def recipient_of(report: Report) -> str:
    """The address of a camat, from the setting CC_MAIL_CAMAT."""
    try:
        return settings().cc_mail_camat.format(slug=report.slug)
    except (KeyError, IndexError, ValueError):
        raise DeliveryError(
            f"The setting CC_MAIL_CAMAT is {settings().cc_mail_camat!r}; it may hold {{slug}} and no other mark."
        ) from None


def deliver_letter(connection: Connection, letter: Letter, mail: EmailMessage) -> tuple[Outcome, str]:
    """Bring one row of the outbox as far as it can be brought now; the outcome and, after a failure, its reason."""
    with claimed(connection, letter) as mine:
        if not mine:
            return "busy", ""
        status = enter_outbox(connection, letter)
        if status == "sent":
            return "already_sent", ""
        if status == "sending":
            arrived = ask_mailbox(letter.message_id)
            if arrived is None:
                note_open_question(connection, letter)
                return "held", ""
            if arrived:
                outbox.note_sent(connection, letter.message_id)
                return "already_sent", ""
        if status != "new":
            outbox.retry(connection, letter.entry)
        return send_letter(connection, letter, mail)


@contextmanager
def claimed(connection: Connection, letter: Letter) -> Iterator[bool]:
    """Whether this session alone works on the letter.

    What SKIP LOCKED does for a row this lock does for the letter: others pass it by. Unlike a row's lock it outlives the
    commit of `sending`, and it ends with the session of a process that is killed.
    """
    key = int.from_bytes(hashlib.sha256(letter.message_id.encode()).digest()[:8], signed=True)
    mine = one_value(connection, bool, "select pg_try_advisory_lock(%s)", [key])
    try:
        yield mine
    finally:
        if mine:
            connection.execute("select pg_advisory_unlock(%s)", [key])


def enter_outbox(connection: Connection, letter: Letter) -> str:
    """Make the letter's row as `sending` and say `new`, or give the status of the row that is there."""
    if outbox.enter(connection, letter.entry):
        return "new"
    status = outbox.status(connection, letter.entry)
    if status is None:
        raise DeliveryError(
            f"The row of {letter.recipient} for {letter.edition} was removed from the outbox meanwhile."
        )
    return status


def ask_mailbox(message_id: str) -> bool | None:
    """Whether the mail arrived; None where no mailbox can be asked (CC_MAILBOX_FOLDER is not set)."""
    folder = settings().cc_mailbox_folder
    return holds_mail(folder, message_id) if folder else None


def send_letter(connection: Connection, letter: Letter, mail: EmailMessage) -> tuple[Outcome, str]:
    """Send a letter whose row says `sending`, and note what came of it."""
    try:
        submit(mail, letter.recipient)
    except Unanswered as error:
        note_open_question(connection, letter, str(error))
        return "held", ""
    except (smtplib.SMTPException, OSError, ValueError) as error:
        reason = " ".join(str(error).split())
        outbox.note_failed(connection, letter.message_id, reason)
        return "failed", reason
    outbox.note_sent(connection, letter.message_id)
    return "sent", ""


def note_open_question(connection: Connection, letter: Letter, reason: str = "") -> None:
    said = reason or "the process that sent it ended before the answer of the mail server was noted"
    outbox.note_open(connection, letter.message_id, said)


def compose(letter: Letter) -> EmailMessage:
    """The mail in plain Indonesian, the PDF attached under a name that tells what it is."""
    report = letter.report
    month = format_month(date.fromisoformat(f"{report.edition}-01"))
    pdf = report.path.read_bytes()
    if hashlib.sha256(pdf).hexdigest() != report.sha256:
        raise DeliveryError(f"{report.path.name} is no longer the file that was rendered; render the edition again.")
    mail = EmailMessage(policy=SMTP)
    mail["From"] = settings().cc_mail_from
    mail["To"] = letter.recipient
    mail["Subject"] = f"[Terbatas] Laporan data bulanan Kecamatan {report.kecamatan}, {month}"
    mail["Date"] = format_datetime(settings().now())
    mail["Message-ID"] = letter.message_id
    mail["Sensitivity"] = "Company-Confidential"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(TEXT.format(kecamatan=report.kecamatan, month=month))
    name = f"Laporan_Data_Bulanan_Kecamatan_{report.kecamatan.replace(' ', '_')}_{report.edition}.pdf"
    mail.add_attachment(pdf, maintype="application", subtype="pdf", filename=name)
    mail["Content-Language"] = "id"
    return mail


def submit(mail: EmailMessage, recipient: str) -> None:
    """Hand one mail to the server. Raises SMTPException or OSError when it was surely not accepted, else Unanswered."""
    config = settings()
    server = smtplib.SMTP(config.smtp_host, config.smtp_port, timeout=TIMEOUT_S)
    try:
        server.ehlo()
        if config.smtp_starttls:
            server.starttls(context=ssl.create_default_context())
            server.ehlo()
        if config.smtp_user:
            server.login(config.smtp_user, config.secret("smtp_password"))
        _expect(server.mail(parseaddr(config.cc_mail_from)[1]), "the sender")
        _expect(server.rcpt(recipient), "the recipient")
        _expect(_hand_over(server, mail.as_bytes()), "the mail")
    finally:
        server.close()


def _hand_over(server: smtplib.SMTP, content: bytes) -> tuple[int, bytes]:
    try:
        return server.data(content)
    except smtplib.SMTPDataError as error:
        return error.smtp_code, error.smtp_error if isinstance(error.smtp_error, bytes) else error.smtp_error.encode()
    except (smtplib.SMTPServerDisconnected, OSError) as error:
        raise Unanswered(f"the connection ended before the mail server answered: {error}") from None


def _expect(answer: tuple[int, bytes], what: str) -> None:
    code, text = answer
    if code not in (250, 251):
        raise Refused(f"{what} was refused with {code} {text.decode(errors='replace')}")


def _refuse_shared_recipients(letters: Sequence[Letter]) -> None:
    recipients = {letter.recipient for letter in letters}
    if len(recipients) != len(letters):
        raise DeliveryError(
            f"CC_MAIL_CAMAT gives {len(letters)} camat only {len(recipients)} addresses; put {{slug}} into it, so that "
            "nobody gets another kecamatan's report."
        )


TEXT = """\
Yth. Camat {kecamatan},

terlampir Laporan Data Bulanan Wilayah Kecamatan {kecamatan}
bulan {month}.

Sifat: TERBATAS. Laporan ini hanya untuk penerima dan dinas yang
berkepentingan. Angka kecil di dalamnya tidak disembunyikan; mohon
tidak meneruskan atau menyebarluaskannya.

Sumber, waktu data, dan mutu angka tercantum pada Catatan Kualitas
Data. Bila ada angka yang tidak sesuai dengan keadaan di lapangan,
mohon sampaikan kepada Dinas Komunikasi dan Informatika.

Surel ini dihasilkan oleh sistem Padang Command Center; mohon tidak
membalas ke alamat pengirim.
"""
