"""Problems that reading the repository's files shows, one sentence each."""

from __future__ import annotations

from command_center import catalogue
from command_center.errors import DeclarationError
from command_center.paths import ROOT, SUPERSET_EXPORTS
from command_center.quality import expectations
from command_center.settings import settings
from command_center.source import Source, load_source


def all_problems() -> list[str]:
    from command_center.compose_lint import lint_compose
    from command_center.dashboards import lint_exports

    return [
        *declaration_problems(),
        *lint_exports(SUPERSET_EXPORTS),
        *lint_compose(ROOT / "docker"),
        *catalogue.drifted(),
    ]


def declaration_problems() -> list[str]:
    problems = []
    for path in sorted(settings().cc_sources_dir.glob("*.yml")):
        try:
            source = load_source(path)
            problems += source_problems(source)
        except DeclarationError as error:
            problems.append(str(error))
    return problems


def source_problems(source: Source) -> list[str]:
    """What a source still lacks: every source has expectations, fixture, staging YAML and staging SQL under its key."""
    problems = []
    declared = expectations(source)
    for name, table in source.tables.items():
        columns = {column.name for column in table.stored}
        problems += [f"expectations/{source.source}.yml has nothing for table {name}."] if name not in declared else []
        for one in declared.get(name, []):
            if one.about and one.about not in columns:
                problems.append(f"expectations/{source.source}.yml: {name} has no column {one.about!r}.")
        model = ROOT / "dbt_project" / "models" / "staging" / source.source / f"stg_{source.source}__{name}.sql"
        if not model.exists():
            problems.append(f"{model.relative_to(ROOT)} is missing; every raw table needs a staging model.")
    fixtures = ROOT / "tests" / "fixtures" / source.source
    if not fixtures.is_dir() or not any(fixtures.iterdir()):
        problems.append(f"tests/fixtures/{source.source}/ is missing or empty; every source needs a fixture.")
    return problems
