"""An alert goes to the addresses of its agency, and to nobody else's."""

from __future__ import annotations

import pytest
from command_center.operate import notify
from command_center.settings import settings

ALL, DAMKAR, EACH = "json://semua/?a=b", "damkar,bpbd=tgram://sandi/1", "json://obrolan/{opd}"


@pytest.mark.parametrize(
    ("agencies", "told"),
    [
        (["damkar"], [ALL, "tgram://sandi/1", "json://obrolan/damkar"]),
        (["dinkes"], [ALL, "json://obrolan/dinkes"]),
        (["dinkes", "bpbd"], [ALL, "tgram://sandi/1", "json://obrolan/dinkes", "json://obrolan/bpbd"]),
    ],
)
def test_each_agency_hears_of_its_own(monkeypatch: pytest.MonkeyPatch, agencies: list[str], told: list[str]) -> None:
    heard: list[str] = []

    def is_told(address: str, title: str, text: str) -> bool:
        heard.append(address)
        return address != ALL

    monkeypatch.setattr(notify, "_is_told", is_told)
    monkeypatch.setenv("CC_APPRISE_URLS", f"{ALL} {DAMKAR} {EACH}")
    settings.cache_clear()
    assert notify.notify(agencies, "judul", "isi") == 1
    settings.cache_clear()
    assert heard == told
