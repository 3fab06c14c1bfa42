"""What makes pages come fast: compressed assets, no page for a note that nobody reads, no connection for what is known,
answers warmed for the next viewer."""

# ruff: noqa: PLC0415  # superset's modules can be imported only once its application exists
from __future__ import annotations

import os
from pathlib import Path
from threading import Lock
from typing import Any

from assets import CompressedAssets
from flask import Flask, Response, request, session
from sqlalchemy.engine import URL
from sqlalchemy.pool import NullPool
from warm import start_warming

NOTES = "/superset/log/"
BEGUN = Lock()
MOST_ENGINES = 100  # of three databases and some fifteen logins


def apply_speed_rules(app: Flask, cache: Path) -> None:
    """The variable is set for the server only: a script that makes the application has nobody to warm it for."""
    app.wsgi_app = CompressedAssets(app.wsgi_app)  # type: ignore[method-assign]
    app.before_request(take_no_notes)
    remember_default_schemas()
    remember_engines()
    if os.environ.get("SUPERSET_WARM") == "1":
        app.before_request(lambda: warm_from_now_on(app, cache))


def remember_default_schemas() -> None:
    """For each chart Superset asks the database twice what its default schema is, over a connection of its own each time,
    and needs it only where a dataset names no schema."""
    from superset.models.core import Database

    ask, known = Database.get_default_schema, dict[tuple[object, ...], str | None]()

    def get_default_schema(database: Any, catalog: str | None) -> str | None:
        key = (database.id, database.changed_on, catalog)
        if key not in known:
            known[key] = ask(database, catalog)
        return known[key]

    Database.get_default_schema = get_default_schema


def remember_engines() -> None:
    """Superset makes an engine for each question, which asks the server with its first connection what it is. One without a
    pool holds nothing but that, so the next question to the same address under the same login can have it."""
    from superset.models import core

    make, known = core.create_engine, dict[tuple[str, str], Any]()

    def create_engine(address: URL, **options: Any) -> Any:
        if options.get("poolclass") is not NullPool:
            return make(address, **options)
        key = (address.render_as_string(hide_password=False), repr(sorted(options.items())))
        engine = known.get(key)
        if engine is None:
            if len(known) >= MOST_ENGINES:
                known.clear()
            engine = known[key] = make(address, **options)
        return engine

    core.create_engine = create_engine


def warm_from_now_on(app: Flask, cache: Path) -> None:
    """Begins with the first request: earlier, the application is not whole, and two would make it at once."""
    if BEGUN.acquire(blocking=False):
        start_warming(app, cache)


def take_no_notes() -> Response | None:
    """A page notes what its viewer does. Viewers may not write, and were sent the login page for each note, 16 kB of it."""
    from superset import security_manager

    if request.path == NOTES and not security_manager.is_admin():
        session.modified = False  # its cookie might come behind that of a login, and end it
        return Response(status=204)
    return None
