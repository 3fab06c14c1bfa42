"""A strict test of dbt and the rules that catch at the door what could break it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml
from command_center.declaration.registry import get_source
from command_center.intake.quality import expectations
from command_center.lint.door import door_problems
from command_center.paths import DBT_PROJECT, EXPECTATIONS
from command_center.settings import settings


def test_no_row_of_an_agency_holds_a_domain() -> None:
    assert door_problems() == []


def test_a_new_strict_test_says_which_rule_catches_its_rows(tmp_path: Path) -> None:
    shutil.copytree(DBT_PROJECT / "tests", tmp_path / "tests")
    (tmp_path / "tests" / "aturan" / "baru.sql").write_text("select 1 where false\n")
    (tmp_path / "tests" / "aturan" / "lunak.sql").write_text('{{ config(severity="warn") }}\nselect 1 where false\n')
    (tmp_path / "tests" / "aturan" / "k1_suara_sah.sql").unlink()
    sentences = door_problems(tmp_path / "tests")
    assert [sentence.split(" holds a domain")[0] for sentence in sentences[:1]] == ["dbt_project/tests: baru"]
    assert sentences[1:] == ["lint/door.py names k1_suara_sah, which is no strict test of dbt; remove it."]


def test_a_rule_that_only_warns_catches_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(EXPECTATIONS, tmp_path / "expectations")
    file = tmp_path / "expectations" / "dukcapil_dkb.yml"
    mild = "severity: warning"
    file.write_text(file.read_text().replace("quarantine: true\n    empties: [wajib_ktp_jiwa, rekam_ktp_jiwa]", mild))
    monkeypatch.setenv("CC_EXPECTATIONS_DIR", str(tmp_path / "expectations"))
    settings.cache_clear()
    found = door_problems()
    monkeypatch.undo()
    settings.cache_clear()
    assert any("no rule of penduduk that sets aside or holds is about 'rekam_ktp_jiwa'" in one for one in found), found


def test_traffic_is_weighed_at_the_door_as_in_the_figures() -> None:
    weights = yaml.safe_load((DBT_PROJECT / "dbt_project.yml").read_text(encoding="utf-8"))["vars"]
    for table, alias in (("hitungan", "h"), ("pendekat", "h")):
        queries = [
            str(rule.kwargs.get("unexpected_rows_query", ""))
            for rule in expectations(get_source("dishub_hitung"))[table]
        ]
        (query,) = [one for one in queries if "kapasitas_skr_jam" in one]
        for name in ("sepeda_motor", "kendaraan_sedang", "kendaraan_berat"):
            assert f"{weights[f'ekr_{name}']} * {alias}.{name}_unit" in query
