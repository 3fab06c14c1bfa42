"""Every source's fixture, read by its own connector into a real database."""

from __future__ import annotations

import pytest
from command_center.declaration.registry import all_sources
from command_center.declaration.source import Source
from command_center.extract.isolated import Parser
from command_center.lint.fixtures import fixture_problems

from tests.conftest import Cluster
from tests.support import guide
from tests.support.newcomer import Newcomer


@pytest.mark.parametrize("source", all_sources(), ids=lambda source: source.source)
def test_fixtures_are_read_by_their_own_connector_and_one_row_is_ugly(
    cluster: Cluster, parser: Parser, source: Source
) -> None:
    with cluster.connect("loader") as connection:
        assert fixture_problems(connection, parser, source) == []


def test_a_fixture_must_be_readable_typed_and_ugly(cluster: Cluster, parser: Parser, newcomer: Newcomer) -> None:
    fixture = newcomer.root / "tests/fixtures/dlh_sampah/sampah_2026-10.xlsx"
    with cluster.connect("loader") as connection:

        def problems() -> list[str]:
            return fixture_problems(connection, parser, newcomer.source(), newcomer.root)

        assert problems() == []
        guide.workbook(fixture, ugly="12,5")
        assert ["no row is ugly" in problem for problem in problems()] == [True]
        fixture.write_bytes(fixture.read_bytes()[:2000])
        assert ["its own connector refuses it" in problem for problem in problems()] == [True, False]
        guide.workbook(fixture).rename(fixture.with_name("lain.xlsx"))
        assert ["no request asks for a file of this name" in problem for problem in problems()] == [True]
