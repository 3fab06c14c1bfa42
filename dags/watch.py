"""Every half hour: tell stewards what needs them, mail them the rows that were set aside, take in what recipients answered, renew
the day's score of quality, and ask in Airflow, once, about each batch that is held.
"""

from __future__ import annotations

from typing import Any

import pendulum
from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.sdk import AssetAlias, dag, task
from command_center.dag_parts import DEFAULT_ARGS, raw_asset

MENDED = AssetAlias("mended")


@dag(
    schedule="*/30 * * * *",
    start_date=pendulum.datetime(2024, 1, 1, tz="Asia/Jakarta"),
    catchup=False,
    max_active_runs=1,
    tags=["operasi"],
    default_args=DEFAULT_ARGS,
    doc_md=__doc__,
)
def watch() -> None:
    @task
    def alert_stewards() -> int:
        from command_center.operate.watch import alert_stewards as alert

        return alert()

    @task
    def mail_rejections() -> str:
        from command_center.report.rejection_mail import mail_sheets

        return mail_sheets()

    @task(outlets=[MENDED])
    def take_in_answers(outlet_events: Any = None) -> str:
        """Tells the warehouse of rows that came by a sheet."""
        from command_center.report.answers import take_in_answers as take_in

        return take_in(lambda source, table: outlet_events[MENDED].add(raw_asset(source, table)))

    @task
    def measure_quality() -> str:
        from command_center.operate.quality_score import measure_quality as measure

        return measure()

    @task
    def held(ti: Any) -> list[dict[str, Any]]:
        """Runs of `review` that are not there yet."""
        from command_center.operate.review import open_questions

        return [
            {"trigger_run_id": run_id, "conf": {"batch_id": batch_id}}
            for run_id, batch_id in open_questions().items()
            if not ti.get_dr_count("review", run_ids=[run_id])
        ]

    alert_stewards()
    mail_rejections()
    take_in_answers()
    measure_quality()
    TriggerDagRunOperator.partial(
        task_id="ask", trigger_dag_id="review", logical_date=None, skip_when_already_exists=True
    ).expand_kwargs(held())


watch()
