"""Whose fault a failed node is: that of the models it is about, or, of a test on all domains, of those that its rows name."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping
from dataclasses import replace

import psycopg
from psycopg import sql

from command_center.database import Connection, all_records, all_values
from command_center.ledger import build
from command_center.warehouse.dbt import one_line, short_name
from command_center.warehouse.domains import FREE, Fault, Graph, Node

ROWS = 10_000  # of a failed test that are looked at


def faults(
    connection: Connection, graph: Graph, refused: Iterable[build.Node], compiled: Mapping[str, str]
) -> list[Fault]:
    """The faults behind failed nodes; `compiled` has the SQL of tests."""
    return [_fault(connection, graph, one, compiled.get(one.unique_id, "")) for one in refused]


def in_words(connection: Connection, nodes: Iterable[build.Node], compiled: Mapping[str, str]) -> list[build.Node]:
    """The same nodes; a test that has a sentence for each row it found (`kalimat`) says them instead of their number."""
    return [_in_words(connection, node, compiled.get(node.unique_id, "")) for node in nodes]


def _in_words(connection: Connection, node: build.Node, query: str) -> build.Node:
    if node.resource_type != "test" or not node.failures or "kalimat" not in query:
        return node
    sentences = [str(row["kalimat"]) for row in _rows(connection, query) if row.get("kalimat")]
    return replace(node, message="; ".join(sentences) or node.message)


def _fault(connection: Connection, graph: Graph, failed: build.Node, query: str) -> Fault:
    sentence = f"{short_name(failed)}: {one_line(failed.message)}"
    node = graph.nodes.get(failed.unique_id)
    if node is None:
        return Fault(sentence)
    if node.kind == "test":
        return _fault_of_test(connection, graph, node, sentence, query)
    spoilt = node if node.kind != "unit_test" else _only(graph.read_by(node))
    if spoilt is None or spoilt.is_shared:
        return Fault(sentence)
    ids = frozenset([spoilt.unique_id])
    return Fault(sentence, wrong=ids) if spoilt.is_view else Fault(sentence, missing=ids)


def _fault_of_test(connection: Connection, graph: Graph, test: Node, sentence: str, query: str) -> Fault:
    about = [node for node in graph.read_by(test) if node.domain is not None or node.layer in FREE]
    rows = _rows(connection, query) if len(about) != 1 else []
    if named := {str(row["model"]) for row in rows if row.get("model")}:
        about = [node for node in about if node.name in named]
    if about:
        return Fault(sentence, wrong=frozenset(node.unique_id for node in about))
    codes = {str(row["indikator_kode"]) for row in rows if row.get("indikator_kode")}
    return Fault(sentence, domains=frozenset(_domains_of(connection, codes)))


def _only(nodes: list[Node]) -> Node | None:
    return nodes[0] if len(nodes) == 1 else None


def _rows(connection: Connection, query: str) -> list[dict[str, object]]:
    """What a failed test found; nothing where it could not be asked."""
    with contextlib.suppress(psycopg.Error):
        return all_records(connection, sql.SQL("select * from ({}) as found limit {}").format(sql.SQL(query), ROWS))
    return []


def _domains_of(connection: Connection, codes: set[str]) -> list[str]:
    """The domains in the registry of these indicators."""
    query = "select distinct domain from core.ref_indikator where kode = any(%s)"
    return all_values(connection, str, query, [sorted(codes)]) if codes else []
