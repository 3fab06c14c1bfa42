"""Running months of mart.indikator beside the same days of the month before, counted on raw by what the ledger says is covered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import psycopg
from command_center.settings import CITY_CODE, TIME_ZONE
from command_center.wilayah import kecamatan_codes

from tests.support.agreement.compare import TOLERANCE
from tests.support.agreement.raw import Raw
from tests.support.agreement.raw_sql import REGISTERS, SAME_DAYS


@dataclass(frozen=True)
class Days:
    """A running month, the month before it, and until when that one counts."""

    running: date
    before: date
    until: datetime


def days_of(end: datetime) -> Days | None:
    """By where the content ends, on the city's clock; none where it ends with a month."""
    running = datetime(end.year, end.month, 1)
    if end == running:
        return None
    before = (running - timedelta(days=1)).replace(day=1)
    return Days(running.date(), before.date(), min(before + (end - running), running))


def end_of_content(connection: psycopg.Connection[Any], source: str) -> datetime:
    [(end,)] = connection.execute(
        "select max(data_as_of) at time zone %s from ops.coverage where source = %s", [TIME_ZONE, source]
    ).fetchall()
    assert isinstance(end, datetime), source
    return end


def by_mart(connection: psycopg.Connection[Any], kode: str) -> dict[tuple[str, date], tuple[Any, ...]]:
    """What stands there of the same days: value then, difference, value of the running month."""
    rows = connection.execute(
        """
        select wilayah_kode, periode_mulai, nilai_hari_sama_sebelumnya, perubahan_hari_sama, nilai from mart.indikator
        where indikator_kode = %s and wilayah_tingkat in ('kota', 'kecamatan') and nilai_hari_sama_sebelumnya is not null
        """,
        [kode],
    ).fetchall()
    return {(place, month): told for place, month, *told in rows}


def differences(connection: psycopg.Connection[Any], raw: Raw, kode: str) -> list[str]:
    """One sentence per figure that is not the same."""
    days = days_of(end_of_content(connection, SAME_DAYS[kode][0]))
    mart = by_mart(connection, kode)
    found = [
        f"{kode} of {place} in {month:%Y-%m} does not run" for place, month in mart if not days or month != days.running
    ]
    if days is None:
        return found
    absent = Decimal(0) if kode in REGISTERS else None
    for place in (CITY_CODE, *kecamatan_codes()):
        figures = raw.until(kode, days.until, city=place == CITY_CODE)
        here = figures.get((place, days.before), absent)
        there, change, value = mart.get((place, days.running), (None, None, None))
        if (here is None) != (there is None) or (here is not None and abs(here - there) > TOLERANCE):
            found.append(f"{kode} of {place} until {days.until}: the mart has {there}, raw gives {here}")
        elif there is not None and value is not None and change != value - there:
            found.append(f"{kode} of {place}: {value} less {there} is not {change}")
    return found
