"""Names of areas: every known spelling finds its code."""

from __future__ import annotations

import pytest
from command_center.wilayah import cari, spellings, wilayah


@pytest.mark.parametrize(
    ("nama", "tingkat", "kode"),
    [
        ("Koto Tangah", "kecamatan", ("13.71.11",)),
        ("KEC. KOTO TANGAH", "kecamatan", ("13.71.11",)),
        ("Kec.Koto-Tangah ", "kecamatan", ("13.71.11",)),
        ("Kecamatan\u00a0Lubuk  Kilangan", "kecamatan", ("13.71.07",)),
        ("MATO AIE", "kelurahan", ("13.71.01.1008",)),
        ("Kel. Mata Air", "kelurahan", ("13.71.01.1008",)),
        ("Kelurahan Bandar Buat", "kelurahan", ("13.71.07.1004",)),
        ("Bukit Gado Gado", "kelurahan", ("13.71.01.1012",)),
        ("Kuranji", "kecamatan", ("13.71.09",)),
        ("Kota Padang", "kota", ("13.71",)),
        ("Padang", "kecamatan", ()),
        ("Koto Tangah", "kelurahan", ()),
        ("", "kecamatan", ()),
    ],
)
def test_a_name_finds_its_area(nama: str, tingkat: str, kode: tuple[str, ...]) -> None:
    assert cari(nama, tingkat) == kode


def test_a_name_is_a_name_of_its_own_level_only() -> None:
    assert cari("Kuranji", "kelurahan") == ("13.71.09.1007",)
    assert cari("Kuranji", "kelurahan") != cari("Kuranji", "kecamatan")


def test_a_name_of_two_areas_gives_both(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [("pasarbaru", "kelurahan", "13.71.01.1001"), ("pasarbaru", "kelurahan", "13.71.02.1001")]
    monkeypatch.setattr("command_center.wilayah._spellings", lambda: tuple(found))
    monkeypatch.setattr("command_center.wilayah._by_spelling", _uncached())
    assert cari("Pasar Baru", "kelurahan") == ("13.71.01.1001", "13.71.02.1001")


def _uncached() -> object:
    from command_center import wilayah as module

    return module._by_spelling.__wrapped__


def test_every_area_has_a_spelling_and_every_spelling_an_area() -> None:
    found = spellings()
    assert {kode for _, _, kode in found} == set(wilayah())
    assert all(spelling and wilayah()[kode].tingkat == tingkat for spelling, tingkat, kode in found)
    assert len(set(found)) == len(found)
