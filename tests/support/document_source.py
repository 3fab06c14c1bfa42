"""What the tests of XML kinds, feeds and calendars share: a declaration of one table, and its reading of some bytes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from importlib import import_module
from typing import Any

from command_center.declaration.source import Source
from command_center.extract.asking import BUNDLE
from command_center.extract.kinds import MODULES
from command_center.extract.reading import Answer, Reading
from command_center.intake.quarantine import place


def declare(
    kind: str, columns: Sequence[str | dict[str, Any]], *, address: str = "https://uji.invalid", **given: Any
) -> Source:
    """A source of one table; a column given as text is its source, its name the letters of it."""
    table = {
        "description": "Rows of a test.",
        "mode": "snapshot",
        "volume": {"min": given.pop("min", 1), "max": 1_000_000},
        "columns": [_column(column) for column in columns],
        "ignore": given.pop("ignore", []),
        "records": given.pop("records", []),
        "drift": given.pop("drift", {}),
    }
    return Source.model_validate(
        {
            "source": "uji_dokumen", "title": "Uji", "opd": "uji", "opd_name": "Uji", "description": "Uji.", "owner": "Kepala",
            "steward": "Kepala Bidang", "deputy_steward": "Kasubbag", "legal_basis": [], "maturity": 0, "schedule": None,
            "freshness": "P1D", "connection": {"id": "uji", "address": address},
            "extract": {"kind": kind, "requests": [{"part": "a", "path": "a.xml", "tables": ["baris"]}], **given},
            "tables": {"baris": table},
        }
    )  # fmt: skip


def _column(column: str | dict[str, Any]) -> dict[str, Any]:
    given = {"source": column} if isinstance(column, str) else column
    name = "".join(letter if letter.isalnum() else "_" for letter in given["source"].lower()).strip("_")
    return {"name": name, "description": name, "classification": "publik", **given}


def answer(content: bytes | str, *, simulated: str = "", name: str = "a.xml", **known: str) -> Answer:
    given = content.encode() if isinstance(content, str) else content
    paths = frozenset(filter(None, [simulated]))
    return Answer("uji_dokumen.baris, part 'a'", lambda: iter([given]), {"part": "a", **known}, paths, name=name)


def bundled(**files: bytes | str) -> Answer:
    """Files as the pages of one answer; '__' in a name is its point."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "."), content)
    content = buffer.getvalue()
    return Answer("uji_dokumen.baris, part 'a'", lambda: iter([content]), {"part": "a"}, content_type=BUNDLE)


def read(source: Source, content: bytes | str | Answer) -> Reading:
    given = content if isinstance(content, Answer) else answer(content)
    module = import_module(f"command_center.extract.{MODULES[source.extract.kind][1]}")
    reading: Reading = module.read(source, source.tables["baris"], given)
    return reading


def texts(reading: Reading) -> list[list[str | None]]:
    """The texts of all rows; no two rows or rejects may have the same number."""
    found = list(reading.rows)
    numbers = [number for number, _, _ in found] + [reject.row_number for reject in reading.rejects]
    assert len(set(numbers)) == len(numbers)
    return [list(row) for _, _, row in found]


def dicts(reading: Reading) -> list[dict[str, str | None]]:
    return [dict(zip(reading.columns, row, strict=True)) for row in texts(reading)]


def rejected(reading: Reading) -> list[tuple[str, str]]:
    """Place and reason of what was rejected, once all rows were read."""
    list(reading.rows)
    return [(place(reading.sections, reject.row_number), reject.reason) for reject in reading.rejects]
