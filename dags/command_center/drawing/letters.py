"""How wide words are, so that labels keep clear of each other without asking a browser."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

FAMILY = "HK Grotesk, Helvetica Neue, Arial, sans-serif"
LINE = 1.2  # heights of letters from one line to the next
# Widths of HK Grotesk (the widest of regular, medium and semibold) in shares of the size, rounded up to a fiftieth
_GROUPS = {
    0.26: "ij",
    0.28: " ()`l‘’",
    0.3: "'I{}",
    0.32: "!,[]|·",
    0.34: ".:;f",
    0.36: "t",
    0.4: "r",
    0.42: "-",
    0.44: "*s",
    0.46: "/\\“”",
    0.48: '"z°',
    0.5: "^cvxy",
    0.52: "?Laeg–é",
    0.54: "k",
    0.56: "$JSo×",
    0.58: "0123456789Pbdhnpqu~",
    0.6: "F",
    0.62: "<=>BERT_",
    0.64: "+Zµ",
    0.66: "AVX±≤≥",
    0.68: "#UY",
    0.7: "&CD−",
    0.72: "Nw",
    0.74: "HK…",
    0.76: "GO",
    0.78: "%Q",
    0.86: "m",
    0.88: "M",
    0.98: "W",
    1.02: "@",
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
    plain = " ".join(words.split())
    if width(plain, size) <= room:
        return [plain]
    lines = [""]
    for word in plain.split(" "):
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
