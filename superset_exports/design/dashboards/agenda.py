"""The city's agenda: what comes, what clashes, and what was held."""

from __future__ import annotations

from superset_exports.design import charts, datasets, shared
from superset_exports.design.assets import Cell, Chart, Dashboard, Row, Tab

TILES = ("kegiatan_terjadwal", "persen_terlaksana", "bentrok_jadwal", "sebaran_kecamatan")


def dashboard() -> Dashboard:
    events = shared.ranked(
        "kegiatan_terjadwal", "Kegiatan terjadwal per kecamatan", "acara", number_format=charts.NUMBER
    )
    return shared.domain_page(
        "agenda",
        "Agenda kota",
        "Acara yang akan datang, bentrok jadwal, dan keterlaksanaan",
        "agenda",
        tiles=shared.tiles(TILES),
        beside=shared.line("kegiatan_terjadwal", "Kegiatan terjadwal per bulan", "acara", number_format=charts.NUMBER),
        all_areas=[events.name],
        tabs=[
            Tab("Kini", [Row(60, [Cell(coming(), 12)]), Row(50, [Cell(events, 12)])]),
            Tab(
                "Tren",
                [Row(40, [Cell(shared.line("persen_terlaksana", "Kegiatan terlaksana", "persen", threshold=90), 12)])],
            ),
        ],
    )


def coming() -> Chart:
    return charts.rows(
        "agenda-14-hari",
        "Acara 14 hari mendatang",
        datasets.agenda(),
        [
            "hari_teks",
            "jam_teks",
            "judul",
            "pelaksana",
            "tempat",
            "kecamatan",
            "status_teks",
            "bentrok_teks",
            "label_teks",
        ],
        order=[("urutan", True)],
        limit=500,
        may_be_empty=True,
    )
