"""The unit of time that the as_of of a row stands for, in SQL over a row `t`: a moment, a day, or a period that numbers name."""

from __future__ import annotations

from psycopg import sql

from command_center.declaration.source import Column, Table

DAY_END = "date_trunc('day', {0}) + interval '1 day'"
HALF = "date_trunc('year', {0}) + (extract(month from {0}) > 6)::int * interval '6 months'"
BOUNDS = {
    "moment": ("{0}", "{0}"),
    "day": ("date_trunc('day', {0})", DAY_END),
    "week": ("{0}", "{0} + interval '7 days'"),
    "month": ("date_trunc('month', {0})", "date_trunc('month', {0}) + interval '1 month'"),
    "month_to_date": ("date_trunc('month', {0})", DAY_END),
    "quarter": ("date_trunc('quarter', {0})", "date_trunc('quarter', {0}) + interval '3 months'"),
    "semester": (HALF, HALF + " + interval '6 months'"),
    "year": ("date_trunc('year', {0})", "date_trunc('year', {0}) + interval '1 year'"),
}
# The first day of the so-manieth of a year; weeks begin on Sundays, and the first has 4 January in it.
NUMBERED = {
    "week": "date_trunc('day', {0} + interval '3 days') - extract(dow from {0} + interval '3 days') * interval '1 day' "
    "+ ({1} - 1) * interval '7 days'",
    "month": "{0} + ({1} - 1) * interval '1 month'",
    "quarter": "{0} + ({1} - 1) * interval '3 months'",
    "semester": "{0} + ({1} - 1) * interval '6 months'",
}


def bounds(table: Table, of: str) -> list[sql.Composed]:
    """Start and end of the unit of time in which the as_of of a row `t` lies."""
    value = _value(table)
    return [sql.SQL(template).format(value) for template in BOUNDS[of]]


def unit(table: Table) -> str:
    """What the as_of of a row stands for."""
    column = table.as_of_columns[0]
    if table.period is not None:
        return table.period
    if column.type == "date":
        return "month" if column.date == "MMMM yyyy" else "day"
    return "moment"


def _value(table: Table) -> sql.Composed:
    """as_of as a time; the session's clock is the city's."""
    if table.as_of_columns[0].type != "integer":
        return sql.SQL("{}::timestamptz").format(sql.Identifier("t", table.as_of_columns[0].name))
    year, *numbers = (_within(column, *bounds) for column, bounds in zip(table.as_of_columns, SENSIBLE, strict=False))
    first = sql.SQL("make_timestamptz({}, 1, 1, 0, 0, 0)").format(year)
    return sql.SQL(NUMBERED[table.period or ""]).format(first, *numbers) if numbers else first


SENSIBLE = ((1900, 2200), (1, 53))  # a year, and its weeks, months, quarters or halves


def _within(column: Column, least: int, most: int) -> sql.Composed:
    """The number; null where it makes no date."""
    template = "(case when {0} between {1} and {2} then {0} end)::int"
    return sql.SQL(template).format(sql.Identifier("t", column.name), sql.Literal(least), sql.Literal(most))
