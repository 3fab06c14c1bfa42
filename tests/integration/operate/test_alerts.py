"""A problem by mail from its beginning to its end, as the ledger keeps it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

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
