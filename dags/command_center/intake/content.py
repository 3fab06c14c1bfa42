"""Of which time the rows of a batch speak, so that a bad row casts doubt on the figures of its own time only."""

from __future__ import annotations

from collections.abc import Sequence

from psycopg import sql

from command_center.database import Connection, has_row
from command_center.declaration.source import Column
from command_center.intake import as_of
from command_center.intake.stage import Stage, known_keys, values_set_aside
from command_center.ledger import content

# Figures are of weeks, months and what months make up: a day or a moment is told by its month.
WITHIN = {"moment": "month", "day": "month", "month_to_date": "month"}
SPANS = """
    with told as (select {names} is_doubtful, count(*) as rows from ({told}) as t group by {names} is_doubtful),
    spans as (select {start} as since, {end} as until, t.is_doubtful, t.rows from told as t)
    select since, until, sum(rows)::bigint as rows_read, coalesce(sum(rows) filter (where is_doubtful), 0)::bigint as rows_doubtful
    from spans where since is not null group by since, until
    union all
    select null, null, {read}, coalesce(sum(rows), 0)::bigint + {rejects} from spans where since is null and is_doubtful
    having coalesce(sum(rows), 0) + {rejects} > 0
"""
WHOLE = """
    select null::timestamptz as since, null::timestamptz as until, {read} as rows_read, count(*) + {rejects} as rows_doubtful
    from ({told}) as t where is_doubtful
"""
TOLD = """
    select {values} {is_doubtful} as is_doubtful from {typed} as t
    union all
    select {values} true from ({set_aside}) as t
"""
DOUBTFUL = "t._row in (select _row from {emptied}) or t._row = any({doubtful})"
# Months begin with a quarter of an hour wherever clocks are set by zones: moments of one quarter need not be looked at one by one.
QUARTER = (
    "case when t.{0} >= '1970-01-01' then date_bin('15 minutes', t.{0}, '2000-01-01 00:00Z') else t.{0} end as {0}, "
)


def note_spans(connection: Connection, staged: Stage, read: int, rejects: int, doubtful: Sequence[int] = ()) -> None:
    """Count the rows by time; `rejects` of the rows `read` could not even be staged, `doubtful` ones break a mild rule."""
    columns = staged.table.as_of_columns
    is_any = doubtful or has_row(connection, sql.SQL("select from {} limit 1").format(staged.emptied))
    is_doubtful = DOUBTFUL if is_any else "false"
    told = sql.SQL(TOLD).format(
        values=sql.SQL("").join(map(_of_quarter, columns)),
        is_doubtful=sql.SQL(is_doubtful).format(
            emptied=staged.emptied, doubtful=sql.SQL("{}::bigint[]").format(list(doubtful))
        ),
        typed=staged.typed,
        set_aside=values_set_aside(staged, columns),
    )
    values = {
        "told": told,
        "names": sql.SQL("").join(sql.SQL("t.{}, ").format(sql.Identifier(column.name)) for column in columns),
        "read": sql.Literal(read),
        "rejects": sql.Literal(rejects),
    }
    content.add(connection, staged.batch_id, _spans(staged, values))


def _of_quarter(column: Column) -> sql.Composed:
    return sql.SQL(QUARTER if column.type == "timestamptz" else "t.{0}, ").format(sql.Identifier(column.name))


def note_gaps(connection: Connection, staged: Stage) -> None:
    """Keep which rows are not there because they were set aside, where the table declares that it matters."""
    if staged.table.gaps:
        content.add_gaps(connection, staged.batch_id, known_keys(staged))


def _spans(staged: Stage, values: dict[str, sql.Composable]) -> sql.Composed:
    if not staged.table.as_of_columns:
        return sql.SQL(WHOLE).format(**values)
    unit = as_of.unit(staged.table)
    start, end = as_of.bounds(staged.table, WITHIN.get(unit, unit))
    return sql.SQL(SPANS).format(**values, start=start, end=end)
