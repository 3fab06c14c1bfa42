"""The finance agency: DJPK's yearly export over HTTP, and SIPD's monthly reports in the upload folder."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from xml.sax.saxutils import escape

from command_center.settings import WIB

from demo_city.answer import SPREADSHEETML, XLSX, Answer
from demo_city.ask import Question
from demo_city.causes.apbd import NOTHING, Amount, amounts, names, spending
from demo_city.kept import kept
from demo_city.office import Office, by_question
from demo_city.render.lra import AccountLine, account_workbook, program_workbook
from demo_city.render.spreadsheetml import NAMESPACE
from demo_city.xlsx import saved

EXPORT = "csv_apbd"
BEGINNING = date(2016, 1, 1)  # of the years that it knows
PADANG = {"provinsi": "03", "pemda": "12"}
REPORTS = {"LRA Per Program": "program", "LRA Pendapatan": "akun"}
FILE_NAME = re.compile(rf"^({'|'.join(REPORTS)})-(\d{{1,2}})-(\d{{1,2}})-(\d{{4}})\.xlsx$")
# DJPK's lines with the accounts that they add up; it repeats a group that has a single account
DJPK = (
    ("Pendapatan Daerah", ("4",)),
    ("PAD", ("4.1",)),
    ("Pajak Daerah", ("4.1.01",)),
    ("Retribusi Daerah", ("4.1.02",)),
    ("Hasil Pengelolaan Kekayaan Daerah yang Dipisahkan", ("4.1.03",)),
    ("Lain-Lain PAD yang Sah", ("4.1.04",)),
    ("TKDD", ("4.2.01",)),
    ("Pendapatan Transfer Pemerintah Pusat", ("4.2.01",)),
    ("Pendapatan Transfer Antar Daerah", ("4.2.02",)),
    ("Pendapatan Lainnya", ("4.3",)),
    ("Pendapatan Hibah", ("4.3.01",)),
    ("Belanja Daerah", ("5",)),
    ("Belanja Pegawai", ("5.1.01",)),
    ("Belanja Pegawai", ("5.1.01",)),
    ("Belanja Barang Jasa", ("5.1.02",)),
    ("Belanja Barang dan Jasa", ("5.1.02",)),
    ("Belanja Modal", ("5.2",)),
    ("Belanja Modal", ("5.2",)),
    ("Belanja Lainnya", ("5.1.05", "5.1.06", "5.3", "5.4")),
    ("Belanja Bantuan Keuangan", ("5.4.02",)),
    ("Belanja Hibah", ("5.1.05",)),
    ("Belanja Bantuan Sosial", ("5.1.06",)),
    ("Belanja Tidak Terduga", ("5.3.01",)),
    ("Pembiayaan Daerah", ("6",)),
    ("Penerimaan Pembiayaan Daerah", ("6.1",)),
    ("Sisa Lebih Perhitungan Anggaran Tahun Sebelumnya", ("6.1.01",)),
    ("Pengeluaran Pembiayaan Daerah", ("6.2",)),
    ("Penyertaan Modal Daerah", ("6.2.02",)),
)
TOTALS = {"4.3.01": ("JUMLAH PENDAPATAN", "4"), "5.4.02": ("JUMLAH BELANJA", "5")}  # below which account they stand


def answer(path: str, asked: Question, seed: int, now: datetime) -> Answer | None:
    """The export of a year, or a report by its name; None for an unknown path."""
    today = now.astimezone(WIB).date()
    if path == EXPORT:
        return _export(asked, seed, today)
    found = FILE_NAME.match(path)
    if found is None or path not in file_paths(now):
        return None
    return report(REPORTS[found[1]], seed, date(int(found[4]), int(found[3]), int(found[2])))


def file_paths(now: datetime) -> list[str]:
    """Both reports of the last day of each month of this year that is over, and of the year before."""
    return [
        f"{name}-{day.day}-{day.month}-{day.year}.xlsx"
        for day in month_ends(now.astimezone(WIB).date())
        for name in REPORTS
    ]


def month_ends(today: date) -> Iterator[date]:
    """31 December, then the last day of every month before today's."""
    yield date(today.year - 1, 12, 31)
    for month in range(1, today.month):
        yield date(today.year, month, monthrange(today.year, month)[1])


