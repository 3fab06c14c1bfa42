"""The proof that a backup can be restored: it is, elsewhere, and compared with what is there, table by table."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from command_center.backup import files, pg_home
from command_center.backup.fingerprint import Fingerprint, fingerprint
from command_center.backup.folder import Folder, backup_folder, chain
from command_center.backup.programs import SLOT
from command_center.backup.restore import Target, lay_out, scratch_server
from command_center.database import connect, database_time, has_row, one_value
from command_center.errors import BackupError
from command_center.ledger import backup as ledger
from command_center.settings import settings, with_login

LOG_S = 60.0  # for the receiver to write what the server has written
NAMED = 5


@dataclass(frozen=True)
class Found:
    """What a restored cluster holds, beside what it must hold: tables that did not change about the moment that it is of."""

    tables: int
    rows: int
    changed_meanwhile: int
    differences: list[str]


def drill_when_due() -> str:
    """Once in CC_DRILL_DAYS, and at once after one that failed."""
    with connect(settings().dsn("loader")) as connection:
        last, now = ledger.newest_drill(connection), database_time(connection)
    if last and last.problem is None and now - last.ended_at < timedelta(days=settings().cc_drill_days, hours=-12):
        return f"The newest backup was restored {last.ended_at:%Y-%m-%d %H:%M}; it is not yet due again."
    return drill()


def drill() -> str:
    """Restore the newest backup into a place of its own, up to this second. Raises BackupError when it is not what is here."""
    folder, started = backup_folder(), _now()
    label, restored_to, found, count, problem = "", started, Found(0, 0, 0, []), 0, None
    try:
        label = chain(folder.backups(), None)[-1].label
        restored_to, found = _compare(folder)
        count = files.verify(folder.files)
        problem = _said(found)
    except (BackupError, OSError, psycopg.Error) as error:
        problem = " ".join(str(error).split())
    entry = ledger.Drill(
        label, started, _now(), restored_to, found.tables, found.rows, found.changed_meanwhile, count, problem
    )
    with connect(settings().dsn("loader")) as connection:
        ledger.note_drill(connection, entry)
    if problem is not None:
        raise BackupError(problem)
    seconds = (entry.ended_at - entry.started_at).total_seconds()
    return (
        f"Backup {label} was restored to {restored_to:%Y-%m-%d %H:%M:%S} in {seconds:.0f} s: {found.tables} tables with {found.rows} "
        f"rows are as they were, {found.changed_meanwhile} changed meanwhile, {count} files of the archive are whole."
    )


def _now() -> datetime:
    with connect(settings().dsn("loader")) as connection:
        return database_time(connection)


def _said(found: Found) -> str | None:
    if not found.differences:
        return None
    more = f" and {len(found.differences) - NAMED} more" if len(found.differences) > NAMED else ""
    return f"The restored database differs: {'; '.join(found.differences[:NAMED])}{more}. Make a full backup, then `backup drill`."


def _compare(folder: Folder) -> tuple[datetime, Found]:
    before = _of_cluster(_addresses())
    point, at = _mark()
    after = _of_cluster(_addresses())
    with _scratch() as home:
        lay_out(folder, home.data, Target(point=point), home.account)
        with scratch_server(home, home.data.parent / "postgresql.log") as address:
            restored = _of_cluster({name: f"{address}/{name}" for name in _addresses()})
    return at, compare(before, after, restored)


def compare(before: Fingerprint, after: Fingerprint, restored: Fingerprint) -> Found:
    """A table that was the same before and after the moment must be the same in what was restored."""
    steady = {name: held for name, held in before.items() if after.get(name) == held}
    differences = [
        f"{name} has {there.rows if (there := restored.get(name)) else 'no'} rows, expected {held.rows}"
        + (", and other ones" if there and there.rows == held.rows else "")
        for name, held in steady.items()
        if restored.get(name) != held
    ]
    if not steady:
        differences.append("every table changed meanwhile, so that none could be compared")
    rows = sum(held.rows for held in steady.values())
    return Found(len(steady), rows, len(before.keys() | after.keys()) - len(steady), differences)


def _addresses() -> dict[str, str]:
    """Each database, by its name."""
    return {urlsplit(url).path.lstrip("/"): url for url in (settings().warehouse_url, settings().publik_url)}


def _of_cluster(addresses: dict[str, str]) -> Fingerprint:
    password = settings().secret("cc_password_backup")
    return {
        f"{database}.{table}": held
        for database, address in addresses.items()
        for table, held in fingerprint(with_login(address, "cc_backup", password)).items()
    }


def _mark() -> tuple[str, datetime]:
    """A named point of the log, once its receiver has it; and its moment. Raises BackupError when nothing receives the log."""
    with connect(settings().dsn("backup"), autocommit=True) as connection:
        at = database_time(connection)
        point = f"drill {at:%Y%m%dT%H%M%S.%f}"
        lsn = one_value(connection, str, "select pg_create_restore_point(%s)::text", [point])
        deadline = time.monotonic() + LOG_S
        received = "select from pg_replication_slots where slot_name = %s and active and restart_lsn >= %s::pg_lsn"
        while not has_row(connection, received, [SLOT, lsn]):
            if time.monotonic() > deadline:
                raise BackupError(
                    f"The write-ahead log of this moment did not reach the backup within {LOG_S:.0f} s; start "
                    "`python -m command_center backup receive`, and look into its log."
                )
            time.sleep(0.2)
    return point, at


@contextmanager
def _scratch() -> Iterator[pg_home.Cluster]:
    """A place for a cluster, gone afterwards."""
    base = Path(tempfile.mkdtemp(prefix="padang-drill-"))
    base.chmod(0o711)
    try:
        yield pg_home.place_cluster(base)
    finally:
        pg_home.remove_relocated(base)
        shutil.rmtree(base)
