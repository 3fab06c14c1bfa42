"""Files of the project are parsed again when they, or what they are parsed with, have changed, and only then."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from command_center.lint.dbt import placeholders
from command_center.paths import DBT_PROJECT
from command_center.warehouse import dbt, parsed

pytestmark = pytest.mark.slow

MODEL = "select {{ 1 if var('frozen_clock', '') else 2 }} as satu from {{ ref('dasar') }}\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two models, in a database that nobody asks."""
    folder = tmp_path / "project"
    (folder / "models").mkdir(parents=True)
    (folder / "dbt_project.yml").write_text("{name: kecil, profile: command_center, model-paths: [models]}\n")
    (folder / "profiles.yml").write_bytes((DBT_PROJECT / "profiles.yml").read_bytes())
    (folder / "models" / "dasar.sql").write_text("select 1 as satu\n")
    (folder / "models" / "atas.sql").write_text(MODEL)
    monkeypatch.setattr(dbt, "DBT_PROJECT", folder)
    monkeypatch.setattr(parsed, "folder", lambda: tmp_path / "kept")
    monkeypatch.setenv("CC_VAR_DIR", str(tmp_path / "var"))
    return folder


def compiled(target: Path, *more: str) -> dict[str, Any]:
    """The SQL of each model, by dbt itself."""
    with placeholders():
        dbt.run_dbt_command(["compile", "--no-introspect", "--no-populate-cache", "--quiet", *more], target, None)
    nodes = json.loads((target / dbt.MANIFEST).read_text(encoding="utf-8"))["nodes"]
    return {node["name"]: node["compiled_code"].strip() for node in nodes.values()}


def test_what_is_kept_is_what_was_parsed_until_a_file_changes(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commands: list[str] = []
    run = dbt._run

    def note(arguments: list[str], *more: Any) -> Any:
        commands.append(arguments[0])
        return run(arguments, *more)

    monkeypatch.setattr(dbt, "_run", note)
    first = compiled(tmp_path / "a")
    assert compiled(tmp_path / "b") == first and commands == ["parse", "compile", "compile"]
    assert first["atas"].startswith("select 2 as satu")
    clock = compiled(tmp_path / "b", "--vars", json.dumps({"frozen_clock": "2026-11-28"}))
    assert clock["atas"].startswith("select 1 as satu") and "parse" not in commands[1:], "it stands in queries only"
    (project / "models" / "atas.sql").write_text(MODEL.replace("satu", "dua"))
    assert compiled(tmp_path / "b")["atas"].startswith("select 2 as dua") and commands.count("parse") == 2


def test_what_is_no_manifest_is_parsed_again(project: Path, tmp_path: Path) -> None:
    with placeholders():
        place = parsed.place_of(project, [])
        place.parent.mkdir()
        place.write_bytes(b"half of it")
        assert parsed.kept(place) is None
        assert "atas" in dbt.parse([], tmp_path / "a").text and parsed.kept(place) is not None


@pytest.mark.parametrize("name", parsed.CONNECTION)
def test_names_of_relations_are_part_of_it(project: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    before = parsed.place_of(project, [])
    monkeypatch.setenv(name, "lain")
    assert parsed.place_of(project, []) != before
    assert parsed.place_of(project, ["--vars", '{"other": ""}']) != parsed.place_of(project, [])


def test_only_a_few_are_kept(tmp_path: Path) -> None:
    for number in range(parsed.FEW + 2):
        parsed.keep(parsed.Parsed({}, str(number)), tmp_path / "kept" / str(number))
    kept = [parsed.kept(place) for place in (tmp_path / "kept").iterdir()]
    assert len(kept) == parsed.FEW and parsed.Parsed({}, str(parsed.FEW + 1)) in kept


def test_a_folder_that_cannot_be_written_to_keeps_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    parsed.keep(parsed.Parsed({}, ""), tmp_path / "file" / "a")
    assert parsed.kept(tmp_path / "file" / "a") is None
