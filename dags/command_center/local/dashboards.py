"""Dashboards into the running Superset, and edits out of it."""

from __future__ import annotations

import json
import os
import subprocess
from typing import Any

from command_center.errors import ServiceError
from command_center.local import superset
from command_center.local.environment import superset_environment, var_folder
from command_center.settings import read_environment


def exported() -> dict[str, Any]:
    """What stands in Superset and what was imported last, each as kind -> UUID -> document."""
    found: dict[str, Any] = json.loads(run("export_assets.py").splitlines()[-1])
    return found


def import_dashboards() -> str:
    """Bring the running Superset in line with superset_exports/; what Superset's side says of it."""
    told = run("import_assets.py")
    env, var = told_environment(), var_folder()
    superset.note_prepared(env, var)
    return told


def run(script: str) -> str:
    """What a script in Superset's own environment prints. Raises ServiceError with the end of its log."""
    program = superset.CONFIGURATION / script
    finished = subprocess.run(
        [str(superset.interpreter()), str(program)], env=told_environment(), capture_output=True, text=True, check=False
    )
    if finished.returncode:
        last = (finished.stderr.strip() or "it said nothing").splitlines()[-1]
        raise ServiceError(f"{program} failed: {last}; is Superset's database there (make serve)?")
    return finished.stdout.strip()


def told_environment() -> dict[str, str]:
    var = var_folder()
    values = read_environment(var)
    if not values:
        raise ServiceError(f"There is no {var / 'local.env'} yet; `make serve` or `make run` makes it.")
    return superset_environment(os.environ, values)
