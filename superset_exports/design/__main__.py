"""Write superset_exports/ as it is designed: `make dashboards`."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType
from typing import Any

import yaml
from command_center.errors import CommandCenterError, DeclarationError
from command_center.lint.dashboards import lint_files

from superset_exports.design import access, dashboards, rules
from superset_exports.design.assets import VERSION, Dashboard, Dataset
from superset_exports.design.contract import types_by_model
from superset_exports.design.datasets import ANALIS
from superset_exports.design.edits import FOLDER, Files, read_edits, with_edits

SUPERSET_EXPORTS = Path(__file__).resolve().parents[1]
METADATA = {"version": VERSION, "type": "assets", "timestamp": "2026-11-01T00:00:00+07:00"}


def main(arguments: Sequence[str]) -> int:
    """Write what changed, or with --check only say it; nothing is written while anything is wrong."""
    try:
        files = generated()
        problems = [*rules.problems(designed()), *lint_files(files, types_by_model())]
    except CommandCenterError as error:
        problems = [str(error)]
    changes = [] if problems else changed(files)
    if "--check" in arguments:
        problems += [f"superset_exports/{name} has drifted; run make dashboards." for name in changes]
    if problems:
        print(*problems, sep="\n", file=sys.stderr)
        return DeclarationError.exit_code
    write(files, changes)
    told = (f"superset_exports/{name}{'' if name in files else ' removed'}" for name in changes)
    print(*told, f"{len(changes)} of {len(files)} files changed.", *kept(files), sep="\n")
    return 0


def generated(folder: Path = SUPERSET_EXPORTS) -> Files:
    """File name -> document of everything, as it is designed and as it was edited since."""
    return with_edits(bundle(designed()), read_edits(folder))


def kept(files: Files) -> Iterator[str]:
    """What stands beside the design, so that nobody forgets it."""
    for name in files:
        if name.startswith(f"{FOLDER}/"):
            yield f"superset_exports/{name} stands over the design: write it into {home_of(name)} and delete it."


def home_of(edit: str) -> str:
    """Where what an edit says belongs in the design."""
    _, kind, *rest = edit.removesuffix(".yaml").split("/")
    if kind == "datasets":
        return "superset_exports/design/datasets.py"
    slugs = sorted((dashboard.slug for dashboard in designed()), key=len, reverse=True)
    slug = next((slug for slug in slugs if rest[-1] == slug or rest[-1].startswith(f"{slug}-")), rest[-1])
    return f"superset_exports/design/dashboards/{slug.replace('-', '_')}.py, or into what it shares with others"


def designed() -> list[Dashboard]:
    """The dashboard of every module in dashboards/."""
    names = sorted(module.name for module in iter_modules(dashboards.__path__))
    return [designed_by(import_module(f"{dashboards.__name__}.{name}")) for name in names]


def designed_by(module: ModuleType) -> Dashboard:
    if not hasattr(module, "dashboard"):
        raise DeclarationError(f"{module.__file__} has no function dashboard(), which says what stands where.")
    dashboard: Dashboard = module.dashboard()
    return dashboard


def bundle(dashboards: Iterable[Dashboard]) -> Files:
    """File name -> document of every asset that the dashboards need."""
    by_slug = {dashboard.slug: dashboard for dashboard in dashboards}
    charts = {slug: chart for dashboard in by_slug.values() for slug, chart in dashboard.charts.items()}
    datasets: dict[str, Dataset] = {}
    asked = [one for dashboard in by_slug.values() for one in dashboard.filters]
    for dataset in [*(chart.dataset for chart in charts.values()), *(one.dataset for one in asked)]:
        if datasets.setdefault(dataset.slug, dataset) != dataset:
            raise DeclarationError(f"Two different datasets are named {dataset.slug}; give one another name.")
    databases = {dataset.database.slug: dataset.database for dataset in datasets.values()} | {ANALIS.slug: ANALIS}
    return (
        {"metadata.yaml": METADATA, "access.yaml": access.document(by_slug.values())}
        | {f"databases/{slug}.yaml": database.document() for slug, database in databases.items()}
        | {f"datasets/{dataset.database.slug}/{slug}.yaml": dataset.document() for slug, dataset in datasets.items()}
        | {f"charts/{slug}.yaml": chart.document(slug) for slug, chart in charts.items()}
        | {f"dashboards/{slug}.yaml": dashboard.document() for slug, dashboard in by_slug.items()}
    )


def changed(files: Files, folder: Path = SUPERSET_EXPORTS) -> list[str]:
    """Names of the files that are not what was designed, or that nothing designs any more."""
    old = {str(file.relative_to(folder)): file.read_text(encoding="utf-8") for file in folder.rglob("*.yaml")}
    new = {name: as_yaml(document) for name, document in files.items()}
    return sorted(name for name in old.keys() | new.keys() if old.get(name) != new.get(name))


def write(files: Files, names: Iterable[str], folder: Path = SUPERSET_EXPORTS) -> None:
    for name in names:
        if name not in files:
            (folder / name).unlink()
            continue
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(as_yaml(files[name]), encoding="utf-8")


def as_yaml(document: Mapping[str, Any]) -> str:
    return str(yaml.dump(document, Dumper=yaml.CSafeDumper, allow_unicode=True, sort_keys=False, width=120))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
