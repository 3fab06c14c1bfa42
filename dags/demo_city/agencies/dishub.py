"""The transport agency: junctions of the city and the vehicles that detectors count there every quarter of an hour. Simulated.

Names of junctions are those people use; counts, capacities and points are made. Rush hours, school and Ramadan shape a day,
rain keeps motorcycles at home, and water in the streets empties a junction and slows those around it.
"""

from __future__ import annotations

import argparse
import math
import re
import sys
import zlib
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from command_center.settings import WIB, settings

from demo_city.answer import CSV, Answer
from demo_city.ask import Question
from demo_city.causes.chance import rng
from demo_city.causes.cuaca import hujan_jam
from demo_city.causes.kalender import days, is_lebaran, is_ramadan, is_school_day, is_working_day, months
from demo_city.causes.peristiwa import BANJIR, GENANGAN, POHON_TUMBANG, Peristiwa, peristiwa
from demo_city.causes.regions import Kelurahan, all_kelurahan
from demo_city.faults.spoil import Fault
from demo_city.kept import kept
from demo_city.office import Office

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

    Numbers = NDArray[numpy.float64]

FIRST = date(2024, 1, 1)
FOLDER = "hitung"
MONTH = re.compile(FOLDER + r"/hitung_(\d{4})-(\d{2})\.csv")
APPROACHES = "pendekat.csv"
WRITTEN = time(0, 30)  # when the export of the day before lies ready
ARAH = ("U", "T", "S", "B")
SLOTS = 96  # quarters of an hour in a day
HEADER = "mulai,simpang,arah,sm,mp,ks,kb,ktb,kecepatan"
# Motorcycles, cars, medium and heavy vehicles, those without a motor: shares of a usual mix in Padang, ASSUMED
SHARES = (0.672, 0.276, 0.027, 0.013, 0.012)
EMP = (0.25, 1.0, 1.3, 1.3, 0.0)  # passenger car units at junctions with signals, as the manual gives them
# Known defects, for one approach or junction and day; one row in 20,000 has a negative number
STUCK, SILENT, NEGATIVE = 1 / 150, 1 / 60, SLOTS * len(ARAH) / 20_000
# Share of the busiest quarter in each hour
HOURS = {
    "kerja": (7, 4, 3, 3, 6, 18, 62, 98, 80, 66, 64, 68, 72, 70, 68, 76, 92, 100, 82, 62, 50, 38, 24, 13),
    "libur": (10, 6, 4, 3, 5, 14, 28, 40, 52, 62, 70, 74, 72, 66, 66, 72, 80, 82, 74, 68, 60, 48, 32, 18),
    "puasa": (10, 8, 9, 16, 22, 14, 42, 84, 78, 66, 62, 62, 62, 64, 74, 90, 98, 72, 34, 40, 52, 58, 38, 20),
    "puasa libur": (12, 9, 10, 16, 20, 10, 18, 30, 42, 54, 60, 62, 60, 62, 72, 88, 96, 66, 30, 42, 56, 62, 44, 24),
}
# In some months a junction is dug up, in others it takes what comes from one that is
DUG_UP, DIVERTED_TO = (0.1, 0.68), (0.12, 1.1)
NEAR, AROUND = 0.011, 0.024  # degrees: where water stands in the junction itself, and where traffic goes instead


@dataclass(frozen=True)
class Simpang:
    """A junction, where it lies, and how busy it is at its busiest (1 = as much as it can take)."""

    kode: str
    nama: str
    kelurahan: Kelurahan
    busy: float


