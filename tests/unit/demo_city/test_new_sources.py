"""Which module stands for which declared source, and what the city says of one that nothing can answer."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from command_center.declaration.registry import get_source, source_names
from command_center.declaration.source import Source
from demo_city.city import City
from demo_city.fixtures import stand_in
from demo_city.office import Office, offices


def test_each_declared_source_has_one_module_at_most_and_its_agency() -> None:
    claimed = Counter(key for group in offices().values() for office in group for key in office.sources)
    assert claimed and set(claimed) <= set(source_names()), "a module stands for a source that is not declared"
    assert claimed.most_common(1)[0][1] == 1
    for agency, group in offices().items():
        for key in (key for office in group for key in office.sources):
            assert get_source(key).opd == agency, key


def test_modules_stand_for_all_that_is_declared_today(tmp_path: Path) -> None:
    assert City(1371, tmp_path).unanswered == []


def variant(key: str, **extract: object) -> Source:
    declared = get_source(key).model_dump()
    declared["extract"] |= extract
    return Source.model_validate(declared)


def test_a_source_that_cannot_be_answered_is_told_in_one_sentence(tmp_path: Path) -> None:
    paged = {"style": "page", "records": "data[]", "param": "halaman"}
    assert stand_in(get_source("diskominfo_112"), tmp_path) == (
        "diskominfo_112: the demo city has no database for it; give it a module in agencies/, or point its connection elsewhere."
    )
    assert "cannot page through fixtures" in str(stand_in(variant("bmkg_gempa", paging=paged), tmp_path))
    assert "put a fixture into tests/fixtures/damkar_kejadian/" in str(
        stand_in(get_source("damkar_kejadian"), tmp_path)
    )


def test_a_broken_declaration_is_told_and_holds_up_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from command_center.settings import settings

    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "dlh_armada.yml").write_text("source: dlh_armada\n")
    monkeypatch.setenv("CC_SOURCES_DIR", str(tmp_path / "sources"))
    settings.cache_clear()
    try:
        city = City(1371, tmp_path)
    finally:
        monkeypatch.undo()
        settings.cache_clear()
    assert len(city.unanswered) == 1 and "dlh_armada.yml" in city.unanswered[0]
    assert city.answer("damkar/kejadian.csv")[0].status == 200


def test_fixtures_stand_where_the_declaration_asks(tmp_path: Path) -> None:
    folder = tmp_path / "dishub_hitung"
    folder.mkdir()
    for name in ("pendekat.csv", "hitung_2026-10.csv", "catatan.txt", ".tersembunyi"):
        (folder / name).write_text("x")
    office = stand_in(get_source("dishub_hitung"), tmp_path)
    assert isinstance(office, Office)
    assert sorted(office.files(1371, City(1371, tmp_path).clock.now())) == [
        "hitung/hitung_2026-10.csv",
        "hitung/pendekat.csv",
    ]
