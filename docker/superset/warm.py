"""Ask for the first screens of all dashboards as soon as a new edition stands, so that nobody has to wait for it.

One thread of one worker does so, for one account of each set of roles and for the public: whoever else has the same roles
gets the same answers. It asks what a browser asks when a page opens, with the values that the page's filters have at first.
"""

# ruff: noqa: PLC0415  # superset's modules can be imported only once its application exists
from __future__ import annotations

import fcntl
import json
import logging
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

from edition import ADDRESSES, standing_edition
from flask import Flask, g
from questions import question_of

if TYPE_CHECKING:
    from superset.models.dashboard import Dashboard
    from superset.models.slice import Slice

log = logging.getLogger(__name__)

LOOK_SECONDS = 5.0
FIRST_SCREEN = 100  # units of 8 pixels: a screen of 768 pixels and a little more
GAP = 2
Box = Mapping[str, Any]
Filters = list[dict[str, Any]]


def start_warming(app: Flask, folder: Path) -> None:
    Thread(target=keep_warm, args=(app, folder), name="warm", daemon=True).start()


def keep_warm(app: Flask, folder: Path) -> None:
    """For as long as this worker lives; the lock is the next worker's when it dies."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "warm.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        warm: dict[str, str] = {}
        while True:
            standing = editions()
            news = {schema for schema, number in standing.items() if warm.get(schema) != number}
            if news:
                begun = time.monotonic()
                asked = warm_up(app, news)
                told = ", ".join(f"{schema} {standing[schema]}" for schema in sorted(news))
                log.warning("warmed %s: %s answers, %.1f s", told, asked, time.monotonic() - begun)
                warm = standing
            time.sleep(LOOK_SECONDS)


def editions() -> dict[str, str]:
    found = {schema: standing_edition(schema) for schema in ADDRESSES}
    return {schema: edition.number for schema, edition in found.items() if edition}


def warm_up(app: Flask, schemas: set[str]) -> int:
    """Ask every first screen that reads one of these schemas; how many answers are there now."""
    with app.app_context():
        everybody = viewers()
        pages = [dashboard.id for dashboard in dashboards()]
    asked = {(page, viewer): 0 for page in pages for viewer in everybody}
    for page, viewer in asked:
        try:
            asked[page, viewer] = warm_page(app, page, viewer, schemas)
        except Exception:  # what cannot be warmed is asked when somebody wants it
            log.exception("page %s was not warmed for account %s", page, viewer)
    return sum(asked.values())


def dashboards() -> list[Dashboard]:
    from superset.extensions import db
    from superset.models.dashboard import Dashboard

    found: list[Dashboard] = db.session.query(Dashboard).filter(Dashboard.published.is_(True)).all()
    return found


def viewers() -> list[int | None]:
    """The public, and one account for each set of roles that is no administrator's."""
    from flask_appbuilder.security.sqla.models import User
    from superset.extensions import db

    of_roles: dict[frozenset[str], int] = {}
    for user in db.session.query(User).filter(User.active.is_(True)).order_by(User.id):
        of_roles.setdefault(frozenset(role.name for role in user.roles), user.id)
    return [None, *(number for roles, number in of_roles.items() if "Admin" not in roles)]


def warm_page(app: Flask, page: int, viewer: int | None, schemas: set[str]) -> int:
    """As many answers as the viewer gets of this page; none where the page is not for the viewer."""
    from superset import security_manager
    from superset.extensions import db
    from superset.models.dashboard import Dashboard

    with app.test_request_context():
        g.user = g._login_user = account(viewer)
        dashboard = db.session.get(Dashboard, page)
        if dashboard is None or not security_manager.can_access_dashboard(dashboard):
            return 0
        charts = {
            chart.id: chart for chart in dashboard.slices if chart.datasource and chart.datasource.schema in schemas
        }
        position, metadata = json.loads(dashboard.position_json), json.loads(dashboard.json_metadata)
        numbers = [number for number in first_screen(position) if number in charts]
        filters = metadata.get("native_filter_configuration", []) if numbers else []
        narrowed = [(one["scope"], first_conditions(page, one)) for one in filters]
        return sum(ask(charts[number], conditions_on(position, number, narrowed)) for number in numbers)


