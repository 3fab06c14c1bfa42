"""What a folder of a source shows, on whatever server it lies."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol, TypeVar

from command_center.errors import SourceUnavailable

SETTLED_S = 2  # a file that is younger may still change within one tick of a clock of whole seconds


Result = TypeVar("Result")


class Unreadable(Exception):
    """One file cannot be had; the text ends the sentence that begins with the file's address."""


class Gone(SourceUnavailable):
    """The server or the folder itself is lost; there is no use in asking for further files."""


@dataclass(frozen=True)
class Stamp:
    """What tells whether a file changed. `mtime` is in the unit of the place: nanoseconds, or seconds over SFTP."""

    size: int
    mtime: int | None
    is_coarse: bool = False

    @property
    def validator(self) -> str | None:
        return None if self.mtime is None else json.dumps({"size": self.size, "mtime": self.mtime})

    @property
    def changed_at(self) -> float | None:
        """Seconds since 1970."""
        return self.mtime if self.mtime is None or self.is_coarse else self.mtime / 1e9

    @property
    def is_settled(self) -> bool:
        return not self.is_coarse or self.mtime is None or abs(time.time() - self.mtime) >= SETTLED_S


class Folder(Protocol):
    """One folder of a source. `where` is its address without secrets; names are those of regular files and of links."""

    where: str

    def attempt(self, act: Callable[[], Result]) -> Result:
        """Do something, again after a new connection when the connection was lost. Raises Gone."""

    def names(self) -> dict[str, Stamp | None]:
        """The files; None where it takes a look to know. Raises SourceUnavailable."""

    def look(self, name: str) -> Stamp:
        """Raises Unreadable, also for a link that leaves the source's address."""

    def chunks(self, name: str, size: int) -> Iterator[bytes]:
        """Raises Unreadable."""

    def close(self) -> None: ...
