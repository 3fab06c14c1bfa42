"""A problem by mail from its beginning to its end, as the ledger keeps it."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest
from command_center.database import Connection, all_values
from command_center.declaration.registry import get_source
from command_center.errors import DeliveryError
from command_center.ledger import catalogue
from command_center.operate.watch import alert_stewards
from command_center.settings import settings

from tests.conftest import Cluster
from tests.support.ledger import ledger_of_its_own
from tests.support.reports import FailingServer

STEWARD, WALIDATA = "steward.damkar@padang.invalid", "steward.diskominfo@padang.invalid"


@pytest.fixture
def ledger(cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Connection]:
    with ledger_of_its_own(cluster, tmp_path) as connection:
        catalogue.replace(connection, [get_source("damkar_kejadian")])
        connection.commit()
        yield connection
        monkeypatch.undo()


def later(connection: Connection, days: int) -> None:
    connection.execute("update ops.alert set told_at = told_at - make_interval(days => %s)", [days])
    connection.commit()


def body(server: FailingServer) -> str:
    return str(server.accepted[-1].get_content()).replace("\r\n", "\n")


def test_a_problem_is_opened_reminded_and_closed_each_by_one_mail(
    ledger: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    with FailingServer("554") as server:
        monkeypatch.setenv("SMTP_PORT", str(server.port))
        settings.cache_clear()
        with pytest.raises(DeliveryError, match=r"^1 alerts were not sent \(.*554.*\), 0 were"):
            alert_stewards()
        server.fault = None
        assert [alert_stewards(), alert_stewards()] == [1, 0]
        assert body(server).startswith("Yth. Kepala Bidang Operasional Dinas Pemadam Kebakaran\n\nData '")
        assert "Penanggung jawab data: " in body(server)
        later(ledger, 3)
        assert [alert_stewards(), alert_stewards()] == [1, 0]
        assert str(server.accepted[-1]["Subject"]).endswith("damkar_kejadian masih perlu perhatian (pengingat ke-1)")
        ledger.execute("delete from ops.source_catalogue")
        ledger.commit()
        assert [alert_stewards(), alert_stewards()] == [1, 0]
        assert "Selesai: Data '" in body(server) and "Pertama diberitahukan" in body(server)
    assert [mail["To"] for mail in server.accepted] == [STEWARD, f"{STEWARD}, {WALIDATA}", f"{STEWARD}, {WALIDATA}"]
    assert all_values(ledger, str, "select told from ops.alert where closed_at is not null and reminders = 1") == [
        "selesai"
    ]
    logged = all_values(ledger, str, "select message from ops.log_alert order by alert_id")
    assert [text.partition(" ")[0] for text in logged] == ["Data", "Pengingat:", "Selesai:"]


class Chat(BaseHTTPRequestHandler):
    """Takes what a chat would; `heard` are the titles and texts."""

    heard: ClassVar[list[dict[str, str]]] = []

    def do_POST(self) -> None:
        self.heard.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


def test_an_alert_is_told_at_other_places_too_and_one_that_is_away_holds_up_nothing(
    ledger: Connection, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with FailingServer("554") as server, ThreadingHTTPServer(("127.0.0.1", 0), Chat) as chat:
        threading.Thread(target=chat.serve_forever, daemon=True).start()
        server.fault = None
        monkeypatch.setenv("SMTP_PORT", str(server.port))
        away = "json://rahasia-sekali@127.0.0.1:1/"
        monkeypatch.setenv("CC_APPRISE_URLS", f"{away} damkar,bpbd=json://127.0.0.1:{chat.server_port}/ dinkes={away}")
        settings.cache_clear()
        with caplog.at_level(logging.DEBUG):
            assert alert_stewards() == 1
        chat.shutdown()
    (heard,) = Chat.heard
    assert heard["title"] == "damkar_kejadian perlu perhatian" and "belum pernah diterima" in heard["message"]
    assert len(server.accepted) == 1
    logged = all_values(ledger, str, "select message from ops.log_alert order by alert_id")
    assert logged[-1] == "1 alamat pemberitahuan selain surel tidak menerima peringatan ini."
    assert "Addresses 1 of CC_APPRISE_URLS did not take an alert." in caplog.messages
    assert not [line for line in caplog.messages if "rahasia-sekali" in line]
