"""Answers given before Superset sees a request: Indonesian texts, logo, first page, no telemetry, closed doors."""

# ruff: noqa: PLC0415  # superset's modules can be imported only once its application exists
from __future__ import annotations

import json
import re
from collections import ChainMap
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import prison
import superset
from answers import SENTENCES, refuse
from audience import ENGINEER, first_page, is_administrator, viewer_kinds
from flask import Flask, Response, redirect, request
from flask_login import current_user
from indonesian import messages
from kept import give_what_is_kept
from links import FINDINGS
from questions import Question, open_question
from readable import has_strange_signs, is_readable_question
from remembered import answer_what_is_remembered
from stored_chart import body_refusal, form_data_refusal, is_plain_time_range
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response as AnyResponse

HERE = Path(__file__).resolve().parent
ASSETS = Path(superset.__file__).resolve().parent / "static" / "assets"
DAY_SECONDS = 86_400
CHART_DATA = "/api/v1/chart/data"
EXPLORE = "/superset/explore_json"
TIME_RANGE = "/api/v1/time_range/"
LONGEST_QUESTION = 200
PIXEL = b"https://apachesuperset.gateway.scarf.sh/pixel/"
EMPTY_PIXEL = b"data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAAC#"
# All that viewers' pages ask for. Whatever else Superset offers, now or after an upgrade, is the administrator's; its lists
# of owners, for one, would tell everyone the names and addresses of all users.
VIEWER_ADDRESSES = (
    ("GET", r"/data-terbuka/[\w.-]*"),  # open data, where there is no nginx before us
    ("GET", r"/|/health|/healthcheck|/ping|/static/.*"),
    ("GET POST", r"/login/"),
    ("GET", r"/(login|oauth-authorized)/oidc"),  # signing in at a provider; nothing where there is none
    ("GET", r"/logout/"),
    ("GET", r"/superset/(welcome|dashboard/[^/]+|language_pack/id)/"),
    ("GET POST", r"/superset/(explore_json|log)/"),
    ("GET", r"/dashboard/list/"),
    ("GET", r"/api/v1/dashboard/(_info|favorite_status/)?"),
    ("GET", r"/api/v1/dashboard/[^/]+(/charts|/datasets|/tabs)?"),
    ("GET", r"/api/v1/chart/(\d+(/data/)?)?"),
    ("POST", r"/api/v1/chart/data"),
    ("GET", r"/api/v1/(me/|me/roles/|time_range/|security/csrf_token/)"),
)
# What whoever has an account may do besides; the public's favourites would be everybody's.
OFFICIALS_ADDRESSES = (("POST DELETE", r"/api/v1/dashboard/\d+/favorites/"), ("GET", f"{FINDINGS}.*"))
# All that SQL Lab asks for, which a data engineer has besides.
ENGINEER_ADDRESSES = (
    ("GET", r"/sqllab/(history/)?|/savedqueryview/list/"),
    ("GET", r"/api/v1/sqllab/(results/|export/[\w-]+/?|permalink/[\w:-]+)?"),
    ("POST", r"/api/v1/sqllab/(execute/|format_sql/|permalink)"),
    (
        "GET",
        r"/api/v1/database/(\d+(/(catalogs|schemas|tables|function_names|table_metadata|table_metadata/extra)?/?)?)?",
    ),
    ("GET", r"/api/v1/query/(updated_since|\d+)?"),
    ("POST", r"/api/v1/query/stop"),
    ("GET POST PUT DELETE", r"/api/v1/saved_query/(_info|\d+)?"),
    ("GET POST PUT DELETE", r"/(tabstateview|tableschemaview)/.*"),
)


