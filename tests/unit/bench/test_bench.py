"""The programs that the bench gives to processes of their own name only what exists; nothing else would see it."""

from __future__ import annotations

import ast
from importlib import import_module

import pytest
from command_center.bench import load, year


@pytest.mark.parametrize("program", [load.CHILD, year.CHILD], ids=["load", "year"])
def test_what_a_child_imports_exists(program: str) -> None:
    found = [node for node in ast.walk(ast.parse(program)) if isinstance(node, ast.ImportFrom)]
    assert found
    for node in found:
        module = import_module(str(node.module))
        for name in node.names:
            if not hasattr(module, name.name):
                import_module(f"{node.module}.{name.name}")
