"""A declaration that cannot be read, or had, takes no other along: not at bootstrap, in the catalogue, or in a load."""

from __future__ import annotations

import logging
from collections.abc import Callable

import pytest
from command_center.declaration.registry import get_source
from command_center.errors import DeclarationError
from command_center.settings import settings
from command_center.warehouse.bootstrap import declare_sources

from tests.integration.conftest import Intake

KNOWN = "select count(*) from ops.source_catalogue"
ARMADA = """
  armada:
    description: One row per engine.
    mode: snapshot
    key: [nomor]
    volume: {min: 0, max: 10}
    columns:
      - {name: nomor, source: Nomor, required: true, classification: publik, description: "Nomor"}
"""


@pytest.fixture
def declare(intake: Intake) -> Callable[[str, str, str], None]:
    """Write something else into a declaration."""

    def change(source: str, before: str, after: str) -> None:
        file = intake.folder / "sources" / f"{source}.yml"
        text = file.read_text()
        assert before in text
        file.write_text(text.replace(before, after, 1))

    return change


def test_bootstrap_makes_what_it_can_and_keeps_what_was_known(
    intake: Intake, declare: Callable[[str, str, str], None], caplog: pytest.LogCaptureFixture
) -> None:
    known = intake.value(KNOWN)
    intake.load("damkar_kejadian")
    covered = "select count(*) from ops.coverage where source = 'damkar_kejadian'"
    assert intake.value(covered) == 1
    declare("damkar_kejadian", "freshness:", "freshnes:")
    declare("bpbd_kejadian", "type: integer", "type: numeric")
    declare("bmkg_gempa", "tables:\n", f"tables:{ARMADA}")
    with caplog.at_level(logging.ERROR):
        declare_sources(settings())
    assert "damkar_kejadian.yml: freshnes" in caplog.text
    assert "bpbd_kejadian.yml: tables.kejadian." in caplog.text and "the declared type is numeric, but" in caplog.text
    assert intake.value(KNOWN) == known and intake.value(covered) == 1, "its history is there for the next build"
    assert intake.value("select count(*) from raw.bmkg_gempa__armada") == 0, "who stands beside them is made"
    with pytest.raises(DeclarationError, match="the declared type is numeric, but raw"):
        intake.load("bpbd_kejadian")
    assert {one.status for one in intake.load("diskominfo_cadangan")} == {"published"}
    intake.change("drop table raw.bmkg_gempa__armada")


def test_a_table_that_is_declared_and_not_made_yet_is_told_by_its_load(
    intake: Intake, declare: Callable[[str, str, str], None]
) -> None:
    declare("damkar_kejadian", "tables:\n", f"tables:{ARMADA}")
    assert "armada" in get_source("damkar_kejadian").tables
    with pytest.raises(DeclarationError, match="armada is not there; run `python -m command_center"):
        intake.load("damkar_kejadian")


def test_bootstrap_fails_where_nothing_can_be_made_and_forgets_nothing(intake: Intake) -> None:
    known = intake.value(KNOWN)
    for file in (intake.folder / "sources").glob("*.yml"):
        file.write_text("[")
    with pytest.raises(DeclarationError, match="damkar_kejadian"):
        declare_sources(settings())
    assert intake.value(KNOWN) == known
