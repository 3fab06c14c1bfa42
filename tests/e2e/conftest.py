"""The whole city, once per session: run, run again, then kept up for tests that look at it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from command_center.local.cluster import temporary_var
from command_center.paths import DAGS, ROOT
from command_center.settings import WIB, Purpose, Settings, read_environment


@dataclass(frozen=True)
class Outcome:
    """What one `make run` said."""

    exit_code: int
    output: str
    began: datetime
    seconds: float


@dataclass(frozen=True)
class City:
    """A city that has been run twice and is being served; its clock stands still."""

    var: Path
    env: dict[str, str]
    first: Outcome
    second: Outcome
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
    return Outcome(result.returncode, result.stdout, began, (datetime.now(WIB) - began).total_seconds())


def wait_until_served(serve: subprocess.Popen[bytes], url: str, log: Path) -> None:
    deadline = time.monotonic() + 300
    while serve.poll() is None and time.monotonic() < deadline:
        try:
            if httpx.get(f"{url}/health", timeout=5, trust_env=False).status_code == 200:
                return
        except httpx.HTTPError:
            time.sleep(0.5)
    pytest.fail(f"The city is not served: {log.read_text()[-2000:]}")


@pytest.fixture(scope="session")
def city() -> Iterator[City]:
    with temporary_var() as var:
        now = datetime.now(WIB).isoformat(timespec="seconds")
        env = {**os.environ, "PYTHONPATH": str(DAGS), "CC_VAR_DIR": str(var), "DEMO_NOW": now, "CC_SCHEDULES": "off"}
        env["CC_DEMO_SIMPANG"] = "2"  # counts of two junctions are as good as of six
        first, second = run_once(env), run_once(env)
        assert first.exit_code == 0, first.output
        assert second.exit_code == 0, second.output
        log = var.parent / "serve.log"
        with log.open("wb") as output:
            argv = [sys.executable, "-m", "command_center", "serve"]
            serve = subprocess.Popen(argv, env=env, cwd=ROOT, stdout=output, stderr=output)
        try:
            values = read_environment(var)
            wait_until_served(serve, values["CC_SUPERSET_URL"], log)
            yield City(var, env | read_environment(var), first, second, serve)
        finally:
            serve.send_signal(signal.SIGTERM)
            serve.wait(90)
