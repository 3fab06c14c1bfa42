"""Of which declared columns each column that people read is made: the generated file by which the warehouse grants.

A column that a model lowers is made of none. Classes are not in it: they are read from the declarations when rights are granted.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from command_center.declaration.source import Classification
from command_center.govern.classification import LEDGER, Classes
from command_center.govern.lineage import Column, table_of
from command_center.intake.ddl import TECHNICAL
from command_center.warehouse import access

Roots = frozenset[tuple[str, str]]  # table, and column where the table's are declared one by one
Node = Mapping[str, Any]
CAMAT: dict[str, Classification | None] = {"rows": access.OFFICIALS, "all": access.PUBLIC, "none": None}
AREA = "kode_kecamatan"
REASON = "alasan_camat"  # in meta: why every camat may read restricted columns of all rows


def text(manifest: Mapping[str, Any], classes: Classes) -> str:
    """The file: a line per column; one that is made of the same as another names that one."""
    roots, relations = roots_of(classes), []
    first: dict[Roots, Column] = {}
    for node in _read(manifest):
        schema, table = table_of(node)
        lines = []
        for name in node["columns"]:
            column = Column(schema, table, name)
            made_of = roots.get(column, frozenset())
            other = first.setdefault(made_of, column)
            told: Any = str(other) if other != column and made_of else _by_table(made_of)
            lines.append(f"   {json.dumps(name)}: {json.dumps(told)}")
        columns = ",\n".join(lines)
        relations.append(
            f' "{schema}.{table}": {{\n  "camat": {json.dumps(_camat(node))},\n  "columns": {{\n{columns}\n  }}\n }}'
        )
    return "{\n" + ",\n".join(relations) + "\n}\n"


def write(manifest: Mapping[str, Any], classes: Classes) -> Path:
    access.COLUMNS.write_text(text(manifest, classes), encoding="utf-8")
    return access.COLUMNS


def problems(manifest: Mapping[str, Any], classes: Classes) -> Iterator[str]:
    """What is forgotten where a class, or what a column is made of, was changed."""
    if access.COLUMNS.read_text(encoding="utf-8") != text(manifest, classes):
        yield "dags/command_center/warehouse/columns.json has drifted, and rights are granted by it; run `make generate`."
    for node in _read(manifest):
        yield from _officials_problems(node, classes)
        yield from _camat_problems(node, classes)
        yield from _row_problems(node, classes)


def roots_of(classes: Classes) -> dict[Column, Roots]:
    """Parents come before their children in the lineage."""
    found: dict[Column, Roots] = {}
    for column, origin in classes.lineage.origins.items():
        own = {(f"{column.schema}.{column.table}", column.name)} if _is_declared(column) else set()
        made_of = set() if column in classes.lowered else origin.parents
        found[column] = frozenset(own.union(*(found.get(one) or _of_ledger(one) for one in made_of)))
    return found


def _is_declared(column: Column) -> bool:
    return column.schema == "raw" and column.name not in TECHNICAL


def _of_ledger(column: Column) -> Roots:
    return frozenset({(f"{LEDGER}.{column.table}", "")} if column.schema == LEDGER else ())


def _by_table(roots: Roots) -> dict[str, list[str]]:
    tables: dict[str, list[str]] = {}
    for table, column in sorted(roots):
        tables.setdefault(table, []).extend([column] if column else [])
    return tables


def _read(manifest: Mapping[str, Any]) -> list[Node]:
    """The models that people read, in the order of their names."""
    models = (node for node in manifest["nodes"].values() if node["resource_type"] == "model")
    return sorted((node for node in models if node["fqn"][1] in ("mart", "publik")), key=lambda node: str(node["name"]))


def _meta(node: Node) -> Mapping[str, Any]:
    return node["config"].get("meta") or {}


def _camat(node: Node) -> Classification | None:
    meta = _meta(node)
    return access.OFFICIALS if meta.get(REASON) else CAMAT[meta.get("camat_access", "none")]


def _officials_problems(node: Node, classes: Classes) -> Iterator[str]:
    schema, table = table_of(node)
    for name in node["columns"]:
        if classes.of(Column(schema, table, name)) == "rahasia":
            yield (
                f"{schema}.{table}.{name}: is rahasia, so that nobody may read it; leave it out of {node['name']}, "
                "or say in its meta.penurunan how it is lowered."
            )


def _camat_problems(node: Node, classes: Classes) -> Iterator[str]:
    schema, table = table_of(node)
    if _meta(node).get("camat_access") != "all":
        return
    above = [name for name in node["columns"] if classes.of(Column(schema, table, name)) != "publik"]
    if above and not _meta(node).get(REASON):
        yield (
            f"{schema}.{table}: {', '.join(above)} would not be read by camat, who see its rows of all kecamatan and so what is "
            f"publik only; say in meta.{REASON} of {node['name']} why they may, or set camat_access to 'rows'."
        )
    if not above and _meta(node).get(REASON):
        yield f"{node['name']}: meta.{REASON} is not needed any more, for all of its columns are publik; remove it."


def _row_problems(node: Node, classes: Classes) -> Iterator[str]:
    """Rows are told apart by kode_kecamatan, in a policy that the hook makes: without either a camat reads those of all."""
    schema, table = table_of(node)
    if _meta(node).get("camat_access") != "rows":
        return
    hooks = " ".join(str(one["sql"]) for one in node["config"].get("post-hook", []))
    has = {"post-hook row_policies": "row_policies" in hooks, f"column {AREA}": AREA in node["columns"]}
    lacking = " and the ".join(what for what, is_there in has.items() if not is_there)
    above = [name for name in node["columns"] if classes.of(Column(schema, table, name)) != "publik"]
    if lacking and above:
        yield (
            f"{schema}.{table}: {', '.join(above)} would be read by each camat in the rows of all kecamatan, for {node['name']} lacks "
            f"the {lacking}; give it that, or set camat_access to 'none'."
        )
