"""A document as tagged PDF bytes: PDF/UA-1 and PDF/A-3a with the workbook inside; layout.typ says where what stands."""

from __future__ import annotations

import json
import re
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import typst

from command_center.drawing import mark, palette
from command_center.drawing.marks import WORDS
from command_center.errors import DeliveryError
from command_center.idformat import format_until
from command_center.report.arrangement import EM_OF_PAGE, Sheet
from command_center.report.document import Document, Kind
from command_center.report.fonts import font_folder
from command_center.report.references import letters_of
from command_center.settings import WIB

LAYOUT = Path(__file__).with_name("layout.typ")
STANDARDS: list[typst.PDFStandard] = ["a-3a", "ua-1"]
OF_THREAD = threading.local()
PAGE_OBJECT = re.compile(rb"(\d+) 0 obj\s*<</Type ?/Page\b")
FIRST_APPENDIX = re.compile(rb"\(lampiran-A\)(\d+) 0 R")
# Of the report proper; appendices take what they need
MOST_PAGES: dict[Kind, int] = {"bulanan": 4, "mingguan": 1, "lurah": 2, "wali_kota": 4}
FITS_OR_FAILS: tuple[Kind, ...] = ("mingguan",)
CLOSEST = 2  # of the densities of the layout
GROWTH = (1.25, 1.1)  # of the height, roomy and close, over the closest
COUNTED = (
    "satu",
    "dua",
    "tiga",
    "empat",
    "lima",
    "enam",
    "tujuh",
    "delapan",
    "sembilan",
    "sepuluh",
    "sebelas",
    "dua belas",
)
NOT_A_LETTER: dict[Kind, str] = {
    "bulanan": "bukan surat dari camat",
    "mingguan": "bukan surat dari camat",
    "lurah": "bukan surat dari lurah",
    "wali_kota": "bukan surat bertanda tangan",
}


def set_pages(document: Document, xlsx: bytes) -> bytes:
    """Roomy where it fits, closer where it does not. A weekly that does not fit on its page is refused."""
    most = MOST_PAGES[document.kind]
    for density in range(first_density(document), CLOSEST + 1):
        pdf = compile_pages(document, layout_of(document, xlsx, density), density)
        if proper_pages(pdf) <= most:
            return pdf
    if document.kind in FITS_OR_FAILS:
        raise unsettable(document, f"it needs more than {most} page, also when it is set closely; shorten its sections")
    return pdf


def first_density(document: Document) -> int:
    """The roomiest that may fit: to set a report only to see that it does not costs as much as the report."""
    share = Sheet(EM_OF_PAGE[CLOSEST]).share_of(document, MOST_PAGES[document.kind])
    return next((density for density, growth in enumerate(GROWTH) if share * growth <= 1), CLOSEST)


def page_count(pdf: bytes) -> int:
    return len(PAGE_OBJECT.findall(pdf))


def proper_pages(pdf: bytes) -> int:
    """How many pages stand before the first appendix, to which the letterhead leads; all of them where there is none."""
    pages = [one[1] for one in PAGE_OBJECT.finditer(pdf)]
    named = FIRST_APPENDIX.search(pdf)
    place = re.search(rb"\n%s 0 obj\s*\[(\d+) 0 R" % named[1], pdf) if named else None
    return pages.index(place[1]) if place else len(pages)


def compile_pages(document: Document, said: dict[str, Any], density: int) -> bytes:
    inputs = {"report": json.dumps(said, ensure_ascii=False, sort_keys=True), "density": str(density)}
    stamp = made_at(document)
    try:
        pdf = compiler().compile(format="pdf", sys_inputs=inputs, pdf_standards=STANDARDS, timestamp=stamp)
    except typst.TypstError as error:
        raise unsettable(document, error.message) from None
    if not isinstance(pdf, bytes):
        raise DeliveryError(f"{LAYOUT.name} gave no PDF.")
    return pdf


def unsettable(document: Document, why: str) -> DeliveryError:
    return DeliveryError(f"The report {document.title}, {document.period_text}, could not be set: {why}.")


def compiler() -> typst.Compiler:
    """One for all reports of a thread: it keeps the parsed layout and the fonts, and works on one report at a time."""
    if not hasattr(OF_THREAD, "compiler"):
        OF_THREAD.compiler = make_compiler()
    found: typst.Compiler = OF_THREAD.compiler
    return found


def make_compiler() -> typst.Compiler:
    fonts = typst.Fonts(include_system_fonts=False, font_paths=[str(font_folder())])
    return typst.Compiler(input=str(LAYOUT), root=str(LAYOUT.parent), font_paths=fonts, ignore_system_fonts=True)


def made_at(document: Document) -> datetime:
    """The date inside is that of the data: the same document gives the same bytes."""
    moment = document.data_per or datetime.combine(document.periode, datetime.min.time(), WIB)
    return moment.astimezone(UTC)


def layout_of(document: Document, xlsx: bytes, density: int) -> dict[str, Any]:
    """What the layout needs, every text as it will stand."""
    sheet = Sheet(EM_OF_PAGE[density], frozenset(letters_of(document)))
    return {
        "title": document.title,
        "period_text": document.period_text,
        "letterhead": vars(document.letterhead),
        "appendices": sheet.linked(document.letters_of_appendices),
        "counted": COUNTED,
        "edition": document.context.number,
        "is_preview": document.context.is_preview,
        "data_per": format_until(document.data_per) if document.data_per else "",
        "label": document.label or "",
        "stamp": stamp_of(document),
        "footer": footer_of(document),
        "notices": [sheet.linked(notice) for notice in document.notices],
        "summary": sheet.summary_of(document),
        "sections": [sheet.section_of(one) for one in document.sections],
        "attachment": {
            "name": attachment_name(document),
            "description": f"Semua angka {document.title}, {document.period_text}, dengan sumbernya",
            "bytes": list(xlsx),
        },
        "marks": {status: mark(status) for status in WORDS},
        "words": WORDS,
        "colours": {name: getattr(palette, name.upper()) for name in ("ink", "quiet", "rule", "panel", "navy")},
    }


def stamp_of(document: Document) -> str | None:
    """The drawing behind the text; simulated data say so even in a preview."""
    if document.label:
        return "data_simulasi"
    return "pratinjau" if document.context.is_preview else None


def attachment_name(document: Document) -> str:
    return f"data_{document.kind}_{document.slug}_{document.periode:%Y-%m-%d}.xlsx"


def footer_of(document: Document) -> list[str]:
    return [
        f"Dihasilkan oleh sistem Padang Command Center, tanpa tanda tangan; {NOT_A_LETTER[document.kind]}.",
        f"Sifat {document.letterhead.sifat}: hanya untuk penerima dan dinas yang berkepentingan.",
    ]
