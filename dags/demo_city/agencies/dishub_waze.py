"""Jams and reports of drivers, as Waze for Cities gives them to its partners, and the agency's monthly list of jams. Simulated.

A jam stands where more is asked of an approach than it can take, or where water or a tree leaves too little of it, so jams
follow rush hours and the city's events. Drivers are invented; the feed has only what is true at the moment.
"""

from __future__ import annotations

import csv
import io
import math
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from command_center.settings import WIB

from demo_city.agencies.dishub import ARAH, FIRST, WRITTEN, Simpang, all_simpang, demand, last_day, troubles
from demo_city.answer import CSV, Answer, json_answer
from demo_city.ask import Question
from demo_city.causes.chance import poisson, rng
from demo_city.causes.cuaca import hujan_tertinggi
from demo_city.causes.kalender import days
from demo_city.causes.peristiwa import BANJIR, GENANGAN, POHON_TUMBANG, Peristiwa, peristiwa
from demo_city.causes.regions import Kelurahan, all_kelurahan
from demo_city.faults.spoil import Fault
from demo_city.kept import kept
from demo_city.office import Office

FEED = "waze/umpan.json"
FOLDER = "macet"
ARCHIVE = re.compile(FOLDER + r"/macet_(\d{4})(?:-(\d{2}))?\.csv")
EVERY = timedelta(minutes=2)  # the feed is made anew so often
# Share of the capacity that is asked for, and the level of the jam
LEVELS = ((0.84, 1), (0.9, 2), (0.97, 3), (1.05, 4))
SWAPPED = 0.01  # known defect: x and y of one alert in a hundred have changed places
NO_END = 1 / 300  # known defect: one jam of the archive in three hundred ends before it began
ACCIDENTS, HOLES = 5.0, 1.2  # of a dry day
# Streets whose junction they belong to beyond doubt; Waze leaves out what it does not know
STREETS = {
    "Simpang Haru": "Jl. Dr. Sutomo",
    "Simpang Air Mancur": "Jl. M. Yamin",
    "Simpang By Pass Ketaping": "Jl. Bypass",
    "Simpang Alai": "Jl. Gajah Mada",
    "Simpang Lubuk Buaya": "Jl. Adinegoro",
    "Simpang Presiden": "Jl. Khatib Sulaiman",
    "Simpang Tabing": "Jl. Prof. Dr. Hamka",
    "Simpang Air Tawar": "Jl. Prof. Dr. Hamka",
    "Simpang Ulak Karang": "Jl. S. Parman",
    "Simpang Jati": "Jl. Perintis Kemerdekaan",
    "Simpang Aie Pacah": "Jl. Bypass",
    "Simpang Pisang": "Jl. Bypass",
    "Simpang Andalas": "Jl. Andalas",
    "Simpang Teluk Bayur": "Jl. Sutan Syahrir",
}
TOWARDS = {"U": (1.0, 0.0), "T": (0.0, 1.0), "S": (-1.0, 0.0), "B": (0.0, -1.0)}
HEADER = (
    "ID Macet",
    "Kode Simpang",
    "Pendekat",
    "Jalan",
    "Mulai",
    "Selesai",
    "Tingkat",
    "Panjang (m)",
    "Tundaan (detik)",
)


@dataclass(frozen=True)
class Jam:
    """One jam: at an approach, from one quarter of an hour to another, with its level in each."""

    place: Simpang
    arah: str
    mulai: datetime
    levels: tuple[int, ...]
    blocked: bool

    @property
    def selesai(self) -> datetime:
        return self.mulai + timedelta(minutes=15 * len(self.levels))

    @property
    def number(self) -> int:
        """A number that no other jam has: junction, approach and time."""
        return int(self.place.kode[2:]) * 10**11 + ARAH.index(self.arah) * 10**10 + int(self.mulai.timestamp())

    def level(self, at: datetime) -> int:
        return self.levels[min(len(self.levels) - 1, int((at - self.mulai) / timedelta(minutes=15)))]

    def metres(self, level: int) -> int:
        return 90 + 160 * level + rng("panjang", self.number).randrange(120)


