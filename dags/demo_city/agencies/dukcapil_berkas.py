"""Files of the civil registry: the cleaned population (DKB) of each semester, and the changes of each month. Simulated.

Births, deaths and moves explain how the population grows, but for the gap that cleaning the register leaves.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from command_center.settings import WIB

from demo_city.agencies.dukcapil import Record, kelurahan_records
from demo_city.answer import CSV, XLSX, Answer
from demo_city.ask import Question
from demo_city.causes.chance import apportion, poisson, rng
from demo_city.causes.kalender import is_working_day, months
from demo_city.causes.penduduk import population
from demo_city.causes.regions import Kelurahan, all_kelurahan, nama_kecamatan
from demo_city.faults.spoil import Fault
from demo_city.office import Office
from demo_city.render.months import month_name
from demo_city.xlsx import Cell, workbook_bytes

FIRST_YEAR = 2024
RELEASED_AFTER = timedelta(days=45)  # from the end of the semester to the cleaned register
WRITTEN_ON = 5  # working day of the month after
# Shares of the population in a year, ASSUMED; people come when school and university begin
BORN, DIED, CAME = 0.0136, 0.0056, 0.022
COMING = (1.0, 0.9, 0.9, 0.8, 0.9, 1.0, 1.4, 1.5, 1.1, 0.9, 0.8, 0.8)
CLEANED = 0.0007  # share by which cleaning moves a kelurahan up or down in a semester
WITHOUT_PLACE = 9  # people about, whom the register of a semester knows no kelurahan of; a known defect
WRONG_CODE = 0.002  # rows of the changes whose code has two digits swapped; a known defect
DKB_HEADER: tuple[tuple[Cell, ...], ...] = (
    ("No", "Kode", "Kecamatan", "Kelurahan", "Jumlah Penduduk", "", "", "Jumlah KK", "KTP-el", ""),
    ("", "", "", "", "L", "P", "L+P", "", "Wajib", "Rekam"),
)
MUTASI = ("lahir", "mati", "datang", "pindah")
MUTASI_HEADER = ("Bulan", "Kode", "Kelurahan", *(f"{kind} {sex}".title() for kind in MUTASI for sex in "lp"))


@dataclass(frozen=True)
class Semester:
    """Half a year; its register shows its last day."""

    year: int
    half: int

    @property
    def begins(self) -> datetime:
        return datetime(self.year, 1 if self.half == 1 else 7, 1, tzinfo=WIB)

    @property
    def next(self) -> Semester:
        return Semester(self.year, 2) if self.half == 1 else Semester(self.year + 1, 1)

    @property
    def released(self) -> datetime:
        return self.next.begins + RELEASED_AFTER + timedelta(hours=10)

    @property
    def path(self) -> str:
        return f"dkb/DKB Semester {self.half} {self.year}.xlsx"


def semesters(now: datetime) -> Iterator[Semester]:
    """Those whose register has been released."""
    one = Semester(FIRST_YEAR, 1)
    while one.released <= now:
        yield one
        one = one.next


def answer(path: str, asked: Question, seed: int, now: datetime, fault: Fault | None) -> Answer | None:
    """A register or the changes of a period; None for an unknown path."""
    semester = next((one for one in semesters(now) if one.path == path), None)
    if semester:
        return register(seed, semester)
    months_of = _changes_by(now).get(path)
    return changes(seed, months_of) if months_of else None


def file_paths(seed: int, now: datetime) -> list[str]:
    return [*(one.path for one in semesters(now)), *_changes_by(now)]


def _changes_by(now: datetime) -> dict[str, tuple[date, ...]]:
    """Months by the file they stand in: past years are one file each."""
    today = now.astimezone(WIB).date()
    found: dict[str, tuple[date, ...]] = {}
    for month in months(date(FIRST_YEAR, 1, 1), today):
        if written(month) <= now:
            is_past = written(date(month.year, 12, 1)) <= now
            path = f"mutasi/mutasi_{month:%Y}.csv" if is_past else f"mutasi/mutasi_{month:%Y-%m}.csv"
            found[path] = (*found.get(path, ()), month)
    return found


@lru_cache(maxsize=256)
def written(month: date) -> datetime:
    """When the changes of a month are put down: on a working day of the next."""
    day, left = (month + timedelta(days=31)).replace(day=1) - timedelta(days=1), WRITTEN_ON
    while left:
        day += timedelta(days=1)
        left -= is_working_day(day)
    return datetime.combine(day, time(16, 20), WIB)


# The register of a semester


@lru_cache(maxsize=16)
def register(seed: int, semester: Semester) -> Answer:
    """Titles, two rows of header, kelurahan with a sum below each kecamatan, people without a place, the city's sum."""
    day = semester.next.begins.date() - timedelta(days=1)
    rows: list[Sequence[Cell]] = [
        ["DATA KEPENDUDUKAN BERSIH KOTA PADANG - DATA SIMULASI"],
        ["Semester", f"{'I' * semester.half} Tahun {semester.year}"],
        ["Keadaan", f"{day.day} {month_name(day)}"],
        [],
        *DKB_HEADER,
        *_register_rows(seed, semester),
    ]
    return Answer(workbook_bytes({"DKB": rows}, semester.released), XLSX, modified=semester.released)


