"""How much a zip archive may hold before nobody opens it, and its files within that bound."""

from __future__ import annotations

import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from io import BytesIO

from command_center.settings import settings

CHUNK = 1 << 20
MAX_ENTRIES = 10_000
MAX_RATIO = 200
SMALL = 10 << 20  # below this a high ratio harms nobody
DEEPEST = 4  # archives within archives: a workbook in a month's archive in a year's
ENCRYPTED = 1
# What zipfile raises of a file that is none, is cut off, encrypted, packed in a way it does not know, or lies.
ERRORS = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error),
    *(EOFError, RuntimeError, UnicodeError, ValueError, OSError),
)


class NotOpenedError(Exception):
    """Why an archive stays closed."""


def too_large(entries: Sequence[zipfile.ZipInfo]) -> str | None:
    """Why an archive is not unpacked, by its directory alone."""
    packed = sum(entry.compress_size for entry in entries)
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > MAX_ENTRIES:
        return f"the archive holds {len(entries)} files, at most {MAX_ENTRIES} are read"
    if unpacked > settings().cc_max_payload_mb << 20 or (unpacked > SMALL and unpacked > MAX_RATIO * max(packed, 1)):
        return f"the archive would unpack from {packed} to {unpacked} bytes; it was not opened"
    return None


def opened(content: bytes, depth: int) -> zipfile.ZipFile:
    """An archive that lies within `depth` others. Raises NotOpenedError."""
    try:
        archive = zipfile.ZipFile(BytesIO(content))
    except ERRORS as error:
        raise _broken(error) from None
    if reason := _reason(archive.infolist(), depth):
        raise NotOpenedError(reason)
    return archive


def _broken(error: Exception) -> NotOpenedError:
    return NotOpenedError(f"the archive cannot be unpacked: {error}")


def _reason(entries: Sequence[zipfile.ZipInfo], depth: int) -> str | None:
    if depth >= DEEPEST:
        return f"archives lie within archives, more than {DEEPEST} deep"
    if any(entry.flag_bits & ENCRYPTED for entry in entries):
        return "the archive is encrypted"
    return too_large(entries)


def unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """A file's bytes, as many as the directory says; more means that it lies."""
    size = 0
    try:
        with archive.open(entry) as file:
            while chunk := file.read(CHUNK):
                size += len(chunk)
                if size > entry.file_size:
                    raise NotOpenedError("a file in the archive unpacks to more than its directory says")
                yield chunk
    except ERRORS as error:
        raise _broken(error) from error
