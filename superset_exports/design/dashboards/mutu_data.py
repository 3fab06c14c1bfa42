"""How fresh and sound the data are, the worst first, what is held, and how far each source has come."""

from __future__ import annotations

from superset_exports.design import charts, datasets, look, shared
from superset_exports.design.assets import Cell, Chart, Dashboard, Row, Tab
from superset_exports.design.datasets import GUDANG

FINDINGS = (
    "Mengapa baris dikarantina atau kiriman ditahan: [hasil pemeriksaan setiap kiriman](/hasil-pemeriksaan/), "
    "bagi insinyur data dan walidata."
)


def dashboard() -> Dashboard:
    return Dashboard(
        slug="mutu-data",
        title="Mutu data",
        description="Umur isi, batch yang ditahan, tangga kematangan, karantina, dan terbitan",
        css=look.CSS,
        audience=shared.LEADERS,
        answers={
            "Keadaan?": "kesegaran",
            "Terhadap target?": "kesegaran",
            "Berubah apa?": "perubahan_angka",
            "Perlu tindakan apa, oleh siapa, sejak kapan?": "ditahan",
            "Seberapa baru?": "kesegaran",
        },
        rows=[Row(32, [Cell(freshness(), 12)]), Row(20, [Cell(held(), 12)]), Row(20, [Cell(restated(), 12)])],
        tabs=[
            Tab("Skor mutu", [Row(60, [Cell(scores(), 12)]), Row(40, [Cell(score_over_time(), 12)])]),
            Tab(
                "Kematangan",
                [
                    Row(50, [Cell(ladder(), 5), Cell(steps(), 7)]),
                    Row(96, [Cell(agencies(), 12)]),
                    Row(100, [Cell(standings(), 12)]),
                ],
            ),
            Tab("Karantina", [Row(12, [Cell(FINDINGS, 12)]), Row(124, [Cell(quarantine(), 12)])]),
            Tab("Terbitan", [Row(44, [Cell(shared.editions(GUDANG), 12)])]),
        ],
    )


def freshness() -> Chart:
    return charts.rows(
        "kesegaran",
        "Sampai kapan isi setiap sumber, yang paling tertinggal lebih dahulu",
        datasets.kesegaran_isi(),
        [
            "judul",
            "opd_nama",
            "status_teks",
            "data_sampai_teks",
            "umur_teks",
            "batas_teks",
            "dijawab_teks",
            "peladen_teks",
            "jadwal_teks",
            "mutu_teks",
            "ditahan",
            "penanggung_jawab",
        ],
        order=[("urutan", True)],
        limit=200,
        decimals={"ditahan": charts.NUMBER},
        coloured=["status_teks"],
    )


def held() -> Chart:
    return charts.rows(
        "ditahan",
        "Batch yang ditahan: sebab, sejak kapan, dan apa yang menolong",
        datasets.batch_ditahan(),
        [
            "judul",
            "opd_nama",
            "tabel",
            "bagian",
            "sebab",
            "sejak_teks",
            "tindakan",
            "perintah",
            "penanggung_jawab",
            "rincian_tautan",
            "alasan",
        ],
        order=[("sejak", True)],
        limit=500,
        links=True,
    )


def scores() -> Chart:
    return charts.rows(
        "skor_mutu",
        "Mutu setiap tabel sumber, yang terendah lebih dahulu; – berarti belum diketahui, bukan nol",
        datasets.mutu_terbaru(),
        [
            "judul",
            "opd_nama",
            "tabel",
            "skor_teks",
            "kelengkapan_teks",
            "keabsahan_teks",
            "ketepatan_waktu_teks",
            "keunikan_teks",
            "keselarasan_teks",
            "dinilai_dari",
            "dihitung_teks",
        ],
        order=[("skor", True)],
        limit=500,
        may_be_empty=True,
    )


def score_over_time() -> Chart:
    return charts.over_time(
        "skor_mutu_harian",
        "Skor mutu menurut hari: rata-rata semua tabel, dan yang terendah",
        datasets.mutu_harian(),
        ["Skor mutu rata-rata", "Skor terendah"],
        time="hari",
        grain="P1D",
        axis_title="skor (0–100)",
        number_format=charts.DECIMAL,
        date_format=charts.DAY,
        extra={"markerEnabled": True, "markerSize": 8, "y_axis_bounds": [0, 100]},  # on the first day a point is all
    )


def ladder() -> Chart:
    return charts.across(
        "tangga",
        "Tangga kematangan: banyaknya sumber di setiap anak tangga",
        datasets.kematangan_tingkat(),
        ["Sumber"],
        category="tingkat_teks",
        axis_title="sumber",
        is_by_name=True,
        is_last_on_top=True,
        bars=6,
    )


def steps() -> Chart:
    return charts.rows(
        "anak_tangga",
        "Yang diminta setiap anak tangga, selain semua yang di bawahnya",
        datasets.kematangan_tingkat(),
        ["tingkat_teks", "arti", "jumlah_sumber"],
        order=[("tingkat", False)],
        decimals={"jumlah_sumber": charts.NUMBER},
    )


def agencies() -> Chart:
    return charts.rows(
        "kematangan_opd",
        "Perangkat daerah menurut sumbernya yang terendah, dan apa yang membuatnya naik",
        datasets.kematangan_opd(),
        ["opd_nama", "jumlah_sumber", "terendah_teks", "sebaran_teks", "berikutnya"],
        order=[("urutan", True)],
        decimals={"jumlah_sumber": charts.NUMBER},
    )


def standings() -> Chart:
    return charts.rows(
        "kematangan_sumber",
        "Setiap sumber di tangga kematangan, yang terendah lebih dahulu",
        datasets.kematangan_sumber(),
        [
            "judul",
            "opd_nama",
            "tingkat_teks",
            "alasan",
            "berikutnya",
            "manual_teks",
            "terjadwal_teks",
            "api_teks",
            "bersih_teks",
            "publik_teks",
            "penanggung_jawab",
        ],
        order=[("urutan", True)],
        limit=200,
        coloured=["manual_teks", "terjadwal_teks", "api_teks", "bersih_teks", "publik_teks"],
        search=True,
    )


def restated() -> Chart:
    return charts.rows(
        "perubahan_angka",
        "Angka yang sudah terbit dan kemudian berubah, yang terbaru lebih dahulu",
        datasets.perubahan_angka(),
        [
            "diubah_teks",
            "indikator_nama",
            "wilayah_nama",
            "periode_label",
            "lama_teks",
            "baru_teks",
            "sebab_teks",
            "batch_teks",
            "label_data",
        ],
        order=[("nomor", False)],
        limit=500,
    )


def quarantine() -> Chart:
    return charts.across(
        "karantina",
        "Baris yang dikarantina per sumber",
        datasets.kesegaran_isi(),
        ["Baris dikarantina"],
        category="judul",
        axis_title="baris",
        bars=38,
    )
