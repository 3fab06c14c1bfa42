"""Workbooks: chosen sheets, a declared header row, every cell as text with its digits."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time

import pandas as pd
from python_calamine import CalamineError

from command_center.errors import PayloadError
from command_center.extract.reading import Answer, Reading, Row, Section, check_drift, conceal, refuse_html
from command_center.source import Column, Source, Table

MAX_UNPACKED = 300 << 20
MAX_RATIO = 200


def read(source: Source, table: Table, answer: Answer) -> Reading:
    """The rows of all chosen sheets. Raises PayloadError naming file, sheet and what is wrong."""
    content = answer.content()
    refuse_html(content, "an xlsx workbook", answer.where)
    _check_container(content, answer.where)
    sheets = _sheets(source, content, answer.where)
    warnings: list[str] = []
    sections: list[Section] = []
    frames: list[tuple[list[Column | None], pd.DataFrame]] = []
    offset = 0
    for name, frame in sheets.items():
        columns = _columns(source, table, name, frame, answer.where, warnings)
        body = _body(source, frame)
        sections.append(Section(offset, f"lembar {name!r} baris "))
        frames.append((columns, body))
        offset += len(frame)
    return Reading(
        [column.name for column in table.stored],
        _rows(source, table, answer, frames, [section.start for section in sections]),
        list(dict.fromkeys(warnings)),
        sections=sections,
        is_simulated=answer.is_simulated,
    )


def _check_container(content: bytes, where: str) -> None:
    """Refuse what is no workbook, is cut off, or would unpack to far more than it says."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as container:
            unpacked = sum(item.file_size for item in container.infolist())
    except zipfile.BadZipFile:
        kind = "cut off" if content.startswith(b"PK") else "not an xlsx workbook"
        raise PayloadError(f"{where}: the file of {len(content)} bytes is {kind}; ask for it again.") from None
    if unpacked > MAX_UNPACKED or unpacked > MAX_RATIO * max(len(content), 1):
        raise PayloadError(
            f"{where}: the workbook would unpack from {len(content)} to {unpacked} bytes; it was not opened."
        )


def _sheets(source: Source, content: bytes, where: str) -> dict[str, pd.DataFrame]:
    try:
        sheets = pd.read_excel(io.BytesIO(content), sheet_name=None, header=None, dtype=object, engine="calamine")
    except (CalamineError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise PayloadError(f"{where}: the workbook cannot be read: {error}; ask for it again.") from None
    chosen = {str(name): frame for name, frame in sheets.items() if re.search(source.extract.sheets, str(name))}
    if not chosen:
        raise PayloadError(
            f"{where}: no sheet matches {source.extract.sheets!r}; the workbook has {', '.join(map(repr, sheets))}."
        )
    return chosen


def is_workbook(content: bytes, suffix: str, where: str) -> bool:
    """Whether content is to be read as a workbook. Raises PayloadError when it claims to be one and is not."""
    if not content.startswith(b"PK") and suffix.lower() not in (".xlsx", ".xls"):
        return False
    refuse_html(content, "an xlsx workbook", where)
    _check_container(content, where)
    return True


def headers(source: Source, content: bytes, where: str) -> list[list[str]]:
    """The header row of each chosen sheet."""
    at = source.extract.header_row - 1
    return [_header(frame, at) for frame in _sheets(source, content, where).values() if len(frame) > at]


def _header(frame: pd.DataFrame, at: int) -> list[str]:
    return ["" if pd.isna(cell) else " ".join(str(cell).split()) for cell in frame.iloc[at]]


def _columns(
    source: Source, table: Table, name: str, frame: pd.DataFrame, where: str, warnings: list[str]
) -> list[Column | None]:
    at = source.extract.header_row - 1
    if len(frame) <= at:
        raise PayloadError(
            f"{where}, sheet {name!r}: there is no header row {at + 1}; the sheet has {len(frame)} rows."
        )
    header = _header(frame, at)
    warnings += check_drift(table, header, table.ignore, f"{where}, sheet {name!r}")
    return [next((c for c in table.columns if h in (c.source, *c.aliases)), None) if h else None for h in header]


def _body(source: Source, frame: pd.DataFrame) -> pd.DataFrame:
    """The rows below the header, up to the declared end."""
    body = frame.iloc[source.extract.header_row :]
    if source.extract.stop_at is not None:
        first = body.iloc[:, 0].astype(str).str.strip()
        ends = first.str.contains(source.extract.stop_at, regex=True, na=False)
        if ends.any():
            body = body.iloc[: int(ends.to_numpy().argmax())]
    return body.dropna(how="all")


def _rows(
    source: Source,
    table: Table,
    answer: Answer,
    frames: list[tuple[list[Column | None], pd.DataFrame]],
    starts: list[int],
) -> Iterator[Row]:
    for (columns, body), start in zip(frames, starts, strict=True):
        at = {column.name: place for place, column in enumerate(columns) if column}
        for record in body.itertuples(index=True, name=None):
            number, cells = start + int(record[0]) + 1, record[1:]
            yield number, answer.is_simulated, [_text(source, answer, c, cells, at) for c in table.stored]


def _text(source: Source, answer: Answer, column: Column, cells: tuple[object, ...], at: dict[str, int]) -> str | None:
    if column.source.startswith("@"):
        return answer.known.get(column.source[1:])
    if column.name not in at:
        return None
    return conceal(source.source, column, cell_text(cells[at[column.name]], column))


def cell_text(cell: object, column: Column) -> str | None:
    """A cell as the text that the column's declared format reads: native numbers and dates are written in that format."""
    if cell is None or cell is pd.NaT or (isinstance(cell, float) and pd.isna(cell)):
        return None
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, (int, float)):
        text = str(int(cell)) if float(cell).is_integer() else repr(float(cell))
        return text.replace(".", ",") if column.number == "id" and column.type in ("integer", "numeric") else text
    if isinstance(cell, datetime) and column.type == "date":
        return cell.date().isoformat()
    if isinstance(cell, (date, datetime, time)):
        return cell.isoformat()
    return str(cell)
