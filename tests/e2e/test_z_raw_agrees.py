"""What marts and charts say and what raw says are the same; a change planted in raw changes both. Last, for it changes the city.

The indicators and months are chosen by CC_SEED: `CC_SEED=7 python -m pytest tests/e2e/test_z_raw_agrees.py`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import httpx
import psycopg
import pytest
from command_center.local.charts import log_in

from tests.support.agreement import same_days
from tests.support.agreement.charts import Agreement, Compared, Superset
from tests.support.agreement.compare import Choice, by_mart, choose, differences, months_of
from tests.support.agreement.raw import Raw
from tests.support.agreement.raw_sql import QUERIES, SAME_DAYS
from tests.support.agreement.reports import chosen, documents_of
from tests.support.agreement.reports import differences as told_otherwise
from tests.support.agreement.words import attention, by_tiles, missed, words_of_raw

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


@pytest.fixture(scope="module")
def connection(city: Any) -> Iterator[psycopg.Connection[Any]]:
    built = city.command("transform")  # what other tests have taken in since
    assert built.returncode == 0, built.stderr + built.stdout
    with psycopg.connect(city.settings.dsn("transformer"), autocommit=True) as connection:
        yield connection


@pytest.fixture(scope="module")
def raw(connection: psycopg.Connection[Any]) -> Raw:
    """As it is before anything is planted."""
    return Raw(connection)


@pytest.fixture(scope="module")
def choice(connection: psycopg.Connection[Any]) -> Choice:
    months = months_of(connection)
    assert len(months) >= 20
    return choose(SEED, months)


@pytest.fixture(scope="module")
def superset(city: Any) -> Iterator[Superset]:
    metadata = psycopg.conninfo.make_conninfo(city.settings.dsn("admin"), dbname="superset")
    place = {"base_url": city.superset_url, "timeout": 60, "trust_env": False}
    with httpx.Client(**place) as official, httpx.Client(**place) as public, psycopg.connect(metadata) as stored:
        log_in(official, "pejabat", city.officials_password)
        yield Superset(official, public, stored)


@pytest.fixture(scope="module")
def charts(superset: Superset, connection: psycopg.Connection[Any], raw: Raw) -> Mapping[str, Compared]:
    """What each chart shows before anything is planted."""
    return Agreement(superset, connection, raw).charts()


def test_every_figure_of_the_marts_is_the_same(connection: psycopg.Connection[Any], raw: Raw) -> None:
    assert differences(connection, raw, Choice(sorted(QUERIES), months_of(connection))) == []


def test_the_same_days_before_a_running_month_are_the_same(connection: psycopg.Connection[Any], raw: Raw) -> None:
    assert [line for kode in SAME_DAYS for line in same_days.differences(connection, raw, kode)] == []
    if any(same_days.days_of(same_days.end_of_content(connection, source)) for source, _, _ in SAME_DAYS.values()):
        assert any(same_days.by_mart(connection, kode) for kode in SAME_DAYS), "a running month is held against nothing"


def test_tiles_and_the_list_of_attention_say_what_raw_gives(connection: psycopg.Connection[Any], raw: Raw) -> None:
    require_the_same_words(connection, raw)


def test_charts_show_what_raw_gives(charts: Mapping[str, Compared]) -> None:
    require_the_same_charts(charts)


def test_reports_tell_what_raw_gives(
    city: Any, connection: psycopg.Connection[Any], raw: Raw, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over each camat's own login; CC_SEED chooses the numbers."""
    monkeypatch.setattr("command_center.report.reading.settings", lambda: city.settings)
    (month,) = connection.execute("select distinct bulan from mart.ubin where is_terkini").fetchall()[0]
    documents = documents_of(month)
    assert len(documents) == 12
    assert told_otherwise(raw, chosen(documents, SEED, 60)) == []


def test_there_is_something_to_compare(raw: Raw) -> None:
    for kode in QUERIES:
        assert any(raw.figures(kode).values()), kode


def test_a_change_planted_in_raw_changes_both(
    city: Any,
    superset: Superset,
    connection: psycopg.Connection[Any],
    raw: Raw,
    choice: Choice,
    charts: Mapping[str, Compared],
) -> None:
    before = {kode: by_mart(connection, kode) for kode in choice.indicators}
    said, called = by_tiles(connection), attention(connection)
    with psycopg.connect(city.settings.dsn("admin")) as owner:
        owner.execute(PLANTED.encode())
        enter_into_ledger(owner)
    planted = Raw(connection)
    assert differences(connection, planted, choice), "raw has changed, the marts not yet"
    built = city.command("transform")
    assert built.returncode == 0, built.stderr + built.stdout
    assert differences(connection, planted, choice) == []
    assert [line for kode in SAME_DAYS for line in same_days.differences(connection, planted, kode)] == []
    for kode in choice.indicators:
        assert by_mart(connection, kode) != before[kode], f"{kode} of the mart is as before"
        assert planted.figures(kode) != raw.figures(kode), f"{kode} of raw is as before"
    require_the_same_words(connection, planted)
    assert by_tiles(connection) != said and attention(connection) != called
    changed = Agreement(superset, connection, planted).charts()
    require_the_same_charts(changed)
    as_before = [slug for slug, chart in changed.items() if chart.shown == charts[slug].shown]
    # a sentence names one figure, and a list may call nobody before and after
    assert [slug for slug in as_before if "-pesan-" not in slug and not slug.endswith("-perhatian")] == []


def test_what_a_later_day_brings_stands_in_raw_first_and_in_the_marts_after_the_next_build(
    city: Any, connection: psycopg.Connection[Any]
) -> None:
    """A report of an earlier month that is finished meanwhile: until it is built, mart and raw speak of two moments."""
    finished = Choice(["persen_selesai"], months_with_figures(connection, "persen_selesai"))
    url = f"{city.demo_city_url}/_demo/clock"
    later = {"DEMO_NOW": httpx.put(url, json={"advance": "P4D"}, trust_env=False).raise_for_status().json()["kota"]}
    taken_in = city.command("ingest", "diskominfo_lapor", **later)
    assert taken_in.returncode == 0, taken_in.stderr + taken_in.stdout
    raw = Raw(connection)
    assert differences(connection, raw, finished), "in four days some report of an earlier month was finished"
    built = city.command("transform", **later)
    assert built.returncode == 0, built.stderr + built.stdout
    assert differences(connection, raw, finished) == []


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
