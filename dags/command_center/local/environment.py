"""What the services of one var folder share: the lock, the ports, the generated secrets and the file local.env."""

from __future__ import annotations

import base64
import contextlib
import fcntl
import json
import os
import random
import re
import secrets
import socket
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from command_center.errors import ServiceError, SettingsError
from command_center.local import airflow, superset
from command_center.paths import DAGS, ROOT
from command_center.settings import TIME_ZONE, TOLD, WIB, settings

FOLDERS = (
    *("log", "airflow", "superset", "demo", "mailbox", "reports", "landing", "dbt", "data_docs"),
    *("tmp", "catalogue", "contracts", "lineage", "open_data"),
)
UPLOAD = "upload"  # agencies' accounts may be given a group of their own
TOKENS = (
    *(
        f"CC_PASSWORD_{purpose}"
        for purpose in (
            "ADMIN",
            "LOADER",
            "TRANSFORMER",
            "PUBLISHER",
            "OFFICIALS",
            "PUBLIC",
            "ANALYST",
            "RECORDER",
            "BACKUP",
        )
    ),
    "CC_PASSWORD_AIRFLOW",
    "CC_PASSWORD_SUPERSET",
    "CC_CAMAT_SECRET",
    "CC_AIRFLOW_ADMIN_PASSWORD",
    "CC_DEMO_CITY_PASSWORD",
    "SUPERSET_ADMIN_PASSWORD",
    "SUPERSET_OFFICIALS_PASSWORD",
    "SUPERSET_OPD_PASSWORD",
    "SUPERSET_CAMAT_PASSWORD",
    "SUPERSET_ENGINEER_PASSWORD",
    "SUPERSET_WALIDATA_PASSWORD",
    "SUPERSET_SECRET_KEY",
    "SUPERSET_METRICS_TOKEN",
    "AIRFLOW__API__SECRET_KEY",
    "AIRFLOW__API_AUTH__JWT_SECRET",
)
KEYS = ("CC_ARCHIVE_KEY", "CC_HMAC_KEY")
FERNET_KEY = "AIRFLOW__CORE__FERNET_KEY"
OF_AIRFLOW = (
    "AIRFLOW__API__SECRET_KEY",
    "AIRFLOW__API_AUTH__JWT_SECRET",
    "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN",
    FERNET_KEY,
)
# What tasks work with; the scheduler runs them.
OF_TASKS = (
    "CC_PASSWORD_LOADER",
    "CC_PASSWORD_TRANSFORMER",
    "CC_PASSWORD_PUBLISHER",
    "CC_PASSWORD_OFFICIALS",
    "CC_PASSWORD_PUBLIC",
    "CC_PASSWORD_BACKUP",
    "CC_CAMAT_SECRET",
    "CC_S3_SECRET",
    "SMTP_PASSWORD",
    "CC_APPRISE_URLS",
    "CC_INBOX_PASSWORD",
    "CC_OPENLINEAGE_KEY",
    *KEYS,
)
OF_RECEIVER = ("CC_PASSWORD_BACKUP",)
OF_DEMO_CITY = ("CC_DEMO_CITY_PASSWORD",)
OF_SUPERSET = (
    "SUPERSET_SECRET_KEY",
    "SUPERSET_METRICS_TOKEN",
    "SUPERSET_CAMAT_SECRET",
    "SUPERSET_DATABASE_URI",
    "SUPERSET_OFFICIALS_URI",
    "SUPERSET_PUBLIC_URI",
    "SUPERSET_ANALYST_URI",
    "SUPERSET_TRAIL_URI",
)
QUIET = {
    "NO_PROXY": "127.0.0.1,localhost",
    "no_proxy": "127.0.0.1,localhost",
    "DO_NOT_TRACK": "1",
    "SCARF_ANALYTICS": "false",
    "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    "GX_ANALYTICS_ENABLED": "false",
    "PYTHONUNBUFFERED": "1",
}


@dataclass(frozen=True)
class Ports:
    """Where each service listens on 127.0.0.1; the environment variable CC_<NAME>_PORT decides, else a free port is taken."""

    postgres: int
    airflow: int
    superset: int
    demo_city: int
    mailbox: int
    demo_sftp: int
    demo_mysql: int
    demo_postgres: int


def var_folder() -> Path:
    """The folder of everything that is made at run time."""
    return Path(os.environ.get("CC_VAR_DIR") or ROOT / "var").resolve()


