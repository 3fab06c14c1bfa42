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
DISEASES = (
    ("dengue", "Suspek Dengue", ""),
    ("ispa", "ISPA", ""),
    ("diare", "Diare Akut", "Diare"),
    ("pneumonia", "Pneumonia", ""),
    ("ili", "Penyakit Serupa Influenza (ILI)", "ILI"),
    ("tifoid", "Suspek Demam Tifoid", "Tifoid"),
    ("ghpr", "Gigitan Hewan Penular Rabies", "Gigitan rabies"),
)
SERVICES = tuple(f"spm_kes_{number:02}" for number in range(1, 13))


def dashboard() -> Dashboard:
    dengue = shared.ranked("insidensi_dbd", "Insidensi DBD per kecamatan", "per 100.000 penduduk")
    reported = shared.ranked("skdr_kelengkapan", "Kelengkapan laporan SKDR per kecamatan", "persen", threshold=90)
    first, *others = [against_other_years(*disease) for disease in DISEASES]
    return shared.domain_page(
        "kesehatan",
        "Kesehatan",
        "Kewaspadaan penyakit dan Standar Pelayanan Minimal",
        "kesehatan",
        tiles=shared.tiles(TILES),
        beside=first,
        about="kasus_dengue",
        all_areas=[dengue.name, reported.name, dengue_weeks().name],
        label_colors=dict.fromkeys(datasets.SAME_WEEKS, charts.SECOND_COLOUR),
        tabs=[
            Tab(
                "Kini",
                [
                    Row(56, [Cell(latest_week(), 7), Cell(dengue, 5)]),
                    Row(56, [Cell(minimum_services(), 7), Cell(reported, 5)]),
                ],
            ),
            Tab(
                "Tren",
                [
                    Row(44, [Cell(chart, 4) for chart in others[:3]]),
                    Row(44, [Cell(chart, 4) for chart in others[3:]]),
                    Row(50, [Cell(dengue_weeks(), 12)]),
                ],
            ),
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
        along="periode_mulai",
        category="wilayah_nama",
        where={"indikator_kode": "kasus_dengue", "wilayah_tingkat": "kecamatan"},
    )


def against_other_years(name: str, disease: str, short: str) -> Chart:
    """26 weeks, and the band between the fewest and the most that the same weeks had in the three years before."""
    return charts.over_time(
        f"pita-{name}",
        f"{short or disease} per minggu; pita: 3 tahun lalu",
        datasets.skdr_pita(),
        ["Kasus", *datasets.SAME_WEEKS],
        time="minggu_mulai",
        grain="P1D",
        where={"penyakit": disease},
        axis_title="kasus",
        date_format="%-d %b",
        extra={"markerEnabled": True, "markerSize": 6, "opacity": 0.2},
    )


def latest_week() -> Chart:
    return charts.rows(
        "penyakit",
        "Penyakit minggu terakhir yang dilaporkan, terhadap minggu yang sama tahun-tahun lalu",
        datasets.skdr_terkini(),
        [
            "penyakit",
            "kasus",
            "posisi_teks",
            "rentang_teks",
            "median",
            "pembanding_teks",
            "periode_label",
            "label_teks",
        ],
        order=[("kasus", False)],
        limit=200,
        decimals={"kasus": charts.NUMBER, "median": charts.NUMBER},
        coloured=["posisi_teks"],
    )
