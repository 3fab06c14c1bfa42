"""An answer goes into the archive, and its row into the ledger."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from command_center.archive.redact import redact
from command_center.archive.store import CHUNK, is_there, object_uri, write_object
from command_center.database import Connection
from command_center.declaration.source import Source
from command_center.extract.asking import Fetched, Window
from command_center.ledger import erasure, landing, trail
from command_center.ledger.landing import Landed
from command_center.personal_key import Redactor

LONGEST_WITH_SECRETS_DAYS = 30


def land(connection: Connection, source: Source, fetched: Fetched, window: Window) -> Landed:
    """Archive an answer unless these bytes are archived already; commits.

    The object is complete before its row exists, so a killed process leaves at most an object that nothing names.
    """
    return keep(connection, source.source, fetched, window, kept_days(source))


def keep(connection: Connection, name: str, fetched: Fetched, window: Window, days: int) -> Landed:
    """The same under the name of a source that need not be declared, for so many days."""
    fetched, closed = _without_the_erased(connection, fetched)
    known = landing.find(connection, name, fetched)
    if known is not None and is_there(known.uri):
        landed = landing.note_seen_again(connection, known, fetched)
        connection.commit()
        return landed
    uri = object_uri(name, fetched.sha256)
    wrapped_key = _wrapped_key(connection, uri, fetched)
    landed = landing.record(
        connection,
        name,
        fetched,
        window,
        uri=uri,
        wrapped_key=wrapped_key,
        expires_at=fetched.fetched_at + timedelta(days=days),
    )
    if closed:  # in which a person who was erased may stand unseen
        trail.record(connection, "penghapusan", f"{name}, {fetched.sha256}", None, {"tidak_diperiksa": closed})
    connection.commit()
    return landed


def _without_the_erased(connection: Connection, fetched: Fetched) -> tuple[Fetched, list[str]]:
    """The answer as it is kept: who was erased does not come back, though the source still has them. And why archives within
    it were not looked through.
    """
    stones = erasure.tombstones(connection)
    if not stones:
        return fetched, []
    closed: list[str] = []
    cleaned = fetched.path.with_name(f"{fetched.path.name}.bersih")
    with fetched.path.open("rb") as file:
        sha256 = redact(iter(lambda: file.read(CHUNK), b""), Redactor(stones), cleaned, closed.append)
    cleaned.replace(fetched.path)
    return replace(fetched, sha256=sha256, byte_size=fetched.path.stat().st_size), closed


def _wrapped_key(connection: Connection, uri: str, fetched: Fetched) -> str:
    """Of the object, which is written unless another part gave the same bytes: each object has one key."""
    known = landing.key_of_object(connection, uri) if is_there(uri) else None
    return known or write_object(uri, fetched.path, fetched.sha256)


def kept_days(source: Source) -> int:
    """How long an answer stays in the archive; one with rahasia values a month at most."""
    days = source.retention.landing_days
    return min(days, LONGEST_WITH_SECRETS_DAYS) if source.has_secrets else days


def last_seen(connection: Connection, source: Source, part: str) -> Landed | None:
    """The archived answer that a part gave last, if its object still exists."""
    landed = landing.last_seen(connection, source.source, part)
    return landed if landed is not None and is_there(landed.uri) else None
