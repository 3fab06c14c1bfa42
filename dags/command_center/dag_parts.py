"""What the DAG files share: assets, defaults, and the intake DAG of one declaration."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pendulum
from airflow.sdk import DAG, Asset, AssetAlias, Param, task
from airflow.timetables.interval import CronDataIntervalTimetable

from command_center.declaration.registry import readable_sources, source_names
from command_center.declaration.source import Source, raw_table
from command_center.operate.lineage_events import CALLBACKS
from command_center.settings import TIME_ZONE

DEFAULT_ARGS: dict[str, Any] = {
    "owner": "command-center",
    "retries": 2,
    "retry_delay": timedelta(seconds=20),
    "retry_exponential_backoff": True,
    "max_retry_delay": timedelta(minutes=10),
    "execution_timeout": timedelta(hours=1),
    **CALLBACKS,
}
MART = Asset("postgres://warehouse/warehouse/mart/all")
PUBLIK = Asset("postgres://publik/publik/publik/all")


def raw_asset(source: str, table: str) -> Asset:
    return Asset(f"postgres://warehouse/warehouse/raw/{raw_table(source, table)}")


def published_rows(source: str) -> AssetAlias:
    """Stands for the raw tables that a run publishes rows to; a static outlet would tell of rows after every run."""
    return AssetAlias(f"rows_of_{source}")


def raw_assets() -> list[Asset]:
    return [raw_asset(source.source, table) for source in readable_sources()[0] for table in source.tables]


def intake_dags(only: str | None = None) -> Iterator[DAG]:
    """One DAG for each file in dags/sources, whatever is in it: a declaration that is wrong takes no other along.

    A task reads the DAG file anew and needs its own DAG only; the other declarations would take most of a second.
    """
    sources, problems = readable_sources([name for name in source_names() if only in (None, dag_id(name))])
    for source in sources:
        try:
            yield ingest_dag(source)
        except Exception as error:  # noqa: BLE001 - of what Airflow refuses there is no list
            problems[source.source] = f"{source.source}.yml: Airflow refuses it: {' '.join(str(error).split())}"
    taken = {dag_id(source.source) for source in sources if source.source not in problems}
    for name, sentence in problems.items():
        own = dag_id(name)
        while own in taken:  # a copy of a file may be called so that its DAG would be
            own += "_"
        taken.add(own)
        yield broken_dag(own, sentence)


def dag_id(name: str) -> str:
    """The DAG of a declaration, whatever its file is called."""
    return f"ingest_{re.sub(r'[^a-zA-Z0-9_.-]', '_', name)[:200]}"


def ingest_dag(source: Source) -> DAG:
    """Archive every part, load and announce what was archived, and fail when anything was not published."""
    with DAG(
        dag_id=dag_id(source.source),
        # With intervals, so that each run of a backfill knows the window that it is for
        schedule=timetable(source.schedule),
        start_date=pendulum.datetime(2024, 1, 1, tz=TIME_ZONE),
        catchup=False,
        max_active_runs=1,
        tags=["ingest", source.opd],
        default_args=DEFAULT_ARGS | {"owner": source.opd, "priority_weight": source.priority},
        params=PARAMS,
        doc_md=doc_md(source),
        description=source.title,
    ) as dag:
        verdict(load.override(outlets=[published_rows(source.source)])(source.source, extract(source.source)))
    return dag


def timetable(schedule: str | None) -> CronDataIntervalTimetable | None:
    """When to run; None = by hand. Raises AirflowTimetableInvalid, which the scheduler would only find later."""
    if schedule is None:
        return None
    made = CronDataIntervalTimetable(schedule, timezone=TIME_ZONE)
    made.validate()
    return made


def broken_dag(id_: str, sentence: str) -> DAG:
    """In place of the intake of a source whose declaration is wrong: it says so, and the other sources go on."""
    with DAG(
        dag_id=id_,
        schedule=None,
        start_date=pendulum.datetime(2024, 1, 1, tz=TIME_ZONE),
        catchup=False,
        tags=["ingest", "declaration"],
        doc_md=f"### The declaration cannot be read\n\n{sentence}",
        description="The declaration cannot be read",
    ) as dag:
        refuse.override(task_id="declaration", retries=0)(sentence)
    return dag


@task
def refuse(sentence: str) -> None:
    """Fail with the sentence that tells what is wrong."""
    from command_center.errors import DeclarationError

    raise DeclarationError(sentence)


PARAMS: dict[str, Any] = {
    "window_start": Param(
        None, type=["null", "string"], format="date-time", description="Start of the window asked for"
    ),
    "window_end": Param(None, type=["null", "string"], format="date-time", description="End of the window, exclusive"),
    "replay": Param(False, type="boolean", description="Load the newest archived answers instead of asking the source"),
    "force": Param(False, type="boolean", description="Load even when nothing changed since the last publication"),
}


@task.short_circuit
def extract(
    source_key: str, params: dict[str, Any] | None = None, dag_run: Any = None, run_id: str | None = None
) -> dict[str, Any]:
    """Ask the source and archive its answers; a run of a backfill asks for its own interval only.

    Where every answer is what was published last, that is entered into the ledger here, and the other tasks are skipped:
    most runs are such, and a task costs a process.
    """
    from command_center.declaration.registry import get_source
    from command_center.intake.ingest import land_source, note_as_before

    given, source = params or {}, get_source(source_key)
    if dag_run is not None and dag_run.run_type == "backfill":
        must_take_windows(source, replay=bool(given.get("replay")))
        given = {"window_start": dag_run.data_interval_start, "window_end": dag_run.data_interval_end} | {
            name: value for name, value in given.items() if value is not None
        }
    landing = land_source(source, _window(given), replay=bool(given.get("replay")))
    if not given.get("force") and note_as_before(source, landing, run_id=run_id or "unknown"):
        return {}
    return {"landing_ids": landing.landing_ids, "failures": landing.failures, "notes": landing.notes}


@task.short_circuit
def load(
    source_key: str,
    landing: dict[str, Any],
    params: dict[str, Any] | None = None,
    run_id: str | None = None,
    outlet_events: Any = None,
) -> list[str]:
    """Stage, audit and publish each archived answer, and tell the warehouse of new rows; the ledger is ops.batch.

    Returns a sentence for each part that did not answer and each batch that was held or failed; without one, `verdict` is
    skipped.
    """
    from command_center.declaration.registry import get_source
    from command_center.intake.ingest import load_landed

    force, run_id = bool((params or {}).get("force")), run_id or "unknown"
    outcomes = load_landed(
        get_source(source_key), landing["landing_ids"], run_id=run_id, force=force, notes=landing.get("notes", [])
    )
    announce(source_key, run_id, outlet_events)
    troubled = [outcome for outcome in outcomes if outcome.ending in ("held", "failed")]
    return [*landing["failures"].values(), *(one.reason or f"{one.table}, {one.part}" for one in troubled)]


def announce(source_key: str, run_id: str, outlet_events: Any) -> None:
    """An event for each table that this run published to, with the moment until which its rows reach.

    The ledger says which: a retry, after the process died behind the publication, finds its rows to be as before.
    """
    from command_center.database import connect
    from command_center.ledger.batch import reached, tables_published_by
    from command_center.settings import settings

    with connect(settings().dsn("loader")) as connection:
        tables, until = tables_published_by(connection, source_key, run_id), reached(connection, source_key)
    for table in tables:
        extra = {"data_per": until[table].isoformat()} if table in until else {}
        outlet_events[published_rows(source_key)].add(raw_asset(source_key, table), extra=extra)


@task
def verdict(troubles: list[str]) -> None:
    """Fail the run, without a retry, when a part did not answer or a batch was held."""
    from airflow.sdk.exceptions import AirflowFailException

    raise AirflowFailException(" | ".join(troubles))


def must_take_windows(source: Source, *, replay: bool) -> None:
    """Fail when the past cannot be asked for."""
    from airflow.sdk.exceptions import AirflowFailException

    from command_center.intake.backfill import no_windows

    if not replay and (sentence := no_windows(source)):
        raise AirflowFailException(sentence)


def _window(params: dict[str, Any]) -> Any:
    from datetime import datetime

    from command_center.extract.asking import Window

    moments = (params.get(name) for name in ("window_start", "window_end"))
    start, end = (datetime.fromisoformat(one) if isinstance(one, str) else one for one in moments)
    return Window(start, end)


def doc_md(source: Source) -> str:
    """The declaration as a page in Airflow's interface."""
    lines = [
        f"### {source.title}",
        source.description,
        "",
        f"- Agency: {source.opd_name} (`{source.opd}`)",
        f"- Owner: {source.owner}; steward: {source.steward}; deputy: {source.deputy_steward}",
        f"- Legal basis: {', '.join(source.legal_basis)}",
        f"- Address: Airflow connection `{source.connection.id}`, default {source.connection.address}",
        f"- Data may be at most {source.freshness} old, from the end of what they cover; answers are kept {source.retention.landing_days} days",
        "",
    ]
    for name, table in source.tables.items():
        lines += [
            f"#### raw.{raw_table(source.source, name)}",
            table.description,
            f"Mode `{table.mode}`, key {', '.join(table.key)}",
            "",
        ]
        lines += ["| column | type | unit | classification | meaning |", "|---|---|---|---|---|"]
        lines += [
            f"| {c.name} | {c.type} | {c.unit or ''} | {c.classification}{f' ({c.treatment})' if c.treatment else ''} | {c.description} |"
            for c in table.columns
        ]
        lines.append("")
    return "\n".join(lines)
