"""What Great Expectations found in a batch: one row of ops.audit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from command_center.database import Connection, all_rows, one_value


@dataclass(frozen=True)
class Audit:
    """The validation result of one batch, in Great Expectations' own form."""

    batch_id: int
    part: str
    finished_at: datetime | None
    result: dict[str, Any]


def record(connection: Connection, batch_id: int, *, success: bool, result: Mapping[str, object]) -> None:
    connection.execute(
        "insert into ops.audit (batch_id, success, result) values (%s, %s, %s)", [batch_id, success, Jsonb(result)]
    )


def newest_batch(connection: Connection) -> int:
    """The newest audited batch; 0 before the first."""
    return one_value(connection, int, "select coalesce(max(batch_id), 0)::int from ops.audit")


def newest(connection: Connection) -> list[Audit]:
    """The newest audit of each table and part."""
    return all_rows(
        connection,
        Audit,
        """
        select distinct on (source, table_name, part) b.batch_id, b.part, b.finished_at, a.result
        from ops.audit as a join ops.batch as b using (batch_id)
        order by source, table_name, part, b.batch_id desc
        """,
    )
