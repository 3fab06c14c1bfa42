"""Disasters: warnings in force, events, people, damage and help, and the quakes that were felt."""

from __future__ import annotations

from superset_exports.design import charts, datasets, shared
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
        tabs=[
            Tab(
                "Kini",
                [
                    Row(30, [Cell(shared.warnings(GUDANG), 12)]),
                    Row(50, [Cell(latest(), 12)]),
                    Row(50, [Cell(events, 6), Cell(response, 6)]),
                    Row(44, [Cell(shared.latest_quakes(GUDANG), 12)]),
                ],
            ),
            Tab(
                "Tren",
                [
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
                    )
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
