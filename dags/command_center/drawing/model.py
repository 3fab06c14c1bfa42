"""What a drawing is made of: names, values and geometries, without any knowledge of indicators."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

Status = Literal["baik", "waspada", "siaga", "buruk", "tanpa_ambang", "tidak_tersedia"]
Size = tuple[int, int]  # CSS pixels; 680 are the width of a page
UNKNOWN = "tidak tersedia"


@dataclass(frozen=True)
class Threshold:
    value: Decimal
    name: str


@dataclass(frozen=True)
class Series:
    """`points` are label and value in the order of time; None is a gap."""

    name: str
    points: Sequence[tuple[str, Decimal | None]]


@dataclass(frozen=True)
class Bar:
    label: str
    value: Decimal | None
    text: str
    status: Status | None = None
    is_marked: bool = False


@dataclass(frozen=True)
class Region:
    """`geometry` is a Polygon or MultiPolygon of GeoJSON."""

    kode: str
    name: str
    geometry: Mapping[str, Any]
    value: Decimal | None
    text: str
    is_marked: bool = False


@dataclass(frozen=True)
class Class:
    """Values from `low` up to, and not with, `high`; None is without bound."""

    label: str
    low: Decimal | None
    high: Decimal | None

    def holds(self, value: Decimal) -> bool:
        return (self.low is None or value >= self.low) and (self.high is None or value < self.high)
