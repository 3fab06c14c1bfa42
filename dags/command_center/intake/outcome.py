"""What became of one table of one answer."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Status = Literal["published", "unchanged", "held", "failed"]


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
    data_as_of: datetime | None = None
    warnings: list[str] = field(default_factory=list)


def summary(outcomes: list[Outcome]) -> str:
    return json.dumps([outcome.__dict__ for outcome in outcomes], ensure_ascii=False, default=str)
