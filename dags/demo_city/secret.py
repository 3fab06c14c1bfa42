"""The one password of the demo city's own services, and the key by which its SFTP server is known."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_ssh_private_key,
)

PASSWORD = "CC_DEMO_CITY_PASSWORD"


def password_of(state_dir: Path) -> str:
    """From the environment, else one that is made once and kept in the state folder."""
    given = os.environ.get(PASSWORD)
    return given or _kept(state_dir / "password", lambda: secrets.token_urlsafe(24).encode()).decode()


def host_key_file(state_dir: Path) -> Path:
    """The private key's file, made when there is none."""
    file = state_dir / "sftp_host_key"
    _kept(file, _new_key)
    return file


def host_key(state_dir: Path) -> str:
    """The public key as clients write it: 'ssh-ed25519 AAAA…'."""
    key = load_ssh_private_key(host_key_file(state_dir).read_bytes(), None)
    return key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()


def _new_key() -> bytes:
    return Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())


def _kept(file: Path, make: Callable[[], bytes]) -> bytes:
    """The file's content, made once; only this account may read it."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        fresh = file.with_name(f"{file.name}.{os.getpid()}.new")
        fresh.touch(mode=0o600)
        fresh.write_bytes(make())
        fresh.replace(file)
    return file.read_bytes()
