"""The calendar says where no holidays are known, and what is calculated agrees with the reckoning that it comes from."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from command_center.lint.holidays import calendar_problems
from command_center.paths import DBT_PROJECT

HOLIDAYS = DBT_PROJECT / "seeds" / "ref_hari_libur.csv"
EASTER = {
    year: date(year, *day)
    for year, day in zip(range(2024, 2029), [(3, 31), (4, 20), (4, 5), (3, 28), (4, 16)], strict=True)
}
ISLAMIC = {"Tahun Baru Islam": (1, 1), "Maulid": (3, 12), "Isra Mikraj": (7, 27), "Idulfitri": (10, 1), "Iduladha": (12, 10)}  # fmt: skip


def named(part: str, year: int) -> list[date]:
    """Days whose name has this part; not joint leave."""
    with HOLIDAYS.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if part in row["nama"] and row["jenis"] == "libur_nasional"]
    return [day for row in rows if (day := date.fromisoformat(row["tanggal"])).year == year]


def project(folder: Path, last: str, said: str) -> Path:
    """A project whose calendar ends on this day; holidays of 2026 are known."""
    (folder / "seeds").mkdir()
    (folder / "seeds" / "ref_hari_libur.csv").write_text("tanggal,nama\n2026-01-01,Tahun Baru\n", encoding="utf-8")
    text = f"vars: {{kalender_dari: '2026-01-01', kalender_sampai: '{last}', tahun_tanpa_hari_libur: {said}}}\n"
    (folder / "dbt_project.yml").write_text(text, encoding="utf-8")
    return folder


def test_the_calendar_of_the_project_says_what_it_does_not_know() -> None:
    assert calendar_problems() == []


@pytest.mark.parametrize(
    ("last", "said", "problem"),
    [
        ("2027-12-31", "[]", "dim_tanggal reaches 2027, of which seeds/ref_hari_libur.csv knows no holiday"),
        ("2026-12-31", "[2026]", "tahun_tanpa_hari_libur names 2026, but seeds/ref_hari_libur.csv knows its holidays"),
    ],
)
def test_a_year_without_holidays_is_named_and_no_other(tmp_path: Path, last: str, said: str, problem: str) -> None:
    [sentence] = calendar_problems(project(tmp_path, last, said))
    assert problem in sentence


@pytest.mark.parametrize("year", range(2024, 2029))
def test_days_of_easter_and_of_the_calendar_year_are_where_they_belong(year: int) -> None:
    sunday = EASTER[year]
    assert named("Hari Paskah", year) == [sunday]
    assert named("Wafat Yesus Kristus", year) == [sunday - timedelta(days=2)]
    assert named("Kenaikan Yesus Kristus", year) == [sunday + timedelta(days=39)]
    for part, month, day in (("Masehi", 1, 1), ("Buruh", 5, 1), ("Pancasila", 6, 1), ("Kemerdekaan", 8, 17), ("Natal", 12, 25)):  # fmt: skip
        assert named(part, year) == [date(year, month, day)]


def arithmetical(part: str, year: int) -> Iterator[date]:
    """The days of a feast in a year by the arithmetical Islamic calendar (civil epoch, leap years 2, 5, 7 …)."""
    month, day = ISLAMIC[part]
    for islamic in range(1440, 1460):
        number = (11 * islamic + 3) // 30 + 354 * islamic + 30 * month - (month - 1) // 2 + day
        found = date.fromordinal(number + 1948440 - 385 - 1721425)
        if found.year == year:
            yield found


@pytest.mark.parametrize("year", range(2024, 2029))
@pytest.mark.parametrize("part", ISLAMIC)
def test_islamic_days_are_those_of_the_calendar_within_a_day(part: str, year: int) -> None:
    found = named(part, year)[:1] if part == "Idulfitri" else named(part, year)
    expected = list(arithmetical(part, year))
    assert len(found) == len(expected) >= 1
    assert all(abs(one - other) <= timedelta(days=1) for one, other in zip(found, expected, strict=True))
