"""What a file of others says, on the terminal of the person who looks at it: signs to read, never commands to the terminal."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

from command_center.idformat import plain


class PlainConsole(Console):
    """rich's console; signs that would steer the terminal, or turn the order of a line round, are shown as a mark."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        for segment in super().render(renderable, options):
            yield segment if segment.control else segment._replace(text=plain(segment.text))
