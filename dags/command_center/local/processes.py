"""Processes that end with their owner.

A keeper, a small process of its own, starts the services, collects every orphan that they leave and ends them all: when the
owner asks for it, and when the owner is gone, however that came about. The two talk in lines of JSON over a socket pair.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any

import psutil

from command_center.backup.pg_home import Account
from command_center.errors import ServiceError
from command_center.paths import DAGS

GRACE_S = 6.0
DATABASE_GRACE_S = 30.0
ENDING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
MARK = "CC_SERVICES_OF"  # in the environment of every service: the folder it works for
LIBC = ctypes.CDLL(None, use_errno=True)


AGAIN_S = 2.0


class Interrupted(KeyboardInterrupt):
    """A signal asked this program to end."""

    def __init__(self, number: int) -> None:
        super().__init__(f"ended by {signal.Signals(number).name}")
        self.exit_code = 128 + number


@contextlib.contextmanager
def interruptible() -> Iterator[None]:
    """Turn the first SIGTERM, SIGINT or SIGHUP into Interrupted; ignore those that follow, so that the end is orderly."""
    before = {number: signal.signal(number, _interrupt) for number in ENDING}
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        for number, handler in before.items():
            signal.signal(number, handler)


def _interrupt(number: int, _frame: FrameType | None) -> None:
    """Python drops an exception that a handler raises in a destructor or a callback, so it is raised until it is heard."""

    def again(_number: int, _frame: FrameType | None) -> None:
        raise Interrupted(number)

    ignore_signals()
    signal.signal(signal.SIGALRM, again)
    signal.setitimer(signal.ITIMER_REAL, AGAIN_S, AGAIN_S)
    raise Interrupted(number)


def ignore_signals() -> None:
    """What begins to end is not interrupted."""
    signal.setitimer(signal.ITIMER_REAL, 0)
    for number in ENDING:
        signal.signal(number, signal.SIG_IGN)


@dataclass(frozen=True)
class Command:
    """What to start and how to end it."""

    name: str
    argv: Sequence[str]
    log: Path
    env: Mapping[str, str]
    cwd: Path
    account: Account | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    ends_last: bool = False


class Processes:
    """The owner's side: start, watch and end processes through the keeper."""

    def __init__(self, var: Path, log_folder: Path, *, hold: Sequence[int] = ()) -> None:
        self._mark = str(var)
        self._lock = threading.Lock()
        self._ended = False
        self.commands: dict[str, Command] = {}
        self._socket, theirs = socket.socketpair()
        with theirs, (log_folder / "keeper.log").open("ab") as log:
            self._keeper = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "command_center.local.processes",
                    str(theirs.fileno()),
                ],
                env={**os.environ, "PYTHONPATH": str(DAGS), MARK: self._mark},
                pass_fds=(theirs.fileno(), *hold),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._replies = self._socket.makefile("r", encoding="utf-8")

    @property
    def keeper_pid(self) -> int:
        return self._keeper.pid

    def start(self, command: Command) -> int:
        """Start a process in a session of its own; its pid. Raises ServiceError when the program cannot be started."""
        self.commands[command.name] = command
        reply = self._ask(
            do="start",
            name=command.name,
            argv=list(command.argv),
            env={
                **command.env,
                MARK: self._mark,
                "SPT_NOENV": "1",
            },  # process titles must not overwrite the mark
            cwd=str(command.cwd),
            log=str(command.log),
            uid=command.account.uid if command.account else None,
            gid=command.account.gid if command.account else None,
            stop_signal=int(command.stop_signal),
            ends_last=command.ends_last,
        )
        if "error" in reply:
            raise ServiceError(f"{command.name} could not be started: {reply['error']}.")
        return int(reply["pid"])

    def exit_code(self, name: str) -> int | None:
        """The exit code of a process, None while it runs."""
        code = self._ask(do="poll", name=name)["code"]
        return None if code is None else int(code)

    def finish(self, command: Command, timeout_s: float) -> None:
        """Run a command to its end. Raises ServiceError with its last line when it fails."""
        self.start(command)
        deadline = time.monotonic() + timeout_s
        while (code := self.exit_code(command.name)) is None:
            if time.monotonic() > deadline:
                raise ServiceError(f"{command.name} did not end within {timeout_s:.0f} s; see {command.log}.")
            time.sleep(0.1)
        if code != 0:
            raise ServiceError(
                f"{command.name} failed with exit code {code}: {last_line(command.log)} (see {command.log})."
            )

    def wait_ready(
        self, name: str, ready: Callable[[], bool], timeout_s: float, lacks: Callable[[], str] = lambda: ""
    ) -> None:
        """Wait for a service's health check. Raises ServiceError when it ends before or takes too long, with what it lacks."""
        deadline = time.monotonic() + timeout_s
        while not ready():
            self.must_run(name)
            if time.monotonic() > deadline:
                raise ServiceError(
                    f"{name} did not answer within {timeout_s:.0f} s{lacks()}; see {self.commands[name].log}."
                )
            time.sleep(0.15)

    def must_run(self, name: str) -> None:
        """Raises ServiceError when a service has ended."""
        code = self.exit_code(name)
        if code is not None:
            log = self.commands[name].log
            raise ServiceError(f"{name} ended with exit code {code}: {last_line(log)} (see {log}).")

    def end(self) -> None:
        """End every process and all that descend from them; the ones marked ends_last after the others."""
        self._ended = True
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        if self._keeper.wait() != 0:
            end_leftovers(self._mark)

    def _ask(self, **request: object) -> dict[str, Any]:
        with self._lock:
            try:
                self._socket.sendall(json.dumps(request).encode() + b"\n")
                reply = self._replies.readline()
            except (OSError, ValueError):
                reply = ""
        if not reply:
            raise ServiceError(
                "The services are being ended."
                if self._ended
                else "The keeper of the services has ended; see keeper.log."
            )
        answer: dict[str, Any] = json.loads(reply)
        return answer


