"""When a host that counts requests may be asked again, over all processes: ops.throttle."""

from __future__ import annotations

from psycopg.rows import scalar_row

from command_center.database import Connection


def take_turn(connection: Connection, host: str, *, every_s: float) -> float:
    """Reserve the next turn at a host; seconds until it comes, negative when it has."""
    with connection.cursor(row_factory=scalar_row) as cursor:
        return float(
            cursor.execute(
                """
                insert into ops.throttle as t (host, next_at)
                values (%(host)s, clock_timestamp() + %(step)s * interval '1 second')
                on conflict (host) do update
                    set next_at = greatest(t.next_at, clock_timestamp()) + %(step)s * interval '1 second'
                returning extract(epoch from next_at - clock_timestamp()) - %(step)s
                """,
                {"host": host, "step": every_s},
            ).fetchall()[0]
        )
