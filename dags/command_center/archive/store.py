"""The archive: exact bytes of every answer, content-addressed, compressed and sealed, for anybody may have written anything."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Protocol, cast

import zstandard
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from command_center.archive import place
from command_center.archive.sealed import Decrypted, Encrypted, unwrap, wrap
from command_center.errors import IntegrityError
from command_center.settings import settings

CHUNK = 1 << 20


class Archived(Protocol):
    """What must be known of an object to read it back; the ledger's rows are such."""

    @property
    def source(self) -> str: ...
    @property
    def part(self) -> str: ...
    @property
    def sha256(self) -> str: ...
    @property
    def uri(self) -> str: ...
    @property
    def wrapped_key(self) -> str | None: ...


def stream(landed: Archived) -> Iterator[bytes]:
    """The archived bytes in chunks; raises IntegrityError at the end when they are not the bytes that arrived."""
    digest = hashlib.sha256()
    try:
        with place.reading(landed.uri) as file:
            plain = (
                cast("IO[bytes]", Decrypted(file, unwrap(landed.wrapped_key, landed.sha256)))
                if landed.wrapped_key
                else file
            )
            reader = zstandard.ZstdDecompressor().stream_reader(plain)
            while chunk := reader.read(CHUNK):
                digest.update(chunk)
                yield chunk
    except FileNotFoundError:
        raise IntegrityError(
            f"{_name(landed)} is gone from the archive; restore {landed.uri} from the backup."
        ) from None
    except (zstandard.ZstdError, InvalidTag, struct.error):
        raise _changed(landed) from None
    if digest.hexdigest() != landed.sha256:
        raise _changed(landed)


def read(landed: Archived) -> bytes:
    """All archived bytes, verified. Raises IntegrityError."""
    return b"".join(stream(landed))


def _name(landed: Archived) -> str:
    return f"The archived answer {landed.sha256[:12]} of {landed.source}, part {landed.part!r},"


def _changed(landed: Archived) -> IntegrityError:
    return IntegrityError(
        f"{_name(landed)} was changed after it was archived: {landed.uri} no longer has sha256 {landed.sha256}; "
        "restore it from the backup."
    )


def is_there(uri: str) -> bool:
    """Whether the archive still has an object."""
    return place.exists(uri)


def object_uri(source: str, sha256: str) -> str:
    return f"{settings().landing_url.rstrip('/')}/{source}/{sha256[:2]}/{sha256}.zst.enc"


def remove(uri: str) -> None:
    """Take an object out of the archive, if it is there."""
    place.remove(uri)


def write_object(uri: str, path: Path, sha256: str) -> str:
    """Archive a file's bytes, sealed; the object's own key, wrapped by the master key."""
    key = AESGCM.generate_key(256)
    with place.writing(uri) as file, path.open("rb") as content:
        sink = Encrypted(file, key)
        packer = zstandard.ZstdCompressor(level=1, threads=-1)
        packer.copy_stream(content, cast("IO[bytes]", sink), size=path.stat().st_size)
        sink.finish()
    return wrap(key, sha256)
