"""What the sections of a kecamatan's monthly report leave to an appendix: tables per kelurahan and per field, more charts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from command_center.idformat import format_number, join_words
from command_center.report import wording
from command_center.report.blocks import number_cell, without_empty_columns
from command_center.report.comparison import BY_SEX, MOVES, others
from command_center.report.document import Block, Cell, Column, Drawing, Section, Table
from command_center.report.figures import Figure, by_code
from command_center.report.notes import sentence_case
from command_center.report.outline import DETAILS, grouped, present, strong
from command_center.report.reading import Reader
from command_center.report.rows import Point, Topic
from command_center.report.sections import DIARRHOEA, REPORTS, SATURATION, message, spent_message, threshold_of, year
from command_center.report.wording import ABSENT, SEVERITY, amount

TITLE = "Rincian per Kelurahan dan per Bidang"


class Left(NamedTuple):
    """What one section leaves to the appendix, in a word or two; `number` is the section's, empty for what has none."""

    number: str
    words: str
    blocks: tuple[Block, ...]


def left_out(reader: Reader, series: dict[str, list[Point]]) -> list[Left]:
    """In the order in which the appendix tells it: what is of kelurahan first."""
    figures = by_code(reader.figures)
    return [
        Left("II", "penduduk per kelurahan", present(population_table(reader))),
        Left("II", "mutasi", present(moves_table(reader))),
        Left("VIII", "angka lain per kelurahan", others(reader)),
        Left("VI", "simpang", present(junction_table(reader))),
        Left("III", "bencana menurut jenis", present(disaster_table(reader))),
        Left("V", "topik", present(topic_table(reader.topics))),
        *(Left(number, words, present(chart)) for number, words, chart in charts(reader, figures, series)),
        Left("", "hasil pemilihan", present(votes_table(reader))),
    ]


def charts(
    reader: Reader, figures: dict[str, Figure], series: dict[str, list[Point]]
) -> list[tuple[str, str, Drawing | None]]:
    spent = [("Keuangan", series["realisasi_keuangan"]), ("Fisik", series["realisasi_fisik"])]
    reports, diarrhoea, saturation = (
        [(name, series[kode])]
        for name, kode in (("Laporan masuk", REPORTS), ("Diare", DIARRHOEA), ("Derajat kejenuhan", SATURATION))
    )
    limit = threshold_of(figures.get(SATURATION), "batas")
    return [
        ("V", "grafik laporan", year(message(figures, REPORTS, "Laporan masuk"), reports)),
        ("IV", "grafik diare", year(message(figures, DIARRHOEA, "Diare"), diarrhoea)),
        ("VI", "grafik kejenuhan", year(message(figures, SATURATION, "Derajat kejenuhan"), saturation, limit)),
        ("VII", "grafik realisasi", year(spent_message(figures, reader.month), spent)),
    ]


def section_of(left: Sequence[Left]) -> Section:
    return Section(DETAILS, TITLE, tuple(block for one in left for block in one.blocks), is_appendix=True)


def with_more(section: Section, left: Sequence[Left]) -> Section:
    """A section that says what it leaves to the appendix."""
    words = [one.words for one in left if one.number == section.number and one.blocks]
    return replace(section, more=f"{sentence_case(join_words(words))}: Lampiran {DETAILS}" if words else "")


def population_table(reader: Reader) -> Table | None:
    """Men and women are the two parts of their ratio."""
    places = grouped(reader.kelurahan)
    rows = [(name, by_code(figures)) for name, figures in places.items()]
    whole = by_code(reader.figures)
    cells = [_population_row(name, figures) for name, figures in (*rows, (f"Jumlah {reader.area.title}", whole))]
    period = whole["jumlah_penduduk"].periode_label if "jumlah_penduduk" in whole else None
    if not rows or period is None:
        return None
    columns = (
        Column("Kelurahan", width=1.0),
        *(Column(title, "right") for title in ("Laki-laki", "Perempuan", "Jumlah", "Keluarga", "Perekaman KTP-el")),
    )
    caption = f"Jumlah Penduduk Menurut Kelurahan dan Jenis Kelamin, {period}"
    return without_empty_columns(
        Table(caption, columns, (*cells[:-1], strong(cells[-1])), _source_note(reader, "dukcapil_dkb"))
    )


def _population_row(name: str, figures: dict[str, Figure]) -> tuple[Cell, ...]:
    ratio = figures.get("rasio_jenis_kelamin")
    men, women = (ratio.pembilang, ratio.penyebut) if ratio else (None, None)
    rest = (figures.get(kode) for kode in BY_SEX[1:])
    return (
        Cell(name),
        *(number_cell(value, ABSENT if value is None else format_number(value)) for value in (men, women)),
        *(figure_cell(figure) for figure in rest),
    )


