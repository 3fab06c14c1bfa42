"""Which lines of a file go straight to PostgreSQL, and that each keeps its number."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from command_center.declaration.source import Column
from command_center.extract.delimited import NotPlain
from command_center.intake import lanes
from command_center.intake.lanes import divide, fixed_offset, forms, texts
from hypothesis import given
from hypothesis import strategies as st

HEAD = b"kode;jumlah\n"


def column(name: str, **options: Any) -> Column:
    return Column(name=name, source=name, description="x", classification="publik", **options)


COLUMNS = [column("kode"), column("jumlah", type="integer")]


def pieces(content: bytes, size: int) -> Iterator[bytes]:
    return (content[at : at + size] for at in range(0, len(content), size))


def in_lanes(content: bytes, size: int = 7) -> tuple[list[bytes], list[bytes], list[int]]:
    """Lines of the first lane, with an empty one for each of the others; these, and their numbers."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lanes, "MOST_APART", 1)
        patch.setattr(lanes, "BLOCK", 1)  # each piece is a block; the first has the header
        head = content.index(b"\n") + size
        found, straight = divide(COLUMNS, ";", chain([content[:head]], pieces(content[head:], size)))
        assert found is not None
        went = b"".join(straight).splitlines(keepends=True)
    return went, b"".join(found.others()).splitlines(keepends=True), found.rows


def test_only_lines_that_do_not_fit_go_apart_and_all_keep_their_numbers() -> None:
    content = HEAD + b"A;1\nB;01\nC;3\nD; 4\n-;5\n;6\nE;\n"
    went, others, rows = in_lanes(content)
    assert rows == [2, 4, 5]
    assert went == [b"A;1\n", b";\n", b"C;3\n", b";\n", b";\n", b";6\n", b"E;\n"]
    assert others == [b"2;B;01\n", b"4;D; 4\n", b"5;-;5\n"]


def test_a_quotation_takes_along_what_it_spans() -> None:
    """Its second line would fit by itself."""
    went, others, rows = in_lanes(HEAD + b'A;1\n"x\nB;2\ny";3\nC;4\n')
    assert rows == [2]
    assert went == [b"A;1\n", b";\n", b"C;4\n"]
    assert b"".join(others) == b'2;"x\nB;2\ny";3\n'


def test_a_quotation_that_never_ends_is_left_to_the_row_by_row_way() -> None:
    with pytest.raises(NotPlain):
        in_lanes(HEAD + b'A;1\nB;"2\n')


def test_the_last_line_may_lack_its_end_and_lines_may_end_as_windows_ends_them() -> None:
    went, others, rows = in_lanes(b"kode;jumlah\r\nA;1\r\nB;x\r\nC;3")
    assert (went, rows) == ([b"A;1\r\n", b";\r\n", b"C;3\r\n"], [2])
    assert others == [b"2;B;x\r\n"]


@given(
    st.lists(st.sampled_from(["A;1", "B;", ";", "C;x", '"a;b";2', '"a\nA;1\n";3', "D ;4", "E;005"])), st.integers(1, 40)
)
def test_wherever_a_block_ends_the_same_lines_go_apart(lines: list[str], size: int) -> None:
    content = HEAD + "".join(f"{line}\n" for line in lines).encode()
    went, others, rows = in_lanes(content, size)
    assert len(went) == len(lines)
    assert rows == [number for number, line in enumerate(lines, start=1) if line not in ("A;1", "B;", ";")]
    assert b"".join(others).decode() == "".join(f"{number};{lines[number - 1]}\n" for number in rows)


def test_a_file_of_another_way_of_writing_goes_in_one_lane() -> None:
    content = HEAD + b"A;1\n" * 10 + b"B;1.000\n" * 10
    found, everything = divide(COLUMNS, ";", pieces(content, 5))
    assert found is None
    assert b"".join(everything) == content


def test_the_form_of_a_column_shows_in_its_values() -> None:
    moment = column("waktu", type="timestamptz")
    for value in (b"2026-10-01T07:15:00+07:00", b"2026-10-01 07:15:00", b"2026-10-01 07:15"):
        found, straight = divide([column("kode"), moment], ";", iter([b"kode;waktu\nA;" + value + b"\n"]))
        assert found is not None and found.rows == []
        assert b"".join(straight) == b"A;" + value + b"\n"


WORDS = st.lists(st.text("ab-N", min_size=1, max_size=3), max_size=4)


@given(WORDS, st.text("abN- é", max_size=5))
def test_a_text_goes_straight_unless_it_is_a_declared_null_or_has_blanks_around_it(nulls: list[str], text: str) -> None:
    pattern = texts(column("kode", nulls=nulls), ";")
    assert pattern is not None
    fits = (
        bool(text) and text not in nulls and all(letter.isascii() and letter != " " for letter in (text[0], text[-1]))
    )
    assert bool(re.fullmatch(pattern, text)) == fits


def test_days_that_are_none_do_not_fit() -> None:
    [form] = forms(column("hari", type="date"), ";")
    days = {"2024-02-29": True, "2000-02-29": True, "1900-02-29": False, "2026-02-29": False, "2026-04-31": False}
    days |= {"2026-12-31": True, "2026-13-01": False, "2026-1-1": False, "2026-10-00": False, "1899-12-31": False}
    assert {day: bool(re.fullmatch(form.pattern, day)) for day in days} == days


def test_moments_go_straight_only_where_clocks_were_never_changed() -> None:
    zones = ("Asia/Jakarta", "Asia/Jayapura", "Asia/Pontianak", "Europe/Amsterdam")
    assert [fixed_offset(ZoneInfo(zone)) for zone in zones] == ["+0700", "+0900", None, None]


def test_a_number_that_is_a_declared_null_leaves_its_column_without_a_form() -> None:
    assert forms(column("jumlah", type="integer", nulls=["", "-1"]), ";") == ()
    assert forms(column("jumlah", type="integer", nulls=["", "n.a."]), ";") != ()


def test_a_text_longer_than_declared_does_not_fit() -> None:
    short = texts(column("kode", longest=5, nulls=[]), ";")
    assert short is not None
    assert [bool(re.fullmatch(short, "x" * length)) for length in (1, 5, 6)] == [True, True, False]
    content = HEAD + b"A;1\n" + b"x" * 2_001 + b";2\nC;3\n"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lanes, "MOST_APART", 1)
        found, straight = divide([column("kode", longest=2_000), COLUMNS[1]], ";", iter([content]))
        assert found is not None and b"".join(straight).count(b"\n") == 3
    assert found.rows == [2]
