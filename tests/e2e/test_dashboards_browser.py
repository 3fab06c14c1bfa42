"""Both dashboards in a real browser, as the people see them who open them.

With SUPERSET_URL (and SUPERSET_OFFICIALS_PASSWORD) set, a Superset that already runs is looked at.
"""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml
from command_center.paths import SUPERSET_EXPORTS
from playwright.sync_api import Browser, Locator, Page, sync_playwright
from playwright.sync_api import TimeoutError as NotSeen

FLAGS = (
    "--no-sandbox",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
VIEWPORT = {"width": 1600, "height": 4600}  # tall: Superset draws only what is in view
WAIT_S = 90
CHART_BOX = ".dashboard-component-chart-holder:has(.chart-slice)"
ENGLISH = re.compile(
    r"\b(January|February|May|June|July|August|October|December|Loading|Settings|Search|Sunday|Monday|No data|Error|"
    r"Unexpected|Login|rows|months?|weeks?)\b"
)
ENGLISH_NUMBER = re.compile(r"\b\d{1,3},\d{3}\b|\b\d+(\.\d+)?[kM]\b")
INDONESIAN_NUMBER = re.compile(r"\b\d{1,3}\.\d{3}\b|\b\d+,\d+\b")


@dataclass
class Site:
    """Where Superset is, and how the official logs in."""

    url: str
    password: str


@dataclass
class Opened:
    """A dashboard in the browser, with everything it asked for."""

    page: Page
    hosts: set[str] = field(default_factory=set)
    refused: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def site(request: pytest.FixtureRequest) -> Site:
    if url := os.environ.get("SUPERSET_URL"):
        return Site(url.rstrip("/"), os.environ["SUPERSET_OFFICIALS_PASSWORD"])
    city = request.getfixturevalue("city")
    return Site(city.superset_url, city.officials_password)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    executable = os.environ.get("CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
    if not os.path.exists(executable):
        pytest.fail(f"No browser at {executable}: install the Debian package chromium, or set CHROMIUM to one.")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=executable, args=list(FLAGS))
        yield started
        started.close()


@pytest.fixture(scope="module")
def public(site: Site, browser: Browser) -> Iterator[Opened]:
    yield from opened(site, browser, "publik", login=False)


@pytest.fixture(scope="module")
def officials(site: Site, browser: Browser) -> Iterator[Opened]:
    yield from opened(site, browser, "pejabat", login=True)


@pytest.fixture(params=["public", "officials"])
def dashboard(request: pytest.FixtureRequest) -> tuple[Opened, dict[str, Any]]:
    slug = {"public": "publik", "officials": "pejabat"}[request.param]
    exported = yaml.safe_load((SUPERSET_EXPORTS / "dashboards" / f"{slug}.yaml").read_text("utf-8"))
    return request.getfixturevalue(request.param), exported


def opened(site: Site, browser: Browser, slug: str, *, login: bool) -> Iterator[Opened]:
    context = browser.new_context(viewport=VIEWPORT, locale="id-ID", timezone_id="Asia/Jakarta")  # type: ignore[arg-type]
    page = context.new_page()
    seen = Opened(page)
    page.on("request", lambda request: seen.hosts.add(urlsplit(request.url).hostname or ""))
    page.on("response", lambda answer: note_refusal(seen, answer.status, answer.url))
    page.on("pageerror", lambda error: seen.errors.append(str(error)))
    if login:
        log_in(page, site)
    page.goto(f"{site.url}/superset/dashboard/{slug}/")
    wait_until_drawn(page, slug)
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=f"{folder}/{slug}.png")
    yield seen
    context.close()


def note_refusal(seen: Opened, status: int, url: str) -> None:
    if status >= 400 and not url.endswith("/colors"):  # a page offers to remember its colours; viewers may not write
        seen.refused.append(f"{status} {url}")


