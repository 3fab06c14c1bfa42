"""Which copies belong together, which is next, and which may go."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from command_center.backup.drill import compare
from command_center.backup.fingerprint import Held
from command_center.backup.folder import Backup, Folder, backup_folder, chain, next_parent, outlived
from command_center.errors import BackupError, SettingsError
from command_center.settings import WIB, settings

MONDAY = datetime(2026, 11, 23, 2, 30, tzinfo=WIB)
NIGHT = timedelta(days=1)


def copy(number: int, parent: str | None) -> Backup:
    started = MONDAY + number * NIGHT
    kind = "incremental" if parent else "full"
    return Backup(f"b{number}", kind, parent, started, started + timedelta(minutes=5), f"{number:024X}", 1_000)


WEEK = [copy(0, None), copy(1, "b0"), copy(2, "b1"), copy(3, None), copy(4, "b3")]


def test_a_moment_is_restored_from_the_newest_copy_before_it_and_all_that_it_is_made_on() -> None:
    assert [one.label for one in chain(WEEK, None)] == ["b3", "b4"]
    assert [one.label for one in chain(WEEK, MONDAY + 2.5 * NIGHT)] == ["b0", "b1", "b2"]
    assert [one.label for one in chain(WEEK, WEEK[0].ended_at)] == ["b0"]
    with pytest.raises(BackupError, match=r"No backup was finished by .*the oldest is of 2026-11-23 02:35"):
        chain(WEEK, MONDAY)
    with pytest.raises(BackupError, match="There is no backup yet"):
        chain([], None)
    with pytest.raises(BackupError, match="b2 is made on b1, which is gone"):
        chain([WEEK[0], WEEK[2]], None)


def test_a_full_copy_is_made_first_and_when_the_last_is_old() -> None:
    assert next_parent([], MONDAY, 7) is None
    assert next_parent(WEEK, MONDAY + 5 * NIGHT, 7) == WEEK[4]
    assert next_parent(WEEK, MONDAY + 10 * NIGHT, 7) is None


def test_what_is_older_than_the_oldest_full_one_that_is_kept_may_go_the_newest_first() -> None:
    assert [one.label for one in outlived(WEEK, 1)] == ["b2", "b1", "b0"]
    assert outlived(WEEK, 2) == []
    assert outlived([], 1) == []


def test_a_copy_without_its_note_was_never_finished_and_a_note_comes_back_as_it_was(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.make()
    for name in ("b0", "b1"):
        folder.copy_of(name).mkdir()
    folder.keep(WEEK[0])
    assert folder.backups() == [WEEK[0]]
    assert [path.name for path in folder.unfinished()] == ["b1"]
    (tmp_path / "base" / "b1.json").write_text("{}")
    with pytest.raises(BackupError, match=r"b1\.json does not say what a backup is"):
        folder.backups()


def test_only_a_table_that_was_the_same_before_and_after_can_differ() -> None:
    def held(rows: int, checksum: int = 0) -> Held:
        return Held(rows, Decimal(checksum))

    before = {"a": held(3, 7), "b": held(1), "c": held(5), "d": held(2)}
    after = {"a": held(3, 7), "b": held(2), "c": held(5), "d": held(2), "e": held(1)}
    found = compare(before, after, {"a": held(3, 8), "b": held(9), "c": held(4)})
    assert (found.tables, found.rows, found.changed_meanwhile) == (3, 10, 2)
    assert found.differences == [
        "a has 3 rows, expected 3, and other ones",
        "c has 4 rows, expected 5",
        "d has no rows, expected 2",
    ]
    assert compare(before, {}, before).differences == ["every table changed meanwhile, so that none could be compared"]


def test_the_folder_is_named_from_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CC_BACKUP_DIR", "cadangan")
    settings.cache_clear()
    with pytest.raises(SettingsError, match="CC_BACKUP_DIR is 'cadangan', expected a path from the root"):
        backup_folder()
    monkeypatch.undo()
    settings.cache_clear()
