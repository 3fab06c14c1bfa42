"""SP4N-LAPOR! as the city's administrator exports it: a workbook per month, per year before 2026. Simulated."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from random import Random

from command_center.settings import WIB

from demo_city.answer import XLSX, Answer
from demo_city.ask import Question
from demo_city.causes.chance import pick, poisson, rng
from demo_city.causes.cuaca import hujan_harian, hujan_pekan
from demo_city.causes.kalender import days, is_lebaran, is_ramadan, is_working_day, months
from demo_city.causes.peristiwa import BANJIR, GENANGAN, LONGSOR, POHON_TUMBANG, peristiwa
from demo_city.causes.regions import Kelurahan, all_kelurahan
from demo_city.faults.spoil import Fault
from demo_city.kept import kept
from demo_city.office import Office
from demo_city.xlsx import Cell, workbook_bytes

BEGINNING = date(2024, 1, 1)
ARCHIVED_YEARS = (2024, 2025)  # one workbook for the year; every later month has its own
FILE_NAME = re.compile(r"^LAPOR_(\d{4})(?:-(\d{2}))?\.xlsx$")
HEADER: tuple[Cell, ...] = (
    "No",
    "Tracking ID",
    "Tanggal Laporan Masuk",
    "Sumber Laporan",
    "Klasifikasi Laporan",
    "Kategori",
    "Judul Laporan",
    "Isi Laporan Awal",
    "Nama Pelapor",
    "Kelurahan",
    "Instansi Terdisposisi",
    "Status Laporan",
    "Tanggal Verifikasi",
    "Tanggal Disposisi",
    "Tanggal Tindak Lanjut Pertama",
    "Tanggal Selesai",
    "Perlu Pemeriksaan Lapangan",
    "Rating Pelapor",
)
# Known defects, as shares of the reports; none in a month's first days, when one bad row would be a large share
CLOSED_BEFORE_SENT, UNKNOWN_PLACE, OTHER_DATE, NO_PLACE = 0.006, 0.006, 0.004, 0.12
DEFECTS_FROM_DAY = 5
CHANNELS = {"Website": 46, "Android": 27, "iOS": 8, "SMS 1708": 5, "WhatsApp Instansi": 14}
CLASSES = {"Pengaduan": 86, "Permintaan Informasi": 8, "Aspirasi": 6}
HOURS = (2, 1, 1, 1, 1, 3, 6, 9, 12, 13, 12, 10, 8, 8, 9, 9, 8, 7, 7, 9, 10, 9, 6, 4)
STREETS = ("jalan utama", "gang belakang masjid", "simpang pasar", "depan sekolah", "tepi banda")


@dataclass(frozen=True)
class Kategori:
    """A topic: who answers it, mean reports of a usual working day, whether somebody must go and look."""

    nama: str
    instansi: str
    mean: float
    lapangan: bool = True


BANJIR_DRAINASE = Kategori("Banjir dan Drainase", "Dinas Pekerjaan Umum dan Penataan Ruang", 0.12)
POHON = Kategori("Pohon dan Taman", "Dinas Lingkungan Hidup", 0.1)
TANAH_LONGSOR = Kategori("Tanah Longsor", "Badan Penanggulangan Bencana Daerah", 0.01)
JALAN = Kategori("Jalan dan Jembatan Rusak", "Dinas Pekerjaan Umum dan Penataan Ruang", 0.5)
SAMPAH = Kategori("Persampahan", "Dinas Lingkungan Hidup", 0.55)
AIR = Kategori("Air Bersih", "Perumda Air Minum Kota Padang", 0.3)
TRANTIB = Kategori("Ketertiban Umum dan PKL", "Satuan Polisi Pamong Praja", 0.35)
LAMPU = Kategori("Penerangan Jalan Umum", "Dinas Perhubungan", 0.55)
KATEGORI = (
    BANJIR_DRAINASE,
    POHON,
    TANAH_LONGSOR,
    JALAN,
    SAMPAH,
    AIR,
    TRANTIB,
    LAMPU,
    Kategori("Parkir dan Lalu Lintas", "Dinas Perhubungan", 0.35),
    Kategori("Administrasi Kependudukan", "Dinas Kependudukan dan Pencatatan Sipil", 0.35, False),
    Kategori("Bantuan Sosial", "Dinas Sosial", 0.3, False),
    Kategori("Pelayanan Kesehatan", "Dinas Kesehatan", 0.22, False),
    Kategori("Pendidikan", "Dinas Pendidikan dan Kebudayaan", 0.25, False),
    Kategori("Perizinan", "Dinas Penanaman Modal dan Pelayanan Terpadu Satu Pintu", 0.12, False),
)
SCHOOL = KATEGORI[12]
# How likely an event of the common list is told to LAPOR, and under which topic
TOLD = {
    GENANGAN: (BANJIR_DRAINASE, 0.3),
    BANJIR: (BANJIR_DRAINASE, 0.75),
    POHON_TUMBANG: (POHON, 0.06),
    LONGSOR: (TANAH_LONGSOR, 0.3),
}


@dataclass(frozen=True)
class Pace:
    """How an agency answers: median working days to the first step and to the end, shares put off and never answered."""

    langkah: float
    selesai: float
    tertunda: float
    diam: float = 0.03


USUAL = Pace(3, 9, 0.04)
NEGLECT = 3.0  # in some quarters an agency leaves so many times as much unanswered, in others nothing
PACES = {
    "Dinas Lingkungan Hidup": Pace(1.5, 4, 0.02),
    "Dinas Perhubungan": Pace(2, 6, 0.03),
    "Dinas Pekerjaan Umum dan Penataan Ruang": Pace(4, 24, 0.12, 0.09),
    "Dinas Kependudukan dan Pencatatan Sipil": Pace(0.8, 2, 0.01),
    "Perumda Air Minum Kota Padang": Pace(1.2, 5, 0.03),
    "Satuan Polisi Pamong Praja": Pace(2, 7, 0.03, 0.05),
    "Dinas Sosial": Pace(4, 12, 0.08, 0.1),
}


@dataclass(frozen=True)
class Laporan:
    """A report and the moments at which something was done with it; a step that never comes is None."""

    nomor: int
    masuk: datetime
    kategori: Kategori
    kelurahan: Kelurahan
    verifikasi: datetime
    disposisi: datetime
    langkah: datetime | None
    selesai: datetime | None
    tertunda: datetime | None

    def status(self, until: datetime) -> str:
        """What the panel shows at a moment."""
        steps = (
            (self.selesai, "Selesai"),
            (self.tertunda, "Tertunda"),
            (self.langkah, "Proses"),
            (self.verifikasi, "Terverifikasi"),
        )
        return next((name for at, name in steps if at and at < until), "Belum Terverifikasi")

    def last_step(self, until: datetime) -> datetime:
        steps = (self.masuk, self.verifikasi, self.disposisi, self.langkah, self.selesai, self.tertunda)
        return max(at for at in steps if at and at < until)


def answer(path: str, asked: Question, seed: int, now: datetime, fault: Fault | None) -> Answer | None:
    """The export of a year or a month as of this morning; None for an unknown path."""
    found = FILE_NAME.match(path)
    if found is None or path not in file_paths(seed, now):
        return None
    return _export(seed, int(found[1]), int(found[2] or 0), _until(now))


def file_paths(seed: int, now: datetime) -> list[str]:
    """The closed years, then every month of which a day is over."""
    yesterday = (_until(now) - timedelta(hours=1)).date()
    later = months(date(ARCHIVED_YEARS[-1] + 1, 1, 1), yesterday)
    return [
        *(f"LAPOR_{year}.xlsx" for year in ARCHIVED_YEARS if year <= yesterday.year),
        *(f"LAPOR_{month:%Y-%m}.xlsx" for month in later if laporan_bulan(seed, month, _until(now))),
    ]


def laporan_bulan(seed: int, month: date, until: datetime) -> list[Laporan]:
    """The reports of a month that were sent before a moment."""
    return [one for one in _month(seed, month) if one.masuk < until]


@lru_cache(maxsize=48)
def _month(seed: int, month: date) -> tuple[Laporan, ...]:
    last = (month + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return tuple(one for day in days(month, last) for one in laporan(seed, day))


@lru_cache(maxsize=1500)
def laporan(seed: int, day: date) -> tuple[Laporan, ...]:
    """The reports of a day in order of their arrival."""
    chance = rng(seed, "lapor", day)
    found = [*_of_events(seed, day, chance), *_of_every_day(seed, day, chance)]
    found.sort(key=lambda one: (one[0], one[2].kode))
    first = 6_800_000 + (day - BEGINNING).days * 1350  # the numbers are those of the whole country
    return tuple(
        _followed(rng(seed, "lapor", day, index), _silent(seed, day, one[1]), first + index * 7, *one)
        for index, one in enumerate(found)
    )


def _of_events(seed: int, day: date, chance: Random) -> Iterator[tuple[datetime, Kategori, Kelurahan]]:
    for event in peristiwa(seed, day):
        kategori, odds = TOLD.get(event.jenis, (POHON, 0.0))
        if chance.random() < odds:
            end = datetime.combine(day, time(23, 58), WIB)
            yield min(end, event.mulai + timedelta(minutes=chance.randint(8, 240))), kategori, event.kelurahan


def _of_every_day(seed: int, day: date, chance: Random) -> Iterator[tuple[datetime, Kategori, Kelurahan]]:
    busy = 1.0 if is_working_day(day) else 0.55
    growth = 1 + 0.08 * (day - BEGINNING).days / 365
    for kategori in KATEGORI:
        for _ in range(poisson(chance, kategori.mean * busy * growth * _season(seed, kategori, day))):
            at = datetime.combine(day, time(chance.choices(range(24), HOURS)[0], chance.randrange(60)), WIB)
            yield at, kategori, chance.choice(all_kelurahan())


def _season(seed: int, kategori: Kategori, day: date) -> float:
    """More holes after wet weeks, more waste around the feast, more about water when it is dry."""
    week = hujan_pekan(seed, "13.71.09", day)
    if kategori is JALAN:
        return 0.6 + week / 120
    if kategori is AIR:
        return 1.8 if week < 15 else 0.9
    if kategori is LAMPU:
        return 1.3 if max(hujan_harian(seed, day).values()) > 40 else 1.0
    if kategori is SAMPAH:
        return 2.2 if is_lebaran(day) else 1.3 if is_ramadan(day) else 1.0
    if kategori is TRANTIB:
        return 1.7 if is_ramadan(day) else 1.0
    return 2.5 if kategori is SCHOOL and day.month in (6, 7) else 1.0


@lru_cache(maxsize=4096)
def _neglect(seed: int, instansi: str, year: int, quarter: int) -> float:
    return NEGLECT * rng(seed, "lapor diam", instansi, year, quarter).random() ** 2


def _silent(seed: int, day: date, kategori: Kategori) -> float:
    """How likely the agency never answers what came on that day."""
    pace = PACES.get(kategori.instansi, USUAL)
    return pace.diam * _neglect(seed, kategori.instansi, day.year, (day.month - 1) // 3)


def _followed(
    chance: Random, silent: float, nomor: int, masuk: datetime, kategori: Kategori, kelurahan: Kelurahan
) -> Laporan:
    pace = PACES.get(kategori.instansi, USUAL)
    verified = _office_hours(chance, masuk, chance.lognormvariate(-0.4, 0.8))
    passed_on = verified + timedelta(minutes=chance.randint(2, 200))
    nomor += chance.randrange(7)
    if chance.random() < silent:
        return Laporan(nomor, masuk, kategori, kelurahan, verified, passed_on, None, None, None)
    step = _office_hours(chance, passed_on, pace.langkah * chance.lognormvariate(0, 0.7))
    put_off = _office_hours(chance, step, chance.uniform(1, 6)) if chance.random() < pace.tertunda else None
    never = put_off is not None and chance.random() < 0.5
    rest = pace.selesai * chance.lognormvariate(0, 0.75) + (45 if put_off else 0)
    return Laporan(
        nomor,
        masuk,
        kategori,
        kelurahan,
        verified,
        passed_on,
        step,
        None if never else _office_hours(chance, step, rest),
        put_off,
    )


def _office_hours(chance: Random, begin: datetime, working_days: float) -> datetime:
    """So many working days later, at an hour when the office is open."""
    whole = max(0, round(working_days))
    if whole == 0 and is_working_day(begin.date()) and begin.hour < 15:
        return begin + timedelta(minutes=chance.randint(10, 115))
    day, left = begin.date(), max(1, whole)
    while left:
        day += timedelta(days=1)
        left -= is_working_day(day)
    return datetime.combine(day, time(chance.randint(8, 15), chance.randrange(60)), WIB)


def _until(now: datetime) -> datetime:
    """The export is taken in the morning and holds what was done until midnight."""
    return datetime.combine(now.astimezone(WIB).date(), time(), WIB)


def _export(seed: int, year: int, month: int, until: datetime) -> Answer:
    """The workbook of a period; its time is that of its last step, so that one without news stays as it is."""
    covered = [date(year, month, 1)] if month else [date(year, number, 1) for number in range(1, 13)]
    rows = [one for first in covered for one in laporan_bulan(seed, first, until)]
    last = max(one.last_step(until) for one in rows)
    return _workbook(seed, year, month, last)


@kept(maxsize=96)
def _workbook(seed: int, year: int, month: int, last: datetime) -> Answer:
    covered = [date(year, month, 1)] if month else [date(year, number, 1) for number in range(1, 13)]
    until = last + timedelta(seconds=1)
    found = [one for first in covered for one in laporan_bulan(seed, first, until)]
    made = datetime.combine(last.date() + timedelta(days=1), time(6, 30), WIB)
    rows = [_row(seed, number, one, until) for number, one in enumerate(found, start=1)]
    title: list[list[Cell]] = [["Daftar Laporan SP4N-LAPOR! - Pemerintah Kota Padang"], ["DATA SIMULASI"], []]
    return Answer(workbook_bytes({"Laporan": [*title, HEADER, *rows]}, made), XLSX, modified=made)


def _row(seed: int, number: int, one: Laporan, until: datetime) -> list[Cell]:
    chance = rng(seed, "lapor baris", one.nomor)
    place = "" if chance.random() < NO_PLACE else one.kelurahan.nama
    street, street_number = chance.choice(STREETS), chance.randint(1, 90)
    rating = str(chance.choices((1, 2, 3, 4, 5), (9, 7, 17, 33, 34))[0]) if chance.random() < 0.3 else ""
    status = one.status(until)
    cells: dict[str, Cell] = {
        "No": number,
        "Tracking ID": str(one.nomor),
        "Tanggal Laporan Masuk": _at(one.masuk, until),
        "Sumber Laporan": pick(chance, CHANNELS),
        "Klasifikasi Laporan": pick(chance, CLASSES),
        "Kategori": one.kategori.nama,
        "Judul Laporan": f"{one.kategori.nama} di {one.kelurahan.nama}",
        "Isi Laporan Awal": f"Mohon ditindaklanjuti: {one.kategori.nama.lower()}, {street} no. {street_number}.",
        "Nama Pelapor": "Anonim" if chance.random() < 0.4 else f"F****n R****{chance.choice('ai')}",
        "Kelurahan": place,
        "Instansi Terdisposisi": one.kategori.instansi if one.disposisi < until else "",
        "Status Laporan": status,
        "Tanggal Verifikasi": _at(one.verifikasi, until),
        "Tanggal Disposisi": _at(one.disposisi, until),
        "Tanggal Tindak Lanjut Pertama": _at(one.langkah, until),
        "Tanggal Selesai": _at(one.selesai, until),
        "Perlu Pemeriksaan Lapangan": "Ya" if one.kategori.lapangan else "Tidak",
        "Rating Pelapor": rating if status == "Selesai" else "",
    }
    if one.masuk.day >= DEFECTS_FROM_DAY:
        _spoil(cells, one, chance.random())
    return [cells[str(name)] for name in HEADER]


def _spoil(cells: dict[str, Cell], one: Laporan, drawn: float) -> None:
    """One of the defects that the administrator knows from corrections by hand."""
    if drawn < CLOSED_BEFORE_SENT:
        if cells["Tanggal Selesai"]:
            cells["Tanggal Selesai"] = f"{one.masuk - timedelta(days=2):%d-%m-%Y %H:%M}"
    elif drawn < CLOSED_BEFORE_SENT + UNKNOWN_PLACE:
        cells["Kelurahan"] = "Luar Kota"
    elif drawn < CLOSED_BEFORE_SENT + UNKNOWN_PLACE + OTHER_DATE:
        cells["Tanggal Laporan Masuk"] = f"{one.masuk:%Y.%m.%d}"


def _at(moment: datetime | None, until: datetime) -> str:
    return f"{moment:%d-%m-%Y %H:%M}" if moment and moment < until else ""


OFFICE = Office("diskominfo", ("diskominfo_lapor",), answer, file_paths)
