"""The disaster agency's book of incidents: one wide workbook per year, a row per incident, kept by hand. Simulated.

Its rows are the city's common events, with the damage of quakes and fires of dry land; nothing here happens on its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from random import Random
from typing import Any

from command_center.idformat import MONTHS
from command_center.settings import WIB
from openpyxl import Workbook

from demo_city.agencies.damkar import FIRST_NAMES, LAST_NAMES, MINUTES, ROMAN
from demo_city.answer import XLSX, Answer
from demo_city.ask import Question
from demo_city.causes.chance import rng
from demo_city.causes.cuaca import WETNESS, hujan_pekan
from demo_city.causes.kalender import days
from demo_city.causes.peristiwa import (
    ABRASI,
    ANGIN,
    BANJIR,
    GENANGAN,
    LONGSOR,
    ORANG_HANYUT,
    POHON_TUMBANG,
    gempa_terasa,
    peristiwa,
)
from demo_city.causes.regions import Kelurahan, all_kelurahan, nama_kecamatan
from demo_city.faults.spoil import Fault
from demo_city.kept import kept
from demo_city.office import Office
from demo_city.xlsx import saved

FIRST_YEAR = 2024
FILE_NAME = re.compile(r"^rekap_bencana_(\d{4})\.xlsx$")
WRITTEN_AT = time(6)  # the night's watch closes the book of the day before
KEPT_DAYS = 3  # so long the old year's book is still filled in
PUDDLE_CM = 20  # less water is not booked
KARHUTLA, GEMPA_BUMI = "Kebakaran Hutan dan Lahan", "Gempa Bumi"
NAMES = {
    GENANGAN: "Banjir/Genangan",
    BANJIR: "Banjir/Genangan",
    POHON_TUMBANG: "Pohon Tumbang",
    LONGSOR: "Tanah Longsor",
    ANGIN: "Badai/Puting Beliung",
    ABRASI: "Abrasi",
    ORANG_HANYUT: "Orang Hanyut/Tenggelam",
}
CHANNELS = {"Call Center 112": 52, "Pusdalops": 18, "Lurah": 17, "Warga datang langsung": 13}
# Defects: of a thousand rows so many arrive before they were reported, in an unknown kelurahan, with victims in words
EARLY, UNKNOWN, IN_WORDS = 3, 3, 2
UPPER_CASE = 0.04  # share of rows whose kind is written in capitals
PLACELESS = 0.008  # share of rows without the code of the kelurahan
NOT_NOTED = 0.6  # share of rows whose victims nobody asked about: blank, which is not zero
VICTIMS = ("Meninggal", "Hilang", "Luka", "Mengungsi", "Terdampak")
HOUSES = ("Ringan", "Sedang", "Berat")
GROUPS: Mapping[str, Sequence[str]] = {
    "No": (),
    "Nomor Kejadian": (),
    "Kode Kab/Kota": (),
    "Lokasi": ("Kode Kelurahan", "Kelurahan", "Kecamatan"),
    "Jenis Kejadian": (),
    "Tinggi Genangan (cm)": (),
    "Waktu": ("Lapor", "Tiba", "Selesai"),
    "Korban (jiwa)": VICTIMS,
    "Rumah Rusak (unit)": HOUSES,
    "Sumber Laporan": (),
    "Pelapor": ("Nama", "No. HP"),
    "Keterangan": (),
}
HEADER_ROW = 5
Counts = dict[str, int]
Cells = list[Any]


@dataclass(frozen=True)
class Incident:
    """One row of the book. `korban` and `rumah` lack what nobody asked about."""

    jenis: str
    kelurahan: Kelurahan
    lapor: datetime
    tiba: datetime
    selesai: datetime
    genangan_cm: int | None
    korban: Counts
    rumah: Counts


def answer(path: str, asked: Question, seed: int, now: datetime, fault: Fault | None) -> Answer | None:
    """The book of one year, None for any other path."""
    found = FILE_NAME.match(path)
    if found is None or path not in files(seed, now):
        return None
    year = int(found[1])
    return book(seed, year, min(_closed(now), date(year + 1, 1, KEPT_DAYS)))


def files(seed: int, now: datetime) -> list[str]:
    """A book per year that has had a day."""
    return [f"rekap_bencana_{year}.xlsx" for year in range(FIRST_YEAR, (_closed(now) - timedelta(days=1)).year + 1)]


OFFICE = Office("bpbd", ("bpbd_kejadian",), answer, files)


def _closed(now: datetime) -> date:
    """The day at whose morning the book was last written."""
    return (now.astimezone(WIB) - timedelta(hours=WRITTEN_AT.hour)).date()


@kept(maxsize=16)
def book(seed: int, year: int, written: date) -> Answer:
    """The book of a year as of the morning of a day."""
    made = datetime.combine(written, WRITTEN_AT, WIB)
    workbook = Workbook()
    sheet: Any = workbook.active
    sheet.title = f"Rekap {year}"
    for title in ("REKAPITULASI KEJADIAN BENCANA KOTA PADANG (DATA SIMULASI)", f"TAHUN {year}", "Sumber: Pusdalops PB"):
        sheet.append([title])
    sheet.append([])
    _header(sheet)
    last = min(written - timedelta(days=1), date(year, 12, 31))
    found = [one for day in days(date(year, 1, 1), last) for one in incidents(seed, day)]
    for number, incident in enumerate(found, start=1):
        sheet.append(_row(seed, number, year, incident, made))
    _close(sheet, found, made)
    return Answer(saved(workbook, made), XLSX, modified=made)


@lru_cache(maxsize=2000)
def incidents(seed: int, day: date) -> tuple[Incident, ...]:
    """What was booked on a day, in order of report."""
    booked = [*_from_events(seed, day), *_from_quakes(seed, day), *_from_dry_land(seed, day)]
    return tuple(sorted(booked, key=lambda one: (one.lapor, one.kelurahan.kode, one.jenis)))


def _from_events(seed: int, day: date) -> Iterator[Incident]:
    for event in peristiwa(seed, day):
        is_water = event.jenis in (GENANGAN, BANJIR)
        if event.jenis == GENANGAN and event.parah < PUDDLE_CM:
            continue
        chance = rng(seed, "buku", event.id)
        depth = event.parah if is_water else None
        harm = _harm(chance, event.jenis, event.parah)
        yield _incident(chance, NAMES[event.jenis], event.kelurahan, (event.mulai, event.selesai), harm, depth)


def _from_quakes(seed: int, day: date) -> Iterator[Incident]:
    """From MMI IV on somebody reports a crack; at V walls fall in a few kelurahan."""
    for number, quake in enumerate(gempa_terasa(seed, day)):
        if quake.mmi < 4:
            continue
        chance = rng(seed, "buku gempa", day, number)
        for place in chance.sample(all_kelurahan(), 1 if quake.mmi == 4 else chance.randint(4, 9)):
            light = chance.randint(0, 2) if quake.mmi == 4 else chance.randint(1, 14)
            harm = {"Ringan": light}
            if quake.mmi > 4:
                harm |= {"Sedang": light // 4, "Berat": light // 9, "Luka": light // 6, "Terdampak": light * 4}
            yield _incident(
                chance, GEMPA_BUMI, place, (quake.at, quake.at + timedelta(hours=chance.randint(2, 30))), harm
            )


def _from_dry_land(seed: int, day: date) -> Iterator[Incident]:
    """Land burns where it has hardly rained for a week."""
    chance = rng(seed, "buku lahan", day)
    dry = [kecamatan for kecamatan in WETNESS if hujan_pekan(seed, kecamatan, day) < 8]
    if dry and chance.random() < 0.09:
        place = chance.choice([one for one in all_kelurahan() if one.kode_kecamatan in dry])
        begins = datetime.combine(day, time(chance.randint(10, 18), chance.randrange(60)), WIB)
        yield _incident(chance, KARHUTLA, place, (begins, begins + timedelta(hours=chance.randint(1, 7))), {})


def _incident(
    chance: Random,
    jenis: str,
    place: Kelurahan,
    period: tuple[datetime, datetime],
    harm: Counts,
    depth: int | None = None,
) -> Incident:
    reported = period[0] + timedelta(minutes=chance.randint(3, 40))
    arrived = reported + timedelta(minutes=round(MINUTES[place.kode_kecamatan] * chance.uniform(0.9, 2.6)))
    ended = max(period[1], arrived + timedelta(minutes=chance.randint(20, 70)))
    is_asked = any(harm.values()) or chance.random() > NOT_NOTED
    counts = {name: harm.get(name, 0) for name in (*VICTIMS, *HOUSES)} if is_asked else {}
    korban = {name: counts[name] for name in VICTIMS if name in counts}
    rumah = {name: counts[name] for name in HOUSES if name in counts}
    return Incident(jenis, place, reported, arrived, ended, depth, korban, rumah)


def _harm(chance: Random, jenis: str, parah: int) -> Counts:
    """Victims and houses of one event; most trees fall on nobody."""
    if jenis in (GENANGAN, BANJIR):
        people = round(parah * chance.uniform(1.5, 9))
        return {"Terdampak": people, "Mengungsi": people // 4 if parah >= 40 else 0}
    if jenis == POHON_TUMBANG:
        hit = chance.random() < 0.05 * parah
        return {
            "Ringan": int(hit),
            "Luka": int(chance.random() < 0.012 * parah),
            "Meninggal": int(chance.random() < 0.0008 * parah),
        }
    if jenis == ANGIN:
        light = chance.randint(1, 5) * parah
        return {"Ringan": light, "Sedang": light // 3, "Berat": light // 8, "Terdampak": light * 4}
    if jenis == LONGSOR:
        buried = chance.random() < 0.08 * parah
        homes = chance.randint(0, parah)
        return {
            "Sedang": homes,
            "Berat": parah // 3,
            "Terdampak": homes * 4,
            "Meninggal": int(buried),
            "Luka": int(buried),
        }
    if jenis == ORANG_HANYUT:
        return {chance.choices(("Meninggal", "Hilang", "Luka"), (60, 12, 28))[0]: 1}
    return {"Ringan": chance.randint(0, 3)} if jenis == ABRASI else {}


def _row(seed: int, number: int, year: int, one: Incident, made: datetime) -> Cells:
    """The incident as it stands in the book; times that have not come are empty."""
    chance = rng(seed, "baris buku", year, number)
    defect = _defect(chance)
    kode = "" if chance.random() < PLACELESS else one.kelurahan.kode
    if defect == "unknown":
        kode = f"{one.kelurahan.kode_kecamatan}.1099"
    arrived = one.lapor - timedelta(minutes=chance.randint(15, 300)) if defect == "early" else one.tiba
    korban = [one.korban.get(name) for name in VICTIMS]
    if defect == "words":
        korban[-1] = "± 20 KK"  # type: ignore[call-overload]
    name = f"{chance.choice(FIRST_NAMES)} {chance.choice(LAST_NAMES)}"
    phone = f"08120000{chance.randrange(1000, 10000)}"
    return [
        number,
        f"{number:03d}/BPBD/{ROMAN[one.lapor.month - 1]}/{year}",
        1371.0,
        kode or None,
        one.kelurahan.nama,
        nama_kecamatan(one.kelurahan.kode_kecamatan),
        one.jenis.upper() if chance.random() < UPPER_CASE else one.jenis,
        one.genangan_cm,
        *(_text(moment) if moment <= made else None for moment in (one.lapor, arrived, one.selesai)),
        *korban,
        *(one.rumah.get(name) for name in HOUSES),
        chance.choices(list(CHANNELS), list(CHANNELS.values()))[0],
        name,
        phone,
        f"{one.jenis} di Kel. {one.kelurahan.nama}; dilaporkan {name} ({phone}), ditangani regu TRC.",
    ]


def _defect(chance: Random) -> str:
    drawn = chance.randrange(1000)
    bounds = {"early": EARLY, "unknown": EARLY + UNKNOWN, "words": EARLY + UNKNOWN + IN_WORDS}
    return next((kind for kind, below in bounds.items() if drawn < below), "")


def _text(moment: datetime) -> str:
    return f"{moment:%d/%m/%Y %H:%M}"


def _header(sheet: Any) -> None:
    """Two rows, the upper one merged over its columns, and a row that numbers the columns."""
    upper = [cell for name, below in GROUPS.items() for cell in (name, *[None] * (len(below) - 1))]
    lower = [cell for below in GROUPS.values() for cell in (below or (None,))]
    sheet.append(upper)
    sheet.append(lower)
    at = 1
    for below in GROUPS.values():
        width = max(1, len(below))
        last = HEADER_ROW if below else HEADER_ROW + 1
        sheet.merge_cells(start_row=HEADER_ROW, end_row=last, start_column=at, end_column=at + width - 1)
        at += width
    sheet.append([str(number) for number in range(1, len(upper) + 1)])


def _close(sheet: Any, found: Sequence[Incident], made: datetime) -> None:
    """Totals, then who signs."""
    sums = [sum(one.korban.get(name, 0) for one in found) for name in VICTIMS]
    sums += [sum(one.rumah.get(name, 0) for one in found) for name in HOUSES]
    sheet.append(["JUMLAH", *[None] * 10, *sums])
    sheet.append([])
    for line in (f"Padang, {made.day} {MONTHS[made.month - 1]} {made.year}", "Kepala Pelaksana,", "Fulan Contohwan"):
        sheet.append([*[None] * 18, line])
