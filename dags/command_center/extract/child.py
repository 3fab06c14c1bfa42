"""The child process that parses: reads jobs from stdin, answers in frames (see isolated.py), holds the limits."""

from __future__ import annotations

import json
import resource
import sys
import traceback
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import IO, Any

from command_center.declaration.source import Source
from command_center.errors import CommandCenterError, PayloadError, name_for
from command_center.extract.isolated import FRAME
from command_center.extract.kinds import reads
from command_center.extract.members import left_out
from command_center.extract.reading import Answer, Reading, as_csv
from command_center.idformat import shortened
from command_center.settings import settings

CHUNK = 1 << 20
LONGEST = 8000  # signs of a sentence, which may quote the file


def main() -> int:
    """Read job after job until stdin ends."""
    limit = settings().cc_parser_memory_mb << 20
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    out, sys.stdout = sys.stdout.buffer, sys.stderr  # what a library prints must not get between the frames
    for line in sys.stdin.buffer:
        try:
            _work(json.loads(line), out)
        except CommandCenterError as error:
            _put(out, b"E", {"class": name_for(error), "message": shortened(str(error), LONGEST)})
        except (MemoryError, RecursionError) as error:
            what = (
                "nested too deeply" if isinstance(error, RecursionError) else f"larger than {limit >> 20} MB in memory"
            )
            _put(
                out,
                b"E",
                {"class": PayloadError.__name__, "message": f"{json.loads(line)['where']}: the file is {what}."},
            )
    return 0


def _work(job: dict[str, Any], out: IO[bytes]) -> None:
    source = Source.model_validate(job["source"])
    path = Path(job["path"])
    answer = Answer(
        where=job["where"],
        chunks=partial(_chunks, path),
        known=job["known"],
        simulated_paths=frozenset(job["simulated_paths"]),
        content_type=job["content_type"],
        name=job["name"],
        path=path,
    )
    try:
        reading = reads(source.extract.kind).read(source, source.tables[job["table"]], answer)
        reading.warnings += left_out(source, answer)
        _put(out, b"H", {"columns": reading.columns})
        for chunk in as_csv(reading):
            _put_bytes(out, b"D", chunk)
    except (CommandCenterError, MemoryError, RecursionError):
        raise
    except Exception as error:  # a parser's own exception, on bytes that nobody foresaw, must not stop the other files
        traceback.print_exc()
        what = " ".join(f"{type(error).__name__}: {error}".split())
        raise PayloadError(f"{answer.where}: the file cannot be read: {what}; ask for it again.") from error
    _put(out, b"T", _trailer(reading))


def _trailer(reading: Reading) -> dict[str, Any]:
    return {
        "warnings": list(dict.fromkeys(reading.warnings)),
        "notes": list(dict.fromkeys(reading.notes)),
        "rejects": [[r.row_number, r.column, r.value, r.reason, dict(r.payload)] for r in reading.rejects],
        "sections": [[section.start, section.label] for section in reading.sections],
        "ignored": dict(reading.ignored),
    }


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk


def _put(out: IO[bytes], kind: bytes, content: object) -> None:
    _put_bytes(out, kind, json.dumps(content).encode())


def _put_bytes(out: IO[bytes], kind: bytes, content: bytes) -> None:
    out.write(FRAME.pack(kind, len(content)) + content)
    out.flush()


if __name__ == "__main__":
    sys.exit(main())
