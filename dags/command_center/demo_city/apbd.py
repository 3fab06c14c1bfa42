"""The synthetic city's budget: one set of amounts behind DJPK's export and both of SIPD's reports, so that their sums agree."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache

from command_center.demo_city.chance import apportion, rng

BASE_YEAR = 2024
GROWTH = 1.035
CENT = Decimal("0.01")


@dataclass(frozen=True)
class Account:
    """An account that nothing lies below: its budget of the base year in million rupiah, and how much of it a year uses up."""

    kode: str
    nama: str
    juta: int
    share: float


ACCOUNTS = (
    Account("4.1.01", "Pajak Daerah", 612_000, 0.88),
    Account("4.1.02", "Retribusi Daerah", 98_500, 0.71),
    Account("4.1.03", "Hasil Pengelolaan Kekayaan Daerah yang Dipisahkan", 21_400, 0.93),
    Account("4.1.04", "Lain-lain PAD yang Sah", 74_300, 0.82),
    Account("4.2.01", "Pendapatan Transfer Pemerintah Pusat", 1_486_000, 0.98),
    Account("4.2.02", "Pendapatan Transfer Antar Daerah", 214_000, 1.04),
    Account("4.3.01", "Pendapatan Hibah", 12_600, 0.64),
    Account("5.1.01", "Belanja Pegawai", 1_148_000, 0.95),
    Account("5.1.02", "Belanja Barang dan Jasa", 842_000, 0.91),
    Account("5.1.05", "Belanja Hibah", 86_200, 0.9),
    Account("5.1.06", "Belanja Bantuan Sosial", 18_700, 0.77),
    Account("5.2.02", "Belanja Modal Peralatan dan Mesin", 96_400, 0.89),
    Account("5.2.03", "Belanja Modal Gedung dan Bangunan", 154_000, 0.84),
    Account("5.2.04", "Belanja Modal Jalan, Jaringan, dan Irigasi", 231_000, 0.87),
    Account("5.3.01", "Belanja Tidak Terduga", 14_000, 0.32),
    Account("5.4.02", "Belanja Bantuan Keuangan", 3_200, 0.98),
    Account("6.1.01", "Sisa Lebih Perhitungan Anggaran Tahun Sebelumnya", 99_700, 1.0),
    Account("6.2.02", "Penyertaan Modal Daerah", 25_000, 0.9),
)
GROUPS = {
    "4": "PENDAPATAN DAERAH",
    "4.1": "PENDAPATAN ASLI DAERAH (PAD)",
    "4.2": "PENDAPATAN TRANSFER",
    "4.3": "LAIN-LAIN PENDAPATAN DAERAH YANG SAH",
    "5": "BELANJA DAERAH",
    "5.1": "BELANJA OPERASI",
    "5.2": "BELANJA MODAL",
    "5.3": "BELANJA TIDAK TERDUGA",
    "5.4": "BELANJA TRANSFER",
    "6": "PEMBIAYAAN DAERAH",
    "6.1": "PENERIMAAN PEMBIAYAAN",
    "6.2": "PENGELUARAN PEMBIAYAAN",
}


@dataclass(frozen=True)
class Amount:
    """Budget of the year and realisation until a day, in rupiah."""

    anggaran: Decimal
    realisasi: Decimal

    def __add__(self, other: Amount) -> Amount:
        return Amount(self.anggaran + other.anggaran, self.realisasi + other.realisasi)

    def __neg__(self) -> Amount:
        return Amount(-self.anggaran, -self.realisasi)


NOTHING = Amount(Decimal(0), Decimal(0))


def amounts(seed: int, day: date) -> dict[str, Amount]:
    """Every account with the sums of the groups above it; financing is what comes in less what goes out."""
    found = {account.kode: _amount(seed, account, day) for account in ACCOUNTS}
    for group in sorted(GROUPS, key=len, reverse=True):
        below = [amount for kode, amount in found.items() if kode.rpartition(".")[0] == group]
        found[group] = sum(below, NOTHING)
    found["6"] = found["6.1"] + -found["6.2"]
    return found


def names() -> dict[str, str]:
    """Every code in the order of a report, with its name."""
    return dict(sorted({**GROUPS, **{account.kode: account.nama for account in ACCOUNTS}}.items()))


@lru_cache(maxsize=1024)
def _amount(seed: int, account: Account, day: date) -> Amount:
    chance = rng(seed, "apbd", account.kode, day.year)
    budget = round(account.juta * GROWTH ** (day.year - BASE_YEAR) * chance.uniform(0.97, 1.03)) * 1_000_000
    used = budget * account.share * chance.uniform(0.96, 1.03) * progress(account.kode, day)
    return Amount(Decimal(budget), Decimal(used).quantize(CENT))


def progress(kode: str, day: date) -> float:
    """How much of a year's realisation is there by a day: wages come evenly, works late, what is left over at once."""
    passed = ((day - date(day.year, 1, 1)).days + 1) / (366 if day.year % 4 == 0 else 365)
    if kode.startswith("6.1"):
        return 1.0
    if kode.startswith(("5.2", "5.4", "6.2")):
        return math.pow(passed, 2.4)
    return math.pow(passed, 1.5) if kode.startswith("5.1.02") else passed


