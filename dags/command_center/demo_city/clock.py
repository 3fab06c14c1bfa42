"""Two clocks: the city's, taken from the one setting, and the election's, which is moved by hand and only forward."""

from __future__ import annotations

import json
import os
import threading
from datetime import datetime
from pathlib import Path

from command_center.errors import CommandCenterError, ServiceError
from command_center.settings import WIB, settings

ELECTION_START = datetime(2024, 11, 27, 13, tzinfo=WIB)


class ClockBackwards(CommandCenterError):
    """Someone tried to turn the election clock back; counted votes do not disappear."""


def city_now() -> datetime:
    """Now in the city: DEMO_NOW when it is set, else the real time."""
    return settings().now().astimezone(WIB)


def in_wib(moment: datetime) -> datetime:
    """The moment in WIB; without a zone it is taken to be WIB already."""
    return moment.replace(tzinfo=WIB) if moment.tzinfo is None else moment.astimezone(WIB)


class ElectionClock:
    """The election's now, kept in a file so that a restart does not begin the count again."""

    def __init__(self, state_dir: Path) -> None:
        self._file = state_dir / "kpu_clock.json"
        self._lock = threading.Lock()
        self._now = self._read()

    def now(self) -> datetime:
        return self._now

    def move(self, to: datetime) -> None:
        """Move the clock forward. Raises ClockBackwards when `to` lies before it."""
        target = in_wib(to)
        with self._lock:
            if target < self._now:
                raise ClockBackwards(
                    f"The election clock stands at {self._now.isoformat()} and only moves forward; "
                    f"ask for that moment or a later one, not {target.isoformat()}."
                )
            self._write(target)
            self._now = target

    def _read(self) -> datetime:
        if not self._file.exists():
            return ELECTION_START
        try:
            return in_wib(datetime.fromisoformat(json.loads(self._file.read_text())["now"]))
        except (OSError, ValueError, KeyError, TypeError):
            raise ServiceError(
                f"The election clock in {self._file} is not readable; delete the file to start the count again."
            ) from None

    def _write(self, moment: datetime) -> None:
        aside = self._file.with_suffix(".new")
        aside.write_text(json.dumps({"now": moment.isoformat()}))
        os.replace(aside, self._file)
