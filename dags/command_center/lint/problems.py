"""Everything that `make check` finds in the repository's files, one sentence each."""

from __future__ import annotations

from command_center.declaration.registry import all_sources
from command_center.lint import pages
from command_center.lint.door import door_problems
from command_center.lint.fixtures import all_fixture_problems
from command_center.lint.holidays import calendar_problems
from command_center.lint.sources import declaration_problems
from command_center.paths import ROOT, SUPERSET_EXPORTS


def all_problems() -> list[str]:
    from command_center.govern import roots
    from command_center.govern.classification import classify
    from command_center.lint.compose import lint_compose
    from command_center.lint.dashboards import lint_exports
    from command_center.lint.dbt import column_types, compiled_manifest, problems

    declared = declaration_problems()
    manifest = compiled_manifest()
    classes = None if declared else classify(manifest, all_sources())
    return [
        *declared,
        *([] if declared else all_fixture_problems()),
        *([] if declared else door_problems()),
        *lint_exports(SUPERSET_EXPORTS, column_types(manifest)),
        *lint_compose(ROOT / "docker"),
        *pages.drifted(),
        *problems(manifest),
        *([*classes.problems, *roots.problems(manifest, classes)] if classes else []),
        *calendar_problems(),
    ]
