"""Two lanes of a delimited file: lines that PostgreSQL reads as they stand go into the typed table, only the others are typed in SQL.

One regular expression over whole blocks of bytes tells the lines of the first lane. What it lets through is written letter by
letter as PostgreSQL would write the value back in that form, so that the text of such a row is never needed, and never lost.
"""

from __future__ import annotations

import re
import tempfile
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from functools import cache
from itertools import chain
from typing import IO, LiteralString

import re2

from command_center.declaration.source import Column
from command_center.extract.delimited import NotPlain
from command_center.settings import TIME_ZONE, WIB

BLOCK = 4 << 20  # bytes that are looked at in one piece
MOST_APART = 0.05  # of the lines of the first block; above it one lane is cheaper
COUNTED = 1_000  # bytes: a shorter limit stands in the expression, a longer one holds for the whole line
IN_MEMORY = 8 << 20
SPOOLED = 1 << 20
MEMORY = 64 << 20  # of one expression
SAMPLE, SAMPLED = 1 << 16, 50  # bytes and lines in which the form of each column shows

LEAP = "(?:0[48]|[2468][048]|[13579][26])"
LONG, SHORT = "(?:0[13578]|1[02])", "(?:0[469]|11)"
UP_TO_31, UP_TO_30, UP_TO_28 = "(?:0[1-9]|[12][0-9]|3[01])", "(?:0[1-9]|[12][0-9]|30)", "(?:0[1-9]|1[0-9]|2[0-8])"
MINUTE = "(?:[01][0-9]|2[0-3]):[0-5][0-9]"
SECOND = f"{MINUTE}:[0-5][0-9]"
CENTURY, SINCE_1970 = "(?:19|20)[0-9]{2}", "(?:19[7-9][0-9]|20[0-9]{2})"


@dataclass(frozen=True)
class Form:
    """One way of writing the values of a column: an expression over bytes, and SQL that writes a typed value so again."""

    pattern: str
    text: LiteralString = "{0}::text"


def dates(order: str, year: str = CENTURY) -> str:
    """Days that there are, written as `order` says with its separators: y, m and d."""

    def each(year: str, month: str, day: str) -> str:
        return "".join({"y": year, "m": month, "d": day}.get(letter, letter) for letter in order)

    common = [each(year, LONG, UP_TO_31), each(year, SHORT, UP_TO_30), each(year, "02", UP_TO_28)]
    return f"(?:{'|'.join([*common, each(f'(?:19|20){LEAP}', '02', '29'), each('2000', '02', '29')])})"


INTEGERS = (Form("(?:0|-?[1-9][0-9]{0,17})"),)
NUMBERS = (Form(r"(?:(?:0|-?[1-9][0-9]{0,17})(?:\.[0-9]{1,20})?|-0\.[0-9]{0,9}[1-9][0-9]{0,9})"),)
BOOLEANS = (Form("(?:true|false)"), Form("[01]", "{0}::int::text"))
DATES = {
    "iso": (Form(dates("y-m-d"), "to_char({0}, 'YYYY-MM-DD')"),),
    "dd-MM-yyyy": (Form(dates("d-m-y"), "to_char({0}, 'DD-MM-YYYY')"),),
    "dd/MM/yyyy": (Form(dates("d/m/y"), "to_char({0}, 'DD/MM/YYYY')"),),
}
TIMES = {
    "HH:mm:ss": (Form(SECOND),),
    "iso": (Form(SECOND), Form(MINUTE, "left({0}::text, 5)")),
    "HH:mm": (Form(MINUTE, "left({0}::text, 5)"), Form(SECOND)),
}
LOCAL_MOMENTS = {  # in the city's time
    "iso": (
        Form(dates("y-m-d", SINCE_1970) + f" {SECOND}", "to_char({0}, 'YYYY-MM-DD HH24:MI:SS')"),
        Form(dates("y-m-d", SINCE_1970) + f"T{SECOND}", "to_char({0}, 'YYYY-MM-DD\"T\"HH24:MI:SS')"),
        Form(dates("y-m-d", SINCE_1970) + f" {MINUTE}", "to_char({0}, 'YYYY-MM-DD HH24:MI')"),
    ),
    "dd-MM-yyyy HH:mm": (Form(dates("d-m-y", SINCE_1970) + f" {MINUTE}", "to_char({0}, 'DD-MM-YYYY HH24:MI')"),),
    "dd/MM/yyyy HH:mm": (Form(dates("d/m/y", SINCE_1970) + f" {MINUTE}", "to_char({0}, 'DD/MM/YYYY HH24:MI')"),),
}


