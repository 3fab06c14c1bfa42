"""Workbooks whose bytes depend on nothing but their cells."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime

from openpyxl import Workbook

Cell = str | int
ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)
CORE = "docProps/core.xml"
STAMP = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")


def workbook_bytes(sheets: Mapping[str, Iterable[Sequence[Cell]]], made_at: datetime) -> bytes:
    """A workbook with the given rows per sheet, its properties dated `made_at`."""
    book = Workbook(write_only=True)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    return saved(book, made_at)


def saved(book: Workbook, made_at: datetime) -> bytes:
    """The workbook's bytes without the moment of saving in them."""
    buffer = io.BytesIO()
    book.save(buffer)
    universal = made_at.astimezone(UTC) if made_at.tzinfo else made_at
    stamp = universal.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
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
