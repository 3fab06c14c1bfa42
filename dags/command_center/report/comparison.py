"""Section VIII: the kelurahan of a kecamatan beside each other, their ranks, and their map."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise

from command_center.idformat import format_month, join_words
from command_center.report import wording
from command_center.report.blocks import BESIDE_TABLE, bars, choropleth, without_empty_columns
from command_center.report.document import Block, Cell, Column, Drawing, Paragraph, Table
from command_center.report.figures import Figure
from command_center.report.outline import grouped, inside, present, strong
from command_center.report.reading import Reader
from command_center.report.wording import ABSENT, SEVERITY, mean

BY_SEX = ("rasio_jenis_kelamin", "jumlah_penduduk", "jumlah_kk", "cakupan_perekaman_ktpel")
MOVES = ("mutasi_lahir", "mutasi_mati", "mutasi_datang", "mutasi_pindah")
ELSEWHERE = (*BY_SEX, *MOVES)  # of the kelurahan: compared in section II
MAPPED = "cakupan_perekaman_ktpel"
FOREMOST = {"jumlah_kejadian_bencana": "Bencana", "jumlah_kebakaran": "Kebakaran", "laporan_masuk": "Laporan warga"}
CHANGE_NOTE = "Dalam kurung: perubahan terhadap periode sebelumnya."
COMPARED = 10  # columns of one table of kelurahan at most


def kelurahan(reader: Reader) -> tuple[Block, ...]:
    """What matters most, beside the map; the other figures stand in an appendix."""
    every = by_indicator(reader.kelurahan)
    return present(
        excerpt(reader, every),
        mapped(reader, every.get(MAPPED, []), share=BESIDE_TABLE),
    )


def others(reader: Reader) -> tuple[Block, ...]:
    """Every figure of kelurahan that stands in no other table, and which of all are nil everywhere."""
    every = by_indicator(reader.kelurahan)
    nil = [some[0] for some in every.values() if all(figure.nilai == 0 for figure in some)]
    silenced = {some.indikator_kode for some in nil}
    elsewhere = {*ELSEWHERE, *silenced, *(FOREMOST if MAPPED in every else ())}
    told = [kode for kode in every if kode not in elsewhere]
    silent = join_words([inside(figure.indikator_nama) for figure in nil])
    return present(
        Paragraph(f"Di semua kelurahan 0: {silent}.") if nil else None,
        *(comparison(reader, {kode: every[kode] for kode in part}) for part in evenly(told, COMPARED)),
    )


def excerpt(reader: Reader, every: dict[str, list[Figure]]) -> Table | None:
    """The list beside the map: kelurahan by their rank in the city in the one rate that can be compared, and a few counts."""
    rates = sorted(every.get(MAPPED, []), key=by_rank)
    told = {kode: every[kode] for kode in FOREMOST if kode in every}
    if not rates:
        return None
    *kelurahan, of_kecamatan, of_city = comparison(reader, {MAPPED: rates} | told).rows
    ranks = {figure.wilayah_nama: str(figure.peringkat or ABSENT) for figure in rates}
    places = {name: place for place, name in enumerate(ranks)}
    ordered = sorted(kelurahan, key=lambda row: places.get(row[0].text, len(places)))
    columns = (
        Column("Kelurahan", width=1.0),
        *(Column(title, "right") for title in ("KTP-el (%)", "Peringkat sekota")),
        *(Column(FOREMOST[kode], "right") for kode in told),
    )
    rows = tuple(
        (row[0], row[1], Cell(ranks.get(row[0].text, ABSENT)), *row[2:]) for row in (*ordered, of_kecamatan, of_city)
    )
    periods = f"KTP-el: {rates[0].periode_label}; lainnya: {format_month(reader.month)}."
    return without_empty_columns(Table(range_message(rates), columns, rows, f"{periods} {CHANGE_NOTE}"))


def by_rank(figure: Figure) -> tuple[int, str]:
    return figure.peringkat or 999, figure.wilayah_nama


def evenly(codes: Sequence[str], most: int) -> list[Sequence[str]]:
    """In as few parts as there must be, of about the same length."""
    count = -(-len(codes) // most)
    bounds = [len(codes) * place // max(count, 1) for place in range(count + 1)]
    return [codes[first:last] for first, last in pairwise(bounds)]


def by_indicator(figures: Sequence[Figure]) -> dict[str, list[Figure]]:
    codes = dict.fromkeys(
        figure.indikator_kode for figure in sorted(figures, key=lambda figure: (figure.domain, figure.indikator_nama))
    )
    return {kode: [figure for figure in figures if figure.indikator_kode == kode] for kode in codes}


def comparison(reader: Reader, figures: dict[str, list[Figure]]) -> Table:
    """Value and change of each kelurahan; below them the means of the kecamatan's and of all of the city's kelurahan."""
    names = list(grouped(reader.kelurahan))
    columns = (
        Column("Kelurahan"),
        *(Column(_heading(some[0]), "right", width=1.0) for some in figures.values()),
    )
    rows = [
        (Cell(name), *(_compared_cell(_of_place(some, name)) for some in figures.values())) for name in names
    ]  # fmt: skip
    means = (Cell("Rerata kecamatan"), *(_mean_cell(some[0], some[0].rerata) for some in figures.values()))
    city = (Cell("Rerata kota"), *(_mean_cell(some[0], some[0].nilai_kota) for some in figures.values()))
    return Table(
        f"Kelurahan: {join_words([inside(some[0].indikator_nama) for some in figures.values()])}",
        columns,
        (*rows, strong(means), strong(city)),
        f"{CHANGE_NOTE} Jumlah kejadian tidak diperingkat, karena penduduk kelurahan berbeda.",
    )


def _heading(figure: Figure) -> str:
    period = f", {figure.own_period}" if figure.own_period else ""
    return f"{figure.indikator_nama}{period} ({figure.satuan})"


def _of_place(figures: Sequence[Figure], name: str) -> Figure | None:
    return next((figure for figure in figures if figure.wilayah_nama == name), None)


def _compared_cell(figure: Figure | None) -> Cell:
    if figure is None:
        return Cell(ABSENT)
    change = wording.signed(figure.perubahan, figure.satuan, figure.desimal)
    text = figure.nilai_teks if figure.is_hidden else figure.bare(figure.nilai)
    return Cell(
        f"{text} ({change})" if change else text,
        number=figure.nilai,
        status=figure.status if SEVERITY[figure.status] else None,
    )


def _mean_cell(figure: Figure, value: Decimal | None) -> Cell:
    return Cell(mean(value, figure.satuan, figure.desimal), number=value)


def ranking(figures: Sequence[Figure], marked: str = "") -> Drawing | None:
    """The one rate of kelurahan that can be compared, best first, each with its rank in the city."""
    if not figures:
        return None
    ordered = sorted(figures, key=by_rank)
    rows = [(figure.wilayah_nama, figure.nilai, ranked(figure), figure.status) for figure in ordered]
    some = ordered[0]
    unit = some.satuan.replace("persen", "%")
    told = f"{range_message(ordered)}; peringkat di antara kelurahan sekota"
    return bars(told, rows, unit, marked=marked, share=0.5)


def ranked(figure: Figure) -> str:
    return f"{figure.text}, ke-{figure.peringkat}" if figure.peringkat else figure.text


def range_message(figures: Sequence[Figure]) -> str:
    """Who is highest and who lowest."""
    known = sorted((figure for figure in figures if figure.nilai is not None), key=lambda figure: figure.nilai or 0)
    if not known:
        return figures[0].indikator_nama
    low, high = known[0], known[-1]
    return f"{high.indikator_nama} tertinggi di {high.wilayah_nama} ({high.text}), terendah di {low.wilayah_nama} ({low.text})"


def mapped(reader: Reader, figures: Sequence[Figure], marked: str = "", share: float = 0.5) -> Drawing | None:
    if not figures:
        return None
    caption = f"Peta: {inside(figures[0].indikator_nama)}, {figures[0].periode_label}"
    places = {figure.wilayah_kode: figure for figure in figures}
    return choropleth(caption, reader.shapes("kelurahan"), places, marked=marked, share=share)