def account(number: int | None) -> Any:
    from superset import security_manager

    return security_manager.get_anonymous_user() if number is None else security_manager.get_user_by_id(number)


def first_screen(position: Mapping[str, Any]) -> list[int]:
    """Numbers of the charts that are seen without scrolling, from the top."""
    return [box["meta"]["chartId"] for top, box in placed(position, "ROOT_ID", 0) if top < FIRST_SCREEN]


def placed(position: Mapping[str, Any], name: str, top: int) -> Iterator[tuple[int, Box]]:
    """Each chart below a box, with where it begins; of tabs only the first, which is the one that opens."""
    box = position[name]
    if box["type"] == "CHART":
        yield top, box
    children = box.get("children", [])[:1] if box["type"] == "TABS" else box.get("children", [])
    for child in children:
        yield from placed(position, child, top)
        if box["type"] != "ROW":
            top += height(position, child) + GAP


def height(position: Mapping[str, Any], name: str) -> int:
    box = position[name]
    inner = [height(position, child) for child in box.get("children", [])]
    below = max(inner, default=0) if box["type"] == "ROW" else sum(inner)
    return max(int(box.get("meta", {}).get("height") or 0), below)


def first_conditions(page: int, one: Mapping[str, Any]) -> Filters:
    """What a filter asks for of itself when its page opens: its default, or the first of the values that it offers."""
    default: Filters = one.get("defaultDataMask", {}).get("extraFormData", {}).get("filters", [])
    if default or not one.get("controlValues", {}).get("defaultToFirstItem"):
        return default
    column, rows = one["targets"][0]["column"]["name"], ask_filter(page, one["id"])
    return [{"col": column, "op": "IN", "val": [rows[0][column]]}] if rows else []


def conditions_on(position: Mapping[str, Any], number: int, narrowed: Iterable[tuple[Box, Filters]]) -> Filters:
    """The conditions of the filters in whose scope a chart is."""
    box = next(
        box for box in position.values() if isinstance(box, dict) and box.get("meta", {}).get("chartId") == number
    )
    place = {*box["parents"], box["id"]}
    return [
        condition
        for scope, conditions in narrowed
        if number not in scope["excluded"] and not place.isdisjoint(scope["rootPath"])
        for condition in conditions
    ]


def ask(chart: Slice, filters: Filters) -> bool:
    """Whether the chart's answer is in the cache now."""
    stored = json.loads(chart.query_context) if chart.query_context else None
    if stored is None:
        return False
    if chart.viz_type.startswith("deck_"):
        ask_map(chart, stored["form_data"])
    else:
        for query in stored["queries"]:
            query["filters"] = [*query.get("filters", []), *filters]
        ask_chart(stored)
    return True


def ask_filter(page: int, name: str) -> list[dict[str, Any]]:
    """The values that a filter offers, first first."""
    named = {"native_filter_id": name, "dashboardId": page}
    question = question_of(named)
    return ask_chart({**question.context, "form_data": named}) if question else []


def ask_chart(context: Mapping[str, Any]) -> list[dict[str, Any]]:
    from superset.charts.schemas import ChartDataQueryContextSchema
    from superset.commands.chart.data.get_data_command import ChartDataCommand

    command = ChartDataCommand(ChartDataQueryContextSchema().load(context))
    command.validate()
    rows: list[dict[str, Any]] = command.run()["queries"][0]["data"]
    return rows


def ask_map(chart: Slice, form_data: Mapping[str, Any]) -> None:
    from superset.views.utils import get_viz

    viz = get_viz(dict(form_data), chart.datasource_type, chart.datasource_id, force=False)
    viz.raise_for_access()
    viz.get_payload()
