"""PostgreSQL's own programs, which do the work: pg_basebackup, pg_receivewal, pg_verifybackup, pg_combinebackup, postgres."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from command_center.backup.pg_home import PACKAGE
from command_center.database import connect, has_row
from command_center.errors import BackupError
from command_center.settings import settings

SLOT = "cc_backup"  # the server keeps the log until its reader has it
BINARIES = PACKAGE / "pginstall" / "bin"


def run_program(name: str, *arguments: str | Path) -> str:
    """What the program said. Raises BackupError with its last words."""
    argv = [str(BINARIES / name), *map(str, arguments)]
    done = subprocess.run(argv, env=program_environment(), capture_output=True, text=True, check=False)
    if done.returncode != 0:
        said = (done.stderr.strip() or done.stdout.strip() or "no message").splitlines()
        errors = [line for line in said if "error:" in line] or said
        raise BackupError(f"{errors[0].removeprefix(f'{name}: ')} ({name})")
    return done.stdout


def program_environment() -> dict[str, str]:
    """The server and the login, for libpq; the password stays out of the list of processes."""
    parts = urlsplit(settings().dsn("backup"))
    return {
        "PATH": "/usr/bin:/bin",
        "LC_ALL": "C",
        "PGHOST": parts.hostname or "",
        "PGPORT": str(parts.port or 5432),
        "PGUSER": "cc_backup",
        "PGPASSWORD": settings().secret("cc_password_backup"),
        "PGAPPNAME": SLOT,
    }


def receive_log(wal: Path) -> None:
    """Become pg_receivewal, which writes the log as it comes and waits for a server that is away; does not return."""
    wal.mkdir(parents=True, exist_ok=True, mode=0o700)
    run_program("pg_receivewal", "--slot", SLOT, "--create-slot", "--if-not-exists")
    argv = ["pg_receivewal", "--slot", SLOT, "--synchronous", "--no-password", "--directory", str(wal)]
    os.umask(0o077)
    os.execve(BINARIES / "pg_receivewal", argv, program_environment())


def is_received() -> bool:
    """Whether something receives the log now."""
    with connect(settings().dsn("backup")) as connection:
        return has_row(connection, "select from pg_replication_slots where slot_name = %s and active", [SLOT])


def combine(copies: Sequence[Path], target: Path) -> None:
    """A full copy and the changes since, as one data folder."""
    run_program("pg_combinebackup", "--output", target, *copies)
