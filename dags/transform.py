"""dbt builds the warehouse when new rows were published to raw, at most once per interval; what arrives meanwhile is one build.

A domain whose tests fail keeps its last edition: all others are published, and the task `domains` fails with the reason.
"""

from __future__ import annotations

from typing import Any

import pendulum
from airflow.sdk import AssetAny, Param, dag, task
from command_center.dag_parts import DEFAULT_ARGS, MART, raw_assets


@dag(
    schedule=AssetAny(*raw_assets()),
    start_date=pendulum.datetime(2024, 1, 1, tz="Asia/Jakarta"),
    catchup=False,
    max_active_runs=1,
    tags=["warehouse"],
    default_args=DEFAULT_ARGS,
    params={"now": Param(False, type="boolean", description="Build at once, however short ago the last build was")},
    doc_md=__doc__,
)
def transform() -> None:
    @task(outlets=[MART])
    def build_warehouse(params: dict[str, Any] | None = None) -> str:
        """Check raw against its ledger, then build and test aside, then swap; nothing to do when nothing changed."""
        from airflow.sdk.exceptions import AirflowRescheduleException, AirflowSkipException
        from command_center.intake.publication import verify_raw_tables
        from command_center.operate.lineage_events import tell_build
        from command_center.warehouse.transform import build_warehouse as build
        from command_center.warehouse.transform import is_current, next_build_at

        has_news = not is_current()
        later = next_build_at() if has_news and not (params or {}).get("now") else None
        if later is not None:
            raise AirflowRescheduleException(later)

        verify_raw_tables()
        if not has_news:
            raise AirflowSkipException("The warehouse is up to date with raw.")
        built = str(build())
        tell_build()
        return built

    @task(retries=0)
    def domains() -> None:
        """Fail, without a retry, when a domain keeps its last edition; what could be built is published all the same."""
        from command_center.warehouse.transform import held_now, require_all_domains

        require_all_domains(held_now())

    @task
    def measure_quality() -> str:
        """Renew today's score of what was just published, whatever becomes of the build."""
        from command_center.operate.quality_score import measure_quality as measure

        return measure()

    build_warehouse() >> domains()
    measure_quality()


transform()
