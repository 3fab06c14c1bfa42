"""A running demo city with every protocol, and the intake of its practice agency."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from command_center.database import connect
from command_center.declaration.registry import get_source
from command_center.errors import SourceUnavailable
from command_center.extract import http, sftp, sql_question
from command_center.extract.isolated import Parser
from command_center.intake.ingest import ingest
from command_center.intake.outcome import Outcome
from command_center.local.cluster import temporary_var
from command_center.settings import WIB, settings
from command_center.warehouse.bootstrap import declare_sources
from demo_city.faults.spoil import Fault
from demo_city.protocols.mysql import MysqlService
from demo_city.protocols.postgres import PostgresService
from demo_city.protocols.server import DemoServer, make_server
from demo_city.protocols.sftp import SftpService
from demo_city.protocols.upload import UploadService

from tests.support.practice import FEEDS, Feed, declare

NOW = "2026-11-23T09:20:00+07:00"


@dataclass
class Practice:
    """A demo city with every protocol, and an intake that has only the practice agency's declarations."""

    server: DemoServer
    folder: Path
    connection: psycopg.Connection[tuple[object, ...]]
    parser: Parser
    serial: int = field(default=0)

    def load(self, feed: Feed, **more: Any) -> list[Outcome]:
        """One run; a source that cannot be asked is an outcome too."""
        self.serial += 1
        try:
            return ingest(get_source(feed.key), run_id=f"test {self.serial}", parser=self.parser, **more)
        except SourceUnavailable as error:
            return [Outcome(feed.key, "*", "*", "failed", str(error))]

    @contextmanager
    def broken(self, kind: str, seconds: float = 0.2) -> Iterator[None]:
        city = self.server.city
        city.break_source("latihan", Fault(kind, seconds, city.clock.now(), city.election.now()))
        self.server.refresh_services()
        try:
            yield
        finally:
            city.mend(None)
            self.server.refresh_services()

    def good(self, feed: Feed) -> list[tuple[Any, ...]]:
        """The published rows while nothing is wrong."""
        if not self.raw(feed):
            self.restore(feed)
        return self.raw(feed)

    def restore(self, feed: Feed) -> None:
        """Bring the table back to what it is without a fault."""
        (outcome,) = self.load(feed)
        assert outcome.status in ("published", "unchanged"), outcome
        assert self.raw(feed) == self.sent(feed)

    def raw(self, feed: Feed) -> list[tuple[Any, ...]]:
        names = [name for name in SHOWN if name not in feed.lacks]
        found = self.connection.execute(
            f"select {', '.join(names)} from raw.{feed.key}__pengangkutan order by nomor"
        ).fetchall()
        self.connection.commit()
        return found

    def sent(self, feed: Feed) -> list[tuple[Any, ...]]:
        """The table as its source has it, in the types that it should arrive in."""
        names = [name for name in SHOWN if name not in feed.lacks]
        rows = self.server.city.practice_table().rows
        if feed.kind == "cap":
            rows = tuple(row for row in rows if int(str(row["nomor"])) % 240 == 0)
        return [tuple(_arrives(feed, row[name]) for name in names) for row in rows]


SHOWN = (
    "nomor", "tanggal", "kode_kelurahan", "nama_kelurahan", "rute", "jenis", "berat_kg", "biaya_rp", "diubah_pada",
    "keterangan",
)  # fmt: skip


def _arrives(feed: Feed, value: Any) -> Any:
    if isinstance(value, datetime):
        return value.replace(second=0).astimezone(WIB)
    if isinstance(value, str):
        return (" ".join(value.split()) if feed.kind == "html_table" else value.strip()) or None
    return value


@contextmanager
def practice_city(monkeypatch: pytest.MonkeyPatch) -> Iterator[Practice]:
    """Start it, point every feed's connection at it, and leave nothing behind."""
    with temporary_var() as folder:
        for name in ("demo", "upload/latihan"):
            (folder / name).mkdir(parents=True)
        monkeypatch.setenv("DEMO_NOW", NOW)
        for module in (http, sftp, sql_question):
            monkeypatch.setattr(module, "PAUSE_S", 0.01)
        declare(folder, FEEDS.values())
        for name in ("sources", "expectations"):
            monkeypatch.setenv(f"CC_{name.upper()}_DIR", str(folder / name))
        monkeypatch.setenv("CC_LANDING_URL", (folder / "landing").as_uri())
        settings.cache_clear()
        server = make_server("127.0.0.1", 0, folder / "demo", 1371)
        city = server.city
        services = [service("127.0.0.1", 0, city) for service in (SftpService, MysqlService, PostgresService)]
        try:
            server.start_services([*services, UploadService(city, folder / "upload")])
            threading.Thread(target=server.serve_forever, daemon=True).start()
            _wait_ready(server)
            for feed in FEEDS.values():
                monkeypatch.setenv(f"AIRFLOW_CONN_{feed.key.upper()}", json.dumps(_connection(feed, server)))
            declare_sources(settings())
            with connect(settings().dsn("loader")) as connection, Parser() as parser:
                yield Practice(server, folder, connection, parser)
        finally:
            server.stop_services()
            server.shutdown()
            server.server_close()


def _wait_ready(server: DemoServer) -> None:
    ends_at = time.monotonic() + 60
    while not all(service.ready for service in server.services):
        assert time.monotonic() < ends_at, [service.name for service in server.services if not service.ready]
        time.sleep(0.05)


def _connection(feed: Feed, server: DemoServer) -> dict[str, Any]:
    addresses = server.addresses()
    host = {
        "http": f"{server.url}/latihan",
        "sftp": f"{addresses['sftp']}/latihan",
        "file": f"{addresses['file']}/latihan",
    }
    simulated = {"data_simulasi": "*"}
    return {
        "conn_type": feed.scheme,
        "host": host.get(feed.scheme) or addresses[feed.scheme],
        "login": "latihan",
        "password": server.city.password,
        "extra": simulated | ({"host_key": addresses["sftp_host_key"]} if feed.scheme == "sftp" else {}),
    }
