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
            Tab(
                "Kini",
                [
                    Row(30, [Cell(clashes(), 12)]),
                    Row(60, [Cell(shared.agenda("agenda-14-hari", "Acara 14 hari mendatang", datasets.agenda()), 12)]),
                    Row(50, [Cell(events, 12)]),
                ],
            ),
            Tab(
                "Tren",
                [Row(40, [Cell(shared.line("persen_terlaksana", "Kegiatan terlaksana", "persen", threshold=90), 12)])],
            ),
        ],
    )


def clashes() -> Chart:
    """What two hosts, or one place, cannot do at once."""
    return shared.agenda("bentrok", "Acara yang bentrok jadwalnya", datasets.agenda("is_bentrok", "agenda_bentrok"))
