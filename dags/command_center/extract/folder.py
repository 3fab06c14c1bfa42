"""An upload folder on this machine: file:///folder. Nothing outside the folder is read, not even through a link."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import unquote

from command_center.declaration.source import Request
from command_center.errors import SettingsError, SourceUnavailable
from command_center.extract.asking import Asking
from command_center.extract.listing import Result, Stamp, Unreadable

CHUNK = 1 << 20


class LocalFolder:
    """A folder below the connection's address."""

    def __init__(self, asking: Asking, request: Request, below: str) -> None:
        path = unquote(asking.endpoint.path)
        if asking.endpoint.host or not path.startswith("/"):
            raise SettingsError(
                f"Connection {asking.source.connection.id!r} points to {asking.endpoint.address}; "
                "a folder is named by its whole path: file:///srv/uploads."
            )
        self._who = asking.who(request)
        self._base = self._resolved(Path(path))
        self._folder = self._resolved(Path(path) / below)
        self.where = f"file://{Path(path) / below}"
        if not self._folder.is_relative_to(self._base):
            raise SourceUnavailable(f"{self._who}: {self.where} is a link that leaves {path}; it is not followed.")

    def _resolved(self, path: Path) -> Path:
        try:
            return path.resolve(strict=True)
        except (OSError, RuntimeError) as error:
            raise SourceUnavailable(f"{self._who}: there is no folder file://{path}: {_cause(error)}.") from None

    def attempt(self, act: Callable[[], Result]) -> Result:
        return act()

    def names(self) -> dict[str, Stamp | None]:
        found: dict[str, Stamp | None] = {}
        try:
            with os.scandir(self._folder) as entries:
                for entry in entries:
                    if entry.is_symlink() or entry.is_file():
                        found[entry.name] = None
        except OSError as error:
            raise SourceUnavailable(f"{self._who}: {self.where} cannot be listed: {_cause(error)}.") from None
        return found

    def look(self, name: str) -> Stamp:
        return _stamp(name, self._place(name).stat())

    def chunks(self, name: str, size: int) -> Iterator[bytes]:
        # neither a link nor a pipe may take the file's place between the look and the opening
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        try:
            with open(os.open(self._place(name), flags), "rb", buffering=0) as file:
                _stamp(name, os.fstat(file.fileno()))
                while chunk := file.read(CHUNK):
                    yield chunk
        except OSError as error:
            raise Unreadable(f"{name} cannot be read: {_cause(error)}.") from None

    def _place(self, name: str) -> Path:
        try:
            place = (self._folder / name).resolve(strict=True)
        except (OSError, RuntimeError) as error:
            raise Unreadable(f"{name} cannot be read: {_cause(error)}.") from None
        if not place.is_relative_to(self._base):
            raise Unreadable(f"{name} is a link that leaves {self._base}; it is not followed.")
        return place

    def close(self) -> None:
        return


def _stamp(name: str, found: os.stat_result) -> Stamp:
    if not stat.S_ISREG(found.st_mode):
        raise Unreadable(f"{name} is not a file.")
    return Stamp(found.st_size, found.st_mtime_ns)


def _cause(error: Exception) -> str:
    return (isinstance(error, OSError) and error.strerror) or str(error)
