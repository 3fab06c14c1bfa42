"""What people read of a column: its class, what it is made of, what is made of it."""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Iterator

from command_center.errors import DeclarationError
from command_center.govern.classification import Classes
from command_center.govern.lineage import Column

LAYERS = ("raw", "ops", "staging", "intermediate", "core", "mart", "publik")


def tell(name: str, classes: Classes) -> str:
    """A text on a column (`mart.indikator.nilai`) or on each column of a table (`mart.indikator`). Raises DeclarationError."""
    columns = sorted(_named(name, classes))
    if len(columns) > 1 or name.count(".") == 1:
        return "\n".join(f"{one.name:32} {classes.of(one):9} {_lowered(one, classes)}".rstrip() for one in columns)
    return "\n".join(_of_column(columns[0], classes))


def _of_column(column: Column, classes: Classes) -> Iterator[str]:
    yield f"{column} is {classes.of(column)}."
    if column in classes.lowered:
        yield f"It is lowered from {classes.inherited(column)} by {_lowered(column, classes)}"
    roots = classes.restricted_roots(column)
    if roots:
        yield f"Of what it is made of, above publik: {', '.join(map(str, roots))}"
    yield from _by_layer("made of", classes.lineage.ancestors(column))
    yield from _by_layer("read by", classes.lineage.below(column))


def _by_layer(verb: str, columns: set[Column]) -> Iterator[str]:
    yield f"{verb} {len(columns)} columns{':' if columns else '.'}"
    tables: dict[tuple[str, str], list[str]] = defaultdict(list)
    for column in sorted(columns):
        tables[column.schema, column.table].append(column.name)
    for schema, table in sorted(tables, key=lambda one: (LAYERS.index(one[0]), one[1])):
        yield f"  {schema}.{table}: {', '.join(tables[schema, table])}"


def _lowered(column: Column, classes: Classes) -> str:
    lowering = classes.lowered.get(column)
    return f"{lowering.cara}: {lowering.alasan}" if lowering else ""


def _named(name: str, classes: Classes) -> list[Column]:
    known = {str(one): [one] for one in classes.lineage.origins}
    for column in classes.lineage.origins:
        known.setdefault(f"{column.schema}.{column.table}", []).append(column)
    if name not in known:
        near = difflib.get_close_matches(name, known, n=1)
        hint = f"; did you mean {near[0]}?" if near else "; write schema.table or schema.table.column."
        raise DeclarationError(f"{name} is no column and no table of the warehouse{hint}")
    return known[name]
