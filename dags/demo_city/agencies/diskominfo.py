"""The call centre 112: the table of tickets in its own database, as people at telephones fill it.

People call because of the city's common events, of felt quakes and of the fires that the fire service books; the rest of
the calls follows the number of people, the hour and the day of the week.
"""

from __future__ import annotations

import json
from calendar import monthrange
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import cache, lru_cache
from random import Random
from typing import NamedTuple

from command_center.idformat import MONTHS
from command_center.settings import WIB

from demo_city.agencies.damkar import FIRST_NAMES, LAST_NAMES, STREETS, kebakaran
from demo_city.answer import JSON, Answer
from demo_city.causes.chance import pick, poisson, rng
from demo_city.causes.kalender import days, is_lebaran, months
from demo_city.causes.peristiwa import (
    ANGIN,
    BANJIR,
    GENANGAN,
    LONGSOR,
    ORANG_HANYUT,
    POHON_TUMBANG,
    gempa_terasa,
    peristiwa,
)
from demo_city.causes.published import VOTERS_2020
from demo_city.causes.regions import Kelurahan, all_kelurahan, kelurahan_of
from demo_city.kept import kept
from demo_city.office import Database, Office
from demo_city.table import Row, Table

TABLE = "lokasi"
A_DAY = 28.0  # calls that no event brought, in 2024; in proportion about as many as Semarang's 22.021 of 2025
GROWTH = 1.08  # from year to year: the number was new in August 2023
BEGINNING = date(2024, 1, 1)
SETTLED_DAYS = 4  # older tickets do not change any more
NEVER_CLOSED, WRONG_END = 0.1, 0.03  # shares of tickets; an end before the beginning is set aside by the loader
WEEKDAYS = (1.0, 0.96, 0.97, 1.0, 1.06, 1.12, 1.02)
HOURS = (3, 2, 2, 1, 1, 2, 4, 6, 7, 8, 8, 8, 8, 7, 7, 8, 8, 9, 9, 9, 8, 7, 5, 4)
FIRE_CALLED = 0.45  # share of fires that somebody reports to 112
AFTER_QUAKE = {3: 4.0, 4: 40.0, 5: 130.0}  # calls that ask what it was, by intensity
COLUMNS = (
    "id",
    "lat_long",
    "alamat",
    "desa",
    "kec",
    "kejadian",
    "jenis_panggilan",
    "tanggal_terima",
    "tanggal_diteruskan",
    "tanggal_selesai",
    "diteruskan_ke",
    "approve",
    "ket",
    "nama_pelapor",
    "noTelp_pelapor",
    "bulan",
    "tahun",
    "updated_at",
)
# What is reported and how often without an event, who is sent, and how many minutes it takes
EMERGENCIES = {
    "KEBAKARAN": (0.4, "Dinas Pemadam Kebakaran", 95),
    "EVAKUASI HEWAN LIAR/BUAS": (12, "Dinas Pemadam Kebakaran", 50),
    "KECELAKAAN LALU LINTAS": (16, "Dinas Kesehatan", 55),
    "PERMINTAAN AMBULAN": (13, "Dinas Kesehatan", 45),
    "POHON TUMBANG": (0, "Dinas Lingkungan Hidup", 80),
    "BANJIR": (0, "Badan Penanggulangan Bencana Daerah", 240),
    "TANAH LONGSOR": (0, "Badan Penanggulangan Bencana Daerah", 420),
    "ANGIN KENCANG": (0, "Badan Penanggulangan Bencana Daerah", 150),
    "ORANG HANYUT/TENGGELAM": (0, "Badan Penanggulangan Bencana Daerah", 480),
    "BANGUNAN RUSAK/RUNTUH": (0, "Badan Penanggulangan Bencana Daerah", 300),
    "ORANG DENGAN GANGGUAN JIWA (ODGJ)": (6, "Satuan Polisi Pamong Praja", 70),
    "GANGGUAN KETERTIBAN": (9, "Satuan Polisi Pamong Praja", 60),
    "LAMPU JALAN PADAM": (5, "Dinas Perhubungan", 600),
}
CALLS = {"darurat": 30, "informasi": 20, "prank": 21, "ghost": 29}


class Call(NamedTuple):
    """One call: of which kind, about what and where."""

    at: datetime
    kind: str
    kejadian: str
    kelurahan: Kelurahan


def table(seed: int, now: datetime) -> Table:
    """Every ticket since the beginning as it is at that minute; the same object for the same minute."""
    return _table(seed, now.astimezone(WIB).replace(second=0, microsecond=0))


