"""What each raw table must hold, and which of its rows were changed: ops.raw_state and ops.raw_change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from command_center.database import Connection, all_rows, all_values, one_value


@dataclass(frozen=True)
class RawState:
    """Rows of a raw table and the XOR of their hashes, so that a row changed by another hand shows."""

    table_name: str
    row_count: int
    checksum: int


def add(connection: Connection, table: str, *, rows: int, checksum: int, batch_id: int) -> None:
    """Take up what a batch changed: rows more or fewer, and the XOR of the hashes that came and went."""
    connection.execute(
        """
        insert into ops.raw_state as s (table_name, row_count, checksum, batch_id)
        values (%(table)s, %(rows)s, %(checksum)s, %(batch_id)s)
        on conflict (table_name) do update set row_count = s.row_count + excluded.row_count,
            checksum = s.checksum # excluded.checksum, batch_id = excluded.batch_id, changed_at = clock_timestamp()
        """,
        {"table": table, "rows": rows, "checksum": checksum, "batch_id": batch_id},
    )


def note_erasure(connection: Connection, table: str, checksum: int) -> None:
    """Take up what an erasure changed in rows that stay."""
    change = "update ops.raw_state set checksum = checksum # %s::bigint, changed_at = clock_timestamp() where table_name = %s"
    connection.execute(change, [checksum, table])


def note_removal(connection: Connection, table: str, rows: int, checksum: int) -> None:
    """Take up that rows went whose years are over."""
    change = (
        "update ops.raw_state set row_count = row_count - %s, checksum = checksum # %s::bigint, "
        "changed_at = clock_timestamp() where table_name = %s"
    )
    connection.execute(change, [rows, checksum, table])


def all_states(connection: Connection) -> list[RawState]:
    return all_rows(
        connection, RawState, "select table_name, row_count, checksum from ops.raw_state order by table_name"
    )


def changed_at(connection: Connection) -> datetime:
    """When raw last got other rows; 1970 when it never did."""
    return one_value(connection, datetime, "select coalesce(max(changed_at), 'epoch'::timestamptz) from ops.raw_state")


def tables_with_changes(connection: Connection) -> set[str]:
    """Raw tables of which rows were changed or deleted since the last good build."""
    return set(all_values(connection, str, "select distinct table_name from ops.raw_change"))
