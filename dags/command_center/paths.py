"""Where things are, derived from this file so that a checkout may live anywhere."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
DAGS = PACKAGE.parent
ROOT = DAGS.parent
SOURCES = DAGS / "sources"
EXPECTATIONS = ROOT / "expectations"
DBT_PROJECT = ROOT / "dbt_project"
SUPERSET_EXPORTS = ROOT / "superset_exports"


def private_file(file: Path) -> None:
    """An empty file that only its owner can read, also where one stood that others could."""
    file.touch(mode=0o600)
    file.chmod(0o600)
    file.write_bytes(b"")