def apply_request_rules(app: Flask) -> None:
    """Register the rules with an application."""
    app.add_url_rule("/superset/language_pack/id/", "language_pack_id", language_pack)
    app.add_url_rule("/static/kota/lambang.svg", "logo", logo)
    for rule in (
        refuse_unreadable,
        answer_what_is_remembered,
        refuse_cached_explore,
        refuse_other_addresses,
        ignore_force,
        give_what_is_kept,
        refuse_other_results,
        refuse_time_programs,
        refuse_foreign_bodies,
        refuse_foreign_form_data,
    ):
        app.before_request(rule)
    app.before_request(show_first_page)
    for script in ASSETS.glob("*.entry.js"):
        if PIXEL in script.read_bytes():
            address = f"/static/assets/{script.name}"
            app.add_url_rule(address, "without_pixel", without_pixel, defaults={"name": script.name})


def language_pack() -> Response:
    """Superset's own route would send an anonymous viewer to the login page, and it has no Indonesian."""
    header = {"domain": "superset", "plural_forms": "nplurals=1; plural=0", "lang": "id"}
    pack = {"": header} | {english: [indonesian] for english, indonesian in messages().items()}
    body = json.dumps({"domain": "superset", "locale_data": {"superset": pack}}, ensure_ascii=False)
    return kept_for_a_day(Response(body, mimetype="application/json"))


def logo() -> Response:
    return kept_for_a_day(Response((HERE / "lambang.svg").read_bytes(), mimetype="image/svg+xml"))


def without_pixel(name: str) -> Response:
    """The page's script without its pixel at a third party, which the content security policy would block anyway."""
    body = (ASSETS / name).read_bytes().replace(PIXEL, EMPTY_PIXEL)
    return kept_for_a_day(Response(body, mimetype="text/javascript"))


def kept_for_a_day(answer: Response) -> Response:
    answer.cache_control.max_age = DAY_SECONDS
    answer.cache_control.public = True
    return answer


def refuse_unreadable() -> Response | None:
    """Else Superset or its database would fail on it, which looks like a fault of the server."""
    from superset import security_manager

    sent = (*request.args.values(), *request.form.values())
    if has_strange_signs((request.path, *sent)):
        return refuse(400, SENTENCES[400])
    question = "" if request.path == TIME_RANGE else request.args.get("q", "")
    return None if is_readable_question(question) or security_manager.is_admin() else refuse(400, SENTENCES[400])


def refuse_cached_explore() -> Response | None:
    """GET answers of this route are cached by address before access is checked; the dashboards only ever POST."""
    if request.path.startswith(EXPLORE) and request.method != "POST":
        return Response("Gunakan POST.", status=405, mimetype="text/plain")
    return None


def refuse_other_addresses() -> AnyResponse | None:
    """Only an administrator gets beyond the viewers' addresses, and a data engineer into SQL Lab."""
    if is_among(VIEWER_ADDRESSES) or (is_among(OFFICIALS_ADDRESSES) and current_user.is_authenticated):
        return None
    if is_administrator() or (is_among(ENGINEER_ADDRESSES) and is_engineer()):
        return None
    if current_user.is_authenticated or request.path.startswith("/api/"):
        return refuse(403, "Tidak berwenang.")
    return redirect("/login/")


def is_among(addresses: Iterable[tuple[str, str]]) -> bool:
    method = "GET" if request.method == "HEAD" else request.method
    return any(method in methods.split() and re.fullmatch(address, request.path) for methods, address in addresses)


def is_engineer() -> bool:
    return ENGINEER in viewer_kinds()


def ignore_force() -> None:
    """The public may not go past the cache."""
    if "force" in request.args and not current_user.is_authenticated:
        request.args = ImmutableMultiDict(
            (name, text) for name, text in request.args.items(multi=True) if name != "force"
        )


def refuse_other_results() -> Response | None:
    """This route gives rows, SQL and samples by a word in the address; the dashboards ask for the chart only."""
    from superset import security_manager
    from superset.common.chart_data import ChartDataResultFormat, ChartDataResultType

    if not request.path.startswith(EXPLORE):
        return None
    exports = ChartDataResultFormat.table_like() if current_user.is_authenticated else set()
    results = {*ChartDataResultFormat, *ChartDataResultType} - exports
    if results.isdisjoint(request.args) or security_manager.is_admin():
        return None
    return refuse(403, "Ditolak: hanya grafiknya sendiri yang dapat diminta.")


