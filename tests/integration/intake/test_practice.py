"""The practice agency's one table, through every kind: what was sent arrives, to the last digit, or is told."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from command_center.operate.maintain import verify_all
from command_center.settings import settings
from command_center.warehouse.bootstrap import declare_sources

from tests.conftest import Cluster
from tests.integration.conftest import empty
from tests.support.practice import FEEDS, Feed
from tests.support.practice_city import Practice, practice_city


@pytest.fixture(scope="module")
def practice(cluster: Cluster) -> Iterator[Practice]:
    with pytest.MonkeyPatch.context() as monkeypatch:
        with practice_city(monkeypatch) as practice:
            empty(practice.connection)
            yield practice
            empty(practice.connection)
        settings.cache_clear()
    settings.cache_clear()
    declare_sources(settings())


@pytest.mark.parametrize("feed", FEEDS.values(), ids=FEEDS)
def test_what_was_sent_arrives_and_a_second_run_writes_nothing(practice: Practice, feed: Feed) -> None:
    outcomes = practice.load(feed)
    assert {outcome.status for outcome in outcomes} == {"published"}, outcomes
    for outcome in outcomes:
        assert outcome.read == outcome.published + outcome.unchanged + outcome.quarantined
    assert practice.raw(feed) == practice.sent(feed)
    again = practice.load(feed)
    assert sum(outcome.published for outcome in again) == 0
    assert {outcome.status for outcome in again} <= {"unchanged", "published"}
    assert practice.raw(feed) == practice.sent(feed)


def test_what_is_archived_is_what_was_published(practice: Practice) -> None:
    assert "as they were published" in verify_all()


@pytest.mark.parametrize("name", ["paged_after", "paged_offset", "paged_next", "ckan", "arcgis_rest"])
def test_rows_that_come_and_go_between_pages_cost_no_other_row(practice: Practice, name: str) -> None:
    feed = FEEDS[name]
    practice.load(feed)
    before = practice.sent(feed)
    city = practice.server.city
    city.churn("latihan", True)
    try:
        (outcome,) = practice.load(feed)
        after = practice.sent(feed)
    finally:
        city.churn("latihan", False)
    if outcome.status == "failed":
        assert name != "paged_after", "a key that only grows needs no second reading"
        assert "docs/paging.md" in str(outcome.reason), outcome
        return
    assert outcome.read == outcome.published + outcome.unchanged + outcome.quarantined
    arrived = practice.raw(feed)
    lasting = {row[0] for row in before} & {row[0] for row in after}
    assert lasting <= {row[0] for row in arrived}
    assert len({row[0] for row in arrived}) == len(arrived)
