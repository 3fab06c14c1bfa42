"""Addresses and secrets come from the Airflow connection; what would leave the declared way is refused."""

from __future__ import annotations

import json

import pytest
from command_center.declaration.source import Connection
from command_center.errors import SettingsError
from command_center.extract.endpoint import endpoint


def connect(monkeypatch: pytest.MonkeyPatch, given: dict[str, object], address: str, **more: str) -> Connection:
    monkeypatch.setenv("AIRFLOW_CONN_X", json.dumps(given))
    return Connection.model_validate({"id": "x", "address": address, **more})


def test_without_a_connection_the_declared_address_is_asked_without_secrets() -> None:
    found = endpoint(Connection(id="tidak_ada", address="https://data.contoh.id/api/"))
    assert (found.address, found.login, found.password) == ("https://data.contoh.id/api", "", "")


@pytest.mark.parametrize(
    ("given", "declared", "expected"),
    [
        ({"host": "http://127.0.0.1:8090/damkar"}, "https://damkar.id/x", "http://127.0.0.1:8090/damkar"),
        (
            {"host": "sftp.opd.id", "port": 2222, "extra": {"path": "/kirim"}},
            "sftp://a.id/b",
            "sftp://sftp.opd.id:2222/kirim",
        ),
        ({"host": "db.opd.id", "port": 3306, "schema": "call"}, "mysql://a.id/b", "mysql://db.opd.id:3306/call"),
        ({"host": "api.opd.id", "schema": "https"}, "https://a.id/b", "https://api.opd.id"),
        ({"host": "", "password": "k"}, "https://a.id/b", "https://a.id/b"),
    ],
)
def test_the_connection_names_the_address(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, object], declared: str, expected: str
) -> None:
    assert endpoint(connect(monkeypatch, given, declared)).address == expected


def test_a_connection_of_another_scheme_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsError, match=r"points to ftp://, but the declaration reads from sftp://"):
        endpoint(connect(monkeypatch, {"host": "ftp://a.id"}, "sftp://a.id/b"))


def test_data_without_tls_leave_the_machine_only_when_declared(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsError, match="without TLS; use https, or declare 'tls: none'"):
        endpoint(connect(monkeypatch, {"host": "http://10.1.2.3/atcs"}, "https://a.id/b"))
    assert endpoint(connect(monkeypatch, {"host": "http://10.1.2.3"}, "http://a.id", tls="none")).host == "10.1.2.3"


def test_a_password_is_not_in_the_text_of_an_endpoint(monkeypatch: pytest.MonkeyPatch) -> None:
    given: dict[str, object] = {
        "host": "https://a.id",
        "password": "rahasia-sekali",
        "extra": {"token": "rahasia-juga"},
    }
    found = endpoint(connect(monkeypatch, given, "https://a.id"))
    assert (found.password, found.extra["token"]) == ("rahasia-sekali", "rahasia-juga")
    assert "rahasia" not in repr(found)
