"""The catalogue in a real browser, on a screen and on a telephone: judged by axe, nothing asked for, searched."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from command_center.catalogue.site import write_site
from playwright.sync_api import Browser, Page, sync_playwright

from tests.support.catalogue import WITH

FLAGS = ("--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking")
PLACES = (
    "index.html",
    "sumber/damkar_kejadian.html",
    "indikator/persen_tanggap_15mnt.html",
    "data/mart.indikator.html",
    "tangga.html",
    "metadata.html",
)
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "best-practice"]}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("katalog") / "catalogue"
    write_site(WITH, folder)
    return folder


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=list(FLAGS))
        yield opened
        opened.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    opened = browser.new_page()
    yield opened
    opened.close()


def violations(page: Page) -> list[str]:
    return [one["id"] for one in Axe().run(page, options=RULES).response["violations"]]


@pytest.mark.parametrize("width", [1366, 360])
def test_every_kind_of_page_is_shown_whole(page: Page, site: Path, width: int) -> None:
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.set_viewport_size({"width": width, "height": 900})
    for place in PLACES:
        page.goto((site / place).as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= width, place
        assert violations(page) == [], place
    assert said == [] and asked == [(site / place).as_uri() for place in PLACES]


def test_a_search_leaves_what_has_every_word(page: Page, site: Path) -> None:
    page.goto((site / "index.html").as_uri())
    page.get_by_label("Cari").fill("tiba_di_lokasi damkar")
    assert page.locator(".entries li:visible a").all_text_contents() == ["Kejadian kebakaran dan penyelamatan"]
    assert page.get_by_role("status").text_content() == "1 ditemukan"
    page.get_by_label("Cari").fill("tidakadasamasekali")
    assert page.locator("h2:visible").count() == 0
    page.get_by_label("Cari").fill("")
    assert page.locator(".entries li:visible").count() == len(WITH.sources) + 4
