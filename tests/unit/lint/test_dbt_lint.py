"""Each rule of the graph finds its breach, and the project has none (make check asks dbt itself)."""

from __future__ import annotations

from typing import Any

import pytest
from command_center.lint.dbt import problems

Node = dict[str, Any]


def model(layer: str, name: str, parents: list[str], **more: Any) -> Node:
    return {
        "unique_id": f"model.p.{name}",
        "resource_type": "model",
        "name": name,
        "fqn": ["p", layer, name],
        "description": "One row per thing.",
        "columns": {"kode": {"name": "kode", "description": "Kode."}},
        "config": {"meta": {"satuan_hitung": "kejadian"}, "indexes": []},
        "depends_on": {"nodes": parents},
        **more,
    }


def unique_test(name: str) -> Node:
    return {
        "unique_id": f"test.p.{name}",
        "resource_type": "test",
        "attached_node": f"model.p.{name}",
        "test_metadata": {"name": "unique"},
    }


def manifest(*nodes: Node) -> Node:
    source = {"source_name": "bpbd", "name": "kejadian"}
    return {"nodes": {node["unique_id"]: node for node in nodes}, "sources": {"source.p.bpbd.kejadian": source}}


STAGING = model("staging", "stg_bpbd__kejadian", ["source.p.bpbd.kejadian"])
FACT = model("core", "fct_kejadian", ["model.p.stg_bpbd__kejadian"])
MART = model("mart", "mart__kejadian", ["model.p.fct_kejadian"])
KEYS = [unique_test("fct_kejadian"), unique_test("mart__kejadian")]
GRAPH = [STAGING, FACT, MART, *KEYS]


def test_a_sound_graph_has_no_problem() -> None:
    assert problems(manifest(*GRAPH)) == []


@pytest.mark.parametrize(
    ("nodes", "sentence"),
    [
        ([STAGING, FACT | {"depends_on": {"nodes": ["source.p.bpbd.kejadian"]}}, KEYS[0]], "fct_kejadian: reads bpbd.kejadian directly"),
        ([STAGING, model("mart", "mart__kejadian", ["model.p.stg_bpbd__kejadian"]), KEYS[1]], "may not read stg_bpbd__kejadian of staging"),
        ([*GRAPH, model("core", "fct_lain", ["model.p.mart__kejadian"]), unique_test("fct_lain")], "fct_lain: a model of core may not read mart__kejadian of mart"),
        ([model("core", "kejadian", []), unique_test("kejadian")], "begins with dim_ or fct_ or agg_"),
        ([model("gudang", "fct_x", [])], "lies in models/gudang"),
        ([FACT], "fct_kejadian: nothing says which rows are the same"),
        ([FACT | {"description": "Events."}, KEYS[0]], "does not begin with 'One row per'"),
        ([FACT | {"columns": {}}, KEYS[0]], "no column is described"),
        ([FACT | {"columns": {"kode": {"name": "kode", "description": ""}}}, KEYS[0]], "fct_kejadian.kode: has no description"),
        ([FACT | {"config": {}}, KEYS[0]], "a fact counts one thing"),
        ([FACT | {"config": {"meta": {"domain": "bencana"}}}, MART, *KEYS], "mart__kejadian: belongs to no domain and reads fct_kejadian of bencana"),
    ],
)  # fmt: skip
def test_a_breach_is_named(nodes: list[Node], sentence: str) -> None:
    assert any(sentence in problem for problem in problems(manifest(*nodes))), problems(manifest(*nodes))


def test_a_unique_index_is_a_key() -> None:
    keyed = FACT | {"config": FACT["config"] | {"indexes": [{"columns": ["kode"], "unique": True}]}}
    assert problems(manifest(STAGING, keyed)) == []


def test_an_incremental_model_may_name_the_raw_table_that_it_follows() -> None:
    follows = FACT["config"] | {"changes": {"source": "bpbd", "table": "kejadian", "key": {}}}
    parents = ["model.p.stg_bpbd__kejadian", "source.p.bpbd.kejadian"]
    assert problems(manifest(STAGING, FACT | {"config": follows, "depends_on": {"nodes": parents}}, KEYS[0])) == []


@pytest.mark.parametrize(
    ("code", "what"),
    [
        ("select case when a then b end from x", "'case'"),
        ("select distinct\n    on (a) a from x", "'distinct'"),
        ("select a, sum(b) from x\ngroup   by a", "'group by'"),
        ("select count(*) filter (where a) from x", "'filter ('"),
        ("{{\n    per_indicator('x', 'bulan', 'bulan_mulai', {})\n}}", "'{{ per_indicator('"),
    ],
)
def test_what_can_be_wrong_without_failing_has_a_unit_test(code: str, what: str) -> None:
    fact = FACT | {"raw_code": code}
    (problem,) = problems(manifest(STAGING, fact, KEYS[0]))
    assert problem.startswith(f"fct_kejadian: has {what} and no unit test")
    tested = manifest(STAGING, fact, KEYS[0]) | {
        "unit_tests": {"unit_test.p.fct_kejadian.x": {"model": "fct_kejadian"}}
    }
    assert problems(tested) == []


@pytest.mark.parametrize(
    "code", ["select a, b::date as c from x", "-- in any case\nselect a from x", "{#- group by -#} select a from x"]
)
def test_renaming_needs_none(code: str) -> None:
    assert problems(manifest(STAGING, FACT | {"raw_code": code}, KEYS[0])) == []
