"""Copy what is cleared for the public into the separate database of the public, then to files; hourly too, since data age."""

from __future__ import annotations

import pendulum
from airflow.sdk import dag, task
from airflow.timetables.assets import AssetOrTimeSchedule
from airflow.timetables.trigger import CronTriggerTimetable
from command_center.dag_parts import DEFAULT_ARGS, MART, PUBLIK


@dag(
    schedule=AssetOrTimeSchedule(timetable=CronTriggerTimetable("7 * * * *", timezone="Asia/Jakarta"), assets=[MART]),
    start_date=pendulum.datetime(2024, 1, 1, tz="Asia/Jakarta"),
    catchup=False,
    max_active_runs=1,
    tags=["warehouse", "publik"],
    default_args=DEFAULT_ARGS,
    doc_md=__doc__,
)
def publish() -> None:
    @task(outlets=[PUBLIK])
    def copy_to_public_database() -> dict[str, int]:
        from command_center.settings import settings
        from command_center.warehouse.publik_database import publish_publik

        return publish_publik(settings())

    @task
    def write_open_data() -> str:
        """As the public reads it: CSV, JSON, and the catalogue that data portals harvest."""
        from command_center.operate.open_data import write_open_data as write
        from command_center.settings import settings

        return str(write(settings()))

    copy_to_public_database() >> write_open_data()


publish()
