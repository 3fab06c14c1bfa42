"""Every declaration is a contract that the standard's own schema accepts, and says what the declaration says."""

from __future__ import annotations

import json
import shutil
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from command_center.cli import main
from command_center.declaration.registry import all_sources
from command_center.declaration.source import Source
from command_center.errors import DeclarationError
from command_center.govern.odcs import contract, write_contracts
from command_center.settings import settings

SCHEMA = json.loads((files("open_data_contract_standard") / "schema.json").read_text(encoding="utf-8"))
STANDARD = jsonschema.Draft201909Validator(SCHEMA)
SOURCES = {source.source: source for source in all_sources()}


def problems(document: dict[str, Any]) -> list[str]:
    return [f"{list(error.absolute_path)}: {error.message}" for error in STANDARD.iter_errors(document)]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """The files as another program reads them."""
    paths = write_contracts(list(SOURCES.values()), tmp_path_factory.mktemp("contracts"))
    return {path.name.removesuffix(".odcs.yaml"): yaml.safe_load(path.read_text(encoding="utf-8")) for path in paths}


def test_there_is_one_for_every_source(written: dict[str, dict[str, Any]]) -> None:
    assert set(written) == set(SOURCES) and len(written) > 30


def test_a_declaration_that_is_wrong_takes_no_other_along(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its sentence is told, and the exit code tells a script of it; the same holds for the catalogue and conformance."""
    shutil.copytree(settings().cc_sources_dir, tmp_path / "sources")
    wrong = tmp_path / "sources" / "tren_pencarian.yml"
    wrong.write_text(wrong.read_text().replace("title:", "titel:", 1))
    monkeypatch.setenv("CC_SOURCES_DIR", str(tmp_path / "sources"))
    settings.cache_clear()
    try:
        assert main(["contracts", str(tmp_path / "written")]) == DeclarationError.exit_code
    finally:
        monkeypatch.undo()
        settings.cache_clear()
    assert len(list((tmp_path / "written").iterdir())) == len(SOURCES) - 1
    assert "tren_pencarian.yml: titel: the key 'titel' does not exist" in capsys.readouterr().err


@pytest.mark.parametrize("name", SOURCES)
def test_the_standard_accepts_it(written: dict[str, dict[str, Any]], name: str) -> None:
    assert problems(written[name]) == []


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda c: c.pop("version"), "'version'"),
        (lambda c: c["schema"][0]["properties"][0].update(logicalType="uang"), "logicalType"),
        (lambda c: c["schema"][0].update(kolom=[]), "'kolom'"),
    ],
    ids=["no version", "unknown type", "unknown key"],
)
def test_the_standard_refuses_what_is_none(change: Any, place: str) -> None:
    spoiled = contract(SOURCES["damkar_kejadian"])
    change(spoiled)
    assert any(place in problem for problem in problems(spoiled))


def test_it_says_what_is_declared() -> None:
    source = SOURCES["damkar_kejadian"]
    table = contract(source)["schema"][0]
    columns = {column["name"]: column for column in table["properties"]}
    assert list(columns) == [column.name for column in source.tables["kejadian"].columns]
    assert columns["nama_pelapor"]["classification"] == "rahasia" and "physicalType" not in columns["nama_pelapor"]
    assert (columns["no_kejadian"]["primaryKey"], columns["no_kejadian"]["primaryKeyPosition"]) == (True, 1)
    rules = columns["jenis"]["quality"]
    assert [(rule["engine"], rule["implementation"]["kwargs"]["value_set"]) for rule in rules] == [
        ("great-expectations", ["Kebakaran", "Penyelamatan"])
    ]
    assert table["quality"][0]["mustBeBetween"] == [1, 200_000]


def test_it_says_whose_names_are_not_hidden_in_text() -> None:
    titles = contract(SOURCES["media_berita"])["schema"][0]["properties"]
    kept = {
        one["name"]: told["value"]
        for one in titles
        for told in one["customProperties"]
        if told["property"] == "keptInText"
    }
    assert kept == {"judul": ["nama"]}


def test_another_declaration_is_another_version(tmp_path: Path) -> None:
    source = SOURCES["damkar_kejadian"]
    other = Source.model_validate(source.model_dump() | {"title": "Lain"})
    assert contract(source)["version"] == contract(source)["version"] != contract(other)["version"]
