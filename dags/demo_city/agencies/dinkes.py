"""The health agency's weekly surveillance workbooks: one file per puskesmas, one sheet per year.

Cases follow the season and the weather: dengue the rain of five to eight weeks before, diarrhoea water in the streets.
Some weeks are never reported, others weeks after they ended; who neglects it once does so oftener.
"""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache, lru_cache

from command_center.paths import DBT_PROJECT
from command_center.settings import WIB

from demo_city.answer import XLSX, Answer
from demo_city.causes.chance import poisson, rng
from demo_city.causes.cuaca import hujan_harian
from demo_city.causes.peristiwa import BANJIR, GENANGAN, peristiwa
from demo_city.kept import kept
from demo_city.office import Office, always, by_path
from demo_city.xlsx import Cell, workbook_bytes

FIRST_YEAR = 2024
HEADER: tuple[Cell, ...] = ("Tahun", "Minggu Ke-", "Nama Penyakit", "Jumlah Kasus")
FILE_NAME = re.compile(r"^skdr_([a-z_]+)\.xlsx$")
USUAL_MM = 310.0  # rain of four weeks
# Known defects, as shares of a puskesmas' weeks: not reported at all, reported late, and one disease left out of a report
NEVER, LATE, LEFT_OUT = 0.03, 0.08, 0.012
LATEST_WEEKS = 3
DENGUE = "Suspek Dengue"

# Each puskesmas with the size of its area; 1 is an average one.
PUSKESMAS = {
    "air_dingin": 1.0,
    "air_tawar": 0.8,
    "alai": 0.8,
    "ambacang": 1.1,
    "anak_air": 0.9,
    "andalas": 1.6,
    "belimbing": 1.5,
    "bungus": 0.6,
    "dadok_tunggul_hitam": 0.9,
    "ikur_koto": 0.7,
    "kuranji": 0.9,
    "lapai": 0.6,
    "lubuk_begalung": 1.3,
    "lubuk_buaya": 1.7,
    "lubuk_kilangan": 1.2,
    "nanggalo": 0.9,
    "padang_pasir": 1.3,
    "pauh": 1.3,
    "pegambiran": 1.1,
    "pemancungan": 0.5,
    "rawang": 0.8,
    "seberang_padang": 0.6,
    "ulak_karang": 0.6,
}


@dataclass(frozen=True)
class Disease:
    """A disease as the agency writes it: mean weekly cases of an average puskesmas and how it moves in the year."""

    nama: str
    mean: float
    swing: float = 0.0
    peak_week: int = 1
    follows: str = ""


DISEASES = (
    Disease("Diare Akut", 8.4, 0.15, 8, "flood"),
    Disease("Malaria Konfirmasi", 0.01),
    Disease(DENGUE, 1.1, 0.55, 1, "mosquito"),
    Disease("Pnemonia", 2.2, 0.3, 4),
    Disease("Diare Berdarah/ Disentri", 0.12),
    Disease("Suspek Demam Tifoid", 0.8, 0.2, 12),
    Disease("Sindrom Jaundice Akut", 0.03),
    Disease("Suspek Campak", 0.2, 0.4, 16),
    Disease("ILI (Penyakit Serupa Influenza)", 14.0, 0.35, 50),
    Disease("Gigitan Hewan Penular Rabies", 0.5),
    Disease("Suspek HFMD", 0.3, 0.4, 20),
    Disease("ISPA", 58.0, 0.3, 50),
)


def answer(path: str, seed: int, now: datetime) -> Answer | None:
    """The workbook of one puskesmas as of the last complete week, None for an unknown path."""
    match = FILE_NAME.match(path)
    if match is None or match[1] not in PUSKESMAS:
        return None
    today = now.astimezone(WIB).date()
    return workbook(seed, match[1], last_complete_week(today))


@kept(maxsize=64)
def workbook(seed: int, puskesmas: str, saturday: date) -> Answer:
    """The workbook with every week that ended on or before that Saturday."""
    closed = datetime.combine(saturday + timedelta(days=1), time(), WIB)
    rows = list(cases(seed, puskesmas, saturday))
    years = sorted({int(row[0]) for row in rows}) or [FIRST_YEAR]
    sheets = {str(year): [HEADER, *(row for row in rows if row[0] == year)] for year in years}
    headers = {"Content-Disposition": f'attachment; filename="skdr_{puskesmas}.xlsx"'}
    return Answer(workbook_bytes(sheets, closed), XLSX, modified=closed, headers=headers)


def cases(seed: int, puskesmas: str, saturday: date) -> Iterator[tuple[Cell, ...]]:
    """Rows in the order of the real files: disease by disease, week by week, those weeks that have been reported."""
    reported = [one for one in weeks_until(saturday) if (at := reported_on(seed, puskesmas, *one)) and at <= saturday]
    for disease in DISEASES:
        for year, week in reported:
            if rng(seed, "skdr baris", puskesmas, disease.nama, year, week).random() >= LEFT_OUT:
                yield year, week, disease.nama, occurred(seed, puskesmas, disease.nama, year)[week - 1]


