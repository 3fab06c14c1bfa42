"""Sections I to VIII of a kecamatan's monthly report: which figure stands where, with its tables, charts and map."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from command_center import drawing
from command_center.idformat import format_month, format_number, join_words
from command_center.report import wording
from command_center.report.blocks import (
    FIGURE_NOTE,
    THIRD,
    figure_table,
    lines,
    number_cell,
    status_cell,
    without_empty_columns,
)
from command_center.report.comparison import kelurahan
from command_center.report.document import Block, Cell, Column, Drawing, Paragraph, Section, Table
from command_center.report.figures import Figure, by_code
from command_center.report.outline import OTHERS, TITLES, figures_of, present
from command_center.report.reading import Reader
from command_center.report.rows import Cases, Point
from command_center.report.wording import ABSENT, ZERO_RULE

SERIES = (
    "jumlah_kejadian_bencana",
    "jumlah_kebakaran",
    "jumlah_penyelamatan",
    "waktu_tanggap",
    "persen_tanggap_15mnt",
    "insidensi_dbd",
    "insidensi_diare",
    "laporan_masuk",
    "derajat_kejenuhan",
    "realisasi_keuangan",
    "realisasi_fisik",
)


def sections(reader: Reader, series: dict[str, list[Point]]) -> list[Section]:
    made = {
        "I": overview(reader),
        "II": residents(reader),
        "III": safety(reader, series),
        "IV": health(reader, series),
        "V": complaints(reader),
        "VI": traffic(reader),
        "VII": money(reader),
        "VIII": kelurahan(reader),
    }
    return [Section(number, TITLES[number], blocks) for number, blocks in made.items()]


def overview(reader: Reader) -> tuple[Block, ...]:
    area, figures = reader.area, by_code(reader.figures)
    facts = [
        f"luas {format_number(area.luas_km2, 2)} km²" if area.luas_km2 else "",
        f"{format_number(area.jumlah_kelurahan)} kelurahan" if area.jumlah_kelurahan else "",
        *(
            f"{word} {figures[kode].text} ({figures[kode].periode_label})"
            for kode, word in (("jumlah_penduduk", "penduduk"), ("jumlah_kk", "keluarga"))
            if kode in figures and figures[kode].nilai is not None
        ),
    ]
    sentence = f"{area.title} (kode {area.kode}): {join_words([fact for fact in facts if fact])}."
    return present(Paragraph(sentence), Paragraph(ZERO_RULE, is_note=True), field_table(reader))


def field_table(reader: Reader) -> Table:
    """One verdict per field, and the figure that decides it."""
    rows = tuple(
        (Cell(field.bidang_nama), status_cell(field.status, field.status_teks), Cell(field.utama_teks or ABSENT))
        for field in reader.fields
    )
    columns = (Column("Bidang"), Column("Keadaan"), Column("Indikator yang menentukan", width=1.0))
    return Table("Keadaan per bidang", columns, rows)


def residents(reader: Reader) -> tuple[Block, ...]:
    return present(
        figure_table("Indikator kependudukan", figures_of(reader.figures, "II"), note=FIGURE_NOTE),
    )


def safety(reader: Reader, series: dict[str, list[Point]]) -> tuple[Block, ...]:
    figures = by_code(reader.figures)
    counted = [
        ("Kebakaran", series["jumlah_kebakaran"]),
        ("Penyelamatan", series["jumlah_penyelamatan"]),
        ("Bencana", series["jumlah_kejadian_bencana"]),
    ]
    return present(
        figure_table(
            "Indikator ketenteraman, kebakaran, dan kebencanaan",
            figures_of(reader.figures, "III"),
        ),
        response_paragraph(reader),
        year(counted_message(reader, counted), counted),
        *(
            year(message(figures, kode, name), [(name, series[kode])], threshold_of(figures.get(kode), noun))
            for kode, name, noun in (
                ("waktu_tanggap", "Waktu tanggap", "batas"),
                ("persen_tanggap_15mnt", "Tanggap dalam 15 menit", "target"),
            )
        ),
    )


DBD, DIARRHOEA, SATURATION, REPORTS = "insidensi_dbd", "insidensi_diare", "derajat_kejenuhan", "laporan_masuk"
TWELVE = "Dua belas bulan terakhir."


def message(figures: Mapping[str, Figure], kode: str, otherwise: str) -> str:
    """What the chart of an indicator says this month."""
    return figures[kode].message if kode in figures and figures[kode].nilai is not None else otherwise


def counted_message(reader: Reader, series: Sequence[tuple[str, Sequence[Point]]]) -> str:
    """`3 kebakaran, 17 penyelamatan, dan 7 bencana pada Oktober 2026`."""
    last = [(name, point) for name, points in series for point in points if point.periode_mulai == reader.month]
    said = [f"{wording.bare(point.nilai, point.satuan, point.desimal)} {name.lower()}" for name, point in last]
    return f"{join_words(said)} pada {format_month(reader.month)}" if said else "Kejadian per bulan"


def service_sentence(services: Sequence[Figure]) -> str:
    """`9 dari 12 layanan SPM kesehatan di bawah target bulan ini.`"""
    if not services:
        return ""
    missed = sum(figure.is_problem for figure in services)
    count = format_number(len(services))
    if not missed:
        return f"Semua {count} layanan SPM kesehatan mencapai target bulan ini."
    if missed == len(services):
        return f"Semua {count} layanan SPM kesehatan di bawah target bulan ini."
    return f"{format_number(missed)} dari {count} layanan SPM kesehatan di bawah target bulan ini."


def spent_message(figures: Mapping[str, Figure], month: date) -> str:
    told = [
        f"{word} {figures[kode].text}"
        for kode, word in (("realisasi_keuangan", "keuangan"), ("realisasi_fisik", "fisik"))
        if kode in figures
    ]
    return f"Realisasi {join_words(told) if told else 'keuangan dan fisik'} sampai {format_month(month)}"


def threshold_of(figure: Figure | None, noun: str) -> drawing.Threshold | None:
    return None if figure is None or figure.target is None else drawing.Threshold(figure.target, noun)


def response_paragraph(reader: Reader) -> Paragraph | None:
    response = reader.response
    if response is None or not response.jumlah_kejadian:
        return None
    return Paragraph(
        f"Dari {format_number(response.jumlah_kejadian)} kejadian {response.periode_label}, separuhnya ditanggapi dalam "
        f"{response.median_teks} dan sembilan dari sepuluh dalam {response.p90_teks}."
    )


def health(reader: Reader, series: dict[str, list[Point]]) -> tuple[Block, ...]:
    every = figures_of(reader.figures, "IV")
    services = [figure for figure in every if figure.indikator_kode.startswith("spm_kes_")]
    figures = by_code(every)
    return present(
        Paragraph(" ".join(filter(None, (outbreak_sentence(reader), service_sentence(services))))),
        figure_table(
            "Indikator kesehatan",
            every,
        ),
        disease_table(reader.diseases),
        year(message(figures, DBD, "DBD"), [("DBD", series[DBD])]),
    )


def outbreak_sentence(reader: Reader) -> str:
    """The signs of the month, never a declaration."""
    figure = by_code(reader.figures).get("sinyal_klb")
    signs = [row for row in reader.attention if row.aturan_kode == "sinyal_klb"] if reader.is_newest else []
    only = "Tanda bukan pernyataan KLB; hanya wali kota atau Dinas Kesehatan yang menyatakannya."
    if signs:
        return f"{' '.join(sign.kalimat for sign in signs)} {only}"
    if figure is None or figure.nilai is None:
        return "Tanda kewaspadaan KLB tidak tersedia."
    if figure.nilai:
        return f"Pada {figure.periode_label} ada tanda kewaspadaan KLB untuk {figure.text}. {only}"
    return f"Tidak ada tanda kewaspadaan KLB pada {figure.periode_label}."


def disease_table(cases: Sequence[Cases], caption: str = "") -> Table | None:
    """Cases per week, and how the newest week stands to the same week of earlier years; diseases without a case are named."""
    weeks = sorted({(row.minggu_mulai, row.minggu) for row in cases})
    if not weeks:
        return None
    names = dict.fromkeys(row.penyakit for row in cases)
    known = {(row.penyakit, row.minggu_mulai): row for row in cases}
    told = {row.penyakit for row in cases if row.kasus != 0 or row.puskesmas_tanpa_angka}
    shown = [name for name in names if name in told]
    silent = [name for name in names if name not in shown]
    columns = (
        Column("Penyakit", width=1.0),
        *(Column(f"M-{number}", "right") for _, number in weeks),
        Column("Rentang", "right"),
        Column("Minggu terakhir"),
    )
    rows = tuple(_disease_row(name, [known.get((name, day)) for day, _ in weeks]) for name in shown)
    notes = [
        "Rentang: terendah dan tertinggi pada minggu yang sama tahun-tahun sebelumnya.",
        "≥: angka sebagian puskesmas tidak diketahui." if any(map(_is_least, cases)) else "",
        f"Tanpa kasus (0): {join_words(silent)}." if silent else "",
    ]
    title = caption or "Kasus menurut minggu epidemiologi (SKDR)"
    return without_empty_columns(Table(title, columns, rows, " ".join(filter(None, notes))))


def _disease_row(name: str, weeks: Sequence[Cases | None]) -> tuple[Cell, ...]:
    last = weeks[-1]
    return (
        Cell(name),
        *(Cell(_counted(week)) for week in weeks),
        Cell((last.rentang_teks if last else None) or ABSENT),
        Cell(wording.plain((last.posisi_teks if last else None) or ABSENT)),
    )


def _counted(week: Cases | None) -> str:
    if week is None or week.kasus is None:
        return ABSENT
    return f"{'≥ ' if _is_least(week) else ''}{format_number(week.kasus)}"


def _is_least(week: Cases) -> bool:
    return week.kasus is not None and week.puskesmas_tanpa_angka > 0


def complaints(reader: Reader) -> tuple[Block, ...]:
    return present(
        figure_table(
            "Indikator pelayanan kelurahan, pengaduan, dan panggilan 112",
            figures_of(reader.figures, "V"),
            note="Indeks Kepuasan Masyarakat (IKM): tidak tersedia; belum ada sumber datanya.",
        ),
    )


def traffic(reader: Reader) -> tuple[Block, ...]:
    return present(
        figure_table(
            "Indikator lalu lintas, jaringan, penerangan jalan, dan kebersihan",
            figures_of(reader.figures, "VI"),
        ),
    )


def money(reader: Reader) -> tuple[Block, ...]:
    return present(
        Paragraph(critical_sentence(reader)),
        figure_table(
            "Indikator program dan anggaran",
            figures_of(reader.figures, "VII"),
        ),
        activity_table(reader),
    )


def critical_sentence(reader: Reader) -> str:
    critical = [activity.kegiatan for activity in reader.activities if activity.is_kritis]
    if not reader.activities:
        return "Rincian kegiatan bulan ini tidak tersedia."
    if not critical:
        return f"Tidak ada kegiatan kritis dari {format_number(len(reader.activities))} kegiatan."
    return f"Kegiatan kritis: {join_words(critical)}."


def activity_table(reader: Reader) -> Table | None:
    if not reader.activities:
        return None
    columns = (
        Column("Kegiatan", width=2.6),
        Column("Pagu", "right", width=1.2),
        *(Column(title, "right", width=1.0) for title in ("Target keu.", "Realisasi keu.", "Deviasi keu.")),
        Column("Status", width=1.1),
        *(Column(title, "right", width=1.0) for title in ("Target fisik", "Realisasi fisik", "Deviasi fisik")),
        Column("Status", width=1.1),
        Column("Kritis", width=1.0),
    )
    rows = tuple(
        (
            Cell(row.kegiatan),
            number_cell(row.pagu_idr, row.pagu_teks),
            number_cell(row.rencana_keuangan_pct, row.rencana_keuangan_teks),
            number_cell(row.realisasi_keuangan_pct, row.realisasi_keuangan_teks),
            number_cell(row.deviasi_keuangan_poin, row.deviasi_keuangan_teks),
            status_cell(row.status_keuangan),
            number_cell(row.rencana_fisik_pct, row.rencana_fisik_teks),
            number_cell(row.realisasi_fisik_pct, row.realisasi_fisik_teks),
            number_cell(row.deviasi_fisik_poin, row.deviasi_fisik_teks),
            status_cell(row.status_fisik),
            Cell(wording.plain(row.kritis_teks)),
        )
        for row in reader.activities
    )
    return without_empty_columns(Table("Target, realisasi, dan deviasi per kegiatan", columns, rows))


def year(
    caption: str, series: Sequence[tuple[str, Sequence[Point]]], threshold: drawing.Threshold | None = None
) -> Drawing | None:
    return lines(caption, series, threshold, share=THIRD, note=TWELVE)


def other_fields(reader: Reader) -> Section:
    """What is counted for the kecamatan and has no section in the order of the headings."""
    return Section(
        "",
        OTHERS,
        present(
            figure_table("Indikator agenda, isu publik, dan pemilihan", figures_of(reader.figures, "")),
        ),
    )
