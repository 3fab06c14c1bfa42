"""Rules of the warehouse's graph, read from dbt's manifest: layers, grain, keys, descriptions. Every breach is an error."""

from __future__ import annotations

import contextlib
import functools
import json
import os
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from command_center.warehouse.dbt import MANIFEST, parse, run_dbt_command
from command_center.warehouse.domains import SUMMARIES, Graph, graph_of

Node = dict[str, Any]
Manifest = dict[str, Any]

LAYERS = ("staging", "intermediate", "core", "mart", "publik")
MAY_READ = {
    "staging": {"seed"},
    "intermediate": {"staging", "intermediate", "core", "seed", "snapshot"},
    "core": {"staging", "intermediate", "core", "seed", "snapshot"},
    "mart": {"intermediate", "core", "mart", "seed"},
    "publik": {"intermediate", "core", "mart", "publik", "seed"},
}
PREFIXES = {
    "staging": ("stg_",),
    "intermediate": ("int_",),
    "core": ("dim_", "fct_", "agg_"),
    "mart": ("mart__",),
    "publik": ("publik__",),
}
LEDGER = "ops"  # the one source that views of all layers may read, for their age is true at the moment of reading
KEYED = ("intermediate", "core", "mart")
OFFLINE = ("--full-refresh", "--no-introspect", "--no-populate-cache", "--quiet")
PROFILE = {
    "CC_DBT_HOST": "1",
    "CC_DBT_PORT": "1",
    "CC_DBT_DBNAME": "warehouse",
    "CC_DBT_USER": "cc_transformer",
    "CC_DBT_SSLMODE": "1",
    "DBT_ENV_SECRET_CC_PASSWORD": "1",
}
FACTS = ("fct_", "agg_")
# SQL that can be wrong without failing: a model with any of it has a unit test.
COMMENT = re.compile(r"\{#.*?#\}|--[^\n]*", re.DOTALL)
NOT_TRIVIAL = re.compile(
    r"\b(case|group\s+by|distinct|lateral|having)\b|\b(over|filter)\s*\(|\{\{\s*(per_indicator|roll_up|aggregate_changed)\(",
    re.IGNORECASE,
)


def problems(manifest: Manifest) -> list[str]:
    """One sentence per breach: which model, what is wrong, what to do."""
    models = [node for node in manifest["nodes"].values() if node["resource_type"] == "model"]
    unique = keyed_models(manifest)
    tested = {str(test["model"]) for test in manifest.get("unit_tests", {}).values()}
    found: list[str] = []
    for model in sorted(models, key=lambda node: str(node["name"])):
        found += layer_problems(model, manifest)
        found += description_problems(model)
        found += key_problems(model, unique)
        found += unit_test_problems(model, tested)
    return found + domain_problems(graph_of({"nodes": {model["unique_id"]: model for model in models}}))


def domain_problems(graph: Graph) -> list[str]:
    """Models of no domain that read one: a fault in that domain would stop the city."""
    return [
        f"{node.name}: belongs to no domain and reads {read.name} of {read.domain}, so that a fault there would stop every domain; "
        "give it meta.domain in dbt_project.yml, or read what puts all domains together."
        for node in graph.nodes.values()
        if node.is_shared and node.name not in SUMMARIES
        for read in graph.read_by(node)
        if read.domain is not None
    ]


def layer_of(node: Node) -> str:
    """The first folder below models; a seed or a snapshot is a layer of its own."""
    return str(node["resource_type"]) if node["resource_type"] != "model" else str(node["fqn"][1])


def layer_problems(model: Node, manifest: Manifest) -> Iterator[str]:
    name, layer = model["name"], layer_of(model)
    if layer not in LAYERS:
        yield f"{name}: lies in models/{layer}; put it into one of {', '.join(LAYERS)}."
        return
    if not name.startswith(PREFIXES[layer]):
        yield f"{name}: a model of {layer} begins with {' or '.join(PREFIXES[layer])}; rename it."
    for parent in model["depends_on"]["nodes"]:
        if parent.startswith("source."):
            if layer != "staging" and parent.split(".")[2] != LEDGER and not is_watched(model, parent, manifest):
                yield f"{name}: reads {parent.split('.', 2)[2]} directly; only staging reads a source, so read its staging model."
        elif parent in manifest["nodes"]:
            below = layer_of(manifest["nodes"][parent])
            if below not in MAY_READ[layer]:
                yield f"{name}: a model of {layer} may not read {manifest['nodes'][parent]['name']} of {below}."


