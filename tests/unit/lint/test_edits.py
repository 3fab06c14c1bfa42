"""Edits made in the browser: put over the design, kept as long as they make a difference, and brought back alone."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import yaml
from command_center.errors import DeclarationError
from command_center.paths import SUPERSET_EXPORTS

from superset_exports.design.__main__ import as_yaml
from superset_exports.design.edits import closed, opened, recorded, with_edits
from superset_exports.design.export import brought_back

Tree = dict[str, Any]
CHART, DASHBOARD, DATASET = (
    "charts/publik-gempa-terbaru.yaml",
    "dashboards/publik.yaml",
    "datasets/publik/publik_gempa.yaml",
)
PIE = "charts/publik-kue.yaml"
TITLE = "Gempa terbaru"


def generated_files() -> Iterator[tuple[str, Tree]]:
    for kind in ("datasets", "charts", "dashboards"):
        for file in sorted((SUPERSET_EXPORTS / kind).rglob("*.yaml")):
            yield str(file.relative_to(SUPERSET_EXPORTS)), yaml.load(file.read_text("utf-8"), yaml.CSafeLoader)


def test_every_generated_file_comes_back_as_it_was() -> None:
    for name, document in generated_files():
        assert as_yaml(closed(opened(document), document)) == as_yaml(document), name


def query() -> Tree:
    return {"columns": ["waktu"], "row_limit": 100}


DESIGNED: dict[str, Tree] = {
    "metadata.yaml": {"version": "1.0.0"},
    DATASET: {
        "table_name": "gempa",
        "uuid": "d",
        "columns": [
            {"column_name": "waktu", "verbose_name": "Waktu"},
            {"column_name": "bulan", "verbose_name": "Bulan"},
        ],
        "metrics": [],
    },
    CHART: {
        "slice_name": TITLE,
        "params": {"row_limit": 100},
        "query_context": json.dumps({"queries": [query()]}, sort_keys=True),
        "uuid": "c",
        "dataset_uuid": "d",
    },
    DASHBOARD: {
        "dashboard_title": "Publik",
        "slug": "publik",
        "uuid": "p",
        "position": {"CHART-1": {"type": "CHART", "id": "CHART-1", "meta": {"width": 12, "chartId": 101, "uuid": "c"}}},
        "metadata": {
            "native_filter_configuration": [
                {"id": "F", "name": "OPD", "scope": {"rootPath": ["ROOT_ID"], "excluded": [101]}, "chartsInScope": []}
            ]
        },
    },
}


def edited(name: str, change: Callable[[Tree], object]) -> dict[str, Tree]:
    files = copy.deepcopy(DESIGNED)
    tree = opened(files[name])
    change(tree)
    files[name] = closed(tree, files[name])
    return files


def rename(tree: Tree) -> None:
    tree["slice_name"] = "Gempa hari ini"


EDITS: dict[str, tuple[str, Callable[[Tree], object], Tree]] = {
    "title": (CHART, rename, {"at": ["slice_name"], "was": TITLE, "is": "Gempa hari ini"}),
    "query": (
        CHART,
        lambda tree: tree["query_context"]["queries"]["0"].update(row_limit=10),
        {"at": ["query_context", "queries", "0", "row_limit"], "was": 100, "is": 10},
    ),
    "column": (
        DATASET,
        lambda tree: tree["columns"]["bulan"].update(verbose_name="Bulan lapor"),
        {"at": ["columns", "bulan", "verbose_name"], "was": "Bulan", "is": "Bulan lapor"},
    ),
    "added": (CHART, lambda tree: tree["params"].update(zoomable=True), {"at": ["params", "zoomable"], "is": True}),
    "removed": (CHART, lambda tree: tree["params"].pop("row_limit"), {"at": ["params", "row_limit"], "was": 100}),
    "scope": (
        DASHBOARD,
        lambda tree: tree["metadata"]["native_filter_configuration"]["F"]["scope"].update(excluded=[]),
        {"at": ["metadata", "native_filter_configuration", "F", "scope", "excluded"], "was": ["c"], "is": []},
    ),
}


@pytest.mark.parametrize("what", EDITS)
def test_an_edit_is_recorded_alone_and_put_over_the_design(what: str) -> None:
    name, change, entry = EDITS[what]
    files = edited(name, change)
    edits = recorded(DESIGNED, files)
    assert edits == {f"edits/{name}": {"changed": [entry]}}
    assert with_edits(DESIGNED, {name: edits[f"edits/{name}"]}) == files | edits


def test_an_edit_goes_once_the_design_says_so_too() -> None:
    edits = recorded(DESIGNED, edited(CHART, rename))
    written = copy.deepcopy(DESIGNED)
    written[CHART]["slice_name"] = "Gempa hari ini"
    assert with_edits(written, {CHART: edits[f"edits/{CHART}"]}) == written


def test_a_design_that_says_a_third_thing_needs_a_person() -> None:
    edits = recorded(DESIGNED, edited(CHART, rename))
    other = copy.deepcopy(DESIGNED)
    other[CHART]["slice_name"] = "Gempa menurut BMKG"
    with pytest.raises(DeclarationError) as refused:
        with_edits(other, {CHART: edits[f"edits/{CHART}"]})
    for words in (f"edits/{CHART}: slice_name", TITLE, "Gempa hari ini", "Gempa menurut BMKG", "delete the edit"):
        assert words in str(refused.value)


def test_what_was_made_or_deleted_in_the_browser_is_kept() -> None:
    files = {name: document for name, document in DESIGNED.items() if name != CHART} | {PIE: {"slice_name": "Kue"}}
    edits = recorded(DESIGNED, files)
    assert edits == {f"edits/{CHART}": {"gone": TITLE}, f"edits/{PIE}": {"new": {"slice_name": "Kue"}}}
    told = {name.removeprefix("edits/"): edit for name, edit in edits.items()}
    assert with_edits(DESIGNED, told) == files | edits


def state(files: dict[str, Tree]) -> dict[str, dict[str, Tree]]:
    """As Superset's side reads what stands there: without what is the same everywhere."""
    read = {kind: {} for kind in ("datasets", "charts", "dashboards")}  # type: dict[str, dict[str, Tree]]
    for name, document in files.items():
        if "uuid" in document:
            read[name.split("/")[0]][document["uuid"]] = opened(document)
    return read


@pytest.mark.parametrize("what", EDITS)
def test_an_edit_in_the_browser_comes_back_and_nothing_else(what: str) -> None:
    name, change, entry = EDITS[what]
    now = state(edited(name, change))
    for kind in now.values():
        for document in kind.values():
            document["description"] = None  # Superset writes nothing in its own ways
    files = brought_back(DESIGNED, DESIGNED, {"imported": state(DESIGNED), "now": now})
    assert files == edited(name, change) | {f"edits/{name}": {"changed": [entry]}}


def test_what_changed_on_both_sides_needs_a_person() -> None:
    standing = copy.deepcopy(DESIGNED)
    standing[CHART]["slice_name"] = "Gempa menurut BMKG"
    with pytest.raises(DeclarationError, match=r"slice_name was \"Gempa terbaru\" .* \"Gempa hari ini\" was written"):
        brought_back(standing, standing, {"imported": state(DESIGNED), "now": state(edited(CHART, rename))})


def test_superset_that_remembers_no_import_is_told_to_import() -> None:
    with pytest.raises(DeclarationError, match="make dashboards-import first"):
        brought_back(DESIGNED, DESIGNED, {"imported": None, "now": state(DESIGNED)})
