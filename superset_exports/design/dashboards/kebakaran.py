"""Fire: how many, how soon help was there, and where it was late."""

from __future__ import annotations

from superset_exports.design import charts, datasets, look, shared
from superset_exports.design.assets import Cell, Chart, Dashboard, Row, Tab
from superset_exports.design.datasets import GUDANG

TILES = (
    "jumlah_kebakaran",
    "jumlah_penyelamatan",
    "waktu_tanggap",
    "persen_tanggap_15mnt",
    "kerugian_kebakaran",
    "korban_kebakaran",
)


def dashboard() -> Dashboard:
    late = shared.ranked("waktu_tanggap", "Waktu tanggap median per kecamatan, ambang 15 menit", "menit", threshold=15)
    in_time = shared.ranked(
        "persen_tanggap_15mnt", "Tanggap dalam 15 menit per kecamatan, target 75 %", "persen", threshold=75
    )
    return shared.domain_page(
        "kebakaran",
        "Kebakaran dan penyelamatan",
        "Banyaknya kejadian, waktu tanggap, dan kerugian",
        "kebakaran",
        tiles=shared.tiles(TILES),
        beside=shared.line("persen_tanggap_15mnt", "Tanggap dalam 15 menit, target 75 %", "persen", threshold=75),
        all_areas=[late.name, in_time.name],
        tabs=[
            Tab(
                "Kini",
                [
                    Row(56, [Cell(late, 6), Cell(in_time, 6)]),
                    Row(
                        84,
                        [
                            Cell(shared.with_legend(map_of_answers(), look.status_legend("≥ 75 %")), 5),
                            Cell(latest_incidents(), 7),
                        ],
                    ),
                    Row(56, [Cell(spread(), 6), Cell(causes(), 6)]),
                    Row(44, [Cell(hours(), 12)]),
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
                                    "jumlah_kebakaran", "Kebakaran per bulan", "kejadian", number_format=charts.NUMBER
                                ),
                                4,
                            ),
                            Cell(
                                shared.line(
                                    "jumlah_penyelamatan",
                                    "Penyelamatan per bulan",
                                    "kejadian",
                                    number_format=charts.NUMBER,
                                ),
                                4,
                            ),
                            Cell(
                                shared.line("waktu_tanggap", "Waktu tanggap median per bulan", "menit", threshold=15), 4
                            ),
                        ],
                    )
                ],
            ),
        ],
    )


def map_of_answers() -> Chart:
    return charts.place_map(
        "peta-tanggap",
        "Tanggap dalam 15 menit per kecamatan, bulan terakhir",
        datasets.peta_kecamatan(GUDANG),
        shape="bentuk_berlabel",
        where={"indikator_kode": "persen_tanggap_15mnt"},
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
        may_be_empty=True,
    )


def spread() -> Chart:
    """The middle says how it usually is, the slowest tenth how bad it can be."""
    return charts.across(
        "tanggap-sebaran",
        "Waktu tanggap 12 bulan terakhir: median dan persentil ke-90 (kejadian)",
        datasets.tanggap_kecamatan(),
        ["Median", "Persentil ke-90"],
        category="kecamatan_teks",
        kind="scatter",
        axis_title="menit",
        number_format=charts.DECIMAL,
        threshold=[15, 20],
        extra={"markerEnabled": True, "markerSize": 12},
    )


def causes() -> Chart:
    return charts.across(
        "penyebab",
        "Penyebab kebakaran, 12 bulan terakhir",
        datasets.kebakaran_setahun(),
        ["Kebakaran"],
        category="penyebab_teks",
        by=["asal_data"],
        axis_title="kejadian",
    )


def hours() -> Chart:
    return charts.heatmap(
        "hari-dan-jam",
        "Kebakaran menurut hari dan jam laporan (WIB), 12 bulan terakhir",
        datasets.kebakaran_jam(),
        "Kebakaran",
        along="jam_teks",
        category="hari_teks",
        grain=None,
        has_values=True,
    )
