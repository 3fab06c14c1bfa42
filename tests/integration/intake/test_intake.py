"""The path of a row, from the demo city over HTTP to schema raw, with everything that can go wrong on the way."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import signal
import subprocess
import sys
import time
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from subprocess import PIPE

import psycopg
import pytest
from command_center.archive.store import read
from command_center.database import connect, database_time
from command_center.declaration.registry import get_source
from command_center.errors import BatchHeld, DeclarationError, IntegrityError, SourceBusy, SourceUnavailable
from command_center.extract.asking import Window
from command_center.intake import load as loading
from command_center.intake import trial
from command_center.intake.ddl import create_raw_tables
from command_center.intake.ingest import land_source
from command_center.intake.lock import exclusive
from command_center.intake.quality import expectations
from command_center.intake.questions import new_asking
from command_center.intake.release import release
from command_center.ledger import batch, landing
from command_center.operate.maintain import verify_all
from command_center.operate.watch import messages
from command_center.settings import settings
from demo_city.agencies.dinkes_lb1 import HEADER
from demo_city.xlsx import Cell, workbook_bytes
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from tests.integration.conftest import Intake

SOURCES = ["bmkg_gempa", "damkar_kejadian", "dinkes_skdr", "kpu_sirekap"]
DAMKAR = "damkar/kejadian.csv"
COUNT = "kpu/pilkada/hhcw/pkwkp/13/1371.json"


@pytest.mark.parametrize("source", SOURCES)
def test_every_row_read_is_published_unchanged_or_quarantined_and_a_second_run_writes_nothing(
    intake: Intake, source: str
) -> None:
    first = intake.load(source)
    assert {outcome.status for outcome in first} == {"published"}
    assert sum(outcome.published for outcome in first) > 0
    for outcome in first:
        assert outcome.read == outcome.published + outcome.unchanged + outcome.quarantined, outcome
    before = intake.rows("select * from ops.raw_state order by 1")
    assert {outcome.status for outcome in intake.load(source)} == {"unchanged"}
    assert intake.rows("select * from ops.raw_state order by 1") == before
    assert "as they were published" in verify_all()


def test_a_trace_tells_each_step_of_a_batch_and_nothing_that_a_source_sent(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    told, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(told))
    monkeypatch.setattr(loading, "tracer", provider.get_tracer("test"))
    intake.load("damkar_kejadian")
    intake.serve(DAMKAR, b"DATA SIMULASI\nBudi Rahasia;0812\n")
    (held,) = intake.load("damkar_kejadian")
    assert held.status == "held"
    *steps, published, staged, refused = told.get_finished_spans()
    assert [span.name for span in steps] == ["stage", "check", "audit", "set aside", "publish or hold"]
    assert {span.parent.span_id for span in steps if span.parent} == {published.context.span_id}
    assert staged.name == "stage" and staged.parent and staged.parent.span_id == refused.context.span_id
    for span, status in ((published, "published"), (refused, "held")):
        assert span.name == "batch damkar_kejadian.kejadian" and span.attributes
        assert span.attributes["status"] == status and span.attributes["part"]
    assert published.attributes and int(str(published.attributes["rows_published"])) > 0
    assert not any("Rahasia" in span.to_json() for span in told.get_finished_spans())


def test_a_replay_from_the_archive_with_force_changes_nothing(intake: Intake) -> None:
    intake.load("damkar_kejadian")
    before = intake.rows("select row_count, checksum from ops.raw_state")
    intake.fault("damkar", "down")
    (again,) = intake.load("damkar_kejadian", replay=True, force=True)
    assert (again.status, again.published, again.unchanged + again.quarantined) == ("published", 0, again.read)
    assert intake.rows("select row_count, checksum from ops.raw_state") == before


def test_an_audit_goes_on_after_the_server_ended_its_connection(intake: Intake) -> None:
    """As when PostgreSQL was restarted between two batches of one process."""
    intake.load("damkar_kejadian")
    intake.change(
        "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'cc_loader' "
        f"and pid <> {intake.connection.info.backend_pid}"
    )
    (again,) = intake.load("damkar_kejadian", force=True)
    assert again.status == "published", again.reason


def test_upserted_rows_go_to_b_and_come_back_to_a(intake: Intake) -> None:
    a = intake.get(DAMKAR)
    b = a.replace(b";Kebakaran;", b";Penyelamatan;")
    seen = []
    for content in (a, b, a):
        intake.serve(DAMKAR, content)
        intake.load("damkar_kejadian")
        seen.append(intake.value("select count(*) from raw.damkar_kejadian__kejadian where jenis = 'Kebakaran'"))
    assert seen[1] == 0
    assert seen[0] == seen[2] != 0
    assert "as they were published" in verify_all()


def test_observations_keep_every_change_and_the_last_one_is_current(intake: Intake) -> None:
    a = b'{"mode":"hhcw","tungsura":{"chart":{"1000005":10,"null":null},"table":{}},"ts":"2024-11-27 18:00:00"}'
    b = a.replace(b":10", b":12")
    for content in (a, a, b, a):
        intake.serve(COUNT, content)
        intake.load("kpu_sirekap")
    counts = intake.rows(
        "select suara from raw.kpu_sirekap__suara where kode_wilayah = '1371' and tingkat_data = 'chart' "
        "and pemilihan = 'pkwkp' and _part = 'hhcw_pkwkp_1371' order by _batch_id"
    )
    assert counts == [(10,), (12,), (10,)]


def test_a_snapshot_deletes_what_the_file_no_longer_has(intake: Intake) -> None:
    path = "kpu/pilkada/paslon/pkwkp.json"
    pairs = json.loads(intake.get(path))
    intake.load("kpu_sirekap")
    pairs["13"].popitem()
    intake.serve(path, json.dumps(pairs).encode(), simulated="")
    outcome = intake.one("kpu_sirekap", "paslon", "paslon_pkwkp")
    assert (outcome.deleted, outcome.published) == (1, 0)
    assert "as they were published" in verify_all()


def test_a_register_withdraws_what_it_no_longer_has_but_no_earlier_year_and_nothing_that_was_set_aside(
    intake: Intake,
) -> None:
    header, *rows = _records(intake.get(DAMKAR))
    number, left, day = (header.index(name) for name in ("No Kejadian", "Berangkat", "Tanggal"))
    oldest, later = rows[0], [row for row in rows if row[day].endswith(" 2025")][:60]
    assert oldest[day].endswith(" 2024")
    intake.serve(DAMKAR, _csv([header, oldest, *later]))
    intake.load("damkar_kejadian")

    def numbers() -> set[object]:
        return {key for (key,) in intake.rows("select no_kejadian from raw.damkar_kejadian__kejadian")}

    before = numbers()
    first, double, broken = later[0], later[30], later[40]
    assert {oldest[number], first[number], double[number], broken[number]} < before
    broken[left] = "tiga"
    intake.serve(DAMKAR, _csv([header, *(row for row in later[1:] if row is not double)]))
    (outcome,) = intake.load("damkar_kejadian")
    assert (outcome.status, outcome.deleted) == ("published", 2)
    assert intake.value(f"select count(*) from ops.quarantine where payload::text like '%{broken[number]}%'") == 1
    assert numbers() == before - {double[number], first[number]}, "the oldest of its year too"
    assert "as they were published" in verify_all()


def test_the_first_run_of_a_week_asks_for_everything_again(intake: Intake, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = "select fetched_from from ops.landing where source = 'diskominfo_cadangan' order by landing_id desc limit 1"
    bounds = []
    for now in ("2026-11-23T09:20", "2026-11-25T08:00", "2026-11-30T08:00", "2026-12-01T08:00"):
        monkeypatch.setenv("DEMO_NOW", f"{now}:00+07:00")
        settings.cache_clear()
        land_source(get_source("diskominfo_cadangan"))  # archived, and the load was killed: it is asked once more
        intake.load("diskominfo_cadangan")
        bounds.append(str(intake.value(asked)).rpartition("sejak=")[2])
    assert bounds[0] == bounds[2] == "2024-01-01", "the first question, and that of the next Monday"
    assert bounds[1].startswith("2026-11-") and bounds[3].startswith("2026-11-"), "else three nights before the newest"


def test_what_cannot_be_had_whole_is_read_in_changes_and_told(intake: Intake, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the same run, and not tried again before the next week."""
    name, asked = "diskominfo_cadangan", "select fetched_from from ops.landing order by landing_id desc limit 1"

    def at(day: str, mb: int) -> str:
        monkeypatch.setenv("DEMO_NOW", f"{day}T09:00:00+07:00")
        monkeypatch.setenv("CC_MAX_PAYLOAD_MB", str(mb))
        settings.cache_clear()
        assert {outcome.ending for outcome in intake.load(name)} <= {"published", "unchanged"}
        return str(intake.value(asked)).rpartition("sejak=")[2]

    def told() -> list[str]:
        found = messages(intake.connection, settings().now())
        return [one.text for one in found if (one.source, one.problem) == (name, "baca penuh")]

    first = at("2026-11-23", 64)
    assert (first, told()) == ("2024-01-01", [])
    newest = "select max(malam_tanggal) from raw.diskominfo_cadangan__pekerjaan"
    before = str(intake.value(newest))
    assert at("2026-11-30", 1).startswith("2026-11-"), "too large, so the changes were asked for"
    assert str(intake.value(newest)) > before
    assert "more than 1 MB" in str(intake.value("select reason from ops.batch order by batch_id desc limit 1"))
    (sentence,) = told()
    assert "diminta ulang 30 November 2026" in sentence and "diminta lagi mulai 7 Desember 2026" in sentence
    assert at("2026-12-01", 64).startswith("2026-11-") and told() == [sentence], "not asked again at each run"
    assert (at("2026-12-07", 64), told()) == ("2024-01-01", [])


