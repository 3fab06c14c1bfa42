"""Bring databases, datasets, charts, dashboards, users and grants in line with superset_exports/; may run at any time.

    .venv-superset/bin/python docker/superset/import_assets.py

Addresses and passwords come from the environment, never from the files.
"""

# ruff: noqa: PLC0415  # superset's modules can be imported only once its application exists
from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import yaml
from flask import Flask

HERE = Path(__file__).resolve().parent
EXPORTS = Path(os.environ.get("SUPERSET_EXPORTS_DIR", HERE.parents[1] / "superset_exports"))
ADMIN = "admin"
OFFICIAL = "pejabat"
PUBLIC_ROLE = "Public"
OFFICIALS_ROLE = "Pejabat"
OFFICIALS_DATABASE = "Gudang Data"
PUBLIC_DATABASE = "Data Publik"
URI_VARIABLES = {OFFICIALS_DATABASE: "SUPERSET_OFFICIALS_URI", PUBLIC_DATABASE: "SUPERSET_PUBLIC_URI"}
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


def main() -> None:
    """Import into the Superset that the environment names, and print what is there."""
    app = make_app()
    with app.app_context():
        print(json.dumps(synchronise(), ensure_ascii=False))


def make_app() -> Flask:
    os.environ.setdefault("SUPERSET_CONFIG", "superset_config")
    if str(HERE) not in sys.path:
        sys.path.append(str(HERE))
    from superset.app import create_app

    return create_app()


def synchronise() -> dict[str, int]:
    """Users, bundle, pruning, owners and grants, in that order. Returns how many things of each kind there are."""
    from superset.extensions import db
    from superset.utils.core import override_user

    create_roles()
    admin = ensure_user(ADMIN, "Admin", os.environ["SUPERSET_ADMIN_PASSWORD"])
    ensure_user(OFFICIAL, OFFICIALS_ROLE, os.environ["SUPERSET_OFFICIALS_PASSWORD"])
    contents = bundle_contents()
    with override_user(admin):
        import_bundle(contents)
        prune(bundle_uuids(contents))
    finish_charts()
    clear_owners()
    grant_roles()
    db.session.commit()
    return count_assets()


def bundle_contents() -> dict[str, str]:
    """File name -> YAML, with each database's address taken from the environment."""
    contents = {
        str(file.relative_to(EXPORTS)): file.read_text(encoding="utf-8") for file in sorted(EXPORTS.rglob("*.yaml"))
    }
    for name in [name for name in contents if name.startswith("databases/")]:
        database = yaml.safe_load(contents[name])
        database["sqlalchemy_uri"] = os.environ[URI_VARIABLES[database["database_name"]]]
        contents[name] = yaml.safe_dump(database, allow_unicode=True)
    return contents


def bundle_uuids(contents: dict[str, str]) -> set[str]:
    return {yaml.safe_load(text)["uuid"] for name, text in contents.items() if "/" in name}


def import_bundle(contents: dict[str, str]) -> None:
    from superset.commands.importers.v1.assets import ImportAssetsCommand

    ImportAssetsCommand(contents).run()


def prune(kept: set[str]) -> None:
    """Delete what an earlier bundle brought and this one no longer has."""
    from superset.connectors.sqla.models import SqlaTable
    from superset.extensions import db
    from superset.models.core import Database
    from superset.models.dashboard import Dashboard
    from superset.models.slice import Slice

    for kind in (Dashboard, Slice, SqlaTable, Database):
        for asset in db.session.query(kind).filter(kind.is_managed_externally.is_(True)).all():
            if str(asset.uuid) not in kept:
                db.session.delete(asset)
        db.session.commit()


def finish_charts() -> None:
    """Write each chart's number into its stored query, so that a request for it can be recognised."""
    from superset.extensions import db
    from superset.models.slice import Slice

    for chart in db.session.query(Slice).filter(Slice.is_managed_externally.is_(True)):
        context = json.loads(chart.query_context)
        context["datasource"] = {"id": chart.datasource_id, "type": chart.datasource_type}
        context["form_data"] = {
            **json.loads(chart.params),
            "slice_id": chart.id,
            "datasource": f"{chart.datasource_id}__{chart.datasource_type}",
        }
        chart.query_context = json.dumps(context, ensure_ascii=False)


def clear_owners() -> None:
    """Owners' names and e-mail addresses would be shown to everyone who may see a dashboard."""
    from superset.connectors.sqla.models import SqlaTable
    from superset.extensions import db
    from superset.models.dashboard import Dashboard
    from superset.models.slice import Slice

    for kind in (Dashboard, Slice, SqlaTable):
        for asset in db.session.query(kind).filter(kind.is_managed_externally.is_(True)):
            asset.owners = []


def create_roles() -> None:
    from superset import security_manager

    for name in (PUBLIC_ROLE, OFFICIALS_ROLE):
        security_manager.add_role(name)


def grant_roles() -> None:
    """Give both roles exactly the listed grants and the datasets of their database; anything else is taken away."""
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


def ensure_user(name: str, role_name: str, password: str) -> Any:
    """The user with this name, with just this role and password."""
    from superset import security_manager
    from werkzeug.security import check_password_hash, generate_password_hash

    role = security_manager.find_role(role_name)
    user = security_manager.find_user(username=name)
    if user is None:
        user = security_manager.add_user(
            name, name.capitalize(), "Kota Padang", f"{name}@padang.invalid", role, password
        )
    if not check_password_hash(user.password, password):
        user.password = generate_password_hash(password)
    user.roles = [role]
    user.active = True
    return user


def count_assets() -> dict[str, int]:
    from flask_appbuilder.security.sqla.models import Role, User
    from superset.connectors.sqla.models import SqlaTable, SqlMetric, TableColumn
    from superset.extensions import db
    from superset.models.core import Database
    from superset.models.dashboard import Dashboard
    from superset.models.slice import Slice

    kinds = {
        "basis_data": Database,
        "set_data": SqlaTable,
        "kolom": TableColumn,
        "ukuran": SqlMetric,
        "grafik": Slice,
        "dasbor": Dashboard,
        "pengguna": User,
        "peran": Role,
    }
    return {name: db.session.query(kind).count() for name, kind in kinds.items()}


if __name__ == "__main__":
    main()
