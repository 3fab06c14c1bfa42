"""A change planted in raw changes marts, tiles and charts, and they say again what raw says. Last, for it changes the city.

The indicators and months are chosen by CC_SEED: `CC_SEED=7 python -m pytest tests/e2e/test_z_raw_agrees.py`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import httpx
import psycopg
import pytest

from tests.support.agreement import same_days
from tests.support.agreement.charts import Agreement, Compared, Superset
from tests.support.agreement.compare import Choice, by_mart, choose, differences, months_of
from tests.support.agreement.raw import Figures, Raw
from tests.support.agreement.raw_sql import SAME_DAYS
from tests.support.agreement.said import PLANTED, enter_into_ledger, require_the_same_charts, require_the_same_words
from tests.support.agreement.words import Words, attention, by_tiles

SEED = int(os.environ.get("CC_SEED", "1371"))


@dataclass
class Change:
    """What marts said before, what differed while raw had changed and they had not, and raw as it is now that all is built."""

    choice: Choice
    finished: Choice
    figures: dict[str, Figures]
    tiles: Words
    called: Words
    ahead_by_a_later_day: list[str]
    ahead_by_what_is_planted: list[str]
    raw: Raw


@pytest.fixture(scope="module")
def change(city: Any, connection: psycopg.Connection[Any], charts: Mapping[str, Compared], raw: Raw) -> Change:
    """First what a later day brings, then what is planted; one build takes both."""
    choice = choose(SEED, months_of(connection))
    for kode in choice.indicators:
        raw.figures(kode)  # before anything is planted
    change = Change(
        choice,
        Choice(["persen_selesai"], months_with_figures(connection, "persen_selesai")),
        {kode: by_mart(connection, kode) for kode in choice.indicators},
        by_tiles(connection),
        attention(connection),
        [],
        [],
        Raw(connection),
    )
    url = f"{city.demo_city_url}/_demo/clock"
    later = httpx.put(url, json={"advance": "P4D"}, trust_env=False).raise_for_status().json()["kota"]
    taken_in = city.command("ingest", "diskominfo_lapor", DEMO_NOW=later)
    assert taken_in.returncode == 0, taken_in.stderr + taken_in.stdout
    change.ahead_by_a_later_day = differences(connection, Raw(connection), change.finished)
    with psycopg.connect(city.settings.dsn("admin")) as owner:
        owner.execute(PLANTED.encode())
        enter_into_ledger(owner)
    change.ahead_by_what_is_planted = differences(connection, change.raw, choice)
    built = city.command("transform")
    assert built.returncode == 0, built.stderr + built.stdout
    return change


def test_what_a_later_day_brings_stands_in_raw_first_and_in_the_marts_after_the_next_build(
    connection: psycopg.Connection[Any], change: Change
) -> None:
    """A report of an earlier month that is finished meanwhile: until it is built, mart and raw speak of two moments."""
    assert change.ahead_by_a_later_day, "in four days some report of an earlier month was finished"
    assert differences(connection, change.raw, change.finished) == []


def test_a_change_planted_in_raw_changes_both(connection: psycopg.Connection[Any], raw: Raw, change: Change) -> None:
    assert change.ahead_by_what_is_planted, "raw has changed, the marts not yet"
    assert differences(connection, change.raw, change.choice) == []
    assert [line for kode in SAME_DAYS for line in same_days.differences(connection, change.raw, kode)] == []
    for kode in change.choice.indicators:
        assert by_mart(connection, kode) != change.figures[kode], f"{kode} of the mart is as before"
        assert change.raw.figures(kode) != raw.figures(kode), f"{kode} of raw is as before"
    require_the_same_words(connection, change.raw)
    assert by_tiles(connection) != change.tiles and attention(connection) != change.called


def test_a_change_planted_in_raw_changes_every_chart(
    superset: Superset, connection: psycopg.Connection[Any], charts: Mapping[str, Compared], change: Change
) -> None:
    changed = Agreement(superset, connection, change.raw).charts()
    require_the_same_charts(changed)
    as_before = [slug for slug, chart in changed.items() if chart.shown == charts[slug].shown]
    # a sentence names one figure, and a list may call nobody before and after
    assert [slug for slug in as_before if "-pesan-" not in slug and not slug.endswith("-perhatian")] == []


def months_with_figures(connection: psycopg.Connection[Any], kode: str) -> list[date]:
    """Provisional ones too: a report is finished within its limit, while its month is not ripe yet."""
    rows = connection.execute(
        "select distinct periode_mulai from mart.indikator where indikator_kode = %s and periode_jenis = 'bulan' order by 1",
        [kode],
    )
    return [row[0] for row in rows.fetchall()]
