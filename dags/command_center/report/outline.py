"""The headings of a report, and which indicator stands under which."""

from __future__ import annotations

from collections.abc import Sequence

from command_center.report.document import Block, Cell
from command_center.report.figures import Figure

TITLES = {
    "I": "Gambaran Umum Wilayah",
    "II": "Kependudukan",
    "III": "Ketenteraman, Ketertiban Umum, dan Kebencanaan",
    "IV": "Kesehatan Masyarakat",
    "V": "Pelayanan Publik dan Pengaduan Masyarakat",
    "VI": "Perhubungan dan Prasarana",
    "VII": "Pelaksanaan Program dan Anggaran",
    "VIII": "Perbandingan Antarkelurahan",
    "IX": "Permasalahan dan Rekomendasi Tindak Lanjut",
}
DETAILS, QUALITY, DEFINITIONS = "A", "B", "C"  # the appendices of a kecamatan's monthly report
OTHERS = "Agenda, Isu Publik, dan Pemilihan"
SECTION_OF_FIELD = {
    "kependudukan": "II",
    "bencana": "III",
    "kebakaran": "III",
    "kesehatan": "IV",
    "pengaduan": "V",
    "lalu_lintas": "VI",
    "infrastruktur": "VI",
    "program": "VII",
    "wilayah": "V",
}
SECTION_OF_CODE = {"gangguan_ketertiban": "III", "lampu_jalan_padam": "VI", "titik_sampah_liar": "VI"}


def section_of(domain: str, kode: str = "") -> str:
    """The Roman numeral of the section in which an indicator stands; empty for what has none."""
    return SECTION_OF_CODE.get(kode) or SECTION_OF_FIELD.get(domain, "")


def figures_of(figures: Sequence[Figure], section: str) -> list[Figure]:
    return [figure for figure in figures if section_of(figure.domain, figure.indikator_kode) == section]


def present(*blocks: Block | None) -> tuple[Block, ...]:
    return tuple(block for block in blocks if block is not None)


def grouped(figures: Sequence[Figure]) -> dict[str, list[Figure]]:
    """Figures by the name of their kelurahan, in the order of the codes."""
    ordered = sorted(figures, key=lambda figure: figure.wilayah_kode)
    names = dict.fromkeys(figure.wilayah_nama for figure in ordered)
    return {name: [figure for figure in ordered if figure.wilayah_nama == name] for name in names}


def strong(row: tuple[Cell, ...]) -> tuple[Cell, ...]:
    return tuple(Cell(cell.text, cell.number, cell.status, is_strong=True) for cell in row)


def inside(name: str) -> str:
    """A name within a sentence; an abbreviation stays as it is."""
    return name if name[1:2].isupper() else name[:1].lower() + name[1:]
