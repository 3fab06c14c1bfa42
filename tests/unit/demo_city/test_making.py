"""The city says that it is ready when its files have been made."""

from __future__ import annotations

import threading
import time
from typing import Any

from demo_city.protocols.making import MakingService


class City:
    """Two agencies with four files, of which the third is made only when it may be."""

    def __init__(self) -> None:
        self.made: list[str] = []
        self.may_end = threading.Event()

    def sources(self) -> tuple[str, ...]:
        return ("dishub", "kosong", "dinkes")

    def files(self, source: str) -> list[str]:
        return {"dishub": ["a.csv", "b.csv"], "dinkes": ["c.xlsx", "d.xlsx"]}.get(source, [])

    def file(self, path: str) -> None:
        if path == "dinkes/c.xlsx":
            self.may_end.wait(20)
        self.made.append(path)


def wait_for(count: int, city: City) -> None:
    deadline = time.monotonic() + 20
    while len(city.made) < count and time.monotonic() < deadline:
        time.sleep(0.01)


def test_it_is_ready_after_the_last_file() -> None:
    city: Any = City()
    service = MakingService(city)
    service.start()
    wait_for(2, city)
    assert city.made == ["dishub/a.csv", "dishub/b.csv"] and not service.ready
    city.may_end.set()
    wait_for(4, city)
    service.stop()
    assert service.ready and city.made[-1] == "dinkes/d.xlsx"


def test_a_city_that_ends_makes_no_more() -> None:
    city: Any = City()
    service = MakingService(city)
    service.start()
    wait_for(2, city)
    threading.Timer(0.05, city.may_end.set).start()
    service.stop()
    assert city.made == ["dishub/a.csv", "dishub/b.csv", "dinkes/c.xlsx"] and not service.ready
