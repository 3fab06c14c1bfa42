"""The 104 kelurahan with a point and a radius in which something can happen, from the project's own reference seed."""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

from command_center.errors import ServiceError
from command_center.paths import DBT_PROJECT

REF_WILAYAH = DBT_PROJECT / "seeds" / "ref_wilayah.csv"
WIDEST = 0.0035  # degrees, about 400 m: stays inside a kelurahan at the edge of the city


@dataclass(frozen=True)
class Kelurahan:
    """A kelurahan, its middle and how far from it an incident may lie, in degrees."""

    kode: str
    nama: str
    kode_kecamatan: str
    lintang: float
    bujur: float
    radius: float

    def point(self, chance: Random) -> tuple[float, float]:
        """A point near the middle."""
        angle, distance = chance.uniform(0, math.tau), self.radius * math.sqrt(chance.random())
        return self.lintang + distance * math.sin(angle), self.bujur + distance * math.cos(angle)


@cache
def all_kelurahan(file: Path = REF_WILAYAH) -> tuple[Kelurahan, ...]:
    """Every kelurahan of the reference seed. Raises ServiceError when the seed cannot be read."""
    rows = [row for row in _rows(file) if row["tingkat"] == "kelurahan"]
    points = [(float(row["lintang"]), float(row["bujur"])) for row in rows]
    return tuple(_kelurahan(row, point, points) for row, point in zip(rows, points, strict=True))


@cache
def kelurahan_of(kecamatan: str) -> tuple[Kelurahan, ...]:
    """The kelurahan of one kecamatan."""
    return tuple(kelurahan for kelurahan in all_kelurahan() if kelurahan.kode_kecamatan == kecamatan)


@cache
def nama_kecamatan(kode: str, file: Path = REF_WILAYAH) -> str:
    """The name of a kecamatan."""
    return next(row["nama"] for row in _rows(file) if row["kode_wilayah"] == kode)


def _rows(file: Path) -> list[dict[str, str]]:
    try:
        with file.open(encoding="utf-8", newline="") as stream:
            return list(csv.DictReader(stream))
    except OSError as error:
        raise ServiceError(
            f"The demo city needs the region codes in {file.name}: {error.strerror}; restore the file."
        ) from None


def _kelurahan(row: dict[str, str], point: tuple[float, float], points: list[tuple[float, float]]) -> Kelurahan:
    nearest = min(math.dist(point, other) for other in points if other != point)
    return Kelurahan(row["kode_wilayah"], row["nama"], row["kode_kecamatan"], *point, min(WIDEST, nearest / 4))
