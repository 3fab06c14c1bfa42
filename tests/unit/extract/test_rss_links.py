"""Links of a feed: only below the source's own address, and what they say is no line of our log."""

from __future__ import annotations

import pytest
from command_center.extract.rss import _climbs


@pytest.mark.parametrize(
    "path",
    [
        "/alerts/../secret.xml",
        "/alerts/%2e%2e/secret.xml",
        "/alerts/%2E./secret.xml",
        "/alerts/..%2fsecret.xml",
        "/alerts/%252e%252e/secret.xml",
        "/alerts/..%5csecret.xml",
        "/alerts/a%0aERROR.xml",
        "/..",
    ],
)
def test_a_path_that_climbs_is_seen_however_it_is_written(path: str) -> None:
    assert _climbs(path)


@pytest.mark.parametrize("path", ["/alerts/CBT..20251114.xml", "/a/%2E%2Ea.xml", "/", "/a/...", "/100%/a.xml"])
def test_dots_in_a_name_are_no_climbing(path: str) -> None:
    assert not _climbs(path)
