"""From rows in raw to what each reader sees: dbt builds, refuses, retries, swaps; the database keeps readers apart.

The tests of this file are one story on one warehouse and run in the order in which they stand.
"""

from __future__ import annotations

import contextlib
import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from command_center.database import all_rows, connect, one_value
from command_center.declaration.registry import all_sources, get_source, source_names
from command_center.errors import TransformError
from command_center.intake.retention import Removed, remove_expired
from command_center.ledger import build
from command_center.ledger.batch import reached
from command_center.local.cluster import temporary_cluster
from command_center.local.scenario import approve_publications
from command_center.operate.open_data import write_open_data
from command_center.operate.publications import decide
from command_center.operate.watch import messages
from command_center.paths import DBT_PROJECT
from command_center.report import queries
from command_center.report.rows import SourceState
from command_center.settings import WIB, Settings, settings
from command_center.warehouse import access, dbt, plan, public_cells, small_cells, swap, transform
from command_center.warehouse.bootstrap import bootstrap, declare_sources
from command_center.warehouse.boundaries import load_boundaries, remove_boundaries
from command_center.warehouse.dbt import dbt_target, read_manifest
from command_center.warehouse.opened import openings
from command_center.warehouse.plan import State, last_state
from command_center.warehouse.publik_database import permissions, publish_publik
from command_center.warehouse.transform import build_docs, build_warehouse, is_current
from command_center.wilayah import kecamatan_codes
from psycopg import sql

from dbt_project.seeds import make_ref_peta_wilayah as peta_skematis
from tests.support.matrix import differences, glimpsed, watched
from tests.support.readers import dsn_of

NOW = datetime(2026, 11, 2, 8, 0, tzinfo=WIB)
BEGINNING = datetime(2018, 1, 1, tzinfo=WIB)
FELT_SINCE = datetime(2026, 10, 5, tzinfo=WIB)
Row = dict[str, Any]


class Warehouse:
    """A warehouse of its own, into which tests publish batches."""

    def __init__(self, config: Settings) -> None:
        self.config = config

    def rows(self, query: str, role: str = "transformer") -> list[tuple[Any, ...]]:
        with psycopg.connect(dsn_of(self.config, role)) as connection:
            return connection.execute(query.encode()).fetchall()

    def value(self, query: str, role: str = "transformer") -> Any:
        [(value,)] = self.rows(query, role)
        return value

    def change(self, statement: str, role: str = "transformer") -> None:
        with psycopg.connect(dsn_of(self.config, role)) as connection:
            connection.execute(statement.encode())

    def publish(
        self,
        table: str,
        rows: list[Row],
        part: str = "semua",
        replace: str = "",
        simulated: bool = True,
        since: datetime = BEGINNING,
    ) -> int:
        """One published batch: its rows, its line in the ledger and the state of the raw table."""
        source, name = table.split("__")
        with psycopg.connect(self.config.dsn("loader")) as connection:
            batch = new_batch(connection, source, name, part, len(rows), simulated, since)
            raw = sql.Identifier("raw", table)
            if replace:
                connection.execute(sql.SQL("delete from {} where {}").format(raw, sql.SQL(replace)))
            for number, row in enumerate(rows, 1):
                insert(connection, raw, technical(row, batch, number, part, simulated))
            connection.execute(
                "insert into ops.raw_state values (%s, %s, %s, %s) on conflict (table_name) do update "
                "set batch_id = excluded.batch_id, row_count = excluded.row_count",
                [table, len(rows), batch, batch],
            )
        return batch


def new_batch(
    connection: Any, source: str, name: str, part: str, count: int, simulated: bool, since: datetime = BEGINNING
) -> int:
    at = NOW - timedelta(hours=1)
    (landing,) = connection.execute(
        "insert into ops.landing (source, part, request, sha256, uri, byte_size, content_type, fetched_from, fetched_at, "
        "simulated_paths, expires_at) "
        "values (%s, %s, %s, gen_random_uuid()::text, '-', 1, '-', '-', %s, '*', %s) returning landing_id",
        [source, part, part, at, at],
    ).fetchone()
    (batch,) = connection.execute(
        "insert into ops.batch (source, table_name, part, landing_id, sha256, fingerprint, run_id, status, is_simulasi, "
        "quality, rows_published, rows_quarantined, observed_at, finished_at, data_from, data_as_of) "
        "values (%s, %s, %s, %s, '-', '-', '-', 'published', %s, 'lolos', %s, 0, %s, %s, %s, %s) returning batch_id",
        [source, name, part, landing, simulated, count, at, at, since, at],
    ).fetchone()
    return int(batch)


def technical(row: Row, batch: int, number: int, part: str, simulated: bool) -> Row:
    return {"_batch_id": batch, "_row": number, "_part": part, "_is_simulasi": simulated, "_observed_at": NOW} | row


def insert(connection: Any, table: sql.Identifier, row: Row) -> None:
    connection.execute(
        sql.SQL("insert into {} ({}) values ({})").format(
            table, sql.SQL(", ").join(map(sql.Identifier, row)), sql.SQL(", ").join(map(sql.Placeholder, row))
        ),
        row,
    )


@pytest.fixture(scope="module")
def warehouse() -> Iterator[Warehouse]:
    with new_warehouse() as made:
        yield made


@contextlib.contextmanager
def new_warehouse() -> Iterator[Warehouse]:
    """One that nothing was ever built in, with what the sources sent; its databases are named as a city's are, for which the
    project has been parsed before."""
    with temporary_cluster(), pytest.MonkeyPatch.context() as patch:
        patch.setenv("DEMO_NOW", NOW.isoformat())
        settings.cache_clear()
        made = Warehouse(settings())
        fill(made)
        yield made
    settings.cache_clear()


def fill(warehouse: Warehouse) -> None:
    warehouse.publish("bmkg_gempa__gempa", quakes(), part="gempadirasakan", since=FELT_SINCE)
    warehouse.publish("damkar_kejadian__kejadian", incidents())
    warehouse.publish(
        "damkar_kejadian__kejadian", [incident(13, "Kebakaran", LONG_AGO, 9, "13.71.09.1002")], part="lama"
    )
    warehouse.publish("dishub_hitung__pendekat", [APPROACH], part="pendekat")
    for puskesmas, factor in (("kuranji", 3), ("belimbing", 1), ("alai", 12), ("andalas", 10), ("lapai", 1)):
        batch = warehouse.publish("dinkes_skdr__kasus", cases(puskesmas, factor), part=puskesmas)
        if puskesmas == "andalas":
            twice = '{"puskesmas": "andalas", "tahun": 2026, "minggu": 40, "penyakit": "Diare"}'
            warehouse.change(f"insert into ops.batch_gap values ({batch}, '{twice}')", "loader")
    for election, area in (("pkwkp", "13"), ("pkwkk", "1371")):
        warehouse.publish("kpu_sirekap__paslon", pairs(election, area), part=f"paslon_{election}", simulated=False)
        count(warehouse, election, 100)
    count(warehouse, "pkwkk", 110, provincial=True)


LONG_AGO = date(2020, 12, 31)  # of the last year that is over after five of them
REBUILT = datetime(2026, 10, 25, 9, 30, tzinfo=WIB)
APPROACH: Row = {
    "kode_simpang": "SP01",
    "pendekat": "U",
    "simpang": "Simpang Satu",
    "kode_kelurahan": "13.71.02.1001",
    "kapasitas_skr_jam": 1000,
    "_observed_at": datetime(2026, 9, 1, 8, 0, tzinfo=WIB),
}


