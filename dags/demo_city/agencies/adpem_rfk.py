"""RFK: how far each activity of each agency has come, in works and in money, a workbook per month. Simulated.

Budget and realisation are those of SIPD's reports (apbd.py), so that an agency's activities sum to its part of the APBD.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache

from command_center.settings import WIB

from demo_city.answer import XLSX, Answer
from demo_city.ask import Question
from demo_city.causes.apbd import CENT, NOTHING, WAGES, Amount, Line, paid, passed, spending
from demo_city.causes.chance import rng
from demo_city.causes.kalender import is_working_day, months
from demo_city.faults.spoil import Fault
from demo_city.kept import kept
from demo_city.office import Office
from demo_city.render.months import month_name
from demo_city.table import indonesian_number
from demo_city.xlsx import Cell, workbook_bytes

BEGINNING = date(2024, 1, 1)
WRITTEN_ON = 5  # working day of the month after
FILE_NAME = re.compile(r"^RFK_(\d{4})-(\d{2})\.xlsx$")
# Known defects, as shares of the rows: a lost decimal comma ('985' for '98,5'), and a guess in place of a number
LOST_COMMA, GUESSED = 0.004, 0.003
AHEAD_OF_WORKS = 0.03  # activities that are paid well before the work is done
# How late goods and works were planned, as powers of the year that has passed; in April 2024 by the press 35,80 per cent
HOPED, USUALLY_HOPED = {2024: (0.93, 0.93)}, (1.25, 1.9)
AHEAD_OF_TARGET, AHEAD_OF_MONEY = 0.8, 0.66  # works run ahead of the money, as powers of its share
BEHIND = Decimal(-10)  # points from where an agency says why
HUNDRED = Decimal(100)
HEADER: tuple[tuple[Cell, ...], ...] = (
    (
        *("No", "Kode OPD", "Perangkat Daerah", "Program", "Kode Kegiatan", "Kegiatan", "Pagu (Rp)"),
        *("Target", "", "Realisasi", "", "", "Deviasi", "", "Permasalahan"),
    ),
    (
        *[""] * 7,
        *("Keuangan (%)", "Fisik (%)", "Keuangan (Rp)", "Keuangan (%)", "Fisik (%)", "Keuangan (%)", "Fisik (%)", ""),
    ),
)
REASONS = (
    "Proses tender ulang",
    "Menunggu petunjuk teknis DAK",
    "Pekerjaan terhambat hujan",
    "Menunggu perubahan anggaran",
    "Pembebasan lahan belum selesai",
    "Penyedia terlambat mengajukan tagihan",
)


@dataclass(frozen=True)
class Kegiatan:
    """An activity with everything that stands in its row; shares in percent, cumulative since January."""

    kode_opd: str
    opd: str
    program: str
    kode: str
    nama: str
    jumlah: Amount
    target_keuangan: Decimal
    target_fisik: Decimal
    fisik: Decimal

    @property
    def keuangan(self) -> Decimal:
        return _percent(self.jumlah)


def answer(path: str, asked: Question, seed: int, now: datetime, fault: Fault | None) -> Answer | None:
    """The workbook of a month; None for an unknown path."""
    found = FILE_NAME.match(path)
    if found is None or path not in file_paths(seed, now):
        return None
    return workbook(seed, date(int(found[1]), int(found[2]), 1))


def file_paths(seed: int, now: datetime) -> list[str]:
    """Every month whose workbook has been written."""
    today = now.astimezone(WIB).date()
    return [f"RFK_{month:%Y-%m}.xlsx" for month in months(BEGINNING, today) if written(month) <= now]


@lru_cache(maxsize=256)
def written(month: date) -> datetime:
    """When the workbook of a month is put down: on a working day of the next."""
    day, left = month_end(month), WRITTEN_ON
    while left:
        day += timedelta(days=1)
        left -= is_working_day(day)
    return datetime.combine(day, time(15, 10), WIB)


def month_end(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1) - timedelta(days=1)


@lru_cache(maxsize=48)
def kegiatan(seed: int, month: date) -> tuple[Kegiatan, ...]:
    """Every activity as it stood at the end of a month."""
    day = month_end(month)
    lines = {line.kode: line for line in spending(seed, day)}
    works = (line for line in lines.values() if len(line.kode) == 3 and line.kode[2].count(".") == 4)
    return tuple(_kegiatan(seed, day, line, lines) for line in works)


def _kegiatan(seed: int, day: date, line: Line, lines: dict[tuple[str, ...], Line]) -> Kegiatan:
    urusan, kode_opd, kode = line.kode
    chance = rng(seed, "rfk", kode_opd, kode, day.year)
    whole = sum(line.amounts.values(), NOTHING)
    planned = sum((amount.anggaran * _plan(rekening, day) for rekening, amount in line.amounts.items()), Decimal(0))
    target = (planned / whole.anggaran * HUNDRED).quantize(CENT)
    pace = chance.uniform(0.93, 1.03) * (0.72 if chance.random() < AHEAD_OF_WORKS else 1.0)
    return Kegiatan(
        kode_opd,
        lines[urusan, kode_opd].nama,
        lines[urusan, kode_opd, kode[:7]].nama,
        kode,
        line.nama,
        whole,
        target,
        _share(float(target), AHEAD_OF_TARGET, 1.0),
        _share(float(_percent(whole)) / 0.92, AHEAD_OF_MONEY, pace),
    )


def _plan(rekening: str, day: date) -> Decimal:
    """What should be spent by then: wages by the calendar, goods and works as early as the year's plan hoped for."""
    if rekening == WAGES:
        return Decimal(paid(day)).quantize(Decimal("0.0001"))
    goods, works = HOPED.get(day.year, USUALLY_HOPED)
    return Decimal(passed(day) ** (goods if rekening.startswith("5.1") else works)).quantize(Decimal("0.0001"))


