"""What was held or set aside comes in once what judged it is mended: just that, and nothing twice."""

from __future__ import annotations

import csv
import os
import re
import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from command_center import cli, wilayah
from command_center.database import connect
from command_center.declaration.registry import get_source
from command_center.errors import BatchHeld
from command_center.intake.load import load_again
from command_center.ledger import alert, landing
from command_center.operate.maintain import verify_all
from command_center.settings import settings
from command_center.warehouse.bootstrap import declare_sources

from tests.integration.conftest import Intake
from tests.support.rejection_sheet import guide_of, sheets_of

SOURCE = """
source: uji_retribusi
title: Retribusi
opd: uji
opd_name: Dinas Uji
description: Payments, a file per part.
owner: Kepala Dinas Uji
steward: Sekretaris Dinas Uji
deputy_steward: Kasubbag Program Dinas Uji
legal_basis: [UU 1/2026]
maturity: 1
schedule: null
freshness: P70D
connection: {id: uji_retribusi, address: "file://%s"}
extract:
  kind: csv
  requests:
    - {part: "{bagian}", path: ".", files: 'retribusi (?P<bagian>.+)\\.csv', tables: [retribusi]}
tables:
  retribusi:
    description: One row per payment.
    mode: snapshot
    key: [nomor]
    volume: {min: 1, max: 200000, min_pct_of_last: 0}
    max_quarantined_pct: 60
    columns:
      - {name: nomor, source: Nomor, required: true, classification: publik, description: "Nomor"}
      - {name: hari, source: Hari, type: date, required: true, future: refused, classification: publik, description: "Hari"}
      - {name: kelurahan, source: Kelurahan, required: true, references: kelurahan_name, classification: publik, description: "Kelurahan"}
      - {name: nilai, source: Nilai, type: integer, required: true, classification: publik, description: "Nilai"}
      - {name: catatan, source: Catatan, longest: 40, classification: publik, description: "Catatan"}
      - {name: pembayar, source: Pembayar, classification: rahasia, treatment: drop, description: "Pembayar"}
"""
RULES = """
retribusi:
  - type: expect_column_values_to_be_between
    kwargs: {column: nilai, min_value: 0}
    quarantine: true
    reason: Nilai tidak boleh negatif.
"""
HEAD = "Nomor,Hari,Kelurahan,Nilai,Catatan,Pembayar"
TABLE = "raw.uji_retribusi__retribusi"
DECIDED = ["--jabatan", "Sekretaris Dinas Uji", "--alasan", "uji"]
MOMENTS = iter(range(1_700_000_000, 1_800_000_000, 60))  # of files: each is newer than the one before, and long closed


@dataclass
class Levies:
    """A folder of files, and the commands of whoever looks after them."""

    intake: Intake
    folder: Path
    capsys: pytest.CaptureFixture[str]

    def put(self, part: str, rows: Sequence[str]) -> None:
        file = self.folder / f"retribusi {part}.csv"
        file.write_text("\n".join([HEAD, *rows, ""]))
        os.utime(file, (moment := next(MOMENTS), moment))

    def do(self, *words: str, code: int = 0) -> str:
        """What a command says; its exit code is checked."""
        assert cli.main(words) == code
        told = self.capsys.readouterr()
        return told.out + told.err

    def ingest(self, code: int = 0) -> str:
        return self.do("ingest", "uji_retribusi", code=code)

    def redeclare(self, before: str, after: str) -> None:
        file = self.intake.folder / "sources" / "uji_retribusi.yml"
        text = file.read_text()
        assert before in text
        file.write_text(text.replace(before, after))

    def published(self) -> list[tuple[object, ...]]:
        assert "as they were published" in verify_all()
        return self.intake.rows(f"select _part, nomor, nilai from {TABLE} order by 1, 2")


