"""On the third of each month: one PDF for each camat, read as that camat's database role, and mailed once."""

from __future__ import annotations

import pendulum
from airflow.sdk import Param, dag, task
from command_center.dag_parts import DEFAULT_ARGS


@dag(
    schedule="0 7 3 * *",
    start_date=pendulum.datetime(2024, 1, 1, tz="Asia/Jakarta"),
    catchup=False,
    max_active_runs=1,
    tags=["laporan", "kecamatan"],
    default_args=DEFAULT_ARGS,
    params={
        "edition": Param(
            None, type=["null", "string"], description="Month, e.g. 2026-10; empty: the last complete month"
        )
    },
    doc_md=__doc__,
)
def report() -> None:
    @task
    def render_and_deliver(params: dict[str, str | None] | None = None) -> str:
        """Rendering is quick and deterministic, so a retry renders again and mails only what was not sent."""
        from command_center.report.deliver import deliver_edition
        from command_center.report.monthly import render_edition

        reports = render_edition((params or {}).get("edition"))
        return str(deliver_edition(reports))

    render_and_deliver()


report()
