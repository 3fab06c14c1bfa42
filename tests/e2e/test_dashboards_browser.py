"""Every dashboard in a real browser, as the people see it who open it.

With SUPERSET_URL (and the password of each kind of viewer, ROLES) set, a Superset that already runs is looked at. SCREENSHOTS names a
folder for pictures of the first screens. With PAGES=all each role looks at every page that it may open, which takes a quarter of an hour.
"""

from __future__ import annotations

import contextlib
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
from axe_playwright_python.sync_playwright import Axe
from command_center.paths import SUPERSET_EXPORTS
from playwright.sync_api import Browser, Locator, Page, ViewportSize, sync_playwright
from playwright.sync_api import TimeoutError as NotSeen

from superset_exports.design.__main__ import designed
from superset_exports.design.assets import Chart, Dashboard

FLAGS = (
    "--no-sandbox",
    # Without a graphics card the processor draws pages by itself, which is cheap, and plays a card for maps only, which is not.
    "--use-angle=swiftshader-webgl",
    "--enable-unsafe-swiftshader",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
FIRST_SCREEN: ViewportSize = {"width": 1366, "height": 768}
LARGE_SCREEN: ViewportSize = {"width": 1920, "height": 1080}
WHOLE_PAGE: ViewportSize = {"width": 1366, "height": 4600}  # tall: Superset draws only what is in view
TELEPHONE: ViewportSize = {"width": 360, "height": 800}
WAIT_S = 90
CHART_BOX = ".dashboard-component-chart-holder:has(.chart-slice):visible"
TABS = ".dashboard-component-tabs [role=tab]"
DESIGNED = {dashboard.slug: dashboard for dashboard in designed()}
PUBLIC = tuple(slug for slug, dashboard in DESIGNED.items() if "publik" in dashboard.audience)
OFFICIALS = tuple(slug for slug in DESIGNED if slug not in PUBLIC)
# A picture that each role may open; the pages of camat and walidata are tables only, and they see the public's.
PICTURES = {
    "pejabat": ("pengaduan", "tren-kepatuhan-sla"),
    "opd": ("program-opd", "kurva-s-keuangan"),
    "insinyur": ("pengaduan", "tren-kepatuhan-sla"),
}
# What of the cards with key figures does not fit into their box
CUT_CARDS = """() => [...document.querySelectorAll('.chart-slice[data-test-chart-name^="Angka pokok"] td')].filter(cell => {
    const box = cell.closest('.dashboard-component-chart-holder').getBoundingClientRect(), place = cell.getBoundingClientRect();
    return place.height > 0 && (place.bottom > box.bottom || place.right > box.right);
}).map(cell => cell.innerText)"""
ENGLISH = re.compile(
    r"\b(January|February|May|June|July|August|October|December|Loading|Settings|Search|Sunday|Monday|No data|Error|"
    r"Unexpected|Login|rows|months?|weeks?)\b"
)
ENGLISH_NUMBER = re.compile(r"\b\d{1,3}(?:,\d{3})+\.\d+\b|\b\d{1,3}(?:,\d{3}){2,}\b|\b\d+(?:\.\d+)?[kM]\b")
INDONESIAN_NUMBER = re.compile(r"\b\d{1,3}\.\d{3}\b|\b\d+,\d+\b")


# Account of each kind of viewer -> where its password stands, and the page that it sees first.
ROLES = {
    "pejabat": ("SUPERSET_OFFICIALS_PASSWORD", "ringkasan"),
    "opd": ("SUPERSET_OPD_PASSWORD", "program-opd"),
    "camat": ("SUPERSET_CAMAT_PASSWORD", "wilayah"),
    "insinyur": ("SUPERSET_ENGINEER_PASSWORD", "mutu-data"),
    "walidata": ("SUPERSET_WALIDATA_PASSWORD", "kamus"),
}
OF_PAGE = {slug: account for account, (_, slug) in ROLES.items()}
# What an answer to each question has in it, whichever page gives it.
ANSWERS = {
    "Keadaan?": r"[●▲◆■–] ?\w",
    "Terhadap target?": r"target|tanpa target|Batas umur",
    "Berubah apa?": r"[▲▼] .+ dari |tetap dari |belum ada pembanding|Diubah",
    "Perlu tindakan apa, oleh siapa, sejak kapan?": r"sejak|Sejak|Tidak ada|Anjuran",
    "Seberapa baru?": r"Data sampai|Belum ada data",
}
REGISTRY = "kamus"  # tells what figures mean, and none
LONG = "publik-telepon"  # its cards stand below one another
KECAMATAN, NARROWED = "Pauh", "kesehatan"  # it did not report the last week


@dataclass
class Site:
    """Where Superset is, and how each kind of viewer logs in."""

    url: str
    passwords: dict[str, str] = field(repr=False)


@dataclass
class Opened:
    """A page in the browser, with everything it asked for."""

    page: Page
    hosts: set[str] = field(default_factory=set)
    addresses: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def site(request: pytest.FixtureRequest) -> Site:
    if url := os.environ.get("SUPERSET_URL"):
        return Site(url.rstrip("/"), {name: os.environ[variable] for name, (variable, _) in ROLES.items()})
    city = request.getfixturevalue("city")
    return Site(city.superset_url, {name: city.env[variable] for name, (variable, _) in ROLES.items()})


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
def public(browser: Browser) -> Iterator[Opened]:
    yield from opened(browser)


@dataclass
class Viewers:
    """Pages of people who have logged in; each does so once."""

    site: Site
    browser: Browser
    contexts: contextlib.ExitStack
    pages: dict[str, Opened] = field(default_factory=dict)

    def of(self, account: str) -> Opened:
        if account not in self.pages:
            seen = self.contexts.enter_context(contextlib.contextmanager(opened)(self.browser))
            log_in(seen.page, self.site.url, account, self.site.passwords[account])
            self.pages[account] = seen
        return self.pages[account]


@pytest.fixture(scope="module")
def viewers(site: Site, browser: Browser) -> Iterator[Viewers]:
    with contextlib.ExitStack() as contexts:
        yield Viewers(site, browser, contexts)


def opened(browser: Browser) -> Iterator[Opened]:
    # The check of accessibility is a script of its own, which the page's security policy would rightly refuse.
    context = browser.new_context(
        viewport=FIRST_SCREEN,
        locale="id-ID",
        timezone_id="Asia/Jakarta",
        bypass_csp=True,
    )
    page = context.new_page()
    seen = Opened(page)
    page.on("request", lambda request: seen.hosts.add(urlsplit(request.url).hostname or ""))
    page.on("request", lambda request: seen.addresses.append(urlsplit(request.url).path))
    page.on("response", lambda answer: note_refusal(seen, answer.status, answer.url))
    page.on("pageerror", lambda error: seen.errors.append(str(error)))
    page.on("console", lambda said: seen.errors.append(said.text) if said.type == "error" else None)
    yield seen
    context.close()


def chosen(kecamatan: str) -> str:
    """The end of an address that chooses a kecamatan, as links to a page do."""
    value = f"value:!('{kecamatan}')"
    state = f"label:'{kecamatan}',validateStatus:!f,{value}"
    narrowing = f"extraFormData:(filters:!((col:wilayah_nama,op:IN,val:!('{kecamatan}'))))"
    one = f"(__cache:({state}),{narrowing},filterState:({state}),id:NATIVE_FILTER-wilayah,ownState:())"
    return f"?native_filters=(NATIVE_FILTER-wilayah:{one})"


def note_refusal(seen: Opened, status: int, url: str) -> None:
    if status >= 400:
        seen.refused.append(f"{status} {url}")


def log_in(page: Page, url: str, name: str, password: str) -> None:
    page.goto(f"{url}/login/", wait_until="networkidle")  # the form is drawn by a script
    page.locator("#username").fill(name)
    page.locator("#password").fill(password)
    unanswered: dict[str, str] = {}
    page.on("request", lambda request: unanswered.update({request.url: request.method}))
    page.on("requestfinished", lambda request: forget(unanswered, request.url))
    page.locator("#password").press("Enter")
    try:
        page.wait_for_url("**/superset/dashboard/**", timeout=WAIT_S * 1000)
    except NotSeen:
        shown = " ".join(page.locator("body").inner_text().split())[:500]
        raise AssertionError(
            f"No dashboard after the login: {page.url} shows {shown!r}; unanswered: {unanswered}"
        ) from None


def forget(unanswered: dict[str, str], url: str) -> None:
    unanswered.pop(url, None)


def open_dashboard(seen: Opened, site: Site, slug: str, query: str = "") -> None:
    seen.hosts.clear()
    seen.addresses.clear()
    seen.refused.clear()
    seen.errors.clear()
    seen.page.set_viewport_size(FIRST_SCREEN)
    seen.page.goto(f"{site.url}/superset/dashboard/{slug}/{query}")
    seen.page.locator(CHART_BOX).first.wait_for(timeout=WAIT_S * 1000)
    settle(seen.page)


def settle(page: Page) -> None:
    """Wait until nothing loads any more."""
    deadline = time.monotonic() + WAIT_S
    quiet = 0
    while time.monotonic() < deadline and quiet < 4:
        quiet = 0 if page.locator('[data-test="loading-indicator"]:visible').count() else quiet + 1
        page.wait_for_timeout(100)


def box_of(page: Page, chart: Chart) -> Locator:
    slice_of = page.locator(f'.chart-slice[data-test-chart-name="{chart.title}"]:visible')
    return page.locator(CHART_BOX).filter(has=slice_of).first


def is_drawn(box: Locator) -> bool:
    return box.locator("canvas, tbody tr").count() > 0


def has_content(box: Locator) -> bool:
    if box.locator("tbody tr").count():
        return len(box.locator("tbody tr").first.inner_text().strip()) > 0
    size = box.locator("canvas").first.bounding_box()
    return size is not None and size["width"] > 100 and size["height"] > 80


def charts_in(dashboard: Dashboard, rows: Any) -> list[Chart]:
    part = type(dashboard)(dashboard.slug, "", "", rows)
    return list(part.charts.values())


def check_charts(page: Page, charts: list[Chart]) -> None:
    """Each of them shows data, or may have none."""
    for chart in charts:
        box = box_of(page, chart)
        deadline = time.monotonic() + WAIT_S
        while not is_drawn(box) and not chart.params.get("may_be_empty") and time.monotonic() < deadline:
            page.wait_for_timeout(100)
        assert box.locator(".ant-alert-error").count() == 0, chart.title
        assert has_content(box) if is_drawn(box) else chart.params.get("may_be_empty"), chart.title


def check_answers(page: Page, dashboard: Dashboard) -> None:
    """Each question has its answer on the first screen, in words."""
    for question, name in dashboard.answers.items():
        box = box_of(page, dashboard.charts[f"{dashboard.slug}-{name}"])
        place = box.bounding_box()
        assert place is not None, question
        is_seen = place["y"] + place["height"] <= FIRST_SCREEN["height"]
        assert is_seen or dashboard.slug == LONG, (question, place)
        text = box.inner_text()
        assert dashboard.slug == REGISTRY or re.search(ANSWERS[question], text), (question, text)


def grave_violations(page: Page) -> list[tuple[str, str]]:
    violations = Axe().run(page).response["violations"]
    return [
        (one["id"], one["nodes"][0]["html"][:200]) for one in violations if one["impact"] in ("serious", "critical")
    ]


def check_page(seen: Opened, site: Site, slug: str) -> None:
    """First screen, every tab, words, hosts, errors and accessibility of one dashboard."""
    dashboard, page = DESIGNED[slug], seen.page
    open_dashboard(seen, site, slug)
    check_answers(page, dashboard)
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=f"{folder}/{slug}.png")
    assert grave_violations(page) == []
    for screen in (FIRST_SCREEN, LARGE_SCREEN):
        page.set_viewport_size(screen)
        settle(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= screen["width"], screen
        assert page.evaluate(CUT_CARDS) == [], screen
    page.set_viewport_size(WHOLE_PAGE)
    check_charts(page, charts_in(dashboard, dashboard.rows))
    text = page.locator("body").inner_text()
    for number, tab in enumerate(dashboard.tabs):
        page.locator(TABS).nth(number).click()
        settle(page)
        check_charts(page, charts_in(dashboard, tab.rows))
        text += page.locator("body").inner_text()
    assert page.locator(".ant-alert-error, .error-boundary, [data-test='error-message']").count() == 0
    assert ENGLISH.findall(text) == []
    assert ENGLISH_NUMBER.findall(text) == []
    assert INDONESIAN_NUMBER.search(text)
    assert (seen.refused, seen.errors) == ([], [])
    assert seen.hosts <= {"127.0.0.1", ""}


@pytest.mark.parametrize("slug", OFFICIALS)
def test_officials_see_every_chart_and_the_five_answers_on_the_first_screen(
    viewers: Viewers, site: Site, slug: str
) -> None:
    """Each page as the role sees it whose first page it is, the others as the mayor."""
    check_page(viewers.of(OF_PAGE.get(slug, "pejabat")), site, slug)


@pytest.mark.parametrize("account", ROLES)
def test_each_role_reads_the_rows_of_a_picture(viewers: Viewers, site: Site, account: str) -> None:
    if os.environ.get("PAGES") == "all":
        for slug in pages_of(viewers.of(account), site):
            check_page(viewers.of(account), site, slug)
    check_rows_of_picture(viewers.of(account), site, account)


def pages_of(seen: Opened, site: Site) -> list[str]:
    """All that Superset lists for whoever is logged in."""
    listed = seen.page.request.get(f"{site.url}/api/v1/dashboard/?q=(page_size:100,columns:!(slug))").json()["result"]
    assert listed
    return sorted(one["slug"] for one in listed)


def test_the_public_reads_the_rows_of_a_picture(public: Opened, site: Site) -> None:
    check_rows_of_picture(public, site, "publik")


def check_rows_of_picture(seen: Opened, site: Site, account: str) -> None:
    """What is said to screen readers of each picture: its table is in the menu."""
    slug, name = PICTURES.get(account, ("publik", "damkar-per-bulan"))
    open_dashboard(seen, site, slug)
    if slug == "publik":
        seen.page.locator(TABS).filter(has_text="Kebakaran").click()
        settle(seen.page)
    seen.page.set_viewport_size(WHOLE_PAGE)
    box = box_of(seen.page, DESIGNED[slug].charts[f"{slug}-{name}"])
    assert "Tabelnya ada pada menu grafik ini" in (box.locator("canvas").first.get_attribute("aria-label") or "")
    box.locator('[id$="-controls"]').first.click()
    seen.page.get_by_text("Lihat sebagai tabel").click()
    dialogue = seen.page.get_by_role("dialog")
    dialogue.locator("tbody tr, [role=row]").nth(1).wait_for(timeout=WAIT_S * 1000)
    assert seen.refused == []


def test_a_link_chooses_a_kecamatan_and_the_page_is_not_emptied(viewers: Viewers, site: Site) -> None:
    """As the mayor's links choose it; test_raw_agrees.py asks for the charts of every page so."""
    dashboard, mayor = DESIGNED[NARROWED], viewers.of("pejabat")
    open_dashboard(mayor, site, dashboard.slug, chosen(KECAMATAN))
    shown = mayor.page.locator(".filter-item-wrapper, [data-test='filter-bar']").first.inner_text()
    assert KECAMATAN in shown
    mayor.page.set_viewport_size(WHOLE_PAGE)
    check_charts(mayor.page, charts_in(dashboard, dashboard.rows))
    for number, tab in enumerate(dashboard.tabs):
        mayor.page.locator(TABS).nth(number).click()
        settle(mayor.page)
        check_charts(mayor.page, charts_in(dashboard, tab.rows))
    assert (mayor.refused, mayor.errors) == ([], [])


@pytest.mark.parametrize("slug", PUBLIC)
def test_the_public_sees_every_chart(public: Opened, site: Site, slug: str) -> None:
    check_page(public, site, slug)


def test_the_first_page_of_the_public_says_what_is_not_real_and_from_whom(public: Opened, site: Site) -> None:
    open_dashboard(public, site, "publik")
    page = public.page
    page.set_viewport_size(WHOLE_PAGE)
    page.locator(TABS).filter(has_text="Kebakaran").click()
    settle(page)
    canvas = page.locator(".deckgl-overlay, #deckgl-overlay, canvas[id*='deckgl']").first
    canvas.wait_for(timeout=WAIT_S * 1000)
    page.wait_for_timeout(1500)
    assert (
        len(canvas.screenshot()) > 8_000
    )  # a WebGL canvas cannot be asked for its text; its picture has more than one colour
    assert page.get_by_text("DATA SIMULASI").first.is_visible()
    title = box_of(page, DESIGNED["publik"].charts["publik-damkar-per-bulan"]).locator(".header-title")
    title.and_(page.locator("[data-asal='DATA SIMULASI']")).wait_for(timeout=WAIT_S * 1000)
    link = page.get_by_role("link", name="Unduh sebagai data terbuka").get_attribute("href")
    assert link and page.request.get(f"{site.url}{link}").ok
    for tab, words in (("gempa", "BMKG"), ("Pilkada", "Sementara, bukan hasil resmi"), ("Tentang data", "✔")):
        page.locator(TABS).filter(has_text=tab).click()
        page.get_by_text(words).first.wait_for(timeout=WAIT_S * 1000)


def test_what_a_page_will_ask_is_asked_ahead_of_its_scripts_and_once(public: Opened, site: Site) -> None:
    open_dashboard(public, site, "publik")
    ahead = [f"/api/v1/dashboard/publik/{part}" for part in ("charts", "datasets")]
    assert [address for address in public.addresses if address in ahead] == ahead
    texts = public.addresses.index("/superset/language_pack/id/")  # the first thing that scripts ask for
    assert all(public.addresses.index(address) < texts for address in ahead)


def test_a_telephone_need_not_scroll_sideways(public: Opened, site: Site) -> None:
    page = public.page
    page.set_viewport_size(TELEPHONE)
    page.goto(f"{site.url}/superset/dashboard/publik-telepon/")
    page.locator(CHART_BOX).first.wait_for(timeout=WAIT_S * 1000)
    settle(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= TELEPHONE["width"]
    assert grave_violations(page) == []
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=f"{folder}/publik-telepon-360.png")


def test_a_screen_that_nobody_touches_turns_its_tabs_over(public: Opened, site: Site) -> None:
    page = public.page
    page.set_viewport_size(FIRST_SCREEN)
    sizes = []
    for query in ("?standalone=1", "?standalone=1&putar=5"):
        page.goto(f"{site.url}/superset/dashboard/publik/{query}")
        title = box_of(page, DESIGNED["publik"].charts["publik-peringatan"]).locator(".header-title")
        title.wait_for(timeout=WAIT_S * 1000)
        page.wait_for_timeout(1000)
        sizes.append(float(title.evaluate("one => parseFloat(getComputedStyle(one).fontSize)")))
    assert sizes[1] >= 1.5 * sizes[0], "it is read from across a room"
    page.locator(TABS).nth(1).and_(page.locator('[aria-selected="true"]')).wait_for(timeout=WAIT_S * 1000)


def test_a_camat_begins_with_the_own_kecamatan_and_sees_no_other(viewers: Viewers, site: Site) -> None:
    camat = viewers.of("camat")
    open_dashboard(camat, site, "wilayah")
    chosen = camat.page.locator(".filter-item-wrapper, [data-test='filter-bar']").first.inner_text()
    names = yaml.safe_load((SUPERSET_EXPORTS / "access.yaml").read_text("utf-8"))["kecamatan"]
    assert [name for name in names.values() if name in chosen] == [names["13.71.01"]]
    assert camat.refused == []


def test_the_public_is_sent_away_from_the_officials_dashboard(site: Site, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 1200, "height": 800})
    page = context.new_page()
    page.goto(f"{site.url}/superset/dashboard/ringkasan/")
    page.locator("#username").wait_for(timeout=WAIT_S * 1000)
    assert "/login" in page.url
    assert "Ringkasan" not in page.locator(".dashboard, .dashboard-header").all_inner_texts()
    context.close()
