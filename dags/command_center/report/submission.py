"""Handing one mail to the mail server: either its answer is known, or it is known that it is not."""

from __future__ import annotations

import re
import smtplib
import ssl
from contextlib import suppress

from command_center.settings import settings

TIMEOUT_S = 60.0
# After the last line a server may check and store the mail before it answers; RFC 5321 asks for patience.
ANSWER_S = 300.0


class Refused(smtplib.SMTPException):
    """The server said no."""


class Unanswered(Exception):
    """The whole mail was handed over, but the server's answer did not arrive: it may have been accepted."""


def submit(content: bytes, sender: str, recipient: str) -> None:
    """Hand one mail over. Raises SMTPException or OSError when it was surely not accepted, else Unanswered."""
    config = settings()
    server = smtplib.SMTP(config.smtp_host, config.smtp_port, timeout=TIMEOUT_S)
    try:
        server.ehlo()
        if config.smtp_starttls:
            server.starttls(context=ssl.create_default_context())
            server.ehlo()
        if config.smtp_user:
            server.login(config.smtp_user, config.secret("smtp_password"))
        _expect(server.mail(sender), 250, "the sender")
        _expect(server.rcpt(recipient), 250, "the recipient")
        _expect(server.docmd("DATA"), 354, "the mail")
        server.send(_stuffed(content))
        _expect(_last_line(server), 250, "the mail")
        with suppress(smtplib.SMTPException, OSError):
            server.docmd("QUIT")
    finally:
        server.close()


def _stuffed(content: bytes) -> bytes:
    """Every line ended by CRLF, and a dot doubled at its beginning: only the last line is a single dot."""
    lines = re.sub(rb"\r\n|\r|\n", b"\r\n", content)
    return re.sub(rb"(?m)^\.", b"..", lines if lines.endswith(b"\r\n") else lines + b"\r\n")


def _last_line(server: smtplib.SMTP) -> tuple[int, bytes]:
    """Until this line the server has only a part, which it must not deliver; from it on only its answer tells."""
    try:
        if server.sock is not None:
            server.sock.settimeout(ANSWER_S)
        server.send(b".\r\n")
        code, text = server.getreply()
    except (smtplib.SMTPException, OSError) as error:
        raise Unanswered(f"the connection ended before the mail server answered: {error}") from None
    if code < 200:
        raise Unanswered(f"the mail server answered with {code} {text.decode(errors='replace')}, which tells nothing")
    return code, text


def _expect(answer: tuple[int, bytes], wanted: int, what: str) -> None:
    code, text = answer
    if code != wanted and not (wanted == 250 and code == 251):
        raise Refused(f"{what} was refused with {code} {text.decode(errors='replace')}")
