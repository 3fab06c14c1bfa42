"""The days of the city: holidays from the project's own seed, Ramadan, school holidays, and how busy a day is."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import cache

from command_center.errors import ServiceError
from command_center.paths import DBT_PROJECT

REF_HARI_LIBUR = DBT_PROJECT / "seeds" / "ref_hari_libur.csv"
# First and last day of fasting as the government set them; 2027 is calculated
RAMADAN = (
    (date(2023, 3, 23), date(2023, 4, 21)),
    (date(2024, 3, 12), date(2024, 4, 9)),
    (date(2025, 3, 1), date(2025, 3, 30)),
    (date(2026, 2, 19), date(2026, 3, 20)),
    (date(2027, 2, 8), date(2027, 3, 9)),
)
SCHOOL_HOLIDAYS = ((6, 20, 7, 12), (12, 20, 12, 31), (1, 1, 1, 4))  # month and day, first and last
MUDIK_DAYS = 8  # about so many days after the feast the city is full of those who came home


@cache
def hari_libur() -> Mapping[date, str]:
    """Name of each national holiday and day of joint leave. Raises ServiceError when the seed cannot be read."""
    try:
        with REF_HARI_LIBUR.open(encoding="utf-8", newline="") as stream:
            return {date.fromisoformat(row["tanggal"]): row["nama"] for row in csv.DictReader(stream)}
    except OSError as error:
        raise ServiceError(
            f"The demo city needs the holidays in {REF_HARI_LIBUR.name}: {error.strerror}; restore the file."
        ) from None


def is_working_day(day: date) -> bool:
    """Monday to Friday, neither holiday nor joint leave."""
    return day.weekday() < 5 and day not in hari_libur()


@cache
def is_ramadan(day: date) -> bool:
    return any(first <= day <= last for first, last in RAMADAN)


@cache
def is_lebaran(day: date) -> bool:
    """The feast and the week after it, when those who came home move about."""
    return any(last < day <= last + timedelta(days=MUDIK_DAYS) for _, last in RAMADAN)


@cache
def is_school_day(day: date) -> bool:
    """Monday to Saturday outside of the school holidays."""
    away = any((m1, d1) <= (day.month, day.day) <= (m2, d2) for m1, d1, m2, d2 in SCHOOL_HOLIDAYS)
    return day.weekday() < 6 and day not in hari_libur() and not away and not is_lebaran(day)


def days(first: date, last: date) -> Iterator[date]:
    """Every day from the first to the last, both included."""
    return (first + timedelta(days=number) for number in range((last - first).days + 1))


def months(first: date, last: date) -> Iterator[date]:
    """The first day of every month that lies between the two, theirs included."""
    for number in range(first.year * 12 + first.month - 1, last.year * 12 + last.month):
        yield date(number // 12, number % 12 + 1, 1)
