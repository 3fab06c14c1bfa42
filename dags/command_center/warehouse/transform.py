"""dbt builds and tests the warehouse aside; what people read is swapped in one transaction afterwards."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

import psycopg
from opentelemetry import trace

from command_center.database import Connection, all_values, connect, database_time
from command_center.declaration.registry import readable_sources
from command_center.declaration.source import raw_table
from command_center.errors import DomainHeld, TransformError
from command_center.ledger import build
from command_center.ledger.build import Build, Node
from command_center.ledger.held import Held, held_domains, replace_held
from command_center.settings import settings
from command_center.warehouse import access, corrections, restatement
from command_center.warehouse.dbt import (
    RESULTS,
    OnEvent,
    as_node,
    dbt_target,
    invoke,
    one_line,
    read_compiled,
    read_invocation_id,
    short_name,
    write_docs,
)
from command_center.warehouse.edition import put_back, take_over_rows
from command_center.warehouse.faults import in_words
from command_center.warehouse.isolation import Options, Rest, build_the_rest, refused
from command_center.warehouse.plan import (
    WITHOUT_UNIT_TESTS,
    Plan,
    State,
    current_state,
    is_read,
    last_state,
    make_plan,
)
from command_center.warehouse.swap import (
    READ_SCHEMAS,
    drop_replaced,
    has_schema,
    prepare_schemas,
    require_policies,
    swap,
)

log = logging.getLogger(__name__)
# Tells nobody unless Airflow's traces are switched on, and never what an error says: it may quote rows.
span = partial(
    trace.get_tracer("command_center.warehouse").start_as_current_span,
    record_exception=False,
    set_status_on_exception=False,
)

LOCK_WAIT = "15min"
LEDGER_VIEWS = ("asked", "content", "coverage", "gap", "source_state")


@dataclass(frozen=True)
class BuildResult:
    """What one successful build did."""

    invocation_id: str
    command: str
    models_built: int
    tests_passed: int
    warnings: tuple[str, ...]
    seconds: float
    held: tuple[Held, ...] = ()

    def __str__(self) -> str:
        held = f". {say_held(self.held)}" if self.held else ""
        return (
            f"dbt {self.command}: {self.models_built} models built, {self.tests_passed} tests passed, "
            f"{len(self.warnings)} warnings, {self.seconds:.1f} s{held}"
        )


@dataclass(frozen=True)
class Invocation:
    """Outcome of one dbt command."""

    invocation_id: str
    command: str
    state: State
    started_at: datetime
    nodes: tuple[Node, ...]


def warnings_of(nodes: Sequence[Node]) -> tuple[str, ...]:
    return tuple(f"{short_name(node)}: {one_line(node.message)}" for node in nodes if node.status == "warn")


def count(nodes: Sequence[Node], types: set[str], statuses: set[str]) -> int:
    return sum(node.resource_type in types and node.status in statuses for node in nodes)


def say_held(held: Sequence[Held]) -> str:
    """One sentence for the engineer: which domains, since which edition, and why."""
    return f"Every other domain is published, but {'; '.join(map(str, held))}; mend what is named, and the next build takes it in."


def build_warehouse(
    full_refresh: bool = False, on_event: OnEvent | None = None, unit_tests: bool = False
) -> BuildResult:
    """Build and test everything, then let people see it.

    A fault in one domain keeps that domain's last edition; the result names it. After any other failure, and while neither
    raw nor the project changed, only what failed or was skipped runs again. Raises TransformError, which names what failed;
    the figures that people see are then those of before.
    """
    began = time.monotonic()
    with connect(settings().dsn("transformer"), autocommit=True) as connection:
        lock_builds(connection)
        require_plain_tables(connection)
        state = current_state(connection)
        require_raw_tables(connection, state)
        plan = make_plan(connection, state, full_refresh, unit_tests)
        prepare_schemas(connection, anew=plan.command == "build")
        is_other_project = build.standing_project(connection) != state.project
        build.note_mixed(connection, state.project)
        with span(f"dbt {plan.command}"):
            invocation = run_dbt(connection, plan, state, on_event)
        build.record_results(connection, invocation.invocation_id, invocation.nodes)
        rest = None
        if refused(invocation.nodes):
            keep_build(connection, invocation, success=False, is_seen=False)
            is_full = plan.full_refresh or build.standing_project(connection) is None
            rest = build_the_rest(connection, invocation.nodes, Options(plan.command, is_full, state.clock, on_event))
        guard_small_cells(connection, invocation, on_event)
        access.grant_built(connection)
        require_policies(connection)
        with span("swap"):
            put_in_place(connection, invocation, rest, is_other_project=is_other_project)
        drop_replaced(connection)
    nodes = (*invocation.nodes, *(rest.nodes if rest else ()))
    for warning in warnings_of(nodes):
        log.warning("%s", warning)
    return BuildResult(
        invocation.invocation_id,
        plan.command,
        count(nodes, {"model"}, {"success"}),
        count(nodes, {"test", "unit_test"}, {"pass", "warn"}),
        warnings_of(nodes),
        time.monotonic() - began,
        rest.held if rest else (),
    )


def guard_small_cells(connection: Connection, invocation: Invocation, on_event: OnEvent | None) -> None:
    """No hidden count of persons can be computed from what the public is about to read; what is missing is hidden and built again."""
    from command_center.warehouse import public_cells  # the solver takes a second to load

    def build_again() -> bool:
        arguments = ["build", "--select", "int_publik__sel+", *WITHOUT_UNIT_TESTS]
        # Not the tests that read a domain that is held.
        arguments += ["--indirect-selection", "buildable", *clock_variables(invocation.state)]
        results = dbt_target() / RESULTS
        of_build = results.read_bytes()
        nodes = [as_node(one) for one in invoke(arguments, dbt_target(), on_event)]
        build.record_results(connection, read_invocation_id(results), nodes)
        results.write_bytes(of_build)  # what the build itself did is told from it: lineage, and a retry
        for node in refused(nodes):
            log.error("%s: %s", short_name(node), one_line(node.message))
        return not refused(nodes)

    public_cells.guard(connection, build_again)


def clock_variables(state: State) -> list[str]:
    return ["--vars", json.dumps({"frozen_clock": state.clock})] if state.clock else []


def require_all_domains(held: Sequence[Held]) -> None:
    """Raises DomainHeld, which names the domains that keep their last edition, when there are any."""
    if held:
        raise DomainHeld(say_held(held))


def held_now() -> tuple[Held, ...]:
    """The domains that keep their last edition."""
    with connect(settings().dsn("transformer")) as connection:
        return tuple(held_domains(connection))


def put_in_place(connection: Connection, invocation: Invocation, rest: Rest | None, *, is_other_project: bool) -> None:
    """Swap what was built in; of domains that are held, what people see now comes along."""
    edition_at = build.swapped_at(connection)
    if rest:
        take_over_rows(connection, [one.domain for one in rest.held], edition_at)
    is_compared = restatement.find(connection)
    corrected = corrections.find(connection)
    known = access.readables()  # read before anybody has to wait

    def record() -> None:
        corrections.enter(connection, corrected)
        if is_compared:
            restatement.enter(connection, invocation.invocation_id, edition_at, is_other_project=is_other_project)
        if rest:
            put_back(connection, rest.tables, invocation.invocation_id, edition_at)
            access.grant_standing(connection, known)  # what came back was granted by the classes of its time
        replace_held(connection, rest.held if rest else ())
        keep_build(connection, invocation, success=rest is None, is_seen=True)

    swap(connection, invocation.invocation_id, record)


def is_current() -> bool:
    """Whether the last successful build read the rows and the project that are there now."""
    with connect(settings().dsn("transformer")) as connection:
        last = last_state(connection, only_success=True)
        return (
            last is not None
            and last == current_state(connection)
            and all(has_schema(connection, name) for name in READ_SCHEMAS)
        )


def next_build_at() -> datetime | None:
    """When the warehouse may be built again: one interval after the last good build began; None for now."""
    with connect(settings().dsn("transformer")) as connection:
        return build.next_build_at(connection, settings().cc_transform_interval)


def docs_page() -> Path:
    return dbt_target() / "docs" / "static_index.html"


def build_docs() -> Path:
    """The documentation site of the warehouse as one HTML file; its path.

    Models are shown with the SQL that they became. That of three times as many tests would take most of the time.
    """
    write_docs(docs_page().parent)
    return docs_page()


def lock_builds(connection: Connection) -> None:
    """One build at a time; the lock goes with the connection, however this process ends."""
    try:
        connection.execute(f"set lock_timeout = '{LOCK_WAIT}'".encode())
        connection.execute("select pg_advisory_lock(hashtextextended('transform', 0))")
    except psycopg.errors.LockNotAvailable:
        raise TransformError(
            f"Another build has held the warehouse for {LOCK_WAIT}; look at its log, then try again."
        ) from None


def require_raw_tables(connection: Connection, state: State) -> None:
    """Raises TransformError when a raw table that dbt reads, and that had rows, is gone.

    One that was never made is told, and holds the domain that reads it: a source declared beside a running city stops nobody.
    """
    read = [source for source in readable_sources()[0] if is_read(source.source)]
    expected = {raw_table(source.source, name) for source in read for name in source.tables}
    present = all_values(connection, str, "select tablename::text from pg_tables where schemaname = 'raw'")
    missing = sorted(expected - set(present))
    advice = f"Schema raw lacks {', '.join(missing)}; run `python -m command_center bootstrap` first."
    if any(name in state.tables for name in missing):
        raise TransformError(advice)
    if missing:
        log.error("%s The domains that read it keep their edition until then.", advice)


def require_plain_tables(connection: Connection) -> None:
    """Raises TransformError when a relation of the loader is more than a table: reading it would run code of its owner as us.

    The ledger's own views may stand there as long as they are made of its tables alone, without any function but the system's.
    """
    others = all_values(
        connection,
        str,
        """
        select relation.oid::regclass::text
        from pg_class as relation
        inner join pg_namespace as home on relation.relnamespace = home.oid and home.nspname in ('raw', 'raw_parts', 'ops')
        where relation.relrowsecurity or relation.relkind in ('m', 'f')
            or (relation.relkind = 'v' and not (home.nspname = 'ops' and relation.relname = any(%s)))
            or exists (
                select from pg_rewrite as rule
                inner join pg_depend as needed on needed.classid = 'pg_rewrite'::regclass and needed.objid = rule.oid
                left join pg_class as read on needed.refclassid = 'pg_class'::regclass and needed.refobjid = read.oid
                where rule.ev_class = relation.oid and read.relnamespace is distinct from home.oid
            )
        order by 1
        """,
        [list(LEDGER_VIEWS)],
    )
    if others:
        raise TransformError(
            f"{', '.join(others)}: only plain tables and the ledger's own views may stand in the schemas raw and ops, since "
            "reading anything else runs code with the rights of the build; find out who made it and remove it."
        )


def run_dbt(connection: Connection, plan: Plan, state: State, on_event: OnEvent | None) -> Invocation:
    started_at = database_time(connection)
    arguments = plan.arguments()
    if plan.command == "build":
        build.prepare_span(connection, state.snapshot)
        arguments += clock_variables(state)
    told = [as_node(one) for one in invoke(arguments, dbt_target(), on_event)]
    results = dbt_target() / RESULTS
    nodes = in_words(connection, told, read_compiled(results))
    return Invocation(read_invocation_id(results), plan.command, state, started_at, tuple(nodes))


def keep_build(connection: Connection, invocation: Invocation, *, success: bool, is_seen: bool) -> None:
    build.record_build(
        connection,
        Build(
            invocation_id=invocation.invocation_id,
            command=invocation.command,
            raw_state=str(invocation.state),
            raw_tables=dict(invocation.state.tables),
            success=success,
            models_built=count(invocation.nodes, {"model"}, {"success"}),
            tests_passed=count(invocation.nodes, {"test", "unit_test"}, {"pass", "warn"}),
            started_at=invocation.started_at,
        ),
        is_seen=is_seen,
    )
    if success:
        build.note_standing(connection, invocation.state.project)
