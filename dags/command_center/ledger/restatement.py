"""Figures that were published as final and then changed: ops.restatement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from psycopg import sql

from command_center.database import Connection, all_rows

FIGURE = "indikator_kode, indikator_nama, domain, wilayah_kode, wilayah_nama, periode_mulai, periode_label"
VALUES = "nilai_lama, nilai_baru, lama_teks, baru_teks, is_simulasi"


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


@dataclass(frozen=True)
class Restated:
    """A final figure that an edition told otherwise than the one before it."""

    lama_teks: str
    baru_teks: str | None
    sebab: str
    created_at: datetime


def of_figure(connection: Connection, kode: str, wilayah: str, since: date) -> list[Restated]:
    """How one figure changed after it was published as final, oldest first."""
    return all_rows(
        connection,
        Restated,
        "select lama_teks, baru_teks, sebab, created_at from ops.restatement "
        "where indikator_kode = %s and wilayah_kode = %s and periode_mulai = %s order by restatement_id",
        [kode, wilayah, since],
    )
