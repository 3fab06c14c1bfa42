"""One SVG under construction: elements, escaped texts and the places that texts take."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from xml.sax.saxutils import escape, quoteattr

from command_center.drawing.letters import FAMILY, LINE, width
from command_center.drawing.palette import INK, PAPER

TEXT = 11.0
SMALL = 10.0


@dataclass(frozen=True)
class Box:
    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other: Box) -> bool:
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )

    def is_within(self, other: Box) -> bool:
        return (
            self.left >= other.left
            and self.right <= other.right
            and self.top >= other.top
            and self.bottom <= other.bottom
        )


@dataclass
class Picture:
    width: float
    height: float
    title: str
    description: str
    parts: list[str] = field(default_factory=list)

    def add(self, name: str, words: str | None = None, **attributes: object) -> None:
        """An element; `stroke_width` becomes stroke-width, an attribute that is None or empty is left out."""
        said = "".join(
            f" {key.replace('_', '-')}={quoteattr(_written(value))}"
            for key, value in attributes.items()
            if value not in (None, "")
        )
        self.parts.append(f"<{name}{said}/>" if words is None else f"<{name}{said}>{escape(words)}</{name}>")

    def text(
        self,
        x: float,
        y: float,
        words: str,
        *,
        size: float = TEXT,
        anchor: str = "start",
        fill: str = INK,
        weight: int = 400,
        has_halo: bool = False,
    ) -> None:
        """Words with their base line at y; a halo keeps them readable on lines and areas."""
        halo = {"paint_order": "stroke", "stroke": PAPER, "stroke_width": 3, "stroke_linejoin": "round"}
        self.add(
            "text",
            words,
            x=x,
            y=y,
            font_size=size,
            text_anchor=None if anchor == "start" else anchor,
            font_weight=None if weight == 400 else weight,
            fill=fill,
            **(halo if has_halo else {}),
        )

    def lines_of_text(self, x: float, y: float, texts: Iterable[str], *, size: float = TEXT, **style: object) -> None:
        """Several lines, the first with its base line at y."""
        for number, words in enumerate(texts):
            self.text(x, y + number * size * LINE, words, size=size, **style)  # type: ignore[arg-type]

    def svg(self) -> str:
        body = "".join(self.parts)
        made_of = f"{self.title}\n{self.description}\n{body}"
        name = "g" + hashlib.sha256(made_of.encode()).hexdigest()[:12]
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_written(self.width)} {_written(self.height)}" '
            f'width="{_written(self.width)}" height="{_written(self.height)}" font-family="{FAMILY}" role="img" '
            f'aria-labelledby="{name}-t {name}-d"><title id="{name}-t">{escape(self.title)}</title>'
            f'<desc id="{name}-d">{escape(self.description)}</desc><g aria-hidden="true">{body}</g></svg>'
        )


def box_of(x: float, y: float, words: str, size: float, anchor: str = "start") -> Box:
    """The place of one line of text whose base line is at y."""
    wide = width(words, size)
    left = x - {"start": 0.0, "middle": wide / 2, "end": wide}[anchor]
    return Box(left, y - 0.8 * size, left + wide, y + 0.25 * size)


def _written(value: object) -> str:
    if not isinstance(value, float):
        return str(value)
    return f"{round(value, 2) + 0.0:.2f}".rstrip("0").rstrip(".")
