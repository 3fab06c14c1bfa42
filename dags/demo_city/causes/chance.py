"""Reproducible chance: the same seed and the same words give the same numbers in every process."""

from __future__ import annotations

import math
from collections.abc import Mapping
from random import Random
from typing import TypeVar

Key = TypeVar("Key")


def rng(*parts: object) -> Random:
    """A generator of its own for one thing, so that no other thing's draws can shift it."""
    return Random(":".join(str(part) for part in parts))


def poisson(chance: Random, mean: float) -> int:
    """A count with the given mean; the normal curve is close enough for large means."""
    if mean > 30:
        return max(0, round(chance.gauss(mean, math.sqrt(mean))))
    limit, count, product = math.exp(-mean), 0, chance.random()
    while product > limit:
        count += 1
        product *= chance.random()
    return count


def pick(chance: Random, weights: Mapping[Key, float]) -> Key:
    """One key, as often as its weight says."""
    return chance.choices(list(weights), list(weights.values()))[0]


def apportion(total: int, weights: Mapping[Key, float]) -> dict[Key, int]:
    """Whole numbers in proportion to the weights that sum exactly to the total (largest remainder)."""
    whole = sum(weights.values())
    exact = {key: total * weight / whole for key, weight in weights.items()}
    shares = {key: math.floor(value) for key, value in exact.items()}
    by_remainder = sorted(exact, key=lambda key: shares[key] - exact[key])
    for key in by_remainder[: total - sum(shares.values())]:
        shares[key] += 1
    return shares
