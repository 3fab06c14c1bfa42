"""dbt builds the warehouse whenever new rows were published to raw."""

from __future__ import annotations

import pendulum
from airflow.sdk import AssetAny, dag, task
from command_center.dag_parts import DEFAULT_ARGS, MART, raw_assets


@dag(
    schedule=AssetAny(*raw_assets()),
    start_date=pendulum.datetime(2024, 1, 1, tz="Asia/Jakarta"),
    catchup=False,
    max_active_runs=1,
    tags=["warehouse"],
    default_args=DEFAULT_ARGS,
    doc_md=__doc__,
)
def transform() -> None:
    @task(outlets=[MART])
    def build_warehouse() -> str:
        """Check raw against its ledger, then build and test aside, then swap; nothing to do when nothing changed."""
        from airflow.sdk.exceptions import AirflowSkipException
        from command_center.publication import verify_raw_tables
        from command_center.transform import build_warehouse as build
        from command_center.transform import is_current

        verify_raw_tables()
        if is_current():
            raise AirflowSkipException("The warehouse is up to date with raw.")
        return str(build())

    build_warehouse()


transform()
