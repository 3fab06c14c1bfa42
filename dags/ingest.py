"""One intake DAG in Airflow for each declaration in dags/sources: archive, load, announce."""

from __future__ import annotations

from command_center.dag_parts import ingest_dag
from command_center.source import all_sources

for _source in all_sources():
    globals()[f"ingest_{_source.source}"] = ingest_dag(_source)
