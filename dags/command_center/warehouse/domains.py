"""What a fault in one domain spoils: the graph of the models, which of them belong to a domain, and how far a fault reaches."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

# They put the parts, and the findings, of all domains together; those of a domain that is held are left out.
SUMMARY = "int_indikator__bagian"
SUMMARIES = (SUMMARY, "int_temuan__semua")
FREE = ("staging", "snapshot")  # layers of no domain of their own: their readers tell whose they are
MADE = ("model", "snapshot", "seed")


@dataclass(frozen=True)
class Node:
    """A model, snapshot, seed, test or unit test of the project."""

    unique_id: str
    name: str
    kind: str
    layer: str
    schema_table: str
    domain: str | None
    is_view: bool
    parents: frozenset[str]

    @property
    def is_shared(self) -> bool:
        """Whether every domain rests on it."""
        return self.kind in MADE and self.domain is None and self.layer not in FREE


@dataclass(frozen=True)
class Graph:
    """Every node of the project by its id, parents before what reads them."""

    nodes: Mapping[str, Node]

    def read_by(self, node: Node) -> list[Node]:
        """The nodes that a node reads; a source is none of them."""
        return [self.nodes[parent] for parent in sorted(node.parents) if parent in self.nodes]

    def topics(self) -> list[Node]:
        """The tables in which each domain has the parts of its indicators, and its findings."""
        return [node for summary in self._summaries() for node in self.read_by(summary) if node.domain is not None]

    def siblings(self, topic: Node) -> list[Node]:
        """The other tables that are put together with this one."""
        return [
            node
            for summary in self._summaries()
            if topic.unique_id in summary.parents
            for node in self.read_by(summary)
            if node.domain is not None and node != topic
        ]

    def below_summary(self) -> set[str]:
        """What is made of the parts of all domains, from where they are put together."""
        found = {summary.unique_id for summary in self._summaries()}
        for node in self.nodes.values():
            if node.kind in MADE and node.parents & found:
                found.add(node.unique_id)
        return found

    def sources_of(self, ids: Iterable[str]) -> set[str]:
        """Keys of the declared sources from which these nodes are made."""
        parents = {parent for one in ids if one in self.nodes for parent in self.nodes[one].parents}
        found = {parent.split(".")[2] for parent in parents if parent.startswith("source.")}
        above = {parent for parent in parents if parent in self.nodes}
        return (found | self.sources_of(above) if above else found) - {"ops"}

    def _summaries(self) -> list[Node]:
        return [node for node in self.nodes.values() if node.name in SUMMARIES and node.kind == "model"]


@dataclass(frozen=True)
class Fault:
    """What one failed node says: models whose rows are wrong, models that were not made, domains that its rows name.

    None of the three: nobody can tell whose fault it is.
    """

    sentence: str
    wrong: frozenset[str] = frozenset()
    missing: frozenset[str] = frozenset()
    domains: frozenset[str] = frozenset()

    @property
    def is_anybodys(self) -> bool:
        return not (self.wrong or self.missing or self.domains)


@dataclass
class Reach:
    """How far faults reach. `wrong` may not be read; `old` is as the last edition left it, and others may read it."""

    wrong: set[str] = field(default_factory=set)
    old: set[str] = field(default_factory=set)
    domains: set[str] = field(default_factory=set)
    is_everything: bool = False

    @property
    def left_out(self) -> set[str]:
        return self.wrong | self.old


def reach(graph: Graph, faults: Iterable[Fault]) -> Reach:
    """Follow faults down the graph until nothing more is touched.

    A view shows what lies under it, so it is as wrong; a table that was not made again is as it was. Whatever of a domain is
    touched holds the domain as a whole, and what all domains rest on is everything.
    """
    found = Reach()
    for fault in faults:
        found.is_everything |= fault.is_anybodys
        found.wrong |= fault.wrong
        found.old |= fault.missing - fault.wrong
        found.domains |= fault.domains
    size = -1
    while size != (size := len(found.left_out) + len(found.domains)):
        for node in graph.nodes.values():
            if node.kind in MADE:
                _touch(graph, node, found)
    return found


def _touch(graph: Graph, node: Node, found: Reach) -> None:
    parents = [] if node.name in SUMMARIES else graph.read_by(node)
    if node.unique_id not in found.wrong and any(parent.unique_id in found.wrong for parent in parents):
        (found.wrong if node.is_view else found.old).add(node.unique_id)
        found.old -= found.wrong
    if node.domain in found.domains and node.unique_id not in found.wrong:
        found.old.add(node.unique_id)
    if node.unique_id in found.left_out:
        found.is_everything |= node.is_shared
        found.domains |= {node.domain} if node.domain is not None else set()


def graph_of(manifest: Mapping[str, Any]) -> Graph:
    """The graph of dbt's manifest."""
    every = {**manifest["nodes"], **manifest.get("unit_tests", {})}
    nodes = {unique_id: _node(unique_id, one) for unique_id, one in every.items()}
    return Graph({unique_id: nodes[unique_id] for unique_id in _in_order(nodes)})


def _node(unique_id: str, one: Mapping[str, Any]) -> Node:
    config = one.get("config") or {}
    kind = str(one["resource_type"])
    attached = one.get("attached_node")
    return Node(
        unique_id=unique_id,
        name=str(one["name"]),
        kind=kind,
        layer=str(one["fqn"][1]) if kind == "model" else kind,
        schema_table=f"{one.get('schema')}.{one.get('alias') or one['name']}",
        domain=(config.get("meta") or {}).get("domain"),
        is_view=config.get("materialized") == "view",
        parents=frozenset([attached] if attached else (one.get("depends_on") or {}).get("nodes", [])),
    )


def _in_order(nodes: Mapping[str, Node]) -> list[str]:
    ordered: dict[str, None] = {}

    def visit(unique_id: str) -> None:
        if unique_id in nodes and unique_id not in ordered:
            for parent in nodes[unique_id].parents:
                visit(parent)
            ordered[unique_id] = None

    for unique_id in nodes:
        visit(unique_id)
    return list(ordered)
