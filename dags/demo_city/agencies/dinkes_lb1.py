"""LB1, the puskesmas' monthly report of sickness: a workbook per puskesmas, whose name stands nowhere but in the file's name.

The agency puts the workbooks of a month into one archive. Simulated; what moves with the weather follows cuaca.py, and
dengue is what was confirmed of the weekly reports' suspects.
"""

from __future__ import annotations

import io
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from random import Random

from command_center.settings import WIB

from demo_city.agencies.dinkes import PUSKESMAS, kecamatan_of, suspects
from demo_city.answer import ZIP, Answer
from demo_city.ask import Question
from demo_city.causes.chance import poisson, rng
from demo_city.causes.cuaca import hujan_harian
from demo_city.causes.kalender import days, is_working_day, months
from demo_city.causes.peristiwa import BANJIR, GENANGAN, peristiwa
from demo_city.faults.spoil import Fault
from demo_city.kept import kept
from demo_city.office import Office
from demo_city.render.months import month_name
from demo_city.xlsx import ZIP_EPOCH, Cell, workbook_bytes

BEGINNING = date(2024, 1, 1)
WRITTEN_ON = 8  # working day of the month after
AGES = ("0-4", "5-9", "10-14", "15-19", "20-44", "45-54", "55-59", "60-69", ">=70")
CHILD, ADULT, OLD, ANY = (
    (40, 22, 10, 5, 12, 4, 2, 3, 2),
    (4, 6, 8, 11, 42, 14, 6, 6, 3),
    (0, 0, 0, 1, 18, 25, 17, 25, 14),
    (14, 10, 8, 8, 30, 12, 6, 8, 4),
)
NOT_SENT = 0.012  # months in which a puskesmas sent nothing
LETTER_FOR_ZERO = 0.0008  # cells with '1O' for '10'; a known defect
USUAL_MM = 350.0  # a month's rain
CONFIRMED = 0.45  # share of the suspects of dengue that a laboratory confirms
DENGUE = "A91"


@dataclass(frozen=True)
class Disease:
    """A disease of the report: monthly cases of an average puskesmas, ages, and what it follows."""

    kode: str
    nama: str
    mean: float
    ages: tuple[int, ...]
    follows: str = ""


DISEASES = (
    Disease("J06.9", "Infeksi saluran pernapasan akut (ISPA)", 390.0, CHILD, "wet"),
    Disease("I10", "Hipertensi esensial (primer)", 330.0, OLD),
    Disease("K29.7", "Gastritis, tidak spesifik", 180.0, ADULT),
    Disease("E11.9", "Diabetes melitus tipe 2", 120.0, OLD),
    Disease("M79.1", "Mialgia", 110.0, OLD),
    Disease("L30.9", "Dermatitis, tidak spesifik", 85.0, ANY, "wet"),
    Disease("A09", "Diare dan gastroenteritis", 62.0, CHILD, "flood"),
    Disease("K02.9", "Karies gigi", 55.0, ANY),
    Disease("J18.9", "Pneumonia, tidak spesifik", 9.0, CHILD, "wet"),
    Disease("B86", "Skabies", 8.0, CHILD),
    Disease("A01.0", "Demam tifoid", 6.0, ADULT, "flood"),
    Disease(DENGUE, "Demam berdarah dengue", 0.0, CHILD),
)
HEADER: tuple[Cell, ...] = (
    *("No", "Kode ICD X", "Jenis Penyakit"),
    *(f"{age} th {sex}" for age in AGES for sex in "LP"),
    "Jumlah",
)


def answer(path: str, asked: Question, seed: int, now: datetime, fault: Fault | None) -> Answer | None:
    """The archive of a month; None for an unknown path."""
    month = _written_by(now).get(path)
    return archive(seed, month) if month else None


def file_paths(seed: int, now: datetime) -> list[str]:
    """Every month whose archive has been put down."""
    return list(_written_by(now))


def _written_by(now: datetime) -> dict[str, date]:
    found = (month for month in months(BEGINNING, now.astimezone(WIB).date()) if written(month) <= now)
    return {f"lb1/LB1 {month_name(month)}.zip": month for month in found}


