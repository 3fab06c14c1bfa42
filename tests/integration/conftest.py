"""An intake of its own: the demo city over HTTP and SFTP, empty ledgers, its own archive."""

from __future__ import annotations

import filecmp
import json
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psycopg
import pytest
from command_center.database import connect
from command_center.declaration.registry import all_sources, get_source
from command_center.extract import http, sftp
from command_center.extract.isolated import Parser
from command_center.intake.ingest import ingest
from command_center.intake.outcome import Outcome
from command_center.paths import EXPECTATIONS, SOURCES
from command_center.settings import settings
from command_center.warehouse.bootstrap import declare_sources
from demo_city.city import City
from demo_city.protocols.server import make_server
from demo_city.protocols.sftp import SftpService
from demo_city.secret import host_key

from tests.conftest import Cluster

NOW = "2026-11-23T09:20:00+07:00"


@dataclass
class Intake:
    """Loads sources from a demo city of its own into empty raw tables."""

    url: str
    folder: Path
    connection: psycopg.Connection[tuple[object, ...]]
    city: City
    parser: Parser
    serial: int = field(default=0)

    def load(self, source: str, *, replay: bool = False, force: bool = False) -> list[Outcome]:
        self.serial += 1
        run_id = f"test {self.serial}"
        return ingest(get_source(source), run_id=run_id, replay=replay, force=force, parser=self.parser)

    def one(self, source: str, table: str, part: str) -> Outcome:
        return next(o for o in self.load(source) if (o.table, o.part) == (table, part))

    def fault(self, source: str, fault: str) -> None:
        httpx.put(f"{self.url}/_demo/fault", json={"source": source, "fault": fault}).raise_for_status()

    def mend(self) -> None:
        httpx.delete(f"{self.url}/_demo/fault").raise_for_status()

    def get(self, path: str) -> bytes:
        return httpx.get(f"{self.url}/{path}").raise_for_status().content

    def serve(self, path: str, content: bytes, simulated: str = "*") -> None:
        headers = {"X-Data-Simulasi": simulated}
        httpx.put(f"{self.url}/_demo/override/{path}", content=content, headers=headers).raise_for_status()

    def restore(self, path: str) -> None:
        httpx.delete(f"{self.url}/_demo/override/{path}").raise_for_status()

    def rows(self, query: str) -> list[tuple[object, ...]]:
        found = self.connection.execute(query).fetchall()
        self.connection.commit()
        return found

    def value(self, query: str) -> object:
        return self.rows(query)[0][0]

    def change(self, statement: str) -> None:
        """Tamper with the ledger as nobody should, as the owner of the database."""
        with psycopg.connect(settings().dsn("admin")) as owner:
            owner.execute(statement)


@pytest.fixture(scope="session")
def parser(cluster: Cluster) -> Iterator[Parser]:
    """One parser for the whole session, as a worker of Airflow has one for all answers of a run."""
    with Parser() as parser:
        yield parser


@pytest.fixture
def intake(cluster: Cluster, parser: Parser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Intake]:
    server = make_server("127.0.0.1", 0, tmp_path / "demo", 1371)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    files = SftpService("127.0.0.1", 0, server.city)
    files.start()
    for name, folder in DECLARED:
        shutil.copytree(folder, tmp_path / name)
        monkeypatch.setenv(f"CC_{name.upper()}_DIR", str(tmp_path / name))
    monkeypatch.setenv("CC_LANDING_URL", (tmp_path / "landing").as_uri())
    monkeypatch.setenv("DEMO_NOW", NOW)
    monkeypatch.setattr(http, "PAUSE_S", 0.01)
    monkeypatch.setattr(sftp, "PAUSE_S", 0.01)
    key = {"host_key": host_key(server.city.state_dir), "data_simulasi": "*"}
    login = {"conn_type": "sftp", "password": server.city.password, "extra": key}
    for source in all_sources():
        address: dict[str, object] = {"conn_type": "http", "host": f"{server.url}/{source.opd}"}
        if source.connection.scheme == "sftp":
            address = {**login, "host": f"{files.addresses()['sftp']}/{source.opd}", "login": source.opd}
        monkeypatch.setenv(f"AIRFLOW_CONN_{source.connection.id.upper()}", json.dumps(address))
    settings.cache_clear()
    with connect(settings().dsn("loader")) as connection:
        empty(connection)
        yield Intake(server.url, tmp_path, connection, server.city, parser)
        connection.rollback()
        empty(connection)
    is_redeclared = any(differs(tmp_path / name, folder) for name, folder in DECLARED)
    files.stop()
    server.ending.set()
    server.shutdown()
    server.server_close()
    monkeypatch.undo()
    settings.cache_clear()
    if is_redeclared:
        declare_sources(settings())


DECLARED = (("sources", SOURCES), ("expectations", EXPECTATIONS))


def differs(copy: Path, folder: Path) -> bool:
    """Whether a test changed, added or removed a file."""
    compared = filecmp.dircmp(copy, folder)
    return bool(compared.diff_files or compared.left_only or compared.right_only)


def empty(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    """Forget every batch and every raw row; most tables are empty, and to look is cheaper than to truncate."""
    tables = connection.execute("select format('raw.%I', tablename) from pg_tables where schemaname = 'raw'").fetchall()
    looks = " union all ".join(f"select '{name}' where exists (select from {name})" for (name,) in tables)
    filled = [str(row[0]) for row in connection.execute(looks).fetchall()] if tables else []
    names = ", ".join(["ops.landing", "ops.batch", "ops.raw_state", "ops.keputusan", "ops.penghapusan", *filled])
    connection.execute(f"truncate {names} restart identity cascade")
    connection.commit()
