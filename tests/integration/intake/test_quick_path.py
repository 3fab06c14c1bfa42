"""A file that COPY takes as it is, in one lane or in two, typed by the quick look at each text, gives what the thorough way
gives: the same rows, broken rows and emptied values, under every option of a column."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any, get_args

import pytest
from command_center.database import all_values
from command_center.declaration.source import DateFormat, NumberFormat, Source
from command_center.extract import delimited
from command_center.extract.delimited import NotPlain
from command_center.intake import lanes, stage
from command_center.settings import WIB
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tests.conftest import Cluster
from tests.support.file_source import answer, declare

Loaded = tuple[list[Any], list[Any], list[Any]]
Texts = list[Any]
DAYS = [form for form in get_args(DateFormat) if not form.startswith("HH")]
PLAIN = [
    "-1",
    "0",
    "7",
    "1.50",
    "true",
    "2026-10-01",
    "07:15:00",
    "2026-10-01T07:15:00+07:00",
    "2026-10-01 07:15:00",
    "2024-02-29",
    "29-02-2024",
    "01/10/2026",
    "01-10-2026 07:15",
    "07:15",
    "Lolong Belanti",
]  # what the quick look takes
TYPES = st.one_of(
    st.fixed_dictionaries({"type": st.sampled_from(["integer", "numeric", "boolean", "date", "timestamptz"])}),
    st.fixed_dictionaries({"type": st.sampled_from(["integer", "numeric"]), "number": st.sampled_from(get_args(NumberFormat))}),
    st.fixed_dictionaries({"type": st.sampled_from(["date", "timestamptz"]), "date": st.sampled_from(DAYS)}),
    st.fixed_dictionaries({"type": st.just("time"), "date": st.sampled_from(["iso", "HH:mm", "HH:mm:ss"])}),
    st.fixed_dictionaries({"type": st.sampled_from(["boolean", "text"])}),
)  # fmt: skip
ODD = [
    "", "-", "-1", "0", "-0", "007", " 5 ", "\u00a05", "1.50", "1.234,5", "3,511.81", "3,511", "3.511", "1,234,567", "1.234.567", "(2)", "Rp 1.234", "Rp. 1.234,50", "1.234,-", "1.250,00", "2,5 jt", "true",
    "Ya", "1", "NaN", "1e3", "1e-05", "2.5E+1", "2026-02-30", "2026-10-01", "1 Mei 2026", "Mei 2026", "01-10-2026", "01/10/26 07:15", "20261001",
    "2026-10-01T07:15:00+07:00", "2026-10-01 07:15", "07:15:00", "7.15", "24:00:00", "1790000000", "1790000000000", "1.250.000-", "12,5-", "1'250'000", "1’250’000,50", "1 250 000,50", "1\u00a0250.5", "-1\u202f250", "12 34", "5-", "\\N", "\\.",
    'pipa 2"', '"dikutip; ""utuh"""', "a\\b", "NULL", "Jum'at, 2 Okt 2026 07:15 WIB",
]  # fmt: skip
CELLS = (
    st.sampled_from(PLAIN)
    | st.sampled_from(ODD)
    | st.text("0123456789:-T+.,; \"'\\", max_size=9)
    | st.from_regex(r"[-(]?[0-9]{1,3}([ '’.,\u00a0\u202f]?[0-9]{2,3}){0,3}[-)]?", fullmatch=True)
    | st.integers(-(10**19), 10**19).map(str)
)


def rows_of(cells: st.SearchStrategy[str]) -> st.SearchStrategy[list[tuple[str, str]]]:
    return st.lists(st.tuples(cells, cells), min_size=1, max_size=25)


OPTIONS = st.fixed_dictionaries(
    {
        "nulls": st.lists(st.sampled_from([*PLAIN, *PLAIN, *ODD]), max_size=4),
        "required": st.booleans(),
        "optional": st.booleans(),
        "on_bad": st.sampled_from(["auto", "row", "null"]),
        "capture": st.sampled_from([None, None, "^(.*)$", "([0-9.,-]+)"]),
        "timezone": st.sampled_from(["Asia/Jakarta", "UTC", "Asia/Jayapura"]),
        "aliases": st.sampled_from([[], ["Lain"]]),
    }
)


@st.composite
def columns(draw: st.DrawFn) -> list[dict[str, Any]]:
    """A column of text, and two of any type with any options."""
    made: list[dict[str, Any]] = [{"source": "Kode"}]
    for header in ("Nilai", "Kedua"):
        options = draw(OPTIONS)
        if options["required"] and options["on_bad"] == "null":
            options["on_bad"] = "row"
        made.append({"source": header, **draw(TYPES), **options})
    return made


