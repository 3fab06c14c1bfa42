"""A raw table whose parts are tables of their own holds, and tells, what one table would."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from command_center.database import all_values, connect
from command_center.declaration.registry import get_source
from command_center.intake import publication
from command_center.intake.ddl import create_raw_tables
from command_center.intake.outcome import Outcome
from command_center.intake.partition import Partition
from command_center.intake.retention import remove_expired
from command_center.operate.maintain import verify_all
from command_center.personal_key import Trace
from command_center.settings import settings
from command_center.warehouse import person

from tests.integration.conftest import Intake

ONE, MANY = "uji_utuh", "uji_bagian"
SOURCE = """
source: {source}
title: Hitungan
opd: uji
opd_name: Dinas Uji
description: Counts, a file per month.
owner: Kepala Dinas Uji
steward: Sekretaris Dinas Uji
deputy_steward: Kasubbag Program Dinas Uji
legal_basis: [UU 1/2026]
maturity: 1
schedule: null
freshness: P70D
retention: {{curated_years: 1}}
connection: {{id: {source}, address: "file://{folder}"}}
extract:
  kind: csv
  requests:
    - {{part: "{{bulan}}", path: ".", files: 'hitung (?P<bulan>.+)\\.csv', tables: [hitung], period: bulan}}
tables:
  hitung:
    description: One row per place and moment.
    mode: snapshot
    key: [mulai, tempat]
    partitioned: {partitioned}
    volume: {{min: 1, max: 5000, min_pct_of_last: 0}}
    max_quarantined_pct: 40
    max_deleted_pct: 60
    as_of: mulai
    columns:
      - {{name: mulai, source: mulai, type: timestamptz, required: true, within: bulan, future: refused, classification: publik, description: "Mulai"}}
      - {{name: tempat, source: tempat, required: true, classification: publik, description: "Tempat"}}
      - {{name: jumlah, source: jumlah, type: integer, on_bad: row, classification: publik, description: "Jumlah"}}
      - {{name: nilai, source: nilai, type: numeric, classification: publik, description: "Nilai"}}
"""
RULES = """
hitung:
  - {type: expect_column_values_to_be_between, kwargs: {column: jumlah, max_value: 900}, quarantine: true, reason: Terlalu banyak.}
  - {type: unexpected_rows_expectation, kwargs: {unexpected_rows_query: "select _row from {batch} where nilai > 900"}, quarantine: true, empties: [nilai], reason: Terlalu tinggi.}
  - {type: unexpected_rows_expectation, kwargs: {unexpected_rows_query: "select _row from {batch} where nilai > 800"}, severity: warning, reason: Tinggi.}
