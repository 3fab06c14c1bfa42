"""How wide words are, so that labels keep clear of each other without asking a browser."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

FAMILY = "HK Grotesk, Helvetica Neue, Arial, sans-serif"
LINE = 1.2  # heights of letters from one line to the next
# Widths of HK Grotesk (the wider of regular and semibold) in shares of the size, rounded up to a twentieth
_GROUPS = {
    0.3: " '()I`ijl{}‘’",
    0.35: "!,.:;[]f|·",
    0.4: "rt",
    0.45: "*-s",
    0.5: '"/\\^cvxyz°“”',
    0.55: "?Laegk–×é",
    0.6: "$0123456789FJPSbdhnopqu~",
    0.65: "+<=>BERTXZ_±≥µ",
    0.7: "#&ACDUVY−≤",
    0.75: "GHKNOw…",
    0.8: "%Q",
    0.85: "m",
    0.9: "M",
}
_WIDTHS = {letter: width for width, letters in _GROUPS.items() for letter in letters}
_WIDEST = 1.05


@cache
def width(words: str, size: float) -> float:
    return sum(_WIDTHS.get(letter, _WIDEST) for letter in words) * size


def widest(texts: Iterable[str], size: float) -> float:
    return max((width(text, size) for text in texts), default=0)


def wrap(words: str, room: float, size: float) -> list[str]:
    """Lines that fit into the room; a single word that does not is broken, never cut off."""
    lines: list[str] = [""]
    for word in words.split():
        longer = f"{lines[-1]} {word}".strip()
        if width(longer, size) <= room:
            lines[-1] = longer
        else:
            lines += pieces(word, room, size)
    return [line for line in lines if line] or [""]


def pieces(word: str, room: float, size: float) -> list[str]:
    """A word in parts that fit, at least one letter each."""
    parts = [""]
    for letter in word:
        if parts[-1] and width(parts[-1] + letter, size) > room:
            parts.append("")
        parts[-1] += letter
    return parts
