"""The project's own columns: all are followed to where they come from, and a class that is changed in one place is seen in all."""

from __future__ import annotations

import copy
import filecmp
import random
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import sqlglot
from command_center.catalogue.content import Catalogue, read_catalogue
from command_center.catalogue.live import Live
from command_center.catalogue.site import write_site
from command_center.declaration.registry import all_sources
from command_center.declaration.source import Source
from command_center.govern import roots
from command_center.govern.classification import Classes, classify
from command_center.govern.lineage import Column
from command_center.lint.dbt import compiled_manifest
from command_center.settings import WIB
from command_center.warehouse import access
from sqlglot import exp
from sqlglot.lineage import lineage as by_sqlglot

from tests.support.site import broken

SEED, SAMPLE = 20261128, 40
Manifest = dict[str, Any]


@pytest.fixture(scope="module")
def manifest() -> Manifest:
    return compiled_manifest()


@pytest.fixture(scope="module")
def classes(manifest: Manifest) -> Classes:
    return classify(manifest, all_sources())


@pytest.fixture(scope="module")
def catalogue(classes: Classes, manifest: Manifest) -> Catalogue:
    """Here, because it is made of the same manifest, which takes long to compile."""
    live = Live(datetime(2026, 11, 28, tzinfo=WIB), missing="tanpa gudang data")
    return read_catalogue(all_sources(), classes, manifest, live)


def with_class(source: str, table: str, column: str, is_class: str) -> Iterable[Source]:
    for declared in all_sources():
        given = declared.model_dump()
        if declared.source == source:
            found = next(one for one in given["tables"][table]["columns"] if one["name"] == column)
            found["classification"] = is_class
        yield Source.model_validate(given)


def test_every_column_is_followed(classes: Classes) -> None:
    assert classes.problems == []
    known = classes.lineage.origins
    assert {one for origin in known.values() for one in origin.parents if one.schema != "ops"} <= set(known)
    raw = {one.table for one in classes.lineage.ancestors(Column("mart", "indikator", "nilai")) if one.schema == "raw"}
    assert {"dinkes_lb1__kesakitan", "diskominfo_112__tiket", "adpem_rfk__kegiatan", "dishub_hitung__arus"} & raw
    assert len(raw) > 15


def test_sqlglots_own_lineage_finds_the_same_tables(classes: Classes, manifest: Manifest) -> None:
    """Another program on columns chosen by a seed, model by model; it also follows what nested queries choose rows by."""
    models = {
        (node["schema"].removesuffix("_next"), node["alias"]): node
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["fqn"][1] in ("core", "mart", "publik")
    }
    columns = sorted(one for one in classes.lineage.origins if (one.schema, one.table) in models)
    differing = []
    for column in random.Random(SEED).sample(columns, SAMPLE):
        node = models[column.schema, column.table]
        other = tables_by_sqlglot(column.name, node, classes)
        ours = {(one.schema, one.table) for one in classes.lineage.parents(column)}
        if other is not None and not ours >= other:
            differing.append((str(column), sorted(other - ours)))
    assert len(differing) <= SAMPLE // 10, differing


def tables_by_sqlglot(name: str, node: Manifest, classes: Classes) -> set[tuple[str, str]] | None:
    tree = sqlglot.parse_one(node["compiled_code"], dialect="postgres")
    for table in tree.find_all(exp.Table):
        table.set("catalog", None)
        if table.db:
            table.set("db", exp.to_identifier(table.db.removesuffix("_next")))
    schema: dict[str, dict[str, dict[str, str]]] = {}
    for one in classes.lineage.origins:
        schema.setdefault(one.schema, {}).setdefault(one.table, {})[one.name] = "text"
    try:
        found = by_sqlglot(name, tree, schema=schema, dialect="postgres", validate_qualify_columns=False)
    except sqlglot.errors.SqlglotError:
        return None
    leaves = [one.expression for one in found.walk() if not one.downstream and isinstance(one.expression, exp.Table)]
    return {(table.db, table.name) for table in leaves if table.db}


def granted(sources: Iterable[Source]) -> dict[Column, str]:
    """The classes by which the warehouse grants."""
    found: dict[Column, str] = {}
    for name, one in access.readables(sources).items():
        schema, table = name.split(".")
        found |= {Column(schema, table, column): is_class for column, is_class in one.columns.items()}
    return found