@lru_cache(maxsize=256)
def written(month: date) -> datetime:
    """When the archive of a month is put down: on a working day of the next."""
    day, left = _last(month), WRITTEN_ON
    while left:
        day += timedelta(days=1)
        left -= is_working_day(day)
    return datetime.combine(day, time(14, 5), WIB)


def _last(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1) - timedelta(days=1)


@kept(maxsize=64)
def archive(seed: int, month: date) -> Answer:
    """The workbooks of the puskesmas that sent one."""
    at = written(month)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as file:  # workbooks are compressed themselves
        for puskesmas in PUSKESMAS:
            if rng(seed, "lb1 kirim", month, puskesmas).random() >= NOT_SENT:
                name = puskesmas.replace("_", " ").title()
                rows = [[f"LAPORAN BULANAN DATA KESAKITAN (LB1) {month_name(month)} - DATA SIMULASI"], HEADER]
                sheet = workbook_bytes({"LB1": [*rows, *_rows(seed, puskesmas, month)]}, at)
                file.writestr(zipfile.ZipInfo(f"LB1 {name}.xlsx", ZIP_EPOCH), sheet)
    return Answer(buffer.getvalue(), ZIP, modified=at)


def _rows(seed: int, puskesmas: str, month: date) -> Iterator[list[Cell]]:
    """A row per disease; a sum after every fourth, and one of all."""
    chance = rng(seed, "lb1", puskesmas, month)
    sums: list[int] = []
    for number, disease in enumerate(DISEASES, start=1):
        counts = _counts(chance, seed, disease, puskesmas, month)
        cells: list[Cell] = [count or "" for count in counts]
        if chance.random() < LETTER_FOR_ZERO * len(cells):
            cells[chance.randrange(len(cells))] = "1O"
        sums.append(sum(counts))
        yield [str(number), disease.kode, disease.nama, *cells, sum(counts)]
        if number % 4 == 0:
            yield ["TOTAL", "", f"{number - 3} sampai {number}", *[""] * len(counts), sum(sums[-4:])]
    yield ["TOTAL", "", "semua", *[""] * (2 * len(AGES)), sum(sums)]


def _counts(chance: Random, seed: int, disease: Disease, puskesmas: str, month: date) -> list[int]:
    if disease.kode != DENGUE:
        return [poisson(chance, mean) for mean in _means(seed, disease, puskesmas, month)]
    ages = chance.choices(range(len(AGES)), disease.ages, k=confirmed(seed, puskesmas, month))
    sick = Counter(2 * age + chance.randrange(2) for age in ages)
    return [sick[cell] for cell in range(2 * len(AGES))]


def confirmed(seed: int, puskesmas: str, month: date) -> int:
    """Dengue of a month: never more than was suspected in its weeks."""
    chance = rng(seed, "lb1 dengue", puskesmas, month)
    return sum(chance.random() < CONFIRMED for _ in range(suspects(seed, puskesmas, month)))


def _means(seed: int, disease: Disease, puskesmas: str, month: date) -> Iterator[float]:
    whole = disease.mean * PUSKESMAS[puskesmas] * _factor(seed, disease, kecamatan_of()[puskesmas], month)
    for weight in disease.ages:
        for share in (0.48, 0.52):
            yield whole * weight / sum(disease.ages) * share


def _factor(seed: int, disease: Disease, kecamatan: str, month: date) -> float:
    """How the weather moves a disease: the same month's rain, or its floods."""
    if disease.follows == "wet":
        return 0.75 + 0.25 * rain_mm(seed, kecamatan, month) / USUAL_MM
    if disease.follows == "flood":
        return 0.85 + 0.12 * min(8, floods(seed, kecamatan, month))
    return 1.0


@lru_cache(maxsize=1000)
def rain_mm(seed: int, kecamatan: str, month: date) -> float:
    """Millimetres of a month."""
    return sum(hujan_harian(seed, day)[kecamatan] for day in days(month, _last(month)))


@lru_cache(maxsize=1000)
def floods(seed: int, kecamatan: str, month: date) -> int:
    """How often water stood in the streets of a kecamatan in a month."""
    events = (event for day in days(month, _last(month)) for event in peristiwa(seed, day))
    return sum(event.jenis in (BANJIR, GENANGAN) and event.kode_kecamatan == kecamatan for event in events)


OFFICE = Office("dinkes", ("dinkes_lb1",), answer, file_paths)
