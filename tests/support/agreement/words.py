"""What tiles and the list of attention say beside raw: the words of the newest month, and whose targets are missed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import psycopg
from command_center.idformat import format_number
from command_center.wilayah import kecamatan_codes
from psycopg.rows import class_row

from tests.support.agreement.raw import Raw
from tests.support.agreement.raw_sql import QUERIES

UNITS = {"persen": " %", "rasio": ""}
MISSED = {"waspada", "siaga", "buruk"}


@dataclass(frozen=True)
class Measure:
    """What the registry says of an indicator."""

    kode: str
    satuan: str
    arah: str
    desimal: int
    ambang_baik: Decimal | None
    ambang_waspada: Decimal | None
    ambang_siaga: Decimal | None
    is_ambang_prorata: bool

    def words(self, value: Decimal | None) -> str:
        if value is None:
            return "–"
        if self.satuan == "Rp":
            return rupiah(value)
        return format_number(value, self.desimal) + UNITS.get(self.satuan, f" {self.satuan}")

    def status(self, value: Decimal | None, month: date) -> str:
        if value is None:
            return "tidak_tersedia"
        if self.ambang_baik is None:
            return "tanpa_ambang"
        share = Decimal(month.month) / 12 if self.is_ambang_prorata else Decimal(1)
        sign = -1 if self.arah == "turun_baik" else 1
        limits = {"baik": self.ambang_baik, "waspada": self.ambang_waspada, "siaga": self.ambang_siaga}
        held = (
            name for name, limit in limits.items() if limit is not None and sign * value >= sign * kept(limit * share)
        )
        return next(held, "buruk")


@dataclass(frozen=True)
class Said:
    """What a tile says, or what raw says that it should."""

    text: str
    status: str


Words = dict[tuple[str, str], Said]


def kept(value: Decimal) -> Decimal:
    """As the marts keep it."""
    return value.quantize(Decimal("0.0001"), ROUND_HALF_UP)


def rupiah(value: Decimal) -> str:
    """Of amounts that are not negative and below ten thousand million, as a kecamatan's are."""
    return f"Rp{format_number(value)}" if value < 10**6 else f"Rp{format_number(value / 10**6, 1)} juta"


def newest_month(connection: psycopg.Connection[Any]) -> date:
    [(month,)] = connection.execute("select distinct bulan from mart.ubin where is_terkini").fetchall()
    assert isinstance(month, date)
    return month


def measures(connection: psycopg.Connection[Any], codes: Collection[str] = tuple(QUERIES)) -> list[Measure]:
    """The registry's lines of the indicators that are computed on raw too."""
    columns = ", ".join(Measure.__annotations__)
    with connection.cursor(row_factory=class_row(Measure)) as cursor:
        query = f"select {columns} from core.ref_indikator where kode = any(%s) order by kode"
        return cursor.execute(query.encode(), [sorted(codes)]).fetchall()


def by_tiles(connection: psycopg.Connection[Any]) -> Words:
    """What tiles say of kecamatan, where the newest figure is the newest month's."""
    rows = connection.execute(
        """
        select indikator_kode, wilayah_kode, nilai_teks, status from mart.ubin
        where is_terkini and wilayah_tingkat = 'kecamatan' and periode_mulai = bulan and indikator_kode = any(%s)
        """,
        [sorted(QUERIES)],
    ).fetchall()
    return {(kode, place): Said(text, status) for kode, place, text, status in rows}


def words_of_raw(connection: psycopg.Connection[Any], raw: Raw) -> Words:
    month = newest_month(connection)
    found: Words = {}
    for measure in measures(connection):
        for place in kecamatan_codes():
            value = raw.value(measure.kode, place, month)
            value = None if value is None else kept(value)
            found[measure.kode, place] = Said(measure.words(value), measure.status(value, month))
    return found


def attention(connection: psycopg.Connection[Any]) -> Words:
    """The missed targets of kecamatan that call for attention, of the indicators that are computed on raw too."""
    rows = connection.execute(
        """
        select indikator_kode, wilayah_kode, nilai_teks, status from mart.perhatian
        where aturan_kode like 'target%%' and subjek_jenis = 'kecamatan' and indikator_kode = any(%s)
        """,
        [sorted(QUERIES)],
    ).fetchall()
    return {(kode, place): Said(text, status) for kode, place, text, status in rows}


def missed(words: Words) -> Words:
    return {key: said for key, said in words.items() if said.status in MISSED}
