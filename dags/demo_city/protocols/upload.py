"""Upload folders: the city lays an agency's files into <folder>/<agency>, where that folder exists, and keeps them current."""

from __future__ import annotations

import contextlib
import json
import os
import sys
import threading
from pathlib import Path

from demo_city.city import City
from demo_city.protocols.service import Service

LOOK_AGAIN_S = 20.0  # the hour may have turned
MANIFEST = "uploaded.json"


class UploadService(Service):
    """Fills the folders in the background; files that others put there are left alone."""

    name = "upload"

    def __init__(self, city: City, root: Path) -> None:
        self.ready = False
        self._city, self._root = city, root
        self._ending = threading.Event()
        self._refreshing = threading.Lock()
        self._thread = threading.Thread(target=self._live, name="upload", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._ending.set()
        self._city.touch()
        self._thread.join(10)

    def addresses(self) -> dict[str, str]:
        return {"file": self._root.as_uri()}

    def refresh(self) -> None:
        """Write what is new or changed, whole files only; take away what is no longer served."""
        with self._refreshing:
            self._fill()

    def _fill(self) -> None:
        before = self._written()
        served = {path: answer for source in self._city.sources() for path, answer in self._files(source)}
        for path, (body, changed) in served.items():
            _put(self._root / path, body, changed)
        for path in sorted(before - served.keys()):
            (self._root / path).unlink(missing_ok=True)
        self._manifest.write_text(json.dumps(sorted(served)))

    def _files(self, source: str) -> list[tuple[str, tuple[bytes, float]]]:
        fault = self._city.fault(source)
        if not (self._root / source).is_dir() or (fault and fault.kind in ("down", "status_500", "status_429")):
            return []
        found = ((f"{source}/{path}", self._city.file(f"{source}/{path}")) for path in self._city.files(source))
        now = self._city.clock.now()
        return [(path, (file.body, (file.modified or now).timestamp())) for path, file in found if file]

    @property
    def _manifest(self) -> Path:
        return self._city.state_dir / MANIFEST

    def _written(self) -> set[str]:
        with contextlib.suppress(OSError, ValueError):
            return set(json.loads(self._manifest.read_text()))
        return set()

    def _live(self) -> None:
        while not self._ending.is_set():
            seen = self._city.version
            try:
                self.refresh()
                self.ready = True
            except OSError as error:
                print(f"The demo city cannot fill {self._root}: {error}", file=sys.stderr, flush=True)
            self._city.wait_for_change(seen, self._ending, LOOK_AGAIN_S)


def _put(file: Path, body: bytes, changed: float) -> None:
    if file.exists() and file.read_bytes() == body:
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    aside = file.with_name(f".{file.name}.part")
    aside.write_bytes(body)
    os.utime(aside, (changed, changed))
    aside.replace(file)
