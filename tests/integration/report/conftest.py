"""A ledger of its own for what is mailed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from command_center.database import Connection, connect
from command_center.ledger.migrate import migrate
from command_center.report.recipients import take_in_recipients
from command_center.settings import settings
from command_center.warehouse.bootstrap import on_database


@pytest.fixture
def ledger(cluster: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Connection]:
    """A database with the ledger alone, and its recipients; a connection of the loader."""
    name, admin = "surat_uji", cluster.settings.dsn("admin")
    with psycopg.connect(on_database(admin, "postgres"), autocommit=True) as owner:
        owner.execute(f"create database {name}")
    with psycopg.connect(on_database(admin, name)) as owner:
        owner.execute("create schema ops authorization cc_loader")
    monkeypatch.setenv("WAREHOUSE_URL", on_database(cluster.settings.warehouse_url, name))
    monkeypatch.setenv("CC_VAR_DIR", str(tmp_path))
    monkeypatch.setenv("DEMO_NOW", "2026-11-23T09:00")
    for setting in ("CC_MAILBOX_FOLDER", "CC_INBOX_URL"):
        monkeypatch.delenv(setting, raising=False)
    settings.cache_clear()
    with connect(settings().dsn("loader")) as connection:
        migrate(connection)
        take_in_recipients(connection)
        connection.commit()
        yield connection
    monkeypatch.undo()
    settings.cache_clear()
    with psycopg.connect(on_database(admin, "postgres"), autocommit=True) as owner:
        owner.execute(f"drop database {name} with (force)")