def make_folders(var: Path) -> None:
    """Make the folders that only this account may read; the var folder itself may be passed through by the database's account."""
    try:
        var.mkdir(parents=True, exist_ok=True)
        var.chmod(0o711 if os.geteuid() == 0 else 0o700)
        for name, mode in {**dict.fromkeys(FOLDERS, 0o700), UPLOAD: 0o750}.items():
            (var / name).mkdir(mode=mode, exist_ok=True)
            (var / name).chmod(mode)
    except PermissionError as error:
        raise ServiceError(
            f"{error.filename} belongs to another account; run `make clean` as that account first."
        ) from None


@contextlib.contextmanager
def locked(var: Path) -> Iterator[int]:
    """Hold the lock of a var folder. Raises ServiceError that names the process and the addresses of the one that has it."""
    file = var / "services.lock"
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise ServiceError(already_running(file, var)) from None
    try:
        os.ftruncate(descriptor, 0)
        yield descriptor
        os.ftruncate(descriptor, 0)
    finally:
        os.close(descriptor)


def already_running(file: Path, var: Path) -> str:
    try:
        owner = json.loads(file.read_text())
    except json.JSONDecodeError:
        return f"The services of {var} are just being started or ended by another process; try again in a moment."
    addresses = ", ".join(f"{name} {address}" for name, address in owner["addresses"].items())
    return (
        f"The services of {var} are already running since {owner['since']} in process {owner['pid']} ({addresses}); "
        f"use them, or end them with Ctrl-C there or `kill {owner['pid']}`."
    )


def note_owner(descriptor: int, addresses: Mapping[str, str]) -> None:
    """Write into the lock file who has it."""
    owner = {
        "pid": os.getpid(),
        "since": f"{datetime.now(WIB):%H:%M:%S} WIB",
        "addresses": dict(addresses),
    }
    os.pwrite(descriptor, json.dumps(owner).encode(), 0)


def choose_ports(var: Path) -> Ports:
    """The ports asked for, else the ones of the last start, else free ones. Raises ServiceError when one asked for is taken."""
    file = var / "ports.json"
    last: dict[str, int] = json.loads(file.read_text()) if file.exists() else {}
    chosen: dict[str, int] = {}
    with contextlib.ExitStack() as held:
        for name in (field.name for field in fields(Ports)):
            variable = f"CC_{name.upper()}_PORT"
            if asked := os.environ.get(variable):
                chosen[name] = hold_port(held, port_number(variable, asked), variable)
            else:
                chosen[name] = hold_free_port(held, [last[name]] if name in last else [])
    file.write_text(json.dumps(chosen))
    return Ports(**chosen)


def port_number(name: str, text: str) -> int:
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise SettingsError(f"{name} is {text!r}, expected a port number from 1 to 65535.")
    return int(text)


def hold_port(held: contextlib.ExitStack, port: int, name: str) -> int:
    if not try_hold(held, port):
        raise ServiceError(f"Port {port} ({name}) is used by another process; free it or choose another.")
    return port


def hold_free_port(held: contextlib.ExitStack, preferred: list[int]) -> int:
    for port in [*preferred, *random.sample(range(20000, 32000), 200)]:
        if try_hold(held, port):
            return port
    raise ServiceError("No free port was found between 20000 and 32000 on 127.0.0.1.")


def try_hold(held: contextlib.ExitStack, port: int) -> bool:
    holder = socket.socket()
    holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        holder.bind(("127.0.0.1", port))
        holder.listen()
    except OSError:
        holder.close()
        return False
    held.enter_context(holder)
    return True


def write_environment(var: Path, values: Mapping[str, str]) -> None:
    """Replace local.env in one step; only this account may read it."""
    fresh = var / "local.env.new"
    fresh.unlink(missing_ok=True)
    fresh.touch(mode=0o600)
    fresh.write_text("".join(f"{name}={_written(value)}\n" for name, value in sorted(values.items())))
    fresh.replace(var / "local.env")


def _written(value: str) -> str:
    """In quotes where python-dotenv would take a sign for its own."""
    if re.fullmatch(r"[\w@%+=:,./-]*", value):
        return value
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def make_environment(var: Path, before: Mapping[str, str], ports: Ports) -> dict[str, str]:
    """Every value of local.env: secrets that stay from start to start, and addresses of this start."""
    known = {name: value for name, value in before.items() if value}
    values = {name: known.get(name) or secrets.token_urlsafe(64 if "SECRET" in name else 24) for name in TOKENS}
    values |= {name: known.get(name) or secrets.token_hex(32) for name in KEYS}
    values[FERNET_KEY] = known.get(FERNET_KEY) or base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
    values |= addresses(var, values, ports)
    return values


