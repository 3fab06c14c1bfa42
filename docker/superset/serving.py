"""How gunicorn serves Superset: the application is made once, before its workers are forked, which halves the work of a start."""

# ruff: noqa: PLC0415  # superset's modules can be imported only once its application exists
from __future__ import annotations

import gc
from typing import Any

wsgi_app = "superset.app:create_app()"
preload_app = True
workers = 2
worker_class = "gthread"
threads = 8
timeout = 120

gc.disable()  # until the application is made: nothing of it becomes garbage


def when_ready(server: Any) -> None:
    """Before the first fork, what the making of the application has opened is closed: no two workers share a connection."""
    with server.app.wsgi().app_context():
        from superset.extensions import db

        db.engine.dispose()
    gc.freeze()  # what is here stays: a worker that looked through it for garbage would copy all of it, at its end too
    gc.enable()


def post_fork(_server: Any, _worker: Any) -> None:
    """Also after SIGHUP, which reads this file anew in the master."""
    gc.enable()
