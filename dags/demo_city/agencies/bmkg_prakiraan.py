"""BMKG's forecast of one kelurahan: three days in steps of three hours, renewed twice a day. Simulated."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from functools import cache
from random import Random
from typing import Any

from command_center.settings import WIB
from command_center.wilayah import wilayah

from demo_city.answer import Answer, json_answer
from demo_city.ask import Question, refused
from demo_city.causes.chance import pick, rng
from demo_city.causes.regions import Kelurahan, all_kelurahan
from demo_city.office import Office, by_question

PATH = "prakiraan-cuaca"
SHOWN = "13.71.01.1001"  # the kelurahan of the front page
STEP = timedelta(hours=3)
DAYS = 3
COMPASS = ("N", "NE", "E", "SE", "S", "SW", "W", "NW")
# Description, English, code, millimetres in three hours, cloud, and how often by day and by night
WEATHER = {
    ("Cerah", "Sunny", 0, 0.0, 8): (2, 2),
    ("Cerah Berawan", "Partly Cloudy", 1, 0.0, 45): (7, 4),
    ("Berawan", "Mostly Cloudy", 3, 0.0, 92): (6, 7),
    ("Udara Kabur", "Haze", 10, 0.0, 60): (1, 2),
    ("Hujan Ringan", "Light Rain", 61, 2.5, 98): (4, 6),
    ("Hujan Sedang", "Moderate Rain", 63, 11.0, 100): (1, 2),
    ("Hujan Petir", "Thunderstorm", 95, 24.0, 100): (1, 1),
}


def answer(path: str, asked: Question, seed: int, now: datetime) -> Answer | None:
    """The forecast of ?adm4=, None for another path; a place that is not known is not found."""
    if path != PATH:
        return None
    place = _places().get(asked.query.get("adm4", ""))
    if place is None:
        return refused(404, "Data tidak ditemukan")
    utc = now.astimezone(UTC)
    issued = utc.replace(hour=utc.hour // 12 * 12, minute=0, second=0, microsecond=0)
    return json_answer(forecast(seed, place, issued), modified=issued)


def forecast(seed: int, place: Kelurahan, issued: datetime) -> dict[str, Any]:
    """The days are those of local time, so that the first is not whole."""
    place_names = _location(place)
    first = issued + 2 * STEP
    last = (issued.astimezone(WIB) + timedelta(days=DAYS)).replace(hour=0, minute=0)
    days: dict[str, list[dict[str, Any]]] = {}
    at = first
    while at.astimezone(WIB) < last:
        days.setdefault(f"{at.astimezone(WIB):%Y-%m-%d}", []).append(_slot(seed, place, at, issued))
        at += STEP
    inner = place_names | {"timezone": "+0700", "type": "adm4"}
    return {"lokasi": place_names, "data": [{"lokasi": inner, "cuaca": list(days.values())}]}


@cache
def _places() -> dict[str, Kelurahan]:
    return {place.kode: place for place in all_kelurahan()}


def _location(place: Kelurahan) -> dict[str, Any]:
    return {
        "adm1": place.kode[:2],
        "adm2": place.kode[:5],
        "adm3": place.kode_kecamatan,
        "adm4": place.kode,
        "provinsi": "Sumatera Barat",
        "kotkab": "Kota Padang",
        "kecamatan": wilayah()[place.kode_kecamatan].nama,
        "desa": place.nama,
        "lon": place.bujur,
        "lat": place.lintang,
        "timezone": "Asia/Jakarta",
    }


def _slot(seed: int, place: Kelurahan, at: datetime, issued: datetime) -> dict[str, Any]:
    """The weather is that of the kecamatan, temperature and wind are the kelurahan's own."""
    local = at.astimezone(WIB)
    name, english, code, rain, cloud = pick(
        rng(seed, "cuaca", place.kode_kecamatan, at), {kind: odds[_is_night(local)] for kind, odds in WEATHER.items()}
    )
    chance = rng(seed, "cuaca", place.kode, at)
    hours = round((at - issued).total_seconds() / 3600)
    heading = chance.randrange(360)
    seen = chance.randint(2_500, 16_000)
    return {
        "datetime": f"{at:%Y-%m-%dT%H:%M:%SZ}",
        "t": _temperature(chance, local.hour, rain),
        "tcc": cloud,
        "tp": round(rain * chance.uniform(0.4, 1.8), 1) if rain else 0,
        "weather": code,
        "weather_desc": name,
        "weather_desc_en": english,
        "wd_deg": heading,
        "wd": _compass(heading),
        "wd_to": _compass(heading + 180),
        "ws": round(chance.uniform(1.5, 16), 1),
        "hu": min(99, chance.randint(68, 84) + (12 if rain else 0)),
        "vs": seen,
        "vs_text": f"< {math.ceil(seen / 1000)} km" if seen < 10_000 else "> 10 km",
        "time_index": f"{hours - 1}-{hours}",
        "analysis_date": f"{issued:%Y-%m-%dT%H:%M:%S}",
        "image": f"https://cuaca.padang.invalid/ikon/{name.lower()}-{'pm' if _is_night(local) else 'am'}.svg",
        "utc_datetime": f"{at:%Y-%m-%d %H:%M:%S}",
        "local_datetime": f"{local:%Y-%m-%d %H:%M:%S}",
    }


def _is_night(local: datetime) -> bool:
    return not 6 <= local.hour < 18


def _temperature(chance: Random, hour: int, rain: float) -> int:
    """Warmest after noon, cooler in rain."""
    return round(26 + 4 * math.cos((hour - 13) / 24 * math.tau) - (1.5 if rain else 0) + chance.uniform(-0.8, 0.8))


def _compass(degrees: int) -> str:
    return COMPASS[round(degrees % 360 / 45) % 8]


OFFICE = Office("bmkg", ("bmkg_prakiraan",), by_question(answer), seen=(f"{PATH}?adm4={SHOWN}",))
