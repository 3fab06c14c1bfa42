"""Who may read which column of what people read: the class of the column says it, and nothing else.

A column's class is the highest of the declared columns that its values come from. Those stand in columns.json, which is generated
from the SQL of the models; the classes are read from the declarations each time, so that one changed there is changed here. What
the file does not know is read by nobody.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, get_args

import yaml
from psycopg import sql

from command_center.database import Connection, all_rows, connect, one_value
from command_center.declaration.registry import readable_sources
from command_center.declaration.source import Classification, Source, raw_table
from command_center.paths import DBT_PROJECT, PACKAGE
from command_center.settings import Settings, camat_role
from command_center.warehouse.swap import READ_SCHEMAS, has_schema
from command_center.wilayah import kecamatan_codes

log = logging.getLogger(__name__)

COLUMNS = PACKAGE / "warehouse" / "columns.json"
LEDGER = DBT_PROJECT / "models" / "staging" / "ops" / "ops.yml"
CLASSES: tuple[Classification, ...] = get_args(Classification)
UNKNOWN: Classification = "rahasia"
OFFICIALS: Classification = "terbatas"  # the highest class that people of the city read
PUBLIC: Classification = "publik"
Audience = dict[str, Classification]  # role -> the highest class that it may read


@dataclass(frozen=True)
class Readable:
    """A relation that people read: the class of each column, and the highest that a camat may read of it."""

    camat: Classification | None
    columns: Mapping[str, Classification]

    def audience(self, schema: str) -> Audience:
        if schema == "publik":
            return {"cc_publisher": PUBLIC}
        camat = dict.fromkeys(map(camat_role, kecamatan_codes()), self.camat) if self.camat else {}
        return {"cc_officials": OFFICIALS} | {role: highest for role, highest in camat.items() if highest}

    def columns_up_to(self, highest: Classification) -> set[str]:
        return {name for name, is_class in self.columns.items() if rank(is_class) <= rank(highest)}


NOT_KNOWN = Readable(None, {})


@dataclass(frozen=True)
class Present:
    """A relation as it stands in the database."""

    name: str
    columns: list[str]


def rank(name: Classification) -> int:
    return CLASSES.index(name)


def readables(sources: Iterable[Source] | None = None) -> dict[str, Readable]:
    """By schema and name: `mart.gempa`. Of a declaration that cannot be read, no column is for the public."""
    declared = dict(_declared(readable_sources()[0] if sources is None else sources))
    ledger = _of_ledger()
    told: dict[str, Any] = json.loads(COLUMNS.read_text(encoding="utf-8"))
    found: dict[str, Readable] = {}
    for relation, one in told.items():
        columns = {
            name: max(_classes_of(_made_of(made_of, told), declared, ledger), key=rank, default=PUBLIC)
            for name, made_of in one["columns"].items()
        }
        found[relation] = Readable(one["camat"], columns)
    return found


def relation_sources() -> dict[str, tuple[set[str], list[str]]]:
    """Of each relation that people read: its columns, and the sources of whose declared columns one of them is made."""
    told: dict[str, Any] = json.loads(COLUMNS.read_text(encoding="utf-8"))
    found: dict[str, tuple[set[str], list[str]]] = {}
    for relation, one in told.items():
        tables = {table for made_of in one["columns"].values() for table in _made_of(made_of, told)}
        raw = {table.removeprefix("raw.").partition("__")[0] for table in tables if table.startswith("raw.")}
        found[relation] = set(one["columns"]), sorted(raw)
    return found


def _made_of(made_of: str | dict[str, list[str]], told: Mapping[str, Any]) -> dict[str, list[str]]:
    """A column that is made of the same as another one names that one."""
    if isinstance(made_of, dict):
        return made_of
    relation, _, column = made_of.rpartition(".")
    first: dict[str, list[str]] = told[relation]["columns"][column]
    return first


def _classes_of(
    made_of: Mapping[str, list[str]], declared: Mapping[str, Classification], ledger: Mapping[str, Classification]
) -> Iterator[Classification]:
    for table, columns in made_of.items():
        if table.startswith("ops."):
            yield ledger.get(table, OFFICIALS)
        for column in columns:
            yield declared.get(f"{table}.{column}", OFFICIALS)


def _declared(sources: Iterable[Source]) -> Iterator[tuple[str, Classification]]:
    for source in sources:
        for name, table in source.tables.items():
            for column in table.stored:
                yield f"raw.{raw_table(source.source, name)}.{column.name}", column.stored_class


def _of_ledger() -> dict[str, Classification]:
    (ledger,) = yaml.safe_load(LEDGER.read_text(encoding="utf-8"))["sources"]
    told = {one["name"]: (one.get("config") or {}).get("meta") or {} for one in ledger["tables"]}
    return {f"ops.{name}": meta.get("klasifikasi", OFFICIALS) for name, meta in told.items()}


def grant_built(connection: Connection) -> None:
    """What was built aside becomes readable as its columns may be, before it comes into sight."""
    known = readables()
    for schema in READ_SCHEMAS:
        grant(connection, f"{schema}_next", known)


def grant_standing(connection: Connection, known: Mapping[str, Readable]) -> None:
    """What people read now, by the classes of now."""
    for schema in READ_SCHEMAS:
        if has_schema(connection, schema):
            grant(connection, schema, known)


def grant(connection: Connection, schema: str, known: Mapping[str, Readable], audience: Audience | None = None) -> None:
    """Who reads what of a schema, in one go: whole relations where a role may read all columns, else the columns.

    Whoever reads it by another rule than the schema's is given as audience.
    """
    home = schema.removesuffix("_next")
    whole: dict[tuple[str, ...], list[sql.Composable]] = {}
    single: list[sql.Composable] = []
    roles: set[str] = set(audience or Readable(OFFICIALS, {}).audience(home))
    for present in _present(connection, schema):
        readable = known.get(f"{home}.{present.name}", NOT_KNOWN)
        if readable is NOT_KNOWN:
            log.warning(
                "%s.%s is read by nobody, for %s does not have it; run make generate.", home, present.name, COLUMNS.name
            )
        place = sql.Identifier(schema, present.name)
        for highest, named in _by_class(audience or readable.audience(home)).items():
            columns = [name for name in present.columns if name in readable.columns_up_to(highest)]
            if columns == present.columns:
                whole.setdefault(named, []).append(place)
            elif columns:
                single.append(_granted(sql.SQL("select ({})").format(_names(columns)), place, named))
    statements = [
        sql.SQL("revoke all on all tables in schema {} from {}").format(sql.Identifier(schema), _names(sorted(roles))),
        sql.SQL("grant usage on schema {} to {}").format(sql.Identifier(schema), _names(sorted(roles))),
        *(_granted(sql.SQL("select"), sql.SQL(", ").join(places), named) for named, places in whole.items()),
        *single,
    ]
    connection.execute(sql.SQL("; ").join(statements))


def _by_class(audience: Audience) -> dict[Classification, tuple[str, ...]]:
    return {
        highest: tuple(role for role, may in audience.items() if may == highest)
        for highest in dict.fromkeys(audience.values())
    }


def _granted(right: sql.Composable, place: sql.Composable, roles: Iterable[str]) -> sql.Composed:
    return sql.SQL("grant {} on {} to {}").format(right, place, _names(roles))


def _names(names: Iterable[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, names))


def _present(connection: Connection, schema: str) -> list[Present]:
    return all_rows(
        connection,
        Present,
        """
        select relation.relname::text as name,
            coalesce(array_agg(kolom.attname::text order by kolom.attnum) filter (where kolom.attnum is not null), '{}') as columns
        from pg_class as relation
        left join pg_attribute as kolom on kolom.attrelid = relation.oid and kolom.attnum > 0 and not kolom.attisdropped
        where relation.relnamespace = to_regnamespace(%s) and relation.relkind in ('r', 'v', 'm', 'p')
        group by relation.oid, relation.relname
        order by relation.relname
        """,
        [schema],
    )


def renew(config: Settings) -> None:
    """Classes that were changed in a declaration hold for what people read now; a build that goes on grants by itself."""
    known = readables()
    with connect(config.dsn("transformer")) as connection:
        if one_value(connection, bool, "select pg_try_advisory_xact_lock(hashtextextended('transform', 0))"):
            grant_standing(connection, known)
    with connect(config.dsn("publisher")) as connection:
        connection.execute("select pg_advisory_xact_lock(hashtextextended('publish', 0))")
        if has_schema(connection, "publik"):
            grant(connection, "publik", known, {"cc_public": PUBLIC})
