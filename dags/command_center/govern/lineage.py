"""From which columns a column's values come, read from the SQL that dbt compiles: no database is asked.

Only values count: what rows are chosen or joined by is not followed. A query of a model becomes sqlglot's tree of scopes (each
`select` with the tables and queries it reads); a scope is resolved once, so that the whole project takes seconds.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from graphlib import TopologicalSorter
from typing import Any, NamedTuple

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import Scope, build_scope

from command_center.declaration.source import Source, raw_table
from command_center.intake.ddl import TECHNICAL
from command_center.paths import DBT_PROJECT

Node = Mapping[str, Any]
OF_SNAPSHOTS = ("dbt_scd_id", "dbt_updated_at", "dbt_valid_from", "dbt_valid_to")
# A maximum, or what a window function picks, is the value of one row.
OF_MANY = (exp.Count, exp.Sum, exp.Avg, exp.Median, exp.PercentileCont)
ALL = "*"  # of a function in FROM, whose columns SQL does not name


class Column(NamedTuple):
    """A column of a table, by the schema's name of what people read (`mart`, not `mart_next`)."""

    schema: str
    table: str
    name: str

    def __str__(self) -> str:
        return ".".join(self)


@dataclass(frozen=True)
class Origin:
    """Where the values of a column come from: columns that stand in it row by row, and columns that are summed up in it."""

    plain: frozenset[Column] = frozenset()
    summed: frozenset[Column] = frozenset()

    @property
    def parents(self) -> frozenset[Column]:
        return self.plain | self.summed

    def __or__(self, other: Origin) -> Origin:
        return Origin(self.plain | other.plain, self.summed | other.summed)

    def as_summed(self) -> Origin:
        return Origin(frozenset(), self.parents)


@dataclass
class Lineage:
    """Every column of the warehouse and its origin; `unknown` has a sentence for each that cannot be told."""

    origins: dict[Column, Origin] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)

    def parents(self, column: Column) -> frozenset[Column]:
        return self.origins.get(column, Origin()).parents

    def ancestors(self, column: Column) -> set[Column]:
        """All columns that a column is made of, itself left out."""
        found: set[Column] = set()
        left = [column]
        while left:
            new = self.parents(left.pop()) - found
            found |= new
            left += new
        return found

    def below(self, column: Column) -> set[Column]:
        """All columns that are made of a column."""
        children: dict[Column, list[Column]] = {}
        for child, origin in self.origins.items():
            for parent in origin.parents:
                children.setdefault(parent, []).append(child)
        found: set[Column] = set()
        left = [column]
        while left:
            new = set(children.get(left.pop(), [])) - found
            found |= new
            left += new
        return found


def lineage_of(manifest: Mapping[str, Any], sources: Iterable[Source]) -> Lineage:
    """Read a manifest in which every model is compiled."""
    lineage = Lineage()
    schema = dict(_raw(sources)) | dict(_seeds(manifest))
    lineage.origins |= {Column(*table, name): Origin() for table, names in schema.items() for name in names}
    for node in _in_order(manifest):
        try:
            found = _columns(node, schema, lineage.unknown)
        except SqlglotError as error:
            lineage.unknown.append(f"{node['name']}: its SQL cannot be followed: {' '.join(str(error).split())}")
            continue
        schema[table_of(node)] = list(found)
        lineage.origins |= {Column(*table_of(node), name): origin for name, origin in found.items()}
    return lineage


def table_of(node: Node) -> tuple[str, str]:
    return str(node["schema"]).removesuffix("_next"), str(node["alias"])


def _raw(sources: Iterable[Source]) -> Iterator[tuple[tuple[str, str], Sequence[str]]]:
    for source in sources:
        for name, table in source.tables.items():
            yield ("raw", raw_table(source.source, name)), [*(one.name for one in table.stored), *TECHNICAL]


def _seeds(manifest: Mapping[str, Any]) -> Iterator[tuple[tuple[str, str], Sequence[str]]]:
    for node in manifest["nodes"].values():
        if node["resource_type"] == "seed":
            with (DBT_PROJECT / node["original_file_path"]).open(encoding="utf-8", newline="") as file:
                yield table_of(node), next(csv.reader(file))


def _in_order(manifest: Mapping[str, Any]) -> list[Node]:
    """Models and snapshots, each after what it reads."""
    nodes = {key: node for key, node in manifest["nodes"].items() if node["resource_type"] in ("model", "snapshot")}
    graph = {key: [one for one in node["depends_on"]["nodes"] if one in nodes] for key, node in nodes.items()}
    return [nodes[key] for key in TopologicalSorter(graph).static_order()]


def _columns(node: Node, schema: Mapping[tuple[str, str], Sequence[str]], unknown: list[str]) -> dict[str, Origin]:
    tree = _named_tables(sqlglot.parse_one(node["compiled_code"], dialect="postgres"))
    known: dict[str, dict[str, dict[str, str]]] = {}
    for (folder, table), names in schema.items():
        known.setdefault(folder, {})[table] = dict.fromkeys(names, "text")
    tree = qualify(_corrected(tree), schema=known, dialect="postgres", validate_qualify_columns=False, identify=False)
    root = build_scope(tree)
    if root is None:
        raise SqlglotError("it is no query")
    resolver = _Resolver(schema)
    found = resolver.outputs(root)
    unknown += [f"{node['name']}: nobody can tell where {one} comes from; name its table." for one in resolver.lost]
    if node["resource_type"] == "snapshot":
        found = found | dict.fromkeys(OF_SNAPSHOTS, Origin())
    return found


