"""Where a source is and with which secrets it is asked: the Airflow connection, else the declared address."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, urlsplit

from command_center.declaration.source import Connection
from command_center.errors import SettingsError

ASK_AIRFLOW = (
    "AIRFLOW_CTX_DAG_ID",
    "AIRFLOW__SECRETS__BACKEND",
)  # within a task, or where connections are kept elsewhere
LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True)
class Endpoint:
    """A source's address with its secrets. `extra` is the Airflow connection's extra."""

    address: str
    login: str = ""
    password: str = field(default="", repr=False)
    extra: Mapping[str, object] = field(default_factory=dict, repr=False)

    @property
    def scheme(self) -> str:
        return urlsplit(self.address).scheme

    @property
    def host(self) -> str:
        return urlsplit(self.address).hostname or ""

    @property
    def port(self) -> int | None:
        return urlsplit(self.address).port

    @property
    def path(self) -> str:
        return urlsplit(self.address).path

    @property
    def is_loopback(self) -> bool:
        return self.host in LOOPBACK

    def needs_tls(self, connection: Connection) -> bool:
        """Whether the server must prove who it is: always, but on this machine or where a person decided otherwise."""
        return not self.is_loopback and "none" not in (connection.tls, self.extra.get("tls"))


def endpoint(connection: Connection) -> Endpoint:
    """The Airflow connection by its id, else the declared address without secrets.

    Raises SettingsError when the connection's scheme is not the declared one, or would send data without TLS.
    """
    found = _connection(connection) or Endpoint(connection.address.rstrip("/"))
    declared = {"https", "http"} if connection.scheme in ("http", "https") else {connection.scheme}
    if found.scheme not in declared:
        raise SettingsError(
            f"Connection {connection.id!r} points to {found.scheme or 'no scheme'}://, but the declaration reads from "
            f"{connection.scheme}://; mend the connection."
        )
    if found.scheme == "http" and found.needs_tls(connection):
        raise SettingsError(
            f"Connection {connection.id!r} points to {found.address} without TLS; use https, or declare 'tls: none', "
            'or put "tls": "none" into the connection\'s extra where the network is closed.'
        )
    return found


def _connection(connection: Connection) -> Endpoint | None:
    declared = os.environ.get(f"AIRFLOW_CONN_{connection.id.upper()}")
    if declared is not None and declared.startswith("{"):
        return _endpoint(connection, json.loads(declared))
    if declared is not None or not os.environ.keys().isdisjoint(ASK_AIRFLOW):
        return _airflow_connection(connection)
    return None


def _airflow_connection(connection: Connection) -> Endpoint | None:
    from airflow.sdk import BaseHook
    from airflow.sdk.exceptions import AirflowNotFoundException

    try:
        found = BaseHook.get_connection(connection.id)
    except AirflowNotFoundException:
        return None
    names = ("conn_type", "host", "port", "schema", "login", "password", "extra")
    return _endpoint(connection, {name: getattr(found, name) for name in names})


def _endpoint(connection: Connection, given: Mapping[str, object]) -> Endpoint | None:
    host = str(given.get("host") or "").rstrip("/")
    extra = given.get("extra") or {}
    if isinstance(extra, str):
        extra = json.loads(extra)
    assert isinstance(extra, dict)
    if not host:
        address = connection.address.rstrip("/")
    elif "://" in host:
        address = host
    else:
        port = f":{given['port']}" if given.get("port") else ""
        path = str(extra.get("path") or given.get("schema") or "").strip("/")
        scheme = str(given.get("schema") if given.get("schema") in ("http", "https") else connection.scheme)
        path = "" if path == scheme else path
        address = f"{scheme}://{quote(host, safe='.:[]')}{port}{'/' + path if path else ''}"
    return Endpoint(address, str(given.get("login") or ""), str(given.get("password") or ""), extra)
