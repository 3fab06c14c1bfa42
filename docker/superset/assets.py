"""Superset's scripts and styles, compressed once as well as can be, and kept by browsers for a year: their names hold their hash.

    .venv-superset/bin/python docker/superset/assets.py

writes a .br and a .gz beside each file of the installed package, once for each release. Superset itself would compress them
anew for each viewer, in a hurry. Browsers take .br from https and from their own machine, .gz from everywhere.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import brotli
from request_rules import ASSETS, EMPTY_PIXEL, PIXEL
from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header
from werkzeug.wrappers import Response
from werkzeug.wsgi import wrap_file

PLACE = "/static/assets/"
KINDS = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}
LEAST_BYTES = 500
LONG_BYTES = 2_000_000  # no dashboard asks for those: a minute's work for nobody
SUFFIXES = {"br": ".br", "gzip": ".gz"}  # the better one first
YEAR_SECONDS = 31_536_000
Application = Callable[[dict[str, Any], Any], Iterable[bytes]]


def main() -> None:
    """Compress what is not compressed yet."""
    files = [file for file in sorted(ASSETS.iterdir()) if file.suffix in KINDS and file.stat().st_size >= LEAST_BYTES]
    with ThreadPoolExecutor(2) as threads:
        done = sum(threads.map(compress, files))
    print(f"{done} of {len(files)} scripts and styles of Superset compressed")


def compress(file: Path) -> bool:
    """Whether there was anything to do."""
    if all(compressed(file, suffix).exists() for suffix in SUFFIXES.values()):
        return False
    body = file.read_bytes().replace(PIXEL, EMPTY_PIXEL)
    write(compressed(file, ".gz"), gzip.compress(body, 9, mtime=0))
    write(compressed(file, ".br"), brotli.compress(body, quality=11 if len(body) < LONG_BYTES else 5))
    return True


def compressed(file: Path, suffix: str) -> Path:
    return file.with_name(file.name + suffix)


def write(file: Path, body: bytes) -> None:
    """In one step: a server may be reading."""
    unfinished = file.with_name(f"{file.name}.new")
    unfinished.write_bytes(body)
    unfinished.replace(file)


class CompressedAssets:
    """In front of Superset: whoever takes a compressed file gets it at once; everything else goes on to Superset."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self.files = {
            encoding: {file.name.removesuffix(suffix): file for file in ASSETS.glob(f"*{suffix}")}
            for encoding, suffix in SUFFIXES.items()
        }

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        path: str = environ.get("PATH_INFO", "")
        if path.startswith(PLACE) and environ["REQUEST_METHOD"] in ("GET", "HEAD"):
            accepted = parse_accept_header(environ.get("HTTP_ACCEPT_ENCODING"), Accept)
            name = path.removeprefix(PLACE)
            for encoding, files in self.files.items():
                if name in files and accepted.quality(encoding) > 0:
                    return asset(files[name], name, encoding, environ)(environ, start_response)
        return self.application(environ, start_response)


def asset(file: Path, name: str, encoding: str, environ: dict[str, Any]) -> Response:
    answer = Response(wrap_file(environ, file.open("rb")), direct_passthrough=True)
    answer.content_type = KINDS[Path(name).suffix]
    answer.content_length = file.stat().st_size
    answer.content_encoding = encoding
    answer.vary.add("Accept-Encoding")
    answer.headers["Cache-Control"] = f"public, max-age={YEAR_SECONDS}, immutable"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


if __name__ == "__main__":
    main()
