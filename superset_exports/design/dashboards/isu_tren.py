"""What people talk about: how much, in which tone, and what rises."""

from __future__ import annotations

from superset_exports.design import charts, shared
from superset_exports.design.assets import Cell, Dashboard, Row, Tab

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
            Tab("Kini", [Row(50, [Cell(named, 12)])]),
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