def quakes() -> list[Row]:
    near = {"gempa_at": "2026-10-05T17:30:00Z", "lintang": -1.0, "bujur": 100.0, "magnitudo": 5.1, "kedalaman_km": 10}
    far = {"gempa_at": "2026-10-06T01:00:00Z", "lintang": -7.54, "bujur": 121.78, "magnitudo": 7.4, "kedalaman_km": 12}
    return [
        near | {"feed": "gempadirasakan", "potensi": "Gempa ini dirasakan untuk diteruskan", "dirasakan": "III Padang"},
        near | {"feed": "gempaterkini", "potensi": "Tidak berpotensi tsunami"},
        far | {"feed": "gempaterkini", "potensi": "Potensi tsunami untuk diteruskan pada masyarakat"},
    ]


LATE_QUAKE = {"gempa_at": "2026-10-09T03:00:00Z", "magnitudo": 4.4}


def incident(number: int, jenis: str, day: date, minutes: int | None, kelurahan: str | None) -> Row:
    reported = datetime.combine(day, time(23, 50))
    arrival = None if minutes is None else (reported + timedelta(minutes=minutes)).time()
    return {
        "no_kejadian": f"DMK-{number:04}",
        "jenis": jenis,
        "kejadian_tanggal": day,
        "informasi_diterima": reported.time(),
        "tiba_di_lokasi": arrival,
        "kode_kelurahan": kelurahan,
        "kerugian_idr": 1500000,
    }


def incidents() -> list[Row]:
    """Kuranji in October 2026: six fires that took 10 to 20 minutes across midnight; some elsewhere."""
    october = date(2026, 10, 20)
    rows = [incident(n, "Kebakaran", october, 8 + 2 * n, "13.71.09.1002") for n in range(1, 7)]
    rows.append(incident(7, "Penyelamatan", october, -10, "13.71.09.1002"))
    rows.append(incident(8, "Penyelamatan", october, 12, None))
    rows.append(incident(9, "Kebakaran", october, 12, "13.06.01.2001"))
    rows.append(incident(10, "Kebakaran", date(2026, 9, 1), 12, "13.71.01.1001"))
    return rows


def cases(puskesmas: str, factor: int) -> list[Row]:
    return [
        {"puskesmas": puskesmas, "tahun": 2026, "minggu": week, "penyakit": disease, "kasus": factor * base}
        for week in (40, 41)
        for disease, base in (("Suspek Dengue", 1), ("ISPA", 20), ("Pnemonia", 2))
    ]


def pairs(election: str, area: str) -> list[Row]:
    return [
        {
            "pemilihan": election,
            "kode_wilayah": area,
            "paslon_id": f"{election}{n}",
            "nama": f"Pasangan {n}",
            "nomor_urut": n,
        }
        for n in (1, 2)
    ]


def count(warehouse: Warehouse, election: str, votes: int, provincial: bool = False) -> None:
    """One count: the city's chart and the table of its 11 kecamatan; those of the mayor are simulated."""
    ts = datetime(2024, 11, 27, 18, 0, tzinfo=WIB) + timedelta(minutes=votes)
    areas = [("table", "1306", 5, False), ("chart", "13", 9, False)] if provincial else [("chart", "1371", 11, False)]
    areas += (
        [] if provincial else [("table", kode.replace(".", ""), 1, election == "pkwkk") for kode in kecamatan_codes()]
    )
    common = [
        {"pemilihan": election, "tingkat_data": level, "kode_wilayah": kode, "ts": ts, "_is_simulasi": simulated}
        for level, kode, _, simulated in areas
    ]
    sizes = [size for _, _, size, _ in areas]
    counted = [
        row | {"paslon_id": f"{election}{n}", "suara": size * votes * n}
        for row, size in zip(common, sizes, strict=True)
        for n in (1, 2)
    ]
    progress = [
        row | {"tps_total": 100 * s, "tps_masuk": 97 * s, "persen_lapor": 97.0}
        for row, s in zip(common, sizes, strict=True)
    ]
    part = f"hhcw_{election}_{'13' if provincial else '1371'}"
    warehouse.publish("kpu_sirekap__suara", counted, part=part)
    warehouse.publish("kpu_sirekap__progres", progress, part=part)


def test_the_first_build_is_whole_and_is_then_current(warehouse: Warehouse) -> None:
    assert not is_current()
    told: list[str] = []
    result = build_warehouse(on_event=told.append, unit_tests=True)
    assert result.held == ()
    assert result.command == "build" and result.models_built >= 40 and result.tests_passed >= 100
    assert (
        warehouse.value("select count(*) from ops.dbt_result where resource_type = 'unit_test' and status = 'pass'")
        > 90
    )
    assert any("mart" in line for line in told)
    assert is_current()
    kept = warehouse.value("select count(*) from ops.dbt_result where status in ('success', 'pass')")
    assert kept >= result.models_built + result.tests_passed


def test_each_column_that_lacks_values_is_named_with_whose_they_are(warehouse: Warehouse) -> None:
    """By the question that dbt asked of the build, asked of the same rows with gaps planted."""
    (query,) = (
        text
        for name, text in dbt.read_compiled(dbt_target() / "run_results.json").items()
        if "filled_mart__indikator_" in name
    )
    asked = re.sub(r'"\w+"\."mart_next"\."indikator"', "pg_temp.planted", query)
    with psycopg.connect(dsn_of(warehouse.config, "transformer")) as connection:
        connection.execute("create temporary table planted as select * from mart.indikator")
        assert connection.execute(asked.encode()).fetchall() == []
        connection.execute("update planted set nilai_teks = null where indikator_kode = 'jumlah_kebakaran'")
        connection.execute("update planted set sumber = null where indikator_kode = 'waktu_tanggap'")
        found = connection.execute(asked.encode()).fetchall()
        expected = connection.execute(
            "select indikator_kode, count(*) || case indikator_kode when 'jumlah_kebakaran' then ' rows lack nilai_teks' "
            "else ' rows lack sumber' end from planted where indikator_kode in ('jumlah_kebakaran', 'waktu_tanggap') group by 1"
        ).fetchall()
    assert sorted(found) == sorted(expected) and len(expected) == 2


def test_figures_of_a_kecamatan_follow_from_its_incidents(warehouse: Warehouse) -> None:
    figures = {
        kode: row
        for kode, *row in warehouse.rows(
            "select indikator_kode, nilai, nilai_teks, penyebut, peringkat, status, periode_label, label_data, nilai_sebelumnya "
            "from mart.indikator where wilayah_kode = '13.71.09' and periode_mulai = '2026-10-01'"
        )
    }
    assert figures["jumlah_kebakaran"] == [6, "6", None, None, "tanpa_ambang", "Oktober 2026", "DATA SIMULASI", 0]
    assert figures["waktu_tanggap"][:5] == [15, "15,0", 6, 1, "baik"]
    assert [float(figures["persen_tanggap_15mnt"][0]), figures["persen_tanggap_15mnt"][1]] == [42.8571, "42,9"]
    city = warehouse.value(
        "select nilai from mart.indikator where wilayah_kode = '13.71' and indikator_kode = 'jumlah_penyelamatan' "
        "and periode_mulai = '2026-10-01'"
    )
    assert city == 2, "an incident without kelurahan counts for the city"
    odd = warehouse.rows("select no_kejadian from mart.kejadian_damkar where is_waktu_janggal")
    assert odd == [("DMK-0007",)]
    assert warehouse.value("select count(*) from mart.kejadian_damkar where no_kejadian = 'DMK-0009'") == 0
    assert warehouse.value("select is_luar_wilayah from core.fct_kejadian_damkar where no_kejadian = 'DMK-0009'")


