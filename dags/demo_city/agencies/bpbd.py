"""Reports of citizens about disasters in Sumatera Barat, as PetaBencana's server gives them. Simulated, people invented.

In Padang people report the city's common events: water most of all, then wind, quakes and fires. The rest is from next door.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from random import Random
from typing import Any, NamedTuple

from command_center.settings import WIB

from demo_city.agencies.damkar import kebakaran
from demo_city.answer import Answer, json_answer
from demo_city.ask import Question
from demo_city.causes.chance import pick, poisson, rng
from demo_city.causes.kalender import days
from demo_city.causes.peristiwa import ANGIN, BANJIR, GENANGAN, POHON_TUMBANG, gempa_terasa, peristiwa
from demo_city.causes.regions import Kelurahan, all_kelurahan
from demo_city.office import Office, by_question

PATH = "reports"
ELSEWHERE_A_DAY = 2.2
USUAL_S, LONGEST_S = 3_600, 604_800
DEPTHS_CM = (10, 30, 50, 70, 100, 150)  # what the form offers
AFTER_QUAKE = {3: 1.0, 4: 6.0, 5: 20.0}  # reports, by intensity
FIRE_REPORTED = 0.15
KINDS = {"flood": 10, "wind": 4, "fire": 2, "earthquake": 1, "haze": 1}
CHANNELS = {"grasp": 12, "qlue": 2, "detik": 1}
PEOPLE = ("Rina Rekaan", "Budi Contohwan", "Sari Simulasi", "Andi Fiktifa")
OUT_OF_TOWN = ("1306", "Lubuk Alung", -0.63, 100.27)
Report = dict[str, Any]


class Seen(NamedTuple):
    """What somebody saw; `kelurahan` is None outside of the city."""

    at: datetime
    kind: str
    kelurahan: Kelurahan | None
    depth_cm: int = 0


def answer(path: str, asked: Question, seed: int, now: datetime) -> Answer | None:
    """The reports of ?timeperiod= seconds, as TopoJSON unless ?geoformat=geojson; None for another path."""
    if path != PATH:
        return None
    moment = now.astimezone(UTC)
    seconds = min(LONGEST_S, max(1, asked.number("timeperiod", USUAL_S)))
    found = reports(seed, moment, moment - timedelta(seconds=seconds))
    as_geojson = asked.query.get("geoformat") == "geojson"
    content = {"statusCode": 200, "result": _geojson(found) if as_geojson else _topojson(found)}
    changed = moment.replace(minute=moment.minute // 10 * 10, second=0, microsecond=0)
    return json_answer(content, modified=changed)


def reports(seed: int, now: datetime, since: datetime) -> list[Report]:
    """The reports after `since`, newest first."""
    first = since.astimezone(WIB).date() - timedelta(days=1)  # of an event before midnight people report after it
    found = (report for day in days(first, now.astimezone(WIB).date()) for report in _of_day(seed, day))
    return sorted((one for one in found if since < one["at"] <= now), key=lambda one: one["at"], reverse=True)


@lru_cache(maxsize=64)
def _of_day(seed: int, day: date) -> tuple[Report, ...]:
    """A day's reports; it is drawn as a whole, so that their numbers stay."""
    seen = [*_of_events(seed, day), *_of_quakes(seed, day), *_of_fires(seed, day), *_of_elsewhere(seed, day)]
    seen.sort(key=lambda one: (one.at, one.kind))
    chance = rng(seed, "petabencana", day)
    return tuple(_report(chance, one, day.toordinal() * 1000 + number) for number, one in enumerate(seen))


def _of_events(seed: int, day: date) -> Iterator[Seen]:
    """The deeper the water, the more people send a picture."""
    for event in peristiwa(seed, day):
        chance = rng(seed, "petabencana peristiwa", event.id)
        is_water = event.jenis in (GENANGAN, BANJIR)
        wind = {POHON_TUMBANG: 0.12 * event.parah, ANGIN: 1.2}
        mean = 0.4 + event.parah / 20 if is_water else wind.get(event.jenis, 0.0)
        lasts = min(timedelta(hours=3), event.selesai - event.mulai)
        for _ in range(poisson(chance, mean)):
            at = event.mulai + lasts * chance.random() + timedelta(milliseconds=chance.randrange(1000))
            depth = round(event.parah * chance.uniform(0.7, 1.3)) if is_water else 0
            yield Seen(at, "flood" if is_water else "wind", event.kelurahan, depth)


