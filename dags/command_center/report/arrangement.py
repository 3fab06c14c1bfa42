"""What stands beside what on paper: the blocks of sections as rows, each text as the layout will set it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from command_center.drawing.letters import pieces, widest, width, wrap
from command_center.drawing.marks import WORDS
from command_center.report.columns import NO_TARGET, PADDING, SHAPE, fit, need, text_of
from command_center.report.document import (
    Block,
    Cell,
    Column,
    Document,
    Drawing,
    Finding,
    Paragraph,
    Section,
    Status,
    Table,
    names_group,
)
from command_center.report.references import Piece, linked_pieces
from command_center.report.workbook import SHAPED

MOST_ABREAST = 4
LEAST_SHARE = 0.3
HALF = 0.5
LONG = 12  # rows
WHOLE = 1.001  # three thirds, however they are rounded
TIGHT = 1.06  # tables beside something may be set a little smaller; drawings are not
BESIDE_ROWS = 14  # a table no longer than this stands beside its drawing
EM_OF_PAGE = (510 / 8, 510 / 7.6, 510 / 7.1)  # its width in heights of a table's letters, for each density
BETWEEN_TERMS = 0.05  # lines
TERM_EM = 21.8  # of a column of definitions, less its indent; at the roomiest density
PITCH, CAPTION, HEADING, OPENING, PAGE_PT = 9.0, 18.0, 24.0, 280.0, 765.0  # points, at the closest density
LEFT_PT = 90.0  # at the end of a page, where what comes next does not fit


@dataclass(frozen=True)
class Sheet:
    """A page of a density; `em` is its width in heights of a table's letters."""

    em: float
    letters: frozenset[str] = frozenset()  # of the appendices, to which texts lead

    def rows_of(self, blocks: Sequence[Block]) -> list[list[dict[str, Any]]]:
        """Neighbours that fit beside each other share a row; a drawing left alone has its table beside it."""
        rows = [self.row_of(self.with_table(row)) for row in self.arrange(blocks)]
        for row, _ in pairwise(rows):
            row[0]["sticky"] = row[0]["kind"] == "paragraph"  # what introduces a table does not stay behind alone
        return rows

    def section_of(self, section: Section) -> dict[str, Any]:
        return {
            "heading": section.heading,
            "letter": section.number if section.is_appendix else "",
            "more": self.linked(section.more),
            "rows": self.rows_of(section.blocks),
        }

    def linked(self, text: str) -> list[Piece]:
        """With what leads to an appendix; a word too long for its place may be broken."""
        return linked_pieces(breakable(text, self.em), self.letters)

    def arrange(self, blocks: Sequence[Block]) -> list[Sequence[Block]]:
        """In their order, in the rows that together are the least high."""
        best: list[tuple[float, list[Sequence[Block]]]] = [(0.0, [])]
        needs = [self.need_of(block) / (TIGHT if isinstance(block, Table) else 1) for block in blocks]
        heights = [self.height_of(block) for block in blocks]
        for end in range(1, len(blocks) + 1):
            tried = [
                (best[start][0] + max(heights[start:end]), [*best[start][1], blocks[start:end]])
                for start in range(max(end - MOST_ABREAST, 0), end)
                if end - start == 1 or sum(needs[start:end]) <= WHOLE
            ]
            best.append(min(tried, key=lambda one: one[0]))
        return best[-1][1]

    def height_of(self, block: Block) -> float:
        """About how many points it takes when it is set closely, with its caption."""
        if isinstance(block, Paragraph):
            return PITCH * (1 + widest([block.text], 1) // self.em) + 4
        if isinstance(block, Table):
            return PITCH * (len(block.rows) + 1) + CAPTION + (PITCH if block.note else 0)
        return natural_size(block.svg)[1] * 0.66 + CAPTION

    def share_of(self, document: Document, pages: int) -> float:
        """About which part of so many pages the report proper takes when it is set closely."""
        proper = [one for one in document.sections if not one.is_appendix]
        points = sum(max(map(self.height_of, row)) for one in proper for row in self.arrange(one.blocks))
        return (points + HEADING * len(proper) + OPENING) / (PAGE_PT * pages - LEFT_PT * (pages - 1))

    def need_of(self, block: Block) -> float:
        """Of the page's width: a drawing says it, a table needs what it takes without wrapping."""
        if isinstance(block, Drawing):
            return block.share
        if isinstance(block, Paragraph) or block.is_glossary:
            return 1
        return max(need(block) / self.em, LEAST_SHARE)

    def with_table(self, row: Sequence[Block]) -> Sequence[Block]:
        """A drawing left alone has its table beside it; a long narrow table is set in two halves."""
        first = row[0]
        if len(row) == 1 and isinstance(first, Table) and is_long(first) and self.need_of(first) <= HALF:
            return halves(first)
        if len(row) > 1 or not isinstance(first, Drawing) or first.table is None:
            return row
        is_short = len(first.table.rows) <= BESIDE_ROWS
        return [first, first.table] if is_short and first.share + self.need_of(first.table) <= 1.01 else row

    def row_of(self, row: Sequence[Block]) -> list[dict[str, Any]]:
        """Drawings keep their share; tables have the rest, each as it needs."""
        if len(row) == 1:
            return [self.block_of(row[0], row[0].share if isinstance(row[0], Drawing) else 1)]
        rest = 1 - sum(one.share for one in row if isinstance(one, Drawing))
        needed = sum(self.need_of(one) for one in row if not isinstance(one, Drawing)) or 1
        shares = [one.share if isinstance(one, Drawing) else rest * self.need_of(one) / needed for one in row]
        return [self.block_of(one, share) for one, share in zip(row, shares, strict=True)]

    def block_of(self, block: Block, share: float) -> dict[str, Any]:
        if isinstance(block, Table):
            return terms_of(block) if block.is_glossary else self.table_of(block, share)
        if isinstance(block, Drawing):
            return drawing_of(block, share)
        text = self.linked(block.text)
        return {"kind": "paragraph", "share": share, "text": text, "note": block.is_note, "sticky": False}

    def table_of(self, table: Table, share: float = 1) -> dict[str, Any]:
        cells = [cell for row in table.rows for cell in row]
        silent = {cell.status for cell in cells if cell.status in SHAPED and not is_told(cell.status, cell.text)}
        has_dash = any(text_of(cell) != cell.text for cell in cells)
        shrink, tracks = fit(table, self.em * share)
        return {
            "kind": "table",
            "share": share,
            "shrink": round(shrink, 3),
            "caption": table.caption,
            "columns": [
                {"title": breakable(column.title, width - PADDING), "align": column.align, "width": round(width, 3)}
                for column, width in zip(table.columns, tracks, strict=True)
            ],
            "rows": [
                [cell_of(row[0], sum(tracks))]
                if names_group(row)
                else [cell_of(cell, width) for cell, width in zip(row, tracks, strict=True)]
                for row in table.rows or (empty_row(table),)
            ],
            "note": f"{NO_TARGET} tanpa target. {table.note}".strip() if has_dash else table.note,
            "legend": [status for status in WORDS if status in silent] if table.caption else [],
        }

    def summary_of(self, document: Document) -> dict[str, Any]:
        said = document.summary
        return {
            "worse": [self.finding_of(one) for one in said.worse],
            "better": [self.finding_of(one) for one in said.better],
            "act": self.table_of(actions(said.act)) if said.act else None,
            "others": self.linked(said.others),
        }

    def finding_of(self, finding: Finding) -> dict[str, Any]:
        section = f"Bagian {finding.section}" if finding.section else ""
        tail = ", ".join(filter(None, (finding.since, section)))
        return {
            "sentence": breakable(finding.sentence, self.em / 2 - 6),
            "status": finding.status,
            "told": is_told(finding.status, finding.sentence),
            "tail": f"({tail})" if tail else "",
        }


def is_long(table: Table) -> bool:
    return len(table.rows) >= LONG and not any(cell.is_strong for cell in table.rows[-1])  # a sum stays with its parts


def halves(table: Table) -> tuple[Table, Table]:
    middle = (len(table.rows) + 1) // 2
    first = replace(table, rows=table.rows[:middle], note="")
    return first, replace(table, caption=f"{table.caption} (lanjutan)", rows=table.rows[middle:])


def actions(findings: Sequence[Finding]) -> Table:
    """Who is to do what, by which rule."""
    widths = {"Hal": 1.7, "Tindakan": 1.7, "Penanggung jawab": 1.0, "Aturan": 0.9}
    rows = [
        (
            Cell(f"{one.sentence}{f' ({one.since})' if one.since else ''}", status=one.status),
            *map(Cell, (one.action, one.responsible, one.rule)),
        )
        for one in findings
    ]
    return Table("", tuple(Column(title, width=width) for title, width in widths.items()), tuple(rows))


def drawing_of(drawing: Drawing, share: float) -> dict[str, Any]:
    said = {name: getattr(drawing, name) for name in ("caption", "svg", "alt", "note")}
    return {"kind": "drawing", "share": share, "width": natural_size(drawing.svg)[0], **said}


def natural_size(svg: str) -> tuple[float, float]:
    """Width and height in pixels; about those of a page where the drawing does not say."""
    found = re.search(r'<svg[^>]*? width="([0-9.]+)" height="([0-9.]+)"', svg)
    return (float(found[1]), float(found[2])) if found else (680.0, 340.0)


def terms_of(table: Table) -> dict[str, Any]:
    """A table of definitions as terms: the first cell is the term, the others say it."""
    terms = [
        (row[0].text, " · ".join(cell.text for cell in row[1:] if cell.text not in ("", NO_TARGET)))
        for row in table.rows or (empty_row(table),)
    ]
    return {"kind": "terms", "share": 1, "columns": in_columns(terms), "note": table.note}


def in_columns(terms: Sequence[tuple[str, str]], count: int = 3) -> list[list[tuple[str, str]]]:
    """In their order, in columns of about the same number of lines; each goes on by itself on the next page."""
    lines = [len(wrap(f"{term}: {said}", TERM_EM, 1)) + BETWEEN_TERMS for term, said in terms]
    before = [sum(lines[:place]) for place in range(len(lines))]
    whole = sum(lines)
    return [
        [term for term, above in zip(terms, before, strict=True) if int(above * count / whole) == column]
        for column in range(count)
    ]


def empty_row(table: Table) -> tuple[Cell, ...]:
    return tuple(Cell("Tidak tersedia" if place == 0 else "") for place in range(len(table.columns)))


def cell_of(cell: Cell, width: float) -> dict[str, Any]:
    status = cell.status if cell.status in SHAPED else None
    room = width - PADDING - (widest([SHAPE], 1) if status else 0)
    return {
        "text": breakable(text_of(cell), room),
        "status": status,
        "told": status is not None and is_told(status, cell.text),
        "strong": cell.is_strong,
    }


def is_told(status: Status | None, text: str) -> bool:
    return status is not None and WORDS[status] in text.lower()


def breakable(text: str, room: float) -> str:
    """A word too long for its place may be broken: it must not leave it."""
    if len(text) * 1.05 <= room:
        return text
    return " ".join("\u200b".join(pieces(word, room, 1)) if width(word, 1) > room else word for word in text.split(" "))