def test_each_part_has_to_be_read_whole(intake: Intake, monkeypatch: pytest.MonkeyPatch) -> None:
    source, variable = get_source("diskominfo_zabbix"), "AIRFLOW_CONN_DISKOMINFO_ZABBIX"
    monkeypatch.setenv(variable, json.dumps(json.loads(os.environ[variable]) | {"password": intake.city.password}))
    intake.load("diskominfo_zabbix")
    assert new_asking(intake.connection, source, Window()).since != "1704042000"
    intake.change("update ops.batch set status = 'failed' where source = 'diskominfo_zabbix' and part = 'pemulihan'")
    assert new_asking(intake.connection, source, Window()).since == "1704042000", (
        "that of the hosts is no reading of it"
    )
    intake.load("diskominfo_zabbix")
    intake.change("update ops.batch set status = 'failed' where source = 'diskominfo_zabbix' and part = 'pemulihan'")
    assert new_asking(intake.connection, source, Window()).since != "1704042000", (
        "what failed twice can only fail again"
    )
    assert "baca penuh" in {one.problem for one in messages(intake.connection, settings().now())}


def test_a_value_ten_years_ahead_does_not_end_the_questions(intake: Intake) -> None:
    asked = "select fetched_from from ops.landing where source = 'diskominfo_cadangan' order by landing_id desc limit 1"
    intake.load("diskominfo_cadangan")
    intake.change(
        "update raw.diskominfo_cadangan__pekerjaan set malam_tanggal = '2036-11-20' where ctid = "
        "(select min(ctid) from raw.diskominfo_cadangan__pekerjaan)"
    )
    intake.load("diskominfo_cadangan")
    assert str(intake.value(asked)).rpartition("sejak=")[2].startswith("2026-11-")