def _of_quakes(seed: int, day: date) -> Iterator[Seen]:
    for number, quake in enumerate(gempa_terasa(seed, day)):
        chance = rng(seed, "petabencana gempa", day, number)
        for _ in range(poisson(chance, AFTER_QUAKE.get(quake.mmi, 0.0))):
            at = quake.at + timedelta(seconds=chance.randrange(30, 5400))
            yield Seen(at, "earthquake", chance.choice(all_kelurahan()))


def _of_fires(seed: int, day: date) -> Iterator[Seen]:
    places = {place.kode: place for place in all_kelurahan()}
    for at, kode in kebakaran(seed, day.year, day.month):
        if at.date() == day and kode in places:
            chance = rng(seed, "petabencana kebakaran", at)
            if chance.random() < FIRE_REPORTED:
                yield Seen(at.replace(tzinfo=WIB) + timedelta(seconds=chance.randrange(1800)), "fire", places[kode])


def _of_elsewhere(seed: int, day: date) -> Iterator[Seen]:
    chance = rng(seed, "petabencana tetangga", day)
    for _ in range(poisson(chance, ELSEWHERE_A_DAY)):
        at = datetime.combine(day, time(), WIB) + timedelta(milliseconds=chance.randrange(86_400_000))
        yield Seen(at, pick(chance, KINDS), None, chance.choice(DEPTHS_CM))


def _report(chance: Random, seen: Seen, number: int) -> Report:
    region, where, lat, lon = OUT_OF_TOWN
    if seen.kelurahan:
        region, where = "1371", seen.kelurahan.nama
        lat, lon = seen.kelurahan.point(chance)
    at = seen.at.astimezone(UTC)
    phone = f"08{chance.randrange(10**9, 10**10)}"
    return {
        "at": at,
        "point": [round(lon, 6), round(lat, 6)],
        "properties": {
            "pkey": str(number),
            "created_at": f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03}Z",
            "source": pick(chance, CHANNELS),
            "status": "confirmed",
            "url": f"warga/{number:x}",
            "image_url": f"https://foto.petabencana.invalid/{number}.jpg" if chance.random() < 0.4 else None,
            "disaster_type": seen.kind,
            "report_data": _details(seen),
            "tags": {
                "district_id": None,
                "region_code": region,
                "local_area_id": None,
                "instance_region_code": "ID-SB",
            },
            "title": None,
            "text": f"Mohon bantuan di {where}. Hubungi {chance.choice(PEOPLE)}, {phone}",
            "partner_code": None,
            "partner_icon": None,
        },
    }


def _details(seen: Seen) -> dict[str, Any] | None:
    if seen.kind == "flood":
        nearest = min(DEPTHS_CM, key=lambda depth: abs(depth - seen.depth_cm))
        return {"report_type": "flood", "flood_depth": nearest}
    return {"report_type": seen.kind} if seen.kind in ("wind", "fire") else None


def _geojson(found: list[Report]) -> dict[str, Any]:
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": report["point"]},
            "properties": report["properties"],
        }
        for report in found
    ]
    return {"type": "FeatureCollection", "features": features}


def _topojson(found: list[Report]) -> dict[str, Any]:
    """Points as whole steps of a millionth of a degree from the south-west corner."""
    west = min((report["point"][0] for report in found), default=0.0)
    south = min((report["point"][1] for report in found), default=0.0)
    geometries = [
        {
            "type": "Point",
            "properties": report["properties"],
            "coordinates": [round((report["point"][0] - west) * 1e6), round((report["point"][1] - south) * 1e6)],
        }
        for report in found
    ]
    transform = {"scale": [0.000001, 0.000001], "translate": [west, south]}
    output = {"type": "GeometryCollection", "geometries": geometries}
    return {"type": "Topology", "objects": {"output": output}, "arcs": [], "transform": transform}


OFFICE = Office(
    "bpbd", ("bpbd_petabencana",), by_question(answer), seen=(f"{PATH}?timeperiod=604800&geoformat=geojson",)
)
