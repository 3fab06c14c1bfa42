"""The whole city, once per session: run, then kept up for tests that look at it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from command_center.local.charts import log_in
from command_center.local.cluster import temporary_var
from command_center.paths import DAGS, ROOT
from command_center.settings import WIB, Purpose, Settings, read_environment

from tests.support.agreement.charts import Agreement, Compared, Superset
from tests.support.agreement.raw import Raw


@dataclass(frozen=True)
class Outcome:
    """What one `make run` said."""

    exit_code: int
    output: str
    began: datetime
    ended: datetime


@dataclass(frozen=True)
class City:
    """A city that has been run once and is being served; its clock stands still."""

    var: Path
    env: dict[str, str]
    first: Outcome
    serve: subprocess.Popen[bytes]

    @property
    def airflow_url(self) -> str:
        return self.env["AIRFLOW__API__BASE_URL"]

    @property
    def superset_url(self) -> str:
        return self.env["CC_SUPERSET_URL"]

    @property
    def demo_city_url(self) -> str:
        return self.env["CC_DEMO_CITY_URL"]

    @property
    def officials_password(self) -> str:
        return self.env["SUPERSET_OFFICIALS_PASSWORD"]

    @property
    def settings(self) -> Settings:
        return Settings.model_validate({name.lower(): value for name, value in self.env.items()})

    def connect(self, purpose: Purpose = "officials") -> psycopg.Connection[tuple[Any, ...]]:
        return psycopg.connect(self.settings.dsn(purpose))

    def command(self, *arguments: str, **extra: str) -> subprocess.CompletedProcess[str]:
        """Run `python -m command_center ...` against this city."""
        argv = [sys.executable, "-m", "command_center", *arguments]
        return subprocess.run(argv, env=self.env | extra, cwd=ROOT, capture_output=True, text=True, check=False)


def run_once(env: dict[str, str]) -> Outcome:
    began = datetime.now(WIB)
    argv = [sys.executable, "-m", "command_center", "run"]
    result = subprocess.run(
        argv, env=env, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    return Outcome(result.returncode, result.stdout, began, datetime.now(WIB))


def wait_until_served(serve: subprocess.Popen[bytes], log: Path) -> None:
    """Until it says that everything is up, by the last line of its hint."""
    deadline = time.monotonic() + 300
    while serve.poll() is None and time.monotonic() < deadline:
        if "Ctrl-C ends everything" in log.read_text():
            return
        time.sleep(0.2)
    pytest.fail(f"The city is not served: {log.read_text()[-2000:]}")


@pytest.fixture(scope="session")
def city() -> Iterator[City]:
    """The city that `make run` has filled, here or, where CC_TEST_CITY names its var folder, before these tests."""
    with given_city() if "CC_TEST_CITY" in os.environ else own_city() as (var, env, first):
        log = var / "log" / "serve.log"
        with log.open("wb") as output:
            argv = [sys.executable, "-m", "command_center", "serve"]
            serve = subprocess.Popen(argv, env=env, cwd=ROOT, stdout=output, stderr=output)
        try:
            wait_until_served(serve, log)
            yield City(var, env | read_environment(var), first, serve)
        finally:
            serve.send_signal(signal.SIGTERM)
            serve.wait(90)


@contextmanager
def own_city() -> Iterator[tuple[Path, dict[str, str], Outcome]]:
    """An empty folder and the whole run; counts of two junctions are as good as of six."""
    now = datetime.now(WIB).isoformat(timespec="seconds")
    with temporary_var() as var:
        env = {**served_environment(var), "DEMO_NOW": now, "CC_DEMO_SIMPANG": "2"}
        first = run_once(env)
        assert first.exit_code == 0, first.output
        yield var, env, first


@contextmanager
def given_city() -> Iterator[tuple[Path, dict[str, str], Outcome]]:
    """The folder of a run whose clock stood still at CC_TEST_NOW and whose output was kept in it as run.txt."""
    var, now = Path(os.environ["CC_TEST_CITY"]).resolve(), os.environ["CC_TEST_NOW"]
    said = var / "run.txt"
    ended = datetime.fromtimestamp(said.stat().st_mtime, WIB)
    env = {**served_environment(var), "DEMO_NOW": now}
    yield var, env, Outcome(0, said.read_text(), datetime.fromisoformat(now), ended)


def served_environment(var: Path) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(DAGS), "CC_VAR_DIR": str(var), "CC_SCHEDULES": "off", "SUPERSET_WARM": "0"}


@pytest.fixture(scope="session")
def connection(city: City) -> Iterator[psycopg.Connection[Any]]:
    """To the warehouse, as the role that builds it."""
    with psycopg.connect(city.settings.dsn("transformer"), autocommit=True) as connection:
        yield connection


@pytest.fixture(scope="session")
def superset(city: City) -> Iterator[Superset]:
    metadata = psycopg.conninfo.make_conninfo(city.settings.dsn("admin"), dbname="superset")
    place: dict[str, Any] = {"base_url": city.superset_url, "timeout": 60, "trust_env": False}
    with httpx.Client(**place) as official, httpx.Client(**place) as public, psycopg.connect(metadata) as stored:
        log_in(official, "pejabat", city.officials_password)
        yield Superset(official, public, stored)


@pytest.fixture(scope="session")
def raw(connection: psycopg.Connection[Any]) -> Raw:
    """Figures of raw as they are when they are first asked for."""
    return Raw(connection)


@pytest.fixture(scope="session")
def charts(superset: Superset, connection: psycopg.Connection[Any], raw: Raw) -> Mapping[str, Compared]:
    """What each chart shows at first, beside raw."""
    return Agreement(superset, connection, raw).charts()
