"""Every bound of every expectation, written down a second time on purpose: whoever moves one has to say so here."""

from __future__ import annotations

import pytest
from command_center.declaration.registry import all_sources
from command_center.intake.quality import Expectation, expectations

BOUNDS = {
    "bmkg_gempa.gempa.magnitudo": (0, 10),
    "bmkg_gempa.gempa.lintang": (-15, 12),
    "bmkg_gempa.gempa.bujur": (88, 145),
    "bmkg_gempa.gempa.kedalaman_km": (0, 800),
    "kpu_sirekap.wilayah.tingkat": (1, 5),
    "kpu_sirekap.paslon.nomor_urut": (1, 20),
    "kpu_sirekap.paslon.nama": (3, 300),
    "kpu_sirekap.suara.suara": (0, 200_000_000),
    "kpu_sirekap.progres.persen_lapor": (0, 100),
    "damkar_kejadian.kejadian.armada_unit": (0, 60),
    "damkar_kejadian.kejadian.luka_jiwa": (0, 500),
    "damkar_kejadian.kejadian.meninggal_jiwa": (0, 500),
    "damkar_kejadian.kejadian.kerugian_idr": (0, 1_000_000_000_000),
    "dinkes_skdr.kasus.minggu": (1, 53),
    "dinkes_skdr.kasus.tahun": (2018, 2035),
    "dinkes_skdr.kasus.kasus": (0, 5000),
    "dinkes_skdr.kasus.penyakit": (1, 40),
}
SHARES = {
    "damkar_kejadian.kejadian.kode_kelurahan": 0.9,
    "damkar_kejadian.kejadian.lat_long": 0.95,
    "dinkes_skdr.kasus.kasus": 0.5,
}
SETS = {
    "bmkg_gempa.gempa.feed": {"autogempa", "gempaterkini", "gempadirasakan"},
    "damkar_kejadian.kejadian.jenis": {"Kebakaran", "Penyelamatan"},
}


AGREED = {name.partition(".")[0] for table in (BOUNDS, SHARES, SETS) for name in table}


def agreed() -> list[tuple[str, Expectation]]:
    """Those of the sources above; a source that nobody wrote down here is its agency's own matter."""
    return [(name, one) for name, one in declared() if name.partition(".")[0] in AGREED]


def declared() -> list[tuple[str, Expectation]]:
    return [
        (f"{source.source}.{table}.{one.about}", one)
        for source in all_sources()
        for table, found in expectations(source).items()
        for one in found
    ]


def test_every_bound_is_the_agreed_one() -> None:
    found = {
        name: (one.kwargs["min_value"], one.kwargs["max_value"]) for name, one in agreed() if "min_value" in one.kwargs
    }
    assert found == BOUNDS


def test_every_share_is_the_agreed_one() -> None:
    assert {name: one.kwargs["mostly"] for name, one in agreed() if "mostly" in one.kwargs} == SHARES


def test_every_set_is_the_agreed_one() -> None:
    assert {name: set(one.kwargs["value_set"]) for name, one in agreed() if "value_set" in one.kwargs} == SETS


@pytest.mark.parametrize(("name", "one"), declared(), ids=lambda value: value if isinstance(value, str) else value.type)
def test_every_expectation_tells_the_agency_why(name: str, one: Expectation) -> None:
    assert one.reason.endswith("."), name
    assert len(one.reason) > 10, name
