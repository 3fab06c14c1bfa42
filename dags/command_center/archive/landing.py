"""The archive: exact bytes of every answer, content-addressed, compressed, encrypted where a source holds rahasia columns."""

from __future__ import annotations

import hashlib
import io
import json
import os
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, cast

import fsspec
import zstandard
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from command_center.declaration.source import Source
from command_center.errors import IntegrityError, SettingsError
from command_center.intake.ddl import Connection
from command_center.settings import settings

CHUNK = 1 << 20
BUNDLE = "application/zip; bundle=pages"  # several answers of one request, in order, as one object


@dataclass(frozen=True)
class Window:
    """A half-open interval of time; None = open."""

    start: datetime | None = None
    end: datetime | None = None


@dataclass(frozen=True)
class Fetched:
    """An answer on local disk, not yet archived."""

    part: str
    path: Path
    sha256: str
    byte_size: int
    content_type: str
    url: str
    fetched_at: datetime
    simulated_paths: str = ""
    request: str = ""  # the declared part, before names of files are put in; '' = the same as part
    known: Mapping[str, str] = field(default_factory=dict)  # what rows know as @name
    validator: str | None = None  # ETag, or size and time of a file: what tells an unchanged answer


@dataclass(frozen=True)
class Landed:
    """An archived answer."""

    landing_id: int
    source: str
    part: str
    sha256: str
    uri: str
    content_type: str
    url: str
    simulated_paths: str
    wrapped_key: str | None
    window: Window
    request: str
    known: Mapping[str, str]


def land(connection: Connection, source: Source, fetched: Fetched, window: Window) -> Landed:
    """Archive an answer unless these bytes are archived already; commits.

    The object is complete before its row exists, so a killed process leaves at most an object that nothing names.
    """
    known = find_landed(connection, source.source, fetched)
    if known is not None and _filesystem().exists(known.uri):
        connection.execute(
            "update ops.landing set seen_at = clock_timestamp(), validator = %s where landing_id = %s",
            [fetched.validator, known.landing_id],
        )
        connection.commit()
        return known
    uri = _object_uri(source, fetched.sha256)
    wrapped = _write_object(uri, fetched, encrypt=source.has_secrets)
    days = min(source.retention.landing_days, 30) if source.has_secrets else source.retention.landing_days
    connection.execute(
        """
        insert into ops.landing (source, part, sha256, uri, byte_size, content_type, fetched_from, fetched_at,
                                 simulated_paths, wrapped_key, window_start, window_end, expires_at, request, known, validator)
        values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
        on conflict (source, part, sha256, simulated_paths) do update set uri = excluded.uri,
            wrapped_key = excluded.wrapped_key, validator = excluded.validator, seen_at = clock_timestamp()
        """,
        [source.source, fetched.part, fetched.sha256, uri, fetched.byte_size, fetched.content_type, fetched.url,
         fetched.fetched_at, fetched.simulated_paths, wrapped, window.start, window.end,
         fetched.fetched_at + timedelta(days=days), fetched.request or fetched.part,
         json.dumps(dict(fetched.known), ensure_ascii=False), fetched.validator],
    )  # fmt: skip
    connection.commit()
    landed = find_landed(connection, source.source, fetched)
    assert landed is not None
    return landed


_SELECT = """
    select landing_id, source, part, sha256, uri, content_type, fetched_from, simulated_paths, wrapped_key, window_start, window_end,
        coalesce(request, part), known
    from ops.landing
"""


def find_landed(connection: Connection, source: str, fetched: Fetched) -> Landed | None:
    row = connection.execute(
        _SELECT + "where source = %s and part = %s and sha256 = %s and simulated_paths = %s and erased_at is null",
        [source, fetched.part, fetched.sha256, fetched.simulated_paths],
    ).fetchone()
    return _landed(row) if row else None


