"""A backup, brought back as a data folder that a server can be started on, and as the archive beside it."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import psycopg

from command_center.backup import files
from command_center.backup.folder import Backup, Folder, backup_folder, chain
from command_center.backup.pg_home import Account, Cluster
from command_center.backup.programs import combine, run_program
from command_center.errors import BackupError
from command_center.settings import settings, with_login

RECOVERY_S = 3600.0  # for reading the log of a week anew
# What the server says of the log that it was given
REASONS = (
    (
        "recovery ended before configured recovery target was reached",
        "the log in wal/ ends before that moment, or is damaged there",
    ),
    ("invalid checkpoint record", "the log that the copy begins with is damaged"),
)


@dataclass(frozen=True)
class Target:
    """Up to where the log is read: a moment, a named point, or, where neither is given, its end."""

    at: datetime | None = None
    point: str | None = None

    def lines(self) -> list[str]:
        if self.at is not None:
            return [f"recovery_target_time = '{self.at.isoformat()}'", "recovery_target_action = 'promote'"]
        if self.point is not None:
            return [f"recovery_target_name = '{self.point}'", "recovery_target_action = 'promote'"]
        return []


def restore(to: Path, at: datetime | None) -> str:
    """Bring back the newest moment, or one; what is to be done next. Raises BackupError and leaves nothing when it cannot be."""
    if to.exists() and any(to.iterdir()):
        raise BackupError(f"{to} is not empty; name a folder that is not there yet, so that nothing is written over.")
    folder = backup_folder()
    try:
        last = lay_out(folder, to / "postgres", Target(at=at))[-1]
        shutil.copytree(folder.files, to / "landing", ignore=shutil.ignore_patterns(files.LIST, files.GONE))
    except (BackupError, OSError):
        shutil.rmtree(to, ignore_errors=True)
        raise
    upto = f"{at:%Y-%m-%d %H:%M:%S%z}" if at else "the end of the log"
    return (
        f"{to} holds the cluster of backup {last.label}, to be brought to {upto} when a server starts on {to / 'postgres'}, and the "
        f"archive in {to / 'landing'}. docs/backup.md tells how to take both into use."
    )


def lay_out(folder: Folder, data: Path, target: Target, account: Account | None = None) -> list[Backup]:
    """Check each copy of the chain, join them, and say up to where to read the log. Raises BackupError for one changed byte."""
    links = chain(folder.backups(), target.at)
    copies = [folder.copy_of(one.label) for one in links]
    for copy in copies:
        run_program("pg_verifybackup", "--quiet", copy)
    data.parent.mkdir(parents=True, exist_ok=True)
    if len(copies) == 1:
        shutil.copytree(copies[0], data, symlinks=True, dirs_exist_ok=True)
    else:
        combine(copies, data)
    (data / "recovery.signal").touch()
    with (data / "postgresql.auto.conf").open("a", encoding="utf-8") as file:
        wal = folder.wal if account is None else _own_log(folder.wal, links[-1], data.parent / "wal", account)
        file.writelines(f"{line}\n" for line in [_restore_command(wal), *target.lines()])
    data.chmod(0o700)
    if account is not None:
        _give(data, account)
    return links


def _own_log(wal: Path, backup: Backup, target: Path, account: Account) -> Path:
    """The log from a backup on, for a server whose account cannot read the folder of backups."""
    target.mkdir(mode=0o700)
    for segment in wal.iterdir():
        if segment.name >= backup.first_segment:
            shutil.copy(segment, target)
    _give(target, account)
    return target


def _restore_command(wal: Path) -> str:
    """The segment that was being written when the log ended has a name of its own."""
    place = str(wal).replace("'", "''")
    return f'restore_command = \'if test -f "{place}/%f"; then cp "{place}/%f" "%p"; else cp "{place}/%f.partial" "%p"; fi\''


def _give(folder: Path, account: Account) -> None:
    for path in [folder, *folder.rglob("*")]:
        os.chown(path, account.uid, account.gid, follow_symlinks=False)


@contextmanager
def scratch_server(home: Cluster, log: Path) -> Iterator[str]:
    """A server of its own on a restored data folder, on 127.0.0.1, ended and forgotten afterwards; its address without login."""
    port = _free_port()
    settings_of_it = {
        "listen_addresses": "127.0.0.1",
        "port": str(port),
        "unix_socket_directories": "",
        "hot_standby": "off",  # whoever is let in finds it restored; and it need not have room for as many connections
        "fsync": "off",  # nothing here need survive
        "archive_mode": "off",
        "shared_buffers": "128MB",
        "autovacuum": "off",
    }
    argv = [str(home.binaries / "postgres"), "-D", str(home.data)]
    argv += [part for name, value in settings_of_it.items() for part in ("-c", f"{name}={value}")]
    account = home.account
    with log.open("wb") as output:
        server = subprocess.Popen(
            argv,
            stdout=output,
            stderr=output,
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"},
            cwd="/",
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
        )
    try:
        _await_recovery(server, log, port)
        yield f"postgresql://127.0.0.1:{port}"
    finally:
        server.kill()  # with fsync off and a folder that is removed, an orderly end is worth nothing
        server.wait(30)


def _free_port() -> int:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        return int(holder.getsockname()[1])


def _await_recovery(server: subprocess.Popen[bytes], log: Path, port: int) -> None:
    """Until it has read the log up to its target."""
    dsn = with_login(f"postgresql://127.0.0.1:{port}/warehouse", "cc_backup", settings().secret("cc_password_backup"))
    deadline = time.monotonic() + RECOVERY_S
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise BackupError(_why(log.read_text(encoding="utf-8", errors="replace")))
        with contextlib.suppress(psycopg.OperationalError):  # it lets nobody in before
            psycopg.connect(dsn, connect_timeout=5).close()
            return
        time.sleep(0.2)
    raise BackupError(f"The restored server did not read its log within {RECOVERY_S:.0f} s; see {log}.")


def _why(said: str) -> str:
    fatal = next(
        (line for line in said.splitlines() if "FATAL" in line), said.strip().splitlines()[-1] if said.strip() else ""
    )
    reason = next((words for found, words in REASONS if found in said), fatal.partition("FATAL:")[2].strip() or fatal)
    return f"The backup cannot be restored: {reason}."
