"""Files are parsed in a child process with limits: a small workbook can abort the process that opens it.

The parent writes one job per line to the child's stdin; the child answers on stdout in frames of one letter, four bytes
of length and content: H (header), D (rows as CSV for COPY), T (trailer), E (error).
"""

from __future__ import annotations

import json
import os
import selectors
import struct
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self, cast

from command_center.declaration.source import Source
from command_center.errors import PayloadError, class_named
from command_center.extract.reading import Answer, Reading, Reject, Section
from command_center.paths import DAGS
from command_center.settings import settings

FRAME = struct.Struct(">cI")
WITHHELD = ("PASSWORD", "SECRET", "ARCHIVE_KEY", "TOKEN", "AIRFLOW", "FERNET")


class Parser:
    """A child that reads one answer after another; it is started when first needed, and again after it died."""

    def __init__(self) -> None:
        self._child: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()

    def end(self) -> None:
        """End the child, wherever it is."""
        child, self._child = self._child, None
        if child is None:
            return
        child.kill()
        child.wait()
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                pipe.close()

    def read(self, source: Source, table: str, answer: Answer) -> Reading:
        """The rows of one table; they are parsed while `encoded` is walked through, which must be done to its end.

        Raises PayloadError, also for an answer that is too large, too slow, or that the parser died of.
        """
        with tempfile.NamedTemporaryFile(dir=_folder(), delete=False) as file:
            for chunk in answer.chunks():
                file.write(chunk)
        path = Path(file.name)
        try:
            self._send(source, table, answer, path)
            frames = self._frames(answer.where, path)
            head = next(frames)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        reading = Reading([str(name) for name in head[1]["columns"]], (), is_simulated=answer.is_simulated)
        reading.encoded = self._rows(frames, reading)
        return reading

    def _send(self, source: Source, table: str, answer: Answer, path: Path) -> None:
        job = {
            "source": source.model_dump(mode="json"),
            "table": table,
            "path": str(path),
            "where": answer.where,
            "known": dict(answer.known),
            "simulated_paths": sorted(answer.simulated_paths),
            "content_type": answer.content_type,
            "name": answer.name,
        }
        if self._child is None or self._child.poll() is not None:
            self.end()
            self._child = _start()
        pipe = cast("IO[bytes]", self._child.stdin)
        pipe.write(json.dumps(job).encode() + b"\n")
        pipe.flush()

    def _rows(self, frames: Iterator[tuple[bytes, Any]], reading: Reading) -> Iterator[bytes]:
        for kind, content in frames:
            if kind == b"D":
                yield content
            else:
                reading.warnings, reading.notes = content["warnings"], content["notes"]
                reading.rejects = [Reject(*reject) for reject in content["rejects"]]
                reading.sections = [Section(*section) for section in content["sections"]]
                reading.ignored = Counter(content["ignored"])

    def _frames(self, where: str, path: Path) -> Iterator[tuple[bytes, Any]]:
        """Header, data and trailer of one job; the child is ended when they do not come as they should."""
        is_done = False
        try:
            while not is_done:
                kind, content = self._frame(where)
                if kind == b"E":
                    is_done = True
                    detail = json.loads(content)
                    raise class_named(detail["class"])(detail["message"])
                is_done = kind == b"T"
                yield kind, content if kind == b"D" else json.loads(content)
        finally:
            path.unlink(missing_ok=True)
            if not is_done:
                self.end()

    def _frame(self, where: str) -> tuple[bytes, bytes]:
        child = self._child
        assert child is not None
        ends_at = time.monotonic() + settings().cc_parser_timeout_s
        kind, length = FRAME.unpack(self._take(FRAME.size, where, ends_at))
        return kind, self._take(length, where, ends_at)

    def _take(self, size: int, where: str, ends_at: float) -> bytes:
        """So many bytes of the child's stdout."""
        child = self._child
        assert child is not None
        pipe = cast("IO[bytes]", child.stdout)
        parts: list[bytes] = []
        with selectors.DefaultSelector() as selector:
            selector.register(pipe, selectors.EVENT_READ)
            while size:
                if not selector.select(max(0.0, ends_at - time.monotonic())):
                    raise PayloadError(
                        f"{where}: the file was not read within {settings().cc_parser_timeout_s:.0f} s and was given up; "
                        "ask the steward for a smaller one."
                    )
                part = os.read(pipe.fileno(), min(size, 1 << 20))
                if not part:
                    raise PayloadError(
                        f"{where}: the parser ended ({_ending(child)}) while it read the file, most likely for more than "
                        f"{settings().cc_parser_memory_mb} MB of memory; the file was not taken in. Ask the steward."
                    )
                parts.append(part)
                size -= len(part)
        return b"".join(parts)


def _ending(child: subprocess.Popen[bytes]) -> str:
    try:
        code = child.wait(5)
    except subprocess.TimeoutExpired:
        return "no exit code"
    return f"signal {-code}" if code < 0 else f"exit code {code}"


def _folder() -> Path:
    folder = settings().cc_var_dir / "tmp"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _start() -> subprocess.Popen[bytes]:
    environment = {name: value for name, value in os.environ.items() if not any(word in name for word in WITHHELD)}
    environment |= {"PYTHONPATH": str(DAGS), "CC_HMAC_KEY": settings().secret("cc_hmac_key")}
    environment |= {"CC_VAR_DIR": str(settings().cc_var_dir)}
    return subprocess.Popen(
        [sys.executable, "-m", "command_center.extract.child"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment,
        bufsize=0,
        start_new_session=True,
    )
