"""What several files of one table say of each other, and of their own names."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from command_center.database import connect
from command_center.declaration.registry import get_source
from command_center.extract.isolated import Parser
from command_center.intake import stage, trial
from command_center.intake.ddl import create_raw_tables
from command_center.intake.outcome import Outcome
from command_center.intake.release import release
from command_center.operate.maintain import verify_all
from command_center.paths import ROOT
from command_center.settings import settings
from psycopg import sql

from tests.integration.conftest import Intake

SOURCE = """
source: uji_setoran
title: Setoran
opd: uji
opd_name: Dinas Uji
description: Payments, a file per month or per year.
owner: Kepala Dinas Uji
steward: Sekretaris Dinas Uji
deputy_steward: Kasubbag Program Dinas Uji
legal_basis: [UU 1/2026]
maturity: 1
schedule: null
freshness: P70D
connection: {id: uji_setoran, address: "file://%s"}
extract:
  kind: csv
  requests:
    - {part: "{periode}", path: ".", files: 'setoran (?P<periode>.+)\\.csv', tables: [setoran]}
tables:
  setoran:
    description: One row per payment.
    mode: snapshot
    key: [nomor]
    partitioned: %s
    across_parts: aside
    volume: {min: 1, max: 100, min_pct_of_last: 0}
    max_quarantined_pct: 40
    columns:
      - {name: nomor, source: nomor, required: true, classification: publik, description: "Nomor"}
      - {name: hari, source: hari, type: date, within: periode, classification: publik, description: "Hari"}
      - {name: nilai, source: nilai, type: integer, classification: publik, description: "Nilai"}
