"""Answers given before Superset sees a request: Indonesian texts, logo, first page, no telemetry, closed doors."""

# ruff: noqa: PLC0415  # superset's modules can be imported only once its application exists
from __future__ import annotations

import json
import re
from pathlib import Path

import superset
from flask import Flask, Response, redirect, request
from flask_login import current_user
from indonesian import messages
from werkzeug.wrappers import Response as AnyResponse

HERE = Path(__file__).resolve().parent
ASSETS = Path(superset.__file__).resolve().parent / "static" / "assets"
DAY_SECONDS = 86_400
PIXEL = b"https://apachesuperset.gateway.scarf.sh/pixel/"
EMPTY_PIXEL = b"data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAAC#"
# All that viewers' pages ask for. Whatever else Superset offers, now or after an upgrade, is the administrator's; its lists
# of owners, for one, would tell everyone the names and addresses of all users.
VIEWER_ADDRESSES = tuple(
    (methods.split(), re.compile(address))
    for methods, address in (
        ("GET", r"/|/health|/healthcheck|/ping|/static/.*"),
        ("GET POST", r"/login/"),
        ("GET", r"/logout/"),
        ("GET", r"/superset/(welcome|dashboard/[^/]+|language_pack/id)/"),
        ("GET POST", r"/superset/(explore_json|log)/"),
        ("GET", r"/dashboard/list/"),
        ("GET", r"/api/v1/dashboard/(_info|favorite_status/)?"),
        ("GET", r"/api/v1/dashboard/[^/]+(/charts|/datasets|/tabs)?"),
        ("POST DELETE", r"/api/v1/dashboard/\d+/favorites/"),
        ("GET", r"/api/v1/chart/(\d+(/data/)?)?"),
        ("POST", r"/api/v1/chart/data"),
        ("GET", r"/api/v1/(me/|me/roles/|time_range/|security/csrf_token/)"),
    )
)


def apply_request_rules(app: Flask) -> None:
    """Register the rules with an application."""
    app.add_url_rule("/superset/language_pack/id/", "language_pack_id", language_pack)
    app.add_url_rule("/static/kota/lambang.svg", "logo", logo)
    app.before_request(refuse_cached_explore)
    app.before_request(refuse_other_addresses)
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


def refuse_cached_explore() -> Response | None:
    """GET answers of this route are cached by address before access is checked; the dashboards only ever POST."""
    if request.path.startswith("/superset/explore_json") and request.method != "POST":
        return Response("Gunakan POST.", status=405, mimetype="text/plain")
    return None


def refuse_other_addresses() -> AnyResponse | None:
    """Only an administrator gets beyond the viewers' addresses."""
    from superset import security_manager

    method = "GET" if request.method == "HEAD" else request.method
    if any(method in methods and address.fullmatch(request.path) for methods, address in VIEWER_ADDRESSES):
        return None
    if security_manager.is_admin():
        return None
    if current_user.is_authenticated or request.path.startswith("/api/"):
        return Response('{"message": "Tidak berwenang"}', status=403, mimetype="application/json")
    return redirect("/login/")


def show_first_page() -> AnyResponse | None:
    """Viewers start at their dashboard; only an administrator has a use for Superset's welcome page."""
    from superset import security_manager

    if request.path not in ("/", "/superset/welcome/"):
        return None
    if not current_user.is_authenticated:
        return redirect("/superset/dashboard/publik/")
    return None if security_manager.is_admin() else redirect("/superset/dashboard/pejabat/")
