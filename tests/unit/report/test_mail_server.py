"""To whom mail and its password are handed: a server that shows a valid certificate for its name, and nobody else."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from command_center.operate import watch
from command_center.report.submission import submit
from command_center.settings import settings
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

PASSWORD = "sangat-rahasia"


def by_report() -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "a@padang.invalid", "b@padang.invalid", "uji"
    mail.set_content("isi")
    submit(mail.as_bytes(), "a@padang.invalid", "b@padang.invalid")


def by_watch() -> None:
    watch._send(watch.Message("uji", "uji_detak", "isi"))


@dataclass
class Server:
    """A mail server with a certificate, and what it was told."""

    folder: Path
    port: int
    passwords: list[bytes] = field(default_factory=list)
    mails: list[bytes] = field(default_factory=list)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        self.mails.append(envelope.content)
        return "250 OK"

    def authenticate(self, server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        self.passwords.append(data.password)
        return AuthResult(success=True)


def certificate(folder: Path, address: str, days: int = 1) -> Path:
    """A self-signed certificate for an address, with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, address)])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=9))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(address))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    file = folder / f"{address}-{days}.pem"
    file.write_bytes(
        signed.public_bytes(pem) + key.private_bytes(pem, serialization.PrivateFormat.PKCS8, encryption_algorithm=plain)
    )
    return file


def free_port() -> int:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        return int(holder.getsockname()[1])


@pytest.fixture
def serve(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Path], Server]]:
    running: list[Any] = []

    def start(file: Path) -> Server:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        server = Server(tmp_path, free_port())
        controller = Controller(
            server,
            hostname="127.0.0.1",
            port=server.port,
            tls_context=context,
            require_starttls=True,
            authenticator=server.authenticate,
        )
        controller.start()
        running.append(controller)
        values = {"SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(server.port), "SMTP_STARTTLS": "true"}
        for name, value in (values | {"SMTP_USER": "kota", "SMTP_PASSWORD": PASSWORD}).items():
            monkeypatch.setenv(name, value)
        settings.cache_clear()
        return server

    yield start
    for controller in running:
        controller.stop()
    settings.cache_clear()


@pytest.mark.parametrize("send", [by_report, by_watch])
def test_mail_goes_to_a_server_that_proves_its_name(
    send: Callable[[], None], serve: Callable[[Path], Server], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = certificate(tmp_path, "127.0.0.1")
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    server = serve(file)
    send()
    assert server.passwords == [PASSWORD.encode()] and len(server.mails) == 1


@pytest.mark.parametrize("send", [by_report, by_watch])
@pytest.mark.parametrize("forgery", ["nobody vouches", "another name", "expired"])
def test_a_forged_server_gets_neither_password_nor_mail(
    send: Callable[[], None],
    forgery: str,
    serve: Callable[[Path], Server],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    address = "127.0.0.9" if forgery == "another name" else "127.0.0.1"
    file = certificate(tmp_path, address, -1 if forgery == "expired" else 1)
    if forgery != "nobody vouches":
        monkeypatch.setenv("SSL_CERT_FILE", str(file))
    server = serve(file)
    with pytest.raises(ssl.SSLCertVerificationError):
        send()
    assert server.passwords == [] and server.mails == []
