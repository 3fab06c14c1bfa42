"""A person's decision about a held batch: to publish it, or to throw it away.

By command it is about the newest batch of a part, whatever it is, and may undo another one. Who answers a question decides about
what was shown (`looked_at`, a checksum): where other bytes came since, or somebody else has decided, nothing is done.
"""

from __future__ import annotations

from datetime import datetime

from command_center.database import Connection, connect
from command_center.declaration.source import Source
from command_center.errors import BatchHeld
from command_center.ledger.batch import Key
from command_center.ledger.decision import record_about, standing, wait_for_others
from command_center.ledger.waiting import Newest, to_be_decided
from command_center.settings import WIB, settings

DONE = {"lepas": "released", "buang": "discarded"}


def release(source: Source, table: str, part: str, *, jabatan: str, alasan: str, looked_at: str | None = None) -> str:
    """Record the decision to publish the newest batch of a part, which is held, despite its audit; returns its checksum.

    It undoes a discard. Raises BatchHeld when it is not held, and when there is nothing in it that could be published.
    """
    key = Key(source.source, table, part)
    with connect(settings().dsn("loader")) as connection:
        newest = _held(connection, key, "release", looked_at)
        if not newest.was_judged:
            raise BatchHeld(
                f"The newest batch of {_where(key)}, could not be read, so no row of it could be published; ask the steward to "
                "send it again, or mend the declaration."
            )
        record_about(connection, "lepas", key, newest.sha256, jabatan=jabatan, alasan=alasan)
    return newest.sha256


def discard(source: Source, table: str, part: str, *, jabatan: str, alasan: str, looked_at: str | None = None) -> str:
    """Record the decision to take nothing in of the newest batch of a part, which is held; returns its checksum.

    Its bytes stay in the archive. Raises BatchHeld when it is not held, and when it was thrown away already.
    """
    key = Key(source.source, table, part)
    with connect(settings().dsn("loader")) as connection:
        newest = _held(connection, key, "discard", looked_at)
        if newest.decision == "buang":
            raise BatchHeld(
                f"The newest batch of {_where(key)}, is discarded already; `release` would take it in after all."
            )
        record_about(connection, "buang", key, newest.sha256, jabatan=jabatan, alasan=alasan)
    return newest.sha256


def _held(connection: Connection, key: Key, what: str, looked_at: str | None) -> Newest:
    wait_for_others(connection, key)
    if looked_at is not None:
        _must_be_open(connection, key, looked_at)
    newest = to_be_decided(connection, key, looked_at)
    if newest is None and looked_at is not None:
        raise BatchHeld(f"Another batch of {_where(key)}, came since, so nothing was decided; see `held`.")
    if newest is None:
        raise BatchHeld(
            f"No batch of {_where(key)}, is known, so none is held; there is nothing to {what}; see `held`."
        )
    if newest.status != "held":
        raise BatchHeld(
            f"The newest batch of {_where(key)}, is not held: it is {newest.status!r} since {_moment(newest.finished_at)}; there "
            f"is nothing to {what}."
        )
    return newest


def _must_be_open(connection: Connection, key: Key, looked_at: str) -> None:
    decided = standing(connection, key, looked_at)
    if decided is not None:
        raise BatchHeld(
            f"The batch of {_where(key)}, was {DONE[decided.jenis]} already by {decided.jabatan} on "
            f"{_moment(decided.created_at)} ({decided.alasan}); nothing was done a second time."
        )


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(WIB):%d-%m-%Y %H:%M} WIB"


def _where(key: Key) -> str:
    return f"{key.source}.{key.table}, part {key.part!r}"
