"""Whether the streaming replica that Superset reads from follows the primary, and how far it is behind."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

import psycopg

from command_center.database import Connection, connect, one_row
from command_center.settings import settings

log = logging.getLogger(__name__)

LIMIT = timedelta(minutes=5)  # as the alert ReplicaLags of docker/prometheus/rules.yml
PATIENCE_S = 3  # a scrape of Prometheus waits ten
PRIMARY = "select pg_current_wal_flush_lsn()::text as position, clock_timestamp() as now"
# Compared with the primary and not with what was received, for a replica that is cut off receives nothing to be behind of.
REPLICA = """
    select pg_is_in_recovery() as follows, pg_last_xact_replay_timestamp() as shown_at,
        greatest(pg_wal_lsn_diff(%s::pg_lsn, pg_last_wal_replay_lsn()), 0)::bigint as behind
"""


@dataclass(frozen=True)
class Written:
    """Up to where the primary's log is on disk, by its clock."""

    position: str
    now: datetime


@dataclass(frozen=True)
class Replayed:
    """When what a replica shows last was committed, and how much of the log it lacks."""

    follows: bool
    shown_at: datetime | None
    behind: int | None


@dataclass(frozen=True)
class Replica:
    """How a replica is; the lag of one that does not follow is not known."""

    answers: bool
    follows: bool = False
    lag_bytes: int | None = None
    lag_s: float | None = None


def look(primary: Connection) -> Replica | None:
    """Ask the primary first, so that what it writes meanwhile is no lag; None where CC_REPLICA_ADDRESS names no replica."""
    if not settings().cc_replica_address:
        return None
    written = one_row(primary, Written, PRIMARY)
    try:
        with connect(settings().replica_dsn("loader"), patience_s=PATIENCE_S) as connection:
            replayed = one_row(connection, Replayed, REPLICA, [written.position])
    except psycopg.OperationalError as error:
        log.warning("The replica does not answer: %s", " ".join(str(error).split()))
        return Replica(answers=False)
    if not replayed.follows:
        return Replica(answers=True)
    return Replica(True, True, replayed.behind, _age(written.now, replayed))


def _age(now: datetime, replayed: Replayed) -> float | None:
    """How old what is shown is at most; nothing that was committed is missing where no log is."""
    if not replayed.behind:
        return 0.0
    return None if replayed.shown_at is None else max((now - replayed.shown_at).total_seconds(), 0.0)


def sentence(replica: Replica) -> str | None:
    """What is wrong with it and what to do, for those who look after the data."""
    where = f"Replika basis data yang dibaca dasbor ({settings().cc_replica_address})"
    back = "Perbaiki, atau kosongkan CC_REPLICA_ADDRESS agar dasbor membaca basis data utama (docs/scaling.md)."
    if not replica.answers:
        return f"{where} tidak menjawab, sehingga dasbor tidak menampilkan angka. {back}"
    if not replica.follows:
        return f"{where} tidak lagi mengikuti basis data utama: terbitan baru tidak sampai di sana. {back}"
    if replica.lag_s is None or replica.lag_s <= LIMIT.total_seconds():
        return None
    return f"{where} tertinggal {replica.lag_s / 60:.0f} menit, sehingga dasbor menampilkan terbitan yang lebih lama. {back}"
