"""Who is who: the roles, what superset_exports/access.yaml says of them, and what is open to whoever is asking."""

# ruff: noqa: PLC0415  # superset's modules can be imported only once its application exists
from __future__ import annotations

import os
import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).resolve().parent
EXPORTS = Path(os.environ.get("SUPERSET_EXPORTS_DIR", HERE.parents[1] / "superset_exports"))
PUBLIC, CAMAT, ENGINEER = "publik", "camat", "insinyur_data"
PUBLIC_ROLE, ADMIN_ROLE = "Public", "Admin"
ROLES = {
    "wali_kota": "Wali Kota",
    "opd": "OPD",
    ENGINEER: "Insinyur Data",
    "walidata": "Walidata",
    PUBLIC: PUBLIC_ROLE,
}
# A camat's role says which kecamatan it is for, so that nothing else has to.
CAMAT_ROLE = re.compile(r"Camat (?P<kode>\d\d\.\d\d\.\d\d) .+")


@cache
def declared() -> dict[str, Any]:
    """What the designer of the dashboards says: who each is for, each role's first page, the kecamatan."""
    content: dict[str, Any] = yaml.safe_load((EXPORTS / "access.yaml").read_text(encoding="utf-8"))
    return content


def role_names(slug: str) -> list[str]:
    """The roles in Superset of one kind: one, or one per kecamatan."""
    if slug == CAMAT:
        return [f"Camat {kode} {name}" for kode, name in declared()["kecamatan"].items()]
    return [ROLES[slug]]


def all_role_names() -> list[str]:
    return [name for slug in (*ROLES, CAMAT) for name in role_names(slug)]


def kind_of(role_name: str) -> str | None:
    if CAMAT_ROLE.fullmatch(role_name):
        return CAMAT
    return next((slug for slug, name in ROLES.items() if name == role_name), None)


def viewer_role_names() -> set[str]:
    """The roles of whoever is asking; what the public may see is open to everyone."""
    from flask import g

    user = getattr(g, "user", None)
    roles = [] if user is None or user.is_anonymous else user.roles
    return {role.name for role in roles} | {PUBLIC_ROLE}


def is_administrator() -> bool:
    return ADMIN_ROLE in viewer_role_names()


def viewer_kinds() -> set[str]:
    return {kind for name in viewer_role_names() if (kind := kind_of(name))}


def first_page() -> str:
    """The slug of the dashboard that whoever is asking sees first."""
    kinds, first = viewer_kinds(), declared()["first"]
    return str(next((slug for kind, slug in first.items() if kind in kinds), first[PUBLIC]))


def is_open(dashboard: Any) -> bool:
    """Whether whoever is asking may see it; a dashboard without roles is nobody's but an administrator's."""
    return bool(dashboard.published) and not viewer_role_names().isdisjoint(role.name for role in dashboard.roles)


def apply_audience_rules() -> None:
    """Superset's lists go by datasets, which dashboards share; these go by dashboards."""
    from superset.charts.filters import ChartFilter
    from superset.dashboards.filters import DashboardAccessFilter

    DashboardAccessFilter.apply = lambda _self, query, _value: query.filter(*_open_dashboards())
    ChartFilter.apply = lambda _self, query, _value: query.filter(*_open_charts())


def _open_dashboards() -> list[Any]:
    from superset import security_manager
    from superset.models.dashboard import Dashboard

    if is_administrator():
        return []
    role = security_manager.role_model
    return [Dashboard.published.is_(True), Dashboard.roles.any(role.name.in_(viewer_role_names()))]


def _open_charts() -> list[Any]:
    from sqlalchemy import and_
    from superset.models.slice import Slice

    conditions = _open_dashboards()
    return [Slice.dashboards.any(and_(*conditions))] if conditions else []
