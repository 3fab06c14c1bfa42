"""Everything between an empty metadata database and a Superset that can be started, in one process.

    .venv-superset/bin/python docker/superset/prepare.py

Migrations and permissions are brought up only when the metadata database is not at this version yet.
"""

# ruff: noqa: PLC0415  # superset's modules can be imported only once its application exists
from __future__ import annotations

import json
import time
from typing import Any

from import_assets import make_app, synchronise


def main() -> None:
    """Migrate, initialise, create users, import the dashboards."""
    started = time.monotonic()
    app = make_app()
    with app.app_context():
        if not is_current():
            migrate()
            initialise()
            report("basis data metadata siap", started)
        counts = synchronise()
    report(json.dumps(counts, ensure_ascii=False), started)


def is_current() -> bool:
    """Whether the metadata database is at the newest migration and has its roles."""
    from superset import security_manager
    from superset.extensions import db

    script, current = migrations(db.engine)
    if current is None or {current} != set(script.get_heads()):
        return False
    admin = security_manager.find_role("Admin")
    return admin is not None and len(admin.permissions) > 0


def migrations(engine: Any) -> tuple[Any, str | None]:
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory
    from superset.extensions import APP_DIR

    with engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    return ScriptDirectory(f"{APP_DIR}/migrations"), current


def migrate() -> None:
    from flask_migrate import upgrade
    from superset.extensions import APP_DIR

    upgrade(directory=f"{APP_DIR}/migrations")


def initialise() -> None:
    from superset import appbuilder, security_manager

    appbuilder.add_permissions(update_perms=True)
    security_manager.sync_role_definitions()


def report(text: str, started: float) -> None:
    print(f"{time.monotonic() - started:5.1f} s  {text}", flush=True)


if __name__ == "__main__":
    main()
