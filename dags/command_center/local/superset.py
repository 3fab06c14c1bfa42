"""The embedded Superset: its environment, the command that prepares it and the server."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import psycopg

from command_center.database import one_value
from command_center.errors import ServiceError
from command_center.local.processes import Command
from command_center.paths import ROOT
from command_center.settings import CITY_NAME

ADMIN = "admin"
OFFICIAL = "pejabat"
# The accounts that the preparation makes of what local.env holds: what each is for, its name, where its password is.
ACCOUNTS = (
    ("mayor", OFFICIAL, "SUPERSET_OFFICIALS_PASSWORD"),
    ("OPD", "opd", "SUPERSET_OPD_PASSWORD"),
    ("camat", "camat", "SUPERSET_CAMAT_PASSWORD"),
    ("data engineer", "insinyur", "SUPERSET_ENGINEER_PASSWORD"),
    ("walidata", "walidata", "SUPERSET_WALIDATA_PASSWORD"),
    ("administrator", ADMIN, "SUPERSET_ADMIN_PASSWORD"),
)
CONFIGURATION = ROOT / "docker" / "superset"
EXPORTS = ROOT / "superset_exports"
# What the preparation leaves in Superset's database, and what people can change there
STANDING = """
    select md5(concat_ws('|',
        (select string_agg(version_num, ',' order by version_num) from alembic_version),
        (select string_agg(concat_ws(':', uuid, changed_on), ',' order by id) from dbs),
        (select string_agg(concat_ws(':', uuid, changed_on), ',' order by id) from tables),
        (select string_agg(concat_ws(':', uuid, changed_on), ',' order by id) from slices),
        (select string_agg(concat_ws(':', uuid, changed_on), ',' order by id) from dashboards),
        (select string_agg(concat_ws(':', dashboard_id, slice_id), ',' order by id) from dashboard_slices),
        (select concat(count(*), max(changed_on)) from table_columns),
        (select concat(count(*), max(changed_on)) from sql_metrics),
        (select string_agg(concat_ws(':', username, password, active), ',' order by id) from ab_user),
        (select string_agg(concat_ws(':', user_id, role_id), ',' order by id) from ab_user_role),
        (select string_agg(concat_ws(':', role_id, permission_view_id), ',' order by id) from ab_permission_view_role)
    ))
"""


def interpreter() -> Path:
    """The interpreter of Superset's own environment. Raises ServiceError when that is not installed."""
    python = Path(os.environ.get("CC_SUPERSET_PYTHON", ROOT / ".venv-superset" / "bin" / "python"))
    if not python.exists():
        raise ServiceError(
            f"Superset's environment is missing: there is no {python}; `make run` and `make serve` install it."
        )
    return python


def environment(
    var: Path, metadata_uri: str, officials_uri: str, public_uri: str, analyst_uri: str, trail_uri: str
) -> dict[str, str]:
    """Superset's configuration; secrets are added by the caller."""
    return {
        "SUPERSET_CONFIG": "superset_config",
        "SUPERSET_HOME": str(var / "superset"),
        "SUPERSET_CITY_NAME": CITY_NAME,
        "SUPERSET_DATABASE_URI": metadata_uri,
        "SUPERSET_OFFICIALS_URI": officials_uri,
        "SUPERSET_PUBLIC_URI": public_uri,
        "SUPERSET_ANALYST_URI": analyst_uri,
        "SUPERSET_TRAIL_URI": trail_uri,
        "SUPERSET_OPEN_DATA": str(var / "open_data"),
        "SUPERSET_DATA_DOCS": str(var / "data_docs"),
    }


def is_prepared(env: Mapping[str, str], var: Path) -> bool:
    """Whether what the last preparation was made of, and what it left, are as they were then; it takes most of a start."""
    note = _note(var)
    return note.is_file() and note.read_text() == _prepared(env)


def note_prepared(env: Mapping[str, str], var: Path) -> None:
    if prepared := _prepared(env):
        _note(var).write_text(prepared)


def _note(var: Path) -> Path:
    return var / "superset" / "prepared"


def _prepared(env: Mapping[str, str]) -> str | None:
    """What was prepared and what stands now; None where nothing was."""
    try:
        with psycopg.connect(env["SUPERSET_DATABASE_URI"].replace("+psycopg2", "")) as connection:
            return f"{_made_of(env)} {one_value(connection, str, STANDING)}"
    except psycopg.Error:  # a new database, or another release of Superset
        return None


def _made_of(env: Mapping[str, str]) -> str:
    """Digest of dashboards, programs, Superset's release and all that it is told: addresses, passwords, names."""
    digest = hashlib.sha256()
    for folder in (CONFIGURATION, EXPORTS):
        for file in sorted(path for path in folder.rglob("*") if path.suffix in (".py", ".yaml")):
            digest.update(file.relative_to(ROOT).as_posix().encode() + b"\0" + file.read_bytes() + b"\0")
    packages = interpreter().parent.parent.glob("lib/*/site-packages/apache_superset-*")
    told = sorted(f"{name}={value}" for name, value in env.items() if name.startswith("SUPERSET_"))
    digest.update("\0".join([*sorted(path.name for path in packages), *told]).encode())
    return digest.hexdigest()


def prepare_command(env: Mapping[str, str], var: Path) -> Command:
    return _command("Superset preparation", [str(CONFIGURATION / "prepare.py")], env, var)


def users_command(env: Mapping[str, str], var: Path, arguments: Sequence[str]) -> Command:
    return _command("Superset accounts", [str(CONFIGURATION / "users.py"), *arguments], env, var)


def server_command(env: Mapping[str, str], var: Path, port: int) -> Command:
    server = ["-m", "gunicorn", "--config", str(CONFIGURATION / "serving.py"), "--bind", f"127.0.0.1:{port}"]
    warm = os.environ.get("SUPERSET_WARM", "0")  # said by whoever starts it: it is no setting of the city
    told = {"SUPERSET_WARM": warm, **env}
    return _command("Superset", server, told, var)


def _command(name: str, arguments: list[str], env: Mapping[str, str], var: Path) -> Command:
    return Command(
        name=name,
        argv=[str(interpreter()), *arguments],
        log=var / "log" / f"{name.lower().replace(' ', '-')}.log",
        env=env,
        cwd=var / "superset",
    )
