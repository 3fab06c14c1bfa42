"""Counters of all workers of one Superset. Each worker counts in a file of its own, and whoever is asked adds the files up.

A file is mapped into memory, so that counting costs no call of the system, and nothing that was counted goes with a worker: the
next one that starts takes over a file that nobody holds, with what is in it.
"""

from __future__ import annotations

import fcntl
import hashlib
import logging
import mmap
import os
from array import array
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from threading import Lock

log = logging.getLogger(__name__)

Labels = tuple[tuple[str, str], ...]
Slot = tuple[str, Labels]
MOST_WORKERS = 1000


def labelled(name: str, **labels: str) -> Slot:
    return name, tuple(labels.items())


class Counts:
    """Numbers that only grow, one for each slot. What cannot be counted is not: no page fails for it."""

    def __init__(self, folder: Path, slots: Sequence[Slot], helps: Mapping[str, str]) -> None:
        self.folder, self.slots, self.helps = folder, slots, helps
        self.places = {slot: place for place, slot in enumerate(slots)}
        self.ending = f"{hashlib.sha256(repr(slots).encode()).hexdigest()[:12]}.counts"  # other slots begin anew
        self.lock = Lock()
        self.own: tuple[int, memoryview[float] | None] = (0, None)  # of which process, for a fork has its parent's

    def add(self, slot: Slot, amount: float = 1) -> None:
        with self.lock:
            if self.own[0] != os.getpid():
                self.own = os.getpid(), self._taken()
            if self.own[1] is not None:
                self.own[1][self.places[slot]] += amount

    def _taken(self) -> memoryview[float] | None:
        """The first file that no living worker holds; it is held as long as this process lives."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            for number in range(MOST_WORKERS):
                handle = os.open(self.folder / f"{number}-{self.ending}", os.O_RDWR | os.O_CREAT, 0o600)
                try:
                    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    os.close(handle)
                    continue
                os.ftruncate(handle, 8 * len(self.slots))
                return memoryview(mmap.mmap(handle, 8 * len(self.slots))).cast("d")
        except OSError as error:
            log.warning("Requests are not counted: %s", error)
        return None

    def totals(self) -> list[float]:
        """Of each slot, of all workers."""
        found = [0.0] * len(self.slots)
        for file in self.folder.glob(f"*-{self.ending}"):
            own = array("d")
            own.frombytes(file.read_bytes().ljust(8 * len(self.slots), b"\0")[: 8 * len(self.slots)])
            found = [one + other for one, other in zip(found, own, strict=True)]
        return found

    def exposition(self) -> str:
        """As Prometheus reads it."""
        return "".join(f"{line}\n" for line in self._lines())

    def _lines(self) -> Iterator[str]:
        told: set[str] = set()
        for (name, labels), value in zip(self.slots, self.totals(), strict=True):
            family = name.removesuffix("_bucket").removesuffix("_sum").removesuffix("_count")
            if family not in told:
                told.add(family)
                yield f"# HELP {family} {self.helps[family]}"
                yield f"# TYPE {family} {'counter' if family.endswith('_total') else 'histogram'}"
            said = ",".join(f'{key}="{text}"' for key, text in labels)
            yield f"{name}{{{said}}} {value:.10g}"
