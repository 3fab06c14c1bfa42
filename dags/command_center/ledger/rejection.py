"""Which of the rows that are set aside their agency was told of, in which sheet: ops.rejection_sheet and ops.rejection_told.

A row that comes again as it was is no news: it is known by what it says, not by its number in the ledger. It was told once its
sheet went out, or may have; a sheet that surely did not arrive told nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from psycopg import sql

from command_center.database import Connection, all_rows, first_row, one_row
from command_center.ledger.waiting import OPEN, corrected


@dataclass(frozen=True)
class Waiting:
    """The rows of an agency that are set aside, those of which no sheet told yet, and the last sheet."""

    opd: str
    opd_name: str
    rows: int
    new_rows: int
    last_made_at: datetime | None
    last_status: str | None


@dataclass(frozen=True)
class Counted:
    """The same for one table."""

    source: str
    table: str
    title: str
    rows: int
    new_rows: int


@dataclass(frozen=True)
class SetAside:
    """One broken rule of one row; `told_at` is None where no sheet told of it."""

    quarantine_id: int
    fingerprint: str
    source: str
    table: str
    title: str
    part: str
    batch_id: int
    row_number: int
    place: str
    column: str
    value: str | None
    reason: str
    payload: Mapping[str, object]
    told_at: datetime | None
    opd_name: str
    steward: str
    is_simulated: bool


@dataclass(frozen=True)
class NewSheet:
    """A workbook that is to be mailed."""

    opd: str
    opd_name: str
    token: str
    sha256: str
    rows: int
    new_rows: int


@dataclass(frozen=True)
class Sheet:
    """The last sheet of an agency, and what became of its mail."""

    sheet_id: int
    token: str
    made_at: datetime
    status: str | None
    message_id: str | None
    recipient: str | None


@dataclass(frozen=True)
class Id:
    sheet_id: int


GATHERED = f"""
    create temporary table set_aside_now as {OPEN}
    select o.*, c.title, c.opd_name, c.steward, b.is_simulasi, encode(sha256(convert_to(concat_ws(
        chr(31), o.source, o.table_name, o.part, o.column_name, o.reason,
        case when o.payload = '{{{{}}}}' then o.place else o.payload::text end
    ), 'UTF8')), 'hex') as fingerprint
    from open as o join ops.source_catalogue as c using (source) join ops.batch as b using (batch_id)
"""
# A bounced sheet told whoever reads that address nothing; it is not tried again before the address is another one.
MARKED = """
    with told as (
        select t.fingerprint, min(s.made_at) as told_at
        from ops.rejection_told as t join ops.rejection_sheet as s using (sheet_id) join ops.delivery as d using (sheet_id)
        where d.status in ('sending', 'sent', 'tak_pasti')
            or (d.status = 'bounced' and d.recipient = replace(%(address)s, '{opd}', s.opd))
        group by t.fingerprint
    ),
    marked as (
        select n.*, t.told_at, bool_and(t.told_at is not null) over (partition by n.batch_id, n.row_number) as is_known
        from set_aside_now as n left join told as t using (fingerprint)
    )
