"""Files of editions: each once, named by the hash of its bytes, never written over, verified whenever it is read."""

from __future__ import annotations

import hashlib

from command_center.archive import place
from command_center.errors import IntegrityError
from command_center.settings import settings


def base_uri() -> str:
    """Where the files of new editions are kept, beside the answers of the sources."""
    return f"{settings().landing_url.rstrip('/')}/laporan"


def keep(base: str, content: bytes, ending: str) -> str:
    """Archive a file; its sha256. One that is there already is verified instead."""
    sha256 = hashlib.sha256(content).hexdigest()
    uri = file_uri(base, sha256, ending)
    if place.exists(uri):
        read(base, sha256, ending)
        return sha256
    with place.writing(uri) as file:
        file.write(content)
    return sha256


def read(base: str, sha256: str, ending: str) -> bytes:
    """The bytes that were archived. Raises IntegrityError when they are gone or are others."""
    uri = file_uri(base, sha256, ending)
    try:
        with place.reading(uri) as file:
            content = file.read()
    except FileNotFoundError:
        raise IntegrityError(f"The file {uri} of an edition is gone; restore it from the backup.") from None
    if hashlib.sha256(content).hexdigest() != sha256:
        raise IntegrityError(
            f"The file {uri} of an edition was changed after it was archived: it no longer has the sha256 of its name; "
            "restore it from the backup."
        )
    return content


def file_uri(base: str, sha256: str, ending: str) -> str:
    return f"{base}/{sha256[:2]}/{sha256}.{ending}"
