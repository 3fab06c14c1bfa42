"""Cells that an agency mended in a rejection sheet, put into the rows of the answer that they were set aside of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from psycopg import sql

from command_center.database import Connection
from command_center.intake.quarantine import LONGEST
from command_center.intake.stage import Stage, type_anew
from command_center.ledger.mending import Mended


def mend(connection: Connection, staged: Stage, mended: Sequence[Mended]) -> int:
    """Replace the texts, each only where it says what it said when the agency saw it; how many did."""
    type_anew(connection, staged, [one.row_number for one in mended])
    stored = {column.name for column in staged.table.stored}
    by_column: dict[str, list[Mended]] = defaultdict(list)
    for one in mended:
        if one.column in stored:
            by_column[one.column].append(one)
    return sum(_mend_column(connection, staged, column, cells) for column, cells in by_column.items())


def _mend_column(connection: Connection, staged: Stage, column: str, cells: Sequence[Mended]) -> int:
    query = sql.SQL(
        """
        update {text} as x set {column} = m.nilai
        from unnest(%s::bigint[], %s::text[], %s::text[]) as m(row_number, expect, nilai)
        where x._row = m.row_number and (
            select case when length(shown) > {longest} then left(shown, {longest}) || '…' else shown end
            from (select case when ops.memuat_pribadi(x.{column}) then ops.samarkan(x.{column}) else x.{column} end) as s(shown)
        ) is not distinct from ops.samarkan(m.expect)
        """
    ).format(text=staged.text, column=sql.Identifier(column), longest=sql.Literal(LONGEST))
    values = [[one.row_number for one in cells], [one.expect for one in cells], [one.nilai for one in cells]]
    return connection.execute(query, values).rowcount
