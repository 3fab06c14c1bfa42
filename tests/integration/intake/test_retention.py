"""Rows of years that are over leave raw; what is newest stays, and what is gone does not come back with the next answer."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from command_center.database import connect
from command_center.intake.outcome import Outcome
from command_center.ledger import rejection, waiting
from command_center.operate.maintain import clean_up, verify_all
from command_center.settings import settings
from command_center.warehouse.bootstrap import declare_sources

from tests.integration.conftest import Intake
from tests.integration.intake.test_intake import DAMKAR, _csv, _records

SOURCE = """
source: uji_retensi
title: Retensi
opd: uji
opd_name: Dinas Uji
description: Payments, a file per year, and a book of all of them.
owner: Kepala Dinas Uji
steward: Sekretaris Dinas Uji
deputy_steward: Kasubbag Program Dinas Uji
legal_basis: [UU 1/2026]
maturity: 1
schedule: null
freshness: P400D
retention: {curated_years: 3}
connection: {id: uji_retensi, address: "file://%s"}
extract:
  kind: csv
  requests:
    - {part: "{tahun}", path: ".", files: 'tahun (?P<tahun>.+)\\.csv', tables: [tahunan]}
    - {part: buku, path: ".", files: 'buku\\.csv', tables: [buku]}
tables:
  tahunan: &rows
    description: One row per payment.
    mode: snapshot
    key: [nomor]
    as_of: hari
    volume: {min: 1, max: 100, min_pct_of_last: 0}
    columns:
      - {name: nomor, source: nomor, required: true, classification: publik, description: "Nomor"}
      - {name: hari, source: hari, type: date, required: true, classification: publik, description: "Hari"}
      - {name: nilai, source: nilai, type: integer, classification: publik, description: "Nilai"}
  buku: {<<: *rows, mode: register, window_column: hari}
"""
MOMENTS = iter(range(1_700_000_000, 1_800_000_000, 60))
BOOK = ("a,2022-12-31,1", "b,2023-01-01,2", "c,2026-10-01,3")  # of 2026 and the three years before it is b the oldest


@dataclass
class Payments:
    intake: Intake
    folder: Path

    def put(self, name: str, *rows: str) -> Outcome:
        file = self.folder / f"{name}.csv"
        file.write_text("\n".join(["nomor,hari,nilai", *rows, ""]))
        os.utime(file, (moment := next(MOMENTS), moment))
        table = "buku" if name == "buku" else "tahunan"
        return self.intake.one("uji_retensi", table, name.removeprefix("tahun "))

    def keys(self, table: str) -> list[object]:
        assert "as they were published" in verify_all()
        return [key for (key,) in self.intake.rows(f"select nomor from raw.uji_retensi__{table} order by 1")]

    def entered(self) -> list[tuple[object, ...]]:
        return self.intake.rows(
            "select objek, rincian ->> 'sebelum', (rincian ->> 'baris')::int from ops.jejak_audit "
            "where objek ~ 'uji_retensi' and jenis = 'penghapusan' and rincian ? 'retensi_tahun' order by nomor"
        )

    def covered(self, table: str) -> list[tuple[object, ...]]:
        return self.intake.rows(
            "select part, (data_from at time zone 'Asia/Jakarta')::date::text from ops.coverage "
            f"where source = 'uji_retensi' and table_name = '{table}' order by part"
        )


@pytest.fixture
def payments(intake: Intake, tmp_path: Path) -> Iterator[Payments]:
    folder = tmp_path / "retensi"
    folder.mkdir()
    (intake.folder / "sources" / "uji_retensi.yml").write_text(SOURCE % folder)
    (intake.folder / "expectations" / "uji_retensi.yml").write_text("tahunan: []\nbuku: []\n")
    declare_sources(settings())
    yield Payments(intake, folder)
    intake.connection.rollback()
    with connect(settings().dsn("admin")) as connection:
        connection.execute("drop table raw.uji_retensi__tahunan, raw.uji_retensi__buku")
        connection.execute("delete from ops.raw_state where table_name ~ '^uji_'")


def made_older(payments: Payments) -> None:
    """What was taken in when it was not yet too old: the declaration kept it longer then."""
    declaration = payments.intake.folder / "sources" / "uji_retensi.yml"
    told = declaration.read_text()
    declaration.write_text(told.replace("curated_years: 3", "curated_years: 9"))
    payments.put("buku", *BOOK)
    declaration.write_text(told)


def test_rows_go_by_their_own_time_with_an_entry_and_do_not_come_back(payments: Payments) -> None:
    before = len(payments.entered())
    made_older(payments)
    assert payments.covered("buku") == [("buku", "2022-12-31")]
    assert "rows of years that are over removed: 1 of raw.uji_retensi__buku" in clean_up()
    assert payments.keys("buku") == ["b", "c"]
    assert payments.entered()[before:] == [("raw.uji_retensi__buku", "2023-01-01", 1)]
    assert payments.covered("buku") == [("buku", "2023-01-01")], "a figure of then would be a nought"
    assert "rows of years that are over removed: none" in clean_up()
    again = payments.put("buku", *BOOK, "d,2026-11-01,4")
    assert (again.read, again.published, again.unchanged) == (4, 1, 3)
    assert payments.keys("buku") == ["b", "c", "d"] and len(payments.entered()) == before + 1
    assert payments.covered("buku") == [("buku", "2023-01-01")]


def test_a_part_that_is_sent_whole_goes_as_a_whole_and_never_the_newest(payments: Payments) -> None:
    payments.put("tahun 2019", "a,2019-03-01,1")
    payments.put("tahun 2021", "b,2021-03-01,2", "c,2021-04-01,3")
    clean_up()
    assert payments.keys("tahunan") == ["b", "c"], "the newest part of the table, however old"
    payments.put("tahun 2022-2023", "d,2022-12-31,4", "e,2023-01-02,5")
    clean_up()
    assert payments.keys("tahunan") == ["d", "e"]
    assert payments.covered("tahunan") == [("2022-2023", "2022-12-31")]
    for _ in range(2):
        assert "rows of years that are over removed: none" in clean_up()


def test_what_a_rejected_row_said_goes_with_its_answer_and_why_it_was_rejected_stays(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    header, first, *rest = _records(intake.get(DAMKAR))
    for written in ("tiga", "empat"):
        first[header.index("Berangkat")] = written
        intake.serve(DAMKAR, _csv([header, first, *rest[:60]]))
        intake.load("damkar_kejadian")
    query = "select value, payload <> '{}', place, reason ~ 'Berangkat' from ops.quarantine where column_name = 'Berangkat' order by batch_id"
    assert intake.rows(query) == [(written, True, "baris 2", True) for written in ("tiga", "empat")]
    monkeypatch.setenv("DEMO_NOW", (settings().now() + timedelta(days=120)).isoformat())
    settings.cache_clear()
    assert "1 archived answers past retention removed" in clean_up()
    assert intake.rows(query) == [(None, False, "baris 2", True), ("empat", True, "baris 2", True)]
    assert "as they were published" in verify_all()
    assert [one.value for one in waiting.rows(intake.connection, "damkar_kejadian")] == ["empat"]
    assert [one.value for one in waiting.rows(intake.connection, batch_id=1)] == [None]
    rejection.gather(intake.connection)
    (agency,) = rejection.waiting(intake.connection, "steward.{opd}@padang.invalid")
    assert (agency.rows, agency.new_rows) == (1, 1)
    intake.connection.rollback()
    assert {one.status for one in intake.load("damkar_kejadian", replay=True, force=True)} == {"published"}
