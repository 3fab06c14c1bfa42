"""What a run has done, table by table, as the ledger tells it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TypeVar

from command_center.database import Connection, connect
from command_center.declaration.registry import readable_sources
from command_center.errors import CommandCenterError
from command_center.ledger import batch
from command_center.ledger.batch import Tally
from command_center.settings import settings

Answer = TypeVar("Answer")


@dataclass
class Result:
    """What a run has done so far."""

    tables: list[Tally] = field(default_factory=list)
    models_built: int = 0
    tests_passed: int = 0
    charts_answered: int = 0
    charts_asked: int = 0
    reports: list[Path] = field(default_factory=list)
    mails_sent: int = 0
    mails_sent_before: int = 0
    problems: list[CommandCenterError] = field(default_factory=list)
    durations: dict[str, float] = field(default_factory=dict)

    @property
    def exit_code(self) -> int:
        return self.problems[0].exit_code if self.problems else 0


def ask_ledger(question: Callable[[Connection], Answer]) -> Answer:
    """What the ledger answers now."""
    with connect(settings().dsn("loader")) as connection:
        return question(connection)


def tallies(began: datetime) -> list[Tally]:
    """One per declared table, also for one that this run got nothing of."""
    found = {(one.source, one.table): one for one in ask_ledger(partial(batch.tallies, since=began))}
    names = [(source.source, table) for source in readable_sources()[0] for table in source.tables]
    return [found.get(name, Tally(*name)) for name in names]