# Busiest first, so that a small city has those that are spoken of
NAMES = (
    ("Simpang Haru", "13.71.02.1005", 0.99),
    ("Simpang Air Mancur", "13.71.03.1007", 0.97),
    ("Simpang By Pass Ketaping", "13.71.09.1001", 0.96),
    ("Simpang Lubuk Begalung", "13.71.06.1005", 0.94),
    ("Simpang Alai", "13.71.04.1006", 0.93),
    ("Simpang Lubuk Buaya", "13.71.11.1009", 0.92),
    ("Simpang Presiden", "13.71.04.1005", 0.9),
    ("Simpang Tabing", "13.71.11.1012", 0.9),
    ("Simpang Siteba", "13.71.10.1001", 0.88),
    ("Simpang Anduring", "13.71.09.1002", 0.87),
    ("Simpang Jati", "13.71.02.1003", 0.86),
    ("Simpang Tarandam", "13.71.02.1010", 0.85),
    ("Simpang Kinol", "13.71.03.1009", 0.84),
    ("Simpang Ulak Karang", "13.71.04.1004", 0.83),
    ("Simpang Ampang", "13.71.09.1004", 0.82),
    ("Simpang Pasar Raya", "13.71.03.1007", 0.88),
    ("Simpang Aie Pacah", "13.71.11.1003", 0.8),
    ("Simpang Kuranji", "13.71.09.1006", 0.79),
    ("Simpang Bandar Buat", "13.71.07.1004", 0.8),
    ("Simpang Lapai", "13.71.10.1006", 0.78),
    ("Simpang Gunung Pangilun", "13.71.04.1007", 0.76),
    ("Simpang Air Tawar", "13.71.04.1002", 0.81),
    ("Simpang Tunggul Hitam", "13.71.11.1004", 0.74),
    ("Simpang Andalas", "13.71.02.1007", 0.77),
    ("Simpang Marapalam", "13.71.02.1006", 0.72),
    ("Simpang Mata Air", "13.71.01.1008", 0.7),
    ("Simpang Teluk Bayur", "13.71.01.1010", 0.68),
    ("Simpang Gaung", "13.71.06.1014", 0.62),
    ("Simpang Purus", "13.71.03.1004", 0.66),
    ("Simpang Rimbo Kaluang", "13.71.03.1002", 0.67),
    ("Simpang Kalumbuk", "13.71.09.1005", 0.69),
    ("Simpang Pisang", "13.71.08.1006", 0.73),
    ("Simpang Pasar Baru", "13.71.08.1005", 0.71),
    ("Simpang Padang Besi", "13.71.07.1002", 0.58),
    ("Simpang Indarung", "13.71.07.1001", 0.55),
    ("Simpang Bungus", "13.71.05.1002", 0.45),
)


@lru_cache(maxsize=1)
def all_simpang() -> tuple[Simpang, ...]:
    places = {place.kode: place for place in all_kelurahan()}
    return tuple(
        Simpang(f"SP{number:02d}", nama, places[kode], busy) for number, (nama, kode, busy) in enumerate(NAMES, start=1)
    )


def answer(path: str, asked: Question, seed: int, now: datetime, fault: Fault | None) -> Answer | None:
    """The approaches, or the counts of a month; None for another path."""
    count = settings().cc_demo_simpang
    if path == f"{FOLDER}/{APPROACHES}":
        return approaches(seed, count)
    found = MONTH.fullmatch(path)
    last = last_day(now)
    if not found or path not in files(seed, now):
        return None
    year, month = (int(text) for text in found.groups())
    end = min(last, _next_month(date(year, month, 1)) - timedelta(days=1))
    return month_file(seed, date(year, month, 1), end, count)


def files(seed: int, now: datetime) -> list[str]:
    """The approaches and a file for each month that has a day."""
    begun = months(FIRST, last_day(now))
    return [f"{FOLDER}/{APPROACHES}", *(f"{FOLDER}/hitung_{month:%Y-%m}.csv" for month in begun)]


def last_day(now: datetime) -> date:
    """The newest day that has been exported."""
    local = now.astimezone(WIB)
    return local.date() - timedelta(days=1 if local.time() >= WRITTEN else 2)


def _next_month(first: date) -> date:
    return (first + timedelta(days=32)).replace(day=1)


@kept(maxsize=2)
def month_file(seed: int, first: date, last: date, count: int) -> Answer:
    """A month's file as it was written in the night after its last day."""
    written = datetime.combine(last + timedelta(days=1), WRITTEN, WIB)
    return Answer(zlib.decompress(_packed(seed, first, last, count)), CSV, modified=written)


@lru_cache(maxsize=48)
def _packed(seed: int, first: date, last: date, count: int) -> bytes:
    lines = [HEADER, *(line for day in days(first, last) for line in day_lines(seed, day, count)), ""]
    return zlib.compress("\n".join(lines).encode(), 1)


@lru_cache(maxsize=4)
def approaches(seed: int, count: int) -> Answer:
    """The four approaches of every junction and what each can take."""
    lines = ["Kode Simpang;Nama Simpang;Kode Kelurahan;Lintang;Bujur;Arah;Lajur;Kapasitas (skr/jam)"]
    for place in all_simpang()[:count]:
        lintang, bujur = place.kelurahan.point(rng(seed, "simpang", place.kode))
        head = f"{place.kode};{place.nama};{place.kelurahan.kode};{lintang:.5f};{bujur:.5f}"
        lines += [f"{head};{arah};{_lanes(arah, place)};{_capacity(arah, place)}" for arah in ARAH]
    return Answer("\r\n".join([*lines, ""]).encode("utf-8-sig"), CSV, modified=datetime(2024, 1, 2, 9, tzinfo=WIB))


