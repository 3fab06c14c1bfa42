"""The score of a table's content, from rows of the ledger."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from command_center.database import Connection, all_records, connect
from command_center.declaration.registry import get_source
from command_center.extract.asking import Fetched, Window
from command_center.intake.quarantine import _reasons
from command_center.ledger import audit, landing, quality_score
from command_center.ledger.batch import Ending, Key, Status, close_batch, open_batch
from command_center.ledger.quality_score import FIVE, measure
from command_center.settings import WIB

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=WIB)
SOURCE, DAY = "uji_mutu", timedelta(days=1)
DAMKAR = get_source("damkar_kejadian").tables["kejadian"]
ENDED = Ending("published", None, "lolos", 200, 200, 0, 0, 0, 0, None, None)


@pytest.fixture
def ledger(cluster: Any) -> Iterator[Connection]:
    """The session's ledger; what a test writes is taken back."""
    with connect(cluster.settings.dsn("loader")) as connection:
        yield connection
        connection.rollback()


def declare(
    connection: Connection,
    *,
    mode: str = "snapshot",
    key: tuple[str, ...] = ("kode",),
    hours: int = 48,
    answers: int | None = None,
) -> None:
    declared = {"extract": {"since": None}, "tables": {"baris": {"mode": mode, "key": list(key)}}}
    connection.execute(
        "insert into ops.source_catalogue (source, title, opd, opd_name, owner, steward, freshness_hours, answer_hours, "
        "maturity, declared) values (%s, 'Mutu', 'uji', 'Uji', '-', '-', %s, %s, 3, %s)",
        [SOURCE, hours, answers or hours, json.dumps(declared)],
    )


def batch(
    connection: Connection,
    part: str,
    at: datetime,
    since: datetime | None = None,
    until: datetime | None = None,
    *,
    status: Status = "published",
    quarantined: int = 0,
    doubtful: int = 0,
) -> int:
    fetched = Fetched(part, Path("-"), f"{part} {at}", 1, "text/csv", "-", at)
    landed = landing.record(connection, SOURCE, fetched, Window(), uri="-", wrapped_key=None, expires_at=NOW)
    key = Key(SOURCE, "baris", part)
    number = open_batch(connection, key, landed, fingerprint="-", run_id="-", observed_at=at)
    ending = replace(ENDED, status=status, rows_quarantined=quarantined, data_from=since, data_as_of=until)
    close_batch(connection, number, ending)
    connection.execute(
        "insert into ops.batch_span (batch_id, rows_read, rows_doubtful) values (%s, 200, %s)", [number, doubtful]
    )
    return number


def set_aside(connection: Connection, batch_id: int, row: int, column: str, reason: str) -> None:
    connection.execute(
        "insert into ops.quarantine (batch_id, source, table_name, row_number, place, column_name, reason, payload, sha256, opd) "
        "values (%s, %s, 'baris', %s, '-', %s, %s, '{}', '-', 'uji')",
        [batch_id, SOURCE, row, column, reason],
    )


def audited(connection: Connection, batch_id: int, *rules: tuple[str, bool, str]) -> None:
    results = [
        {"success": success, "expectation_config": {"type": kind, "severity": severity}}
        for kind, success, severity in rules
    ]
    audit.record(connection, batch_id, success=False, result={"results": results})


def scored(connection: Connection, now: datetime = NOW) -> dict[str, object]:
    measure(connection, now)
    names = ", ".join(f"{name}::float" for name in (*FIVE, "skor"))
    query = f"select {names}, bagian_diketahui from ops.mutu_harian where source = %s order by hari desc limit 1"
    return all_records(connection, query, [SOURCE])[0]


def test_each_part_is_told_by_the_rows_that_break_its_own_rules(ledger: Connection) -> None:
    declare(ledger)
    number = batch(ledger, "a", NOW - DAY, NOW - 31 * DAY, NOW - DAY, quarantined=8, doubtful=10)
    reasons = _reasons(DAMKAR)
    column = DAMKAR.stored[0].name
    for row, (name, reason) in enumerate(
        [
            *[("X", reasons[f"{column}#wajib"])] * 4,
            ("", reasons["#ganda"]),
            *[("X", reasons[f"{column}#format"])] * 2,
            ("", "Waktu tiba mendahului waktu laporan."),
        ]
    ):
        set_aside(ledger, number, row, name, reason)
    set_aside(ledger, number, 0, "Y", "Nilainya di luar batas.")  # a row that is incomplete and wrong is both
    audited(ledger, number, ("expect_column_values_to_be_between", True, "critical"))
    # Of 200 rows 4 are incomplete, 1 is there twice, 3 are wrong and 2 went on without a value, 1 does not fit together.
    assert scored(ledger) == {
        "kelengkapan": 98, "keabsahan": 97.5, "ketepatan_waktu": 100, "keunikan": 99.5, "keselarasan": 99.5,
        "skor": 98.9, "bagian_diketahui": 5,
    }  # fmt: skip


