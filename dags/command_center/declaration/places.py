"""Where the five files of a source are."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from command_center.paths import ROOT
from command_center.settings import settings


@dataclass(frozen=True)
class Places:
    """Where the five files of a source are."""

    key: str
    root: Path = ROOT

    @property
    def declaration(self) -> Path:
        return settings().cc_sources_dir / f"{self.key}.yml"

    @property
    def expectations(self) -> Path:
        return settings().cc_expectations_dir / f"{self.key}.yml"

    @property
    def fixtures(self) -> Path:
        return self.root / "tests" / "fixtures" / self.key

    @property
    def staging(self) -> Path:
        return self.root / "dbt_project" / "models" / "staging" / self.key

    @property
    def staging_yaml(self) -> Path:
        return self.staging / f"{self.key}.yml"

    def staging_sql(self, table: str) -> Path:
        return self.staging / f"stg_{self.key}__{table}.sql"

    def fixture_files(self) -> list[Path]:
        return sorted(path for path in self.fixtures.glob("*") if path.is_file() and not path.name.startswith("."))

    def shown(self, path: Path) -> str:
        """A path as people name it."""
        return str(path.relative_to(self.root)) if path.is_relative_to(self.root) else f"{path.parent.name}/{path.name}"
