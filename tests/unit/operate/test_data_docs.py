"""Pages of Great Expectations ask nobody: neither by what they hold nor by what the library may put in tomorrow."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from command_center.operate.data_docs import index_page, without_strangers

FETCHED = {
    "href": {"link"},
    "src": {"img", "script", "iframe", "source", "video"},
    "srcset": {"img"},
    "data": {"object"},
}
STRANGE = [
    '<img src="https://great-expectations-web-assets.s3.us-east-2.amazonaws.com/logo.png" alt="a">',
    "<IMG\n alt='a' SRC='HTTP://example.org/a.png'/>",
    "<img src=//example.org/a.png>",
    '<img srcset="https://example.org/a.png 2x">',
    '<link rel="stylesheet" href="https://example.org/a.css">',
    '<script src="https://example.org/a.js"></script>',
    "<script>fetch('https://example.org')</script>",
    '<iframe src="https://example.org"></iframe>',
]


class Asked(HTMLParser):
    """What a browser would fetch without being told to."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.addresses += [value or "" for name, value in attrs if tag in FETCHED.get(name, ())]


@pytest.mark.parametrize("strange", STRANGE)
def test_a_page_asks_no_other_host(strange: str) -> None:
    page = without_strangers(
        f'<!DOCTYPE html><html><head><title>a</title></head><body>{strange}<img src="data:,"><p>isi</p></body></html>'
    )
    asked = Asked()
    asked.feed(page)
    assert asked.addresses in ([], ["data:,"]) and "fetch(" not in page
    assert "<p>isi</p>" in page


def test_a_browser_is_told_to_ask_nobody_before_anything_else() -> None:
    for page in (without_strangers("<html><head><style></style></head></html>"), index_page([], Path())):
        head = page.split("<head>")[1]
        assert re.match(r"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; ", head)
