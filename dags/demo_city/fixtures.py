"""Declared sources that no agency's module stands for: the city answers with their fixtures, where their declaration asks.

So a new source has something to ask in the demo from its five files alone. Its rows are the fixture's, whatever the clock.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

from command_center.declaration.source import Kind, Request, Source
from command_center.intake.trial import match_file
from command_center.paths import ROOT
from command_center.settings import WIB

from demo_city.answer import ALL, JSON, Answer, json_answer
from demo_city.ask import Question
from demo_city.drop import content_type
from demo_city.faults.spoil import Fault
from demo_city.office import Office

FIXTURES = ROOT / "tests" / "fixtures"
ACTIONS: Mapping[bool, str] = {True: "api/3/action/package_search", False: "api/3/action/datastore_search"}


@dataclass(frozen=True)
class Kept:
    """One fixture, and the request that it answers."""

    kind: Kind
    request: Request
    file: Path

    @property
    def path(self) -> str:
        """Where its agency serves it."""
        path = str(PurePosixPath(self.request.path.strip("/")))
        if self.request.files is not None:
            return str(PurePosixPath(path, self.file.name))
        return ACTIONS[path == "package_search"] if self.kind == "ckan" else path

    def answers(self, path: str, asked: Question) -> bool:
        """Whether it was asked for: at its path, with its method and with what the declaration sends word for word."""
        if self.kind == "arcgis_rest":
            path = path.removesuffix("/query")
        plain = {name: text for name, text in self.request.query.items() if "{" not in text}
        sent = all(asked.query.get(name, text) == text for name, text in plain.items() if name != "where")
        return (
            path == self.path and sent and (not self.request.body or _method(asked) == self.request.body.get("method"))
        )

    def answer(self, path: str, asked: Question) -> Answer:
        body = self.file.read_bytes()
        changed = datetime.fromtimestamp(int(self.file.stat().st_mtime), WIB)
        if self.kind == "arcgis_rest":
            return _layer(json.loads(body), path, asked, changed)
        kind = JSON if self.kind == "prometheus" else content_type(self.file.name, body)
        return Answer(body, kind, ALL, modified=changed)


def stand_in(source: Source, folder: Path = FIXTURES) -> Office | str:
    """A system that serves a source's fixtures; where it cannot, one sentence that says why."""
    key, kind = source.source, source.extract.kind
    if kind == "sql":
        return f"{key}: the demo city has no database for it; give it a module in agencies/, or point its connection elsewhere."
    if source.extract.paging is not None and kind not in ("arcgis_rest", "ckan"):
        return f"{key}: the demo city cannot page through fixtures; give it a module in agencies/."
    files = sorted(path for path in (folder / key).glob("*") if path.is_file() and not path.name.startswith("."))
    kept = list(_kept(source, files))
    if not kept:
        return f"{key}: the demo city has nothing to answer with; put a fixture into tests/fixtures/{key}/."
    return Office(source.opd, (key,), _answering(kept), lambda seed, now: [one.path for one in kept])


def _kept(source: Source, files: list[Path]) -> Iterator[Kept]:
    for file in files:
        match = match_file(source, file.name)
        if match.is_certain:
            yield Kept(source.extract.kind, match.request, file)


def _answering(kept: list[Kept]) -> Any:
    def answer(path: str, asked: Question, seed: int, now: datetime, fault: Fault | None) -> Answer | None:
        return next((one.answer(path, asked) for one in kept if one.answers(path, asked)), None)

    return answer


def _method(asked: Question) -> object:
    try:
        return json.loads(asked.body)["method"]
    except (ValueError, KeyError, TypeError):
        return None


def _layer(content: dict[str, Any], path: str, asked: Question, changed: datetime) -> Answer:
    """An ArcGIS layer of the fixture's features: its description, their count, or those behind an object id."""
    key, features = content["objectIdFieldName"], content["features"]
    if not path.endswith("/query"):
        description = {"objectIdField": key, "maxRecordCount": len(features), "fields": content["fields"]}
        return json_answer(description, modified=changed)
    if asked.query.get("returnCountOnly") == "true":
        return json_answer({"count": len(features)}, modified=changed)
    _, _, last = asked.query.get("where", "").partition(f"AND {key} > ")
    after = [one for one in features if not last or one["attributes"][key] > int(last)]
    return json_answer({**content, "features": after}, modified=changed)
