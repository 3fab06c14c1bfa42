"""The call centre 112: the table of tickets in its own database, as people at telephones fill it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from random import Random

from command_center.demo_city.chance import pick, poisson, rng
from command_center.demo_city.damkar import FIRST_NAMES, LAST_NAMES, MONTHS, STREETS
from command_center.demo_city.regions import Kelurahan, all_kelurahan
from command_center.demo_city.table import Row, Table
from command_center.settings import WIB

TABLE = "lokasi"
DAYS = 45
A_DAY = 8.0
BEGINNING = date(2024, 1, 1)
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
# What is reported and how often, who is sent, and how many minutes it takes
EMERGENCIES = {
    "KEBAKARAN": (14, "Dinas Pemadam Kebakaran", 95),
    "EVAKUASI HEWAN LIAR/BUAS": (12, "Dinas Pemadam Kebakaran", 50),
    "KECELAKAAN LALU LINTAS": (16, "Dinas Kesehatan", 55),
    "PERMINTAAN AMBULAN": (13, "Dinas Kesehatan", 45),
    "POHON TUMBANG": (11, "Dinas Lingkungan Hidup", 80),
    "BANJIR": (8, "Badan Penanggulangan Bencana Daerah", 240),
    "ORANG DENGAN GANGGUAN JIWA (ODGJ)": (6, "Satuan Polisi Pamong Praja", 70),
    "GANGGUAN KETERTIBAN": (9, "Satuan Polisi Pamong Praja", 60),
    "LAMPU JALAN PADAM": (5, "Dinas Perhubungan", 600),
}
CALLS = {"darurat": 46, "informasi": 31, "prank": 14, "ghost": 9}


def table(seed: int, now: datetime) -> Table:
    """The tickets of the last weeks as they are at that minute; the same object for the same minute."""
    return _table(seed, now.astimezone(WIB).replace(second=0, microsecond=0))


@lru_cache(maxsize=4)
def _table(seed: int, minute: datetime) -> Table:
    days = (minute.date() - timedelta(days=back) for back in range(DAYS, -1, -1))
    rows = (row for day in days for row in _day(seed, day, minute))
    return Table(COLUMNS, tuple(rows), minute)


def _day(seed: int, day: date, now: datetime) -> Iterator[Row]:
    """A day's tickets are drawn as a whole, so that nothing changes but what happens to them."""
    chance = rng(seed, "112", day)
    minutes = sorted(chance.randrange(24 * 60) for _ in range(poisson(chance, A_DAY)))
    for number, minute in enumerate(minutes, start=1):
        at = datetime.combine(day, time(), WIB) + timedelta(minutes=minute)
        row = _ticket(chance, at, now)
        if at <= now:
            yield {"id": str((day - BEGINNING).days * 100 + number), **row}


def _ticket(chance: Random, at: datetime, now: datetime) -> Row:
    """A ticket as it stands now: forwarded and ended only once that time has come."""
    call = pick(chance, CALLS)
    kejadian = pick(chance, {name: weight for name, (weight, _, _) in EMERGENCIES.items()})
    place = _place(chance, chance.choice(all_kelurahan()), known=call == "darurat")
    who = _caller(chance, at)
    forwarded = at + timedelta(minutes=chance.randint(1, 6))
    ended = forwarded + timedelta(minutes=round(EMERGENCIES[kejadian][2] * chance.uniform(0.5, 1.9)))
    noted = ended if chance.random() > 0.1 else None  # some are never closed
    if chance.random() < 0.03:
        noted = at - timedelta(hours=chance.randint(1, 9))  # the date was chosen wrongly
    if call != "darurat":
        return _row(at, None, None, now, call) | place | who
    sent = {"kejadian": kejadian, "diteruskan_ke": EMERGENCIES[kejadian][1] if forwarded <= now else ""}
    return _row(at, forwarded, (ended, noted), now, call) | place | who | sent


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
