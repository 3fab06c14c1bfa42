"""Delimited text (kind csv, and what kind sql was answered): handed to COPY as it is where possible, else row by row.

Row by row is needed where columns must be left out, joined or made an HMAC before COPY, where the layout is more than one
header line, and where a file has broken rows.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import deque
from collections.abc import Iterator, Sequence

from command_center.declaration.source import Column, Layout, Source, Table
from command_center.errors import DeclarationError, PayloadError
from command_center.extract.asking import BUNDLE
from command_center.extract.grid import (
    Broken,
    Cell,
    Chunks,
    Grid,
    grid_headers,
    grid_rows,
    is_blank,
    read_grids,
    refuse_other,
)
from command_center.extract.reading import Answer, Reading, Section, check_drift, refuse_html, refuse_utf8

SEPARATORS = {";": "';'", ",": "','", "\t": "a tab", "|": "'|'"}
HEAD = 1 << 16  # bytes in which the header stands
LONGEST_FIELD = 1 << 20  # bytes; a longer one is read row by row
LOOKED_AT = 20  # lines in which a wrong separator shows
BELOW_HEADER = Section(-1, "baris ")  # row 1 stands on line 2, below the header


class NotPlain(Exception):
    """The bytes cannot go to COPY as they are; read them row by row."""


def read(source: Source, table: Table, answer: Answer, *, row_by_row: bool = False) -> Reading:
    """The rows of one file. Raises PayloadError when it is a web page, empty, or lacks declared columns.

    The same rows come as `csv_bytes` where they may go to COPY as they are, unless `row_by_row`.
    """
    reading = None if row_by_row else plain(source, table, answer)
    return read_grids(source, table, answer, grids) if reading is None else reading


def plain(source: Source, table: Table, answer: Answer) -> Reading | None:
    """The reading of a file whose bytes may go to COPY as they are, None for another; only its head is looked at."""
    columns = _plain_columns(source, table, answer)
    if columns is None:
        return None
    layout = source.layout(table)
    reading = Reading([column.name for column in columns], (), is_simulated=answer.is_simulated)
    reading.sections = [BELOW_HEADER]
    reading.csv_bytes = _whole_quotes(_plain_bytes(layout, answer), layout.separator)
    reading.csv_separator = layout.separator
    reading.warnings = check_drift(table, header(layout, answer), table.ignore, answer.where)
    reading.rows = grid_rows(source, table, answer, grids, reading, columns, BELOW_HEADER.start)
    return reading


def headers(source: Source, table: Table, answer: Answer) -> list[list[str]]:
    """The header of each file."""
    return grid_headers(source, table, answer, grids)


def grids(source: Source, table: Table, answer: Answer) -> Iterator[Grid]:
    """The file as one sheet."""
    layout = source.layout(table)
    _check_head(table, layout, answer)
    records = _Records(layout, answer)
    yield Grid("", records.rows, keeps_spaces=True, expect=records.expect)


def _plain_columns(source: Source, table: Table, answer: Answer) -> list[Column] | None:
    """The columns in the order of the file, when its bytes hold exactly these below one header line."""
    layout = source.layout(table)
    if not layout.is_plain or source.extract.members is not None or answer.content_type == BUNDLE:
        return None
    if any(column.treatment or column.join is not None or not column.is_in_file for column in table.columns):
        return None
    _check_head(table, layout, answer)
    columns = []
    for name in header(layout, answer):
        found = [column for column in table.columns if name in (column.source, *column.aliases)]
        if len(found) != 1 or found[0] in columns:
            return None
        columns += found
    return columns


def header(layout: Layout, answer: Answer) -> list[str]:
    """The names in the first line; none where it is longer than a header, or has an open quote."""
    try:
        return [" ".join(name.split()) for name in next(_sample(layout, answer), [])]
    except csv.Error:
        return []


def _head(answer: Answer) -> bytes:
    """The beginning of the file, in however small pieces it comes."""
    head = b""
    for chunk in answer.chunks():
        head += chunk
        if len(head) >= HEAD:
            break
    return head


def _sample(layout: Layout, answer: Answer) -> Iterator[list[str]]:
    head = _head(answer)
    text = _decoder(layout.encoding)("replace").decode(head).removeprefix("\ufeff")
    return _reader(io.StringIO(text, newline=""), layout)


def _decoder(encoding: str) -> type[codecs.IncrementalDecoder]:
    try:
        return codecs.getincrementaldecoder(encoding)  # type: ignore[return-value]
    except LookupError:
        raise DeclarationError(f"There is no encoding {encoding!r}; mend 'encoding' of the layout.") from None


def _reader(lines: Iterator[str], layout: Layout) -> Iterator[list[str]]:
    try:
        return csv.reader(lines, delimiter=layout.separator)
    except TypeError:
        raise DeclarationError(f"A separator is one character, not {layout.separator!r}; mend the layout.") from None


def _check_head(table: Table, layout: Layout, answer: Answer) -> None:
    """Raise PayloadError for an empty file, one of another kind, and one with another separator."""
    head = _head(answer)
    refuse_html(head, "a delimited file", answer.where)
    if not layout.encoding.lower().replace("_", "-").startswith("utf-16"):
        refuse_other(head[:4096], "a delimited file", answer.where)
    refuse_utf8(head, layout.encoding, answer.where)
    if not head.strip():
        raise PayloadError(f"{answer.where}: the file is empty; it is asked for again at the next run.")
    try:
        records = [record for record, _ in zip(_sample(layout, answer), range(LOOKED_AT), strict=False)]
    except csv.Error:
        return  # told with its row
    other = _other_separator(table, layout, records)
    if other is not None:
        raise PayloadError(
            f"{answer.where}: no line is separated by {SEPARATORS.get(layout.separator, repr(layout.separator))}; the file seems "
            f"to be separated by {SEPARATORS[other]}; mend 'separator' of the layout or ask the steward."
        )


def _other_separator(table: Table, layout: Layout, records: Sequence[Sequence[str]]) -> str | None:
    """The separator that lines of a single column seem to have."""
    if any(len(record) > 1 for record in records):
        return None
    lines = [record[0] for record in records if record]
    declared = {name for column in table.columns for name in (column.source, *column.aliases)}
    if any(line.strip() in declared for line in lines):
        return None
    counts = {mark: max((line.count(mark) for line in lines), default=0) for mark in SEPARATORS}
    best = max(counts, key=lambda mark: counts[mark])
    return best if counts[best] and _shows_columns(table, lines, best) else None


def _shows_columns(table: Table, lines: Sequence[str], separator: str) -> bool:
    """Whether the lines, cut at a separator, name most of the declared columns: else it is another file, not another separator."""
    seen = {" ".join(part.strip(' "').split()) for line in lines for part in line.split(separator)}
    wanted = [column for column in table.columns if column.is_in_file and not column.optional]
    pieces = ({piece for name in (c.source, *c.aliases) for piece in name.split(" / ")} for c in wanted)
    return sum(not seen.isdisjoint(names) for names in pieces) * 2 > len(wanted)


def _plain_bytes(layout: Layout, answer: Answer) -> Iterator[bytes]:
    """The file as UTF-8 without byte order mark. Raises NotPlain on a NUL byte or an invalid sequence."""
    decoder = _decoder(layout.encoding)()
    is_utf8 = layout.encoding in ("utf-8", "utf-8-sig")
    first = True
    try:
        for chunk in answer.chunks():
            text = decoder.decode(chunk)
            if b"\0" in chunk if is_utf8 else "\0" in text:
                raise NotPlain
            plain = chunk if is_utf8 else text.encode()
            yield plain.removeprefix(codecs.BOM_UTF8) if first else plain
            first = False
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        raise NotPlain from None


def _whole_quotes(chunks: Iterator[bytes], separator: str) -> Iterator[bytes]:
    """The same bytes. Raises NotPlain for a quotation mark within a field, as in `pipe 2" PVC`.

    To COPY it begins a quotation, which swallows what follows up to the next mark; to people and to row by row it is a mark.
    """
    mark = re.escape(separator.encode())
    field = rb'(?:"[^"]*+(?:""[^"]*+)*+"|[^"' + mark + rb"\r\n]*+)"
    fields, last = re.compile(rb"(?:" + field + rb"(?:" + mark + rb"|[\r\n]))*+"), re.compile(field)
    rest = b""
    for chunk in chunks:
        rest += chunk
        if b'"' in rest:
            found = fields.match(rest)
            rest = rest[found.end() :] if found else rest
        else:
            rest = rest[max(rest.rfind(separator.encode()), rest.rfind(b"\n")) + 1 :]
        if len(rest) > LONGEST_FIELD:
            raise NotPlain
        yield chunk
    if last.fullmatch(rest) is None:
        raise NotPlain


class _Lines:
    """Lines of a text; those of a broken record can be put back."""

    def __init__(self, text: Iterator[str]) -> None:
        self._text, self._again = text, deque[str]()
        self.taken: list[str] = []

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else next(self._text)
        self.taken.append(line)
        return line

    def put_back(self) -> bool:
        """Keep only the first line taken for the record; whether there were more."""
        first, *rest = self.taken
        self._again.extendleft(reversed(rest))
        self.taken = [first]
        return bool(rest)


class _Records:
    """The records of one file, with those that cannot be read marked as broken."""

    def __init__(self, layout: Layout, answer: Answer) -> None:
        self._layout, self._answer = layout, answer
        self._named: int | None = None
        self._width = 0

    def expect(self, named: int, width: int) -> None:
        """From now on a record must fill the named columns, and nothing beyond the header."""
        self._named, self._width = named, width

    def rows(self) -> Iterator[tuple[int, list[Cell]]]:
        text = io.TextIOWrapper(
            io.BufferedReader(Chunks(self._answer.chunks()), 1 << 20),
            encoding=self._layout.encoding,
            errors="surrogateescape",
            newline="",
        )
        lines = _Lines(text)
        records = _reader(lines, self._layout)
        number = 0
        while True:
            lines.taken.clear()
            number += 1
            try:
                record = next(records)
            except StopIteration:
                return
            except csv.Error:
                yield number, self._without_quotes(lines)
                continue
            except UnicodeDecodeError as error:
                raise PayloadError(
                    f"{self._answer.where}: below row {number - 1} the file is not in {self._layout.encoding}: "
                    f"{error.reason}; mend 'encoding' of the layout or ask the steward."
                ) from None
            if number == 1 and record:
                record[0] = record[0].removeprefix("\ufeff")
            yield number, self._checked(record, lines)

    def _checked(self, record: list[str], lines: _Lines) -> list[Cell]:
        named = self._named
        cells: list[Cell] = record  # type: ignore[assignment]
        if named is None:
            return cells
        if len(record) < named or (len(record) > self._width and not all(map(is_blank, cells[self._width :]))):
            if len(lines.taken) > 1:
                return self._without_quotes(lines)
            reason = f"Baris berisi {len(record)} kolom, seharusnya {self._width}; periksa pemisah dan tanda kutip."
            return Broken(cells, reason)
        broken = _broken_letters("".join(record))
        return cells if broken is None else Broken(cells, broken)

    def _without_quotes(self, lines: _Lines) -> list[Cell]:
        """A record that swallowed the lines below it by an open quote: only its first line is lost, the others are read."""
        lines.put_back()
        line = lines.taken[0].rstrip("\r\n")
        reason = "Tanda kutip pada baris ini tidak ditutup atau kolomnya tidak sesuai; periksa tanda kutip."
        return Broken([*line.split(self._layout.separator)], reason)


def _broken_letters(text: str) -> str | None:
    if "\0" in text:
        return "Baris memuat karakter NUL; simpan ulang berkas sebagai teks."
    if not text.isascii() and re.search("[\udc80-\udcff]", text):
        return "Baris memuat huruf yang bukan dari pengodean yang dideklarasikan; simpan ulang sebagai UTF-8."
    return None
