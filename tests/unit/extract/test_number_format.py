"""Which number formats show another value than the cell holds, and the value that a person sees."""

from __future__ import annotations

import pytest
from command_center.extract.number_format import PERCENT, as_code, code_format, shown_as


@pytest.mark.parametrize(
    ("written", "number", "shown"),
    [
        ("000", 7, "007"),
        ("000", 1234, "1234"),
        ("00", 0, "00"),
        ("00000;-00000", 25111, "25111"),
        ("000;[Red]-000", 7, "007"),
        ('00"."00"."00', 137101, "13.71.01"),
        ("00\\.00\\.00\\.0000", 1371011001, "13.71.01.1001"),
        ('"TPS "000', 7, "TPS 007"),
        ("000-0000", 51234, "005-1234"),
        ("##0-00", 512, "5-12"),
        ("##0-00", 12, "0-12"),
        ("000_)", 7, "007"),
    ],
)
def test_a_number_is_the_code_that_its_format_shows(written: str, number: int, shown: str) -> None:
    places = code_format(written)
    assert places is not None and as_code(number, places) == shown


@pytest.mark.parametrize(
    "written",
    ["General", "0", "#", "0.00", "#,##0", "0%", "dd/mm/yyyy", "00:00:00.0", "[<=99]000;0", "@", "", "0E+00", "###"],
)
def test_other_formats_say_nothing_of_a_code(written: str) -> None:
    assert code_format(written) is None


@pytest.mark.parametrize(
    "written", ["0%", "0.00%", "0,00 %", "0.0%;[Red]-0.0%", "[Blue]0.00%_)", '"naik "0%', "Percent"]
)
def test_a_format_in_percent_is_told_by_its_sign(written: str) -> None:
    assert shown_as(written) == PERCENT


@pytest.mark.parametrize("written", ['0.00"%"', "0.00\\%", '0" %"', '0.00;"%"', "[$%-421]0", "General", "#,##0.00"])
def test_a_sign_that_is_only_written_beside_the_number_is_none(written: str) -> None:
    assert shown_as(written) != PERCENT
