"""Delimited text (kind csv): handed to COPY as it is where possible, else row by row.

Row by row is needed where columns must be left out or made an HMAC before COPY, and where a file has broken rows.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator, Sequence

from command_center.errors import PayloadError
from command_center.extract.reading import Answer, Reading, Reject, Row, Section, check_drift, conceal, refuse_html
from command_center.source import Column, Source, Table

MAX_REJECTS = 100_000


class NotPlain(Exception):
    """The bytes cannot go to COPY as they are; read them row by row."""


def read(source: Source, table: Table, answer: Answer, *, row_by_row: bool = False) -> Reading:
    """The rows of one file. Raises PayloadError when it is a web page, empty, or lacks declared columns."""
    names = header(source, answer)
    warnings = check_drift(table, names, table.ignore, answer.where)
    columns = [_column(table, name) for name in names]
    plain = all(column is not None and column.treatment is None for column in columns)
    fixed = [column for column in table.stored if column.source.startswith("@")]
    reading = Reading([], iter(()), warnings, csv_separator=source.extract.separator, is_simulated=answer.is_simulated)
    reading.sections = [Section(-1, "baris ")]  # row 1 stands on line 2, below the header
    if plain and not fixed and not row_by_row:
        reading.columns = [column.name for column in columns if column is not None]
        reading.csv_bytes = _plain_bytes(source, answer)
        return reading
    reading.columns = [column.name for column in columns if column and column.treatment != "drop"]
    reading.columns += [column.name for column in fixed]
    reading.rows = _rows(source, answer, columns, [answer.known.get(c.source[1:]) for c in fixed], reading.rejects)
    return reading


def _column(table: Table, name: str) -> Column | None:
    for column in table.columns:
        if name == column.source or name in column.aliases:
            return column
    return None


def header(source: Source, answer: Answer) -> list[str]:
    """The names in the first line."""
    head = next(answer.chunks(), b"")
    refuse_html(head, "a delimited file", answer.where)
    if not head.strip():
        raise PayloadError(f"{answer.where}: the file is empty; it is asked for again at the next run.")
    text = codecs.getincrementaldecoder(source.extract.encoding)("replace").decode(head)
    names = next(csv.reader(io.StringIO(text, newline=""), delimiter=source.extract.separator))
    return [name.strip() for name in names]


def _plain_bytes(source: Source, answer: Answer) -> Iterator[bytes]:
    """The file as UTF-8 without byte order mark. Raises NotPlain on a NUL byte or an invalid sequence."""
    decoder = codecs.getincrementaldecoder(source.extract.encoding)()
    is_utf8 = source.extract.encoding in ("utf-8", "utf-8-sig")
    first = True
    try:
        for chunk in answer.chunks():
            text = decoder.decode(chunk)
            if b"\0" in chunk:
                raise NotPlain
            plain = chunk if is_utf8 else text.encode()
            yield plain.removeprefix(codecs.BOM_UTF8) if first else plain
            first = False
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        raise NotPlain from None


def _rows(
    source: Source, answer: Answer, columns: Sequence[Column | None], fixed: list[str | None], rejects: list[Reject]
) -> Iterator[Row]:
    text = io.TextIOWrapper(
        io.BufferedReader(_Chunks(answer.chunks()), 1 << 20),
        encoding=source.extract.encoding,
        errors="surrogateescape",
        newline="",
    )
    keep = [(at, column) for at, column in enumerate(columns) if column and column.treatment != "drop"]
    records = csv.reader(text, delimiter=source.extract.separator)
    next(records, None)
    for number, record in enumerate(records, start=1):
        if not any(record):
            continue
        reason = _broken(record, len(columns))
        if reason is None:
            yield number, answer.is_simulated, [conceal(source.source, c, record[at]) for at, c in keep] + fixed
            continue
        payload: dict[str, object] = {} if source.has_secrets else {"isi": [_printable(value) for value in record]}
        rejects.append(Reject(number, None, None, reason, payload))
        if len(rejects) > MAX_REJECTS:
            raise PayloadError(
                f"{answer.where}: more than {MAX_REJECTS} rows cannot be read; the first: row {rejects[0].row_number}: {rejects[0].reason}"
            )


def _broken(record: list[str], expected: int) -> str | None:
    if len(record) != expected:
        return f"Baris berisi {len(record)} kolom, seharusnya {expected}; periksa pemisah dan tanda kutip."
    joined = "".join(record)
    if "\0" in joined:
        return "Baris memuat karakter NUL; simpan ulang berkas sebagai teks."
    if any("\udc80" <= char <= "\udcff" for char in joined) if not joined.isascii() else False:
        return "Baris memuat huruf yang bukan dari pengodean yang dideklarasikan; simpan ulang sebagai UTF-8."
    return None


def _printable(value: str) -> str:
    return value.encode("utf-8", "replace").decode().replace("\0", "\N{REPLACEMENT CHARACTER}")


class _Chunks(io.RawIOBase):
    """Chunks of bytes as a readable file."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks, self._rest = chunks, b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type]
        if not self._rest:
            self._rest = next(self._chunks, b"")
        size = min(len(view), len(self._rest))
        view[:size], self._rest = self._rest[:size], self._rest[size:]
        return size
