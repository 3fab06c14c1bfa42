"""A small catalogue: the real declarations, two relations and two indicators of the registry."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from command_center.catalogue.content import Catalogue, Indicator, Relation, RelationColumn, registry
from command_center.catalogue.flow import Shown
from command_center.catalogue.live import Live, Score, Standing, State
from command_center.declaration.registry import all_sources
from command_center.govern.lineage import Column
from command_center.settings import WIB

NOW = datetime(2026, 11, 28, 8, 0, tzinfo=WIB)
TIBA = Column("raw", "damkar_kejadian__kejadian", "tiba_di_lokasi")
GRAFIK = Shown("kebakaran", "Kebakaran", "Tanggap <b>15</b> menit", "mart.indikator")
COLUMN = RelationColumn("nilai", "numeric", "Nilai indikator.", "terbatas", "", (TIBA,))


def entry(kode: str) -> dict[str, str]:
    return next(one for one in registry() if one["kode"] == kode)


def state(source: str, **other: Any) -> State:
    told = State(source, "Data sampai 26 Nov 2026", "2 hari", "3 hari", "segar", "● Segar", "–", "● Lolos", 0, 1234, 5)
    return replace(told, **other)


def catalogue(live: Live) -> Catalogue:
    relations = tuple(
        Relation(schema, "indikator", "Nilai indikator", "One row per indicator.", (COLUMN,), (GRAFIK,))
        for schema in ("mart", "publik")
    )
    indicators = (
        Indicator(entry("persen_tanggap_15mnt"), "int_indikator__damkar", (TIBA,), (GRAFIK,)),
        Indicator(entry("jumlah_kebakaran"), "int_indikator__damkar", (), ()),
    )
    return Catalogue(tuple(all_sources()), relations, indicators, live)


SCORE = Score(
    *("damkar_kejadian", "kejadian", "98,8", "98,0", "97,5", "100,0", "–", "99,5"),
    *("4 dari 5 bagian; belum diketahui: keunikan", "23 Nov 2026 pukul 08.00"),
)
STANDING = Standing(
    *("damkar_kejadian", 2, "▰▰▱▱▱ 2 Terjadwal", "Berkas dari peladen pemiliknya; 3 siklus bersih.", "Layanan web."),
    *("● sudah", "● sudah", "– belum", "● sudah", "– belum"),
)
WITH = catalogue(
    Live(
        NOW,
        {"damkar_kejadian": state("damkar_kejadian")},
        {("damkar_kejadian", "kejadian"): SCORE},
        {"damkar_kejadian": STANDING},
    )
)
WITHOUT = catalogue(Live(NOW, missing="gudang data tidak dapat dihubungi ketika halaman ini dibuat"))
