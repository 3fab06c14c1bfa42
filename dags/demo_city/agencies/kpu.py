"""KPU's election files of 2024: regions, candidate pairs and a count that grows to the published figures."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from command_center.settings import WIB

from demo_city.answer import ALL, NOTHING, XML, Answer, json_answer
from demo_city.causes.chance import apportion, rng
from demo_city.causes.published import (
    CITY_AT,
    GOVERNOR_CITY,
    GOVERNOR_PAIRS,
    GOVERNOR_PROVINCE,
    MAYOR_AT,
    MAYOR_PAIRS,
    MAYOR_VOTES,
    PAIRS_TS,
    PROVINCE_AT,
    Pair,
    Region,
)
from demo_city.clock import ELECTION_START
from demo_city.office import Office, by_path

PADANG = "1371"
SPLIT = "tungsura.table"
PUBLISHED_TS = "%Y-%m-%d %H:%M:%S"
NEVER_ALL = 0.9966  # the web count stood still at 1482 of 1487 TPS; only the recapitulation completes it


@dataclass(frozen=True)
class Count:
    """The state of one region's count: votes per pair, TPS in all and TPS reported."""

    votes: Mapping[str, int]
    tps: int
    reported: int


Table = dict[str, Count]


def answer(path: str, seed: int, now: datetime) -> Answer | None:
    """The answer to a path of the election system's storage at that moment of the count, None for an unknown path."""
    if path in FILES:
        return FILES[path]
    if path == "pilkada/hhcw/pkwkp/13.json":
        return governor_province(seed, _tick(now, PROVINCE_AT))
    if path == "pilkada/hhcw/pkwkp/13/1371.json":
        return governor_city(seed, _tick(now, CITY_AT))
    if path == "pilkada/hhcw/pkwkk/13.json":
        return mayor_province(seed, _tick(now, MAYOR_AT))
    if path == "pilkada/hhcw/pkwkk/13/1371.json":
        return mayor_city(seed, _tick(now, MAYOR_AT))
    return None


def found_or_missing(path: str, seed: int, now: datetime) -> Answer:
    return answer(path, seed, now) or missing(path)


def missing(path: str) -> Answer:
    """What object storage answers when there is no such file."""
    body = (
        "<?xml version='1.0' encoding='UTF-8'?><Error><Code>NoSuchKey</Code>"
        f"<Message>The specified key does not exist.</Message><Details>No such object: {path}</Details></Error>"
    )
    return Answer(body.encode(), XML, status=404)


@lru_cache(maxsize=256)
def governor_city(seed: int, moment: datetime) -> Answer:
    """Governor per kecamatan of Kota Padang; really published from 2024-11-28 07:15 on."""
    table = governor_city_table(seed, moment)
    return _count_file(table, _sum(table), moment, NOTHING if moment >= CITY_AT else ALL)


@lru_cache(maxsize=256)
def governor_province(seed: int, moment: datetime) -> Answer:
    """Governor per kabupaten and kota of Sumatera Barat; really published from 2024-11-28 10:15:04 on."""
    final = {code: _published(region) for code, region in GOVERNOR_PROVINCE.items()}
    table = {code: _grown(count, seed, code, moment, PROVINCE_AT) for code, count in final.items()}
    table[PADANG] = _sum(governor_city_table(seed, min(moment, CITY_AT)))
    return _count_file(table, _sum(table), moment, NOTHING if moment >= PROVINCE_AT else ALL)


@lru_cache(maxsize=256)
def mayor_city(seed: int, moment: datetime) -> Answer:
    """Mayor; the city's total is real from 2024-12-06 on, its split per kecamatan was never published."""
    table = mayor_city_table(seed, moment)
    return _count_file(table, _sum(table), moment, SPLIT if moment >= MAYOR_AT else ALL)


@lru_cache(maxsize=256)
def mayor_province(seed: int, moment: datetime) -> Answer:
    """Elections of mayors and regents: every region has its own pairs, so this level shows progress only."""
    final = {code: Count({}, region.tps, region.tps) for code, region in GOVERNOR_PROVINCE.items()}
    table = {code: _grown(count, seed, "wali" + code, moment, MAYOR_AT) for code, count in final.items()}
    city = _sum(mayor_city_table(seed, moment))
    table[PADANG] = Count({}, city.tps, city.reported)
    return _count_file(table, _sum(table), moment, ALL)


def governor_city_table(seed: int, moment: datetime) -> Table:
    return {code: _grown(_published(region), seed, code, moment, CITY_AT) for code, region in GOVERNOR_CITY.items()}


def mayor_city_table(seed: int, moment: datetime) -> Table:
    final = mayor_split(seed)
    return {code: _grown(count, seed, "wali" + code, moment, MAYOR_AT) for code, count in final.items()}


