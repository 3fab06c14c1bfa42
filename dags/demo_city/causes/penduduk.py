"""The people of the city: how many live in each kelurahan, how many of them must hold a KTP, and who was recorded for one.

The total is the decree's of 2025 and the voters are published; how people are spread, and where they move to, is simulated.
The old town loses people to the plain in the north and east, which is younger and further behind with the KTP.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from demo_city.causes.chance import apportion, rng
from demo_city.causes.published import VOTERS_2020
from demo_city.causes.regions import all_kelurahan

TOTAL, DECREED, GROWTH = 946_982, 2025, 0.006


@dataclass(frozen=True)
class Traits:
    """How a kecamatan differs: share of those who must hold a KTP, growth in a year, share of them recorded in 2024."""

    wajib: float
    growth: float
    recorded: float


TRAITS = {
    "13.71.01": Traits(0.738, -0.001, 0.935),
    "13.71.02": Traits(0.753, -0.004, 0.972),
    "13.71.03": Traits(0.760, -0.006, 0.981),
    "13.71.04": Traits(0.756, -0.003, 0.968),
    "13.71.05": Traits(0.716, 0.007, 0.872),
    "13.71.06": Traits(0.736, 0.005, 0.948),
    "13.71.07": Traits(0.730, 0.006, 0.921),
    "13.71.08": Traits(0.733, 0.010, 0.938),
    "13.71.09": Traits(0.734, 0.011, 0.959),
    "13.71.10": Traits(0.746, 0.000, 0.976),
    "13.71.11": Traits(0.724, 0.015, 0.897),
}
RECORDED_A_YEAR = 0.007  # by which the share of recorded people grows, until nobody but newcomers is left
MOST_RECORDED = 0.995
RIPENING = 0.0012  # by which the share of those who must hold a KTP grows in a year


def years_since_decree(semester: datetime) -> float:
    return semester.year + (semester.month - 1) / 12 - DECREED


@lru_cache(maxsize=16)
def population(seed: int, semester: datetime) -> Mapping[str, int]:
    """People per kelurahan at the beginning of a semester."""
    years = years_since_decree(semester)
    weights = {place.kode: _weight(seed, place.kode, years, semester) for place in all_kelurahan()}
    return apportion(round(TOTAL * (1 + GROWTH) ** years), weights)


def _weight(seed: int, kode: str, years: float, semester: datetime) -> float:
    """What lives there in 2025 by its kecamatan's voters, grown since; no two semesters are alike."""
    kecamatan = kode[:8]
    traits, chance = TRAITS[kecamatan], rng(seed, "penduduk", kode)
    size = chance.uniform(0.5, 1.8) / _sizes(seed)[kecamatan]
    growth = traits.growth + chance.gauss(0, 0.003)
    mood = rng(seed, "penduduk", kode, semester).uniform(-0.0012, 0.0012)
    return VOTERS_2020[kecamatan] / traits.wajib * size * (math.pow(1 + growth, years) + mood)


@lru_cache(maxsize=4)
def _sizes(seed: int) -> Mapping[str, float]:
    """The sizes drawn for the kelurahan of each kecamatan, summed."""
    found: dict[str, float] = {}
    for place in all_kelurahan():
        drawn = rng(seed, "penduduk", place.kode).uniform(0.5, 1.8)
        found[place.kode_kecamatan] = found.get(place.kode_kecamatan, 0.0) + drawn
    return found


def wajib_share(seed: int, kode: str, semester: datetime) -> float:
    """The share of a kelurahan's people who must hold a KTP: 17 years old, or married."""
    share = TRAITS[kode[:8]].wajib * rng(seed, "wajib ktp", kode).uniform(0.988, 1.012)
    return share + RIPENING * years_since_decree(semester)


@lru_cache(maxsize=16)
def wajib_ktp(seed: int, semester: datetime) -> Mapping[str, int]:
    """People per kelurahan who must hold a KTP at the beginning of a semester."""
    people = population(seed, semester)
    return {kode: round(count * wajib_share(seed, kode, semester)) for kode, count in people.items()}


def recorded_share(seed: int, kode: str, semester: datetime) -> float:
    """The share of those who have been recorded: it grows, faster where much is missing, but not in every semester."""
    begun = TRAITS[kode[:8]].recorded + rng(seed, "perekaman", kode).gauss(0, 0.012)
    missing = 1 - min(begun, MOST_RECORDED)
    passed = max(0.0, years_since_decree(semester) + 1) * RECORDED_A_YEAR / 0.06
    stumble = rng(seed, "perekaman", kode, semester).gauss(0, 0.0025)
    return max(0.5, min(MOST_RECORDED, 1 - missing * (1 - min(0.9, passed)) + stumble))
