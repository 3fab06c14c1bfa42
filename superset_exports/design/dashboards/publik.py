"""The public dashboard: what a resident wants to know, from cleared figures only."""

from __future__ import annotations

from command_center.settings import CITY_NAME

from superset_exports.design import access, charts, datasets, look, shared
from superset_exports.design.assets import Cell, Chart, Dashboard, Row, Stack, Tab
from superset_exports.design.datasets import PUBLIK


def dashboard() -> Dashboard:
    return Dashboard(
        slug="publik",
        title=f"Informasi Publik {CITY_NAME}",
        description=f"Dasbor masyarakat {CITY_NAME}",
        audience=access.EVERYBODY,
        css=look.CSS,
        metadata={"refresh_frequency": 300},  # a screen in a lobby that nobody touches
        rows=[
            Row(11, [Cell(look.banner(f"Angka pokok {CITY_NAME}, terbuka bagi siapa saja. {look.PHONE_LINK}"), 12)]),
            Row(28, [Cell(chart, 3) for chart in shared.key_figures(PUBLIK)]),
        ],
        tabs=tabs(),
    )


def tabs() -> list[Tab]:
    """One for each question of residents; a screen in a lobby turns them over by itself."""
    return [
        Tab(
            "Kebakaran",
            [
                Row(92, [Cell(shared.fires_map(PUBLIK), 5), Cell(Stack(shared.fire_charts(PUBLIK)), 7)]),
                Row(46, [Cell(shared.answered_in_time(PUBLIK), 12)]),
            ],
        ),
        Tab("Kesehatan", [Row(56, [Cell(diseases_per_week(), 12)])]),
        Tab("Gempa", [Row(60, [Cell(shared.latest_quakes(PUBLIK), 12)]), Row(6, [Cell(look.quake_note(), 12)])]),
        Tab(
            "Pilkada",
            [
                Row(
                    32,
                    [
                        Cell(shared.votes(PUBLIK, "pkwkp", "Gubernur"), 5),
                        Cell(shared.votes(PUBLIK, "pkwkk", "Wali Kota"), 5),
                        Cell(look.votes_note(), 2),
                    ],
                ),
                Row(32, [Cell(shared.vote_details(PUBLIK), 12)]),
            ],
        ),
        Tab(
            "Tentang data",
            [
                Row(50, [Cell(shared.freshness(PUBLIK), 12)]),
                Row(40, [Cell(shared.editions(PUBLIK), 12)]),
            ],
        ),
    ]


def diseases_per_week() -> Chart:
    return charts.over_time(
        "penyakit-per-minggu",
        "Kasus penyakit per minggu di seluruh kota (SKDR, 26 minggu)",
        datasets.mingguan(PUBLIK),
        ["Jumlah"],
        time="periode_mulai",
        grain="P1D",
        by=["nama_asal"],
        where={"domain": "kesehatan", "satuan": "kasus", **shared.KOTA},
        axis_title="kasus",
        date_format="%-d %b",
        extra=shared.LEGEND_AT_RIGHT,
    )