def forms(column: Column, separator: str) -> tuple[Form, ...]:
    """The forms of a column that may go as they stand; none where its text must be worked on, or a declared null would fit one."""
    if column.capture is not None or column.treatment == "hmac":
        return ()
    if column.type == "text":
        pattern = texts(column, separator)
        return () if pattern is None else (Form(pattern, "{0}"),)
    found: tuple[Form, ...] = ()
    if column.type in ("integer", "numeric"):
        found = {"integer": INTEGERS, "numeric": NUMBERS}[column.type] if column.number == "plain" else ()
    elif column.type == "boolean":
        found = BOOLEANS
    elif column.type == "date":
        found = DATES.get(column.date, ())
    elif column.type == "time":
        found = TIMES.get(column.date, ())
    else:
        found = moments(column)
    return () if column.longest < 64 else tuple(form for form in found if not _is_null(column, form))


def moments(column: Column) -> tuple[Form, ...]:
    """None in a city whose clocks are put forward and back: there a moment may be written back otherwise than it stood."""
    offset = fixed_offset(WIB)
    if offset is None:
        return ()
    written = f"{offset[:3]}:{offset[3:]}"
    with_zone = Form(
        dates("y-m-d", SINCE_1970) + f"T{SECOND}{re.escape(written)}",
        "to_char({0}, 'YYYY-MM-DD\"T\"HH24:MI:SSTZH:TZM')",
    )
    local = LOCAL_MOMENTS.get(column.date, ()) if column.timezone == TIME_ZONE else ()
    return (with_zone, *local) if column.date == "iso" else local


@cache
def fixed_offset(zone: tzinfo) -> str | None:
    """The offset of a zone, as in +0700, that has had no other one since 1970."""
    found = {f"{datetime(year, month, 1, tzinfo=zone):%z}" for year in range(1970, 2100) for month in range(1, 13)}
    return found.pop() if len(found) == 1 else None


def _is_null(column: Column, form: Form) -> bool:
    return any(re.fullmatch(form.pattern, null) for null in column.nulls)


def texts(column: Column, separator: str) -> str | None:
    """Text that begins and ends with a visible ASCII letter, holds no quotation mark, and is none of the declared nulls."""
    nulls = sorted({null for null in column.nulls if null and not null[0].isspace()})
    room = column.longest - 2 - max(map(len, nulls), default=0)
    if room < 1 or not all(null.isascii() for null in nulls):
        return None
    letters = Letters(
        edge=_class(letter for letter in map(chr, range(0x21, 0x7F)) if letter not in f'"{separator}'),
        inner="[^" + _escaped(f'"\r\n\0{separator}') + "]",
        most=f"{{0,{room}}}" if column.longest <= COUNTED else "*",
    )
    return letters.but(nulls) if nulls else letters.any


@dataclass(frozen=True)
class Letters:
    """Expressions of what may stand at the ends of a text, and between; and how many may stand between."""

    edge: str
    inner: str
    most: str

    @property
    def any(self) -> str:
        return f"{self.edge}(?:{self.inner}{self.most}{self.edge})?"

    def but(self, words: Sequence[str]) -> str:
        """Any text but these words: it leaves them all at some letter, ends before they do, or goes on behind them."""
        ways = list[str]()
        for head in sorted({word[:end] for word in words for end in range(len(word) + 1)}):
            following = "".join(sorted({word[len(head)] for word in words if word[: len(head)] == head != word}))
            edge, inner = _but(self.edge, following), _but(self.inner, following)
            if head == "":
                ways.append(f"{edge}(?:{self.inner}{self.most}{self.edge})?")
                continue
            start = re.escape(head)
            ways += [f"{start}{edge}", f"{start}{inner}{self.inner}{self.most}{self.edge}"]
            if head not in words and re.fullmatch(self.edge, head[-1]):
                ways.append(start)
        return f"(?:{'|'.join(ways)})"


def _but(letters: str, others: str) -> str:
    """The same class of letters without others."""
    if letters.startswith("[^"):
        return letters[:-1] + _escaped(others) + "]"
    return _class(
        chr(code) for code in range(0x21, 0x7F) if re.fullmatch(letters, chr(code)) and chr(code) not in others
    )


def _class(letters: Iterable[str]) -> str:
    return "[" + _escaped("".join(letters)) + "]"


def _escaped(letters: str) -> str:
    return "".join(f"\\x{ord(letter):02x}" for letter in letters)


