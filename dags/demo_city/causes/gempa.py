"""Earthquakes: those that people felt, and the strong ones, hour by hour."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from random import Random

from demo_city.causes.chance import pick, poisson, rng

FELT_PER_HOUR = 0.2


STRONG_PER_HOUR = 0.045


KM_PER_DEGREE = 111.2


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


def felt_in_hour(seed: int, hour: datetime) -> tuple[Quake, ...]:
    """The quakes of one full hour that people felt, newest first."""
    return felt(seed, hour.astimezone(UTC))


@lru_cache(maxsize=4096)
def felt(seed: int, hour: datetime) -> tuple[Quake, ...]:
    strong_ones = tuple(quake for quake in strong(seed, hour) if quake.dirasakan)
    chance = rng(seed, "bmkg", "rasa", hour)
    weak = tuple(
        _quake(chance, hour, min(4.9, 2.3 + chance.expovariate(1.6)), 80) for _ in range(poisson(chance, FELT_PER_HOUR))
    )
    return _newest_first(strong_ones + weak)


@lru_cache(maxsize=4096)
def strong(seed: int, hour: datetime) -> tuple[Quake, ...]:
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
