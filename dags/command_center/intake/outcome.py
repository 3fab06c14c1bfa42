"""What became of one table of one answer."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime

from command_center.ledger.batch import Status


@dataclass
class Outcome:
    """What became of one table of one answer. read = published + unchanged + quarantined, when published."""

    source: str
    table: str
    part: str
    status: Status
    reason: str | None = None
    batch_id: int | None = None
    read: int = 0
    published: int = 0
    unchanged: int = 0
    quarantined: int = 0
    deleted: int = 0
    ignored: int = 0
    data_from: datetime | None = None
    data_as_of: datetime | None = None
    warnings: list[str] = field(default_factory=list)
    stale: list[str] = field(default_factory=list)  # says something of the source, nothing of these rows
    hidden: list[str] = field(default_factory=list)  # casts no doubt on figures
    is_discarded: bool = False  # held because a person threw these bytes away: no trouble of today

    @property
    def ending(self) -> str:
        return "discarded" if self.is_discarded else self.status

    @property
    def footnotes(self) -> str | None:
        return " ".join([*self.warnings, *self.hidden, *self.stale]) or None


def summary(outcomes: list[Outcome]) -> str:
    return json.dumps([outcome.__dict__ for outcome in outcomes], ensure_ascii=False, default=str)
