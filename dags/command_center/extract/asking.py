"""What every kind of source is asked with, and what it gives back: answers on local disk, in parts."""

from __future__ import annotations

import hashlib
import re
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO, cast

from command_center.declaration.source import Request, Source
from command_center.errors import DeclarationError, SourceUnavailable
from command_center.extract.endpoint import Endpoint
from command_center.settings import WIB, settings

ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)
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
class Unchanged:
    """The source says that a part's last answer, which is archived, still stands."""

    part: str


@dataclass(frozen=True)
class Unanswered:
    """One part that could not be had; the others go on."""

    part: str
    sentence: str


Answered = Fetched | Unchanged | Unanswered


@dataclass
class Asking:
    """One run's questions to one source: where, since when, until when, and how often.

    `is_full`: `since` is the first bound once more, though newer rows are known. `validator_of` gives what identified a part's last archived answer (an ETag, or size and time of a file); `wait_turn`
    returns when the host may be asked again. `notes` are what stood beside the answers, in sentences.
    """

    source: Source
    endpoint: Endpoint
    window: Window = field(default_factory=Window)
    since: str | None = None
    is_full: bool = False
    validator_of: Callable[[str], str | None] = lambda part: None
    wait_turn: Callable[[], None] = lambda: None
    ends_at: float = field(default_factory=lambda: time.monotonic() + 900)
    notes: list[str] = field(default_factory=list)

    def seconds_left(self) -> float:
        return self.ends_at - time.monotonic()

    def check_deadline(self, who: str) -> None:
        """Raise SourceUnavailable when the run's time is over."""
        if self.seconds_left() <= 0:
            total = self.source.extract.deadline.total_seconds()
            raise SourceUnavailable(f"{who}: the source took more than {total:.0f} s in all; it is tried again.")

    def who(self, request: Request, part: str | None = None) -> str:
        return f"{self.source.source}, part {(part or request.part)!r}"

    def fill(self, template: str) -> str:
        """Put since, window_start, window_end and now into a query value, e.g. '{window_start:date}'."""
        moments = {"window_start": self.window.start, "window_end": self.window.end, "now": settings().now()}

        def value(found: re.Match[str]) -> str:
            name, form = found.group(1), found.group(2) or "iso"
            if name == "since":
                return self.since or ""
            if name not in moments:
                return found.group(0)
            moment = moments[name]
            return "" if moment is None else in_format(moment, form)

        return re.sub(r"\{([a-z_]+)(?::([a-z_]+))?\}", value, template)

    def query(self, request: Request) -> dict[str, str]:
        """The declared query of a request; a value that is empty once filled is left out."""
        filled = {name: self.fill(value) for name, value in request.query.items()}
        return {name: value for name, value in filled.items() if value}


def in_format(moment: datetime, form: str) -> str:
    """A time as a source writes it: iso, date, epoch_s or epoch_ms. Raises DeclarationError for another form."""
    if form == "iso":
        return moment.astimezone(WIB).isoformat(timespec="seconds")
    if form == "date":
        return moment.astimezone(WIB).date().isoformat()
    if form in ("epoch_s", "epoch_ms"):
        return str(int(moment.timestamp() * (1000 if form == "epoch_ms" else 1)))
    raise DeclarationError(f"There is no form {form!r} of a time; there are iso, date, epoch_s and epoch_ms.")


@contextmanager
def workspace() -> Iterator[Path]:
    """A folder for answers that are not archived yet; removed afterwards."""
    root = settings().cc_var_dir / "tmp"
    root.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=root) as folder:
        yield Path(folder)


class Spool:
    """An answer on its way to disk: hashed, counted, and cut off at the size limit."""

    def __init__(self, folder: Path, who: str, asking: Asking) -> None:
        self._file: IO[bytes] = tempfile.NamedTemporaryFile(dir=folder, delete=False)  # noqa: SIM115
        self._digest, self._who, self._asking = hashlib.sha256(), who, asking
        self.size = 0

    @property
    def path(self) -> Path:
        return Path(self._file.name)

    def write(self, chunk: bytes) -> int:
        limit = settings().cc_max_payload_mb
        self.size += len(chunk)
        if self.size > limit << 20:
            raise SourceUnavailable(f"{self._who}: the answer has more than {limit} MB; ask the steward.")
        self._asking.check_deadline(self._who)
        self._digest.update(chunk)
        return self._file.write(chunk)

    def fetched(
        self,
        request: Request,
        url: str,
        *,
        part: str | None = None,
        known: Mapping[str, str] | None = None,
        content_type: str = "unknown",
        validator: str | None = None,
        simulated_paths: str = "",
    ) -> Fetched:
        """The finished answer. `url` must not hold a secret."""
        self._file.close()
        return Fetched(
            part=part or request.part,
            path=self.path,
            sha256=self._digest.hexdigest(),
            byte_size=self.size,
            content_type=content_type,
            url=url,
            fetched_at=settings().now(),
            simulated_paths=simulated_paths,
            request=request.part,
            known={**request.params, **(known or {})},
            validator=validator,
        )


def bundle(pages: list[tuple[str, Path]], spool: Spool) -> None:
    """Write pages as one archive whose bytes depend on nothing but theirs; read back by extract/members.py."""
    with zipfile.ZipFile(cast("IO[bytes]", _Writer(spool)), "w") as archive:
        for name, path in pages:
            archive.writestr(zipfile.ZipInfo(name, ZIP_EPOCH), path.read_bytes())


class _Writer:
    """What zipfile needs of a file that can only grow."""

    def __init__(self, spool: Spool) -> None:
        self._spool = spool

    def write(self, chunk: bytes) -> int:
        return self._spool.write(bytes(chunk))

    def flush(self) -> None:
        return


__all__ = ["BUNDLE", "Answered", "Asking", "Spool", "Unanswered", "Unchanged", "bundle", "in_format", "workspace"]
