"""Every cell of the table of fault × kind: what becomes of a batch, what is said, and that good data stay."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from command_center.extract.http import Client
from command_center.intake.outcome import Outcome
from command_center.operate.maintain import verify_all
from command_center.settings import settings
from command_center.warehouse.bootstrap import declare_sources
from demo_city.faults.pages import Cell, cells
from demo_city.faults.spoil import CATALOGUE

from tests.conftest import Cluster
from tests.integration.conftest import empty
from tests.support.practice import FEEDS, Feed
from tests.support.practice_city import Practice, practice_city

LATER = "2026-11-25T09:20:00+07:00"
# A fault of the connection and one of the bytes go through the ledger in every kind; the others where rows come of it.
# A NUL falls into another place of each kind's bytes.
THROUGHOUT = ("down", "html", "nul_bytes")
# Kinds that are another one's reader behind another door: what they read is compared with what that one reads.
READ_AS = {
    **dict.fromkeys(("paged_page", "paged_offset", "paged_next", "paged_after"), "http_json"),
    **dict.fromkeys(("csv_sftp", "csv_folder", "csv_zip"), "csv"),
}
KINDS = list(dict.fromkeys(kind for _, kind in cells()))
CASES = sorted(
    ((fault, kind) for (fault, kind), cell in cells().items() if not cell.never), key=lambda case: KINDS.index(case[1])
)


@pytest.fixture(scope="module")
def practice(cluster: Cluster) -> Iterator[Practice]:
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setenv("CC_MAX_PAYLOAD_MB", "8")
        with practice_city(monkeypatch) as practice:
            empty(practice.connection)
            yield practice
            assert "as they were published" in verify_all()
            empty(practice.connection)
        settings.cache_clear()
    settings.cache_clear()
    declare_sources(settings())


@pytest.fixture
def tries(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Addresses of all attempts over HTTP."""
    seen: list[str] = []
    attempt = Client._attempt

    def counted(self: Client, request: Any, spool: Any, address: Any, *more: Any) -> Any:
        seen.append(str(address))
        return attempt(self, request, spool, address, *more)

    monkeypatch.setattr(Client, "_attempt", counted)
    return seen


def test_the_table_has_every_fault_and_every_kind() -> None:
    assert {fault for fault, _ in cells()} == set(CATALOGUE)
    assert {feed.kind for feed in FEEDS.values()} == {FEEDS[kind].kind for kind in KINDS}
    assert len(CASES) > 350


@pytest.mark.parametrize(("fault", "kind"), CASES, ids=[f"{kind}-{fault}" for fault, kind in CASES])
def test_a_fault(practice: Practice, monkeypatch: pytest.MonkeyPatch, tries: list[str], fault: str, kind: str) -> None:
    """Decided where it is decided: by asking, by reading, or, once for each reader, by what becomes of the rows."""
    feed, cell = FEEDS[kind], cells()[fault, kind]
    if fault in THROUGHOUT:
        _goes_through(practice, monkeypatch, tries, fault, kind)
        return
    practice.remember(feed)
    tries.clear()
    with practice.broken(fault, feed, seconds=20), _settings_of(fault, cells()[fault, kind], monkeypatch):
        outcome = practice.asked_and_read(feed)
        told = list(tries)
        model = None if READ_AS.get(kind) is None else practice.asked_and_read(FEEDS[READ_AS[kind]])
    if isinstance(outcome, Outcome) and not (outcome.status == "unchanged" and cell.said):
        _compare(outcome, cell, told, feed)
    elif isinstance(outcome, Outcome) or not isinstance(model, list):
        _goes_through(practice, monkeypatch, tries, fault, kind)
    else:
        assert outcome == model, f"{kind} does not read what {READ_AS[kind]} reads"
        assert cell == cells()[fault, READ_AS[kind]]


def _goes_through(practice: Practice, monkeypatch: pytest.MonkeyPatch, tries: list[str], fault: str, kind: str) -> None:
    feed = FEEDS[kind]
    good = practice.good(feed)
    tries.clear()
    with practice.broken(fault, feed, seconds=20), _settings_of(fault, cells()[fault, kind], monkeypatch):
        (outcome,) = practice.load(feed)
        after = practice.raw(feed)
    _compare(outcome, cells()[fault, kind], tries, feed)
    if outcome.status == "published":
        assert (after != good) == (outcome.published > 0)
        practice.restore(feed)
    else:
        assert after == good


@contextmanager
def _settings_of(fault: str, cell: Cell, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Short limits where a fault is waited for, and a later day where the feed stands still."""
    with monkeypatch.context() as patch:
        is_waited_for = cell.becomes == "unavailable"
        if fault in ("slow", "status_429") and is_waited_for:
            patch.setenv("CC_HTTP_DEADLINE_S", "2")
        if (
            fault == "slow" and is_waited_for
        ):  # a refusal is answered at once, but a busy machine may take longer than this
            patch.setenv("CC_HTTP_TIMEOUT_S", "0.2")
        if fault == "frozen":
            patch.setenv("DEMO_NOW", LATER)
        settings.cache_clear()
        yield
    settings.cache_clear()


def _compare(outcome: Outcome, cell: Cell, tries: list[str], feed: Feed) -> None:
    assert {"failed": "unavailable"}.get(outcome.status, outcome.status) == cell.becomes, outcome
    assert cell.said in (outcome.reason or ""), outcome
    usual = 5 if feed.kind == "icalendar" and outcome.read else 0  # its meetings are never hauls
    assert (outcome.quarantined > usual) == cell.quarantined, outcome
    if outcome.status == "published":
        assert outcome.read == outcome.published + outcome.unchanged + outcome.quarantined
    if cell.tries and feed.scheme == "http" and cell.becomes == "unavailable":
        assert len(tries) == cell.tries, tries
