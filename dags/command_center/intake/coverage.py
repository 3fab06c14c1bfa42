"""What time the content of a batch covers: from when until when it tells, whenever it came.

The end is that of the newest value of `as_of`, or of the period that the answer is about, once the answer was seen after it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from psycopg import sql

from command_center.database import Connection, first_row
from command_center.declaration.period import period_named
from command_center.declaration.source import Since, Source, Table
from command_center.intake.as_of import bounds, unit
from command_center.intake.stage import Stage
from command_center.settings import WIB

YEAR = timedelta(days=366)


@dataclass(frozen=True)
class Lonely:
    """So few rows so long before all others that their year is mistyped, as far as anybody can tell."""

    rows: int
    oldest: datetime
    following: datetime

    @property
    def footnote(self) -> str:
        rows, tell = (f"{self.rows} rows", "tell") if self.rows > 1 else ("1 row", "tells")
        return (
            f"{rows} {tell} of {_day(self.oldest)} or soon after, the next of {_day(self.following)}: is the year mistyped? "
            "What lies between is taken for unknown"
        )


@dataclass(frozen=True)
class Covered:
    """From when until when, exclusive; None = the content says nothing about time. `lonely`: what lies before `since`."""

    since: datetime | None = None
    until: datetime | None = None
    lonely: Lonely | None = None


@dataclass(frozen=True)
class Told:
    """The oldest moment that the rows speak of without a gap, and the end of the newest."""

    oldest: datetime | None = None
    newest: datetime | None = None
    lonely: Lonely | None = None

    @property
    def is_of_years(self) -> bool:
        return self.oldest is not None and self.newest is not None and self.newest - self.oldest > YEAR


@dataclass(frozen=True)
class Span:
    """A period of the calendar; `end` is exclusive."""

    start: datetime
    end: datetime

    def reached(self, newest: datetime | None, seen_at: datetime, slack: timedelta) -> datetime | None:
        """Until when an answer about this period tells: to its end, if it was seen after that and did not stop long before."""
        is_over = seen_at >= self.end and (newest is None or newest >= self.end - slack)
        return self.end if is_over else newest


def span_of(text: str) -> Span | None:
    """The period that a name tells, None where it tells none."""
    period = period_named(text)
    if period is None:
        return None
    return Span(_midnight(period.first), _midnight(period.last + timedelta(days=1)))


def _day(moment: datetime) -> str:
    return f"{moment.astimezone(WIB):%Y-%m-%d}"


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), WIB)


def first_moment(since: Since) -> datetime | None:
    """The lower bound of the first question as a time; None where it is a number."""
    if since.format == "number":
        return None
    if since.format in ("epoch_s", "epoch_ms"):
        return datetime.fromtimestamp(int(since.first) / (1000 if since.format == "epoch_ms" else 1), WIB)
    moment = datetime.fromisoformat(since.first)
    return moment if moment.tzinfo else moment.replace(tzinfo=WIB)


def told(connection: Connection, source: Source, staged: Stage, fetched_at: datetime) -> Told:
    """What the rows themselves tell; what lies ahead of the answer does not count."""
    if staged.table.as_of is None:
        return Told()
    start, end = bounds(staged.table, unit(staged.table))
    spoken = sql.SQL("select {} as mulai, least({}, {at}) as selesai from {} as t where {} <= {at}").format(
        start, end, staged.typed, start, at=sql.Literal(fetched_at)
    )
    if staged.table.mode == "observation":
        query = sql.SQL(UNBROKEN).format(spoken, sql.Literal(source.freshness))
        return first_row(connection, Told, query) or Told()
    query = sql.SQL("select min(mulai) as oldest, max(selesai) as newest from ({}) as t").format(spoken)
    found = first_row(connection, Told, query) or Told()
    lonely = first_row(connection, Lonely, sql.SQL(LONELY).format(spoken)) if found.is_of_years else None
    return found if lonely is None else Told(lonely.following, found.newest, lonely)


# A list that rolls on may still carry one of long ago: between the two it tells nothing.
UNBROKEN = """
    with spoken as (select distinct mulai, selesai from ({}) as t),
    waits as (select *, mulai - lag(selesai) over (order by mulai) > {} as is_break from spoken),
    unbroken as (select coalesce(max(mulai) filter (where is_break), min(mulai)) as mulai from waits)
    select unbroken.mulai as oldest, (select max(selesai) from spoken) as newest from unbroken
"""

# Fewer than one row in a hundred, more than a year before the next.
LONELY = """
    with months as (
        select date_trunc('month', mulai) as bulan, min(mulai) as mulai, count(*) as rows from ({}) as t group by 1
    ),
    steps as (
        select mulai, bulan - lag(bulan) over before > interval '366 days' as is_after_gap, sum(rows) over before - rows as earlier,
            sum(rows) over () as total, min(mulai) over () as oldest
        from months window before as (order by bulan)
    )
    select earlier::int as rows, oldest, mulai as following from steps
    where is_after_gap and earlier * 100 < total order by mulai desc limit 1
"""


def first_kept(source: Source, now: datetime) -> datetime:
    """The first moment of the years whose rows are kept: the current one, and so many before it."""
    return datetime(now.astimezone(WIB).year - source.retention.curated_years, 1, 1, tzinfo=WIB)


def end(table: Table) -> sql.Composed:
    """When what a row `t` tells of is over; null where it tells no time."""
    return bounds(table, unit(table))[1] if table.as_of_columns else sql.SQL("null::timestamptz").format()


@dataclass(frozen=True)
class Asked:
    """What is known of an answer besides its rows."""

    fetched_at: datetime
    seen_at: datetime
    span: Span | None = None  # that it is about, or that was asked for
    first: datetime | None = None  # where the first question for changes began
    last_until: datetime | None = None  # where the changes go on that were asked for


def covered(connection: Connection, source: Source, staged: Stage, asked: Asked) -> Covered:
    """What time the rows of a batch cover; of years that are over none, where such rows are not taken in."""
    found, first = _covered(connection, source, staged, asked), first_kept(source, asked.fetched_at)
    if staged.table.mode == "snapshot" or found.since is None or found.until is None or found.until <= first:
        return found
    return Covered(max(found.since, first), found.until, found.lonely)


def _covered(connection: Connection, source: Source, staged: Stage, asked: Asked) -> Covered:
    found = told(connection, source, staged, asked.fetched_at)
    if asked.span is not None:
        until = asked.span.reached(found.newest, asked.seen_at, source.freshness)
        is_about_it = until is not None and until >= asked.span.start  # rows of another month say nothing of this
        return Covered(asked.span.start, until) if is_about_it else Covered()
    if found.oldest is None:
        return Covered()
    if asked.last_until is not None:
        return Covered(min(asked.last_until, found.oldest), found.newest, found.lonely)
    is_asked_from = asked.first is not None and found.oldest - source.freshness <= asked.first < found.oldest
    return Covered(asked.first if is_asked_from else found.oldest, found.newest, found.lonely)
