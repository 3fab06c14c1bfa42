"""Brings the ledger's schema up to date: numbered migrations, each once, around what is put in place every time.

Files of migrations/ are never changed once they were applied anywhere; a change is a new file. Those of
migrations/repeatable/ replace what they make, so they may be changed.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from command_center.database import Connection, all_rows
from command_center.errors import IntegrityError
from command_center.idformat import MONTH_WORDS
from command_center.personal import sql_patterns

MIGRATIONS = Path(__file__).resolve().parent / "migrations"
BEFORE, AFTER = ("functions",), ("triggers", "comments", "grants")
NAME = re.compile(r"(\d{4})_[a-z0-9_]+\.sql")
REGISTER = """
    create table if not exists ops.migration (
        number int primary key,
        name text not null,
        sha256 text not null,
        applied_at timestamptz not null default clock_timestamp()
    )
"""


@dataclass(frozen=True)
class Migration:
    """One numbered file."""

    number: int
    name: str
    statements: bytes

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.statements).hexdigest()


@dataclass(frozen=True)
class Applied:
    """A row of ops.migration."""

    number: int
    name: str
    sha256: str
    applied_at: datetime


def migrate(connection: Connection, folder: Path = MIGRATIONS) -> list[str]:
    """Bring schema ops, which must exist, up to date; the names of what was applied. Needs the loader's own login.

    Raises IntegrityError when the ledger was made by other files than these.
    """
    migrations = read_migrations(folder)
    connection.execute("select pg_advisory_lock(hashtextextended('ledger migrations', 0))")
    connection.commit()
    try:
        return _bring_up(connection, migrations, folder / "repeatable")
    finally:
        connection.rollback()
        connection.execute("select pg_advisory_unlock(hashtextextended('ledger migrations', 0))")
        connection.commit()


def read_migrations(folder: Path) -> list[Migration]:
    """The files in order. Raises IntegrityError when one is misnamed, or a number is missing or twice."""
    migrations: list[Migration] = []
    for path in sorted(folder.glob("*.sql")):
        match = NAME.fullmatch(path.name)
        if match is None or int(match[1]) != len(migrations) + 1:
            raise IntegrityError(
                f"{path.name} is not the next migration; name it {len(migrations) + 1:04}_<what_it_does>.sql."
            )
        migrations.append(Migration(len(migrations) + 1, path.stem, path.read_bytes()))
    return migrations


def _bring_up(connection: Connection, migrations: list[Migration], repeatable: Path) -> list[str]:
    with connection.transaction():
        connection.execute(REGISTER)
    applied = all_rows(
        connection, Applied, "select number, name, sha256, applied_at from ops.migration order by number"
    )
    connection.commit()
    _refuse_other_files(applied, migrations)
    _put_in_place(connection, repeatable, BEFORE)
    pending = migrations[len(applied) :]
    for migration in pending:
        _apply(connection, migration)
    _put_in_place(connection, repeatable, AFTER)
    return [migration.name for migration in pending]


def _refuse_other_files(applied: list[Applied], migrations: list[Migration]) -> None:
    if len(applied) > len(migrations):
        raise IntegrityError(
            f"The ledger is at {applied[-1].name}, which this program does not have; install the newer program."
        )
    for row, migration in zip(applied, migrations, strict=False):
        if row.sha256 != migration.sha256:
            raise IntegrityError(
                f"{migration.name}.sql is not the file that was applied to the ledger as {row.name} on "
                f"{row.applied_at:%Y-%m-%d %H:%M}; put the old text back, and write the change into a new migration."
            )


def _apply(connection: Connection, migration: Migration) -> None:
    with connection.transaction():
        connection.execute(migration.statements)
        connection.execute(
            "insert into ops.migration (number, name, sha256) values (%s, %s, %s)",
            [migration.number, migration.name, migration.sha256],
        )


def _put_in_place(connection: Connection, repeatable: Path, names: Iterable[str]) -> None:
    with connection.transaction():
        for name in names:
            connection.execute(_filled((repeatable / f"{name}.sql").read_text(encoding="utf-8")).encode())


def _filled(statements: str) -> str:
    """With the patterns of names and the words for months, which Python has, in their places."""
    months = json.dumps({word: f"{number:02}" for word, number in MONTH_WORDS.items()})
    for place, pattern in {**sql_patterns(), "kata_bulan": months}.items():
        quoted = pattern.replace("'", "''")
        statements = statements.replace(f"{{{{{place}}}}}", f"'{quoted}'")
    return statements
