"""The month or week that a report is about, and the days between which it is made."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

from command_center.errors import DeliveryError
from command_center.report.wording import months_before
from command_center.settings import WIB, settings

# Periods that began so long before the one that is made now: what could not be mailed of them is tried again, a month or five weeks.
STILL_SENT = timedelta(days=35)


@dataclass(frozen=True)
class Calendar:
    """From when on a report is made once it is complete, and from when on in any case."""

    opens: date
    deadline: date


def today() -> date:
    """The city's day, whatever zone the clock is told in."""
    return settings().now().astimezone(WIB).date()


def last_complete_month(day: date) -> date:
    return months_before(day, 1)


def last_complete_week(day: date) -> date:
    """The Sunday with which the last whole epidemiological week began."""
    return _sunday_on_or_before(day) - timedelta(days=7)


def _sunday_on_or_before(day: date) -> date:
    return day - timedelta(days=day.isoweekday() % 7)


def parse_month(text: str) -> date:
    """The first day of the month `2026-10`. Raises DeliveryError for anything else."""
    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", text):
        raise DeliveryError(f"{text!r} is not a month; write it as 2026-10.")
    return date.fromisoformat(f"{text}-01")


def period_of(kind: str, text: str | None) -> date:
    """What is asked for, else the last month or week that is over."""
    if kind != "mingguan":
        return parse_month(text) if text else last_complete_month(today())
    if text is None:
        return last_complete_week(today())
    try:
        return _sunday_on_or_before(date.fromisoformat(text))
    except ValueError:
        raise DeliveryError(f"{text!r} is not a day of a week; write it as 2026-11-15.") from None


def end_of(kind: str, periode: date) -> datetime:
    """The moment at which the period is over, exclusive."""
    last = periode + timedelta(days=7) if kind == "mingguan" else months_before(periode, -1)
    return datetime.combine(last, time(), WIB)


def calendar_of(kind: str, periode: date) -> Calendar:
    """A week's report does not wait beyond the Monday; a month's does, between the two days that the settings name."""
    over = end_of(kind, periode).date()
    if kind == "mingguan":
        monday = over + timedelta(days=1)
        return Calendar(monday, monday)
    config = settings()
    return Calendar(
        over + timedelta(days=config.cc_report_opens - 1), over + timedelta(days=config.cc_report_deadline - 1)
    )


def period_name(kind: str, periode: date) -> str:
    """How folders and letters call it."""
    return f"{periode:%Y-%m-%d}" if kind == "mingguan" else f"{periode:%Y-%m}"


def folder_of(kind: str, periode: date) -> Path:
    """Where people find the newest edition; the archive keeps all of them."""
    return settings().cc_var_dir / "reports" / period_name(kind, periode)
