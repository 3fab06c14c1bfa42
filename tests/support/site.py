"""A folder of pages as a reader's browser would follow them."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit


@dataclass
class Read(HTMLParser):
    """What one page names: addresses, its own ids, its language, and headings in their order."""

    addresses: list[str] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    headings: list[int] = field(default_factory=list)
    language: str | None = None

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        self.addresses += [value for name in ("href", "src", "action") if (value := told.get(name))]
        self.ids += [value for value in (told.get("id"),) if value]
        if tag == "html":
            self.language = told.get("lang")
        if tag in ("h1", "h2", "h3", "h4"):
            self.headings.append(int(tag[1]))


def read(page: Path) -> Read:
    found = Read()
    found.feed(page.read_text(encoding="utf-8"))
    return found


def broken(folder: Path) -> list[str]:
    """Each address of a page that leads nowhere, or out of the folder."""
    pages = {page.resolve(): read(page) for page in folder.rglob("*.html")}
    problems = []
    for page, found in pages.items():
        for address in found.addresses:
            parts = urlsplit(address)
            target = (page.parent / unquote(parts.path)).resolve() if parts.path else page
            if parts.scheme or parts.netloc or not target.is_relative_to(folder.resolve()):
                problems.append(f"{page.name}: {address} leads out")
            elif not target.is_file() or (parts.fragment and parts.fragment not in pages[target].ids):
                problems.append(f"{page.name}: {address} leads nowhere")
    return problems
