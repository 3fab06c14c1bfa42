"""The ledger is held against the archive, batch by batch, after days on which the sources misbehaved."""

from __future__ import annotations

import random

import pytest
from command_center.errors import IntegrityError, SourceUnavailable
from command_center.intake.recount import recount
from demo_city.faults.spoil import KINDS

from tests.integration.conftest import Intake

LOADED = {"damkar_kejadian": "damkar", "dinkes_skdr": "dinkes", "bmkg_gempa": "bmkg", "bpkad_djpk": "bpkad"}
SLOW = ("slow", "zip_bomb", "status_429")  # nothing of them is read; they only take their time


@pytest.mark.parametrize("seed", [1, 2])
def test_with_faults_at_random_every_row_is_accounted_for(intake: Intake, seed: int) -> None:
    chance = random.Random(seed)
    for day in range(3):
        for source, agency in LOADED.items():
            if day and chance.random() < 0.75:
                intake.fault(agency, chance.choice([kind for kind in KINDS if kind not in SLOW]))
            try:
                intake.load(source)
            except SourceUnavailable:
                continue
        intake.mend()
    found = recount()
    assert found.batches >= len(LOADED)
    assert found.rows == intake.value(
        "select sum(rows_read)::int from ops.batch where rows_read > 0 or status = 'published'"
    )
    assert found.judged_otherwise == 0


def test_a_row_that_the_ledger_does_not_know_is_named(intake: Intake) -> None:
    intake.load("damkar_kejadian")
    intake.change(
        "update ops.batch set rows_read = rows_read - 1, rows_published = rows_published - 1 where status = 'published'"
    )
    with pytest.raises(
        IntegrityError, match=r"damkar_kejadian\.kejadian, part 'kejadian'\): the archived answer has \d+ rows"
    ):
        recount()


def test_a_ledger_that_does_not_add_up_is_named(intake: Intake) -> None:
    intake.load("damkar_kejadian")
    intake.change("update ops.batch set rows_unchanged = rows_unchanged + 5 where status = 'published'")
    with pytest.raises(IntegrityError, match=r"rows read, but \d+ published, unchanged or quarantined"):
        recount()


def test_a_row_that_vanished_from_quarantine_is_named(intake: Intake) -> None:
    intake.load("damkar_kejadian")
    intake.change("delete from ops.quarantine where row_number = (select min(row_number) from ops.quarantine)")
    with pytest.raises(IntegrityError, match=r"rows set aside, but \d+ are in quarantine"):
        recount()
