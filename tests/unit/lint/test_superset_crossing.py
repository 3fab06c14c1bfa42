"""What a click into one chart narrows on its page."""

from __future__ import annotations

from dataclasses import replace

import pytest
from command_center.errors import DeclarationError

from superset_exports.design.__main__ import designed

PAGE = next(dashboard for dashboard in designed() if dashboard.slug == "pengaduan")


def test_a_click_narrows_the_named_charts_and_no_other() -> None:
    names = {number: chart.name for number, chart in PAGE.numbers().items()}
    narrowed = {names[one["id"]]: one["crossFilters"] for one in PAGE.crossings().values()}
    assert {name: [names[one] for one in told["chartsInScope"]] for name, told in narrowed.items()} == {
        name: ["umur"] if name == "opd" else [] for name in names.values()
    }
    assert {names[one] for one in narrowed["opd"]["scope"]["excluded"]} == {*names.values()} - {"umur"}
    assert narrowed["umur"]["scope"] == {"rootPath": [], "excluded": []}


@pytest.mark.parametrize("crossing", [{"tidak-ada": ["umur"]}, {"opd": ["tidak-ada"]}])
def test_a_chart_that_is_not_on_the_page_is_named(crossing: dict[str, list[str]]) -> None:
    with pytest.raises(DeclarationError, match="pengaduan: crossing names tidak-ada"):
        replace(PAGE, crossing=crossing).crossings()
