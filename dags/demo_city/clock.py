"""Two clocks, both moved by hand and only forward: the city's, which goes on from the one setting, and the election's.

`python -m demo_city.clock --advance P1D` moves the city's clock.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
import threading
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from command_center.errors import CommandCenterError, ServiceError
from command_center.settings import WIB, settings

DURATION = re.compile(r"^P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?$")
ELECTION_START = datetime(2024, 11, 27, 13, tzinfo=WIB)


class ClockBackwards(CommandCenterError):
    """Someone tried to turn the election clock back; counted votes do not disappear."""


def city_now() -> datetime:
    """Now in the city: DEMO_NOW when it is set, else the real time."""
    return settings().now().astimezone(WIB)


def in_wib(moment: datetime) -> datetime:
    """The moment in WIB; without a zone it is taken to be WIB already."""
    return moment.replace(tzinfo=WIB) if moment.tzinfo is None else moment.astimezone(WIB)


def duration(text: str) -> timedelta | None:
    """'P1D', 'P2W', 'PT6H30M'; None for anything else."""
    found = DURATION.match(text)
    if found is None or not any(found.groups()):
        return None
    weeks, days, hours, minutes = (int(part or 0) for part in found.groups())
    return timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes)


class CityClock:
    """The city's now: the setting DEMO_NOW or the real time, and what it was moved ahead; kept in a file."""

    def __init__(self, state_dir: Path) -> None:
        self._file = state_dir / "city_clock.json"
        self._lock = threading.Lock()
        self._ahead = self._read()

    def now(self) -> datetime:
        return city_now() + self._ahead

    def advance(self, by: timedelta) -> None:
        """Move the clock ahead. Raises ClockBackwards when it would go back."""
        with self._lock:
            if by < timedelta():
                raise ClockBackwards(
                    f"The city's clock stands at {self.now().isoformat()} and only moves forward; ask for a later moment."
                )
            _keep(self._file, {"ahead_s": (self._ahead + by).total_seconds()})
            self._ahead += by

    def move(self, to: datetime) -> None:
        self.advance(in_wib(to) - self.now())

    def _read(self) -> timedelta:
        if not self._file.exists():
            return timedelta()
        try:
            return timedelta(seconds=float(json.loads(self._file.read_text())["ahead_s"]))
        except (OSError, ValueError, KeyError, TypeError):
            raise ServiceError(
                f"The city's clock in {self._file} is not readable; delete the file to set it to the present."
            ) from None


def _keep(file: Path, content: dict[str, object]) -> None:
    aside = file.with_suffix(".new")
    aside.write_text(json.dumps(content))
    os.replace(aside, file)


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
        _keep(self._file, {"now": moment.isoformat()})


def main(arguments: Sequence[str] | None = None) -> int:
    """Move the clock of a running city."""
    from demo_city import control

    parser = argparse.ArgumentParser(
        prog="python -m demo_city.clock", description="Move the demo city's clock ahead, or show it."
    )
    to = parser.add_mutually_exclusive_group()
    to.add_argument("--advance", metavar="P1D", help="how far, e.g. P1D, P2W or PT6H")
    to.add_argument("--now", help="to which moment, ISO 8601")
    control.add_url(parser)
    options = parser.parse_args(arguments)
    if options.advance is None and options.now is None:
        return control.call("GET", options.url, "clock")
    body = {"advance": options.advance} if options.advance else {"now": options.now}
    return control.call("PUT", options.url, "clock", body)


if __name__ == "__main__":
    sys.exit(main())
