"""Who reads what: every role logs in and tries every relation and column of a database; beside it what is declared."""

from __future__ import annotations

import re
import threading
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg
from command_center.settings import Settings, with_login
from command_center.warehouse.access import Readable, readables
from command_center.warehouse.bootstrap import PURPOSES
from psycopg import sql

KECAMATAN = ("13.71.01", "13.71.09")
ROLES = (*PURPOSES, *KECAMATAN)
NOT_LET_IN = frozenset({"(no login)"})
# What dbt needs of the ledger; ledger/migrations/repeatable/grants.sql grants it.
OF_TRANSFORMER = frozenset(
    f"ops.{name}"
    for name in (
        *(
            "batch",
            "asked",
            "content",
            "gap",
            "coverage",
            "source_state",
            "source_catalogue",
            "raw_state",
            "landing",
            "boundary",
        ),
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


def relations(config: Settings, database: str) -> dict[str, list[str]]:
    """Every relation with its columns."""
    base = config.publik_url if database == "publik" else config.warehouse_url
    with psycopg.connect(with_login(base, "cc_admin", config.secret("cc_password_admin"))) as connection:
        found: dict[str, list[str]] = {}
        for relation, column, _ in connection.execute(COLUMNS):
            found.setdefault(relation, []).append(column)
        return found


COLUMNS = """
    select nspname || '.' || relname as relation, attname::text as name,
        has_schema_privilege(n.oid, 'usage') and has_column_privilege(attrelid, attnum, 'select') as may
    from pg_attribute join pg_class as c on c.oid = attrelid join pg_namespace as n on n.oid = relnamespace
    where relkind in ('r', 'v', 'm', 'p', 'f') and nspname !~ '^(pg_|information_schema$)' and attnum > 0 and not attisdropped
    order by 1, attnum
"""
WAYS = (
    "select {columns} from {relation} limit 1",
    "explain select {columns} from {relation}",
    "prepare satu as select {columns} from {relation}; execute satu",
    "copy (select {columns} from {relation} limit 1) to stdout",
)


def readable(config: Settings, role: str, database: str, names: Iterable[str]) -> frozenset[str]:
    """The relations, and columns `relation.column`, of which a role gets an answer; NOT_LET_IN where it has no login there.

    Raises AssertionError where one way to ask is open and another is not.
    """
    try:
        connection = psycopg.connect(address(config, role, database), autocommit=True, prepare_threshold=None)
    except psycopg.OperationalError as error:
        assert "permission denied for database" in str(error), error
        return NOT_LET_IN
    with connection:
        found: dict[str, dict[str, bool]] = {name: {} for name in names}
        for relation, column, may in connection.execute(COLUMNS):
            if relation in found:
                found[relation][column] = bool(may)
        return frozenset(one for name, columns in found.items() for one in answered(connection, name, columns))


def glimpsed(config: Settings, role: str, names: Collection[str]) -> set[str]:
    """What of these relations a role may read, by the catalogue, or by asking once where builds are made; quicker than `readable`."""
    with psycopg.connect(address(config, role, "warehouse"), autocommit=True) as connection:
        found = {relation for relation, _, may in connection.execute(COLUMNS) if may and relation in names}
        built = [name for name in names if name.startswith(("mart", "publik"))]
        return found | {name for name in built if is_answered(connection, _asked(WAYS[0], name, sql.SQL("*")))}


def answered(connection: psycopg.Connection[Any], name: str, columns: Mapping[str, bool]) -> Iterator[str]:
    """The relation and its columns that are answered, if any; what is said to be readable is asked for in all ways."""
    asked = [column for column, may in columns.items() if may]
    shut = [column for column, may in columns.items() if not may]
    whole = is_readable(connection, name, sql.SQL("*"))
    assert whole == (not shut and is_answered(connection, _asked(WAYS[0], name, sql.SQL("")))), (name, asked)
    if asked and not whole:
        assert is_readable(connection, name, sql.SQL(", ").join(map(sql.Identifier, asked))), (name, asked)
    if asked or whole:
        yield from (name, *(f"{name}.{column}" for column in asked))
        assert [one for one in shut if is_readable(connection, name, sql.Identifier(one))] == [], name


def is_readable(connection: psycopg.Connection[Any], name: str, columns: sql.Composable) -> bool:
    answers = {way: is_answered(connection, _asked(way, name, columns)) for way in WAYS}
    connection.execute("deallocate all")
    assert len(set(answers.values())) == 1, (name, answers)
    return all(answers.values())


def _asked(way: str, name: str, columns: sql.Composable) -> sql.Composed:
    return sql.SQL(way).format(columns=columns, relation=sql.Identifier(*name.split(".")))


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


def declared(
    columns: Mapping[str, Iterable[str]],
    role: str,
    database: str,
    manifest: Mapping[str, Any],
    known: Mapping[str, Readable],
) -> frozenset[str]:
    """By the table of docs/security.md, the class of each column, and what each model of the mart says of camat."""
    if role not in IN_PUBLIK if database == "publik" else role == "public":
        return NOT_LET_IN
    models = (one for one in manifest["nodes"].values() if one["resource_type"] == "model")
    meta = {f"mart.{one['alias']}": one["config"]["meta"] for one in models if one["fqn"][1] == "mart"}
    found: set[str] = set()
    for name, present in columns.items():
        if database == "publik":
            highest = "publik" if role == "public" else None
        elif not may_read(role, name):
            continue
        else:
            highest = highest_of(role, name, meta.get(name, {}))
        may = [one for one in present if highest is None or known[name].columns[one] in UP_TO[highest]]
        found.update((name, *(f"{name}.{one}" for one in may)) if may else ())
    return frozenset(found)


IN_PUBLIK = ("publisher", "public", "backup")
UP_TO = {"": (), "publik": ("publik",), "terbatas": ("publik", "terbatas")}


def highest_of(role: str, name: str, meta: Mapping[str, Any]) -> str | None:
    """The highest class that a role reads of a relation; None for who reads whatever there is."""
    if role in KECAMATAN:
        may_all = "terbatas" if meta.get("alasan_camat") else "publik"
        return {"rows": "terbatas", "all": may_all, "none": ""}[meta["camat_access"]]
    return {"officials": "terbatas", "analyst": "terbatas", "publisher": "publik"}.get(role)


# Schemas in which a role reads; of `ops` may_read says more.
SCHEMAS = {
    "loader": {"ops", "raw", "raw_parts", "stage"},
    "publisher": {"publik"},
    "officials": {"mart"},
    "analyst": {"mart"},
    "recorder": set(),
    **{kode: {"mart"} for kode in KECAMATAN},
}


def may_read(role: str, name: str) -> bool:
    schema = name.partition(".")[0]
    if role == "backup":
        return True
    if role == "transformer":
        return name in OF_TRANSFORMER if schema == "ops" else schema not in ("stage", "raw_parts", "jaga")
    return schema in SCHEMAS[role]


def differences(config: Settings, manifest: Mapping[str, Any]) -> Iterator[str]:
    """A sentence for each role that reads other relations or columns than are declared."""
    known = readables()
    for database in ("warehouse", "publik"):
        columns = relations(config, database)
        for role in ROLES:
            found = readable(config, role, database, columns)
            expected = declared(columns, role, database, manifest, known)
            if found != expected:
                yield f"{role} in {database} reads {sorted(found - expected)} too, and not {sorted(expected - found)}"


BESIDE = re.compile(r"_(?:next|lama_\w+)\.")  # schemas that are being built, and that were replaced a moment ago


@dataclass
class Watcher:
    """Roles that read, while others work, whatever they are not to read; what they got."""

    config: Settings
    manifest: Mapping[str, Any]
    known: Mapping[str, Readable] = field(default_factory=readables)
    rounds: int = 0
    got: set[str] = field(default_factory=set)

    def look(self) -> None:
        columns = relations(self.config, "warehouse")
        for role in ("officials", "analyst", "publisher", "recorder", KECAMATAN[1]):
            opened = self._open(columns, role)
            shut = [name for name in columns if name not in opened]
            self.got |= {f"{role}: {name}" for name in glimpsed(self.config, role, shut)}
        self.rounds += 1

    def _open(self, columns: Mapping[str, list[str]], role: str) -> set[str]:
        """What was built, and what was replaced, is read by whoever reads what stands."""
        standing = {name: BESIDE.sub(".", name) for name in columns}
        read = {standing[name]: names for name, names in columns.items() if standing[name] in self.known}
        may = declared(read, role, "warehouse", self.manifest, self.known)
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
