"""By what a person is looked for: NIK, telephone, e-mail or name, in whatever way it was written.

A key finds itself in texts by a pattern, which Python and PostgreSQL read alike. Of a person who was erased only digests are
kept, and what comes in is held against them, so that the person stays away though nobody wrote down who it was.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import pairwise
from typing import Literal

from command_center.errors import CommandCenterError
from command_center.personal import EMAIL, GAP
from command_center.settings import settings

Kind = Literal["nik", "telepon", "surel", "nama"]
BETWEEN = r"[^a-z0-9<>{}\",;]{1,3}"  # words of a name, within one text
WORD = "[a-z\u00c0-\u00ff']+"
NUMBER = re.compile(rf"(?<![0-9])[+]?[0-9](?:[() ]?{GAP}?[0-9]){{8,}}")
ADDRESS = re.compile(EMAIL, re.IGNORECASE)
NAME_PART = re.compile(WORD, re.IGNORECASE)


@dataclass(frozen=True)
class Trace:
    """What a person leaves in tables: a regular expression, and what takes its place there and among the values of JSON."""

    pattern: str
    mark: str
    json_mark: str


@dataclass(frozen=True)
class Key:
    """One thing that a person is known by, in one way of writing."""

    kind: Kind
    text: str

    @cached_property
    def digest(self) -> str:
        return _digest(f"{self.kind}:{self.text}")

    @property
    def pattern(self) -> str:
        """Regular expression of every way of writing; letters may be large or small."""
        if self.kind == "surel":
            return rf"(?<![a-z0-9._%+-]){re.escape(self.text)}(?![a-z0-9-])"
        if self.kind == "nama":
            words = BETWEEN.join(map(re.escape, self.text.split()))
            return rf"(?<![a-z0-9]){words}(?![a-z0-9])"
        digits = f"[() ]?{GAP}?".join(self.text)
        before = rf"(?:[+]?[(]?62[)]?(?:[ .-]*[(]0[)])?[() ]?{GAP}?|[(]?0[(]?)?" if self.kind == "telepon" else ""
        return rf"(?<![0-9]){before}{digits}(?![0-9])"

    @property
    def trace(self) -> Trace:
        """The mark is the same for one person and another for each, so that keys stay keys; JSON may have a number unquoted."""
        mark = f"[dihapus {self.digest[:8]}]"
        return Trace(self.pattern, mark, "999" if self.kind in ("nik", "telepon") else mark)

    @property
    def writings(self) -> list[str]:
        """How programs mostly write it: of a digest, only that way of writing is found of which it was made."""
        if self.kind == "telepon":
            return [before + self.text for before in ("0", "62", "+62", "")]
        return [self.text, self.text.title(), self.text.upper()] if self.kind == "nama" else [self.text]


def key_of(kind: Kind, written: str) -> Key:
    """Raises CommandCenterError when the text is no such key."""
    text = _normal(kind, written)
    if text is None:
        raise CommandCenterError(f"{written!r} is no {kind}: expected {EXPECTED[kind]}.")
    return Key(kind, text)


EXPECTED = {
    "nik": "16 digits",
    "telepon": "a number such as 0812-3456-7890 or 0751 41234",
    "surel": "an address such as nama@contoh.id",
    "nama": "a full name of two words or more",
}


def _normal(kind: Kind, written: str) -> str | None:
    if kind == "surel":
        return written.strip().lower() if ADDRESS.fullmatch(written.strip()) else None
    if kind == "nama":
        words = NAME_PART.findall(written.lower())
        return " ".join(words) if len(words) > 1 else None
    digits = re.sub("[^0-9]", "", written)
    if kind == "nik":
        return digits if len(digits) == 16 else None
    number = re.sub("^(?:62)?0?", "", digits)
    return number if 7 <= len(number) <= 13 else None


@dataclass(frozen=True)
class Tombstone:
    """A key of an erased person; `kata` words, of which `awal` tells the first."""

    digest: str
    jenis: Kind
    kata: int
    awal: str


def tombstone(key: Key) -> Tombstone:
    words = key.text.split() if key.kind == "nama" else []
    return Tombstone(key.digest, key.kind, len(words), _first(words[0]) if words else "")


def _digest(text: str) -> str:
    return hmac.digest(_secret(), text.encode(), "sha256").hex()


def _secret() -> bytes:
    return _derived(settings().secret("cc_hmac_key"))


@cache
def _derived(master: str) -> bytes:
    """A key of its own under the master key, so that digests here equal none elsewhere."""
    return hmac.digest(bytes.fromhex(master), b"penghapusan", "sha256")


def _first(word: str) -> str:
    return _digest(f"awal:{word}")[:4]


@dataclass(frozen=True)
class Span:
    """Where a key of an erased person stands in a text."""

    start: int
    end: int
    digest: str


class Redactor:
    """Takes erased persons out of texts by their digests alone. The text keeps its length and stays what it was to a parser."""

    def __init__(self, tombstones: Iterable[Tombstone]) -> None:
        stones = list(tombstones)
        self._digests = {stone.digest for stone in stones}
        self._kinds = {stone.jenis for stone in stones}
        self._names = {(stone.awal, stone.kata) for stone in stones if stone.jenis == "nama"}
        self._known: dict[str, list[int]] = {}

    def redact(self, text: str) -> str:
        spans = [*self._spans(text)]
        for span in spans:
            text = text[: span.start] + substitute(text[span.start : span.end], span.digest) + text[span.end :]
        return text

    def _spans(self, text: str) -> Iterator[Span]:
        if self._kinds & {"nik", "telepon"}:
            for match in NUMBER.finditer(text):
                yield from self._number(match)
        if "surel" in self._kinds:
            for match in ADDRESS.finditer(text):
                yield from self._is_one(f"surel:{match[0].lower()}", match.start(), match.end())
        if self._names:
            yield from self._names_in(text)

    def _number(self, match: re.Match[str]) -> Iterator[Span]:
        """A run may hold more than one number: each is tried from a beginning of digits to an end of digits."""
        at = [match.start() + place for place, sign in enumerate(match[0]) if sign.isdigit()]
        digits = "".join(sign for sign in match[0] if sign.isdigit())
        ends = {number + 1 for number in range(len(at)) if number + 1 == len(at) or at[number + 1] > at[number] + 1}
        for start in (0, *(end for end in sorted(ends) if end < len(at))):
            for kind, first, longest in _readings(digits, start):
                for end in ends:
                    if kind in self._kinds and longest[0] <= end - first <= longest[1]:
                        yield from self._is_one(f"{kind}:{digits[first:end]}", at[start], at[end - 1] + 1)

    def _names_in(self, text: str) -> Iterator[Span]:
        words = [*NAME_PART.finditer(text)]
        for number, word in enumerate(words):
            for length in self._lengths(word[0].lower()):
                run = words[number : number + length]
                gaps = pairwise(run)
                if len(run) == length and all(re.fullmatch(BETWEEN, text[a.end() : b.start()]) for a, b in gaps):
                    name = " ".join(one[0].lower() for one in run)
                    yield from self._is_one(f"nama:{name}", word.start(), run[-1].end())

    def _lengths(self, word: str) -> list[int]:
        if word not in self._known:
            first = _first(word)
            self._known[word] = [length for awal, length in self._names if awal == first]
        return self._known[word]

    def _is_one(self, text: str, start: int, end: int) -> Iterator[Span]:
        digest = _digest(text)
        if digest in self._digests:
            yield Span(start, end, digest)


def _readings(digits: str, start: int) -> Iterator[tuple[Kind, int, tuple[int, int]]]:
    """What may begin here: the kind, its first digit that counts, and how many there are at least and at most."""
    yield "nik", start, (16, 16)
    for dialled in ("", "0", "62", "620"):
        if digits.startswith(dialled, start):
            yield "telepon", start + len(dialled), (7, 13)


def substitute(written: str, digest: str) -> str:
    """Something as long that is nobody's: digits that begin with 99, as no area does, and are the person's own; letters x."""
    digits = iter("99" + str(int(digest, 16)))
    return "".join(
        next(digits) if sign.isdigit() else "x" if sign.isalpha() or sign == "@" else sign for sign in written
    )
