"""The kinds of source: which module asks and which reads. Modules are imported when they are needed."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

from command_center.declaration.source import Kind, Request, Source, Table
from command_center.extract.asking import Answered, Asking
from command_center.extract.reading import Answer, Reading


class Asks(Protocol):
    def ask(self, asking: Asking, request: Request, folder: Path) -> Iterator[Answered]:
        """The answers to one request, as files in `folder`. Raises SourceUnavailable when there is none."""


class Reads(Protocol):
    def read(self, source: Source, table: Table, answer: Answer) -> Reading:
        """The rows of one table. Raises PayloadError when the answer is not what was declared."""


# kind: (module that asks, module that reads); file kinds are asked by the scheme of their address
MODULES: dict[Kind, tuple[str, str]] = {
    "http_json": ("http_json", "http_json"),
    "ckan": ("ckan", "ckan"),
    "arcgis_rest": ("arcgis_rest", "arcgis_rest"),
    "json_rpc": ("json_rpc", "json_rpc"),
    "prometheus": ("prometheus", "prometheus"),
    "xml": ("http_json", "xml"),
    "rss": ("rss", "rss"),
    "cap": ("rss", "cap"),
    "icalendar": ("files", "icalendar"),
    "csv": ("files", "delimited"),
    "xlsx": ("files", "xlsx"),
    "spreadsheetml": ("files", "spreadsheetml"),
    "html_table": ("files", "html_table"),
    "sql": ("sql", "delimited"),
}


def asks(kind: Kind) -> Asks:
    return cast(Asks, import_module(f"command_center.extract.{MODULES[kind][0]}"))


def reads(kind: Kind) -> Reads:
    return cast(Reads, import_module(f"command_center.extract.{MODULES[kind][1]}"))
