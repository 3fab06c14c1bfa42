"""The monthly form of the kelurahan: the tata-pemerintahan desk puts each month's into the upload folder, a workbook per
kecamatan with a sheet per kelurahan, all in one archive. Simulated.

Some kelurahan are late and stand in the second edition only, ten days later; some never send.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from functools import cache, lru_cache

from command_center.paths import DBT_PROJECT
from command_center.settings import WIB

from demo_city.answer import ZIP, Answer
from demo_city.ask import Question
from demo_city.causes.chance import poisson, rng
from demo_city.causes.cuaca import hujan_harian
from demo_city.causes.kalender import days, is_ramadan, is_working_day, months
from demo_city.causes.penduduk import TRAITS, population
from demo_city.causes.regions import Kelurahan, kelurahan_of, nama_kecamatan
from demo_city.faults.spoil import Fault
from demo_city.kept import kept
from demo_city.office import Office
from demo_city.render.months import month_name
from demo_city.xlsx import ZIP_EPOCH, Cell, workbook_bytes

BEGINNING = date(2024, 10, 1)  # when the form was introduced
WRITTEN_ON = 5  # working day of the month after
SECOND_EDITION = timedelta(days=10)
LATE, NEVER = 0.09, 0.03
OLD_SPELLING = 0.04  # sheets with a name as it was spelt before
WITH_UNIT = 0.002  # figures with their unit typed behind them; a known defect
HEADER: tuple[Cell, ...] = ("No", "Uraian", "Satuan", "Jumlah")
# What the form asks for, its unit, and how many a month there are of a thousand people. ASSUMED.
STANDING = {"Jumlah RT": ("RT", 2.9), "Jumlah RW": ("RW", 0.75), "Posyandu aktif": ("posyandu", 0.95)}
FLOWS = {
    "Surat pengantar dilayani": ("surat", 9.5),
    "Surat keterangan tidak mampu": ("surat", 1.4),
    "Gotong royong dilaksanakan": ("kegiatan", 0.28),
    "Peserta gotong royong": ("orang", 7.5),
    "Pos ronda aktif": ("pos", 0.6),
    "Gangguan ketertiban": ("kejadian", 0.12),
    "Lampu jalan padam": ("titik", 0.55),
    "Titik sampah liar": ("titik", 0.2),
    "Saluran tersumbat": ("titik", 0.22),
    "Bantuan sosial disalurkan": ("KK", 6.0),
}
USUAL_MM = 350.0


def answer(path: str, asked: Question, seed: int, now: datetime, fault: Fault | None) -> Answer | None:
    """The archive of a month; None for an unknown path."""
    found = _written_by(now).get(path)
    return archive(seed, *found) if found else None


def file_paths(seed: int, now: datetime) -> list[str]:
    """Every month that has been put down."""
    return list(_written_by(now))


def _written_by(now: datetime) -> dict[str, tuple[date, int]]:
    """Month and edition by path."""
    found = (month for month in months(BEGINNING, now.astimezone(WIB).date()) if written(month) <= now)
    return {
        f"Form Kelurahan {month_name(month)}.zip": (month, 2 if written(month) + SECOND_EDITION <= now else 1)
        for month in found
    }


@lru_cache(maxsize=256)
def written(month: date) -> datetime:
    """When the first edition of a month is put down: on a working day of the next."""
    day, left = _last(month), WRITTEN_ON
    while left:
        day += timedelta(days=1)
        left -= is_working_day(day)
    return datetime.combine(day, time(15, 45), WIB)


def _last(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1) - timedelta(days=1)


@kept(maxsize=96)
def archive(seed: int, month: date, edition: int) -> Answer:
    """A workbook per kecamatan, with those that had sent by then."""
    at = written(month) + (SECOND_EDITION if edition == 2 else timedelta())
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as file:  # workbooks are compressed themselves
        for kode in TRAITS:
            sheets = {
                place.nama: _sheet(seed, place, month)
                for place in kelurahan_of(kode)
                if _has_sent(seed, place, month, edition)
            }
            if sheets:
                name = f"Kecamatan {nama_kecamatan(kode)}.xlsx"
                file.writestr(zipfile.ZipInfo(name, ZIP_EPOCH), workbook_bytes(sheets, at))
    return Answer(buffer.getvalue(), ZIP, modified=at)


def _has_sent(seed: int, place: Kelurahan, month: date, edition: int) -> bool:
    """A kelurahan that was late once is likely to be late again."""
    habit = rng(seed, "form", place.kode).uniform(0.3, 1.7)
    drawn = rng(seed, "form kirim", place.kode, month).random()
    return drawn >= habit * (NEVER if edition == 2 else NEVER + LATE)


def _sheet(seed: int, place: Kelurahan, month: date) -> list[Sequence[Cell]]:
    """Titles, the name, the month, then the figures."""
    chance = rng(seed, "form isi", place.kode, month)
    name = old_names().get(place.kode, place.nama) if chance.random() < OLD_SPELLING * 10 else place.nama
    rows: list[Sequence[Cell]] = [
        ["FORM BULANAN KELURAHAN - DATA SIMULASI"],
        ["Kelurahan", name],
        ["Bulan", month_name(month)],
        ["Kecamatan", nama_kecamatan(place.kode_kecamatan)],
        [],
        HEADER,
    ]
    for number, (what, unit, count) in enumerate(_figures(seed, place, month), start=1):
        spoilt = chance.random() < WITH_UNIT
        rows.append([str(number), what, unit, f"{count} {unit}" if spoilt else count])
    return rows


def _figures(seed: int, place: Kelurahan, month: date) -> Iterator[tuple[str, str, int]]:
    people = population(seed, datetime(month.year, 1 if month.month < 7 else 7, 1, tzinfo=WIB))[place.kode]
    always, chance = rng(seed, "form tetap", place.kode), rng(seed, "form angka", place.kode, month)
    for what, (unit, share) in STANDING.items():
        yield what, unit, max(1, round(people * share / 1000 * always.uniform(0.85, 1.15)))
    for what, (unit, share) in FLOWS.items():
        mean = people * share / 1000 * always.uniform(0.6, 1.5) * _season(seed, what, place, month)
        yield what, unit, poisson(chance, mean)


def _season(seed: int, what: str, place: Kelurahan, month: date) -> float:
    """What the month does to a figure: drains clog when it rains, people gather less while they fast."""
    fasting = sum(map(is_ramadan, days(month, _last(month)))) / 30
    if what in ("Saluran tersumbat", "Lampu jalan padam"):
        return 0.5 + 0.5 * _rain_mm(seed, place.kode_kecamatan, month) / USUAL_MM
    if "otong royong" in what:
        return (1.8 if month.month == 8 else 1.0) * (1 - 0.6 * fasting)
    if what == "Pos ronda aktif":
        return 1 + 0.4 * fasting
    return 1.3 if what.startswith("Surat") and month.month in (6, 7) else 1.0


@lru_cache(maxsize=1000)
def _rain_mm(seed: int, kecamatan: str, month: date) -> float:
    return sum(hujan_harian(seed, day)[kecamatan] for day in days(month, _last(month)))


@cache
def old_names() -> dict[str, str]:
    """A former spelling of some kelurahan, from the project's own seed."""
    with (DBT_PROJECT / "seeds" / "ref_wilayah_alias.csv").open(encoding="utf-8", newline="") as stream:
        return {row["kode_wilayah"]: row["ejaan"] for row in csv.DictReader(stream)}


OFFICE = Office("kelurahan", ("kelurahan_bulanan",), answer, file_paths)
