"""Data Docs from the audits in the ledger: most nights bring few others."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from command_center.operate import data_docs
from command_center.operate.maintain import build_data_docs
from command_center.settings import settings

from tests.integration.conftest import Intake


def written(folder: Path) -> dict[str, int]:
    """When each page of a batch was written, by source and batch."""
    pages = (folder / "validations").rglob("*.html")
    return {"/".join(page.relative_to(folder).parts[1:4]): page.stat().st_mtime_ns for page in pages}


def test_pages_that_stand_are_kept_and_only_what_is_new_is_made(
    intake: Intake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "batch_7" / "docs"  # a name that its own folders have too
    (folder.parent / "lain").mkdir(parents=True)
    monkeypatch.setenv("CC_DATA_DOCS_DIR", str(folder))
    settings.cache_clear()
    intake.load("damkar_kejadian")
    before = os.umask(0o077)
    assert build_data_docs().startswith("Data Docs: ")
    os.umask(before)
    assert {page.stat().st_mode & 0o777 for page in folder.rglob("*.html")} == {0o644}, "Superset has another account"
    assert {page.stat().st_mode & 0o777 for page in (folder, *folder.rglob("batch*"))} == {0o755}
    first = written(folder)
    assert len(first) == 1 and build_data_docs().startswith("Data Docs are as before")
    intake.load("bpkad_djpk")
    assert build_data_docs().startswith("Data Docs: ")
    second = written(folder)
    assert first.items() < second.items(), "what stood is as it was"
    intake.load("damkar_kejadian", replay=True, force=True)
    build_data_docs()
    third = written(folder)
    assert len(third) == len(second) and not first.keys() & third.keys(), "the page of the older batch went"
    assert {name for name in second if name not in first} < third.keys()
    assert (folder.parent / "lain").is_dir(), "nothing beside the site is touched"
    pages = list(folder.rglob("*.html"))
    assert all(page.read_text().count(data_docs.ALONE) == 1 for page in pages)
    monkeypatch.setattr(data_docs, "made_by", lambda: "another version")
    build_data_docs()
    assert all(written(folder)[name] > at for name, at in third.items()), "made by something else, all are made anew"
