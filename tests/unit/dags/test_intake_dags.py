"""Airflow gets a DAG for each declaration, whatever one of them holds."""

from __future__ import annotations

import runpy
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from airflow.providers.standard.operators.python import ShortCircuitOperator
from airflow.sdk import DAG
from airflow.sdk.definitions._internal.dag_parsing_context import _airflow_parsing_context_manager
from airflow.serialization.serialized_objects import DagSerialization
from command_center.dag_parts import intake_dags
from command_center.declaration import registry
from command_center.declaration.registry import source_names
from command_center.declaration.source import Source
from command_center.paths import DAGS, SOURCES
from command_center.settings import settings
from hypothesis import HealthCheck, given
from hypothesis import settings as how
from hypothesis import strategies as st

CHANGED = "damkar_kejadian"
CONTENT: dict[str, Any] = yaml.safe_load((SOURCES / f"{CHANGED}.yml").read_text(encoding="utf-8"))
WORDS = st.sampled_from(["", "null", "61 * * * *", "*/0 * * * *", "@daily", "13.71", "é", "a b", "x" * 300, "\x00"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.dates() | WORDS | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS | st.text(max_size=9), inner, max_size=3),
    max_leaves=6,
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Three declarations, of which tests change one."""
    folder = tmp_path_factory.mktemp("sources")
    for name in (CHANGED, "bmkg_gempa", "dinkes_skdr"):
        shutil.copy(SOURCES / f"{name}.yml", folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CC_SOURCES_DIR", str(folder))
        settings.cache_clear()
        yield folder
    settings.cache_clear()


def paths(content: Any, *place: Any) -> Iterator[tuple[Any, ...]]:
    """The place of every value."""
    inner = content.items() if isinstance(content, dict) else enumerate(content) if isinstance(content, list) else ()
    for key, value in inner:
        yield (*place, key)
        yield from paths(value, *place, key)


def replaced(content: Any, place: tuple[Any, ...], value: Any) -> Any:
    if not place:
        return value
    copied = content.copy()
    copied[place[0]] = replaced(content[place[0]], place[1:], value)
    return copied


def others_stand() -> dict[str, Any]:
    """The DAGs by name, as Airflow stores them; two are never missing."""
    dags = {dag.dag_id: DagSerialization.to_dict(dag) for dag in intake_dags()}
    assert {"ingest_bmkg_gempa", "ingest_dinkes_skdr"} < dags.keys()
    assert len(dags) == len(source_names())
    return dags


@how(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(place=st.sampled_from(list(paths(CONTENT))), value=VALUES)
def test_no_value_in_one_declaration_takes_another_dag_along(folder: Path, place: tuple[Any, ...], value: Any) -> None:
    (folder / f"{CHANGED}.yml").write_text(yaml.safe_dump(replaced(CONTENT, place, value)), encoding="utf-8")
    others_stand()


@how(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(content=st.binary(max_size=60) | st.text(max_size=60).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_no_bytes_in_one_declaration_take_another_dag_along(folder: Path, content: bytes) -> None:
    (folder / f"{CHANGED}.yml").write_bytes(content)
    others_stand()


@pytest.mark.parametrize("content", ["diperbarui: 2026-13-45", "[" * 5000, "&a [*a, *a]", "!!python/object:os.system"])
def test_what_yaml_itself_cannot_read_is_said_by_the_dag_of_that_file(folder: Path, content: str) -> None:
    (folder / f"{CHANGED}.yml").write_text(content)
    assert [task["__var"]["task_id"] for task in others_stand()[f"ingest_{CHANGED}"]["dag"]["tasks"]] == ["declaration"]


def test_a_source_that_is_taken_in_by_hand_has_a_dag_without_schedule(folder: Path) -> None:
    (folder / f"{CHANGED}.yml").write_text(yaml.safe_dump(CONTENT | {"schedule": None}))
    dag = others_stand()[f"ingest_{CHANGED}"]["dag"]
    assert "Null" in dag["timetable"]["__type"]
    assert len(dag["tasks"]) > 1, "it can be triggered"


def test_a_schedule_that_is_none_is_said_by_the_dag_of_that_file(folder: Path) -> None:
    (folder / f"{CHANGED}.yml").write_text(yaml.safe_dump(CONTENT | {"schedule": "61 * * * *"}))
    dag = others_stand()[f"ingest_{CHANGED}"]["dag"]
    assert "61 * * * *" in dag["doc_md"]


def test_a_file_whose_name_is_no_key_gets_a_dag_that_says_so(folder: Path) -> None:
    stray = folder / "salinan (2) damkar.yml"
    shutil.copy(SOURCES / f"{CHANGED}.yml", stray)
    try:
        assert "make them equal" in others_stand()["ingest_salinan__2__damkar"]["dag"]["doc_md"]
    finally:
        stray.unlink()


def test_a_file_that_is_called_like_another_does_not_take_its_dag(folder: Path) -> None:
    stray = folder / f"{CHANGED.replace('_', ' ')}.yml"
    stray.write_text("[")
    try:
        ids = [dag.dag_id for dag in intake_dags()]
    finally:
        stray.unlink()
    assert len(ids) == len(set(ids))
    assert {f"ingest_{CHANGED}", f"ingest_{CHANGED}_"} <= set(ids)


@pytest.mark.parametrize("is_broken", [False, True])
def test_a_task_makes_its_own_dag_and_no_other(folder: Path, is_broken: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / f"{CHANGED}.yml").write_text("[" if is_broken else yaml.safe_dump(CONTENT))
    read: list[str] = []
    load = registry.load_source

    def noted(path: Path) -> Source:
        read.append(path.stem)
        return load(path)

    monkeypatch.setattr(registry, "load_source", noted)
    with _airflow_parsing_context_manager(dag_id=f"ingest_{CHANGED}", task_id="load"):
        names = runpy.run_path(str(DAGS / "ingest.py"))
    assert [name for name, value in names.items() if isinstance(value, DAG)] == ["_dag", f"ingest_{CHANGED}"]
    assert read == [CHANGED]


def test_nothing_new_is_the_end_of_a_run(folder: Path) -> None:
    (folder / f"{CHANGED}.yml").write_text(yaml.safe_dump(CONTENT))
    (dag,) = intake_dags(f"ingest_{CHANGED}")
    assert isinstance(dag.get_task("extract"), ShortCircuitOperator)
    assert dag.get_task("extract").get_flat_relative_ids(upstream=False) == {"load", "verdict"}


def test_what_is_urgent_is_begun_before_anything_else(folder: Path) -> None:
    (folder / f"{CHANGED}.yml").write_text(yaml.safe_dump(CONTENT))
    weight = {dag.dag_id: {task.priority_weight for task in dag.tasks} for dag in intake_dags()}
    assert weight == {"ingest_bmkg_gempa": {5}, f"ingest_{CHANGED}": {1}, "ingest_dinkes_skdr": {1}}
