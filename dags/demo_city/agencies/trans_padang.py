"""Trans Padang's daily reckoning: trips run of those in the timetable and passengers, by corridor, since 2024. Simulated.

Calibrated to the 3,6 million passengers that were published for 2023; how they spread over corridors and days is simulated.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from random import Random
from typing import Any

from command_center.settings import WIB

from demo_city.answer import Answer, json_answer
from demo_city.ask import Question
from demo_city.causes.chance import poisson, rng
from demo_city.causes.cuaca import hujan_jam
from demo_city.causes.kalender import days, is_lebaran, is_ramadan, is_school_day, is_working_day
from demo_city.causes.peristiwa import peristiwa
from demo_city.faults.spoil import Fault
from demo_city.office import Office

PATH = "trans-padang/harian"
BEGINNING = date(2024, 1, 1)
READY = time(1, 30)  # after the last bus the day is reckoned up
A_YEAR, IN_YEAR, GROWTH = 3_600_000, 2023, 1.03
PUPILS = 0.34  # of the passengers of a school day
NO_REPORT, TOO_MANY_TRIPS = 0.002, 0.002  # known defects, as shares of the rows
BLOCKS = ("genangan", "banjir", "pohon tumbang", "longsor")  # what makes buses turn back


@dataclass(frozen=True)
class Koridor:
    """A corridor: its name, kecamatan on its way, share of the passengers, and trips in the timetable of a working day.

    Names are those that the city uses, from general knowledge; verify them before they are called published.
    """

    nama: str
    kecamatan: tuple[str, ...]
    share: float
    trips: int


KORIDOR: Mapping[str, Koridor] = {
    "1": Koridor("Pasar Raya – Lubuk Buaya", ("13.71.03", "13.71.04", "13.71.11"), 0.29, 184),
    "2": Koridor("Pasar Raya – Bungus", ("13.71.03", "13.71.01", "13.71.06", "13.71.05"), 0.13, 112),
    "3": Koridor("Pasar Raya – Aie Pacah", ("13.71.03", "13.71.02", "13.71.09", "13.71.11"), 0.13, 120),
    "4": Koridor("Teluk Bayur – Anak Air", ("13.71.01", "13.71.06", "13.71.09", "13.71.11"), 0.19, 144),
    "5": Koridor("Pasar Raya – Indarung", ("13.71.03", "13.71.02", "13.71.06", "13.71.07"), 0.13, 120),
    "6": Koridor("Pasar Raya – Limau Manis", ("13.71.03", "13.71.02", "13.71.09", "13.71.08"), 0.13, 128),
}


def answer(path: str, asked: Question, seed: int, now: datetime, fault: Fault | None) -> Answer | None:
    """The days from ?sejak= on; None for another path."""
    if path != PATH:
        return None
    local = now.astimezone(WIB)
    last = local.date() - timedelta(days=1 if local.time() >= READY else 2)
    rows = [row for day in days(max(BEGINNING, _since(asked)), last) for row in harian(seed, day)]
    modified = datetime.combine(last + timedelta(days=1), READY, WIB)
    return json_answer({"operator": "Trans Padang", "harian": rows}, modified=modified)


def _since(asked: Question) -> date:
    try:
        return date.fromisoformat(asked.query.get("sejak", "")[:10])
    except ValueError:
        return BEGINNING


@lru_cache(maxsize=2000)
def harian(seed: int, day: date) -> tuple[dict[str, Any], ...]:
    """One row per corridor."""
    return tuple(_row(seed, day, kode, koridor) for kode, koridor in KORIDOR.items())


def _row(seed: int, day: date, kode: str, koridor: Koridor) -> dict[str, Any]:
    chance = rng(seed, "trans padang", day, kode)
    planned = round(koridor.trips * (1 if is_working_day(day) else 0.8) * (0.5 if is_lebaran(day) else 1))
    run = planned - poisson(chance, planned * 0.015) - sum(_lost(chance, koridor, seed, day))
    run = max(run, planned // 3)
    mean = _usual(day, koridor) * _rain(seed, day, koridor) * run / planned
    passengers = poisson(chance, mean * chance.lognormvariate(0, 0.05))
    pupils = round(passengers * PUPILS * chance.uniform(0.9, 1.1)) if is_school_day(day) else round(passengers * 0.07)
    spoilt = chance.random()
    return {
        "koridor": kode,
        "rute": koridor.nama,
        "tanggal": day.isoformat(),
        "rit_rencana": planned,
        "rit_jalan": planned + 40 if spoilt < TOO_MANY_TRIPS else run,
        "penumpang_umum": None if spoilt > 1 - NO_REPORT else passengers - pupils,
        "penumpang_pelajar": None if spoilt > 1 - NO_REPORT else pupils,
    }


def _lost(chance: Random, koridor: Koridor, seed: int, day: date) -> Iterator[int]:
    """Trips that a blocked road costs."""
    for event in peristiwa(seed, day):
        if event.jenis in BLOCKS and event.kode_kecamatan in koridor.kecamatan:
            yield chance.randint(0, 2)


def _usual(day: date, koridor: Koridor) -> float:
    """Passengers of a dry day."""
    weekday = (1.08, 1.06, 1.06, 1.05, 1.03, 0.92, 0.8)[day.weekday()]
    if not is_working_day(day) and day.weekday() < 5:
        weekday = 0.78
    season = 0.8 if is_ramadan(day) else 0.62 if is_lebaran(day) else 1.0 if is_school_day(day) else 0.93
    years = (day - date(IN_YEAR, 7, 1)).days / 365
    return A_YEAR / 365 * float(GROWTH**years) * koridor.share * weekday * season * 1.03


def _rain(seed: int, day: date, koridor: Koridor) -> float:
    """People stay at home when it pours during the day."""
    rain = hujan_jam(seed, day)
    mm = max(sum(rain[kecamatan][6:20]) for kecamatan in koridor.kecamatan)
    return max(0.72, 1 - mm / 260)


OFFICE = Office("dishub", ("dishub_trans_padang",), answer, seen=(PATH,))
