"""The fire service's daily export: every incident since 2024, as one ';'-separated CSV with a byte order mark.

How many there were is what was published, or as many again; some rescues are at the city's common events, and land burns
when it is dry.
"""

from __future__ import annotations

import csv
import io
import math
from calendar import monthrange
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from random import Random
from typing import NamedTuple

from command_center.idformat import MONTHS
from command_center.settings import WIB

from demo_city.answer import CSV, Answer
from demo_city.causes.chance import apportion, pick, rng
from demo_city.causes.cuaca import HEAVY, hujan_harian
from demo_city.causes.kalender import days
from demo_city.causes.peristiwa import ANGIN, BANJIR, GENANGAN, LONGSOR, ORANG_HANYUT, POHON_TUMBANG, peristiwa
from demo_city.causes.published import FIRES_2024, RESCUES_2024, VOTERS_2020
from demo_city.causes.regions import Kelurahan, kelurahan_of
from demo_city.office import Office, always, by_path

EXPORT = "kejadian.csv"
FIRST_YEAR = 2024
# Some engines arrive late: on another call, in water, far up a slope; a few after more than an hour
HELD_UP, LONGEST_MINUTES = 0.03, 170.0
DEFECT_EVERY = 200  # 0,5 % of the incidents carry a defect
FIRE, RESCUE = "Kebakaran", "Penyelamatan"
OLD_SPELLING = {"Februari": "Pebruari", "November": "Nopember"}
ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
DRY_SEASON = (0.9, 1.0, 0.9, 0.85, 0.95, 1.1, 1.35, 1.3, 1.15, 1.05, 0.8, 0.75)
WEEKDAYS = {FIRE: (1.0, 0.95, 1.0, 1.0, 1.0, 1.15, 1.2), RESCUE: (0.95, 0.95, 1.0, 1.0, 1.0, 1.15, 1.25)}
HOURS = {
    FIRE: (3, 3, 3, 2, 2, 2, 3, 4, 5, 6, 7, 7, 8, 8, 8, 7, 6, 6, 7, 7, 6, 5, 5, 4),
    RESCUE: (1, 1, 1, 1, 1, 2, 4, 6, 8, 8, 8, 7, 6, 6, 7, 7, 8, 8, 7, 7, 6, 4, 3, 2),
}
# Typical minutes from call to arrival: near the stations, at the edge of the city, down the coast to Bungus.
MINUTES = {
    "13.71.01": 10.0,
    "13.71.02": 9.0,
    "13.71.03": 8.0,
    "13.71.04": 8.5,
    "13.71.05": 17.5,
    "13.71.06": 11.0,
    "13.71.07": 13.5,
    "13.71.08": 13.5,
    "13.71.09": 11.5,
    "13.71.10": 9.5,
    "13.71.11": 13.0,
}
OBJECTS = {
    FIRE: {
        "Rumah tinggal": 42,
        "Lahan dan semak": 20,
        "Kendaraan": 10,
        "Kios atau toko": 9,
        "Instalasi listrik": 8,
        "Tumpukan sampah": 6,
    }
    | {"Gudang": 3, "Rumah makan": 2},
    RESCUE: {
        "Evakuasi ular": 32,
        "Sarang tawon": 26,
        "Pelepasan cincin": 13,
        "Evakuasi kucing": 8,
        "Evakuasi biawak": 7,
    }
    | {"Kunci rumah macet": 5, "Orang terperosok": 3},
}
# Which of the city's events call the fire service: how often, and what it writes down
EVENTS = {
    POHON_TUMBANG: (0.14, "Pohon tumbang"),
    ANGIN: (0.4, "Pohon tumbang"),
    GENANGAN: (0.05, "Evakuasi warga banjir"),
    BANJIR: (0.9, "Evakuasi warga banjir"),
    LONGSOR: (0.6, "Evakuasi korban longsor"),
    ORANG_HANYUT: (0.5, "Pencarian orang hanyut"),
}
MOST_AT_EVENTS = 0.4  # share of a month's rescues
DRY, WET = 1.2, 0.65  # how many more or fewer fires a day without rain, or with heavy rain, has
CAUSES = {
    "Korsleting listrik": 38,
    "Kompor": 16,
    "Pembakaran sampah": 18,
    "Puntung rokok": 7,
    "Dalam penyelidikan": 14,
    "": 7,
}
LOSSES = {"Rumah tinggal": 60e6, "Kios atau toko": 45e6, "Gudang": 180e6, "Kendaraan": 25e6, "Rumah makan": 90e6}
# Nobody is called like this and no such number is handed out: both can be looked for wherever they must not be.
FIRST_NAMES = ("Fulan", "Fulanah", "Polan", "Badu", "Anu", "Minah", "Buyuang", "Upiak")
LAST_NAMES = ("Rekaan", "Contohwan", "Simulasi", "Fiktifa", "Khayalan")
STREETS = ("Jl. Contoh Raya", "Jl. Rekaan", "Jl. Simulasi Indah", "Komplek Perumahan Fiktif", "Gang Percontohan")
HEADER = (
    "No Kejadian",
    "Jenis",
    "Tanggal",
    "Informasi Diterima",
    "Berangkat",
    "Tiba di Lokasi",
    "Selesai",
    "Kode Kelurahan",
    "lat_long",
    "Alamat",
    "Objek",
    "Penyebab",
    "Armada",
    "Korban Luka",
    "Korban Meninggal",
    "Taksiran Kerugian",
    "Nama Pelapor",
    "Telepon Pelapor",
    "Kronologi",
)
Row = dict[str, str]


