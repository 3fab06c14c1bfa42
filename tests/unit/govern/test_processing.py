"""The register of processing has every source that declares personal data; docs/privacy.md tells commands that exist."""

from __future__ import annotations

import re
import shlex

import pytest
from command_center import cli
from command_center.declaration.registry import all_sources
from command_center.govern.processing import register
from command_center.paths import ROOT

PAGE = (ROOT / "docs" / "privacy.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^    python -m command_center (.+?)(?:  +#.*)?$", PAGE, re.MULTILINE)


def test_every_source_with_personal_data_stands_in_the_register() -> None:
    page = register(all_sources())
    rows = [line for line in page.splitlines() if line.startswith("| [")]
    assert len(rows) == sum(source.has_secrets for source in all_sources()) > 3
    (book,) = [row for row in rows if "Pemadam Kebakaran" in row]
    assert "Telepon pelapor" in book
    assert "30 days; none, the other columns 5 years" in book
    assert "not read: it stays in the sealed archive" in book


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_of_the_page_is_one(command: str) -> None:
    parsed = cli._parser().parse_args(shlex.split(command))
    assert callable(parsed.handler)


def test_the_page_has_all_of_them() -> None:
    assert {command.split()[0] for command in COMMANDS} == {"disclose", "erase", "incident"}
