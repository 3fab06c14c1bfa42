"""Bring databases, datasets, charts and dashboards in line with superset_exports/, and accounts; may run at any time.

    .venv-superset/bin/python docker/superset/import_assets.py

Addresses and passwords come from the environment, never from the files.
"""

# ruff: noqa: PLC0415  # superset's modules can be imported only once its application exists
from __future__ import annotations

import json
import os
import sys
from datetime import datetime
from pathlib import Path

import yaml
from accounts import ANALYST_DATABASE, OFFICIALS_DATABASE, PUBLIC_DATABASE, create_accounts, grant_roles
from audience import EXPORTS, declared, role_names
from export_assets import Documents, documents, imported, note_imported
from flask import Flask

HERE = Path(__file__).resolve().parent
KINDS = ("databases", "datasets", "charts", "dashboards")
URI_VARIABLES = {
    OFFICIALS_DATABASE: "SUPERSET_OFFICIALS_URI",
    PUBLIC_DATABASE: "SUPERSET_PUBLIC_URI",
    ANALYST_DATABASE: "SUPERSET_ANALYST_URI",
}


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

    app: Flask = create_app()
    return app


def synchronise() -> dict[str, int]:
    """Accounts, bundle, pruning, owners, audiences and grants, in that order. Returns how many things of each kind there are."""
    from superset.extensions import db
    from superset.utils.core import override_user

    before = {"imported": imported(), "now": documents()}
    administrator = create_accounts()
    contents = bundle_contents()
    with override_user(administrator):
        import_bundle(contents)
        prune(bundle_uuids(contents))
    finish_charts()
    clear_people()
    set_audiences()
    grant_roles()
    note_imported()
    db.session.commit()
    keep_what_was_lost(before, documents())
    return count_assets()


def keep_what_was_lost(before: dict[str, Documents | None], after: Documents) -> None:
    """Edits made in the browser that nobody had brought back go into a file, from which they still can be."""
    last, now = before["imported"], before["now"]
    if last is None or now is None:
        return
    lost = [
        document.get("dashboard_title") or document.get("slice_name") or document.get("table_name")
        for kind in now
        for uuid, document in now[kind].items()
        if document != last[kind].get(uuid) and document != after[kind].get(uuid)
    ]
    if lost:
        file = Path(os.environ["SUPERSET_HOME"]) / f"edits-{datetime.now():%Y-%m-%d-%H%M%S}.json"
        file.write_text(json.dumps(before, ensure_ascii=False), encoding="utf-8")
        print(f"Replaced edits made in the browser: {'; '.join(map(str, lost))}. Kept in {file}.")


def bundle_contents() -> dict[str, str]:
    """File name -> YAML, with each database's address taken from the environment."""
    files = [EXPORTS / "metadata.yaml", *(file for kind in KINDS for file in sorted((EXPORTS / kind).rglob("*.yaml")))]
    contents = {str(file.relative_to(EXPORTS)): file.read_text(encoding="utf-8") for file in files}
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


def clear_people() -> None:
    """Names and addresses of owners and makers would be shown to everyone who may see a dashboard."""
    from superset.connectors.sqla.models import SqlaTable
    from superset.extensions import db
    from superset.models.dashboard import Dashboard
    from superset.models.slice import Slice

    for kind in (Dashboard, Slice, SqlaTable):
        for asset in db.session.query(kind).filter(kind.is_managed_externally.is_(True)):
            asset.owners = []
            asset.created_by_fk = asset.changed_by_fk = None
            if kind is Slice:
                asset.last_saved_by_fk = None


def set_audiences() -> None:
    """Which roles may open each dashboard; one that nobody declares is an administrator's alone."""
    from superset import security_manager
    from superset.extensions import db
    from superset.models.dashboard import Dashboard

    audiences = declared()["dashboards"]
    for dashboard in db.session.query(Dashboard):
        names = [name for kind in audiences.get(dashboard.slug, []) for name in role_names(kind)]
        dashboard.roles = [security_manager.find_role(name) for name in names]


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
