"""What is promised and when somebody is told, judged by Prometheus' own tool."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from command_center.paths import ROOT

FOLDER = ROOT / "docker" / "prometheus"


@pytest.mark.parametrize(
    "arguments",
    [("check", "rules", "rules.yml"), ("check", "config", "prometheus.yml"), ("test", "rules", "rules_test.yml")],
    ids=["rules", "configuration", "alerts"],
)
def test_prometheus_accepts_it(arguments: tuple[str, ...], tmp_path: Path) -> None:
    program = shutil.which("promtool")
    if program is None:
        pytest.skip("promtool is not installed (Debian: apt-get install prometheus)")
    folder = shutil.copytree(FOLDER, tmp_path / "prometheus")
    (folder / "superset_token").write_text("a secret of the installation")
    done = subprocess.run([program, *arguments], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
