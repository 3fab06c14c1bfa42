"""The DAG that asks about a held batch, and the one that starts it."""

from __future__ import annotations

import runpy
from typing import Any

from airflow.sdk import DAG
from airflow.serialization.serialized_objects import DagSerialization
from command_center.local.run import ASKING_DAG, LAST_DAGS
from command_center.paths import DAGS


def dag(name: str) -> DAG:
    made = runpy.run_path(str(DAGS / f"{name}.py"))[name]()
    assert DagSerialization.from_dict(DagSerialization.to_dict(made)).dag_id == name
    assert isinstance(made, DAG)
    return made


def test_it_is_begun_for_a_batch_only_and_a_question_keeps_no_other_waiting() -> None:
    made = dag(ASKING_DAG)
    assert made.schedule is None and made.max_active_runs >= 100
    assert {name: made.get_task(name).upstream_task_ids for name in made.task_ids} == {
        "ask": set(),
        "decide": {"ask"},
        "take_in": {"decide"},
    }
    ask: Any = made.get_task("ask")
    assert list(ask.options) == ["Lepas", "Buang", "Biarkan"] and ask.defaults is None
    assert set(ask.params) == {"jabatan", "alasan"}


def test_watch_begins_a_run_for_each_question_and_make_run_waits_for_none() -> None:
    ask: Any = dag("watch").get_task("ask")
    assert ask.is_mapped and ask.upstream_task_ids == {"held"}
    assert ask.partial_kwargs["trigger_dag_id"] == ASKING_DAG and ask.partial_kwargs["skip_when_already_exists"]
    assert ASKING_DAG not in LAST_DAGS
