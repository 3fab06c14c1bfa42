"""One report as a document: which parts it has, in which order, and what it says of itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from command_center.errors import DeliveryError
from command_center.idformat import MONTHS, format_date, format_month
from command_center.report import comparison, details, facts, mayor, notes, outline, problems, sections, ward, weekly
from command_center.report.document import Context, Document, Fact, Kind, Letterhead, Section, Summary
from command_center.report.reading import Reader, reader_of
from command_center.settings import CITY_CODE
from command_center.wilayah import wilayah

LEVELS: dict[Kind, str] = {"bulanan": "kecamatan", "mingguan": "kecamatan", "lurah": "kelurahan", "wali_kota": "kota"}

WHY: dict[Kind, str] = {  # where a report says why a figure is provisional
    "bulanan": f"Lampiran {outline.QUALITY}",
    "mingguan": notes.QUALITY,
    "lurah": f"Lampiran {ward.QUALITY}",
    "wali_kota": notes.QUALITY,
}


@dataclass(frozen=True)
class Order:
    """One report to be made. `periode` is the first day of the month, or the Sunday of the week."""

    kind: Kind
    wilayah_kode: str
    periode: date
    context: Context
    letterhead: Letterhead

    @property
    def role(self) -> tuple[str, date]:
        """Whose login reads it, and of which month: orders with the same are read in one snapshot."""
        return role_of(self.wilayah_kode, self.periode)


def role_of(wilayah_kode: str, periode: date) -> tuple[str, date]:
    """Whose login reads a report, and of which month."""
    return wilayah_kode[:8], periode.replace(day=1)


def build_document(kind: Kind, wilayah_kode: str, periode: date, context: Context, letterhead: Letterhead) -> Document:
    """The document of one area.

    Raises DeliveryError for an unknown area or a period without figures, IntegrityError when a camat's role sees too much.
    """
    return next(build_documents([Order(kind, wilayah_kode, periode, context, letterhead)]))


def told_now(kind: Kind, wilayah_kode: str, periode: date) -> tuple[Fact, ...]:
    """What the report of one area would say if it were made now: its figures without its pages; errors as `build_document`."""
    require_place(kind, wilayah_kode)
    with reader_of(*role_of(wilayah_kode, periode)) as reader:
        one = reader.of(wilayah_kode)
        require_area(one, kind)
        if kind == "mingguan":
            return weekly_told(one, weekly.week_of(one, periode))
        one.require_month()
        return {"bulanan": monthly_told, "lurah": ward_told, "wali_kota": mayor_told}[kind](one)


def build_documents(orders: Sequence[Order]) -> Iterator[Document]:
    """In the order of the orders; neighbours of one role, as the kelurahan of a kecamatan, share one snapshot."""
    for order in orders:
        require_place(order.kind, order.wilayah_kode)
    for (place, month), group in groupby(orders, key=lambda order: order.role):
        with reader_of(place, month) as reader:
            for order in group:
                yield make_document(reader.of(order.wilayah_kode), order)


def make_document(reader: Reader, order: Order) -> Document:
    require_area(reader, order.kind)
    if order.kind == "mingguan":
        return weekly_document(reader, order.periode, order.context, order.letterhead)
    reader.require_month()
    make = {"bulanan": monthly_document, "lurah": ward_document, "wali_kota": mayor_document}[order.kind]
    return make(reader, order.context, order.letterhead)


def require_place(kind: Kind, kode: str) -> None:
    """Before any database is asked."""
    place = wilayah().get(kode)
    if place is None or place.tingkat != LEVELS[kind]:
        raise unknown_place(kind, kode)


def require_area(reader: Reader, kind: Kind) -> None:
    if reader.area.tingkat != LEVELS[kind]:
        raise unknown_place(kind, reader.kode)


def unknown_place(kind: Kind, kode: str) -> DeliveryError:
    example = {"kota": CITY_CODE, "kecamatan": "13.71.09", "kelurahan": "13.71.09.1001"}[LEVELS[kind]]
    return DeliveryError(
        f"{kode!r} is no {LEVELS[kind]} of the city; a report of kind {kind} needs one, e.g. {example}."
    )


def monthly_told(reader: Reader) -> tuple[Fact, ...]:
    series = reader.series(sections.SERIES)
    return facts.once(
        [
            *facts.of_figures(reader.figures),
            *facts.of_figures(reader.kelurahan),
            *(facts.of_point(point) for points in series.values() for point in points),
            *map(facts.of_cases, reader.diseases),
            *(fact for activity in reader.activities for fact in facts.of_activity(activity)),
            *(fact for topic in reader.topics for fact in facts.of_topic(topic)),
        ]
    )


def monthly_document(reader: Reader, context: Context, letterhead: Letterhead) -> Document:
    series, told = reader.series(sections.SERIES), monthly_told(reader)
    figures = [*reader.figures, *reader.kelurahan]
    left = details.left_out(reader, series)
    parts = [
        *(details.with_more(section, left) for section in sections.sections(reader, series)),
        problems.problems_section(reader),
        details.with_more(sections.other_fields(reader), left),
        notes.changes(reader, context, reader.figures, told, outline.QUALITY),
        notes.quality_in_short(reader, context, figures, told, outline.QUALITY),
        details.section_of(left),
        notes.quality_in_full(reader, context, figures, told, outline.QUALITY),
        notes.definitions(reader, told, {finding.rule for finding in problems.problems(reader)}, outline.DEFINITIONS),
    ]
    title = f"LAPORAN DATA BULANAN WILAYAH {reader.area.title.upper()}"
    return document(
        "bulanan", reader, title, monthly_period(reader), context, letterhead, problems.summary(reader), parts, told
    )


def ward_told(reader: Reader) -> tuple[Fact, ...]:
    series = reader.series(ward.SERIES)
    return facts.once(
        [
            *facts.of_figures(reader.own_kelurahan),
            *facts.of_figures(reader.kelurahan_of(comparison.MAPPED)),
            *(facts.of_point(point) for points in series.values() for point in points),
        ]
    )


def ward_document(reader: Reader, context: Context, letterhead: Letterhead) -> Document:
    series, told = reader.series(ward.SERIES), ward_told(reader)
    parts = [
        *ward.sections(reader, series),
        notes.changes(reader, context, reader.own_kelurahan, told, ward.QUALITY),
        notes.quality_in_short(reader, context, reader.own_kelurahan, told, ward.QUALITY),
        notes.quality_in_full(reader, context, reader.own_kelurahan, told, ward.QUALITY),
        notes.definitions(reader, told, {finding.rule for finding in ward.to_do(reader)}, ward.DEFINITIONS),
    ]
    title = f"LAPORAN DATA BULANAN WILAYAH {reader.area.title.upper()}"
    return document(
        "lurah", reader, title, monthly_period(reader), context, letterhead, ward.summary(reader), parts, told
    )


def mayor_told(reader: Reader) -> tuple[Fact, ...]:
    return facts.once(facts.of_figures(mayor.shown(reader)))


def mayor_document(reader: Reader, context: Context, letterhead: Letterhead) -> Document:
    told = mayor_told(reader)
    parts = [
        *mayor.sections(reader),
        notes.changes(reader, context, reader.figures, told),
        notes.quality(reader, context, reader.figures, told),
        mayor.grave_section(reader),
    ]
    title = "RINGKASAN DATA BULANAN KOTA PADANG"
    summary = problems.summary(reader, mayor.where(reader))
    return document("wali_kota", reader, title, monthly_period(reader), context, letterhead, summary, parts, told)


def weekly_told(reader: Reader, week: weekly.Week) -> tuple[Fact, ...]:
    return facts.once(weekly.facts_of(reader, week))


def weekly_document(reader: Reader, periode: date, context: Context, letterhead: Letterhead) -> Document:
    week = weekly.week_of(reader, periode)
    told = weekly_told(reader, week)
    title = f"RINGKASAN DATA MINGGUAN WILAYAH {reader.area.title.upper()}"
    period = f"MINGGU EPIDEMIOLOGI KE-{week.number}, {days_of(week.first, week.last)}"
    return document(
        "mingguan", reader, title, period, context, letterhead, weekly.summary(reader, week), weekly.sections(week), told, week.first
    )  # fmt: skip


def days_of(first: date, last: date) -> str:
    """`15–21 NOVEMBER 2026`, `29 NOVEMBER – 5 DESEMBER 2026`."""
    if first.month == last.month:
        return f"{first.day}–{format_date(last).upper()}"
    start = format_date(first) if first.year != last.year else f"{first.day} {MONTHS[first.month - 1]}"
    return f"{start} – {format_date(last)}".upper()


def monthly_period(reader: Reader) -> str:
    return f"BULAN {format_month(reader.month).upper()}"


def document(
    kind: Kind,
    reader: Reader,
    title: str,
    period_text: str,
    context: Context,
    letterhead: Letterhead,
    summary: Summary,
    parts: Sequence[Section],
    told: Sequence[Fact],
    periode: date | None = None,
) -> Document:
    return Document(
        kind=kind,
        wilayah_kode=reader.kode,
        wilayah_nama=reader.area.nama,
        kode_kecamatan=reader.kecamatan,
        periode=periode or reader.month,
        title=title,
        period_text=period_text,
        letterhead=letterhead,
        context=context,
        label=max((fact.label_data for fact in told if fact.label_data), key=len, default=None),
        data_per=oldest(told),
        notices=notices(context, told, WHY[kind]),
        summary=summary,
        sections=tuple(section for section in parts if section.blocks),
        facts=tuple(told),
    )


def oldest(told: Sequence[Fact]) -> datetime | None:
    """Until when all of it is told: the oldest among the newest content of each source. An election says its own day."""
    newest: dict[str, datetime] = {}
    for fact in told:
        if fact.data_per and not fact.source.startswith("kpu_"):
            newest[fact.source] = max(newest.get(fact.source, fact.data_per), fact.data_per)
    return min(newest.values(), default=None)


def notices(context: Context, told: Sequence[Fact], where: str) -> tuple[str, ...]:
    """What stands on page 1: what was late, why it was made anew, what is provisional, and `where` it says why."""
    provisional = sum(fact.is_sementara and fact.nilai is not None for fact in told)
    return tuple(
        filter(
            None,
            (
                *context.late,
                context.reason,
                f"{provisional} angka masih sementara; alasannya ada pada {where}." if provisional else "",
            ),
        )
    )
