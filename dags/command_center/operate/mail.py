"""Plain mails of the system to who looks after it."""

from __future__ import annotations

import smtplib
import ssl
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid, parseaddr

from command_center.settings import settings


def send(recipient: str, subject: str, text: str) -> None:
    config = settings()
    mail = EmailMessage()
    mail["From"] = config.cc_mail_from
    mail["To"] = recipient
    mail["Date"] = format_datetime(config.now())
    mail["Message-ID"] = make_msgid(domain=parseaddr(config.cc_mail_from)[1].rpartition("@")[2] or "padang.invalid")
    mail["Auto-Submitted"] = "auto-generated"
    mail["Subject"] = f"[Command Center] {subject}"
    mail.set_content(f"{text}\nPesan ini dihasilkan oleh sistem.\n")
    with smtplib.SMTP(config.smtp_host, config.smtp_port, timeout=30) as server:
        if config.smtp_starttls:
            server.starttls(context=ssl.create_default_context())
        if config.smtp_user:
            server.login(config.smtp_user, config.secret("smtp_password"))
        server.send_message(mail)
