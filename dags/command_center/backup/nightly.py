"""What the nightly DAG does about backups, and what there is, in words."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg

from command_center.backup import drill as drills
from command_center.backup import take as copies
from command_center.backup.folder import backup_folder
from command_center.database import connect
from command_center.errors import SettingsError
from command_center.ledger import backup as ledger
from command_center.ledger.backup import Drill
from command_center.settings import settings

NONE = "No backups are made: CC_BACKUP_DIR is not set."


def back_up() -> str:
    return copies.take() if settings().cc_backup_dir else NONE


def prove() -> str:
    return drills.drill_when_due() if settings().cc_backup_dir else NONE


def listed() -> str:
    """Every backup and the newest drills; of a database that is down, only what the folder says."""
    return "\n".join([*_backups(), *_drills()])


def _backups() -> Iterator[str]:
    found = backup_folder().backups()
    yield f"{len(found)} backups in {backup_folder().path}; any second since the end of the oldest can be restored."
    for one in found:
        made_on = f", on {one.parent}" if one.parent else ""
        yield f"  {one.label}  {one.ended_at:%Y-%m-%d %H:%M:%S}  {one.bytes / 1e6:8.0f} MB{made_on}"


def _drills() -> Iterator[str]:
    try:
        with connect(settings().dsn("loader")) as connection:
            yield from (_told(one) for one in ledger.drills(connection, 10))
    except (psycopg.OperationalError, SettingsError) as error:
        yield f"Drills are in the ledger, which does not answer: {' '.join(str(error).split())}"


def _told(one: Drill) -> str:
    outcome = f"failed: {one.problem}" if one.problem else f"{one.tables} tables, {one.rows} rows as they were"
    return f"  drill {one.ended_at:%Y-%m-%d %H:%M}  {one.label}  {outcome}"