@pytest.mark.parametrize("kind", ["csv", "json"])
def test_a_giant_text_is_set_aside_and_kept_short(intake: Intake, kind: str) -> None:
    """The quick way and the slow one; what is just as long as it may be goes on."""
    allowed, giant = "a" * 20_000, "b" * 3_000_000
    intake.load("damkar_kejadian" if kind == "csv" else "bmkg_gempa")
    if kind == "csv":
        header, first, second, *others = _records(intake.get(DAMKAR))
        place = header.index("Objek")
        first[place], second[place] = giant, allowed
        intake.serve(DAMKAR, _csv([header, first, second, *others]))
        (outcome,) = intake.load("damkar_kejadian")
        table, column = "damkar_kejadian__kejadian", "objek"
    else:
        path = "bmkg/gempadirasakan.json"
        answer = json.loads(intake.get(path))
        first, second, *_ = answer["Infogempa"]["gempa"]
        first["Wilayah"], second["Wilayah"] = giant, allowed
        intake.serve(path, json.dumps(answer).encode())
        outcome = next(one for one in intake.load("bmkg_gempa") if one.part == "gempadirasakan")
        table, column = "bmkg_gempa__gempa", "wilayah"
    assert outcome.status == "published"
    assert intake.value(f"select max(length({column})) from raw.{table}") == len(allowed)
    if kind == "csv":  # the reader itself sets such a row aside
        number = first[header.index("No Kejadian")]
        assert intake.rows(f"select from raw.{table} where no_kejadian = '{number}' and length({column}) > 20000") == []
        assert int(str(intake.value("select max(length(payload::text)) from ops.quarantine"))) < 10_000
        return
    [(reason, length, payload)] = intake.rows(
        "select reason, length(value), length(payload::text) from ops.quarantine where reason like '%lebih panjang%'"
    )
    assert "lebih panjang dari 20.000 bita" in str(reason)
    assert int(str(length)) <= 2_001 and int(str(payload)) < 10_000


def test_reporters_exist_nowhere_but_in_the_encrypted_archive(intake: Intake) -> None:
    (outcome,) = intake.load("damkar_kejadian")
    bytes_on_disk = b"".join(p.read_bytes() for p in (intake.folder / "landing").rglob("*") if p.is_file())
    answer = read(landing.get(intake.connection, 1)).decode("utf-8-sig")
    name, telephone = _reporter(answer)
    assert name in answer
    assert telephone in answer
    assert name.encode() not in bytes_on_disk
    assert outcome.quarantined > 0
    with connect(settings().dsn("admin")) as admin:
        assert _tables_that_hold(admin, [name, telephone, telephone[-8:]]) == []


def _reporter(answer: str) -> tuple[str, str]:
    header, first = answer.splitlines()[:2]
    fields = dict(zip(header.split(";"), first.split(";"), strict=False))
    return fields["Nama Pelapor"], fields["Telepon Pelapor"]


