"""Objects are sealed: AES-256-GCM in chunks, a key for each object under the master key."""

from __future__ import annotations

import io
import os
import struct
from typing import IO, cast

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from command_center.errors import SettingsError
from command_center.settings import settings

CHUNK = 1 << 20


def _master_key() -> AESGCM:
    try:
        return AESGCM(bytes.fromhex(settings().secret("cc_archive_key")))
    except ValueError:
        raise SettingsError("CC_ARCHIVE_KEY must be 64 hex digits; see docs/settings.md.") from None


def wrap(key: bytes, sha256: str) -> str:
    nonce = os.urandom(12)
    return (nonce + _master_key().encrypt(nonce, key, sha256.encode())).hex()


def unwrap(wrapped: str, sha256: str) -> bytes:
    raw = bytes.fromhex(wrapped)
    return _master_key().decrypt(raw[:12], raw[12:], sha256.encode())


def _nonce(number: int) -> bytes:
    return number.to_bytes(12, "big")


class Encrypted(io.RawIOBase):
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


class Decrypted(io.RawIOBase):
    """Reads what Encrypted wrote. Raises InvalidTag or struct.error when it was changed or cut."""

    def __init__(self, file: IO[bytes], key: bytes) -> None:
        self._file, self._cipher = file, AESGCM(key)
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
