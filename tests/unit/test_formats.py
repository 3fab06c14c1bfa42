"""Numbers, dates and times by declared format: what PostgreSQL makes of a text, against Python's own reading."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from command_center import stage
from command_center.extract.reading import Reading
from command_center.settings import WIB
from command_center.source import Column, Table, Volume
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tests.conftest import Cluster

MONTHS = [
    "Januari",
    "Pebruari",
    "Maret",
    "April",
    "Mei",
    "Juni",
    "Juli",
    "Agt",
    "September",
    "Okt",
    "Nopember",
    "Desember",
]


def typed(cluster: Cluster, texts: list[str | None], **format_: Any) -> list[object]:
    """Values of the texts in order; the string 'rejected' where a text is not of the format."""
    column = Column(name="nilai", source="Nilai", description="-", classification="publik", **format_)
    table = Table(description="-", mode="snapshot", volume=Volume(max=10_000), columns=[column])
    steps = stage.Stage(1, table, datetime.now(WIB))
    reading = Reading(["nilai"], [(number, False, [text]) for number, text in enumerate(texts, start=1)])
    with cluster.connect("loader") as connection:
        connection.execute("set timezone = 'Asia/Jakarta'")
        stage.create(connection, steps, is_simulated=False)
        stage.copy_rows(connection, steps, reading)
        stage.type_rows(connection, steps)
        found = dict(connection.execute("select _row, nilai from stage.b1").fetchall())  # type: ignore[arg-type]
        connection.rollback()
    return [found.get(number, "rejected") for number in range(1, len(texts) + 1)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.234,56", Decimal("1234.56")),
        ("36.387.492.566,45", Decimal("36387492566.45")),
        ("(1,00)", Decimal("-1.00")),
        ("-16,25", Decimal("-16.25")),
        ("12345,5", Decimal("12345.5")),
        ("-", None),
        ("", None),
        ("   ", None),
        (None, None),
        ("1,234.56", "rejected"),
        ("12.34", "rejected"),
        ("2.160,38 M", "rejected"),
        ("1e5", "rejected"),
        ("NaN", "rejected"),
        ("٣", "rejected"),
    ],
)
def test_indonesian_numbers(cluster: Cluster, text: str | None, value: object) -> None:
    assert typed(cluster, [text], type="numeric", number="id") == [value]


@pytest.mark.parametrize(
    ("format_", "text", "value"),
    [
        ({"type": "integer"}, "0x1F", "rejected"),
        ({"type": "integer"}, "1_000", "rejected"),
        ({"type": "integer"}, "+5", "rejected"),
        ({"type": "integer"}, " 12 ", 12),
        ({"type": "integer"}, "007", 7),
        ({"type": "integer"}, "99999999999999999999", "rejected"),
        ({"type": "integer", "number": "id"}, "1.234", 1234),
        ({"type": "numeric"}, "NaN", "rejected"),
        ({"type": "numeric"}, "Infinity", "rejected"),
        ({"type": "numeric"}, "2160375621454.6", Decimal("2160375621454.6")),
        ({"type": "date"}, "today", "rejected"),
        ({"type": "date"}, "infinity", "rejected"),
        ({"type": "date"}, "2024-02-30", "rejected"),
        ({"type": "date"}, "275760-01-01", "rejected"),
        ({"type": "date"}, "2024-2-3", "rejected"),
        ({"type": "date", "date": "dd/MM/yyyy"}, "10/11/2024", date(2024, 11, 10)),
        ({"type": "date", "date": "dd/MM/yyyy"}, "31/02/2024", "rejected"),
        ({"type": "date", "date": "dd/MM/yyyy"}, "2024-11-10", date(2024, 11, 10)),
        ({"type": "date", "date": "d MMMM yyyy"}, "Jum'at, 14 Pebruari 2025", date(2025, 2, 14)),
        ({"type": "date", "date": "d MMMM yyyy"}, "1 Agt 2025", date(2025, 8, 1)),
        ({"type": "date", "date": "d MMMM yyyy"}, "31 Nopember 2025", "rejected"),
        ({"type": "date", "date": "d MMMM yyyy"}, "1 Blah 2025", "rejected"),
        (
            {"type": "timestamptz", "date": "d MMMM yyyy HH:mm"},
            "20 Agustus 2021 07:15 WIB",
            datetime(2021, 8, 20, 7, 15, tzinfo=WIB),
        ),
        ({"type": "timestamptz"}, "2024-11-28 07:15:00", datetime(2024, 11, 28, 7, 15, tzinfo=WIB)),
        ({"type": "timestamptz"}, "2024-01-10T13:17:26+00:00", datetime(2024, 1, 10, 20, 17, 26, tzinfo=WIB)),
        ({"type": "timestamptz"}, "2024-01-10T13:17:26Z", datetime(2024, 1, 10, 20, 17, 26, tzinfo=WIB)),
        ({"type": "timestamptz"}, "now", "rejected"),
        ({"type": "timestamptz"}, "2024-13-10T13:17:26+00:00", "rejected"),
        ({"type": "time", "date": "HH:mm:ss"}, "24:00:00", "rejected"),
        ({"type": "boolean"}, "Ya", True),
        ({"type": "boolean"}, "mungkin", "rejected"),
        ({"type": "text", "required": True}, "  ", "rejected"),
        ({"type": "numeric", "capture": "^([0-9.]+) ?km$"}, "6 km", Decimal(6)),
        ({"type": "numeric", "capture": "^([0-9.]+) ?km$"}, "6 mil", "rejected"),
    ],
)
def test_generous_forms_of_postgresql_are_refused(
    cluster: Cluster, format_: dict[str, Any], text: str, value: object
) -> None:
    assert typed(cluster, [text], **format_) == [value]


BATCHES = hypothesis_settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@BATCHES
@given(st.lists(st.decimals(-(10**15), 10**15, places=2), min_size=1, max_size=50))
def test_every_number_written_the_indonesian_way_comes_back_to_the_last_digit(
    cluster: Cluster, numbers: list[Decimal]
) -> None:
    texts: list[str | None] = [f"{n:,}".translate(str.maketrans(",.", ".,")) for n in numbers]
    assert typed(cluster, texts, type="numeric", number="id") == numbers


@BATCHES
@given(st.lists(st.dates(date(1900, 1, 1), date(2099, 12, 31)), min_size=1, max_size=50))
def test_every_day_written_in_words_comes_back(cluster: Cluster, days: list[date]) -> None:
    texts: list[str | None] = [f"{d.day} {MONTHS[d.month - 1]} {d.year}" for d in days]
    assert typed(cluster, texts, type="date", date="d MMMM yyyy") == days


@BATCHES
@given(st.lists(st.text(max_size=12), min_size=1, max_size=50))
def test_no_text_ends_a_batch(cluster: Cluster, texts: list[str]) -> None:
    """Whatever a cell holds, its row is typed or rejected; the batch goes on."""
    for format_ in (
        {"type": "integer"},
        {"type": "numeric", "number": "id"},
        {"type": "date"},
        {"type": "timestamptz"},
    ):
        values = typed(cluster, list(texts), **format_)
        assert len(values) == len(texts)
