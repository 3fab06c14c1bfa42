"""Who reads what: every role logs in and tries every relation of a database; beside it what is declared."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg
from command_center.settings import Settings, with_login
from command_center.warehouse.bootstrap import PURPOSES
from psycopg import sql
from psycopg.rows import scalar_row

KECAMATAN = ("13.71.01", "13.71.09")
ROLES = (*PURPOSES, *KECAMATAN)
NOT_LET_IN = frozenset({"(no login)"})
RELATIONS = """
    select nspname || '.' || relname from pg_class join pg_namespace as n on n.oid = relnamespace
    where relkind in ('r', 'v', 'm', 'p', 'f') and nspname !~ '^(pg_|information_schema$)' order by 1
"""
# What dbt needs of the ledger; ledger/migrations/repeatable/grants.sql grants it.
OF_TRANSFORMER = frozenset(
    f"ops.{name}"
    for name in (
        *("batch", "content", "coverage", "source_state", "source_catalogue", "raw_state", "landing", "boundary"),
        *(
            "keputusan",
            "dbt_result",
            "dbt_build",
            "dbt_span",
            "dbt_standing",
            "raw_change",
            "domain_held",
            "restatement",
            "sel_tersembunyi",
            "mutu_harian",
            "peladen",
            "koreksi",
        ),
    )
)


def address(config: Settings, role: str, database: str) -> str:
    base = config.publik_url if database == "publik" else config.warehouse_url
    if role in KECAMATAN:
        return with_login(base, f"camat_{role.replace('.', '')}", config.camat_password(role))
    return with_login(base, f"cc_{role}", config.secret(f"cc_password_{role}"))


def relations(config: Settings, database: str) -> list[str]:
    base = config.publik_url if database == "publik" else config.warehouse_url
    with psycopg.connect(with_login(base, "cc_admin", config.secret("cc_password_admin"))) as connection:
        return connection.cursor(row_factory=scalar_row).execute(RELATIONS).fetchall()


def readable(config: Settings, role: str, database: str, names: Iterable[str]) -> frozenset[str]:
    """The relations of which a role gets an answer, by all ways there are to ask; NOT_LET_IN where it has no login there.

    Raises AssertionError where one way is open and another is not.
    """
    try:
        connection = psycopg.connect(address(config, role, database), autocommit=True, prepare_threshold=None)
    except psycopg.OperationalError as error:
        assert "permission denied for database" in str(error), error
        return NOT_LET_IN
    with connection:
        return frozenset(name for name in names if is_readable(connection, name))


def is_readable(connection: psycopg.Connection[Any], name: str) -> bool:
    relation = sql.Identifier(*name.split("."))
    ways = (
        "select from {} limit 1",
        "explain select * from {}",
        "prepare satu as select * from {}; execute satu",
        "copy (select * from {} limit 1) to stdout",
    )
    answers = {way: is_answered(connection, sql.SQL(way).format(relation)) for way in ways}
    connection.execute("deallocate all")
    assert len(set(answers.values())) == 1, (name, answers)
    return all(answers.values())


def is_answered(connection: psycopg.Connection[Any], statement: sql.Composed) -> bool:
    """Whether it is allowed; a relation that went meanwhile is not."""
    try:
        if statement.as_string(connection).startswith("copy"):
            with connection.cursor().copy(statement) as rows:
                list(rows)
        else:
            connection.execute(statement)
    except (psycopg.errors.InsufficientPrivilege, psycopg.errors.UndefinedTable, psycopg.errors.InvalidSchemaName):
        return False
    return True


def declared(names: Iterable[str], role: str, database: str, manifest: Mapping[str, Any]) -> frozenset[str]:
    """By the table of docs/security.md and `camat_access` of each model of the mart."""
    if database == "publik":
        allowed = {"publisher": {"publik"}, "public": {"publik"}, "backup": {"publik"}}
        return frozenset(names) if role in allowed else NOT_LET_IN
    if role == "public":
        return NOT_LET_IN
    closed_to_camat = {
        f"mart.{one['alias']}"
        for one in manifest["nodes"].values()
        if one["resource_type"] == "model" and one["config"]["meta"].get("camat_access") == "none"
    }
    return frozenset(name for name in names if may_read(role, name, closed_to_camat))


# Schemas of which a role reads everything; of `ops` and of what is closed to camat, may_read says more.
SCHEMAS = {
    "loader": {"ops", "raw", "stage"},
    "publisher": {"publik"},
    "officials": {"mart"},
    "analyst": {"mart"},
    "recorder": set(),
    **{kode: {"mart"} for kode in KECAMATAN},
}


def may_read(role: str, name: str, closed_to_camat: set[str]) -> bool:
    schema = name.partition(".")[0]
    if role == "backup":
        return True
    if role == "transformer":
        return name in OF_TRANSFORMER if schema == "ops" else schema != "stage"
    return schema in SCHEMAS[role] and not (role in KECAMATAN and name in closed_to_camat)


def differences(config: Settings, manifest: Mapping[str, Any]) -> Iterator[str]:
    """A sentence for each role that reads other relations than are declared."""
    for database in ("warehouse", "publik"):
        names = relations(config, database)
        for role in ROLES:
            found, expected = readable(config, role, database, names), declared(names, role, database, manifest)
            if found != expected:
                yield f"{role} in {database} reads {sorted(found - expected)} too, and not {sorted(expected - found)}"


@dataclass
class Watcher:
    """Roles that read, while others work, whatever they are not to read; what they got."""

    config: Settings
    manifest: Mapping[str, Any]
    rounds: int = 0
    got: set[str] = field(default_factory=set)

    def look(self) -> None:
        names = relations(self.config, "warehouse")
        for role in ("officials", "analyst", "publisher", "recorder", KECAMATAN[1]):
            shut = [name for name in names if name not in self._open(names, role)]
            self.got |= {f"{role}: {name}" for name in readable(self.config, role, "warehouse", shut)}
        self.rounds += 1

    def _open(self, names: list[str], role: str) -> set[str]:
        """What is being built, and what was replaced, is read by whoever reads what stands."""
        standing = {name: name.replace("_next.", ".").replace("_old.", ".") for name in names}
        may = declared(standing.values(), role, "warehouse", self.manifest)
        return {name for name, stands_for in standing.items() if stands_for in may}


@contextmanager
def watched(config: Settings, manifest: Mapping[str, Any]) -> Iterator[Watcher]:
    watcher, stop = Watcher(config, manifest), threading.Event()

    def go_on() -> None:
        while not stop.is_set():
            watcher.look()

    thread = threading.Thread(target=go_on)
    thread.start()
    try:
        yield watcher
    finally:
        stop.set()
        thread.join()