def _register_rows(seed: int, semester: Semester) -> Iterator[Sequence[Cell]]:
    records = kelurahan_records(seed, semester.next.begins)
    whole = [0] * 6
    for number, (place, record) in enumerate(zip(all_kelurahan(), records, strict=True), start=1):
        counts = _counts(record)
        whole = [before + count for before, count in zip(whole, counts, strict=True)]
        yield str(number), place.kode, nama_kecamatan(place.kode_kecamatan), place.nama, *counts
        if number == len(records) or all_kelurahan()[number].kode_kecamatan != place.kode_kecamatan:
            inside = [
                _counts(r)
                for p, r in zip(all_kelurahan(), records, strict=True)
                if p.kode_kecamatan == place.kode_kecamatan
            ]
            yield (
                f"JUMLAH {nama_kecamatan(place.kode_kecamatan).upper()}",
                "",
                "",
                "",
                *map(sum, zip(*inside, strict=True)),
            )
    lost = 1 + poisson(rng(seed, "dkb", semester), WITHOUT_PLACE)
    yield str(len(records) + 1), "", "", "Belum terpetakan", lost, 0, lost, 0, 0, 0
    yield "JUMLAH", "", "", "", *whole


def _counts(record: Record) -> tuple[int, int, int, int, int, int]:
    men, women = record["pria"], record["wanita"]
    return men, women, men + women, record["jumlah_kk"], record["jml_wktp"], record["jml_rekam_wktp"]


# The changes of a month


@lru_cache(maxsize=64)
def changes(seed: int, of: tuple[date, ...]) -> Answer:
    """A row per month and kelurahan."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=";", lineterminator="\r\n")
    writer.writerow(MUTASI_HEADER)
    for month in of:
        for place in all_kelurahan():
            chance = rng(seed, "mutasi baris", month, place.kode)
            kode = place.kode.replace("13.71.", "13.17.") if chance.random() < WRONG_CODE else place.kode
            counts = mutasi(seed, place, month)
            halves = [apportion(counts[kind], {"l": chance.uniform(0.9, 1.1), "p": 1.0}) for kind in MUTASI]
            writer.writerow([month_name(month), kode, place.nama, *(half[sex] for half in halves for sex in "lp")])
    return Answer(stream.getvalue().encode("utf-8-sig"), CSV, modified=written(of[-1]))


def mutasi(seed: int, place: Kelurahan, month: date) -> dict[str, int]:
    """Births, deaths, people who came and who left in a month."""
    semester = Semester(month.year, 1 if month.month < 7 else 2)
    return _semester(seed, place.kode, semester)[(month.month - 1) % 6]


@lru_cache(maxsize=2000)
def _semester(seed: int, kode: str, semester: Semester) -> tuple[dict[str, int], ...]:
    """The six months; so many left that the register explains the growth but for what was cleaned."""
    chance = rng(seed, "mutasi", kode, semester)
    before, after = population(seed, semester.begins)[kode], population(seed, semester.next.begins)[kode]
    season = COMING[:6] if semester.half == 1 else COMING[6:]
    found = [
        {
            "lahir": poisson(chance, before * BORN / 12),
            "mati": poisson(chance, before * DIED / 12),
            "datang": poisson(chance, before * CAME / 12 * weight),
        }
        for weight in season
    ]
    grown = sum(one["lahir"] - one["mati"] + one["datang"] for one in found)
    left = max(0, grown - (after - before) + round(before * chance.gauss(0, CLEANED)))
    shares = apportion(left, {number: weight * chance.uniform(0.8, 1.2) for number, weight in enumerate(season)})
    return tuple(one | {"pindah": shares[number]} for number, one in enumerate(found))


OFFICE = Office("dukcapil", ("dukcapil_dkb", "dukcapil_mutasi"), answer, file_paths)