def _lanes(arah: str, place: Simpang) -> int:
    return 1 + (place.busy > 0.6) + (place.busy > 0.85 and arah in "US")


def _capacity(arah: str, place: Simpang) -> int:
    return 750 * _lanes(arah, place) + 50 * (ARAH.index(arah) % 2)


def day_lines(seed: int, day: date, count: int) -> list[str]:
    """The day's rows, by time and then by junction and approach."""
    import numpy as np

    moments = [f"{day}T{slot // 4:02d}:{slot % 4 * 15:02d}:00+07:00" for slot in range(SLOTS)]
    found = [_counted(seed, place, day) for place in all_simpang()[:count]]
    counts = np.stack([counted.counts for counted in found], axis=1).reshape(-1, len(SHARES))
    speeds = np.stack([counted.speeds for counted in found], axis=1).ravel()
    present = np.stack([counted.present for counted in found], axis=1).ravel()
    places = [f"{place.kode},{arah}" for place in all_simpang()[:count] for arah in ARAH]
    heads = [f"{moment},{place}" for moment in moments for place in places]
    rows = zip(heads, *counts.T.tolist(), _speed_texts(counts, speeds), strict=True)
    lines = map("%s,%d,%d,%d,%d,%d,%s".__mod__, rows)
    return [line for line, is_there in zip(lines, present.tolist(), strict=True) if is_there]


def _speed_texts(counts: Any, speeds: Any) -> list[str]:
    """Nobody drove, so nobody was fast."""
    nobody = (counts.sum(axis=1) == 0).tolist()
    return ["" if empty else f"{speed:.1f}" for empty, speed in zip(nobody, speeds.tolist(), strict=True)]


@dataclass(frozen=True)
class Counted:
    """A junction's day: counts[slot, approach, class], speeds[slot, approach], and whether there is a row at all."""

    counts: Any
    speeds: Any
    present: Any


def _counted(seed: int, place: Simpang, day: date) -> Counted:
    import numpy as np

    chance = np.random.default_rng(rng(seed, "hitung", place.kode, day).getrandbits(64))
    rain = np.repeat(np.array(hujan_jam(seed, day)[place.kelurahan.kode_kecamatan]), 4)
    thinner, slower = troubles(seed, place, day)
    load = demand(seed, place, day) * thinner[:, None]  # share of the capacity, per slot and approach
    capacity = np.array([_capacity(arah, place) for arah in ARAH]) / 4
    vehicles = (load * capacity / sum(s * e for s, e in zip(SHARES, EMP, strict=True)))[:, :, None] * np.array(SHARES)
    vehicles[:, :, 0] *= (1 - np.minimum(0.35, rain * 0.018))[:, None]
    vehicles[:, :, 4] *= (1 - np.minimum(0.6, rain * 0.05))[:, None]
    counts = chance.poisson(vehicles)
    used = (counts * np.array(EMP)).sum(axis=2) / capacity
    free = 34 + 14 * rng(seed, "laju", place.kode).random()
    speeds = free * (1 - 0.6 * np.minimum(used, 1.15) ** 2.2) * (1 - np.minimum(0.3, rain * 0.011))[:, None]
    speeds = np.maximum(3.0, speeds * slower[:, None] + chance.normal(0, 1.1, used.shape))
    present = np.ones(used.shape, dtype=bool)
    _spoil(chance, counts, speeds, present)
    return Counted(counts, np.round(speeds, 1), present)


def demand(seed: int, place: Simpang, day: date) -> Any:
    """How much of an approach's capacity is asked for in each quarter of an hour, on a day without rain or trouble."""
    sizes, pull = _flows(seed, place.kode)
    shape, tide = _shape(day)
    growth = 1.015 ** (day.year + day.timetuple().tm_yday / 366 - 2024)
    mood = rng(seed, "ramai", day).uniform(0.95, 1.05) * _month_mood(seed, place.kode, day.replace(day=1))
    return shape[:, None] * (1 + tide[:, None] * pull) * (sizes * (place.busy * growth * mood))


@lru_cache(maxsize=4096)
def _month_mood(seed: int, kode: str, month: date) -> float:
    """How busy a junction is in a month: the whole city's mood, and works here or nearby."""
    city = rng(seed, "ramai bulan", month).uniform(0.88, 1.04)
    drawn = rng(seed, "galian", kode, month).random()
    (dug_up, less), (diverted, more) = DUG_UP, DIVERTED_TO
    return city * (less if drawn < dug_up else more if drawn > 1 - diverted else 1.0)


