"""A person's decision to publish a held batch."""

from __future__ import annotations

from command_center.database import connect
from command_center.declaration.source import Source
from command_center.errors import BatchHeld
from command_center.ledger.batch import Key, to_be_decided
from command_center.ledger.decision import record_release
from command_center.settings import WIB, settings


def release(source: Source, table: str, part: str, *, jabatan: str, alasan: str) -> str:
    """Record the decision to publish the newest batch of a part, which is held, despite its audit; returns its checksum.

    Raises BatchHeld when it is not held, and when there is nothing in it that could be published.
    """
    key = Key(source.source, table, part)
    where = f"{source.source}.{table}, part {part!r}"
    with connect(settings().dsn("loader")) as connection:
        newest = to_be_decided(connection, key)
        if newest is None:
            raise BatchHeld(f"No batch of {where}, is known, so none is held; there is nothing to release.")
        if newest.status != "held":
            since = f"{newest.finished_at.astimezone(WIB):%d-%m-%Y %H:%M} WIB"
            raise BatchHeld(
                f"The newest batch of {where}, is not held: it is {newest.status!r} since {since}; there is nothing to release."
            )
        if not newest.was_judged:
            raise BatchHeld(
                f"The newest batch of {where}, could not be read, so no row of it could be published; ask the steward to send "
                "it again, or mend the declaration."
            )
        record_release(connection, key, newest.sha256, jabatan=jabatan, alasan=alasan)
    return newest.sha256