def _tables_that_hold(admin: object, needles: list[str]) -> list[str]:
    tables = admin.execute(  # type: ignore[attr-defined]
        "select format('%I.%I', schemaname, tablename) from pg_tables where schemaname not in ('pg_catalog', 'information_schema')"
    ).fetchall()
    assert len(tables) > 15
    return [
        table
        for (table,) in tables
        for needle in needles
        if admin.execute(f"select from {table} as t where t::text like %s limit 1", [f"%{needle}%"]).fetchone()  # type: ignore[attr-defined]
    ]


def _records(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


def _csv(records: list[list[str]]) -> bytes:
    buffer = io.StringIO(newline="")
    csv.writer(buffer, delimiter=";").writerows(records)
    return buffer.getvalue().encode()


def test_a_misspelt_key_names_itself_and_the_right_one(intake: Intake) -> None:
    file = intake.folder / "sources" / "damkar_kejadian.yml"
    file.write_text(file.read_text().replace("freshness:", "freshnes:"))
    with pytest.raises(
        DeclarationError, match=r"damkar_kejadian\.yml.*'freshnes' does not exist; did you mean 'freshness'"
    ):
        get_source("damkar_kejadian")


@pytest.mark.parametrize(
    ("fault", "status", "sentence"),
    [
        ("html", "held", "web page"),
        ("empty", "held", "empty"),
        ("column_lost", "held", "the declared column 'Objek' is missing"),
        ("column_added", "published", "is not declared and was not taken in"),
        ("nul_bytes", "published", None),
        ("wrong_encoding", "published", None),
    ],
)
def test_faults_of_a_csv_source_give_one_clear_sentence(
    intake: Intake, fault: str, status: str, sentence: str | None
) -> None:
    intake.fault("damkar", fault)
    (outcome,) = intake.load("damkar_kejadian")
    assert outcome.status == status, outcome
    if sentence is not None:
        assert outcome.reason is not None
        assert sentence in outcome.reason
    if status == "held":
        assert intake.value("select count(*) from raw.damkar_kejadian__kejadian") == 0
    intake.mend()
    (healed,) = intake.load("damkar_kejadian")
    assert healed.status == "published"
    assert all("the rest of the row" in told for told in healed.warnings), "the city's own slips, of single values"
    assert not healed.stale


def test_a_json_source_that_answers_with_a_web_page_is_held(intake: Intake) -> None:
    intake.fault("bmkg", "html")
    outcomes = intake.load("bmkg_gempa")
    assert {outcome.status for outcome in outcomes} == {"held"}
    assert all("web page" in str(o.reason) and "JSON was expected" in str(o.reason) for o in outcomes)


def test_a_cut_off_workbook_is_held_and_the_other_puskesmas_go_on(intake: Intake) -> None:
    content = intake.get("dinkes/skdr_kuranji.xlsx")
    intake.serve("dinkes/skdr_kuranji.xlsx", content[: len(content) // 2])
    by_part = {outcome.part: outcome for outcome in intake.load("dinkes_skdr")}
    assert by_part["kuranji"].status == "held"
    assert "cut off" in str(by_part["kuranji"].reason)
    assert {o.status for part, o in by_part.items() if part != "kuranji"} == {"published"}
    assert len(by_part) == 23


def test_a_count_that_cannot_be_read_is_unknown_and_its_week_and_disease_stay_known(intake: Intake) -> None:
    """Without its row the disease would be one that the puskesmas had none of."""
    known: list[list[Cell]] = [[2026, week, disease, 7] for week in (39, 40) for disease in ("ISPA", "Suspek Dengue")]
    sheet: list[list[Cell]] = [
        ["Tahun", "Minggu Ke-", "Nama Penyakit", "Jumlah Kasus"],
        *known,
        [2026, 41, "ISPA", 9000],
        [2026, 41, "Suspek Dengue", "1O"],
    ]
    intake.serve("dinkes/skdr_kuranji.xlsx", workbook_bytes({"2026": sheet}, datetime(2026, 10, 19, tzinfo=UTC)))
    outcome = intake.one("dinkes_skdr", "kasus", "kuranji")
    assert (outcome.status, outcome.quarantined, outcome.published) == ("published", 0, 6)
    assert [warning for warning in outcome.warnings if "Jumlah Kasus" in warning]
    unknown = (
        "select minggu, penyakit from raw.dinkes_skdr__kasus where puskesmas = 'kuranji' and kasus is null order by 2"
    )
    assert intake.rows(unknown) == [(41, "ISPA"), (41, "Suspek Dengue")]


def test_what_is_known_of_a_row_that_is_set_aside_is_kept_as_a_gap(intake: Intake) -> None:
    """Neither of two counts wins; a row without its week or disease may be of any that the report does not name."""
    known: list[list[Cell]] = [[2026, week, "ISPA", week] for week in range(1, 41)]
    sheet: list[list[Cell]] = [
        ["Tahun", "Minggu Ke-", "Nama Penyakit", "Jumlah Kasus"],
        *known,
        [2026, 40, "Suspek Dengue", 4],
        [2026, 40, "Suspek Dengue", 9],
        [2026, 77, "Diare Akut", 3],
        [2026, 39, "", 3],
        [2026, "#REF!", "Diare Berdarah", 5],
        [2026, 38, "#REF!", 6],
    ]
    made = datetime(2026, 10, 19, tzinfo=UTC)
    intake.serve("dinkes/skdr_kuranji.xlsx", workbook_bytes({"2026": sheet}, made))
    file = intake.folder / "sources" / "dinkes_skdr.yml"
    file.write_text(file.read_text().replace("    gaps: true\n", "    gaps: true\n    max_quarantined_pct: 20\n"))
    outcome = intake.one("dinkes_skdr", "kasus", "kuranji")
    assert (outcome.status, outcome.quarantined, outcome.published) == ("published", 6, 40)
    twice = (
        "select distinct reason from ops.quarantine where batch_id = %s and payload ->> 'penyakit' = 'Suspek Dengue'"
    )
    assert intake.connection.execute(twice, [outcome.batch_id]).fetchall() == [
        (
            "Kunci (puskesmas, tahun, minggu, penyakit) muncul lebih dari sekali dengan isi berbeda; pastikan satu baris per kunci.",
        )
    ]
    gaps = "select kunci from ops.gap where source = 'dinkes_skdr' and part = 'kuranji' order by kunci::text"
    kept = [
        {"puskesmas": "kuranji", "tahun": 2026, "minggu": 38},
        {"puskesmas": "kuranji", "tahun": 2026, "minggu": 39},
        {"puskesmas": "kuranji", "tahun": 2026, "penyakit": "Diare Berdarah"},
        {"puskesmas": "kuranji", "tahun": 2026, "minggu": 40, "penyakit": "Suspek Dengue"},
        {"puskesmas": "kuranji", "tahun": 2026, "penyakit": "Diare Akut"},
    ]
    found = [row for (row,) in intake.rows(gaps)]
    assert sorted(found, key=str) == sorted(kept, key=str)
    intake.serve("dinkes/skdr_kuranji.xlsx", workbook_bytes({"2026": sheet[:42]}, made))
    assert intake.one("dinkes_skdr", "kasus", "kuranji").status == "published"
    assert intake.rows(gaps) == [], "a later answer tells the whole anew"


def test_a_cell_of_lb1_that_is_missing_or_cannot_be_read_takes_no_other_along(intake: Intake, tmp_path: Path) -> None:
    """What is not there was none, so that a row that is set aside would be too."""
    empty: list[Cell] = [""] * (len(HEADER) - 6)
    sheet: list[list[Cell]] = [
        ["LB1"],
        list(HEADER),
        ["1", "A91", "", 7, "1O", *empty, 17],
        ["2", "A09", "Diare", 1, "", *empty, 1],
    ]
    with zipfile.ZipFile(tmp_path / "LB1 Mei 2026.zip", "w") as file:
        file.writestr("LB1 Alai.xlsx", workbook_bytes({"LB1": sheet}, datetime(2026, 6, 12, tzinfo=UTC)))
    source = get_source("dinkes_lb1")
    answer = trial.answer_of(
        source, "kesakitan", tmp_path / "LB1 Mei 2026.zip", {"part": "Mei 2026", "bulan_arsip": "Mei 2026"}
    )
    with connect(settings().dsn("loader")) as connection:
        one = trial.attempt(connection, intake.parser, source, "kesakitan", answer, part="Mei 2026", rows=9)
    assert (one.quarantined, one.emptied) == (0, 1)
    kept = [tuple(row[name] for name in ("kode_icd", "penyakit", "kelamin", "kasus")) for row in one.rows]
    assert kept == [("A91", None, "L", 7), ("A09", "Diare", "L", 1), ("A91", None, "P", None)]


def test_a_source_that_is_down_says_so_and_the_rest_of_the_city_goes_on(intake: Intake) -> None:
    intake.fault("damkar", "down")
    with pytest.raises(SourceUnavailable, match=r"damkar_kejadian.*did not answer.*tried again"):
        intake.load("damkar_kejadian")
    assert {outcome.status for outcome in intake.load("bmkg_gempa")} == {"published"}


def test_a_held_batch_keeps_the_good_rows_and_a_decision_releases_it(intake: Intake) -> None:
    intake.load("damkar_kejadian")
    good = intake.value("select count(*) from raw.damkar_kejadian__kejadian")
    header, *records = _records(intake.get(DAMKAR))
    worse = [[record[0], "Banjir", *record[2:]] for record in records[:50]]
    intake.serve(DAMKAR, _csv([header, *worse, *records[50:100]]))
    (held,) = intake.load("damkar_kejadian")
    assert held.status == "held"
    assert "break a rule" in str(held.reason)
    assert intake.value("select count(*) from raw.damkar_kejadian__kejadian") == good
    decide()
    (released,) = intake.load("damkar_kejadian")
    assert released.status == "published"
    assert intake.value("select quality from ops.batch order by batch_id desc limit 1") == "peringatan"


def decide(part: str = "kejadian") -> None:
    release(get_source("damkar_kejadian"), "kejadian", part, jabatan="Kepala Diskominfo", alasan="uji")


def test_only_what_is_held_now_and_can_be_read_is_released(intake: Intake) -> None:
    with pytest.raises(BatchHeld, match=r"part 'tahunan', is known, so none is held"):
        decide("tahunan")
    intake.load("damkar_kejadian")
    with pytest.raises(BatchHeld, match=r"is not held: it is 'published' since \d\d-\d\d-\d{4}"):
        decide()
    good = intake.get(DAMKAR)
    intake.fault("damkar", "html")
    assert [outcome.status for outcome in intake.load("damkar_kejadian")] == ["held"]
    with pytest.raises(BatchHeld, match=r"could not be read, so no row of it could be published"):
        decide()
    intake.mend()
    header, *records = _records(good)
    intake.serve(DAMKAR, _csv([header, *([record[0], "Banjir", *record[2:]] for record in records[:50])]))
    assert [outcome.status for outcome in intake.load("damkar_kejadian")] == ["held"]
    intake.serve(DAMKAR, good)
    assert [outcome.status for outcome in intake.load("damkar_kejadian")] == ["unchanged"]
    with pytest.raises(BatchHeld, match=r"is not held: it is 'unchanged'"):
        decide()
    assert intake.value("select count(*) from ops.keputusan") == 0


def test_quarantine_says_where_what_and_why(intake: Intake) -> None:
    header, first, *rest = _records(intake.get(DAMKAR))
    first[header.index("Berangkat")] = "tiga"
    intake.serve(DAMKAR, _csv([header, first, *rest[:60]]))
    intake.load("damkar_kejadian")
    row = intake.rows(
        "select place, column_name, value, reason, opd from ops.quarantine where column_name = 'Berangkat'"
    )
    assert row == [
        (
            "baris 2",
            "Berangkat",
            "tiga",
            "Kolom 'Berangkat' seharusnya jam, misalnya 07:15:00; perbaiki lalu kirim ulang.",
            "damkar",
        )
    ]


@pytest.mark.parametrize(
    ("column", "name", "written", "why"),
    [
        ("Armada", "armada_unit", "tiga", "expected bilangan bulat, misalnya 1234"),
        ("Armada", "armada_unit", "999", "baris 2: Jumlah armada antara 0 dan 60 unit; the rest"),
        ("Korban Luka", "luka_jiwa", "tiga", "expected bilangan bulat, misalnya 1234"),
        ("Korban Luka", "luka_jiwa", "-4", "Korban luka tidak mungkin negatif"),
        ("Taksiran Kerugian", "kerugian_idr", "besar", "expected bilangan, misalnya 1.234,56"),
        ("Tiba di Lokasi", "tiba_di_lokasi", None, "Tiba di lokasi sebelum informasi diterima, atau lebih dari 3 jam"),
    ],
)
def test_a_bad_value_that_may_be_empty_is_left_out_with_a_footnote_and_its_row_goes_on(
    intake: Intake, column: str, name: str, written: str | None, why: str
) -> None:
    header, first, *rest = _records(intake.get(DAMKAR))
    received = int(first[header.index("Informasi Diterima")][:2])
    first[header.index(column)] = written or f"{(received + 12) % 24:02}:00:00"
    intake.serve(DAMKAR, _csv([header, first, *rest[:60]]))
    (outcome,) = intake.load("damkar_kejadian")
    assert outcome.status == "published" and outcome.read == 61
    told = next(sentence for sentence in outcome.warnings if f"column '{column}'" in sentence)
    assert re.match(rf"\d+ values? of column '{column}' left out, the first in ", told) and why in told
    kept = intake.rows(f"select {name} from raw.damkar_kejadian__kejadian where no_kejadian = '{first[0]}'")
    assert kept == [(None,)]
    assert intake.value(f"select count(*) from ops.quarantine where column_name = '{column}'") == 0
    assert intake.value("select quality from ops.batch order by batch_id desc limit 1") == "peringatan"
    doubtful = "select count(*) from ops.batch_span where rows_doubtful > 0 and batch_id = (select max(batch_id) from ops.batch)"
    assert intake.value(doubtful) != 0, "figures of that time are provisional"


def test_a_column_that_loses_most_of_its_values_to_a_rule_has_changed_and_holds_the_batch(intake: Intake) -> None:
    header, *records = _records(intake.get(DAMKAR))
    at = header.index("Korban Luka")
    wrong = [[*record[:at], "-1", *record[at + 1 :]] for record in records[:40]]
    intake.serve(DAMKAR, _csv([header, *wrong, *records[40:60]]))
    (held,) = intake.load("damkar_kejadian")
    assert held.status == "held"
    assert "values of column 'luka_jiwa' break a rule" in str(held.reason) and "seems to have changed" in str(
        held.reason
    )


@pytest.mark.parametrize("column", ["informasi_diterima", "tidak_ada"])
def test_a_rule_empties_only_what_may_be_empty(intake: Intake, column: str) -> None:
    file = intake.folder / "expectations" / "damkar_kejadian.yml"
    file.write_text(file.read_text().replace("empties: [tiba_di_lokasi]", f"empties: [{column}]"))
    with pytest.raises(DeclarationError, match=rf"'empties' of kejadian names '{column}', which is no column"):
        expectations(get_source("damkar_kejadian"))


def test_a_batch_of_which_no_row_is_left_is_held_however_many_may_break_a_rule(intake: Intake) -> None:
    file = intake.folder / "sources" / "damkar_kejadian.yml"
    file.write_text(file.read_text().replace("volume: {min: 1,", "max_quarantined_pct: 100\n    volume: {min: 1,"))
    header, *records = _records(intake.get(DAMKAR))
    at = header.index("Kode Kelurahan")
    foreign = [[*record[:at], "32.73.01.1001", *record[at + 1 :]] for record in records[:12]]
    intake.serve(DAMKAR, _csv([header, *foreign]))
    (held,) = intake.load("damkar_kejadian")
    assert held.status == "held"
    assert "all of 12 rows break a rule and none is left to publish, see ops.quarantine" in str(held.reason)
    intake.serve(DAMKAR, _csv([header, *foreign, records[13]]))
    (published,) = intake.load("damkar_kejadian")
    assert (published.status, published.published) == ("published", 1)
    assert (published.read, published.quarantined) == (13, 12)


def test_a_changed_expectation_judges_the_same_bytes_anew_and_is_named(intake: Intake) -> None:
    intake.load("bmkg_gempa")
    file = intake.folder / "expectations" / "bmkg_gempa.yml"
    text = file.read_text()
    assert "value_set: [autogempa, gempaterkini, gempadirasakan]" in text
    file.write_text(text.replace("value_set: [autogempa, gempaterkini, gempadirasakan]", "value_set: [autogempa]"))
    by_part = {outcome.part: outcome for outcome in intake.load("bmkg_gempa")}
    assert by_part["gempaterkini"].status == "held"
    assert "expect_column_values_to_be_in_set on feed" in str(by_part["gempaterkini"].reason)


@pytest.mark.parametrize(
    ("found", "status"), [("< 0", "published"), ("> 0", "held")], ids=["nothing found", "rows found"]
)
def test_a_rule_that_is_a_query_is_run_once(intake: Intake, found: str, status: str) -> None:
    """The query counts the rows that it looks at."""
    intake.change("create sequence stage.looked; grant usage on sequence stage.looked to public")
    query = f"select _row from {{batch}} where nextval('stage.looked') {found}"
    rule = f'{{type: unexpected_rows_expectation, kwargs: {{unexpected_rows_query: "{query}"}}, quarantine: true, reason: Uji.}}'
    (intake.folder / "expectations" / "damkar_kejadian.yml").write_text(f"kejadian:\n  - {rule}\n")
    try:
        (outcome,) = intake.load("damkar_kejadian")
        with psycopg.connect(settings().dsn("admin")) as owner:
            [(looked,)] = owner.execute("select last_value from stage.looked").fetchall()
    finally:
        intake.change("drop sequence stage.looked")
    assert outcome.status == status, outcome.reason
    assert 0.99 * outcome.read < looked <= outcome.read, "a few rows have no type, and are not looked at"


def test_one_changed_digit_in_the_archive_is_named(intake: Intake) -> None:
    intake.load("bmkg_gempa")
    objects = sorted(p for p in (intake.folder / "landing").rglob("*") if p.is_file())
    content = bytearray(objects[0].read_bytes())
    content[len(content) // 2] ^= 1
    objects[0].write_bytes(content)
    with pytest.raises(IntegrityError, match=r"bmkg_gempa.*was changed after it was archived"):
        verify_all()


def test_one_changed_figure_in_raw_is_named(intake: Intake) -> None:
    intake.load("kpu_sirekap")
    intake.rows(
        "update raw.kpu_sirekap__suara set suara = suara + 1 where ctid in (select ctid from raw.kpu_sirekap__suara limit 1) returning 1"
    )
    with pytest.raises(IntegrityError, match=r"raw\.kpu_sirekap__suara holds .* other values"):
        verify_all()


def test_a_second_loader_of_the_same_source_is_refused(intake: Intake) -> None:
    with exclusive(get_source("bmkg_gempa")), pytest.raises(SourceBusy, match="being loaded by another process"):
        intake.load("bmkg_gempa")


def test_a_declared_type_that_changed_is_refused(intake: Intake) -> None:
    file = intake.folder / "sources" / "bmkg_gempa.yml"
    file.write_text(file.read_text().replace("source: Magnitude, type: numeric", "source: Magnitude, type: integer"))
    with pytest.raises(DeclarationError, match=r"magnitudo.*declared type is bigint, but .* numeric"):
        create_raw_tables(intake.connection, get_source("bmkg_gempa"))


@pytest.mark.parametrize(
    ("table", "is_unique", "columns"),
    [
        ("damkar_kejadian__kejadian", True, ["no_kejadian"]),
        ("dinkes_skdr__kasus", True, ["_part", "puskesmas", "tahun", "minggu", "penyakit"]),
        (
            "kpu_sirekap__suara",
            False,
            ["pemilihan", "tingkat_data", "kode_wilayah", "paslon_id", "_part", "_batch_id"],
        ),
    ],
)
def test_the_key_of_a_table_is_its_index(intake: Intake, table: str, is_unique: bool, columns: list[str]) -> None:
    """One row per key where rows are replaced, within a part where a part is; an observation may come again."""
    query = (
        "select i.indisunique, array_agg(a.attname::text order by a.attnum) from pg_index as i join pg_attribute as a "
        f"on a.attrelid = i.indexrelid where i.indexrelid = 'raw.{table}__key'::regclass group by 1"
    )
    found = intake.rows(query)
    assert found == [(is_unique, columns)]


def test_a_declared_key_that_changed_is_refused(intake: Intake) -> None:
    file = intake.folder / "sources" / "kpu_rekap.yml"
    declared = "key: [pemilihan, tahun, status, kode_wilayah, nomor_urut]"
    assert declared in file.read_text()
    file.write_text(file.read_text().replace(declared, "key: [pemilihan, tahun, status, kode_wilayah]"))
    with pytest.raises(DeclarationError, match=r"rekap\.key.*keyed on kode_wilayah, nomor_urut.*from the archive"):
        create_raw_tables(intake.connection, get_source("kpu_rekap"))


LOADER = """
import os, sys
import great_expectations
from command_center.declaration.registry import get_source
from command_center.intake import ingest, load

def told(name):
    step = getattr(load, name)
    def telling(*arguments):
        print(name, os.getpid(), flush=True)
        return step(*arguments)
    return telling

for name in sys.argv[1:]:
    setattr(load, name, told(name))
for _ in sys.stdin:
    if (child := os.fork()) == 0:
        ingest.ingest(get_source("damkar_kejadian"), run_id="child")
        os._exit(0)
    print("ended by signal", os.WTERMSIG(os.waitpid(child, 0)[1]), flush=True)
"""
STEPS = ("_stage", "_check", "_audit", "_set_aside", "_publish_or_hold", "_finish")


def test_a_killed_loader_loses_nothing_and_the_retry_is_exact(intake: Intake) -> None:
    """It is killed in a later step each time; whatever it had done, the retry ends with the same rows."""
    header, *records = _records(intake.get(DAMKAR))
    copies = [[f"{record[0]}-{n}", *record[1:]] for n in range(2) for record in records]
    intake.serve(DAMKAR, _csv([header, *copies]))
    with connect(settings().dsn("loader")) as connection:
        began = database_time(connection)
    argv = [sys.executable, "-c", LOADER, *STEPS]  # it imports once, and loads in a process of its own each time
    with subprocess.Popen(argv, env=os.environ | {"PYTHONPATH": "dags"}, stdin=PIPE, stdout=PIPE, text=True) as loader:
        assert loader.stdin is not None and loader.stdout is not None
        for step in STEPS:
            print("load", file=loader.stdin, flush=True)
            begun = next(line for line in loader.stdout if line.startswith((step, "ended")))
            assert begun.startswith(step), begun
            time.sleep(
                0 if step in STEPS[-2:] else 0.02
            )  # into the step; the last two may be over before the kill comes
            os.kill(int(begun.split()[1]), signal.SIGKILL)
            assert next(line for line in loader.stdout if line.startswith("ended")) == "ended by signal 9\n"
            _wait_until_free(intake)
            if step != "_finish":  # which may have been quicker
                assert intake.value("select max(status) from ops.batch") == "loading", step
        loader.stdin.close()
    (outcome,) = intake.load("damkar_kejadian", force=True)
    assert outcome.status == "published"
    assert outcome.read == len(copies)
    assert intake.value("select count(*) from raw.damkar_kejadian__kejadian") == outcome.read - outcome.quarantined
    assert intake.value("select count(*) from ops.batch where status = 'loading'") == 0
    assert intake.value("select count(*) > 3 from ops.batch where status = 'failed'") is True
    with connect(settings().dsn("loader")) as connection:
        (tally,) = (one for one in batch.tallies(connection, began) if one.source == "damkar_kejadian")
    assert (tally.failed, tally.held, tally.reason) == (0, 0, None), "what was loaded in the end did not fail"
    assert "as they were published" in verify_all()


def _wait_until_free(intake: Intake) -> None:
    """PostgreSQL notices a dead client only when it next writes to it."""
    for _ in range(600):
        busy = intake.value("select count(*) from pg_locks where locktype = 'advisory'")
        if busy == 0:
            return
        time.sleep(0.1)
    pytest.fail("A killed loader's session did not end within a minute.")
