"""The report of one kelurahan: all that is counted for it, beside the means of its kecamatan's and the city's kelurahan."""

from __future__ import annotations

from command_center.report.blocks import COLUMNS_NOTE, figure_table, lines
from command_center.report.comparison import MAPPED, mapped, ranking
from command_center.report.document import Block, Finding, Paragraph, Section, Summary, Table
from command_center.report.figures import Figure
from command_center.report.outline import OTHERS, TITLES, figures_of, present, section_of
from command_center.report.problems import (
    FEW,
    GENERATED,
    NONE_MISSED,
    in_order,
    moved_sentence,
    problems_table,
    rule_of,
)
from command_center.report.reading import Reader
from command_center.report.rows import Point
from command_center.report.wording import ZERO_RULE

SERIES = ("jumlah_kejadian_bencana", "jumlah_kebakaran", "jumlah_penyelamatan", "laporan_masuk")
QUALITY, DEFINITIONS = "A", "B"  # the appendices
BESIDE = ("Rerata kel. sekecamatan", "Rerata kel. sekota")
CAPTIONS = {
    "II": "Kependudukan",
    "III": "Ketenteraman, kebakaran, dan kebencanaan",
    "V": "Pengaduan dan panggilan 112",
    "VI": "Perhubungan, penerangan jalan, dan kebersihan",
}


def sections(reader: Reader, series: dict[str, list[Point]]) -> list[Section]:
    figures, area = reader.own_kelurahan, reader.area
    counted = [
        ("Kebakaran", series["jumlah_kebakaran"]),
        ("Penyelamatan", series["jumlah_penyelamatan"]),
        ("Bencana", series["jumlah_kejadian_bencana"]),
    ]
    more: dict[str, tuple[Block | None, ...]] = {
        "II": (ranking(reader.kelurahan_of(MAPPED), area.nama), mapped(reader, reader.kelurahan_of(MAPPED), area.kode)),
        "III": (lines("Kejadian per bulan, dua belas bulan terakhir", counted),),
        "V": (lines("Laporan masuk per bulan", [("Laporan masuk", series["laporan_masuk"])]),),
    }
    first = Section(
        "I",
        TITLES["I"],
        (
            Paragraph(f"{area.title} (kode {area.kode}), Kecamatan {area.kecamatan}."),
            Paragraph(ZERO_RULE, is_note=True),
        ),
    )
    parts = [
        Section(number, TITLES[number], present(_table(caption, figures_of(figures, number)), *more.get(number, ())))
        for number, caption in CAPTIONS.items()
    ]
    others = Section("", OTHERS, present(_table("Pemilihan", figures_of(figures, ""))))
    return [first, *parts, others, problems_section(reader)]


def _table(caption: str, figures: list[Figure]) -> Table | None:
    return figure_table(caption, figures, BESIDE, COLUMNS_NOTE if caption == CAPTIONS["II"] else "")


def summary(reader: Reader) -> Summary:
    figures = [figure for figure in reader.own_kelurahan if figure.is_of_month]
    ways = {
        way: in_order([figure for figure in figures if figure.direction == way], {}, way)
        for way in ("memburuk", "membaik")
    }
    worse, better = (tuple(_finding(figure) for figure in ways[way]) for way in ("memburuk", "membaik"))
    return Summary(worse[:FEW], better[:FEW], tuple(to_do(reader))[:FEW], moved_sentence(len(worse), len(better)))


def _finding(figure: Figure) -> Finding:
    return Finding(figure.sentence, figure.status, section=section_of(figure.domain, figure.indikator_kode))


def to_do(reader: Reader) -> list[Finding]:
    """The figures of a kelurahan that have a target and miss it."""
    found = []
    for figure in reader.own_kelurahan:
        rule = rule_of(reader, figure)
        if figure.is_problem and rule:
            sentence = f"{figure.indikator_nama}: {figure.text}{figure.provisional}."
            found.append(
                Finding(
                    sentence, figure.status, "", rule.tindakan, rule.penanggung_jawab or "", rule.aturan_nama,
                    section_of(figure.domain, figure.indikator_kode),
                )
            )  # fmt: skip
    return found


def problems_section(reader: Reader) -> Section:
    found = to_do(reader)
    block: Block = problems_table(found) if found else Paragraph(NONE_MISSED)
    return Section("IX", TITLES["IX"], (Paragraph(GENERATED, is_note=True), block))
