"""Which models a build of changes takes."""

from __future__ import annotations

from pathlib import Path

import pytest
from command_center.settings import settings
from command_center.warehouse.plan import sources_of


def test_changes_of_a_source_are_built_while_its_declaration_cannot_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "damkar_kejadian.yml").write_text("title: [")
    monkeypatch.setenv("CC_SOURCES_DIR", str(tmp_path))
    settings.cache_clear()
    changed = ["damkar_kejadian__kejadian", "dlh_baru__angkutan"]
    assert sources_of(changed) == ["source:damkar_kejadian.kejadian+"], "of dlh_baru dbt has no model"
    settings.cache_clear()
