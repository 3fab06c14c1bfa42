"""docs/rooms.md names places that exist, and every wing."""

from __future__ import annotations

import re

from command_center.paths import PACKAGE, ROOT

PAGE = (ROOT / "docs" / "rooms.md").read_text(encoding="utf-8")


def test_every_place_that_is_named_exists() -> None:
    named = set(re.findall(r"`((?:dags|dbt_project|superset_exports|tests|docs)/[a-z0-9_/.]+)`", PAGE))
    assert len(named) > 10
    assert [place for place in sorted(named) if not (ROOT / place).exists()] == []


def test_every_wing_and_every_module_of_the_ground_is_told() -> None:
    wings = {folder.name for folder in PACKAGE.iterdir() if (folder / "__init__.py").exists()}
    modules = {file.name for file in PACKAGE.glob("*.py")} - {"__init__.py", "__main__.py"}
    assert [wing for wing in sorted(wings) if f"`{wing}/`" not in PAGE] == []
    assert [module for module in sorted(modules) if f"`{module}`" not in PAGE] == []


def test_the_rooms_of_the_top_two_levels_can_be_held_in_mind() -> None:
    folders = {
        path for level in ("*", "*/*") for path in (ROOT / "dags").glob(level) if (path / "__init__.py").exists()
    }
    package = {path for path in PACKAGE.glob("*.py") if path.name != "__init__.py"}
    top = set((ROOT / "dags").glob("*.py"))
    inside = {path for path in folders if "demo_city" in path.parts and path.name != "demo_city"}
    assert len((folders - inside - {PACKAGE}) | package | top) <= 37