def loaded(
    cluster: Cluster, source: Source, content: bytes, *, is_quick: bool, most_apart: float = -1.0
) -> tuple[Loaded, Texts] | None:
    """Typed rows, broken rows and emptied values in the order of the file, and the text of all; None where COPY does not take it.

    `most_apart` -1 is one lane, 1 two wherever a line may go in each.
    """
    table, given_answer = source.tables["baris"], answer(content)
    steps = stage.Stage(1, table, datetime(2026, 11, 5, 9, tzinfo=WIB))
    reading = (
        delimited.plain(source, table, given_answer)
        if is_quick
        else delimited.read(source, table, given_answer, row_by_row=True)
    )
    if reading is None:
        return None
    with cluster.connect("loader") as connection, pytest.MonkeyPatch.context() as patch:
        if not is_quick:
            patch.setattr(stage, "canonical", lambda column, name: None)
        patch.setattr(lanes, "MOST_APART", most_apart)
        connection.execute("set timezone = 'Asia/Jakarta'")
        stage.create(connection, steps, is_simulated=False)
        try:
            stage.copy_rows(connection, steps, reading)
        except NotPlain:
            connection.rollback()
            return None
        stage.type_rows(connection, steps)
        names = ", ".join(f'"{column.name}"' for column in table.stored)
        order = "row_number() over (order by _row)"
        typed = connection.execute(f"select {names} from stage.b1 order by _row").fetchall()
        numbered = (
            f"select _row, {order} as number from (select _row from stage.b1_text union select _row from stage.b1)"
        )
        bad, emptied = (
            connection.execute(
                f"select number, {what} from {table_} join ({numbered}) as n using (_row) order by 1, 2"
            ).fetchall()
            for table_, what in (("stage.b1_bad", "_error"), ("stage.b1_emptied", "_column"))
        )
        stage.mark(connection, steps, all_values(connection, int, "select _row from stage.b1"), "#semua")
        stage.set_aside(connection, steps)
        texts = connection.execute(f"select {names} from stage.b1_text order by _row").fetchall()
        connection.rollback()
    return (typed, bad, emptied), texts


@hypothesis_settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(
    declared=columns(),
    cells=rows_of(CELLS.filter(lambda one: '"' not in one)) | rows_of(CELLS),
    header=st.sampled_from(["Nilai", "Lain"]),
)
def test_what_goes_to_copy_is_what_row_by_row_gives(
    cluster: Cluster, declared: list[dict[str, Any]], cells: list[tuple[str, str]], header: str
) -> None:
    source = declare("csv", declared, {"separator": ";"})
    first = header if header in declared[1]["aliases"] else "Nilai"
    if first == "Lain" and "Lain" in declared[2]["aliases"]:
        declared[2]["aliases"] = []
        source = declare("csv", declared, {"separator": ";"})
    lines = [f"K{number};{one};{two}" for number, (one, two) in enumerate(cells)]
    content = "\n".join([f"Kode;{first};Kedua", *lines, ""]).encode()
    quick = loaded(cluster, source, content, is_quick=True)
    if quick is not None:
        assert quick == loaded(cluster, source, content, is_quick=True, most_apart=1)
        thorough = loaded(cluster, source, content, is_quick=False)
        assert thorough is not None and quick[0] == thorough[0]


@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
def test_ordinary_files_do_go_to_copy(cluster: Cluster, separator: str) -> None:
    source = declare(
        "csv",
        ["Kode", {"source": "Nilai", "type": "integer", "nulls": ["", "-1"], "on_bad": "row"}],
        {"separator": separator},
    )
    content = "".join(f"{separator.join(line)}\n" for line in (("Kode", "Nilai"), ("A", "-1"), ("B", "7"), ("C", "x")))
    expected: Loaded = ([("A", None), ("B", 7)], [(3, "nilai#format")], [])
    for is_quick in (True, False):
        found = loaded(cluster, source, content.encode(), is_quick=is_quick)
        assert found is not None and found[0] == expected


@pytest.mark.parametrize(
    ("number", "written", "foreign", "either"),
    [
        ("plain", "2.5", "1.234.567,8", "7.250"),
        ("plain", "2.5", "1 234 567,8", "7.250"),
        ("id", "2,5", "1,234,567.8", "7,250"),
        ("id", "2,5", "1,234,567.8", "7.250"),
    ],
)
@pytest.mark.parametrize("on_bad", ["auto", "row"])
def test_one_number_with_foreign_marks_leaves_those_unread_that_could_be_two(
    cluster: Cluster, number: str, written: str, foreign: str, either: str, on_bad: str
) -> None:
    column = {"source": "Nilai", "type": "numeric", "number": number, "on_bad": on_bad}
    source = declare("csv", ["Kode", column], {"separator": ";"})
    content = f"Kode;Nilai\nA;{written}\nB;{either}\nC;{foreign}\nD;{written}\n".encode()
    alone = f"Kode;Nilai\nA;{written}\nB;{either}\n".encode()
    for most_apart in (-1.0, 1.0):
        found = loaded(cluster, source, content, is_quick=True, most_apart=most_apart)
        assert found is not None
        (typed, bad, emptied), texts = found
        values = {"A": Decimal("2.5"), "C": Decimal("1234567.8"), "D": Decimal("2.5")}
        assert dict(typed) == (values | {"B": None} if on_bad == "auto" else values)
        assert (bad, emptied) == (([], [(2, "nilai")]) if on_bad == "auto" else ([(2, "nilai#format")], []))
        assert [text for _, text in texts] == [written, either, foreign, written]
        unmarked = loaded(cluster, source, alone, is_quick=True, most_apart=most_apart)
        assert unmarked is not None and len(unmarked[0][0]) == 2
