"""The cells of a workbook that came by mail, read in a process of its own with limits: what it was made to do, it does there."""

from __future__ import annotations

import io
import json
import os
import resource
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from python_calamine import CalamineWorkbook

from command_center.errors import PayloadError
from command_center.extract.isolated import WITHHELD
from command_center.extract.xlsx import is_workbook
from command_center.paths import DAGS
from command_center.settings import settings

MOST_CELLS = 2_000_000
Cells = tuple[str | None, ...]


@dataclass(frozen=True)
class Worksheet:
    """One worksheet, every cell as text; None where it is empty."""

    name: str
    rows: tuple[Cells, ...]


def worksheets(content: bytes) -> list[Worksheet]:
    """Raises PayloadError when it is no workbook that can be read."""
    environment = {name: value for name, value in os.environ.items() if not any(word in name for word in WITHHELD)}
    environment |= {"PYTHONPATH": str(DAGS), "CC_VAR_DIR": str(settings().cc_var_dir)}
    command = [sys.executable, "-m", "command_center.report.sheet_cells"]
    try:
        done = subprocess.run(
            command,
            check=False,
            input=content,
            capture_output=True,
            env=environment,
            timeout=settings().cc_parser_timeout_s,
        )
        told = json.loads(done.stdout) if done.returncode == 0 else None
    except (subprocess.TimeoutExpired, ValueError):
        told = None
    if told is None:
        raise PayloadError("The attached workbook cannot be read; ask the steward for a copy that was saved as .xlsx.")
    return [Worksheet(name, tuple(tuple(row) for row in rows)) for name, rows in told]


def main() -> int:
    limit = settings().cc_parser_memory_mb << 20
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    content = sys.stdin.buffer.read()
    if not is_workbook(content, "", "lembar"):
        return 1
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    found = [(name, _texts(book.get_sheet_by_name(name).to_python(skip_empty_area=False))) for name in book.sheet_names]
    if sum(len(row) for _, rows in found for row in rows) > MOST_CELLS:
        return 1
    json.dump(found, sys.stdout)
    return 0


def _texts(rows: Sequence[Sequence[object]]) -> list[list[str | None]]:
    return [[_text(cell) for cell in row] for row in rows if any(cell != "" for cell in row)]


def _text(cell: object) -> str | None:
    """What was typed; a whole number without the decimal point that a program for workbooks keeps it with."""
    if cell is None or cell == "":
        return None
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


if __name__ == "__main__":
    sys.exit(main())
