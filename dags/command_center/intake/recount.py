"""Count the rows of every loaded batch again, from its archived bytes, and hold the ledger against it."""

from __future__ import annotations

from dataclasses import dataclass

from command_center.database import Connection, connect
from command_center.declaration.registry import get_source, source_names
from command_center.declaration.source import Source
from command_center.errors import IntegrityError
from command_center.extract.isolated import Parser
from command_center.intake import stage
from command_center.intake.load import fingerprint_of
from command_center.intake.reader import Reader, request_of
from command_center.intake.stage import Stage
from command_center.ledger import landing
from command_center.ledger.batch import Accounted, accounted
from command_center.settings import settings


@dataclass
class Recount:
    """How much was counted again. `judged_otherwise`: batches whose declaration has changed since; they are not counted."""

    batches: int = 0
    rows: int = 0
    judged_otherwise: int = 0


def recount() -> Recount:
    """Compare every batch of the ledger with its archived answer.

    Raises IntegrityError naming each batch where read is not published + unchanged + quarantined, or not what the archive holds.
    """
    found, problems = Recount(), []
    with connect(settings().dsn("loader")) as connection, Parser() as parser:
        batches = accounted(connection)
        connection.commit()
        for batch in batches:
            problems += _equation(batch)
            source = get_source(batch.source) if batch.source in source_names() else None
            if (
                source is None
                or batch.table not in source.tables
                or fingerprint_of(source, batch.table) != batch.fingerprint
            ):
                found.judged_otherwise += 1
                continue
            rows = _rows_of(connection, parser, source, batch)
            if rows != batch.read:
                problems.append(f"{batch.name}: the archived answer has {rows} rows, the ledger says {batch.read}.")
            found.batches += 1
            found.rows += rows
    if problems:
        raise IntegrityError(" ".join(problems))
    return found


def _equation(batch: Accounted) -> list[str]:
    """Every row that was read is accounted for; of a held batch only what was set aside is."""
    problems = []
    accounted = batch.published + batch.unchanged + batch.quarantined
    if batch.status in ("published", "unchanged") and accounted != batch.read:
        problems.append(f"{batch.name}: {batch.read} rows read, but {accounted} published, unchanged or quarantined.")
    if batch.set_aside != batch.quarantined:
        problems.append(f"{batch.name}: {batch.quarantined} rows set aside, but {batch.set_aside} are in quarantine.")
    return problems


def _rows_of(connection: Connection, parser: Parser, source: Source, batch: Accounted) -> int:
    """Read the archived answer once more, as far as its stage, and forget it."""
    landed = landing.get(connection, batch.landing_id)
    staged = Stage(-batch.batch_id, source.tables[batch.table], batch.observed_at)
    stage.create(connection, staged, is_simulated=False)
    reading = Reader(source, request_of(source, landed), landed, parser, batch.observed_at).copy(
        connection, staged, batch.table, batch.name
    )
    rows = stage.rows_read(connection, staged) + len(reading.rejects)
    connection.rollback()
    return rows
