"""Backups and drills of restoring them: ops.backup and ops.restore_drill."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from command_center.database import Connection, all_rows, first_row, first_value

Kind = Literal["full", "incremental"]


@dataclass(frozen=True)
class Made:
    """A backup that was made: bytes of the database's copy, files of the archive that are beside it."""

    label: str
    kind: str
    started_at: datetime
    ended_at: datetime
    bytes: int
    files: int


@dataclass(frozen=True)
class Drill:
    """One restored backup: tables and rows that are as they were; tables that nobody can compare, for they changed meanwhile."""

    label: str
    started_at: datetime
    ended_at: datetime
    restored_to: datetime
    tables: int
    rows: int
    changed_meanwhile: int
    files: int
    problem: str | None


def note_backup(connection: Connection, made: Made) -> None:
    connection.execute(
        "insert into ops.backup (label, kind, started_at, ended_at, bytes, files) values (%s, %s, %s, %s, %s, %s)",
        [made.label, made.kind, made.started_at, made.ended_at, made.bytes, made.files],
    )


def note_drill(connection: Connection, drill: Drill) -> None:
    columns = ", ".join(Drill.__dataclass_fields__)
    values = [getattr(drill, name) for name in Drill.__dataclass_fields__]
    connection.execute(f"insert into ops.restore_drill ({columns}) values ({', '.join(['%s'] * len(values))})", values)


def newest_backup(connection: Connection) -> datetime | None:
    return first_value(connection, datetime, "select max(ended_at) from ops.backup")


def newest_drill(connection: Connection, *, only_passed: bool = False) -> Drill | None:
    columns = ", ".join(Drill.__dataclass_fields__)
    where = "where problem is null" if only_passed else ""
    query = f"select {columns} from ops.restore_drill {where} order by drill_id desc limit 1"
    return first_row(connection, Drill, query)


def drills(connection: Connection, limit: int) -> list[Drill]:
    """The newest, newest first."""
    columns = ", ".join(Drill.__dataclass_fields__)
    query = f"select {columns} from ops.restore_drill order by drill_id desc limit %s"
    return all_rows(connection, Drill, query, [limit])
