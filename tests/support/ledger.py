"""A database with the ledger alone, for tests whose rows are committed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from command_center.database import Connection, connect
from command_center.ledger.migrate import migrate
from command_center.settings import settings
from command_center.warehouse.bootstrap import on_database

from tests.conftest import Cluster


@contextmanager
def ledger_of_its_own(cluster: Cluster, folder: Path) -> Iterator[Connection]:
    """A connection of the loader, whose settings name this database; the clock stands still, and no mailbox is read."""
    name, admin = "surat_uji", cluster.settings.dsn("admin")
    with psycopg.connect(on_database(admin, "postgres"), autocommit=True) as owner:
        owner.execute(f"create database {name}")
    with psycopg.connect(on_database(admin, name)) as owner:
        owner.execute("create schema ops authorization cc_loader")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WAREHOUSE_URL", on_database(cluster.settings.warehouse_url, name))
        patch.setenv("CC_VAR_DIR", str(folder))
        patch.setenv("DEMO_NOW", "2026-11-23T09:00")
        for setting in ("CC_MAILBOX_FOLDER", "CC_INBOX_URL"):
            patch.delenv(setting, raising=False)
        settings.cache_clear()
        with connect(settings().dsn("loader")) as connection:
            migrate(connection)
            connection.commit()
            yield connection
    settings.cache_clear()
    with psycopg.connect(on_database(admin, "postgres"), autocommit=True) as owner:
        owner.execute(f"drop database {name} with (force)")