def test_what_nothing_is_known_of_is_no_zero_and_the_score_is_made_of_the_others(ledger: Connection) -> None:
    declare(ledger, key=())
    nothing = dict.fromkeys((*FIVE, "skor"))
    assert scored(ledger) == nothing | {"bagian_diketahui": 0}
    number = batch(ledger, "a", NOW - 3 * DAY, doubtful=50)  # of a limit of two days, half a limit too late
    assert scored(ledger) == nothing | {
        "kelengkapan": 100, "keabsahan": 75, "ketepatan_waktu": 50, "skor": 75, "bagian_diketahui": 3,
    }  # fmt: skip
    audited(
        ledger, number, ("unexpected_rows_expectation", False, "warning")
    )  # then the doubt is one of what fits together
    found = scored(ledger)
    assert (found["keabsahan"], found["keselarasan"], found["bagian_diketahui"]) == (100, 75, 4)


def test_gaps_and_parts_that_never_came_in_are_missing_and_a_later_batch_takes_the_place_of_an_earlier_one(
    ledger: Connection,
) -> None:
    declare(ledger)
    batch(ledger, "a", NOW - 9 * DAY, NOW - 100 * DAY, NOW - 90 * DAY, doubtful=100)
    batch(ledger, "a", NOW - 8 * DAY, NOW - 100 * DAY, NOW - 90 * DAY)
    assert scored(ledger)["keabsahan"] == 100
    batch(ledger, "b", NOW - DAY, NOW - 48 * DAY, NOW)
    assert scored(ledger)["kelengkapan"] == 60  # two of the 42 days between are within the limit
    for part in ("c", "d"):
        batch(ledger, part, NOW - DAY, status="held")
    assert scored(ledger)["kelengkapan"] == 50
    ledger.execute(
        "insert into ops.keputusan (jenis, objek, checksum, jabatan, alasan) values ('buang', %s, %s, '-', '-')",
        [f"{SOURCE}.baris.c", f"c {NOW - DAY}"],
    )
    ledger.execute(
        "insert into ops.keputusan (jenis, objek, checksum, jabatan, alasan) values ('buang', %s, %s, '-', '-')",
        [f"{SOURCE}.baris.d", f"d {NOW - DAY}"],
    )
    assert scored(ledger)["kelengkapan"] == 60


def test_of_a_list_of_rare_events_the_time_counts_in_which_it_was_asked_and_not_when_something_happened(
    ledger: Connection,
) -> None:
    """An earthquake of last winter and one of three days ago; the list is answered every three hours, and may not be for six."""
    declare(ledger, mode="observation", hours=72, answers=6)
    event, hour = NOW - 3 * DAY, timedelta(hours=1)
    batch(ledger, "tsunami", NOW - 48 * hour, NOW - 300 * DAY, NOW - 300 * DAY)
    assert scored(ledger)["kelengkapan"] == 100, "one answer has no time between it and another"
    for hours in range(45, 23, -3):
        batch(ledger, "tsunami", NOW - hours * hour, NOW - 300 * DAY, NOW - 300 * DAY, status="unchanged")
    assert scored(ledger)["kelengkapan"] == 100
    batch(ledger, "tsunami", NOW, event, event)
    assert scored(ledger)["kelengkapan"] == 100, "its list goes back to before the silence"
    ledger.execute("update ops.batch set data_from = %s, data_as_of = %s where observed_at = %s", [NOW, NOW, NOW])
    assert scored(ledger)["kelengkapan"] == 62.5, "30 of 48 hours: six of the last 24 are within the limit"
    batch(ledger, "dirasakan", NOW - 48 * hour, event, event)
    batch(ledger, "dirasakan", NOW - 42 * hour, event, event, status="unchanged")
    assert scored(ledger)["kelengkapan"] == 43.75, "12 of 48 hours of a list that is no longer answered"


def test_where_all_batches_count_old_ones_no_longer_do_and_each_day_has_one_row(ledger: Connection) -> None:
    declare(ledger, mode="observation", hours=2400)
    batch(ledger, "a", NOW - 90 * DAY, doubtful=200)
    batch(ledger, "a", NOW - 20 * DAY, doubtful=20)
    batch(ledger, "a", NOW)
    assert scored(ledger)["keabsahan"] == 95
    assert scored(ledger, NOW.replace(hour=23, minute=59))["ketepatan_waktu"] == 100
    assert scored(ledger, NOW + 150 * DAY)["ketepatan_waktu"] == 50
    query = "select hari::text, baris_dibaca from ops.mutu_harian where source = %s order by hari"
    assert all_records(ledger, query, [SOURCE]) == [
        {"hari": "2026-11-23", "baris_dibaca": 400},
        {"hari": "2027-04-22", "baris_dibaca": 400},
    ]


def test_reasons_of_intake_are_known_by_how_they_begin() -> None:
    import re

    reasons = _reasons(DAMKAR)
    assert [mark for mark, text in reasons.items() if re.match(quality_score.TWICE_REASON, text)] == ["#ganda"]
    blank = {mark for mark, text in reasons.items() if re.match(quality_score.EMPTY_REASON, text)}
    assert blank == {f"{column.name}#wajib" for column in DAMKAR.stored}