class Report(NamedTuple):
    """What is called in; `kelurahan` and `objek` are known beforehand at one of the city's events."""

    at: datetime
    jenis: str
    kelurahan: Kelurahan | None
    objek: str


def answer(path: str, seed: int, now: datetime) -> Answer | None:
    """The export of the day, None for an unknown path."""
    return export(seed, now.astimezone(WIB).date()) if path == EXPORT else None


@lru_cache(maxsize=4)
def export(seed: int, today: date) -> Answer:
    """Every incident up to yesterday; the same bytes all day."""
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, HEADER, delimiter=";", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(row for at, row in incidents(seed, today) if at.date() < today)
    modified = datetime.combine(today, time(0, 5), WIB)
    headers = {"Content-Disposition": 'attachment; filename="kejadian.csv"'}
    return Answer(stream.getvalue().encode("utf-8-sig"), CSV, modified=modified, headers=headers)


def incidents(seed: int, until: date) -> Iterator[tuple[datetime, Row]]:
    """Every incident of the months up to that of `until`, in order of report, whole months at a time."""
    number = 0
    for year in range(FIRST_YEAR, until.year + 1):
        for month in range(1, 13 if year < until.year else until.month + 1):
            for at, row in _month(seed, year, month):
                number += 1
                if number % DEFECT_EVERY == 12:
                    _spoil(row, at, number // DEFECT_EVERY % 3)
                yield at, row


@lru_cache(maxsize=64)
def kebakaran(seed: int, year: int, month: int) -> tuple[tuple[datetime, str], ...]:
    """When and in which kelurahan it burnt; whoever reports a fire may have called 112 as well."""
    rows = _month(seed, year, month)
    return tuple((at, row["Kode Kelurahan"]) for at, row in rows if row["Jenis"] == FIRE and row["Kode Kelurahan"])


def _month(seed: int, year: int, month: int) -> Iterator[tuple[datetime, Row]]:
    """A month is drawn as a whole, so that its days do not change while it goes by."""
    chance = rng(seed, "damkar", year, month)
    counts = _counts(seed, year, month)
    reports = _at_events(seed, year, month)[: int(counts[RESCUE] * MOST_AT_EVENTS)]
    counts[RESCUE] -= len(reports)
    for jenis, count in counts.items():
        weights = _days(seed, year, month, jenis)
        reports += [Report(_moment(chance, year, month, jenis, weights), jenis, None, "") for _ in range(count)]
    for number, report in enumerate(sorted(reports, key=lambda report: (report.at, report.jenis)), start=1):
        yield report.at, _incident(chance, report, f"{number:04d}/DPK/{ROMAN[month - 1]}/{year}")


def _at_events(seed: int, year: int, month: int) -> list[Report]:
    """The rescues of a month at trees, floods and slopes, in an order of chance."""
    chance = rng(seed, "damkar peristiwa", year, month)
    last = date(year, month, monthrange(year, month)[1])
    found = []
    for event in (event for day in days(last.replace(day=1), last) for event in peristiwa(seed, day)):
        odds, objek = EVENTS.get(event.jenis, (0.0, ""))
        if chance.random() < odds:
            begins = event.mulai.replace(tzinfo=None)
            at = begins + timedelta(seconds=chance.randrange(60, 1500))
            found.append(Report(at if at.date() == begins.date() else begins, RESCUE, event.kelurahan, objek))
    chance.shuffle(found)
    return found


def _counts(seed: int, year: int, month: int) -> dict[str, int]:
    """Fires and rescues of a month: as published for 2024, of the same size afterwards."""
    if year == FIRST_YEAR:
        spread = rng(seed, "damkar", "penyelamatan", year)
        rescues = apportion(RESCUES_2024, {number: spread.uniform(0.85, 1.15) for number in range(1, 13)})
        return {FIRE: FIRES_2024[month - 1], RESCUE: rescues[month]}
    chance, growth = rng(seed, "damkar", "jumlah", year, month), 1.02 ** (year - FIRST_YEAR)
    fires = max(6, round(chance.gauss(sum(FIRES_2024) / 12 * DRY_SEASON[month - 1] * growth, 3.5)))
    return {FIRE: fires, RESCUE: round(RESCUES_2024 / 12 * growth * chance.uniform(0.85, 1.15))}


def _moment(chance: Random, year: int, month: int, jenis: str, weights: dict[int, float]) -> datetime:
    day = pick(chance, weights)
    hour = chance.choices(range(24), HOURS[jenis])[0]
    return datetime(year, month, day, hour, chance.randrange(60), chance.randrange(60))


@lru_cache(maxsize=4)
def _days(seed: int, year: int, month: int, jenis: str) -> dict[int, float]:
    """The days of a month, weighted by weekday; fires by rain too."""
    found = {}
    for number in range(1, monthrange(year, month)[1] + 1):
        day = date(year, month, number)
        found[number] = WEEKDAYS[jenis][day.weekday()]
        if jenis == FIRE:
            rain = max(hujan_harian(seed, day).values())
            found[number] *= DRY if rain == 0 else WET if rain >= HEAVY else 1.0
    return found


def _incident(chance: Random, report: Report, number: str) -> Row:
    at, jenis = report.at, report.jenis
    kelurahan = report.kelurahan or _kelurahan(chance)
    objek = report.objek or pick(chance, OBJECTS[jenis])
    place = _place(chance, kelurahan)
    row = {"No Kejadian": number, "Jenis": jenis, "Tanggal": _date_text(chance, at), "Objek": objek}
    row |= _times(chance, at, kelurahan, jenis) | place | _consequences(chance, jenis, objek)
    return row | _reporter(chance, at, objek, place["Alamat"])


def _kelurahan(chance: Random) -> Kelurahan:
    """As often as people live there: by kecamatan, then evenly."""
    return chance.choice(kelurahan_of(pick(chance, VOTERS_2020)))


def _date_text(chance: Random, at: datetime) -> str:
    """'5 Februari 2024', now and then in the old spelling or with a leading zero."""
    month = MONTHS[at.month - 1]
    if chance.random() < 0.3:
        month = OLD_SPELLING.get(month, month)
    day = f"{at.day:02d}" if chance.random() < 0.15 else str(at.day)
    return f"{day} {month} {at.year}"


def _times(chance: Random, at: datetime, kelurahan: Kelurahan, jenis: str) -> Row:
    """The four times without a date; the last one is often not filled in."""
    slower = 1.0 if jenis == FIRE else 1.08
    response = max(3.0, MINUTES[kelurahan.kode_kecamatan] * slower * math.exp(chance.gauss(-0.07, 0.3)))
    if chance.random() < HELD_UP:
        response = min(LONGEST_MINUTES, response * chance.lognormvariate(math.log(3.2), 0.6))
    left = at + timedelta(minutes=min(response * 0.4, chance.uniform(0.8, 2.8)))
    arrived = at + timedelta(minutes=response)
    ended = arrived + timedelta(minutes=chance.lognormvariate(math.log(48 if jenis == FIRE else 24), 0.5))
    return {
        "Informasi Diterima": f"{at:%H:%M:%S}",
        "Berangkat": "" if chance.random() < 0.02 else f"{left:%H:%M:%S}",
        "Tiba di Lokasi": "" if chance.random() < 0.015 else f"{arrived:%H:%M:%S}",
        "Selesai": "" if chance.random() < 0.08 else f"{ended:%H:%M:%S}",
    }


def _place(chance: Random, kelurahan: Kelurahan) -> Row:
    lintang, bujur = kelurahan.point(chance)
    known, located = chance.random() > 0.006, chance.random() > 0.1
    street = f"{chance.choice(STREETS)} No. {chance.randint(1, 180)}"
    rt_rw = f"RT {chance.randint(1, 8):02d}/RW {chance.randint(1, 12):02d}"
    return {
        "Kode Kelurahan": kelurahan.kode if known else "",
        "lat_long": f"LatLng({lintang:.5f}, {bujur:.5f})" if located else "",
        "Alamat": f"{street} {rt_rw}, Kel. {kelurahan.nama}",
    }


def _consequences(chance: Random, jenis: str, objek: str) -> Row:
    loss = LOSSES.get(objek, 4e6) * chance.lognormvariate(0, 0.7)
    fire = jenis == FIRE
    return {
        "Penyebab": pick(chance, CAUSES) if fire else "",
        "Armada": str(chance.choices((1, 2, 3, 4, 6, 9), (10, 28, 30, 18, 10, 4))[0] if fire else 1),
        "Korban Luka": str(chance.choices((0, 1, 2, 3), (94, 4, 1.5, 0.5))[0]) if fire else "0",
        "Korban Meninggal": str(chance.choices((0, 1), (99, 1))[0]) if fire else "0",
        "Taksiran Kerugian": _rupiah(round(loss, -5)) if fire and chance.random() < 0.8 else "-",
    }


def _rupiah(amount: float) -> str:
    """'12.500.000,00'"""
    return f"{amount:,.2f}".translate(str.maketrans(",.", ".,"))


def _reporter(chance: Random, at: datetime, objek: str, address: str) -> Row:
    name = f"{chance.choice(FIRST_NAMES)} {chance.choice(LAST_NAMES)}"
    number = f"{chance.randrange(1000, 10000)}"
    phone = chance.choice((f"08120000{number}", f"+628120000{number}", f"0812-0000-{number}"))
    story = f"Pada pukul {at:%H.%M} WIB pelapor a.n. {name} (HP {phone}) menghubungi posko; objek: {objek}, {address}."
    if chance.random() < 0.03:
        story += f'\nKata pelapor: "tolong segera"; lokasi ± {chance.randint(1, 14)} km dari pos.'
    return {"Nama Pelapor": name, "Telepon Pelapor": phone, "Kronologi": story}


def _spoil(row: Row, at: datetime, kind: int) -> None:
    """One of the three defects that the steward knows from the paper forms."""
    if kind == 0:
        row["Tiba di Lokasi"] = f"{at - timedelta(hours=4):%H:%M:%S}"
        row["Selesai"] = f"{at - timedelta(hours=3):%H:%M:%S}"
    elif kind == 1:
        row["Kode Kelurahan"] = row["Kode Kelurahan"][:8] + ".1099" if row["Kode Kelurahan"] else "13.71.12.1001"
    else:
        row["Taksiran Kerugian"] = "± 15 juta"


OFFICE = Office("damkar", ("damkar_kejadian",), by_path(answer), always([EXPORT]), (EXPORT,))
