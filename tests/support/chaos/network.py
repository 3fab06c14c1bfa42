"""Hosts with addresses of their own on one machine: network namespaces on a bridge, of which the machine itself knows nothing."""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import psutil
from command_center.errors import ServiceError

CLONE_NEWNET = 0x40000000
LIBC = ctypes.CDLL(None, use_errno=True)
PREFIX = "padang"
BRIDGE = "bridge"
WAIT_S = 30.0


@dataclass(frozen=True)
class Network:
    """Its hosts by name, with their addresses."""

    addresses: Mapping[str, str]

    def namespace(self, name: str) -> str:
        return f"{PREFIX}-{os.getpid()}-{name}"

    def begin(self, name: str, argv: Sequence[str]) -> list[str]:
        """The command that begins another one on a host."""
        return ["ip", "netns", "exec", self.namespace(name), *argv]

    def cut(self, name: str) -> None:
        """The link of a host is down; what it runs goes on, and nobody is told."""
        run_ip("-n", self.namespace(BRIDGE), "link", "set", f"to-{name}", "down")

    def heal(self, name: str) -> None:
        run_ip("-n", self.namespace(BRIDGE), "link", "set", f"to-{name}", "up")

    def kill(self, name: str) -> int:
        """Everything on a host at once; how many processes."""
        return kill_all(self.namespace(name))

    @contextmanager
    def on(self, name: str) -> Iterator[None]:
        """This thread, and what it begins, on a host."""
        home = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
        there = os.open(f"/run/netns/{self.namespace(name)}", os.O_RDONLY)
        try:
            _enter(there)
            yield
        finally:
            _enter(home)
            os.close(home)
            os.close(there)

    def make(self) -> None:
        for name in (BRIDGE, *self.addresses):
            run_ip("netns", "add", self.namespace(name))
            run_ip("-n", self.namespace(name), "link", "set", "lo", "up")
        bridge = self.namespace(BRIDGE)
        run_ip("-n", bridge, "link", "add", "br0", "type", "bridge")
        run_ip("-n", bridge, "link", "set", "br0", "up")
        for name, address in self.addresses.items():
            host, link = self.namespace(name), f"to-{name}"
            run_ip("-n", bridge, "link", "add", link, "type", "veth", "peer", "name", "eth0", "netns", host)
            run_ip("-n", bridge, "link", "set", link, "master", "br0", "up")
            run_ip("-n", host, "address", "add", f"{address}/24", "dev", "eth0")
            run_ip("-n", host, "link", "set", "eth0", "up")

    def remove(self) -> None:
        for namespace in namespaces():
            if namespace.startswith(f"{PREFIX}-{os.getpid()}-"):
                remove(namespace)


@contextmanager
def network(addresses: Mapping[str, str]) -> Iterator[Network]:
    """Hosts on a bridge, removed at the end. Raises ServiceError with a sentence where this machine allows none."""
    require()
    for namespace in namespaces():
        if is_left_over(namespace):
            remove(namespace)
    made = Network(addresses)
    try:
        made.make()
        yield made
    finally:
        made.remove()


def require() -> None:
    if os.geteuid() != 0:
        raise ServiceError("Hosts are network namespaces, which only root can make; run this as root.")
    if shutil.which("ip") is None:
        raise ServiceError("The program `ip` is missing, which makes network namespaces (Debian: iproute2).")


def namespaces() -> list[str]:
    return [line.split()[0] for line in run_ip("netns", "list").splitlines() if line.startswith(f"{PREFIX}-")]


def is_left_over(namespace: str) -> bool:
    """Whether its owner was killed before it could remove it."""
    owner = namespace.split("-")[1]
    return owner.isdecimal() and not psutil.pid_exists(int(owner))


def remove(namespace: str) -> None:
    kill_all(namespace)
    run_ip("netns", "delete", namespace)


def kill_all(namespace: str) -> int:
    """Until none is left, for one may be beginning another meanwhile."""
    killed: set[int] = set()
    deadline = time.monotonic() + WAIT_S
    while found := {int(pid) for pid in run_ip("netns", "pids", namespace).split()} - {os.getpid()}:
        if time.monotonic() > deadline:
            raise ServiceError(f"Processes {sorted(found)} of {namespace} do not end.")
        for pid in found:
            if psutil.pid_exists(pid):
                os.kill(pid, signal.SIGKILL)
        killed |= found
        time.sleep(0.05)
    return len(killed)


def run_ip(*words: str) -> str:
    done = subprocess.run(["ip", *words], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        said = " ".join(done.stderr.split()) or f"exit code {done.returncode}"
        raise ServiceError(
            f"`ip {' '.join(words)}` failed: {said}. Network namespaces need root and a kernel that has them."
        )
    return done.stdout


def _enter(namespace: int) -> None:
    if LIBC.setns(namespace, CLONE_NEWNET) != 0:
        raise ServiceError(f"The network namespace cannot be entered: {os.strerror(ctypes.get_errno())}.")
