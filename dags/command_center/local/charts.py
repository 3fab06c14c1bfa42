"""Does every chart of a running Superset answer with data?"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import httpx

from command_center.errors import ServiceError

TIMEOUT_S = 60.0
AT_ONCE = 4  # as a browser does
DASHBOARDS = "/api/v1/dashboard/?q=(page_size:100)"


CSRF_TOKEN = re.compile(r'id="csrf_token"[^>]*?value="([^"]*)"', re.DOTALL)


@dataclass(frozen=True)
class ChartResult:
    """What one chart answered."""

    dashboard: str
    chart: str
    rows: int
    seconds: float
    error: str | None


def ignore(_result: ChartResult) -> None:
    """Progress for callers that show none."""


def check_charts(
    base_url: str,
    username: str | None,
    password: str | None,
    progress: Callable[[ChartResult], None] = ignore,
    is_asked: Callable[[str], bool] = lambda _title: True,
) -> list[ChartResult]:
    """Ask every chart of every dashboard that this user sees for its data; without a user, as the public.

    `is_asked`: whether the dashboard of this title is.
    """
    results = []
    with (
        httpx.Client(base_url=base_url, timeout=TIMEOUT_S, follow_redirects=True) as client,
        ThreadPoolExecutor(AT_ONCE) as askers,
    ):
        if username is not None:
            log_in(client, username, password or "")
        charts = (
            (dashboard["dashboard_title"], chart)
            for dashboard in fetch(client, DASHBOARDS)
            if is_asked(dashboard["dashboard_title"])
            for chart in fetch(client, f"/api/v1/dashboard/{dashboard['id']}/charts")
        )
        for result in askers.map(lambda asked: check_chart(client, *asked), charts):
            results.append(result)
            progress(result)
    if not results:
        raise ServiceError(
            f"Superset at {base_url} shows no chart to {username or 'the public'}; import the dashboards."
        )
    return results


def check_public_charts(base_url: str, progress: Callable[[ChartResult], None] = ignore) -> list[ChartResult]:
    """Ask every chart of the public dashboard for its data, as anybody may."""
    return check_charts(base_url, None, None, progress)


def titles_of_the_public(base_url: str) -> set[str]:
    """The dashboards that anybody sees."""
    with httpx.Client(base_url=base_url, timeout=TIMEOUT_S) as client:
        return {str(dashboard["dashboard_title"]) for dashboard in fetch(client, DASHBOARDS)}


def log_in(client: httpx.Client, username: str, password: str) -> None:
    """Start a session; a token would be ignored wherever the public role may call too."""
    page = client.get("/login/")
    token = CSRF_TOKEN.search(page.text)
    if token is None:
        raise ServiceError(f"{page.url} is not Superset's login page (HTTP {page.status_code}); see its log.")
    client.post("/login/", data={"username": username, "password": password, "csrf_token": token.group(1)})
    answer = client.get("/api/v1/me/")
    if answer.status_code != 200:
        raise ServiceError(f"Superset at {client.base_url} refused the login of {username}; check its password.")


def fetch(client: httpx.Client, address: str) -> list[dict[str, Any]]:
    answer = client.get(address)
    if answer.status_code != 200:
        raise ServiceError(f"Superset answered {answer.status_code} to {address}; see its log.")
    result: list[dict[str, Any]] = answer.json()["result"]
    return result


def check_chart(client: httpx.Client, dashboard: str, chart: Mapping[str, Any]) -> ChartResult:
    """Ask the chart's stored question, as a page does, and count the rows that come back."""
    started = time.monotonic()
    rows, error = ask_chart(client, int(chart["id"]), may_be_empty=bool(chart["form_data"].get("may_be_empty")))
    return ChartResult(dashboard, str(chart["slice_name"]), rows, time.monotonic() - started, error)


def ask_chart(client: httpx.Client, chart_id: int, *, may_be_empty: bool) -> tuple[int, str | None]:
    """An answer of this edition that Superset remembers will do: the edition is part of what it is remembered by."""
    answer = client.get(f"/api/v1/chart/{chart_id}/data/")
    if answer.status_code != 200:
        return 0, f"HTTP {answer.status_code}: {answer.text[:200]}"
    rows = sum(len(result["data"]) for result in answer.json()["result"])
    return rows, None if rows or may_be_empty else "no rows"
