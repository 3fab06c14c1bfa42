"""What a build has to do: what changed since the last good one, and whether that one can be taken up again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from command_center.database import Connection
from command_center.ledger import build, raw_state
from command_center.paths import DBT_PROJECT
from command_center.settings import settings
from command_center.warehouse.dbt import RESULTS, dbt_target, read_invocation_id
from command_center.warehouse.parsed import project_digest
from command_center.warehouse.swap import READ_SCHEMAS, has_schema

TOPICS = (
    "path:models/intermediate/indikator",
    "path:models/intermediate/temuan",
)  # of a domain that was held they were emptied
WITHOUT_UNIT_TESTS = ("--exclude", "resource_type:unit_test")
ALWAYS = ("source:ops+", "path:models/mart", "path:models/publik")  # what people read is swapped as a whole


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
    is_mending: bool = False  # the last build left out a domain, or broke off while it did
    unit_tests: bool = False  # of models: they depend on nothing but the project, whose own tests run them

    def arguments(self) -> list[str]:
        if self.command == "retry":
            return ["retry"]
        refresh = ["--full-refresh"] if self.full_refresh else []
        again = TOPICS if self.is_mending else ()
        selected = ["--select", *ALWAYS, *again, *sources_of(self.changed)] if self.changed is not None else []
        return ["build", *refresh, *selected, *([] if self.unit_tests else WITHOUT_UNIT_TESTS)]


def current_state(connection: Connection) -> State:
    """Digests of what a build would read now."""
    found = build.current_input(connection)
    return State(found.digest, project_digest(DBT_PROJECT), frozen_clock(), found.tables or {}, found.snapshot)


def frozen_clock() -> str:
    frozen = settings().demo_now
    return settings().now().isoformat() if frozen else ""


def last_state(connection: Connection, *, only_success: bool) -> State | None:
    last = build.last_build(connection, only_success=only_success)
    return State.parse(last.raw_state) if last else None


def make_plan(connection: Connection, state: State, full_refresh: bool, unit_tests: bool = False) -> Plan:
    """Retry what failed, or build; from nothing when the project is another than that of the standing tables."""
    if not full_refresh and last_state(connection, only_success=False) == state and is_retry_possible(connection):
        return Plan("retry", full_refresh=False)
    newest = build.last_build(connection, only_success=False)
    is_mending = newest is not None and not newest.success
    if full_refresh or build.standing_project(connection) != state.project:
        return Plan("build", full_refresh=True, unit_tests=unit_tests)
    return Plan("build", False, changed_tables(connection, state), is_mending, unit_tests)


def changed_tables(connection: Connection, state: State) -> frozenset[str] | None:
    """Raw tables that are not as the last good build read them, by the ledger or by hand; None when that is unknown."""
    last = build.last_build(connection, only_success=True)
    if last is None or last.raw_tables is None:
        return None
    before = last.raw_tables
    differing = {name for name in {*before, *state.tables} if before.get(name) != state.tables.get(name)}
    return frozenset(differing | raw_state.tables_with_changes(connection))


def sources_of(tables: Iterable[str]) -> list[str]:
    """dbt's selectors of everything that is made of these raw tables."""
    # From the table's own name: while a declaration cannot be read, what it published before must be built all the same.
    parts = (table.partition("__") for table in tables)
    return sorted(f"source:{source}.{name}+" for source, _, name in parts if is_read(source))


def is_read(source: str) -> bool:
    """Whether dbt has models of a source."""
    return (DBT_PROJECT / "models" / "staging" / source).is_dir()


def is_retry_possible(connection: Connection) -> bool:
    """Whether the last build failed, and its results and its half-built schemas are still here."""
    last = build.last_build(connection, only_success=False)
    if last is None or last.success or not all(has_schema(connection, f"{name}_next") for name in READ_SCHEMAS):
        return False
    results = dbt_target() / RESULTS
    return results.exists() and read_invocation_id(results) == last.invocation_id