def refuse_time_programs() -> Response | None:
    """Superset works out whole programs of dates here, for anybody."""
    from superset import security_manager

    if request.path != TIME_RANGE or security_manager.is_admin():
        return None
    question = request.args.get("q", "")
    if len(question) <= LONGEST_QUESTION and are_plain_time_ranges(question):
        return None
    return refuse(400, "Rentang waktu ini tidak dikenal.")


def are_plain_time_ranges(question: str) -> bool:
    try:
        asked = prison.loads(question)
    except (ValueError, TypeError, IndexError, RecursionError, prison.decoder.ParserException):
        return False
    ranges = asked if isinstance(asked, list) else [{"timeRange": asked}]
    return all(
        isinstance(one, dict) and one.keys() == {"timeRange"} and is_plain_time_range(one["timeRange"])
        for one in ranges
    )


def refuse_foreign_bodies() -> Response | None:
    """Superset reads a request, dates and all, before it asks who may: what no chart has must not get so far."""
    from superset import security_manager

    if request.path != CHART_DATA or request.method != "POST" or security_manager.is_admin():
        return None
    asked = body()
    if not isinstance(asked.get("queries"), list) or not isinstance(asked.get("datasource"), dict):
        return refuse(400, "Permintaan ini bukan permintaan data grafik.")
    try:
        question = open_question(asked.get("form_data"))
        is_foreign = question is not None and not is_about(asked["datasource"], question)
        reason = "datasource" if is_foreign else body_refusal(asked["queries"], question.queries if question else [])
    except RecursionError:
        reason = "queries"
    return refuse_difference(reason)


def refuse_foreign_form_data() -> Response | None:
    """Superset makes a map of whatever is sent, and only then asks who may: it must be a stored one's before that."""
    from superset import security_manager

    if not request.path.startswith(EXPLORE) or security_manager.is_admin():
        return None
    asked = form_data()
    if asked is None:
        return refuse(400, "Permintaan ini bukan permintaan grafik.")
    try:
        question = open_question(asked)
        reason = difference(asked, question) if question else "slice_id"
    except RecursionError:
        reason = "form_data"
    return refuse_difference(reason)


def is_about(datasource: Mapping[str, Any], question: Question) -> bool:
    return (datasource.get("id"), datasource.get("type")) == question.datasource


def refuse_difference(reason: str | None) -> Response | None:
    return refuse(403, f"Ditolak: permintaan berbeda dari grafik yang tersimpan ({reason}).") if reason else None


def difference(asked: Mapping[str, Any], question: Question) -> str | None:
    number, kind = question.datasource
    if asked.get("datasource") != f"{number}__{kind}":
        return "datasource"
    if "queries" in asked:  # Superset would take the first of them instead, and there may be none
        return "queries"
    return form_data_refusal(asked, question.form_data, question.columns)


def form_data() -> dict[str, Any] | None:
    """As Superset reads it: a form's, and over it the address's; None where one of them is no JSON object."""
    parts = [place["form_data"] for place in (request.form, request.args) if "form_data" in place]
    try:
        read = [json.loads(part) for part in parts]
    except (ValueError, RecursionError):
        return None
    is_form = bool(read) and not request.is_json
    return dict(ChainMap(*reversed(read))) if is_form and all(isinstance(part, dict) for part in read) else None


def body() -> dict[str, Any]:
    """What was sent, as JSON or, for a download, as a form with JSON in it."""
    try:
        content = request.get_json() if request.is_json else json.loads(request.form.get("form_data", "null"))
    except (ValueError, RecursionError, BadRequest):
        return {}
    return content if isinstance(content, dict) else {}


def show_first_page() -> AnyResponse | None:
    """Viewers start at their dashboard; only an administrator has a use for Superset's welcome page."""
    if request.path not in ("/", "/superset/welcome/"):
        return None
    return None if is_administrator() else redirect(f"/superset/dashboard/{first_page()}/")