@dataclass(frozen=True)
class SubKegiatan:
    """What money is spent for: names from the unit of government down, and how much of each account it takes."""

    urusan: str
    organisasi: str
    program: str
    kegiatan: str
    sub_kegiatan: str
    shares: dict[str, float]


@dataclass(frozen=True)
class Line:
    """A line of the report by programme: codes of columns A to D, name, amount of each account."""

    kode: tuple[str, ...]
    nama: str
    amounts: dict[str, Amount]


# code of a sub-kegiatan: its names and shares; the codes of everything above it begin it
SPENDING = {
    "1.01.02.2.01.0003": SubKegiatan(
        "PENDIDIKAN",
        "1.01.2.22.0.00.01.0000 Dinas Pendidikan dan Kebudayaan",
        "PROGRAM PENGELOLAAN PENDIDIKAN",
        "Pengelolaan Pendidikan Sekolah Dasar",
        "Pengelolaan Dana BOS Sekolah Dasar",
        {"5.1.01": 0.52, "5.1.02": 0.24, "5.2.03": 0.3, "5.1.05": 0.6},
    ),
    "1.02.02.2.02.0001": SubKegiatan(
        "KESEHATAN",
        "1.02.0.00.0.00.01.0000 Dinas Kesehatan",
        "PROGRAM PEMENUHAN UPAYA KESEHATAN PERORANGAN DAN UPAYA KESEHATAN MASYARAKAT",
        "Penyediaan Layanan Kesehatan untuk UKM dan UKP Rujukan Tingkat Daerah Kabupaten/Kota",
        "Pengelolaan Pelayanan Kesehatan Ibu Hamil",
        {"5.1.01": 0.18, "5.1.02": 0.3, "5.2.02": 0.45, "5.2.03": 0.2},
    ),
    "1.03.10.2.01.0010": SubKegiatan(
        "PEKERJAAN UMUM DAN PENATAAN RUANG",
        "1.03.0.00.0.00.01.0000 Dinas Pekerjaan Umum dan Penataan Ruang",
        "PROGRAM PENYELENGGARAAN JALAN",
        "Penyelenggaraan Jalan Kabupaten/Kota",
        "Pemeliharaan Rutin Jalan",
        {"5.1.01": 0.05, "5.1.02": 0.12, "5.2.04": 1.0, "5.2.03": 0.3},
    ),
    "1.05.03.2.02.0003": SubKegiatan(
        "KETENTERAMAN DAN KETERTIBAN UMUM SERTA PERLINDUNGAN MASYARAKAT",
        "1.05.0.00.0.00.03.0000 Badan Penanggulangan Bencana Daerah",
        "PROGRAM PENANGGULANGAN BENCANA",
        "Pelayanan Pencegahan dan Kesiapsiagaan terhadap Bencana",
        "Pengendalian Operasi dan Penyediaan Sarana Prasarana Kesiapsiagaan terhadap Bencana",
        {"5.1.01": 0.02, "5.1.02": 0.03, "5.2.02": 0.1},
    ),
    "1.05.04.2.01.0002": SubKegiatan(
        "KETENTERAMAN DAN KETERTIBAN UMUM SERTA PERLINDUNGAN MASYARAKAT",
        "1.05.0.00.0.00.04.0000 Dinas Pemadam Kebakaran",
        "PROGRAM PENCEGAHAN, PENANGGULANGAN, PENYELAMATAN KEBAKARAN DAN PENYELAMATAN NON KEBAKARAN",
        "Pencegahan, Pengendalian, Pemadaman, Penyelamatan, dan Penanganan Bahan Berbahaya dan Beracun Kebakaran",
        "Pemadaman dan Pengendalian Kebakaran dalam Daerah Kabupaten/Kota",
        {"5.1.01": 0.03, "5.1.02": 0.03, "5.2.02": 0.15},
    ),
    "2.15.02.2.02.0008": SubKegiatan(
        "PERHUBUNGAN",
        "2.15.0.00.0.00.01.0000 Dinas Perhubungan",
        "PROGRAM PENYELENGGARAAN LALU LINTAS DAN ANGKUTAN JALAN (LLAJ)",
        "Penyediaan Perlengkapan Jalan di Jalan Kabupaten/Kota",
        "Penyediaan Perlengkapan Jalan di Jalan Kabupaten/Kota",
        {"5.1.01": 0.04, "5.1.02": 0.08, "5.2.02": 0.1},
    ),
    "2.16.03.2.02.0007": SubKegiatan(
        "KOMUNIKASI DAN INFORMATIKA",
        "2.16.2.20.2.21.01.0000 Dinas Komunikasi dan Informatika",
        "PROGRAM PENGELOLAAN APLIKASI INFORMATIKA",
        "Pengelolaan e-government di Lingkup Pemerintah Daerah Kabupaten/Kota",
        "Penyelenggaraan Ekosistem Kota Cerdas",
        {"5.1.01": 0.02, "5.1.02": 0.05, "5.2.02": 0.2},
    ),
    "5.02.02.2.04.0003": SubKegiatan(
        "KEUANGAN",
        "5.02.0.00.0.00.01.0000 Badan Pengelola Keuangan dan Aset Daerah",
        "PROGRAM PENGELOLAAN KEUANGAN DAERAH",
        "Penunjang Urusan Kewenangan Pengelolaan Keuangan Daerah",
        "Pengelolaan Dana Darurat dan Mendesak",
        {"5.1.01": 0.14, "5.1.02": 0.15, "5.1.05": 0.4, "5.1.06": 1.0, "5.2.03": 0.2, "5.3.01": 1.0, "5.4.02": 1.0},
    ),
}
UNSUR = {
    "1": "URUSAN PEMERINTAHAN WAJIB YANG BERKAITAN DENGAN PELAYANAN DASAR",
    "2": "URUSAN PEMERINTAHAN WAJIB YANG TIDAK BERKAITAN DENGAN PELAYANAN DASAR",
    "5": "UNSUR PENUNJANG URUSAN PEMERINTAHAN",
}


