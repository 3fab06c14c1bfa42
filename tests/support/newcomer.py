"""The made-up source of the guide, in a folder of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from command_center.declaration.registry import load_source
from command_center.declaration.source import Source
from command_center.lint.sources import source_problems
from command_center.settings import settings

from tests.support import guide


@dataclass(frozen=True)
class Newcomer:
    """The made-up source of the guide, which lacks nothing until a file of it is changed."""

    root: Path

    def change(self, path: str, before: str, after: str) -> None:
        file = self.root / path
        text = file.read_text(encoding="utf-8")
        assert before in text
        file.write_text(text.replace(before, after, 1), encoding="utf-8")

    def source(self) -> Source:
        return load_source(self.root / "dags" / "sources" / "dlh_sampah.yml")

    def problems(self) -> list[str]:
        return source_problems(self.source(), self.root)


@contextmanager
def newcomer_below(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Newcomer]:
    """Write it, and let settings() name its folders."""
    guide.write_files(tmp_path)
    guide.workbook(tmp_path / "tests" / "fixtures" / "dlh_sampah" / "sampah_2026-10.xlsx")
    monkeypatch.setenv("CC_SOURCES_DIR", str(tmp_path / "dags" / "sources"))
    monkeypatch.setenv("CC_EXPECTATIONS_DIR", str(tmp_path / "expectations"))
    monkeypatch.setenv("DEMO_NOW", "2026-11-05T09:00:00+07:00")
    settings.cache_clear()
    yield Newcomer(tmp_path)
    monkeypatch.undo()
    settings.cache_clear()