def get_landed(connection: Connection, landing_id: int) -> Landed:
    row = connection.execute(_SELECT + "where landing_id = %s", [landing_id]).fetchone()
    if row is None:
        raise IntegrityError(f"Landing object {landing_id} is not in ops.landing; it cannot be replayed.")
    return _landed(row)


def latest_landed(connection: Connection, source: str, window: Window) -> list[Landed]:
    """The newest archived answer of each part, by last use, whose fetch lies in the window."""
    rows = connection.execute(
        _SELECT
        + """
        where landing_id in (
            select distinct on (l.part) l.landing_id
            from ops.landing as l left join ops.batch as b using (landing_id)
            where l.source = %(source)s and l.erased_at is null
              and (%(start)s::timestamptz is null or coalesce(b.observed_at, l.fetched_at) >= %(start)s)
              and (%(end)s::timestamptz is null or coalesce(b.observed_at, l.fetched_at) < %(end)s)
            order by l.part, coalesce(b.batch_id, 0) desc, l.landing_id desc
        )
        order by part
        """,
        {"source": source, "start": window.start, "end": window.end},
    ).fetchall()
    return [_landed(row) for row in rows]


def _landed(row: tuple[object, ...]) -> Landed:
    values = cast("list[object]", list(row))
    window = Window(cast("datetime | None", values[9]), cast("datetime | None", values[10]))
    return Landed(
        landing_id=cast(int, values[0]),
        source=str(values[1]),
        part=str(values[2]),
        sha256=str(values[3]),
        uri=str(values[4]),
        content_type=str(values[5]),
        url=str(values[6]),
        simulated_paths=str(values[7]),
        wrapped_key=cast("str | None", values[8]),
        window=window,
        request=str(values[11]),
        known=cast("dict[str, str]", values[12]),
    )


def last_seen(connection: Connection, source: str, part: str) -> tuple[Landed, str | None] | None:
    """The archived answer that a part gave last, whose object still exists, with its validator."""
    row = connection.execute(
        _SELECT
        + "where source = %s and part = %s and erased_at is null order by seen_at desc, landing_id desc limit 1",
        [source, part],
    ).fetchone()
    if row is None or not _filesystem().exists((landed := _landed(row)).uri):
        return None
    found = connection.execute(
        "select validator from ops.landing where landing_id = %s", [landed.landing_id]
    ).fetchone()
    return landed, cast("str | None", found[0]) if found else None


def note_seen(connection: Connection, landed: Landed) -> None:
    """Record that the source gave this answer again."""
    connection.execute("update ops.landing set seen_at = clock_timestamp() where landing_id = %s", [landed.landing_id])
    connection.commit()


def landed_in(connection: Connection, source: str, window: Window) -> list[Landed]:
    """Every archived answer whose fetch lies in the window, oldest first: what a source gives bit by bit."""
    rows = connection.execute(
        _SELECT
        + "where source = %(source)s and erased_at is null and (%(start)s::timestamptz is null or fetched_at >= %(start)s) "
        "and (%(end)s::timestamptz is null or fetched_at < %(end)s) order by landing_id",
        {"source": source, "start": window.start, "end": window.end},
    ).fetchall()
    return [_landed(row) for row in rows]


def stream(landed: Landed) -> Iterator[bytes]:
    """The archived bytes in chunks; raises IntegrityError at the end when they are not the bytes that arrived."""
    digest = hashlib.sha256()
    try:
        with _filesystem().open(landed.uri, "rb") as file:
            plain = cast("IO[bytes]", _Decrypted(file, landed)) if landed.wrapped_key else file
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


def read(landed: Landed) -> bytes:
    """All archived bytes, verified. Raises IntegrityError."""
    return b"".join(stream(landed))


def _name(landed: Landed) -> str:
    return f"The archived answer {landed.sha256[:12]} of {landed.source}, part {landed.part!r},"


def _changed(landed: Landed) -> IntegrityError:
    return IntegrityError(
        f"{_name(landed)} was changed after it was archived: {landed.uri} no longer has sha256 {landed.sha256}; "
        "restore it from the backup."
    )


