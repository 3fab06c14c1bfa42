"""The election: its stages, voters and turnout, the official result first and the web count beside it."""

from __future__ import annotations

from superset_exports.design import charts, datasets, look, shared
from superset_exports.design.assets import Cell, Chart, Dashboard, Row, Tab
from superset_exports.design.datasets import GUDANG

TILES = (
    "partisipasi",
    "suara_tidak_sah_persen",
    "jumlah_dpt",
    "jumlah_tps",
    "suara_masuk_persen",
    "suara_masuk_persen_gubernur",
)


def dashboard() -> Dashboard:
    turnout = shared.ranked("partisipasi", "Partisipasi pemilih wali kota per kecamatan", "persen")
    invalid = shared.ranked("suara_tidak_sah_persen", "Suara tidak sah per kecamatan", "persen", number_format=",.2f")
    return shared.domain_page(
        "pilkada",
        "Pilkada",
        "Tahapan, pemilih, partisipasi, dan hasil",
        "pilkada",
        tiles=shared.tiles(TILES),
        beside=shared.votes(GUDANG, "pkwkk", "Wali Kota"),
        all_areas=[turnout.name, invalid.name, *COUNTED],
        all_months=COUNTED,
        tabs=[
            Tab("Tahapan", [Row(60, [Cell(stages(), 12)])]),
            Tab(
                "Hasil",
                [
                    Row(60, [Cell(recapitulation(), 12)]),
                    Row(
                        36,
                        [
                            Cell(shared.votes(GUDANG, "pkwkp", "Gubernur"), 5),
                            Cell(shared.count_progress(), 5),
                            Cell(look.votes_note(), 2),
                        ],
                    ),
                    Row(56, [Cell(shared.mayor_by_kecamatan(), 7), Cell(turnout, 5)]),
                    Row(50, [Cell(shared.vote_details(GUDANG), 7), Cell(invalid, 5)]),
                ],
            ),
        ],
    )


COUNTED = ("rekap", "suara-pkwkk", "suara-pkwkp", "perkembangan-hitungan", "wali-kota-kecamatan", "rincian-suara")


def stages() -> Chart:
    return charts.rows(
        "tahapan",
        "Tahapan pilkada dan tahapan hari ini",
        datasets.pilkada_tahapan(),
        ["pilkada", "nama", "jadwal_teks", "status_teks", "hari_ini_teks", "dasar_hukum", "label_teks"],
        order=[("tahun", False), ("urutan", True)],
        limit=500,
    )


def recapitulation() -> Chart:
    return charts.rows(
        "rekap",
        "Hasil resmi (D.HASIL), Sirekap di sampingnya, dan selisihnya",
        datasets.pilkada_rekap(),
        [
            "tahun",
            "pemilihan_nama",
            "wilayah_nama",
            "nomor_urut",
            "paslon_nama",
            "suara_resmi",
            "persen_resmi",
            "suara_sirekap",
            "persen_sirekap",
            "selisih_teks",
            "status_teks",
            "label_teks",
        ],
        order=[("tahun", False), ("pemilihan_nama", True), ("wilayah_kode", True), ("nomor_urut", True)],
        limit=1000,
        decimals={
            "tahun": "d",
            "nomor_urut": "d",
            "suara_resmi": charts.NUMBER,
            "suara_sirekap": charts.NUMBER,
            "persen_resmi": ",.2f",
            "persen_sirekap": ",.2f",
        },
        search=True,
    )
