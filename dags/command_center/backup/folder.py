"""The folder of backups: which there are, what each is made on, and which of them may go.

base/<label>/            a copy of the cluster, full or of the changes since another one, with pg_basebackup's manifest
base/<label>.json        what is known of it; written last: a copy without it was never finished
wal/                     the write-ahead log since, segment by segment, as pg_receivewal writes it
files/                   the archive: answers and editions, each as it lies there, and files.sha256
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path

from command_center.errors import BackupError, SettingsError
from command_center.settings import settings


@dataclass(frozen=True)
class Backup:
    """A finished copy. It can be restored to any second from `ended_at` on, as long as the log reaches."""

    label: str
    kind: str
    parent: str | None
    started_at: datetime
    ended_at: datetime
    first_segment: str
    bytes: int

    @property
    def note(self) -> str:
        return json.dumps(asdict(self), default=str, indent=1)


@dataclass(frozen=True)
class Folder:
    """Where backups are kept."""

    path: Path

    @property
    def wal(self) -> Path:
        return self.path / "wal"

    @property
    def files(self) -> Path:
        return self.path / "files"

    def copy_of(self, label: str) -> Path:
        return self.path / "base" / label

    def make(self) -> None:
        for folder in (self.path, self.wal, self.files, self.path / "base"):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def backups(self) -> list[Backup]:
        """The finished ones, oldest first."""
        found = [_read(note) for note in (self.path / "base").glob("*.json")]
        return sorted(found, key=lambda one: one.ended_at)

    def keep(self, backup: Backup) -> None:
        """Say that a copy is finished."""
        note = self.copy_of(backup.label).with_suffix(".json")
        fresh = note.with_suffix(".part")
        fresh.write_text(backup.note, encoding="utf-8")
        fresh.replace(note)

    def remove(self, backup: Backup) -> None:
        """The note first: what is half removed is no backup."""
        copy = self.copy_of(backup.label)
        copy.with_suffix(".json").unlink()
        shutil.rmtree(copy)

    def unfinished(self) -> Iterator[Path]:
        """Copies that ended before they were whole."""
        known = {one.label for one in self.backups()}
        return (path for path in (self.path / "base").iterdir() if path.is_dir() and path.name not in known)


def backup_folder() -> Folder:
    """Raises SettingsError when none is named."""
    path = settings().cc_backup_dir
    if path is None:
        raise SettingsError(
            "CC_BACKUP_DIR is not set: name a folder on another disk than the database's; see docs/backup.md."
        )
    if not path.is_absolute():
        raise SettingsError(
            f"CC_BACKUP_DIR is {str(path)!r}, expected a path from the root: services run in folders of their own."
        )
    return Folder(path)


def _read(note: Path) -> Backup:
    try:
        said = json.loads(note.read_text(encoding="utf-8"))
        moments = {name: datetime.fromisoformat(said[name]) for name in ("started_at", "ended_at")}
        return Backup(**{**said, **moments})
    except (ValueError, TypeError, KeyError) as error:
        raise BackupError(
            f"{note} does not say what a backup is ({error}); take it away, then make a new backup."
        ) from None


def chain(backups: Sequence[Backup], at: datetime | None) -> list[Backup]:
    """The newest copy that was finished by then and all that it is made on, the full one first. Raises BackupError for none."""
    fit = [one for one in backups if at is None or one.ended_at <= at]
    if not fit:
        oldest = f"the oldest is of {backups[0].ended_at:%Y-%m-%d %H:%M:%S%z}" if backups else "there is none"
        raise BackupError(
            f"No backup was finished by {at:%Y-%m-%d %H:%M:%S%z}: {oldest}." if at else "There is no backup yet."
        )
    known = {one.label: one for one in backups}
    links = [fit[-1]]
    while (parent := links[0].parent) is not None:
        if parent not in known:
            raise BackupError(f"Backup {links[0].label} is made on {parent}, which is gone; choose an earlier moment.")
        links.insert(0, known[parent])
    return links


def next_parent(backups: Sequence[Backup], now: datetime, full_days: int) -> Backup | None:
    """What the next copy is made on; None where it is to be a full one."""
    full = next((one for one in reversed(backups) if one.kind == "full"), None)
    if full is None or now - full.started_at >= timedelta(days=full_days):
        return None
    return backups[-1]


def outlived(backups: Sequence[Backup], keep: int) -> list[Backup]:
    """Copies older than the oldest full one that is kept, newest first, so that none is left without what it is made on."""
    kept = [one for one in backups if one.kind == "full"][-keep:]
    return [one for one in reversed(backups) if kept and one.ended_at < kept[0].ended_at]
