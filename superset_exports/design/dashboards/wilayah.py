"""One kecamatan: all its figures beside target, mean and city, and its kelurahan beside one another."""

from __future__ import annotations

from superset_exports.design import access, charts, datasets, look, shared
from superset_exports.design.assets import Cell, Chart, Dashboard, Filter, Row, Tab

TILES = (
    "jumlah_penduduk",
    "persen_tanggap_15mnt",
    "kepatuhan_sla",
    "insidensi_dbd",
    "deviasi_keuangan",
    "ketersediaan_jaringan",
    "kelurahan_melapor",
)
OF_KELURAHAN = ("laporan_masuk", "jumlah_kebakaran", "gangguan_ketertiban", "titik_sampah_liar", "lampu_jalan_padam")


def dashboard() -> Dashboard:
    return Dashboard(
        slug="wilayah",
        title="Kecamatan",
        description="Semua angka satu kecamatan, kelurahannya, dan perbandingannya dengan kota",
        css=look.CSS,
        audience=access.OFFICIALS,
        filters=[shared.month(), one_kecamatan()],
        answers=shared.ANSWERED_BY_TILES,
        rows=[
            Row(shared.TILES_HEIGHT, [Cell(shared.tiles(TILES), 12)]),
            Row(31, [Cell(attention_here(), 7), Cell(verdicts(), 5)]),
        ],
        tabs=[
            Tab("Semua angka", [Row(70, [Cell(everything(), 12)])]),
            Tab("Kelurahan", [Row(62, [Cell(compared(), 12)]), Row(70, [Cell(kelurahan(), 12)])]),
        ],
    )


def one_kecamatan() -> Filter:
    return Filter("wilayah", "Kecamatan", datasets.kecamatan_ubin(), "wilayah_nama", "Urutan kode")


def attention_here() -> Chart:
    return charts.rows(
        "perhatian",
        "Perlu perhatian: apa, oleh siapa, sejak kapan",
        datasets.perhatian(of_all=True),
        ["status_teks", "kalimat", "tindakan", "penanggung_jawab", "sejak_teks", "dasbor_tautan"],
        order=[("urutan", True)],
        limit=500,
        coloured=["status_teks"],
        links=True,
    )


def verdicts() -> Chart:
    return charts.rows(
        "bidang",
        "Putusan setiap bidang",
        datasets.bidang(),
        ["bidang_nama", "status_teks", "utama_teks"],
        order=[("urutan", True)],
        coloured=["status_teks"],
    )


def everything() -> Chart:
    return charts.rows(
        "semua-angka",
        "Semua angka kecamatan ini",
        datasets.ubin(),
        [
            "indikator_nama",
            "nilai_teks",
            "status_teks",
            "target_teks",
            "rerata_teks",
            "kota_teks",
            "peringkat_teks",
            "perubahan_teks",
            "tahunan_teks",
            "keterangan",
        ],
        order=[("domain", True), ("urutan", True)],
        limit=120,
        coloured=["status_teks"],
        search=True,
    )


def compared() -> Chart:
    return charts.rows(
        "kelurahan-banding",
        "Kelurahan menurut perekaman KTP-el; banyaknya kejadian tidak diperingkat, karena penduduknya berbeda",
        datasets.kelurahan_banding(),
        [
            "kelurahan",
            "ktpel_teks",
            "status_teks",
            "peringkat_teks",
            "jumlah_kejadian_bencana_teks",
            "jumlah_kebakaran_teks",
            "laporan_masuk_teks",
            "gangguan_ketertiban_teks",
            "titik_sampah_liar_teks",
            "lampu_jalan_padam_teks",
            "keterangan",
        ],
        order=[("urutan", True), ("kelurahan", True)],
        limit=200,
        coloured=["status_teks"],
    )


def kelurahan() -> Chart:
    return charts.rows(
        "kelurahan",
        "Banyaknya kejadian dan titik menurut kelurahan",
        datasets.kelurahan(),
        ["indikator_nama", "kelurahan", "nilai_teks", "bulan_label", "keterangan"],
        order=[("indikator_nama", True), ("wilayah_nama", True), ("urutan", True)],
        where={"indikator_kode": OF_KELURAHAN},
        limit=2000,
        search=True,
    )
