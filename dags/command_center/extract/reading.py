"""What every reader gives back: rows of text for COPY, and what it could not read."""

from __future__ import annotations

import codecs
import csv
import difflib
import hmac
import io
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from command_center.declaration.source import Column, Source, Table
from command_center.errors import DeclarationError, PayloadError
from command_center.idformat import shortened
from command_center.personal import SIGNS, Sign
from command_center.settings import settings

BUFFER = 1 << 20
READ_AT = "read_at"  # what a batch knows of the moment it was read at, beside what the request knew
NAMED = 30  # columns in a sentence
LONGEST_NAME = 200
LOOKED_AT = 1000  # new columns, among which one that only got another name is looked for
UNSTORABLE = "Baris memuat karakter yang tidak dapat disimpan (NUL atau Unicode rusak); simpan ulang sebagai UTF-8."


@dataclass(frozen=True)
class Reject:
    """A row that could not be brought into columns."""

    row_number: int
    column: str | None
    value: str | None
    reason: str
    payload: Mapping[str, object]


Row = tuple[int, bool, Sequence[str | None]]


@dataclass(frozen=True)
class Section:
    """Rows above number `start` are told to people as `label` and their number minus `start`."""

    start: int
    label: str


@dataclass
class Reading:
    """Rows of one table in one answer; a row is its number, whether it is simulated, and the text of each column.

    `csv_bytes`, where a reader can offer it, holds the same rows as CSV that COPY may take as it is. Rejects, sections and
    `ignored` (rows left out as declared, such as totals, by their pattern) are complete once `rows` has been walked through.
    `notes` are told as warnings are, but cast no doubt on the rows.
    """

    columns: list[str]
    rows: Iterable[Row]
    warnings: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    sections: list[Section] = field(default_factory=lambda: [Section(0, "rekaman ke-")])
    csv_bytes: Iterator[bytes] | None = None
    csv_separator: str = ","
    is_simulated: bool = False
    ignored: Counter[str] = field(default_factory=Counter)
    may_hold: AbstractSet[Sign] = SIGNS  # of what is personal; known once COPY has taken the rows
    encoded: Iterator[bytes] | None = None  # rows as CSV with _row and _is_simulasi at the end, where a child made them

    def add_section(self, label: str, rows_before: int) -> int:
        """Begin a section (a sheet, a file of many) after so many rows; returns the number that its row 1 follows."""
        if rows_before == 0:
            self.sections = []
        self.sections.append(Section(rows_before, label))
        return rows_before


@dataclass(frozen=True)
class Answer:
    """An archived answer as a reader sees it: chunks that can be asked for again, and what the request knew.

    A reader whose rows depend on the day it reads takes the day from `read_at`, so that the same batch can be read again.

    `name` is the file's name where it has one; `content_type` is what the source called it.
    """

    where: str
    chunks: Callable[[], Iterator[bytes]]
    known: Mapping[str, str]
    simulated_paths: frozenset[str] = frozenset()
    content_type: str = ""
    name: str = ""
    path: Path | None = None

    @property
    def is_simulated(self) -> bool:
        return "*" in self.simulated_paths

    @property
    def read_at(self) -> datetime:
        written = self.known.get(READ_AT)
        return datetime.fromisoformat(written) if written else settings().now()

    def content(self) -> bytes:
        return b"".join(self.chunks())


