"""Which sources can be asked for a part of the past, and what a backfill of the others is told."""

from __future__ import annotations

import pytest
from airflow.sdk.exceptions import AirflowFailException
from command_center.dag_parts import _window, must_take_windows
from command_center.declaration.registry import get_source


def test_a_source_asked_by_moment_takes_windows() -> None:
    assert get_source("diskominfo_112").takes_windows


def test_a_rolling_list_takes_none_and_says_what_to_do() -> None:
    source = get_source("bmkg_gempa")
    assert not source.takes_windows
    with pytest.raises(AirflowFailException, match=r"bmkg_gempa answers only with what it has now.*replay"):
        must_take_windows(source, replay=False)


def test_what_was_archived_can_always_be_loaded_again() -> None:
    must_take_windows(get_source("bmkg_gempa"), replay=True)


def test_a_window_is_given_as_text_or_as_moment() -> None:
    window = _window({"window_start": "2026-01-01T00:00:00+07:00", "window_end": None})
    assert window.start is not None and window.start.isoformat() == "2026-01-01T00:00:00+07:00"
    assert window.end is None
    assert _window({"window_start": window.start}) == window
