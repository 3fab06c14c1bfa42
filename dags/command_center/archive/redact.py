"""Erased persons are taken out of an answer's bytes, whatever its format; what comes in is looked through before it is kept."""

from __future__ import annotations

import hashlib
import re
import zipfile
from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path

from command_center.personal_key import Redactor

CUTS = [bytes([sign]) for sign in b'\n",;<>{}']  # a key holds none of these, so that bytes may be cut behind one
WIDE = re.compile(rb"(?:[\x20-\x7e]\0){6,}")  # letters of two bytes, as old workbooks have them
ZIP = b"PK\x03\x04"


def redact(chunks: Iterable[bytes], redactor: Redactor, target: Path) -> str:
    """Write the bytes without the erased persons; the sha256 of what was written. They are as long, but for archives."""
    digest = hashlib.sha256()
    with target.open("wb") as file:
        for piece in _pieces(chunks):
            cleaned = _archive(piece, redactor) if piece.startswith(ZIP) else _bytes(piece, redactor)
            digest.update(cleaned)
            file.write(cleaned)
    return digest.hexdigest()


def texts(chunks: Iterable[bytes]) -> Iterator[str]:
    """What can be read in the bytes, piece by piece, of files within files too."""
    for piece in _pieces(chunks):
        yield from _texts(piece)


def _texts(content: bytes) -> Iterator[str]:
    if content.startswith(ZIP):
        try:
            with zipfile.ZipFile(BytesIO(content)) as opened:
                for one in opened.infolist():
                    yield from _texts(opened.read(one))
            return
        except zipfile.BadZipFile:
            pass
    yield content.decode("latin-1")
    yield from (match[0].decode("utf-16-le") for match in WIDE.finditer(content))


def _pieces(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Pieces that no key crosses; an archive is one piece."""
    kept = b""
    is_zip: bool | None = None
    for chunk in chunks:
        kept += chunk
        is_zip = kept.startswith(ZIP) if is_zip is None and len(kept) >= len(ZIP) else is_zip
        if is_zip or len(kept) < 1 << 16:
            continue
        end = max(kept.rfind(sign) for sign in CUTS) + 1
        if end:
            yield kept[:end]
            kept = kept[end:]
    yield kept


def _bytes(content: bytes, redactor: Redactor) -> bytes:
    if b"\0" in content:
        content = WIDE.sub(lambda match: _wide(match[0], redactor), content)
    return redactor.redact(content.decode("latin-1")).encode("latin-1")


def _wide(content: bytes, redactor: Redactor) -> bytes:
    return redactor.redact(content.decode("utf-16-le")).encode("utf-16-le")


def _archive(content: bytes, redactor: Redactor) -> bytes:
    """Files within a file, a workbook among them; as it was where nobody stands in it."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as opened:
            members = [(one, opened.read(one)) for one in opened.infolist()]
    except zipfile.BadZipFile:
        return _bytes(content, redactor)
    cleaned = [_archive(data, redactor) if data.startswith(ZIP) else _bytes(data, redactor) for _, data in members]
    if all(data == new for (_, data), new in zip(members, cleaned, strict=True)):
        return content
    written = BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as new_file:
        for (one, _), data in zip(members, cleaned, strict=True):
            new_file.writestr(one, data)
    return written.getvalue()
