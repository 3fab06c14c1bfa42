"""What one report says, before it has a shape: PDF, page for telephones, workbook and mail are made from this alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

Kind = Literal["bulanan", "mingguan", "lurah", "wali_kota"]
Status = Literal["baik", "waspada", "siaga", "buruk", "tanpa_ambang", "tidak_tersedia"]
Align = Literal["left", "right", "center"]


@dataclass(frozen=True)
class Cell:
    """One cell of a table: the text that people read, the number behind it, and a status told by word and shape."""

    text: str
    number: Decimal | None = None
    status: Status | None = None
    is_strong: bool = False


@dataclass(frozen=True)
class Column:
    title: str
    align: Align = "left"
    width: float | None = None  # share of the free width; None: as wide as its longest text


@dataclass(frozen=True)
class Paragraph:
    text: str
    is_note: bool = False


def names_group(row: Sequence[Cell]) -> bool:
    """Whether a row only says what the rows below it are of; its text has the whole width."""
    return len(row) > 1 and row[0].is_strong and not any(cell.text or cell.status for cell in row[1:])


@dataclass(frozen=True)
class Table:
    """A table with its heading line; every row has one cell per column."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""
    is_glossary: bool = False  # the first cell is a term, the others say what it means


@dataclass(frozen=True)
class Drawing:
    """A chart or map as plain SVG, with the alternative text that a rule made and the same figures as a table."""

    caption: str
    svg: str
    alt: str
    table: Table | None = None
    note: str = ""
    share: float = 1.0  # of the page's width; neighbours that fit stand side by side


@dataclass(frozen=True)
class Finding:
    """One thing to know or to do: a sentence, its status, and for what is to be done who, what, and by which rule."""

    sentence: str
    status: Status
    since: str = ""
    action: str = ""
    responsible: str = ""
    rule: str = ""
    section: str = ""
    indikator_kode: str = ""


Block = Paragraph | Table | Drawing


@dataclass(frozen=True)
class Section:
    """`number` is a Roman numeral, the letter of an appendix, or empty; every edition has the same headings."""

    number: str
    title: str
    blocks: tuple[Block, ...]
    more: str = ""  # a few words: what of it stands in which appendix
    is_appendix: bool = False

    @property
    def heading(self) -> str:
        """`II. Kependudukan`, `Lampiran A. Rincian per Kelurahan`."""
        said = f"{self.number}. {self.title}" if self.number else self.title
        return f"Lampiran {said}" if self.is_appendix else said


@dataclass(frozen=True)
class Summary:
    """At most three findings each; `others` says how many more there are and where they stand."""

    worse: tuple[Finding, ...]
    better: tuple[Finding, ...]
    act: tuple[Finding, ...]
    others: str = ""


@dataclass(frozen=True)
class Fact:
    """One number of the report and where it is from: indicator, area, period, batches, age of content."""

    indikator_kode: str
    indikator_nama: str
    wilayah_kode: str
    wilayah_nama: str
    periode_mulai: date
    periode_selesai: date
    periode_label: str
    nilai: Decimal | None
    teks: str
    satuan: str
    status: Status
    is_sementara: bool
    source: str
    data_per: datetime | None
    label_data: str | None
    batches: tuple[
        int, ...
    ] = ()  # of its source, that speak of its period; the mart does not know them, the ledger does


FactKey = tuple[str, str, date]  # indikator_kode, wilayah_kode, periode_mulai


@dataclass(frozen=True)
class Earlier:
    """What an earlier edition said, so that this one can say what is different now."""

    number: int
    made_at: datetime
    values: Mapping[FactKey, Decimal | None]


@dataclass(frozen=True)
class Context:
    """What an edition knows of itself: its number, what was late, why it is made anew, what earlier ones said."""

    number: int = 1
    late: tuple[str, ...] = ()  # sentences: which source, until when its content reaches; empty: everything is there
    reason: str = ""  # of a correction or of the full edition after an incomplete one
    earlier: tuple[Earlier, ...] = ()
    is_preview: bool = False


@dataclass(frozen=True)
class Letterhead:
    """Nomor, Sifat, Hal and Yth. of the covering lines; the sender is always the same."""

    nomor: str
    sifat: str
    lampiran: str
    hal: str
    yth: str  # a job title, e.g. `Plt. Camat Kuranji`
    di: str = "Padang"


@dataclass(frozen=True)
class Document:
    """One report of one area and period."""

    kind: Kind
    wilayah_kode: str
    wilayah_nama: str
    kode_kecamatan: str | None
    periode: date  # first day of the month, or of the week
    title: str
    period_text: str
    letterhead: Letterhead
    context: Context
    label: str | None  # DATA SIMULASI
    data_per: datetime | None
    notices: tuple[str, ...]  # stand on page 1
    summary: Summary
    sections: tuple[Section, ...]
    facts: tuple[Fact, ...]

    @property
    def appendices(self) -> tuple[Section, ...]:
        """What is looked up and not read through; it stands behind the report proper, from a new page on."""
        return tuple(section for section in self.sections if section.is_appendix)

    @property
    def letters_of_appendices(self) -> str:
        """`Lampiran A, Lampiran B, Lampiran C`, or nothing."""
        return ", ".join(f"Lampiran {section.number}" for section in self.appendices)

    @property
    def slug(self) -> str:
        return "_".join(self.wilayah_nama.lower().replace("-", " ").split())


@dataclass(frozen=True)
class Rendered:
    """The files of one document. The same document gives the same bytes."""

    document: Document
    pdf: bytes
    html: str
    xlsx: bytes  # also inside the PDF
