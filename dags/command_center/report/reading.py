"""Reads what one report says: one connection, one snapshot, and nothing that is another kecamatan's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Any, TypeVar

import psycopg

from command_center.database import Connection, all_rows, all_values, connect, first_value
from command_center.errors import DeliveryError, IntegrityError
from command_center.report import queries
from command_center.report.document import Context, FactKey
from command_center.report.figures import Figure
from command_center.report.rows import (
    Activity,
    Agency,
    Area,
    Attention,
    Call,
    Cases,
    Definition,
    Disaster,
    Disasters,
    Event,
    Field,
    Junction,
    Now,
    Point,
    Response,
    Rule,
    Shape,
    Since,
    SourceState,
    Topic,
    Votes,
    WeatherWarning,
)
from command_center.report.wording import months_before
from command_center.settings import CITY_CODE, WIB, settings

T = TypeVar("T")


@contextmanager
def snapshot(dsn: str) -> Iterator[Connection]:
    """A connection that reads one moment of the mart, and writes nothing."""
    with connect(dsn) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        yield connection


@dataclass(frozen=True)
class Reader:
    """What the mart says of one area in one month (or, of a week, in the week), to one role.

    `kecamatan` is the camat whose role asks; None for officials, who see the whole city.
    """

    connection: Connection
    kode: str
    month: date
    kecamatan: str | None
    answers: dict[object, list[Any]] = field(default_factory=dict, repr=False, compare=False)

    def of(self, kode: str) -> Reader:
        """The same snapshot about another area of the same role: what is the same of both is asked once."""
        return Reader(self.connection, kode, self.month, self.kecamatan, self.answers)

    def rows(self, kind: type[T], query: str, **values: object) -> list[T]:
        """Rows of which none is another kecamatan's. Raises IntegrityError where one is."""
        given = {"kode": self.kode, "month": self.month} | values
        used = {name: value for name, value in given.items() if f"%({name})s" in query}
        key = (query, str(used))
        if key not in self.answers:
            self.answers[key] = self._ask(kind, query, used)
        return self.answers[key]

    def _ask(self, kind: type[T], query: str, values: dict[str, object]) -> list[T]:
        found = all_rows(self.connection, kind, query, values)
        if self.kecamatan is not None and any(self._is_foreign(row) for row in found):
            raise _foreign(self.kecamatan, kind.__name__)
        return found

    def _is_foreign(self, row: object) -> bool:
        return getattr(row, "kode_kecamatan", None) not in (None, self.kecamatan)

    @property
    def last(self) -> date:
        return months_before(self.month, -1) - timedelta(days=1)

    @property
    def place(self) -> str:
        """The area whose camat reads, or the city."""
        return self.kecamatan or CITY_CODE

    @cached_property
    def area(self) -> Area:
        areas = self.rows(Area, queries.AREA)
        if len(areas) != 1:
            raise DeliveryError(
                f"No area has the code {self.kode}; write a kecamatan as 13.71.09 or a kelurahan as 13.71.09.1001."
            )
        return areas[0]

    def require_month(self) -> None:
        """Raises DeliveryError where the mart has no figures of the month."""
        months = self.months
        if self.month not in months:
            known = f"{months[0]:%Y-%m} to {months[-1]:%Y-%m}" if months else "none"
            raise DeliveryError(
                f"The mart has no figures of {self.month:%Y-%m} for {self.place}; it has {known}: choose one of these "
                "months, or build the warehouse (transform) after the data have come."
            )

    @cached_property
    def months(self) -> list[date]:
        """Of which the mart has figures."""
        return all_values(self.connection, date, queries.MONTHS, {"kode": self.place})

    @property
    def is_newest(self) -> bool:
        return self.month == self.months[-1]

    @cached_property
    def _figures(self) -> list[Figure]:
        months = [self.month, months_before(self.month, 1)]
        return self.rows(Figure, queries.FIGURES, months=months, tingkat=self.area.tingkat)

    @property
    def figures(self) -> list[Figure]:
        return [figure for figure in self._figures if figure.bulan == self.month]

    @property
    def figures_before(self) -> list[Figure]:
        """What an edition of the month before would say now."""
        return [figure for figure in self._figures if figure.bulan != self.month]

    @cached_property
    def all_kecamatan(self) -> list[Figure]:
        """For officials: the figures of every kecamatan."""
        return self.rows(Figure, queries.FIGURES, months=[self.month], tingkat="kecamatan", kode=None)

    @cached_property
    def kelurahan(self) -> list[Figure]:
        """All kelurahan of the kecamatan."""
        return self.rows(Figure, queries.KELURAHAN, kecamatan=self.kecamatan, last=self.last)

    def kelurahan_of(self, kode: str) -> list[Figure]:
        return [figure for figure in self.kelurahan if figure.indikator_kode == kode]

    @property
    def own_kelurahan(self) -> list[Figure]:
        """Of a kelurahan: its own figures."""
        return [figure for figure in self.kelurahan if figure.wilayah_kode == self.kode]

    def series(self, codes: Sequence[str]) -> dict[str, list[Point]]:
        """Twelve months, the last of them the edition's."""
        points = self.rows(
            Point, queries.SERIES, codes=list(codes), first=months_before(self.month, 11), last=self.last
        )
        return {code: [point for point in points if point.indikator_kode == code] for code in codes}

    @cached_property
    def diseases(self) -> list[Cases]:
        """Of the epidemiological weeks that end in the month."""
        return self.rows(Cases, queries.DISEASES, first=self.month, last=self.last)

    @cached_property
    def activities(self) -> list[Activity]:
        return self.rows(Activity, queries.ACTIVITIES)

    @cached_property
    def topics(self) -> list[Topic]:
        return self.rows(Topic, queries.TOPICS)

    @property
    def newest_topics(self) -> list[Topic]:
        return self.rows(Topic, queries.TOPICS, month=self.months[-1]) if self.months else []

    @cached_property
    def agencies(self) -> list[Agency]:
        return self.rows(Agency, queries.AGENCIES)

    @cached_property
    def attention(self) -> list[Attention]:
        return self.rows(Attention, queries.ATTENTION, kode=self.kecamatan)

    @cached_property
    def rules(self) -> dict[str, Rule]:
        return {rule.aturan_kode: rule for rule in self.rows(Rule, queries.RULES)}

    @cached_property
    def since(self) -> dict[str, date]:
        return {row.indikator_kode: row.sejak for row in self.rows(Since, queries.SINCE, last=self.last)}

    @cached_property
    def sources(self) -> list[SourceState]:
        return self.rows(SourceState, queries.SOURCES)

    @cached_property
    def fields(self) -> list[Field]:
        return self.rows(Field, queries.FIELDS, levels=[self.area.tingkat])

    @cached_property
    def all_fields(self) -> list[Field]:
        """For officials: of the city and of every kecamatan."""
        return self.rows(Field, queries.FIELDS, levels=["kota", "kecamatan"], kode=None)

    @cached_property
    def disasters(self) -> list[Disasters]:
        return self.rows(Disasters, queries.DISASTERS)

    @cached_property
    def response(self) -> Response | None:
        """Of the last twelve months that are over: of no other time."""
        return next(iter(self.rows(Response, queries.RESPONSE)), None) if self.is_newest else None

    @cached_property
    def junctions(self) -> list[Junction]:
        return self.rows(Junction, queries.JUNCTIONS)

    def agenda(self, first: date, last: date) -> list[Event]:
        name = self.area.nama if self.kecamatan else None
        return self.rows(Event, queries.AGENDA, first=first, last=last, kecamatan=name)

    def shapes(self, level: str) -> list[Shape]:
        return self.rows(Shape, queries.SHAPES, tingkat=level, kode=self.kecamatan)

    def definitions(self, codes: Sequence[str]) -> list[Definition]:
        return self.rows(Definition, queries.DEFINITIONS, codes=list(codes))

    def now(self, keys: Sequence[FactKey]) -> list[Now]:
        codes, areas, periods = ([key[part] for key in keys] for part in range(3))
        return self.rows(Now, queries.NOW, codes=codes, areas=areas, periods=periods) if keys else []

    def calls(self, first: date, last: date) -> list[Call]:
        return self.rows(Call, queries.FIRES, first=first, last=last)

    def disaster_events(self, first: date, last: date) -> list[Disaster]:
        return self.rows(Disaster, queries.EVENTS, first=first, last=last)

    def warnings(self, first: date, last: date) -> list[WeatherWarning]:
        return self.rows(WeatherWarning, queries.WARNINGS, start=first, end=last + timedelta(days=1))

    def cases(self, first: date, last: date) -> list[Cases]:
        return self.rows(Cases, queries.DISEASES, first=first, last=last)

    @cached_property
    def votes(self) -> list[Votes]:
        return self.rows(Votes, queries.ELECTIONS)


