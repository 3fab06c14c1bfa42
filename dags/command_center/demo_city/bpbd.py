"""Reports of citizens about disasters in Sumatera Barat, as PetaBencana's server gives them. Simulated, people invented."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from random import Random
from typing import Any

from command_center.demo_city.answer import Answer, json_answer
from command_center.demo_city.ask import Question
from command_center.demo_city.chance import pick, poisson, rng
from command_center.demo_city.regions import all_kelurahan

PATH = "reports"
PER_HOUR = 0.25
USUAL_S, LONGEST_S = 3_600, 604_800
KINDS = {"flood": 10, "wind": 4, "fire": 2, "earthquake": 1, "haze": 1}
CHANNELS = {"grasp": 12, "qlue": 2, "detik": 1}
PEOPLE = ("Rina Rekaan", "Budi Contohwan", "Sari Simulasi", "Andi Fiktifa")
OUT_OF_TOWN = ("1306", -0.63, 100.27)  # one report in ten is from the next regency
Report = dict[str, Any]


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
    hour = now.replace(minute=0, second=0, microsecond=0)
    found: list[Report] = []
    while hour + timedelta(hours=1) > since:
        found += [report for report in reversed(_of_hour(seed, hour)) if since < report["at"] <= now]
        hour -= timedelta(hours=1)
    return found


@lru_cache(maxsize=4096)
def _of_hour(seed: int, hour: datetime) -> tuple[Report, ...]:
    chance = rng(seed, "petabencana", hour)
    first = int(hour.timestamp()) // 3600 * 10
    made = [_report(chance, hour, first + place) for place in range(poisson(chance, PER_HOUR))]
    return tuple(sorted(made, key=lambda report: report["at"]))


def _report(chance: Random, hour: datetime, number: int) -> Report:
    at = hour + timedelta(seconds=chance.randrange(3600), milliseconds=chance.randrange(1000))
    place = chance.choice(all_kelurahan())
    lat, lon = place.point(chance)
    region, where = "1371", place.nama
    if chance.random() < 0.1:
        region, lat, lon = OUT_OF_TOWN
        where = "Lubuk Alung"
    kind = pick(chance, KINDS)
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
            "disaster_type": kind,
            "report_data": _details(chance, kind),
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


def _details(chance: Random, kind: str) -> dict[str, Any] | None:
    if kind == "flood":
        return {"report_type": "flood", "flood_depth": chance.choice((10, 30, 50, 70, 100, 150))}
    return {"report_type": kind} if kind in ("wind", "fire") else None


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
