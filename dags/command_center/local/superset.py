"""The embedded Superset: its environment, the command that prepares it and the server."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from command_center.errors import ServiceError
from command_center.local.processes import Command
from command_center.paths import ROOT
from command_center.settings import CITY_NAME

ADMIN = "admin"
OFFICIAL = "pejabat"
CONFIGURATION = ROOT / "docker" / "superset"


def interpreter() -> Path:
    """The interpreter of Superset's own environment. Raises ServiceError when that is not installed."""
    python = Path(os.environ.get("CC_SUPERSET_PYTHON", ROOT / ".venv-superset" / "bin" / "python"))
    if not python.exists():
        raise ServiceError(
            f"Superset's environment is missing: there is no {python}; `make run` and `make serve` install it."
        )
    return python


def environment(var: Path, metadata_uri: str, officials_uri: str, public_uri: str) -> dict[str, str]:
    """Superset's configuration; secrets are added by the caller."""
    return {
        "SUPERSET_CONFIG": "superset_config",
        "SUPERSET_HOME": str(var / "superset"),
        "SUPERSET_CITY_NAME": CITY_NAME,
        "SUPERSET_DATABASE_URI": metadata_uri,
        "SUPERSET_OFFICIALS_URI": officials_uri,
        "SUPERSET_PUBLIC_URI": public_uri,
    }


def prepare_command(env: Mapping[str, str], var: Path) -> Command:
    return _command("Superset preparation", [str(CONFIGURATION / "prepare.py")], env, var)


def server_command(env: Mapping[str, str], var: Path, port: int) -> Command:
    server = [
        "-m",
        "gunicorn",
        "-w",
        "2",
        "-k",
        "gthread",
        "--threads",
        "8",
        "--timeout",
        "120",
        "-b",
        f"127.0.0.1:{port}",
    ]
    return _command("Superset", [*server, "superset.app:create_app()"], env, var)


def _command(name: str, arguments: list[str], env: Mapping[str, str], var: Path) -> Command:
    return Command(
        name=name,
        argv=[str(interpreter()), *arguments],
        log=var / "log" / f"{name.lower().replace(' ', '-')}.log",
        env=env,
        cwd=var / "superset",
    )
