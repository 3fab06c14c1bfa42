"""A change planted in raw changes marts, tiles and charts, and they say again what raw says. Last, for it changes the city.

The indicators and months are chosen by CC_SEED: `CC_SEED=7 python -m pytest tests/e2e/test_z_raw_agrees.py`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import httpx
import psycopg
import pytest

from tests.support.agreement import same_days
from tests.support.agreement.charts import Agreement, Compared, Superset
from tests.support.agreement.compare import Choice, by_mart, choose, differences, months_of
from tests.support.agreement.raw import Figures, Raw
from tests.support.agreement.raw_sql import SAME_DAYS
from tests.support.agreement.required import require_the_same_charts, require_the_same_words
from tests.support.agreement.words import Words, attention, by_tiles

SEED = int(os.environ.get("CC_SEED", "1371"))
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


@dataclass(frozen=True)
class Change:
    """What marts said before, what differed while raw had changed and they had not, and raw as it is now that all is built."""

    choice: Choice
    finished: Choice
    figures: dict[str, Figures]
    tiles: Words
    called: Words
    ahead_by_a_later_day: list[str]
    ahead_by_what_is_planted: list[str]
    raw: Raw


@pytest.fixture(scope="module")
def change(city: Any, connection: psycopg.Connection[Any], charts: Mapping[str, Compared], raw: Raw) -> Change:
    """First what a later day brings, then what is planted; one build takes both. `charts` and `raw` are of before."""
    choice = choose(SEED, months_of(connection))
    finished = Choice(["persen_selesai"], months_with_figures(connection, "persen_selesai"))
    figures = {kode: by_mart(connection, kode) for kode in choice.indicators}
    tiles, called = by_tiles(connection), attention(connection)
    for kode in choice.indicators:
        raw.figures(kode)
    take_in_a_later_day(city)
    ahead_by_a_later_day = differences(connection, Raw(connection), finished)
    with psycopg.connect(city.settings.dsn("admin")) as owner:
        owner.execute(PLANTED.encode())
        enter_into_ledger(owner)
    planted = Raw(connection)
    ahead_by_what_is_planted = differences(connection, planted, choice)
    built = city.command("transform")
    assert built.returncode == 0, built.stderr + built.stdout
    return Change(choice, finished, figures, tiles, called, ahead_by_a_later_day, ahead_by_what_is_planted, planted)


def take_in_a_later_day(city: Any) -> None:
    url = f"{city.demo_city_url}/_demo/clock"
    later = httpx.put(url, json={"advance": "P4D"}, trust_env=False).raise_for_status().json()["kota"]
    taken_in = city.command("ingest", "diskominfo_lapor", DEMO_NOW=later)
    assert taken_in.returncode == 0, taken_in.stderr + taken_in.stdout


def test_what_a_later_day_brings_stands_in_raw_first_and_in_the_marts_after_the_next_build(
    connection: psycopg.Connection[Any], change: Change
) -> None:
    """A report of an earlier month that is finished meanwhile: until it is built, mart and raw speak of two moments."""
    assert change.ahead_by_a_later_day, "in four days some report of an earlier month was finished"
    assert differences(connection, change.raw, change.finished) == []


def test_a_change_planted_in_raw_changes_both(connection: psycopg.Connection[Any], raw: Raw, change: Change) -> None:
    assert change.ahead_by_what_is_planted, "raw has changed, the marts not yet"
    assert differences(connection, change.raw, change.choice) == []
    assert [line for kode in SAME_DAYS for line in same_days.differences(connection, change.raw, kode)] == []
    for kode in change.choice.indicators:
        assert by_mart(connection, kode) != change.figures[kode], f"{kode} of the mart is as before"
        assert change.raw.figures(kode) != raw.figures(kode), f"{kode} of raw is as before"
    require_the_same_words(connection, change.raw)
    assert by_tiles(connection) != change.tiles and attention(connection) != change.called


def test_a_change_planted_in_raw_changes_every_chart(
    superset: Superset, connection: psycopg.Connection[Any], charts: Mapping[str, Compared], change: Change
) -> None:
    changed = Agreement(superset, connection, change.raw).charts()
    require_the_same_charts(changed)
    as_before = [slug for slug, chart in changed.items() if chart.shown == charts[slug].shown]
    # a sentence names one figure, and a list may call nobody before and after
    assert [slug for slug in as_before if "-pesan-" not in slug and not slug.endswith("-perhatian")] == []


def months_with_figures(connection: psycopg.Connection[Any], kode: str) -> list[date]:
    """Provisional ones too: a report is finished within its limit, while its month is not ripe yet."""
    rows = connection.execute(
        "select distinct periode_mulai from mart.indikator where indikator_kode = %s and periode_jenis = 'bulan' order by 1",
        [kode],
    )
    return [row[0] for row in rows.fetchall()]


def enter_into_ledger(owner: psycopg.Connection[Any]) -> None:
    """As a loader would have left it; else transform refuses raw as changed by another hand."""
    for (table,) in owner.execute("select table_name from ops.raw_state").fetchall():
        owner.execute(
            f"update ops.raw_state set (row_count, checksum) = (select count(*), coalesce(bit_xor(hash_record_extended(t, 0)), 0) "
            f"from raw.{table} as t) where table_name = '{table}'".encode()
        )
