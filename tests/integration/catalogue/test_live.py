"""The state of sources in the catalogue is that of mart.kesegaran_isi, read as the officials' role."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from command_center.catalogue.live import read_live
from command_center.settings import settings

from tests.conftest import Cluster
from tests.support.report_mart import create


@pytest.fixture
def mart(cluster: Cluster) -> Iterator[None]:
    """Nothing but the ages of sources, as an empty city has them."""
    with cluster.connect("transformer") as connection:
        connection.execute("create schema mart")
        create(connection, "kesegaran_isi")
        create(connection, "mutu_harian")
        create(connection, "kematangan_sumber")
        connection.execute("grant usage on schema mart to cc_officials")
        connection.execute("grant select on all tables in schema mart to cc_officials")
        connection.execute(
            """
            insert into mart.kesegaran_isi (
                urutan, source, data_sampai_teks, umur_teks, batas_teks, status, status_teks, dijawab_teks, mutu_teks, ditahan,
                baris_terbit, baris_karantina
            ) values (1, 'damkar_kejadian', 'Data sampai 20 Okt 2026', '6 jam', '3 hari', 'segar', '● Segar', 'belum pernah', '–', 1, 42, 7)
            """
        )
        connection.execute(
            """
            insert into mart.mutu_harian (
                source, tabel, hari, is_terbaru, kelengkapan_teks, keabsahan_teks, ketepatan_waktu_teks, keunikan_teks,
                keselarasan_teks, skor_teks, dinilai_dari, dihitung_teks
            ) select 'damkar_kejadian', 'kejadian', hari, hari = '2026-11-23', '98,0', '97,5', '100,0', '–', '99,5', skor,
                '4 dari 5 bagian', '–' from (values ('2026-11-22'::date, '50,0'), ('2026-11-23', '98,8')) as v (hari, skor)
            """
        )
        connection.execute(
            """
            insert into mart.kematangan_sumber (
                urutan, source, tingkat, tingkat_teks, alasan, berikutnya, manual_teks, terjadwal_teks, api_teks, bersih_teks, publik_teks
            ) values
                (2, 'kpu_dpt', 3, '3 API', 'API.', 'Satu siklus.', '● sudah', '● sudah', '● sudah', '– belum', '– belum'),
                (1, 'damkar_kejadian', 2, '2 Terjadwal', 'Berkas.', 'API.', '● sudah', '● sudah', '– belum', '– belum', '● sudah')
            """
        )
    yield
    with cluster.connect("transformer") as connection:
        connection.execute("drop schema mart cascade")


def test_before_the_first_build_it_says_so(cluster: Cluster) -> None:
    live = read_live()
    assert live.missing == "gudang data belum dibangun dengan versi ini" and not live.states


def test_what_the_warehouse_tells(mart: None) -> None:
    live = read_live()
    assert not live.missing and set(live.states) == {"damkar_kejadian"}
    told = live.states["damkar_kejadian"]
    assert (told.baris_terbit, told.baris_karantina, told.ditahan) == (42, 7, 1)
    assert {table: one.skor_teks for table, one in live.scores.items()} == {("damkar_kejadian", "kejadian"): "98,8"}
    assert list(live.standings) == ["damkar_kejadian", "kpu_dpt"], "the lowest step first"
    assert live.standings["damkar_kejadian"].answers == ("● sudah", "● sudah", "– belum", "– belum", "● sudah")


def test_a_warehouse_that_does_not_answer_stops_nothing(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAREHOUSE_URL", "postgresql://127.0.0.1:1/warehouse")
    settings.cache_clear()
    try:
        assert "tidak dapat dihubungi" in read_live().missing
    finally:
        monkeypatch.undo()
        settings.cache_clear()