def is_watched(model: Node, parent: str, manifest: Manifest) -> bool:
    """Whether an incremental model names this raw table as the one whose changes it follows."""
    watched = model["config"].get("changes") or model["config"].get("partition") or {}
    source = manifest["sources"].get(parent, {})
    return (watched.get("source"), watched.get("table")) == (source.get("source_name"), source.get("name"))


def description_problems(model: Node) -> Iterator[str]:
    name = model["name"]
    if not str(model["description"]).startswith("One row per"):
        yield f"{name}: its description does not begin with 'One row per'; state its grain."
    if not model["columns"]:
        yield f"{name}: no column is described; describe every one in the YAML beside it."
    for column in model["columns"].values():
        if not column["description"]:
            yield f"{name}.{column['name']}: has no description; write one in the YAML beside the model."


def keyed_models(manifest: Manifest) -> set[str]:
    """Models on which a test of uniqueness stands."""
    tests = (node for node in manifest["nodes"].values() if node["resource_type"] == "test")
    return {
        str(node["attached_node"])
        for node in tests
        if (node.get("test_metadata") or {}).get("name") in ("unique", "unique_together") and node.get("attached_node")
    }


def key_problems(model: Node, unique: set[str]) -> Iterator[str]:
    name, layer = model["name"], layer_of(model)
    has_index = any(index.get("unique") for index in model["config"].get("indexes") or [])
    if layer in KEYED and model["unique_id"] not in unique and not has_index:
        yield f"{name}: nothing says which rows are the same; add the test unique_together or unique, or a unique index."
    if name.startswith(FACTS) and not (model["config"].get("meta") or {}).get("satuan_hitung"):
        yield f"{name}: a fact counts one thing; name it as config.meta.satuan_hitung."


def unit_test_problems(model: Node, tested: set[str]) -> Iterator[str]:
    reason = NOT_TRIVIAL.search(COMMENT.sub("", model.get("raw_code") or ""))
    if reason and layer_of(model) != "staging" and model["name"] not in tested:
        yield (
            f"{model['name']}: has {' '.join(reason.group(0).split())!r} and no unit test; "
            "write one with named cases in the YAML beside it."
        )


@functools.cache
def project_manifest() -> Manifest:
    """What dbt makes of the project's files; nothing is asked of a database."""
    with tempfile.TemporaryDirectory() as target, placeholders():
        return _manifest(parse([], Path(target)).text)


@functools.cache
def compiled_manifest() -> Manifest:
    """The same with the SQL of every model, as a full build has it."""
    kinds = ("--select", "resource_type:model", "resource_type:snapshot")
    with tempfile.TemporaryDirectory() as target, placeholders():
        run_dbt_command(["compile", *OFFLINE, *kinds], Path(target), None)
        return _manifest((Path(target) / MANIFEST).read_text(encoding="utf-8"))


def _manifest(text: str) -> Manifest:
    manifest: Manifest = json.loads(text)
    return manifest


def column_types(manifest: Manifest) -> dict[str, dict[str, str]]:
    """Model -> column -> declared type, which the contract of a mart holds its table to."""
    models = (node for node in manifest["nodes"].values() if node["resource_type"] == "model")
    return {
        model["name"]: {name: str(column["data_type"]) for name, column in model["columns"].items()} for model in models
    }


@contextlib.contextmanager
def placeholders() -> Iterator[None]:
    """Parsing reads the profile, of whose values it uses those that stand in the names of relations."""
    with contextlib.ExitStack() as stack:
        for name, value in PROFILE.items():
            before = os.environ.get(name)
            os.environ[name] = before or value
            stack.callback(restore, name, before)
        yield


def restore(name: str, before: str | None) -> None:
    if before is None:
        del os.environ[name]
    else:
        os.environ[name] = before
