"""What dbt built, from what, and what stands since: ops.dbt_build, dbt_result, dbt_span and dbt_standing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from psycopg.types.json import Jsonb

from command_center.database import Connection, first_row, first_value, one_row, one_value


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
class Build:
    """One dbt build. `raw_state` is the digest of what it read, `raw_tables` that of each raw table."""

    invocation_id: str
    command: str
    raw_state: str
    raw_tables: Mapping[str, str] | None
    success: bool
    models_built: int
    tests_passed: int
    started_at: datetime


COLUMNS = "invocation_id, command, raw_state, raw_tables, success, models_built, tests_passed, started_at"


@dataclass(frozen=True)
class Input:
    """Digests of everything in the ledger that a build reads, and the snapshot in which they were taken."""

    digest: str
    tables: Mapping[str, str] | None
    snapshot: str


def current_input(connection: Connection) -> Input:
    return one_row(
        connection,
        Input,
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
        ) as digest,
        (select jsonb_object_agg(table_name, concat_ws(':', row_count, checksum, batch_id)) from ops.raw_state) as tables,
        pg_current_snapshot()::text as snapshot
        """,
    )


def last_build(connection: Connection, *, only_success: bool) -> Build | None:
    return first_row(
        connection,
        Build,
        f"select {COLUMNS} from ops.dbt_build where success or not %s order by finished_at desc limit 1",
        [only_success],
    )


def last_warning(connection: Connection, test: str) -> str | None:
    """What a test of the project said the last time that it ran; None when all was well."""
    return first_value(
        connection,
        str,
        """
        select message from (
            select status, message from ops.dbt_result where unique_id = %s order by finished_at desc limit 1
        ) as newest where status = 'warn'
        """,
        [f"test.command_center.{test}"],
    )


def last_build_seen_since(connection: Connection, moment: datetime) -> Build | None:
    """The last one that was put in place, be it without the domains that are held."""
    return first_row(
        connection,
        Build,
        f"select {COLUMNS} from ops.dbt_build where swapped_at is not null and started_at >= %s order by started_at desc limit 1",
        [moment],
    )


def next_build_at(connection: Connection, interval: timedelta) -> datetime | None:
    """One interval after the last build that people saw began; None when that has passed."""
    return first_value(
        connection,
        datetime,
        "select max(started_at) + %(interval)s from ops.dbt_build where swapped_at is not null "
        "having max(started_at) + %(interval)s > clock_timestamp()",
        {"interval": interval},
    )


def swapped_at(connection: Connection) -> datetime:
    """When people last got a new warehouse; 1970 when they never did."""
    return one_value(connection, datetime, "select coalesce(max(swapped_at), 'epoch'::timestamptz) from ops.dbt_build")


def edition_at(connection: Connection) -> datetime | None:
    """When what people see was put in place; None before anything was."""
    return first_value(connection, datetime, "select max(swapped_at) from ops.dbt_build")


def standing_project(connection: Connection) -> str | None:
    """The project from which everything that stands was built; None when there is nothing, or when it is mixed."""
    return first_value(connection, str, "select project from ops.dbt_standing")


def note_mixed(connection: Connection, project: str) -> None:
    """From here until a good build the tables of another project are replaced one by one, however this build ends."""
    connection.execute(
        """
        insert into ops.dbt_standing as standing (project) values (null)
        on conflict (is_only) do update set project = null where standing.project is distinct from %s
        """,
        [project],
    )


def prepare_span(connection: Connection, snapshot: str) -> None:
    """The build takes the changes that were there when it was decided what to build, not those that came since."""
    connection.execute(
        """
        insert into ops.dbt_span (until, is_prepared) values (%s::pg_snapshot, true)
        on conflict (is_only) do update set until = excluded.until, is_prepared = true
        """,
        [snapshot],
    )


def keep_span(connection: Connection) -> None:
    """What is built once more takes the same changes, not those that came since."""
    connection.execute("update ops.dbt_span set is_prepared = true")


def record_results(connection: Connection, invocation_id: str, nodes: Iterable[Node]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(
            """
            insert into ops.dbt_result (invocation_id, unique_id, resource_type, status, message, failures, execution_s)
            values (%(invocation_id)s, %(unique_id)s, %(resource_type)s, %(status)s, %(message)s, %(failures)s, %(seconds)s)
            """,
            [{**node.__dict__, "invocation_id": invocation_id} for node in nodes],
        )


def record_build(connection: Connection, build: Build, *, is_seen: bool) -> None:
    """`is_seen`: it was put in place; without success, but for the domains that are held."""
    connection.execute(
        f"""
        insert into ops.dbt_build ({COLUMNS}, swapped_at, snapshot, finished_at)
        values (%(invocation_id)s, %(command)s, %(raw_state)s, %(raw_tables)s, %(success)s, %(models_built)s,
                %(tests_passed)s, %(started_at)s, case when %(is_seen)s then clock_timestamp() end,
                (select until from ops.dbt_span), clock_timestamp())
        on conflict (invocation_id) do update set swapped_at = excluded.swapped_at, finished_at = excluded.finished_at
        """.encode(),
        {**build.__dict__, "raw_tables": Jsonb(build.raw_tables), "is_seen": is_seen},
    )


def note_standing(connection: Connection, project: str) -> None:
    """Everything stands as this project makes it, and the changes that were built are done with."""
    connection.execute("update ops.dbt_standing set project = %s", [project])
    connection.execute(
        "delete from ops.raw_change using ops.dbt_span as span where pg_visible_in_snapshot(changed_xid, span.until)"
    )


def note_taken(connection: Connection) -> None:
    """What was built stands, also where only a part was asked for; the next build takes what changes from here on."""
    connection.execute(
        "update ops.dbt_build set snapshot = pg_current_snapshot() "
        "where finished_at = (select max(finished_at) from ops.dbt_build)"
    )