def _filesystem() -> fsspec.AbstractFileSystem:
    return fsspec.core.url_to_fs(settings().landing_url)[0]


def _object_uri(source: Source, sha256: str) -> str:
    ending = ".zst.enc" if source.has_secrets else ".zst"
    return f"{settings().landing_url.rstrip('/')}/{source.source}/{sha256[:2]}/{sha256}{ending}"


def _write_object(uri: str, fetched: Fetched, *, encrypt: bool) -> str | None:
    filesystem, path = fsspec.core.url_to_fs(uri)
    filesystem.makedirs(str(Path(path).parent), exist_ok=True)
    unfinished = f"{path}.{os.getpid()}.part"
    key = AESGCM.generate_key(256) if encrypt else None
    with filesystem.open(unfinished, "wb") as file, fetched.path.open("rb") as content:
        sink = cast("IO[bytes]", _Encrypted(file, key)) if key else file
        zstandard.ZstdCompressor(level=1, threads=-1).copy_stream(content, sink, size=fetched.byte_size)
        if isinstance(sink, _Encrypted):
            sink.finish()
    filesystem.mv(unfinished, path)
    return _wrap(key, fetched.sha256) if key else None


def _master_key() -> AESGCM:
    try:
        return AESGCM(bytes.fromhex(settings().secret("cc_archive_key")))
    except ValueError:
        raise SettingsError("CC_ARCHIVE_KEY must be 64 hex digits; see docs/settings.md.") from None


def _wrap(key: bytes, sha256: str) -> str:
    nonce = os.urandom(12)
    return (nonce + _master_key().encrypt(nonce, key, sha256.encode())).hex()


def _unwrap(wrapped: str, sha256: str) -> bytes:
    raw = bytes.fromhex(wrapped)
    return _master_key().decrypt(raw[:12], raw[12:], sha256.encode())


def _nonce(number: int) -> bytes:
    return number.to_bytes(12, "big")


class _Encrypted(io.RawIOBase):
    """Writes AES-256-GCM chunks: 4 bytes length, ciphertext. The last chunk is marked, so that a cut shows."""

    def __init__(self, file: IO[bytes], key: bytes) -> None:
        self._file, self._cipher, self._pending, self._number = file, AESGCM(key), bytearray(), 0

    def write(self, data: object) -> int:
        self._pending += cast(bytes, data)
        while len(self._pending) > CHUNK:
            self._put(bytes(self._pending[:CHUNK]), b"more")
            del self._pending[:CHUNK]
        return len(cast(bytes, data))

    def finish(self) -> None:
        self._put(bytes(self._pending), b"last")

    def _put(self, chunk: bytes, mark: bytes) -> None:
        sealed = self._cipher.encrypt(_nonce(self._number), chunk, mark)
        self._file.write(struct.pack(">I", len(sealed)) + sealed)
        self._number += 1


class _Decrypted(io.RawIOBase):
    """Reads what _Encrypted wrote. Raises InvalidTag or struct.error when it was changed or cut."""

    def __init__(self, file: IO[bytes], landed: Landed) -> None:
        assert landed.wrapped_key is not None
        self._file, self._cipher = file, AESGCM(_unwrap(landed.wrapped_key, landed.sha256))
        self._plain, self._number, self._ended = b"", 0, False

    def read(self, size: int = -1) -> bytes:
        while not self._plain and not self._ended:
            self._next()
        size = len(self._plain) if size < 0 else size
        head, self._plain = self._plain[:size], self._plain[size:]
        return head

    def _next(self) -> None:
        (length,) = struct.unpack(">I", self._file.read(4))
        sealed = self._file.read(length)
        try:
            self._plain = self._cipher.decrypt(_nonce(self._number), sealed, b"more")
        except InvalidTag:
            self._plain = self._cipher.decrypt(_nonce(self._number), sealed, b"last")
            self._ended = True
        self._number += 1
