"""Rows that were set aside and that their agency mended in the sheet it sent back: ops.perbaikan, by archived answer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from command_center.database import Connection, all_rows, first_row


@dataclass(frozen=True, order=True)
class Place:
    """A row of one table of an archived answer, whatever batch it was read into."""

    landing_id: int
    table: str
    row_number: int


@dataclass(frozen=True)
class Mended:
    """A cell: what it said, as quarantine shows it, and what it says instead."""

    landing_id: int
    table: str
    row_number: int
    column: str
    expect: str | None
    nilai: str | None

    @property
    def place(self) -> Place:
        return Place(self.landing_id, self.table, self.row_number)


@dataclass(frozen=True)
class Issued:
    """A sheet that was mailed, and to whom."""

    sheet_id: int
    opd: str
    opd_name: str
    sha256: str
    made_at: datetime
    recipient: str
    yth: str


@dataclass(frozen=True)
class OfBatch:
    """From which archived answer a batch was read."""

    batch_id: int
    landing_id: int


def issued(connection: Connection, token: str) -> Issued | None:
    """The sheet that has this token, where its mail went out or may have."""
    return first_row(
        connection,
        Issued,
        "select s.sheet_id, s.opd, s.opd_name, s.sha256, s.made_at, d.recipient, d.yth "
        "from ops.rejection_sheet as s join ops.delivery as d using (sheet_id) "
        "where s.token = %s and d.status in ('sending', 'sent', 'tak_pasti')",
        [token],
    )


def landings_of(connection: Connection, batches: Iterable[int]) -> dict[int, int]:
    query = "select batch_id, landing_id from ops.batch where batch_id = any(%s)"
    return {one.batch_id: one.landing_id for one in all_rows(connection, OfBatch, query, [list(batches)])}


def set_aside_now(connection: Connection, opd: str) -> set[Place]:
    """Rows of an agency that are set aside and did not come right since, as `rejection.gather` found them."""
    query = """
        select distinct b.landing_id, n.table_name as table, n.row_number
        from set_aside_now as n join ops.batch as b using (batch_id) where n.opd = %s
    """
    return set(all_rows(connection, Place, query, [opd]))


def of_answer(connection: Connection, landing_id: int, table: str) -> list[Mended]:
    query = """
        select landing_id, table_name as table, row_number, column_name as column, expect, nilai from ops.perbaikan
        where landing_id = %s and table_name = %s order by row_number, column_name
    """
    return all_rows(connection, Mended, query, [landing_id, table])


def keep(connection: Connection, mended: Iterable[Mended], *, sheet_id: int, returned: int) -> None:
    """A cell that was mended before is mended anew; what it said at first stays."""
    with connection.cursor() as cursor:
        cursor.executemany(
            """
            insert into ops.perbaikan (landing_id, table_name, row_number, column_name, expect, nilai, sheet_id, lembar_landing_id)
            values (%(landing_id)s, %(table)s, %(row_number)s, %(column)s, %(expect)s, %(nilai)s, %(sheet_id)s, %(returned)s)
            on conflict (landing_id, table_name, row_number, column_name) do update set nilai = excluded.nilai,
                sheet_id = excluded.sheet_id, lembar_landing_id = excluded.lembar_landing_id, created_at = clock_timestamp()
            """,
            [one.__dict__ | {"sheet_id": sheet_id, "returned": returned} for one in mended],
        )
