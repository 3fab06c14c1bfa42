"""BMKG's three earthquake lists: rolling, all values as text, no identifier. Every quake here is simulated."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from random import Random
from typing import Any

from command_center.settings import WIB

from demo_city.answer import Answer, json_answer
from demo_city.causes.chance import pick, poisson, rng
from demo_city.office import Office, always, by_path

LENGTH = 15
FELT_PER_HOUR = 0.2
STRONG_PER_HOUR = 0.045
REPEATED = 0.25  # share of hours in which one entry of a list stands there twice
LEFT_OVER = 0.15  # share of days on which an old entry is left over at the end of gempaterkini
KM_PER_DEGREE = 111.2
MONTHS = ("Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des")
BEARINGS = ("Utara", "Timur Laut", "Timur", "Tenggara", "Selatan", "Barat Daya", "Barat", "Barat Laut")
ROMAN = ("I", "II", "III", "IV", "V", "VI")


@dataclass(frozen=True)
class Place:
    """A place by which quakes are described, the towns that feel them and where land goes on beyond the shore."""

    nama: str
    daerah: str
    lintang: float
    bujur: float
    terasa: tuple[str, ...]
    daratan: tuple[str, ...] = ()


@dataclass(frozen=True)
class Quake:
    """One simulated quake; `dirasakan` is empty when nobody felt it."""

    at: datetime
    lintang: float
    bujur: float
    magnitudo: float
    kedalaman: int
    jarak: int
    arah: str
    place: Place
    dirasakan: str
    potensi: str = "Tidak berpotensi tsunami"


INLAND_OF_WEST_COAST = ("Utara", "Timur Laut", "Timur", "Tenggara")
INLAND_OF_SOUTH_COAST = ("Barat Laut", "Utara", "Timur Laut")
INLAND_OF_NORTH_COAST = ("Tenggara", "Selatan", "Barat Daya")

# How often a quake is near a place; the west coast of Sumatera and Mentawai come first.
PLACES = {
    Place("Tuapejat", "KEP-MENTAWAI-SUMBAR", -2.03, 99.59, ("Tuapejat", "Sikakap", "Padang")): 14.0,
    Place("Siberut", "KEP-MENTAWAI-SUMBAR", -1.59, 99.21, ("Siberut", "Muara Siberut", "Pariaman")): 9.0,
    Place("Padang", "PADANG-SUMBAR", -0.95, 100.35, ("Padang", "Pariaman", "Painan"), INLAND_OF_WEST_COAST): 8.0,
    Place("Painan", "PESISIRSELATAN-SUMBAR", -1.35, 100.57, ("Painan", "Padang", "Bungus"), INLAND_OF_WEST_COAST): 8.0,
    Place(
        "Pariaman", "PARIAMAN-SUMBAR", -0.63, 100.12, ("Pariaman", "Padang", "Lubuk Basung"), INLAND_OF_WEST_COAST
    ): 6.0,
    Place(
        "Lubuk Sikaping", "PASAMAN-SUMBAR", 0.13, 100.16, ("Lubuk Sikaping", "Simpang Empat", "Bukittinggi"), BEARINGS
    ): 5.0,
    Place("Enggano", "BENGKULU-BENGKULU", -5.38, 102.25, ("Enggano", "Bengkulu", "Manna")): 5.0,
    Place("Nias Selatan", "NIASSELATAN-SUMUT", 0.57, 97.80, ("Teluk Dalam", "Gunung Sitoli")): 4.0,
    Place("Sinabang", "SIMEULUE-ACEH", 2.48, 96.38, ("Sinabang", "Meulaboh")): 3.0,
    Place(
        "Pelabuhan Ratu", "SUKABUMI-JABAR", -6.99, 106.55, ("Pelabuhan Ratu", "Sukabumi"), INLAND_OF_SOUTH_COAST
    ): 4.0,
    Place("Pacitan", "PACITAN-JATIM", -8.20, 111.10, ("Pacitan", "Trenggalek"), INLAND_OF_SOUTH_COAST): 3.0,
    Place("Larantuka", "FLORESTIMUR-NTT", -8.34, 122.98, ("Larantuka", "Lembata")): 4.0,
    Place("Melonguane", "TALAUD-SULUT", 4.00, 126.68, ("Melonguane", "Tahuna")): 4.0,
    Place("Tobelo", "HALMAHERAUTARA-MALUT", 1.73, 128.01, ("Tobelo", "Ternate")): 4.0,
    Place("Sarmi", "SARMI-PAPUA", -1.87, 138.75, ("Sarmi", "Jayapura"), INLAND_OF_NORTH_COAST): 3.0,
}

# The strong quake off Mentawai of 25 April 2023, from BMKG's early warning of that night.
OLD_POTENTIAL = Quake(
    at=datetime(2023, 4, 25, 3, 0, 57, tzinfo=WIB),
    lintang=-0.93,
    bujur=98.39,
    magnitudo=7.3,
    kedalaman=84,
    jarak=177,
    arah="Barat Laut",
    place=next(place for place in PLACES if place.nama == "Siberut"),
    dirasakan="",
    potensi="Potensi tsunami untuk diteruskan pada masyarakat",
)


def answer(path: str, seed: int, now: datetime) -> Answer | None:
    """The answer to `path` (for instance 'autogempa.json') in this clock hour, None for an unknown path."""
    hour = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    make = FEEDS.get(path)
    return make(seed, hour) if make else None


@lru_cache(maxsize=16)
def autogempa(seed: int, hour: datetime) -> Answer:
    """The latest quake that was felt or strong; an object, not an array."""
    quake = max(_latest(seed, hour, 1, _felt) + _latest(seed, hour, 1, _strong), key=lambda quake: quake.at)
    entry = _common(quake) | {
        "Wilayah": _sentence(quake),
        "Potensi": "Gempa ini dirasakan untuk diteruskan pada masyarakat" if quake.dirasakan else quake.potensi,
        "Dirasakan": quake.dirasakan or "-",
        "Shakemap": quake.at.astimezone(WIB).strftime("%Y%m%d%H%M%S") + ".mmi.jpg",
    }
    return _payload(entry, hour)


@lru_cache(maxsize=16)
def gempaterkini(seed: int, hour: datetime) -> Answer:
    """The last 15 quakes of magnitude 5 and more: with tsunami potential, without felt reports."""
    quakes = _latest(seed, hour, LENGTH, _strong)
    if rng(seed, "bmkg", "sisa", hour.astimezone(WIB).date()).random() < LEFT_OVER:
        quakes[-1] = OLD_POTENTIAL
    entries = [_common(quake) | {"Wilayah": _short(quake), "Potensi": quake.potensi} for quake in quakes]
    return _payload(_with_repetition(entries, rng(seed, "bmkg", "ganda-kuat", hour)), hour)


@lru_cache(maxsize=16)
def gempadirasakan(seed: int, hour: datetime) -> Answer:
    """The last 15 quakes that people felt: with where, without potential and shake map."""
    quakes = _latest(seed, hour, LENGTH, _felt)
    entries = [_common(quake) | {"Wilayah": _sentence(quake), "Dirasakan": quake.dirasakan} for quake in quakes]
    return _payload(_with_repetition(entries, rng(seed, "bmkg", "ganda-rasa", hour)), hour)


FEEDS: dict[str, Callable[[int, datetime], Answer]] = {
    "autogempa.json": autogempa,
    "gempaterkini.json": gempaterkini,
    "gempadirasakan.json": gempadirasakan,
}


def latest_strong(seed: int, hour: datetime, count: int) -> list[Quake]:
    """The last quakes of magnitude 5 and more before the hour, newest first."""
    return _latest(seed, hour, count, _strong)


def latest_felt(seed: int, hour: datetime, count: int) -> list[Quake]:
    """The last quakes before the hour that people felt, newest first."""
    return _latest(seed, hour, count, _felt)


def felt_in_hour(seed: int, hour: datetime) -> tuple[Quake, ...]:
    """The quakes of one full hour that people felt, newest first."""
    return _felt(seed, hour.astimezone(UTC))


def _payload(gempa: Any, hour: datetime) -> Answer:
    return json_answer({"Infogempa": {"gempa": gempa}}, modified=hour)


def _latest(
    seed: int, hour: datetime, count: int, happened: Callable[[int, datetime], tuple[Quake, ...]]
) -> list[Quake]:
    """The last `count` quakes before the hour, newest first."""
    found: list[Quake] = []
    for earlier in _hours_before(hour):
        found += happened(seed, earlier)
        if len(found) >= count:
            return found[:count]
    raise AssertionError("hours before a moment have no end")


def _hours_before(hour: datetime) -> Iterator[datetime]:
    while True:
        hour -= timedelta(hours=1)
        yield hour


@lru_cache(maxsize=4096)
def _felt(seed: int, hour: datetime) -> tuple[Quake, ...]:
    strong = tuple(quake for quake in _strong(seed, hour) if quake.dirasakan)
    chance = rng(seed, "bmkg", "rasa", hour)
    weak = tuple(
        _quake(chance, hour, min(4.9, 2.3 + chance.expovariate(1.6)), 80) for _ in range(poisson(chance, FELT_PER_HOUR))
    )
    return _newest_first(strong + weak)


@lru_cache(maxsize=4096)
def _strong(seed: int, hour: datetime) -> tuple[Quake, ...]:
    chance = rng(seed, "bmkg", "kuat", hour)
    return _newest_first(
        tuple(
            _quake(chance, hour, min(6.6, 5.0 + chance.expovariate(3.5)), 250)
            for _ in range(poisson(chance, STRONG_PER_HOUR))
        )
    )


def _newest_first(quakes: tuple[Quake, ...]) -> tuple[Quake, ...]:
    return tuple(sorted(quakes, key=lambda quake: quake.at, reverse=True))


def _quake(chance: Random, hour: datetime, magnitude: float, furthest_km: int) -> Quake:
    place = pick(chance, PLACES)
    distance, octant = chance.randint(8, furthest_km), chance.randrange(8)
    heading = math.radians(octant * 45 + chance.uniform(-20, 20))
    felt = magnitude < 5 or (distance < 130 and chance.random() < 0.6)
    return Quake(
        at=hour + timedelta(seconds=chance.randrange(3600)),
        lintang=round(place.lintang + distance * math.cos(heading) / KM_PER_DEGREE, 2),
        bujur=round(place.bujur + distance * math.sin(heading) / KM_PER_DEGREE, 2),
        magnitudo=round(magnitude, 1),
        kedalaman=10 if chance.random() < 0.4 else chance.randint(5, 160),
        jarak=distance,
        arah=BEARINGS[octant],
        place=place,
        dirasakan=_felt_text(chance, magnitude, place) if felt else "",
    )


def _felt_text(chance: Random, magnitude: float, place: Place) -> str:
    """MMI per town, in the style 'III-IV Padang, II Painan'."""
    strongest = min(5, max(1, round(magnitude - 1.8)))
    towns = place.terasa[: chance.randint(1, len(place.terasa))]
    return ", ".join(f"{_mmi(chance, max(1, strongest - step))} {town}" for step, town in enumerate(towns))


def _mmi(chance: Random, grade: int) -> str:
    return f"{ROMAN[grade - 1]}-{ROMAN[grade]}" if chance.random() < 0.3 else ROMAN[grade - 1]


def _common(quake: Quake) -> dict[str, str]:
    """The fields that all three lists have; coordinates are lat,lon."""
    local = quake.at.astimezone(WIB)
    return {
        "Tanggal": f"{local:%d} {MONTHS[local.month - 1]} {local:%Y}",
        "Jam": f"{local:%H:%M:%S} WIB",
        "DateTime": quake.at.astimezone(UTC).isoformat(),
        "Coordinates": f"{quake.lintang + 0.0:.2f},{quake.bujur:.2f}",
        "Lintang": f"{abs(quake.lintang):.2f} {'LS' if quake.lintang < 0 else 'LU'}",
        "Bujur": f"{quake.bujur:.2f} BT",
        "Magnitude": f"{quake.magnitudo:.1f}",
        "Kedalaman": f"{quake.kedalaman} km",
    }


def _sentence(quake: Quake) -> str:
    ground = "darat" if quake.jarak <= 15 or quake.arah in quake.place.daratan else "laut"
    return f"Pusat gempa berada di {ground} {quake.jarak} km {quake.arah.lower()} {quake.place.nama}"


def _short(quake: Quake) -> str:
    return f"{quake.jarak} km {quake.arah.replace(' ', '')} {quake.place.daerah}"


def _with_repetition(entries: list[dict[str, str]], chance: Random) -> list[dict[str, str]]:
    """Now and then the list holds one quake twice and loses its oldest for it, as the real one does."""
    if chance.random() >= REPEATED:
        return entries
    twice = chance.randrange(LENGTH - 2)
    return [*entries[: twice + 1], *entries[twice:-2], entries[-1]]


OFFICE = Office("bmkg", ("bmkg_gempa",), by_path(answer), always(FEEDS), tuple(FEEDS))
