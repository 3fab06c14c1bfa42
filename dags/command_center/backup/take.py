"""Making a backup: a copy of the cluster, full or of what changed, checked; the archive beside it; what is too old removed."""

from __future__ import annotations

import json
import shutil
from datetime import datetime
from pathlib import Path

from command_center.backup import files
from command_center.backup.folder import Backup, Folder, backup_folder, next_parent, outlived
from command_center.backup.programs import is_received, run_program
from command_center.database import connect, database_time
from command_center.errors import BackupError
from command_center.ledger import backup as ledger
from command_center.settings import settings

COPYING = (
    *("--format", "plain", "--wal-method", "stream", "--checkpoint", "fast"),
    *("--manifest-checksums", "SHA256", "--no-password"),
)


def take(*, is_full: bool = False) -> str:
    """Make one now; what was made. Raises BackupError when it is not whole, and removes nothing then."""
    folder = backup_folder()
    folder.make()
    for left in list(folder.unfinished()):
        shutil.rmtree(left)
    parent = None if is_full else next_parent(folder.backups(), _server_time(), settings().cc_backup_full_days)
    made, note = _copy(folder, parent)
    kept = files.copy_new(folder.files, made.ended_at)
    removed = outlived(folder.backups(), settings().cc_backup_keep)
    for one in removed:
        folder.remove(one)
    if removed:
        run_program("pg_archivecleanup", folder.wal, folder.backups()[0].first_segment)
    useless = files.remove_gone(folder.files, folder.backups()[0].ended_at)
    with connect(settings().dsn("loader")) as connection:
        entry = ledger.Made(made.label, made.kind, made.started_at, made.ended_at, made.bytes, kept.total - useless)
        ledger.note_backup(connection, entry)
    return (
        f"Backup {made.label} ({made.kind}, {made.bytes / 1e6:.0f} MB) is whole; {kept.added} files of the archive were copied, "
        f"{useless} removed, {kept.total - useless} are there; {len(removed)} older backups were removed.{note}{_of_receiver()}"
    )


def _server_time() -> datetime:
    """The clock that backups are dated by: a moment to restore to is told in it too."""
    with connect(settings().dsn("backup")) as connection:
        return database_time(connection)


def _copy(folder: Folder, parent: Backup | None) -> tuple[Backup, str]:
    """A full one where the changes cannot be had, e.g. because the server kept no summaries of its log since."""
    if parent is not None:
        try:
            return _copy_cluster(folder, parent), ""
        except BackupError as error:
            return _copy_cluster(folder, None), f" It is a full one because its changes could not be had: {error}"
    return _copy_cluster(folder, None), ""


def _copy_cluster(folder: Folder, parent: Backup | None) -> Backup:
    started = _server_time()
    label = f"{started:%Y%m%dT%H%M%S}-{'incremental' if parent else 'full'}"
    target = folder.copy_of(label)
    changes = ["--incremental", str(folder.copy_of(parent.label) / "backup_manifest")] if parent else []
    try:
        run_program("pg_basebackup", "--pgdata", target, *COPYING, *changes)
        run_program("pg_verifybackup", "--quiet", target)
    except BackupError:
        shutil.rmtree(target, ignore_errors=True)
        raise
    size = sum(file.stat().st_size for file in target.rglob("*") if file.is_file())
    kind = "incremental" if parent else "full"
    made = Backup(label, kind, parent.label if parent else None, started, _server_time(), _first_segment(target), size)
    folder.keep(made)
    return made


def _first_segment(copy: Path) -> str:
    """The name of the oldest segment of the log that this copy needs."""
    said = json.loads((copy / "backup_manifest").read_text(encoding="utf-8"))["WAL-Ranges"][0]
    high, low = (int(part, 16) for part in said["Start-LSN"].split("/"))
    return f"{said['Timeline']:08X}{high:08X}{low >> 24:08X}"


def _of_receiver() -> str:
    if is_received():
        return ""
    return (
        " Nothing receives the write-ahead log: only the moments of backups can be restored, none between them. "
        "Start `python -m command_center backup receive`."
    )