@pytest.fixture
def levies(intake: Intake, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Levies]:
    folder = tmp_path / "retribusi"
    folder.mkdir()
    (intake.folder / "sources" / "uji_retribusi.yml").write_text(SOURCE % folder)
    (intake.folder / "expectations" / "uji_retribusi.yml").write_text(RULES)
    declare_sources(settings())
    yield Levies(intake, folder, capsys)
    intake.connection.rollback()
    with connect(settings().dsn("admin")) as connection:
        connection.execute(f"drop table {TABLE}; delete from ops.raw_state where table_name ~ '^uji_'")


@pytest.fixture
def seeds(tmp_path: Path) -> Iterator[Path]:
    """A copy of the seeds that a test may mend."""
    folder = tmp_path / "seeds"
    shutil.copytree(wilayah.SEEDS, folder)
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(wilayah, "SEEDS", folder)
        yield folder
    wilayah._spellings.cache_clear()


def row(
    number: int, hari: str = "2026-10-05", kelurahan: str = "Lolong Belanti", nilai: str = "7", note: str = ""
) -> str:
    return f"n{number:06},{hari},{kelurahan},{nilai},{note},Siti"


MISSPELT = "Bandar Bwat Raya"
KINDS = {
    "Kolom 'Nilai' wajib diisi tetapi kosong; lengkapi lalu kirim ulang.": (21, {"nilai": ""}),
    "Kolom 'Nilai' seharusnya bilangan bulat, misalnya 1234; perbaiki lalu kirim ulang.": (19, {"nilai": "tiga"}),
    "Kolom 'Hari' seharusnya tanggal, misalnya 2025-02-14; perbaiki lalu kirim ulang.": (17, {"hari": "kemarin"}),
    "Kolom 'Catatan' lebih panjang dari 40 bita; kirim isinya saja.": (15, {"note": "x" * 41}),
    "Kolom 'Hari' berada di masa depan; periksa tanggalnya lalu kirim ulang.": (13, {"hari": "2027-01-01"}),
    "Kolom 'Kelurahan' bukan nama kelurahan Kota Padang yang dikenal; tulis namanya, misalnya Lolong Belanti, bukan kodenya.": (
        23,
        {"kelurahan": MISSPELT},
    ),
    "Nilai tidak boleh negatif.": (11, {"nilai": "-1"}),
}
TWICE = "Kunci (nomor) muncul lebih dari sekali dengan isi berbeda; pastikan satu baris per kunci."
CUT = "Baris berisi 3 kolom, seharusnya 6; periksa pemisah dan tanda kutip."
PAIRS, RAGGED, ROWS = 5, 8, 100_000


def rows_of_nine_faults() -> list[str]:
    """A hundred thousand rows, 137 of them bad in nine ways, spread over the file."""
    faults = [fault for count, fault in KINDS.values() for _ in range(count)]
    rows = [row(number) for number in range(ROWS)]
    places = iter(range(50, ROWS, 700))
    for fault in faults:
        place = next(places)
        rows[place] = row(place, **fault)
    for _ in range(PAIRS):
        place = next(places)
        rows[place + 1] = row(place, nilai="8")
    for _ in range(RAGGED):
        place = next(places)
        rows[place] = f"n{place:06},2026-10-05,Lolong Belanti"
    return rows


COLUMN_OF = {reason: re.findall(r"\w+", reason.removeprefix("Kolom "))[0] for reason in KINDS}


