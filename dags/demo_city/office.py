"""What one system of an agency needs to stand in the city: it answers paths, and it may list files for SFTP and folders."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from demo_city.answer import Answer
from demo_city.ask import Question
from demo_city.faults.spoil import Fault


def no_files(seed: int, now: datetime) -> list[str]:
    """The system has an interface only."""
    return []


@dataclass(frozen=True)
class Office:
    """One system. `answer(path, asked, seed, now, fault)` is None for a path that it does not know; `seen` are paths without a login."""

    answer: Callable[[str, Question, int, datetime, Fault | None], Answer | None]
    files: Callable[[int, datetime], list[str]] = no_files
    seen: tuple[str, ...] = ()