"""
COUNTS = "count(distinct (m.batch_id, m.row_number)) as rows, count(distinct (m.batch_id, m.row_number)) filter (where not m.is_known)"


def gather(connection: Connection) -> None:
    """What is set aside now, kept for this session: the queries below ask it, for to find it takes longest."""
    which = {"source": None, "table": None, "batch_id": None, "only_taken": False}
    connection.execute("drop table if exists pg_temp.set_aside_now")
    connection.execute(sql.SQL(GATHERED).format(corrected=corrected(connection, None)), which)
    connection.execute("analyze set_aside_now")


def waiting(connection: Connection, address: str) -> list[Waiting]:
    """Every agency of which rows are set aside; `address` is the setting, with its mark for the agency."""
    query = f"""
        {MARKED}
        select m.opd, min(m.opd_name) as opd_name, {COUNTS} as new_rows, max(s.made_at) as last_made_at, max(s.status) as last_status
        from marked as m left join lateral (
            select n.made_at, d.status from ops.rejection_sheet as n left join ops.delivery as d using (sheet_id)
            where n.opd = m.opd order by n.sheet_id desc limit 1
        ) as s on true
        group by m.opd order by m.opd
    """
    return all_rows(connection, Waiting, query, {"address": address})


def counts(connection: Connection, opd: str, address: str) -> list[Counted]:
    query = f"""
        {MARKED}
        select m.source, m.table_name as table, min(m.title) as title, {COUNTS} as new_rows
        from marked as m where m.opd = %(opd)s group by m.source, m.table_name order by m.source, m.table_name
    """
    return all_rows(connection, Counted, query, {"address": address, "opd": opd})


def set_aside(connection: Connection, opd: str, address: str, most: int) -> list[SetAside]:
    """The rows of an agency that are set aside, at most so many rows, those of which no sheet told first."""
    names = ", ".join(f"m.{name}" for name in SetAside.__dataclass_fields__)
    query = f"""
        {MARKED}
        select {names} from (
            select m.*, m.table_name as table, m.column_name as column, m.is_simulasi as is_simulated,
                dense_rank() over (order by m.is_known, m.source, m.table_name, m.part, m.batch_id, m.row_number) as nth
            from marked as m where m.opd = %(opd)s
        ) as m where nth <= %(most)s order by nth, column_name, reason
    """
    return all_rows(connection, SetAside, query, {"address": address, "opd": opd, "most": most})


def of_rows(connection: Connection, opd: str, rows: Iterable[tuple[int, int]], until: datetime) -> list[SetAside]:
    """What was set aside of these rows (batch and number) of an agency until a moment, whether or not it came right since."""
    asked = list(rows)
    query = """
        select q.quarantine_id, '' as fingerprint, q.source, q.table_name as table, c.title, b.part, q.batch_id, q.row_number,
            q.place, q.column_name as column, q.value, q.reason, q.payload, null::timestamptz as told_at, c.opd_name, c.steward,
            b.is_simulasi as is_simulated
        from ops.quarantine as q join ops.batch as b using (batch_id) join ops.source_catalogue as c on c.source = q.source
        where q.opd = %s and q.created_at <= %s and (q.batch_id, q.row_number) in (
            select * from unnest(%s::bigint[], %s::bigint[])
        )
        order by q.batch_id, q.row_number, q.column_name, q.reason
    """
    return all_rows(
        connection, SetAside, query, [opd, until, [batch for batch, _ in asked], [number for _, number in asked]]
    )


def last_sheet(connection: Connection, opd: str) -> Sheet | None:
    return first_row(
        connection,
        Sheet,
        "select s.sheet_id, s.token, s.made_at, d.status, d.message_id, d.recipient "
        "from ops.rejection_sheet as s left join ops.delivery as d using (sheet_id) "
        "where s.opd = %s order by s.sheet_id desc limit 1",
        [opd],
    )


def enter(connection: Connection, new: NewSheet, told: Iterable[SetAside]) -> int:
    """Enter a sheet and what it is the first to tell; one of this token, which did not go out, becomes this one."""
    sheet_id = one_row(
        connection,
        Id,
        """
        insert into ops.rejection_sheet (opd, opd_name, token, sha256, rows, new_rows)
        values (%(opd)s, %(opd_name)s, %(token)s, %(sha256)s, %(rows)s, %(new_rows)s)
        on conflict (token) do update set sha256 = excluded.sha256, rows = excluded.rows, new_rows = excluded.new_rows,
            made_at = clock_timestamp()
        returning sheet_id
        """,
        new.__dict__,
    ).sheet_id
    connection.execute("delete from ops.rejection_told where sheet_id = %s", [sheet_id])
    with connection.cursor() as cursor:
        cursor.executemany(
            "insert into ops.rejection_told (sheet_id, fingerprint, quarantine_id) values (%s, %s, %s) on conflict do nothing",
            [(sheet_id, one.fingerprint, one.quarantine_id) for one in told],
        )
    return sheet_id
