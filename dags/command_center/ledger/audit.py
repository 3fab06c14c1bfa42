"""What Great Expectations found in a batch: one row of ops.audit; and what became of the batch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from command_center.database import Connection, all_rows, one_value
from command_center.ledger.batch import Status
from command_center.ledger.decision import STANDING, Kind
from command_center.ledger.waiting import NEWEST


@dataclass(frozen=True)
class Audited:
    """What became of a batch, and the validation result of its rows in Great Expectations' own form, where there is one.

    What is as before was not looked at again: its result is that of the batch `audit_id`.
    """

    batch_id: int
    source: str
    title: str
    table: str
    part: str
    status: Status
    decision: Kind | None
    reason: str
    rows_read: int
    rows_published: int
    rows_unchanged: int
    rows_quarantined: int
    finished_at: datetime
    is_simulasi: bool
    audit_id: int | None
    result: dict[str, Any] | None


def record(connection: Connection, batch_id: int, *, success: bool, result: Mapping[str, object]) -> None:
    connection.execute(
        "insert into ops.audit (batch_id, success, result) values (%s, %s, %s)", [batch_id, success, Jsonb(result)]
    )


def newest_batch(connection: Connection) -> int:
    """The newest audited batch; 0 before the first."""
    return one_value(connection, int, "select coalesce(max(batch_id), 0)::int from ops.audit")


def newest(connection: Connection) -> list[Audited]:
    """The newest batch of each table and part, and every other one that is held now."""
    return all_rows(
        connection,
        Audited,
        f"""
        with held as ({NEWEST})
        select b.batch_id, b.source, coalesce(c.title, b.source) as title, b.table_name as table, b.part, b.status,
            {STANDING} as decision, coalesce(b.reason, '') as reason, coalesce(b.rows_read, 0) as rows_read,
            coalesce(b.rows_published, 0) as rows_published, coalesce(b.rows_unchanged, 0) as rows_unchanged,
            coalesce(b.rows_quarantined, 0) as rows_quarantined, b.finished_at, b.is_simulasi,
            a.batch_id as audit_id, a.result
        from ops.batch as b left join ops.source_catalogue as c using (source)
        left join lateral (
            select a.batch_id, a.result from ops.audit as a join ops.batch as o using (batch_id)
            where (o.source, o.table_name, o.part) = (b.source, b.table_name, b.part)
                and (o.batch_id = b.batch_id or (b.status = 'unchanged' and o.batch_id < b.batch_id))
            order by a.batch_id desc limit 1
        ) as a on true
        where b.batch_id in (select batch_id from held where status = 'held') or b.batch_id in (
            select max(batch_id) from ops.batch where finished_at is not null group by source, table_name, part
        )
        order by b.source, b.table_name, b.part, b.batch_id desc
        """,
        {"source": None},
    )