"""
MOMENTS = iter(range(1_700_000_000, 1_800_000_000, 60))  # of files: each is newer than the one before, and long closed


@dataclass
class Deposits:
    """A folder of files, and what becomes of them."""

    intake: Intake
    folder: Path

    def put(self, period: str, *rows: str) -> Outcome:
        file = self.folder / f"setoran {period}.csv"
        file.write_text("\n".join(["nomor,hari,nilai", *rows, ""]))
        os.utime(file, (moment := next(MOMENTS), moment))
        return self.intake.one("uji_setoran", "setoran", period)

    def published(self) -> list[tuple[object, ...]]:
        assert "as they were published" in verify_all()
        return self.intake.rows("select _part, nomor, nilai from raw.uji_setoran__setoran order by 1, 2")

    def reasons(self) -> set[tuple[object, ...]]:
        return set(self.intake.rows("select row_number, reason from ops.quarantine where source = 'uji_setoran'"))


@pytest.fixture(params=["false", "true"], ids=["one table", "a table for each part"])
def deposits(intake: Intake, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Deposits]:
    folder = tmp_path / "setoran"
    folder.mkdir()
    (intake.folder / "sources" / "uji_setoran.yml").write_text(SOURCE % (folder, request.param))
    (intake.folder / "expectations" / "uji_setoran.yml").write_text("setoran: []\n")
    create_raw_tables(intake.connection, get_source("uji_setoran"))
    intake.connection.commit()
    yield Deposits(intake, folder)
    intake.connection.rollback()
    with connect(settings().dsn("admin")) as connection:
        connection.execute("drop table raw.uji_setoran__setoran; delete from ops.raw_state where table_name ~ '^uji_'")


def test_a_row_that_another_part_has_is_set_aside_and_many_hold_the_batch(deposits: Deposits) -> None:
    deposits.put("2026-10", "a,2026-10-30,1", "b,2026-10-31,2")
    november = deposits.put("2026-11", "b,2026-11-01,7", "c,2026-11-02,3", "d,2026-11-03,4")
    assert (november.status, november.published, november.quarantined) == ("published", 2, 1)
    assert november.reason == "1 row has a key (nomor) that part '2026-10' has already; it was set aside."
    reason = "Kunci (nomor) sudah ada di bagian '2026-10'; satu baris hanya boleh ada di satu berkas."
    assert deposits.reasons() == {(1, reason)}
    months = [("2026-10", "a", 1), ("2026-10", "b", 2), ("2026-11", "c", 3), ("2026-11", "d", 4)]
    assert deposits.published() == months

    year = deposits.put("2026", "a,2026-10-30,10", "b,2026-10-31,20", "c,2026-11-02,30", "e,2026-12-01,50")
    assert year.status == "held" and year.reason is not None
    assert year.reason.startswith(
        "uji_setoran.setoran, part '2026': 2 rows have a key (nomor) that part '2026-10' has already; "
        "1 row has a key (nomor) that part '2026-11' has already; 3 of 4 rows break a rule"
    )
    assert deposits.published() == months, "the months stand"

    release(get_source("uji_setoran"), "setoran", "2026", jabatan="Sekretaris Dinas Uji", alasan="Rekap setahun.")
    released = deposits.put("2026", "a,2026-10-30,10", "b,2026-10-31,20", "c,2026-11-02,30", "e,2026-12-01,50")
    assert (released.status, released.published, released.deleted) == ("published", 4, 3)
    year_and_rest = [("2026", "a", 10), ("2026", "b", 20), ("2026", "c", 30), ("2026", "e", 50), ("2026-11", "d", 4)]
    assert deposits.published() == year_and_rest, "what a person released takes the place of the same keys"


def test_keys_at_the_edges_of_other_parts_are_found_and_parts_beyond_are_not_looked_through(deposits: Deposits) -> None:
    deposits.put("2026-07", "a,2026-07-01,1", "b,2026-07-02,1")
    deposits.put("2026-08", "e,2026-08-02,1", "c,2026-08-01,1")
    deposits.put("2026-09", "m,2026-09-01,1", "z,2026-09-02,1")
    october = deposits.put("2026-10", *(f"{number},2026-10-01,1" for number in ("m", "g", "f", "e", "h", "i")))
    assert (october.status, october.published, october.quarantined) == ("published", 4, 2)
    assert october.reason == (
        "1 row has a key (nomor) that part '2026-08' has already; it was set aside. "
        "1 row has a key (nomor) that part '2026-09' has already; it was set aside."
    )
    connection = deposits.intake.connection
    staged = stage.Stage(2**40, get_source("uji_setoran").tables["setoran"], settings().now())
    connection.execute(sql.SQL("create table {} (nomor text)").format(staged.typed))
    connection.execute(sql.SQL("insert into {} values ('i'), (null), ('d')").format(staged.typed))
    assert stage._parts_beside(connection, staged, "uji_setoran__setoran", "2026-11") == ["2026-08", "2026-10"]
    connection.execute(sql.SQL("truncate {}").format(staged.typed))
    assert stage._parts_beside(connection, staged, "uji_setoran__setoran", "2026-11") == []


def test_where_it_is_declared_the_newest_part_wins(deposits: Deposits) -> None:
    file = deposits.intake.folder / "sources" / "uji_setoran.yml"
    file.write_text(file.read_text().replace("across_parts: aside", "across_parts: newest"))
    deposits.put("2026-10", "a,2026-10-30,1", "b,2026-10-31,2")
    year = deposits.put("2026", "b,2026-10-31,20")
    assert (year.status, year.published, year.deleted, year.quarantined) == ("published", 1, 1, 0)
    assert deposits.published() == [("2026", "b", 20), ("2026-10", "a", 1)]
    deposits.put("2026-10", "a,2026-10-30,1", "b,2026-10-31,3")
    assert deposits.published() == [("2026-10", "a", 1), ("2026-10", "b", 3)]


@pytest.mark.parametrize("period", ["2026-10", "Oktober 2026", "2 2026", "2026"])
def test_days_outside_the_period_of_the_files_name_are_set_aside_and_many_hold_the_batch(
    deposits: Deposits, period: str
) -> None:
    right = deposits.put(period, "a,2026-10-01,1", "b,2026-10-31,2", "c,2025-10-05,3")
    assert (right.status, right.published, right.quarantined) == ("published", 2, 1)
    assert right.reason == f"the file's name tells '{period}', but 'hari' says 2025-10-05 in 1 row; it was set aside."
    wrong = deposits.put(period, "a,2025-09-30,1", "b,2025-10-31,2")
    assert wrong.status == "held" and wrong.reason is not None
    assert (
        f"part '{period}': the file's name tells '{period}', but 'hari' says 2025-09-30 to 2025-10-31 in 2 rows; all of 2 rows break a rule"
    ) in wrong.reason
    assert len(deposits.published()) == 2


def test_a_file_whose_name_tells_no_period_is_held(deposits: Deposits) -> None:
    outcome = deposits.put("2026-13", "a,2026-10-01,1")
    assert outcome.status == "held" and outcome.reason is not None
    assert "the file's name tells '2026-13', expected a period like 2026, 2026-10" in outcome.reason
    assert deposits.published() == []


def test_a_file_whose_name_was_written_otherwise_is_told_with_the_last_batch_until_it_is_mended(
    deposits: Deposits,
) -> None:
    assert deposits.put("2026-10", "a,2026-10-30,1").reason is None
    other = deposits.folder / "Setoran 2026-11.csv"
    other.write_text("nomor,hari,nilai\nb,2026-11-01,2\n")
    for _ in range(2):  # nothing else is new
        [outcome] = deposits.intake.load("uji_setoran")
        assert outcome.status == "unchanged"
        assert outcome.reason == (
            "uji_setoran: 1 file was not read, for no 'files' matches 'Setoran 2026-11.csv' in "
            f"{deposits.folder.as_uri()}; ask the steward for other names, or mend 'files'"
        )
    other.unlink()
    assert [one.reason for one in deposits.intake.load("uji_setoran")] == [None]


@pytest.mark.parametrize(
    ("source", "table", "file", "renamed", "sentence"),
    [
        ("adpem_rfk", "kegiatan", "RFK_2026-05.xlsx", "RFK_2026-06.xlsx", "'2026-06', but '@bulan' says 2026-05-01 in"),
        (
            "dukcapil_dkb",
            "penduduk",
            "DKB Semester 1 2026.xlsx",
            "DKB Semester 2 2026.xlsx",
            "'2 2026', but '@per_tanggal' says 2026-06-30 in",
        ),
        (
            "kelurahan_bulanan",
            "isian",
            "Form Kelurahan Mei 2026.zip",
            "Form Kelurahan Juni 2026.zip",
            "'Juni 2026', but '@bulan' says 2026-05-01 in",
        ),
        (
            "dinkes_lb1",
            "kesakitan",
            "LB1 Mei 2026.zip",
            "LB1 Juni 2026.zip",
            "'Juni 2026', but '@bulan' says 2026-05-01 in",
        ),
        (
            "dinkes_spm",
            "layanan",
            "SPM Kesehatan Mei 2026.xls",
            "SPM Kesehatan Juni 2026.xls",
            "'Juni 2026', but '@bulan' says 2026-05-01 in",
        ),
        (
            "diskominfo_lapor",
            "laporan",
            "LAPOR_2026-05.xlsx",
            "LAPOR_2025.xlsx",
            "'2025', but 'Tanggal Laporan Masuk' says",
        ),
    ],
)
def test_last_months_workbook_under_a_new_name_is_held(
    intake: Intake, parser: Parser, source: str, table: str, file: str, renamed: str, sentence: str
) -> None:
    declared, path = get_source(source), ROOT / "tests" / "fixtures" / source / file
    for name, is_told in ((file, False), (renamed, True)):
        known = trial.match_file(declared, name).known
        answer = trial.answer_of(declared, table, path, known)
        found = trial.attempt(intake.connection, parser, declared, table, answer)
        assert (found.held is not None and f"the file's name tells {sentence}" in found.held) is is_told, found.held


def test_a_title_without_a_month_leaves_it_to_the_files_name(intake: Intake, parser: Parser, tmp_path: Path) -> None:
    declared, path = get_source("dinkes_spm"), tmp_path / "SPM Kesehatan Agt 2026.xls"
    sent = (ROOT / "tests/fixtures/dinkes_spm/SPM Kesehatan Mei 2026.xls").read_bytes()
    path.write_bytes(sent.replace(b"SPM Bidang Kesehatan Mei 2026", b"SPM Bidang Kesehatan Tahun 2026"))
    answer = trial.answer_of(declared, "layanan", path, trial.match_file(declared, path.name).known)
    found = trial.attempt(intake.connection, parser, declared, "layanan", answer, rows=9)
    assert {row["bulan"] for row in found.rows} == {date(2026, 8, 1)}


@pytest.mark.parametrize(("withdrawn_from", "kept"), [("row", {"a", "b"}), ("part", {"b"})])
def test_the_oldest_row_of_a_part_is_withdrawn_too_where_the_part_holds_all_of_it(
    deposits: Deposits, withdrawn_from: str, kept: set[str]
) -> None:
    file = deposits.intake.folder / "sources" / "uji_setoran.yml"
    register = f"mode: register\n    window_column: hari\n    withdrawn_from: {withdrawn_from}"
    text = file.read_text().replace("mode: snapshot", register).replace("    across_parts: aside\n", "")
    text = text.replace("    partitioned: true\n", "")
    file.write_text(text.replace("type: date,", "type: date, required: true,"))
    with connect(settings().dsn("admin")) as connection:
        connection.execute("drop table raw.uji_setoran__setoran")
    create_raw_tables(deposits.intake.connection, get_source("uji_setoran"))
    deposits.intake.connection.commit()

    def numbers() -> set[object]:
        return {number for _, number, _ in deposits.published()}

    deposits.put("2026-09", "z,2026-09-30,1")
    deposits.put("2026-10", "a,2026-10-01,1", "b,2026-10-31,2")
    deposits.put("2026-10", "b,2026-10-31,2")
    assert numbers() == {"z"} | kept
    # The year takes the place of its months: the oldest row of another file goes too.
    deposits.put("2026", "a,2026-10-01,1", "b,2026-10-31,2")
    assert numbers() == {"a", "b"} | ({"z"} if withdrawn_from == "row" else set())
    deposits.put("2026")
    assert numbers() >= {"b"}, "an answer without rows withdraws nothing"


@pytest.mark.parametrize(
    ("told", "names"),
    [
        ("loose: true", ("Air Dingin", "AIR  DINGIN", "Air_Dingin", "Air Tawar")),
        ("references: kelurahan_name", ("Bandar Buat", "Kel. Bandar-Buat", "Bandarbuat", "Air Pacah")),
    ],
)
def test_a_name_that_is_written_otherwise_is_the_same_name(
    deposits: Deposits, told: str, names: tuple[str, str, str, str]
) -> None:
    file = deposits.intake.folder / "sources" / "uji_setoran.yml"
    file.write_text(
        file.read_text().replace("source: nomor, required: true,", f"source: nomor, required: true, {told},")
    )
    first, twice, other, alone = names
    once = deposits.put("2026-10", f"{first},2026-10-01,1", f"{twice},2026-10-01,1", f"{alone},2026-10-02,2")
    assert (once.status, once.published, once.unchanged, once.quarantined) == ("published", 2, 1, 0)
    assert deposits.published() == sorted([("2026-10", first, 1), ("2026-10", alone, 2)])
    more = (f"{name},2026-10-03,3" for name in ("Andalas", "Kuranji", "Alai Parak Kopi"))
    differing = deposits.put(
        "2026-10", f"{first},2026-10-01,1", f"{other},2026-10-01,7", f"{alone},2026-10-02,2", *more
    )
    assert (differing.status, differing.quarantined) == ("published", 2), "which of the two is right nobody can tell"
    assert {name for _, name, _ in deposits.published()} == {alone, "Andalas", "Kuranji", "Alai Parak Kopi"}
