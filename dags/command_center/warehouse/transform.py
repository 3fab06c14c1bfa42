"""dbt builds and tests the warehouse aside; what people read is swapped in one transaction afterwards."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, cast

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict
from psycopg.types.json import Jsonb

from command_center.database import connect
from command_center.declaration.source import all_sources, raw_table
from command_center.errors import TransformError
from command_center.paths import DBT_PROJECT
from command_center.settings import settings

Connection = psycopg.Connection[tuple[object, ...]]
OnEvent = Callable[[str], None]

READ_SCHEMAS = ("mart", "publik")
LOCK_WAIT = "15min"
SWAP_WAIT_S = 60.0
SWAP_LOCK_WAIT = "300ms"  # well below deadlock_timeout (1 s): a deadlock ends with the swap giving way
SWAP_PAUSE_S = 0.2
ALWAYS = ("source:ops+", "path:models/mart", "path:models/publik")  # what people read is swapped as a whole
REFUSED = {"error", "fail", "runtime error", "partial success"}


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
class State:
    """What a build reads: the rows of raw, the files of the project, and the clock if it stands still.

    `tables` says of each raw table what `raw` says of all, and `snapshot` which changes they contain.
    """

    raw: str
    project: str
    clock: str
    tables: Mapping[str, str] = field(default_factory=dict, compare=False)
    snapshot: str = field(default="", compare=False)

    def __str__(self) -> str:
        return f"raw={self.raw};project={self.project};clock={self.clock}"

    @classmethod
    def parse(cls, text: str) -> State:
        parts = dict(part.split("=", 1) for part in text.split(";"))
        return cls(parts["raw"], parts["project"], parts["clock"])


@dataclass(frozen=True)
class Plan:
    """What dbt is asked for; without `changed` everything is built, else only what reads one of these raw tables."""

    command: str
    full_refresh: bool
    changed: frozenset[str] | None = None

    def arguments(self) -> list[str]:
        if self.command == "retry":
            return ["retry"]
        if self.full_refresh:
            return ["build", "--full-refresh"]
        selected = ["--select", *ALWAYS, *sources_of(self.changed)] if self.changed is not None else []
        return ["build", *selected, "--exclude", "resource_type:unit_test"]  # those depend on the project alone


@dataclass(frozen=True)
class Node:
    """Outcome of one dbt node."""

    unique_id: str
    resource_type: str
    status: str
    message: str | None
    failures: int | None
    seconds: float


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
        prepare_schemas(connection, plan)
        note_project(connection, state)
        invocation = run_dbt(connection, plan, state, on_event)
        keep_results(connection, invocation)
        if invocation.refused:
            keep_build(connection, invocation, success=False)
            raise TransformError(explain(invocation))
        require_policies(connection)
        swap(connection, invocation)
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
        row = connection.execute(
            "select max(started_at) + %s as at from ops.dbt_build where success having max(started_at) + %s > clock_timestamp()",
            [settings().cc_transform_interval] * 2,
        ).fetchone()
    return cast("datetime", row[0]) if row else None


def build_docs() -> Path:
    """The documentation site of the warehouse as one HTML file; its path."""
    target = dbt_target() / "docs"
    arguments = ["docs", "generate", "--static", "--vars", json.dumps({"schema_suffix": ""})]
    invoke(arguments, target, None)
    return target / "static_index.html"


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
    expected = {raw_table(source.source, name) for source in all_sources() for name in source.tables}
    rows = connection.execute("select tablename from pg_tables where schemaname = 'raw'").fetchall()
    missing = sorted(expected - {str(row[0]) for row in rows})
    if missing:
        raise TransformError(f"Schema raw lacks {', '.join(missing)}; run `python -m command_center bootstrap` first.")


def current_state(connection: Connection) -> State:
    """Digests of what a build would read now."""
    row = connection.execute(
        """
        select md5(
            coalesce((
                select string_agg(concat_ws(':', table_name, row_count, checksum, batch_id), ';' order by table_name)
                from ops.raw_state
            ), '')
            || coalesce((
                select string_agg(concat_ws(':', source, title, opd, opd_name), ';' order by source)
                from ops.source_catalogue
            ), '')
            || coalesce((select string_agg(distinct sha256, ';') from ops.boundary), '')
        ),
        (select jsonb_object_agg(table_name, concat_ws(':', row_count, checksum, batch_id)) from ops.raw_state),
        pg_current_snapshot()::text
        """
    ).fetchone()
    assert row is not None
    raw, tables, snapshot = cast("tuple[str, dict[str, str] | None, str]", row)
    return State(raw, project_digest(DBT_PROJECT), frozen_clock(), tables or {}, snapshot)


def frozen_clock() -> str:
    frozen = settings().demo_now
    return settings().now().isoformat() if frozen else ""


def project_digest(folder: Path) -> str:
    """Digest of every file from which dbt builds."""
    digest = hashlib.md5(usedforsecurity=False)
    for file in sorted(path for path in folder.rglob("*") if path.suffix in {".sql", ".yml", ".csv", ".md"}):
        digest.update(file.relative_to(folder).as_posix().encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()


def last_state(connection: Connection, *, only_success: bool) -> State | None:
    row = connection.execute(
        "select raw_state from ops.dbt_build where success or not %s order by finished_at desc limit 1", [only_success]
    ).fetchone()
    return State.parse(str(row[0])) if row else None


def make_plan(connection: Connection, state: State, full_refresh: bool) -> Plan:
    """Retry what failed, or build; from nothing when the project is another than that of the standing tables."""
    if not full_refresh and last_state(connection, only_success=False) == state and is_retry_possible(connection):
        return Plan("retry", full_refresh=False)
    if full_refresh or standing_project(connection) != state.project:
        return Plan("build", full_refresh=True)
    return Plan("build", full_refresh=False, changed=changed_tables(connection, state))


def changed_tables(connection: Connection, state: State) -> frozenset[str] | None:
    """Raw tables that are not as the last good build read them, by the ledger or by hand; None when that is unknown."""
    row = connection.execute(
        "select raw_tables from ops.dbt_build where success order by finished_at desc limit 1"
    ).fetchone()
    if row is None or row[0] is None:
        return None
    before = cast("dict[str, str]", row[0])
    rows = connection.execute("select distinct table_name from ops.raw_change").fetchall()
    differing = {name for name in {*before, *state.tables} if before.get(name) != state.tables.get(name)}
    return frozenset(differing | {str(name) for (name,) in rows})


def sources_of(tables: Iterable[str]) -> list[str]:
    """dbt's selectors of everything that is made of these raw tables."""
    names = {
        raw_table(source.source, name): f"source:{source.source}.{name}+"
        for source in all_sources()
        for name in source.tables
    }
    return sorted(names[table] for table in tables if table in names)


