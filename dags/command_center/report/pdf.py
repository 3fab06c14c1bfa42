"""A document as tagged PDF bytes: PDF/UA-1 and PDF/A-3a with the workbook inside; layout.typ says where what stands."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import typst

from command_center.drawing import mark, palette
from command_center.drawing.letters import pieces, widest
from command_center.drawing.marks import WORDS
from command_center.errors import DeliveryError
from command_center.idformat import format_until
from command_center.report.document import (
    Block,
    Cell,
    Column,
    Document,
    Drawing,
    Finding,
    Kind,
    Paragraph,
    Section,
    Status,
    Table,
)
from command_center.report.render import font_folders
from command_center.report.workbook import SHAPED
from command_center.settings import WIB

LAYOUT = Path(__file__).with_name("layout.typ")
STANDARDS: list[typst.PDFStandard] = ["a-3a", "ua-1"]
PAGE_OBJECT = re.compile(rb"/Type ?/Page\b")
MOST_PAGES: dict[Kind, int] = {"bulanan": 4, "mingguan": 1, "lurah": 2, "wali_kota": 4}
FITS_OR_FAILS: tuple[Kind, ...] = ("mingguan",)
CLOSEST = 2  # of the densities of the layout
GROWTH = (1.25, 1.1)  # of the height, roomy and close, over the closest
MOST_ABREAST = 4
PITCH, CAPTION, HEADING, OPENING, PAGE_PT = 9.4, 20.0, 28.0, 290.0, 745.0  # points, of the closest
APPENDIX = "Lampiran"
LEAST_SHARE = 0.3
BESIDE_ROWS = 14  # a table no longer than this stands beside its drawing
PAGE_EM = 510 / 7.1  # width of a page in letters' heights of a table
SENTENCE_EM = 26.0
SHORT_EM = 11.0
GROWTH_STEPS = 32
NO_TARGET = "–"
PADDING = 1.0  # between columns
SHAPE = 1.1
NOT_A_LETTER: dict[Kind, str] = {
    "bulanan": "bukan surat dari camat",
    "mingguan": "bukan surat dari camat",
    "lurah": "bukan surat dari lurah",
    "wali_kota": "bukan surat bertanda tangan",
}


def set_pages(document: Document, xlsx: bytes) -> bytes:
    """Roomy where it fits, closer where it does not. A weekly that does not fit on its page is refused."""
    said = json.dumps(layout_of(document, xlsx), ensure_ascii=False, sort_keys=True)
    most = MOST_PAGES[document.kind]
    for density in range(first_density(document), CLOSEST + 1):
        pdf = compile_pages(document, said, density)
        if page_count(pdf) <= most:
            return pdf
    if document.kind in FITS_OR_FAILS:
        raise unsettable(document, f"it needs more than {most} page, also when it is set closely; shorten its sections")
    return pdf


def first_density(document: Document) -> int:
    """The roomiest that may fit: to set a report only to see that it does not costs as much as the report."""
    share = pages_of(document) / MOST_PAGES[document.kind]
    return next((density for density, growth in enumerate(GROWTH) if share * growth <= 1), CLOSEST)


def page_count(pdf: bytes) -> int:
    return len(PAGE_OBJECT.findall(pdf))


def compile_pages(document: Document, said: str, density: int) -> bytes:
    inputs = {"report": said, "density": str(density)}
    try:
        pdf = compiler().compile(format="pdf", sys_inputs=inputs, pdf_standards=STANDARDS, timestamp=made_at(document))
    except typst.TypstError as error:
        raise unsettable(document, error.message) from None
    if not isinstance(pdf, bytes):
        raise DeliveryError(f"{LAYOUT.name} gave no PDF.")
    return pdf


def unsettable(document: Document, why: str) -> DeliveryError:
    return DeliveryError(f"The report {document.title}, {document.period_text}, could not be set: {why}.")


@cache
def compiler() -> typst.Compiler:
    """One compiler for all reports: it keeps the parsed layout and the fonts."""
    fonts = typst.Fonts(include_system_fonts=False, font_paths=[str(folder) for folder in font_folders()])
    return typst.Compiler(input=str(LAYOUT), root=str(LAYOUT.parent), font_paths=fonts, ignore_system_fonts=True)


def made_at(document: Document) -> datetime:
    """The date inside is that of the data: the same document gives the same bytes."""
    moment = document.data_per or datetime.combine(document.periode, datetime.min.time(), WIB)
    return moment.astimezone(UTC)


def layout_of(document: Document, xlsx: bytes) -> dict[str, Any]:
    """What the layout needs, every text as it will stand."""
    return {
        "title": document.title,
        "period_text": document.period_text,
        "letterhead": vars(document.letterhead),
        "edition": document.context.number,
        "is_preview": document.context.is_preview,
        "data_per": format_until(document.data_per) if document.data_per else "",
        "label": document.label or "",
        "stamp": stamp_of(document),
        "footer": footer_of(document),
        "notices": document.notices,
        "summary": summary_of(document),
        "sections": [
            {"number": one.number, "title": one.title, "rows": rows_of(one.blocks), "is_appendix": is_appendix(one)}
            for one in document.sections
        ],
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


def is_appendix(section: Section) -> bool:
    """Definitions are looked up, not read through: they are set small, in columns."""
    return section.title.startswith(APPENDIX)


def attachment_name(document: Document) -> str:
    return f"data_{document.kind}_{document.slug}_{document.periode:%Y-%m-%d}.xlsx"


def footer_of(document: Document) -> list[str]:
    return [
        f"Dihasilkan oleh sistem Padang Command Center, tanpa tanda tangan; {NOT_A_LETTER[document.kind]}.",
        f"Sifat {document.letterhead.sifat}: hanya untuk penerima dan dinas yang berkepentingan.",
    ]


def summary_of(document: Document) -> dict[str, Any]:
    said = document.summary
    return {
        "worse": [finding_of(one) for one in said.worse],
        "better": [finding_of(one) for one in said.better],
        "act": table_of(actions(said.act)) if said.act else None,
        "others": breakable(said.others, PAGE_EM),
    }


def finding_of(finding: Finding) -> dict[str, Any]:
    section = f"Bagian {finding.section}" if finding.section else ""
    tail = ", ".join(filter(None, (finding.since, section)))
    return {
        "sentence": breakable(finding.sentence, PAGE_EM / 2 - 4),
        "status": finding.status,
        "told": is_told(finding.status, finding.sentence),
        "tail": f"({tail})" if tail else "",
    }


def actions(findings: Sequence[Finding]) -> Table:
    """Who is to do what, by which rule."""
    columns = (
        Column("Hal", width=1.7),
        Column("Tindakan", width=1.7),
        Column("Penanggung jawab", width=1),
        Column("Aturan", width=0.9),
    )
    rows = tuple(
        (
            Cell(f"{one.sentence}{f' ({one.since})' if one.since else ''}", status=one.status),
            Cell(one.action),
            Cell(one.responsible),
            Cell(one.rule),
        )
        for one in findings
    )
    return Table("", columns, rows)


def rows_of(blocks: Sequence[Block]) -> list[list[dict[str, Any]]]:
    """Neighbours that fit beside each other share a row; a drawing left alone has its table beside it."""
    return [row_of(with_table(row)) for row in arrange(blocks)]


def arrange(blocks: Sequence[Block]) -> list[Sequence[Block]]:
    """In their order, in the rows that together are the least high."""
    best: list[tuple[float, list[Sequence[Block]]]] = [(0.0, [])]
    for end in range(1, len(blocks) + 1):
        rows = [blocks[start:end] for start in range(max(end - MOST_ABREAST, 0), end)]
        tried = [
            (best[end - len(row)][0] + max(map(height_of, row)), [*best[end - len(row)][1], row])
            for row in rows
            if len(row) == 1 or sum(map(need_of, row)) <= 1.01
        ]
        best.append(min(tried, key=lambda one: one[0]))
    return best[-1][1]


def height_of(block: Block) -> float:
    """About how many points it takes when it is set closely, with its caption."""
    if isinstance(block, Paragraph):
        return PITCH * (1 + widest([block.text], 1) // PAGE_EM) + 4
    if isinstance(block, Table):
        return PITCH * (len(block.rows) + 1) + CAPTION + (PITCH if block.note else 0)
    return natural_size(block.svg)[1] * 0.66 + CAPTION


def pages_of(document: Document) -> float:
    """About how many pages it takes when it is set closely; looked-up definitions aside, which are set smaller."""
    blocks = [row for one in document.sections for row in arrange(one.blocks) if not is_appendix(one)]
    return (sum(max(map(height_of, row)) for row in blocks) + HEADING * len(document.sections) + OPENING) / PAGE_PT


def need_of(block: Block) -> float:
    """Of the page's width: a drawing says it, a table needs what it takes without wrapping."""
    if isinstance(block, Drawing):
        return block.share
    return max(sum(wished_widths(block, 0)) / PAGE_EM, LEAST_SHARE) if isinstance(block, Table) else 1