def test_a_count_that_was_set_aside_is_unknown_and_never_none(warehouse: Warehouse) -> None:
    """Andalas, the only puskesmas of Padang Timur, told two counts of Diare in week 40, and none in week 41."""
    told = warehouse.rows(
        "select indikator_kode, extract(day from periode_mulai)::int, nilai, sementara_karena from mart.indikator "
        "where wilayah_kode = '13.71.02' and indikator_kode in ('kasus_diare', 'kasus_ispa', 'sinyal_klb', 'skdr_kelengkapan') "
        "order by 1, 2"
    )
    missing = "0 dari 1 puskesmas"
    assert [row[:3] for row in told] == [
        ("kasus_diare", 4, None),
        ("kasus_diare", 11, 0),
        ("kasus_ispa", 4, 200),
        ("kasus_ispa", 11, 200),
        ("sinyal_klb", 4, None),
        ("sinyal_klb", 11, 0),
        ("skdr_kelengkapan", 4, 100),
        ("skdr_kelengkapan", 11, 100),
    ]
    assert [(code, day) for code, day, _, why in told if why == missing] == [("kasus_diare", 4), ("sinyal_klb", 4)]
    city = "select nilai, sementara_karena from mart.indikator where wilayah_kode = '13.71' and indikator_kode = 'kasus_diare' order by periode_mulai"
    assert warehouse.rows(city) == [(0, "4 dari 23 puskesmas"), (0, "5 dari 23 puskesmas")]


def test_quakes_are_merged_and_measured(warehouse: Warehouse) -> None:
    rows = warehouse.rows("select waktu, potensi_tsunami, dirasakan, jarak_padang_km from mart.gempa order by waktu")
    assert rows[0][:3] == (datetime(2026, 10, 6, 0, 30), False, "III Padang")
    assert float(rows[0][3]) == pytest.approx(46.7, abs=0.2)
    assert [row[1] for row in rows] == [False, True]
    felt = warehouse.rows(
        "select periode_mulai, nilai, is_sementara, sementara_karena, data_per from mart.indikator "
        "where indikator_kode = 'jumlah_gempa_dirasakan_radius' order by 1"
    )
    assert felt == [
        (date(2026, 10, 1), 1, True, "sebagian data periode ini tidak diterima", datetime(2026, 11, 2, 7)),
        (date(2026, 11, 1), 0, True, "data baru sampai 02-11-2026", datetime(2026, 11, 2, 7)),
    ], "a month that no list covered has no figure, one that it covered in part is provisional"


def test_votes_of_padang_only_with_the_label_of_a_simulation(warehouse: Warehouse) -> None:
    rows = warehouse.rows(
        "select wilayah_tingkat, count(*), bool_and(is_simulasi), min(label_data), bool_and(is_sementara) "
        "from mart.pilkada_suara where pemilihan = 'pkwkk' group by wilayah_tingkat order by 1"
    )
    assert rows == [("kecamatan", 22, True, "DATA SIMULASI", True), ("kota", 2, False, None, True)]
    shares = warehouse.rows(
        "select persen, progres_persen from mart.pilkada_suara where wilayah_kode = '13.71' and pemilihan = 'pkwkp' order by nomor_urut"
    )
    assert [tuple(map(float, row)) for row in shares] == [(33.33, 97.0), (66.67, 97.0)]
    assert warehouse.value("select count(*) from core.fct_suara where is_luar_wilayah") == 4


def test_every_column_is_described_and_every_described_column_exists(warehouse: Warehouse) -> None:
    manifest = json.loads((dbt_target() / "manifest.json").read_text())
    schemas = {"mart_next": "mart", "publik_next": "publik"}
    for node in manifest["nodes"].values():
        if node["resource_type"] not in ("model", "seed"):
            continue
        schema = schemas.get(node["schema"], node["schema"])
        found = warehouse.rows(
            f"select attname from pg_attribute where attrelid = '{schema}.{node['alias']}'::regclass and attnum > 0 and not attisdropped"
        )
        assert {row[0] for row in found} == set(node["columns"]), node["name"]
        assert node["description"], node["name"]
        for column in node["columns"].values():
            assert column["description"], f"{node['name']}.{column['name']}"


def test_nothing_of_a_reporter_is_in_the_warehouse(warehouse: Warehouse) -> None:
    found = warehouse.rows(
        "select table_schema, table_name, column_name from information_schema.columns "
        "where column_name ~ '(pelapor|telepon|nik$|no_kk|alamat|kronologi)'",
        "admin",
    )
    assert found == []


def test_a_camat_sees_the_own_kecamatan_and_the_city(warehouse: Warehouse) -> None:
    tables = [
        row[0]
        for row in warehouse.rows(
            "select table_name from information_schema.columns where table_schema = 'mart' and column_name = 'kode_kecamatan'"
        )
    ]
    assert len(tables) >= 7
    for table in set(tables) - {"wilayah"}:
        seen = {row[0] for row in warehouse.rows(f"select distinct kode_kecamatan from mart.{table}", "13.71.09")}
        assert seen <= {"13.71.09", None}, table
        everyone = warehouse.value(f"select count(distinct kode_kecamatan) from mart.{table}", "officials")
        assert everyone >= len(seen - {None}), table
    assert warehouse.value("select count(*) from mart.indikator where wilayah_tingkat = 'kota'", "13.71.09") > 0
    for table in ("dim_indikator", "gempa", "kesegaran_sumber", "wilayah"):
        assert warehouse.value(f"select count(*) from mart.{table}", "13.71.09") > 0
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        warehouse.rows("select * from mart.batch_ditahan", "13.71.09")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        warehouse.rows("select * from core.fct_kejadian_damkar", "officials")


def test_each_role_reads_what_is_declared_and_nothing_else(warehouse: Warehouse) -> None:
    assert list(differences(warehouse.config, read_manifest())) == []
    assert glimpsed(warehouse.config, "officials", ["mart.indikator", "core.fct_gempa"]) == {"mart.indikator"}


def test_every_relation_with_kode_kecamatan_has_a_policy(warehouse: Warehouse) -> None:
    unprotected = warehouse.rows(
        "select relation.relname from pg_class as relation "
        "join pg_attribute as kolom on kolom.attrelid = relation.oid and kolom.attname = 'kode_kecamatan' "
        "where relation.relnamespace = 'mart'::regnamespace and not (relation.relrowsecurity and exists "
        "(select from pg_policy as aturan where aturan.polrelid = relation.oid)) and relation.relkind <> 'i'"
    )
    assert unprotected == []


def test_freshness_is_that_of_the_moment_of_reading(warehouse: Warehouse) -> None:
    rows = warehouse.rows(
        "select source, status, umur_jam, mutu from mart.kesegaran_sumber order by source", "officials"
    )
    assert ("bmkg_gempa", "segar", 1, "lolos") in rows
    assert [row[0] for row in rows] == source_names()


