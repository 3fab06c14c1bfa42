"""What one camat's report says, read from the mart with that camat's own database role."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Protocol

from command_center.database import Connection, all_rows, one_value
from command_center.errors import DeliveryError, IntegrityError

KEY_FIGURES = ("jumlah_kebakaran", "jumlah_penyelamatan", "waktu_tanggap", "persen_tanggap_15mnt")
COMPLAINTS = ("laporan_masuk", "persen_tindak_lanjut", "persen_selesai")
COUNTING_SOURCE = "kpu_sirekap"
QUOTED_SOURCES = ("bmkg_gempa", "damkar_kejadian", "dinkes_skdr", "diskominfo_lapor", COUNTING_SOURCE)
PROTECTED = ("indikator", "damkar_bulanan", "skdr_mingguan", "pilkada_suara")


class Labelled(Protocol):
    """A row that says whether it is simulated."""

    @property
    def label_data(self) -> str | None: ...


@dataclass(frozen=True)
class Area:
    """The kecamatan the report is about."""

    kode: str
    nama: str
    luas_km2: Decimal | None
    jumlah_kelurahan: int | None


@dataclass(frozen=True)
class Figure:
    """One indicator of one area in the edition's month; every comparison is a stored column."""

    indikator_kode: str
    indikator_nama: str
    satuan: str
    wilayah_nama: str
    nilai: Decimal | None
    nilai_sebelumnya: Decimal | None
    perubahan: Decimal | None
    nilai_kota: Decimal | None
    rerata_kecamatan: Decimal | None
    peringkat: int | None
    jumlah_wilayah: int | None
    status: str
    mutu: str | None
    is_sementara: bool
    sementara_karena: str | None
    data_per: datetime | None
    label_data: str | None


@dataclass(frozen=True)
class Month:
    bulan: date
    kebakaran: int | None
    penyelamatan: int | None
    label_data: str | None


@dataclass(frozen=True)
class Cases:
    """Cases of one disease in one epidemiological week."""

    penyakit: str
    minggu: int
    minggu_mulai: date
    minggu_selesai: date
    kasus: int | None
    label_data: str | None


@dataclass(frozen=True)
class Count:
    """How far the count of one election has come in the kecamatan; never who leads."""

    pemilihan_nama: str
    tps_masuk: int
    tps_total: int
    waktu: datetime
    is_simulasi: bool
    catatan: str | None
    label_data: str | None


@dataclass(frozen=True)
class SourceState:
    source: str
    judul: str
    opd_nama: str
    data_per: datetime | None
    mutu: str | None
    baris_karantina: int | None


@dataclass(frozen=True)
class Content:
    """Everything on one page."""

    edition: date
    area: Area
    figures: dict[str, Figure]
    quakes: Figure | None
    complaints: list[Figure]
    months: list[Month]
    cases: list[Cases]
    earlier_cases: list[Cases]
    kelurahan: list[Figure]
    counts: list[Count]
    sources: list[SourceState]

    @property
    def label(self) -> str | None:
        """`DATA SIMULASI` as soon as one figure on the page is simulated, with the date of an edition that was kept."""
        rows: tuple[Labelled, ...] = (
            *self.figures.values(),
            *self.complaints,
            *self.kelurahan,
            *self.months,
            *self.cases,
            *self.earlier_cases,
            *self.counts,
        )
        return max((row.label_data for row in rows if row.label_data), key=len, default=None)

    @property
    def data_per(self) -> datetime | None:
        """Until when all of the page is told: its oldest content. The count of an election says its own time."""
        quakes = [self.quakes] if self.quakes else []
        told = [row.data_per for row in (*self.figures.values(), *quakes, *self.complaints, *self.kelurahan)]
        told += [source.data_per for source in self.sources if source.source != COUNTING_SOURCE]
        return min((moment for moment in told if moment), default=None)


def read_content(connection: Connection, kode: str, edition: date) -> Content:
    """Read one kecamatan's page. Raises IntegrityError when the role can see another kecamatan's rows."""
    refuse_foreignall_rows(connection, kode)
    first_week, last_week = epidemiological_weeks(edition)
    return Content(
        edition=edition,
        area=_area(connection, kode),
        figures={figure.indikator_kode: figure for figure in _figures(connection, kode, edition, KEY_FIGURES)},
        quakes=next(iter(all_rows(connection, Figure, QUAKES, {"edition": edition})), None),
        complaints=_figures(connection, kode, edition, COMPLAINTS),
        months=all_rows(
            connection, Month, MONTHS, {"kode": kode, "first": months_before(edition, 11), "last": edition}
        ),
        cases=_cases(connection, kode, first_week, last_week),
        earlier_cases=_cases(connection, kode, first_week - (last_week - first_week), first_week),
        kelurahan=all_rows(connection, Figure, KELURAHAN, {"kode": kode, "edition": edition}),
        counts=all_rows(connection, Count, COUNTS, {"kode": kode}),
        sources=all_rows(connection, SourceState, SOURCES, {"quoted": list(QUOTED_SOURCES)}),
    )


