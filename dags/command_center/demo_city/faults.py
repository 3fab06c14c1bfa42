"""What can go wrong between an agency and the city, laid over a good answer."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

from openpyxl import load_workbook
from openpyxl.workbook import Workbook

from command_center.demo_city.answer import CSV, XLSX, Answer, html_page
from command_center.demo_city.xlsx import rewritten, saved

Kind = Literal[
    "down",
    "slow",
    "status_500",
    "status_429",
    "truncated",
    "html",
    "empty",
    "column_added",
    "column_lost",
    "wrong_encoding",
    "nul_bytes",
]
KINDS: tuple[str, ...] = get_args(Kind)
NEW_COLUMN = "Kolom Baru"
LOST_COLUMNS = {"Objek", "Jumlah Kasus", "Magnitude", "nama", "persen"}
RECORD_KEYS = {"DateTime", "kode", "nomor_urut", "persen"}  # one of these is in every JSON object that a table reads


@dataclass(frozen=True)
class Fault:
    """A fault of one source; `seconds` is how long a slow answer takes and what Retry-After says."""

    kind: Kind
    seconds: float = 5.0


def spoiled(answer: Answer, fault: Fault) -> Answer:
    """The answer with the fault in it; 'down' and 'slow' concern the connection and change nothing here."""
    change = CHANGES.get(fault.kind)
    return change(answer, fault) if change else answer


def _server_error(answer: Answer, fault: Fault) -> Answer:
    return html_page("500 Internal Server Error", "<p>Terjadi kesalahan pada server.</p>", status=500)


def _too_many(answer: Answer, fault: Fault) -> Answer:
    page = html_page("429 Too Many Requests", "<p>Terlalu banyak permintaan.</p>", status=429)
    return replace(page, headers={"Retry-After": str(round(fault.seconds))})


def _html(answer: Answer, fault: Fault) -> Answer:
    return html_page("Sistem sedang dalam pemeliharaan", "<p>Silakan coba beberapa saat lagi.</p>")


def _truncated(answer: Answer, fault: Fault) -> Answer:
    return replace(answer, body=answer.body[: len(answer.body) // 2])


def _empty(answer: Answer, fault: Fault) -> Answer:
    return replace(answer, body=b"")


def _column_added(answer: Answer, fault: Fault) -> Answer:
    if answer.content_type == CSV:
        return _with_csv(answer, lambda rows: [[*rows[0], NEW_COLUMN], *([*row, "isi"] for row in rows[1:])])
    if answer.content_type == XLSX:
        return _with_workbook(answer, _add_to_sheets)
    return _with_json(answer, _add_to_records)


def _column_lost(answer: Answer, fault: Fault) -> Answer:
    if answer.content_type == CSV:
        return _with_csv(answer, _without_lost)
    if answer.content_type == XLSX:
        return _with_workbook(answer, _lose_from_sheets)
    return _with_json(answer, _lose_from_records)


def _wrong_encoding(answer: Answer, fault: Fault) -> Answer:
    """Windows-1252 where UTF-8 was agreed: every text that is not plain ASCII becomes unreadable."""
    if answer.content_type == CSV:
        return replace(answer, body=answer.body.decode("utf-8-sig").encode("cp1252", "replace"))
    if answer.content_type == XLSX:
        return _with_cell_text(answer, b"Diare Akut", b"Diar\xe9 Akut")
    return _before_last_quote(answer, b"\xe9")


def _nul_bytes(answer: Answer, fault: Fault) -> Answer:
    """A NUL in one value, written as each format can carry it."""
    if answer.content_type == CSV:
        return replace(answer, body=b"Rumah\x00tinggal".join(answer.body.split(b"Rumah tinggal", 1)))
    if answer.content_type == XLSX:
        return _with_cell_text(answer, b"Diare Akut", b"Diare_x0000_Akut")
    return _before_last_quote(answer, b"\\u0000")


CHANGES: dict[str, Callable[[Answer, Fault], Answer]] = {
    "status_500": _server_error,
    "status_429": _too_many,
    "truncated": _truncated,
    "html": _html,
    "empty": _empty,
    "column_added": _column_added,
    "column_lost": _column_lost,
    "wrong_encoding": _wrong_encoding,
    "nul_bytes": _nul_bytes,
}


def _with_csv(answer: Answer, change: Callable[[list[list[str]]], list[list[str]]]) -> Answer:
    rows = list(csv.reader(io.StringIO(answer.body.decode("utf-8-sig"), newline=""), delimiter=";"))
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=";", lineterminator="\r\n").writerows(change(rows))
    return replace(answer, body=stream.getvalue().encode("utf-8-sig"))


def _without_lost(rows: list[list[str]]) -> list[list[str]]:
    kept = [place for place, name in enumerate(rows[0]) if name not in LOST_COLUMNS]
    return [[row[place] for place in kept] for row in rows]


def _with_workbook(answer: Answer, change: Callable[[Workbook], None]) -> Answer:
    book = load_workbook(io.BytesIO(answer.body))
    change(book)
    made_at = book.properties.created
    return replace(answer, body=saved(book, made_at))


def _add_to_sheets(book: Workbook) -> None:
    for sheet in book.worksheets:
        place = sheet.max_column + 1
        sheet.cell(1, place, NEW_COLUMN)
        for row in range(2, sheet.max_row + 1):
            sheet.cell(row, place, "isi")


def _lose_from_sheets(book: Workbook) -> None:
    for sheet in book.worksheets:
        for cell in reversed(sheet[1]):
            if cell.value in LOST_COLUMNS:
                sheet.delete_cols(cell.column)


def _with_json(answer: Answer, change: Callable[[dict[str, Any]], dict[str, Any]]) -> Answer:
    content = json.loads(answer.body, object_hook=change)
    return replace(answer, body=json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode())


def _add_to_records(record: dict[str, Any]) -> dict[str, Any]:
    return record | {NEW_COLUMN: "isi"} if RECORD_KEYS & record.keys() else record


def _lose_from_records(record: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in record.items() if key not in LOST_COLUMNS}


def _with_cell_text(answer: Answer, text: bytes, other: bytes) -> Answer:
    """The workbook with one cell's text replaced in its XML."""
    changed = rewritten(answer.body, lambda name, part: part.replace(text, other, 1) if text in part else part)
    return replace(answer, body=changed)


def _before_last_quote(answer: Answer, inserted: bytes) -> Answer:
    """Put bytes at the end of the last text of a JSON answer."""
    place = answer.body.rindex(b'"')
    return replace(answer, body=answer.body[:place] + inserted + answer.body[place:])