def test_a_source_that_is_asked_hourly_and_never_changes_is_equally_old_everywhere(warehouse: Warehouse) -> None:
    """On the dashboard, for the public, in the camat's PDF, in the steward's mail and in what Airflow shows of the asset."""
    source, ended = "tren_pencarian", NOW - timedelta(days=5)
    with connect(settings().dsn("loader")) as connection:
        asked_hourly(connection, source, "tren", ended)
        mails = [mail.text for mail in messages(connection, NOW) if mail.source == source]
        shown_by_airflow = reached(connection, source)
    query = f"select data_per, umur_jam, status from {{}}.kesegaran_sumber where source = '{source}'"
    local = ended.replace(tzinfo=None)
    assert warehouse.rows(query.format("mart"), "officials") == [(local, 120, "terlambat")]
    assert warehouse.rows(query.format("publik")) == [(local, 120, "terlambat")]
    with connect(settings().camat_dsn("13.71.09")) as connection:
        in_the_pdf = all_rows(connection, SourceState, queries.SOURCES)
    assert [row.data_per for row in in_the_pdf if row.source == source] == [local]
    (mail,) = mails
    assert mail == (
        "Data 'Tren pencarian Sumatera Barat' diterima, tetapi isinya baru sampai 28 Oktober 2026 pukul 08.00 WIB; "
        "umurnya paling lama 2 hari."
    )
    assert shown_by_airflow == {"tren": ended}
    with connect(settings().dsn("loader")) as connection:
        connection.execute("delete from ops.batch where source = %s", [source])


def asked_hourly(connection: Any, source: str, table: str, ended: datetime) -> None:
    """One publication, and the same answer again every hour until now."""
    batch = new_batch(connection, source, table, "terkini", 1, simulated=True)
    connection.execute(
        "update ops.batch set data_as_of = %s, observed_at = %s where batch_id = %s", [ended, ended, batch]
    )
    connection.execute(
        "insert into ops.batch (source, table_name, part, landing_id, sha256, fingerprint, run_id, status, is_simulasi, "
        "observed_at, data_from, data_as_of) "
        "select source, table_name, part, landing_id, sha256, fingerprint, run_id, 'unchanged', is_simulasi, hour, data_from, "
        "data_as_of from ops.batch cross join generate_series(%s::timestamptz, %s, interval '1 hour') as hour "
        "where batch_id = %s",
        [ended, NOW, batch],
    )


def test_the_public_copy_holds_what_is_cleared_and_nothing_more(warehouse: Warehouse) -> None:
    assert set(publish_publik(warehouse.config).values()) == {0}, "nothing is approved yet"
    approve_publications()
    copied = publish_publik(warehouse.config)
    assert copied == publish_publik(warehouse.config), "publishing again changes nothing"
    assert copied["wilayah"] == 116
    assert copied["pilkada_suara"] == 22 + 2 + 2, "simulated splits of the mayor's votes stay behind"
    for table, rows in copied.items():
        assert warehouse.value(f"select count(*) from publik.{table}", "public") == rows
    small = warehouse.rows(
        "select wilayah_kode, nilai, nilai_teks from publik.indikator where indikator_kode = 'kasus_dengue' "
        "and periode_label = 'Minggu ke-41 2026' order by wilayah_kode",
        "public",
    )
    shown = {kode: (nilai, teks) for kode, nilai, teks in small}
    hidden = (None, "disembunyikan")
    assert shown["13.71.09"] == shown["13.71.10"] == hidden, "4 and 1: their sum of 5 would narrow them down"
    assert hidden in (shown["13.71.04"], shown["13.71.03"]) and shown["13.71"] == (27, "27")
    assert shown["13.71.05"] == (None, "–")
    schemas = warehouse.rows("select nspname from pg_namespace where nspname ~ 'publik'", "public")
    assert schemas == [("publik",)]
    with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        warehouse.rows("create table publik.x ()", "public")


def test_what_the_ladder_calls_open_is_what_the_gate_lets_out(warehouse: Warehouse) -> None:
    """Also when one body takes an approval back; relations and indicators are told of each source that they are made of."""

    def agreed() -> dict[str, int]:
        told = dict(warehouse.rows("select source, terbuka_umum from mart.kematangan_sumber"))
        allowed = set(permissions(settings()))
        assert told == {
            source: sum(set(one["syarat"]) <= allowed for one in found)
            for source, found in openings(all_sources()).items()
        }
        return told

    approve_publications()
    assert {agreed()[source] for source in ("bmkg_gempa", "bmkg_inatews")} == {2, 1}
    decide(["publik.gempa"], "ppid", approves=False, jabatan="PPID Utama", alasan="Uji")
    taken_back = agreed()
    assert (taken_back["bmkg_gempa"], taken_back["bmkg_inatews"]) == (1, 0)
    decide(["publik.indikator"], "walidata", approves=False, jabatan="Walidata", alasan="Uji")
    assert agreed()["damkar_kejadian"] == 1, "no indicator is read without the table of them; its own relation is"
    decide(["publik.gempa"], "ppid", approves=True, jabatan="PPID Utama", alasan="Uji", login="ppid")
    decide(["publik.indikator"], "walidata", approves=True, jabatan="Walidata", alasan="Uji", login="walidata")
    assert agreed()["bmkg_inatews"] == 1


