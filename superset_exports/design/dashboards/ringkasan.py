"""The mayor's page: what needs a hand, one verdict for each field, and how the eleven kecamatan stand."""

from __future__ import annotations

from superset_exports.design import charts, datasets, look, shared
from superset_exports.design.assets import Cell, Chart, Dashboard, Row, Tab
from superset_exports.design.datasets import FIELDS


def dashboard() -> Dashboard:
    next_two_days = datasets.agenda("is_48_jam", "agenda_48_jam")
    return Dashboard(
        slug="ringkasan",
        title="Ringkasan Kota",
        description="Yang perlu perhatian, putusan setiap bidang, dan keadaan sebelas kecamatan",
        css=look.CSS,
        audience=shared.LEADERS,
        filters=[shared.month(), shared.area(without=["kecamatan-bidang"])],
        answers={
            "Keadaan?": "putusan-bidang",
            "Terhadap target?": "putusan-bidang",
            "Berubah apa?": "putusan-bidang",
            "Perlu tindakan apa, oleh siapa, sejak kapan?": "perhatian",
            "Seberapa baru?": "putusan-bidang",
        },
        rows=[Row(73, [Cell(shared.attention(), 7), Cell(verdicts(), 5)])],
        tabs=[
            Tab("Kecamatan", [Row(52, [Cell(heat(), 12)])]),
            Tab(
                "Agenda 48 jam",
                [Row(50, [Cell(shared.agenda("agenda-48-jam", "Acara 48 jam mendatang", next_two_days), 12)])],
            ),
            Tab("Terbitan", [Row(44, [Cell(shared.editions(datasets.GUDANG), 12)])]),
        ],
    )


def verdicts() -> Chart:
    return charts.rows(
        "putusan-bidang",
        "Angka pokok: putusan setiap bidang",
        datasets.bidang(),
        ["dasbor_tautan", "status_teks", "utama_kartu", "keterangan_kartu"],
        order=[("urutan", True)],
        limit=50,
        coloured=["status_teks"],
        links=True,
    )


def heat() -> Chart:
    return charts.rows(
        "kecamatan-bidang",
        "Putusan setiap bidang per kecamatan",
        datasets.kecamatan_bidang(),
        ["wilayah_tautan", *FIELDS],
        order=[("kode_kecamatan", True)],
        limit=50,
        coloured=FIELDS,
        links=True,
    )
