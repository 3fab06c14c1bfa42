"""A displayed figure is followed back to its batches, whatever it is shown of."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal

import psycopg
import pytest
from command_center.cli import main
from command_center.database import Connection
from command_center.declaration.registry import get_source
from command_center.ledger import catalogue
from command_center.operate import displayed, explain
from command_center.paths import DBT_PROJECT
from command_center.settings import settings

from tests.conftest import Cluster
from tests.support.ledger import ledger_of_its_own
from tests.support.report_mart import Row, contract, create, fill

OCTOBER = date(2026, 10, 1)
OPD = {"opd_kode": "1.02", "opd_nama": "Dinas Kesehatan"}
USUAL = {
    "bulan": OCTOBER, "periode_mulai": OCTOBER, "periode_label": "Oktober 2026", "nilai": Decimal("12.5"), "nilai_teks": "12,5",
    "status": "buruk", "is_sementara": False, "label_data": "DATA SIMULASI", "data_per": datetime(2026, 10, 31, 23, 59, 59),
}  # fmt: skip
ROWS: dict[str, list[Row]] = {
    "indikator": [],
    "kesegaran_sumber": [],
    "dim_indikator": [
        {"kode": kode, "satuan": "persen", "rumus": f"rumus {kode}", "definisi": "d", "periode_jenis": kind, "source": "lain"}
        for kode, kind in (("deviasi_keuangan", "bulan"), ("capaian_iku", "triwulan"), ("derajat_kejenuhan", "bulan"))
    ],
    "rfk_opd": [USUAL | OPD | {"opd_singkatan": "Dinkes", "is_seluruh": False, "indikator_kode": "deviasi_keuangan"}],
    "rfk_kegiatan": [
        {name: value for name, value in USUAL.items() if name not in ("nilai", "nilai_teks", "status", "is_sementara")}
        | {
            "kegiatan_kode": "7.01.03", "kegiatan": "Posyandu", "deviasi_keuangan_poin": -6, "deviasi_keuangan_teks": "−6,00 poin",
            "status_keuangan": "siaga", "status_fisik": "baik",
        }
    ],
    "iku_opd": [
        USUAL | OPD | {
            "tingkat": "iku", "iku": "Angka stunting", "indikator_kode": "capaian_iku", "periode_mulai": date(2026, 7, 1),
            "periode_label": "Triwulan III 2026",
        }
    ],
    "kemacetan_simpang": [USUAL | {"kode_simpang": "SP01", "simpang": "Simpang Haru", "indikator_kode": "derajat_kejenuhan"}],
    "angkutan_koridor": [USUAL | {"koridor": "6", "koridor_teks": "Koridor 6", "indikator_kode": "penumpang_trans_padang"}],
    "layanan_ti": [
        {
            "layanan_kode": "10101", "layanan": "Portal", "tanggal": date(2026, 10, 5), "hari_teks": "Senin, 5 Okt 2026",
            "ketersediaan_persen": Decimal("99.5"), "nilai_teks": "99,50 %", "status": "baik",
        }
    ],
    "skdr_mingguan": [
        {
            "kode_kecamatan": "13.71.09", "kecamatan": "Kuranji", "tahun": 2026, "minggu": 42, "minggu_mulai": date(2026, 10, 18),
            "minggu_selesai": date(2026, 10, 24), "penyakit": "Suspek Dengue", "kasus": 10,
            "puskesmas_tanpa_angka": 1,
        }
    ],
    "pengaduan_opd_topik": [
        USUAL | row | {"indikator_kode": "laporan_masuk", "masuk": 5, "selesai": 3, "terbuka": 2, "lewat_batas": 1}
        for row in (
            OPD | {"irisan": "opd", "topik": "Semua topik"},
            OPD | {"irisan": "opd_topik", "topik": "Banjir dan Drainase"},
            {"irisan": "topik", "topik": "Banjir dan Drainase", "opd_nama": "Semua perangkat daerah"},
            {
                "irisan": "kecamatan_topik", "topik": "Banjir dan Drainase", "opd_nama": "Semua perangkat daerah",
                "kode_kecamatan": "13.71.09", "wilayah_nama": "Kuranji",
            },
        )
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def mart(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A row of each table, and a batch of October and one of September of the source of money."""
    with ledger_of_its_own(cluster, tmp_path_factory.mktemp("angka")) as ledger:
        enter_batches(ledger)
        with psycopg.connect(settings().dsn("admin")) as connection:
            connection.execute("create schema mart")
            for table, rows in ROWS.items():
                create(connection, table)
                fill(connection, table, rows)
            connection.execute("grant usage on schema mart to cc_analyst")
            connection.execute("grant select on all tables in schema mart to cc_analyst")
        yield