def end_leftovers(var: str) -> int:
    """End what a killed keeper left behind: every process that carries the mark of this folder; their number."""
    found = marked(var)
    for process in found:
        send(process, signal.SIGTERM)
    _, left = psutil.wait_procs(found, timeout=GRACE_S)
    for process in [*left, *marked(var)]:
        send(process, signal.SIGKILL)
    return len(found)


def marked(var: str) -> list[psutil.Process]:
    found = psutil.process_iter(["environ"])
    return [process for process in found if (process.info["environ"] or {}).get(MARK) == var]


def last_line(log: Path) -> str:
    """The last line of a log that says something; SQLAlchemy's hint where to read on is below what it says."""
    lines = [line.strip() for line in log.read_text(errors="replace").splitlines()[-40:]]
    told = (line for line in reversed(lines) if line and not line.startswith("(Background on this error"))
    return next(told, "nothing in its log")[:300]


@dataclass
class Child:
    """A process that the keeper started."""

    pid: int
    stop_signal: int
    ends_last: bool
    code: int | None = None


class Keeper:
    """Starts what the owner asks for and ends everything when the owner asks or is gone."""

    def __init__(self, owner: socket.socket) -> None:
        self.owner = owner
        self.lines = owner.makefile("r", encoding="utf-8")
        self.children: dict[str, Child] = {}

    def serve(self) -> None:
        try:
            while True:
                self.reap()
                readable, _, _ = select.select([self.owner], [], [], 0.2)
                if readable and not self.answer(self.lines.readline()):
                    return
        except (OSError, Interrupted):
            return
        finally:
            ignore_signals()
            self.end_all()

    def answer(self, line: str) -> bool:
        if not line:
            return False
        request = json.loads(line)
        reply = self.start(request) if request["do"] == "start" else self.poll(request["name"])
        self.owner.sendall(json.dumps(reply).encode() + b"\n")
        return True

    def start(self, request: dict[str, Any]) -> dict[str, Any]:
        try:
            pid = spawn(request)
        except (OSError, subprocess.SubprocessError) as error:
            return {"error": str(error)}
        self.children[request["name"]] = Child(pid, request["stop_signal"], request["ends_last"])
        return {"pid": pid}

    def poll(self, name: str) -> dict[str, Any]:
        self.reap()
        return {"code": self.children[name].code}

    def reap(self) -> None:
        """Collect every ended child, adopted orphans too."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            for child in self.children.values():
                if child.pid == pid:
                    child.code = os.waitstatus_to_exitcode(status)

    def end_all(self) -> None:
        kept = {child.pid for child in self.children.values() if child.ends_last}
        self.end(lambda: self.alive(kept), signal.SIGTERM, GRACE_S)
        for child in self.children.values():
            if child.ends_last and child.code is None:
                self.end(partial(self.only, child.pid), child.stop_signal, DATABASE_GRACE_S)
        self.end(lambda: self.alive(set()), signal.SIGKILL, GRACE_S)

    def end(self, members: Callable[[], list[psutil.Process]], number: int, grace_s: float) -> None:
        """Signal processes, give them time, then kill what is left, again and again until nothing is."""
        for process in members():
            send(process, number)
        deadline = time.monotonic() + grace_s
        while left := members():
            if time.monotonic() > deadline:
                for process in left:
                    send(process, signal.SIGKILL)
            time.sleep(0.03)

    def alive(self, kept: set[int]) -> list[psutil.Process]:
        """Every living descendant except the kept ones and theirs."""
        self.reap()
        me = psutil.Process()
        spared = {process.pid for child in me.children() if child.pid in kept for process in family(child)}
        return [process for process in family(me) if process.pid not in spared and process.pid != me.pid]

    def only(self, pid: int) -> list[psutil.Process]:
        self.reap()
        return [child for child in psutil.Process().children() if child.pid == pid]


def family(process: psutil.Process) -> list[psutil.Process]:
    """A process and all that descend from it."""
    try:
        return [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def send(process: psutil.Process, number: int) -> None:
    with contextlib.suppress(psutil.NoSuchProcess):
        process.send_signal(number)


def spawn(request: dict[str, Any]) -> int:
    """Start one process: own session, own log, ended by its signal should the keeper be killed."""
    rights: dict[str, Any] = {}
    if request["uid"] is not None:
        rights = {"user": request["uid"], "group": request["gid"], "extra_groups": []}
    keeper = os.getpid()
    with open(request["log"], "ab") as log:
        process = subprocess.Popen(
            request["argv"],
            env=request["env"],
            cwd=request["cwd"],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            umask=0o027,
            preexec_fn=lambda: die_with(keeper, request["stop_signal"]),  # noqa: PLW1509 - the keeper has one thread
            **rights,
        )
    process.returncode = 0  # Keeper.reap collects it
    return process.pid


def die_with(parent: int, number: int) -> None:
    """Have the kernel signal this process when its parent ends (Linux)."""
    for ignored in ENDING:
        signal.signal(ignored, signal.SIG_DFL)
    if sys.platform == "linux":
        LIBC.prctl(PR_SET_PDEATHSIG, number)
        if os.getppid() != parent:
            os._exit(1)


def adopt_orphans() -> None:
    """Make this process the parent of every orphan below it (Linux)."""
    if sys.platform == "linux":
        LIBC.prctl(PR_SET_CHILD_SUBREAPER, 1)


def keep(descriptor: int) -> None:
    adopt_orphans()
    signal.signal(signal.SIGTERM, _interrupt)
    for ignored in (signal.SIGINT, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    Keeper(socket.socket(fileno=descriptor)).serve()


if __name__ == "__main__":
    keep(int(sys.argv[1]))
