"""Below var/ only the account that started it reads, also as root, whose var folder others may pass through."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from command_center.local.environment import FOLDERS, UPLOAD, make_folders
from command_center.paths import PACKAGE


def test_every_folder_that_the_package_names_is_closed_to_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = {
        name
        for path in PACKAGE.rglob("*.py")
        for name in re.findall(r'cc_var_dir / "(\w+)"', path.read_text(encoding="utf-8"))
    }
    assert {"tmp", "catalogue", "lineage"} < named <= {*FOLDERS}
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    (tmp_path / "tmp").mkdir(mode=0o755)
    make_folders(tmp_path)
    modes = {folder.name: folder.stat().st_mode & 0o777 for folder in tmp_path.iterdir()}
    assert modes == {**dict.fromkeys(FOLDERS, 0o700), UPLOAD: 0o750}
