"""One intake DAG in Airflow for each declaration in dags/sources: archive, load and announce."""

from __future__ import annotations

from airflow.sdk import get_parsing_context
from command_center.dag_parts import intake_dags

for _dag in intake_dags(get_parsing_context().dag_id):
    globals()[_dag.dag_id] = _dag