def standing_project(connection: Connection) -> str | None:
    """The project from which everything that stands was built; None when there is nothing, or when it is mixed."""
    row = connection.execute("select project from ops.dbt_standing").fetchone()
    return str(row[0]) if row and row[0] else None


def note_project(connection: Connection, state: State) -> None:
    """From here until a good build the tables of another project are replaced one by one, however this build ends."""
    connection.execute(
        """
        insert into ops.dbt_standing as standing (project) values (null)
        on conflict (is_only) do update set project = null where standing.project is distinct from %s
        """,
        [state.project],
    )


def is_retry_possible(connection: Connection) -> bool:
    """Whether the last build failed, and its results and its half-built schemas are still here."""
    row = connection.execute(
        "select invocation_id, success from ops.dbt_build order by finished_at desc limit 1"
    ).fetchone()
    if row is None or row[1] or not all(has_schema(connection, f"{name}_next") for name in READ_SCHEMAS):
        return False
    results = dbt_target() / "run_results.json"
    return results.exists() and read_invocation_id(results) == row[0]


def read_invocation_id(results: Path) -> str:
    return str(json.loads(results.read_text(encoding="utf-8"))["metadata"]["invocation_id"])


def has_schema(connection: Connection, name: str) -> bool:
    return connection.execute("select from pg_namespace where nspname = %s", [name]).fetchone() is not None


def prepare_schemas(connection: Connection, plan: Plan) -> None:
    """A build starts with empty schemas, a retry with those of the build that failed."""
    drop_replaced(connection)
    for name in READ_SCHEMAS:
        if plan.command == "build":
            drop_schema(connection, f"{name}_next")
        connection.execute(sql.SQL("create schema if not exists {}").format(sql.Identifier(f"{name}_next")))


def drop_schema(connection: Connection, name: str) -> None:
    """Drop a schema and its relations, views first, and never what depends on them from outside."""
    rows = connection.execute(
        """
        select relation.relname, relation.relkind
        from pg_class as relation
        where relation.relnamespace = to_regnamespace(%s) and relation.relkind in ('r', 'v', 'm', 'p')
        order by relation.relkind = 'r'
        """,
        [name],
    ).fetchall()
    for relation, kind in rows:
        word = {"v": "view", "m": "materialized view"}.get(_text(kind), "table")
        connection.execute(sql.SQL("drop " + word + " {}").format(sql.Identifier(name, _text(relation))))
    connection.execute(sql.SQL("drop schema if exists {}").format(sql.Identifier(name)))


def _text(value: object) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


