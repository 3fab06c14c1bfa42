"""Archived answers loaded once more by today's declaration, expectations and names of areas, without asking the source."""

from __future__ import annotations

from dataclasses import dataclass

from command_center.database import Connection
from command_center.declaration.source import Source
from command_center.errors import CommandCenterError
from command_center.extract.isolated import Parser
from command_center.intake.load import load_again
from command_center.intake.lock import exclusive
from command_center.intake.outcome import Outcome
from command_center.ledger import landing
from command_center.ledger.waiting import Loaded, to_load_again


@dataclass(frozen=True)
class Replayed:
    """What a batch was, and what became of its answer today."""

    before: Loaded
    outcome: Outcome


def replay(
    source: Source,
    table: str | None = None,
    part: str | None = None,
    *,
    run_id: str,
    held: bool = True,
    quarantined: bool = True,
) -> list[Replayed]:
    """Load again what is held, and what stands although rows of it were set aside: those batches and no other, oldest first.

    Rows that are published already stay as they are. What failed is an outcome; the others go on.
    """
    with exclusive(source) as connection, Parser() as parser:
        found = [
            one
            for one in to_load_again(connection, source.source, held=held, quarantined=quarantined)
            if table in (None, one.table) and part in (None, one.part)
        ]
        connection.commit()
        return [Replayed(one, _again(connection, source, parser, one, run_id)) for one in _newest_of_each(found)]


def _newest_of_each(found: list[Loaded]) -> list[Loaded]:
    """An answer that stands and was held since is loaded once."""
    return [*{(one.landing_id, one.table): one for one in reversed(found)}.values()][::-1]


def _again(connection: Connection, source: Source, parser: Parser, one: Loaded, run_id: str) -> Outcome:
    try:
        landed = landing.get(connection, one.landing_id)
        return load_again(connection, source, landed, parser, one.table, run_id=run_id)
    except CommandCenterError as error:
        return Outcome(source.source, one.table, one.part, "failed", str(error))