def test_the_warehouse_grants_by_the_same_classes(classes: Classes, manifest: Manifest) -> None:
    assert list(roots.problems(manifest, classes)) == []
    by_file = granted(all_sources())
    assert by_file == {one: classes.of(one) for one in by_file} and len(by_file) > 1000
    read = {one for one in classes.lineage.origins if one.schema in ("mart", "publik")}
    assert read == set(by_file)


def test_a_class_that_is_raised_in_a_declaration_is_refused_where_the_public_would_see_it(
    classes: Classes, manifest: Manifest, catalogue: Catalogue, tmp_path: Path
) -> None:
    sources = list(with_class("bmkg_gempa", "gempa", "magnitudo", "terbatas"))
    found = classify(manifest, sources, classes.lineage)
    by_file = granted(sources)
    assert by_file == {one: found.of(one) for one in by_file}, "nothing is to be generated for that"
    (sentence,) = roots.problems(manifest, found)
    assert sentence.startswith("mart.gempa: magnitudo") and "would not be read by camat" in sentence
    for name, one in (("before", catalogue), ("after", read_catalogue(sources, found, manifest, catalogue.live))):
        write_site(one, tmp_path / name)
    changed = set(filecmp.dircmp(tmp_path / "before" / "data", tmp_path / "after" / "data").diff_files)
    assert {"mart.gempa.html", "publik.gempa.html"} <= changed
    assert filecmp.dircmp(tmp_path / "before" / "kontrak", tmp_path / "after" / "kontrak").diff_files == [
        "bmkg_gempa.odcs.yaml"
    ]
    assert found.of(Column("mart", "gempa", "magnitudo")) == "terbatas"
    assert any(
        one.startswith("publik.gempa.magnitudo: is made of raw.bmkg_gempa__gempa.magnitudo") for one in found.problems
    )


@pytest.mark.parametrize("forgotten", ["post-hook row_policies", "column kode_kecamatan"])
def test_restricted_rows_that_no_policy_tells_apart_are_refused(
    classes: Classes, manifest: Manifest, forgotten: str
) -> None:
    key = next(key for key, one in manifest["nodes"].items() if one["name"] == "mart__perhatian")
    node = manifest["nodes"][key]
    columns = {name: one for name, one in node["columns"].items() if name not in forgotten}
    hooks = [] if "hook" in forgotten else node["config"]["post-hook"]
    other = {**node, "columns": columns, "config": {**node["config"], "post-hook": hooks}}
    found = [*roots.problems({**manifest, "nodes": {**manifest["nodes"], key: other}}, classes)]
    (sentence,) = [one for one in found if "has drifted" not in one]
    assert sentence.startswith("mart.perhatian: ") and f"mart__perhatian lacks the {forgotten};" in sentence


def test_a_lowering_that_is_taken_away_is_missed(classes: Classes, manifest: Manifest) -> None:
    other = copy.deepcopy(manifest)
    node = next(one for one in other["nodes"].values() if one["name"] == "publik__indikator")
    node["config"]["meta"].pop("penurunan")
    found = classify(other, all_sources(), classes.lineage)
    problems = found.problems
    assert any(
        one.endswith("and rights are granted by it; run `make generate`.") for one in roots.problems(other, found)
    )
    assert any(one.startswith("publik.indikator.nilai: is made of ") for one in problems)
    assert any(one.startswith("publik.ubin.nilai_teks: is made of ") for one in problems)


def test_the_catalogue_tells_where_every_indicator_is_from(catalogue: Catalogue) -> None:
    assert len(catalogue.indicators) > 90 and len(catalogue.relations) > 50
    assert [one.kode for one in catalogue.indicators if not one.model or not one.roots] == []
    response = next(one for one in catalogue.indicators if one.kode == "waktu_tanggap")
    assert Column("raw", "damkar_kejadian__kejadian", "tiba_di_lokasi") in response.roots
    assert ("kebakaran", "mart.indikator") in {(shown.slug, shown.relation) for shown in response.shown}
    assert sum(1 for one in catalogue.indicators if one.shown) > 70


def test_the_catalogue_of_the_whole_project_has_no_dead_link(catalogue: Catalogue, tmp_path: Path) -> None:
    write_site(catalogue, tmp_path / "catalogue")
    assert len(list((tmp_path / "catalogue").rglob("*.html"))) > 190
    assert broken(tmp_path / "catalogue") == []
