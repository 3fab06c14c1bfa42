"""BMKG's three earthquake lists: rolling, all values as text, no identifier. Every quake here is simulated."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from random import Random
from typing import Any

from command_center.settings import WIB

from demo_city.answer import Answer, json_answer
from demo_city.causes.chance import rng
from demo_city.causes.gempa import PLACES, Quake, felt, strong
from demo_city.office import Office, always, by_path

LENGTH = 15


REPEATED = 0.25  # share of hours in which one entry of a list stands there twice


LEFT_OVER = 0.15  # share of days on which an old entry is left over at the end of gempaterkini


MONTHS = ("Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des")


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
    quake = max(_latest(seed, hour, 1, felt) + _latest(seed, hour, 1, strong), key=lambda quake: quake.at)
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
    quakes = _latest(seed, hour, LENGTH, strong)
    if rng(seed, "bmkg", "sisa", hour.astimezone(WIB).date()).random() < LEFT_OVER:
        quakes[-1] = OLD_POTENTIAL
    entries = [_common(quake) | {"Wilayah": _short(quake), "Potensi": quake.potensi} for quake in quakes]
    return _payload(_with_repetition(entries, rng(seed, "bmkg", "ganda-kuat", hour)), hour)


@lru_cache(maxsize=16)
def gempadirasakan(seed: int, hour: datetime) -> Answer:
    """The last 15 quakes that people felt: with where, without potential and shake map."""
    quakes = _latest(seed, hour, LENGTH, felt)
    entries = [_common(quake) | {"Wilayah": _sentence(quake), "Dirasakan": quake.dirasakan} for quake in quakes]
    return _payload(_with_repetition(entries, rng(seed, "bmkg", "ganda-rasa", hour)), hour)


FEEDS: dict[str, Callable[[int, datetime], Answer]] = {
    "autogempa.json": autogempa,
    "gempaterkini.json": gempaterkini,
    "gempadirasakan.json": gempadirasakan,
}


def latest_strong(seed: int, hour: datetime, count: int) -> list[Quake]:
    """The last quakes of magnitude 5 and more before the hour, newest first."""
    return _latest(seed, hour, count, strong)


def latest_felt(seed: int, hour: datetime, count: int) -> list[Quake]:
    """The last quakes before the hour that people felt, newest first."""
    return _latest(seed, hour, count, felt)


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