def answer(path: str, asked: Question, seed: int, now: datetime, fault: Fault | None) -> Answer | None:
    """The feed of the moment, or a file of the archive; None for another path."""
    if path == FEED:
        moment = now.astimezone(UTC)
        return _feed(seed, moment.replace(minute=moment.minute // 2 * 2, second=0, microsecond=0))
    found = ARCHIVE.fullmatch(path)
    if not found or path not in files(seed, now):
        return None
    year, month = int(found.group(1)), int(found.group(2) or 0)
    first = date(year, month or 1, 1)
    last = (first + timedelta(days=32)).replace(day=1) if month else date(year + 1, 1, 1)
    return _archive(seed, first, min(last - timedelta(days=1), last_day(now)))


def files(seed: int, now: datetime) -> list[str]:
    """A file for each past year and one for each month of this year."""
    last = last_day(now)
    years = [f"{FOLDER}/macet_{year}.csv" for year in range(FIRST.year, last.year)]
    return years + [f"{FOLDER}/macet_{last.year}-{month:02}.csv" for month in range(1, last.month + 1)]


@kept(maxsize=64)
def _archive(seed: int, first: date, last: date) -> Answer:
    """Every jam that began in a period, as the agency keeps them."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=";", lineterminator="\r\n")
    writer.writerow(HEADER)
    for day in days(first, last):
        writer.writerows(_line(seed, jam) for jam in jams(seed, day))
    written = datetime.combine(last + timedelta(days=1), WRITTEN, WIB)
    return Answer(stream.getvalue().encode("utf-8-sig"), CSV, modified=written)


def _line(seed: int, jam: Jam) -> list[object]:
    worst = max(jam.levels)
    ends = jam.selesai
    if rng(seed, "arsip macet", jam.number).random() < NO_END:
        ends = jam.mulai - timedelta(minutes=15)
    times = [f"{at:%d-%m-%Y %H:%M}" for at in (jam.mulai, ends)]
    street = STREETS.get(jam.place.nama, "")
    return [jam.number, jam.place.kode, jam.arah, street, *times, worst, jam.metres(worst), _delay(jam, worst)]


def _delay(jam: Jam, level: int) -> int:
    """Seconds lost; -1, as Waze has it, where nobody gets through."""
    return -1 if jam.blocked and level == 5 else 25 + 55 * level


@lru_cache(maxsize=40)
def jams(seed: int, day: date) -> tuple[Jam, ...]:
    """The day's jams in order of their beginning."""
    found = [jam for place in all_simpang() for jam in _at(seed, place, day)]
    return tuple(sorted(found, key=lambda jam: (jam.mulai, jam.number)))


def _at(seed: int, place: Simpang, day: date) -> list[Jam]:
    import numpy as np

    thinner, slower = troubles(seed, place, day)
    load = demand(seed, place, day) / np.sqrt(slower)[:, None]
    bounds = [bound for bound, _ in LEVELS]
    levels = np.where(load < 0.3, 0, np.searchsorted(bounds, load))  # at night nobody stands anywhere
    closed = (thinner < 0.5) & (slower < 0.4)
    levels[closed] = 5
    midnight = datetime.combine(day, time(), WIB)
    found = []
    for approach, arah in enumerate(ARAH):
        for begins, ends in _runs(levels[:, approach] > 0):
            worst = tuple(int(level) for level in levels[begins:ends, approach])
            found.append(
                Jam(place, arah, midnight + timedelta(minutes=15 * begins), worst, bool(closed[begins:ends].any()))
            )
    return found


def _runs(marked: Any) -> list[tuple[int, int]]:
    """Where a run of marks begins and where it has ended."""
    import numpy as np

    edges = np.flatnonzero(np.diff(np.concatenate(([0], marked.astype(int), [0]))))
    return [(int(begins), int(ends)) for begins, ends in edges.reshape(-1, 2)]


def _feed(seed: int, now: datetime) -> Answer:
    """Alerts, jams and irregularities; a list without members is left out, as Waze does."""
    local = now.astimezone(WIB)
    standing = [jam for jam in jams(seed, local.date()) if jam.mulai <= local < jam.selesai]
    odd = [jam for jam in standing if jam.blocked or jam.level(local) >= 4]
    lists = {
        "alerts": _alerts(seed, local, standing),
        "jams": [_jam(jam, local) for jam in standing],
        "irregularities": [_irregularity(jam, local) for jam in odd],
    }
    begun = now - EVERY
    times: dict[str, object] = {"startTimeMillis": _millis(begun), "endTimeMillis": _millis(now)}
    times |= {"startTime": f"{begun:%Y-%m-%d %H:%M:%S}:000", "endTime": f"{now:%Y-%m-%d %H:%M:%S}:000"}
    return json_answer({**{name: found for name, found in lists.items() if found}, **times}, modified=now)


def _jam(jam: Jam, at: datetime) -> dict[str, Any]:
    level = jam.level(at)
    speed = 0.0 if level == 5 else round(34 / (1 + level) * (0.9 + 0.2 * rng("laju", jam.number, level).random()), 2)
    record = {
        "uuid": jam.number,
        "id": jam.number,
        "country": "ID",
        "city": "Padang",
        "endNode": jam.place.nama,
        "level": level,
        "speedKMH": speed,
        "speed": round(speed / 3.6, 4),
        "length": jam.metres(level),
        "delay": _delay(jam, level),
        "roadType": 6,
        "turnType": "NONE",
        "type": "NONE",
        "line": _line_of(jam, level),
        "segments": [{}],
        "pubMillis": _millis(jam.mulai),
    }
    return _with_street(record, jam.place)


def _with_street(record: dict[str, Any], place: Simpang) -> dict[str, Any]:
    street = STREETS.get(place.nama)
    return record | {"street": street} if street else record


def _line_of(jam: Jam, level: int) -> list[dict[str, float]]:
    """From the tail of the queue to the junction, longitude first by name."""
    north, east = TOWARDS[jam.arah]
    far = jam.metres(level) / 111_000
    here = jam.place.kelurahan
    steps = (1.0, 0.5, 0.0)
    return [{"x": round(here.bujur + east * far * s, 6), "y": round(here.lintang + north * far * s, 6)} for s in steps]


def _irregularity(jam: Jam, at: datetime) -> dict[str, Any]:
    level = jam.level(at)
    jammed = _jam(jam, at)
    record = {
        "id": jam.number,
        "type": "Large" if level == 5 else "Medium",
        "severity": 5.0 if level == 5 else 3.0,
        "jamLevel": level,
        "trend": 1 if jam.level(min(at + timedelta(minutes=15), jam.selesai)) > level else 0,
        "speed": jammed["speedKMH"],
        "regularSpeed": 31.5,
        "length": jammed["length"],
        "delaySeconds": jammed["delay"],
        "driversCount": 4 * level,
        "alertsCount": 1,
        "highway": False,
        "country": "ID",
        "city": "Padang",
        "endNode": jam.place.nama,
        "line": jammed["line"],
        "detectionDateMillis": _millis(jam.mulai),
        "updateDateMillis": _millis(at),
    }
    return _with_street(record, jam.place)


def _alerts(seed: int, at: datetime, standing: list[Jam]) -> list[dict[str, Any]]:
    """What drivers have reported and nobody has taken back: water, trees, accidents, holes, and the worse jams."""
    found = [
        _alert(
            seed, ("jam", jam.number), "JAM", "JAM_HEAVY_TRAFFIC", jam.mulai + timedelta(minutes=4), jam.place.kelurahan
        )
        for jam in standing
        if jam.level(at) >= 3 and rng(seed, "lapor macet", jam.number).random() < 0.5
    ]
    for day in (at.date() - timedelta(days=1), at.date()):
        happened = [event for event in peristiwa(seed, day) if event.mulai <= at < event.selesai]
        found += [_event_alert(seed, event) for event in happened if event.jenis in (GENANGAN, BANJIR, POHON_TUMBANG)]
        found += [alert for alert, until in _mishaps(seed, day) if alert["pubMillis"] <= _millis(at) < _millis(until)]
    return [alert for alert in found if alert["pubMillis"] <= _millis(at)]


def _event_alert(seed: int, event: Peristiwa) -> dict[str, Any]:
    at = event.mulai + timedelta(minutes=6)
    if event.jenis == POHON_TUMBANG:
        return _alert(seed, event.id, "HAZARD", "HAZARD_ON_ROAD_OBJECT", at, event.kelurahan)
    kind = ("ROAD_CLOSED", "ROAD_CLOSED_HAZARD") if event.jenis == BANJIR else ("HAZARD", "HAZARD_WEATHER_FLOOD")
    return _alert(seed, event.id, *kind, at, event.kelurahan)


@lru_cache(maxsize=64)
def _mishaps(seed: int, day: date) -> tuple[tuple[dict[str, Any], datetime], ...]:
    """Accidents, more of them in rain, and holes; each with the moment from which nobody reports it any more."""
    chance = rng(seed, "waze", day)
    accidents = poisson(chance, ACCIDENTS * (1 + min(1.0, hujan_tertinggi(seed, day) / 40)))
    kinds = [("ACCIDENT", "ACCIDENT_MINOR", 50)] * accidents
    kinds += [("HAZARD", "HAZARD_ON_ROAD_POT_HOLE", 1200)] * poisson(chance, HOLES)
    found = []
    for number, (kind, subtype, minutes) in enumerate(kinds):
        at = datetime.combine(day, time(chance.randint(5, 23), chance.randrange(60)), WIB)
        alert = _alert(seed, (day, number), kind, subtype, at, chance.choice(all_kelurahan()))
        found.append((alert, at + timedelta(minutes=minutes * chance.uniform(0.5, 1.5))))
    return tuple(found)


def _alert(seed: int, name: object, kind: str, subtype: str, at: datetime, place: Kelurahan) -> dict[str, Any]:
    chance = rng(seed, "lapor waze", name)
    lintang, bujur = place.point(chance)
    x, y = round(bujur, 6), round(lintang, 6)
    if chance.random() < SWAPPED:
        x, y = y, x
    return {
        "uuid": str(UUID(int=chance.getrandbits(128), version=4)),
        "country": "ID",
        "city": "Padang",
        "type": kind,
        "subtype": subtype,
        "reportRating": chance.randint(0, 5),
        "confidence": chance.randint(0, 5),
        "reliability": chance.randint(5, 10),
        "reportByMunicipalityUser": "false",
        "reportBy": chance.choice(("fulan_rekaan", "upiak_simulasi", "badu_contohwan")),
        "roadType": chance.choice((1, 2, 6)),
        "magvar": chance.randrange(360),
        "location": {"x": x, "y": y},
        "pubMillis": _millis(at) + math.floor(chance.random() * 1000),
    }


def _millis(at: datetime) -> int:
    return int(at.timestamp()) * 1000


OFFICE = Office("dishub", ("dishub_macet", "dishub_waze"), answer, files, (FEED,))
