"""Superset's settings, all from environment variables; loaded as SUPERSET_CONFIG=superset_config with PYTHONPATH here."""

from __future__ import annotations

import os
import time
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import indonesian
from answers import apply_answer_rules
from audience import apply_audience_rules
from database_login import as_viewer
from exports import apply_export_rules
from findings import apply_findings
from flask import Flask
from kept import apply_kept_rules
from logins import apply_login_rules
from measured import CountedRows, apply_measured_rules, counts_in
from pages import apply_page_rules
from request_rules import apply_request_rules
from security import OfficialsEventLogger, StoredChartSecurityManager
from signing_in import settings_for
from speed import apply_speed_rules
from superset import config as superset_defaults

globals().update({name: value for name, value in vars(superset_defaults).items() if name.isupper()})
time.tzset()  # to TZ, the zone of the city
CITY_NAME = os.environ["SUPERSET_CITY_NAME"]

SECRET_KEY = os.environ["SUPERSET_SECRET_KEY"]
SQLALCHEMY_DATABASE_URI = os.environ["SUPERSET_DATABASE_URI"]
DATA_DIR = os.environ.get("SUPERSET_HOME", str(Path.home() / ".superset"))

# Who may do what --------------------------------------------------------------------------------------------
CUSTOM_SECURITY_MANAGER = StoredChartSecurityManager
AUTH_ROLE_PUBLIC = "Public"
PUBLIC_ROLE_LIKE = None  # otherwise every init takes the role's dataset grants away
globals().update(settings_for(os.environ, has_ldap=find_spec("ldap") is not None))
FAB_ADD_SECURITY_API = False
ENABLE_CORS = False
FEATURE_FLAGS = {
    "ALERT_REPORTS": False,
    "DASHBOARD_RBAC": False,
    "DRILL_BY": False,
    "DRILL_TO_DETAIL": False,
    "EMBEDDED_SUPERSET": False,
    "ENABLE_JAVASCRIPT_CONTROLS": False,
    "ENABLE_TEMPLATE_PROCESSING": False,
    "ESTIMATE_QUERY_COST": False,
    "SQL_VALIDATORS_BY_ENGINE": False,
    "TAGGING_SYSTEM": False,
}
ALLOW_ADHOC_SUBQUERY = False
DB_CONNECTION_MUTATOR = as_viewer
PREVENT_UNSAFE_DB_CONNECTIONS = True
ROW_LIMIT = 10_000
SQL_MAX_ROW = 50_000
RATELIMIT_ENABLED = True
RATELIMIT_APPLICATION = "1000 per second"  # one address may be a whole office
RATELIMIT_STRATEGY = "moving-window"  # a fixed minute gives twice as many tries to whoever waits for its end
AUTH_RATE_LIMIT = "10 per minute"  # of logins, per address and worker
EVENT_LOGGER = OfficialsEventLogger()
COUNTS = counts_in(Path(DATA_DIR) / "counts")
STATS_LOGGER = CountedRows(COUNTS)
ENABLE_PROXY_FIX = os.environ.get("SUPERSET_BEHIND_PROXY") == "1"
SESSION_COOKIE_NAME = "padang_session"
SESSION_COOKIE_SECURE = os.environ.get("SUPERSET_HTTPS") == "1"
PERMANENT_SESSION_LIFETIME = timedelta(hours=12)

# Nothing leaves the city: no map tiles, fonts, pixels or telemetry of third parties --------------------------
TALISMAN_ENABLED = True
TALISMAN_CONFIG = {
    "content_security_policy": {
        "base-uri": ["'self'"],
        "default-src": ["'self'"],
        "img-src": ["'self'", "blob:", "data:"],
        "worker-src": ["'self'", "blob:"],
        "connect-src": ["'self'"],
        "object-src": "'none'",
        "style-src": ["'self'", "'unsafe-inline'"],
        "font-src": ["'self'"],
        "script-src": ["'self'", "'strict-dynamic'"],
        "frame-ancestors": ["'self'"],
    },
    "content_security_policy_nonce_in": ["script-src"],
    "force_https": False,
    "session_cookie_secure": SESSION_COOKIE_SECURE,
}
THEME_FONT_URL_ALLOWED_DOMAINS: list[str] = []
MAPBOX_API_KEY = ""

# Caches -----------------------------------------------------------------------------------------------------
CACHE_SECONDS = int(os.environ.get("SUPERSET_CACHE_SECONDS", "300"))
CACHE_DIR = Path(os.environ.get("SUPERSET_CACHE_DIR", Path(DATA_DIR) / "cache"))
DATA_SECONDS = 86_400  # only so that old editions go: the edition is part of every key (edition.py)


