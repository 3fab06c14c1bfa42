"""Every colour of charts and reports. One colour never means two things; those of a status serve a status only."""

from __future__ import annotations

PAPER = "#ffffff"
INK = "#17293a"
QUIET = "#4d5b68"
RULE = "#d3dbe2"
PANEL = "#f1f5f8"
NAVY = "#123a5a"

BAR = "#8fb3cd"  # beside it the marked one
MARKED = NAVY
LESS = "#7a3fa8"  # of a bar around zero
MORE = "#2a7aa8"
SERIES = ("#123a5a", "#2a7aa8", "#7a3fa8", "#a3195b", "#5b6670", "#3c4fb0")
DASHES = ("", "6 3", "2 2.5", "9 3 2 3", "12 4", "4 2 1 2")
CLASSES = ("#f3f7fa", "#d5e4f0", "#b3d0e5", "#8ab8d8", "#62a0cd")  # from little to much, also in grey

STATUS = {
    "baik": "#146c43",
    "waspada": "#7a6200",
    "siaga": "#a84800",
    "buruk": "#b42318",
    "tanpa_ambang": QUIET,
    "tidak_tersedia": QUIET,
}


def contrast(one: str, other: str) -> float:
    """The ratio of WCAG 2: 1 for equal colours, 21 for black on white."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[start : start + 2], 16) / 255) for start in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(share: float) -> float:
    return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4
