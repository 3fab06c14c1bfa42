"""Periods as the names of files tell them."""

from __future__ import annotations

from datetime import date

import pytest
from command_center.declaration.period import Period, period_named


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026", date(2026, 1, 1), date(2026, 12, 31)),
        ("2026-02", date(2026, 2, 1), date(2026, 2, 28)),
        ("2 2026", date(2026, 7, 1), date(2026, 12, 31)),
        ("November 2026", date(2026, 11, 1), date(2026, 11, 30)),
        ("Nopember 2026", date(2026, 11, 1), date(2026, 11, 30)),
        ("Agt 2026", date(2026, 8, 1), date(2026, 8, 31)),
        ("Agt. 2026", date(2026, 8, 1), date(2026, 8, 31)),
        ("PEBRUARI 2028", date(2028, 2, 1), date(2028, 2, 29)),
        ("des 2026", date(2026, 12, 1), date(2026, 12, 31)),
    ],
)
def test_a_name_tells_its_days(text: str, first: date, last: date) -> None:
    assert period_named(text) == Period(first, last)


@pytest.mark.parametrize("text", ["", "Oktember 2026", "2026-13", "3 2026", "Mei 1926", "umpan", "Mei"])
def test_another_name_tells_none(text: str) -> None:
    assert period_named(text) is None
