"""A cluster is copied while it is at work, brought back to the second before a bad delete, and a changed bit is refused."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from command_center.backup import nightly, pg_home
from command_center.backup.drill import drill
from command_center.backup.fingerprint import Fingerprint, fingerprint
from command_center.backup.folder import Folder
from command_center.backup.restore import Target, lay_out, restore, scratch_server
from command_center.backup.take import take
from command_center.cli import main
from command_center.database import all_rows, connect, database_time, one_value
from command_center.errors import BackupError
from command_center.ledger import backup as ledger
from command_center.local.cluster import copy_template, running_cluster, temporary_var
from command_center.local.postgres import WITH_BACKUPS
from command_center.operate.watch import messages
from command_center.settings import settings, with_login
from command_center.warehouse.bootstrap import declare_sources

PLANTED = "insert into raw.tanaman select n, md5(n::text) from generate_series(1, 50000) as n"


@dataclass(frozen=True)
class Kept:
    """A cluster of its own whose log is received in a folder of backups; the moment before the bad delete."""

    folder: Folder
    receiver: subprocess.Popen[bytes]
    before_delete: datetime
    held: Fingerprint


@pytest.fixture(scope="module")
def kept() -> Iterator[Kept]:
    with temporary_var() as var:
        copy_template(var)
        folder = Folder(var.parent / "cadangan")
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("CC_BACKUP_DIR", str(folder.path))
            with running_cluster(var, is_durable=True, changed=WITH_BACKUPS):
                declare_sources(settings())
                plant_archive()
                with receiving() as receiver:
                    first = take()
                    assert "full" in first and "2 files of the archive were copied" in first
                    change(PLANTED)
                    second = take()
                    assert (
                        "incremental" in second
                        and "0 files of the archive were copied, 0 removed, 2 are there" in second
                    )
                    change("insert into raw.tanaman values (0, 'sesudah cadangan')")
                    held = of_warehouse(settings().dsn("backup"))
                    moment = now()
                    change("delete from raw.tanaman where nomor % 2 = 0")
                    yield Kept(folder, receiver, moment, held)


@contextmanager
def receiving() -> Iterator[subprocess.Popen[bytes]]:
    receiver = subprocess.Popen([sys.executable, "-m", "command_center", "backup", "receive"])
    try:
        with connect(settings().dsn("backup"), autocommit=True) as connection:
            deadline = time.monotonic() + 60
            while not one_value(connection, bool, "select exists (select from pg_replication_slots where active)"):
                assert receiver.poll() is None and time.monotonic() < deadline
                time.sleep(0.1)
        yield receiver
    finally:
        receiver.kill()
        receiver.wait(30)


def plant_archive() -> None:
    landing = settings().cc_var_dir / "landing" / "damkar_kejadian"
    landing.mkdir(parents=True)
    for name in ("a.zst", "b.zst"):
        (landing / name).write_bytes(name.encode() * 1_000)
    (landing / "c.zst.1.part").write_bytes(b"unfinished")
    change("create table raw.tanaman (nomor int, isi text)")


def change(statement: str) -> None:
    with connect(settings().dsn("loader")) as connection:
        connection.execute(statement)


def now() -> datetime:
    """A moment that nothing is committed in."""
    with connect(settings().dsn("loader"), autocommit=True) as connection:
        moment = database_time(connection)
    time.sleep(0.05)
    return moment


def of_warehouse(dsn: str) -> Fingerprint:
    return fingerprint(dsn)


@contextmanager
def restored(folder: Folder, target: Target) -> Iterator[str]:
    """The warehouse of a restored cluster, as cc_backup."""
    with temporary_var() as var:
        home = pg_home.place_cluster(var)
        lay_out(folder, home.data, target, home.account)
        with scratch_server(home, var / "scratch.log") as address:
            yield with_login(f"{address}/warehouse", "cc_backup", settings().secret("cc_password_backup"))


@contextmanager
def flipped(path: Path, place: int) -> Iterator[None]:
    """One bit of a file is another one."""
    content = path.read_bytes()
    try:
        path.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
        yield
    finally:
        path.write_bytes(content)


def test_the_second_before_a_bad_delete_comes_back_and_so_does_what_followed_it(kept: Kept) -> None:
    with restored(kept.folder, Target(at=kept.before_delete)) as dsn:
        assert of_warehouse(dsn) == kept.held
        assert kept.held["raw.tanaman"].rows == 50_001
    with restored(kept.folder, Target()) as dsn:
        assert of_warehouse(dsn) == of_warehouse(settings().dsn("backup"))
        assert of_warehouse(dsn)["raw.tanaman"].rows == 25_000


def test_a_command_lays_out_cluster_and_archive_and_writes_over_nothing(
    kept: Kept, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    to = tmp_path / "pulih"
    assert main(["backup", "restore", "--to", str(to), "--at", kept.before_delete.isoformat()]) == 0
    assert "docs/backup.md" in capsys.readouterr().out
    assert "recovery_target_time" in (to / "postgres" / "postgresql.auto.conf").read_text()
    found = sorted(path.name for path in (to / "landing").rglob("*") if path.is_file())
    assert found == ["a.zst", "b.zst"]
    assert main(["backup", "restore", "--to", str(to)]) == BackupError.exit_code
    assert "is not empty" in capsys.readouterr().err
    early = kept.before_delete - timedelta(days=1)
    assert main(["backup", "restore", "--to", str(tmp_path / "x"), "--at", early.isoformat()]) == BackupError.exit_code
    assert main(["backup"]) == 0
    assert "2 backups in" in capsys.readouterr().out


def test_a_drill_compares_every_table_and_is_due_again_after_a_week(kept: Kept) -> None:
    assert "as they were, 0 changed meanwhile, 2 files of the archive are whole" in drill()
    assert "not yet due" in nightly.prove()
    with connect(settings().dsn("loader")) as connection:
        last = ledger.newest_drill(connection, only_passed=True)
        assert last is not None and last.tables > 50 and last.rows > 20_000
        assert said_of_backups(connection) == []


def said_of_backups(connection: psycopg.Connection[tuple[object, ...]]) -> list[str]:
    return [one.text for one in messages(connection, settings().now()) if one.source == "cadangan"]


def test_one_flipped_bit_is_refused_wherever_it_is(kept: Kept, tmp_path: Path) -> None:
    full, changes = (kept.folder.copy_of(one.label) for one in kept.folder.backups())
    largest = max((full / "base").rglob("[0-9]*"), key=lambda path: path.stat().st_size if path.is_file() else 0)
    with flipped(largest, 5_000), pytest.raises(BackupError, match="checksum mismatch for file"):
        drill()
    with flipped(changes / "backup_manifest", 200), pytest.raises(BackupError, match="manifest"):
        restore(tmp_path / "a", None)
    with (
        flipped(kept.folder.files / "damkar_kejadian" / "a.zst", 10),
        pytest.raises(BackupError, match="no longer what was"),
    ):
        drill()
    with connect(settings().dsn("loader")) as connection:
        (said,) = said_of_backups(connection)
        assert "gagal" in said
    assert "as they were" in nightly.prove(), "after one that failed, the next is due at once"


def test_a_log_with_a_flipped_bit_ends_before_the_moment_that_was_asked_for(kept: Kept) -> None:
    """The segment of the bad delete, from its first block on."""
    with connect(settings().dsn("backup"), autocommit=True) as connection:
        (row,) = all_rows(connection, Segment, "select pg_walfile_name(pg_current_wal_lsn()) as name")
    segments = sorted(path for path in kept.folder.wal.iterdir() if path.name.removesuffix(".partial") <= row.name)
    with shutil_copy(segments[-1]), pytest.raises(BackupError, match=r"ends before that moment, or is damaged there"):
        content = bytearray(segments[-1].read_bytes())
        for place in range(64, len(content), 4096):
            content[place] ^= 1
        segments[-1].write_bytes(content)
        with restored(kept.folder, Target(at=kept.before_delete + timedelta(days=1))):
            pass


@dataclass(frozen=True)
class Segment:
    name: str


@contextmanager
def shutil_copy(path: Path) -> Iterator[None]:
    """A file is put back as it was."""
    before = path.with_name("before")
    shutil.copy(path, before)
    try:
        yield
    finally:
        before.replace(path)


def test_what_is_too_old_goes_and_without_a_receiver_it_is_said(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CC_BACKUP_KEEP", "1")
    settings.cache_clear()
    landing = settings().cc_var_dir / "landing" / "damkar_kejadian"
    (landing / "a.zst").unlink()
    (landing / "d.zst").write_bytes(b"new")
    said = take(is_full=True)
    assert "1 files of the archive were copied, 0 removed, 3 are there; 2 older backups were removed." in said
    assert len(kept.folder.backups()) == 1
    first = kept.folder.backups()[0].first_segment
    assert min(path.name for path in kept.folder.wal.iterdir()) >= first
    assert "as they were" in drill(), "a full one alone is restored too"
    assert (kept.folder.files / "damkar_kejadian" / "a.zst").exists(), (
        "gone by mistake, perhaps, when this backup was made"
    )
    assert "1 removed, 2 are there" in take(is_full=True)
    kept.receiver.kill()
    kept.receiver.wait(30)
    deadline = time.monotonic() + 30
    while "Nothing receives the write-ahead log" not in (said := take()):
        assert time.monotonic() < deadline, said
    with connect(settings().dsn("loader")) as connection:
        connection.execute("update ops.backup set ended_at = ended_at - interval '2 days'")
        assert any("seharusnya setiap malam" in one for one in said_of_backups(connection))