@dataclass
class Lanes:
    """The lines of one file: those that fit are handed on, in the place of the others stands an empty line that keeps the count.

    `apart` holds the others, each behind its number; `rows` are these numbers.
    """

    forms: Mapping[str, Form]
    pattern: re2._Regexp
    longest: int
    separator: bytes
    line_end: bytes
    count: int = 0
    rows: list[int] = field(default_factory=list)
    apart: IO[bytes] = field(default_factory=lambda: tempfile.SpooledTemporaryFile(IN_MEMORY))  # noqa: SIM115

    def straight(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        """What may go into the typed table; raises NotPlain when a quotation is never closed."""
        rest = b""
        for block in _blocks(chunks):
            rest = yield from self.whole_records(rest + block)
        if rest:
            rest = yield from self.whole_records(rest + self.line_end)
        if rest:
            raise NotPlain

    def whole_records(self, data: bytes) -> Generator[bytes, None, bytes]:
        """All that end here; returns what may go on in the next block. A record with a quotation goes apart, all lines of it."""
        end, at = data.rfind(b"\n") + 1, 0
        while at < end:
            mark = data.find(b'"', at, end)
            start = end if mark < 0 else max(data.rfind(b"\n", at, mark) + 1, at)
            if start > at:
                yield from self._fitting(data[at:start])
            if mark < 0:
                break
            at = _end_of_record(data, start, end)
            if not at:
                return data[start:]
            yield self._set_apart(data[start:at])
        return data[end:]

    def _fitting(self, lines: bytes) -> Iterator[bytes]:
        """Lines without quotation: each match reaches up to the first that does not fit."""
        at = 0
        while at < len(lines):
            end = self.pattern.match(lines, at).end()
            if end > at:
                yield from self._short(lines[at:end])
            at = lines.find(b"\n", end) + 1 or len(lines)
            if at > end:
                yield self._set_apart(lines[end:at])

    def _short(self, lines: bytes) -> Iterator[bytes]:
        """What fits, unless a line is longer than any text may be."""
        if not self._has_long_line(lines):
            self.count += lines.count(b"\n")
            yield lines
            return
        for line in lines.splitlines(keepends=True):
            if len(line) > self.longest:
                yield self._set_apart(line)
            else:
                self.count += 1
                yield line

    def _has_long_line(self, lines: bytes) -> bool:
        at = 0
        while len(lines) - at > self.longest:
            at = lines.rfind(b"\n", at, at + self.longest) + 1
            if at == 0:
                return True
        return False

    def _set_apart(self, record: bytes) -> bytes:
        self.count += 1
        self.rows.append(self.count)
        self.apart.write(b"%d%s%s" % (self.count, self.separator, record))
        return self.separator * (len(self.forms) - 1) + self.line_end

    def others(self) -> Iterator[bytes]:
        """The lines that do not fit, each behind its number."""
        self.apart.seek(0)
        while chunk := self.apart.read(SPOOLED):
            yield chunk


def divide(columns: Sequence[Column], separator: str, chunks: Iterator[bytes]) -> tuple[Lanes | None, Iterator[bytes]]:
    """The lanes of a file whose header is its first line, and what goes straight; no lanes, and all of the file, where they
    would not pay."""
    blocks = _blocks(chunks)
    first = next(blocks, b"")
    head = _end_of_record(first, 0, len(first))
    everything = chain([first], blocks)
    lines = first[head : first.rfind(b"\n") + 1]
    line_end = b"\r\n" if first[:head].endswith(b"\r\n") else b"\n"
    found = _forms(columns, separator, lines) if head and len(columns) > 1 else None
    if found is None:
        return None, everything
    trial, lanes = (_lanes(columns, found, separator, line_end) for _ in range(2))
    deque(trial.whole_records(lines), maxlen=0)
    if len(trial.rows) > MOST_APART * trial.count:
        return None, everything
    return lanes, lanes.straight(chain([first[head:]], blocks))


def _lanes(columns: Sequence[Column], forms: Mapping[str, Form], separator: str, line_end: bytes) -> Lanes:
    fields = [f"(?:{forms[one.name].pattern})" + ("" if one.required else "?") for one in columns]
    options = re2.Options()
    options.encoding, options.log_errors = re2.Options.Encoding.LATIN1, False
    options.max_mem = MEMORY
    line = re.escape(separator).join(fields) + _escaped(line_end.decode())
    pattern = re2.compile(f"(?:{line})*".encode("ascii"), options)
    longest = min((one.longest for one in columns if one.type == "text" and one.longest > COUNTED), default=BLOCK)
    return Lanes(forms, pattern, longest, separator.encode(), line_end)


def _forms(columns: Sequence[Column], separator: str, lines: bytes) -> dict[str, Form] | None:
    """The form of each column in these lines, None where one has none."""
    sample = [
        line.split(separator) for line in lines[:SAMPLE].decode("latin-1").splitlines()[:SAMPLED] if '"' not in line
    ]
    found = {}
    for at, column in enumerate(columns):
        ways = forms(column, separator)
        values = [line[at] for line in sample if len(line) == len(columns) and line[at]]
        fitting = [way for way in ways if any(re.fullmatch(way.pattern, value) for value in values)]
        if not ways:
            return None
        found[column.name] = (fitting or ways)[0]
    return found


def _blocks(chunks: Iterator[bytes]) -> Iterator[bytes]:
    held, size = list[bytes](), 0
    for chunk in chunks:
        held.append(chunk)
        size += len(chunk)
        if size >= BLOCK:
            yield b"".join(held)
            held, size = [], 0
    if held:
        yield b"".join(held)


def _end_of_record(data: bytes, start: int, end: int) -> int:
    """Where the record ends that begins here: behind the first line end that no quotation spans; 0 where none is in sight."""
    at, is_open = start, False
    while line_end := data.find(b"\n", at, end) + 1:
        is_open ^= data.count(b'"', at, line_end) % 2 == 1
        if not is_open:
            return line_end
        at = line_end
    return 0
