"""A question about a held batch links to what was found in it, where the pages have an address."""

from __future__ import annotations

import pytest
from command_center.operate.review import _docs
from command_center.settings import settings


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("", "perintah `docs`, lalu `data_docs/index.html#kiriman-7`"),
        ("https://dalam.uji/docs/", "](https://dalam.uji/docs/index.html#kiriman-7)"),
    ],
)
def test_a_question_tells_where_its_batch_stands(monkeypatch: pytest.MonkeyPatch, address: str, told: str) -> None:
    monkeypatch.setenv("CC_DATA_DOCS_URL", address)
    settings.cache_clear()
    assert told in _docs(7)
    settings.cache_clear()
