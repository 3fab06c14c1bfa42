"""The past of a source, asked for window by window: days of the city's clock, each window in one run."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from command_center.declaration.source import Source
from command_center.errors import SettingsError
from command_center.extract.asking import Window
from command_center.settings import WIB


def windows(first: date, last: date, each: int | None = None) -> Iterator[Window]:
    """From the first day to the last, both included, at once or so many days each. Raises SettingsError for none."""
    if last < first or (each is not None and each < 1):
        raise SettingsError(
            f"A backfill from {first} to {last} has no day to ask for; give the first day before the last."
        )
    end, step = last + timedelta(days=1), timedelta(days=each or (last - first).days + 1)
    while first < end:
        after = min(first + step, end)
        yield Window(_midnight(first), _midnight(after))
        first = after


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), WIB)


def no_windows(source: Source) -> str | None:
    """Why the past of a source cannot be asked for: the newest list once more would look like a backfill and be none."""
    if source.takes_windows:
        return None
    return (
        f"{source.source} answers only with what it has now, so a backfill has nothing to ask for; with --replay, in a "
        'backfill of Airflow with the configuration {"replay": true}, what was archived in its window is loaded.'
    )