def drop_replaced(connection: Connection) -> None:
    """Drop schemas that were swapped out; one that is still being read stays until the next build."""
    rows = connection.execute(r"select nspname from pg_namespace where nspname ~ '^(mart|publik)_lama_'").fetchall()
    for (name,) in rows:
        with contextlib.suppress(psycopg.errors.LockNotAvailable), connection.transaction():
            connection.execute(f"set local lock_timeout = '{SWAP_LOCK_WAIT}'".encode())
            drop_schema(connection, str(name))


def run_dbt(connection: Connection, plan: Plan, state: State, on_event: OnEvent | None) -> Invocation:
    row = connection.execute("select clock_timestamp()").fetchone()
    assert row is not None and isinstance(row[0], datetime)
    arguments = plan.arguments()
    if plan.command == "build":
        prepare_span(connection, state)
    if plan.command == "build" and state.clock:
        arguments += ["--vars", json.dumps({"frozen_clock": state.clock})]
    results = invoke(arguments, dbt_target(), on_event)
    invocation_id = read_invocation_id(dbt_target() / "run_results.json")
    return Invocation(invocation_id, plan.command, state, row[0], tuple(as_node(one) for one in results))


def prepare_span(connection: Connection, state: State) -> None:
    """The build takes the changes that were there when it was decided what to build, not those that came since."""
    connection.execute(
        """
        insert into ops.dbt_span (until, is_prepared) values (%s::pg_snapshot, true)
        on conflict (is_only) do update set until = excluded.until, is_prepared = true
        """,
        [state.snapshot],
    )


def dbt_target() -> Path:
    return settings().cc_var_dir / "dbt"


def as_node(result: Any) -> Node:
    return Node(
        unique_id=str(result.node.unique_id),
        resource_type=str(result.node.resource_type.value),
        status=str(result.status.value),
        message=result.message,
        failures=result.failures,
        seconds=float(result.execution_time),
    )


def invoke(arguments: list[str], target: Path, on_event: OnEvent | None) -> list[Any]:
    """Run one dbt command on the warehouse; its results per node. Raises TransformError when it did not get that far."""
    with connection_variables():
        return run_dbt_command(arguments, target, on_event)


def run_dbt_command(arguments: list[str], target: Path, on_event: OnEvent | None) -> list[Any]:
    """Run one dbt command in this process, with the connection that the environment names."""
    from dbt.cli.main import dbtRunner

    folders = ["--project-dir", str(DBT_PROJECT), "--profiles-dir", str(DBT_PROJECT), "--target-path", str(target)]
    log = settings().cc_var_dir / "log" / "dbt"
    output = ["--log-path", str(log), "--log-level", "none", "--log-level-file", "info", "--no-use-colors"]
    callbacks = [_teller(on_event)] if on_event else []
    outcome = dbtRunner(callbacks=callbacks).invoke([*output, *arguments, *folders])
    if outcome.exception is not None and not isinstance(outcome.exception, Exception):
        raise outcome.exception  # a signal or a time limit, which dbt hands back like an error
    if outcome.exception is not None:
        raise TransformError(
            f"dbt {arguments[0]} could not run: {one_line(str(outcome.exception))}; see {log / 'dbt.log'}. "
            "What people see is unchanged."
        )
    return list(getattr(outcome.result, "results", None) or [])


def _teller(on_event: OnEvent) -> Callable[[Any], None]:
    """Tells the outcome of each node, in dbt's words."""

    def tell(event: Any) -> None:
        if event.info.name.startswith("Log") and event.info.name.endswith("Result"):
            on_event(str(event.info.msg))

    return tell


@contextlib.contextmanager
def connection_variables() -> Iterator[None]:
    """The variables that profiles.yml reads; dbt keeps the one named SECRET out of its logs."""
    parts = conninfo_to_dict(settings().dsn("transformer"))
    values = {
        "CC_DBT_HOST": str(parts["host"]),
        "CC_DBT_PORT": str(parts.get("port", 5432)),
        "CC_DBT_DBNAME": str(parts["dbname"]),
        "CC_DBT_USER": str(parts["user"]),
        "CC_DBT_SSLMODE": str(parts.get("sslmode", "prefer")),
        "DBT_ENV_SECRET_CC_PASSWORD": str(parts["password"]),
    }
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def keep_results(connection: Connection, invocation: Invocation) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(
            """
            insert into ops.dbt_result (invocation_id, unique_id, resource_type, status, message, failures, execution_s)
            values (%s, %s, %s, %s, %s, %s, %s)
            """,
            [
                (invocation.invocation_id, n.unique_id, n.resource_type, n.status, n.message, n.failures, n.seconds)
                for n in invocation.nodes
            ],
        )


