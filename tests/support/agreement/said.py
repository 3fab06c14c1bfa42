"""What is required of marts, tiles and charts beside raw, and what may be planted in raw so that all of them change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import psycopg

from tests.support.agreement.charts import Compared
from tests.support.agreement.raw import Raw
from tests.support.agreement.words import attention, by_tiles, missed, words_of_raw

# Corrections of some rows and deletion of others, in every raw table that the indicators are made of.
PLANTED = """
update raw.bpbd_kejadian__kejadian set tiba_at = tiba_at + interval '9 minutes', meninggal_jiwa = coalesce(meninggal_jiwa, 0) + 1,
    hilang_jiwa = coalesce(hilang_jiwa, 0) + 1, luka_jiwa = coalesce(luka_jiwa, 0) + 1, mengungsi_jiwa = coalesce(mengungsi_jiwa, 0) + 1,
    terdampak_jiwa = coalesce(terdampak_jiwa, 0) + 1, rumah_ringan_unit = coalesce(rumah_ringan_unit, 0) + 1,
    rumah_sedang_unit = coalesce(rumah_sedang_unit, 0) + 1, rumah_berat_unit = coalesce(rumah_berat_unit, 0) + 1
    where mod(abs(hashtext(no_kejadian)), 2) = 0;
delete from raw.bpbd_kejadian__kejadian where mod(abs(hashtext(no_kejadian)), 7) = 1;
update raw.damkar_kejadian__kejadian set tiba_di_lokasi = tiba_di_lokasi + interval '6 minutes', kerugian_idr = coalesce(kerugian_idr, 0) + 1000000,
    luka_jiwa = coalesce(luka_jiwa, 0) + 1 where mod(abs(hashtext(no_kejadian)), 2) = 0;
delete from raw.damkar_kejadian__kejadian where mod(abs(hashtext(no_kejadian)), 5) = 1;
update raw.dukcapil_mutasi__mutasi set lahir_laki_jiwa = lahir_laki_jiwa + 1, mati_laki_jiwa = mati_laki_jiwa + 1,
    datang_laki_jiwa = datang_laki_jiwa + 1, pindah_laki_jiwa = pindah_laki_jiwa + 1;
update raw.dinkes_skdr__kasus set kasus = kasus + 1 where mod(abs(hashtext(puskesmas || penyakit || minggu)), 4) = 1;
update raw.dinkes_spm__layanan set terlayani_orang = terlayani_orang + 1;
delete from raw.dinkes_spm__layanan where mod(abs(hashtext(puskesmas || layanan || bulan)), 9) = 1;
update raw.dinkes_lb1__kesakitan set kasus = kasus + 2 where kode_icd in ('A91', 'A09');
delete from raw.dinkes_lb1__kesakitan where mod(abs(hashtext(puskesmas || kode_icd || umur || kelamin || bulan)), 9) = 1;
update raw.adpem_rfk__kegiatan set realisasi_keuangan_idr = realisasi_keuangan_idr * 0.9, realisasi_fisik_pct = realisasi_fisik_pct * 0.9;
delete from raw.diskominfo_lapor__laporan where mod(abs(hashtext(tracking_id)), 3) = 1;
update raw.diskominfo_112__tiket set diteruskan_at = diteruskan_at + interval '3 minutes';
delete from raw.diskominfo_112__tiket where mod(abs(hashtext(tiket_id::text)), 3) = 1;
update raw.media_berita__berita set sentimen = 'positif' where mod(abs(hashtext(berita_kode::text)), 2) = 0;
delete from raw.media_berita__berita where mod(abs(hashtext(berita_kode::text)), 3) = 1;
delete from raw.setda_agenda__acara where mod(abs(hashtext(acara_kode || ulangan)), 3) = 1;
update raw.kelurahan_bulanan__isian set jumlah = jumlah + 1;
update raw.dishub_hitung__hitungan set mobil_penumpang_unit = mobil_penumpang_unit + 5, kecepatan_km_jam = kecepatan_km_jam * 0.9
    where extract(minute from mulai_at) = 15;
delete from raw.dishub_hitung__hitungan where extract(hour from mulai_at) = 3 and extract(minute from mulai_at) = 45;
update raw.dishub_macet__macet set selesai_at = selesai_at + interval '10 minutes';
"""


def require_the_same_words(connection: psycopg.Connection[Any], raw: Raw) -> None:
    tiles, of_raw = by_tiles(connection), words_of_raw(connection, raw)
    assert len(tiles) > 300, "a source that is late has no tile of the newest month"
    expected = {key: of_raw[key] for key in tiles}
    assert tiles == expected
    called = {key: said for key, said in attention(connection).items() if key in tiles}
    assert called == missed(expected) and called


def require_the_same_charts(charts: Mapping[str, Compared]) -> None:
    """On all pages of fields, on the mayor's, the kecamatan's and the public's."""
    assert {slug: chart.differences()[:3] for slug, chart in charts.items() if chart.differences()} == {}
    assert len(charts) >= 60, sorted(charts)
    assert sum(len(chart.expected) for chart in charts.values()) > 2_000


def enter_into_ledger(owner: psycopg.Connection[Any]) -> None:
    """As a loader would have left it; else transform refuses raw as changed by another hand."""
    for (table,) in owner.execute("select table_name from ops.raw_state").fetchall():
        owner.execute(
            f"update ops.raw_state set (row_count, checksum) = (select count(*), coalesce(bit_xor(hash_record_extended(t, 0)), 0) "
            f"from raw.{table} as t) where table_name = '{table}'".encode()
        )
