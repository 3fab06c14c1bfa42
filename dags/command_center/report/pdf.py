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
    Status,
    Table,
)
from command_center.report.render import font_folders
from command_center.report.workbook import SHAPED
from command_center.settings import WIB

LAYOUT = Path(__file__).with_name("layout.typ")
STANDARDS: list[typst.PDFStandard] = ["a-3a", "ua-1"]
OVERFLOW = "needs more pages"  # said by the layout
MOST_PAGES: dict[Kind, int] = {"bulanan": 4, "mingguan": 1, "lurah": 2, "wali_kota": 4}
FITS_OR_FAILS: tuple[Kind, ...] = ("mingguan",)
DENSITIES = ("0", "1", "2")
BESIDE_ROWS = 14  # a table no longer than this stands beside its drawing
PAGE_EM = 510 / 8  # width of a page in letters' heights of a table
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
    for density in DENSITIES:
        try:
            return compile_pages(said, density, most, made_at(document))
        except typst.TypstError as error:
            if OVERFLOW not in error.message:
                raise unsettable(document, error.message) from None
    if document.kind in FITS_OR_FAILS:
        raise unsettable(document, f"it needs more than {most} page, also when it is set closely; shorten its sections")
    return compile_pages(said, DENSITIES[-1], 0, made_at(document))


def compile_pages(said: str, density: str, limit: int, stamp: datetime) -> bytes:
    inputs = {"report": said, "density": density, "limit": str(limit)}
    pdf = compiler().compile(format="pdf", sys_inputs=inputs, pdf_standards=STANDARDS, timestamp=stamp)
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
            {"number": one.number, "title": one.title, "rows": rows_of(one.blocks)} for one in document.sections
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


def rows_of(blocks: Iterable[Block]) -> list[list[dict[str, Any]]]:
    """Neighbours that fit beside each other share a row; a drawing left alone has its table beside it."""
    rows: list[list[Block]] = []
    for block in blocks:
        if rows and isinstance(block, Drawing) and isinstance(rows[-1][0], Drawing) and fits(rows[-1], block):
            rows[-1].append(block)
        else:
            rows.append([block])
    return [row_of(row) for row in rows]


def fits(row: Sequence[Block], block: Drawing) -> bool:
    return sum(one.share for one in row if isinstance(one, Drawing)) + block.share <= 1.01


def row_of(row: Sequence[Block]) -> list[dict[str, Any]]:
    first = row[0]
    if (
        len(row) == 1
        and isinstance(first, Drawing)
        and first.share <= 0.6
        and first.table
        and len(first.table.rows) <= BESIDE_ROWS
    ):
        return [block_of(first), table_of(first.table, 1 - first.share)]
    return [block_of(one) for one in row]


def block_of(block: Block) -> dict[str, Any]:
    if isinstance(block, Paragraph):
        return {"kind": "paragraph", "share": 1, "text": breakable(block.text, PAGE_EM), "note": block.is_note}
    if isinstance(block, Table):
        return table_of(block)
    return {
        "kind": "drawing",
        "share": block.share,
        "caption": block.caption,
        "svg": block.svg,
        "alt": block.alt,
        "note": block.note,
        "width": natural_width(block.svg),
    }


def natural_width(svg: str) -> float:
    found = re.search(r'<svg[^>]*? width="([0-9.]+)"', svg)
    return float(found[1]) if found else 680


def table_of(table: Table, share: float = 1) -> dict[str, Any]:
    cells = [cell for row in table.rows for cell in row if cell.status in SHAPED]
    silent = {cell.status for cell in cells if cell.status and not is_told(cell.status, cell.text)}
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
        "note": table.note,
        "legend": [status for status in WORDS if status in silent] if table.caption else [],
    }


def widths_of(table: Table, room: float) -> list[float]:
    """Each column as wide as its texts, and what is left over shared out; too little is shared among those that can wrap."""
    columns = [
        [column.title, *(("M" if row[place].status else "") + row[place].text for row in table.rows)]
        for place, column in enumerate(table.columns)
    ]
    least = [widest((word for text in texts for word in text.split()), 1) + PADDING for texts in columns]
    wished = [widest(texts, 1) + PADDING for texts in columns]
    wished = share_out([column.width for column in table.columns], wished, least, room)
    if sum(wished) <= room:
        return [width * room / sum(wished) for width in wished]
    if sum(least) >= room:
        return cut_down(least, room)
    given = (room - sum(least)) / (sum(wished) - sum(least))
    return [low + (width - low) * given for width, low in zip(wished, least, strict=True)]


def share_out(shares: Sequence[float | None], wished: list[float], least: list[float], room: float) -> list[float]:
    """What the columns without a share leave over belongs to those with one."""
    whole = sum(share or 0 for share in shares)
    free = room - sum(width for width, share in zip(wished, shares, strict=True) if share is None)
    return [
        width if share is None else max(free * share / whole, low)
        for width, low, share in zip(wished, least, shares, strict=True)
    ]


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
        "text": breakable(cell.text, room - PADDING - (SHAPE if status else 0)),
        "status": status,
        "told": status is not None and is_told(status, cell.text),
        "strong": cell.is_strong,
    }


def is_told(status: Status, text: str) -> bool:
    return WORDS[status] in text.lower()


def breakable(text: str, room: float) -> str:
    """A word too long for its place may be broken: it must not leave it."""
    return " ".join("\u200b".join(pieces(word, room, 1)) for word in text.split(" "))
