"""How much Superset is asked, how long it takes, what fails, and how much of it was kept: told to Prometheus at /metrics.

Only to who knows SUPERSET_METRICS_TOKEN; without that variable the address is none.
"""

from __future__ import annotations

import hmac
import os
import re
import time
from pathlib import Path

from counts import Counts, Slot, labelled
from flask import Flask, Response, g, request
from superset.stats_logger import DummyStatsLogger

ADDRESS = "/metrics"
# The first that fits: data of a chart, a dashboard's page, other answers of the programming interface, all else.
WHAT = {
    "chart_data": r"/api/v1/chart/(data|\d+/data/?)|/superset/explore_json/",
    "dashboard": r"/superset/dashboard/.*",
    "api": r"/api/.*",
    "other": r".*",
}
STATUSES = ("2xx", "3xx", "4xx", "5xx")
LIMITS = ("0.025", "0.1", "0.25", "0.5", "1", "2.5", "5", "10", "30", "+Inf")
# What Superset calls it, and where the rows of an answer came from.
ROWS = {"loaded_from_cache": "cache", "loaded_from_source": "database"}
REQUESTS, SECONDS = "superset_requests_total", "superset_request_seconds"
KEPT, READ = "superset_kept_answers_total", "superset_chart_reads_total"
HELPS = {
    REQUESTS: "Requests that were answered, by what was asked and how it ended",
    SECONDS: "How long an answer took, by what was asked",
    KEPT: "Answers that may be kept for others: given from what was kept, or worked out",
    READ: "Questions of charts that were worked out, by where their rows came from",
}
SLOTS: list[Slot] = [
    *(labelled(REQUESTS, what=what, status=status) for what in WHAT for status in STATUSES),
    *(labelled(f"{SECONDS}_bucket", what=what, le=limit) for what in WHAT for limit in LIMITS),
    *(labelled(f"{SECONDS}_{kind}", what=what) for what in WHAT for kind in ("sum", "count")),
    *(labelled(KEPT, outcome=outcome) for outcome in ("given", "worked_out")),
    *(labelled(READ, place=place) for place in ROWS.values()),
]


def counts_in(folder: Path) -> Counts:
    return Counts(folder, SLOTS, HELPS)


class CountedRows(DummyStatsLogger):  # type: ignore[misc]
    """Superset tells it of each time it looked for a chart's rows."""

    def __init__(self, counts: Counts) -> None:
        super().__init__()
        self.counts = counts

    def incr(self, key: str) -> None:
        if place := ROWS.get(key):
            self.counts.add(labelled(READ, place=place))


def apply_measured_rules(app: Flask, counts: Counts) -> None:
    """Before all other rules: the first that is done with a request, the last with its answer."""

    def begin() -> Response | None:
        g.measured_since = time.perf_counter()
        return Response(counts.exposition(), mimetype="text/plain") if is_asked_for_numbers() else None

    def end(answer: Response) -> Response:
        if "measured_since" in g and request.path != ADDRESS:
            note(counts, answer, time.perf_counter() - g.measured_since)
        return answer

    app.before_request(begin)
    app.after_request(end)


def is_asked_for_numbers() -> bool:
    token = os.environ.get("SUPERSET_METRICS_TOKEN", "")
    told = request.headers.get("Authorization", "").removeprefix("Bearer ")
    return request.path == ADDRESS and bool(token) and hmac.compare_digest(told.encode(), token.encode())


def note(counts: Counts, answer: Response, seconds: float) -> None:
    what = next(what for what, address in WHAT.items() if re.fullmatch(address, request.path, re.DOTALL))
    status = f"{answer.status_code // 100}xx"
    counts.add(labelled(REQUESTS, what=what, status=status if status in STATUSES else "2xx"))
    for limit in LIMITS:
        if seconds <= float(limit):
            counts.add(labelled(f"{SECONDS}_bucket", what=what, le=limit))
    counts.add(labelled(f"{SECONDS}_sum", what=what), seconds)
    counts.add(labelled(f"{SECONDS}_count", what=what))
    if g.get("is_kept"):
        counts.add(labelled(KEPT, outcome="given"))
    elif g.get("keeps_as"):
        counts.add(labelled(KEPT, outcome="worked_out"))
