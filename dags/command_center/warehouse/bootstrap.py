"""Roles, databases, schemas, ledgers and raw tables; may run again at any time."""

from __future__ import annotations

import base64
import csv
import hashlib
import hmac
import logging
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from command_center.database import Connection, all_values, connect, first_value, has_row, one_value
from command_center.declaration.registry import readable_sources
from command_center.declaration.source import Source
from command_center.errors import DeclarationError
from command_center.intake.ddl import create_raw_tables
from command_center.ledger import areas, catalogue, trail
from command_center.ledger.migrate import migrate
from command_center.paths import DBT_PROJECT
from command_center.settings import Settings, camat_role
from command_center.warehouse import access
from command_center.warehouse.opened import openings
from command_center.wilayah import kecamatan_codes, spellings

log = logging.getLogger(__name__)


SQL = Path(__file__).resolve().parent / "sql"
PURPOSES = ("loader", "transformer", "publisher", "officials", "public", "analyst", "recorder", "backup")
# Defaults: whoever has a role's password may lift them for its own sessions, so `maintain` looks whether they still stand.
READER_SETTINGS = {
    "statement_timeout": "30s",
    "transaction_timeout": "2min",
    "idle_in_transaction_session_timeout": "1min",
    "idle_session_timeout": "15min",
    "default_transaction_read_only": "on",
    "temp_file_limit": "1GB",
}
# Superset's 16 threads ask for one connection each; a camat's browser asks for six charts at once, a report needs one.
READER_CONNECTIONS = {"cc_officials": 32, "cc_public": 32, "cc_analyst": 8}
CAMAT_CONNECTIONS = 8
# Who may do what in a database, whatever it is called; nobody else may connect.
OF_WAREHOUSE: dict[str, tuple[str, ...]] = {
    "connect": (
        "cc_loader",
        "cc_transformer",
        "cc_publisher",
        "cc_officials",
        "cc_analyst",
        "cc_recorder",
        "cc_backup",
    ),
    "temporary": ("cc_loader", "cc_transformer"),
    "create": ("cc_transformer",),
}
OF_PUBLIK: dict[str, tuple[str, ...]] = {
    "connect": ("cc_publisher", "cc_public", "cc_backup"),
    "create": ("cc_publisher",),
}


def bootstrap(config: Settings) -> None:
    """Create roles, databases, schemas, ledgers and the raw tables of every declaration; may run again at any time."""
    prepare(config)
    declare_sources(config)


def prepare(config: Settings) -> None:
    """Roles, databases, schemas and ledgers: all but what is declared."""
    admin = config.dsn("admin")
    warehouse = urlsplit(config.warehouse_url).path.lstrip("/")
    with connect(on_database(admin, "postgres"), autocommit=True) as connection:
        if has_row(connection, "select from pg_database where datname = %s", [warehouse]):
            _enter_roles(admin)  # what others changed, before it is taken back
        _create_roles(connection, config)
        _create_database(connection, warehouse, owner="cc_admin")
        _create_database(connection, urlsplit(config.publik_url).path.lstrip("/"), owner="cc_publisher")
    with connect(admin) as connection:
        connection.execute((SQL / "bootstrap.sql").read_text())
        connection.execute((SQL / "bootstrap_functions.sql").read_text())
        _let_end_readers(connection, "cc_transformer")
        _keep_passwords(connection)
        _let_in(connection, OF_WAREHOUSE | {"connect": (*OF_WAREHOUSE["connect"], *map(camat_role, kecamatan_codes()))})
    with connect(config.dsn("loader")) as connection:
        migrate(connection)
    _enter_roles(admin)
    with connect(on_database(admin, urlsplit(config.publik_url).path.lstrip("/"))) as connection:
        connection.execute((SQL / "bootstrap_publik.sql").read_text())
        _let_in(connection, OF_PUBLIK)
        connection.execute((SQL / "bootstrap_functions.sql").read_text())
        _let_end_readers(connection, "cc_publisher")


def _keep_passwords(connection: Connection) -> None:
    """As they were just set, so that `maintain` can put back one that a role changed for itself."""
    connection.execute((SQL / "bootstrap_passwords.sql").read_text())
    connection.execute("delete from jaga.sandi")
    connection.execute(
        "insert into jaga.sandi select rolname, rolpassword from pg_authid where rolname = any(%s) and rolpassword is not null",
        [[*(f"cc_{purpose}" for purpose in PURPOSES), *map(camat_role, kecamatan_codes())]],
    )


def restore_passwords(connection: Connection) -> list[str]:
    """Set the passwords again that are not those that bootstrap set; whose they were. Entered into the trail; commits."""
    roles = all_values(connection, str, "select jaga.pulihkan_sandi()")
    for role in roles:
        trail.record(connection, "peran", f"{role}, sandi", None, {"dipulihkan": True})
    connection.commit()
    return roles


def _let_end_readers(connection: Connection, role: str) -> None:
    """Whoever swaps in this database may end the readers that hold a swap up, by a function that ends nobody else."""
    connection.execute((SQL / "bootstrap_swap.sql").read_text())
    connection.execute(sql.SQL("grant usage on schema jaga to {}").format(sql.Identifier(role)))
    connection.execute(sql.SQL("grant execute on function jaga.akhiri_pembaca to {}").format(sql.Identifier(role)))


