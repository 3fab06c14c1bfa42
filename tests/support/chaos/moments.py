"""Moments of a load, before and after each statement, commit and move of a file: at one of them something happens to it.

The product knows nothing of this: its libraries are watched from outside, in the process that is to be disturbed only.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from command_center.intake import archiving, ingest, load
from command_center.warehouse import swap, transform
from fsspec.implementations.local import LocalFileSystem
from sqlalchemy import event
from sqlalchemy.engine import Engine

STEPS: dict[str, tuple[Any, str]] = {
    "asked": (ingest, "land"),
    "archived": (archiving, "_wrapped_key"),
    "opened": (load, "_open"),
    "staged": (load, "_stage"),
    "checked": (load, "_check"),
    "audited": (load, "_audit"),
    "set aside": (load, "_set_aside"),
    "published": (load, "_publish"),
    "finished": (load, "_finish"),
    "put in place": (transform, "put_in_place"),
    "swapped": (swap, "while_locked"),
}
OF_INTAKE = [step for step in STEPS if step not in ("put in place", "swapped")]
OUTSIDE = "between"


class Moments:
    """Counts moments by step; `at` names the step and which of its moments is the one."""

    def __init__(self, at: tuple[str, int] | None, act: Callable[[str], None]) -> None:
        self.at, self.act = at, act
        self.passed: dict[str, int] = {}
        self.steps = [OUTSIDE]

    def reached(self, what: str) -> None:
        step = self.steps[-1]
        number = self.passed.get(step, 0)
        self.passed[step] = number + 1
        if self.at == (step, number):
            self.at = None
            self.act(f"{step} {number}: {what}")

    @contextmanager
    def within(self, step: str) -> Iterator[None]:
        self.steps.append(step)
        try:
            yield
        finally:
            self.steps.pop()


def watch(moments: Moments) -> None:
    """From now on this process tells its moments; there is no way back, so only for a process of its own."""
    _around(moments, psycopg.Cursor, "execute", lambda query, *_: _words(query))
    _around(moments, psycopg.Connection, "commit", lambda *_: "commit")
    _around(moments, psycopg.Copy, "write", lambda *_: "copy")
    _around(moments, LocalFileSystem, "mv", lambda *_: "move into the archive")
    event.listen(Engine, "before_cursor_execute", lambda *told: moments.reached(f"before {_words(told[2])}"))
    for step, (module, name) in STEPS.items():
        _step(moments, step, module, name)


def _around(moments: Moments, owner: Any, name: str, words: Callable[..., str]) -> None:
    plain = getattr(owner, name)

    @functools.wraps(plain)
    def told(self: Any, *arguments: Any, **named: Any) -> Any:
        what = words(*arguments)
        moments.reached(f"before {what}")
        done = plain(self, *arguments, **named)
        moments.reached(f"after {what}")
        return done

    setattr(owner, name, told)


def _step(moments: Moments, step: str, module: Any, name: str) -> None:
    plain = getattr(module, name)

    @functools.wraps(plain)
    def told(*arguments: Any, **named: Any) -> Any:
        with moments.within(step):
            return plain(*arguments, **named)

    setattr(module, name, told)


def _words(query: Any) -> str:
    """The beginning of a statement, as a line of a log shows it."""
    text = query if isinstance(query, str) else query.decode() if isinstance(query, bytes) else query.as_string()
    return " ".join(text.split())[:48]
