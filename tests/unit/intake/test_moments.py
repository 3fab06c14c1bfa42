"""What disturbs on purpose acts at the named moment, once, and what compares afterwards names what differs."""

from __future__ import annotations

from tests.support.chaos.moments import OUTSIDE, Moments
from tests.support.chaos.state import differences


def test_it_acts_once_at_the_moment_of_the_innermost_step() -> None:
    acted: list[str] = []
    moments = Moments(("staged", 1), acted.append)
    for _ in range(2):
        moments.reached("outside")
        with moments.within("opened"), moments.within("staged"):
            moments.reached("first")
            moments.reached("second")
    assert acted == ["staged 1: second"]
    assert moments.passed == {OUTSIDE: 2, "staged": 4}


def test_a_row_too_many_and_one_too_few_are_named() -> None:
    before = {"raw.a": ["1", "2"], "raw.b": ["1"]}
    assert differences(before, {**before}) == []
    assert differences(before, {"raw.a": ["1", "1", "2"], "raw.b": ["1"]}) == [
        "raw.a: 2 rows undisturbed, 3 now; missing [], new ['1']"
    ]
    assert differences(before, {"raw.a": ["1", "3"], "raw.c": ["1"]}) == [
        "raw.a: 2 rows undisturbed, 2 now; missing ['2'], new ['3']",
        "raw.b: 1 rows undisturbed, 0 now; missing ['1'], new []",
        "raw.c: 0 rows undisturbed, 1 now; missing [], new ['1']",
    ]
