"""The score of every table's content, renewed for today."""

from __future__ import annotations

from command_center.database import connect
from command_center.ledger import quality_score
from command_center.settings import settings


def measure_quality() -> str:
    with connect(settings().dsn("loader")) as connection:
        return f"The quality of {quality_score.measure(connection, settings().now())} tables was measured."
