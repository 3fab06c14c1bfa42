"""What marts, charts and reports say and what raw says are the same, in the city as `make run` left it.

The numbers of reports and the kecamatan of charts are chosen by CC_SEED: `CC_SEED=7 python -m pytest tests/e2e/test_raw_agrees.py`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import psycopg
import pytest

from superset_exports.design.__main__ import designed
from superset_exports.design.assets import Chart, Dashboard
from tests.support.agreement import same_days
from tests.support.agreement.charts import Compared, Superset, label_of
from tests.support.agreement.compare import Choice, differences, months_of
from tests.support.agreement.raw import Raw
from tests.support.agreement.raw_sql import QUERIES, SAME_DAYS
from tests.support.agreement.reports import chosen, documents_of
from tests.support.agreement.reports import differences as told_otherwise
from tests.support.agreement.required import require_the_same_charts, require_the_same_words
from tests.support.agreement.words import newest_month

SEED = int(os.environ.get("CC_SEED", "1371"))
KECAMATAN = "Pauh"  # it did not report the last week
BY_AREA = [page for page in designed() if any(one.name == "wilayah" for one in page.filters) and page.slug != "pilkada"]


def test_every_figure_of_the_marts_is_the_same(connection: psycopg.Connection[Any], raw: Raw) -> None:
    months = months_of(connection)
    assert len(months) >= 20
    assert differences(connection, raw, Choice(sorted(QUERIES), months)) == []


def test_the_same_days_before_a_running_month_are_the_same(connection: psycopg.Connection[Any], raw: Raw) -> None:
    assert [line for kode in SAME_DAYS for line in same_days.differences(connection, raw, kode)] == []
    if any(same_days.days_of(same_days.end_of_content(connection, source)) for source, _, _ in SAME_DAYS.values()):
        assert any(same_days.by_mart(connection, kode) for kode in SAME_DAYS), "a running month is held against nothing"


def test_tiles_and_the_list_of_attention_say_what_raw_gives(connection: psycopg.Connection[Any], raw: Raw) -> None:
    require_the_same_words(connection, raw)


def test_charts_show_what_raw_gives(charts: Mapping[str, Compared]) -> None:
    require_the_same_charts(charts)


def test_reports_tell_what_raw_gives(
    city: Any, connection: psycopg.Connection[Any], raw: Raw, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over each camat's own login; CC_SEED chooses the numbers."""
    monkeypatch.setattr("command_center.report.reading.settings", lambda: city.settings)
    (month,) = connection.execute("select distinct bulan from mart.ubin where is_terkini").fetchall()[0]
    documents = documents_of(month)
    assert len(documents) == 12
    assert told_otherwise(raw, chosen(documents, SEED, 60)) == []


def test_there_is_something_to_compare(raw: Raw) -> None:
    for kode in QUERIES:
        assert any(raw.figures(kode).values()), kode


@pytest.mark.parametrize("page", BY_AREA, ids=lambda page: page.slug)
def test_no_page_is_emptied_by_the_choice_of_a_kecamatan(
    superset: Superset, connection: psycopg.Connection[Any], page: Dashboard
) -> None:
    """Each chart is asked as its page asks, narrowed by every filter that narrows it; the browser chooses on one page."""
    chosen_by_reader = {"wilayah": KECAMATAN, "bulan": label_of(newest_month(connection))}

    def rows_of(slug: str, chart: Chart) -> int:
        narrowing = [one for one in page.filters if one.name in chosen_by_reader and one.narrows(chart)]
        return len(superset.rows(slug, chart, {one.column: chosen_by_reader[one.name] for one in narrowing}))

    empty = [slug for slug, chart in page.charts.items() if not rows_of(slug, chart)]
    assert [slug for slug in empty if not page.charts[slug].params.get("may_be_empty")] == []
    assert len(empty) < len(page.charts)
