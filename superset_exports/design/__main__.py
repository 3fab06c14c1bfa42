"""Write the bundle: python -m superset_exports.design [folder]"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import yaml

from superset_exports.design import pejabat, publik
from superset_exports.design.assets import VERSION, Dashboard

METADATA = {"version": VERSION, "type": "assets", "timestamp": "2026-11-01T00:00:00+07:00"}


def main() -> None:
    """Write every document, and remove documents that are no longer designed."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parents[1]
    documents = bundle([pejabat.dashboard(), publik.dashboard()])
    for old in folder.rglob("*.yaml"):
        if str(old.relative_to(folder)) not in documents:
            old.unlink()
    for name, document in documents.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(as_yaml(document), encoding="utf-8")


def bundle(dashboards: list[Dashboard]) -> dict[str, Any]:
    """File name -> document of every asset that the dashboards need."""
    charts = [chart for dashboard in dashboards for chart in dashboard.charts]
    datasets = {chart.dataset.slug: chart.dataset for chart in charts}
    databases = {dataset.database.slug: dataset.database for dataset in datasets.values()}
    return (
        {"metadata.yaml": METADATA}
        | {f"databases/{slug}.yaml": database.document() for slug, database in databases.items()}
        | {f"datasets/{dataset.database.slug}/{slug}.yaml": dataset.document() for slug, dataset in datasets.items()}
        | {f"charts/{chart.slug}.yaml": chart.document() for chart in charts}
        | {f"dashboards/{dashboard.slug}.yaml": dashboard.document() for dashboard in dashboards}
    )


def as_yaml(document: Any) -> str:
    return yaml.safe_dump(document, allow_unicode=True, sort_keys=False, width=120)


if __name__ == "__main__":
    main()
