"""Every half hour: tell stewards what needs them, mail them the rows that were set aside, and take in what recipients answered."""

from __future__ import annotations

import pendulum
from airflow.sdk import dag, task
from command_center.dag_parts import DEFAULT_ARGS


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

    @task
    def take_in_answers() -> str:
        from command_center.report.answers import take_in_answers as take_in

        return take_in()

    alert_stewards()
    mail_rejections()
    take_in_answers()


watch()
