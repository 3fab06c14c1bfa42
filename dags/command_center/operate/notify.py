"""Alerts at other places than a mailbox: chat, SMS, anything that Apprise knows an address for."""

from __future__ import annotations

import logging

from command_center.settings import settings

log = logging.getLogger(__name__)


def notify(title: str, text: str) -> int:
    """Tell every address of CC_APPRISE_URLS; how many did not take it. Their names are secrets, so a number stands for each."""
    told = settings().cc_apprise_urls
    addresses = told.get_secret_value().split() if told else []
    if not addresses:
        return 0
    refused = [number for number, address in enumerate(addresses, 1) if not _is_told(address, title, text)]
    if refused:
        log.warning("Addresses %s of CC_APPRISE_URLS did not take an alert.", ", ".join(map(str, refused)))
    return len(refused)


def _is_told(address: str, title: str, text: str) -> bool:
    import apprise

    # It logs addresses with what they hold.
    logging.getLogger("apprise").setLevel(logging.CRITICAL)
    service = apprise.Apprise()
    return bool(service.add(address) and service.notify(body=text, title=title))
