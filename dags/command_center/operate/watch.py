"""Tell stewards what needs them: data older than declared, batches held. Each fact is told once a day."""

from __future__ import annotations

import smtplib
from email.message import EmailMessage
from email.utils import format_datetime

from command_center.database import Connection, connect
from command_center.settings import settings


def alert_stewards() -> int:
    """Send one mail for each OPD that has something to hear; returns how many were sent."""
    with connect(settings().dsn("loader")) as connection:
        told = 0
        for opd, source, message in [*_stale(connection), *_frozen(connection), *_held(connection)]:
            if _was_told(connection, source, message):
                continue
            _send(opd, source, message)
            connection.execute("insert into ops.log_alert (source, message) values (%s, %s)", [source, message])
            connection.commit()
            told += 1
    return told


def _stale(connection: Connection) -> list[tuple[str, str, str]]:
    rows = connection.execute(
        """
        select c.opd, c.source, c.title, c.freshness_hours, max(b.observed_at) filter (where b.status in ('published', 'unchanged'))
        from ops.source_catalogue as c left join ops.batch as b using (source)
        group by c.opd, c.source, c.title, c.freshness_hours
        having coalesce(max(b.observed_at) filter (where b.status in ('published', 'unchanged')), '-infinity')
            < %s - make_interval(hours => c.freshness_hours::int)
        """,
        [settings().now()],
    ).fetchall()
    return [
        (
            str(opd),
            str(source),
            f"Data '{title}' terakhir diterima {last or 'belum pernah'}; batas umur data {float(str(limit)):.0f} jam.",
        )
        for opd, source, title, limit, last in rows
    ]


def _frozen(connection: Connection) -> list[tuple[str, str, str]]:
    """Sources that answer, but whose newest data are older than declared."""
    rows = connection.execute(
        """
        select c.opd, c.source, c.title, b.table_name, max(b.data_as_of), c.freshness_hours
        from ops.source_catalogue as c join ops.batch as b using (source)
        where b.status = 'published' and b.data_as_of is not null
        group by c.opd, c.source, c.title, b.table_name, c.freshness_hours
        having max(b.data_as_of) < %s - make_interval(hours => c.freshness_hours::int)
        """,
        [settings().now()],
    ).fetchall()
    sentence = "Data '{}' ({}) diterima, tetapi isinya berhenti di {:%d-%m-%Y %H.%M}; batas umur data {:.0f} jam."
    return [
        (str(opd), str(source), sentence.format(title, table, newest, limit))
        for opd, source, title, table, newest, limit in rows
    ]


def _held(connection: Connection) -> list[tuple[str, str, str]]:
    rows = connection.execute(
        """
        select c.opd, b.source, b.reason from (
            select distinct on (source, table_name, part) source, status, reason
            from ops.batch order by source, table_name, part, batch_id desc
        ) as b join ops.source_catalogue as c using (source) where b.status = 'held'
        """
    ).fetchall()
    return [(str(opd), str(source), f"Kiriman ditahan: {reason}") for opd, source, reason in rows]


def _was_told(connection: Connection, source: str, message: str) -> bool:
    row = connection.execute(
        "select from ops.log_alert where source = %s and message = %s and batch_id is null and created_at > clock_timestamp() - interval '1 day'",
        [source, message],
    ).fetchone()
    return row is not None


def _send(opd: str, source: str, message: str) -> None:
    config = settings()
    mail = EmailMessage()
    mail["From"] = config.cc_mail_from
    mail["To"] = config.cc_mail_steward.format(opd=opd)
    mail["Date"] = format_datetime(config.now())
    mail["Subject"] = f"[Command Center] {source} perlu perhatian"
    mail.set_content(f"{message}\n\nCatatan lengkap: ops.batch, ops.quarantine.\nPesan ini dihasilkan oleh sistem.\n")
    with smtplib.SMTP(config.smtp_host, config.smtp_port, timeout=30) as server:
        if config.smtp_starttls:
            server.starttls()
        if config.smtp_user:
            server.login(config.smtp_user, config.secret("smtp_password"))
        server.send_message(mail)
