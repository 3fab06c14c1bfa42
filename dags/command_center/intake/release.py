"""A person's decision about a held batch: to publish it, or to throw it away."""

from __future__ import annotations

from command_center.database import Connection, connect
from command_center.declaration.source import Source
from command_center.errors import BatchHeld
from command_center.ledger.batch import Key
from command_center.ledger.decision import record_about
from command_center.ledger.waiting import Newest, to_be_decided
from command_center.settings import WIB, settings


def release(source: Source, table: str, part: str, *, jabatan: str, alasan: str) -> str:
    """Record the decision to publish the newest batch of a part, which is held, despite its audit; returns its checksum.

    It undoes a discard. Raises BatchHeld when it is not held, and when there is nothing in it that could be published.
    """
    key = Key(source.source, table, part)
    with connect(settings().dsn("loader")) as connection:
        newest = _held(connection, key, "release")
        if not newest.was_judged:
            raise BatchHeld(
                f"The newest batch of {_where(key)}, could not be read, so no row of it could be published; ask the steward to "
                "send it again, or mend the declaration."
            )
        record_about(connection, "lepas", key, newest.sha256, jabatan=jabatan, alasan=alasan)
    return newest.sha256


def discard(source: Source, table: str, part: str, *, jabatan: str, alasan: str) -> str:
    """Record the decision to take nothing in of the newest batch of a part, which is held; returns its checksum.

    Its bytes stay in the archive. Raises BatchHeld when it is not held, and when it was thrown away already.
    """
    key = Key(source.source, table, part)
    with connect(settings().dsn("loader")) as connection:
        newest = _held(connection, key, "discard")
        if newest.decision == "buang":
            raise BatchHeld(
                f"The newest batch of {_where(key)}, is discarded already; `release` would take it in after all."
            )
        record_about(connection, "buang", key, newest.sha256, jabatan=jabatan, alasan=alasan)
    return newest.sha256


def _held(connection: Connection, key: Key, what: str) -> Newest:
    newest = to_be_decided(connection, key)
    if newest is None:
        raise BatchHeld(f"No batch of {_where(key)}, is known, so none is held; there is nothing to {what}.")
    if newest.status != "held":
        since = f"{newest.finished_at.astimezone(WIB):%d-%m-%Y %H:%M} WIB"
        raise BatchHeld(
            f"The newest batch of {_where(key)}, is not held: it is {newest.status!r} since {since}; there is nothing to {what}."
        )
    return newest


def _where(key: Key) -> str:
    return f"{key.source}.{key.table}, part {key.part!r}"
