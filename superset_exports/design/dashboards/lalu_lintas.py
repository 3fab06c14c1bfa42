"""Traffic: how full the junctions are, how fast it goes, and where it stands."""

from __future__ import annotations

from superset_exports.design import charts, shared
from superset_exports.design.assets import Cell, Dashboard, Row, Tab

TILES = (
    "derajat_kejenuhan",
    "kecepatan_rata_rata",
    "titik_macet",
    "lama_kemacetan",
    "penumpang_trans_padang",
    "faktor_muat",
    "kecelakaan",
)


def dashboard() -> Dashboard:
    full = shared.ranked(
        "derajat_kejenuhan",
        "Derajat kejenuhan jam puncak per kecamatan, ambang 0,75",
        "rasio",
        threshold=0.75,
        number_format=",.2f",
    )
    jams = shared.ranked("lama_kemacetan", "Lama kemacetan per kecamatan", "jam")
    return shared.domain_page(
        "lalu-lintas",
        "Lalu lintas dan angkutan",
        "Kejenuhan simpang, kecepatan, kemacetan, dan Trans Padang",
        "lalu_lintas",
        tiles=shared.tiles(TILES),
        beside=shared.line(
            "derajat_kejenuhan", "Derajat kejenuhan jam puncak", "rasio", threshold=0.75, number_format=",.2f"
        ),
        all_areas=[full.name, jams.name],
        tabs=[
            Tab("Kini", [Row(50, [Cell(full, 6), Cell(jams, 6)])]),
            Tab(
                "Tren",
                [
                    Row(
                        40,
                        [
                            Cell(shared.line("kecepatan_rata_rata", "Kecepatan rata-rata", "km/jam"), 4),
                            Cell(shared.line("lama_kemacetan", "Lama kemacetan", "jam"), 4),
                            Cell(
                                shared.line(
                                    "penumpang_trans_padang",
                                    "Penumpang Trans Padang",
                                    "orang/hari",
                                    number_format=charts.NUMBER,
                                ),
                                4,
                            ),
                        ],
                    )
                ],
            ),
        ],
    )
