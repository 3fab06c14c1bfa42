"""The city's own computers: which services are there, which failed, what is open."""

from __future__ import annotations

from superset_exports.design import charts, datasets, shared
from superset_exports.design.assets import Cell, Chart, Dashboard, Row, Tab

TILES = (
    "ketersediaan_layanan",
    "ketersediaan_jaringan",
    "mttr",
    "insiden_terbuka",
    "cadangan_berhasil",
    "sisa_hari_sertifikat",
)


def dashboard() -> Dashboard:
    network = shared.ranked(
        "ketersediaan_jaringan",
        "Ketersediaan jaringan per kecamatan, target 99 %",
        "persen",
        threshold=99,
        number_format=",.2f",
    )
    return shared.domain_page(
        "infrastruktur-ti",
        "Infrastruktur TI",
        "Ketersediaan layanan dan jaringan, gangguan, cadangan, dan sertifikat",
        "infrastruktur",
        tiles=shared.tiles(TILES),
        beside=shared.line(
            "ketersediaan_layanan",
            "Ketersediaan layanan, target 99,5 %",
            "persen",
            threshold=99.5,
            number_format=",.2f",
        ),
        all_areas=[network.name],
        tabs=[
            Tab("Kini", [Row(70, [Cell(strips(), 12)]), Row(50, [Cell(outages(), 7), Cell(network, 5)])]),
            Tab(
                "Tren",
                [
                    Row(
                        40,
                        [
                            Cell(shared.line("mttr", "Waktu pemulihan", "jam", threshold=4), 6),
                            Cell(shared.line("cadangan_berhasil", "Pencadangan berhasil", "persen", threshold=98), 6),
                        ],
                    )
                ],
            ),
        ],
    )


def strips() -> Chart:
    return charts.heatmap(
        "layanan-90-hari",
        "Ketersediaan setiap layanan per hari, 90 hari (makin gelap makin tersedia)",
        datasets.layanan_ti(),
        "Ketersediaan",
        along="tanggal",
        category="layanan",
        number_format=",.2f",
    )


def outages() -> Chart:
    return charts.rows(
        "layanan-terputus",
        "Hari dengan gangguan layanan",
        datasets.layanan_ti(),
        [
            "hari_teks",
            "layanan",
            "nilai_teks",
            "status_teks",
            "target_teks",
            "putus_teks",
            "data_sampai_teks",
            "label_teks",
        ],
        order=[("putus_menit", False), ("tanggal", False)],
        where={"status": ("waspada", "siaga", "buruk")},
        limit=500,
        coloured=["status_teks"],
        may_be_empty=True,
    )