def figure_cell(figure: Figure | None, *, with_unit: bool = False) -> Cell:
    if figure is None:
        return Cell(ABSENT)
    is_percent = figure.satuan == "persen"
    text = figure.text if with_unit or is_percent or figure.is_hidden else figure.bare(figure.nilai)
    return Cell(text, number=figure.nilai, status=figure.status if SEVERITY[figure.status] else None)


def moves_table(reader: Reader) -> Table | None:
    whole = by_code(reader.figures)
    places = {name: by_code(figures) for name, figures in grouped(reader.kelurahan).items()}
    if not places or "mutasi_lahir" not in whole:
        return None
    rows = [(Cell(name), *(figure_cell(figures.get(kode)) for kode in MOVES)) for name, figures in places.items()]
    total = strong((Cell(f"Jumlah {reader.area.title}"), *(figure_cell(whole.get(kode)) for kode in MOVES)))
    columns = (
        Column("Kelurahan", width=1.0),
        *(Column(title, "right") for title in ("Lahir", "Mati", "Datang", "Pindah")),
    )
    caption = f"Mutasi Penduduk (jiwa), {whole['mutasi_lahir'].periode_label}"
    return without_empty_columns(Table(caption, columns, (*rows, total), _source_note(reader, "dukcapil_mutasi")))


def _source_note(reader: Reader, source: str) -> str:
    """`Sumber: Dinas Pemadam Kebakaran, diolah. Data sampai 31 Okt 2026.`"""
    state = next((state for state in reader.sources if state.source == source), None)
    return "" if state is None else f"Sumber: {state.opd_nama}, diolah. {wording.plain(state.data_sampai_teks)}."


def disaster_table(reader: Reader) -> Table | None:
    """The kinds that occurred; the others are told to be nil."""
    known = [row for row in reader.disasters if row.jumlah_kejadian]
    none = [row.jenis_bencana.lower() for row in reader.disasters if not row.jumlah_kejadian]
    if not reader.disasters:
        return None
    note = f"Tidak ada kejadian (0): {join_words(none)}." if none else ""
    rows = tuple((Cell(row.jenis_bencana), Cell(format_number(row.jumlah_kejadian))) for row in known)
    return Table(
        "Kejadian bencana menurut jenis",
        (Column("Jenis", width=1.0), Column("Kejadian", "right")),
        rows or ((Cell("Semua jenis"), Cell("0")),),
        note,
    )


def topic_table(topics: Sequence[Topic]) -> Table | None:
    if not topics:
        return None
    columns = (
        Column("Topik", width=1.0),
        *(
            Column(title, "right")
            for title in ("Masuk", "Selesai", "Belum selesai", "Lewat batas", "Tertua (hari kerja)")
        ),
    )
    rows = tuple(
        (
            Cell(topic.topik),
            *(
                Cell(ABSENT if count is None else format_number(count))
                for count in (topic.masuk, topic.selesai, topic.terbuka, topic.lewat_batas, topic.tertua_hari_kerja)
            ),
        )
        for topic in topics
    )
    note = "Masuk dan selesai: laporan bulan ini. Belum selesai dan lewat batas: keadaan pada akhir bulan."
    return Table(f"Laporan warga menurut topik, {topics[0].periode_label}", columns, rows, note)


def junction_table(reader: Reader) -> Table | None:
    rows = tuple(
        (
            Cell(row.simpang),
            Cell(row.nilai_teks, status=row.status),
            Cell(ABSENT if row.jumlah_kemacetan is None else format_number(row.jumlah_kemacetan)),
            Cell(row.lama_kemacetan_teks or ABSENT),
        )
        for row in reader.junctions
        if row.indikator_kode == "derajat_kejenuhan"
    )
    if not rows:
        return None
    columns = (
        Column("Simpang", width=1.0),
        Column("Derajat kejenuhan", "right"),
        Column("Kemacetan (kali)", "right"),
        Column("Lama", "right"),
    )
    return without_empty_columns(Table("Simpang yang dihitung", columns, rows))


def votes_table(reader: Reader) -> Table | None:
    """Pairs in the order of their numbers; official first, the count beside it."""
    newest = max((row.tahun for row in reader.votes), default=None)
    rows = tuple(
        (
            Cell(f"{row.pemilihan_nama} {row.tahun}"),
            Cell(str(row.nomor_urut)),
            Cell(row.paslon_nama),
            Cell(ABSENT if row.suara_resmi is None else format_number(row.suara_resmi)),
            Cell(amount(row.persen_resmi, "persen", 2)),
            Cell(wording.plain(row.status_teks)),
        )
        for row in reader.votes
        if row.tahun == newest
    )
    if not rows:
        return None
    columns = (
        Column("Pemilihan"), Column("No.", "center"), Column("Pasangan calon", width=1.0),
        Column("Suara (D.HASIL)", "right"), Column("Persen", "right"), Column("Keterangan"),
    )  # fmt: skip
    return Table("Hasil pemilihan terakhir di kecamatan", columns, rows)
