"""Every fixture, read by its own connector and audited."""

from __future__ import annotations

from pathlib import Path

from command_center.database import Connection, connect
from command_center.declaration.places import Places
from command_center.declaration.source import Source
from command_center.errors import CommandCenterError
from command_center.extract.isolated import Parser
from command_center.intake import trial
from command_center.intake.trial import Trial
from command_center.paths import ROOT
from command_center.settings import settings


def all_fixture_problems() -> list[str]:
    """Every fixture, read by its own connector and audited in a temporary database."""
    from command_center.declaration.registry import all_sources
    from command_center.local.cluster import temporary_cluster

    with temporary_cluster(), connect(settings().dsn("loader")) as connection, Parser() as parser:
        return [problem for one in all_sources() for problem in fixture_problems(connection, parser, one)]


def fixture_problems(connection: Connection, parser: Parser, source: Source, root: Path = ROOT) -> list[str]:
    """What the fixtures do not show: that each table can be read and typed, and what becomes of an ugly row."""
    problems, trials = [], []
    for file in Places(source.source, root).fixture_files():
        match = trial.match_file(source, file.name)
        if not match.is_certain:
            problems.append(f"tests/fixtures/{source.source}/{file.name}: no request asks for a file of this name.")
        for name in match.request.tables:
            answer = trial.answer_of(source, name, file, match.known)
            try:
                one = trial.attempt(connection, parser, source, name, answer, part=match.part)
            except CommandCenterError as error:
                problems.append(f"tests/fixtures/{source.source}/{file.name}: {error}")
                continue
            trials.append(one)
            if one.refused is not None:
                problems.append(
                    f"tests/fixtures/{source.source}/{file.name}: its own connector refuses it: {one.refused}"
                )
    return problems + _missing_shows(source, trials)


def _missing_shows(source: Source, trials: list[Trial]) -> list[str]:
    fed = {name for request in source.requests for name in request.tables}
    typed = {one.name for one in trials if one.typed}
    problems = [
        f"tests/fixtures/{source.source}/: no file gives a typed row of table {name}."
        for name in source.tables
        if name in fed and name not in typed
    ]
    if typed and not any(one.quarantined or one.emptied for one in trials):
        problems.append(
            f"tests/fixtures/{source.source}/: no row is ugly; of at least one a value should be left out, or all of it rejected, as the agency's own are."
        )
    return problems
