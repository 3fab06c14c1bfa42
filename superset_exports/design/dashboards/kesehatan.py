"""Health: signs of outbreaks, cases, and the twelve minimum services of every resident."""

from __future__ import annotations

from superset_exports.design import charts, datasets, shared
from superset_exports.design.assets import Cell, Chart, Dashboard, Row, Tab
from superset_exports.design.datasets import GUDANG

TILES = (
    "sinyal_klb",
    "kasus_dengue",
    "kasus_ispa",
    "kasus_diare",
    "insidensi_dbd",
    "skdr_kelengkapan",
    "spm_kes_08",
)
SERVICES = tuple(f"spm_kes_{number:02}" for number in range(1, 13))


def dashboard() -> Dashboard:
    dengue = shared.ranked("insidensi_dbd", "Insidensi DBD per kecamatan", "per 100.000 penduduk")
    reported = shared.ranked("skdr_kelengkapan", "Kelengkapan laporan SKDR per kecamatan", "persen", threshold=90)
    weeks = [
        shared.line(code, f"{words} per minggu", "kasus", weekly=True, number_format=charts.NUMBER)
        for code, words in (("kasus_ispa", "ISPA"), ("kasus_diare", "Diare"), ("kasus_skdr_total", "Semua penyakit"))
    ]
    return shared.domain_page(
        "kesehatan",
        "Kesehatan",
        "Kewaspadaan penyakit dan Standar Pelayanan Minimal",
        "kesehatan",
        tiles=shared.tiles(TILES),
        beside=shared.line(
            "kasus_dengue", "Suspek dengue per minggu", "kasus", weekly=True, number_format=charts.NUMBER
        ),
        all_areas=[dengue.name, reported.name, dengue_weeks().name],
        tabs=[
            Tab("Kini", [Row(56, [Cell(minimum_services(), 6), Cell(dengue, 6)]), Row(50, [Cell(reported, 12)])]),
            Tab("Tren", [Row(40, [Cell(chart, 4) for chart in weeks]), Row(50, [Cell(dengue_weeks(), 12)])]),
        ],
    )


def minimum_services() -> Chart:
    return charts.across(
        "spm",
        "Standar Pelayanan Minimal 01 sampai 12, target 100 %",
        datasets.ubin(),
        ["Nilai"],
        category="indikator_nama",
        by=["asal_data"],
        where={"indikator_kode": SERVICES},
        axis_title="persen terlayani",
        number_format=charts.DECIMAL,
        threshold=100,
    )


def dengue_weeks() -> Chart:
    return charts.heatmap(
        "dengue-kecamatan",
        "Kasus dengue per kecamatan dan minggu, 26 minggu",
        datasets.mingguan(GUDANG),
        "Jumlah",
        time="periode_mulai",
        category="wilayah_nama",
        where={"indikator_kode": "kasus_dengue", "wilayah_tingkat": "kecamatan"},
    )
