"""What every reader gives back: rows of text for COPY, and what it could not read."""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from command_center.errors import PayloadError
from command_center.settings import settings
from command_center.source import Column, Table


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

    `csv_bytes`, where a reader can offer it, holds the same rows as CSV that COPY may take as it is.
    """

    columns: list[str]
    rows: Iterable[Row]
    warnings: list[str] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    sections: list[Section] = field(default_factory=lambda: [Section(0, "rekaman ke-")])
    csv_bytes: Iterator[bytes] | None = None
    csv_separator: str = ","
    is_simulated: bool = False


@dataclass(frozen=True)
class Answer:
    """An archived answer as a reader sees it: chunks that can be asked for again, and what the request knew."""

    where: str
    chunks: Callable[[], Iterator[bytes]]
    known: Mapping[str, str]
    simulated_paths: frozenset[str] = frozenset()

    @property
    def is_simulated(self) -> bool:
        return "*" in self.simulated_paths

    def content(self) -> bytes:
        return b"".join(self.chunks())


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


def check_drift(table: Table, present: Sequence[str], ignored: Sequence[str], where: str) -> list[str]:
    """Compare the columns that arrived with the declared ones; returns warnings, raises PayloadError on a hold."""
    names = set(present)
    wanted = [column for column in table.columns if not column.source.startswith(("@", "{", "$."))]
    lost = [c.source for c in wanted if not c.optional and names.isdisjoint({c.source, *c.aliases})]
    known = {name for c in wanted for name in (c.source, *c.aliases)} | set(ignored)
    new = [name for name in dict.fromkeys(present) if name not in known and name.strip()]
    warnings = []
    if lost:
        sentence = (
            f"{where}: the declared column {_list(lost)} is missing; found: {_list(list(dict.fromkeys(present)))}"
        )
        if table.drift.lost == "hold":
            raise PayloadError(sentence + "; ask the steward, or mend the declaration.")
        warnings.append(sentence + ".")
    if new:
        sentence = f"{where}: the column {_list(new)} is not declared and was not taken in"
        if table.drift.new == "hold":
            raise PayloadError(sentence + "; declare and classify it.")
        warnings.append(sentence + ".")
    return warnings


def _list(names: Sequence[str]) -> str:
    return ", ".join(repr(name) for name in names[:30])
