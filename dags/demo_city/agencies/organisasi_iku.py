"""Key performance indicators of the agencies by quarter, a file of semicolons in Windows-1252 each. Simulated."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache

from command_center.settings import WIB

from demo_city.answer import Answer
from demo_city.ask import Question
from demo_city.causes.chance import rng
from demo_city.faults.spoil import Fault
from demo_city.office import Office
from demo_city.table import indonesian_number

FIRST_YEAR = 2024
WRITTEN_AFTER = timedelta(days=24)  # behind the quarter's end, when the agencies have reported
FILE_NAME = re.compile(r"^IKU_(\d{4})_TW([1-4])\.csv$")
ENCODING, TYPE = "cp1252", "text/csv; charset=windows-1252"
HEADER = (
    "No",
    "Perangkat Daerah",
    "Sasaran Strategis",
    "Indikator Kinerja Utama",
    "Satuan",
    "Arah",
    "Target Tahun",
    "Target Triwulan",
    "Realisasi",
    "Capaian (%)",
    "Keterangan",
)
NAIK, TURUN = "Naik", "Turun"
# Known defects, as shares of the rows: a sign of percent in the number, and a direction that is none
WITH_SIGN, NO_DIRECTION = 0.012, 0.006
NOT_REPORTED = 0.03
# How far results stray from what was due: the city's quarter, and each indicator in it; sums come late in the year
QUARTER, OWN, EARLY = 0.028, 0.05, (0.86, 0.93, 0.97, 1.0)


@dataclass(frozen=True)
class Iku:
    """An indicator: where it began in 2024, what it should win in a year, and how it grows within one."""

    opd: str
    sasaran: str
    nama: str
    satuan: str
    arah: str
    awal: float
    langkah: float
    ditambah: bool = False  # counted up through the year, rather than measured at its quarters
    setahun: bool = False  # measured once a year
    desimal: int = 2

    @property
    def is_percent(self) -> bool:
        return self.satuan == "%"


# Names follow what agencies of Indonesian cities commonly report; targets and results are simulated
IKU = (
    Iku("Dinas Pendidikan dan Kebudayaan", "Meningkatnya akses pendidikan", "Angka Partisipasi Sekolah 7-12 tahun", "%", NAIK, 99.1, 0.15, setahun=True),
    Iku("Dinas Pendidikan dan Kebudayaan", "Meningkatnya mutu pendidikan", "Persentase sekolah terakreditasi minimal B", "%", NAIK, 86.5, 1.6),
    Iku("Dinas Kesehatan", "Meningkatnya derajat kesehatan", "Angka Kematian Ibu", "per 100.000 kelahiran hidup", TURUN, 110.0, -5.0),
    Iku("Dinas Kesehatan", "Meningkatnya derajat kesehatan", "Prevalensi stunting", "%", TURUN, 19.4, -1.2, setahun=True),
    Iku("Dinas Kesehatan", "Meningkatnya mutu layanan", "Cakupan imunisasi dasar lengkap", "%", NAIK, 71.0, 4.0, ditambah=True),
    Iku("Dinas Pekerjaan Umum dan Penataan Ruang", "Meningkatnya kualitas jalan", "Persentase jalan kota dalam kondisi mantap", "%", NAIK, 78.4, 1.4),
    Iku("Dinas Pekerjaan Umum dan Penataan Ruang", "Berkurangnya genangan", "Jumlah titik genangan", "titik", TURUN, 42, -4, desimal=0),
    Iku("Dinas Perumahan Rakyat, Kawasan Permukiman dan Pertanahan", "Berkurangnya kawasan kumuh", "Luas kawasan kumuh", "ha", TURUN, 118.0, -9.5),
    Iku("Badan Penanggulangan Bencana Daerah", "Meningkatnya ketangguhan daerah", "Indeks Ketahanan Daerah", "indeks", NAIK, 0.61, 0.03, setahun=True),
    Iku("Badan Penanggulangan Bencana Daerah", "Meningkatnya kesiapsiagaan", "Jumlah kelurahan tangguh bencana", "kelurahan", NAIK, 58, 8, desimal=0),
    Iku("Dinas Pemadam Kebakaran", "Meningkatnya layanan kebakaran", "Persentase kebakaran ditangani dalam 15 menit", "%", NAIK, 82.0, 1.5),
    Iku("Satuan Polisi Pamong Praja", "Meningkatnya ketertiban", "Persentase pelanggaran perda yang diselesaikan", "%", NAIK, 84.0, 1.5),
    Iku("Dinas Sosial", "Menurunnya kemiskinan", "Jumlah keluarga penerima manfaat yang graduasi", "keluarga", NAIK, 620, 60, ditambah=True, desimal=0),
    Iku("Dinas Lingkungan Hidup", "Meningkatnya pengelolaan sampah", "Persentase sampah tertangani", "%", NAIK, 76.0, 1.8),
    Iku("Dinas Lingkungan Hidup", "Meningkatnya pengelolaan sampah", "Persentase pengurangan sampah di sumber", "%", NAIK, 19.0, 1.5),
    Iku("Dinas Kependudukan dan Pencatatan Sipil", "Tertib administrasi kependudukan", "Cakupan kepemilikan akta kelahiran 0-18 tahun", "%", NAIK, 95.8, 0.6),
    Iku("Dinas Perhubungan", "Meningkatnya keselamatan jalan", "Rasio kecelakaan lalu lintas", "per 10.000 kendaraan", TURUN, 11.2, -0.5, ditambah=True),
    Iku("Dinas Perhubungan", "Meningkatnya angkutan umum", "Jumlah penumpang Trans Padang", "juta orang", NAIK, 3.9, 0.35, ditambah=True),
    Iku("Dinas Komunikasi dan Informatika", "Meningkatnya tata kelola digital", "Indeks SPBE", "indeks", NAIK, 3.4, 0.12, setahun=True),
    Iku("Dinas Komunikasi dan Informatika", "Meningkatnya pelayanan pengaduan", "Persentase pengaduan yang ditindaklanjuti", "%", NAIK, 93.0, 1.0),
    Iku("Dinas Penanaman Modal dan Pelayanan Terpadu Satu Pintu", "Meningkatnya investasi", "Nilai realisasi investasi", "miliar rupiah", NAIK, 1350, 120, ditambah=True, desimal=1),
    Iku("Dinas Penanaman Modal dan Pelayanan Terpadu Satu Pintu", "Meningkatnya mutu layanan", "Indeks Kepuasan Masyarakat", "indeks", NAIK, 86.2, 0.7),
    Iku("Dinas Pariwisata", "Meningkatnya kunjungan wisata", "Jumlah kunjungan wisatawan", "juta orang", NAIK, 3.1, 0.3, ditambah=True),
    Iku("Dinas Perdagangan", "Terkendalinya harga", "Persentase pasar rakyat yang tertata", "%", NAIK, 62.0, 5.0),
    Iku("Badan Pendapatan Daerah", "Meningkatnya kemandirian fiskal", "Persentase realisasi target PAD", "%", NAIK, 92.0, 0.8, ditambah=True),
    Iku("Badan Pengelola Keuangan dan Aset Daerah", "Meningkatnya akuntabilitas keuangan", "Persentase aset tanah bersertifikat", "%", NAIK, 54.0, 6.0),
    Iku("Badan Perencanaan Pembangunan Daerah", "Meningkatnya mutu perencanaan", "Keselarasan RKPD dengan RPJMD", "%", NAIK, 93.5, 1.0, setahun=True),
    Iku("Inspektorat", "Meningkatnya pengawasan", "Persentase tindak lanjut temuan yang selesai", "%", NAIK, 84.0, 2.0),
    Iku("Sekretariat Daerah", "Meningkatnya akuntabilitas kinerja", "Nilai SAKIP kota", "nilai", NAIK, 71.5, 0.9, setahun=True),
)  # fmt: skip


def answer(path: str, asked: Question, seed: int, now: datetime, fault: Fault | None) -> Answer | None:
    """The file of a quarter; None for an unknown path."""
    found = FILE_NAME.match(path)
    if found is None or path not in file_paths(seed, now):
        return None
    return quarter_file(seed, int(found[1]), int(found[2]))


def file_paths(seed: int, now: datetime) -> list[str]:
    """Every quarter whose file has been written."""
    years = range(FIRST_YEAR, now.astimezone(WIB).year + 1)
    return [f"IKU_{year}_TW{quarter}.csv" for year in years for quarter in range(1, 5) if written(year, quarter) <= now]


def written(year: int, quarter: int) -> datetime:
    """When the file of a quarter is put down."""
    next_quarter = date(year + quarter // 4, quarter * 3 % 12 + 1, 1)
    return datetime.combine(next_quarter + WRITTEN_AFTER, time(14, 5), WIB)


@lru_cache(maxsize=64)
def quarter_file(seed: int, year: int, quarter: int) -> Answer:
    rows = [";".join(HEADER), *(";".join(row) for row in _rows(seed, year, quarter))]
    body = "".join(f"{row}\r\n" for row in rows).encode(ENCODING)
    return Answer(body, TYPE, modified=written(year, quarter))


def _rows(seed: int, year: int, quarter: int) -> Iterator[list[str]]:
    for number, iku in enumerate(IKU, start=1):
        target, due, reached = results(seed, iku, year, quarter)
        chance = rng(seed, "iku baris", iku.nama, year, quarter)
        told, arah = "" if reached is None else _text(iku, reached), iku.arah
        drawn, note = chance.random(), ""
        if reached is None:
            told, note = ("n.a.", "Dihitung sekali setahun – lihat triwulan IV") if iku.setahun else ("", "Belum lapor")
        elif drawn < WITH_SIGN:
            told = f"{told} %"
        elif drawn < WITH_SIGN + NO_DIRECTION:
            arah = "Positif"
        share = "" if reached is None else _text(iku, Decimal(attained(iku, due, reached)), 2)
        goals = (_text(iku, target), _text(iku, due))
        yield [str(number), iku.opd, iku.sasaran, iku.nama, iku.satuan, arah, *goals, told, share, note]


def results(seed: int, iku: Iku, year: int, quarter: int) -> tuple[Decimal, Decimal, Decimal | None]:
    """Target of the year, target until the quarter's end, and what was reached; None where nothing is told."""
    target = _bounded(iku, iku.awal + iku.langkah * (year - FIRST_YEAR + 1))
    before = _bounded(iku, iku.awal + iku.langkah * (year - FIRST_YEAR))
    part = quarter / 4
    due = target * part if iku.ditambah else before + (target - before) * part
    chance = rng(seed, "iku", iku.nama, year)
    success = chance.gauss(0.98, 0.08) if iku.ditambah else chance.gauss(0.95, 0.6)
    wave = rng(seed, "iku", iku.nama, year, quarter)
    if iku.ditambah:
        reached = due * success * EARLY[quarter - 1] * (1 + wave.uniform(-0.02, 0.02) * (4 - quarter))
    else:
        reached = before + (target - before) * (part * success + wave.uniform(-0.15, 0.15))
    shift = rng(seed, "iku kota", year, quarter).gauss(-0.01, QUARTER) + wave.gauss(0, OWN)
    reached *= 1 + (shift if iku.arah == NAIK else -shift)
    is_told = quarter == 4 if iku.setahun else wave.random() >= NOT_REPORTED
    return _rounded(iku, target), _rounded(iku, due), _rounded(iku, _bounded(iku, reached)) if is_told else None


def attained(iku: Iku, due: Decimal, reached: Decimal) -> Decimal:
    """Percent of the target; where less is better, what stays below it counts for it."""
    if not due:
        return Decimal(100)
    return (reached if iku.arah == NAIK else 2 * due - reached) / due * 100


def _bounded(iku: Iku, value: float) -> float:
    return min(100.0, max(0.0, value)) if iku.is_percent else max(0.0, value)


def _rounded(iku: Iku, value: float) -> Decimal:
    return Decimal(value).quantize(Decimal(1).scaleb(-iku.desimal))


def _text(iku: Iku, value: Decimal, decimals: int | None = None) -> str:
    return indonesian_number(value.quantize(Decimal(1).scaleb(-(iku.desimal if decimals is None else decimals))))


OFFICE = Office("organisasi", ("organisasi_iku",), answer, file_paths)
