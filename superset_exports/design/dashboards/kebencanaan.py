"""Disasters: warnings in force, events, people, damage and help, and the quakes that were felt."""

from __future__ import annotations

from superset_exports.design import charts, datasets, look, shared
from superset_exports.design.assets import Cell, Chart, Dashboard, Row, Tab
from superset_exports.design.datasets import GUDANG

TILES = (
    "jumlah_kejadian_bencana",
    "korban_meninggal",
    "korban_mengungsi",
    "korban_terdampak",
    "rumah_rusak_berat",
    "waktu_tanggap_bencana",
    "jumlah_gempa_dirasakan_radius",
)


def dashboard() -> Dashboard:
    events = shared.ranked(
        "jumlah_kejadian_bencana", "Kejadian bencana per kecamatan", "kejadian", number_format=charts.NUMBER
    )
    response = shared.ranked(
        "waktu_tanggap_bencana", "Waktu tanggap bencana per kecamatan, ambang 30 menit", "menit", threshold=30
    )
    return shared.domain_page(
        "kebencanaan",
        "Kebencanaan",
        "Peringatan, kejadian, korban, kerusakan, dan waktu tanggap",
        "bencana",
        tiles=shared.tiles(TILES),
        beside=shared.line(
            "jumlah_kejadian_bencana", "Kejadian bencana per bulan", "kejadian", number_format=charts.NUMBER
        ),
        all_areas=[events.name, response.name],
        all_months=["jenis-per-bulan"],
        tabs=[
            Tab(
                "Kini",
                [
                    Row(30, [Cell(shared.warnings(GUDANG), 12)]),
                    Row(50, [Cell(latest(), 12)]),
                    Row(84, [Cell(shared.with_legend(rates_map(), look.rates_legend("bencana")), 6), Cell(rates(), 6)]),
                    Row(50, [Cell(types(), 4), Cell(events, 4), Cell(response, 4)]),
                    Row(44, [Cell(quakes(), 5), Cell(shared.latest_quakes(GUDANG), 7)]),
                ],
            ),
            Tab(
                "Tren",
                [
                    Row(50, [Cell(types_by_month(), 12)]),
                    Row(
                        40,
                        [
                            Cell(
                                shared.line(
                                    "korban_mengungsi", "Pengungsi per bulan", "jiwa", number_format=charts.NUMBER
                                ),
                                4,
                            ),
                            Cell(
                                shared.line(
                                    "rumah_rusak_berat", "Rumah rusak berat", "unit", number_format=charts.NUMBER
                                ),
                                4,
                            ),
                            Cell(
                                shared.line("waktu_tanggap_bencana", "Waktu tanggap median", "menit", threshold=30),
                                4,
                            ),
                        ],
                    ),
                ],
            ),
        ],
    )


def latest() -> Chart:
    return charts.rows(
        "kejadian-14-hari",
        "Kejadian bencana 14 hari terakhir",
        datasets.bencana_14_hari(),
        [
            "waktu_teks",
            "jenis_bencana",
            "kecamatan",
            "kelurahan",
            "penanganan_teks",
            "waktu_tanggap_teks",
            "korban_teks",
            "data_sampai_teks",
            "label_data",
        ],
        order=[("tanggal", False)],
        limit=500,
        may_be_empty=True,
    )


def rates_map() -> Chart:
    return charts.place_map(
        "peta-laju",
        "Bencana per 10.000 penduduk, 12 bulan terakhir",
        datasets.bencana_laju(),
        shape="bentuk_berlabel",
        where={},
    )


def rates() -> Chart:
    return charts.across(
        "laju",
        "Bencana per 10.000 penduduk menurut kecamatan, 12 bulan terakhir",
        datasets.bencana_laju(),
        ["Per 10.000 penduduk"],
        category="kecamatan",
        by=["asal_data"],
        axis_title="kejadian per 10.000 penduduk",
        number_format=charts.DECIMAL,
    )


def types() -> Chart:
    return charts.across(
        "jenis",
        "Kejadian bencana menurut jenis",
        datasets.bencana_jenis(),
        ["Kejadian"],
        category="jenis_bencana",
        by=["asal_data"],
        axis_title="kejadian",
    )


def types_by_month() -> Chart:
    return charts.heatmap(
        "jenis-per-bulan",
        "Kejadian bencana menurut jenis dan bulan, 13 bulan terakhir",
        datasets.bencana_jenis(),
        "Kejadian",
        along="bulan",
        category="jenis_bencana",
        grain="P1M",
        date_format=charts.MONTH,
        has_values=True,
    )


def quakes() -> Chart:
    return charts.over_time(
        "gempa-magnitudo",
        "Gempa menurut BMKG: magnitudo dan waktu, 30 hari",
        datasets.gempa(GUDANG),
        ["Magnitudo"],
        time="waktu",
        grain="PT1M",
        kind="scatter",
        by=["asal_data"],
        axis_title="magnitudo",
        number_format=charts.DECIMAL,
        date_format="%-d %b",
        extra={"markerEnabled": True, "markerSize": 8},
    )
