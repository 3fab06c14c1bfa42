"""Mail each agency its rejection sheet: when there is something new, at most one a day, each once.

What went out, or may have, is as sure as with reports, and by the same code: see deliver.py. A sheet that surely did not arrive is
made again as things are then, under its own Message-ID.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass, replace
from datetime import date, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from command_center.database import Connection, connect, database_time
from command_center.errors import DeliveryError
from command_center.idformat import format_number
from command_center.ledger import delivery, rejection
from command_center.ledger.delivery import Entry
from command_center.ledger.rejection import NewSheet, Sheet
from command_center.report.deliver import claimed, hand_over, settle
from command_center.report.letter import SENDER, address_of, answers_address
from command_center.report.rejection import MOST_ROWS, RejectionSheet, rejection_sheet
from command_center.report.rejection_workbook import LABEL, build_sheet, title_of
from command_center.settings import WIB, settings

MOST_BYTES = 3_500_000  # of a workbook, so that its mail stays below 5 MB
XLSX = ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet")


@dataclass(frozen=True)
class Mail:
    """One sheet on its way to the steward of its agency."""

    sheet: RejectionSheet
    workbook: bytes
    sheet_id: int
    token: str

    @property
    def ref(self) -> str:
        return f"{self.sheet_id}-{self.token}"

    @property
    def recipient(self) -> str:
        return settings().cc_mail_steward.format(opd=self.sheet.opd)

    @property
    def message_id(self) -> str:
        domain = address_of(settings().cc_mail_from).rpartition("@")[2] or "padang.invalid"
        return f"<lembar.{self.sheet.opd}.{self.ref}@{domain}>"

    @property
    def entry(self) -> Entry:
        return Entry(None, self.recipient, self.sheet.yth, self.message_id, self.sheet_id)


def mail_sheets() -> str:
    """One mail to each agency that has something new; what was done. Raises DeliveryError after all others were tried."""
    if settings().smtp_user:
        settings().secret("smtp_password")  # a missing password must not leave a row in `sending`
    said: list[str] = []
    problems: list[str] = []
    with connect(settings().dsn("loader"), autocommit=True) as connection:
        rejection.gather(connection)
        for one in rejection.waiting(connection, settings().cc_mail_steward):
            if not one.new_rows and one.last_status != "sending":
                continue
            with claimed(connection, f"lembar/{one.opd}") as mine:
                try:
                    said += [f"{one.opd}: {_bring_on(connection, one.opd)}"] if mine else []
                except DeliveryError as error:
                    problems.append(str(error))
    if problems:
        raise DeliveryError(f"{len(problems)} rejection sheets were not sent: {' '.join([*problems, *said])}")
    return " ".join(said) or "Nothing new was set aside."


def _bring_on(connection: Connection, opd: str) -> str:
    """One sentence on what came of an agency's sheet."""
    last = _settled(connection, opd)
    is_out = last is not None and last.status in ("sent", "bounced", "tak_pasti")
    if last is not None and is_out and _day(last.made_at) == _day(database_time(connection)):
        return "was sent a sheet today already."
    token = last.token if last is not None and not is_out else secrets.token_hex(8)
    sheet, workbook = fitting(connection, opd, token)
    if sheet is None or not sheet.told:
        return "nothing new."
    mail = _enter(connection, sheet, workbook, token)
    outcome = hand_over(connection, mail.entry, compose(mail).as_bytes(), answers_address(mail.ref))
    return f"{sheet.new_rows} new rows of {sheet.all_rows} in a sheet. {outcome}"


def _settled(connection: Connection, opd: str) -> Sheet | None:
    """The last sheet of an agency. One that may have arrived is asked the mailbox for; where nobody knows, it counts as told."""
    last = rejection.last_sheet(connection, opd)
    if last is None or last.message_id is None or last.status not in ("sending", "tak_pasti"):
        return last
    if settle(connection, last.message_id, last.status) is False:
        delivery.note(connection, last.message_id, "failed", "the mailbox does not have it")
    return rejection.last_sheet(connection, opd)


def _day(moment: datetime) -> date:
    return moment.astimezone(WIB).date()


def fitting(connection: Connection, opd: str, token: str | None = None) -> tuple[RejectionSheet | None, bytes]:
    """An agency's sheet with as many rows as a mail may carry, and its workbook; only one with a token may come back."""
    most = MOST_ROWS
    while (sheet := rejection_sheet(connection, opd, most)) is not None:
        sheet = replace(sheet, token=token)
        workbook = build_sheet(sheet)
        if len(workbook) <= MOST_BYTES or most == 1:
            return sheet, workbook
        most //= 2
    return None, b""


def _enter(connection: Connection, sheet: RejectionSheet, workbook: bytes, token: str) -> Mail:
    """The sheet, what it tells and its mail are in the ledger before anything is sent."""
    digest = hashlib.sha256(workbook).hexdigest()
    with connection.transaction():
        new = NewSheet(sheet.opd, sheet.opd_name, token, digest, sheet.rows, sheet.new_rows)
        mail = Mail(sheet, workbook, rejection.enter(connection, new, sheet.told), token)
        answers_address(mail.ref)  # a wrong setting must not leave a row
        delivery.enter_sheet(connection, mail.entry)
    return mail


def compose(mail: Mail) -> EmailMessage:
    sheet, message = mail.sheet, EmailMessage(policy=SMTP)
    message["From"] = settings().cc_mail_from
    message["To"] = mail.recipient
    message["Reply-To"] = answers_address(mail.ref)
    message["Subject"] = f"[Terbatas] {title_of(sheet)}: {format_number(sheet.new_rows)} baris baru perlu diperbaiki"
    message["Date"] = format_datetime(settings().now())
    message["Message-ID"] = mail.message_id
    message["Sensitivity"] = "Company-Confidential"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter_text(sheet))
    message.add_attachment(mail.workbook, maintype=XLSX[0], subtype=XLSX[1], filename=file_name(sheet))
    message["Content-Language"] = "id"
    return message


def file_name(sheet: RejectionSheet) -> str:
    name = re.sub(r"[^A-Za-z0-9]+", "_", sheet.opd_name).strip("_")
    return f"Lembar_Perbaikan_{name}_{_day(sheet.made_at)}.xlsx"


def letter_text(sheet: RejectionSheet) -> str:
    counted = "\n".join(
        f"   - {table.title} ({table.counted.table}): {format_number(table.counted.rows)} baris, "
        f"{format_number(table.counted.new_rows)} di antaranya baru"
        for table in sheet.tables
    )
    label = f"*** {LABEL} ***\n\n" if sheet.is_simulated else ""
    return f"""{label}Yth. {sheet.yth},

{format_number(sheet.all_rows)} baris data {sheet.opd_name} belum dapat dipakai Padang Command Center:

{counted}

Lembar terlampir (xlsx) memuat barisnya seperti yang dikirim, sel yang salah, dan apa yang
perlu diperbaiki. Mohon dibetulkan di sistem atau berkas asal, lalu dikirim seperti biasa;
atau betulkan selnya di lembar itu dan balas surel ini dengan lembarnya terlampir. Caranya
ada di lembar kerja 'Petunjuk'. Baris yang sudah benar tidak diberitahukan lagi.

Ada yang menurut Saudara sudah benar? Balas surel ini: balasan dibaca oleh pengelola
Command Center.

Sifat TERBATAS: hanya untuk perangkat daerah yang dituju.

{SENDER}. Surel ini dihasilkan oleh sistem Padang Command Center, tanpa tanda tangan.
"""
