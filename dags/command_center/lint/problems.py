"""Everything that `make check` finds in the repository's files, one sentence each."""

from __future__ import annotations

from command_center.lint import pages
from command_center.lint.fixtures import all_fixture_problems
from command_center.lint.holidays import calendar_problems
from command_center.lint.sources import declaration_problems
from command_center.paths import ROOT, SUPERSET_EXPORTS


def all_problems() -> list[str]:
    from command_center.lint.compose import lint_compose
    from command_center.lint.dashboards import lint_exports
    from command_center.lint.dbt import project_problems

    declared = declaration_problems()
    return [
        *declared,
        *([] if declared else all_fixture_problems()),
        *lint_exports(SUPERSET_EXPORTS),
        *lint_compose(ROOT / "docker"),
        *pages.drifted(),
        *project_problems(),
        *calendar_problems(),
    ]
