"""A real IMAP server for a while, and mails as recipients and mail servers send them."""

from __future__ import annotations

import imaplib
import socket
import socketserver
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

USER, PASSWORD = "koreksi", "sangat-rahasia"
DSN = """\
From: MAILER-DAEMON@surel.padang.invalid
To: {to}
Subject: Undelivered Mail Returned to Sender
Message-ID: {message_id}
MIME-Version: 1.0
Auto-Submitted: auto-replied
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain; charset=us-ascii

Maaf, surel tidak dapat disampaikan.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; surel.padang.invalid

Final-Recipient: rfc822; camat.kuranji@padang.invalid
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {code}

--b
Content-Type: text/rfc822-headers

Message-ID: {about}
Subject: [Terbatas] Laporan

--b--
"""


@contextmanager
def imap_server() -> Iterator[int]:
    """An empty mailbox of one user; its port."""
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        port = int(holder.getsockname()[1])
    command = ["--host", "127.0.0.1", "--port", str(port), "--no-service", "admin", "--no-service", "managesieve"]
    login = ["dict", "--demo-user", USER, "--demo-password", PASSWORD]
    process = subprocess.Popen(
        [str(Path(sys.executable).parent / "pymap"), *command, *login], stderr=subprocess.DEVNULL
    )
    try:
        _wait(port, process)
        yield port
    finally:
        process.terminate()
        process.wait(10)


@contextmanager
def behind_tls(port: int, certificate: Path) -> Iterator[int]:
    """The server of a port as one that speaks TLS from the first byte on, with a certificate and its key; its port."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)

    class Through(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with (
                suppress(OSError),
                context.wrap_socket(self.request, server_side=True) as outer,
                socket.create_connection(("127.0.0.1", port)) as inner,
            ):
                back = threading.Thread(target=_copy, args=(inner, outer), daemon=True)
                back.start()
                _copy(outer, inner)
                back.join(5)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Through) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield int(server.server_address[1])
        server.shutdown()


def _copy(origin: socket.socket, goal: socket.socket) -> None:
    with suppress(OSError):
        while piece := origin.recv(65536):
            goal.sendall(piece)
        goal.shutdown(socket.SHUT_WR)


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            imaplib.IMAP4("127.0.0.1", port, timeout=5).logout()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the IMAP server did not start within 60 s")


@contextmanager
def opened(port: int) -> Iterator[imaplib.IMAP4]:
    """As a mail program opens it."""
    with imaplib.IMAP4("127.0.0.1", port, timeout=10) as imap:
        imap.login(USER, PASSWORD)
        imap.select("INBOX")
        yield imap


def arrive(port: int, *mails: bytes) -> None:
    with opened(port) as imap:
        for mail in mails:
            imap.append("INBOX", "", "", mail)


def answer(sender: str, text: str, **headers: str) -> bytes:
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["Subject"] = sender, "Re: [Terbatas] Laporan data bulanan"
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    if "To" not in mail:
        mail["To"] = "koreksi@padang.invalid"
    mail.set_content(text)
    return mail.as_bytes()


def bounce(about: str, message_id: str, *, to: str = "koreksi@padang.invalid", action: str = "failed") -> bytes:
    status, code = ("5.1.1", "550 5.1.1 tidak ada") if action == "failed" else ("4.4.7", "tertunda")
    text = DSN.format(to=to, message_id=message_id, action=action, status=status, code=code, about=about)
    return text.replace("\n", "\r\n").encode()
