"""What stewards are told, from rows of the ledger."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from command_center.database import Connection, connect
from command_center.extract.asking import Fetched, Window
from command_center.ledger import held, landing
from command_center.ledger.batch import Ending, Key, close_batch, open_batch
from command_center.ledger.held import Held
from command_center.operate.watch import messages
from command_center.settings import WIB

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=WIB)
SOURCE = "uji_detak"


@pytest.fixture
def ledger(cluster: Any) -> Iterator[Connection]:
    """The session's ledger; what a test writes is taken back."""
    with connect(cluster.settings.dsn("loader")) as connection:
        yield connection
        connection.rollback()


def declare(connection: Connection, freshness_hours: float) -> None:
    connection.execute(
        "insert into ops.source_catalogue (source, title, opd, opd_name, owner, steward, freshness_hours, maturity, declared) "
        "values (%s, 'Detak', 'uji', 'Uji', '-', '-', %s, 3, '{}')",
        [SOURCE, freshness_hours],
    )


def receive(connection: Connection, tmp_path: Any, age: timedelta, data_age: timedelta | None = None) -> None:
    at = NOW - age
    fetched = Fetched("semua", tmp_path / "-", f"{age}", 1, "text/csv", "-", at)
    landed = landing.record(connection, SOURCE, fetched, Window(), uri="-", wrapped_key=None, expires_at=NOW)
    key = Key(SOURCE, "baris", "semua")
    number = open_batch(connection, key, landed, fingerprint="-", run_id="-", observed_at=at)
    as_of = None if data_age is None else NOW - data_age
    close_batch(connection, number, Ending("published", None, "lolos", 1, 1, 0, 0, 0, 0, as_of))


def told(connection: Connection) -> list[str]:
    return [message.text for message in messages(connection, NOW) if message.source == SOURCE]


@pytest.mark.parametrize(
    ("hours", "minutes", "sentence"),
    [
        (0.5, 29, None),
        (0.5, 31, "batas umur data 30 menit."),
        (1.5, 89, None),
        (1.5, 91, "batas umur data 90 menit."),
        (36, 36 * 60 - 1, None),
        (36, 36 * 60 + 1, "batas umur data 36 jam."),
    ],
)
@pytest.mark.parametrize("what", ["the source is silent", "its data stand still"])
def test_a_limit_holds_to_the_minute(
    ledger: Connection, tmp_path: Any, what: str, hours: float, minutes: int, sentence: str | None
) -> None:
    declare(ledger, hours)
    age = timedelta(minutes=minutes)
    if what == "the source is silent":
        receive(ledger, tmp_path, age)
    else:
        receive(ledger, tmp_path, timedelta(), data_age=age)
    found = told(ledger)
    assert len(found) == (sentence is not None)
    assert all(text.endswith(str(sentence)) for text in found)


def test_a_source_that_never_came_is_silent(ledger: Connection) -> None:
    declare(ledger, 24)
    assert told(ledger) == ["Data 'Detak' terakhir diterima belum pernah; batas umur data 24 jam."]


def test_a_domain_that_is_held_is_told_to_the_stewards_of_what_failed(ledger: Connection) -> None:
    declare(ledger, 1000)
    at = datetime(2026, 11, 22, 18, 5, tzinfo=WIB)
    held.replace_held(ledger, [Held("pengaduan", (SOURCE,), "test unik: Got 1 result", at)])
    (sentence,) = [text for text in told(ledger) if "bidang" in text]
    assert sentence == (
        "Angka bidang 'pengaduan' tetap pada terbitan 22 November 2026 pukul 18.05 WIB: data 'Detak' tidak lolos pemeriksaan. "
        "Bidang lain sudah terbit. Betulkan datanya lalu kirim ulang."
    )
    held.replace_held(ledger, [Held("pengaduan", (SOURCE,), "test lain: Got 2 results", NOW)])
    assert held.held_domains(ledger) == [Held("pengaduan", (SOURCE,), "test lain: Got 2 results", at)], (
        "its edition stays"
    )
    held.replace_held(ledger, [])
    assert not any("bidang" in text for text in told(ledger))
