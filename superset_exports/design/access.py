"""Who each dashboard is for, and which of them each role sees first; written to access.yaml, which Superset's importer reads."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from command_center.errors import DeclarationError
from command_center.wilayah import kecamatan_codes, wilayah

from superset_exports.design.assets import Dashboard
from superset_exports.design.contract import MODELS

OFFICIALS = ("wali_kota", "opd", "camat", "insinyur_data", "walidata")
EVERYBODY = ("publik",)  # what the public may see is open to the others too
ROLES = (*OFFICIALS, *EVERYBODY)
# Without it, the first dashboard, by its slug, that the role may open.
FIRST_PAGES = {
    "wali_kota": "ringkasan",
    "opd": "program-opd",
    "camat": "wilayah",
    "insinyur_data": "mutu-data",
    "walidata": "kamus",
    "publik": "publik",
}


def document(dashboards: Iterable[Dashboard]) -> dict[str, Any]:
    """The content of access.yaml. Raises DeclarationError for a dashboard that is for nobody, or for a role that is none."""
    audiences = {one.slug: list(audience(one)) for one in sorted(dashboards, key=lambda one: one.slug)}
    return {
        "dashboards": audiences,
        "first": {role: slug for role in ROLES if (slug := first_page(role, audiences))},
        "kecamatan": {kode: wilayah()[kode].nama for kode in kecamatan_codes()},
    }


def audience(dashboard: Dashboard) -> tuple[str, ...]:
    unknown = sorted(set(dashboard.audience) - set(ROLES))
    if unknown or not dashboard.audience:
        said = f"names {', '.join(unknown)} as its audience" if unknown else "does not say who it is for"
        raise DeclarationError(f"Dashboard {dashboard.slug} {said}; give it an audience of {', '.join(ROLES)}.")
    if "camat" in dashboard.audience:
        check_camat(dashboard)
    return tuple(role for role in ROLES if role in dashboard.audience)


def check_camat(dashboard: Dashboard) -> None:
    """A camat's charts are asked as that camat, whom the database refuses what is not for camat."""
    for chart in dashboard.charts.values():
        dataset = chart.dataset
        model = f"{dataset.database.schema}__{dataset.table}"
        if is_closed_to_camat(model):
            raise DeclarationError(
                f"Dashboard {dashboard.slug} is for camat, but its chart {chart.name} reads {model}, which no camat may read; "
                f"leave camat out of its audience, take the chart away, or change camat_access of {model}."
            )


def is_closed_to_camat(model: str) -> bool:
    files = MODELS.rglob(f"{model}.sql")
    return any('"camat_access": "none"' in file.read_text(encoding="utf-8") for file in files)


def first_page(role: str, audiences: dict[str, list[str]]) -> str | None:
    open_to = [slug for slug, roles in audiences.items() if role in roles or "publik" in roles]
    return FIRST_PAGES[role] if FIRST_PAGES[role] in open_to else min(open_to, default=None)