def _named_tables(tree: exp.Expression) -> exp.Expression:
    for table in tree.find_all(exp.Table):
        table.set("catalog", None)
        if table.db.endswith("_next"):
            table.set("db", exp.to_identifier(table.db.removesuffix("_next")))
    return tree


def _corrected(tree: exp.Expression) -> exp.Expression:
    """jsonb_populate_record(row, …) has the columns of the row."""
    for lateral in list(tree.find_all(exp.Lateral)):
        function = lateral.this
        if isinstance(function, exp.Anonymous) and function.name.lower() == "jsonb_populate_record":
            row = function.expressions[0].name
            for column in tree.find_all(exp.Column):
                if column.table == lateral.alias:
                    column.set("table", exp.to_identifier(row))
    return tree


class _Resolver:
    """The origins of what the scopes of one query give, each found once."""

    def __init__(self, schema: Mapping[tuple[str, str], Sequence[str]]) -> None:
        self.schema = schema
        self.lost: list[str] = []
        self._found: dict[int, list[tuple[str, Origin]]] = {}

    def outputs(self, scope: Scope) -> dict[str, Origin]:
        return dict(reversed(self._in_order(scope)))

    def _in_order(self, scope: Scope) -> list[tuple[str, Origin]]:
        """A name may be given twice, and a union goes by position."""
        if id(scope) not in self._found:
            self._found[id(scope)] = []  # a query that reads itself adds nothing new
            self._found[id(scope)] = self._outputs(scope)
        return self._found[id(scope)]

    def _outputs(self, scope: Scope) -> list[tuple[str, Origin]]:
        query = _bare(scope.expression)
        if isinstance(query, exp.SetOperation):
            parts = [self._in_order(part) for part in scope.set_operation_scopes]
            return [(same[0][0], _together(origin for _, origin in same)) for same in zip(*parts, strict=False)]
        if not isinstance(query, exp.Select):
            return [(ALL, self._of_expression(query, scope))]
        return [(select.alias_or_name, self._of_select(select, scope)) for select in query.selects]

    def _of_select(self, select: exp.Expression, scope: Scope) -> Origin:
        if not select.is_star:
            return self._of_expression(select, scope)
        return _together(self._of_source(source, ALL) for _, source in scope.selected_sources.values())

    def _of_expression(self, expression: exp.Expression, scope: Scope) -> Origin:
        origin = Origin()
        for part in _parts(expression):
            found = self._of_column(part, scope) if isinstance(part, exp.Column) else self._of_query(part, scope)
            origin |= found.as_summed() if _is_summed(part, expression) else found
        return origin

    def _of_query(self, query: exp.Expression, scope: Scope) -> Origin:
        inner = _bare(query)
        for child in (*scope.subquery_scopes, *scope.table_scopes):
            if _bare(child.expression) is inner:
                return _together(self.outputs(child).values())
        self.lost.append(inner.sql(dialect="postgres", comments=False)[:80])
        return Origin()

    def _of_column(self, column: exp.Column, scope: Scope) -> Origin:
        source = _read_as(column.table, scope) if column.table else None
        if source is not None:
            return self._of_source(source, column.name)
        if column.table:
            self.lost.append(column.sql(dialect="postgres", comments=False))
            return Origin()
        return self._of_any(column, scope)

    def _of_source(self, source: exp.Table | Scope, name: str) -> Origin:
        if isinstance(source, exp.Table):
            return Origin(frozenset({Column(source.db, source.name, name)} if source.db else ()))
        given = self.outputs(source)
        return given[name] if name in given else given.get(ALL, _together(given.values()))

    def _of_any(self, column: exp.Column, scope: Scope) -> Origin:
        """A name without a table is of one whose columns are not declared, as the ledger's are."""
        tables = [one for one in scope.sources.values() if self._may_have(one, column.name)]
        if not tables:
            self.lost.append(column.sql(dialect="postgres", comments=False))
        return _together(self._of_source(one, column.name) for one in tables)

    def _may_have(self, source: exp.Table | Scope, name: str) -> bool:
        if isinstance(source, exp.Table):
            return (source.db, source.name) not in self.schema
        given = self.outputs(source)
        return name in given or ALL in given


def _bare(expression: exp.Expression) -> exp.Expression:
    return expression.unnest() if isinstance(expression, exp.Subquery) else expression


def _together(origins: Iterable[Origin]) -> Origin:
    whole = Origin()
    for origin in origins:
        whole |= origin
    return whole


def _read_as(alias: str, scope: Scope | None) -> exp.Table | Scope | None:
    """What a scope, or one around it, reads under this name; a query of WITH only where nothing is read so."""
    around = scope
    while around is not None:
        if alias in around.selected_sources:
            source: exp.Table | Scope = around.selected_sources[alias][1]
            return source
        around = around.parent
    return scope.sources.get(alias) if scope is not None else None


def _is_summed(part: exp.Expression, expression: exp.Expression) -> bool:
    """Whether a part stands within a sum of rows: in it, in its FILTER, or in its WITHIN GROUP; a window sums nothing up."""
    is_summed, one = False, part
    while one is not expression and one.parent is not None:
        one = one.parent
        if isinstance(one, exp.Window):
            return False
        is_summed |= isinstance(one, OF_MANY) or (
            isinstance(one, exp.Filter | exp.WithinGroup) and one.find(*OF_MANY) is not None
        )
    return is_summed


def _parts(expression: exp.Expression) -> Iterator[exp.Expression]:
    """The columns of an expression, and the queries in it as they are."""
    left = [expression]
    while left:
        one = left.pop()
        if isinstance(one, exp.Column) or (isinstance(one, exp.Query) and one is not expression):
            yield one
        else:
            left += one.iter_expressions()
