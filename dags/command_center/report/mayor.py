"""The mayor's summary over the eleven kecamatan: verdicts first, then what to do, then money and maps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from command_center.idformat import format_number, join_words
from command_center.report.blocks import FIGURE_NOTE, bars, choropleth, figure_table, status_cell
from command_center.report.document import Block, Cell, Column, Drawing, Finding, Paragraph, Section, Table
from command_center.report.figures import Figure
from command_center.report.outline import TITLES, figures_of, inside, present
from command_center.report.problems import (
    GENERATED,
    actions_table,
    follow_up,
    followed_table,
    letters_of,
    problems,
    problems_table,
)
from command_center.report.reading import Reader
from command_center.report.rows import Field
from command_center.report.sections import field_table
from command_center.report.wording import ABSENT, SEVERITY, ZERO_RULE
from command_center.settings import CITY_CODE

MANY = 10
WHERE = "tercatat; sepuluh yang terpenting ada pada Perlu Tindakan"
GRAVE = "A"  # the appendix of all that is bad
FIELDS_ABREAST = 6
MAPPED = ("persen_tanggap_15mnt", "insidensi_dbd")


def sections(reader: Reader) -> list[Section]:
    return [
        Section("", "Keadaan Kota per Bidang", present(Paragraph(ZERO_RULE, is_note=True), field_table(reader))),
        Section("", "Kecamatan menurut Bidang", present(*heat_tables(reader.all_fields), *maps(reader))),
        Section("", "Indikator yang Perlu Perhatian", present(missed_table(reader), follow_up(reader))),
        Section(
            "",
            "Perlu Tindakan",
            attention_blocks(reader),
            more=f"Semua yang buruk: Lampiran {GRAVE}" if left_out(reader) else "",
        ),
        Section("", TITLES["VII"], money(reader)),
    ]


def heat_tables(fields: Sequence[Field]) -> list[Table]:
    """One row per kecamatan, one column per field; as many fields abreast as a page has room for their words."""
    own = [field for field in fields if len(field.wilayah_kode) > len(CITY_CODE)]
    names = {field.domain: field.bidang_nama for field in own}
    domains = list(names)
    parts = [domains[start : start + FIELDS_ABREAST] for start in range(0, len(domains), FIELDS_ABREAST)]
    return [heat_table(own, {domain: names[domain] for domain in part}) for part in parts]


def heat_table(fields: Sequence[Field], names: Mapping[str, str]) -> Table:
    """The cell says the verdict in words."""
    ordered = sorted(fields, key=lambda field: field.wilayah_kode)
    known = {(field.wilayah_kode, field.domain): field for field in ordered}
    columns = (Column("Kecamatan"), *(Column(name, width=1.0) for name in names.values()))
    rows = tuple(
        (Cell(name), *(_verdict(known.get((kode, domain))) for domain in names))
        for kode, name in dict.fromkeys((field.wilayah_kode, field.wilayah_nama) for field in ordered)
    )
    said = join_words([inside(name) for name in names.values()])
    return Table(f"Keadaan tiap kecamatan: {said}", columns, rows)


def _verdict(field: Field | None) -> Cell:
    return Cell(ABSENT) if field is None else status_cell(field.status, field.status_teks)


def shown(reader: Reader) -> list[Figure]:
    """The figures that stand in the summary."""
    return [*missed(reader), *figures_of(reader.figures, "VII"), *followed(reader), *mapped(reader)]


def followed(reader: Reader) -> list[Figure]:
    """As they are now, of what was bad last month."""
    before = {figure.indikator_kode for figure in reader.figures_before if figure.is_problem}
    return [figure for figure in reader.figures if figure.indikator_kode in before]


def mapped(reader: Reader) -> list[Figure]:
    return [figure for figure in reader.all_kecamatan if figure.indikator_kode in MAPPED]


def maps(reader: Reader) -> list[Drawing | None]:
    shapes = reader.shapes("kecamatan")
    return [
        choropleth(_caption(figures[0]), shapes, {figure.wilayah_kode: figure for figure in figures}, share=0.5)
        for kode in MAPPED
        if (figures := [figure for figure in mapped(reader) if figure.indikator_kode == kode])
    ]  # fmt: skip


def _caption(figure: Figure) -> str:
    return f"Peta: {inside(figure.indikator_nama)}, {figure.periode_label}"


def missed(reader: Reader) -> list[Figure]:
    found = [figure for figure in reader.figures if figure.is_problem]
    return sorted(found, key=lambda figure: (-SEVERITY[figure.status], figure.domain, figure.urutan))


def missed_table(reader: Reader) -> Block:
    table = figure_table("Indikator kota yang meleset dari target", missed(reader), note=FIGURE_NOTE)
    return table or Paragraph("Tidak ada indikator kota yang meleset dari targetnya.")


def attention_blocks(reader: Reader) -> tuple[Block, ...]:
    found = problems(reader)[:MANY]
    if not found:
        return (Paragraph("Tidak ada yang perlu tindakan menurut aturan."),)
    return (Paragraph(GENERATED, is_note=True), problems_table(found, "Sepuluh yang terpenting"))


def left_out(reader: Reader) -> list[Finding]:
    """What is bad and not among the ten: it stands in the appendix, for a count alone tells nobody where."""
    return [finding for finding in problems(reader)[MANY:] if finding.status == "buruk"]


def where(reader: Reader) -> str:
    """Where the summary says that the problems stand."""
    return f"{WHERE}, semua yang buruk pada Lampiran {GRAVE}" if left_out(reader) else WHERE


def grave_section(reader: Reader) -> Section:
    """Everything that is bad, as a camat's report tells it; without blocks where the ten hold all of it."""
    title = "Semua Permasalahan yang Buruk"
    if not left_out(reader):
        return Section(GRAVE, title, (), is_appendix=True)
    found = problems(reader)
    grave = [finding for finding in found if finding.status == "buruk"]
    letters = letters_of(grave)
    others = len(found) - len(grave)
    said = f" {format_number(others)} permasalahan lain berstatus waspada atau siaga." if others else ""
    table = replace(followed_table(reader, grave, letters), caption="Permasalahan yang buruk")
    return Section(
        GRAVE,
        title,
        (Paragraph(f"{GENERATED}{said}", is_note=True), table, actions_table(grave, letters)),
        is_appendix=True,
    )


def money(reader: Reader) -> tuple[Block, ...]:
    rows = [(row.opd, row.nilai, row.nilai_teks, row.status) for row in reader.agencies]
    return present(
        figure_table("Program dan anggaran kota", figures_of(reader.figures, "VII"), note=FIGURE_NOTE),
        bars(
            "Deviasi keuangan menurut perangkat daerah, yang paling tertinggal",
            rows,
            "poin",
            is_diverging=True,
        ),
    )
