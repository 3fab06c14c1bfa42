"""The rain of the city, hour by hour and kecamatan by kecamatan: the common cause behind much that others report. Simulated."""

from __future__ import annotations

import math
from datetime import date, timedelta
from functools import lru_cache

from demo_city.causes.chance import rng

# Millimetres of a usual month and its days with rain: wet all year, most in October to December. Rounded climate, ASSUMED.
MONTHLY_MM = (330, 240, 320, 370, 290, 230, 250, 290, 350, 480, 520, 450)
RAINY_DAYS = (15, 12, 15, 17, 14, 11, 12, 14, 17, 21, 22, 20)
# The hills of Bukit Barisan are wetter than the shore
WETNESS = {
    "13.71.01": 0.95, "13.71.02": 0.97, "13.71.03": 0.92, "13.71.04": 0.94, "13.71.05": 1.05, "13.71.06": 1.02,
    "13.71.07": 1.22, "13.71.08": 1.2, "13.71.09": 1.08, "13.71.10": 0.98, "13.71.11": 1.04,
}  # fmt: skip
STARTS = (2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 2, 3, 4, 6, 9, 11, 12, 11, 9, 7, 5, 4, 3, 2)  # in which hour rain sets in
HEAVY, VERY_HEAVY = 50.0, 100.0  # BMKG: lebat and sangat lebat, millimetres in a day


@lru_cache(maxsize=2000)
def hujan_harian(seed: int, day: date) -> dict[str, float]:
    """Millimetres of the day per kecamatan."""
    return {kecamatan: round(sum(hours), 1) for kecamatan, hours in hujan_jam(seed, day).items()}


@lru_cache(maxsize=2000)
def hujan_jam(seed: int, day: date) -> dict[str, tuple[float, ...]]:
    """Millimetres in each of the 24 hours (WIB) of the day, per kecamatan."""
    chance = rng(seed, "hujan", day)
    amount, start, hours = _day(seed, day)
    if not amount:
        return dict.fromkeys(WETNESS, (0.0,) * 24)
    shape = [math.exp(-((hour - hours / 3) ** 2) / (hours / 1.6) ** 2) for hour in range(hours)]
    found = {}
    for kecamatan, wetness in WETNESS.items():
        local = amount * wetness * chance.lognormvariate(-0.06, 0.35)
        shift = chance.choice((-1, 0, 0, 0, 1))
        rain = [0.0] * 24
        for hour, weight in enumerate(shape):
            at = start + shift + hour
            if 0 <= at < 24:
                rain[at] = round(local * weight / sum(shape), 1)
        found[kecamatan] = tuple(rain)
    return found


def _day(seed: int, day: date) -> tuple[float, int, int]:
    """Millimetres over the city, first hour and number of hours; wet weeks and dry weeks take turns."""
    chance = rng(seed, "hari hujan", day)
    month = day.month - 1
    likely = min(0.95, RAINY_DAYS[month] / 30.4 * _spell(seed, day))
    if chance.random() > likely:
        return 0.0, 0, 0
    mean = MONTHLY_MM[month] / RAINY_DAYS[month]
    amount = chance.gammavariate(0.75, mean / 0.75)
    start = chance.choices(range(24), STARTS)[0]
    return amount, start, min(12, 2 + round(amount / 14) + chance.randrange(3))


def _spell(seed: int, day: date) -> float:
    """Between 0,5 and 1,5: a slow wave of wet and dry weeks."""
    week, inside = divmod(day.toordinal(), 9)
    before, after = (rng(seed, "musim", number).uniform(0.5, 1.5) for number in (week, week + 1))
    return before + (after - before) * inside / 9


def hujan_tertinggi(seed: int, day: date) -> float:
    """Millimetres in the wettest hour of the wettest kecamatan."""
    return max(max(hours) for hours in hujan_jam(seed, day).values())


def is_wet(seed: int, kecamatan: str, day: date, hour: int) -> bool:
    """Whether at least one millimetre fell in that hour."""
    return hujan_jam(seed, day)[kecamatan][hour] >= 1.0


def hujan_pekan(seed: int, kecamatan: str, day: date) -> float:
    """Millimetres of the seven days before; what mosquitoes and slopes remember."""
    return sum(sum(hujan_jam(seed, day - timedelta(days=back))[kecamatan]) for back in range(1, 8))
