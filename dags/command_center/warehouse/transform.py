"""dbt builds and tests the warehouse aside; what people read is swapped in one transaction afterwards."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import psycopg

from command_center.database import Connection, all_values, connect, database_time
from command_center.declaration.registry import readable_sources
from command_center.declaration.source import raw_table
from command_center.errors import TransformError
from command_center.ledger import build
from command_center.ledger.build import Build, Node
from command_center.settings import settings
from command_center.warehouse.dbt import (
    REFUSED,
    OnEvent,
    as_node,
    dbt_target,
    invoke,
    one_line,
    read_invocation_id,
    short_name,
)
from command_center.warehouse.plan import Plan, State, current_state, is_read, last_state, make_plan
from command_center.warehouse.swap import (
    READ_SCHEMAS,
    drop_replaced,
    has_schema,
    prepare_schemas,
    require_policies,
    swap,
)

LOCK_WAIT = "15min"


@dataclass(frozen=True)
class BuildResult:
    """What one successful build did."""

    invocation_id: str
    command: str
    models_built: int
    tests_passed: int
    warnings: tuple[str, ...]
    seconds: float

    def __str__(self) -> str:
        return (
            f"dbt {self.command}: {self.models_built} models built, {self.tests_passed} tests passed, "
            f"{len(self.warnings)} warnings, {self.seconds:.1f} s"
        )


@dataclass(frozen=True)
class Invocation:
    """Outcome of one dbt command."""

    invocation_id: str
    command: str
    state: State
    started_at: datetime
    nodes: tuple[Node, ...]

    @property
    def refused(self) -> list[Node]:
        return [node for node in self.nodes if node.status in REFUSED]

    @property
    def warnings(self) -> tuple[str, ...]:
        return tuple(f"{short_name(node)}: {one_line(node.message)}" for node in self.nodes if node.status == "warn")

    def count(self, types: set[str], statuses: set[str]) -> int:
        return sum(node.resource_type in types and node.status in statuses for node in self.nodes)

    @property
    def models_built(self) -> int:
        return self.count({"model"}, {"success"})

    @property
    def tests_passed(self) -> int:
        return self.count({"test", "unit_test"}, {"pass", "warn"})


def build_warehouse(full_refresh: bool = False, on_event: OnEvent | None = None) -> BuildResult:
    """Build and test everything, then let people see it.

    After a failure, and while neither raw nor the project changed, only what failed or was skipped runs again.
    Raises TransformError, which names what failed; the figures that people see are then those of before.
    """
    began = time.monotonic()
    with connect(settings().dsn("transformer"), autocommit=True) as connection:
        lock_builds(connection)
        require_raw_tables(connection)
        state = current_state(connection)
        plan = make_plan(connection, state, full_refresh)
        prepare_schemas(connection, anew=plan.command == "build")
        build.note_mixed(connection, state.project)
        invocation = run_dbt(connection, plan, state, on_event)
        build.record_results(connection, invocation.invocation_id, invocation.nodes)
        if invocation.refused:
            keep_build(connection, invocation, success=False)
            raise TransformError(explain(invocation))
        require_policies(connection)
        swap(connection, invocation.invocation_id, lambda: keep_build(connection, invocation, success=True))
        drop_replaced(connection)
    return BuildResult(
        invocation.invocation_id,
        plan.command,
        invocation.models_built,
        invocation.tests_passed,
        invocation.warnings,
        time.monotonic() - began,
    )


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
    """The documentation site of the warehouse as one HTML file; its path."""
    arguments = ["docs", "generate", "--static", "--vars", json.dumps({"schema_suffix": ""})]
    invoke(arguments, docs_page().parent, None)
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


def require_raw_tables(connection: Connection) -> None:
    """Raises TransformError unless every raw table that dbt reads is there; a source without models is none of its business."""
    read = [source for source in readable_sources()[0] if is_read(source.source)]
    expected = {raw_table(source.source, name) for source in read for name in source.tables}
    present = all_values(connection, str, "select tablename::text from pg_tables where schemaname = 'raw'")
    missing = sorted(expected - set(present))
    if missing:
        raise TransformError(f"Schema raw lacks {', '.join(missing)}; run `python -m command_center bootstrap` first.")


def run_dbt(connection: Connection, plan: Plan, state: State, on_event: OnEvent | None) -> Invocation:
    started_at = database_time(connection)
    arguments = plan.arguments()
    if plan.command == "build":
        build.prepare_span(connection, state.snapshot)
    if plan.command == "build" and state.clock:
        arguments += ["--vars", json.dumps({"frozen_clock": state.clock})]
    results = invoke(arguments, dbt_target(), on_event)
    invocation_id = read_invocation_id(dbt_target() / "run_results.json")
    return Invocation(invocation_id, plan.command, state, started_at, tuple(as_node(one) for one in results))


def keep_build(connection: Connection, invocation: Invocation, *, success: bool) -> None:
    build.record_build(
        connection,
        Build(
            invocation_id=invocation.invocation_id,
            command=invocation.command,
            raw_state=str(invocation.state),
            raw_tables=dict(invocation.state.tables),
            success=success,
            models_built=invocation.models_built,
            tests_passed=invocation.tests_passed,
            started_at=invocation.started_at,
        ),
    )
    if success:
        build.note_standing(connection, invocation.state.project)


def explain(invocation: Invocation) -> str:
    failed = "; ".join(f"{short_name(node)}: {one_line(node.message)}" for node in invocation.refused)
    return f"dbt {invocation.command} failed and what people see is unchanged. {failed}"