def expect_right_sheet(levies: Levies, rows: Sequence[str], expected: dict[str, int]) -> None:
    """Each bad row stands in the sheet as it was sent, marked at what is wrong, with the reason beside it and in a note."""
    file = levies.folder.parent / "sheet.xlsx"
    assert "137 rows written to" in levies.do("rejections", "uji", "--file", str(file))
    (shown,) = sheets_of(file.read_bytes()).values()
    sent, own = HEAD.split(",")[:-1], ["Kolom yang salah", "Yang perlu diperbaiki", "Diberitahukan", "Kode baris"]
    assert shown.head == ["Kiriman", "Tempat", *sent, *own], "the payer stays where he is"
    assert Counter(row["Yang perlu diperbaiki"] for row in shown.rows) == expected
    for number, row in enumerate(shown.rows):
        reason, cells = row["Yang perlu diperbaiki"], rows[int(row["Tempat"].removeprefix("baris ")) - 2].split(",")
        is_cut = reason == CUT  # nobody knows which of its cells is the payer, so that none is kept
        assert [row[name] for name in sent] == ([""] * 5 if is_cut else cells[:-1])
        at = COLUMN_OF.get(reason, "Tempat")
        assert row["Kolom yang salah"] == (at if reason in COLUMN_OF else "seluruh baris")
        assert shown.notes[number, at] == reason and (number, at) in shown.marked
    assert len(shown.notes) == len(shown.marked) == 137
    assert "137 baris data Dinas Uji belum dapat dipakai" in guide_of(file.read_bytes())
    assert "Kolom Pembayar tidak ada di lembar ini" in guide_of(file.read_bytes())


def test_of_137_bad_rows_those_that_a_new_spelling_mends_arrive_and_no_other(levies: Levies, seeds: Path) -> None:
    rows = rows_of_nine_faults()
    levies.put("besar", rows)
    levies.put("kecil", [row(900_000)])
    told = levies.ingest()
    assert "retribusi besar: published, read 100000, published 99863, unchanged 0, quarantined 137" in told
    counted = set(levies.intake.rows("select reason, count(*) from ops.quarantine group by 1"))
    expected = {(reason, count) for reason, (count, _) in KINDS.items()} | {(TWICE, 2 * PAIRS), (CUT, RAGGED)}
    assert counted == expected and len(expected) == 9
    assert levies.intake.value("select count(distinct (batch_id, row_number)) from ops.quarantine") == 137
    assert "23 rows in 1 part" in levies.do("quarantine", "uji_retribusi")
    expect_right_sheet(levies, rows, dict(expected))

    with (seeds / "ref_wilayah_alias.csv").open("a") as file:
        file.write(f"{MISSPELT},13.71.07.1004,\n")
    wilayah._spellings.cache_clear()
    declare_sources(settings())
    told = levies.do("replay", "uji_retribusi")
    assert told == (
        "uji_retribusi.retribusi, part 'besar': 23 rows newly published, 114 still set aside (137 before), 99863 unchanged\n"
    )
    arrived = levies.intake.rows(
        f"select kelurahan, _batch_id = 1, count(*), count(distinct nomor) from {TABLE} where _part = 'besar' group by 1, 2 order by 1"
    )
    assert arrived == [(MISSPELT, False, 23, 23), ("Lolong Belanti", True, 99_863, 99_863)]
    assert MISSPELT not in levies.do("quarantine", "uji_retribusi", "--rows")
    assert levies.intake.value("select count(*) from ops.batch where part = 'kecil'") == 1, "it was not loaded again"
    assert "as they were published" in verify_all()


def test_a_mended_declaration_takes_in_what_it_mends_and_leaves_the_rest(levies: Levies) -> None:
    levies.put("a", [row(1), row(2, note="x" * 41), row(3, nilai="-1")])
    levies.put("b", [row(11)])
    levies.put("c", [row(21), row(22, nilai="-1")])
    assert levies.ingest(code=5).count("held") == 1, "two of three rows of a are too many"
    levies.redeclare("longest: 40", "longest: 80")
    told = levies.do("replay", "uji_retribusi", "retribusi", "a")
    assert (
        told == "uji_retribusi.retribusi, part 'a': 2 rows newly published, 1 still set aside (2 before), 0 unchanged\n"
    )
    again = levies.do("replay", "uji_retribusi")
    assert again.splitlines() == [
        "uji_retribusi.retribusi, part 'c': 0 rows newly published, 1 still set aside (1 before), 1 unchanged",
        "uji_retribusi.retribusi, part 'a': 0 rows newly published, 1 still set aside (1 before), 2 unchanged",
    ]
    assert levies.do("replay", "uji_retribusi", "--held").startswith("Nothing is held")
    numbers = [(part, f"n{number:06}", 7) for part, number in (("a", 1), ("a", 2), ("b", 11), ("c", 21))]
    assert levies.published() == numbers


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("bagian", "nama_bagian"),
        ("(?P<bagian>.+)", "(?P<bagian>(?P<awal>.).*)"),
    ],
    ids=["another name of the part", "one more name in the file's name"],
)
def test_an_answer_that_was_asked_for_in_another_way_is_asked_for_anew(levies: Levies, before: str, after: str) -> None:
    levies.put("barat", [row(1)])
    levies.ingest()
    assert levies.published() == [("barat", "n000001", 7)]
    levies.redeclare(before, after)
    said = levies.do("ingest", "uji_retribusi", "--replay", code=3)
    assert "no longer declares the part 'barat' as it came ({bagian}); ask the source anew" in said
    levies.ingest()
    levies.do("ingest", "uji_retribusi", "--replay")
    assert levies.published() == [("barat", "n000001", 7)]
    assert levies.intake.value("select count(*) from ops.landing where source = 'uji_retribusi'") == 1


