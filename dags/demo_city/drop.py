"""The drop folder: files that a person puts below <state>/files/<agency> are served as that agency's own."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from command_center.settings import WIB

from demo_city.answer import CALENDAR, CSV, EXCEL, HTML, JSON, SPREADSHEETML, XLSX, XML, ZIP, Answer

AGENCY = re.compile(r"^[a-z][a-z0-9_]*$")
TYPES = {
    ".json": JSON,
    ".csv": CSV,
    ".xlsx": XLSX,
    ".html": HTML,
    ".xml": XML,
    ".xls": EXCEL,
    ".zip": ZIP,
    ".ics": CALENDAR,
}


@dataclass(frozen=True)
class DropFolder:
    """The folder with one folder per agency; nothing outside of it is ever served."""

    root: Path

    def agencies(self) -> list[str]:
        if not self.root.is_dir():
            return []
        return sorted(entry.name for entry in self.root.iterdir() if AGENCY.match(entry.name) and entry.is_dir())

    def paths(self, agency: str) -> list[str]:
        """Paths of an agency's files below its folder."""
        folder = self.root / agency
        if not AGENCY.match(agency) or not folder.is_dir():
            return []
        found = (Path(where) / name for where, _, names in os.walk(folder) for name in names)
        return sorted(path.relative_to(folder).as_posix() for path in found if self._is_served(path))

    def answer(self, agency: str, path: str) -> Answer | None:
        """The file as it is now, None when there is none."""
        if path not in self.paths(agency):
            return None
        file = self.root / agency / path
        try:
            body, changed = file.read_bytes(), file.stat().st_mtime
        except OSError:
            return None
        return Answer(body, content_type(path, body), modified=datetime.fromtimestamp(int(changed), WIB))

    def _is_served(self, path: Path) -> bool:
        """Ordinary visible files only; a link may lead anywhere."""
        inside = path.resolve().is_relative_to(self.root.resolve())
        return inside and path.is_file() and not path.is_symlink() and not path.name.startswith((".", "~$"))


def content_type(path: str, body: bytes = b"") -> str:
    """By the name's ending; an .xml that Excel wrote is told by its beginning."""
    found = TYPES.get(Path(path).suffix.lower(), "application/octet-stream")
    return SPREADSHEETML if found == XML and b"office:spreadsheet" in body[:1000] else found
