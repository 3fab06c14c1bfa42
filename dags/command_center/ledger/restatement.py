"""Figures that were published as final and then changed: ops.restatement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from psycopg import sql

from command_center.database import Connection, all_rows

FIGURE = "indikator_kode, indikator_nama, domain, wilayah_kode, wilayah_nama, periode_mulai, periode_label"
VALUES = "nilai_lama, nilai_baru, lama_teks, baru_teks, is_simulasi"


@dataclass(frozen=True)
class Restated:
    """A figure as it was told and as it is told now; without a new text it is told no more."""

    indikator_kode: str
    wilayah_kode: str
    periode_label: str
    lama_teks: str
    baru_teks: str | None
    sebab: str
    batches: list[int]
    created_at: datetime


def record(connection: Connection, figures: sql.Composable, values: Mapping[str, object]) -> int:
    """Enter what a query finds (FIGURE, VALUES and the `source` of the indicator's own data); how many there are.

    With each go the batches of that source which this build was the first to take: the change is theirs, unless it came from
    another source that the figure is made of. `values`: invocation_id, sebab, edition_at.
    """
    found = connection.execute(
        sql.SQL(
            f"""
            insert into ops.restatement ({FIGURE}, {VALUES}, invocation_id, sebab, edition_at, batches)
            select {FIGURE}, {VALUES}, %(invocation_id)s, %(sebab)s, %(edition_at)s, coalesce(baru.batches, array[]::bigint[])
            from ({{}}) as angka
            left join (
                select source, array_agg(batch_id order by batch_id) as batches
                from ops.batch cross join ops.dbt_span as span
                where status = 'published' and pg_visible_in_snapshot(published_xid, span.until)
                    and (span.since is null or not pg_visible_in_snapshot(published_xid, span.since))
                group by source
            ) as baru using (source)
            """
        ).format(figures),
        values,
    )
    return found.rowcount


def newest(connection: Connection, limit: int) -> list[Restated]:
    """What changed last, first."""
    return all_rows(
        connection,
        Restated,
        "select indikator_kode, wilayah_kode, periode_label, lama_teks, baru_teks, sebab, batches, created_at "
        "from ops.restatement order by restatement_id desc limit %s",
        [limit],
    )
