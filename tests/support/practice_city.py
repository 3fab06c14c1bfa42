"""A running demo city with every protocol, and the intake of its practice agency."""

from __future__ import annotations

import csv
import io
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
from command_center.declaration.source import Source
from command_center.errors import PayloadError, SourceUnavailable
from command_center.extract import http, sftp, sql_question
from command_center.extract.asking import Answered, Asking, Fetched, Unanswered, Unchanged, workspace
from command_center.extract.endpoint import endpoint
from command_center.extract.isolated import Parser
from command_center.extract.kinds import asks
from command_center.extract.reading import READ_AT, Answer
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
    validators: dict[str, dict[str, str | None]] = field(default_factory=dict)

    def load(self, feed: Feed, **more: Any) -> list[Outcome]:
        """One run; a source that cannot be asked is an outcome too."""
        self.serial += 1
        try:
            return ingest(get_source(feed.key), run_id=f"test {self.serial}", parser=self.parser, **more)
        except SourceUnavailable as error:
            return [Outcome(feed.key, "*", "*", "failed", str(error))]

    def remember(self, feed: Feed) -> None:
        """Ask once while nothing is wrong, so that the source can tell later that nothing changed."""
        if feed.key not in self.validators:
            self.validators[feed.key] = {}
            with workspace() as folder:
                for answered in self._asked(feed, folder):
                    assert isinstance(answered, Fetched), answered
                    self.validators[feed.key][answered.part] = answered.validator

    def asked_and_read(self, feed: Feed) -> Outcome | list[str]:
        """Ask and read without the ledger: what becomes of the batch where that decides it, else the rows that were read."""
        source = get_source(feed.key)
        rows: list[str] = []
        with workspace() as folder:
            try:
                for answered in self._asked(feed, folder):
                    if isinstance(answered, Unanswered):
                        raise SourceUnavailable(answered.sentence)
                    if isinstance(answered, Unchanged):
                        return Outcome(feed.key, "pengangkutan", answered.part, "unchanged")
                    rows += self._read(source, answered)
            except SourceUnavailable as error:
                return Outcome(feed.key, "*", "*", "failed", str(error))
            except PayloadError as error:
                return Outcome(feed.key, "pengangkutan", "*", "held", str(error))
        return sorted(rows)

    def _asked(self, feed: Feed, folder: Path) -> Iterator[Answered]:
        source = get_source(feed.key)
        asking = Asking(source, endpoint(source.connection), validator_of=self.validators[feed.key].get)
        for request in source.requests:
            yield from asks(source.extract.kind).ask(asking, request, folder)

    def _read(self, source: Source, fetched: Fetched) -> list[str]:
        """The rows by name of column, without their numbers in the file."""
        known = {"part": fetched.part, READ_AT: settings().now().isoformat(), **fetched.known}
        content = fetched.path.read_bytes()
        simulated = frozenset(filter(None, fetched.simulated_paths.split(",")))
        where = f"{source.source}.pengangkutan, part {fetched.part!r}"
        name = fetched.known.get("file", fetched.url.rpartition("/")[2])
        answer = Answer(where, lambda: iter([content]), known, simulated, fetched.content_type, name)
        reading = self.parser.read(source, "pengangkutan", answer)
        lines = csv.reader(io.StringIO(b"".join(reading.encoded or ()).decode()))
        names = [*reading.columns, "_row"]
        kept = [sorted(pair for pair in zip(names, line, strict=False) if pair[0] != "_row") for line in lines]
        return [repr(row) for row in kept] + [f"rejected {one.column}: {one.reason}" for one in reading.rejects]

    @contextmanager
    def broken(self, kind: str, feed: Feed, seconds: float = 0.2) -> Iterator[None]:
        """The agency has a fault; a copy of its table or files is made anew where this feed reads one."""
        city = self.server.city
        copies = [service for service in self.server.services if service.name == COPIES.get(feed.scheme)]
        city.break_source("latihan", Fault(kind, seconds, city.clock.now(), city.election.now()))
        for copy in copies:
            copy.refresh()
        try:
            yield
        finally:
            city.mend(None)
            for copy in copies:
                copy.refresh()

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
            f"select {', '.join(names)} from raw.{feed.key}__pengangkutan order by nomor"  # type: ignore[arg-type]
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


COPIES = {"file": "upload", "postgresql": "postgresql", "mysql": "mysql"}  # services that keep a copy, by scheme
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


class FilledOnCommand(UploadService):
    """An upload folder that is filled when a test says so, not after each change of the city."""

    def start(self) -> None:
        self.refresh()
        self.ready = True

    def stop(self) -> None:
        self.ready = False


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
            server.start_services([*services, FilledOnCommand(city, folder / "upload")])
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
