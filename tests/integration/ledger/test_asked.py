"""While what time a feed was asked that keeps what is in force only."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from command_center.database import Connection, connect
from command_center.extract.asking import Fetched, Window
from command_center.ledger import landing
from command_center.ledger.batch import Ending, Key, Status, close_batch, open_batch
from command_center.settings import WIB

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=WIB)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def ledger(cluster: Any) -> Iterator[Connection]:
    """The session's ledger; what a test writes is taken back."""
    with connect(cluster.settings.dsn("loader")) as connection:
        yield connection
        connection.rollback()


def declare(connection: Connection, source: str, **tables: dict[str, Any]) -> None:
    connection.execute(
        "insert into ops.source_catalogue (source, title, opd, opd_name, owner, steward, freshness_hours, answer_hours, "
        "maturity, declared) values (%s, 'Umpan', 'uji', 'Uji', '-', '-', 1, 1, 3, %s)",
        [source, json.dumps({"tables": tables})],
    )


def answered(connection: Connection, source: str, table: str, at: datetime, status: Status = "unchanged") -> None:
    fetched = Fetched("id", Path("-"), f"{source} {at}", 1, "text/xml", "-", at)
    landed = landing.record(connection, source, fetched, Window(), uri="-", wrapped_key=None, expires_at=NOON)
    number = open_batch(connection, Key(source, table, "id"), landed, fingerprint="-", run_id="-", observed_at=at)
    close_batch(connection, number, Ending(status, None, "lolos", 0, 0, 0, 0, 0, 0, None, None))


def stretches(connection: Connection, source: str) -> list[tuple[str, str, str]]:
    rows = connection.execute(
        "select table_name, to_char(asked_from at time zone 'Asia/Jakarta', 'HH24:MI'), "
        "to_char(asked_until at time zone 'Asia/Jakarta', 'HH24:MI') from ops.asked where source = %s order by 1, 2",
        [source],
    ).fetchall()
    return [(str(table), str(since), str(until)) for table, since, until in rows]


def test_a_feed_tells_of_the_time_between_good_answers_that_are_not_too_far_apart(ledger: Connection) -> None:
    declare(ledger, "uji_umpan", peringatan={"mode": "upsert", "as_of": None})
    answers: dict[int, Status] = {0: "published", 30: "unchanged", 90: "unchanged", 120: "failed", 151: "unchanged"}
    for minutes, status in answers.items():
        answered(ledger, "uji_umpan", "peringatan", NOON + minutes * MINUTE, status)
    assert stretches(ledger, "uji_umpan") == [("peringatan", "12:00", "13:30"), ("peringatan", "14:31", "14:31")]


@pytest.mark.parametrize(
    "tables",
    [
        {"daftar": {"mode": "snapshot", "as_of": None}},
        {"daftar": {"mode": "upsert", "as_of": "tanggal"}},
        {"daftar": {"mode": "upsert"}, "kejadian": {"mode": "upsert", "as_of": ["tahun", "minggu"]}},
    ],
    ids=["a register of the present", "a table that tells time", "beside a table that tells time"],
)
def test_what_tells_its_own_time_is_no_feed(ledger: Connection, tables: dict[str, Any]) -> None:
    declare(ledger, "uji_umpan", **tables)
    answered(ledger, "uji_umpan", "daftar", NOON)
    assert stretches(ledger, "uji_umpan") == []
