"""A status as a shape, so that it is told without colour."""

from __future__ import annotations

from command_center.drawing.letters import width
from command_center.drawing.model import Status
from command_center.drawing.palette import PAPER, QUIET, STATUS
from command_center.drawing.picture import SMALL, Picture

WORDS: dict[Status, str] = {
    "baik": "baik",
    "waspada": "waspada",
    "siaga": "siaga",
    "buruk": "buruk",
    "tanpa_ambang": "tanpa ambang",
    "tidak_tersedia": "tidak tersedia",
}
ROOM = 14.0  # a mark and the gap behind it


def draw_mark(picture: Picture, x: float, y: float, status: Status, size: float = 10) -> None:
    """● baik, ▲ waspada, ◆ siaga, ■ buruk, – tanpa ambang, ○ tidak tersedia, with its middle at x, y."""
    half, fill = size / 2, STATUS[status]
    if status == "baik":
        picture.add("circle", cx=x, cy=y, r=half, fill=fill)
    elif status == "tidak_tersedia":
        picture.add("circle", cx=x, cy=y, r=half - 1, fill=PAPER, stroke=fill, stroke_width=1.5)
    else:
        picture.add("path", d=_outline(x, y, half, status), fill=fill)


def _outline(x: float, y: float, half: float, status: Status) -> str:
    corners = {
        "waspada": ((0, -1), (1.1, 0.9), (-1.1, 0.9)),
        "siaga": ((0, -1.15), (1.15, 0), (0, 1.15), (-1.15, 0)),
        "buruk": ((-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)),
        "tanpa_ambang": ((-0.9, -0.15), (0.9, -0.15), (0.9, 0.15), (-0.9, 0.15)),
    }[status]
    return "M" + "L".join(f"{x + dx * half:.2f} {y + dy * half:.2f}" for dx, dy in corners) + "Z"


def mark(status: Status) -> str:
    """The shape alone, for a table's cell."""
    picture = Picture(12, 12, WORDS[status], f"Status {WORDS[status]}.")
    draw_mark(picture, 6, 6, status)
    return picture.svg()


def legend_lines(statuses: list[Status], room: float) -> list[list[Status]]:
    """The statuses of a legend, broken into lines that fit."""
    rows: list[list[Status]] = []
    used = room + 1
    for status in statuses:
        needed = ROOM + width(WORDS[status], SMALL) + 10
        if used + needed > room:
            rows.append([])
            used = 0
        rows[-1].append(status)
        used += needed
    return rows


def draw_legend(picture: Picture, x: float, y: float, rows: list[list[Status]]) -> None:
    for number, statuses in enumerate(rows):
        left = x
        for status in statuses:
            draw_mark(picture, left + 5, y + number * 14 - 3.5, status, 8)
            picture.text(left + ROOM, y + number * 14, WORDS[status], size=SMALL, fill=QUIET)
            left += ROOM + width(WORDS[status], SMALL) + 10
