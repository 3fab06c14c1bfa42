"""What one system of an agency needs to stand in the city: it answers paths, and it may list files for SFTP and folders.

Each module of `agencies/` that has an OFFICE is found by itself; one without helps the others.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib import import_module

from demo_city.answer import Answer
from demo_city.ask import Question
from demo_city.faults.spoil import Fault
from demo_city.table import Table

Answering = Callable[[str, Question, int, datetime, Fault | None], Answer | None]
Listing = Callable[[int, datetime], list[str]]


def silent(path: str, asked: Question, seed: int, now: datetime, fault: Fault | None) -> Answer | None:
    """The system has no interface over HTTP."""
    return None


def no_files(seed: int, now: datetime) -> list[str]:
    """The system has an interface only."""
    return []


@dataclass(frozen=True)
class Database:
    """The one table of an agency's database, as it is at a moment."""

    name: str
    table: Callable[[int, datetime], Table]


@dataclass(frozen=True)
class Office:
    """One system of an agency, and the declared sources that it stands for.

    `answer(path, asked, seed, now, fault)` is None for a path that it does not know; `seen` are paths without a login;
    `late` is how far the fault of that name puts its agency behind.
    """

    agency: str
    sources: tuple[str, ...]
    answer: Answering = silent
    files: Listing = no_files
    seen: tuple[str, ...] = ()
    late: timedelta = timedelta(days=3)
    database: Database | None = None


def by_path(answer: Callable[[str, int, datetime], Answer | None]) -> Answering:
    """A system that a path is all it is asked for."""
    return lambda path, asked, seed, now, fault: answer(path, seed, now)


def by_question(answer: Callable[[str, Question, int, datetime], Answer | None]) -> Answering:
    """A system whose interface no fault changes."""
    return lambda path, asked, seed, now, fault: answer(path, asked, seed, now)


def always(paths: Iterable[str]) -> Listing:
    """Files that are there at any time."""
    listed = list(paths)
    return lambda seed, now: listed


@cache
def offices() -> dict[str, tuple[Office, ...]]:
    """Every system by its agency, found in the folder `agencies`."""
    from demo_city import agencies

    modules = (import_module(f"{agencies.__name__}.{found.name}") for found in pkgutil.iter_modules(agencies.__path__))
    found: dict[str, tuple[Office, ...]] = {}
    for office in (module.OFFICE for module in modules if hasattr(module, "OFFICE")):
        found[office.agency] = (*found.get(office.agency, ()), office)
    return found


def answered() -> frozenset[str]:
    """The declared sources that an agency's module stands for."""
    return frozenset(key for group in offices().values() for office in group for key in office.sources)
