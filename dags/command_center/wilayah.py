"""The city's areas and every known spelling of their names, from the seeds that dbt builds dim_wilayah from."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache

from command_center.paths import DBT_PROJECT

SEEDS = DBT_PROJECT / "seeds"


@dataclass(frozen=True)
class Wilayah:
    """One area: the city, a kecamatan or a kelurahan, with its centre."""

    kode: str
    nama: str
    tingkat: str
    kode_kecamatan: str
    lintang: float
    bujur: float


def ejaan(nama: str) -> str:
    """A name as it is compared: only ASCII letters and digits, in lower case, without 'Kec.' or 'Kelurahan' before it.

    The SQL function ops.ejaan does the same, step by step.
    """
    words = re.sub("[^A-Za-z0-9]+", " ", nama).lower().strip(" ")
    return re.sub("^(kecamatan|kelurahan|kec|kel) ", "", words).replace(" ", "")


@cache
def wilayah() -> dict[str, Wilayah]:
    """Every area by its Kemendagri code."""
    with (SEEDS / "ref_wilayah.csv").open(encoding="utf-8", newline="") as file:
        return {
            row["kode_wilayah"]: Wilayah(
                kode=row["kode_wilayah"],
                nama=row["nama"],
                tingkat=row["tingkat"],
                kode_kecamatan=row["kode_kecamatan"],
                lintang=float(row["lintang"]),
                bujur=float(row["bujur"]),
            )
            for row in csv.DictReader(file)
        }


@cache
def kecamatan_codes() -> tuple[str, ...]:
    """The codes of the city's kecamatan, in order."""
    return tuple(sorted(kode for kode, area in wilayah().items() if area.tingkat == "kecamatan"))


@cache
def _spellings() -> tuple[tuple[str, str, str], ...]:
    areas = wilayah()
    names = [(area.nama, area.kode) for area in areas.values()]
    with (SEEDS / "ref_wilayah_alias.csv").open(encoding="utf-8", newline="") as file:
        names += [(row["ejaan"], row["kode_wilayah"]) for row in csv.DictReader(file)]
    return tuple(sorted({(ejaan(nama), areas[kode].tingkat, kode) for nama, kode in names}))


def spellings() -> list[tuple[str, str, str]]:
    """Each known spelling, normalised by ejaan(), with level and code; one spelling may stand for two areas."""
    return list(_spellings())


@cache
def area_names() -> tuple[str, ...]:
    """Every area's name in each spelling, as people write it."""
    with (SEEDS / "ref_wilayah_alias.csv").open(encoding="utf-8", newline="") as file:
        others = [row["ejaan"] for row in csv.DictReader(file)]
    return tuple(sorted({*(area.nama for area in wilayah().values()), *others}))


@cache
def _by_spelling() -> dict[tuple[str, str], tuple[str, ...]]:
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    for spelling, tingkat, kode in _spellings():
        found[spelling, tingkat] = (*found.get((spelling, tingkat), ()), kode)
    return found


def cari(nama: str, tingkat: str) -> tuple[str, ...]:
    """The codes of the areas of a level that a name stands for: none, one, or each of several."""
    return _by_spelling().get((ejaan(nama), tingkat), ())
