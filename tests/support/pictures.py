"""What a test asks of an SVG: its texts, where they lie, and whether they keep clear of each other."""

from __future__ import annotations

import re
from itertools import combinations

from command_center.drawing.picture import Box, box_of
from lxml import etree

SVG = "{http://www.w3.org/2000/svg}"


def parse(svg: str) -> etree._Element:
    return etree.fromstring(svg.encode())


def texts(svg: str) -> list[str]:
    return [element.text or "" for element in parse(svg).iter(f"{SVG}text")]


def text_boxes(svg: str) -> list[tuple[str, Box]]:
    return [
        (
            element.text or "",
            box_of(
                float(element.get("x", "0")),
                float(element.get("y", "0")),
                element.text or "",
                float(element.get("font-size", "0")),
                element.get("text-anchor", "start"),
            ),
        )
        for element in parse(svg).iter(f"{SVG}text")
    ]


def overlaps(svg: str) -> list[tuple[str, str]]:
    return [(one, other) for (one, box), (other, place) in combinations(text_boxes(svg), 2) if box.overlaps(place)]


def outside(svg: str) -> list[str]:
    """Texts that leave the drawing by more than the rounding of letters' widths."""
    root = parse(svg)
    frame = Box(-1, -1, float(root.get("width", "0")) + 1, float(root.get("height", "0")) + 1)
    return [words for words, box in text_boxes(svg) if not box.is_within(frame)]


def references(svg: str) -> list[str]:
    """Whatever would be fetched: every attribute that names an address, the namespace aside."""
    return re.findall(r"(?:href|src|url)\s*[=(][^>]*", svg)
