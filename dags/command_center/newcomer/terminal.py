"""What a file of others says, on the terminal of the person who looks at it: signs to read, never commands to the terminal."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment


class PlainConsole(Console):
    """rich's console; signs that would steer the terminal, or turn the order of a line round, are shown as a mark."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        for segment in super().render(renderable, options):
            yield segment if segment.control else segment._replace(text=plain(segment.text))


def plain(text: str) -> str:
    return "".join("\N{REPLACEMENT CHARACTER}" if _steers(sign) else sign for sign in text)


def _steers(sign: str) -> bool:
    return sign not in "\n\t" and unicodedata.category(sign) in ("Cc", "Cf", "Cs")