def cache_config(name: str) -> dict[str, Any]:
    """Redis when SUPERSET_REDIS_URL is set, else a folder of files."""
    if redis := os.environ.get("SUPERSET_REDIS_URL"):
        backend: dict[str, Any] = {"CACHE_TYPE": "RedisCache", "CACHE_REDIS_URL": redis}
    else:
        backend = {
            "CACHE_TYPE": "file_cache.RoomyFileCache",
            "CACHE_DIR": str(CACHE_DIR / name),
            "CACHE_THRESHOLD": 5000,
        }
    return backend | {"CACHE_DEFAULT_TIMEOUT": CACHE_SECONDS, "CACHE_KEY_PREFIX": f"superset_{name}_"}


CACHE_CONFIG = cache_config("metadata")
DATA_CACHE_CONFIG = cache_config("data") | {"CACHE_DEFAULT_TIMEOUT": DATA_SECONDS}
DASHBOARD_AUTO_REFRESH_MODE = "fetch"  # "force" would let every open screen go past the cache

# Looks and language -----------------------------------------------------------------------------------------
BABEL_DEFAULT_LOCALE = "id"
LANGUAGES = indonesian.LANGUAGES
D3_FORMAT = indonesian.D3_FORMAT
D3_TIME_FORMAT = indonesian.D3_TIME_FORMAT
APP_NAME = f"Pusat Kendali {CITY_NAME}"
APP_ICON = "/static/kota/lambang.svg"
FAVICONS = [{"href": "/static/kota/lambang.svg", "type": "image/svg+xml"}]
LOGO_TARGET_PATH = "/dashboard/list/"
THEME_DEFAULT = {
    "token": {
        "brandAppName": APP_NAME,
        "brandLogoAlt": APP_NAME,
        "brandLogoUrl": APP_ICON,
        "brandLogoHref": "/",
        "brandLogoHeight": "32px",
        "brandLogoMargin": "8px 0",
        "brandIconMaxWidth": 37,
        "colorPrimary": "#0B5A7D",
        "colorLink": "#0B5A7D",
        "fontFamily": "Inter, Helvetica, Arial, sans-serif",
        "fontUrls": [],
        # The legend's buttons "All" and "Inv" come in English only.
        "echartsOptionsOverridesByChartType": {
            "echarts_timeseries_bar": {"legend": {"selector": False}, "grid": {"right": 40}},
            "echarts_timeseries_line": {
                "legend": {"selector": False},
                "xAxis": {"axisLabel": {"minMargin": 14}},  # dates of a narrow chart do not touch
            },
            "echarts_timeseries_scatter": {"legend": {"selector": False}, "grid": {"right": 40}},
        },
    },
    "algorithm": "default",
}
THEME_DARK = None
ENABLE_UI_THEME_ADMINISTRATION = False
# Okabe and Ito's palette, darkened where white paper needs it: apart for colour-blind eyes too.
EXTRA_CATEGORICAL_COLOR_SCHEMES = [
    {
        "id": "padang",
        "label": CITY_NAME,
        "description": "Aman bagi pembaca buta warna",
        "isDefault": True,
        "colors": ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#5B4B8A", "#6B7280"],
    },
]
EXTRA_SEQUENTIAL_COLOR_SCHEMES = [
    {
        "id": "padang_biru",
        "label": "Biru Padang",
        "description": "Makin gelap makin banyak",
        "isDiverging": False,
        "colors": ["#F1F6FB", "#C9DDEE", "#8DBADB", "#4A90C2", "#1A679F", "#0A3F6B"],
    },
]
HTML_SANITIZATION = True
HTML_SANITIZATION_SCHEMA_EXTENSIONS = {"attributes": {"*": ["className"]}}


def COMMON_BOOTSTRAP_OVERRIDES_FUNC(data: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
    """Superset calls this for each page; the menu is the one part that the server labels."""
    return {"menu_data": indonesian.indonesian_menu(data["menu_data"])}


def FLASK_APP_MUTATOR(app: Flask) -> None:  # noqa: N802
    """Superset calls this once for each application it makes."""
    apply_measured_rules(app, COUNTS)
    apply_audience_rules()
    apply_speed_rules(app, CACHE_DIR)
    # Before the rules for answers: Flask goes through what is done with an answer from the last to the first.
    apply_kept_rules(app, cache_config("kept"))
    apply_request_rules(app)
    apply_answer_rules(app)
    apply_export_rules(app)
    apply_page_rules(app)
    apply_findings(app)
    lifetime = int(PERMANENT_SESSION_LIFETIME.total_seconds())
    apply_login_rules(app, cache_config("logins") | {"CACHE_DEFAULT_TIMEOUT": lifetime})
