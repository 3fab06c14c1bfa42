"""A city that is prepared but not started: databases made, Airflow migrated, Superset prepared; made once, then copied."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from command_center.local.cluster import copy_folder, template_digest, template_folder, temporary_var
from command_center.paths import DAGS, ROOT

PREPARE = """
from command_center.local import superset
from command_center.local.environment import service_environment, superset_environment
from command_center.local.progress import Progress, make_console
from command_center.local.services import open_city

with open_city(Progress(make_console())) as city:
    city.start_postgres()
    city.migrate_airflow(service_environment(city.base, city.values))
    city.processes.finish(superset.prepare_command(superset_environment(city.base, city.values), city.var), 400)
"""
KEPT = ("postgres", "airflow", "superset", "local.env", "log/superset-preparation.log")


@contextmanager
def prepared_var() -> Iterator[Path]:
    """A var folder in which every database is there and nothing runs."""
    with temporary_var() as var:
        copy_prepared(var)
        yield var


def copy_prepared(var: Path) -> None:
    """Put a copy of the prepared city where there is nothing yet."""
    folder = template_folder()
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "city.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        made = folder / f"city-{digest()}"
        if not made.exists():
            for old in folder.glob("city-*"):
                shutil.rmtree(old)
            make(made)
    var.mkdir(mode=0o711)
    for name in KEPT:
        (var / name).parent.mkdir(mode=0o700, exist_ok=True)
        copy = copy_folder if (made / name).is_dir() else shutil.copy
        copy(made / name, var / name)


def make(made: Path) -> None:
    with temporary_var() as var:
        env = {**os.environ, "PYTHONPATH": str(DAGS), "CC_VAR_DIR": str(var)}
        subprocess.run([sys.executable, "-c", PREPARE], env=env, check=True, capture_output=True, text=True)
        unfinished = made.with_name(f"new-{made.name}")
        shutil.rmtree(unfinished, ignore_errors=True)
        copy_folder(var, unfinished)
        unfinished.rename(made)


def digest() -> str:
    """Of everything that it is made of: the packages, and the code that makes it."""
    digest = hashlib.sha256(template_digest().encode())
    files = [*(ROOT / "docker" / "superset").glob("*.py"), *(DAGS / "command_center" / "local").glob("*.py")]
    files += [ROOT / name for name in ("requirements.lock", "requirements-superset.lock")]
    for file in sorted(files):
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:16]
