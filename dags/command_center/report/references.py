"""Which words of a text lead to an appendix."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from command_center.report.document import Document

NAMED = re.compile(r"(Lampiran ([A-Z]))(?!\w)")


class Piece(NamedTuple):
    """A part of a text, and the letter of the appendix that it leads to; none for plain words."""

    text: str
    letter: str = ""


def letters_of(document: Document) -> set[str]:
    return {one.number for one in document.appendices}


def linked_pieces(text: str, letters: Iterable[str]) -> list[Piece]:
    """`Rincian: Lampiran A.` becomes three pieces where there is an appendix A, one where there is none."""
    known, found, start = set(letters), [], 0
    for match in NAMED.finditer(text):
        if match[2] in known:
            found += [Piece(text[start : match.start()]), Piece(match[1], match[2])]
            start = match.end()
    return [piece for piece in (*found, Piece(text[start:])) if piece.text]