def keep_build(connection: Connection, invocation: Invocation, *, success: bool) -> None:
    connection.execute(
        """
        insert into ops.dbt_build
            (invocation_id, command, raw_state, raw_tables, success, models_built, tests_passed, swapped_at, started_at, snapshot, finished_at)
        values (%s, %s, %s, %s, %s, %s, %s, case when %s then clock_timestamp() end, %s, (select until from ops.dbt_span), clock_timestamp())
        """,
        [
            invocation.invocation_id,
            invocation.command,
            str(invocation.state),
            Jsonb(dict(invocation.state.tables)),
            success,
            invocation.models_built,
            invocation.tests_passed,
            success,
            invocation.started_at,
        ],
    )
    if success:
        connection.execute("update ops.dbt_standing set project = %s", [invocation.state.project])
        connection.execute(
            "delete from ops.raw_change using ops.dbt_span as span where pg_visible_in_snapshot(changed_xid, span.until)"
        )


def explain(invocation: Invocation) -> str:
    failed = "; ".join(f"{short_name(node)}: {one_line(node.message)}" for node in invocation.refused)
    return f"dbt {invocation.command} failed and what people see is unchanged. {failed}"


def short_name(node: Node) -> str:
    """model.command_center.fct_gempa -> model fct_gempa; a unit test goes by its own name, not by its model's."""
    parts = node.unique_id.split(".")
    return f"{node.resource_type} {parts[-1] if node.resource_type == 'unit_test' else parts[2]}"


def one_line(message: str | None) -> str:
    return " ".join((message or "no message").split())


def require_policies(connection: Connection) -> None:
    """A relation with kode_kecamatan and without row-level security must never come into sight."""
    rows = connection.execute(
        """
        select relation.relname
        from pg_class as relation
        inner join pg_attribute as kolom on kolom.attrelid = relation.oid and kolom.attname = 'kode_kecamatan'
        where relation.relnamespace = 'mart_next'::regnamespace and relation.relkind in ('r', 'v', 'm', 'p')
            and not (
                relation.relrowsecurity
                and exists (select from pg_policy as aturan where aturan.polrelid = relation.oid)
            )
        order by relation.relname
        """
    ).fetchall()
    if rows:
        names = ", ".join(f"mart.{row[0]}" for row in rows)
        raise TransformError(
            f"{names} would be readable without row-level security; give the model the post-hook grant_mart. "
            "What people see is unchanged."
        )


def swap(connection: Connection, invocation: Invocation) -> None:
    """Put the tested schemas in the place of those that people read, and record it, in one transaction.

    A statement that names two tables looks up one after the other. So that it never finds one in the old schema and one
    in the new, the standing tables are locked first: whoever has begun a statement is waited for, whoever begins one
    waits, and then finds both in the new. The waits are shorter than PostgreSQL's search for deadlocks, so that it is
    always the swap that gives way, and tries again.
    """

    def put_in_place() -> None:
        for name in READ_SCHEMAS:
            if has_schema(connection, name):
                rename_schema(connection, name, f"{name}_lama_{invocation.invocation_id[:8]}")
            rename_schema(connection, f"{name}_next", name)
        keep_build(connection, invocation, success=True)

    while_locked(connection, READ_SCHEMAS, put_in_place)


def while_locked(connection: Connection, schemas: Sequence[str], put_in_place: Callable[[], None]) -> None:
    """Do something while nobody reads the tables of these schemas; try again until it succeeds or SWAP_WAIT_S are over."""
    deadline = time.monotonic() + SWAP_WAIT_S
    while True:
        try:
            with connection.transaction():
                lock_standing_tables(connection, schemas)
                put_in_place()
            return
        except psycopg.errors.LockNotAvailable:
            if time.monotonic() > deadline:
                raise TransformError(
                    f"The tested schemas could not be swapped in within {SWAP_WAIT_S:g} s, for somebody is reading all the "
                    "time; what people see is unchanged. Try again."
                ) from None
            time.sleep(SWAP_PAUSE_S)


def lock_standing_tables(connection: Connection, schemas: Sequence[str]) -> None:
    """Lock every table that people read; views are left out, for a lock on one reaches what lies under it."""
    connection.execute(f"set local lock_timeout = '{SWAP_LOCK_WAIT}'".encode())
    rows = connection.execute(
        """
        select relation.relnamespace::regnamespace::text, relation.relname
        from pg_class as relation
        where relation.relnamespace = any(%s::text[]::regnamespace[]) and relation.relkind in ('r', 'p')
        order by 1, 2
        """,
        [[name for name in schemas if has_schema(connection, name)]],
    ).fetchall()
    if rows:
        names = sql.SQL(", ").join(sql.Identifier(str(schema), str(name)) for schema, name in rows)
        connection.execute(sql.SQL("lock table {} in access exclusive mode").format(names))


def rename_schema(connection: Connection, old: str, new: str) -> None:
    connection.execute(sql.SQL("alter schema {} rename to {}").format(sql.Identifier(old), sql.Identifier(new)))