def refuse_foreignall_rows(connection: Connection, kode: str) -> None:
    """The database must hide what is not this camat's; a lost policy stops the report."""
    for table in PROTECTED:
        query = f"select exists (select from mart.{table} where kode_kecamatan <> %s)"
        if one_value(connection, bool, query, [kode]):
            raise IntegrityError(
                f"The role of camat {kode} can read another kecamatan's rows of mart.{table}: its row-level policy is "
                "missing; no report was made. Build the warehouse again before delivering."
            )


def months_before(month: date, count: int) -> date:
    """The first day of the month that lies `count` months before."""
    index = month.year * 12 + month.month - 1 - count
    return date(index // 12, index % 12 + 1, 1)


def epidemiological_weeks(edition: date) -> tuple[date, date]:
    """First Sunday of the weeks that end in the month, and the Sunday after the last of them."""
    next_month = months_before(edition, -1)
    return _sunday_on_or_before(edition), _sunday_on_or_before(next_month)


def _sunday_on_or_before(day: date) -> date:
    return day - timedelta(days=day.isoweekday() % 7)


def _area(connection: Connection, kode: str) -> Area:
    areas = all_rows(connection, Area, AREA, {"kode": kode})
    if len(areas) != 1:
        raise DeliveryError(
            f"mart.wilayah shows {len(areas)} kecamatan with code {kode} to its camat, 1 was expected; "
            "build the warehouse (transform) first."
        )
    return areas[0]


def _figures(connection: Connection, kode: str, edition: date, kinds: Sequence[str]) -> list[Figure]:
    return all_rows(connection, Figure, FIGURES, {"kode": kode, "edition": edition, "kinds": list(kinds)})


def _cases(connection: Connection, kode: str, first: date, end: date) -> list[Cases]:
    return all_rows(connection, Cases, CASES, {"kode": kode, "first": first, "end": end})


AREA = """
    select kode_wilayah as kode, nama, luas_km2, jumlah_kelurahan
    from mart.wilayah where tingkat = 'kecamatan' and kode_wilayah = %(kode)s
"""
FIGURE_COLUMNS = """
    select indikator_kode, indikator_nama, satuan, wilayah_nama, nilai, nilai_sebelumnya, perubahan, nilai_kota,
        rerata_kecamatan, peringkat, jumlah_wilayah, status, mutu, is_sementara, sementara_karena, data_per,
        label_data
    from mart.indikator
    where periode_jenis = 'bulan' and periode_mulai = %(edition)s
"""
FIGURES = (
    FIGURE_COLUMNS
    + "and wilayah_kode = %(kode)s and indikator_kode = any(%(kinds)s) order by array_position(%(kinds)s, indikator_kode)"
)
QUAKES = FIGURE_COLUMNS + "and wilayah_tingkat = 'kota' and indikator_kode = 'jumlah_gempa_dirasakan_radius'"
KELURAHAN = (
    FIGURE_COLUMNS
    + """and wilayah_tingkat = 'kelurahan' and kode_kecamatan = %(kode)s
    and indikator_kode in ('jumlah_kebakaran', 'jumlah_penyelamatan') order by wilayah_kode, indikator_kode"""
)
MONTHS = """
    select bulan, jumlah_kebakaran as kebakaran, jumlah_penyelamatan as penyelamatan, label_data
    from mart.damkar_bulanan
    where kode_kecamatan = %(kode)s and bulan between %(first)s and %(last)s order by bulan
"""
CASES = """
    select penyakit, minggu, minggu_mulai, minggu_selesai, kasus, label_data from mart.skdr_mingguan
    where kode_kecamatan = %(kode)s and minggu_mulai >= %(first)s and minggu_mulai < %(end)s
    order by minggu_mulai, penyakit
"""
COUNTS = """
    select distinct on (pemilihan) pemilihan_nama, tps_masuk, tps_total, waktu, is_simulasi, catatan, label_data
    from mart.pilkada_suara
    where wilayah_kode = %(kode)s and tps_masuk is not null and tps_total > 0 order by pemilihan, nomor_urut
"""
SOURCES = """
    select source, judul, opd_nama, data_per, mutu, baris_karantina from mart.kesegaran_sumber
    where source = any(%(quoted)s) order by source
"""
