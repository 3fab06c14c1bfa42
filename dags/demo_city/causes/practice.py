"""The practice table: how much waste was carried from which kelurahan, one row per hour of the last three weeks.

Every kind of source serves this one table, so that what a connector read can be compared with what was there.
"""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import datetime, time, timedelta
from decimal import Decimal
from functools import cache, lru_cache

from command_center.settings import WIB

from demo_city.causes.chance import pick, rng
from demo_city.causes.regions import REF_WILAYAH, Kelurahan, all_kelurahan
from demo_city.faults.spoil import Fault
from demo_city.table import Row, Table, changed_at, day_of, number_of

DAYS = 21
LATE = timedelta(days=3)
TEN_YEARS = timedelta(days=3653)
BEGINNING = datetime(2024, 1, 1, tzinfo=WIB)
STEP = 10  # between the numbers of two rows, so that others can come between them
OF_A_DAY = STEP * 24
COLUMNS = (
    "nomor",
    "tanggal",
    "kode_kelurahan",
    "nama_kelurahan",
    "rute",
    "jenis",
    "berat_kg",
    "biaya_rp",
    "petugas",
    "diubah_pada",
    "keterangan",
)
KINDS = {"Organik": 52, "Anorganik": 27, "Residu": 16, "B3 Rumah Tangga": 5}
# Nobody is called like this: the names can be looked for wherever they must not be.
FIRST_NAMES = ("Fulan", "Fulanah", "Polan", "Badu", "Anu", "Minah", "Buyuang", "Upiak")
LAST_NAMES = ("Rekaan", "Contohwan", "Simulasi", "Fiktifa", "Khayalan")
REMARKS = (
    "",
    "Lancar",
    "Tertunda ± 2 jam",
    'Jalan rusak; lewat "Jl. Rekaan"',
    "Titik kumpul dekat café, sisi timur",
    "Dua rit\nrit kedua setelah hujan",
    "-",
)


@lru_cache(maxsize=16)
def table(seed: int, hour: datetime, fault: Fault | None = None, churned: int = 0) -> Table:
    """The table as of the end of that hour, after so many changes between requests, with a fault of its rows in it."""
    rows = _rows(seed, hour, churned)
    at = max(map(changed_at, rows), default=hour)
    good = Table(COLUMNS, tuple(rows), at)
    return with_fault(good, fault) if fault else good


def last_hour(seed: int, now: datetime) -> datetime:
    """The hour whose row is the newest at that moment."""
    hour = now.astimezone(WIB).replace(minute=0, second=0, microsecond=0)
    return hour if changed_at(_row(seed, _index(hour))) <= now else hour - timedelta(hours=1)


def _rows(seed: int, hour: datetime, churned: int) -> list[Row]:
    first = _index(datetime.combine(hour.date() - timedelta(days=DAYS), time(), WIB))
    base = [_row(seed, index) for index in range(first, _index(hour) + 1)]
    inserted, deleted = churn(seed, first, len(base), churned)
    kept = [row for row in base if row["nomor"] not in deleted]
    rows = [*kept, *(_between(seed, number) for number in inserted)]
    return sorted(rows, key=number_of)


@lru_cache(maxsize=32)
def churn(seed: int, first: int, count: int, steps: int) -> tuple[frozenset[int], frozenset[int]]:
    """Numbers of the rows that came and of those that went, after so many requests: one of each in turn, anywhere."""
    inserted: set[int] = set()
    deleted: set[int] = set()
    for step in range(1, steps + 1):
        chance = rng(seed, "latihan", "gejolak", step)
        number = (first + chance.randrange(count)) * STEP
        if step % 2:
            inserted.add(number + chance.randint(1, STEP - 1))
        else:
            deleted.add(number)
    return frozenset(inserted), frozenset(deleted)


def numbers_of_churn(seed: int, hour: datetime, steps: int) -> tuple[list[int], list[int]]:
    first = _index(datetime.combine(hour.date() - timedelta(days=DAYS), time(), WIB))
    inserted, deleted = churn(seed, first, _index(hour) + 1 - first, steps)
    return sorted(inserted), sorted(deleted)


def _index(hour: datetime) -> int:
    return int((hour - BEGINNING).total_seconds()) // 3600


