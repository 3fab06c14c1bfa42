"""Complaints and calls: what came, what was done, and what is over its limit."""

from __future__ import annotations

from superset_exports.design import charts, datasets, shared
from superset_exports.design.assets import Cell, Chart, Dashboard, Row, Tab

TILES = (
    "laporan_masuk",
    "persen_tindak_lanjut",
    "persen_selesai",
    "kepatuhan_sla",
    "umur_tunggakan",
    "panggilan_112_darurat",
    "waktu_disposisi_112",
)


def dashboard() -> Dashboard:
    kept = shared.ranked("kepatuhan_sla", "Kepatuhan batas waktu per kecamatan, target 90 %", "persen", threshold=90)
    oldest = shared.ranked("umur_tunggakan", "Umur tunggakan per kecamatan", "hari kerja", threshold=14)
    return shared.domain_page(
        "pengaduan",
        "Pengaduan warga dan 112",
        "Laporan masuk, ditindaklanjuti, selesai, dan lewat batas",
        "pengaduan",
        tiles=shared.tiles(TILES),
        beside=shared.line("kepatuhan_sla", "Kepatuhan batas waktu, target 90 %", "persen", threshold=90),
        all_areas=[kept.name, oldest.name],
        filters=[shared.one_agency(datasets.pengaduan_opd(), without=["topik"])],
        crossing={"opd": ["umur"]},
        tabs=[
            Tab(
                "Kini",
                [
                    Row(70, [Cell(agencies(), 12)]),
                    Row(80, [Cell(ageing(), 7), Cell(topics(), 5)]),
                    Row(56, [Cell(kept, 6), Cell(oldest, 6)]),
                ],
            ),
            Tab(
                "Tren",
                [
                    Row(
                        40,
                        [
                            Cell(
                                shared.line("laporan_masuk", "Laporan masuk", "laporan", number_format=charts.NUMBER), 4
                            ),
                            Cell(shared.line("persen_selesai", "Laporan selesai", "persen", threshold=90), 4),
                            Cell(shared.line("waktu_disposisi_112", "Waktu disposisi 112", "menit", threshold=3), 4),
                        ],
                    )
                ],
            ),
        ],
    )


def agencies() -> Chart:
    return charts.rows(
        "opd",
        "Kepatuhan batas waktu setiap perangkat daerah, seluruh kota",
        datasets.pengaduan_opd(),
        [
            "opd_nama",
            "nilai_teks",
            "status_teks",
            "masuk",
            "selesai",
            "terbuka",
            "lewat_batas",
            "tertua_hari_kerja",
            "perubahan_teks",
            "keterangan",
        ],
        order=[("lewat_batas", False), ("opd_nama", True)],
        where={"indikator_kode": "kepatuhan_sla"},
        limit=200,
        decimals=dict.fromkeys(("masuk", "selesai", "terbuka", "lewat_batas", "tertua_hari_kerja"), charts.NUMBER),
        coloured=["status_teks"],
    )


def ageing() -> Chart:
    return charts.across(
        "umur",
        "Belum selesai menurut umurnya (hari kerja), seluruh kota",
        datasets.pengaduan_opd(),
        ["Sampai 5 hari", "6–14 hari", "15–60 hari", "Lebih dari 60 hari"],
        category="opd_nama",
        by=["asal_data"],
        where={"indikator_kode": "umur_tunggakan"},
        axis_title="laporan",
        bars=20,
        extra={"stack": "Stack", "show_value": False, "sort_series_type": None},
    )


def topics() -> Chart:
    return charts.across(
        "topik",
        "Laporan masuk menurut topik",
        datasets.pengaduan_topik(),
        ["Laporan masuk"],
        category="topik",
        by=["asal_data"],
        where={"indikator_kode": "laporan_masuk"},
        axis_title="laporan",
        bars=20,
    )