def with_table(row: Sequence[Block]) -> Sequence[Block]:
    first = row[0]
    if len(row) == 1 and isinstance(first, Drawing) and first.table and len(first.table.rows) <= BESIDE_ROWS:
        return [first, first.table] if first.share + need_of(first.table) <= 1.01 else row
    return row


def row_of(row: Sequence[Block]) -> list[dict[str, Any]]:
    """Drawings keep their share; tables have the rest, each as it needs."""
    if len(row) == 1:
        return [block_of(row[0], row[0].share if isinstance(row[0], Drawing) else 1)]
    rest = 1 - sum(one.share for one in row if isinstance(one, Drawing))
    needed = sum(need_of(one) for one in row if not isinstance(one, Drawing)) or 1
    return [block_of(one, one.share if isinstance(one, Drawing) else rest * need_of(one) / needed) for one in row]


def block_of(block: Block, share: float) -> dict[str, Any]:
    if isinstance(block, Paragraph):
        return {"kind": "paragraph", "share": share, "text": breakable(block.text, PAGE_EM), "note": block.is_note}
    if isinstance(block, Table):
        return table_of(block, share)
    return {
        "kind": "drawing",
        "share": share,
        "caption": block.caption,
        "svg": block.svg,
        "alt": block.alt,
        "note": block.note,
        "width": natural_size(block.svg)[0],
    }


