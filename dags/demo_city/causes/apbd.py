"""The synthetic city's budget: one set of amounts behind DJPK's export and both of SIPD's reports, so that their sums agree."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cache, lru_cache

from demo_city.causes.chance import apportion, rng
from demo_city.causes.kalender import RAMADAN
from demo_city.causes.published import VOTERS_2020
from demo_city.causes.regions import nama_kecamatan

BASE_YEAR = 2024
GROWTH = 1.035
WAGES = "5.1.01"
# By the press 19,55 per cent were spent at the end of April 2024, and between 44,59 and 45,23 at the end of June 2025
DRAG = {2024: 1.32, 2025: 0.74}
BEFORE_FEAST, JUNE_WAGE = 10, (6, 10)  # days before the end of Ramadan; month and day
TEMPO, TEMPO_OF_LEAF = 0.32, 0.15  # how agencies, and what one agency does, differ in pace; wages are paid at one pace
LEAST_LEFT = 0.9  # at the year's end the slowest has spent so much of what the fastest has
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
    used = budget * account.share * chance.uniform(0.96, 1.03) * progress(seed, account.kode, day)
    return Amount(Decimal(budget), Decimal(used).quantize(CENT))


def passed(day: date) -> float:
    """The share of its year that is over at the end of a day."""
    return ((day - date(day.year, 1, 1)).days + 1) / (366 if day.year % 4 == 0 else 365)


def progress(seed: int, kode: str, day: date) -> float:
    """How much of a year's realisation is there by a day: wages by the calendar, works late, what is left over at once."""
    if kode.startswith("6.1"):
        return 1.0
    if kode == WAGES:
        return paid(day)
    if kode.startswith("5"):
        return math.pow(passed(day), _lateness(kode) * drag(seed, day.year))
    return math.pow(passed(day), _lateness(kode))


def _lateness(kode: str) -> float:
    if kode.startswith(("5.2", "5.4", "6.2")):
        return 2.4
    return 1.5 if kode.startswith("5.1.02") else 1.0


def drag(seed: int, year: int) -> float:
    """How slowly the city spends in a year, 1 being usual; 2024 and 2025 so that the published figures are met."""
    return DRAG.get(year) or rng(seed, "serapan", year).uniform(0.8, 1.2)


