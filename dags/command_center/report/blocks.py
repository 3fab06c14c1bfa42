"""Tables and drawings of figures, each drawing with its alternative text and its figures as a table."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise

from command_center import drawing
from command_center.idformat import MONTHS, format_month, format_short, join_words
from command_center.report.document import Cell, Column, Drawing, Status, Table
from command_center.report.figures import Figure
from command_center.report.rows import Point, Shape
from command_center.report.wording import ABSENT, STATUS_WORDS, amount, bare, plain

FIGURE_COLUMNS = (
    Column("Indikator", width=2.6),
    Column("Nilai", "right", width=1.4),
    Column("Status", width=1.2),
    Column("Target", "right", width=0.8),
    Column("Sebelum", "right", width=1.0),
    Column("Perubahan", width=2.0),
    Column("Th.\N{NO-BREAK SPACE}lalu", "right", width=0.95),
)
COLUMNS_NOTE = (
    "Sebelum: periode lengkap sebelumnya. Th. lalu: periode yang sama tahun lalu. "
    "Peringkat 1 adalah yang terbaik dan hanya untuk angka yang sebanding."
)
FIGURE_NOTE = f"{COLUMNS_NOTE} Rerata: dari semua kecamatan."
UNTARGETED = "Tanpa target."
THIRD = 1 / 3
BESIDE_TABLE = 0.4  # of the page's width: a map beside the table of its areas
SIZES = {1.0: (680, 230), 0.5: (332, 150), THIRD: (226, 140)}
SIZES_OF_MAPS = {1.0: (680, 460), 0.5: (332, 240), BESIDE_TABLE: (304, 235)}
SCHEMATIC = "Batas wilayah skematis, bukan batas resmi."


def status_cell(status: Status, text: str = "") -> Cell:
    return Cell(plain(text).capitalize() if text else STATUS_WORDS[status], status=status)


def number_cell(value: Decimal | None, text: str) -> Cell:
    return Cell(text, number=value)


def without_empty_columns(table: Table) -> Table:
    """A column in which nothing is known tells nothing."""
    kept = [
        index
        for index in range(len(table.columns))
        if not table.rows or any(row[index].text not in ("", ABSENT) for row in table.rows)
    ]
    return _with_columns(table, kept)


def _with_columns(table: Table, kept: Sequence[int]) -> Table:
    return Table(
        table.caption,
        tuple(table.columns[index] for index in kept),
        tuple(tuple(row[index] for index in kept) for row in table.rows),
        table.note,
    )


def figure_table(
    caption: str, figures: Sequence[Figure], beside: tuple[str, str] = ("Rerata", "Kota"), note: str = ""
) -> Table | None:
    """Every figure with what it is compared to; `beside` names the two areas' columns. None where there is no figure."""
    if not figures:
        return None
    columns = (
        *FIGURE_COLUMNS,
        Column(beside[0], "right", width=0.95),
        Column(beside[1], "right", width=0.95),
        Column("Peringkat", "center", width=0.95),
    )
    has_target = any(figure.status not in ("tanpa_ambang", "tidak_tersedia") or figure.is_hidden for figure in figures)
    notes = [note, "" if has_target else UNTARGETED, source_note(figures), *running_notes(figures)]
    periods = list(dict.fromkeys(figure.own_period for figure in figures))
    title = f"{caption}, {periods[0]}" if len(periods) == 1 and periods[0] else caption
    table = Table(title, columns, _rows_by_period(figures, periods), " ".join(filter(None, notes)))
    return without_empty_columns(table if has_target else without(table, "Status"))


def _rows_by_period(figures: Sequence[Figure], periods: Sequence[str]) -> tuple[tuple[Cell, ...], ...]:
    """What is of the month, or not there yet, stands together; where there are several periods, each is named."""
    rows: list[tuple[Cell, ...]] = []
    for period in periods:
        ones = [figure for figure in figures if figure.own_period == period]
        if len(periods) > 1:
            rows.append(_group(period or format_month(ones[0].bulan)))
        rows += map(_figure_row, ones)
    return tuple(rows)


def _group(name: str) -> tuple[Cell, ...]:
    return (Cell(name, is_strong=True), *(Cell("") for _ in range(len(FIGURE_COLUMNS) + 2)))


