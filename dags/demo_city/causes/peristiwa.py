"""What befalls the city: water in the streets after rain, trees and slopes, and the quakes that people feel.

One list of events stands behind BPBD's book, the fire service, the calls to 112, PetaBencana, complaints, news and jams,
so that they speak of the same things. Simulated.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

from command_center.settings import WIB

from demo_city.causes.chance import poisson, rng
from demo_city.causes.cuaca import hujan_jam, hujan_pekan
from demo_city.causes.gempa import ROMAN, felt_in_hour
from demo_city.causes.regions import Kelurahan, all_kelurahan, kelurahan_of

GENANGAN, BANJIR, POHON_TUMBANG, LONGSOR = "genangan", "banjir", "pohon tumbang", "longsor"
ANGIN, ABRASI, ORANG_HANYUT, GEMPA = "badai/puting beliung", "abrasi", "orang hanyut/tenggelam", "gempa"
STEEP = {
    "13.71.01": 1.0,
    "13.71.05": 1.4,
    "13.71.06": 0.6,
    "13.71.07": 1.2,
    "13.71.08": 1.0,
    "13.71.09": 0.3,
    "13.71.11": 0.5,
}
IN_PADANG = re.compile(r"(?:[IV]+-)?\b([IV]+) Padang\b")  # of 'III-IV Padang' the higher grade
SHORE = ("13.71.01", "13.71.03", "13.71.04", "13.71.05", "13.71.11")
# Fallen trees of a day without rain, and for each millimetre of the wettest hour: about 600 in a year.
# BPBD's own years, as the press printed them: 698 of 777 events in 2019, 402 in 2023.
CALM_TREES, TREES_PER_MM = 0.85, 0.2
THREE_HOURS_MM = 40.0  # from there on water stands in the low kelurahan


@dataclass(frozen=True)
class Peristiwa:
    """One event: what, where, from when to when, and how bad (water in centimetres, else a plain measure of 1 to 5)."""

    id: str
    jenis: str
    kelurahan: Kelurahan
    mulai: datetime
    selesai: datetime
    parah: int

    @property
    def kode_kecamatan(self) -> str:
        return self.kelurahan.kode_kecamatan


Event = tuple[str, datetime, Kelurahan, datetime, int]


@lru_cache(maxsize=2000)
def peristiwa(seed: int, day: date) -> tuple[Peristiwa, ...]:
    """The day's events in order of their beginning; the number in `id` is stable."""
    found = [*_water(seed, day), *_trees(seed, day), *_slopes(seed, day), *_shore(seed, day)]
    found.sort(key=lambda event: (event[1], event[0], event[2].kode))
    return tuple(
        Peristiwa(f"{day:%Y%m%d}-{number:02d}", jenis, place, begins, ends, parah)
        for number, (jenis, begins, place, ends, parah) in enumerate(found, start=1)
    )


@dataclass(frozen=True)
class GempaTerasa:
    """A quake that people in Padang felt, and how strongly (MMI)."""

    at: datetime
    mmi: int
    magnitudo: float
    lintang: float
    bujur: float


@lru_cache(maxsize=2000)
def gempa_terasa(seed: int, day: date) -> tuple[GempaTerasa, ...]:
    """The day's quakes that were felt in Padang, in their order."""
    midnight = datetime.combine(day, time(), WIB).astimezone(UTC)
    quakes = (quake for hour in range(24) for quake in felt_in_hour(seed, midnight + timedelta(hours=hour)))
    felt = (
        GempaTerasa(quake.at.astimezone(WIB), ROMAN.index(found[1]) + 1, quake.magnitudo, quake.lintang, quake.bujur)
        for quake in quakes
        if (found := IN_PADANG.search(quake.dirasakan))
    )
    return tuple(sorted(felt, key=lambda quake: quake.at))


@lru_cache(maxsize=256)
def lowness(seed: int, kode: str) -> float:
    """How easily water stands in a kelurahan, 0 to 1."""
    return math.pow(rng(seed, "rendah", kode).random(), 2.2)


def _water(seed: int, day: date) -> list[Event]:
    found = []
    chance = rng(seed, "genangan", day)
    for kecamatan, rain in hujan_jam(seed, day).items():
        three = [sum(rain[max(0, hour - 2) : hour + 1]) for hour in range(24)]
        peak = max(three)
        if peak < THREE_HOURS_MM:
            continue
        at = datetime.combine(day, time(three.index(peak)), WIB)
        for place in kelurahan_of(kecamatan):
            depth = (
                (peak - THREE_HOURS_MM * (1.2 - lowness(seed, place.kode)))
                * lowness(seed, place.kode)
                * chance.uniform(0.6, 1.4)
            )
            if depth < 5 or chance.random() > 0.55:
                continue
            begins = at + timedelta(minutes=chance.randrange(5, 70))
            lasts = timedelta(minutes=40 + 6 * depth * chance.uniform(0.6, 1.5))
            found.append((BANJIR if depth >= 40 else GENANGAN, begins, place, begins + lasts, round(depth)))
    return found


def _trees(seed: int, day: date) -> list[Event]:
    """Trees fall in storms most of all, a few without."""
    chance = rng(seed, "pohon", day)
    rain = {kecamatan: max(hours) for kecamatan, hours in hujan_jam(seed, day).items()}
    count = poisson(chance, CALM_TREES + TREES_PER_MM * max(rain.values()))
    found = []
    for _ in range(min(count, 40)):
        place = chance.choices(all_kelurahan(), [1 + rain[p.kode_kecamatan] for p in all_kelurahan()])[0]
        hours = hujan_jam(seed, day)[place.kode_kecamatan]
        hour = chance.choices(range(24), [0.05 + value for value in hours])[0]
        begins = datetime.combine(day, time(hour, chance.randrange(60)), WIB)
        kind = ANGIN if chance.random() < 0.03 else POHON_TUMBANG
        found.append(
            (
                kind,
                begins,
                place,
                begins + timedelta(minutes=chance.randint(35, 240)),
                chance.choice((1, 1, 1, 2, 2, 3)),
            )
        )
    return found


def _slopes(seed: int, day: date) -> list[Event]:
    chance = rng(seed, "longsor", day)
    found = []
    for kecamatan, steep in STEEP.items():
        today = sum(hujan_jam(seed, day)[kecamatan])
        odds = steep * 0.004 * max(0.0, today - 45) ** 0.8 * (1 + hujan_pekan(seed, kecamatan, day) / 150) / 2
        if chance.random() < odds:
            begins = datetime.combine(day, time(chance.randint(15, 23), chance.randrange(60)), WIB)
            place = chance.choice(kelurahan_of(kecamatan))
            found.append(
                (LONGSOR, begins, place, begins + timedelta(hours=chance.randint(4, 40)), chance.choice((1, 1, 2, 3)))
            )
    return found


def _shore(seed: int, day: date) -> list[Event]:
    """Waves at the shore, and people whom the sea or a river takes: more on days off."""
    chance = rng(seed, "pantai", day)
    found = []
    for kind, odds in ((ABRASI, 0.012), (ORANG_HANYUT, 0.03 if day.weekday() >= 5 else 0.012)):
        if chance.random() < odds:
            begins = datetime.combine(day, time(chance.randint(8, 18), chance.randrange(60)), WIB)
            place = chance.choice(kelurahan_of(chance.choice(SHORE)))
            found.append((kind, begins, place, begins + timedelta(hours=chance.randint(2, 30)), 1))
    return found
