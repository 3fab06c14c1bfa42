"""The archive beside the database's copy: every file once, with the hash that it had when it was copied."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from command_center.archive import place
from command_center.errors import BackupError
from command_center.settings import settings

LIST, GONE = "files.sha256", "gone.json"
CHUNK = 1 << 20


@dataclass(frozen=True)
class Copied:
    """Files that are there now, and how many of them are new."""

    total: int
    added: int


def copy_new(target: Path, now: datetime) -> Copied:
    """Copy what is new in the archive, where files never change, and note since when one is gone from it."""
    base = settings().landing_url.rstrip("/")
    there = set(place.names_below(base))
    known, gone = read_list(target), _read_gone(target)
    new = sorted(there - known.keys())
    for name in new:
        known[name] = _copy(f"{base}/{name}", target / name)
    write_list(target, known)
    _write_gone(target, {name: gone.get(name, now) for name in known.keys() - there})
    return Copied(len(known), len(new))


def remove_gone(target: Path, before: datetime) -> int:
    """Remove what was gone from the archive before a moment, which is of no use to a backup made since; how many.

    What is gone by mistake is there as long as a backup of that time is.
    """
    known, gone = read_list(target), _read_gone(target)
    useless = [name for name, since in gone.items() if since < before]
    for name in useless:
        (target / name).unlink(missing_ok=True)
        del known[name], gone[name]
    write_list(target, known)
    _write_gone(target, gone)
    return len(useless)


def _read_gone(target: Path) -> dict[str, datetime]:
    file = target / GONE
    said: dict[str, str] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    return {name: datetime.fromisoformat(since) for name, since in said.items()}


def _write_gone(target: Path, gone: dict[str, datetime]) -> None:
    fresh = target / f"{GONE}.part"
    fresh.write_text(json.dumps({name: gone[name].isoformat() for name in sorted(gone)}), encoding="utf-8")
    fresh.replace(target / GONE)


def verify(target: Path) -> int:
    """Read every copied file; how many. Raises BackupError for the first that is not as it was copied."""
    known = read_list(target)
    for name, sha256 in known.items():
        try:
            digest = _hash(target / name)
        except FileNotFoundError:
            raise BackupError(f"{target / name} is gone from the backup; copy it again with `backup take`.") from None
        if digest != sha256:
            raise BackupError(
                f"{target / name} is no longer what was copied (SHA-256 {digest[:12]}…, expected {sha256[:12]}…); remove it and "
                f"its line in {LIST}, then `backup take` copies it again."
            )
    return len(known)


def read_list(target: Path) -> dict[str, str]:
    """Hash by name, as sha256sum writes them."""
    file = target / LIST
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    return {name: sha256 for sha256, name in (line.split("  ", 1) for line in lines)}


def write_list(target: Path, known: dict[str, str]) -> None:
    fresh = target / f"{LIST}.part"
    fresh.write_text("".join(f"{known[name]}  {name}\n" for name in sorted(known)), encoding="utf-8")
    fresh.replace(target / LIST)


def _copy(source: str, target: Path) -> str:
    """The SHA-256 of what was copied."""
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = target.with_name(f"{target.name}.part")
    digest = hashlib.sha256()
    with place.reading(source) as file, fresh.open("wb") as out:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
            out.write(chunk)
    fresh.chmod(0o600)
    fresh.replace(target)
    return digest.hexdigest()


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