def natural_size(svg: str) -> tuple[float, float]:
    """Width and height in pixels; that of a page where the drawing does not say."""
    found = re.search(r'<svg[^>]*? width="([0-9.]+)" height="([0-9.]+)"', svg)
    return (float(found[1]), float(found[2])) if found else (680.0, 340.0)


def table_of(table: Table, share: float = 1) -> dict[str, Any]:
    cells = [cell for row in table.rows for cell in row if cell.status in SHAPED]
    silent = {cell.status for cell in cells if cell.status and not is_told(cell.status, cell.text)}
    has_dash = any(text_of(cell) != cell.text for row in table.rows for cell in row)
    tracks = widths_of(table, PAGE_EM * share)
    rows = table.rows or (empty_row(table),)
    return {
        "kind": "table",
        "share": share,
        "caption": table.caption,
        "columns": [
            {"title": column.title, "align": column.align, "width": round(width, 3)}
            for column, width in zip(table.columns, tracks, strict=True)
        ],
        "rows": [[cell_of(cell, room) for cell, room in zip(row, tracks, strict=True)] for row in rows],
        "note": f"{NO_TARGET} tanpa target. {table.note}".strip() if has_dash else table.note,
        "legend": [status for status in WORDS if status in silent] if table.caption else [],
    }