"""
GOOD = [f"2026-10-{n // 24 + 1:02}T{n % 24:02}:00:00+07:00,Simpang {n % 7},{n},{n / 4:.2f}" for n in range(600)]
MIXED = [
    *GOOD,
    '2026-10-29T01:00:00+07:00,"Lima, enam",5,1',  # to be typed apart
    "2026-10-29T02:00:00+07:00,Simpang 1,banyak,1",
    "2026-10-29T03:00:00+07:00,Simpang 1,901,1",
    "2026-10-29T04:00:00+07:00,Simpang 1,1,950",
    "2026-10-29T05:00:00+07:00,Simpang 1,1,850",
    "2026-10-29T06:00:00+07:00,Simpang 1,1,tinggi",
    "2026-10-29T07:00:00+07:00,Simpang 1,1,1",
    "2026-10-29T07:00:00+07:00,Simpang 1,1,1",  # the same again
    "2026-10-29T08:00:00+07:00,Simpang 1,1,1",
    "2026-10-29T08:00:00+07:00,Simpang 1,2,1",  # one of them is wrong
    "2026-11-02T08:00:00+07:00,Simpang 1,2,1",  # of another month
]
ONE_LANE = [f'"{line.replace(",", chr(34) + "," + chr(34))}"' for line in MIXED[:-9]]
MOMENTS = iter(range(1_700_000_000, 1_800_000_000, 60))
TOLD = {
    "rows": "select {names} from raw.{source}__hitung order by _part, mulai, tempat, _row",
    "marks": "select row_number, column_name, value, reason, payload::text from ops.quarantine where source = '{source}' order by 1, 2, 4",
    "spans": "select s.since, s.until, s.rows_read, s.rows_doubtful from ops.batch_span as s join ops.batch using (batch_id) "
    "where source = '{source}' order by batch_id, 1, 2",
    "batches": "select part, status, replace(reason, '{source}', ''), rows_read, rows_published, rows_unchanged, rows_quarantined, "
    "rows_deleted, rows_ignored, data_from, data_as_of, quality from ops.batch where source = '{source}' order by batch_id",
    "state": "select row_count from ops.raw_state where table_name = '{source}__hitung'",
    "sum": "select bit_xor(hash_record_extended(row({names}), 0)) from raw.{source}__hitung",
    "changes": "select kunci::text from ops.raw_change where table_name = '{source}__hitung' order by 1",
}
NAMES = "mulai, tempat, jumlah, nilai, _row, _part, _is_simulasi"


@dataclass
class Both:
    """The same files for a table of each kind."""

    intake: Intake
    folder: Path

    def put(self, month: str, lines: list[str]) -> tuple[Outcome, Outcome]:
        file = self.folder / f"hitung {month}.csv"
        file.write_text("\n".join(["mulai,tempat,jumlah,nilai", *lines, ""]))
        os.utime(file, (moment := next(MOMENTS), moment))
        one, many = (self.intake.one(source, "hitung", month) for source in (ONE, MANY))
        return one, many

    def told(self, source: str) -> dict[str, list[tuple[object, ...]]]:
        return {what: self.intake.rows(query.format(source=source, names=NAMES)) for what, query in TOLD.items()}

    def agree(self) -> None:
        one, many = self.told(ONE), self.told(MANY)
        for what in TOLD:
            assert one[what] == many[what], what
        assert "as they were published" in verify_all()

    def parts(self) -> list[str]:
        query = "select inhrelid::regclass::text from pg_inherits where inhparent = %s::regclass order by 1"
        found = all_values(self.intake.connection, str, query, [f"raw.{MANY}__hitung"])
        self.intake.connection.commit()
        return found


def part(month: str) -> str:
    return f"raw_parts.{Partition(f'{MANY}__hitung', month).name}"


def declare(intake: Intake, folder: Path, source: str, *, partitioned: bool) -> None:
    text = SOURCE.format(source=source, folder=folder, partitioned=str(partitioned).lower())
    (intake.folder / "sources" / f"{source}.yml").write_text(text)
    (intake.folder / "expectations" / f"{source}.yml").write_text(RULES)
    create_raw_tables(intake.connection, get_source(source))
    intake.connection.commit()


@pytest.fixture
def both(intake: Intake, tmp_path: Path) -> Iterator[Both]:
    folder = tmp_path / "hitung"
    folder.mkdir()
    for source in (ONE, MANY):
        declare(intake, folder, source, partitioned=source == MANY)
    yield Both(intake, folder)
    intake.connection.rollback()
    with connect(settings().dsn("admin")) as connection:
        for source in (ONE, MANY):
            connection.execute(f"drop table if exists raw.{source}__hitung".encode())
        connection.execute("delete from ops.raw_state where table_name ~ '^uji_'")


@pytest.mark.parametrize("lines", [GOOD, MIXED, ONE_LANE], ids=["good rows", "bad rows among them", "one lane"])
def test_a_new_part_is_attached_and_holds_what_is_inserted_elsewhere(both: Both, lines: list[str]) -> None:
    one, many = both.put("2026-10", lines)
    assert one.status == many.status == "published", (one.reason, many.reason)
    both.agree()
    assert both.parts() == [part("2026-10")]
    indexes = both.intake.rows(
        f"select indexrelid::regclass::text from pg_index where indrelid = '{part('2026-10')}'::regclass"
    )
    assert len(indexes) == 2, "those of the raw table, and none beside"
    [(kind,)] = both.intake.rows(f"select relpersistence::text from pg_class where oid = '{part('2026-10')}'::regclass")
    assert kind == "p"


def test_what_was_set_aside_in_a_new_part_is_not_in_it(both: Both) -> None:
    _, many = both.put("2026-10", MIXED)
    assert (many.read, many.published, many.quarantined, many.unchanged) == (611, 605, 5, 1), many.reason
    both.agree()
    [(gone,)] = both.intake.rows(f"select count(*) from raw.{MANY}__hitung where nilai is null")
    assert gone == 2, "of these the value was left out"


def test_the_same_part_again_is_changed_row_by_row(both: Both) -> None:
    both.put("2026-10", GOOD)
    both.put("2026-09", [line.replace("2026-10", "2026-09") for line in GOOD[:100]])
    changed = [line.replace("Simpang 3", "Simpang 8") for line in GOOD[:-9]] + ["2026-10-30T07:00:00+07:00,Baru,1,"]
    one, many = both.put("2026-10", changed)
    assert (many.published, many.deleted, many.unchanged) == (one.published, one.deleted, one.unchanged)
    assert many.published > 1 and many.deleted > 9
    assert both.told(MANY)["changes"] != []
    both.agree()
    assert both.parts() == sorted([part("2026-09"), part("2026-10")])

    again = [one.status for one in both.put("2026-10", changed)]
    assert again == ["unchanged", "unchanged"]
    for source in (ONE, MANY):
        both.intake.load(source, replay=True, force=True)
    both.agree()


def test_a_held_batch_leaves_nothing_and_comes_again(both: Both) -> None:
    statuses = {
        one.status for one in both.put("2026-10", [line.replace(",Simpang", ",") for line in GOOD[:5]] + ["x,,,"] * 9)
    }
    assert statuses == {"held"}
    assert both.parts() == [] and _standing(both.intake) == []
    assert {one.status for one in both.put("2026-10", GOOD)} == {"published"}
    both.agree()


def test_a_reader_of_the_whole_holds_nobody_up(both: Both) -> None:
    both.put("2026-09", [line.replace("2026-10", "2026-09") for line in GOOD])
    with connect(settings().dsn("transformer")) as reader:
        before = reader.execute(f"select count(*) from raw.{MANY}__hitung".encode()).fetchone()
        both.intake.connection.execute("set lock_timeout = '5s'")
        assert {one.status for one in both.put("2026-10", GOOD)} == {"published"}
        after = reader.execute(f"select count(*) from raw.{MANY}__hitung".encode()).fetchone()
        assert (before, after) == ((600,), (1200,))
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            reader.execute(f"select from {part('2026-10')}".encode())
    both.agree()


def test_an_error_after_the_part_was_attached_leaves_nothing(both: Both, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise psycopg.OperationalError("The line is cut.")

    with monkeypatch.context() as patch:
        patch.setattr(publication, "analyze_grown", fails)
        with pytest.raises(psycopg.OperationalError, match="The line is cut"):
            both.put("2026-10", GOOD)
    statuses = "select status from ops.batch where source in ('uji_utuh', 'uji_bagian') order by batch_id"
    assert both.intake.rows(statuses) == [("published",), ("failed",)]
    assert both.parts() == [] and _standing(both.intake) == []
    assert both.intake.value(f"select count(*) from raw.{MANY}__hitung") == 0
    assert both.intake.one(MANY, "hitung", "2026-10").published == 600
    assert both.told(ONE)["rows"] == both.told(MANY)["rows"]
    assert "as they were published" in verify_all()


def test_a_table_that_is_there_already_stays_one_table(both: Both) -> None:
    both.put("2026-09", [line.replace("2026-10", "2026-09") for line in GOOD])
    declare(both.intake, both.folder, ONE, partitioned=True)
    assert {one.status for one in both.put("2026-10", MIXED)} == {"published"}
    assert both.intake.value(f"select relkind::text from pg_class where oid = 'raw.{ONE}__hitung'::regclass") == "r"
    both.agree()

    # As docs/adding-a-source.md says.
    both.intake.change(f"drop table raw.{ONE}__hitung; delete from ops.raw_state where table_name = '{ONE}__hitung'")
    create_raw_tables(both.intake.connection, get_source(ONE))
    both.intake.connection.commit()
    assert {one.status for one in both.intake.load(ONE, replay=True, force=True)} == {"published"}
    assert both.intake.value(f"select relkind::text from pg_class where oid = 'raw.{ONE}__hitung'::regclass") == "p"
    assert both.told(ONE)["rows"] == both.told(MANY)["rows"]
    assert "as they were published" in verify_all()


def test_a_column_that_is_no_longer_declared_is_empty_in_a_new_part(both: Both) -> None:
    for source in (ONE, MANY):
        both.intake.change(f"alter table raw.{source}__hitung add column lama text")
    both.put("2026-09", [line.replace("2026-10", "2026-09") for line in GOOD])
    both.put("2026-10", MIXED)
    both.agree()
    changed = [line.replace("Simpang 3", "Simpang 8") for line in MIXED]
    both.put("2026-10", changed)
    both.agree()


def test_a_part_whose_years_are_over_is_emptied_and_may_come_again(both: Both) -> None:
    old = [line.replace("2026-10", "2019-10") for line in GOOD]
    both.put("2019-10", old)
    both.put("2026-10", GOOD)
    removed = remove_expired(both.intake.connection, [get_source(one) for one in (ONE, MANY)], settings().now())
    both.intake.connection.commit()
    assert [one.rows for one in removed] == [600, 600]
    both.agree()
    assert both.parts() == sorted([part("2019-10"), part("2026-10")]), "the table of the part stays, without rows"
    assert {one.published for one in both.put("2019-10", old[:-1])} == {599}
    both.agree()


def test_a_person_is_looked_for_and_erased_in_the_whole(both: Both) -> None:
    both.put("2026-10", [*GOOD, "2026-10-30T07:00:00+07:00,Simpang Budi,1,1"])
    connection, whole = both.intake.connection, person.Place("raw", f"{MANY}__hitung")
    found = person.places(connection)
    assert whole in found and not [place for place in found if place.schema == "raw_parts"]
    traces = [Trace("Budi", "[dihapus]", '"[dihapus]"')]
    assert (person.count(connection, whole, traces), person.erase(connection, whole, traces)) == (1, 1)
    connection.commit()
    assert "as they were published" in verify_all()


def test_the_planner_knows_the_whole(both: Both) -> None:
    both.put("2026-10", GOOD)
    [(rows, places)] = both.intake.rows(
        "select reltuples::int, n_distinct::int from pg_class join pg_stats on tablename = relname and inherited "
        f"where relname = '{MANY}__hitung' and attname = 'tempat'"
    )
    assert (rows, places) == (600, 7)


def _standing(intake: Intake) -> list[tuple[object, ...]]:
    return intake.rows(
        "select tablename::text from pg_tables where schemaname = 'stage' or tablename ~ '^uji_bagian__hitung__'"
    )
