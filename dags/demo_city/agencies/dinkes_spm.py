"""The health agency's monthly table of the twelve minimum services, a page that calls itself .xls. Simulated.

Served people are counted since January; targets are projections, so that a coverage above 100 per cent happens. Newborns and
mothers are those of the civil registry's births.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from html import escape

from command_center.settings import WIB

from demo_city.agencies.dinkes import PUSKESMAS, kecamatan_of
from demo_city.agencies.dukcapil_berkas import BORN, mutasi
from demo_city.answer import EXCEL, Answer
from demo_city.ask import Question
from demo_city.causes.chance import apportion, rng
from demo_city.causes.kalender import is_working_day, months
from demo_city.causes.penduduk import population
from demo_city.causes.regions import kelurahan_of
from demo_city.faults.spoil import Fault
from demo_city.kept import kept
from demo_city.office import Office
from demo_city.render.months import month_name
from demo_city.table import indonesian_number

BEGINNING = date(2024, 1, 1)
WRITTEN_ON = 6  # working day of the month after
# The services of Permenkes 6/2024, and how many of a thousand people are a year's target. ASSUMED, rounded.
SERVICES = {
    "Ibu Hamil": 1110 * BORN, "Ibu Bersalin": 1050 * BORN, "Bayi Baru Lahir": 1000 * BORN, "Balita": 76.0, "Usia Pendidikan Dasar": 138.0,
    "Usia Produktif": 640.0, "Usia Lanjut": 92.0, "Penderita Hipertensi": 160.0, "Penderita Diabetes Melitus": 15.0,
    "ODGJ Berat": 1.6, "Terduga Tuberkulosis": 21.0, "Risiko HIV": 24.0,
}  # fmt: skip
AT_BIRTH = {"Ibu Hamil": 0.96, "Ibu Bersalin": 0.93, "Bayi Baru Lahir": 0.95}  # share of the births that are reached
HARD_TO_REACH = {"Usia Produktif": 0.62, "Penderita Hipertensi": 0.55, "Terduga Tuberkulosis": 0.7}
BETTER_A_YEAR = 1.03
EXTRA_ZERO, NOT_TYPED = 0.004, 0.003  # known defects, as shares of the rows
HEADER = ("No", "Puskesmas", "Jenis Pelayanan", "Sasaran Setahun", "Terlayani s.d. Bulan Ini", "Capaian (%)")


def answer(path: str, asked: Question, seed: int, now: datetime, fault: Fault | None) -> Answer | None:
    """The table of a month; None for an unknown path."""
    month = _written_by(now).get(path)
    return page(seed, month) if month else None


def file_paths(seed: int, now: datetime) -> list[str]:
    """Every month whose table has been put down."""
    return list(_written_by(now))


def _written_by(now: datetime) -> dict[str, date]:
    today = now.astimezone(WIB).date()
    found = (month for month in months(BEGINNING, today) if written(month) <= now)
    return {f"spm/SPM Kesehatan {month_name(month)}.xls": month for month in found}


@lru_cache(maxsize=256)
def written(month: date) -> datetime:
    """When the table of a month is put down: on a working day of the next."""
    day, left = (month + timedelta(days=31)).replace(day=1) - timedelta(days=1), WRITTEN_ON
    while left:
        day += timedelta(days=1)
        left -= is_working_day(day)
    return datetime.combine(day, time(11, 40), WIB)


def served(seed: int, puskesmas: str, service: str, month: date) -> tuple[int, int]:
    """Target of the year and people served since January; never fewer than a month before."""
    chance = rng(seed, "spm", puskesmas, service, month.year)
    target = max(1, round(people(seed, puskesmas, month.year) * SERVICES[service] / 1000 * chance.uniform(0.93, 1.07)))
    if service in AT_BIRTH:
        share = AT_BIRTH[service] * chance.uniform(0.93, 1.04)
        return target, int(share * sum(births(seed, puskesmas, one) for one in months(date(month.year, 1, 1), month)))
    reached = min(1.12, HARD_TO_REACH.get(service, 0.92) * float(BETTER_A_YEAR ** (month.year - 2024)))
    reached *= chance.uniform(0.9, 1.1)
    weights = [
        chance.uniform(0.6, 1.4) * (1.5 if number in (2, 8) and "Balita" in service else 1) for number in range(1, 13)
    ]
    return target, round(target * reached * sum(weights[: month.month]) / sum(weights))


@lru_cache(maxsize=256)
def people(seed: int, puskesmas: str, year: int) -> int:
    """How many live in the area of a puskesmas: its part of the kecamatan's population of January."""
    population_of = population(seed, datetime(year, 1, 1, tzinfo=WIB))
    kecamatan = kecamatan_of()[puskesmas]
    return _parts(kecamatan, sum(population_of[place.kode] for place in kelurahan_of(kecamatan)))[puskesmas]


@lru_cache(maxsize=2000)
def births(seed: int, puskesmas: str, month: date) -> int:
    """Its part of the kecamatan's births that the civil registry counts."""
    kecamatan = kecamatan_of()[puskesmas]
    born = sum(mutasi(seed, place, month)["lahir"] for place in kelurahan_of(kecamatan))
    return _parts(kecamatan, born)[puskesmas]


def _parts(kecamatan: str, whole: int) -> dict[str, int]:
    inside = {name: size for name, size in PUSKESMAS.items() if kecamatan_of()[name] == kecamatan}
    return apportion(whole, inside)


@kept(maxsize=64)
def page(seed: int, month: date) -> Answer:
    """A title, the header, a row per puskesmas and service, the sum of the city."""
    at = written(month)
    head = (
        '<html><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8"><title>SPM</title></head><body>\n'
        f'<table border="1">\n<tr><td colspan="6"><b>SPM Bidang Kesehatan {month_name(month)} (DATA SIMULASI)</b></td></tr>'
    )
    lines = [head, _tr(HEADER), *(_tr(row) for row in _rows(seed, month)), "</table></body></html>\n"]
    return Answer("\n".join(lines).encode(), EXCEL, modified=at)


def _rows(seed: int, month: date) -> Iterator[tuple[str, ...]]:
    sums = [0, 0]
    for number, (puskesmas, service) in enumerate(((p, s) for p in PUSKESMAS for s in SERVICES), start=1):
        target, count = served(seed, puskesmas, service, month)
        sums = [sums[0] + target, sums[1] + count]
        spoilt = rng(seed, "spm baris", month, puskesmas, service).random()
        shown = count * 10 if spoilt < EXTRA_ZERO and count > 20 else count
        name = puskesmas.replace("_", " ").title()
        written_count = "belum ada" if spoilt > 1 - NOT_TYPED else _whole(shown)
        yield str(number), name, service, _whole(target), written_count, _percent(count, target)
    yield "JUMLAH", "", "", _whole(sums[0]), _whole(sums[1]), _percent(sums[1], sums[0])


def _whole(number: int) -> str:
    return indonesian_number(Decimal(number))


def _percent(part: int, whole: int) -> str:
    return indonesian_number((Decimal(100) * part / whole).quantize(Decimal("0.01")))


def _tr(cells: tuple[str, ...]) -> str:
    return "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>"


OFFICE = Office("dinkes", ("dinkes_spm",), answer, file_paths)