def without(table: Table, title: str) -> Table:
    kept = [index for index, column in enumerate(table.columns) if column.title != title]
    return _with_columns(table, kept)


def _figure_row(figure: Figure) -> tuple[Cell, ...]:
    means, city = figure.beside()
    return (
        Cell(figure.name),
        Cell(figure.text, number=figure.nilai, is_strong=True),
        status_cell(figure.status, figure.status_text),
        number_cell(figure.target, figure.limit_cell),
        number_cell(figure.nilai_sebelumnya, figure.bare(figure.nilai_sebelumnya)),
        number_cell(figure.perubahan, figure.change_cell),
        number_cell(figure.nilai_tahun_lalu, figure.bare(figure.nilai_tahun_lalu)),
        number_cell(figure.rerata, means),
        number_cell(figure.nilai_kota, city),
        Cell(figure.rank),
    )


def source_note(figures: Iterable[Figure]) -> str:
    """`Sumber: Dinas Pemadam Kebakaran (sampai 27 Nov 2026), diolah.`"""
    known: dict[str, datetime] = {}
    for figure in figures:
        if figure.data_per is not None:
            known[figure.sumber] = max(known.get(figure.sumber, figure.data_per), figure.data_per)
    said = [f"{name} (sampai {short_date(day)})" for name, day in sorted(known.items())]
    return f"Sumber: {join_words(said)}, diolah." if said else ""


def short_date(day: date) -> str:
    return f"{day.day} {short_month(day)}"


def running_notes(figures: Iterable[Figure]) -> list[str]:
    """What is not over yet stands under the table of those that are."""
    return [
        f"{figure.indikator_nama}: belum ada periode yang selesai; {figure.berjalan_teks}."
        for figure in figures
        if figure.nilai is None and not figure.is_hidden and figure.berjalan_teks
    ]


def lines(
    caption: str,
    series: Sequence[tuple[str, Sequence[Point]]],
    threshold: drawing.Threshold | None = None,
    share: float = 0.5,
    note: str = "",
) -> Drawing | None:
    """Some series of the same unit over the same months; None where there is nothing to draw."""
    known = [(name, points) for name, points in series if any(point.nilai is not None for point in points)]
    if not known:
        return None
    first = known[0][1][0]
    labels = sorted({point.periode_mulai for _, points in known for point in points})
    drawn = [
        drawing.Series(name, [(short_month(day), _value_at(points, day)) for day in labels]) for name, points in known
    ]
    table = Table(
        caption,
        (Column("Bulan"), *(Column(name, "right") for name, _ in known)),
        tuple(
            (Cell(short_month(day)), *(_point_cell(points, day) for _, points in known)) for day in labels
        ),
    )  # fmt: skip
    unit = first.satuan.replace("persen", "%")
    svg = drawing.lines(drawn, title=caption, unit=unit, threshold=threshold, size=SIZES[share])
    return Drawing(caption, svg, alt_of_lines(caption, known, threshold), table, note, share)


def short_month(day: date) -> str:
    return f"{MONTHS[day.month - 1][:3]} {day.year}"


def _value_at(points: Sequence[Point], day: object) -> Decimal | None:
    return next((point.nilai for point in points if point.periode_mulai == day), None)


def _point_cell(points: Sequence[Point], day: object) -> Cell:
    point = next((point for point in points if point.periode_mulai == day), None)
    return Cell(ABSENT) if point is None else Cell(bare(point.nilai, point.satuan, point.desimal), number=point.nilai)


def alt_of_lines(
    caption: str, series: Sequence[tuple[str, Sequence[Point]]], threshold: drawing.Threshold | None = None
) -> str:
    """First, last, lowest and highest of each line, and its gaps."""
    bound = bound_of(threshold)
    return f"Grafik garis. {caption}.{bound} {' '.join(_alt_of_line(name, points) for name, points in series)}"


def bound_of(threshold: drawing.Threshold | None) -> str:
    """` Garis target 75.`, or nothing."""
    return f" Garis {threshold.name} {format_short(threshold.value, 2)}." if threshold else ""


def _alt_of_line(name: str, points: Sequence[Point]) -> str:
    known = [point for point in points if point.nilai is not None]
    lowest, highest = min(known, key=_worth), max(known, key=_worth)
    gaps = len(points) - len(known)
    text = (
        f"{name}: {_said(known[0])}, {_said(known[-1])}; terendah {_said(lowest)}, tertinggi {_said(highest)}"
    )  # fmt: skip
    return f"{text}; {gaps} bulan tidak tersedia." if gaps else f"{text}."


