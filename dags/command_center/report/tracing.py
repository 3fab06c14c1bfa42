"""Of which batches each number of a report is made: the ledger knows that, the mart and a camat's role do not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from command_center.database import Connection
from command_center.ledger import batch
from command_center.report.document import Document, Fact


class Batches:
    """Batches by source and period; each is asked for once, for the reports of a run speak of the same periods."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.known: dict[tuple[str, date, date], tuple[int, ...]] = {}

    def traced(self, document: Document) -> Document:
        """The document whose facts name their batches."""
        return replace(document, facts=tuple(replace(fact, batches=self.of(fact)) for fact in document.facts))

    def of(self, fact: Fact) -> tuple[int, ...]:
        """Of the fact's own source, the oldest first."""
        key = (fact.source, fact.periode_mulai, fact.periode_selesai)
        if key not in self.known:
            self.known[key] = tuple(sorted({one.batch_id for one in batch.counting(self.connection, *key)}))
        return self.known[key]
