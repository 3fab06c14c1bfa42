"""Indonesian numbers and dates: what officials read must not be misread by a factor of a thousand."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from command_center.idformat import (
    format_cell,
    format_date,
    format_idr,
    format_moment,
    format_month,
    format_number,
    format_short,
    join_words,
)
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (2819354920969, 2, "2.819.354.920.969,00"),
        (Decimal("45.225"), 2, "45,23"),
        (-16.25, 2, "−16,25"),
        (0, 0, "0"),
        (-0.04, 1, "0,0"),
        (999.95, 1, "1.000,0"),
        (None, 1, "n.a."),
    ],
)
def test_number(value: Decimal | float | None, decimals: int, text: str) -> None:
    assert format_number(value, decimals) == text


def test_nil_is_a_dash_and_missing_is_not_nil() -> None:
    assert [format_cell(value) for value in (0, None, 1234)] == ["–", "n.a.", "1.234"]


def test_short_keeps_only_what_is_said() -> None:
    assert [format_short(value) for value in (12, Decimal("12.50"), 100, None)] == ["12", "12,5", "100", "n.a."]


def test_rupiah_has_no_space() -> None:
    assert [format_idr(value) for value in (2819354920969, -5, None)] == ["Rp2.819.354.920.969", "−Rp5", "n.a."]


def test_dates() -> None:
    day = date(2025, 8, 14)
    assert format_date(day) == "14 Agustus 2025"
    assert format_date(day, weekday=True) == "Kamis, 14 Agustus 2025"
    assert format_month(day) == "Agustus 2025"


def test_moments_are_shown_in_wib() -> None:
    assert format_moment(datetime(2026, 10, 31, 18, 5, tzinfo=UTC)) == "1 November 2026 pukul 01.05 WIB"
    assert format_moment(datetime(2026, 10, 31, 18, 5)) == "31 Oktober 2026 pukul 18.05 WIB"
    assert format_moment(None) == "n.a."


@pytest.mark.parametrize(
    ("words", "text"), [(["a"], "a"), (["a", "b"], "a dan b"), (["a", "b", "c"], "a, b, dan c"), ([], "")]
)
def test_lists_of_words(words: list[str], text: str) -> None:
    assert join_words(words) == text


@given(st.decimals(min_value=-(10**12), max_value=10**12, places=2), st.integers(0, 2))
def test_reading_back_gives_the_rounded_number(value: Decimal, decimals: int) -> None:
    text = format_number(value, decimals)
    back = Decimal(text.replace(".", "").replace(",", ".").replace("−", "-"))
    assert abs(back - value) <= Decimal(5).scaleb(-decimals - 1)
