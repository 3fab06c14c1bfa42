"""What the production image would hold: everything that its commands import, and nothing of the demo or the developer.

No container engine builds it here; its Dockerfile and dockerignore are read instead.
"""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from command_center.lint.compose import locked_distributions
from command_center.lint.containers import Dockerfile, load_project
from command_center.paths import PACKAGE, ROOT

DOCKERFILE = Dockerfile(ROOT / "docker" / "airflow" / "Dockerfile")
HELD = DOCKERFILE.files(ROOT)
STAY_HOME = {
    "bench",
    "catalogue",
    "govern",
    "lint",
    "local",
    "newcomer",
}  # of a developer's checkout; their commands say so in production


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The image's /app."""
    root = tmp_path_factory.mktemp("image")
    for inside, file in HELD.items():
        target = root / inside.removeprefix("/app/")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, target)
    return root


def run(image: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    env = {name: value for name, value in os.environ.items() if not name.startswith(("CC_", "AIRFLOW_", "PYTHON"))}
    env |= {"PYTHONPATH": str(image / "dags"), "CC_VAR_DIR": str(image / "var"), "AIRFLOW_HOME": str(image / "airflow")}
    argv = [sys.executable, *arguments]
    return subprocess.run(argv, env=env, cwd=image, capture_output=True, text=True, timeout=240, check=False)


def test_no_demo_city_and_no_wing_of_the_developer() -> None:
    assert "/app/dags/command_center/cli.py" in HELD and "/app/dbt_project/dbt_project.yml" in HELD
    places = [Path(inside).relative_to("/app").parts for inside in HELD]
    assert not [parts for parts in places if {"demo_city", "__pycache__"} & {*parts} or parts[0] == "tests"]
    assert not STAY_HOME & {parts[2] for parts in places if parts[:2] == ("dags", "command_center")}


def test_every_wing_ships_or_is_known_to_stay_home() -> None:
    wings = {folder.name for folder in PACKAGE.iterdir() if folder.is_dir() and folder.name != "__pycache__"}
    shipped = {Path(inside).parts[4] for inside in HELD if inside.startswith("/app/dags/command_center/")} & wings
    assert wings - shipped == STAY_HOME, "a new wing needs its COPY in docker/airflow/Dockerfile"


def test_what_only_the_demo_needs_is_not_installed() -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"]["demo"]
    names = {re.split(r"[^a-z0-9-]", one)[0] for one in declared}
    assert names and DOCKERFILE.lock() == "requirements.lock" and DOCKERFILE.lock("demo") == "requirements-demo.lock"
    assert not names & locked_distributions(ROOT / "requirements.lock")
    assert names <= locked_distributions(ROOT / "requirements-demo.lock")


def test_no_shipped_module_imports_what_stays_home() -> None:
    """Also within functions; only the command line knows the developer's commands."""
    found = []
    for inside, file in HELD.items():
        if file.suffix != ".py" or inside.endswith("/command_center/cli.py"):
            continue
        for node in ast.walk(ast.parse(file.read_text())):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [one.name for one in node.names] if isinstance(node, ast.Import) else []
            home = ("demo_city", *(f"command_center.{wing}" for wing in STAY_HOME))
            found += [f"{inside}: {name}" for name in names if name.startswith(home)]
    assert found == []


def test_dags_and_every_shipped_module_are_imported_without_the_rest(image: Path) -> None:
    modules = [
        ".".join(Path(inside).relative_to("/app/dags").with_suffix("").parts)
        for inside in HELD
        if inside.startswith("/app/dags/") and inside.endswith(".py") and not inside.endswith("__main__.py")
    ]
    assert {"ingest", "transform", "publish", "report", "watch", "maintain"} <= set(modules)
    done = run(image, "-c", f"import importlib\nfor name in {modules!r}: importlib.import_module(name)")
    assert done.returncode == 0, done.stderr


def test_commands_of_the_compose_files_are_known(image: Path) -> None:
    calls = [service.program for service in load_project(ROOT / "docker").services.values()]
    own = [words for words in calls if words[1:3] == ["-m", "command_center"]]
    assert own
    for words in own:
        assert run(image, *words[1:], "--help").returncode == 0, words


def test_a_command_that_stays_home_says_so(image: Path) -> None:
    done = run(image, "-m", "command_center", "preview", "damkar_kejadian")
    assert done.returncode == 2
    assert "'preview' needs a checkout of the project" in done.stderr and "Traceback" not in done.stderr
