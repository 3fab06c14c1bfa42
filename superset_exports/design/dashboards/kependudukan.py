"""Population: how many live where, how the city grows, and who has an identity card."""

from __future__ import annotations

from superset_exports.design import charts, datasets, shared
from superset_exports.design.assets import Cell, Chart, Dashboard, Row, Tab

TILES = (
    "jumlah_penduduk",
    "jumlah_kk",
    "kepadatan_penduduk",
    "laju_pertumbuhan",
    "cakupan_perekaman_ktpel",
    "mutasi_datang",
    "mutasi_pindah",
)


def dashboard() -> Dashboard:
    density = shared.ranked(
        "kepadatan_penduduk", "Kepadatan penduduk per kecamatan", "jiwa/km²", number_format=charts.NUMBER
    )
    cards = shared.ranked(
        "cakupan_perekaman_ktpel", "Cakupan perekaman KTP-el per kecamatan, target 90 %", "persen", threshold=90
    )
    moves = [
        shared.line(code, words, "jiwa", number_format=charts.NUMBER)
        for code, words in (
            ("mutasi_lahir", "Kelahiran"),
            ("mutasi_mati", "Kematian"),
            ("mutasi_pindah", "Kepindahan"),
        )
    ]
    return shared.domain_page(
        "kependudukan",
        "Kependudukan",
        "Penduduk, kepadatan, pertumbuhan, mutasi, dan perekaman KTP-el",
        "kependudukan",
        tiles=shared.tiles(TILES),
        beside=shared.line("mutasi_datang", "Kedatangan per bulan", "jiwa", number_format=charts.NUMBER),
        all_areas=[density.name, cards.name],
        tabs=[
            Tab(
                "Kini",
                [
                    Row(68, [Cell(ages(), 6), Cell(balance(), 6)]),
                    Row(56, [Cell(density, 6), Cell(cards, 6)]),
                ],
            ),
            Tab("Tren", [Row(40, [Cell(chart, 4) for chart in moves])]),
        ],
    )


def ages() -> Chart:
    """The register tells no age by sex, so that there is one side only of what would be a pyramid."""
    return charts.across(
        "umur",
        "Penduduk menurut umur, laki-laki dan perempuan bersama",
        datasets.penduduk_umur(),
        ["Penduduk"],
        category="umur_teks",
        axis_title="jiwa",
        bars=17,
        is_by_name=True,
        is_last_on_top=True,
    )


def balance() -> Chart:
    return charts.across(
        "mutasi",
        "Mutasi: lahir dan datang menambah, mati dan pindah mengurangi",
        datasets.mutasi(),
        ["Perubahan"],
        category="mutasi_teks",
        axis_title="jiwa",
        number_format="+,.0f",
    )
