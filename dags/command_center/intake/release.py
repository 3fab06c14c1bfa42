"""A person's decision to publish a held batch."""

from __future__ import annotations

from command_center.database import connect
from command_center.declaration.source import Source
from command_center.errors import BatchHeld
from command_center.ledger.batch import Key, newest_held
from command_center.ledger.decision import record_release
from command_center.settings import settings


def release(source: Source, table: str, part: str, *, jabatan: str, alasan: str) -> str:
    """Record the decision to publish the newest held batch of a part despite its audit; returns the batch's checksum."""
    key = Key(source.source, table, part)
    with connect(settings().dsn("loader")) as connection:
        sha256 = newest_held(connection, key)
        if sha256 is None:
            raise BatchHeld(
                f"No batch of {source.source}.{table}, part {part!r}, is held; there is nothing to release."
            )
        record_release(connection, key, sha256, jabatan=jabatan, alasan=alasan)
    return sha256
