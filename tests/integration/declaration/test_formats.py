"""Numbers, dates and times by declared format: what PostgreSQL makes of a text, against Python's own reading."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, get_args

import pytest
from command_center.declaration import formats
from command_center.declaration.formats import expected
from command_center.declaration.source import Column, DateFormat, Table, Volume
from command_center.errors import DeclarationError
from command_center.extract.reading import Reading
from command_center.idformat import MONTH_WORDS
from command_center.intake import stage
from command_center.settings import WIB
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from psycopg import sql

from tests.conftest import Cluster

MONTHS = [
    "Januari",
    "Pebruari",
    "Maret",
    "April",
    "Mei",
    "Juni",
    "Juli",
    "Agt",
    "September",
    "Okt",
    "Nopember",
    "Desember",
]


def typed(cluster: Cluster, texts: list[str | None], **format_: Any) -> list[object]:
    """Values of the texts in order; the string 'rejected' where a text is not of the format, unless `on_bad` says otherwise."""
    format_ = {"on_bad": "row"} | format_
    column = Column(name="nilai", source="Nilai", description="-", classification="publik", **format_)
    table = Table(description="-", mode="snapshot", volume=Volume(max=10_000), columns=[column])
    steps = stage.Stage(1, table, datetime.now(WIB))
    reading = Reading(["nilai"], [(number, False, [text]) for number, text in enumerate(texts, start=1)])
    with cluster.connect("loader") as connection:
        connection.execute("set timezone = 'Asia/Jakarta'")
        stage.create(connection, steps, is_simulated=False)
        stage.copy_rows(connection, steps, reading)
        stage.type_rows(connection, steps)
        found = dict(connection.execute("select _row, nilai from stage.b1").fetchall())  # type: ignore[arg-type, var-annotated]
        connection.rollback()
    return [found.get(number, "rejected") for number in range(1, len(texts) + 1)]


MARKED_ALIKE: list[tuple[str, object]] = [  # however the column's numbers are declared
    ("1'250'000", Decimal(1250000)),
    ("1’250’000,50", Decimal("1250000.50")),
    ("1'250'000.50", Decimal("1250000.50")),
    ("1 250 000,50", Decimal("1250000.50")),
    ("1\u00a0250\u00a0000", Decimal(1250000)),
    ("-12\u202f345\u2009678", Decimal(-12345678)),
    ("1 250", Decimal(1250)),
    ("250-", Decimal(-250)),
    ("1 2", "rejected"),
    ("12 34", "rejected"),
    ("1234 567", "rejected"),
    ("0 250", "rejected"),
    ("1 250 00", "rejected"),
    ("1  250", "rejected"),
    ("1 250'000", "rejected"),
    ("1 250.000,5", "rejected"),
    ("1'2", "rejected"),
    ("7'", "rejected"),
    ("2 250 orang", "rejected"),
    ("250 -", "rejected"),
    ("1-250", "rejected"),
    ("2026-10-", "rejected"),
]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.234,56", Decimal("1234.56")),
        ("36.387.492.566,45", Decimal("36387492566.45")),
        ("(1,00)", Decimal("-1.00")),
        ("-16,25", Decimal("-16.25")),
        ("12345,5", Decimal("12345.5")),
        ("-", None),
        ("", None),
        ("   ", None),
        (None, None),
        ("1,234.56", Decimal("1234.56")),
        ("604,556,442,349.58", Decimal("604556442349.58")),
        ("(604,556.50)", Decimal("-604556.50")),
        ("-1,234,567", Decimal(-1234567)),
        ("1,234", Decimal("1.234")),
        ("0,511.81", "rejected"),
        ("1,234.567.8", "rejected"),
        ("12.34", "rejected"),
        ("2.160,38 M", "rejected"),
        ("1e5", "rejected"),
        ("NaN", "rejected"),
        ("٣", "rejected"),
        ("0.123", "rejected"),
        ("1.23", "rejected"),
        ("(1,00", "rejected"),
        ("1,00)", "rejected"),
        ("-(1,00)", "rejected"),
        ("Rp 1.000", Decimal(1000)),
        ("Rp 1.250.000.000,00", Decimal(1250000000)),
        ("Rp1.250.000", Decimal(1250000)),
        ("rp. 1.250.000,50", Decimal("1250000.50")),
        ("Rp.1.250.000,-", Decimal(1250000)),
        ("1.250.000.000,-", Decimal(1250000000)),
        ("1.250.000,--", Decimal(1250000)),
        ("1.250.000.-", Decimal(1250000)),
        ("-Rp 1.250,50", Decimal("-1250.50")),
        ("Rp -1.250,50", Decimal("-1250.50")),
        ("(Rp\u00a01.250,50)", Decimal("-1250.50")),
        ("Rp (1.250,50)", Decimal("-1250.50")),
        ("Rp 1,250,000.50", Decimal("1250000.50")),
        ("-Rp -1.250", "rejected"),
        ("Rp", "rejected"),
        ("Rp 1.000 M", "rejected"),
        ("R 1.000", "rejected"),
        ("Rp Rp 1.000", "rejected"),
        ("1.250.000-", Decimal(-1250000)),
        ("12,5-", Decimal("-12.5")),
        ("1 250 000,50-", Decimal("-1250000.50")),
        ("Rp 1.000-", "rejected"),  # perhaps below zero, perhaps ,- with a slip
        ("-1.000-", "rejected"),
        ("(1.000-)", "rejected"),
        ("1.000--", "rejected"),
        *MARKED_ALIKE,
        ("(1 250 000,50)", Decimal("-1250000.50")),
        ("1'250,500", Decimal("1250.5")),
        ("1 250.500", "rejected"),  # a third group, or decimals
        ("1 250.5", Decimal("1250.5")),
        ("Rp 1 250 000,-", Decimal(1250000)),
        ("Rp 1’250’000,50", Decimal("1250000.50")),
        ("USD 1.000", "rejected"),
        ("\u00a01.234,5\u00a0", Decimal("1234.5")),
        ("99.999.999.999.999.999,99", Decimal("99999999999999999.99")),
    ],
)
def test_indonesian_numbers(cluster: Cluster, text: str | None, value: object) -> None:
    assert typed(cluster, [text], type="numeric", number="id") == [value]


@pytest.mark.parametrize(
    ("type_", "number", "text", "value"),
    [
        *(("numeric", "plain", *one) for one in MARKED_ALIKE),
        *(("integer", "plain", *one) for one in MARKED_ALIKE if one[0][-3:] not in (",50", ".50")),
        ("numeric", "plain", "1 250.500", Decimal("1250.5")),
        ("numeric", "plain", "1 250,500", "rejected"),
        ("numeric", "plain", "12.5-", Decimal("-12.5")),
        ("integer", "plain", "1 250,5", "rejected"),
        ("integer", "id", "1 250 000,00", 1250000),
        ("integer", "id", "1.250.000-", -1250000),
        ("integer", "id", "1 250,5", "rejected"),
        ("numeric", "id_short", "1 250,5 jt", Decimal(1_250_500_000)),
        ("integer", "id_short", "Rp 1’250", 1250),
        ("numeric", "id_short", "1.250-", Decimal(-1250)),
        ("numeric", "id_short", "12 34 jt", "rejected"),
    ],
)
def test_marks_of_thousands_and_a_minus_behind(
    cluster: Cluster, type_: str, number: str, text: str, value: object
) -> None:
    assert typed(cluster, [text], type=type_, number=number) == [value]


@pytest.mark.parametrize(
    ("type_", "text", "value"),
    [
        ("numeric", "2.160,38 M", Decimal(2_160_380_000_000)),
        ("numeric", "1,2 jt", Decimal(1_200_000)),
        ("numeric", "500 rb", Decimal(500_000)),
        ("numeric", "500rb", Decimal(500_000)),
        ("numeric", "3 T", Decimal(3 * 10**12)),
        ("numeric", "Rp 3,5 Triliun", Decimal(35 * 10**11)),
        ("numeric", "Rp. 12,75 Miliar", Decimal(12_750_000_000)),
        ("numeric", "Rp1.250", Decimal(1250)),
        ("numeric", "-0,5 juta", Decimal(-500_000)),
        ("numeric", "(1,5 M)", Decimal(-1_500_000_000)),
        ("numeric", "0,1234567890123 M", Decimal("123456789.0123")),
        ("numeric", "1.234,56", Decimal("1234.56")),
        ("numeric", "1,2 milyar", Decimal(1_200_000_000)),
        ("numeric", "1.2 jt", "rejected"),
        ("numeric", "1,2 lusin", "rejected"),
        ("numeric", "jt", "rejected"),
        ("numeric", "... M", "rejected"),
        ("numeric", "1 jt 500 rb", "rejected"),
        ("numeric", "-", None),
        ("integer", "1,2 jt", 1_200_000),
        ("integer", "1.234", 1234),
        ("integer", "1,2345 rb", "rejected"),
        ("integer", "999.999.999 T", "rejected"),
    ],
)
def test_numbers_with_a_unit(cluster: Cluster, type_: str, text: str, value: object) -> None:
    assert typed(cluster, [text], type=type_, number="id_short") == [value]


def wib(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=WIB)  # type: ignore[arg-type, misc]


@pytest.mark.parametrize(
    ("format_", "text", "value"),
    [
        ("iso", "2023-04-25T03:05:33WIB", wib(2023, 4, 25, 3, 5, 33)),
        ("iso", "2023-04-25T03:05:33 WITA", wib(2023, 4, 25, 2, 5, 33)),
        ("iso", "2023-04-25 03:05:33wit", wib(2023, 4, 25, 1, 5, 33)),
        ("iso", "2023-04-25T03:05:33WIBB", "rejected"),
        ("iso", "2023-04-25 03:05+07", wib(2023, 4, 25, 3, 5)),
        ("iso", "2023-04-25 03:05:33.250-0330", wib(2023, 4, 25, 13, 35, 33, 250_000)),
        ("iso", "2023-04-25", wib(2023, 4, 25)),
        ("iso", "2023-04-25 03.05", "rejected"),
        ("iso", "2023-04-25 24:00:00", "rejected"),
        ("iso", "2023-04-25T03:05:33Z WIB", "rejected"),
        ("d MMMM yyyy HH:mm", "Jum'at, 14 Pebruari 2025 pukul 07.15 WIB", wib(2025, 2, 14, 7, 15)),
        ("d MMMM yyyy HH:mm", "Jumat 14 Feb. 2025, 07:15:59", wib(2025, 2, 14, 7, 15, 59)),
        ("d MMMM yyyy HH:mm", "14 Feb 2025 07:15 WITA", wib(2025, 2, 14, 6, 15)),
        ("d MMMM yyyy HH:mm", "16 February 2026, 23:00 WIB", wib(2026, 2, 16, 23, 0)),
        ("d MMMM yyyy HH:mm", "14 Feb 2025 07:15 PM", "rejected"),
        ("d MMMM yyyy HH:mm", "14 Feb 2025", "rejected"),
        ("d MMMM yyyy HH:mm", "sampai 14 Feb 2025 07:15", "rejected"),
        ("d MMMM yyyy HH:mm", "2025-02-14T07:15:00", wib(2025, 2, 14, 7, 15)),
        ("dd-MM-yyyy HH:mm", "25-04-2023 03:05", wib(2023, 4, 25, 3, 5)),
        ("dd-MM-yyyy HH:mm", "25-04-2023 03:05:33 WIB", wib(2023, 4, 25, 3, 5, 33)),
        ("dd/MM/yyyy HH:mm", "25/04/2023 03:05:33WIB", wib(2023, 4, 25, 3, 5, 33)),
        ("dd/MM/yyyy HH:mm", "25/04/2023, 03.05", wib(2023, 4, 25, 3, 5)),
        ("dd/MM/yyyy HH:mm", "25/13/2023 03:05", "rejected"),
        ("dd/MM/yyyy HH:mm", "04/25/2023 03:05", "rejected"),
        ("dd/MM/yyyy HH:mm", "25-04-2023 03:05", "rejected"),
        ("dd-MM-yy HH:mm", "25-04-23 03:05:33", wib(2023, 4, 25, 3, 5, 33)),
        ("dd-MM-yy HH:mm", "25-04-85 03:05", wib(1985, 4, 25, 3, 5)),
        ("dd-MM-yyyy", "25-04-2023", wib(2023, 4, 25)),
        ("yyyyMMdd", "20240229", wib(2024, 2, 29)),
        ("rfc822", "Mon, 16 Feb 2026 16:17:19 +0000", wib(2026, 2, 16, 23, 17, 19)),
        ("rfc822", "Mon, 16 Feb 2026 22:50:00 +0700", wib(2026, 2, 16, 22, 50)),
        ("rfc822", "16 Feb 26 22:50 GMT", wib(2026, 2, 17, 5, 50)),
        ("rfc822", "Sen, 16 Feb 2026 22:50:00 WIB", wib(2026, 2, 16, 22, 50)),
        ("rfc822", "Mon, 16 Feb 2026 22:50:00 PST", wib(2026, 2, 17, 13, 50)),
        ("rfc822", "Mon, 16 Feb 2026 22:50:00 +0700 (WIB)", wib(2026, 2, 16, 22, 50)),
        ("rfc822", "Mon, 16 Feb 2026 22:50:00", wib(2026, 2, 16, 22, 50)),
        ("rfc822", "Mon, 31 Feb 2026 22:50:00 GMT", "rejected"),
        ("rfc822", "Mon, 16 Feb 2026 22:50:00 XYZ", "rejected"),
        ("epoch_s", "0", wib(1970, 1, 1, 7)),
        ("epoch_s", "1708070400", wib(2024, 2, 16, 15)),
        ("epoch_s", "1708070400.123456", wib(2024, 2, 16, 15, 0, 0, 123_456)),
        ("epoch_s", "4102444799", wib(2100, 1, 1, 6, 59, 59)),
        ("epoch_s", "4102444800", "rejected"),
        ("epoch_s", "1708070400000", "rejected"),
        ("epoch_s", "-1", "rejected"),
        ("epoch_ms", "1708070400123", wib(2024, 2, 16, 15, 0, 0, 123_000)),
        ("epoch_ms", "1.7e12", "rejected"),
    ],
)
def test_moments(cluster: Cluster, format_: str, text: str, value: object) -> None:
    assert typed(cluster, [text], type="timestamptz", date=format_) == [value]


@pytest.mark.parametrize(
    ("format_", "text", "value"),
    [
        ("MMMM yyyy", "Februari 2025", date(2025, 2, 1)),
        ("MMMM yyyy", "NOPEMBER 2025", date(2025, 11, 1)),
        ("MMMM yyyy", "2025-02-01", date(2025, 2, 1)),
        ("MMMM yyyy", "Semester 2025", "rejected"),
        ("dd-MM-yy", "25-04-23", date(2023, 4, 25)),
        ("dd-MM-yy", "25-04-2023", date(2023, 4, 25)),
        ("dd-MM-yy", "25-04-69", date(2069, 4, 25)),
        ("dd-MM-yy", "25-04-70", date(1970, 4, 25)),
        ("dd-MM-yy", "2023-04-25", date(2023, 4, 25)),
        ("dd/MM/yy", "1/2/23", date(2023, 2, 1)),
        ("dd/MM/yy", "31/02/23", "rejected"),
        ("dd/MM/yy", "31-01-23", "rejected"),
        ("dd-MM-yyyy", "31-02-2024", "rejected"),
        ("dd-MM-yyyy", "25-04-23", "rejected"),
        ("dd/MM/yyyy", "1/2/2024", date(2024, 2, 1)),
        ("dd-MM-yyyy HH:mm", "25-04-2023 23:59", date(2023, 4, 25)),
        ("yyyyMMdd", "20240229", date(2024, 2, 29)),
        ("yyyyMMdd", "20230229", "rejected"),
        ("epoch_ms", "1708102800000", date(2024, 2, 17)),
        ("rfc822", "Mon, 16 Feb 2026 17:00:00 GMT", date(2026, 2, 17)),
        ("rfc822", "Mon, 30 Feb 2026 17:00:00 GMT", "rejected"),
        ("iso", "2024-02-29T00:00:00", date(2024, 2, 29)),
        ("iso", "2024-02-29 00:00:00.000", date(2024, 2, 29)),
        ("iso", "2024-02-29T07:00:00", "rejected"),
        ("iso", "2024-02-29T00:00:00Z", "rejected"),
        ("d MMMM yyyy", "Kamis, 29 Feb. 2024", date(2024, 2, 29)),
        ("d MMMM yyyy", "RABU,5 MEI 2021", date(2021, 5, 5)),
        ("d MMMM yyyy", "Jum’at 5 Agt 2021", date(2021, 8, 5)),
        ("d MMMM yyyy", "29 Febuari 2024", date(2024, 2, 29)),
        ("d MMMM yyyy", "5 Desa 2021", "rejected"),
        ("d MMMM yyyy", "sebelum 5 Mei 2021", "rejected"),
        ("d MMMM yyyy", "5 Mei 21", "rejected"),
    ],
)
def test_days(cluster: Cluster, format_: str, text: str, value: object) -> None:
    assert typed(cluster, [text], type="date", date=format_) == [value]


@pytest.mark.parametrize(
    ("format_", "text", "value"),
    [
        ("HH:mm", "7.15", time(7, 15)),
        ("HH:mm", "07:15:00", time(7, 15)),
        ("HH:mm", "07.15.30", time(7, 15, 30)),
        ("HH:mm", "24.00", "rejected"),
        ("HH:mm:ss", "07:15", "rejected"),
        ("iso", "07:15:00.5", time(7, 15, 0, 500_000)),
    ],
)
def test_times_of_day(cluster: Cluster, format_: str, text: str, value: object) -> None:
    assert typed(cluster, [text], type="time", date=format_) == [value]


@pytest.mark.parametrize(("type_", "format_"), [("time", "dd-MM-yyyy"), ("date", "HH:mm"), ("timestamptz", "HH:mm:ss")])
def test_a_format_that_cannot_give_the_type_is_a_mistake_of_the_declaration(type_: Any, format_: Any) -> None:
    column = Column(name="nilai", source="Nilai", description="-", classification="publik", type=type_, date=format_)
    with pytest.raises(DeclarationError, match=f"format '{format_}' cannot be read as {type_}"):
        formats.typed(column, sql.SQL("x"))


@pytest.mark.parametrize(
    ("format_", "words"),
    [
        ({"type": "numeric", "number": "id_short"}, "bilangan, boleh dengan rb, jt, M atau T, misalnya 2.160,38 M"),
        ({"type": "date", "date": "dd-MM-yy"}, "tanggal, misalnya 14-02-25"),
        ({"type": "timestamptz"}, "tanggal dan jam, misalnya 2025-02-14T07:15:00+07:00"),
        ({"type": "timestamptz", "date": "epoch_s"}, "tanggal dan jam, misalnya 1739492100 (detik sejak 1970)"),
        ({"type": "time", "date": "HH:mm"}, "jam, misalnya 07:15"),
        ({"type": "boolean"}, "ya atau tidak"),
    ],
)
def test_what_the_agency_is_told(format_: dict[str, Any], words: str) -> None:
    assert expected(Column(name="nilai", source="Nilai", description="-", classification="publik", **format_)) == words


@pytest.mark.parametrize("format_", [f for f in get_args(DateFormat) if not f.startswith("HH")])
@pytest.mark.parametrize("type_", ["date", "timestamptz"])
def test_the_example_that_the_agency_is_shown_is_read(cluster: Cluster, type_: str, format_: str) -> None:
    column = Column(
        name="nilai",
        source="Nilai",
        description="-",
        classification="publik",
        type=type_,
        date=format_,
    )
    example = expected(column).partition("misalnya ")[2].partition(" (")[0]
    value = date(2025, 2, 1 if format_ == "MMMM yyyy" else 14)
    [read] = typed(cluster, [example], type=type_, date=format_)
    assert isinstance(read, date)
    assert (read.astimezone(WIB).date() if isinstance(read, datetime) else read) == value


@pytest.mark.parametrize(
    ("format_", "text", "value"),
    [
        ({"type": "integer"}, "0x1F", "rejected"),
        ({"type": "integer"}, "1_000", "rejected"),
        ({"type": "integer"}, "+5", "rejected"),
        ({"type": "integer"}, " 12 ", 12),
        ({"type": "integer"}, "007", 7),
        ({"type": "integer"}, "99999999999999999999", "rejected"),
        ({"type": "integer", "number": "id"}, "1.234", 1234),
        ({"type": "numeric"}, "NaN", "rejected"),
        ({"type": "numeric"}, "Infinity", "rejected"),
        ({"type": "numeric"}, "2160375621454.6", Decimal("2160375621454.6")),
        ({"type": "numeric"}, "3,511.81", Decimal("3511.81")),
        ({"type": "numeric"}, "-1,234,567.5", Decimal("-1234567.5")),
        ({"type": "numeric"}, "1,234,567", Decimal(1234567)),
        ({"type": "numeric"}, "604.556.442.349,58", Decimal("604556442349.58")),
        ({"type": "numeric"}, "-3.511,81", Decimal("-3511.81")),
        ({"type": "numeric"}, "1.234.567", Decimal(1234567)),
        ({"type": "numeric"}, "1.234", Decimal("1.234")),
        ({"type": "numeric"}, "0.511,81", "rejected"),
        ({"type": "integer"}, "1.234.567", 1234567),
        ({"type": "integer"}, "1.234", "rejected"),
        ({"type": "integer", "number": "id"}, "1,234,567", 1234567),
        ({"type": "integer", "number": "id"}, "1,234", "rejected"),
        ({"type": "integer", "number": "id"}, "Rp 1.250.000,00", 1250000),
        ({"type": "integer", "number": "id"}, "(1.250.000,00)", -1250000),
        ({"type": "integer", "number": "id"}, "1.250.000,-", 1250000),
        ({"type": "integer", "number": "id"}, "1.250.000,50", "rejected"),
        ({"type": "integer", "number": "id"}, "1,234,567,00", "rejected"),
        ({"type": "integer"}, "Rp 1.234.567", "rejected"),
        ({"type": "numeric"}, "1e-05", Decimal("0.00001")),
        ({"type": "numeric"}, "-1.5E+3", Decimal(-1500)),
        ({"type": "numeric"}, "1.2345678901234567e+20", Decimal(123456789012345670000)),
        ({"type": "numeric"}, "1e", "rejected"),
        ({"type": "numeric"}, "e5", "rejected"),
        ({"type": "numeric"}, "1e999", "rejected"),
        ({"type": "numeric", "number": "id"}, "1e3", "rejected"),
        ({"type": "integer"}, "1E3", 1000),
        ({"type": "integer"}, "-12e+02", -1200),
        ({"type": "integer"}, "1.37101E+11", "rejected"),  # a spreadsheet rounded it
        ({"type": "integer"}, "1e-3", "rejected"),
        ({"type": "integer"}, "1e13", "rejected"),
        ({"type": "numeric"}, "3,511", "rejected"),  # three thousand, or three and a half
        ({"type": "numeric"}, "3511,81", "rejected"),
        ({"type": "numeric"}, "3,51,181.5", "rejected"),
        ({"type": "numeric"}, "0,511.81", "rejected"),
        ({"type": "numeric"}, "1.234,567.8", "rejected"),
        ({"type": "numeric"}, "3,511.", "rejected"),
        ({"type": "numeric", "capture": "^([0-9.,]+) ?%$"}, "3,511.81 %", Decimal("3511.81")),
        ({"type": "integer"}, "1,234,567", 1234567),
        ({"type": "integer"}, "1,234", "rejected"),
        ({"type": "integer"}, "1,234.5", "rejected"),
        ({"type": "integer"}, "999,999,999,999,999,999", 999999999999999999),
        ({"type": "date"}, "today", "rejected"),
        ({"type": "date"}, "infinity", "rejected"),
        ({"type": "date"}, "2024-02-30", "rejected"),
        ({"type": "date"}, "275760-01-01", "rejected"),
        ({"type": "date"}, "2024-2-3", "rejected"),
        ({"type": "date", "date": "dd/MM/yyyy"}, "10/11/2024", date(2024, 11, 10)),
        ({"type": "date", "date": "dd/MM/yyyy"}, "31/02/2024", "rejected"),
        ({"type": "date", "date": "dd/MM/yyyy"}, "2024-11-10", date(2024, 11, 10)),
        ({"type": "date", "date": "d MMMM yyyy"}, "Jum'at, 14 Pebruari 2025", date(2025, 2, 14)),
        ({"type": "date", "date": "d MMMM yyyy"}, "1 Agt 2025", date(2025, 8, 1)),
        ({"type": "date", "date": "d MMMM yyyy"}, "31 Nopember 2025", "rejected"),
        ({"type": "date", "date": "d MMMM yyyy"}, "1 Blah 2025", "rejected"),
        (
            {"type": "timestamptz", "date": "d MMMM yyyy HH:mm"},
            "20 Agustus 2021 07:15 WIB",
            datetime(2021, 8, 20, 7, 15, tzinfo=WIB),
        ),
        (
            {"type": "timestamptz", "date": "yyyy/MM/dd HH:mm", "timezone": "UTC"},
            "2024/02/29  23:59:58.125",
            datetime(2024, 3, 1, 6, 59, 58, 125_000, tzinfo=WIB),
        ),
        (
            {"type": "timestamptz", "date": "yyyy/MM/dd HH:mm"},
            "2024/02/29 07:15 WIT",
            datetime(2024, 2, 29, 5, 15, tzinfo=WIB),
        ),
        ({"type": "timestamptz", "date": "yyyy/MM/dd HH:mm"}, "2023/02/29 07:15", "rejected"),
        ({"type": "timestamptz", "date": "yyyy/MM/dd HH:mm"}, "29/02/2024 07:15", "rejected"),
        ({"type": "date", "date": "yyyy/MM/dd HH:mm"}, "2024/02/29 07:15", date(2024, 2, 29)),
        ({"type": "timestamptz"}, "2024-11-28 07:15:00", datetime(2024, 11, 28, 7, 15, tzinfo=WIB)),
        ({"type": "timestamptz"}, "2024-01-10T13:17:26+00:00", datetime(2024, 1, 10, 20, 17, 26, tzinfo=WIB)),
        ({"type": "timestamptz"}, "2024-01-10T13:17:26Z", datetime(2024, 1, 10, 20, 17, 26, tzinfo=WIB)),
        ({"type": "timestamptz"}, "now", "rejected"),
        ({"type": "timestamptz"}, "2024-13-10T13:17:26+00:00", "rejected"),
        ({"type": "time", "date": "HH:mm:ss"}, "24:00:00", "rejected"),
        ({"type": "boolean"}, "Ya", True),
        ({"type": "boolean"}, "mungkin", "rejected"),
        ({"type": "text", "required": True}, "  ", "rejected"),
        ({"type": "numeric", "capture": "^([0-9.]+) ?km$"}, "6 km", Decimal(6)),
        ({"type": "numeric", "capture": "^([0-9.]+) ?km$"}, "6 mil", "rejected"),
    ],
)
def test_generous_forms_of_postgresql_are_refused(
    cluster: Cluster, format_: dict[str, Any], text: str, value: object
) -> None:
    assert typed(cluster, [text], **format_) == [value]


BATCHES = hypothesis_settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@BATCHES
@given(st.lists(st.decimals(-(10**15), 10**15, places=2), min_size=1, max_size=50))
def test_every_number_written_the_indonesian_way_comes_back_to_the_last_digit(
    cluster: Cluster, numbers: list[Decimal]
) -> None:
    texts: list[str | None] = [f"{n:,}".translate(str.maketrans(",.", ".,")) for n in numbers]
    assert typed(cluster, texts, type="numeric", number="id") == numbers


@BATCHES
@given(st.lists(st.dates(date(1900, 1, 1), date(2099, 12, 31)), min_size=1, max_size=50))
def test_every_day_written_in_words_comes_back(cluster: Cluster, days: list[date]) -> None:
    texts: list[str | None] = [f"{d.day} {MONTHS[d.month - 1]} {d.year}" for d in days]
    assert typed(cluster, texts, type="date", date="d MMMM yyyy") == days


ODD = [
    "-1",
    "0",
    "-0",
    "007",
    "1.50",
    "true",
    "NaN",
    "1e3",
    "2026-02-30",
    "2026-10-01",
    "07:15:00",
    "24:00:00",
    "",
    "-",
    " 5 ",
]
OPTIONS: list[dict[str, Any]] = [
    {"type": "integer"},
    {"type": "numeric"},
    {"type": "boolean"},
    {"type": "date"},
    {"type": "time", "date": "HH:mm:ss"},
    {"type": "timestamptz"},
]


@pytest.mark.parametrize("options", OPTIONS, ids=lambda options: options["type"])
@BATCHES
@given(
    texts=st.lists(
        st.sampled_from(ODD)
        | st.integers(-(10**20), 10**20).map(str)
        | st.decimals(allow_nan=False, allow_infinity=False, places=3).map(str)
        | st.datetimes(datetime(1890, 1, 1), datetime(2110, 1, 1)).map(lambda at: f"{at:%Y-%m-%dT%H:%M:%S}+07:00")
        | st.text("0123456789:-T+. ", max_size=12),
        min_size=1,
        max_size=40,
    ),
    nulls=st.lists(st.sampled_from(ODD), max_size=4),
    more=st.fixed_dictionaries(
        {
            "required": st.booleans(),
            "optional": st.booleans(),
            "on_bad": st.sampled_from(["auto", "row"]),
            "timezone": st.sampled_from(["Asia/Jakarta", "UTC", "Asia/Jayapura"]),
            "capture": st.sampled_from([None, None, "^(.*)$", "([0-9.,-]+)"]),
            "treatment": st.sampled_from([None, None, "hmac"]),
        }
    ),
)
def test_the_quick_look_at_a_text_decides_as_the_thorough_one(
    cluster: Cluster, options: dict[str, Any], texts: list[str | None], nulls: list[str], more: dict[str, Any]
) -> None:
    declared = options | {"nulls": nulls, **more}
    quick = typed(cluster, texts, **declared)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stage, "canonical", lambda column, name: None)
        assert quick == typed(cluster, texts, **declared)


def test_a_month_in_a_cell_is_any_word_that_it_has_in_a_file_name(cluster: Cluster) -> None:
    written: list[str | None] = [*(f"{word.title()} 2026" for word in MONTH_WORDS), "Sept. 2026", "Oktember 2026"]
    days: list[object] = [*(date(2026, number, 1) for number in MONTH_WORDS.values()), date(2026, 9, 1), "rejected"]
    assert typed(cluster, written, type="date", date="MMMM yyyy") == days


def test_a_number_that_is_declared_to_mean_nothing_is_nothing(cluster: Cluster) -> None:
    assert typed(cluster, ["-1", "76"], type="integer", nulls=["", "-1"]) == [None, 76]


UNITS = {"": 1, " rb": 10**3, "ribu": 10**3, " jt": 10**6, " JUTA": 10**6, " M": 10**9, " miliar": 10**9, "T": 10**12}


@BATCHES
@given(
    st.lists(
        st.tuples(
            st.decimals(-(10**12), 10**12, places=4), st.sampled_from(sorted(UNITS)), st.sampled_from(["", "Rp "])
        ),
        min_size=1,
        max_size=50,
    )
)
def test_every_number_with_a_unit_comes_back_to_the_last_digit(
    cluster: Cluster, numbers: list[tuple[Decimal, str, str]]
) -> None:
    texts: list[str | None] = [
        prefix + f"{n:,}".translate(str.maketrans(",.", ".,")) + unit for n, unit, prefix in numbers
    ]
    values = [n * UNITS[unit] for n, unit, _ in numbers]
    assert typed(cluster, texts, type="numeric", number="id_short") == values


WRITTEN = {
    "dd-MM-yyyy HH:mm": "%d-%m-%Y %H:%M:%S",
    "dd/MM/yyyy HH:mm": "%d/%m/%Y %H.%M.%S WIB",
    "dd-MM-yy HH:mm": "%d-%m-%y %H:%M:%SWIB",
    "rfc822": "%a, %d %b %Y %H:%M:%S %z",
    "iso": "%Y-%m-%d %H:%M:%SWIB",
}
SECONDS = st.datetimes(datetime(1970, 1, 2), datetime(2068, 12, 31)).map(lambda t: t.replace(microsecond=0, tzinfo=WIB))


@pytest.mark.parametrize("format_", WRITTEN)
@BATCHES
@given(st.lists(SECONDS, min_size=1, max_size=50))
def test_every_second_comes_back(cluster: Cluster, format_: str, moments: list[datetime]) -> None:
    texts: list[str | None] = [moment.strftime(WRITTEN[format_]) for moment in moments]
    assert typed(cluster, texts, type="timestamptz", date=format_) == moments


@pytest.mark.parametrize(("format_", "per_second"), [("epoch_s", 1), ("epoch_ms", 1000)])
@BATCHES
@given(st.lists(st.integers(0, 4102444799), min_size=1, max_size=50))
def test_every_epoch_comes_back(cluster: Cluster, format_: str, per_second: int, seconds: list[int]) -> None:
    texts: list[str | None] = [str(second * per_second) for second in seconds]
    moments = [datetime.fromtimestamp(second, WIB) for second in seconds]
    assert typed(cluster, texts, type="timestamptz", date=format_) == moments


@pytest.mark.parametrize(
    ("format_", "written"), [("dd-MM-yy", "%d-%m-%y"), ("dd/MM/yy", "%d/%m/%y"), ("yyyyMMdd", "%Y%m%d")]
)
@BATCHES
@given(st.lists(st.dates(date(1970, 1, 1), date(2068, 12, 31)), min_size=1, max_size=50))
def test_every_day_in_figures_comes_back(cluster: Cluster, format_: str, written: str, days: list[date]) -> None:
    texts: list[str | None] = [day.strftime(written) for day in days]
    assert typed(cluster, texts, type="date", date=format_) == days


FORMATS: list[dict[str, Any]] = [
    *({"type": "integer", "number": number} for number in ("plain", "id", "id_short")),
    *({"type": "numeric", "number": number} for number in ("plain", "id", "id_short")),
    *({"type": "date", "date": form} for form in get_args(DateFormat) if not form.startswith("HH")),
    *({"type": "timestamptz", "date": form} for form in get_args(DateFormat) if not form.startswith("HH")),
    *({"type": "time", "date": form} for form in ("iso", "HH:mm", "HH:mm:ss")),
    {"type": "boolean"},
]
PIECES = st.sampled_from(
    ["1", "31", "2024", "20240231", "-", "/", ":", ".", ",", " ", "(", ")", "Rp", "jt", "M", "Feb", "Pebruari", "Mei", "Jum'at",
     "T", "Z", "WIB", "WITA", "+07", "-0330", "’", "\u202f", " 250", "07", "15", "23:59", "25/04/2023", "2024-02-30", "14 Agt 2021", "99", "GMT", "e5", "٣"]
)  # fmt: skip


@pytest.mark.parametrize("format_", FORMATS, ids=str)
@hypothesis_settings(
    max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(st.lists(st.one_of(st.text(max_size=12), st.lists(PIECES, max_size=6).map("".join)), min_size=1, max_size=200))
def test_no_text_ends_a_batch(cluster: Cluster, format_: dict[str, Any], texts: list[str]) -> None:
    """Whatever a cell holds, its row is typed or rejected; the batch goes on."""
    assert len(typed(cluster, list(texts), **format_)) == len(texts)


def test_a_broken_value_of_a_column_that_may_be_empty_takes_no_row_along(cluster: Cluster) -> None:
    texts: list[str | None] = ["2.5", "3,511", None]
    assert typed(cluster, texts, type="numeric", on_bad="auto") == [Decimal("2.5"), None, None]
    assert typed(cluster, ["7", "tujuh"], type="integer", on_bad="auto") == [7, None]
    assert typed(cluster, texts, type="numeric", required=True, on_bad="auto")[1] == "rejected"
    assert typed(cluster, texts, type="numeric", on_bad="row")[1] == "rejected"
    assert typed(cluster, ["2026-10-01", "besok"], type="date", on_bad="auto")[1] == "rejected"
    assert typed(cluster, ["2026-10-01", "besok"], type="date", on_bad="null")[1] is None
    assert typed(cluster, texts, type="text", optional=True) == texts
    with pytest.raises(
        ValueError, match="column 'nilai' is required, so that 'on_bad: null' can leave out no value of it"
    ):
        typed(cluster, texts, type="numeric", required=True, on_bad="null")
