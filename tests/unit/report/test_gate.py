"""When an edition is made: the whole rule, case by case."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest
from command_center.report.gate import Decision, Last, State, decide
from command_center.report.periods import (
    calendar_of,
    end_of,
    last_complete_month,
    last_complete_week,
    period_of,
    today,
)
from command_center.report.readiness import Shortfall, SourceState, is_quoted, is_there, late_source, shortfall
from command_center.settings import WIB, settings

OPENS, DEADLINE = date(2026, 11, 3), date(2026, 11, 10)
LATE = ("LB1: data baru sampai 30 September 2026.",)
CHANGED = ("Kebakaran Kuranji dari 3 menjadi 4",)
CORRECTION = "Koreksi atas edisi {}. Angka yang berubah: Kebakaran Kuranji dari 3 menjadi 4."
FULL = "Edisi lengkap: data yang terlambat pada edisi {} sudah masuk."

Case = tuple[tuple[int, tuple[str, ...], Last | None], tuple[str, int, str]]
CASES: dict[str, Case] = {
    "complete, but not opened yet": ((2, (), None), ("wait", 0, "")),
    "complete on the day it opens": ((3, (), None), ("make", 1, "")),
    "late before the deadline": ((9, LATE, None), ("wait", 0, "")),
    "late at the deadline": ((10, LATE, None), ("make", 1, "")),
    "late long after the deadline": ((28, LATE, None), ("make", 1, "")),
    "complete long after the deadline": ((28, (), None), ("make", 1, "")),
    "made complete, nothing changed": ((12, (), Last(1, True)), ("done", 0, "")),
    "made complete, a figure changed": ((12, (), Last(1, True, CHANGED)), ("make", 2, CORRECTION.format(1))),
    "made complete, lost a source since": ((12, LATE, Last(1, True)), ("done", 0, "")),
    "made complete, lost a source and a figure changed": (
        (12, LATE, Last(2, True, CHANGED)),
        ("make", 3, CORRECTION.format(2)),
    ),
    "made late, still late": ((12, LATE, Last(1, False)), ("done", 0, "")),
    "made late, now complete": ((12, (), Last(1, False)), ("make", 2, FULL.format(1))),
    "made late, now complete and a figure changed": (
        (12, (), Last(1, False, CHANGED)),
        ("make", 2, f"{FULL.format(1)} Angka yang berubah: {CHANGED[0]}."),
    ),
    "made late, still late, a figure changed": (
        (12, LATE, Last(1, False, CHANGED)),
        ("make", 2, CORRECTION.format(1)),
    ),
    "made by hand before the month opens, nothing changed": ((1, (), Last(1, True)), ("done", 0, "")),
    "the second full edition after a correction": ((20, (), Last(3, True)), ("done", 0, "")),
}


@pytest.mark.parametrize("name", CASES)
def test_the_gate(name: str) -> None:
    (day, late, last), expected = CASES[name]
    decision = decide(State(date(2026, 11, day), OPENS, DEADLINE, late, last))
    assert (decision.action, decision.number, decision.reason) == expected
    assert decision.why


def test_who_waits_says_for_what_and_until_when() -> None:
    assert decide(State(date(2026, 11, 4), OPENS, DEADLINE, LATE)) == Decision(
        "wait", "Menunggu sampai 10 November 2026: LB1: data baru sampai 30 September 2026."
    )
    assert decide(State(date(2026, 11, 1), OPENS, DEADLINE)).why == "Laporan dibuat mulai 3 November 2026."


def test_a_reason_names_eight_changes_and_counts_the_others() -> None:
    changed = tuple(f"Angka {number}" for number in range(1, 12))
    reason = decide(State(date(2026, 11, 12), OPENS, DEADLINE, (), Last(1, True, changed))).reason
    assert reason.endswith("Angka 7, Angka 8, dan 3 angka lain.") and "Angka 9" not in reason


@pytest.mark.parametrize(
    ("day", "month", "week"),
    [
        (date(2026, 11, 1), date(2026, 10, 1), date(2026, 10, 25)),
        (date(2026, 1, 31), date(2025, 12, 1), date(2026, 1, 18)),
        (date(2026, 11, 23), date(2026, 10, 1), date(2026, 11, 15)),
        (date(2026, 11, 21), date(2026, 10, 1), date(2026, 11, 8)),
    ],
    ids=["first of a month, a Sunday", "a January", "a Monday", "a Saturday: its week is not over"],
)
def test_what_is_over(day: date, month: date, week: date) -> None:
    assert (last_complete_month(day), last_complete_week(day)) == (month, week)


def test_the_day_is_the_citys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEMO_NOW", "2026-11-30T22:00:00+00:00")
    settings.cache_clear()
    assert today() == date(2026, 12, 1) and period_of("bulanan", None) == date(2026, 11, 1)
    monkeypatch.undo()
    settings.cache_clear()


def test_the_calendar_of_a_month_and_of_a_week(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CC_REPORT_OPENS", "4")
    monkeypatch.setenv("CC_REPORT_DEADLINE", "11")
    settings.cache_clear()
    month = calendar_of("bulanan", date(2026, 12, 1))
    assert (month.opens, month.deadline) == (date(2027, 1, 4), date(2027, 1, 11))
    week = calendar_of("mingguan", date(2026, 11, 15))
    assert week.opens == week.deadline == date(2026, 11, 23), "the Monday after"
    assert period_of("mingguan", "2026-11-18") == date(2026, 11, 15)
    assert period_of("wali_kota", "2026-10") == date(2026, 10, 1)
    monkeypatch.undo()
    settings.cache_clear()


END = end_of("bulanan", date(2026, 10, 1))
THERE = {
    "reaches the end of the month": ((31, 10, 45, "segar", True), True),
    "monthly, one month behind, though within its limit": ((30, 9, 45, "segar", True), False),
    "a log whose last event was before the end of the month": ((28, 10, 7, "segar", True), True),
    "a log that is too old": ((20, 10, 7, "terlambat", True), False),
    "of a quarter, the last one": ((30, 9, 125, "segar", False), True),
    "of a quarter, too old": ((30, 6, 125, "terlambat", False), False),
    "reaches the end, and is old by now": ((31, 10, 1, "terlambat", True), True),
}


@pytest.mark.parametrize("name", THERE)
def test_whether_a_source_tells_all_of_a_month(name: str) -> None:
    (day, month, limit_days, status, is_monthly), expected = THERE[name]
    until = datetime(2026, month, day, 23, 59, 59)
    source = SourceState("LB1", "Dinas Kesehatan", until, 24 * limit_days, status, is_monthly)
    assert is_there(source, END) is expected
    assert is_quoted(source, "mingguan") is (limit_days < 28)


def test_a_source_that_never_came_is_late() -> None:
    never = SourceState("LB1", "Dinas Kesehatan", None, 24, "belum_ada", True)
    assert not is_there(never, END) and datetime(2026, 11, 1, tzinfo=WIB) == END
    assert late_source(never) == "LB1 (Dinas Kesehatan) belum pernah masuk."


def test_what_is_late_is_told_in_one_sentence_each() -> None:
    september = SourceState("LB1", "Dinas Kesehatan", datetime(2026, 9, 30, 23, 59, 59), 1080, "segar", True)
    told = replace(september, peladen_teks="Menurut pemantauan, peladen 'X' terganggu sejak kemarin.")
    assert late_source(told).endswith("30 September 2026. Menurut pemantauan, peladen 'X' terganggu sejak kemarin.")
    assert late_source(september) == "LB1 (Dinas Kesehatan) terlambat: datanya baru sampai 30 September 2026."
    assert shortfall(Shortfall("Form", "kelurahan", 98, 104)) == "Form belum lengkap: 98 dari 104 kelurahan."