def _between(seed: int, number: int) -> Row:
    """A row that came in later, between two others."""
    return _row(seed, number // STEP) | {"nomor": number, "keterangan": "Susulan"}


@lru_cache(maxsize=4096)
def _row(seed: int, index: int) -> Row:
    chance = rng(seed, "latihan", index)
    hour = BEGINNING + timedelta(hours=index)
    place: Kelurahan = chance.choice(all_kelurahan())
    weight = Decimal(chance.randint(8_000, 1_450_000)).scaleb(-2)
    return {
        "nomor": index * STEP,
        "tanggal": hour.date(),
        "kode_kelurahan": place.kode,
        "nama_kelurahan": place.nama,
        "rute": f"{chance.randint(1, 120):03d}",
        "jenis": pick(chance, KINDS),
        "berat_kg": weight,
        "biaya_rp": (weight * chance.randint(18_000, 22_500) / 100).quantize(Decimal("0.01")),
        "petugas": f"{chance.choice(FIRST_NAMES)} {chance.choice(LAST_NAMES)}",
        "diubah_pada": hour + timedelta(minutes=chance.randint(1, 58)),
        "keterangan": chance.choice(REMARKS) or None,
    }


def with_fault(good: Table, fault: Fault) -> Table:
    """The table with a fault of its rows; faults of other levels change nothing here."""
    if fault.kind == "late":
        last = good.at - LATE
        return replace(good, rows=tuple(row for row in good.rows if changed_at(row) <= last), at=last)
    if fault.kind in RESHAPED:
        return RESHAPED[fault.kind](good)
    if fault.kind == "decimal_style":
        return replace(good, swapped=True)
    if fault.kind == "corrected":
        return replace(good, rows=tuple(_corrected(row, fault.since) for row in good.rows))
    change = CHANGED_ROWS.get(fault.kind)
    return replace(good, rows=tuple(change(row) for row in good.rows)) if change else good


def is_first_of_a_day(row: Row) -> bool:
    """About four rows in a hundred; these carry the faults that concern single rows."""
    return number_of(row) % OF_A_DAY == 0


def _added(good: Table) -> Table:
    return replace(good, columns=(*COLUMNS, "kendaraan"), rows=tuple(row | {"kendaraan": "truk"} for row in good.rows))


def _renamed(good: Table) -> Table:
    columns = tuple("berat_netto_kg" if name == "berat_kg" else name for name in COLUMNS)
    return replace(good, columns=columns, rows=tuple(row | {"berat_netto_kg": row["berat_kg"]} for row in good.rows))


def _lost(good: Table) -> Table:
    return replace(good, columns=tuple(name for name in COLUMNS if name != "jenis"))


RESHAPED = {"column_added": _added, "column_renamed": _renamed, "column_lost": _lost}


def _retyped(row: Row) -> Row:
    return row | {"berat_kg": f"{row['berat_kg']} kg"}


def _absurd(row: Row) -> Row:
    if not is_first_of_a_day(row):
        return row
    return row | {"berat_kg": Decimal("-1234.50") if day_of(row).day % 2 else Decimal("999999999999.99")}


def _future(row: Row) -> Row:
    if not is_first_of_a_day(row):
        return row
    return row | {"tanggal": day_of(row) + TEN_YEARS, "diubah_pada": changed_at(row) + TEN_YEARS}


def _unknown_region(row: Row) -> Row:
    return (
        row | {"kode_kelurahan": "13.71.12.1099", "nama_kelurahan": "Antah Berantah"} if is_first_of_a_day(row) else row
    )


def _old_spelling(row: Row) -> Row:
    return row | {"nama_kelurahan": old_spellings().get(str(row["kode_kelurahan"]), row["nama_kelurahan"])}


CHANGED_ROWS = {
    "column_retyped": _retyped,
    "absurd_values": _absurd,
    "future_dates": _future,
    "unknown_region": _unknown_region,
    "old_spelling": _old_spelling,
}


def _corrected(row: Row, since: datetime) -> Row:
    """A weight of an earlier day that is another one now, and says when it was changed."""
    weight = row["berat_kg"]
    assert isinstance(weight, Decimal)
    if not is_first_of_a_day(row) or day_of(row) > since.date() - timedelta(days=2):
        return row
    return row | {"berat_kg": weight + 100, "diubah_pada": since.replace(second=0, microsecond=0)}


@cache
def old_spellings() -> dict[str, str]:
    """How other registers write the name of a kelurahan, by its code."""
    file = REF_WILAYAH.with_name("ref_wilayah_alias.csv")
    with file.open(encoding="utf-8", newline="") as stream:
        return {row["kode_wilayah"]: row["ejaan"] for row in csv.DictReader(stream)}
