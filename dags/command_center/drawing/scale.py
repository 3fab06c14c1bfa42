"""From values to places: round ticks, and a straight line between two ends."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from command_center.idformat import format_short


@dataclass(frozen=True)
class Scale:
    low: float
    high: float
    start: float
    end: float

    def place(self, value: Decimal | float) -> float:
        return self.start + (float(value) - self.low) / (self.high - self.low) * (self.end - self.start)


def ticks(low: float, high: float, most: int = 5) -> list[Decimal]:
    """Round numbers that enclose low and high, at most `most` and one more."""
    if high <= low:
        high = low + 1
    step = _round_step((high - low) / most)
    first, last = math.floor(low / float(step) + 1e-9), math.ceil(high / float(step) - 1e-9)
    return [step * number for number in range(first, last + 1)]


def _round_step(size: float) -> Decimal:
    power = Decimal(10) ** math.floor(math.log10(size))
    return next(
        power * factor
        for factor in (Decimal(1), Decimal(2), Decimal(5), Decimal(10))
        if power * factor >= Decimal(size) * Decimal("0.999")
    )


def bounds(values: Sequence[Decimal]) -> tuple[float, float]:
    """Zero belongs to it, unless all values lie far from it."""
    if not values:
        return 0.0, 1.0
    low, high = float(min(values)), float(max(values))
    return (low, high) if 0 < high * 0.6 < low < high else (min(low, 0.0), max(high, 0.0))


def said(value: Decimal) -> str:
    """A value as people read it on a chart; small ones with two decimals."""
    return format_short(value, 2 if 0 < abs(value) < 1 else 1)
