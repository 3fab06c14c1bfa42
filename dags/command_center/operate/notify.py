"""Alerts at other places than a mailbox: chat, SMS, anything that Apprise knows an address for."""

from __future__ import annotations

import logging
import re
from collections.abc import Collection

from command_center.settings import settings

log = logging.getLogger(__name__)


OF_SOME = re.compile(r"([a-z0-9_]+(?:,[a-z0-9_]+)*)=(?=[a-z][a-z0-9+.-]*://)")


def notify(agencies: Collection[str], title: str, text: str) -> int:
    """Tell each address of CC_APPRISE_URLS that is for one of these agencies; how many did not take it. Their names are secrets,
    so a number stands for each.
    """
    told = settings().cc_apprise_urls
    written = enumerate(told.get_secret_value().split() if told else [], 1)
    asked = dict.fromkeys((number, address) for number, one in written for address in addresses_of(one, agencies))
    refused = dict.fromkeys(number for number, address in asked if not _is_told(address, title, text))
    if refused:
        log.warning("Addresses %s of CC_APPRISE_URLS did not take an alert.", ", ".join(map(str, refused)))
    return len(refused)


def addresses_of(written: str, agencies: Collection[str]) -> list[str]:
    """What one entry means for these agencies: `damkar,bpbd=json://…` is for those only, `{opd}` stands for the agency, any other
    address is told of all.
    """
    if match := OF_SOME.match(written):
        if not {*match[1].split(",")}.intersection(agencies):
            return []
        written = written[match.end() :]
    return [written.replace("{opd}", opd) for opd in agencies] if "{opd}" in written else [written]


def _is_told(address: str, title: str, text: str) -> bool:
    import apprise

    # It logs addresses with what they hold.
    logging.getLogger("apprise").setLevel(logging.CRITICAL)
    service = apprise.Apprise()
    return bool(service.add(address) and service.notify(body=text, title=title))
