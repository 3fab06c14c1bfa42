"""What dbt makes of the project's files, kept between runs: reading them anew takes longer than most builds.

Kept under a digest of everything that it is made of, so it is never out of date, only not there.
"""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import json
import os
import pickle
import sys
import tempfile
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from command_center.paths import ROOT
from command_center.settings import settings

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest

FEW = 6  # of them are kept: projects of tests, databases of other names
MADE_BY = ("dbt-core", "dbt-adapters", "dbt-common", "dbt-postgres")
CONNECTION = ("CC_DBT_DBNAME", "CC_DBT_USER")  # stand in the names of relations
OF_A_RUN = "frozen_clock"  # a variable that stands in queries only
READ = {".sql", ".yml", ".csv", ".md"}


def project_digest(folder: Path) -> str:
    """Digest of every file from which dbt builds; what it hides in the project for itself is none of them."""
    digest = hashlib.md5(usedforsecurity=False)
    for file in sorted(path for path in folder.rglob("[!.]*") if path.suffix in READ):
        digest.update(file.relative_to(folder).as_posix().encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()


def place_of(project: Path, arguments: Sequence[str]) -> Path:
    """Where the manifest of a project is kept that is parsed for a command with these arguments."""
    made_of = [
        Path(__file__).read_text(encoding="utf-8"),
        str(project),
        project_digest(project),
        sys.version,
        *map(version, MADE_BY),
        *(os.environ.get(name, "") for name in CONNECTION),
        json.dumps(variables_of(arguments), sort_keys=True),
    ]
    return folder() / hashlib.sha256("\0".join(made_of).encode()).hexdigest()[:32]


def folder() -> Path:
    """In the checkout, whatever city is built with it; an image cannot be written to."""
    return ROOT / ".cache" / "dbt" if os.access(ROOT, os.W_OK) else settings().cc_var_dir / "dbt" / "parsed"


def variables_of(arguments: Sequence[str]) -> dict[str, object]:
    """The variables of the command line that the files are parsed with."""
    given = json.loads(arguments[arguments.index("--vars") + 1]) if "--vars" in arguments else {}
    return {name: value for name, value in given.items() if name != OF_A_RUN}


@dataclasses.dataclass(frozen=True)
class Parsed:
    """A manifest, field by field, and the same as dbt writes it."""

    fields: dict[str, Any]
    text: str

    def manifest(self) -> Manifest:
        """For one run, which writes into it."""
        from dbt.contracts.graph.manifest import Manifest

        return Manifest(**self.fields)


def parsed(manifest: Manifest, text: str) -> Parsed:
    names = [field.name for field in dataclasses.fields(manifest) if not field.name.startswith("_")]
    return Parsed({name: getattr(manifest, name) for name in names}, text)


def kept(place: Path) -> Parsed | None:
    """None where none is kept, or what is kept is no such thing."""
    with contextlib.suppress(OSError, EOFError, pickle.UnpicklingError):
        found = pickle.loads(place.read_bytes())
        place.touch()
        return found if isinstance(found, Parsed) else None
    return None


def keep(found: Parsed, place: Path) -> None:
    """For the next one; a folder that cannot be written to only costs time."""
    with contextlib.suppress(OSError):
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=place.parent, delete=False) as file:
            pickle.dump(found, file, pickle.HIGHEST_PROTOCOL)
        Path(file.name).replace(place)
        for old in sorted(place.parent.iterdir(), key=lambda one: one.stat().st_mtime)[:-FEW]:
            old.unlink(missing_ok=True)
