"""The settings of a process while several threads read them."""

from __future__ import annotations

import threading

import pytest
from command_center import settings as module
from command_center.settings import Settings, SettingsOfProcess


def test_what_a_thread_began_to_read_before_a_change_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    reading, changed = threading.Event(), threading.Event()
    read_settings = module.read_settings

    def slowly() -> Settings:
        found = read_settings()
        reading.set()
        assert changed.wait(20)
        return found

    monkeypatch.setenv("CC_HTTP_DEADLINE_S", "300")
    known = SettingsOfProcess()
    monkeypatch.setattr(module, "read_settings", slowly)
    thread = threading.Thread(target=known)
    thread.start()
    assert reading.wait(20)
    monkeypatch.setenv("CC_HTTP_DEADLINE_S", "2")
    known.cache_clear()
    monkeypatch.setattr(module, "read_settings", read_settings)
    changed.set()
    thread.join(20)
    assert known().cc_http_deadline_s == 2
    assert known() is known()


def test_a_variable_that_another_thread_takes_away_meanwhile_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """As pytest does with PYTEST_CURRENT_TEST at the end of each."""
    made, tries = module.Settings, []

    def disturbed() -> module.Settings:
        tries.append(1)
        if len(tries) < 3:
            raise KeyError("PYTEST_CURRENT_TEST")
        return made()

    monkeypatch.setattr(module, "Settings", disturbed)
    assert module.read_settings() == made() and len(tries) == 3