@lru_cache(maxsize=4)
def _table(seed: int, minute: datetime) -> Table:
    settled = minute.date() - timedelta(days=SETTLED_DAYS)
    recent = (row for day in days(max(settled, BEGINNING), minute.date()) for row in _tickets(seed, day, minute))
    return Table(COLUMNS, (*_settled(seed, settled), *recent), minute)


@lru_cache(maxsize=8)
def _settled(seed: int, before: date) -> tuple[Row, ...]:
    """The tickets of the days before, which nobody touches any more."""
    this_month = max(before.replace(day=1), BEGINNING)
    whole = (row for month in months(BEGINNING, this_month - timedelta(days=1)) for row in _closed_month(seed, month))
    return (*whole, *(row for day in days(this_month, before - timedelta(days=1)) for row in _closed_day(seed, day)))


@lru_cache(maxsize=64)
def _closed_month(seed: int, month: date) -> tuple[Row, ...]:
    rows: list[Row] = json.loads(_written_month(seed, month).body)
    return tuple(row | {"updated_at": datetime.fromisoformat(str(row["updated_at"]))} for row in rows)


@kept(maxsize=1)
def _written_month(seed: int, month: date) -> Answer:
    """A month's tickets as text: they were most of what a start of the city took."""
    last = month.replace(day=monthrange(month.year, month.month)[1])
    rows = [row for day in days(month, last) for row in _closed_day(seed, day)]
    return Answer(json.dumps(rows, default=datetime.isoformat).encode(), JSON)


@lru_cache(maxsize=64)
def _closed_day(seed: int, day: date) -> tuple[Row, ...]:
    return tuple(_tickets(seed, day, datetime.combine(day, time(), WIB) + timedelta(days=SETTLED_DAYS)))


def _tickets(seed: int, day: date, now: datetime) -> Iterator[Row]:
    """A day's tickets are drawn as a whole, so that nothing changes but what happens to them."""
    for number, call in enumerate(calls(seed, day), start=1):
        if call.at <= now:
            chance = rng(seed, "112 tiket", day, number)
            yield {"id": str((day - BEGINNING).days * 1000 + number), **_ticket(chance, call, now)}


def calls(seed: int, day: date) -> list[Call]:
    """The calls that a day brings, in their order."""
    found = [*_usual(seed, day), *_of_events(seed, day), *_of_quakes(seed, day), *_of_fires(seed, day)]
    return sorted(found, key=lambda call: (call.at, call.kejadian, call.kelurahan.kode))


def _usual(seed: int, day: date) -> Iterator[Call]:
    chance = rng(seed, "112", day)
    mean = A_DAY * GROWTH ** ((day - BEGINNING).days / 365) * WEEKDAYS[day.weekday()] * (1.15 if is_lebaran(day) else 1)
    for _ in range(poisson(chance, mean)):
        at = datetime.combine(day, time(chance.choices(range(24), HOURS)[0], chance.randrange(60)), WIB)
        kejadian = pick(chance, {name: weight for name, (weight, _, _) in EMERGENCIES.items()})
        yield Call(at, pick(chance, CALLS), kejadian, _somewhere(chance))


def _of_events(seed: int, day: date) -> Iterator[Call]:
    """Water brings the more calls the deeper it is; most trees bring none or one."""
    for event in peristiwa(seed, day):
        chance = rng(seed, "112 peristiwa", event.id)
        mean, kejadian = {
            POHON_TUMBANG: (0.3 + 0.15 * event.parah, "POHON TUMBANG"),
            GENANGAN: (event.parah / 25, "BANJIR"),
            BANJIR: (2 + event.parah / 10, "BANJIR"),
            LONGSOR: (1.5, "TANAH LONGSOR"),
            ANGIN: (2.0, "ANGIN KENCANG"),
            ORANG_HANYUT: (0.9, "ORANG HANYUT/TENGGELAM"),
        }.get(event.jenis, (0.0, ""))
        lasts = min(90, round((event.selesai - event.mulai).total_seconds() / 60))
        for _ in range(poisson(chance, mean)):
            at = event.mulai + timedelta(minutes=round(lasts * chance.random() ** 2))
            yield Call(at, "darurat", kejadian, event.kelurahan)


def _of_quakes(seed: int, day: date) -> Iterator[Call]:
    """Within an hour many ask whether a tsunami comes; after a strong one some report damage."""
    for number, quake in enumerate(gempa_terasa(seed, day)):
        chance = rng(seed, "112 gempa", day, number)
        asked = poisson(chance, AFTER_QUAKE.get(quake.mmi, 0.0))
        broken = poisson(chance, 5.0) if quake.mmi >= 5 else 0
        for turn in range(asked + broken):
            at = quake.at.replace(second=0) + timedelta(minutes=1 + round(60 * chance.random() ** 2))
            about = ("informasi", "") if turn < asked else ("darurat", "BANGUNAN RUSAK/RUNTUH")
            yield Call(at, *about, _somewhere(chance))


