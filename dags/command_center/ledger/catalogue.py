"""The declarations as the warehouse last saw them: ops.source_catalogue."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from psycopg import sql

from command_center.database import Connection
from command_center.declaration.source import Source


def replace(
    connection: Connection,
    sources: Iterable[Source],
    openings: Mapping[str, Sequence[Any]] | None = None,
    *,
    kept: Iterable[str] = (),
) -> None:
    """Write the declarations with what would open each to the public, where that is known, and drop those that are gone.

    What was seen last of those that are `kept` stays: a declaration that cannot be read takes no published history away.
    """
    rows = [_row(source, None if openings is None else openings.get(source.source, ())) for source in sources]
    stays = [*(row["source"] for row in rows), *kept]
    connection.execute("delete from ops.source_catalogue where source <> all(%s)", [stays])
    if not rows:
        return
    names = list(rows[0])
    statement = sql.SQL(
        "insert into ops.source_catalogue ({}) values ({}) on conflict (source) do update set {}"
    ).format(
        sql.SQL(", ").join(map(sql.Identifier, names)),
        sql.SQL(", ").join(map(sql.Placeholder, names)),
        sql.SQL(", ").join(sql.SQL("{0} = excluded.{0}").format(sql.Identifier(name)) for name in names),
    )
    with connection.cursor() as cursor:
        cursor.executemany(statement, rows)


def _row(source: Source, openings: Sequence[Any] | None) -> dict[str, object]:
    computed = {"access": source.access} | ({} if openings is None else {"openings": list(openings)})
    return {
        "source": source.source,
        "title": source.title,
        "opd": source.opd,
        "opd_name": source.opd_name,
        "owner": source.owner,
        "steward": source.steward,
        "schedule": source.schedule,
        "freshness_hours": source.freshness.total_seconds() / 3600,
        "answer_hours": source.silence.total_seconds() / 3600,
        "attribution": source.attribution,
        "maturity": source.maturity,
        "declared": json.dumps(source.model_dump(mode="json") | computed),
    }