def as_csv(reading: Reading) -> Iterator[bytes]:
    """The rows as CSV for COPY: columns, _row, _is_simulasi. What PostgreSQL cannot store becomes a reject."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")  # so that a lone CR or LF is quoted
    for number, simulated, texts in reading.rows:
        if not _storable(texts):
            reading.rejects.append(Reject(number, None, None, UNSTORABLE, {}))
            continue
        writer.writerow([*texts, number, "t" if simulated else "f"])
        if buffer.tell() > BUFFER:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()


def _storable(texts: Sequence[str | None]) -> bool:
    """PostgreSQL stores neither NUL nor half a surrogate pair; one such value would end the whole COPY."""
    joined = "".join(text for text in texts if text)
    return (joined.isascii() and "\0" not in joined) or not re.search("[\0\ud800-\udfff]", joined)


def conceal(source: str, column: Column, text: str | None) -> str | None:
    """Keyed HMAC of a rahasia value; each source and column has its own key, so that domains cannot be linked."""
    if text is None or column.treatment != "hmac":
        return text
    master = bytes.fromhex(settings().secret("cc_hmac_key"))
    key = hmac.digest(master, f"{source}.{column.name}".encode(), "sha256")
    return hmac.digest(key, text.strip().encode(), "sha256").hex()


def refuse_html(head: bytes, expected: str, where: str) -> None:
    """Raise PayloadError when an answer is a web page instead of data."""
    if re.match(rb"\s*(\xef\xbb\xbf)?\s*<(!doctype html|html|head|body)", head[:200], re.IGNORECASE):
        title = re.search(rb"<title[^>]*>(.*?)</title>", head, re.IGNORECASE | re.DOTALL)
        named = f" titled {title.group(1).decode('utf-8', 'replace').strip()!r}" if title else ""
        raise PayloadError(
            f"{where}: the source answered with a web page{named} where {expected} was expected; ask the steward."
        )


def refuse_utf8(head: bytes, declared: str, where: str) -> None:
    """Raise PayloadError when bytes are UTF-8 that a one-byte encoding was declared for.

    Any bytes are legal there, so that every letter beyond ASCII would be published as two wrong ones.
    """
    try:
        is_utf = codecs.lookup(declared).name.startswith("utf")
    except LookupError:
        raise DeclarationError(f"There is no encoding {declared!r}; mend 'encoding' of the layout.") from None
    if head.isascii() or is_utf:
        return
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return
    raise PayloadError(f"{where}: the text is UTF-8, declared is {declared!r}; mend 'encoding' of the layout.")


def check_drift(table: Table, present: Sequence[str], ignored: Sequence[str], where: str) -> list[str]:
    """Compare the columns that arrived with the declared ones; returns warnings, raises PayloadError on a hold."""
    names = set(present)
    wanted = [column for column in table.columns if column.is_in_file]
    lost = [c.source for c in wanted if not c.optional and names.isdisjoint({c.source, *c.aliases})]
    known = {name for c in wanted for name in (c.source, *c.aliases)} | set(ignored)
    new = [name for name in dict.fromkeys(present) if name not in known and name.strip()]
    warnings = []
    if lost:
        sentence = f"{where}: the declared column {_list(lost)} is missing{_renamed(lost, new)}; found: {_list(list(dict.fromkeys(present)))}"
        if table.drift.lost == "hold":
            raise PayloadError(sentence + "; ask the steward, or mend the declaration.")
        warnings.append(sentence + ".")
    if new:
        sentence = f"{where}: the column {_list(new)} is not declared and was not taken in"
        if table.drift.new == "hold":
            raise PayloadError(sentence + "; declare and classify it.")
        warnings.append(sentence + ".")
    return warnings


def check_beside(source: Source, table: Table, names: Iterable[str], where: str) -> list[str]:
    """The footnote for what an answer holds beside the records of all tables; raises PayloadError on a hold."""
    ignored = {name for one in source.tables.values() for name in one.ignore}
    new = [name for name in names if not {name, name.rpartition(".")[2]} & ignored]
    if not new:
        return []
    sentence = f"{where}: beside the records stands {_list(new)}, which was not taken in"
    if table.drift.new == "hold":
        raise PayloadError(f"{sentence}; declare and classify it.")
    return [f"{sentence}; declare it as '$.name', or under 'ignore'."]


def read_paths(source: Source, table: Table) -> list[str]:
    """Every path of an answer that the declaration reads: records, members of the root, and what pages tell."""
    paging = source.extract.paging
    paths = [*table.records, *((paging.records, paging.total, paging.next) if paging else ())]
    for one in source.tables.values():
        paths += [one.proof or ""]
        paths += [path for path in one.records if not path.startswith("[")]  # a list says nothing of an object
        paths += [c.source[2:] for c in one.columns if c.source.startswith("$.")]
    return [path for path in paths if path]


def _renamed(lost: Sequence[str], new: Sequence[str]) -> str:
    """A hint at columns that may only have got another name."""
    pairs = [(old, difflib.get_close_matches(old, new[:LOOKED_AT], n=1, cutoff=0.5)) for old in lost]
    hints = [f"{old!r} may now be {near[0]!r}" for old, near in pairs if near]
    return f" ({', '.join(hints)})" if hints else ""


def _list(names: Sequence[str]) -> str:
    """The first names; what stands there may be no header, but all of a file in one line."""
    more = [f"{len(names) - NAMED} more"] if len(names) > NAMED else []
    return ", ".join([*(repr(shortened(name, LONGEST_NAME)) for name in names[:NAMED]), *more])