@lru_cache(maxsize=8)
def _shape(day: date) -> tuple[Any, Any]:
    """A day's busyness in each quarter of an hour, and which way the traffic leans: 1 = into town, -1 = home."""
    import numpy as np

    kind = ("puasa" if is_working_day(day) else "puasa libur") if is_ramadan(day) else ""
    kind = kind or ("kerja" if is_working_day(day) else "libur")
    hours = np.array(HOURS[kind], dtype=float) / 100
    if is_working_day(day) and not is_school_day(day):
        hours[6:8] *= 0.8
    if day.weekday() == 4:
        hours[12] *= 0.7  # Friday prayer
    if is_lebaran(day):
        hours[9:22] *= 1.15
    at = np.arange(SLOTS) / 4
    shape = np.interp(at, np.arange(25) + 0.5, [*hours, hours[0]], left=(hours[0] + hours[-1]) / 2)
    return shape, np.where(at < 11, 1.0, np.where(at >= 15, -1.0, 0.0))


@lru_cache(maxsize=256)
def _flows(seed: int, kode: str) -> tuple[Any, Any]:
    """How large each approach's flow is, and how much it leans: what comes in the morning goes home opposite."""
    import numpy as np

    chance = rng(seed, "arus", kode)
    north, east = chance.uniform(-0.2, 0.2), chance.uniform(-0.2, 0.2)
    return np.array([chance.uniform(0.6, 1.0) for _ in ARAH]), np.array([north, east, -north, -east])


def troubles(seed: int, place: Simpang, day: date) -> tuple[Any, Any]:
    """Factors on volume and speed of each quarter: water and fallen trees here, and the traffic that avoids them."""
    import numpy as np

    volume, speed = np.ones(SLOTS), np.ones(SLOTS)
    midnight = datetime.combine(day, time(), WIB)
    for event in (*peristiwa(seed, day - timedelta(days=1)), *peristiwa(seed, day)):
        thinner, slower = effect(place, event)
        first, last = ((at - midnight) / timedelta(minutes=15) for at in (event.mulai, event.selesai))
        begins, ends = max(0, math.floor(first)), min(SLOTS, math.ceil(last))
        if ends > begins:
            volume[begins:ends] *= thinner
            speed[begins:ends] *= slower
    return np.clip(volume, 0.15, 1.15), np.maximum(speed, 0.2)


def effect(place: Simpang, event: Peristiwa) -> tuple[float, float]:
    """What is left of volume and speed at a junction while an event lasts."""
    there, here = event.kelurahan, place.kelurahan
    away = math.dist((there.lintang, there.bujur), (here.lintang, here.bujur))
    if event.jenis in (GENANGAN, BANJIR) and away <= AROUND:
        return ((0.35, 0.3) if event.jenis == BANJIR else (0.6, 0.45)) if away <= NEAR else (1.06, 0.8)
    return (0.75, 0.6) if event.jenis == POHON_TUMBANG and there.kode == here.kode else (1.0, 1.0)


def _spoil(chance: Any, counts: Any, speeds: Any, present: Any) -> None:
    """The defects that the agency's technicians know: a stuck detector, silent hours, a counter that ran below zero."""
    for approach in range(len(ARAH)):
        if chance.random() < STUCK:
            begins = int(chance.integers(24, 72))
            ends = begins + int(chance.integers(5, 14))
            counts[begins:ends, approach] = counts[begins, approach]
            speeds[begins:ends, approach] = speeds[begins, approach]
    if chance.random() < SILENT:
        begins = int(chance.integers(0, 22)) * 4
        present[begins : begins + int(chance.integers(1, 5)) * 4] = False
    if chance.random() < NEGATIVE:
        counts[int(chance.integers(SLOTS)), int(chance.integers(len(ARAH))), int(chance.integers(2))] = -1


OFFICE = Office("dishub", ("dishub_hitung",), answer, files)


def main() -> None:
    """Write the file of a month to standard output, as the bench loads it: python -m demo_city.agencies.dishub --month 2025-01-01"""
    parser = argparse.ArgumentParser(prog="python -m demo_city.agencies.dishub", description=main.__doc__)
    parser.add_argument("--month", type=date.fromisoformat, required=True, help="its first day")
    parser.add_argument("--without", type=int, default=0, help="days left out at its end")
    parser.add_argument("--junctions", type=int, required=True)
    parser.add_argument("--seed", type=int, required=True)
    asked = parser.parse_args()
    last = _next_month(asked.month) - timedelta(days=1 + asked.without)
    sys.stdout.buffer.write(month_file(asked.seed, asked.month, last, asked.junctions).body)


if __name__ == "__main__":
    main()
