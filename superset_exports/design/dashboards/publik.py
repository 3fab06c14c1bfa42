"""The public dashboard: what a resident wants to know of the city and of the own kecamatan, from cleared figures only."""

from __future__ import annotations

from dataclasses import replace

from command_center.settings import CITY_NAME

from superset_exports.design import access, charts, datasets, look, shared
from superset_exports.design.assets import Cell, Chart, Dashboard, Row, Stack, Tab
from superset_exports.design.datasets import PUBLIK

TILES = (
    "jumlah_kejadian_bencana",
    "jumlah_kebakaran",
    "persen_tanggap_15mnt",
    "kasus_dengue",
    "persen_selesai",
    "derajat_kejenuhan",
    "realisasi_keuangan",
)
DISEASES = {"kasus_dengue": "Suspek dengue", "kasus_ispa": "ISPA", "kasus_diare": "Diare"}
ACTION = shared.QUESTIONS[3]
FOLLOW_THE_AREA = ("angka-pokok", "rincian", "tren-laporan-masuk")


def dashboard() -> Dashboard:
    tiles = shared.tiles(TILES, database=PUBLIK)
    page = Dashboard(
        slug="publik",
        title=f"Informasi Publik {CITY_NAME}",
        description=f"Dasbor masyarakat {CITY_NAME}",
        audience=access.EVERYBODY,
        css=look.CSS,
        metadata={"refresh_frequency": 300},  # a screen in a lobby that nobody touches
        rows=[
            Row(
                11,
                [
                    Cell(
                        look.banner(
                            f"Angka {CITY_NAME}, terbuka bagi siapa saja. {look.OPEN_DATA_LINK} · {look.PHONE_LINK}"
                        ),
                        12,
                    )
                ],
            ),
            Row(38, [Cell(tiles, 12)]),
            Row(19, [Cell(shared.warnings(PUBLIK), 12)]),
        ],
        answers=shared.ANSWERED_BY_TILES | {ACTION: "peringatan"},
        tabs=tabs(),
    )
    others = [chart.name for chart in page.charts.values() if chart.name not in FOLLOW_THE_AREA]
    return replace(page, filters=[shared.month(database=PUBLIK), shared.area(without=others, database=PUBLIK)])


def tabs() -> list[Tab]:
    """One for each question of residents; a screen in a lobby turns them over by itself."""
    return [
        Tab("Semua angka", [Row(60, [Cell(all_figures(), 12)])]),
        Tab(
            "Gempa bumi",
            [
                Row(50, [Cell(shared.latest_quakes(PUBLIK), 12)]),
                Row(6, [Cell(look.quake_note(), 12)]),
            ],
        ),
        Tab(
            "Kebakaran",
            [
                Row(102, [Cell(shared.fires_map(), 5), Cell(Stack(shared.fire_charts(PUBLIK)), 7)]),
                Row(50, [Cell(shared.answered_in_time(PUBLIK), 12)]),
            ],
        ),
        Tab("Kesehatan", [Row(40, [Cell(chart, 4) for chart in diseases()]), Row(56, [Cell(visits(), 12)])]),
        Tab("Layanan", [Row(56, [Cell(complaints(), 6), Cell(finished(), 6)])]),
        Tab("Jalan dan uang kita", [Row(56, [Cell(full_roads(), 6), Cell(money(), 6)])]),
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
                Row(60, [Cell(shared.definitions(None, PUBLIK), 12)]),
                Row(40, [Cell(shared.editions(PUBLIK), 12)]),
            ],
        ),
    ]


def all_figures() -> Chart:
    return shared.details(None, "Semua angka wilayah yang dipilih", PUBLIK)


def diseases() -> list[Chart]:
    """Each on its own scale: the many cases of one would flatten the few of another, and a sum would repeat them."""
    return [
        charts.over_time(
            f"minggu-{code.removeprefix('kasus_')}",
            f"{words} per minggu, seluruh kota (SKDR, 26 minggu)",
            datasets.mingguan(PUBLIK),
            ["Jumlah"],
            time="periode_mulai",
            grain="P1D",
            by=["asal_data"],
            where={"indikator_kode": code, **shared.KOTA},
            axis_title="kasus",
            date_format="%-d %b",
        )
        for code, words in DISEASES.items()
    ]


def visits() -> Chart:
    title = "Kasus baru di puskesmas per kecamatan"
    return shared.ranked("kunjungan_sakit", title, "kasus", number_format=charts.NUMBER, database=PUBLIK)


def complaints() -> Chart:
    title = "Laporan warga yang masuk per bulan"
    return shared.line("laporan_masuk", title, "laporan", number_format=charts.NUMBER, database=PUBLIK)


def finished() -> Chart:
    title = "Laporan warga yang selesai, per kecamatan, target 90 %"
    return shared.ranked("persen_selesai", title, "persen", threshold=90, database=PUBLIK)


def full_roads() -> Chart:
    title = "Derajat kejenuhan jam puncak per kecamatan, ambang 0,75"
    return shared.ranked("derajat_kejenuhan", title, "rasio", threshold=0.75, number_format=",.2f", database=PUBLIK)


def money() -> Chart:
    return shared.ranked("realisasi_keuangan", "Serapan anggaran per kecamatan", "persen", database=PUBLIK)