def log_in(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/login/", wait_until="networkidle")  # the form is drawn by a script
    page.locator("#username").fill("pejabat")
    page.locator("#password").fill(site.password)
    unanswered: dict[str, str] = {}
    page.on("request", lambda request: unanswered.update({request.url: request.method}))
    page.on("requestfinished", lambda request: forget(unanswered, request.url))
    page.locator("#password").press("Enter")
    try:
        page.wait_for_url("**/superset/dashboard/pejabat/**", timeout=WAIT_S * 1000)
    except NotSeen:
        shown = " ".join(page.locator("body").inner_text().split())[:500]
        raise AssertionError(
            f"No dashboard after the login: {page.url} shows {shown!r}; unanswered: {unanswered}"
        ) from None


def forget(unanswered: dict[str, str], url: str) -> None:
    unanswered.pop(url, None)


def wait_until_drawn(page: Page, slug: str) -> None:
    """Wait until every chart of the export has left its loading state and shows something."""
    wanted = len(chart_titles(slug))
    boxes = page.locator(CHART_BOX)
    deadline = time.monotonic() + WAIT_S
    while time.monotonic() < deadline:
        loading = page.locator('[data-test="loading-indicator"]').count()
        if boxes.count() == wanted and not loading and all(is_drawn(box) for box in boxes.all()):
            page.wait_for_timeout(1500)  # the lines and bars grow
            return
        page.wait_for_timeout(300)
    empty = [box.inner_text().replace("\n", " ")[:200] for box in boxes.all() if not is_drawn(box)]
    raise AssertionError(f"{slug}: {boxes.count()} of {wanted} charts after {WAIT_S} s; without data: {empty}")


def is_drawn(box: Locator) -> bool:
    return box.locator("canvas, tbody tr, .header-line, .ant-alert-error").count() > 0


def chart_titles(slug: str) -> list[str]:
    exported = yaml.safe_load((SUPERSET_EXPORTS / "dashboards" / f"{slug}.yaml").read_text("utf-8"))
    boxes = [box for box in exported["position"].values() if isinstance(box, dict)]
    return [box["meta"]["sliceName"] for box in boxes if box["type"] == "CHART"]


def visible_text(page: Page) -> str:
    return page.locator("body").inner_text()


def test_every_chart_shows_data(dashboard: tuple[Opened, dict[str, Any]]) -> None:
    seen, exported = dashboard
    boxes = seen.page.locator(CHART_BOX)
    titles = chart_titles(exported["slug"])
    shown = {box.locator(".header-title").inner_text().strip() for box in boxes.all()}
    assert shown == set(titles)
    assert boxes.count() == len(titles)
    for box in boxes.all():
        title = box.locator(".header-title").inner_text()
        assert "Tidak ada data" not in box.inner_text(), title
        assert has_content(box), title


def has_content(box: Locator) -> bool:
    if box.locator("tbody tr").count():
        return len(box.locator("tbody tr").first.inner_text().strip()) > 0
    if box.locator(".header-line").count():
        return re.search(r"\d", box.locator(".header-line").inner_text()) is not None
    size = box.locator("canvas").first.bounding_box()
    return size is not None and size["width"] > 100 and size["height"] > 80


def test_no_error_is_shown(dashboard: tuple[Opened, dict[str, Any]]) -> None:
    seen, _ = dashboard
    assert seen.page.locator(".ant-alert-error, .error-boundary, [data-test='error-message']").count() == 0
    assert seen.refused == []
    assert seen.errors == []


def test_map_is_painted(dashboard: tuple[Opened, dict[str, Any]]) -> None:
    """A WebGL canvas cannot be asked for its text, so its picture must have more than one colour."""
    seen, _ = dashboard
    canvas = seen.page.locator(".deckgl-overlay, #deckgl-overlay, canvas[id*='deckgl']").first
    assert len(canvas.screenshot()) > 8_000


def test_texts_and_numbers_are_indonesian(dashboard: tuple[Opened, dict[str, Any]]) -> None:
    seen, exported = dashboard
    text = visible_text(seen.page)
    assert exported["dashboard_title"] in text
    assert ENGLISH.findall(text) == []
    assert ENGLISH_NUMBER.findall(text) == []
    assert INDONESIAN_NUMBER.search(text)


def test_labels_and_sources_are_visible(dashboard: tuple[Opened, dict[str, Any]]) -> None:
    seen, _ = dashboard
    for words in ("DATA SIMULASI", "Sementara, bukan hasil resmi", "BMKG", "Komisi Pemilihan Umum", "✔"):
        assert seen.page.get_by_text(words).first.is_visible(), words


def test_nothing_is_asked_of_other_hosts(dashboard: tuple[Opened, dict[str, Any]]) -> None:
    seen, _ = dashboard
    assert seen.hosts <= {"127.0.0.1", ""}


def test_the_public_is_sent_away_from_the_officials_dashboard(site: Site, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 1200, "height": 800})
    page = context.new_page()
    page.goto(f"{site.url}/superset/dashboard/pejabat/")
    page.locator("#username").wait_for(timeout=WAIT_S * 1000)
    assert "/login" in page.url
    assert "Pusat Kendali" not in page.locator(".dashboard, .dashboard-header").all_inner_texts()
    context.close()
