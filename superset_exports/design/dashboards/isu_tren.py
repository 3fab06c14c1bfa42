"""What people talk about: how much, in which tone, and what rises."""

from __future__ import annotations

from superset_exports.design import charts, datasets, shared
from superset_exports.design.assets import Cell, Chart, Dashboard, Row, Tab

TILES = ("volume_sebutan", "sentimen_bersih")


def dashboard() -> Dashboard:
    named = shared.ranked("volume_sebutan", "Sebutan media per kecamatan", "berita", number_format=charts.NUMBER)
    return shared.domain_page(
        "isu-tren",
        "Isu dan tren",
        "Sebutan media, nada, dan pencarian yang naik",
        "isu",
        tiles=shared.tiles(TILES),
        beside=shared.line("sentimen_bersih", "Sentimen bersih per bulan", "persen"),
        all_areas=[named.name],
        tabs=[
            Tab("Kini", [Row(56, [Cell(topics(), 12)]), Row(50, [Cell(spikes(), 7), Cell(named, 5)])]),
            Tab(
                "Tren",
                [
                    Row(
                        40,
                        [
                            Cell(
                                shared.line("volume_sebutan", "Sebutan media", "berita", number_format=charts.NUMBER),
                                12,
                            )
                        ],
                    )
                ],
            ),
        ],
    )


def topics() -> Chart:
    return charts.heatmap(
        "topik-per-hari",
        "Berita per topik dan hari",
        datasets.isu_topik(),
        "Berita",
        along="tanggal",
        category="topik",
    )


def spikes() -> Chart:
    return charts.rows(
        "topik",
        "Topik setiap hari: berita, nada, dan lonjakan terhadap 28 hari",
        datasets.isu_topik(),
        [
            "tanggal_teks",
            "topik",
            "volume",
            "jumlah_sumber",
            "sentimen_bersih_persen",
            "lonjakan_teks",
            "data_sampai_teks",
            "label_teks",
        ],
        order=[("tanggal", False), ("volume", False)],
        limit=1000,
        decimals={"volume": charts.NUMBER, "jumlah_sumber": charts.NUMBER, "sentimen_bersih_persen": charts.DECIMAL},
    )