def _share(percent: float, power: float, factor: float) -> Decimal:
    """Works run ahead of the money by a power; never more than the whole."""
    return Decimal(min(100.0, 100 * (percent / 100) ** power * factor)).quantize(CENT)


def _percent(amount: Amount) -> Decimal:
    return (amount.realisasi / amount.anggaran * HUNDRED).quantize(CENT)


@kept(maxsize=64)
def workbook(seed: int, month: date) -> Answer:
    """Titles, two rows of header, their numbers, the activities with a sum below each agency's, a signature."""
    rows: list[Sequence[Cell]] = [
        ["REALISASI FISIK DAN KEUANGAN (RFK) PEMERINTAH KOTA PADANG - DATA SIMULASI"],
        [],
        ["Bulan", month_name(month)],
        [],
        *HEADER,
        [str(number) for number in range(1, len(HEADER[0]) + 1)],
        *_rows(seed, month),
        [],
        [f"Padang, {written(month).day} {month_name(written(month).date())}"],
        ["Kepala Bagian Administrasi Pembangunan,"],
        ["Fulan Contohwan"],
    ]
    at = written(month)
    return Answer(workbook_bytes({"RFK": rows}, at), XLSX, modified=at)


def _rows(seed: int, month: date) -> Iterator[Sequence[Cell]]:
    found = kegiatan(seed, month)
    for number, one in enumerate(found, start=1):
        yield _row(seed, month, number, one)
        if number == len(found) or found[number].kode_opd != one.kode_opd:
            yield _total(f"Jumlah {one.opd}", [other for other in found if other.kode_opd == one.kode_opd])
    yield _total("TOTAL KOTA PADANG", found)


def _row(seed: int, month: date, number: int, one: Kegiatan) -> Sequence[Cell]:
    chance = rng(seed, "rfk baris", month, one.kode_opd, one.kode)
    behind = (one.keuangan - one.target_keuangan, one.fisik - one.target_fisik)
    reason = chance.choice(REASONS) if min(behind) < BEHIND else ""
    shares = [one.target_keuangan, one.target_fisik, one.keuangan, *behind]
    target_money, target_works, money, off_money, off_works = (indonesian_number(share) for share in shares)
    return [
        *(str(number), one.kode_opd, one.opd, one.program, one.kode, one.nama, indonesian_number(one.jumlah.anggaran)),
        *(target_money, target_works, indonesian_number(one.jumlah.realisasi), money),
        *(_works(one.fisik, chance.random()), off_money, off_works, reason),
    ]


def _works(share: Decimal, drawn: float) -> str:
    """Progress of the works as it was typed, now and then wrongly."""
    if drawn < LOST_COMMA and share > 11:
        return indonesian_number(share).replace(",", "")
    return f"± {share:.0f}" if drawn > 1 - GUESSED else indonesian_number(share)


def _total(label: str, of: Sequence[Kegiatan]) -> Sequence[Cell]:
    whole = sum((one.jumlah for one in of), NOTHING)
    money = (indonesian_number(whole.anggaran), "", "", indonesian_number(whole.realisasi))
    return [label, *[""] * 5, *money, indonesian_number(_percent(whole)), "", "", "", ""]


OFFICE = Office("adpem", ("adpem_rfk",), answer, file_paths)
