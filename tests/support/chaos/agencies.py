"""The demo city in a process of its own, serving every declared source by the protocol that its declaration names."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from command_center.declaration.registry import all_sources
from command_center.paths import DAGS, ROOT

READY_S = 120.0
PROTOCOLS = {"sftp": "--sftp-port=0", "mysql": "--mysql-port=0", "postgresql": "--postgres-port=0"}


@dataclass(frozen=True)
class Agencies:
    """Where they are, and what clients must have in their environment."""

    url: str
    addresses: dict[str, str]
    environment: dict[str, str]
    process: subprocess.Popen[str]

    def break_one(self, agency: str, fault: str, seconds: float = 0.2) -> None:
        body = {"source": agency, "fault": fault, "seconds": seconds}
        httpx.put(f"{self.url}/_demo/fault", json=body, trust_env=False).raise_for_status()

    def mend(self) -> None:
        httpx.delete(f"{self.url}/_demo/fault", trust_env=False).raise_for_status()


@contextmanager
def agencies(folder: Path, *more: str) -> Iterator[Agencies]:
    """Start them; they say their addresses when all ports are open."""
    folder.mkdir(parents=True, exist_ok=True)
    schemes = {source.connection.scheme for source in all_sources()}
    served = [option for scheme, option in PROTOCOLS.items() if scheme in schemes]
    options = [*served, f"--upload-folder={folder / 'upload'}", f"--state-dir={folder / 'demo'}", *more]
    argv = [sys.executable, "-m", "tests.support.chaos.owned", *options, "--clients", "127.0.0.1", str(folder)]
    env = {**os.environ, "PYTHONPATH": f"{DAGS}:{ROOT}", "CC_DEMO_CITY_PASSWORD": "kata-sandi", "CC_DEMO_SIMPANG": "1"}
    with (folder / "city.log").open("ab") as log:
        process = subprocess.Popen(argv, env=env, stdout=subprocess.PIPE, stderr=log, text=True)
    try:
        assert process.stdout is not None
        process.stdout.readline()
        told = json.loads(process.stdout.readline())
        kept = json.loads((folder / "connections.json").read_text())
        found = {f"AIRFLOW_CONN_{name.upper()}": json.dumps(one) for name, one in kept.items()}
        wait_until_ready(told["http"])
        yield Agencies(told["http"], told, found, process)
    finally:
        process.terminate()
        process.wait(30)


def wait_until_ready(url: str) -> None:
    """Folders that agencies upload to are filled after the ports are open."""
    ends_at = time.monotonic() + READY_S
    while lacking := [name for name, is_ready in _health(url).items() if not is_ready]:
        assert time.monotonic() < ends_at, lacking
        time.sleep(0.1)


def _health(url: str) -> dict[str, bool]:
    told: dict[str, bool] = httpx.get(f"{url}/_demo/health", trust_env=False).raise_for_status().json()["siap"]
    return told
