"""docs/adding-a-dashboard.md, followed to the letter on a copy."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from command_center.paths import DBT_PROJECT, ROOT, SUPERSET_EXPORTS

pytestmark = pytest.mark.slow

GUIDE = (ROOT / "docs" / "adding-a-dashboard.md").read_text(encoding="utf-8")
DESIGN = Path("superset_exports/design")
PUBLIC = DESIGN / "dashboards" / "publik.py"


def block(place: str) -> str:
    """The block of the page that says where it belongs."""
    found = re.search(rf"```python\n# {re.escape(place)}[^\n]*\n(.*?)```", GUIDE, re.DOTALL)
    assert found, place
    return found.group(1)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The design with the chart of the page added."""
    shutil.copytree(SUPERSET_EXPORTS, tmp_path / "superset_exports")
    for layer in ("mart", "publik"):
        shutil.copytree(DBT_PROJECT / "models" / layer, tmp_path / "dbt_project" / "models" / layer)
    append(tmp_path / DESIGN / "datasets.py", block("at the end of superset_exports/design/datasets.py"))
    append(tmp_path / PUBLIC, block("at the end of superset_exports/design/dashboards/publik.py"))
    row = block("in tabs() of superset_exports/design/dashboards/publik.py")
    before = "                Row(50, [Cell(shared.freshness(PUBLIK), 12)]),\n"
    replace(tmp_path / PUBLIC, before, row + before)
    return tmp_path


def append(file: Path, text: str) -> None:
    file.write_text(f"{file.read_text('utf-8')}\n\n{text}", encoding="utf-8")


def replace(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def make_dashboards(copy: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "superset_exports.design", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "dags")}
    return subprocess.run(command, cwd=copy, env=environment, capture_output=True, text=True, check=False)


def generated(copy: Path) -> dict[Path, str]:
    return {file: file.read_text("utf-8") for file in copy.rglob("*.yaml")}


def without_total(text: str) -> str:
    """How many files there are in all is another number after each new chart."""
    return re.sub(r"of \d+ files changed", "of all files changed", text)


def test_the_chart_of_the_page_is_generated_and_sound(copy: Path) -> None:
    stale = make_dashboards(copy, "--check")
    assert (stale.returncode, stale.stderr.count("has drifted; run make dashboards.")) == (2, 5)
    done = make_dashboards(copy)
    assert (done.returncode, done.stderr) == (0, "")
    assert without_total(f"```\n{done.stdout}```") in without_total(GUIDE)
    assert make_dashboards(copy, "--check").returncode == 0


@pytest.mark.parametrize(
    ("file", "right", "wrong", "words"),
    [
        (PUBLIC, 'category="nama"', 'category="namaa"', ["publik-luas-kecamatan", "publik_wilayah", "publik__wilayah"]),
        (DESIGN / "datasets.py", "luas_km2", "luas_km", ["publik_wilayah", "Luas", "mean luas_km2", "datasets.py"]),
        (DESIGN / "datasets.py", '"wilayah",', '"wilayahh",', ["publik__wilayahh", "mean publik__wilayah?"]),
        (DESIGN / "datasets.py", "sum(luas_km2)", "sum(luas_km2", ["'sum(luas_km2'", "not SQL", "datasets.py"]),
        (PUBLIC, '"luas-kecamatan"', '"kesegaran"', ["Dashboard publik", "2 charts named kesegaran"]),
        (PUBLIC, "Cell(areas(), 12)", "Cell(areas(), 11)", ["Dashboard publik", "11 wide", "add up to 12"]),
        (PUBLIC, 'axis_title="km²",', 'axis_title="km²", extra={"metrics": ["Luas"]},', ["'metrics'", "charts.py"]),
        (PUBLIC, "def dashboard()", "def dasbor()", ["publik.py", "no function dashboard()"]),
    ],
)
def test_a_slip_is_one_clear_sentence_and_nothing_is_written(
    copy: Path, file: Path, right: str, wrong: str, words: list[str]
) -> None:
    replace(copy / file, right, wrong)
    before = generated(copy)
    refused = make_dashboards(copy)
    assert refused.returncode == 2
    assert refused.stderr.count("\n") in (1, 2), refused.stderr  # one for each page that shows the chart
    assert [word for word in words if word not in refused.stderr] == [], refused.stderr
    assert generated(copy) == before
    if "namaa" in wrong:
        assert refused.stderr in GUIDE
