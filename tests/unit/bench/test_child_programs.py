"""Programs that the bench gives to another process as text: what they import must exist."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest
from command_center.paths import PACKAGE

OURS = ("command_center", "demo_city")
FILES = sorted((PACKAGE / "bench").glob("*.py"))


def programs(path: Path) -> Iterator[ast.Module]:
    """Every text in a module that is a Python program with an import."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and "\nimport " in node.value:
            compile(node.value, str(path), "exec")
            yield ast.parse(node.value)


def missing(program: ast.Module) -> list[str]:
    """What a program imports of this project and does not get."""
    nodes = [node for node in ast.walk(program) if isinstance(node, ast.ImportFrom) and node.module]
    return [
        f"{node.module}.{name.name}"
        for node in nodes
        for name in node.names
        if str(node.module).startswith(OURS) and not is_there(str(node.module), name.name)
    ]


def is_there(module: str, name: str) -> bool:
    try:
        return hasattr(import_module(module), name) or find_spec(f"{module}.{name}") is not None
    except ImportError:
        return False


def test_there_are_such_programs() -> None:
    assert {path.stem for path in FILES if [*programs(path)]} >= {"load", "year"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.stem))
def test_their_imports_exist(path: Path) -> None:
    assert [name for program in programs(path) for name in missing(program)] == []


def test_an_old_name_is_found() -> None:
    program = ast.parse(
        "from command_center import quality\nfrom command_center.intake.load import load, exclusive_lock"
    )
    assert missing(program) == ["command_center.quality", "command_center.intake.load.exclusive_lock"]