@lru_cache(maxsize=2000)
def paid(day: date) -> float:
    """Share of a year's fourteen wages: one a month, one before the feast, one in June."""
    feast = next((last for _, last in RAMADAN if last.year == day.year), date(day.year, 3, 31))
    extra = (day >= feast - timedelta(days=BEFORE_FEAST)) + (day >= date(day.year, *JUNE_WAGE))
    return (12 * passed(day) + extra) / 14


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
# Codes and names of programmes follow Permendagri 90/2019; the agencies' numbers and the shares are simulated
FURTHER = {
    "1.01.02.2.02.0001": SubKegiatan(
        "PENDIDIKAN",
        "1.01.2.22.0.00.01.0000 Dinas Pendidikan dan Kebudayaan",
        "PROGRAM PENGELOLAAN PENDIDIKAN",
        "Pengelolaan Pendidikan Sekolah Menengah Pertama",
        "Penambahan Ruang Kelas Baru",
        {"5.1.02": 0.08, "5.2.03": 0.15},
    ),
    "1.02.03.2.02.0001": SubKegiatan(
        "KESEHATAN",
        "1.02.0.00.0.00.01.0000 Dinas Kesehatan",
        "PROGRAM PENINGKATAN KAPASITAS SUMBER DAYA MANUSIA KESEHATAN",
        "Perencanaan Kebutuhan dan Pendayagunaan Sumberdaya Manusia Kesehatan untuk UKP dan UKM di Wilayah Kabupaten/Kota",
        "Pemenuhan Kebutuhan Sumber Daya Manusia Kesehatan Sesuai Standar",
        {"5.1.02": 0.05},
    ),
    "1.03.06.2.01.0001": SubKegiatan(
        "PEKERJAAN UMUM DAN PENATAAN RUANG",
        "1.03.0.00.0.00.01.0000 Dinas Pekerjaan Umum dan Penataan Ruang",
        "PROGRAM PENGELOLAAN DAN PENGEMBANGAN SISTEM DRAINASE",
        "Pengelolaan dan Pengembangan Sistem Drainase yang Terhubung Langsung dengan Sungai dalam Daerah Kabupaten/Kota",
        "Pembangunan Sistem Drainase Perkotaan",
        {"5.1.02": 0.02, "5.2.04": 0.35},
    ),
    "1.04.05.2.01.0001": SubKegiatan(
        "PERUMAHAN DAN KAWASAN PERMUKIMAN",
        "1.04.2.10.0.00.01.0000 Dinas Perumahan Rakyat, Kawasan Permukiman dan Pertanahan",
        "PROGRAM PENINGKATAN PRASARANA, SARANA DAN UTILITAS UMUM (PSU)",
        "Urusan Penyelenggaraan PSU Perumahan",
        "Penyediaan Prasarana, Sarana, dan Utilitas Umum di Perumahan",
        {"5.1.01": 0.012, "5.1.02": 0.02, "5.2.04": 0.2},
    ),
    "1.05.02.2.01.0001": SubKegiatan(
        "KETENTERAMAN DAN KETERTIBAN UMUM SERTA PERLINDUNGAN MASYARAKAT",
        "1.05.0.00.0.00.02.0000 Satuan Polisi Pamong Praja",
        "PROGRAM PENINGKATAN KETENTERAMAN DAN KETERTIBAN UMUM",
        "Penanganan Gangguan Ketenteraman dan Ketertiban Umum dalam 1 (Satu) Daerah Kabupaten/Kota",
        "Pencegahan Gangguan Ketenteraman dan Ketertiban Umum",
        {"5.1.01": 0.03, "5.1.02": 0.03, "5.2.02": 0.03},
    ),
    "1.06.05.2.02.0001": SubKegiatan(
        "SOSIAL",
        "1.06.0.00.0.00.01.0000 Dinas Sosial",
        "PROGRAM PERLINDUNGAN DAN JAMINAN SOSIAL",
        "Pengelolaan Data Fakir Miskin Cakupan Daerah Kabupaten/Kota",
        "Pendataan Fakir Miskin Cakupan Daerah Kabupaten/Kota",
        {"5.1.01": 0.012, "5.1.02": 0.025},
    ),
    "2.11.11.2.01.0001": SubKegiatan(
        "LINGKUNGAN HIDUP",
        "2.11.0.00.0.00.01.0000 Dinas Lingkungan Hidup",
        "PROGRAM PENGELOLAAN PERSAMPAHAN",
        "Pengelolaan Sampah",
        "Penanganan Sampah dengan Melakukan Pemilahan, Pengumpulan, Pengangkutan, Pengolahan, dan Pemrosesan Akhir Sampah",
        {"5.1.01": 0.025, "5.1.02": 0.07, "5.2.02": 0.15},
    ),
    "2.12.02.2.01.0001": SubKegiatan(
        "ADMINISTRASI KEPENDUDUKAN DAN PENCATATAN SIPIL",
        "2.12.0.00.0.00.01.0000 Dinas Kependudukan dan Pencatatan Sipil",
        "PROGRAM PENDAFTARAN PENDUDUK",
        "Pelayanan Pendaftaran Penduduk",
        "Pencatatan, Penatausahaan dan Penerbitan Dokumen atas Pendaftaran Penduduk",
        {"5.1.01": 0.012, "5.1.02": 0.012, "5.2.02": 0.03},
    ),
    "2.18.04.2.01.0001": SubKegiatan(
        "PENANAMAN MODAL",
        "2.18.0.00.0.00.01.0000 Dinas Penanaman Modal dan Pelayanan Terpadu Satu Pintu",
        "PROGRAM PELAYANAN PENANAMAN MODAL",
        "Pelayanan Perizinan dan Non Perizinan secara Terpadu Satu Pintu dibidang Penanaman Modal yang menjadi Kewenangan Daerah Kabupaten/Kota",
        "Penyediaan Pelayanan Terpadu Perizinan dan Nonperizinan Berbasis Sistem Pelayanan Perizinan Berusaha Terintegrasi secara Elektronik",
        {"5.1.01": 0.01, "5.1.02": 0.01, "5.2.02": 0.02},
    ),
    "3.26.02.2.03.0001": SubKegiatan(
        "PARIWISATA",
        "3.26.0.00.0.00.01.0000 Dinas Pariwisata",
        "PROGRAM PENINGKATAN DAYA TARIK DESTINASI PARIWISATA",
        "Pengelolaan Destinasi Pariwisata Kabupaten/Kota",
        "Penetapan Destinasi Pariwisata Kabupaten/Kota",
        {"5.1.01": 0.01, "5.1.02": 0.025, "5.2.03": 0.05},
    ),
    "3.30.03.2.01.0001": SubKegiatan(
        "PERDAGANGAN",
        "3.30.0.00.0.00.01.0000 Dinas Perdagangan",
        "PROGRAM PENINGKATAN SARANA DISTRIBUSI PERDAGANGAN",
        "Pembangunan dan Pengelolaan Sarana Distribusi Perdagangan",
        "Penyediaan Sarana Distribusi Perdagangan",
        {"5.1.01": 0.015, "5.1.02": 0.02, "5.2.03": 0.15},
    ),
    "4.01.02.2.01.0001": SubKegiatan(
        "SEKRETARIAT DAERAH",
        "4.01.0.00.0.00.01.0000 Sekretariat Daerah",
        "PROGRAM PEMERINTAHAN DAN KESEJAHTERAAN RAKYAT",
        "Administrasi Tata Pemerintahan",
        "Penataan Administrasi Pemerintahan",
        {"5.1.01": 0.04, "5.1.02": 0.06, "5.2.02": 0.06, "5.1.05": 0.1},
    ),
    "5.01.02.2.01.0001": SubKegiatan(
        "PERENCANAAN",
        "5.01.5.05.0.00.01.0000 Badan Perencanaan Pembangunan Daerah",
        "PROGRAM PERENCANAAN, PENGENDALIAN DAN EVALUASI PEMBANGUNAN DAERAH",
        "Penyusunan Perencanaan dan Pendanaan",
        "Analisis Kondisi Daerah, Permasalahan, dan Isu Strategis Pembangunan Daerah",
        {"5.1.01": 0.01, "5.1.02": 0.015, "5.2.02": 0.02},
    ),
    "5.02.04.2.01.0001": SubKegiatan(
        "KEUANGAN",
        "5.02.0.00.0.00.02.0000 Badan Pendapatan Daerah",
        "PROGRAM PENGELOLAAN PENDAPATAN DAERAH",
        "Kegiatan Pengelolaan Pendapatan Daerah",
        "Perencanaan Pengelolaan Pajak Daerah",
        {"5.1.01": 0.02, "5.1.02": 0.02, "5.2.02": 0.02},
    ),
    "6.01.02.2.01.0001": SubKegiatan(
        "INSPEKTORAT DAERAH",
        "6.01.0.00.0.00.01.0000 Inspektorat",
        "PROGRAM PENYELENGGARAAN PENGAWASAN",
        "Penyelenggaraan Pengawasan Internal",
        "Pengawasan Kinerja Pemerintah Daerah",
        {"5.1.01": 0.01, "5.1.02": 0.012, "5.2.02": 0.02},
    ),
}
UNSUR = {
    "1": "URUSAN PEMERINTAHAN WAJIB YANG BERKAITAN DENGAN PELAYANAN DASAR",
    "2": "URUSAN PEMERINTAHAN WAJIB YANG TIDAK BERKAITAN DENGAN PELAYANAN DASAR",
    "3": "URUSAN PEMERINTAHAN PILIHAN",
    "4": "UNSUR PENDUKUNG URUSAN PEMERINTAHAN",
    "5": "UNSUR PENUNJANG URUSAN PEMERINTAHAN",
    "6": "UNSUR PENGAWASAN URUSAN PEMERINTAHAN",
    "7": "UNSUR KEWILAYAHAN",
}
SUPPORT = "PROGRAM PENUNJANG URUSAN PEMERINTAHAN DAERAH KABUPATEN/KOTA"
# What every agency spends for itself, with the share of its wages and of its goods
SUPPORTING = (
    ("2.02.0001", "Administrasi Keuangan Perangkat Daerah", "Penyediaan Gaji dan Tunjangan ASN", WAGES, 1.0),
    (
        "2.08.0002",
        "Penyediaan Jasa Penunjang Urusan Pemerintahan Daerah",
        "Penyediaan Jasa Komunikasi, Sumber Daya Air dan Listrik",
        "5.1.02",
        0.12,
    ),
)
KECAMATAN = (
    "Bungus Teluk Kabung",
    "Padang Selatan",
    "Padang Barat",
    "Padang Utara",
    "Padang Timur",
    "Lubuk Begalung",
    "Lubuk Kilangan",
    "Pauh",
    "Kuranji",
    "Nanggalo",
    "Koto Tangah",
)