@lru_cache(maxsize=8)
def mayor_split(seed: int) -> Table:
    """The simulated split of the mayor's official result: like the governor's turnout, give or take a few per cent."""
    split: dict[str, dict[str, int]] = {code: {} for code in GOVERNOR_CITY}
    for pair, votes in MAYOR_VOTES.items():
        chance = rng(seed, "kpu", "wali-kota", pair)
        weights = {code: sum(region.votes) * chance.uniform(0.92, 1.08) for code, region in GOVERNOR_CITY.items()}
        for code, share in apportion(votes, weights).items():
            split[code][pair] = share
    return {code: Count(split[code], region.tps, region.tps) for code, region in GOVERNOR_CITY.items()}


def _published(region: Region) -> Count:
    return Count(dict(zip(GOVERNOR_PAIRS, region.votes, strict=True)), region.tps, region.reported)


def _tick(now: datetime, published_at: datetime) -> datetime:
    """The moment of the last refresh: a quarter of an hour, or the moment of publication."""
    local = now.astimezone(WIB)
    if local >= published_at:
        return published_at
    return local.replace(minute=local.minute // 15 * 15, second=0, microsecond=0)


def _grown(final: Count, seed: int, code: str, moment: datetime, end: datetime) -> Count:
    """How far a region's count is; never falling, never above the final count, equal to it from `end` on."""
    if moment >= end:
        return final
    chance = rng(seed, "kpu", "laju", code)
    passed = max(0.0, (moment - ELECTION_START).total_seconds() / 3600)
    share = NEVER_ALL * (1 - math.exp(-((passed / chance.uniform(6.0, 8.5)) ** chance.uniform(1.6, 2.0))))
    reported = math.floor(final.reported * share)
    leaning = {pair: chance.uniform(0.97, 1.03) for pair in final.votes}
    progress = reported / final.reported
    return Count(
        {pair: math.floor(votes * progress ** leaning[pair]) for pair, votes in final.votes.items()},
        final.tps,
        reported,
    )


def _sum(table: Table) -> Count:
    counts = list(table.values())
    votes = {pair: sum(count.votes[pair] for count in counts) for pair in counts[0].votes}
    return Count(votes, sum(count.tps for count in counts), sum(count.reported for count in counts))


def _count_file(table: Table, chart: Count, moment: datetime, simulated: str) -> Answer:
    content = {
        "mode": "hhcw",
        "tungsura": {
            "chart": {**chart.votes, "progres": _progress(chart)},
            "table": {code: _row(count) for code, count in table.items()},
        },
        "psu": "Reguler",
        "progres": {"total": chart.tps, "progres": chart.reported},
        "ts": moment.strftime(PUBLISHED_TS),
    }
    return json_answer(content, simulated, moment)


def _row(count: Count) -> dict[str, Any]:
    return {"psu": "Reguler", **count.votes, "progres": _progress(count), "status_progress": count.reported > 0}


def _progress(count: Count) -> dict[str, int | float]:
    return {"total": count.tps, "persen": round(count.reported / count.tps * 100, 2), "progres": count.reported}


def _regions(regions: Mapping[str, Region], level: int, simulated: str) -> Answer:
    """A region file, ordered by name as the real one."""
    rows = [
        {"nama": region.nama, "id": region.kpu_id, "kode": code, "tingkat": level} for code, region in regions.items()
    ]
    return json_answer(sorted(rows, key=lambda row: str(row["nama"])), simulated, ELECTION_START)


def _pairs(code: str, pairs: Mapping[str, Pair]) -> Answer:
    entries = {
        number: {"ts": PAIRS_TS, "nama": pair.nama, "warna": pair.warna, "nomor_urut": pair.nomor_urut}
        for number, pair in pairs.items()
    }
    return json_answer({code: entries}, NOTHING, ELECTION_START)


# KPU's own number of the province is not known: that file, like the kecamatan's, is marked simulated.
SUMATERA_BARAT = Region("SUMATERA BARAT", 191180, (), 10846, 0)
FILES: dict[str, Answer] = {
    "pilkada/paslon/pkwkp.json": _pairs("13", GOVERNOR_PAIRS),
    "pilkada/paslon/pkwkk.json": _pairs(PADANG, MAYOR_PAIRS),
} | {
    f"wilayah/pilkada/{election}/{path}": regions
    for election in ("pkwkp", "pkwkk")
    for path, regions in {
        "0.json": _regions({"13": SUMATERA_BARAT}, 1, ALL),
        "13.json": _regions(GOVERNOR_PROVINCE, 2, NOTHING),
        "13/1371.json": _regions(GOVERNOR_CITY, 3, ALL),
    }.items()
}


COUNTS = tuple(
    f"pilkada/hhcw/{election}/{place}.json" for election in ("pkwkp", "pkwkk") for place in ("13", "13/1371")
)
OFFICE = Office("kpu", ("kpu_sirekap",), by_path(found_or_missing), seen=(*FILES, *COUNTS))