def header(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").partition("\n")[0].split(",")


def test_a_class_that_is_changed_in_one_declaration_changes_what_each_role_and_open_data_have(
    warehouse: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And rows of the ledger that are declared rahasia are read by no official, column by column."""
    monkeypatch.setenv("CC_OPEN_DATA_DIR", str(tmp_path / "open"))
    settings.cache_clear()
    write_open_data(settings())
    assert "magnitudo" in header(tmp_path / "open" / "gempa.csv")
    shutil.copytree(settings().cc_sources_dir, tmp_path / "sources")
    declaration, ledger = tmp_path / "sources" / "bmkg_gempa.yml", tmp_path / "ops.yml"
    told = re.sub(r"(name: magnitudo,.*?classification: )publik", r"\1terbatas", declaration.read_text())
    declaration.write_text(told)
    ledger.write_text(
        re.sub(r"(name: batch, .*?)\}", r"\1, config: {meta: {klasifikasi: rahasia}}}", access.LEDGER.read_text())
    )
    with monkeypatch.context() as patch:
        patch.setenv("CC_SOURCES_DIR", str(tmp_path / "sources"))
        patch.setattr(access, "LEDGER", ledger)
        settings.cache_clear()
        declare_sources(settings())
        assert list(differences(settings(), read_manifest())) == []
        assert warehouse.value("select count(magnitudo) from mart.gempa", "officials") > 0
        assert warehouse.value("select count(waktu) from mart.gempa", "13.71.09") > 0
        for column, table, role in (
            *(("magnitudo", *one) for one in (("publik.gempa", "public"), ("mart.gempa", "13.71.09"))),
            ("alasan", "mart.batch_ditahan", "officials"),
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                warehouse.rows(f"select {column} from {table}", role)
        publish_publik(settings())
        write_open_data(settings())
        assert "magnitudo" not in header(tmp_path / "open" / "gempa.csv")
        assert "magnitudo" not in (tmp_path / "open" / "gempa.json").read_text(encoding="utf-8")
    settings.cache_clear()
    declare_sources(settings())
    publish_publik(settings())
    assert warehouse.value("select count(magnitudo) from publik.gempa", "public") > 0


PERSONS = "select count(*) from publik_next.{} as t inner join core.dim_indikator as r on t.indikator_kode = r.kode where r.sel_kecil {}"


def test_what_cannot_be_proven_hidden_is_not_published(warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    """The solver breaks off: the counts of persons are left out of the next edition, and nothing else."""

    def out_of_order(*_: object, **__: object) -> None:
        raise ArithmeticError("the solver is out of order")

    monkeypatch.setattr(small_cells, "linprog", out_of_order)
    monkeypatch.setattr(public_cells, "remembered", small_cells.Proven)
    tables = ("indikator", "ubin", "peta_kecamatan", "kamus")
    with psycopg.connect(dsn_of(warehouse.config, "transformer")) as connection:
        connection.execute("create schema publik_next")
        for table in tables:
            connection.execute(f"create table publik_next.{table} as table publik.{table}".encode())
        kept = [one_value(connection, int, PERSONS.format(table, "is null")) for table in tables]
        assert all(one_value(connection, int, PERSONS.format(table, "is not null")) for table in tables)
        assert "kasus_dengue" in public_cells.guard(connection, lambda: True)
        assert [one_value(connection, int, PERSONS.format(table, "is not null")) for table in tables] == [0, 0, 0, 0]
        assert [one_value(connection, int, PERSONS.format(table, "is null")) for table in tables] == kept
        connection.rollback()


def test_the_public_cannot_compute_what_is_hidden(warehouse: Warehouse) -> None:
    """Every count of persons that the public's role reads, attacked with whole numbers, by who knows the sums and the labels."""
    read = "select indikator_kode, wilayah_kode, periode_mulai, pembilang is null, nilai_teks from publik.indikator"
    seen = {(kode, area, period): (hidden, text) for kode, area, period, hidden, text in warehouse.rows(read, "public")}
    with connect(warehouse.config.dsn("transformer")) as connection:
        rows = [row for row in public_cells.read_cells(connection) if row.key in seen]
    told = [
        replace(row, aturan_karena=None, is_tetap_tersembunyi=False, terbit_pembilang=None, terbit_teks=None)
        for row in rows
    ]
    lattice = public_cells.Published(told).lattice
    cells = list(lattice.cells)
    hidden = set(range(len(rows), len(cells)))
    for number, row in enumerate(rows):
        is_hidden, text = seen[row.key]
        if is_hidden:
            hidden.add(number)
        if text.startswith("<"):
            cells[number] = replace(cells[number], least=1, most=row.sel_kecil - 1)
    found = small_cells.ranges(small_cells.Lattice(cells, lattice.relations), frozenset(hidden), is_whole=True)
    assert len(found) >= 3
    for number, (least, most) in found.items():
        lowest, highest = cells[number].band
        assert least <= lowest and highest <= most, (rows[number].key, least, most)
    gone = "select count(*) from publik.ubin where nilai is null and nilai_teks = 'disembunyikan' and indikator_kode = 'kasus_dengue'"
    assert warehouse.value(gone, "public") > 0


DRAWN = "select distinct fitur::json #>> '{properties,keterangan}', fitur::json #>> '{geometry,type}' from mart.peta_kecamatan"
LATE = "select count(*) from core.fct_gempa where magnitudo = 4.4"


def test_a_second_build_takes_only_what_is_new(
    warehouse: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    count(warehouse, "pkwkp", 200)
    count(warehouse, "pkwkp", 100)
    long_ago = f"select count(*) from mart.indikator where indikator_kode = 'jumlah_kebakaran' and periode_mulai <= '{LONG_AGO}'"
    assert warehouse.value("select count(*) from core.fct_kejadian_damkar") == 11 and warehouse.value(long_ago) > 0
    with connect(settings().dsn("loader")) as connection:
        gone = [Removed("damkar_kejadian__kejadian", 1)]
        assert remove_expired(connection, [get_source("damkar_kejadian")], NOW) == gone
        assert remove_expired(connection, [get_source("damkar_kejadian")], NOW) == []
    warehouse.publish(
        "damkar_kejadian__kejadian",
        [incident(1, "Kebakaran", date(2026, 9, 2), 9, "13.71.09.1002")],
        replace="no_kejadian = 'DMK-0001'",
        since=datetime(2021, 1, 1, tzinfo=WIB),
    )
    warehouse.publish("dinkes_skdr__kasus", cases("lapai", 2)[:3], part="lapai", replace="_part = 'lapai'")
    rebuilt = APPROACH | {"kapasitas_skr_jam": 1500, "_observed_at": REBUILT}
    warehouse.publish("dishub_hitung__pendekat", [rebuilt], part="pendekat", replace="kode_simpang = 'SP01'")
    assert warehouse.rows(DRAWN) == [("skematis", "Polygon")]
    path = tmp_path / "batas.geojson"
    path.write_text(json.dumps(official_boundaries()))
    assert load_boundaries(path, settings()) == 115
    assert not is_current()
    prepare = swap.prepare_schemas

    def late(connection: Any, *, anew: bool) -> None:
        """After it was decided what to build, before dbt looks at anything."""
        warehouse.publish("bmkg_gempa__gempa", [quakes()[0] | LATE_QUAKE], part="autogempa")
        prepare(connection, anew=anew)

    monkeypatch.setattr(transform, "prepare_schemas", late)
    untouched = "select ctid::text from core.fct_kejadian_damkar where no_kejadian = 'DMK-0002'"
    before = warehouse.value(untouched)
    with watched(warehouse.config, read_manifest()) as watcher:
        build_warehouse()
    assert watcher.got == set() and watcher.rounds > 1
    monkeypatch.undo()
    assert not is_current() and warehouse.value(LATE) == 0, "what comes while a build begins is left to the next"
    assert warehouse.value(untouched) == before
    assert warehouse.value("select count(*) from core.fct_kejadian_damkar") == 10
    assert warehouse.value(long_ago) == 0, "no figure is made of rows that are gone, not even a nought"
    assert warehouse.value("select count(*) from ops.restatement where periode_mulai < '2021-01-01'") == 0
    assert (
        warehouse.value(
            "select nilai from mart.indikator where indikator_kode = 'jumlah_kebakaran' and wilayah_kode = '13.71.09' "
            "and periode_mulai = '2026-10-01'"
        )
        == 5
    )
    weeks = warehouse.rows(
        "select minggu, sum(kasus) from core.fct_kasus_skdr where puskesmas = 'lapai' group by minggu"
    )
    assert weeks == [(40, 46)], "a week that left the workbook left the warehouse"
    capacities = warehouse.rows(
        "select kapasitas_skr_jam, case when isfinite(berlaku_dari) then berlaku_dari end "
        "from intermediate.int_pendekat__masa order by berlaku_dari"
    )
    assert capacities == [(1000, None), (1500, REBUILT)], (
        "a version begins when it was observed, the first at the beginning"
    )
    votes = (
        "select suara from mart.pilkada_suara where wilayah_kode = '13.71' and pemilihan = 'pkwkp' and nomor_urut = 1"
    )
    assert warehouse.value(votes) == 1100, "after A, B, A the count is back at A"
    observed = warehouse.value("select count(*) from core.fct_suara where pemilihan = 'pkwkp' and kode_kpu = '1371'")
    assert observed == 6, "and every observation is kept"
    assert warehouse.rows("select nspname from pg_namespace where nspname ~ '_(next|lama)'") == []


RESTATED = (
    "select periode_label, nilai_lama, nilai_baru, sebab_teks, batch_teks from mart.perubahan_angka "
    "where indikator_kode = 'jumlah_kebakaran' and wilayah_kode = '13.71.09' order by nomor"
)


def test_a_final_figure_that_is_another_one_now_is_told_with_the_batch_that_changed_it(warehouse: Warehouse) -> None:
    batch = warehouse.value("select max(batch_id) from ops.batch where source = 'damkar_kejadian'")
    found = warehouse.rows(RESTATED, "officials")
    assert ("Oktober 2026", 6, 5, "Data sumbernya berubah", str(batch)) in found, "an incident went to another month"
    assert warehouse.value("select count(*) from ops.restatement where nilai_lama = nilai_baru or sebab <> 'data'") == 0
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        warehouse.rows(RESTATED, "13.71.09")


def built(warehouse: Warehouse) -> set[str]:
    """Names of what the last build built or tested."""
    rows = warehouse.rows(
        "select split_part(unique_id, '.', 3) from ops.dbt_result where invocation_id = "
        "(select invocation_id from ops.dbt_build order by finished_at desc limit 1)"
    )
    return {str(name) for (name,) in rows}


def test_a_build_leaves_out_what_no_changed_table_reaches(warehouse: Warehouse) -> None:
    nodes = built(warehouse)
    assert {"fct_kejadian_damkar", "agg_damkar_bulanan", "int_indikator__bagian", "mart__indikator"} <= nodes
    assert nodes & {"fct_lalu_lintas", "fct_gempa", "stg_adpem_rfk__kegiatan", "ref_indikator"} == set()
    assert {"mart__gempa", "publik__gempa", "mart__wilayah"} <= nodes, "what people read is swapped as a whole"
    kinds = "select distinct resource_type from ops.dbt_result where invocation_id = "
    last = "(select invocation_id from ops.dbt_build order by finished_at desc limit 1)"
    assert {str(kind) for (kind,) in warehouse.rows(kinds + last)} <= {"model", "test", "snapshot", "operation"}


def test_official_boundaries_that_were_loaded_are_drawn(warehouse: Warehouse) -> None:
    assert sorted(warehouse.rows(DRAWN)) == [("resmi", "MultiPolygon"), ("resmi", "Polygon")]
    label = "select count(*) from mart.peta_kecamatan where titik::json #>> '{geometry,coordinates,0}' is null"
    assert warehouse.value(label) == 0


def slips(warehouse: Warehouse) -> None:
    """What six agencies do wrong, each in its own domain, beside what others do right."""
    warehouse.publish("kpu_sirekap__paslon", pairs("pkwkk", "1371")[:1], part="lain", simulated=False)
    strange = incident(11, "Kebakaran", date(2026, 10, 21), 9, "13.71.99.1001")
    warehouse.publish("damkar_kejadian__kejadian", [strange, incident(12, "Kebakaran", date(2026, 10, 21), 9, None)])
    warehouse.publish("diskominfo_lapor__laporan", [complaint("a", "Ditunda"), complaint("b", "Selesai")])
    warehouse.publish("adpem_rfk__kegiatan", [activity("1.01", 120), activity("1.02", 50)])
    warehouse.publish("bpbd_kejadian__kejadian", [disaster("a", -1), disaster("b", 20)])
    for day, spent in ((date(2026, 10, 15), 40), (date(2026, 10, 31), 60)):
        warehouse.publish("bpkad_sipd_lra__akun", budget(day, spent), part=f"akun_{day:%d-%m-%Y}")
    warehouse.publish("dukcapil_gis__penduduk", register(), part="kelurahan")
    warehouse.publish("dinkes_skdr__kasus", cases("lapai", 3), part="lapai", replace="_part = 'lapai'")


def mend(warehouse: Warehouse) -> None:
    with psycopg.connect(warehouse.config.dsn("loader")) as connection:
        connection.execute("delete from raw.kpu_sirekap__paslon where _part = 'lain'")
        connection.execute("delete from raw.damkar_kejadian__kejadian where no_kejadian = 'DMK-0011'")
        connection.execute("update raw.diskominfo_lapor__laporan set status = 'Tertunda' where status = 'Ditunda'")
        connection.execute(
            "update raw.adpem_rfk__kegiatan set realisasi_fisik_pct = 100 where realisasi_fisik_pct = 120"
        )
        connection.execute("update raw.bpbd_kejadian__kejadian set luka_jiwa = 1 where luka_jiwa = -1")


def complaint(name: str, status: str) -> Row:
    at = "2026-10-05T03:00:00Z"
    return {"tracking_id": name, "laporan_at": at, "kategori": "Jalan", "status": status, "kelurahan": "Pasar Ambacang"}


def activity(opd: str, done: int) -> Row:
    names = {"opd": f"Dinas {opd}", "program": "Program", "kode_kegiatan": "1.01.02", "kegiatan": "Kegiatan"}
    money = {"pagu_idr": 100, "target_keuangan_pct": 50, "target_fisik_pct": 50, "realisasi_keuangan_idr": 40}
    return {"bulan": date(2026, 10, 1), "kode_opd": opd, "realisasi_fisik_pct": done, **names, **money}


def disaster(name: str, hurt: int) -> Row:
    return {"no_kejadian": name, "jenis_bencana": "Banjir", "lapor_at": "2026-10-05T03:00:00Z", "luka_jiwa": hurt}


def budget(day: date, spent: int) -> list[Row]:
    line = {"per_tanggal": day, "kolom_realisasi": "REALISASI 2026", "anggaran_idr": 100, "realisasi_idr": spent}
    return [line | {"baris": n, "kode_rekening": kode, "uraian": "-"} for n, kode in enumerate(("4", "5"), 1)]


def register() -> list[Row]:
    """Two kelurahan, of which one changed since the other was read."""
    ages = {f"usia_{age:02}_jiwa": 10 for age in range(0, 80, 5)}
    common = {"tingkat": "kelurahan", "no_provinsi": 13, "no_kabupaten": 71, "no_kecamatan": 9, "penduduk_jiwa": 160}
    rows = [common | ages | {"objek_id": number, "no_kelurahan": 1000 + number} for number in (1, 2)]
    return [rows[0] | {"_observed_at": NOW - timedelta(days=40)}, rows[1]]


FIGURES = "select indikator_kode, nilai from mart.indikator where domain = '{}' and wilayah_kode = '13.71'"


# What two domains that are held, one of which has a slip of its own, said in words, but for the badge.
TOLD = "select to_jsonb(satu) - '{{label_data,lencana,keterangan,urutan}}'::text[] from mart.{} as satu where domain in ('kebakaran', 'program') order by 1"
BADGES = "select domain, string_agg(distinct lencana, ', ') from mart.{} where lencana is not null group by 1"


def figures_of(warehouse: Warehouse, domain: str) -> dict[str, Any]:
    """The city's figures of October 2026, of its 41st week, or of its semester."""
    period = " and periode_mulai in ('2026-10-01', '2026-10-11', '2026-07-01', '2024-11-27')"
    return dict(warehouse.rows(FIGURES.format(domain) + period, "officials"))


CORRECTION_IS_OVER = (
    "Koreksi {} atas tabel damkar_kejadian__kejadian tidak berlaku lagi: nilai yang dikoreksi tidak ditemukan, sehingga angka "
    "dari sumbernya yang dipakai. Hapus dari ref_koreksi, atau betulkan."
)


def alerts_about(source: str) -> dict[str, str]:
    with connect(settings().dsn("loader")) as connection:
        return {one.problem: one.text for one in messages(connection, NOW) if one.source == source}


def test_a_fault_in_one_domain_keeps_its_last_edition_and_the_others_are_published(warehouse: Warehouse) -> None:
    own = "select md5(string_agg(i::text, '|' order by i::text)) from (select {} from mart.{}) as i"
    votes = own.format("wilayah_kode, paslon_id, suara", "pilkada_suara")
    incidents = own.format("no_kejadian, tanggal, kode_kecamatan", "kejadian_damkar")
    told = [TOLD.format(table) for table in ("ubin", "bidang", "perhatian")]
    verdicts = "select wilayah_kode, bulan, kebakaran from mart.kecamatan_bidang order by 1, 2"
    before = {domain: figures_of(warehouse, domain) for domain in ("kebakaran", "pilkada", "bencana")}
    seen = {query: warehouse.value(query, "officials") for query in (votes, incidents)}
    told_before = {query: warehouse.rows(query, "officials") for query in (*told, verdicts)}
    assert all(told_before.values())
    for code, expected, value in (("uji", "15", "16"), ("titik", "1500000", "46.000.000")):
        row = "'damkar_kejadian__kejadian', '{\"no_kejadian\": \"DMK-0002\"}', 'kerugian_idr'"
        warehouse.change(
            f"insert into core.ref_koreksi values ('{code}', {row}, '{expected}', '{value}', '-', '-', now())"
        )
    remove_boundaries(warehouse.config)
    slips(warehouse)
    result = build_warehouse()
    assert [held.domain for held in result.held] == ["bencana", "kebakaran", "pengaduan", "pilkada", "program"]
    reasons = {held.domain: (held.reason.partition(":")[0], held.sources) for held in result.held}
    assert reasons == {
        "bencana": ("test bencana_korban_tidak_negatif", ("bpbd_kejadian",)),
        "kebakaran": ("test g1_kode_wilayah_dikenal", ("damkar_kejadian",)),
        "pengaduan": ("test pengaduan_status_lengkap", ("diskominfo_lapor",)),
        "pilkada": ("test unique_together_stg_kpu_sirekap__paslon_pemilihan__kode_kpu__paslon_id", ("kpu_sirekap",)),
        "program": ("test program_fisik_wajar", ("adpem_rfk",)),
    }
    warning = "; ".join(one for one in result.warnings if one.startswith("test koreksi_berlaku"))
    for code, expected, value in (("uji", "15", "16"), ("titik", "1500000", "46.000.000")):
        assert (
            f'correction {code} of damkar_kejadian__kejadian {{"no_kejadian": "DMK-0002"}} finds 1 rows, 0 of them '
            f"with kerugian_idr = '{expected}' where '{value}' fits; remove it from ref_koreksi, or mend it"
        ) in warning
    assert alerts_about("koreksi") == {f"koreksi {one}": CORRECTION_IS_OVER.format(one) for one in ("uji", "titik")}
    assert {domain: figures_of(warehouse, domain) for domain in before} == before
    assert {query: warehouse.value(query, "officials") for query in seen} == seen
    assert {query: warehouse.rows(query, "officials") for query in told_before} == told_before
    assert figures_of(warehouse, "kesehatan")["kasus_dengue"] == 29, "two more of Lapai, in a new edition"
    assert figures_of(warehouse, "kependudukan") == {"rasio_ketergantungan": 60}
    assert ("skematis", "Polygon") in warehouse.rows(DRAWN), "maps of what is held are as they were"
    assert "fct_gempa" in built(warehouse) and warehouse.value(LATE) == 1, "what came while the last build began"
    assert not is_current()
    for table in ("ubin", "bidang", "perhatian"):
        badges = dict(warehouse.rows(BADGES.format(table), "officials"))
        assert f"TERBITAN {result.held[0].edition_at:%d-%m-%Y}" in badges["kebakaran"], table
        assert "TERBITAN" not in badges["kesehatan"], table
    labels = (
        "select domain, string_agg(distinct label_data, ', ') from {} where periode_mulai >= '2026-01-01' group by 1"
    )
    for table, reader in (("mart.indikator", "officials"), ("publik.indikator", "transformer")):
        marks = dict(warehouse.rows(labels.format(table), reader))
        edition = f"{result.held[0].edition_at:%d-%m-%Y}"
        assert marks["kebakaran"] == f"DATA SIMULASI · TERBITAN {edition}", table
        assert marks["kesehatan"] == "DATA SIMULASI", table
    assert warehouse.value("select distinct label_data from mart.kejadian_damkar") == marks["kebakaran"]
    seen_by_camat = warehouse.rows("select distinct kode_kecamatan from mart.kejadian_damkar", "13.71.09")
    assert set(seen_by_camat) <= {("13.71.09",), (None,)}, "the table that came back has its policies"
    shown = "select distinct table_schema::text from information_schema.view_table_usage where view_name = 'peringatan_aktif'"
    assert warehouse.rows(shown) == [("mart",)], "a view of what is held came back with the table that it shows"
    assert warehouse.value("select count(*) from mart.peringatan_aktif", "officials") >= 0
    copied = publish_publik(warehouse.config)
    assert copied["pilkada_suara"] == 26 and copied["indikator"] > 0


def test_the_next_build_takes_what_was_mended_and_keeps_what_was_not(warehouse: Warehouse) -> None:
    mend(warehouse)
    warehouse.publish("diskominfo_lapor__laporan", [complaint("c", "Hilang")], part="lain")
    result = build_warehouse()
    assert [held.domain for held in result.held] == ["pengaduan"], result.held
    assert figures_of(warehouse, "program")["realisasi_belanja"] == 60, "the last report of the month"
    assert figures_of(warehouse, "kebakaran")["jumlah_kebakaran"] == 6
    assert figures_of(warehouse, "bencana")["jumlah_gempa_dirasakan_radius"] == 2, "with what came late"
    assert figures_of(warehouse, "bencana")["korban_luka"] == 21
    warehouse.change("delete from raw.diskominfo_lapor__laporan where tracking_id = 'c'", "loader")
    warehouse.change("delete from core.ref_koreksi where koreksi_kode in ('uji', 'titik')")
    result = build_warehouse()
    assert result.held == () and is_current() and alerts_about("koreksi") == {}
    assert figures_of(warehouse, "pengaduan")["laporan_masuk"] == 2
    assert warehouse.rows(DRAWN) == [("skematis", "Polygon")]
    assert warehouse.value("select count(*) from mart.indikator where label_data like '%TERBITAN%'", "officials") == 0
    assert warehouse.value("select count(*) from ops.domain_held") == 0
    assert warehouse.rows("select nspname from pg_namespace where nspname ~ '_(next|lama)'") == []


def test_a_fault_that_reaches_everything_leaves_what_people_see_and_resumes(warehouse: Warehouse) -> None:
    seen = "select md5(string_agg(i::text, '|' order by i::text)) from mart.indikator as i"
    before = warehouse.value(seen, "officials")
    # With this checksum the ledger says what it said before, so that a retry is allowed.
    warehouse.change(
        "insert into ops.boundary values ('13.71.09', 'kecamatan', 'rusak', 100, 0, 'rusak', '')", "loader"
    )
    with pytest.raises(TransformError, match=r"dbt build failed.*peta_kecamatan.*invalid input syntax") as refused:
        build_warehouse()
    assert "unchanged" in str(refused.value)
    assert warehouse.value(seen, "officials") == before
    with pytest.raises(TransformError, match="dbt retry failed"):
        build_warehouse()
    last = (
        "select command, success, (select count(*) from ops.dbt_result as r where r.invocation_id = b.invocation_id) "
    )
    command, success, nodes = warehouse.rows(last + "from ops.dbt_build as b order by finished_at desc limit 1")[0]
    assert (command, success) == ("retry", False)
    assert nodes < warehouse.value(
        "select max(n) from (select count(*) as n from ops.dbt_result group by invocation_id) as t"
    )
    warehouse.change("delete from ops.boundary", "loader")
    columns = "kode_wilayah, tingkat, geometri, bujur, lintang, keterangan"
    warehouse.change(
        "delete from core.dim_batas_wilayah; "  # what succeeded is not built again
        f"insert into core.dim_batas_wilayah ({columns}) select {columns} from core.ref_peta_wilayah; "
        "delete from mart_next.batas_wilayah; "
        f"insert into mart_next.batas_wilayah ({columns}, nama, kode_kecamatan) select {columns}, nama, kode_kecamatan "
        f"from (select {columns} from core.dim_batas_wilayah) as b "
        "inner join (select kode_wilayah, nama, kode_kecamatan from core.dim_wilayah_kini) as w using (kode_wilayah)"
    )
    result = build_warehouse()
    assert result.command == "retry", "the ledger says nothing new, so only what failed and what waited for it runs"
    assert is_current() and warehouse.value(seen, "officials") == before


def test_a_relation_without_policy_is_not_swapped_in(
    warehouse: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = tmp_path / "dbt_project"  # ours, but with this one model
    (project / "models" / "mart").mkdir(parents=True)
    for name in ("dbt_project.yml", "profiles.yml"):
        shutil.copy(DBT_PROJECT / name, project / name)
    shutil.copytree(DBT_PROJECT / "macros", project / "macros")
    ops = "{name: ops, tables: [{name: dbt_span}, {name: dbt_build}]}"
    (project / "models" / "ops.yml").write_text(f"sources: [{ops}]\n")
    (project / "models" / "mart" / "mart__bocor.sql").write_text(
        "{{ config(contract={'enforced': false}, meta={'camat_access': 'rows'}) }}\nselect '13.71.09'::text as kode_kecamatan\n"
    )
    for module in (plan, dbt):
        monkeypatch.setattr(module, "DBT_PROJECT", project)
    with pytest.raises(TransformError, match=r"mart\.bocor would be readable without row-level security"):
        build_warehouse()
    assert (
        warehouse.rows("select 1 from pg_class where relname = 'bocor' and relnamespace = 'mart'::regnamespace") == []
    )


def test_a_missing_raw_table_is_named(warehouse: Warehouse) -> None:
    with connect(warehouse.config.dsn("loader"), autocommit=True) as connection:
        connection.execute("alter table raw.bmkg_gempa__gempa rename to bmkg_gempa__hilang")
        try:
            with pytest.raises(TransformError, match=r"lacks bmkg_gempa__gempa; run"):
                build_warehouse()
        finally:
            connection.execute("alter table raw.bmkg_gempa__hilang rename to bmkg_gempa__gempa")


def test_the_state_of_a_build_is_kept_in_full(warehouse: Warehouse) -> None:
    with connect(warehouse.config.dsn("transformer")) as connection:
        state = last_state(connection, only_success=True)
    assert state is not None and State.parse(str(state)) == state and state.clock == NOW.isoformat()


def test_documentation_is_one_file_and_shows_what_people_read(warehouse: Warehouse) -> None:
    page = build_docs()
    assert page.stat().st_size > 1_000_000 and "mart__indikator" in page.read_text(encoding="utf-8")
    catalogue = json.loads((page.parent / "catalog.json").read_text(encoding="utf-8"))["nodes"]
    described = {name: set(node["columns"]) for name, node in catalogue.items() if name.startswith("model.")}
    assert {"nilai", "nilai_teks"} <= described["model.command_center.mart__indikator"], "found in the database"
    assert catalogue["model.command_center.publik__indikator"]["metadata"]["schema"] == "publik"
    assert len(described) > 200


def test_after_another_project_everything_is_built_as_the_builds_of_changes_left_it(warehouse: Warehouse) -> None:
    before = contents(warehouse)
    assert len(before) > 60 and any(table.startswith("publik.") for table in before)
    with psycopg.connect(warehouse.config.dsn("transformer")) as connection:
        state = plan.current_state(connection)
        assert build.standing_project(connection) is None, "the tables of the project without policy stand beside ours"
        after_another = plan.make_plan(connection, state, full_refresh=False)
    assert after_another.full_refresh and after_another.changed is None
    build_warehouse()
    with psycopg.connect(warehouse.config.dsn("transformer")) as connection:
        assert build.standing_project(connection) == state.project
        assert not plan.make_plan(connection, plan.current_state(connection), full_refresh=False).full_refresh
    after = contents(warehouse)
    differing = {table for table in before | after if before.get(table) != after.get(table)}
    assert differing == {"mart.terbitan", "publik.terbitan"}, "nothing but the moment of the edition"


HELD_FROM_THE_FIRST = ["agenda", "bencana", "kebakaran", "pengaduan", "pilkada", "program"]


def test_the_very_first_build_publishes_every_domain_that_no_fault_reaches(
    warehouse: Warehouse,
) -> None:
    with new_warehouse() as first:
        slips(first)
        first.change("drop table raw.setda_agenda__acara", "loader")  # declared since bootstrap was run
        result = build_warehouse()
        assert [held.domain for held in result.held] == HELD_FROM_THE_FIRST
        assert 'relation "raw.setda_agenda__acara" does not exist' in result.held[0].reason
        assert "kebakaran has no edition yet (test g1_kode_wilayah_dikenal" in transform.say_held(result.held)
        assert figures_of(first, "kesehatan")["kasus_dengue"] == 29
        assert figures_of(first, "kebakaran") == {}
        assert first.value("select count(*) from mart.kejadian_damkar", "13.71.09") == 0, "with its grants and policies"
        assert first.value("select count(*) from mart.peringatan_aktif", "officials") == 0
        seen = "select domain, terbitan_at is null from mart.terbitan where is_ditahan order by 1"
        assert first.rows(seen, "officials") == [(domain, True) for domain in HELD_FROM_THE_FIRST]
        told = alerts_about("damkar_kejadian")
        assert any("belum pernah terbit" in text for text in told.values()), told
        publish_publik(first.config)
        mend(first)
        bootstrap(first.config)
        assert not build_warehouse().held
        assert figures_of(first, "kebakaran") and first.rows(seen, "officials") == []
        assert first.value("select count(*) from mart.kejadian_damkar", "13.71.09") > 0


def contents(warehouse: Warehouse) -> dict[str, str]:
    """A digest of the rows of each table and view from core on."""
    tables = warehouse.rows(
        "select format('%I.%I', relnamespace::regnamespace, relname) from pg_class where relkind in ('r', 'v', 'p') "
        "and not relispartition and relnamespace::regnamespace::text in ('intermediate', 'core', 'mart', 'publik')"
    )
    digest = "select coalesce(md5(string_agg(row::text, '|' order by row::text)), '') from {} as row"
    return {str(table): str(warehouse.value(digest.format(table))) for (table,) in tables}


def official_boundaries() -> dict[str, Any]:
    """The schematic cells as an agency would send them, one kelurahan of Kuranji with an island."""
    island = [[100.41, -0.91], [100.42, -0.91], [100.42, -0.905], [100.41, -0.91]]
    features = []
    for kode, cell in peta_skematis.cells_of(peta_skematis.WILAYAH).items():
        ring = [[x, y] for x, y in cell.exterior.coords]
        geometry = {"type": "Polygon", "coordinates": [ring]}
        if kode == "13.71.05.1001":
            geometry = {"type": "MultiPolygon", "coordinates": [[ring], [[[x - 0.15, y - 0.2] for x, y in island]]]}
        features.append({"type": "Feature", "properties": {"kode": kode}, "geometry": geometry})
    return {"type": "FeatureCollection", "features": features}
