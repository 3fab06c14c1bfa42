"""The owner's side of the nursery: jobs in processes that can be stopped, killed and followed to their end."""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from command_center.paths import DAGS, ROOT

WAIT_S = 240.0  # a job that says nothing for so long hangs, which is a fault


@dataclass
class Job:
    """One job in a process of its own."""

    number: int
    file: Path
    lines: queue.Queue[dict[str, Any]] = field(default_factory=queue.Queue)
    pid: int = 0
    code: int | None = None
    moment: str = ""

    def wait(self) -> int | None:
        """Until it waits at its moment, which is None, or has ended: its exit code, negative for a signal."""
        while self.code is None:
            line = self.lines.get(timeout=WAIT_S)
            self.code = line.get("ended")
            if "at" in line:
                self.moment = line["at"]
                return None
        return self.code

    def end(self) -> dict[str, Any]:
        """Let it go on, until it has ended; what it did."""
        self.go_on()
        while self.code is None:
            self.wait()
        return json.loads(self.file.read_text(encoding="utf-8")) if self.file.exists() else {}

    def go_on(self) -> None:
        if self.code is None:
            os.kill(self.pid, signal.SIGCONT)

    def kill(self) -> None:
        if self.code is None:
            os.kill(self.pid, signal.SIGKILL)
            self.end()


class Children:
    """Begins jobs."""

    def __init__(self, process: subprocess.Popen[bytes], folder: Path) -> None:
        self.process, self.folder = process, folder
        self.jobs: dict[int, Job] = {}
        self._numbers = count(1)
        self._ready = threading.Event()
        threading.Thread(target=self._read, daemon=True).start()

    def begin(self, do: str, **asked: Any) -> Job:
        """Begin a job; it has a process when this returns."""
        assert self._ready.wait(WAIT_S), "the nursery did not begin"
        assert self.process.stdin is not None
        number = next(self._numbers)
        job = self.jobs[number] = Job(number, self.folder / f"job-{number}.json")
        told = {"do": do, "job": number, "told": str(job.file), "run_id": f"job {number}", **asked}
        self.process.stdin.write(json.dumps(told).encode() + b"\n")
        self.process.stdin.flush()
        job.pid = int(job.lines.get(timeout=WAIT_S)["pid"])
        return job

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            told = json.loads(line)
            if "ready" in told:
                self._ready.set()
            else:
                self.jobs[told["job"]].lines.put(told)


@contextmanager
def children(folder: Path) -> Iterator[Children]:
    """A nursery with the environment of now, which ends with whoever began it."""
    folder.mkdir(parents=True, exist_ok=True)
    env = {**os.environ, "PYTHONPATH": f"{DAGS}:{ROOT}"}
    argv = [sys.executable, "-m", "tests.support.chaos.nursery"]
    with (folder / "nursery.log").open("ab") as log:
        process = subprocess.Popen(
            argv,
            env=env,
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            start_new_session=True,
        )
    try:
        yield Children(process, folder)
    finally:
        process.kill()
        process.wait()