@lru_cache(maxsize=8000)
def reported_on(seed: int, puskesmas: str, year: int, week: int) -> date | None:
    """The Saturday on which a puskesmas has reported a week, None if it never does."""
    careless = rng(seed, "skdr lalai", puskesmas).uniform(0.2, 1.8)
    chance = rng(seed, "skdr lapor", puskesmas, year, week)
    drawn, saturday = chance.random() / careless, week_one(year) + timedelta(weeks=week, days=-1)
    if drawn < NEVER:
        return None
    return saturday + timedelta(weeks=chance.randint(1, LATEST_WEEKS) if drawn < NEVER + LATE else 0)


@lru_cache(maxsize=2000)
def occurred(seed: int, puskesmas: str, penyakit: str, year: int) -> tuple[int, ...]:
    """The cases of every week of a year, reported or not."""
    disease = next(one for one in DISEASES if one.nama == penyakit)
    chance, found = rng(seed, "skdr", puskesmas, penyakit, year), []
    for week in range(1, (week_one(year + 1) - week_one(year)).days // 7 + 1):
        sunday = week_one(year) + timedelta(weeks=week - 1)
        mean = disease.mean * PUSKESMAS[puskesmas] * _season(disease, year, week)
        found.append(poisson(chance, mean * _weather(seed, disease.follows, kecamatan_of()[puskesmas], sunday)))
    return tuple(found)


def suspects(seed: int, puskesmas: str, month: date) -> int:
    """Suspected dengue of the weeks whose Wednesday lies in a month."""
    next_month = (month + timedelta(days=31)).replace(day=1)
    wednesdays = (month + timedelta(days=(2 - month.weekday()) % 7 + 7 * number) for number in range(5))
    weeks = (epidemiological_week(day) for day in wednesdays if day < next_month)
    return sum(occurred(seed, puskesmas, DENGUE, year)[week - 1] for year, week in weeks)


def weeks_until(saturday: date) -> Iterator[tuple[int, int]]:
    """Epidemiological year and week of every week from the first of 2024 to the one that ends on `saturday`."""
    day = week_one(FIRST_YEAR) + timedelta(days=6)
    while day <= saturday:
        yield epidemiological_week(day)
        day += timedelta(days=7)


def epidemiological_week(day: date) -> tuple[int, int]:
    """Year and number of the Sunday-to-Saturday week of a day; its Wednesday decides the year."""
    sunday = day - timedelta(days=(day.weekday() + 1) % 7)
    year = (sunday + timedelta(days=3)).year
    return year, (sunday - week_one(year)).days // 7 + 1


def week_one(year: int) -> date:
    """The Sunday that begins week 1, the first week with at least four days in the year."""
    fourth = date(year, 1, 4)
    return fourth - timedelta(days=(fourth.weekday() + 1) % 7)


def last_complete_week(today: date) -> date:
    """The last Saturday before today."""
    return today - timedelta(days=(today.weekday() + 1) % 7 + 1)


def _season(disease: Disease, year: int, week: int) -> float:
    """The yearly wave, and for what swings widely a stronger year every third."""
    wave = 1 + disease.swing * math.cos(2 * math.pi * (week - disease.peak_week) / 52)
    return wave * (1.35 if disease.swing > 0.5 and year % 3 == 2 else 1.0)


def _weather(seed: int, follows: str, kecamatan: str, sunday: date) -> float:
    if follows == "mosquito":
        return float(min(3.0, (rain_mm(seed, kecamatan, sunday - timedelta(weeks=9)) / USUAL_MM) ** 0.8))
    if follows == "flood":
        return 0.92 + 0.09 * min(8, floods(seed, kecamatan, sunday))
    return 1.0


@lru_cache(maxsize=4000)
def rain_mm(seed: int, kecamatan: str, first: date) -> float:
    """Millimetres of four weeks."""
    return sum(hujan_harian(seed, first + timedelta(days=number))[kecamatan] for number in range(28))


@lru_cache(maxsize=4000)
def floods(seed: int, kecamatan: str, sunday: date) -> int:
    """How often water stood in the streets in the week before and this one."""
    events = (event for number in range(-7, 7) for event in peristiwa(seed, sunday + timedelta(days=number)))
    return sum(event.jenis in (BANJIR, GENANGAN) and event.kode_kecamatan == kecamatan for event in events)


@cache
def kecamatan_of() -> dict[str, str]:
    """Kecamatan of each puskesmas, from the project's own seed."""
    with (DBT_PROJECT / "seeds" / "ref_puskesmas.csv").open(encoding="utf-8", newline="") as stream:
        return {row["puskesmas"]: row["kode_kecamatan"] for row in csv.DictReader(stream)}


FILES = tuple(f"skdr_{name}.xlsx" for name in PUSKESMAS)
OFFICE = Office("dinkes", ("dinkes_skdr",), by_path(answer), always(FILES), FILES, late=timedelta(weeks=3))
