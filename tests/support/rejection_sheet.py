"""A rejection sheet as a program for workbooks shows it: values, notes, and which cells stand out."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass

from lxml import etree
from python_calamine import CalamineWorkbook

MAIN = {"x": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}


@dataclass(frozen=True)
class Shown:
    """One worksheet: its rows as texts, and by row and header the notes and the cells with a fill and a frame."""

    head: list[str]
    rows: list[dict[str, str]]
    notes: dict[tuple[int, str], str]
    marked: set[tuple[int, str]]


def guide_of(content: bytes) -> str:
    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name("Petunjuk").to_python()
    return "\n".join(" ".join(str(cell) for cell in row if cell != "") for row in rows)


def sheets_of(content: bytes) -> dict[str, Shown]:
    """The worksheets after the first, by their names."""
    names = CalamineWorkbook.from_filelike(io.BytesIO(content)).sheet_names
    return {name: _shown(content, name, number) for number, name in enumerate(names, 1) if number > 1}


def _shown(content: bytes, name: str, number: int) -> Shown:
    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name(name).to_python()
    head = [str(cell) for cell in rows[0]]
    assert all(isinstance(cell, str) for row in rows for cell in row), "every cell is a text"
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheet, styles = (
            etree.fromstring(archive.read(f"xl/{part}")) for part in (f"worksheets/sheet{number}.xml", "styles.xml")
        )
        notes = etree.fromstring(archive.read(f"xl/comments{number - 1}.xml"))
    assert not sheet.xpath("//x:f | //x:hyperlink", namespaces=MAIN), "no formula and no link"
    formats = styles.xpath("//x:cellXfs/x:xf", namespaces=MAIN)
    filled = {str(at) for at, one in enumerate(formats) if int(one.get("fillId")) > 1 and int(one.get("borderId")) > 0}
    cells = sheet.xpath("//x:c", namespaces=MAIN)
    return Shown(
        head,
        [dict(zip(head, map(str, row), strict=True)) for row in rows[1:]],
        {_place(one.get("ref"), head): "".join(one.itertext()) for one in notes.xpath("//x:comment", namespaces=MAIN)},
        {_place(one.get("r"), head) for one in cells if one.get("s") in filled},
    )


def _place(reference: str, head: list[str]) -> tuple[int, str]:
    """The row, counted from 0 below the header, and the header of a cell such as B2."""
    found = re.fullmatch(r"([A-Z]+)([0-9]+)", reference)
    assert found is not None
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - 64
    return int(found[2]) - 2, head[column - 1]
