"""After a fault in one domain: its last edition stays, and what the fault does not reach is built all the same."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from command_center.database import Connection
from command_center.errors import TransformError
from command_center.ledger import build
from command_center.ledger.held import Held, held_domains
from command_center.warehouse.dbt import (
    REFUSED,
    RESULTS,
    OnEvent,
    as_node,
    dbt_target,
    invoke,
    one_line,
    read_compiled,
    read_invocation_id,
    read_manifest,
    short_name,
)
from command_center.warehouse.domains import FREE, MADE, Fault, Graph, Node, Reach, graph_of, reach
from command_center.warehouse.edition import empty_topics, never_seen, own_tables, remove_built
from command_center.warehouse.faults import faults, in_words

DONE = {"success", "pass", "warn"}


@dataclass(frozen=True)
class Options:
    """How the build that failed was asked for."""

    command: str
    is_full: bool
    clock: str
    on_event: OnEvent | None


@dataclass(frozen=True)
class Rest:
    """What was built without the domains that are held, and the tables of these that people read."""

    nodes: tuple[build.Node, ...]
    held: tuple[Held, ...]
    tables: tuple[tuple[str, str], ...]


@dataclass
class Attempt:
    """What is known of the build so far."""

    graph: Graph
    wanted: set[str]
    done: set[str]
    found: list[Fault] = field(default_factory=list)
    nodes: list[build.Node] = field(default_factory=list)

    def take(self, nodes: Sequence[build.Node]) -> None:
        self.nodes += nodes
        self.done |= {node.unique_id for node in nodes if node.status in DONE}


def refused(nodes: Iterable[build.Node]) -> list[build.Node]:
    return [node for node in nodes if node.status in REFUSED]


def build_the_rest(connection: Connection, failed: Sequence[build.Node], options: Options) -> Rest:
    """Build what no fault reaches, aside. Raises TransformError where a fault reaches everything."""
    graph = graph_of(read_manifest())
    attempt = Attempt(graph, {node.unique_id for node in failed} | graph.below_summary(), set())
    attempt.take(failed)
    attempt.found = _faults(connection, graph, failed)
    reached = _require_domains(attempt, failed, options)
    _forget_results()  # what is emptied now is not made again by a retry
    while True:
        empty_topics(connection, graph, reached.domains)
        clean, mixed = tests_left(attempt, reached)
        told = _run(connection, "build", [*models_left(attempt, reached), *clean], options)
        told += _run(connection, "test", mixed, options) if not refused(told) else []
        attempt.take(told)
        attempt.found += _faults(connection, graph, told)
        before, reached = reached, _require_domains(attempt, told, options)
        if before == reached and all(node.unique_id in {one.unique_id for one in mixed} for node in refused(told)):
            rest = _rest(connection, attempt, reached)
            _make_empty(connection, graph, reached, options)
            return rest
        if before == reached:
            raise TransformError(explain(told, options.command))


def models_left(attempt: Attempt, reached: Reach) -> list[Node]:
    """What was asked for and is not there yet, and what puts all domains together."""
    again = attempt.graph.below_summary()
    return [
        node
        for node in attempt.graph.nodes.values()
        if node.kind in MADE
        and node.unique_id in attempt.wanted - reached.left_out
        and (node.unique_id not in attempt.done or node.unique_id in again)
    ]


def tests_left(attempt: Attempt, reached: Reach) -> tuple[list[Node], list[Node]]:
    """Tests of what is built, and apart from them those that also read what is held: their rows tell whose fault they are."""
    models = {node.unique_id for node in models_left(attempt, reached)}
    clean, mixed = [], []
    for test in attempt.graph.nodes.values():
        is_asked_for = test.unique_id in attempt.wanted - attempt.done
        if test.kind in MADE or not (is_asked_for or (test.kind == "test" and test.parents & models)):
            continue
        about = attempt.graph.read_by(test)
        if not any(node.unique_id in reached.left_out for node in about):
            clean.append(test)
        elif any((node.domain or node.layer in FREE) and node.unique_id not in reached.left_out for node in about):
            mixed.append(test)
    return clean, mixed


def explain(nodes: Sequence[build.Node], command: str) -> str:
    failed = "; ".join(f"{short_name(node)}: {one_line(node.message)}" for node in refused(nodes))
    return f"dbt {command} failed and what people see is unchanged. {failed}"


def _run(connection: Connection, command: str, nodes: Sequence[Node], options: Options) -> list[build.Node]:
    if not nodes:
        return []
    build.keep_span(connection)
    arguments = [command, "--select", *(node.name for node in nodes), "--indirect-selection", "empty"]
    arguments += ["--full-refresh"] if options.is_full and command == "build" else []
    arguments += ["--vars", json.dumps({"frozen_clock": options.clock})] if options.clock else []
    told = [as_node(one) for one in invoke(arguments, dbt_target(), options.on_event)]
    told = in_words(connection, told, read_compiled(_results()))
    build.record_results(connection, read_invocation_id(_results()), told)
    return told


def _faults(connection: Connection, graph: Graph, nodes: Sequence[build.Node]) -> list[Fault]:
    compiled = read_compiled(_results()) if _results().exists() else {}
    return faults(connection, graph, refused(nodes), compiled)


def _require_domains(attempt: Attempt, told: Sequence[build.Node], options: Options) -> Reach:
    reached = reach(attempt.graph, attempt.found)
    if reached.is_everything:
        raise TransformError(explain(told, options.command))
    return reached


def _rest(connection: Connection, attempt: Attempt, reached: Reach) -> Rest:
    known = {one.domain: one.edition_at for one in held_domains(connection)}
    now = build.edition_at(connection)
    causes: dict[str, list[Fault]] = {}
    for fault in attempt.found:
        for domain in _domains_of(attempt.graph, fault):
            causes.setdefault(domain, []).append(fault)
    held = [
        Held(
            domain,
            tuple(sorted({source for one in because for source in _sources_of(attempt.graph, one)})),
            "; ".join(dict.fromkeys(one.sentence for one in because)),
            known.get(domain, now),
        )
        for domain, because in sorted(causes.items())
    ]
    return Rest(tuple(attempt.nodes), tuple(held), tuple(own_tables(_held_models(attempt.graph, reached))))


def _held_models(graph: Graph, reached: Reach) -> list[Node]:
    return [node for node in graph.nodes.values() if node.domain in reached.domains and node.kind == "model"]


def _make_empty(connection: Connection, graph: Graph, reached: Reach, options: Options) -> None:
    """Of a domain that is held, people see what stands; where nothing ever did, tables without rows and not what was refused."""
    nodes = never_seen(connection, _held_models(graph, reached))
    if nodes:
        remove_built(connection, nodes)
        names = json.dumps({"ids": [node.unique_id for node in nodes]})
        of_build = _results().read_bytes() if _results().exists() else None
        invoke(["run-operation", "make_empty", "--args", names], dbt_target(), options.on_event)
        if of_build is not None:
            _results().write_bytes(of_build)


def _domains_of(graph: Graph, fault: Fault) -> set[str]:
    """A fault in what nobody reads is told by the name of its source."""
    return reach(graph, [fault]).domains or _sources_of(graph, fault)


def _sources_of(graph: Graph, fault: Fault) -> set[str]:
    topics = {topic.unique_id for topic in graph.topics() if topic.domain in fault.domains}
    return graph.sources_of(fault.wrong | fault.missing | topics)


def _results() -> Path:
    return dbt_target() / RESULTS


def _forget_results() -> None:
    _results().unlink()