@dataclass(frozen=True)
class Share:
    """A sub-kegiatan with its code; the same code may stand under several agencies of one urusan."""

    kode: str
    sub: SubKegiatan

    @property
    def opd(self) -> str:
        return self.sub.organisasi.partition(" ")[0]


@cache
def shares() -> tuple[Share, ...]:
    """Every sub-kegiatan of every agency; an agency's wages stand under its support programme."""
    works = [Share(kode, sub) for kode, sub in {**SPENDING, **FURTHER}.items()]
    works += [_kecamatan(number, nama) for number, nama in enumerate(KECAMATAN, start=1)]
    technical = [replace(one, sub=replace(one.sub, shares=_without_wages(one.sub))) for one in works]
    found = [*technical, *(support for one in _first_of_each(works) for support in _supporting(one, works))]
    return tuple(sorted(found, key=lambda one: (one.kode[:4], one.opd, one.kode)))


def _without_wages(sub: SubKegiatan) -> dict[str, float]:
    return {kode: share for kode, share in sub.shares.items() if kode != WAGES}


def _first_of_each(works: Sequence[Share]) -> list[Share]:
    return list({one.opd: one for one in reversed(works)}.values())


def _supporting(one: Share, works: Sequence[Share]) -> Iterator[Share]:
    held = [work.sub.shares for work in works if work.opd == one.opd]
    for kode, kegiatan, nama, rekening, part in SUPPORTING:
        share = sum(each.get(rekening, 0.0) for each in held) * part
        sub = replace(one.sub, program=SUPPORT, kegiatan=kegiatan, sub_kegiatan=nama, shares={rekening: share})
        yield Share(f"{one.kode[:4]}.01.{kode}", sub)


