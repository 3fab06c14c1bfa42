"""What is required of tiles, the list of attention and charts: that they say what raw gives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import psycopg

from tests.support.agreement.charts import Compared
from tests.support.agreement.raw import Raw
from tests.support.agreement.words import attention, by_tiles, missed, words_of_raw


def require_the_same_words(connection: psycopg.Connection[Any], raw: Raw) -> None:
    tiles, of_raw = by_tiles(connection), words_of_raw(connection, raw)
    assert len(tiles) > 300, "a source that is late has no tile of the newest month"
    expected = {key: of_raw[key] for key in tiles}
    assert tiles == expected
    called = {key: said for key, said in attention(connection).items() if key in tiles}
    assert called == missed(expected) and called


def require_the_same_charts(charts: Mapping[str, Compared]) -> None:
    """On all pages of fields, on the mayor's, the kecamatan's and the public's."""
    differing = {slug: chart.differences()[:3] for slug, chart in charts.items() if chart.differences()}
    assert not differing, differing
    assert len(charts) >= 60, sorted(charts)
    assert sum(len(chart.expected) for chart in charts.values()) > 2_000
