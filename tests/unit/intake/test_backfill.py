"""Days of the past are days of the city's clock, each asked for once."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from command_center import cli
from command_center.declaration.registry import all_sources, get_source
from command_center.errors import SettingsError
from command_center.extract.asking import Window
from command_center.intake import ingest
from command_center.intake.backfill import no_windows, windows
from command_center.settings import WIB
from hypothesis import given
from hypothesis import strategies as st


def test_a_week_is_one_window_from_midnight_to_midnight_in_padang() -> None:
    (window,) = windows(date(2026, 10, 1), date(2026, 10, 7))
    assert window.start == datetime(2026, 9, 30, 17, tzinfo=UTC)
    assert window.end == datetime(2026, 10, 7, 17, tzinfo=UTC)


@given(st.dates(date(2018, 1, 1), date(2030, 1, 1)), st.integers(0, 400), st.none() | st.integers(1, 90))
def test_windows_follow_each_other_and_hold_every_day_once(first: date, more: int, each: int | None) -> None:
    found = list(windows(first, first + timedelta(days=more), each))
    assert found[0].start == datetime(first.year, first.month, first.day, tzinfo=WIB)
    assert all(one.end == after.start for one, after in pairwise(found))
    lengths = [one.end - one.start for one in found if one.start and one.end]
    assert sum(lengths, timedelta()) == timedelta(days=more + 1)
    assert max(lengths) <= timedelta(days=each or more + 1)


@pytest.mark.parametrize(
    ("first", "last", "each"), [("2026-10-02", "2026-10-01", None), ("2026-10-01", "2026-10-02", 0)]
)
def test_a_window_without_a_day_is_refused(first: str, last: str, each: int | None) -> None:
    with pytest.raises(SettingsError, match="no day to ask for"):
        list(windows(date.fromisoformat(first), date.fromisoformat(last), each))


def test_a_source_that_only_has_what_is_new_is_refused_and_the_others_are_not() -> None:
    refused = {source.source: no_windows(source) for source in all_sources()}
    assert "nothing to ask for" in (refused["bmkg_gempa"] or "")
    assert refused["diskominfo_112"] is None
    assert {name for name, sentence in refused.items() if sentence is None} == {
        source.source for source in all_sources() if source.takes_windows
    }


def test_the_command_asks_once_for_all_days(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = []

    def note(source: object, window: object, **given: object) -> list[object]:
        asked.append((source, window))
        return []

    monkeypatch.setattr(ingest, "ingest", note)
    assert cli.main(["backfill", "diskominfo_112", "2026-10-01", "2026-10-07"]) == 0
    (only,) = windows(date(2026, 10, 1), date(2026, 10, 7))
    assert asked == [(get_source("diskominfo_112"), only)]
    assert "01-10-2026 00:00 until 08-10-2026 00:00 WIB" in capsys.readouterr().out
    assert cli.main(["backfill", "bmkg_gempa", "2026-10-01", "2026-10-07"]) != 0
    assert len(asked) == 1


def test_a_window_without_time_is_refused_before_anything_is_asked() -> None:
    start = datetime(2026, 10, 2, tzinfo=WIB)
    for end in (start, start - timedelta(days=1)):
        with pytest.raises(SettingsError, match=r"No time lies between .*; give the earlier moment first"):
            ingest.land_source(get_source("diskominfo_112"), Window(start, end))


@pytest.mark.parametrize(
    "text", ["2026-10-01", "2026-10-01T00:00", "2026-10-01T00:00:00+07:00", "2026-09-30T17:00:00Z"]
)
def test_a_time_without_offset_is_of_the_city_s_clock(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    asked: list[Window] = []

    def note(source: object, window: Window, **given: object) -> list[object]:
        asked.append(window)
        return []

    monkeypatch.setattr(ingest, "ingest", note)
    assert cli.main(["ingest", "diskominfo_112", "--window-start", text]) == 0
    assert [window.start for window in asked] == [datetime(2026, 9, 30, 17, tzinfo=UTC)]
