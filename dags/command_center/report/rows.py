"""Rows of the mart as a report reads them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from command_center.report.document import Status


@dataclass(frozen=True)
class Area:
    kode: str
    nama: str
    tingkat: str
    kode_kecamatan: str | None
    kecamatan: str | None
    luas_km2: Decimal | None
    jumlah_kelurahan: int | None

    @property
    def title(self) -> str:
        """`Kecamatan Kuranji`, `Kelurahan Ampang`, `Kota Padang`."""
        return self.nama if self.tingkat == "kota" else f"{self.tingkat.capitalize()} {self.nama}"


@dataclass(frozen=True)
class Point:
    """One period of a line."""

    indikator_kode: str
    indikator_nama: str
    satuan: str
    desimal: int
    source: str
    wilayah_kode: str
    wilayah_nama: str
    periode_mulai: date
    periode_selesai: date
    periode_label: str
    nilai: Decimal | None
    status: Status
    is_sementara: bool
    data_per: datetime | None
    label_data: str | None


@dataclass(frozen=True)
class Cases:
    """Cases of one disease in one epidemiological week, and what the same week of earlier years had."""

    penyakit: str
    tahun: int
    minggu: int
    minggu_mulai: date
    minggu_selesai: date
    kasus: int | None
    puskesmas_tanpa_angka: int
    rentang_teks: str | None
    posisi_teks: str | None
    pembanding_teks: str | None
    data_per: datetime | None
    label_data: str | None
    kode_kecamatan: str
    kecamatan: str


@dataclass(frozen=True)
class Activity:
    """One kegiatan: money and work against what was planned until the month."""

    kegiatan_kode: str
    kegiatan: str
    opd_nama: str
    kode_kecamatan: str
    periode_mulai: date
    periode_label: str
    pagu_idr: Decimal | None
    pagu_teks: str
    rencana_keuangan_pct: Decimal | None
    rencana_keuangan_teks: str
    realisasi_keuangan_pct: Decimal | None
    realisasi_keuangan_teks: str
    deviasi_keuangan_poin: Decimal | None
    deviasi_keuangan_teks: str
    status_keuangan: Status
    rencana_fisik_pct: Decimal | None
    rencana_fisik_teks: str
    realisasi_fisik_pct: Decimal | None
    realisasi_fisik_teks: str
    deviasi_fisik_poin: Decimal | None
    deviasi_fisik_teks: str
    status_fisik: Status
    is_kritis: bool
    kritis_teks: str
    data_per: datetime | None
    label_data: str | None


@dataclass(frozen=True)
class Topic:
    """Complaints of one topic until the end of the month; never their text."""

    topik: str
    masuk: int
    selesai: int
    terbuka: int
    lewat_batas: int
    tertua_hari_kerja: int | None
    kode_kecamatan: str
    wilayah_nama: str
    periode_mulai: date
    periode_label: str
    data_per: datetime | None
    label_data: str | None


@dataclass(frozen=True)
class Attention:
    aturan_kode: str
    aturan_nama: str
    urutan: int
    domain: str
    indikator_kode: str | None
    subjek_jenis: str
    kode_kecamatan: str | None
    kalimat: str
    status: Status
    sejak_teks: str | None
    tindakan: str
    penanggung_jawab: str | None
    label_data: str | None


@dataclass(frozen=True)
class Rule:
    aturan_kode: str
    aturan_nama: str
    bobot: int
    domain: str
    bidang_nama: str | None
    tindakan: str
    penanggung_jawab: str | None
    penjelasan: str


@dataclass(frozen=True)
class Since:
    indikator_kode: str
    sejak: date


@dataclass(frozen=True)
class SourceState:
    source: str
    judul: str
    opd_nama: str
    data_per: datetime | None
    data_sampai_teks: str
    status: str
    status_teks: str
    mutu_teks: str | None
    ditahan: int
    baris_terbit: int | None
    baris_karantina: int | None
    batas_teks: str | None
    batch_id: int | None


@dataclass(frozen=True)
class Field:
    """The verdict on one field of one area."""

    domain: str
    bidang_nama: str
    urutan: int
    wilayah_kode: str
    wilayah_nama: str
    status: Status
    status_teks: str
    utama_teks: str | None
    kode_kecamatan: str | None
    label_data: str | None


@dataclass(frozen=True)
class Disasters:
    jenis_bencana: str
    jumlah_kejadian: int
    label_data: str | None
    kode_kecamatan: str | None


@dataclass(frozen=True)
class Response:
    jumlah_kejadian: int
    median_teks: str
    p90_teks: str
    periode_label: str
    kode_kecamatan: str
    label_data: str | None


@dataclass(frozen=True)
class Junction:
    simpang: str
    indikator_kode: str
    nilai_teks: str
    status: Status
    target_teks: str
    perubahan_teks: str
    lama_kemacetan_teks: str | None
    jumlah_kemacetan: int | None
    antrean_terpanjang_m: int | None
    kode_kecamatan: str
    label_data: str | None


@dataclass(frozen=True)
class Event:
    """One entry of the city's agenda."""

    judul: str
    kategori: str | None
    pelaksana: str | None
    tempat: str | None
    kecamatan: str | None
    hari_teks: str
    jam_teks: str
    status_teks: str
    is_bentrok: bool
    bentrok_teks: str
    label_data: str | None


@dataclass(frozen=True)
class Shape:
    kode: str
    nama: str
    geometri: str
    keterangan: str


@dataclass(frozen=True)
class Definition:
    nama: str
    definisi: str | None


@dataclass(frozen=True)
class Now:
    """What an earlier edition said of, as it stands now."""

    indikator_kode: str
    wilayah_kode: str
    periode_mulai: date
    indikator_nama: str
    wilayah_nama: str
    periode_label: str
    nilai: Decimal | None
    satuan: str
    desimal: int


@dataclass(frozen=True)
class Call:
    """One fire or rescue."""

    jenis: str
    tanggal: date
    waktu_lapor: datetime | None
    kelurahan: str | None
    kode_kecamatan: str | None
    waktu_tanggap_menit: Decimal | None
    objek: str | None
    penyebab: str | None
    label_data: str | None


@dataclass(frozen=True)
class Disaster:
    jenis_bencana: str
    hari_teks: str
    waktu_teks: str
    kelurahan: str | None
    penanganan_teks: str
    waktu_tanggap_teks: str | None
    korban_teks: str | None
    kode_kecamatan: str | None
    tanggal: date
    label_data: str | None


@dataclass(frozen=True)
class WeatherWarning:
    acara: str
    keparahan: str | None
    judul: str | None
    mulai: datetime
    berakhir: datetime
    sumber: str | None
    label_data: str | None


@dataclass(frozen=True)
class Agency:
    opd: str
    nilai: Decimal | None
    nilai_teks: str
    status: Status
    label_data: str | None


@dataclass(frozen=True)
class Votes:
    """What one pair got in the area, official first; in the order of their numbers."""

    pemilihan_nama: str
    tahun: int
    nomor_urut: int
    paslon_nama: str
    suara_resmi: int | None
    persen_resmi: Decimal | None
    suara_sirekap: int | None
    tps_masuk: int | None
    tps_total: int | None
    status_teks: str
    kode_kecamatan: str | None
    label_data: str | None
