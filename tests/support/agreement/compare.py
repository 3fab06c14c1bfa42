"""mart.indikator beside the same indicators computed on raw: each kecamatan and the city, for what a seed chooses."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import psycopg
from command_center.settings import CITY_CODE
from command_center.wilayah import kecamatan_codes

from tests.support.agreement.raw import Figures, Raw
from tests.support.agreement.raw_sql import OFTEN_UNTOLD, QUERIES

TOLERANCE = Decimal("0.0001")  # the mart keeps four decimals


@dataclass(frozen=True)
class Choice:
    indicators: list[str]
    months: list[date]


def choose(seed: int, months: list[date], indicators: int = 20, of_months: int = 3) -> Choice:
    chance = random.Random(seed)
    return Choice(chance.sample(sorted(QUERIES), indicators), sorted(chance.sample(months, of_months)))


def months_of(connection: psycopg.Connection[Any]) -> list[date]:
    """Complete months that every one of these indicators has, but for those that are seldom told of every event."""
    told = sorted(QUERIES.keys() - OFTEN_UNTOLD)
    rows = connection.execute(
        """
        select periode_mulai from mart.indikator
        where periode_jenis = 'bulan' and indikator_kode = any(%s) and wilayah_tingkat = 'kecamatan' and not is_sementara
        group by periode_mulai having count(distinct indikator_kode) = %s order by 1
        """,
        [told, len(told)],
    ).fetchall()
    return [row[0] for row in rows]


def by_mart(connection: psycopg.Connection[Any], kode: str) -> Figures:
    rows = connection.execute(
        "select wilayah_kode, periode_mulai, nilai from mart.indikator where indikator_kode = %s and wilayah_tingkat in ('kota', 'kecamatan')",
        [kode],
    ).fetchall()
    return {(place, month): value for place, month, value in rows}


def differences(connection: psycopg.Connection[Any], raw: Raw, choice: Choice) -> list[str]:
    """One sentence per figure that is not the same."""
    found = []
    for kode in choice.indicators:
        mart = by_mart(connection, kode)
        for place in (CITY_CODE, *kecamatan_codes()):
            for month in choice.months:
                there, here = mart.get((place, month)), raw.value(kode, place, month)
                if (here is None) != (there is None) or (
                    here is not None and there is not None and abs(here - there) > TOLERANCE
                ):
                    found.append(f"{kode} of {place} in {month:%Y-%m}: the mart has {there}, raw gives {here}")
    return found