def _export(asked: Question, seed: int, today: date) -> Answer:
    """DJPK answers an unknown year or place with the header alone."""
    year = asked.query.get("tahun", "")
    is_known = year.isdigit() and BEGINNING.year <= int(year) <= today.year
    is_padang = all(asked.query.get(name) == value for name, value in PADANG.items())
    return export(seed, until(int(year), today) if is_known and is_padang else None)


def until(year: int, today: date) -> date:
    """The day up to which a year is told: the end of the last month, or of the year."""
    last = today.replace(day=1) - timedelta(days=1)
    return min(max(last, date(year, 1, 1)), date(year, 12, 31))


@lru_cache(maxsize=32)
def export(seed: int, day: date | None) -> Answer:
    """A year's lines as of a day; a 'csv' that is SpreadsheetML, with numbers as numbers and percentages as text."""
    lines = ["".join(_cell("String", title) for title in ("Akun", "Anggaran", "Realisasi", "Persentase"))]
    held = amounts(seed, day) if day else {}
    for name, codes in DJPK if day else ():
        amount = sum((held[code] for code in codes), NOTHING)
        numbers = (_cell("Number", _digits(value)) for value in (amount.anggaran, amount.realisasi))
        lines.append(_cell("String", f" {name}") + "".join(numbers) + _cell("String", _percent(amount)))
    head = f'<?xml version="1.0" encoding="UTF-8"?><Workbook xmlns="{NAMESPACE}" xmlns:ss="{NAMESPACE}">'
    rows = "".join(f"<Row>{line}</Row>" for line in lines)
    body = f'{head}<Worksheet ss:Name="Data APBD"><Table>{rows}</Table></Worksheet></Workbook>'
    headers = {"Content-Disposition": 'attachment; filename="apbd.csv"'}
    return Answer(body.encode(), SPREADSHEETML, modified=_evening(day or BEGINNING), headers=headers)


def _cell(kind: str, text: str) -> str:
    return f'<Cell><Data ss:Type="{kind}">{escape(text)}</Data></Cell>'


def _digits(value: Decimal) -> str:
    """Without the zeros behind the last digit."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _percent(amount: Amount) -> str:
    if not amount.anggaran:
        return "0"
    return f"{(amount.realisasi / amount.anggaran * 100).quantize(Decimal('0.01')):f}"


@kept(maxsize=64)
def report(kind: str, seed: int, day: date) -> Answer:
    """One of SIPD's reports as it was taken in the evening of a day."""
    if kind == "program":
        book = program_workbook(spending(seed, day), day)
    else:
        book = account_workbook(list(account_lines(seed, day)), day)
    return Answer(saved(book, _evening(day)), XLSX, modified=_evening(day))


def account_lines(seed: int, day: date) -> Iterator[AccountLine]:
    """The accounts with last year's realisation, and the totals that stand among them without a code."""
    now, before = amounts(seed, day), amounts(seed, date(day.year - 1, 12, 31))
    for kode, nama in names().items():
        yield _line(kode, nama, now[kode], before[kode])
        if kode in TOTALS:
            label, of = TOTALS[kode]
            yield _line(None, label, now[of], before[of])
        if kode == "5.4.02":
            yield _line(None, "SURPLUS / (DEFISIT)", now["4"] + -now["5"], before["4"] + -before["5"])
    left, left_before = (one["4"] + -one["5"] + one["6"] for one in (now, before))
    yield _line(None, "PEMBIAYAAN NETTO", now["6"], before["6"])
    yield _line(None, "SISA LEBIH PEMBIAYAAN ANGGARAN TAHUN BERKENAAN (SILPA)", left, left_before)


def _line(kode: str | None, nama: str, now: Amount, before: Amount) -> AccountLine:
    return kode, nama, now.anggaran, now.realisasi, before.realisasi


def _evening(day: date) -> datetime:
    return datetime.combine(day, time(17, 30), WIB)


OFFICE = Office(
    "bpkad",
    ("bpkad_djpk", "bpkad_sipd_lra"),
    by_question(answer),
    lambda seed, now: file_paths(now),
    (EXPORT,),
    late=timedelta(weeks=6),
)