def addresses(var: Path, values: Mapping[str, str], ports: Ports) -> dict[str, str]:
    metadata = database_url("airflow", values["CC_PASSWORD_AIRFLOW"], ports.postgres, "airflow")
    metadata_of_superset = database_url("superset", values["CC_PASSWORD_SUPERSET"], ports.postgres, "superset")
    read_at = os.environ.get("CC_REPLICA_ADDRESS") or f"127.0.0.1:{ports.postgres}"
    officials = url_at(read_at, "cc_officials", values["CC_PASSWORD_OFFICIALS"], "warehouse")
    public = url_at(read_at, "cc_public", values["CC_PASSWORD_PUBLIC"], "publik")
    analyst = url_at(read_at, "cc_analyst", values["CC_PASSWORD_ANALYST"], "warehouse")
    recorder = database_url("cc_recorder", values["CC_PASSWORD_RECORDER"], ports.postgres, "warehouse")
    driver = "postgresql+psycopg2://"
    return {
        "CC_VAR_DIR": str(var),
        "CC_SUPERSET_URL": f"http://127.0.0.1:{ports.superset}",
        "CC_DEMO_CITY_URL": f"http://127.0.0.1:{ports.demo_city}",
        "WAREHOUSE_URL": f"postgresql://127.0.0.1:{ports.postgres}/warehouse",
        "PUBLIK_URL": f"postgresql://127.0.0.1:{ports.postgres}/publik",
        "CC_MAILBOX_FOLDER": str(var / "mailbox"),
        "CC_DATA_DOCS_URL": f"http://127.0.0.1:{ports.superset}/hasil-pemeriksaan/",
        "CC_INBOX_URL": (var / "mailbox").as_uri(),
        "SMTP_HOST": "127.0.0.1",
        "SMTP_PORT": str(ports.mailbox),
        **airflow.environment(var, driver + metadata, ports.airflow),
        **superset.environment(
            var, *(driver + uri for uri in (metadata_of_superset, officials, public, analyst, recorder))
        ),
        "SUPERSET_CAMAT_SECRET": values["CC_CAMAT_SECRET"],
    }


def database_url(role: str, password: str, port: int, database: str) -> str:
    return url_at(f"127.0.0.1:{port}", role, password, database)


def url_at(address: str, role: str, password: str, database: str) -> str:
    return f"{role}:{quote(password, safe='')}@{address}/{database}"


def use_environment(values: Mapping[str, str]) -> None:
    """Let this process see the values too."""
    os.environ.update(
        {name: value for name, value in values.items() if not name.endswith("_PORT") or name == "SMTP_PORT"}
    )
    settings.cache_clear()


def own_environment(base: Mapping[str, str], values: Mapping[str, str], secret: Collection[str] = ()) -> dict[str, str]:
    """What a service of this package is told: all that is no secret, and of the secrets its own."""
    told = {**base, **QUIET, **values, "PYTHONPATH": str(DAGS), TOLD: "1"}
    return {name: value for name, value in told.items() if name in secret or not is_secret(name)}


def is_secret(name: str) -> bool:
    return name in (*TOKENS, *OF_AIRFLOW, *OF_TASKS) or name.startswith(("SUPERSET_", "AIRFLOW_CONN_"))


def service_environment(base: Mapping[str, str], values: Mapping[str, str]) -> dict[str, str]:
    """The environment of Airflow's scheduler and of its command line: what tasks need, and their connections."""
    connections = [name for name in (*base, *values) if name.startswith("AIRFLOW_CONN_")]
    return own_environment(base, values, (*OF_AIRFLOW, *OF_TASKS, *connections))


def superset_environment(base: Mapping[str, str], values: Mapping[str, str]) -> dict[str, str]:
    """The environment of Superset's preparation, which makes the accounts."""
    own = {name: value for name, value in values.items() if name.startswith("SUPERSET_")}
    public = {name: value for name, value in base.items() if not is_secret(name)}
    return {
        **public,
        **QUIET,
        **own,
        "PYTHONPATH": str(superset.CONFIGURATION),
        "TZ": TIME_ZONE,
    }


def superset_server_environment(prepared: Mapping[str, str]) -> dict[str, str]:
    """The environment of Superset's server, which needs no password of an account."""
    return {name: value for name, value in prepared.items() if name in OF_SUPERSET or name not in TOKENS}
