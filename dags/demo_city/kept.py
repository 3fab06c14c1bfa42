"""Answers that never change are made once for a state folder, not at every start: most of a start went into making them again.

What stays depends on this package's code and on the project's reference seeds; with other ones the folder is made anew.
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
import shutil
import time
import zlib
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import ParamSpec, Protocol, cast

from command_center.paths import DBT_PROJECT

from demo_city.answer import Answer

UNUSED_S = 14 * 24 * 3600.0  # what nobody asked for so long is forgotten
P = ParamSpec("P")
_folder: Path | None = None


class Kept(Protocol[P]):
    """A function whose answers are remembered."""

    def __call__(self, *asked: P.args, **named: P.kwargs) -> Answer: ...

    def cache_clear(self) -> None: ...


def keep_in(folder: Path) -> None:
    """Keep answers below a folder from now on; those of other code, and those that nobody asked for, go."""
    global _folder
    _folder = folder / _made_of()
    for old in folder.glob("*") if folder.exists() else ():
        if old != _folder:
            shutil.rmtree(old, ignore_errors=True)
    _folder.mkdir(parents=True, exist_ok=True)
    for file in _folder.iterdir():
        if time.time() - file.stat().st_mtime > UNUSED_S:
            file.unlink()


def _made_of() -> str:
    digest = hashlib.sha256()
    seeds = (DBT_PROJECT / "seeds").glob("*.csv")
    for file in sorted([*Path(__file__).parent.rglob("*.py"), *seeds]):
        digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def kept(maxsize: int) -> Callable[[Callable[P, Answer]], Kept[P]]:
    """Remember a function's answers like lru_cache, and on disk where there is a folder for it.

    Only for what its arguments alone decide: neither the time nor a setting.
    """

    def keeping(make: Callable[P, Answer]) -> Kept[P]:
        @functools.lru_cache(maxsize=maxsize)
        @functools.wraps(make)
        def remembered(*asked: P.args, **named: P.kwargs) -> Answer:
            if _folder is None:
                return make(*asked, **named)
            key = f"{make.__module__}.{make.__qualname__}{asked!r}{sorted(named.items())!r}"
            file = _folder / hashlib.sha256(key.encode()).hexdigest()
            found = _read(file)
            if found is None:
                found = make(*asked, **named)
                _write(file, found)
            return found

        return cast("Kept[P]", remembered)

    return keeping


def _read(file: Path) -> Answer | None:
    try:
        head, _, body = zlib.decompress(file.read_bytes()).partition(b"\n")
        os.utime(file)
        told = json.loads(head)
        modified = told["modified"] and datetime.fromisoformat(told["modified"])
        return Answer(**told | {"body": body, "modified": modified})
    except (OSError, ValueError, TypeError, KeyError, zlib.error):
        return None


def _write(file: Path, answer: Answer) -> None:
    told = asdict(answer) | {"body": "", "modified": answer.modified and answer.modified.isoformat()}
    aside = file.with_suffix(f".{os.getpid()}-{time.monotonic_ns()}")
    aside.write_bytes(zlib.compress(json.dumps(told).encode() + b"\n" + answer.body, 1))
    aside.replace(file)
