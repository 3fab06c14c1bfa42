"""What time a batch covers, from its declaration, its rows and when it came; and what the ledger says of it afterwards."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from command_center.database import Connection, all_rows, connect
from command_center.declaration.formats import SQL_TYPES
from command_center.declaration.source import Source
from command_center.extract.isolated import Parser
from command_center.intake import stage
from command_center.intake.coverage import Asked, Covered, Span, covered, span_of
from command_center.intake.ddl import create_raw_tables
from command_center.intake.ingest import ingest
from command_center.intake.outcome import Outcome
from command_center.intake.stage import Stage
from command_center.ledger import catalogue
from command_center.settings import WIB, settings
from command_center.warehouse.bootstrap import declare_sources
from great_expectations.data_context.data_context_variables import EphemeralDataContextVariables
from psycopg import sql

from tests.conftest import Cluster
from tests.integration.conftest import empty

Declared = dict[str, Any]
COLUMNS: dict[str, Declared] = {
    "bulan": {"type": "date", "date": "MMMM yyyy"},
    "tanggal": {"type": "date"},
    "terjadi_at": {"type": "timestamptz"},
    "tahun": {"type": "integer", "unit": "tahun"},
    "ke": {"type": "integer", "unit": "urutan"},
}


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=WIB)


def source_of(
    as_of: str | list[str] | None = "terjadi_at",
    mode: str = "upsert",
    period: str | None = None,
    address: str = "file:///data",
    period_of: str | None = None,
) -> Source:
    columns = [
        {"name": name, "source": name, "description": name, "classification": "publik", **more}
        for name, more in COLUMNS.items()
    ]
    nomor = {"name": "nomor", "source": "nomor", "description": "Nomor", "classification": "publik", "required": True}
    table = {
        "description": "One row per event.",
        "mode": mode,
        "key": ["nomor"],
        "as_of": as_of,
        "period": period,
        "volume": {"min": 0, "max": 1000, "min_pct_of_last": 0},
        "columns": [nomor, *columns],
    }
    files = r"acara_(?P<periode>[0-9-]+)\.csv"
    asked = {"part": "{periode}", "path": ".", "tables": ["acara"], "files": files, "period": period_of}
    return Source.model_validate(
        {
            "source": "uji_acara", "title": "Acara", "opd": "uji", "opd_name": "Uji", "description": "Uji.", "owner": "K",
            "steward": "K", "deputy_steward": "K", "legal_basis": [], "maturity": 0, "schedule": None, "freshness": "P3D",
            "connection": {"id": "uji", "address": address},
            "extract": {"kind": "csv", "requests": [asked]}, "tables": {"acara": table},
        }
    )  # fmt: skip


@pytest.fixture
def loader(cluster: Cluster) -> Iterator[Connection]:
    with connect(cluster.settings.dsn("loader")) as connection:
        yield connection
        connection.rollback()


Covers = Callable[..., tuple[str | None, str | None]]


@pytest.fixture
def covers(loader: Connection) -> Covers:
    """What rows, each a dict of columns, cover."""

    def of(source: Source, rows: list[dict[str, object]], **asked: Any) -> tuple[str | None, str | None]:
        staged = Stage(987654321, source.tables["acara"], at("2026-11-27"))
        types = sql.SQL(", ").join(
            sql.SQL("{} {}").format(sql.Identifier(c.name), sql.SQL(SQL_TYPES[c.type])) for c in staged.table.stored
        )
        loader.execute(sql.SQL("create unlogged table {} ({})").format(staged.typed, types))
        made = sql.SQL("insert into {0} select * from jsonb_populate_record(null::{0}, %s)").format(staged.typed)
        for row in rows:
            loader.execute(made, [json.dumps(row)])
        seen = {"fetched_at": at("2026-11-27 08:00"), "seen_at": at("2026-11-27 08:00")}
        found = covered(loader, source, staged, Asked(**(seen | asked)))
        stage.drop(loader, staged)
        return shown(found)

    return of


def shown(found: Covered) -> tuple[str | None, str | None]:
    return written(found.since), written(found.until)


def written(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(WIB).strftime("%Y-%m-%d %H:%M")


def events(*moments: str) -> list[dict[str, object]]:
    return [{"nomor": str(number), "terjadi_at": f"{moment}+07"} for number, moment in enumerate(moments)]


@pytest.mark.parametrize(
    ("as_of", "period", "row", "since", "until"),
    [
        ("bulan", None, {"bulan": "2026-10-01"}, "2026-10-01 00:00", "2026-11-01 00:00"),
        ("bulan", None, {"bulan": "2026-11-01"}, "2026-11-01 00:00", "2026-11-27 08:00"),  # it runs on
        ("bulan", None, {"bulan": "2027-03-01"}, None, None),  # a slip of the pen
        ("tanggal", None, {"tanggal": "2026-11-26"}, "2026-11-26 00:00", "2026-11-27 00:00"),
        ("tanggal", None, {"tanggal": "2026-11-27"}, "2026-11-27 00:00", "2026-11-27 08:00"),
        ("tanggal", "month_to_date", {"tanggal": "2026-10-15"}, "2026-10-01 00:00", "2026-10-16 00:00"),
        ("tanggal", "semester", {"tanggal": "2026-06-30"}, "2026-01-01 00:00", "2026-07-01 00:00"),
        ("tanggal", "semester", {"tanggal": "2025-12-31"}, "2025-07-01 00:00", "2026-01-01 00:00"),
        ("tanggal", "quarter", {"tanggal": "2026-05-02"}, "2026-04-01 00:00", "2026-07-01 00:00"),
        ("tanggal", "year", {"tanggal": "2024-05-02"}, "2024-01-01 00:00", "2025-01-01 00:00"),
        ("terjadi_at", None, {"terjadi_at": "2026-11-20T14:05+07"}, "2026-11-20 14:05", "2026-11-20 14:05"),
        ("terjadi_at", "month", {"terjadi_at": "2026-09-30T23:05+07"}, "2026-09-01 00:00", "2026-10-01 00:00"),
        ("tahun", "year", {"tahun": 2018}, "2018-01-01 00:00", "2019-01-01 00:00"),
        ("tahun", "year", {"tahun": 20188}, None, None),
        (["tahun", "ke"], "quarter", {"tahun": 2026, "ke": 3}, "2026-07-01 00:00", "2026-10-01 00:00"),
        (["tahun", "ke"], "semester", {"tahun": 2026, "ke": 1}, "2026-01-01 00:00", "2026-07-01 00:00"),
        (["tahun", "ke"], "month", {"tahun": 2026, "ke": 2}, "2026-02-01 00:00", "2026-03-01 00:00"),
        # Weeks of Sundays, of which the first has 4 January in it, also where that year begins on a Thursday or a Friday
        (["tahun", "ke"], "week", {"tahun": 2026, "ke": 1}, "2026-01-04 00:00", "2026-01-11 00:00"),
        (["tahun", "ke"], "week", {"tahun": 2025, "ke": 53}, "2025-12-28 00:00", "2026-01-04 00:00"),
        (["tahun", "ke"], "week", {"tahun": 2025, "ke": 1}, "2024-12-29 00:00", "2025-01-05 00:00"),
        (["tahun", "ke"], "week", {"tahun": 2026, "ke": None}, None, None),
        (None, None, {"terjadi_at": "2026-11-20T14:05+07"}, None, None),
    ],
)
def test_a_value_covers_the_period_it_stands_for_but_not_what_lies_ahead_of_the_answer(
    covers: Covers,
    as_of: str | list[str] | None,
    period: str | None,
    row: dict[str, object],
    since: str | None,
    until: str | None,
) -> None:
    assert covers(source_of(as_of, "upsert", period), [row]) == (since, until)


def test_a_year_in_one_file_covers_from_its_first_month_to_its_last(covers: Covers) -> None:
    rows = [{"nomor": str(month), "bulan": f"2025-{month:02}-01"} for month in (3, 1, 12)]
    assert covers(source_of("bulan"), rows) == ("2025-01-01 00:00", "2026-01-01 00:00")


OCTOBER = span_of("2026-10")


@pytest.mark.parametrize(
    ("newest", "seen_at", "until"),
    [
        ("2026-10-30 21:00", "2026-11-02 07:00", "2026-11-01 00:00"),  # a quiet last day
        ("2026-10-10 14:00", "2026-11-27 08:00", "2026-10-10 14:00"),  # frozen on the tenth
        ("2026-10-29 23:00", "2026-10-31 07:00", "2026-10-29 23:00"),  # the month runs on
    ],
)
def test_a_file_of_a_month_covers_it_once_it_was_seen_behind_its_end(
    covers: Covers, newest: str, seen_at: str, until: str
) -> None:
    found = covers(source_of(), events("2026-10-04 09:00", newest), span=OCTOBER, seen_at=at(seen_at))
    assert found == ("2026-10-01 00:00", until)


def test_a_file_of_a_month_without_a_row_covers_it_when_it_was_over(covers: Covers) -> None:
    assert covers(source_of(), [], span=OCTOBER) == ("2026-10-01 00:00", "2026-11-01 00:00")


@pytest.mark.parametrize("seen_at", ["2026-10-20", "2026-11-27"])
def test_rows_of_another_month_cover_nothing_of_this(covers: Covers, seen_at: str) -> None:
    assert covers(source_of(), events("2026-09-20 09:00"), span=OCTOBER, seen_at=at(seen_at)) == (None, None)


def test_a_mistyped_year_makes_no_years_of_noughts(covers: Covers) -> None:
    january = [f"2024-01-{day:02} {hour:02}:00" for day in range(1, 29) for hour in range(4)]
    november = "2026-11-20 09:00"
    assert covers(source_of(), events("2022-02-03 07:00", *january, november))[0] == "2024-01-01 00:00"
    assert covers(source_of(), events("2023-02-03 07:00", *january, november))[0] == "2023-02-03 07:00", "a quiet year"
    few = events("2022-02-03 07:00", *january[:20], november)
    assert covers(source_of(), few)[0] == "2022-02-03 07:00", "of few rows nobody can tell"


def test_a_list_that_rolls_on_covers_nothing_before_its_last_gap(covers: Covers) -> None:
    """A warning of three years ago that still stands in the list says nothing about the months since."""
    moments = ("2023-04-25 03:00", "2026-11-19 10:00", "2026-11-22 09:59", "2026-11-23 06:00")
    assert covers(source_of(mode="observation"), events(*moments)) == ("2026-11-19 10:00", "2026-11-23 06:00")
    assert covers(source_of(mode="upsert"), events(*moments))[0] == "2023-04-25 03:00"


def test_changes_go_on_where_the_last_ended_however_long_it_was_quiet(covers: Covers) -> None:
    rows = events("2026-11-20 10:00", "2026-11-22 10:00")
    assert covers(source_of(), rows, last_until=at("2026-11-01 10:00")) == ("2026-11-01 10:00", "2026-11-22 10:00")


def test_the_first_question_covers_from_its_bound_only_if_answers_begin_there(covers: Covers) -> None:
    rows = events("2024-01-02 10:00", "2024-03-02 10:00")
    assert covers(source_of(), rows, first=at("2024-01-01")) == ("2024-01-01 00:00", "2024-03-02 10:00")


def test_a_source_that_begins_later_than_asked_covers_from_its_first_row(covers: Covers) -> None:
    rows = events("2024-06-02 10:00", "2024-08-02 10:00")
    assert covers(source_of(), rows, first=at("2024-01-01")) == ("2024-06-02 10:00", "2024-08-02 10:00")


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("2026-12", Span(at("2026-12-01"), at("2027-01-01"))),
        ("2026", Span(at("2026-01-01"), at("2027-01-01"))),
        ("2026-13", None),
        ("Oktober 2026", Span(at("2026-10-01"), at("2026-11-01"))),
        ("Oktber 2026", None),
        ("", None),
    ],
)
def test_what_a_name_says_of_its_period(text: str, span: Span | None) -> None:
    assert span_of(text) == span


class Folder:
    """An upload folder of monthly files, read again and again by a clock of its own."""

    def __init__(self, connection: Connection, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.connection, self.files, self.patch = connection, folder / "files", patch
        self.files.mkdir()
        (folder / "expectations").mkdir()
        (folder / "expectations" / "uji_acara.yml").write_text(yaml.safe_dump({"acara": []}))
        patch.setenv("CC_EXPECTATIONS_DIR", str(folder / "expectations"))
        self.source = source_of(mode="snapshot", address=f"file://{self.files}", period_of="periode")
        create_raw_tables(connection, self.source)
        catalogue.replace(connection, [self.source])
        connection.commit()

    def put(self, period: str, *moments: str) -> None:
        rows = [f"{period}/{moment},{','.join('' for _ in ('bulan', 'tanggal'))},{moment},," for moment in moments]
        text = "nomor,bulan,tanggal,terjadi_at,tahun,ke\n" + "".join(f"{row}\n" for row in rows)
        (self.files / f"acara_{period}.csv").write_text(text)

    def read(self, moment: str) -> dict[str, Outcome]:
        self.patch.setenv("DEMO_NOW", moment)
        settings.cache_clear()
        with Parser() as parser:
            return {one.part: one for one in ingest(self.source, run_id="uji", parser=parser)}

    def coverage(self) -> dict[str, tuple[str | None, str | None]]:
        query = "select part, data_from as since, data_as_of as until from ops.coverage where source = 'uji_acara'"
        return {one.part: shown(Covered(one.since, one.until)) for one in all_rows(self.connection, Reached, query)}

    def content(self) -> list[tuple[str | None, str | None, int, int]]:
        query = (
            "select since, until, rows_read, rows_doubtful from ops.content where source = 'uji_acara' order by 1, 2"
        )
        found = all_rows(self.connection, Spoken, query)
        return [(*shown(Covered(one.since, one.until)), one.rows_read, one.rows_doubtful) for one in found]


@dataclass(frozen=True)
class Spoken:
    since: datetime | None
    until: datetime | None
    rows_read: int
    rows_doubtful: int


class Reached:
    def __init__(self, part: str, since: datetime, until: datetime) -> None:
        self.part, self.since, self.until = part, since, until


@pytest.fixture
def folder(cluster: Cluster, loader: Connection, tmp_path: Path) -> Iterator[Folder]:
    with pytest.MonkeyPatch.context() as patch:
        empty(loader)
        yield Folder(loader, tmp_path, patch)
        loader.rollback()
        empty(loader)
        loader.execute("drop table raw.uji_acara__acara")
        loader.commit()
    settings.cache_clear()
    declare_sources(settings())


def test_a_month_is_covered_when_its_file_is_seen_again_behind_its_end(folder: Folder) -> None:
    folder.put("2026-09", "2026-09-02 08:00", "2026-09-29 08:00")
    folder.put("2026-10", "2026-10-02 08:00", "2026-10-30 08:00")
    first = folder.read("2026-10-31T07:00:00+07:00")
    assert {one.status for one in first.values()} == {"published"}
    september = ("2026-09-01 00:00", "2026-10-01 00:00")
    assert folder.coverage() == {"2026-09": september, "2026-10": ("2026-10-01 00:00", "2026-10-30 08:00")}
    again = folder.read("2026-11-01T07:00:00+07:00")
    assert {one.status for one in again.values()} == {"unchanged"}
    assert folder.coverage() == {"2026-09": september, "2026-10": ("2026-10-01 00:00", "2026-11-01 00:00")}


def test_a_file_that_stops_on_the_tenth_never_covers_its_month_and_only_the_newest_says_so(folder: Folder) -> None:
    """Old files do not warn, neither when all of them come at once nor ever after; what stands still says it once a reading."""
    for month in range(6, 10):
        folder.put(f"2026-{month:02}", f"2026-{month:02}-02 08:00", f"2026-{month:02}-29 08:00")
    folder.put("2026-10", "2026-10-02 08:00", "2026-10-10 08:00")
    first = folder.read("2026-11-20T07:00:00+07:00")
    assert [one.reason for one in first.values()] == [None] * 5
    again = folder.read("2026-11-21T07:00:00+07:00")
    said = {part: one.reason for part, one in again.items() if one.reason}
    assert (
        list(said) == ["2026-10"] and "2026-10-10 08:00" in said["2026-10"] and "nothing newer came" in said["2026-10"]
    )
    assert folder.coverage()["2026-10"] == ("2026-10-01 00:00", "2026-10-10 08:00")
    qualities = "select distinct quality from ops.batch where source = 'uji_acara' and status = 'published'"
    assert folder.connection.execute(qualities).fetchall() == [("lolos",)]


def test_a_part_that_is_held_leaves_the_month_it_covered_before(folder: Folder) -> None:
    folder.put("2026-09", "2026-09-02 08:00", "2026-09-29 08:00")
    folder.read("2026-10-05T07:00:00+07:00")
    covered_before = folder.coverage()
    (folder.files / "acara_2026-09.csv").write_text("<html><body>Masuk</body></html>")
    (folder.files / "acara_2026-10.csv").write_text("<html><body>Masuk</body></html>")
    held = folder.read("2026-11-05T07:00:00+07:00")
    assert {one.status for one in held.values()} == {"held"}
    assert folder.coverage() == covered_before


def test_the_age_is_of_the_content_not_of_the_fetch(folder: Folder) -> None:
    folder.put("2026-10", "2026-10-02 08:00", "2026-10-10 08:00")
    for hour in range(7, 12):
        folder.read(f"2026-11-20T{hour:02}:00:00+07:00")
    query = "select last_at, data_per_at from ops.source_state where source = 'uji_acara'"
    (state,) = folder.connection.execute(query).fetchall()
    assert state == (at("2026-11-20 11:00"), at("2026-10-10 08:00"))
    assert timedelta(days=41) < at("2026-11-20 11:00") - at("2026-10-10 08:00")


def test_a_bad_row_is_doubtful_in_its_own_month_only(folder: Folder) -> None:
    """Set aside or with a value left out; whose time cannot be read may be of any that its file covers."""
    rows = [f"s{day},,2026-09-{day:02},2026-09-{day:02} 08:00,2026," for day in range(1, 31)]
    rows += [f"o{day},,2026-10-{day:02},2026-10-{day:02} 08:00,2026," for day in range(1, 32)]
    rows[3] = "s4,,kemarin,2026-09-04 08:00,2026,"  # set aside for its date
    rows[4] = "s5,,2026-09-05,2026-09-05 08:00,banyak,"  # its year is left out
    rows[40] = "o11,,2026-10-11,pagi,2026,"  # no one knows when
    rows[41] = rows[42]  # twice the same: nothing is wrong
    text = "nomor,bulan,tanggal,terjadi_at,tahun,ke\n" + "".join(f"{row}\n" for row in rows)
    (folder.files / "acara_2026.csv").write_text(text)
    folder.read("2026-11-20T07:00:00+07:00")
    september, october = ("2026-09-01 00:00", "2026-10-01 00:00"), ("2026-10-01 00:00", "2026-11-01 00:00")
    whole = ("2026-01-01 00:00", "2026-10-31 08:00")
    assert folder.content() == [(*whole, 61, 1), (*september, 30, 2), (*october, 29, 0)]
    (folder.files / "acara_2026.csv").write_text(text.replace("kemarin", "2026-09-04"))
    folder.read("2026-11-21T07:00:00+07:00")
    assert folder.content() == [(*whole, 61, 1), (*september, 30, 1), (*october, 29, 0)]


def test_what_is_wrong_with_a_whole_batch_is_wrong_with_each_of_its_rows(folder: Folder) -> None:
    folder.put("2026-10", "2026-10-02 08:00", "2026-10-10 08:00")
    file = folder.files / "acara_2026-10.csv"
    file.write_text(file.read_text().replace("ke\n", "ke,baru\n").replace(",,\n", ",,,1\n"))
    (outcome,) = folder.read("2026-11-20T07:00:00+07:00").values()
    assert outcome.status == "published" and "baru" in str(outcome.reason)
    assert folder.content() == [("2026-10-01 00:00", "2026-11-01 00:00", 2, 2)]


def test_a_mild_rule_makes_the_rows_doubtful_that_break_it_or_all_where_it_names_none(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Meanwhile the audit writes nothing of what it keeps in memory, for that would be done three times for each batch."""
    rules = folder.files.parent / "expectations" / "uji_acara.yml"
    of_rows = {
        "type": "expect_column_values_to_be_in_set",
        "kwargs": {"column": "nomor", "value_set": ["2026-09/2026-09-02 08:00", "2026-10/2026-10-02 08:00"]},
        "severity": "warning",
        "reason": "Nomor tidak lazim.",
    }
    query = {"unexpected_rows_query": "select _row from {batch} where nomor like '%-09-29%'"}
    by_query = {"type": "unexpected_rows_expectation", "kwargs": query, "severity": "warning", "reason": "Hari Senin."}
    rules.write_text(yaml.safe_dump({"acara": [of_rows, by_query]}))
    folder.put("2026-09", "2026-09-02 08:00", "2026-09-29 08:00")
    folder.put("2026-10", "2026-10-02 08:00")
    folder.read("2026-11-20T07:00:00+07:00")
    september, october = ("2026-09-01 00:00", "2026-10-01 00:00"), ("2026-10-01 00:00", "2026-11-01 00:00")
    assert folder.content() == [(*september, 2, 1), (*october, 1, 0)]
    of_table = {"type": "expect_table_row_count_to_be_between", "kwargs": {"min_value": 2}, "severity": "warning"}
    rules.write_text(yaml.safe_dump({"acara": [{**of_table, "reason": "Kurang dari dua acara."}]}))
    written: list[object] = []
    monkeypatch.setattr(EphemeralDataContextVariables, "save", written.append)
    folder.read("2026-11-21T07:00:00+07:00")
    assert written == []
    assert folder.content() == [(*september, 2, 0), (*october, 1, 1)]


