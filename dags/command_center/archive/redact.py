"""Erased persons are taken out of an answer's bytes, whatever its format; what comes in is looked through before it is kept.

An archive that cannot be opened, or that would unpack to far too much, is bytes like others: `closed` is told why, for whoever
stands in it is not found.
"""

from __future__ import annotations

import hashlib
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryFile

from command_center.archive.unpacking import NotOpenedError, opened, unpacked
from command_center.personal_key import Redactor

CUTS = [bytes([sign]) for sign in b'\n",;<>{}']  # a key holds none of these, so that bytes may be cut behind one
WIDE = re.compile(rb"(?:[\x20-\x7e]\0){6,}")  # letters of two bytes, as old workbooks have them
ZIP = b"PK\x03\x04"
Closed = Callable[[str], object]


def _untold(_reason: str) -> None:
    """Nobody asked."""


def redact(chunks: Iterable[bytes], redactor: Redactor, target: Path, closed: Closed = _untold) -> str:
    """Write the bytes without the erased persons; the sha256 of what was written. They are as long, but for archives."""
    digest = hashlib.sha256()
    with target.open("wb") as file:
        for piece in _pieces(chunks):
            cleaned = _cleaned(piece, redactor, closed, 0)
            digest.update(cleaned)
            file.write(cleaned)
    return digest.hexdigest()


def texts(chunks: Iterable[bytes], closed: Closed = _untold) -> Iterator[str]:
    """What can be read in the bytes, piece by piece, of files within files too."""
    yield from _texts(chunks, closed, 0)


def _texts(chunks: Iterable[bytes], closed: Closed, depth: int) -> Iterator[str]:
    for content in _pieces(chunks):
        if content.startswith(ZIP):
            try:
                with opened(content, depth) as archive:
                    for one in archive.infolist():
                        yield from _texts(unpacked(archive, one), closed, depth + 1)
                continue
            except NotOpenedError as error:
                closed(str(error))
        yield content.decode("latin-1")
        yield from (match[0].decode("utf-16-le") for match in WIDE.finditer(content))


def _pieces(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Pieces that no key crosses; an archive is one piece."""
    kept = bytearray()
    is_zip: bool | None = None
    for chunk in chunks:
        kept += chunk
        is_zip = kept.startswith(ZIP) if is_zip is None and len(kept) >= len(ZIP) else is_zip
        if is_zip or len(kept) < 1 << 16:
            continue
        end = max(kept.rfind(sign) for sign in CUTS) + 1
        if end:
            yield bytes(kept[:end])
            del kept[:end]
    yield bytes(kept)


def _bytes(content: bytes, redactor: Redactor) -> bytes:
    if b"\0" in content:
        content = WIDE.sub(lambda match: _wide(match[0], redactor), content)
    return redactor.redact(content.decode("latin-1")).encode("latin-1")


def _wide(content: bytes, redactor: Redactor) -> bytes:
    return redactor.redact(content.decode("utf-16-le")).encode("utf-16-le")


def _cleaned(content: bytes, redactor: Redactor, closed: Closed, depth: int) -> bytes:
    if not content.startswith(ZIP):
        return _bytes(content, redactor)
    try:
        return _archive(content, redactor, closed, depth)
    except NotOpenedError as error:
        closed(str(error))
        return _bytes(content, redactor)


def _archive(content: bytes, redactor: Redactor, closed: Closed, depth: int) -> bytes:
    """Files within a file, a workbook among them; as it was where nobody stands in it."""
    is_changed = False
    with opened(content, depth) as archive, TemporaryFile() as kept:
        with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as written:
            for one in archive.infolist():
                is_large = one.file_size > zipfile.ZIP64_LIMIT
                with written.open(_of_same_name(one), "w", force_zip64=is_large) as file:
                    for piece in _pieces(unpacked(archive, one)):
                        cleaned = _cleaned(piece, redactor, closed, depth + 1)
                        is_changed = is_changed or cleaned != piece
                        file.write(cleaned)
        kept.seek(0)
        return kept.read() if is_changed else content


def _of_same_name(one: zipfile.ZipInfo) -> zipfile.ZipInfo:
    """Name and date alone, for a run must give the same bytes each time; what else the directory says is of the old file."""
    entry = zipfile.ZipInfo(one.filename, one.date_time)
    entry.compress_type, entry.external_attr = one.compress_type, one.external_attr
    return entry
