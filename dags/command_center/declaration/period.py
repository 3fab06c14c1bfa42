"""The days of a period that a file's name tells: 2026, 2026-10, Oktober 2026 (Okt 2026), or 1 2026 for a semester."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from command_center.idformat import month_number


@dataclass(frozen=True)
class Period:
    """From the first to the last day."""

    first: date
    last: date


def period_named(text: str) -> Period | None:
    """The period that a text names; None when it names none."""
    if found := re.fullmatch(r"(20\d\d)", text):
        return _months(int(found[1]), 1, 12)
    if found := re.fullmatch(r"(20\d\d)-(0[1-9]|1[0-2])", text):
        return _months(int(found[1]), int(found[2]), 1)
    if found := re.fullmatch(r"([12]) (20\d\d)", text):
        return _months(int(found[2]), 6 * int(found[1]) - 5, 6)
    found = re.fullmatch(r"([A-Za-z]+\.?) +(20\d\d)", text)
    month = month_number(found[1]) if found else None
    return _months(int(found[2]), month, 1) if found and month else None


def _months(year: int, first: int, count: int) -> Period:
    beyond = first + count
    end = date(year + (beyond > 12), beyond - 12 if beyond > 12 else beyond, 1)
    return Period(date(year, first, 1), end - timedelta(days=1))
