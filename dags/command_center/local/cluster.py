"""A PostgreSQL cluster for a while: for previews, fixtures, conformance, the bench and tests."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from command_center.backup import pg_home
from command_center.declaration.source import Source
from command_center.local import environment, postgres
from command_center.local.processes import Processes
from command_center.paths import DBT_PROJECT, PACKAGE
from command_center.settings import Settings, read_environment, settings
from command_center.warehouse.bootstrap import bootstrap, declare_sources, prepare

# Nothing in such a cluster need survive a crash.
CARELESS = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off", "shared_buffers": "64MB"}
MADE_OF = (
    "ledger",
    "declaration",
    "warehouse",
    "intake/ddl.py",
    "local/postgres.py",
    "backup/pg_home.py",
    "idformat.py",
    "personal_names.py",
    "settings.py",
)


@contextmanager
def temporary_var() -> Iterator[Path]:
    """A var folder below the system's folder for temporary files, which the database's account can reach."""
    base = Path(tempfile.mkdtemp(prefix="padang-"))
    base.chmod(0o711)
    try:
        yield base / "var"
    finally:
        pg_home.remove_relocated(base / "var")
        shutil.rmtree(base)


@contextmanager
def temporary_cluster(*, is_durable: bool = False, only: Source | None = None) -> Iterator[dict[str, str]]:
    """A running, bootstrapped cluster for every source or only one; settings() of this process point to it. Yields its environment.

    It is copied from a template, and does not survive a crash; a durable one is made anew, as production's is.
    """
    with temporary_var() as var:
        if not is_durable:
            copy_template(var)
        with running_cluster(var, is_durable=is_durable) as values:
            declare_sources(settings(), only)
            yield values


@contextmanager
def running_cluster(
    var: Path,
    *,
    is_durable: bool,
    make: Callable[[Settings], None] = bootstrap,
    changed: Mapping[str, str] | None = None,
) -> Iterator[dict[str, str]]:
    """The cluster of a var folder, made and bootstrapped when it is not there yet."""
    before = dict(os.environ)
    environment.make_folders(var)
    ports = environment.choose_ports(var)
    values = environment.make_environment(var, read_environment(var), ports)
    environment.write_environment(var, values)
    place = pg_home.place_cluster(var)
    is_new = not place.exists
    pg_home.initialise(place, values["CC_PASSWORD_ADMIN"])
    processes = Processes(var, var / "log")
    try:
        log = var / "log" / "postgresql.log"
        processes.start(
            postgres.server_command(place, ports.postgres, log, {**({} if is_durable else CARELESS), **(changed or {})})
        )
        environment.use_environment(values)
        admin = environment.database_url("cc_admin", values["CC_PASSWORD_ADMIN"], ports.postgres, "postgres")
        pg_home.wait_for_login(f"postgresql://{admin}", 60)
        if is_new:
            make(settings())
        yield values
    finally:
        processes.end()
        os.environ.clear()
        os.environ.update(before)
        settings.cache_clear()


def copy_template(var: Path) -> None:
    """A bootstrapped cluster and its passwords, from the template; that is made when what it is made of has changed."""
    place = pg_home.place_cluster(var)
    with template() as made:
        shutil.rmtree(place.data)
        copy_folder(made / "postgres", place.data)
        shutil.copy(made / "local.env", var / "local.env")


def copy_folder(folder: Path, target: Path) -> None:
    """Copy a folder with modes and owners; by a process of its own, so that this one may go on with other things."""
    subprocess.run(["cp", "-RPp", str(folder), str(target)], check=True)


@contextmanager
def template() -> Iterator[Path]:
    """The folder of the template, which nobody changes meanwhile."""
    folder = template_folder()
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        made = folder / f"cluster-{template_digest()}"
        if not made.exists():
            for old in folder.glob("cluster-*"):
                shutil.rmtree(old)
            _make_template(made)
        yield made


def template_folder() -> Path:
    """CC_TEMPLATE_DIR, else below the var folder."""
    return Path(os.environ.get("CC_TEMPLATE_DIR") or environment.var_folder() / "template")


def _make_template(made: Path) -> None:
    with temporary_var() as var:
        with running_cluster(var, is_durable=False, make=prepare):
            pass
        place = pg_home.place_cluster(var)
        unfinished = made.with_name(f"new-{made.name}")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        copy_folder(place.data, unfinished / "postgres")
        shutil.copy(var / "local.env", unfinished / "local.env")
        unfinished.rename(made)


def template_digest() -> str:
    """Of everything that a bootstrapped cluster is made of, but for the declarations, which are brought in each time."""
    digest = hashlib.sha256(str(pg_home.PACKAGE).encode())
    files = [
        file for part in MADE_OF for file in ([PACKAGE / part] if part.endswith(".py") else (PACKAGE / part).rglob("*"))
    ]
    files += [DBT_PROJECT / "seeds" / name for name in ("ref_wilayah.csv", "ref_wilayah_alias.csv")]
    for file in sorted(file for file in files if file.suffix in (".py", ".sql", ".csv")):
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:16]