def _of_fires(seed: int, day: date) -> Iterator[Call]:
    """The fires that the fire service books, as they are reported."""
    places = _by_code()
    for at, kode in kebakaran(seed, day.year, day.month):
        chance = rng(seed, "112 kebakaran", at)
        if at.date() == day and kode in places and chance.random() < FIRE_CALLED:
            yield Call(at.replace(second=0, tzinfo=WIB), "darurat", "KEBAKARAN", places[kode])


def _somewhere(chance: Random) -> Kelurahan:
    """As often as people live there: by kecamatan, then evenly."""
    return chance.choice(kelurahan_of(pick(chance, VOTERS_2020)))


@cache
def _by_code() -> dict[str, Kelurahan]:
    return {kelurahan.kode: kelurahan for kelurahan in all_kelurahan()}


def _ticket(chance: Random, call: Call, now: datetime) -> Row:
    """A ticket as it stands now: forwarded and ended only once that time has come."""
    at, kejadian = call.at, call.kejadian
    place = _place(chance, call.kelurahan, known=call.kind == "darurat")
    who = _caller(chance, at)
    if call.kind != "darurat":
        return _row(at, None, None, now, call.kind) | place | who
    forwarded = at + timedelta(minutes=chance.randint(1, 6))
    ended = forwarded + timedelta(minutes=round(EMERGENCIES[kejadian][2] * chance.uniform(0.5, 1.9)))
    noted = ended if chance.random() > NEVER_CLOSED else None
    if chance.random() < WRONG_END:
        noted = at - timedelta(hours=chance.randint(1, 9))  # the date was chosen wrongly
    sent = {"kejadian": kejadian, "diteruskan_ke": EMERGENCIES[kejadian][1] if forwarded <= now else ""}
    return _row(at, forwarded, (ended, noted), now, call.kind) | place | who | sent


def _row(
    at: datetime, forwarded: datetime | None, ended: tuple[datetime, datetime | None] | None, now: datetime, call: str
) -> Row:
    """The times that have come; whoever closes a ticket notes when it ended, rightly or not."""
    is_sent = forwarded is not None and forwarded <= now
    is_closed = ended is not None and ended[0] <= now and ended[1] is not None
    changed = (ended[0] if ended and is_closed else forwarded if is_sent else at) or at
    return {
        "kejadian": {"informasi": "PERMINTAAN INFORMASI", "prank": "PRANK", "ghost": "TANPA SUARA"}.get(call, ""),
        "jenis_panggilan": call,
        "tanggal_terima": _text(at),
        "tanggal_diteruskan": _text(forwarded) if forwarded and is_sent else "",
        "tanggal_selesai": _text(ended[1]) if ended and ended[1] and is_closed else "",
        "diteruskan_ke": "",
        "approve": int(is_closed),
        "bulan": f"{at:%m}",
        "tahun": f"{at:%Y}",
        "updated_at": changed.replace(tzinfo=None) + timedelta(seconds=at.minute),
    }


def _text(moment: datetime) -> str:
    """'20 Agustus 2026 07:15'"""
    return f"{moment.day:02d} {MONTHS[moment.month - 1]} {moment.year} {moment:%H:%M}"


def _place(chance: Random, kelurahan: Kelurahan, *, known: bool) -> Row:
    lintang, bujur = kelurahan.point(chance)
    street = f"{chance.choice(STREETS)} No. {chance.randint(1, 180)}, Kel. {kelurahan.nama}"
    coded = known and chance.random() > 0.02
    return {
        "lat_long": f"LatLng({lintang:.6f}, {bujur:.6f})" if known and chance.random() > 0.05 else "",
        "alamat": street if known else "",
        "desa": kelurahan.kode if coded else "",
        "kec": kelurahan.kode_kecamatan if known else "",
    }


def _caller(chance: Random, at: datetime) -> Row:
    """Nobody is called like this and no such number is handed out."""
    name = f"{chance.choice(FIRST_NAMES)} {chance.choice(LAST_NAMES)}"
    phone = f"08120000{chance.randrange(1000, 10000)}"
    return {
        "ket": f"CC112 menerima laporan pukul {at:%H.%M} dari {name} ({phone}); petugas diteruskan.",
        "nama_pelapor": name,
        "noTelp_pelapor": phone,
    }


OFFICE = Office("diskominfo", ("diskominfo_112",), database=Database(TABLE, table))
