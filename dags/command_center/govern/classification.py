"""The class of every column: `publik`, `terbatas` or `rahasia`.

A column of raw has the class of its declaration. Every other has the highest class of the columns that it is made of, unless its
model declares how it is lowered (`meta.penurunan`), which is checked as far as SQL shows it. The rule in words: docs/security.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, get_args

from pydantic import BaseModel, ConfigDict, ValidationError

from command_center.declaration.source import Classification, Source, raw_table
from command_center.govern.lineage import Column, Lineage, Origin, lineage_of, table_of

Node = Mapping[str, Any]
CLASSES: tuple[Classification, ...] = get_args(Classification)
LEDGER = "ops"
GATE = "int_publik__sel"
WAYS = {
    "agregasi": "a figure of many rows (count, sum, mean, median) tells of none of them",
    "gerbang_publik": f"only what {GATE} lets through: approved indicators, small cells hidden",
    "pemilahan": "what may not be told is left out by the model's own condition, which its reason names",
}


class Lowering(BaseModel):
    """An entry of `meta.penurunan`: these columns, or all, are `publik` although what they are made of is not."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    cara: str
    alasan: str
    kolom: tuple[str, ...] = ()


@dataclass(frozen=True)
class Classes:
    """The class of each column, and what is wrong with how it is declared."""

    lineage: Lineage
    declared: Mapping[Column, Classification]
    ledger: Mapping[str, Classification]
    lowered: Mapping[Column, Lowering]
    problems: list[str] = field(default_factory=list)

    def of(self, column: Column) -> Classification:
        return self._classes.get(column) or self.declared_class(column)

    def restricted_roots(self, column: Column) -> list[Column]:
        """The declared columns above `publik` that a column is made of."""
        found = self.lineage.ancestors(column)
        return sorted(one for one in found if not self.lineage.parents(one) and _rank(self.declared_class(one)) > 0)

    def declared_class(self, column: Column) -> Classification:
        """Of a column of raw or of the ledger; what a model adds is `publik`."""
        if column.schema == LEDGER:
            return self.ledger.get(column.table, "terbatas")
        return self.declared.get(column, "publik")

    def inherited(self, column: Column) -> Classification:
        """The highest class of its parents."""
        return max((self.of(one) for one in self.lineage.parents(column)), key=_rank, default="publik")

    @cached_property
    def _classes(self) -> dict[Column, Classification]:
        """Parents come before their children in the lineage."""
        found: dict[Column, Classification] = {}
        for column, origin in self.lineage.origins.items():
            above = [found.get(one) or self.declared_class(one) for one in origin.parents]
            inherited = max([*above, self.declared_class(column)], key=_rank)
            found[column] = "publik" if column in self.lowered else inherited
        return found


def _rank(name: Classification) -> int:
    return CLASSES.index(name)


def classify(manifest: Mapping[str, Any], sources: Iterable[Source], lineage: Lineage | None = None) -> Classes:
    """Classes of all columns of a manifest whose models are compiled; its lineage may be given where it is known."""
    sources = list(sources)
    lineage = lineage or lineage_of(manifest, sources)
    models = [node for node in manifest["nodes"].values() if node["resource_type"] in ("model", "snapshot")]
    problems = list(lineage.unknown)
    lowered: dict[Column, Lowering] = {}
    for model in models:
        lowered |= _lowered(model, lineage, problems)
    classes = Classes(lineage, dict(_declared(sources)), dict(_of_ledger(manifest)), lowered, problems)
    for model in models:
        problems += _way_problems(model, classes, manifest)
    problems += _layer_problems(classes)
    return classes


def _declared(sources: Iterable[Source]) -> Iterator[tuple[Column, Classification]]:
    for source in sources:
        for name, table in source.tables.items():
            for column in table.stored:
                yield Column("raw", raw_table(source.source, name), column.name), column.stored_class


def _of_ledger(manifest: Mapping[str, Any]) -> Iterator[tuple[str, Classification]]:
    for table in manifest["sources"].values():
        if table["schema"] == LEDGER:
            yield table["identifier"], (table["config"].get("meta") or {}).get("klasifikasi", "terbatas")


def _lowered(model: Node, lineage: Lineage, problems: list[str]) -> dict[Column, Lowering]:
    columns = {one.name: one for one in lineage.origins if (one.schema, one.table) == table_of(model)}
    found: dict[Column, Lowering] = {}
    for entry in (model["config"].get("meta") or {}).get("penurunan") or []:
        try:
            lowering = Lowering.model_validate(entry)
        except ValidationError as error:
            problems.append(
                f"{model['name']}: meta.penurunan: {error.errors()[0]['msg']}; it has cara, alasan and kolom."
            )
            continue
        if lowering.cara not in WAYS or not lowering.alasan.strip():
            problems.append(f"{model['name']}: meta.penurunan: cara is one of {', '.join(WAYS)}, and alasan says why.")
            continue
        for name in lowering.kolom or columns:
            if name in columns:
                found[columns[name]] = lowering
            else:
                problems.append(f"{model['name']}: meta.penurunan names {name!r}, which the model does not have.")
    return found


def _way_problems(model: Node, classes: Classes, manifest: Mapping[str, Any]) -> Iterator[str]:
    """Lowerings that the model's SQL does not bear out, and those that nothing needs."""
    of_model = [one for one in classes.lowered if (one.schema, one.table) == table_of(model)]
    for lowering in {classes.lowered[one] for one in of_model}:
        columns = [one for one in of_model if classes.lowered[one] == lowering]
        needless = [one.name for one in columns if classes.inherited(one) == "publik"]
        if len(needless) == len(columns) or (lowering.kolom and needless):
            yield f"{model['name']}: meta.penurunan of {', '.join(needless)} is not needed any more; remove it."
        if lowering.cara == "agregasi":
            single = [one.name for one in columns if one.name not in needless and not _is_aggregated(one, classes)]
            if single:
                yield f"{model['name']}: {', '.join(single)} is not a count, sum, mean or median; it cannot be lowered by agregasi."
        if lowering.cara == "gerbang_publik" and not _passes_gate(model, manifest):
            yield f"{model['name']}: does not read {GATE}; it cannot be lowered by gerbang_publik."


def _is_aggregated(column: Column, classes: Classes) -> bool:
    """Whether all that is restricted in a column is summed up, in its own model or on its way there; a declared column never is."""
    origin = classes.lineage.origins.get(column, Origin())
    row_by_row = [one for one in origin.plain if classes.of(one) != "publik"]
    return bool(origin.parents) and all(_is_aggregated(one, classes) for one in row_by_row)


def _passes_gate(model: Node, manifest: Mapping[str, Any]) -> bool:
    """Whether a model reads the gate, itself or through another that the public reads."""
    read = [manifest["nodes"][one] for one in model["depends_on"]["nodes"] if one in manifest["nodes"]]
    return any(one["name"] == GATE or (one["fqn"][1] == "publik" and _passes_gate(one, manifest)) for one in read)


def _layer_problems(classes: Classes) -> Iterator[str]:
    for column in sorted(classes.lineage.origins):
        if column.schema == "publik" and classes.of(column) != "publik":
            roots = classes.restricted_roots(column)
            yield (
                f"{column}: is made of {', '.join(map(str, roots[:3]))}{' and others' if roots[3:] else ''}, which the public "
                f"must not see; say in meta.penurunan of publik__{column.table} how it is lowered, or leave it out."
            )
