"""What Airflow's processes import before they fork is there in a task, unless it was edited since."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from command_center.paths import DAGS

SETTINGS = "airflow_local_settings"
# A process of Airflow that imports, waits for an edit, forks, and lets the child tell what it finds.
FORKING = """
import os, sys
from pathlib import Path
sys.argv = ["airflow", "{command}"]
import airflow  # which reads airflow_local_settings
import command_center.idformat as imported
file = Path(imported.__file__)
{edit}
if os.fork():
    sys.exit(os.wait()[1])
import command_center.idformat as found
modules = ("command_center.dag_parts", "command_center.intake.load", "great_expectations")
http = sys.modules.get("command_center.extract.http")
has_certificates = bool(http and http._trusted.cache_info().currsize)
print(found is imported, getattr(found, "EDITED", None), *(name in sys.modules for name in modules), has_certificates)
sys.stdout.flush()
os._exit(0)
"""


@pytest.fixture(scope="module")
def dags(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dags")
    shutil.copy2(DAGS / f"{SETTINGS}.py", folder)
    shutil.copytree(DAGS / "command_center", folder / "command_center")
    return folder


def told_by_a_task(dags: Path, command: str, edit: str = "") -> list[str]:
    script = FORKING.format(command=command, edit=edit)
    env = {**os.environ, "PYTHONPATH": str(dags), "AIRFLOW_HOME": str(dags.parent / "airflow")}
    done = subprocess.run([sys.executable, "-c", script], env=env, capture_output=True, text=True, check=True)
    return done.stdout.split()


def test_a_task_finds_what_was_imported_before_and_an_edited_file_anew(dags: Path) -> None:
    assert told_by_a_task(dags, "scheduler") == ["True", "None", "True", "True", "True", "True"]
    assert told_by_a_task(dags, "dag-processor") == ["True", "None", "True", "False", "False", "False"]
    edit = "file.write_text(file.read_text() + '\\nEDITED = 7\\n')"
    assert told_by_a_task(dags, "dag-processor", edit) == ["False", "7", "False", "False", "False", "False"]


def test_a_file_that_cannot_be_imported_stops_no_scheduler(dags: Path, tmp_path: Path) -> None:
    broken = shutil.copytree(dags, tmp_path / "dags") / "command_center" / "intake" / "load.py"
    broken.write_text("this is no Python\n")
    assert told_by_a_task(tmp_path / "dags", "scheduler")[2:] == ["True", "False", "True", "True"]


def test_other_commands_of_airflow_import_nothing_before(dags: Path) -> None:
    assert told_by_a_task(dags, "version")[2:] == ["False", "False", "False", "False"]
