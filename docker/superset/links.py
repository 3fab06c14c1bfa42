"""What of a source's text is shown as markup: links into this city's own dashboards and to what was found in a batch, in the columns made for them, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

FINDINGS = "/hasil-pemeriksaan/"
# A further path, even %2e%2e, would lead out of the dashboards; and nothing here ends an attribute or begins a tag.
DASHBOARD = r"/superset/dashboard/[a-z0-9][a-z0-9-]*/(?:\?[A-Za-z0-9?=&_():,!.'%~-]*)?"
ADDRESS = rf"(?:{DASHBOARD}|{FINDINGS}#kiriman-[0-9]+)"
TEXT = r'(?:[^<>&"\\\x00-\x1f]|&(?= |amp;))+'
LINK = re.compile(rf'<a href="{ADDRESS}">({TEXT})</a>')
# In an answer as JSON: the whole value of a column whose name ends in _tautan, or the beginning of any tag. A key ends in a bare
# quotation mark and a colon, which no text in JSON can hold.
SHOWN = re.compile(rf'_tautan": "<a href=\\"{ADDRESS}\\">{TEXT}</a>"|<(?=[a-zA-Z/!?])')


def as_shown(answer: str) -> str:
    """An answer as JSON in which all tags but such links are text."""
    return SHOWN.sub(lambda found: "‹" if found[0] == "<" else found[0], answer)


def without_links(write: Callable[..., Any]) -> Callable[..., Any]:
    """A function that writes a table into a file, of which each link is its text alone."""

    def wrapped(table: Any, *args: Any, **kwargs: Any) -> Any:
        plain = table.copy()
        for name in plain.columns[plain.dtypes == object]:
            plain[name] = plain[name].map(text_of)
        return write(plain, *args, **kwargs)

    return wrapped


def text_of(value: Any) -> Any:
    found = LINK.fullmatch(value) if isinstance(value, str) else None
    return found[1].replace("&amp;", "&") if found else value