@contextmanager
def reader_of(kode: str, month: date) -> Iterator[Reader]:
    """Over the login of the area's camat, or the officials' for the city; refused where a camat sees too much."""
    kecamatan = None if kode == CITY_CODE else kode[:8]
    dsn = settings().camat_dsn(kecamatan) if kecamatan else settings().dsn("officials")
    try:
        with snapshot(dsn) as connection:
            if kecamatan:
                refuse_foreign_rows(connection, kecamatan)
            yield Reader(connection, kode, month, kecamatan)
    except psycopg.Error as error:
        reason = str(error).splitlines()[0]
        raise DeliveryError(
            f"The report of {kode} for {month:%Y-%m} could not be read from the mart: {reason}; build the warehouse "
            "(transform), then try again."
        ) from None


def refuse_foreign_rows(connection: Connection, kode: str) -> None:
    """The database must hide what is not this camat's; a lost policy stops every report of it."""
    parts = " union all ".join(
        f"(select '{table}' from mart.{table} where kode_kecamatan <> %(kode)s limit 1)" for table in queries.PROTECTED
    )
    table = first_value(connection, str, parts, {"kode": kode})
    if table is not None:
        raise _foreign(kode, f"mart.{table}")


def _foreign(kode: str, what: str) -> IntegrityError:
    return IntegrityError(
        f"The role of camat {kode} can read another kecamatan's rows of {what}: its row-level policy is missing; no "
        "report was made. Build the warehouse again before delivering."
    )


def newest_week(reader: Reader) -> date | None:
    """The Sunday on which the last complete epidemiological week began."""
    today = settings().now().astimezone(WIB).date()
    return first_value(reader.connection, date, queries.WEEK, {"today": today})


def knows_earlier(context: Context) -> list[FactKey]:
    """Everything that earlier editions said, once."""
    return sorted({key for edition in context.earlier for key in edition.values})
