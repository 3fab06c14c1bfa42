"""Where things are, derived from this file so that a checkout may live anywhere."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
DAGS = PACKAGE.parent
ROOT = DAGS.parent
SOURCES = DAGS / "sources"
EXPECTATIONS = ROOT / "expectations"
DBT_PROJECT = ROOT / "dbt_project"
SUPERSET_EXPORTS = ROOT / "superset_exports"
