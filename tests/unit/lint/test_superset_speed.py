"""What makes pages fast, as far as it needs no Superset: where an answer's key comes from, and which charts are seen first."""

from __future__ import annotations

import importlib.util
import sys
from types import ModuleType
from typing import Any

import pytest
from command_center.paths import ROOT

CONFIGURATION = ROOT / "docker" / "superset"


@pytest.fixture
def edition(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The module, with two schemas as they stand and no database."""
    module = load("edition", monkeypatch)
    standing = {"mart": module.Edition("17", ("kesegaran_sumber", "terbitan")), "publik": None}
    monkeypatch.setattr(module, "standing_edition", standing.__getitem__)
    return module


def load(name: str, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(CONFIGURATION))
    spec = importlib.util.spec_from_file_location(name, CONFIGURATION / f"{name}.py")
    assert spec and spec.loader
    loaded = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, name, loaded)
    spec.loader.exec_module(loaded)
    return loaded


@pytest.mark.parametrize(
    ("schema", "text", "later", "is_another"),
    [
        ("mart", "indikator", 86_000, False),
        ("mart", "select * from mart.indikator", 86_000, False),
        ("mart", "terbitan", 299, False),  # a view tells an age
        ("mart", "terbitan", 301, True),
        ("mart", "select nama from mart.kesegaran_sumber", 301, True),
        ("mart", "uji_terbitan", 301, False),
        ("publik", "indikator", 61, True),  # nobody knows which edition that is
        (None, "indikator", 61, True),
    ],
)
def test_only_what_tells_an_age_goes_by_the_clock(
    edition: ModuleType, schema: str | None, text: str, later: int, is_another: bool
) -> None:
    begun = 1_800_000_000.0
    keys = [edition.edition_key(schema, text, begun + seconds) for seconds in (0, later)]
    assert (keys[0] != keys[1]) is is_another


def test_another_edition_is_another_key(edition: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    before = edition.edition_key("mart", "indikator", 0.0)
    monkeypatch.setattr(edition, "standing_edition", lambda _schema: edition.Edition("18", ()))
    assert edition.edition_key("mart", "indikator", 0.0) != before


def box(kind: str, *children: str, height: int = 0, number: int = 0) -> dict[str, Any]:
    return {"type": kind, "children": list(children), "meta": {"height": height, "chartId": number}}


def test_first_screen_is_what_is_seen_without_scrolling_or_opening_a_tab(monkeypatch: pytest.MonkeyPatch) -> None:
    warm = load("warm", monkeypatch)
    position = {
        "ROOT_ID": box("ROOT", "GRID_ID"),
        "GRID_ID": box("GRID", "ROW-1", "TABS-1"),
        "ROW-1": box("ROW", "CHART-1", "COLUMN-1"),
        "CHART-1": box("CHART", height=60, number=1),
        "COLUMN-1": box("COLUMN", "CHART-2", "CHART-3"),
        "CHART-2": box("CHART", height=29, number=2),
        "CHART-3": box("CHART", height=29, number=3),
        "TABS-1": box("TABS", "TAB-1", "TAB-2"),
        "TAB-1": box("TAB", "ROW-2", "ROW-3"),
        "TAB-2": box("TAB", "ROW-4"),
        "ROW-2": box("ROW", "CHART-4"),
        "CHART-4": box("CHART", height=44, number=4),
        "ROW-3": box("ROW", "CHART-5"),
        "CHART-5": box("CHART", height=10, number=5),
        "ROW-4": box("ROW", "CHART-6"),
        "CHART-6": box("CHART", height=10, number=6),
    }
    assert warm.first_screen(position) == [1, 2, 3, 4]


OCTOBER = {"col": "bulan_label", "op": "IN", "val": ["Oktober 2026"]}


@pytest.mark.parametrize(
    ("default", "is_first", "expected"),
    [
        ([OCTOBER], True, [OCTOBER]),
        ([], True, [{"col": "kecamatan", "op": "IN", "val": ["Pauh"]}]),
        ([], False, []),
    ],
)
def test_a_filter_is_asked_as_it_stands_when_its_page_opens(
    monkeypatch: pytest.MonkeyPatch, default: list[Any], is_first: bool, expected: list[Any]
) -> None:
    warm = load("warm", monkeypatch)
    monkeypatch.setattr(warm, "ask_filter", lambda _page, _name: [{"kecamatan": "Pauh"}, {"kecamatan": "Nanggalo"}])
    native_filter = {
        "id": "NATIVE_FILTER-wilayah",
        "targets": [{"datasetId": 1, "column": {"name": "kecamatan"}}],
        "controlValues": {"defaultToFirstItem": is_first},
        "defaultDataMask": {"extraFormData": {"filters": default}},
    }
    assert warm.first_conditions(1, native_filter) == expected


def test_a_chart_is_narrowed_by_the_filters_in_whose_scope_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    warm = load("warm", monkeypatch)
    position = {
        "CHART-1": {"type": "CHART", "id": "CHART-1", "parents": ["ROOT_ID"], "meta": {"chartId": 1}},
        "CHART-2": {"type": "CHART", "id": "CHART-2", "parents": ["ROOT_ID"], "meta": {"chartId": 2}},
    }
    narrowed = [({"rootPath": ["ROOT_ID"], "excluded": [2]}, [OCTOBER])]
    assert warm.conditions_on(position, 1, narrowed) == [OCTOBER]
    assert warm.conditions_on(position, 2, narrowed) == []
