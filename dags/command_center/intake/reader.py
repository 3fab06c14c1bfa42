"""Reads the tables of an archived answer into their stage."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from command_center.archive.store import stream
from command_center.database import Connection
from command_center.declaration.source import Request, Source
from command_center.errors import DeclarationError
from command_center.extract import delimited
from command_center.extract.delimited import NotPlain
from command_center.extract.isolated import Parser
from command_center.extract.reading import READ_AT, Answer, Reading
from command_center.intake import stage
from command_center.intake.stage import Stage
from command_center.ledger.landing import Landed


def request_of(source: Source, landed: Landed) -> Request:
    """Raises DeclarationError where it was asked for in another way than is declared now."""
    for request in source.requests:
        if request.part == landed.request and request.told_by_file <= landed.known.keys():
            return request
    raise DeclarationError(
        f"{source.source}.yml no longer declares the part {landed.part!r} as it came ({landed.request}); ask the source anew "
        "(run it without replay), or it cannot be loaded."
    )


def is_declared(source: Source, landed: Landed) -> bool:
    """Whether an archived answer was asked for as is declared now."""
    try:
        request_of(source, landed)
    except DeclarationError:
        return False
    return True


@dataclass
class Reader:
    """Reads the tables of one archived answer."""

    source: Source
    request: Request
    landed: Landed
    parser: Parser
    observed_at: datetime

    def answer(self, where: str) -> Answer:
        landed = self.landed
        return Answer(
            where,
            lambda: stream(landed),
            {"part": landed.part, READ_AT: self.observed_at.isoformat(), **self.request.params, **landed.known},
            frozenset(filter(None, landed.simulated_paths.split(","))),
            landed.content_type,
            landed.known.get("file", landed.url.rpartition("/")[2]),
        )

    def copy(self, connection: Connection, staged: Stage, name: str, where: str) -> Reading:
        """Bring the rows of a table into its stage; what can be is given to COPY as it is, the rest is parsed apart."""
        return copy_answer(connection, staged, self.parser, self.source, name, self.answer(where))


def copy_answer(
    connection: Connection, staged: Stage, parser: Parser, source: Source, name: str, answer: Answer
) -> Reading:
    """COPY the rows of one table of an answer into its stage table. Raises PayloadError."""
    if source.extract.kind in ("csv", "sql"):
        try:
            reading = delimited.plain(source, staged.table, answer)
            if reading is not None:
                stage.copy_rows(connection, staged, reading)
                return reading
        except NotPlain:
            pass
    reading = parser.read(source, name, answer)
    stage.copy_rows(connection, staged, reading)
    return reading
