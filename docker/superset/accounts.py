"""Roles with exactly the listed grants and the datasets of their dashboards; and the accounts that the environment asks for."""

# ruff: noqa: PLC0415  # superset's modules can be imported only once its application exists
from __future__ import annotations

import json
import os
import secrets
from typing import Any

from audience import ADMIN_ROLE, ENGINEER, PUBLIC, PUBLIC_ROLE, all_role_names, kind_of, role_names
from audit_trail import record

INSTALLER = "pemasang"  # brings the dashboards in; nobody can log in as it
OFFICIALS_DATABASE = "Gudang Data"
PUBLIC_DATABASE = "Data Publik"
ANALYST_DATABASE = "Gudang Data (analis)"
FORMER_ROLE = "Pejabat"
# One account of each kind for the demo; on a server none of these is set, and `make user` makes accounts.
ASKED_FOR = {
    "admin": ("SUPERSET_ADMIN_PASSWORD", ADMIN_ROLE),
    "pejabat": ("SUPERSET_OFFICIALS_PASSWORD", "wali_kota"),
    "opd": ("SUPERSET_OPD_PASSWORD", "opd"),
    "camat": ("SUPERSET_CAMAT_PASSWORD", "camat"),
    "insinyur": ("SUPERSET_ENGINEER_PASSWORD", ENGINEER),
    "walidata": ("SUPERSET_WALIDATA_PASSWORD", "walidata"),
}
# Just what opening a dashboard asks for; nothing that takes SQL, lists users or writes.
VIEWER_GRANTS = (
    ("can_read", "Chart"),
    ("can_read", "Dashboard"),
    ("can_dashboard", "Superset"),
    ("can_explore_json", "Superset"),
    ("can_time_range", "Api"),
    ("can_view_chart_as_table", "Dashboard"),  # whoever does not see a picture reads its rows
)
OFFICIALS_GRANTS = (
    *VIEWER_GRANTS,
    ("can_list", "DashboardModelView"),
    ("can_read", "CurrentUserRestApi"),
    ("can_csv", "Superset"),
    ("menu_access", "Dashboards"),
)


def create_accounts() -> Any:
    """Every role, and the accounts whose passwords stand in the environment. Returns whoever brings the dashboards in."""
    from superset import security_manager

    for name in all_role_names():
        security_manager.add_role(name)
    for name, (variable, role) in ASKED_FOR.items():
        if password := os.environ.get(variable):
            ensure_user(name, role if role == ADMIN_ROLE else role_names(role)[0], password)
    remove_role(FORMER_ROLE)
    installer = ensure_user(INSTALLER, ADMIN_ROLE, secrets.token_urlsafe(32))
    installer.active = False
    return installer


def ensure_user(name: str, role_name: str, password: str) -> Any:
    """The user with this name, with just this role and password; a change is entered into the audit trail before it is made."""
    from superset import security_manager
    from werkzeug.security import check_password_hash, generate_password_hash

    role = security_manager.find_role(role_name)
    user = security_manager.find_user(username=name)
    has_password = user is not None and name != INSTALLER and check_password_hash(user.password, password)
    before = [one.name for one in user.roles] if user else []
    if name != INSTALLER and not (has_password and user.active and before == [role_name]):
        change = {"tindakan": "ubah" if user else "buat", "peran": role_name, "sebelum": before}
        record("akun", name, change | {"sandi_baru": not has_password})
    if user is None:
        user = security_manager.add_user(
            name, name.capitalize(), os.environ["SUPERSET_CITY_NAME"], f"{name}@padang.invalid", role, password
        )
        has_password = True
    if name != INSTALLER and not has_password:
        user.password = generate_password_hash(password)
    user.roles = [role]
    user.active = True
    return user


def remove_role(name: str) -> None:
    """What an earlier version had; whoever has only this role then has none."""
    from superset import security_manager
    from superset.extensions import db

    if role := security_manager.find_role(name):
        role.permissions = []
        role.user = []
        db.session.delete(role)


def grant_roles() -> None:
    """Give each role exactly its grants; anything else is taken away."""
    for name in all_role_names():
        set_grants(name, [*own_grants(name), *datasource_grants(name)])


def own_grants(role_name: str) -> list[tuple[str, str]]:
    kind = kind_of(role_name)
    if kind == PUBLIC:
        return list(VIEWER_GRANTS)
    return [*OFFICIALS_GRANTS, *(analysis_grants() if kind == ENGINEER else [])]


def analysis_grants() -> list[tuple[str, str]]:
    """Own SQL on the analyst's database, and on no other."""
    from superset import security_manager
    from superset.extensions import db
    from superset.models.core import Database

    names = {*security_manager.SQLLAB_ONLY_PERMISSIONS, *security_manager.SQLLAB_EXTRA_PERMISSION_VIEWS}
    analyst = db.session.query(Database).filter(Database.database_name == ANALYST_DATABASE).one()
    return [*sorted(names), ("database_access", analyst.perm)]


def datasource_grants(role_name: str) -> list[tuple[str, str]]:
    """The datasets of the dashboards that this role may open, and of the public's."""
    from superset.extensions import db
    from superset.models.dashboard import Dashboard

    dashboards = [
        dashboard
        for dashboard in db.session.query(Dashboard)
        if {role.name for role in dashboard.roles} & {role_name, PUBLIC_ROLE}
    ]
    datasets = {chart.datasource_id for dashboard in dashboards for chart in dashboard.slices}
    datasets |= {number for dashboard in dashboards for number in filtered_datasets(dashboard)}
    return dataset_grants(datasets)


def filtered_datasets(dashboard: Any) -> set[int]:
    """The datasets that the filters of a dashboard take their values from."""
    filters = json.loads(dashboard.json_metadata or "{}").get("native_filter_configuration") or []
    return {target["datasetId"] for one in filters for target in one.get("targets") or [] if "datasetId" in target}


def dataset_grants(numbers: set[int]) -> list[tuple[str, str]]:
    from superset.connectors.sqla.models import SqlaTable
    from superset.extensions import db

    datasets = db.session.query(SqlaTable).filter(SqlaTable.id.in_(numbers)).order_by(SqlaTable.id)
    return [("datasource_access", dataset.perm) for dataset in datasets]


def set_grants(role_name: str, grants: list[tuple[str, str]]) -> None:
    from superset import security_manager

    role = security_manager.find_role(role_name)
    role.permissions = [security_manager.add_permission_view_menu(*grant) for grant in dict.fromkeys(grants)]
