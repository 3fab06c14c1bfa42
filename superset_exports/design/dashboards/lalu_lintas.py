"""Traffic: how full the junctions are, how fast it goes, and where it stands."""

from __future__ import annotations

from superset_exports.design import charts, datasets, shared
from superset_exports.design.assets import Cell, Chart, Dashboard, Row, Tab

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
            Tab("Kini", [Row(50, [Cell(full, 6), Cell(jams, 6)]), Row(44, [Cell(junctions(), 7), Cell(lines(), 5)])]),
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


def junctions() -> Chart:
    return charts.rows(
        "simpang",
        "Setiap simpang: derajat kejenuhan jam puncak",
        datasets.kemacetan_simpang(),
        [
            "simpang",
            "kecamatan",
            "nilai_teks",
            "status_teks",
            "target_teks",
            "perubahan_teks",
            "tahunan_teks",
            "keterangan",
        ],
        order=[("nilai", False)],
        where={"indikator_kode": "derajat_kejenuhan"},
        limit=200,
        coloured=["status_teks"],
    )


def lines() -> Chart:
    return charts.rows(
        "koridor",
        "Setiap koridor Trans Padang: penumpang per hari",
        datasets.angkutan_koridor(),
        ["koridor_teks", "nilai_teks", "rit_jalan_teks", "perubahan_teks", "tahunan_teks", "keterangan"],
        order=[("koridor", True)],
        where={"indikator_kode": "penumpang_trans_padang"},
        limit=200,
    )
