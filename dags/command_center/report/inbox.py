"""The mailbox that answers to reports go to: over IMAP, or a folder of .eml files where the demo city keeps them.

Nothing is changed there: what was taken in is known by its Message-ID, so a person who opens a mail first hides none.
"""

from __future__ import annotations

import imaplib
import re
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from email.utils import getaddresses
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import unquote, urlsplit

from command_center.errors import SettingsError, SourceUnavailable
from command_center.settings import settings

DAYS_BACK = 400
MOST_BYTES = 6_000_000  # a rejection sheet has up to 5 MB as a mail
HEAD_BYTES = 64_000
TIMEOUT_S = 60.0


@dataclass(frozen=True)
class Received:
    """A mail as it came, at most its first bytes."""

    content: bytes
    is_cut: bool


Take = Callable[[Received], None]
IsKnown = Callable[[str], bool]


def read_inbox(take: Take, is_known: IsKnown) -> None:
    """Give every mail of which the Message-ID is not known, and every one that has none."""
    url = settings().cc_inbox_url
    scheme = urlsplit(url).scheme
    if not url:
        return
    if scheme == "file":
        _read_folder(Path(unquote(urlsplit(url).path)), take, is_known)
    elif scheme in ("imap", "imaps"):
        _read_imap(url, take, is_known)
    else:
        raise SettingsError(f"CC_INBOX_URL begins with {scheme!r}; it may begin with imaps, imap or file.")


def is_for_us(header: bytes) -> bool:
    """Whether a mail is addressed to where answers go."""
    mail = message_from_bytes(header, policy=default)
    told = [str(value) for name in ("To", "Cc", "Delivered-To", "X-Original-To") for value in mail.get_all(name, [])]
    return any(
        _without_ref(address) == _without_ref(settings().cc_mail_corrections) for _, address in getaddresses(told)
    )


def _without_ref(address: str) -> str:
    local, _, domain = address.rpartition("@")
    return f"{local.partition('+')[0]}@{domain}".lower()


def is_new(header: bytes, is_known: IsKnown) -> bool:
    found = message_id(header)
    return found is None or not is_known(found)


def message_id(header: bytes) -> str | None:
    """The Message-ID as the ledger knows it; None where there is none."""
    found = re.search(rb"^message-id:\s*(<[^<>\s]+>)", header, re.IGNORECASE | re.MULTILINE)
    return found[1].decode("utf-8", errors="replace") if found else None


def _read_folder(folder: Path, take: Take, is_known: IsKnown) -> None:
    for path in sorted(folder.glob("*.eml")):
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
            if is_for_us(head) and is_new(head, is_known):
                rest = file.read(MOST_BYTES + 1 - len(head))
                take(Received((head + rest)[:MOST_BYTES], len(head + rest) > MOST_BYTES))


def _read_imap(url: str, take: Take, is_known: IsKnown) -> None:
    try:
        with _open_imap(url) as imap:
            for uid in _recent(imap):
                if is_new(_fetch(imap, uid, "BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)]"), is_known):
                    content = _fetch(imap, uid, f"BODY.PEEK[]<0.{MOST_BYTES + 1}>")
                    take(Received(content[:MOST_BYTES], len(content) > MOST_BYTES))
    except (imaplib.IMAP4.error, OSError) as error:
        raise SourceUnavailable(
            f"The mailbox {urlsplit(url).hostname} for answers to reports could not be read: {' '.join(str(error).split())}; "
            "look at CC_INBOX_URL, CC_INBOX_USER and CC_INBOX_PASSWORD."
        ) from None


@contextmanager
def _open_imap(url: str) -> Iterator[imaplib.IMAP4]:
    parts = urlsplit(url)
    host, folder = parts.hostname or "", unquote(parts.path.strip("/")) or "INBOX"
    imap = _encrypted(host, parts.port, is_tls=parts.scheme == "imaps")
    try:
        imap.login(settings().cc_inbox_user, settings().secret("cc_inbox_password"))
        _answer(imap.select(f'"{folder}"', readonly=True), f"open {folder}")
        yield imap
    finally:
        with suppress(imaplib.IMAP4.error, OSError):
            imap.logout()


def _encrypted(host: str, port: int | None, *, is_tls: bool) -> imaplib.IMAP4:
    """A connection to a server that proves its name; in the clear only within this machine."""
    if is_tls:
        context = ssl.create_default_context()
        return imaplib.IMAP4_SSL(host, port or 993, ssl_context=context, timeout=TIMEOUT_S)
    imap = imaplib.IMAP4(host, port or 143, timeout=TIMEOUT_S)
    if not _is_loopback(host):
        imap.starttls(ssl.create_default_context())
    return imap


def _is_loopback(host: str) -> bool:
    with suppress(ValueError):
        return ip_address(host).is_loopback
    return False


def _recent(imap: imaplib.IMAP4) -> list[str]:
    since = (datetime.now(UTC) - timedelta(days=DAYS_BACK)).strftime("%d-%b-%Y")
    found = _answer(imap.uid("SEARCH", "SINCE", since), "search")
    return [uid.decode() for line in found if isinstance(line, bytes) for uid in line.split()]


def _fetch(imap: imaplib.IMAP4, uid: str, what: str) -> bytes:
    """A part of a mail, without marking it as read."""
    answer = _answer(imap.uid("FETCH", uid, f"({what})"), "fetch a mail")
    return next((part[1] for part in answer if isinstance(part, tuple)), b"")


def _answer(told: tuple[str, list[object]] | tuple[str, object], what: str) -> list[bytes | tuple[bytes, bytes] | None]:
    status, data = told
    if status != "OK" or not isinstance(data, list):
        raise imaplib.IMAP4.error(f"the server did not {what}: {status} {data}")
    return data
