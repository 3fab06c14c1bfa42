"""The page for telephones in a real browser at 360 px: judged by axe, nothing asked for, nothing beside the screen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
from axe_playwright_python.sync_playwright import Axe
from command_center.report.document import Cell, Column, Kind, Section, Table
from command_center.report.page import build_page
from playwright.sync_api import Browser, Page, sync_playwright

from tests.support.report_document import sample

FLAGS = (
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
WIDTHS = "() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]"
CUT = """() => [...document.querySelectorAll('h1, h2, h3, p, dd, li, figcaption, summary')].filter(one => {
    const place = one.getBoundingClientRect(); return place.width > 0 && !one.closest('.scroll') && (place.right > innerWidth + 1 || place.left < -1);
}).map(one => one.textContent)"""
WIDE = Table(
    "Tabel lebar",
    tuple(Column(f"Kolom yang panjang {place}") for place in range(14)),
    (tuple(Cell("1.234.567,89") for _ in range(14)),),
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=list(FLAGS))
        yield opened
        opened.close()


def show(browser: Browser, html: str, folder: Path) -> tuple[Page, list[str]]:
    file = folder / "laporan.html"
    file.write_text(html, encoding="utf-8")
    page = browser.new_page(viewport={"width": 360, "height": 800})
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(file.as_uri())
    return page, [address for address in asked if address != file.as_uri()]


def violations(page: Page) -> list[str]:
    options = {"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "best-practice"]}
    return [one["id"] for one in Axe().run(page, options=options).response["violations"]]


@pytest.mark.parametrize("kind", get_args(Kind))
def test_a_telephone_shows_it_whole(kind: Kind, browser: Browser, tmp_path: Path) -> None:
    document = sample(kind)
    extra = Section("", "Tabel yang lebar", (WIDE,))
    page, asked = show(browser, build_page(sample(kind, sections=(*document.sections, extra))), tmp_path)
    assert asked == []
    wide, screen = page.evaluate(WIDTHS)
    assert wide <= screen == 360
    assert page.evaluate(CUT) == []
    for details in page.locator("details").all():
        details.locator("summary").click()
    assert violations(page) == []
    page.close()


def test_axe_finds_what_is_spoiled(browser: Browser, tmp_path: Path) -> None:
    html = (
        build_page(sample("mingguan"))
        .replace('<html lang="id">', "<html>")
        .replace('role="img" aria-label', 'role="img" data-label')
    )
    page, _ = show(browser, html.replace("</main>", '<img src="data:,"></main>'), tmp_path)
    assert {"html-has-lang", "image-alt", "role-img-alt"} <= set(violations(page))
    page.close()


def test_a_page_that_asks_is_noticed(browser: Browser, tmp_path: Path) -> None:
    html = build_page(sample("mingguan")).replace("default-src 'none'", "default-src *")
    _, asked = show(browser, html.replace("</main>", '<img alt="" src="http://127.0.0.1:9/x.png"></main>'), tmp_path)
    assert asked == ["http://127.0.0.1:9/x.png"]