def _worth(point: Point) -> Decimal:
    return point.nilai or Decimal(0)


def _said(point: Point) -> str:
    return f"{short_month(point.periode_mulai)} {amount(point.nilai, point.satuan, point.desimal)}"


def bars(
    caption: str,
    rows: Sequence[tuple[str, Decimal | None, str, Status | None]],
    unit: str,
    *,
    threshold: drawing.Threshold | None = None,
    marked: str = "",
    share: float = 1.0,
    is_diverging: bool = False,
) -> Drawing | None:
    """Horizontal bars in the order of the rows: label, value, text, status."""
    if not any(value is not None for _, value, _, _ in rows):
        return None
    drawn = [drawing.Bar(label, value, text, status, is_marked=label == marked) for label, value, text, status in rows]
    size = (680 if share == 1.0 else 332, 60 + 18 * len(rows))
    draw = drawing.diverging if is_diverging else drawing.bars
    said = "; ".join(f"{label} {text}" + (f" ({_word(status)})" if status else "") for label, _, text, status in rows)
    table = Table(
        caption,
        (Column("Uraian"), Column("Nilai", "right")),
        tuple((Cell(label), number_cell(value, text)) for label, value, text, _ in rows),
    )
    bound = bound_of(threshold)
    svg = draw(drawn, title=caption, unit=unit, threshold=threshold, size=size)
    return Drawing(caption, svg, f"Grafik batang. {caption}.{bound} {said}.", table, share=share)


def _word(status: Status) -> str:
    return STATUS_WORDS[status].lower()


def choropleth(
    caption: str,
    shapes: Sequence[Shape],
    figures: Mapping[str, Figure],
    *,
    marked: str = "",
    share: float = 1.0,
) -> Drawing | None:
    """A map of one rate; None where no area has a value or a shape."""
    known = {kode: figure for kode, figure in figures.items() if figure.nilai is not None}
    if not known or not shapes:
        return None
    some = next(iter(known.values()))
    regions = [_region(shape, figures.get(shape.kode), marked) for shape in shapes]
    svg = drawing.choropleth(
        regions,
        title=caption,
        unit=some.satuan.replace("persen", "%"),
        classes=classes_of([figure.nilai for figure in known.values() if figure.nilai is not None], some),
        size=SIZES_OF_MAPS[share],
    )
    ordered = sorted(known.values(), key=lambda figure: (-(figure.nilai or 0), figure.wilayah_nama))
    said = join_words([f"{figure.wilayah_nama} {figure.text}" for figure in ordered])
    rows = tuple((Cell(figure.wilayah_nama), number_cell(figure.nilai, figure.text)) for figure in ordered)
    table = Table(caption, (Column("Wilayah", width=1.0), Column("Nilai", "right")), rows)
    note = SCHEMATIC if any(shape.keterangan == "skematis" for shape in shapes) else ""
    return Drawing(caption, svg, f"{caption}, dari tertinggi: {said}.", table, note, share)


def _region(shape: Shape, figure: Figure | None, marked: str) -> drawing.Region:
    value = figure.nilai if figure else None
    text = figure.text if figure else ABSENT
    return drawing.Region(shape.kode, shape.nama, json.loads(shape.geometri), value, text, shape.kode == marked)


def classes_of(values: Sequence[Decimal], figure: Figure, count: int = 4) -> list[drawing.Class]:
    """Classes of equal width from the lowest to the highest value, with the bounds that the legend says."""
    low, high = min(values), max(values)
    cuts = [round(low + (high - low) * part / count, figure.desimal) for part in range(1, count)]
    bounds = [None, *sorted({cut for cut in cuts if low < cut <= high}), None]
    return [drawing.Class(_class_name(low, high, figure), low, high) for low, high in pairwise(bounds)]


def _class_name(low: Decimal | None, high: Decimal | None, figure: Figure) -> str:
    if low is None:
        return "semua nilai" if high is None else f"< {figure.bare(high)}"
    return f"≥ {figure.bare(low)}" if high is None else f"{figure.bare(low)} – < {figure.bare(high)}"
