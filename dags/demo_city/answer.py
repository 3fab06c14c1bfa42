"""What a source answers, before any fault is laid over it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

ALL = "*"
NOTHING = ""
JSON = "application/json"
CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HTML = "text/html; charset=utf-8"
XML = "application/xml; charset=UTF-8"
SPREADSHEETML = "text/xml"
EXCEL = "application/vnd.ms-excel"
ZIP = "application/zip"
CALENDAR = "text/calendar; charset=utf-8"
FAMILIES = {
    "application/json": "json",
    "application/xml": "xml",
    SPREADSHEETML: "spreadsheetml",
    "text/csv": "csv",
    XLSX: "xlsx",
    ZIP: "zip",
    EXCEL: "html",
    "text/calendar": "ics",
}


@dataclass(frozen=True)
class Answer:
    """One HTTP answer; `simulated` is the value of the header X-Data-Simulasi."""

    body: bytes
    content_type: str
    simulated: str = ALL
    status: int = 200
    modified: datetime | None = None
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def family(self) -> str:
        """Which family of formats the body belongs to; empty when no fault of bytes is known for it."""
        return FAMILIES.get(self.content_type.partition(";")[0], "") if self.status == 200 else ""

    @property
    def etag(self) -> str:
        return f'"{hashlib.sha256(self.body).hexdigest()[:32]}"'

    @property
    def last_modified(self) -> str | None:
        return format_datetime(self.modified.astimezone(UTC), usegmt=True) if self.modified else None

    @property
    def validators(self) -> dict[str, str]:
        """The headers by which a client recognises an unchanged answer."""
        if self.status != 200:
            return {}
        return {"ETag": self.etag} | ({"Last-Modified": self.last_modified} if self.last_modified else {})


def json_answer(content: Any, simulated: str = ALL, modified: datetime | None = None) -> Answer:
    """Compact JSON, as object storage and APIs send it."""
    body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    return Answer(body, JSON, simulated, modified=modified)


def html_page(title: str, text: str, status: int = 200) -> Answer:
    head = f'<!DOCTYPE html>\n<html lang="id"><head><meta charset="utf-8"><title>{title}</title></head>'
    body = f"<body><h1>{title}</h1>{text}</body></html>"
    return Answer(f"{head}\n{body}\n".encode(), HTML, status=status)
