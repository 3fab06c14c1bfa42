"""Workbooks whose bytes depend on nothing but their cells."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime

from openpyxl import Workbook
from xlsxwriter import Workbook as XlsxWriter

Cell = str | int
ERRORS = {"#REF!", "#N/A", "#DIV/0!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!"}  # of formulas
ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)
CORE = "docProps/core.xml"
STAMP = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")


def workbook_bytes(sheets: Mapping[str, Iterable[Sequence[Cell]]], made_at: datetime) -> bytes:
    """A workbook with the given rows per sheet, its properties dated `made_at`."""
    buffer = io.BytesIO()
    with XlsxWriter(buffer, {"in_memory": True}) as book:
        book.set_properties({"created": _universal(made_at)})
        for title, rows in sheets.items():
            sheet = book.add_worksheet(title)
            for row, cells in enumerate(rows):
                for column, cell in enumerate(cells):
                    if cell in ERRORS:
                        sheet.write_formula(row, column, f"={cell}", value=cell)
                    elif isinstance(cell, str):  # as it stands, whatever it looks like
                        sheet.write_string(row, column, cell)
                    else:
                        sheet.write_number(row, column, cell)
    return buffer.getvalue()


def _universal(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


def saved(book: Workbook, made_at: datetime) -> bytes:
    """The workbook's bytes without the moment of saving in them."""
    buffer = io.BytesIO()
    book.save(buffer)
    stamp = _universal(made_at).strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    return rewritten(buffer.getvalue(), lambda name, part: STAMP.sub(rb"\g<1>" + stamp, part) if name == CORE else part)


def rewritten(content: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    """The same workbook with each part passed through `change`, and with fixed times in its directory."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(buffer, "w") as after:
        for name in before.namelist():
            entry = zipfile.ZipInfo(name, ZIP_EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            after.writestr(entry, change(name, before.read(name)))
    return buffer.getvalue()