def _let_in(connection: Connection, rights: Mapping[str, Sequence[str]]) -> None:
    database = sql.Identifier(connection.info.dbname)
    connection.execute(sql.SQL("revoke temporary, connect on database {} from public").format(database))
    for right, roles in rights.items():
        granted = sql.SQL("grant {} on database {} to {}").format(
            sql.SQL(right), database, sql.SQL(", ").join(map(sql.Identifier, roles))
        )
        connection.execute(granted)


def _enter_roles(admin: str) -> None:
    with connect(admin) as connection:
        if changed := trail.record_roles(connection):
            log.info("Entered into the audit trail, as made or changed: roles %s", ", ".join(changed))


def declare_sources(config: Settings, only: Source | None = None) -> None:
    """Bring raw tables and catalogue in line with the declarations, or with one of them."""
    with connect(config.dsn("loader")) as connection:
        _load_reference_areas(connection)
        sources, problems = ([only], {}) if only else readable_sources()
        made = [source for source in sources if _make_tables(connection, source, problems)]
        for sentence in problems.values():
            log.error("%s", sentence)
        if problems and not made:  # then it is no fault of one
            raise DeclarationError("; ".join(problems.values()))
        catalogue.replace(connection, made, openings(made), kept=problems)
    access.renew(config)


def _make_tables(connection: Connection, source: Source, problems: dict[str, str]) -> bool:
    """Make the raw tables of a source, or note why that cannot be, which holds up no other source; whether they are there."""
    try:
        with connection.transaction():
            create_raw_tables(connection, source)
    except (DeclarationError, psycopg.Error) as error:
        problems[source.source] = " ".join(str(error).split())
    return source.source not in problems


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
            sql.SQL("{} role {} login nosuperuser nocreatedb nocreaterole noinherit").format(
                sql.SQL("alter" if known else "create"), sql.Identifier(role)
            )
        )
        if not _has_password(connection, role, password):
            connection.execute(sql.SQL("alter role {} password {}").format(sql.Identifier(role), sql.Literal(password)))
    connection.execute("grant cc_officials to cc_analyst with inherit true, set false")
    # Whoever copies the files of a cluster can read all that is in it.
    connection.execute("alter role cc_backup replication bypassrls")
    connection.execute("grant pg_read_all_data to cc_backup with inherit true, set false")
    for role, limit in readers().items():
        _limit_reader(connection, sql.Identifier(role), limit)


def _has_password(connection: Connection, role: str, password: str) -> bool:
    """Whether a role's stored verifier (RFC 5802) is made of this password: set again, it would look like another one."""
    verifier = first_value(connection, str, "select rolpassword from pg_authid where rolname = %s", [role])
    match = re.fullmatch(r"SCRAM-SHA-256\$(\d+):([^$]+)\$[^:]+:(.+)", verifier or "")
    if match is None:
        return False
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), base64.b64decode(match[2]), int(match[1]))
    return hmac.compare_digest(hmac.digest(salted, b"Server Key", "sha256"), base64.b64decode(match[3]))


def readers() -> dict[str, int]:
    """Every role that only reads, and how many connections it may have at once."""
    return READER_CONNECTIONS | {camat_role(kode): CAMAT_CONNECTIONS for kode in kecamatan_codes()}


def _limit_reader(connection: Connection, role: sql.Identifier, connections: int) -> None:
    """Just these settings: what the role changed for itself, anywhere, is taken back."""
    connection.execute(sql.SQL("alter role {} connection limit {}").format(role, sql.Literal(connections)))
    connection.execute(sql.SQL("alter role {} reset all").format(role))
    for database in all_values(connection, str, "select datname::text from pg_database where datallowconn"):
        connection.execute(sql.SQL("alter role {} in database {} reset all").format(role, sql.Identifier(database)))
    for name, value in READER_SETTINGS.items():
        connection.execute(sql.SQL("alter role {} set {} = {}").format(role, sql.Identifier(name), sql.Literal(value)))


def lifted_limits(connection: Connection) -> list[str]:
    """A sentence for each reader whose limits are not those that were set."""
    query = (
        "select coalesce(array_agg(setting || coalesce(' in ' || datname, '')), '{}') from pg_db_role_setting "
        "join pg_roles on pg_roles.oid = setrole left join pg_database on pg_database.oid = setdatabase "
        "cross join unnest(setconfig) as setting where rolname = %s"
    )
    expected = {f"{name}={value}" for name, value in READER_SETTINGS.items()}
    changed = {role: expected ^ set(one_value(connection, list, query, [role])) for role in readers()}
    return [
        f"Role {role} differs from what bootstrap set in {', '.join(sorted(differences))}; run "
        "`python -m command_center bootstrap`, and find out who has its password."
        for role, differences in changed.items()
        if differences
    ]


def _create_database(connection: Connection, name: str, owner: str) -> None:
    if not has_row(connection, "select from pg_database where datname = %s", [name]):
        connection.execute(
            sql.SQL("create database {} owner {} template template0 encoding 'UTF8'").format(
                sql.Identifier(name), sql.Identifier(owner)
            )
        )