def test_many_answers_that_follow_one_another_are_one_stretch_of_time(loader: Connection) -> None:
    """A list that rolls on is read each minute; a year of it is one row, and one more for each gap."""
    empty(loader)
    loader.execute(
        "insert into ops.landing (source, part, request, sha256, uri, byte_size, content_type, fetched_from, fetched_at, "
        "simulated_paths, expires_at) values ('dishub_waze', 'x', 'x', 'a', '', 0, '', '', now(), '', now())"
    )
    loader.execute(
        "insert into ops.batch (source, table_name, part, landing_id, sha256, fingerprint, run_id, status, is_simulasi, "
        "observed_at, data_from, data_as_of) select 'dishub_waze', 'laporan', 'umpan', 1, 'a', 'f', 'r', 'unchanged', false, at, "
        "at - interval '5 minutes', at from generate_series(%s::timestamptz, %s, interval '1 minute') as at "
        "where at not between %s and %s",
        [at("2026-11-01 00:05"), at("2026-11-01 12:00"), at("2026-11-01 06:00"), at("2026-11-01 07:00")],
    )
    query = "select part, data_from as since, data_as_of as until from ops.coverage where source = 'dishub_waze' order by since"
    found = [shown(Covered(one.since, one.until)) for one in all_rows(loader, Reached, query)]
    empty(loader)
    assert found == [("2026-11-01 00:00", "2026-11-01 05:59"), ("2026-11-01 06:56", "2026-11-01 12:00")]
