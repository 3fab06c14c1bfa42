"""From which columns a column's values come, in the ways in which SQL can say so."""

from __future__ import annotations

from typing import Any

import pytest
from command_center.govern.lineage import Column, Lineage, lineage_of


def manifest(**models: str) -> dict[str, Any]:
    """Models of schema core by name; a model reads those whose names its SQL holds, and seeds `lama` and `baru`."""
    nodes = {
        name: {
            "name": name,
            "resource_type": "model",
            "schema": "core",
            "alias": name,
            "compiled_code": code,
            "depends_on": {"nodes": [other for other in models if other != name and f"core.{other}" in code]},
        }
        for name, code in models.items()
    }
    return {"nodes": nodes}


def lineage(code: str, **others: str) -> Lineage:
    found = lineage_of(manifest(lama="select 1 as kode, 2 as nilai, 3 as sisa", **others, hasil=code), [])
    assert found.unknown == []
    return found


def parents(code: str, name: str, **others: str) -> set[str]:
    return {f"{one.table}.{one.name}" for one in lineage(code, **others).parents(Column("core", "hasil", name))}


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("select nilai as x from core.lama", {"lama.nilai"}),
        ("select * from (select nilai as x from core.lama) as dalam", {"lama.nilai"}),
        ("with satu as (select nilai + sisa as x from core.lama) select x from satu", {"lama.nilai", "lama.sisa"}),
        ("select case when kode > 1 then nilai end as x from core.lama", {"lama.kode", "lama.nilai"}),
        ("select 1 as x from core.lama where nilai > 0", set()),
        ("select sum(nilai) over (partition by kode) as x from core.lama", {"lama.nilai", "lama.kode"}),
        ("select (select max(dalam.sisa) from core.lama as dalam) as x from core.lama", {"lama.sisa"}),
        ("select l.x from core.lama as a cross join lateral (select a.nilai as x) as l", {"lama.nilai"}),
        (
            "select l.x from core.lama as a cross join lateral (values (a.kode), (a.nilai)) as l(x)",
            {"lama.kode", "lama.nilai"},
        ),
        ("select u.x from core.lama as a cross join lateral unnest(array[a.nilai]) as u(x)", {"lama.nilai"}),
        ("with a as (select nilai as x from core.lama), b as (select a.* from a) select x from b", {"lama.nilai"}),
        (
            """with a as (select sisa as nilai from core.lama)
            select l.x from core.lama as a cross join lateral (select a.nilai as x) as l""",
            {"lama.nilai"},
        ),
        (
            "select r.nilai as x from core.lama as l cross join lateral jsonb_populate_record(l, '{}'::jsonb) as r",
            {"lama.nilai"},
        ),
    ],
    ids=[
        "renamed",
        "star",
        "with",
        "condition of a case",
        "where is no value",
        "window",
        "scalar query",
        "lateral query",
        "lateral values",
        "unnest",
        "star of a query",
        "an alias before a query of the same name",
        "corrected row",
    ],
)
def test_a_value_comes_from(code: str, expected: set[str]) -> None:
    assert parents(code, "x") == expected


def test_a_union_goes_by_position_even_where_a_name_is_given_twice() -> None:
    code = "select kode as x, nilai as y, sisa as z from core.lama union all select nilai, nilai, kode from core.lama"
    assert parents(code, "x") == {"lama.kode", "lama.nilai"}
    assert parents(code, "z") == {"lama.sisa", "lama.kode"}


def test_columns_are_followed_through_models() -> None:
    found = lineage("select x as z from core.tengah", tengah="select nilai as x from core.lama")
    target, origin = Column("core", "hasil", "z"), Column("core", "lama", "nilai")
    assert found.ancestors(target) == {Column("core", "tengah", "x"), origin}
    assert target in found.below(origin)


def test_a_ledger_whose_columns_are_not_declared_gives_what_is_asked_of_it() -> None:
    assert lineage("select status from ops.batch").parents(Column("core", "hasil", "status")) == {
        Column("ops", "batch", "status")
    }
    starred = lineage("with semua as (select * from ops.batch) select batch_id from semua")
    assert starred.parents(Column("core", "hasil", "batch_id")) == {Column("ops", "batch", "*")}


@pytest.mark.parametrize(
    ("expression", "is_aggregated"),
    [
        ("sum(nilai)", True),
        ("percentile_cont(0.5) within group (order by nilai)", True),
        ("count(*) filter (where nilai > 0)", True),
        ("max(nilai)", False),
        ("coalesce(max(nilai), count(*))", False),
        ("round(avg(nilai) / count(*), 1)", True),
        ("case when nilai > 3 then count(*) end", False),
        ("nilai", False),
    ],
)
def test_what_sums_rows_up_is_told_from_what_picks_one(expression: str, is_aggregated: bool) -> None:
    found = lineage(f"select {expression} as x from core.lama group by nilai")
    origin = found.origins[Column("core", "hasil", "x")]
    assert (origin.plain == frozenset()) is is_aggregated and origin.parents == {Column("core", "lama", "nilai")}


def test_a_sum_over_a_window_tells_single_rows() -> None:
    found = lineage("select sum(nilai) over (partition by kode) as x from core.lama")
    assert found.origins[Column("core", "hasil", "x")].summed == frozenset()


def test_sql_that_cannot_be_followed_is_told() -> None:
    found = lineage_of(manifest(rusak="select a.b.c.d.e.f( from"), [])
    assert len(found.unknown) == 1
    assert found.unknown[0].startswith("rusak: its SQL cannot be followed")
