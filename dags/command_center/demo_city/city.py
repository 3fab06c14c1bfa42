"""The whole city behind one door: which source answers a path, what stands in for it, and what is wrong with it."""

from __future__ import annotations

import difflib
import threading
from collections.abc import Mapping
from pathlib import Path

from command_center.demo_city import bmkg, damkar, dinkes, kpu
from command_center.demo_city.answer import Answer, html_page
from command_center.demo_city.clock import ElectionClock, city_now
from command_center.demo_city.faults import Fault, spoiled
from command_center.demo_city.regions import all_kelurahan
from command_center.errors import CommandCenterError

SOURCES = ("bmkg", "kpu", "damkar", "dinkes")


class UnknownSource(CommandCenterError):
    """A source was named that the demo city does not have."""


class City:
    """Sources, clocks, faults and overrides of one demo city; safe to use from many threads."""

    def __init__(self, seed: int, state_dir: Path) -> None:
        all_kelurahan()  # a missing seed file shall stop the start, not the first request
        self.seed = seed
        self.election = ElectionClock(state_dir)
        self._faults: dict[str, Fault] = {}
        self._overrides: dict[str, Answer] = {}
        self._lock = threading.Lock()

    def answer(self, path: str) -> tuple[Answer, Fault | None]:
        """What is answered to a path such as 'damkar/kejadian.csv', and the fault that its source has."""
        source, _, rest = path.partition("/")
        with self._lock:
            override, fault = self._overrides.get(path), self._faults.get(source)
        if override:
            return override, None
        good = self._good_answer(source, rest)
        return (spoiled(good, fault) if fault else good), fault

    def break_source(self, source: str, fault: Fault) -> None:
        """Give a source a fault, in place of the one it has."""
        self._must_exist(source)
        with self._lock:
            self._faults[source] = fault

    def mend(self, source: str | None) -> None:
        """Take the fault from one source, or from all."""
        if source:
            self._must_exist(source)
        with self._lock:
            for name in [source] if source else SOURCES:
                self._faults.pop(name, None)

    @property
    def faults(self) -> Mapping[str, Fault]:
        with self._lock:
            return dict(self._faults)

    def override(self, path: str, answer: Answer | None) -> None:
        """Answer a path with exactly these bytes; None restores what the city itself answers."""
        with self._lock:
            if answer is None:
                self._overrides.pop(path, None)
            else:
                self._overrides[path] = answer

    def _good_answer(self, source: str, rest: str) -> Answer:
        if source == "bmkg":
            return bmkg.answer(rest, self.seed, city_now()) or not_found()
        if source == "kpu":
            return kpu.answer(rest, self.seed, self.election.now()) or kpu.missing(rest)
        if source == "damkar":
            return damkar.answer(rest, self.seed, city_now()) or not_found()
        if source == "dinkes":
            return dinkes.answer(rest, self.seed, city_now()) or not_found()
        return front_page() if source == "" else not_found()

    def _must_exist(self, source: str) -> None:
        if source not in SOURCES:
            near = difflib.get_close_matches(source, SOURCES, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(SOURCES)}."
            raise UnknownSource(f"The demo city has no source {source!r}; {hint}")


def not_found() -> Answer:
    return html_page("404 Not Found", "<p>Berkas tidak ditemukan.</p>", status=404)


def front_page() -> Answer:
    """The page for people who open the address in a browser."""
    links = "".join(f'<li><a href="{path}">{path}</a></li>' for path in listed_paths())
    text = (
        "<p><strong>DATA SIMULASI.</strong> Layanan ini menirukan sistem sumber data untuk peragaan dan pengujian. "
        "Isinya buatan, kecuali angka Pilkada 2024 yang memang sudah dipublikasikan; "
        "kepala jawaban X-Data-Simulasi menyebutkan bagian mana yang simulasi.</p>"
        f"<ul>{links}</ul><p>Kendali: /_demo/health, /_demo/clock, /_demo/fault, /_demo/override/…</p>"
    )
    return html_page("Kota peragaan Command Center Padang", text)


def listed_paths() -> list[str]:
    """Every path that the city answers."""
    hhcw = [
        f"/kpu/pilkada/hhcw/{election}/{place}.json" for election in ("pkwkp", "pkwkk") for place in ("13", "13/1371")
    ]
    return [
        *(f"/bmkg/{name}" for name in bmkg.FEEDS),
        *(f"/kpu/{name}" for name in kpu.FILES),
        *hhcw,
        "/damkar/kejadian.csv",
        *(f"/dinkes/skdr_{name}.xlsx" for name in dinkes.PUSKESMAS),
    ]
