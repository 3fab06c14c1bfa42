"""Answers kept for whoever may have the same: a dashboard asks word for word the same for everybody with the same roles.

An answer holds while both editions stand, while charts, dashboards, datasets and grants are as they were, and for the minutes
for which views hold (edition.py). Whether a login is alive and which roles it has is asked anew each time.
"""

# ruff: noqa: PLC0415  # superset's modules can be imported only once its application exists
from __future__ import annotations

import hashlib
import re
import time
from typing import Any

from audience import is_administrator, viewer_role_names
from edition import VIEW_SECONDS, standing_edition
from flask import Flask, Response, g, request
from flask_caching import Cache
from flask_login import current_user
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

KEPT = Cache()
QUESTIONS = {"POST": r"/api/v1/chart/data", "GET": r"/api/v1/dashboard/(?!_info)[^/]+(/charts|/datasets)?"}
DESIGN_SECONDS = 2
LONGEST_QUESTION, LONGEST_ANSWER = 100_000, 1_000_000  # bytes; what is longer is worked out each time
DESIGN = """
    select (select max(changed_on) from slices), (select count(*) from slices),
        (select max(changed_on) from dashboards), (select count(*) from dashboards),
        (select max(changed_on) from tables), (select count(*) from tables), (select max(changed_on) from dbs),
        (select max(changed_on) from table_columns), (select count(*) from table_columns),
        (select max(changed_on) from sql_metrics), (select count(*) from sql_metrics),
        (select max(id) from dashboard_roles), (select count(*) from dashboard_roles),
        (select max(id) from ab_permission_view_role), (select count(*) from ab_permission_view_role),
        (select max(changed_on) from row_level_security_filters), (select count(*) from row_level_security_filters)
"""


def apply_kept_rules(app: Flask, config: dict[str, Any]) -> None:
    KEPT.init_app(app, config=config | {"CACHE_DEFAULT_TIMEOUT": VIEW_SECONDS})
    app.after_request(keep)


def give_what_is_kept() -> Response | None:
    """Called before Superset works an answer out, and after who may ask at this address was looked at."""
    if not re.fullmatch(QUESTIONS.get(request.method, "(?!)"), request.path) or is_administrator():
        return None
    key = key_of_question()
    kept = KEPT.get(key) if key else None
    if kept is None:
        g.keeps_as = key
        return None
    g.is_kept, (kept_at, content) = True, kept
    return Response(content, mimetype="application/json", headers={"Age": f"{max(0, time.time() - kept_at):.0f}"})


def keep(answer: Response) -> Response:
    """What is given last in a request is kept as it goes out. An answer that came from the database is not, for it says so."""
    key, is_json = g.get("keeps_as"), answer.mimetype == "application/json"
    if key and answer.status_code == 200 and is_json and is_for_all(answer):
        content = answer.get_data()
        if len(content) <= LONGEST_ANSWER:
            KEPT.set(key, (time.time(), content))
    return answer


def is_for_all(answer: Response) -> bool:
    if request.method == "GET":
        return True
    asked, given = request.get_json(silent=True), answer.get_json(silent=True)
    results = given.get("result") if isinstance(given, dict) else None
    is_whole = isinstance(results, list) and all(isinstance(one, dict) and one.get("is_cached") for one in results)
    return is_whole and isinstance(asked, dict) and not asked.get("force") and "force" not in request.args


def key_of_question() -> str | None:
    """None while nothing is known of what an answer depends on, and of a question longer than any that a dashboard asks."""
    mart, publik, design = standing_edition("mart"), standing_edition("publik"), standing_design()
    if mart is None or publik is None or design is None or not is_short():
        return None
    who = [str(current_user.is_authenticated), *sorted(viewer_role_names())]
    when = [mart.number, publik.number, design, f"{time.time() // VIEW_SECONDS:.0f}"]
    told = "\0".join([*when, *who, request.method, request.full_path])
    return hashlib.sha256(told.encode() + b"\0" + request.get_data()).hexdigest()


def is_short() -> bool:
    return request.method == "GET" or 0 < (request.content_length or 0) <= LONGEST_QUESTION


def standing_design() -> str | None:
    """What charts, dashboards, datasets and grants are, as one text; read anew every other second. None when it cannot be read."""
    from superset.extensions import db

    if (known := KEPT.get("design")) is not None:
        return str(known)
    try:
        design = str(tuple(db.session.execute(text(DESIGN)).one()))
    except SQLAlchemyError:
        db.session.rollback()
        return None
    KEPT.set("design", design, timeout=DESIGN_SECONDS)
    return design
