"""Rows of raw whose years are over: what a declaration says under `retention.curated_years` is done.

A calendar year goes as a whole, so that no figure of a week, month or year that stays is made of half its rows. Where an answer is
all that its part has (`snapshot`), a part goes as a whole too, once all that it tells is too old; elsewhere each row by its own time.
What is newest in a table stays, however old. Core follows by the keys of deleted rows.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from psycopg import sql

from command_center.database import Connection, first_row, one_row
from command_center.declaration.source import Source, Table, raw_table
from command_center.errors import SourceBusy
from command_center.intake import coverage
from command_center.intake.publication import Rows, lock
from command_center.ledger import batch, raw_state, trail


@dataclass(frozen=True)
class Removed:
    """Rows of a table that went; `is_busy` where it was being loaded, so that they go another night."""

    table: str
    rows: int
    is_busy: bool = False


@dataclass(frozen=True)
class _Newest:
    """The part of a table that tells of the newest time."""

    part: str
    until: datetime


def remove_expired(connection: Connection, sources: Iterable[Source], now: datetime) -> list[Removed]:
    """Each table in a transaction of its own; those of which nothing was too old are not told."""
    connection.commit()
    found = []
    for source in sources:
        for name, table in source.tables.items():
            try:
                with connection.transaction():
                    lock(connection, raw_table(source.source, name))
                    rows = _remove(connection, source, name, table, coverage.first_kept(source, now))
                found += [Removed(raw_table(source.source, name), rows)] if rows else []
            except SourceBusy:
                found.append(Removed(raw_table(source.source, name), 0, is_busy=True))
    return found


def _remove(connection: Connection, source: Source, name: str, table: Table, limit: datetime) -> int:
    raw = raw_table(source.source, name)
    is_whole = table.mode == "snapshot"
    parts = _expired_parts(connection, source, name, limit) if is_whole else []
    condition = sql.SQL("t._part = any({})").format(sql.Literal(parts)) if is_whole else _is_old(table, limit)
    newest = None if is_whole else _newest(connection, raw, table)
    if newest is not None and newest.until <= limit:  # nothing of the table is newer
        condition = sql.SQL("{} and t._part <> {}").format(condition, sql.Literal(newest.part))
    gone = one_row(
        connection,
        Rows,
        sql.SQL(
            "with gone as (delete from {} as t where {} returning t) "
            "select count(*) as rows, coalesce(bit_xor(hash_record_extended(gone.t, 0)), 0) as checksum from gone"
        ).format(sql.Identifier("raw", raw), condition),
    )
    if gone.rows:
        raw_state.note_removal(connection, raw, gone.rows, gone.checksum)
        kept = newest.part if newest is not None and newest.until <= limit else None
        batch.forget_before(connection, source.source, name, limit, parts=parts if is_whole else None, kept=kept)
        told = {"retensi_tahun": source.retention.curated_years, "sebelum": f"{limit:%Y-%m-%d}", "baris": gone.rows}
        trail.record(connection, "penghapusan", f"raw.{raw}", None, told)
    return gone.rows


def _expired_parts(connection: Connection, source: Source, name: str, limit: datetime) -> list[str]:
    """By the ledger, or else by the period in a part's name; the newest of the table is none."""
    ends = {
        part: until or (span.end if (span := coverage.span_of(part)) else None)
        for part, until in batch.parts_until(connection, source.source, name).items()
    }
    known = {part: until for part, until in ends.items() if until is not None}
    newest = max(known, key=lambda part: known[part], default=None)
    return sorted(part for part, until in known.items() if until <= limit and part != newest)


def _end(table: Table) -> sql.Composed:
    """When what a row `t` tells of is over; of one that tells no time, when it came."""
    return sql.SQL("coalesce({}, t._observed_at)").format(coverage.end(table))


def _is_old(table: Table, limit: datetime) -> sql.Composed:
    return sql.SQL("{} <= {}").format(_end(table), sql.Literal(limit))


def _newest(connection: Connection, raw: str, table: Table) -> _Newest | None:
    query = sql.SQL("select t._part as part, {} as until from {} as t order by 2 desc limit 1")
    return first_row(connection, _Newest, query.format(_end(table), sql.Identifier("raw", raw)))
