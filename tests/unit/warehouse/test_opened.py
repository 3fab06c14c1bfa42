"""What would have to be approved for the public to read a source's data."""

from __future__ import annotations

import pytest
from command_center.declaration.registry import all_sources, get_source
from command_center.declaration.source import Access
from command_center.warehouse import opened
from command_center.warehouse.definitions import definitions
from command_center.warehouse.opened import openings

OPENINGS = openings(all_sources())


def named(source: str) -> dict[str, dict[str, str]]:
    return {one["nama"]: one["syarat"] for one in OPENINGS[source]}


def test_a_relation_opens_the_sources_that_it_is_made_of() -> None:
    present = definitions()
    for source in ("bmkg_gempa", "bmkg_datagempa", "bmkg_inatews"):
        assert named(source)["tabel gempa"] == {"publik.gempa": present["publik.gempa"]}
    assert "tabel gempa" not in named("bmkg_nowcast")


def test_an_indicator_is_read_through_the_table_of_indicators() -> None:
    present = definitions()
    assert named("damkar_kejadian")["Jumlah kebakaran"] == {
        name: present[name] for name in ("indikator.jumlah_kebakaran", "publik.indikator")
    }


def test_what_is_not_meant_for_the_public_opens_nothing() -> None:
    assert OPENINGS["diskominfo_zabbix"] == [] and OPENINGS["media_berita"] == []
    assert set(OPENINGS) == {source.source for source in all_sources()}


def test_a_relation_of_indicators_is_told_by_them(monkeypatch: pytest.MonkeyPatch) -> None:
    told = {"publik.ubin": ({"indikator_kode", "nilai"}, ["damkar_kejadian"]), "publik.baru": ({"n"}, ["kpu_dpt"])}
    monkeypatch.setattr(opened, "relation_sources", lambda: told)
    monkeypatch.setattr(opened, "definitions", lambda: definitions() | {"publik.baru": "c"})
    found = openings(all_sources())
    assert {"nama": "tabel baru", "syarat": {"publik.baru": "c"}} in found["kpu_dpt"]
    assert "tabel ubin" not in {one["nama"] for one in found["damkar_kejadian"]}


@pytest.mark.parametrize(
    ("source", "access"),
    [
        ("kelurahan_bulanan", "unggah"),
        ("damkar_kejadian", "berkas"),
        ("kpu_rekap", "berkas"),
        ("setda_agenda", "antarmuka"),
        ("satudata_katalog", "antarmuka"),
        ("diskominfo_112", "basis_data"),
    ],
)
def test_how_a_source_is_come_by(source: str, access: Access) -> None:
    assert get_source(source).access == access