def spending(seed: int, day: date) -> list[Line]:
    """The lines of the report by programme; the lines of the accounts sum exactly to the city's own."""
    lines: dict[tuple[str, ...], Line] = {}
    leaves = _leaves(seed, day)
    for kode, sub in SPENDING.items():
        for path, nama in _above(kode, sub):
            lines.setdefault(path, Line(path, nama, {}))
            for rekening, amount in leaves[kode].items():
                held = lines[path].amounts
                held[rekening] = held.get(rekening, NOTHING) + amount
        for rekening, amount in leaves[kode].items():
            path = (*_path(kode, sub), rekening)
            lines[path] = Line(path, names()[rekening], {rekening: amount})
    return list(lines.values())


def _path(kode: str, sub: SubKegiatan) -> tuple[str, str, str]:
    return kode[:4], sub.organisasi.partition(" ")[0], kode


def _above(kode: str, sub: SubKegiatan) -> Iterator[tuple[tuple[str, ...], str]]:
    urusan, organisasi, _ = _path(kode, sub)
    yield (kode[:1],), UNSUR[kode[:1]]
    yield (urusan,), sub.urusan
    yield (urusan, organisasi), sub.organisasi.partition(" ")[2]
    yield (urusan, organisasi, kode[:7]), sub.program
    yield (urusan, organisasi, kode[:12]), sub.kegiatan
    yield (urusan, organisasi, kode), sub.sub_kegiatan


def _leaves(seed: int, day: date) -> dict[str, dict[str, Amount]]:
    """Each account of spending, divided among those who spend it to the last cent."""
    found: dict[str, dict[str, Amount]] = {kode: {} for kode in SPENDING}
    for rekening, whole in amounts(seed, day).items():
        weights = {kode: sub.shares[rekening] for kode, sub in SPENDING.items() if rekening in sub.shares}
        if not weights:
            continue
        budget, used = (apportion(int(value / CENT), weights) for value in (whole.anggaran, whole.realisasi))
        for kode in weights:
            found[kode][rekening] = Amount(budget[kode] * CENT, used[kode] * CENT)
    return found
