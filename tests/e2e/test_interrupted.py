"""`make run` and `make serve`, ended at any moment, never leave a process or a port behind. They run beside the city's tests."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import psutil
import pytest
from command_center.local.processes import adopt_orphans, marked
from command_center.paths import DAGS, ROOT

from tests.support.golden import prepared_var

Table = set[tuple[int, float]]


@pytest.fixture
def before() -> Iterator[tuple[Table, Table]]:
    """Processes below this one, which adopts every orphan, and open ports, before and after a test."""
    adopt_orphans()
    state = (processes(), ports())
    yield state
    assert left_over(state[0]) == set()
    assert ports() <= state[1]


def left_over(before: Table) -> Table:
    """Processes that are new, but for those of what ran before: PostgreSQL makes its own helpers when it likes."""
    known = {pid for pid, _ in before}
    return {(pid, at) for pid, at in processes() - before if psutil.pid_exists(pid) and not known & ancestors(pid)}


def ancestors(pid: int) -> set[int]:
    try:
        return {parent.pid for parent in psutil.Process(pid).parents()}
    except psutil.NoSuchProcess:
        return set()


def processes() -> Table:
    reap()
    return {(child.pid, child.create_time()) for child in psutil.Process().children(recursive=True)}


def reap() -> None:
    """Collect orphans that have ended."""
    for child in psutil.Process().children():
        if child.status() == psutil.STATUS_ZOMBIE:
            child.wait(1)


def ports() -> Table:
    """Listening ports of processes that belong to this checkout's services."""
    mine = {child.pid for child in psutil.Process().children(recursive=True)}
    found = psutil.net_connections("tcp")
    return {(c.pid, c.laddr.port) for c in found if c.status == "LISTEN" and c.pid in mine}


def start(var: Path, argv: list[str]) -> subprocess.Popen[bytes]:
    env = {name: value for name, value in os.environ.items() if name not in OF_MAKE}
    env |= {"PYTHONPATH": str(DAGS), "CC_VAR_DIR": str(var)}
    log = (var.parent / "run.log").open("wb")
    with log:
        return subprocess.Popen(
            argv,
            env=env,
            cwd=ROOT,
            stdout=log,
            stderr=log,
            start_new_session=True,
            preexec_fn=as_in_a_terminal,  # noqa: PLW1509 - before any thread of ours
        )


def as_in_a_terminal() -> None:
    """A shell that starts tests in the background has them, and all that they start, ignore Ctrl-C; a terminal's does not."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


OF_MAKE = {"MAKEFLAGS", "MFLAGS", "MAKELEVEL"}  # which these tests may be run by
RUN = [sys.executable, "-m", "command_center", "run"]
SERVE = [sys.executable, "-m", "command_center", "serve"]
MAKE_RUN = ["make", "run"]


def said(var: Path) -> str:
    return (var.parent / "run.log").read_text()


def wait_for(line: str, process: subprocess.Popen[bytes], var: Path) -> None:
    """Until the process says so."""
    deadline = time.monotonic() + 240
    while line not in said(var):
        assert process.poll() is None and time.monotonic() < deadline, said(var)
        time.sleep(0.02)


@pytest.fixture
def prepared() -> Iterator[Path]:
    """A var folder with every database, so that a start comes soon to where it is to be ended."""
    with prepared_var() as var:
        copy_made_files(var)
        yield var


def copy_made_files(var: Path) -> None:
    """What the demo city of the filled city has made, as a later start finds it, for to make it is most of a start."""
    if "CC_TEST_CITY" in os.environ:
        shutil.copytree(Path(os.environ["CC_TEST_CITY"]) / "demo" / "kept", var / "demo" / "kept")


def test_sigterm_while_a_new_folder_is_filled_leaves_no_process_and_no_port(
    before: tuple[Table, Table], var: Path
) -> None:
    """On an empty machine: Superset's database and the demo city's files are being made, Airflow has been started."""
    run = start(var, RUN)
    wait_for(f"Airflow {version('apache-airflow')} answers", run, var)
    run.terminate()
    run.wait(60)
    assert run.returncode in (128 + signal.SIGTERM, -signal.SIGTERM), said(var)
    assert marked(str(var)) == []


def test_sigterm_while_dags_run_leaves_no_process_and_no_port(before: tuple[Table, Table], prepared: Path) -> None:
    run = start(prepared, RUN)
    wait_for("DAGs are known to the scheduler", run, prepared)
    run.terminate()
    run.wait(60)
    assert run.returncode in (128 + signal.SIGTERM, -signal.SIGTERM), said(prepared)
    assert marked(str(prepared)) == []


@pytest.mark.parametrize("line", ["", "Superset is being prepared"], ids=["at once", "while services start"])
def test_ctrl_c_at_make_leaves_no_process_and_no_port(before: tuple[Table, Table], prepared: Path, line: str) -> None:
    """A terminal's Ctrl-C reaches make and everything in its process group."""
    assert shutil.which("make") is not None, "make is not installed; install the package make"
    run = start(prepared, MAKE_RUN)
    wait_for(line, run, prepared)
    if not line:
        time.sleep(0.5)
    os.killpg(run.pid, signal.SIGINT)
    assert run.wait(60) != 0
    assert marked(str(prepared)) == []


def test_even_kill_of_the_main_process_leaves_nothing_and_the_next_start_uses_what_it_left(
    before: tuple[Table, Table], prepared: Path
) -> None:
    first = start(prepared, RUN)
    wait_for("DAGs are known to the scheduler", first, prepared)
    first.kill()
    first.wait(10)
    deadline = time.monotonic() + 40
    while left_over(before[0]) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert left_over(before[0]) == set()
    second = start(prepared, SERVE)
    wait_for("PostgreSQL 18 listens on", second, prepared)
    second.terminate()
    assert second.wait(60) == 0, said(prepared)
