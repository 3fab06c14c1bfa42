"""What lies ahead of now: a row is set aside for it, or loses that value, whether a column tells a time or numbers name a period."""

from __future__ import annotations

from dataclasses import astuple
from datetime import date, datetime
from typing import Any

import pytest
from command_center.declaration.period import Period
from command_center.declaration.registry import get_source
from command_center.declaration.source import Column, Table, Volume
from command_center.extract.reading import Reading
from command_center.intake import stage
from command_center.settings import WIB

from tests.conftest import Cluster
from tests.integration.conftest import Intake
from tests.integration.intake.test_intake import DAMKAR, _csv, _records

NOW = datetime(2026, 11, 23, 9, 20, tzinfo=WIB)


def judged(
    cluster: Cluster, columns: list[dict[str, Any]], rows: list[list[str]], **table: Any
) -> tuple[Any, Any, Any]:
    """Typed rows, reasons of those set aside, and reasons of values that were left out."""
    made = [Column(source=one["name"], description="-", classification="publik", **one) for one in columns]
    declared = Table(description="-", mode="snapshot", volume=Volume(max=100), columns=made, **table)
    steps = stage.Stage(1, declared, NOW)
    reading = Reading([one.name for one in made], [(at, False, row) for at, row in enumerate(rows, start=1)])
    names = ", ".join(one.name for one in made)
    with cluster.connect("loader") as connection:
        connection.execute("set timezone = 'Asia/Jakarta'")
        stage.create(connection, steps, is_simulated=False)
        stage.copy_rows(connection, steps, reading)
        stage.type_rows(connection, steps)
        stage.check_times(connection, steps)
        typed, bad, emptied = (
            connection.execute(query).fetchall()
            for query in (
                f"select {names} from stage.b1 order by _row",
                "select _row, _error from stage.b1_bad order by 1",
                "select _row, _column, _reason from stage.b1_emptied order by 1",
            )
        )
        connection.rollback()
    return typed, bad, emptied


def test_a_moment_ahead_takes_its_row_or_only_itself_and_clocks_may_differ_by_minutes(cluster: Cluster) -> None:
    texts = ["2026-11-23T09:00:00+07:00", "2026-11-23T09:24:00+07:00", "2026-12-23T09:00:00+07:00"]
    column = {"name": "terima_at", "type": "timestamptz", "future": "refused", "required": True}
    typed, bad, emptied = judged(cluster, [column], [[text] for text in texts])
    assert (len(typed), bad, emptied) == (2, [(3, "terima_at#masa_depan")], [])
    column |= {"required": False, "on_bad": "null"}
    typed, bad, emptied = judged(cluster, [column], [[text] for text in texts])
    assert typed[2] == (None,) and bad == []
    assert emptied == [(3, "terima_at", "Waktunya berada di masa depan.")]


@pytest.mark.parametrize(
    ("column", "within", "outside"),
    [
        (
            {"name": "mulai_at", "type": "timestamptz"},
            ["2026-11-01T00:00:00+07:00", "2026-11-30T23:59:59+07:00"],
            ["2026-10-31T23:59:59+07:00", "2026-12-01T00:00:00+07:00"],
        ),
        ({"name": "tanggal", "type": "date"}, ["2026-11-01", "2026-11-30"], ["2026-10-31", "2026-12-01"]),
    ],
)
@pytest.mark.parametrize("key", [True, False])
def test_a_period_has_its_first_and_its_last_moment(
    cluster: Cluster, column: dict[str, Any], within: list[str], outside: list[str], key: bool
) -> None:
    """Whether the index of the key knows it, or each row is looked at."""
    made = Column(source="waktu", description="-", classification="publik", required=True, **column)
    declared = Table(
        description="-", mode="snapshot", volume=Volume(max=9), columns=[made], key=[made.name] if key else []
    )
    november = Period(date(2026, 11, 1), date(2026, 11, 30))
    with cluster.connect("loader") as connection:
        connection.execute("set timezone = 'Asia/Jakarta'")
        for texts, found in ((within, (0, None, None)), (within + outside, (2, date(2026, 10, 31), date(2026, 12, 1)))):
            steps = stage.Stage(1, declared, NOW)
            stage.create(connection, steps, is_simulated=False)
            rows = [(at, False, [text]) for at, text in enumerate(texts, start=1)]
            stage.copy_rows(connection, steps, Reading([made.name], rows))
            stage.type_rows(connection, steps)
            assert stage.index_key(connection, steps) is key
            assert astuple(stage.mark_outside(connection, steps, made, november)) == found
            assert stage.bad_rows(connection, steps) == found[0]
            connection.rollback()


@pytest.mark.parametrize(
    ("period", "number", "last"), [("week", "minggu", 47), ("quarter", "triwulan", 4), ("month", "bulan", 11)]
)
def test_a_period_that_has_not_begun_is_set_aside(cluster: Cluster, period: str, number: str, last: int) -> None:
    columns = [
        {"name": "tahun", "type": "integer", "required": True},
        {"name": number, "type": "integer", "required": True, "future": "refused"},
    ]
    rows = [["2026", str(last)], ["2026", str(last + 1)] if period != "quarter" else ["2027", "1"], ["2027", "1"]]
    typed, bad, _ = judged(cluster, columns, rows, as_of=["tahun", number], period=period)
    assert typed == [(2026, last)]
    assert bad == [(2, f"{number}#masa_depan"), (3, f"{number}#masa_depan")]


def test_only_what_tells_a_time_can_lie_ahead(cluster: Cluster) -> None:
    with pytest.raises(ValueError, match="column 'kasus' is integer and names no period"):
        judged(cluster, [{"name": "kasus", "type": "integer", "future": "refused"}], [["1"]])
    with pytest.raises(ValueError, match="says why it lies ahead, and refuses it"):
        judged(cluster, [{"name": "hari", "type": "date", "future": "refused", "ahead": "planned"}], [["2026-10-01"]])


def test_one_fire_of_next_month_is_set_aside_and_opens_no_month(intake: Intake) -> None:
    header, first, *rest = _records(intake.get(DAMKAR))
    first[header.index("Tanggal")] = "2 Desember 2026"
    intake.serve(DAMKAR, _csv([header, first, *rest[:60]]))
    (outcome,) = intake.load("damkar_kejadian")
    assert outcome.status == "published"
    assert intake.value("select max(kejadian_tanggal) <= date '2026-11-23' from raw.damkar_kejadian__kejadian") is True
    query = "select reason from ops.quarantine where column_name = 'Tanggal'"
    assert intake.rows(query) == [("Kolom 'Tanggal' berada di masa depan; periksa tanggalnya lalu kirim ulang.",)]


def test_no_time_of_a_change_moves_the_next_question_ahead() -> None:
    changed = next(c for c in get_source("diskominfo_112").tables["tiket"].columns if c.name == "diubah_at")
    assert changed.future == "refused" and changed.is_emptied_when_bad
