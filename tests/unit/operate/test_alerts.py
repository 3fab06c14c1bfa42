"""When a problem is told: once, again while it lasts, and when it is over."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from command_center.ledger.alert import Alert, Told
from command_center.operate.alerts import Message, steps_of

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
MESSAGE = Message("uji", "uji_detak", "kesegaran", "Data 'Detak' belum pernah diterima.")


def told(what: Told, hours: float, text: str = MESSAGE.text, *, is_over: bool = False) -> Alert:
    at = NOW - timedelta(hours=hours)
    return Alert(1, "uji_detak", "kesegaran", "uji", text, what, at, 0, at, NOW if is_over else None)


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        (None, "dibuka"),
        (told("dibuka", 71), None),
        (told("dibuka", 72), "diingatkan"),
        (told("diingatkan", 71), None),
        (told("diingatkan", 73), "diingatkan"),
        (told("dibuka", 23, "lain"), None),
        (told("dibuka", 25, "lain"), "diingatkan"),
        (told("selesai", 23), None),
        (told("selesai", 25), "dibuka"),
    ],
)
def test_a_problem_that_is_there(before: Alert | None, expected: str | None) -> None:
    steps = list(steps_of([MESSAGE], [before] if before else [], NOW))
    assert [step.told for step in steps] == ([expected] if expected else [])


def test_a_problem_that_came_back_within_a_day_is_noted_and_not_mailed() -> None:
    (back,) = steps_of([MESSAGE], [told("selesai", 1, is_over=True)], NOW)
    assert (back.told, back.is_open) == (None, True)
    (gone,) = steps_of([], [told("selesai", 2)], NOW)
    assert (gone.told, gone.is_open) == (None, False)


def test_a_problem_that_is_over_is_told_once_as_it_was_told() -> None:
    (step,) = steps_of([], [told("diingatkan", 1)], NOW)
    assert (step.told, step.message) == ("selesai", MESSAGE)
    assert list(steps_of([], [told("selesai", 1, is_over=True)], NOW)) == []


def test_two_problems_of_one_source_are_two() -> None:
    other = replace(MESSAGE, problem="ditahan: kosong")
    steps = list(steps_of([MESSAGE, other], [told("dibuka", 1)], NOW))
    assert [(step.told, step.message.problem) for step in steps] == [("dibuka", "ditahan: kosong")]