def widths_of(table: Table, room: float) -> list[float]:
    """Each column as wide as its texts, and what is left over shared out; too little goes where it saves most lines."""
    least, wished = least_widths(table), wished_widths(table, room)
    if sum(wished) <= room:
        return [width * room / sum(wished) for width in wished]
    if sum(least) >= room:
        return cut_down(least, room)
    return grow(least, [[widest([cell.text], 1) for cell in row] for row in table.rows], room)


def least_widths(table: Table) -> list[float]:
    """What a column's longest word takes, or its longest text, where that is a figure or short."""
    return [least_width(column, texts) for column, texts in zip(table.columns, texts_of(table), strict=True)]


def least_width(column: Column, texts: Sequence[str]) -> float:
    unbroken = SENTENCE_EM if column.align == "right" else SHORT_EM if column.width is None else 0
    whole = [text for text in texts if widest([text], 1) <= unbroken]
    return widest([*words_of([column.title, *texts]), *whole], 1) + PADDING


def wished_widths(table: Table, room: float) -> list[float]:
    """Without wrapping, titles aside; a column with a share takes what the others leave, or what a sentence needs."""
    natural = [
        max(low, widest(texts, 1) + PADDING) for low, texts in zip(least_widths(table), texts_of(table), strict=True)
    ]
    shares = [column.width or 0 for column in table.columns]
    free = room - sum(width for width, share in zip(natural, shares, strict=True) if not share)
    return [
        max(free * share / sum(shares), min(width, SENTENCE_EM)) if share else width
        for width, share in zip(natural, shares, strict=True)
    ]


def grow(least: Sequence[float], texts: Sequence[Sequence[float]], room: float) -> list[float]:
    """From the least widths on, each piece of the room to the column that makes rows high."""
    widths = list(least)
    step = (room - sum(least)) / GROWTH_STEPS
    for _ in range(GROWTH_STEPS):
        needs = [0.0] * len(widths)
        for row in texts:
            lines = [text / (width - PADDING) for text, width in zip(row, widths, strict=True)]
            highest = max(range(len(lines)), key=lines.__getitem__)
            needs[highest] += max(lines[highest] - 1, 0) / widths[highest]
        widths[max(range(len(needs)), key=needs.__getitem__)] += step
    return widths


def texts_of(table: Table) -> list[list[str]]:
    """The texts of each column, with a wide letter for the shape of a status."""
    return [
        [("M" if row[place].status in SHAPED else "") + text_of(row[place]) for row in table.rows]
        for place in range(len(table.columns))
    ]


def text_of(cell: Cell) -> str:
    """A status without a target is a dash, which the legend explains."""
    return NO_TARGET if cell.status == "tanpa_ambang" and cell.text in ("", "Tanpa target") else cell.text


def words_of(texts: Iterable[str]) -> list[str]:
    return [word for text in texts for word in text.split()]


def cut_down(widths: Sequence[float], room: float) -> list[float]:
    """Only the widest columns give way: a figure is not broken for the sake of a very long name."""
    given = [0.0] * len(widths)
    order = sorted(range(len(widths)), key=lambda place: widths[place])
    for number, place in enumerate(order):
        given[place] = min(widths[place], (room - sum(given)) / (len(order) - number))
    return given


def empty_row(table: Table) -> tuple[Cell, ...]:
    return tuple(Cell("Tidak tersedia" if place == 0 else "") for place in range(len(table.columns)))


def cell_of(cell: Cell, room: float) -> dict[str, Any]:
    status = cell.status if cell.status in SHAPED else None
    return {
        "text": breakable(text_of(cell), room - PADDING - (SHAPE if status else 0)),
        "status": status,
        "told": status is not None and is_told(status, cell.text),
        "strong": cell.is_strong,
    }


def is_told(status: Status, text: str) -> bool:
    return WORDS[status] in text.lower()


def breakable(text: str, room: float) -> str:
    """A word too long for its place may be broken: it must not leave it."""
    return " ".join("\u200b".join(pieces(word, room, 1)) for word in text.split(" "))