def _kecamatan(number: int, nama: str) -> Share:
    sub = SubKegiatan(
        "KECAMATAN",
        f"7.01.0.00.0.00.{number:02d}.0000 Kecamatan {nama}",
        "PROGRAM PEMBERDAYAAN MASYARAKAT DESA DAN KELURAHAN",
        "Kegiatan Pemberdayaan Kelurahan",
        "Pembangunan Sarana dan Prasarana Kelurahan",
        _kecamatan_shares(nama),
    )
    return Share("7.01.03.2.02.0002", sub)


def _kecamatan_shares(nama: str) -> dict[str, float]:
    """An office for few people costs more than its part, and what is built differs from place to place."""
    voters = {nama_kecamatan(kode): count for kode, count in VOTERS_2020.items()}
    size = 0.45 + 0.55 * voters[nama] * len(voters) / sum(voters.values())
    chance = rng("anggaran kecamatan", nama)
    usual = {WAGES: 0.012, "5.1.02": 0.012, "5.2.03": 0.01}
    return {rekening: share * size * chance.uniform(0.8, 1.2) for rekening, share in usual.items()}


def spending(seed: int, day: date) -> list[Line]:
    """The lines of the report by programme; the lines of the accounts sum exactly to the city's own."""
    lines: dict[tuple[str, ...], Line] = {}
    leaves = _leaves(seed, day)
    for one in shares():
        kode, sub, spent = one.kode, one.sub, leaves[one.opd, one.kode]
        for path, nama in _above(kode, sub):
            lines.setdefault(path, Line(path, nama, {}))
            for rekening, amount in spent.items():
                held = lines[path].amounts
                held[rekening] = held.get(rekening, NOTHING) + amount
        for rekening, amount in spent.items():
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


def _leaves(seed: int, day: date) -> dict[tuple[str, str], dict[str, Amount]]:
    """Each account of spending, divided among those who spend it to the last cent; some are faster than others."""
    found: dict[tuple[str, str], dict[str, Amount]] = {(one.opd, one.kode): {} for one in shares()}
    for rekening, whole in amounts(seed, day).items():
        weights = {(one.opd, one.kode): one.sub.shares[rekening] for one in shares() if one.sub.shares.get(rekening)}
        if not weights:
            continue
        paced = {key: weight * _tempo(seed, rekening, key, day) for key, weight in weights.items()}
        budget = apportion(int(whole.anggaran / CENT), weights)
        used = apportion(int(whole.realisasi / CENT), paced)
        for key in weights:
            found[key][rekening] = Amount(budget[key] * CENT, used[key] * CENT)
    return found


def _tempo(seed: int, rekening: str, key: tuple[str, str], day: date) -> float:
    """How fast, among others: apart in spring, nearly together in December."""
    if rekening == WAGES:
        return 1.0
    begun, ended = _paces(seed, rekening, key, day.year)
    return float(begun ** (1 - passed(day)) * ended)


@lru_cache(maxsize=4096)
def _paces(seed: int, rekening: str, key: tuple[str, str], year: int) -> tuple[float, float]:
    agency = rng(seed, "tempo", key[0], year).gauss(0, TEMPO)
    leaf = rng(seed, "tempo", rekening, *key, year)
    return math.exp(agency + leaf.gauss(0, TEMPO_OF_LEAF)), leaf.uniform(LEAST_LEFT, 1.0)
