"""A run that brings nothing new is entered into the ledger by the task that asked; anything else is left to the next one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from command_center import dag_parts
from command_center.declaration.registry import get_source
from command_center.intake.ingest import Landing, land_source, note_as_before

from tests.integration.conftest import Intake

DAMKAR = "damkar/kejadian.csv"
BATCHES = "select run_id, status, rows_read from ops.batch where run_id = 'lagi' order by batch_id"


def asked_again(source: str) -> tuple[Landing, bool]:
    declared = get_source(source)
    landing = land_source(declared)
    return landing, note_as_before(declared, landing, run_id="lagi")


@pytest.mark.parametrize("source", ["damkar_kejadian", "kpu_sirekap"])
def test_answers_that_change_nothing_are_entered_as_a_load_enters_them(intake: Intake, source: str) -> None:
    first = intake.load(source)
    before = intake.rows("select * from ops.raw_state order by 1")
    landing, is_done = asked_again(source)
    assert is_done and landing.landing_ids
    assert intake.rows(BATCHES) == [("lagi", "unchanged", 0)] * len(first)
    assert intake.rows("select * from ops.raw_state order by 1") == before


def spoil_file(intake: Intake) -> None:
    intake.serve(DAMKAR, intake.get(DAMKAR).replace(b";Kebakaran;", b";Penyelamatan;", 1))


def spoil_rule(intake: Intake) -> None:
    rules = intake.folder / "expectations" / "damkar_kejadian.yml"
    rules.write_text(rules.read_text() + "\n# another rule\n")


def spoil_declaration(intake: Intake) -> None:
    declared = intake.folder / "sources" / "damkar_kejadian.yml"
    declared.write_text(declared.read_text().replace("max: ", "max: 1"))


@pytest.mark.parametrize("change", [spoil_file, spoil_rule, spoil_declaration])
def test_another_answer_or_rule_is_left_to_the_load(intake: Intake, change: Callable[[Intake], None]) -> None:
    intake.load("damkar_kejadian")
    change(intake)
    _, is_done = asked_again("damkar_kejadian")
    assert not is_done
    assert intake.rows(BATCHES) == []


def test_the_first_answer_and_one_that_was_held_are_left_to_the_load(intake: Intake) -> None:
    assert not asked_again("damkar_kejadian")[1]
    intake.load("damkar_kejadian")
    intake.serve(DAMKAR, b"bukan berkas yang dijanjikan")
    assert {outcome.status for outcome in intake.load("damkar_kejadian")} == {"held"}
    assert not asked_again("damkar_kejadian")[1], "a steward is told at every run"
    assert intake.rows(BATCHES) == []


def test_one_part_that_did_not_come_is_left_to_the_load(intake: Intake) -> None:
    intake.load("dinkes_skdr")
    declared = get_source("dinkes_skdr")
    landing = land_source(declared)
    landing.failures["alai"] = "did not answer"
    assert not note_as_before(declared, landing, run_id="lagi")
    assert intake.rows(BATCHES) == []


def test_a_retry_announces_what_its_first_try_published(intake: Intake) -> None:
    """That one died behind the publication: for the retry nothing is new, and nobody else tells the warehouse."""
    landing = land_source(get_source("kpu_sirekap"))
    told = [announced_by_load(landing, run_id) for run_id in ("satu", "satu", "dua")]
    assert told[0] == told[1] and told[0]
    assert all("/warehouse/raw/kpu_sirekap__" in uri for uri in told[0])
    assert told[2] == [], "another run published nothing"


def announced_by_load(landing: Landing, run_id: str) -> list[str]:
    """The tables of which Airflow would hear."""
    told: list[str] = []
    events: dict[Any, Any] = defaultdict(lambda: SimpleNamespace(add=lambda asset, extra: told.append(asset.uri)))
    content = {"landing_ids": landing.landing_ids, "failures": {}}
    dag_parts.load.function("kpu_sirekap", content, run_id=run_id, outlet_events=events)
    return told
