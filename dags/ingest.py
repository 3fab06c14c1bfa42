"""One intake DAG in Airflow for each declaration in dags/sources: archive, load, announce."""

from __future__ import annotations

from command_center.dag_parts import broken_dag, ingest_dag
from command_center.declaration.registry import readable_sources

_sources, _problems = readable_sources()
for _source in _sources:
    globals()[f"ingest_{_source.source}"] = ingest_dag(_source)
for _name, _sentence in _problems.items():
    globals()[f"ingest_{_name}"] = broken_dag(_name, _sentence)
