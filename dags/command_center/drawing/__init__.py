"""Charts and maps as plain SVG, for paper, telephone and wall: readable in grey, every category labelled, no outside reference."""

from command_center.drawing.bars import bars, diverging
from command_center.drawing.lines import lines
from command_center.drawing.maps import choropleth, classify
from command_center.drawing.marks import mark
from command_center.drawing.model import Bar, Class, Region, Series, Status, Threshold
from command_center.drawing.sparks import spark

__all__ = [
    "Bar",
    "Class",
    "Region",
    "Series",
    "Status",
    "Threshold",
    "bars",
    "choropleth",
    "classify",
    "diverging",
    "lines",
    "mark",
    "spark",
]
