"""Great Expectations' Data Docs for those who decide about held batches: every batch, why it is held, which rules it broke."""

from __future__ import annotations

import os

from audience import ADMIN_ROLE, ENGINEER, ROLES, viewer_role_names
from flask import Flask, Response, current_app, send_from_directory
from links import FINDINGS

CLOSED = "Hasil pemeriksaan hanya untuk insinyur data dan walidata."
READERS = {ROLES[ENGINEER], ROLES["walidata"], ADMIN_ROLE}


def apply_findings(app: Flask) -> None:
    if folder := os.environ.get("SUPERSET_DATA_DOCS"):
        app.config["DATA_DOCS"] = folder
        app.add_url_rule(FINDINGS, "findings", findings, defaults={"name": "index.html"})
        app.add_url_rule(f"{FINDINGS}<path:name>", "findings", findings)


def findings(name: str) -> Response:
    """One page. It may show values that were set aside; request_rules.py has sent away who is not logged in."""
    if viewer_role_names().isdisjoint(READERS):
        return Response(CLOSED, 403, mimetype="text/plain")
    answer = send_from_directory(current_app.config["DATA_DOCS"], name)
    answer.cache_control.no_store = True
    return answer
