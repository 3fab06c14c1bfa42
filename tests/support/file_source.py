"""What the tests of file kinds share: a declaration of one table, and its reading of some bytes."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Any

from command_center.declaration.source import Source
from command_center.extract.kinds import MODULES
from command_center.extract.reading import Answer, Reading, Row
from command_center.intake.quarantine import place


def declare(kind: str, columns: Sequence[str | dict[str, Any]], layout: dict[str, Any], **extract: Any) -> Source:
    """A source of one table; a column given as text is its header, its name the header's letters."""
    table = {
        "description": "Rows of a test.",
        "mode": "snapshot",
        "volume": {"max": 1_000_000},
        "columns": [_column(column) for column in columns],
        "ignore": extract.pop("ignore", []),
    }
    return Source.model_validate(
        {
            "source": "uji_berkas", "title": "Uji", "opd": "uji", "opd_name": "Uji", "description": "Uji.", "owner": "Kepala",
            "steward": "Kepala Bidang", "deputy_steward": "Kasubbag", "legal_basis": [], "maturity": 0, "schedule": None,
            "freshness": "P1D", "connection": {"id": "uji", "address": "postgresql://db/uji" if kind == "sql" else "file:///data"},
            "extract": {"kind": kind, "requests": [{"part": "a", "path": "a", "tables": ["baris"]}], "layout": layout, **extract},
            "tables": {"baris": table},
        }
    )  # fmt: skip


def _column(column: str | dict[str, Any]) -> dict[str, Any]:
    given = {"source": column} if isinstance(column, str) else column
    name = (
        "".join(letter if letter.isalnum() else "_" for letter in given["source"].lower())
        .lstrip("_0123456789")
        .rstrip("_")
    )
    return {"name": name, "description": name, "classification": "publik", **given}


def answer(content: bytes, *, size: int = 1 << 20, **known: str) -> Answer:
    """An answer that arrives in chunks of that size."""
    chunks = [content[at : at + size] for at in range(0, len(content), size)]
    return Answer("uji_berkas.baris, part 'a'", lambda: iter(chunks), {"part": "a", **known}, name="berkas_01.dat")


def read(source: Source, content: bytes | Answer) -> Reading:
    """The reading of the bytes by the declared kind."""
    given = content if isinstance(content, Answer) else answer(content)
    module = import_module(f"command_center.extract.{MODULES[source.extract.kind][1]}")
    reading: Reading = module.read(source, source.tables["baris"], given)
    return reading


def rows(reading: Reading) -> list[Row]:
    found = list(reading.rows)
    assert len({number for number, _, _ in found} | {r.row_number for r in reading.rejects}) == len(found) + len(
        reading.rejects
    ), "a row number stands for more than one row"
    return found


def texts(reading: Reading) -> list[list[str | None]]:
    return [list(row) for _, _, row in rows(reading)]


def rejected(reading: Reading) -> list[tuple[str, str]]:
    """Place and reason of what was rejected, once all rows were read."""
    list(reading.rows)
    return [(place(reading.sections, reject.row_number), reject.reason) for reject in reading.rejects]
