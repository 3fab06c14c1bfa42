"""Tell stewards what needs them: data older than declared, batches held. Each fact is told once a day."""

from __future__ import annotations

import smtplib
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from email.message import EmailMessage
from email.utils import format_datetime

from command_center.database import Connection, connect
from command_center.idformat import format_moment
from command_center.ledger import alert, held
from command_center.ledger.alert import Frozen, Silent
from command_center.ledger.held import Told
from command_center.settings import settings


@dataclass(frozen=True)
class Message:
    """What the steward of a source must hear."""

    opd: str
    source: str
    text: str


def alert_stewards() -> int:
    """Send one mail for each OPD that has something to hear; returns how many were sent."""
    with connect(settings().dsn("loader")) as connection:
        told = 0
        for message in messages(connection, settings().now()):
            if alert.was_told(connection, message.source, message.text):
                continue
            _send(message)
            alert.record(connection, message.source, message.text)
            connection.commit()
            told += 1
    return told


def messages(connection: Connection, now: datetime) -> list[Message]:
    """Sources that were not heard of, tables whose data stand still, batches that are held."""
    return [
        *(Message(one.opd, one.source, _silent(one)) for one in alert.silent_sources(connection, now)),
        *(Message(one.opd, one.source, _frozen(one)) for one in alert.frozen_tables(connection, now)),
        *(Message(one.opd, one.source, f"Kiriman ditahan: {one.reason}") for one in alert.held_batches(connection)),
        *(Message(one.opd, one.source, _held(one)) for one in held.to_be_told(connection)),
    ]


def _silent(one: Silent) -> str:
    last, limit = one.last_at or "belum pernah", _limit(one.freshness_hours)
    return f"Data '{one.title}' terakhir diterima {last}; batas umur data {limit}."


def _frozen(one: Frozen) -> str:
    return (
        f"Data '{one.title}' ({one.table}) diterima, tetapi isinya berhenti di {one.data_as_of:%d-%m-%Y %H.%M}; "
        f"batas umur data {_limit(one.freshness_hours)}."
    )


def _held(one: Told) -> str:
    return (
        f"Angka bidang '{one.domain}' tetap pada terbitan {format_moment(one.edition_at)}: data '{one.title}' tidak lolos "
        "pemeriksaan. Bidang lain sudah terbit. Betulkan datanya lalu kirim ulang."
    )


def _limit(hours: Decimal) -> str:
    """Whole hours, else minutes."""
    return f"{hours:.0f} jam" if hours == hours.to_integral_value() else f"{hours * 60:.0f} menit"


def _send(message: Message) -> None:
    config = settings()
    mail = EmailMessage()
    mail["From"] = config.cc_mail_from
    mail["To"] = config.cc_mail_steward.format(opd=message.opd)
    mail["Date"] = format_datetime(config.now())
    mail["Subject"] = f"[Command Center] {message.source} perlu perhatian"
    mail.set_content(
        f"{message.text}\n\nCatatan lengkap: ops.batch, ops.quarantine.\nPesan ini dihasilkan oleh sistem.\n"
    )
    with smtplib.SMTP(config.smtp_host, config.smtp_port, timeout=30) as server:
        if config.smtp_starttls:
            server.starttls()
        if config.smtp_user:
            server.login(config.smtp_user, config.secret("smtp_password"))
        server.send_message(mail)
