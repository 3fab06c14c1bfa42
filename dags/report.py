"""Reports to the camat and a summary to the mayor: made when the gate lets them, archived as editions, and mailed once.

Every morning the gate looks whether last month is complete, late, or was published with figures that are others now. A week's
report is made on the Monday after it, or on the first day after that on which it can be; it is corrected by hand only. Both also
mail what could not be mailed of the weeks or the month before.
"""

from __future__ import annotations

from typing import Any

import pendulum
from airflow.sdk import DAG, Param, task
from command_center.dag_parts import DEFAULT_ARGS
from command_center.settings import TIME_ZONE


@task
def gate(kind: str, params: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    """Which editions are made now; the log says of every report why, or why not."""
    from command_center.report.editions import as_json, judge
    from command_center.report.preview import known_kind

    given = params or {}
    is_asked = bool(given.get("edition") or given.get("now"))
    verdicts = judge(
        known_kind(kind),
        given.get("edition"),
        is_due=bool(given.get("now")),
        only_missing=kind == "mingguan" and not is_asked,
    )
    for verdict in verdicts:
        print(verdict)
    return [as_json(verdict.plan) for verdict in verdicts if verdict.decision.action == "make"]


@task
def render(kind: str, plans: list[dict[str, Any]], params: dict[str, Any] | None = None, ti: Any = None) -> list[int]:
    """Make what is planned, all areas in one process: a report takes less time than a task. What was made stays made."""
    from command_center.report.editions import Plan, make_editions
    from command_center.report.preview import known_kind

    made = make_editions(known_kind(kind), (params or {}).get("edition"), [Plan(**plan) for plan in plans])
    ti.xcom_push(key="problems", value=made.problems)
    return made.to_deliver


@task(map_index_template="{{ recipient }}")
def deliver(edition_id: int) -> str:
    """Mail one edition to its recipient, unless it was: a retry and a cleared task send nothing twice.

    What the mail server refused in the end goes out the next morning.
    """
    from airflow.sdk import get_current_context
    from command_center.report.deliver import deliver_edition

    outcome = deliver_edition(edition_id)
    get_current_context()["recipient"] = outcome.recipient
    return str(outcome)


@task(retries=0)
def verdict(problems: list[str]) -> None:
    """Fail when an edition could not be made; the others were."""
    from command_center.errors import DeliveryError

    if problems:
        raise DeliveryError(" ".join(problems))


def report_dag(dag_id: str, kind: str, schedule: str) -> DAG:
    with DAG(
        dag_id=dag_id,
        schedule=schedule,
        start_date=pendulum.datetime(2024, 1, 1, tz=TIME_ZONE),
        catchup=False,
        max_active_runs=1,
        tags=["laporan", "kecamatan"],
        default_args=DEFAULT_ARGS,
        params={
            "edition": Param(
                None,
                type=["null", "string"],
                description="Month, e.g. 2026-10, or a day of the week; empty: the last that is over",
            ),
            "now": Param(False, type="boolean", description="Do not wait for what is late: say it on the first page"),
        },
        doc_md=__doc__,
    ) as dag:
        editions = render(kind, gate(kind))
        deliver.expand(edition_id=editions)
        verdict(editions["problems"])
    return dag


report = report_dag("report", "bulanan", "0 7 * * *")
report_weekly = report_dag("report_weekly", "mingguan", "30 10 * * *")