def test_what_stands_below_a_held_batch_is_mended_too(levies: Levies, seeds: Path) -> None:
    levies.put("a", [row(1), row(2), row(3, kelurahan=MISSPELT)])
    levies.ingest()
    levies.put("a", [row(1, nilai="-1"), row(2, nilai="-1"), row(3, kelurahan=MISSPELT)])
    levies.ingest(code=5)
    with (seeds / "ref_wilayah_alias.csv").open("a") as file:
        file.write(f"{MISSPELT},13.71.07.1004,\n")
    wilayah._spellings.cache_clear()
    declare_sources(settings())
    first, second = levies.do("replay", "uji_retribusi", code=5).splitlines()
    assert first.endswith("part 'a': 1 rows newly published, 0 still set aside (1 before), 2 unchanged")
    assert "part 'a': still held: " in second and "2 of 3 rows break a rule" in second
    assert [nilai for _, _, nilai in levies.published()] == [7, 7, 7]


def test_an_older_answer_does_not_take_the_place_of_a_later_one(levies: Levies) -> None:
    levies.redeclare("mode: snapshot", "mode: upsert")
    levies.put("a", [row(1), row(2, note="x" * 41), row(3)])
    levies.ingest()
    levies.put("a", [row(1, nilai="9")])
    levies.ingest()
    levies.redeclare("longest: 40", "longest: 80")
    connection, parser = levies.intake.connection, levies.intake.parser
    first = landing.get(connection, 1)
    outcome = load_again(connection, get_source("uji_retribusi"), first, parser, "retribusi", run_id="uji")
    assert (outcome.read, outcome.published, outcome.unchanged, outcome.quarantined) == (3, 1, 2, 0)
    assert levies.published() == [("a", "n000001", 9), ("a", "n000002", 7), ("a", "n000003", 7)]


def test_where_answers_bring_changes_what_a_later_one_corrected_is_closed(levies: Levies) -> None:
    levies.redeclare("mode: snapshot", "mode: upsert")
    declared = """jsonb_set(jsonb_set(declared, '{extract,since}', '{}'), '{tables,retribusi,mode}', '"upsert"')"""
    levies.intake.change(f"update ops.source_catalogue set declared = {declared} where source = 'uji_retribusi'")
    levies.put("a", [row(1, note="x" * 41), row(2, nilai="-1"), row(3, note="x" * 41), row(4), row(5)])
    levies.ingest()
    levies.put("a", [row(1, nilai="9")])
    levies.ingest()
    listed = levies.do("quarantine", "uji_retribusi", "--rows").splitlines()
    assert [line.split(":")[0] for line in listed] == [
        f"uji_retribusi.retribusi, part 'a', baris {number}" for number in (3, 4)
    ]
    levies.redeclare("longest: 40", "longest: 80")
    told = levies.do("replay", "uji_retribusi")
    assert (
        told == "uji_retribusi.retribusi, part 'a': 1 rows newly published, 1 still set aside (3 before), 3 unchanged\n"
    )
    assert [nilai for _, _, nilai in levies.published()] == [9, 7, 7, 7]


