"""Charts that both dashboards have, each reading its own database."""

from __future__ import annotations

from command_center.settings import CITY_NAME

from superset_exports.design import charts, datasets
from superset_exports.design.assets import Chart, Database

LEGEND_AT_RIGHT = {"legendOrientation": "right", "legendMargin": 330}
KOTA = {"wilayah_tingkat": "kota"}


def key_figures(database: Database) -> list[Chart]:
    """Four numbers of the whole city."""
    monthly = datasets.bulanan(database)
    weekly = datasets.mingguan(database)
    return [
        charts.big_number(
            "kebakaran-bulan",
            "Kebakaran, bulan terakhir",
            monthly,
            "Jumlah",
            time="periode_mulai",
            grain="P1M",
            where={"indikator_kode": "jumlah_kebakaran", **KOTA},
            subtitle="kejadian di seluruh kota",
            compared_with="dari bulan sebelumnya",
        ),
        charts.big_number(
            "waktu-tanggap-kota",
            "Waktu tanggap (median)",
            monthly,
            "Nilai",
            time="periode_mulai",
            grain="P1M",
            where={"indikator_kode": "waktu_tanggap", **KOTA},
            number_format=charts.DECIMAL,
            subtitle="menit sejak laporan sampai tiba; ambang 15 menit",
            compared_with="dari bulan sebelumnya",
        ),
        charts.big_number(
            "persen-tanggap-kota",
            "Ditanggapi dalam 15 menit",
            monthly,
            "Bagian",
            time="periode_mulai",
            grain="P1M",
            where={"indikator_kode": "persen_tanggap_15mnt", **KOTA},
            number_format=charts.PERCENT,
            subtitle="bagian kejadian kebakaran dan penyelamatan",
            compared_with="dari bulan sebelumnya",
        ),
        charts.big_number(
            "dengue-minggu",
            "Kasus dengue, minggu terakhir",
            weekly,
            "Jumlah",
            time="periode_mulai",
            grain="P1D",
            where={"indikator_kode": "kasus_dengue", **KOTA},
            date_format="minggu mulai %-d %B %Y",
            subtitle="kasus yang dilaporkan puskesmas (SKDR)",
            compared_with="dari minggu sebelumnya",
        ),
    ]


def fire_charts(database: Database) -> list[Chart]:
    return [fires_per_month(database), response_time(database)]


def fires_per_month(database: Database) -> Chart:
    return charts.over_time(
        "damkar-per-bulan",
        "Kebakaran dan penyelamatan per bulan (bulan berjalan belum lengkap)",
        datasets.damkar_bulanan(database),
        ["Kebakaran", "Penyelamatan"],
        time="bulan",
        grain="P1M",
        kind="bar",
        by=["asal_data"],
        axis_title="kejadian",
    )


def fires_map(database: Database) -> Chart:
    return charts.place_map(
        "peta-kebakaran",
        "Kebakaran per kecamatan, bulan terakhir",
        datasets.peta_kecamatan(database),
        shape="bentuk_berlabel",
        where={"indikator_kode": "jumlah_kebakaran"},
    )


def response_time(database: Database) -> Chart:
    return charts.across(
        "waktu-tanggap-kecamatan",
        "Waktu tanggap median per kecamatan, ambang 15 menit",
        datasets.peta_kecamatan(database),
        ["Nilai"],
        category="kecamatan",
        by=["ambang_15_menit"],
        where={"indikator_kode": "waktu_tanggap"},
        axis_title="menit",
        number_format=charts.DECIMAL,
    )


def answered_in_time(database: Database) -> Chart:
    return charts.across(
        "persen-tanggap-kecamatan",
        "Bagian yang ditanggapi dalam 15 menit per kecamatan",
        datasets.peta_kecamatan(database),
        ["Bagian"],
        category="kecamatan",
        by=["periode_asal"],
        where={"indikator_kode": "persen_tanggap_15mnt"},
        axis_title="bagian kejadian",
        number_format=",.0%",
        extra={"truncateYAxis": True, "y_axis_bounds": [0, 1]},
    )


def latest_quakes(database: Database) -> Chart:
    return charts.rows(
        "gempa-terbaru",
        "Gempa menurut BMKG, 30 hari terakhir",
        datasets.gempa(database),
        [
            "waktu",
            "magnitudo",
            "kedalaman_km",
            "jarak_padang_km",
            "wilayah",
            "dirasakan_teks",
            "tsunami_teks",
            "label_teks",
        ],
        order=[("waktu", False)],
        limit=1000,
        decimals={"magnitudo": ",.1f", "kedalaman_km": ",.0f", "jarak_padang_km": ",.0f"},
    )


def votes(database: Database, election: str, office: str) -> Chart:
    return charts.across(
        f"suara-{election}",
        f"Suara {office} 2024 di {CITY_NAME}: sementara, bukan hasil resmi",
        datasets.pilkada_suara(database),
        ["Suara"],
        category="calon",
        by=["catatan_asal"],
        where={"pemilihan": election, **KOTA},
        axis_title="suara",
        is_by_name=True,
    )


def freshness(database: Database) -> Chart:
    return charts.rows(
        "kesegaran",
        "Umur dan mutu setiap sumber data",
        datasets.kesegaran_sumber(database),
        ["judul", "opd_nama", "data_per_teks", "umur_teks", "batas_teks", "kesegaran", "mutu_teks"],
        order=[("judul", True)],
    )


def editions(database: Database) -> Chart:
    return charts.rows(
        "terbitan",
        "Terbitan setiap bidang",
        datasets.terbitan(database),
        ["bidang", "terbitan_teks", "umur_teks", "data_per_teks", "keadaan"],
        order=[("bidang", True)],
    )


def vote_details(database: Database) -> Chart:
    return charts.rows(
        "rincian-suara",
        f"Rincian suara di {CITY_NAME}: sementara, bukan hasil resmi",
        datasets.pilkada_suara(database),
        [
            "pemilihan_nama",
            "nomor_urut",
            "paslon_nama",
            "suara",
            *(["persen"] if database is datasets.GUDANG else []),  # no pair's share before the result is official
            "tps_masuk",
            "tps_total",
            "waktu",
            "catatan",
            "label_teks",
        ],
        order=[("pemilihan_nama", True), ("nomor_urut", True)],
        where=KOTA,
        decimals={"suara": ",.0f", "persen": ",.2f", "tps_masuk": ",.0f", "tps_total": ",.0f", "nomor_urut": ",.0f"},
    )
