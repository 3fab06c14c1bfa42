"""The officials' dashboard: one page, from what needs attention to how fresh and sound the data are."""

from __future__ import annotations

from command_center.settings import CITY_NAME

from superset_exports.design import access, charts, datasets, look, shared
from superset_exports.design.assets import Cell, Chart, Dashboard, Heading, Row, Stack
from superset_exports.design.datasets import GUDANG


def dashboard() -> Dashboard:
    figures = shared.key_figures(GUDANG)
    return Dashboard(
        slug="pejabat",
        title=f"Pusat Kendali {CITY_NAME}",
        description=f"Dasbor pejabat {CITY_NAME}",
        audience=access.OFFICIALS,
        css=look.CSS,
        rows=[
            Row(13, [Cell(look.banner("Ringkasan keadaan kota bagi pimpinan dan perangkat daerah."), 12)]),
            Row(30, [Cell(chart, 3) for chart in figures]),
            Heading("Kebakaran dan penyelamatan"),
            Row(92, [Cell(shared.fires_map(GUDANG), 5), Cell(Stack(shared.fire_charts(GUDANG)), 7)]),
            Row(48, [Cell(shared.answered_in_time(GUDANG), 5), Cell(latest_incidents(), 7)]),
            Heading("Kesehatan"),
            Row(50, [Cell(diseases_per_week(), 7), Cell(dengue_heatmap(), 5)]),
            Heading("Gempa bumi"),
            Row(44, [Cell(quakes_per_day(), 4), Cell(shared.latest_quakes(GUDANG), 8)]),
            Row(6, [Cell(look.quake_note(), 12)]),
            Heading("Pilkada 2024"),
            Row(
                32,
                [
                    Cell(shared.votes(GUDANG, "pkwkp", "Gubernur"), 5),
                    Cell(shared.votes(GUDANG, "pkwkk", "Wali Kota"), 5),
                    Cell(look.votes_note(), 2),
                ],
            ),
            Row(48, [Cell(shared.count_progress(), 6), Cell(shared.mayor_by_kecamatan(), 6)]),
            Row(32, [Cell(shared.vote_details(GUDANG), 12)]),
            Heading("Umur dan mutu data"),
            Row(44, [Cell(shared.freshness(GUDANG), 8), Cell(quarantine(), 4)]),
            Row(34, [Cell(shared.editions(GUDANG), 12)]),
        ],
    )


def latest_incidents() -> Chart:
    return charts.rows(
        "kejadian-terbaru",
        "Kejadian yang ditangani pemadam kebakaran, 14 hari terakhir",
        datasets.kejadian_damkar(),
        ["waktu_lapor", "jenis", "kecamatan", "kelurahan", "waktu_tanggap_menit", "label_teks"],
        order=[("waktu_lapor", False)],
        limit=1000,
        decimals={"waktu_tanggap_menit": ",.0f"},
    )


def diseases_per_week() -> Chart:
    return charts.over_time(
        "skdr-per-minggu",
        "Kasus per minggu, enam penyakit terbanyak (SKDR, 26 minggu)",
        datasets.skdr_mingguan(),
        ["Kasus"],
        time="minggu_mulai",
        grain="P1D",
        by=["penyakit_asal"],
        top=6,
        axis_title="kasus",
        date_format="%-d %b",
        extra=shared.LEGEND_AT_RIGHT,
    )


def dengue_heatmap() -> Chart:
    return charts.heatmap(
        "dengue-kecamatan",
        "Kasus dengue per kecamatan dan minggu (SKDR, 26 minggu)",
        datasets.mingguan(GUDANG),
        "Jumlah",
        along="periode_mulai",
        category="wilayah_nama",
        where={"indikator_kode": "kasus_dengue", "wilayah_tingkat": "kecamatan"},
    )


def quakes_per_day() -> Chart:
    return charts.over_time(
        "gempa-per-hari",
        "Gempa per hari di Indonesia, 30 hari",
        datasets.gempa(GUDANG),
        ["Gempa"],
        time="waktu",
        grain="P1D",
        kind="bar",
        by=["asal_data"],
        axis_title="gempa",
        date_format="%-d %b",
    )


def quarantine() -> Chart:
    return charts.across(
        "karantina-opd",
        "Baris yang dikarantina per perangkat daerah",
        datasets.kesegaran_sumber(GUDANG),
        ["Baris dikarantina"],
        category="opd_nama",
        by=["mutu_teks"],
        axis_title="baris",
    )