def enter_batches(ledger: Connection) -> None:
    catalogue.replace(ledger, [get_source("adpem_rfk")])
    for number, month in ((1, "2026-09"), (2, "2026-10")):
        ledger.execute(
            "insert into ops.landing (landing_id, source, part, request, sha256, uri, byte_size, content_type, fetched_from, fetched_at, "
            "simulated_paths, expires_at) overriding system value values (%s, 'adpem_rfk', %s, '-', '-', 'file:///tiada', 1, '-', '-', "
            "now(), '', now())",
            [number, month],
        )
        ledger.execute(
            "insert into ops.batch (batch_id, source, table_name, part, landing_id, sha256, fingerprint, run_id, status, is_simulasi, rows_read, "
            "rows_published, rows_quarantined, observed_at, finished_at, data_from, data_as_of) overriding system value values (%(number)s, "
            "'adpem_rfk', 'kegiatan', %(month)s, %(number)s, '-', '-', '-', 'published', false, 1, 1, 0, now(), now(), %(first)s, "
            "%(first)s::timestamptz + interval '1 month')",
            {"number": number, "month": month, "first": f"{month}-01 00:00+07"},
        )
    ledger.commit()


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (("deviasi_keuangan", "dinkes", "2026-10"), "Dinas Kesehatan (1.02) · Oktober 2026"),
        (("deviasi_keuangan", "7.01.03", "Oktober 2026"), "Posyandu (7.01.03)"),
        (("rfk_deviasi_keuangan:7.01.03", "13.71.09", "2026-10-01"), "Posyandu (7.01.03)"),
        (("capaian_iku", "1.02|angka stunting", "2026-07"), "Dinas Kesehatan · Angka stunting"),
        (("derajat_kejenuhan", "SP01", "2026-10"), "Simpang Haru (SP01)"),
        (("penumpang_trans_padang", "6", "2026-10"), "Koridor 6 (6)"),
        (("ketersediaan_layanan", "Portal", "2026-10-05"), "Senin, 5 Okt 2026"),
        (("skdr:suspek_dengue", "13.71.09", "2026-10-18"), "Minggu ke-42 2026"),
        (("laporan_masuk", "Dinas Kesehatan", "2026-10"), "Dinas Kesehatan (1.02)"),
        (("laporan_masuk", "1.02|Banjir dan Drainase", "2026-10"), "Dinas Kesehatan · Banjir dan Drainase"),
        (("lapor_terbuka", "Banjir dan Drainase", "2026-10"), "shown as   2 laporan"),
        (("lapor_lewat_batas:banjir_dan_drainase", "13.71.09", "2026-10"), "Kuranji · Banjir dan Drainase"),
    ],
)  # fmt: skip
def test_a_figure_of_anything_that_is_shown_is_told(
    asked: tuple[str, str, str], told: str, mart: None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["explain-figure", *asked]) == 0
    assert told in capsys.readouterr().out


def test_its_batches_are_those_of_its_own_period(mart: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain-figure", "deviasi_keuangan", "Dinas Kesehatan", "2026-10"]) == 0
    said = capsys.readouterr().out
    assert "formula    rumus deviasi_keuangan" in said and "(exactly 12.5;" in said
    assert "Batches of adpem_rfk that speak of 2026-10-01 to 2026-10-31: 1\n  batch 2  raw kegiatan" in said
    assert main(["explain-figure", "capaian_iku", "1.02|Angka stunting", "2026-07"]) == 0
    assert "Batches of organisasi_iku that speak of 2026-07-01 to 2026-09-30: 0" in capsys.readouterr().out


def test_what_is_not_there_is_answered_with_what_is(mart: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain-figure", "deviasi_keuangan", "Dinas Lain", "2026-10"]) == 1
    said = capsys.readouterr().err
    assert "told for: OPD ('1.02' …, mart.rfk_opd), kegiatan ('7.01.03' …, mart.rfk_kegiatan)" in said
    assert main(["explain-figure", "deviasi_keuangan", "Dinkes", "1999-01"]) == 1
    assert "the newest are of 2026-10-01" in capsys.readouterr().err


def test_its_models_are_those_of_the_table_that_shows_it(
    mart: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    names = {
        "mart__rfk_opd": ["model.p.fct_kegiatan_rfk"],
        "fct_kegiatan_rfk": ["source.p.raw.kegiatan"],
        "mart__lain": [],
    }
    nodes = {
        f"model.p.{name}": {"name": name, "raw_code": "", "depends_on": {"nodes": above}}
        for name, above in names.items()
    }
    sources = {"source.p.raw.kegiatan": {"schema": "raw", "identifier": "adpem_rfk__kegiatan"}}
    monkeypatch.setattr(explain, "read_manifest", lambda: {"nodes": nodes, "sources": sources})
    assert main(["explain-figure", "deviasi_keuangan", "Dinkes", "2026-10"]) == 0
    said = capsys.readouterr().out
    assert "  mart.rfk_opd ← mart__rfk_opd\n  ← fct_kegiatan_rfk\n  ← raw.adpem_rfk__kegiatan\n" in said


def test_every_table_that_shows_an_indicator_of_something_else_than_an_area_is_known() -> None:
    tables = [path.stem.removeprefix("mart__") for path in (DBT_PROJECT / "models" / "mart").glob("mart__*.yml")]
    of_others = {
        name
        for name in tables
        if (columns := contract(name).keys()) >= {"indikator_kode", "periode_mulai"} and "wilayah_kode" not in columns
    }
    known = {one.table for one in displayed.TABLES}
    assert "rfk_opd" in of_others and of_others <= known <= ROWS.keys()
