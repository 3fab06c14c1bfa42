"""Programmes and budget of every agency: money, work, and what falls behind."""

from __future__ import annotations

from superset_exports.design import charts, datasets, shared
from superset_exports.design.assets import Cell, Chart, Dashboard, Row, Tab

TILES = (
    "realisasi_keuangan",
    "realisasi_fisik",
    "deviasi_keuangan",
    "deviasi_fisik",
    "kegiatan_kritis",
    "capaian_iku",
    "realisasi_pendapatan",
)


def dashboard() -> Dashboard:
    money = shared.ranked("deviasi_keuangan", "Deviasi keuangan per kecamatan, 0 = sesuai rencana", "poin", threshold=0)
    return shared.domain_page(
        "program-opd",
        "Program dan anggaran perangkat daerah",
        "Serapan, fisik, deviasi, kegiatan kritis, dan IKU",
        "program",
        tiles=shared.tiles(TILES),
        beside=plan_and_result("keuangan", "Kurva S: realisasi keuangan terhadap rencana"),
        all_areas=[money.name],
        all_months=["kurva-s-keuangan", "kurva-s-fisik"],
        # The curves are of all agencies together.
        filters=[shared.one_agency(datasets.rfk_opd(), without=["kurva-s-keuangan", "kurva-s-fisik"])],
        crossing={"rfk-opd": ["kegiatan", "iku-opd"]},
        tabs=[
            Tab(
                "Per OPD dan kegiatan",  # a click on an agency narrows what stands below it
                [
                    Row(116, [Cell(deviations("keuangan"), 6), Cell(deviations("fisik"), 6)]),
                    Row(70, [Cell(agencies(), 12)]),
                    Row(90, [Cell(activities(), 12)]),
                    Row(60, [Cell(performance(), 12)]),
                ],
            ),
            Tab(
                "Tren",
                [
                    Row(
                        44,
                        [
                            Cell(plan_and_result("fisik", "Kurva S: realisasi fisik terhadap rencana"), 6),
                            Cell(
                                shared.line("deviasi_keuangan", "Deviasi keuangan dari rencana", "poin", threshold=0), 6
                            ),
                        ],
                    ),
                    Row(50, [Cell(money, 12)]),
                ],
            ),
        ],
    )


def activities() -> Chart:
    return charts.rows(
        "kegiatan",
        "Setiap kegiatan, yang kritis dan paling tertinggal dahulu",
        datasets.rfk_kegiatan(),
        [
            "kritis_teks",
            "opd_singkatan",
            "program",
            "kegiatan",
            "pagu_teks",
            "rencana_keuangan_teks",
            "realisasi_keuangan_teks",
            "deviasi_keuangan_teks",
            "status_keuangan_teks",
            "rencana_fisik_teks",
            "realisasi_fisik_teks",
            "deviasi_fisik_teks",
            "status_fisik_teks",
            "lencana",
        ],
        order=[("urutan", True)],
        limit=1000,
        coloured=["kritis_teks", "status_keuangan_teks", "status_fisik_teks"],
        search=True,
    )


def plan_and_result(what: str, title: str) -> Chart:
    return charts.over_time(
        f"kurva-s-{what}",
        title,
        datasets.rfk_opd(whole=True),
        ["Realisasi", "Rencana"],
        time="bulan",
        grain="P1M",
        by=["tahun_anggaran"],
        where={"indikator_kode": f"realisasi_{what}"},
        axis_title="persen",
        number_format=charts.DECIMAL,
    )


def deviations(what: str) -> Chart:
    return charts.across(
        f"deviasi-{what}-opd",
        f"Deviasi {what} setiap perangkat daerah, 0 = sesuai rencana",
        datasets.rfk_opd(),
        ["Nilai"],
        category="opd_singkatan",
        by=["asal_data"],
        where={"indikator_kode": f"deviasi_{what}"},
        axis_title="poin",
        number_format=charts.DECIMAL,
        bars=35,
    )


def agencies() -> Chart:
    return charts.rows(
        "rfk-opd",
        "Serapan, fisik, dan deviasi setiap perangkat daerah",
        datasets.rfk_opd(),
        [
            "opd_nama",
            "indikator_nama",
            "nilai_teks",
            "rencana_teks",
            "status_teks",
            "target_teks",
            "perubahan_teks",
            "tahunan_teks",
            "peringkat_teks",
            "keterangan",
        ],
        order=[("opd_nama", True), ("indikator_nama", True)],
        limit=1000,
        coloured=["status_teks"],
        search=True,
    )


def performance() -> Chart:
    return charts.rows(
        "iku-opd",
        "Capaian IKU setiap perangkat daerah",
        datasets.iku_opd(),
        ["opd_nama", "indikator_nama", "nilai_teks", "status_teks", "dinilai_teks", "perubahan_teks", "keterangan"],
        order=[("opd_nama", True), ("indikator_nama", True)],
        limit=1000,
        coloured=["status_teks"],
        search=True,
    )
