"""Roles, databases, schemas, ledgers and raw tables; may run again at any time."""

from __future__ import annotations

import csv
import logging
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from psycopg import sql

from command_center.database import Connection, connect, has_row
from command_center.declaration.registry import readable_sources
from command_center.declaration.source import Source
from command_center.intake.ddl import create_raw_tables
from command_center.ledger import areas, catalogue
from command_center.ledger.migrate import migrate
from command_center.paths import DBT_PROJECT
from command_center.settings import Settings, camat_role
from command_center.wilayah import kecamatan_codes, spellings

log = logging.getLogger(__name__)


SQL = Path(__file__).resolve().parent / "sql"
PURPOSES = ("loader", "transformer", "publisher", "officials", "public")


def bootstrap(config: Settings) -> None:
    """Create roles, databases, schemas, ledgers and the raw tables of every declaration; may run again at any time."""
    prepare(config)
    declare_sources(config)


def prepare(config: Settings) -> None:
    """Roles, databases, schemas and ledgers: all but what is declared."""
    admin = config.dsn("admin")
    with connect(on_database(admin, "postgres"), autocommit=True) as connection:
        _create_roles(connection, config)
        _create_database(connection, urlsplit(config.warehouse_url).path.lstrip("/"), owner="cc_admin")
        _create_database(connection, urlsplit(config.publik_url).path.lstrip("/"), owner="cc_publisher")
    with connect(admin) as connection:
        connection.execute((SQL / "bootstrap.sql").read_text())
        for kode in kecamatan_codes():
            connection.execute(
                sql.SQL("grant connect on database warehouse to {}").format(sql.Identifier(camat_role(kode)))
            )
    with connect(config.dsn("loader")) as connection:
        migrate(connection)
    with connect(on_database(admin, urlsplit(config.publik_url).path.lstrip("/"))) as connection:
        connection.execute((SQL / "bootstrap_publik.sql").read_text())


def declare_sources(config: Settings, only: Source | None = None) -> None:
    """Bring raw tables and catalogue in line with the declarations, or with one of them."""
    with connect(config.dsn("loader")) as connection:
        _load_reference_areas(connection)
        sources, problems = ([only], {}) if only else readable_sources()
        for sentence in problems.values():
            log.error("%s", sentence)
        for source in sources:
            create_raw_tables(connection, source)
        catalogue.replace(connection, sources)


def _load_reference_areas(connection: Connection) -> None:
    """The seeds that dbt builds dim_wilayah from are also what references are checked against."""
    with (DBT_PROJECT / "seeds" / "ref_wilayah.csv").open(encoding="utf-8", newline="") as file:
        areas.replace(connection, list(csv.DictReader(file)), spellings())


def on_database(dsn: str, database: str) -> str:
    return urlunsplit(urlsplit(dsn)._replace(path=f"/{database}"))


def _create_roles(connection: Connection, config: Settings) -> None:
    passwords = {f"cc_{purpose}": config.secret(f"cc_password_{purpose}") for purpose in PURPOSES}
    passwords |= {camat_role(kode): config.camat_password(kode) for kode in kecamatan_codes()}
    for role, password in passwords.items():
        known = has_row(connection, "select from pg_roles where rolname = %s", [role])
        connection.execute(
            sql.SQL("{} role {} login nosuperuser nocreatedb nocreaterole noinherit password {}").format(
                sql.SQL("alter" if known else "create"), sql.Identifier(role), sql.Literal(password)
            )
        )
    for role in ("cc_officials", "cc_public", *(camat_role(kode) for kode in kecamatan_codes())):
        for setting in ("statement_timeout = '30s'", "default_transaction_read_only = on", "temp_file_limit = '1GB'"):
            connection.execute(sql.SQL("alter role {} set ").format(sql.Identifier(role)) + sql.SQL(setting))


def _create_database(connection: Connection, name: str, owner: str) -> None:
    if not has_row(connection, "select from pg_database where datname = %s", [name]):
        connection.execute(
            sql.SQL("create database {} owner {} template template0 encoding 'UTF8'").format(
                sql.Identifier(name), sql.Identifier(owner)
            )
        )
