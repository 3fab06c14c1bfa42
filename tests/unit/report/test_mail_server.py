"""To whom mail and its password are handed: a server that shows a valid certificate for its name, and nobody else."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from email import message_from_bytes
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from command_center.operate import mail
from command_center.report.submission import submit
from command_center.settings import settings

from tests.support.mail_server import PASSWORD, Server, certificate, settings_for, started


def by_report() -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@padang.invalid", "b@padang.invalid", "uji"
    message.set_content("isi")
    submit(message.as_bytes(), "a@padang.invalid", "b@padang.invalid")


def by_watch() -> None:
    mail.send("b@padang.invalid", "uji", "isi")


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Path], Server]]:
    running: list[Any] = []

    def start(file: Path) -> Server:
        server, controller = started(file)
        running.append(controller)
        for name, value in settings_for(server).items():
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


def test_each_alert_has_a_name_of_its_own(
    serve: Callable[[Path], Server], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Servers on the way tell mails apart by it, and answer none that says it was made by a program."""
    file = certificate(tmp_path, "127.0.0.1")
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    server = serve(file)
    by_watch()
    by_watch()
    first, second = (message_from_bytes(content) for content in server.mails)
    assert first["Message-ID"].endswith("@padang.invalid>") and first["Message-ID"] != second["Message-ID"]
    assert first["Auto-Submitted"] == "auto-generated"
