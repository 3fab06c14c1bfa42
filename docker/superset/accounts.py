"""Who has an account, and what each role may do: exactly the listed grants and the datasets of its databases."""

# ruff: noqa: PLC0415  # superset's modules can be imported only once its application exists
from __future__ import annotations

import os
from typing import Any

ADMIN = "admin"
OFFICIAL = "pejabat"
PUBLIC_ROLE = "Public"
OFFICIALS_ROLE = "Pejabat"
OFFICIALS_DATABASE = "Gudang Data"
PUBLIC_DATABASE = "Data Publik"
# Just what opening a dashboard asks for; nothing that takes SQL, lists users or writes.
VIEWER_GRANTS = (
    ("can_read", "Chart"),
    ("can_read", "Dashboard"),
    ("can_dashboard", "Superset"),
    ("can_explore_json", "Superset"),
    ("can_time_range", "Api"),
)
OFFICIALS_GRANTS = (
    *VIEWER_GRANTS,
    ("can_list", "DashboardModelView"),
    ("can_read", "CurrentUserRestApi"),
    ("can_csv", "Superset"),
    ("menu_access", "Dashboards"),
)


def create_accounts() -> Any:
    """Both roles and both users, with the passwords of the environment. Returns the administrator."""
    from superset import security_manager

    for name in (PUBLIC_ROLE, OFFICIALS_ROLE):
        security_manager.add_role(name)
    ensure_user(OFFICIAL, OFFICIALS_ROLE, os.environ["SUPERSET_OFFICIALS_PASSWORD"])
    return ensure_user(ADMIN, "Admin", os.environ["SUPERSET_ADMIN_PASSWORD"])


def ensure_user(name: str, role_name: str, password: str) -> Any:
    """The user with this name, with just this role and password."""
    from superset import security_manager
    from werkzeug.security import check_password_hash, generate_password_hash

    role = security_manager.find_role(role_name)
    user = security_manager.find_user(username=name)
    if user is None:
        user = security_manager.add_user(
            name, name.capitalize(), os.environ["SUPERSET_CITY_NAME"], f"{name}@padang.invalid", role, password
        )
    if not check_password_hash(user.password, password):
        user.password = generate_password_hash(password)
    user.roles = [role]
    user.active = True
    return user


def grant_roles() -> None:
    """Give both roles exactly their grants; anything else is taken away."""
    public = datasource_grants(PUBLIC_DATABASE)
    set_grants(PUBLIC_ROLE, [*VIEWER_GRANTS, *public])
    set_grants(OFFICIALS_ROLE, [*OFFICIALS_GRANTS, *public, *datasource_grants(OFFICIALS_DATABASE)])


def datasource_grants(database_name: str) -> list[tuple[str, str]]:
    from superset.connectors.sqla.models import SqlaTable
    from superset.extensions import db
    from superset.models.core import Database

    datasets = db.session.query(SqlaTable).join(Database).filter(Database.database_name == database_name)
    return [("datasource_access", dataset.perm) for dataset in datasets]


def set_grants(role_name: str, grants: list[tuple[str, str]]) -> None:
    from superset import security_manager

    role = security_manager.find_role(role_name)
    role.permissions = [security_manager.add_permission_view_menu(*grant) for grant in grants]