def test_a_batch_that_was_thrown_away_is_no_news_any_more_and_can_be_taken_in_after_all(levies: Levies) -> None:
    levies.put("a", [row(1), row(2)])
    levies.ingest()
    which = ["uji_retribusi", "retribusi", "a"]
    assert "is not held" in levies.do("discard", *which, *DECIDED, code=BatchHeld.exit_code)
    worse = [row(1), row(2, nilai="-1"), row(3, nilai="-1")]
    levies.put("a", worse)
    levies.ingest(code=BatchHeld.exit_code)
    levies.ingest(code=BatchHeld.exit_code)
    told = levies.do("held")
    assert "uji_retribusi.retribusi, part 'a': held, batch 3" in told and "2 of 3 rows break a rule" in told
    assert "2 times" in told and "steward: Sekretaris Dinas Uji" in told
    shown = levies.do("held", "--batch", "3")
    assert "column 'Nilai': 2 rows in 1 part" in shown and "part 'a', baris 4: 'Nilai' = '-1': Nilai tidak" in shown
    assert "was not held" in levies.do("held", "--batch", "1", code=BatchHeld.exit_code)

    alerts = levies.intake.value("select count(*) from ops.log_alert")
    levies.do("discard", *which, *DECIDED)
    assert levies.do("held") == "1 discarded; --all lists them.\n"
    assert levies.do("quarantine", "uji_retribusi") == "No row is set aside.\n"
    assert alert.held_batches(levies.intake.connection) == []
    assert "discarded" in levies.ingest(), "the same bytes again: an exit code of 0"
    assert "discarded already" in levies.do("discard", *which, *DECIDED, code=BatchHeld.exit_code)
    assert levies.do("replay", "uji_retribusi").startswith("Nothing is held")
    assert levies.intake.value("select count(*) from ops.log_alert") == alerts
    assert "Sekretaris Dinas Uji discarded these bytes" in levies.do("held", "--all")

    told = levies.do("release", *which, *DECIDED, "--load")
    assert told.endswith("0 rows newly published, 2 still set aside (0 before), 1 unchanged, 1 taken away\n")
    assert levies.do("held") == "Nothing is held.\n"
    assert [number for _, number, _ in levies.published()] == ["n000001"]


def test_rows_that_came_right_are_not_listed_and_a_sheet_of_the_others_is_harmless(
    levies: Levies, tmp_path: Path
) -> None:
    levies.put("a", [row(1), row(2, nilai="-1"), row(3)])
    levies.put("b", [row(11), row(12), row(13, kelurahan="=HYPERLINK(1)", note="\x1b[2J")])
    levies.ingest()
    levies.put("a", [row(1), row(2), row(3)])
    levies.ingest()
    told = levies.do("quarantine", "uji_retribusi", "retribusi")
    assert told.count("rows in") + told.count("row in") == 1 and "'=HYPERLINK(1)'" in told
    assert "Nilai tidak boleh negatif." in levies.do("quarantine", "--batch", "1")
    file = tmp_path / "sheet.csv"
    assert levies.do("quarantine", "uji_retribusi", "--csv", str(file)) == f"1 broken rules written to {file}\n"
    assert file.stat().st_mode & 0o077 == 0
    taken = levies.intake.rows(
        "select objek, rincian ->> 'source', rincian ->> 'rules' from ops.jejak_audit where jenis = 'ekspor' and rincian ? 'rules'"
    )
    assert taken == [("ops.quarantine", "uji_retribusi", "1")]
    (written,) = csv.DictReader(file.open(encoding="utf-8-sig"))
    assert (written["bagian"], written["tempat"], written["isi"]) == ("b", "baris 4", "'=HYPERLINK(1)")
    assert "Siti" not in file.read_text() + str(levies.intake.rows("select * from ops.quarantine"))
