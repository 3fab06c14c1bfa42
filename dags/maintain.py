"""Nightly: verify archive and raw tables, set back passwords that a role changed for itself, build Data Docs and dbt docs, drop left-over stage tables, end retention, mail the head of the audit trail, back up and, once a week, prove that a backup can be restored."""

from __future__ import annotations

import pendulum
from airflow.sdk import dag, task
from command_center.dag_parts import DEFAULT_ARGS


@dag(
    schedule="30 2 * * *",
    start_date=pendulum.datetime(2024, 1, 1, tz="Asia/Jakarta"),
    catchup=False,
    max_active_runs=1,
    tags=["operasi"],
    default_args=DEFAULT_ARGS,
    doc_md=__doc__,
)
def maintain() -> None:
    @task
    def verify() -> str:
        from command_center.operate.maintain import verify_all

        return verify_all()

    @task(retries=0)  # a second attempt finds nothing to do, and would hide what the first one told
    def restore_passwords() -> str:
        from command_center.operate.maintain import restore_passwords as restore

        return restore()

    @task
    def data_docs() -> str:
        from command_center.operate.maintain import build_data_docs

        return build_data_docs()

    @task
    def dbt_docs() -> str:
        from command_center.operate.maintain import build_dbt_docs

        return build_dbt_docs()

    @task
    def clean() -> str:
        from command_center.operate.maintain import clean_up

        return clean_up()

    @task
    def mail_head() -> str:
        from command_center.operate.audit_trail import mail_head as mail

        return mail()

    @task
    def back_up() -> str:
        from command_center.backup.nightly import back_up as take

        return take()

    @task
    def drill() -> str:
        from command_center.backup.nightly import prove

        return prove()

    back_up() >> drill()
    restore_passwords()
    verify()
    data_docs()
    dbt_docs()
    clean()
    mail_head()


maintain()
