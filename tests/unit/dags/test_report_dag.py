"""The DAG of the reports: one mapped task per recipient, and what a run is told."""

from __future__ import annotations

import runpy
from typing import Any

import pytest
from airflow.sdk import DAG
from airflow.serialization.serialized_objects import DagSerialization
from command_center.paths import DAGS


@pytest.fixture(scope="module")
def dags() -> dict[str, DAG]:
    found = runpy.run_path(str(DAGS / "report.py"))
    return {one.dag_id: one for one in found.values() if isinstance(one, DAG)}


def test_a_month_and_a_week_are_looked_at_every_morning(dags: dict[str, DAG]) -> None:
    assert {name: dag.schedule for name, dag in dags.items()} == {"report": "0 7 * * *", "report_weekly": "30 10 * * *"}
    assert all(dag.max_active_runs == 1 and not dag.catchup for dag in dags.values())
    assert {name for dag in dags.values() for name in dag.params} == {"edition", "now"}


def test_every_recipient_has_a_task_of_its_own_and_one_failure_holds_up_nobody(dags: dict[str, DAG]) -> None:
    dag = dags["report"]
    deliver: Any = dag.get_task("deliver")
    assert deliver.is_mapped and list(deliver.op_kwargs_expand_input.value) == ["edition_id"]
    assert {name: dag.get_task(name).upstream_task_ids for name in dag.task_ids} == {
        "gate": set(),
        "render": {"gate"},
        "deliver": {"render"},
        "verdict": {"render"},
    }
    assert dag.get_task("verdict").retries == 0


def test_airflow_takes_them(dags: dict[str, DAG]) -> None:
    for dag in dags.values():
        assert DagSerialization.from_dict(DagSerialization.to_dict(dag)).dag_id == dag.dag_id
