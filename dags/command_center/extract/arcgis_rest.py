"""ArcGIS REST layers: all features in the order of their object id, checked against the layer's own count."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from command_center.declaration.source import Paging, Request, Source, Table
from command_center.errors import PayloadError, SourceUnavailable
from command_center.extract import http, http_json, paging
from command_center.extract.asking import Answered, Asking
from command_center.extract.json_paths import parse, shape
from command_center.extract.reading import Answer, Reading

FEATURES = "features[]"
RECORDS = ("features[].attributes",)
SIZE = 1000
OBJECT_ID = "esriFieldTypeOID"


def ask(asking: Asking, request: Request, folder: Path) -> Iterator[Answered]:
    """All features that the declared query finds. Raises SourceUnavailable."""
    with http.Client(asking) as client:
        layer = Layer(client, request, folder)
        counts = [layer.count()]

        def check(walk: paging.Walk) -> None:
            counts.append(layer.count())
            first, last = counts[-2:]
            if not min(first, last) <= walk.count <= max(first, last):
                raise paging.Shifted(f"the layer counts {last} features, but its pages gave {walk.count}")

        yield paging.fetch(asking, request, folder, layer.paging, layer.page, check)


def read(source: Source, table: Table, answer: Answer) -> Reading:
    """The attributes of the features; `geometry`, where a column names it, as JSON. Raises PayloadError."""

    def root_of(page: Answer) -> object:
        root = parse(page)
        said = _error(root)
        if said is not None:
            raise PayloadError(f"{page.where}: the layer reported an error: {said}; ask the steward.")
        return _with_geometry(root) if _wants_geometry(table) else root

    return http_json.read_records(source, table, answer, table.records or RECORDS, paged=(FEATURES,), root_of=root_of)


class Layer:
    """One layer, asked with the declared query in the order of its key."""

    def __init__(self, client: http.Client, request: Request, folder: Path) -> None:
        self._client, self._request, self._folder = client, request, folder
        self._who = client.asking.who(request)
        declared = client.asking.source.extract.paging
        self._key = declared.key.removeprefix("attributes.") if declared and declared.key else self._object_id()

    @property
    def paging(self) -> Paging:
        """By object id; by offset only where that is declared."""
        declared = self._client.asking.source.extract.paging
        by_offset = declared is not None and declared.style == "offset"
        usual = Paging(
            style="offset" if by_offset else "after",
            param="resultOffset" if by_offset else "after",
            size_param="resultRecordCount",
            size=declared.size if declared and "size" in declared.model_fields_set else SIZE,
            records=FEATURES,
            key=f"attributes.{self._key}",
        )
        if declared is None:
            return usual
        return usual.model_copy(update={"confirm": declared.confirm, "max_pages": declared.max_pages})

    def page(self, query: Mapping[str, str], url: str | None = None) -> http.Page:
        """One page: after an object id, or from an offset."""
        asked = {**self._query(), **query, "orderByFields": f"{self._key} ASC"}
        last = asked.pop("after", None)
        if last is not None:
            if not re.fullmatch(r"-?\d+", last):
                raise SourceUnavailable(
                    f"{self._who}: the object id {last!r} is no integer; declare 'paging' by offset, or with another 'key'."
                )
            asked["where"] = f"({asked['where']}) AND {self._key} > {last}"
        if asked["outFields"] != "*" and self._key not in re.split(r"\s*,\s*", asked["outFields"]):
            asked["outFields"] += f",{self._key}"
        return self._get(f"{self._request.path.strip('/')}/query", asked)

    def count(self) -> int:
        """How many features the declared query finds."""
        where = {"where": self._query()["where"], "returnCountOnly": "true", "f": "json"}
        page = self._get(f"{self._request.path.strip('/')}/query", where)
        root = self._parsed(page)
        page.fetched.path.unlink(missing_ok=True)
        if not isinstance(root.get("count"), str):
            raise SourceUnavailable(
                f"{self._who}: the layer's count has {shape(root)}, expected 'count'; ask the steward."
            )
        return int(root["count"])

    def _query(self) -> dict[str, str]:
        """The declared query over what is asked for otherwise."""
        usual = {"where": "1=1", "outFields": "*", "returnGeometry": "false"}
        if any(_wants_geometry(table) for table in self._client.asking.source.tables.values()):
            usual |= {"returnGeometry": "true", "outSR": "4326"}
        return {**usual, **self._client.asking.query(self._request), "f": "json"}

    def _object_id(self) -> str:
        """The field by which the layer itself tells its features apart."""
        page = self._get(self._request.path.strip("/"), {"f": "json"})
        root = self._parsed(page)
        page.fetched.path.unlink(missing_ok=True)
        named = root.get("objectIdField")
        fields = root.get("fields") or []
        typed = [field.get("name") for field in fields if isinstance(field, dict) and field.get("type") == OBJECT_ID]
        found = named or (typed[0] if typed else None)
        if not isinstance(found, str) or not re.fullmatch(r"[\w.]+", found):
            raise SourceUnavailable(
                f"{self._who}: the layer names no field with an object id; declare 'paging' with a 'key' that is unique."
            )
        return found

    def _get(self, path: str, query: Mapping[str, str]) -> http.Page:
        """An answer that is not an error, which ArcGIS tells within an answer of HTTP 200."""
        page = self._client.page(self._request, self._folder, path=path, query=query)
        if page.fetched.byte_size < http.ERROR_BODY:
            said = _error(self._parsed(page))
            if said is not None:
                raise self._client.refusal(self._request, f"the layer reports an error: {said}", _advice(said))
        return page

    def _parsed(self, page: http.Page) -> dict[str, Any]:
        content = page.fetched.path.read_bytes()
        try:
            root = parse(Answer(f"{self._who}, {page.fetched.url}", lambda: iter([content]), {}))
        except PayloadError as error:
            raise SourceUnavailable(str(error)) from None
        if not isinstance(root, dict):
            raise SourceUnavailable(f"{self._who}: {page.fetched.url} gave no object; is this the address of a layer?")
        return root


def _wants_geometry(table: Table) -> bool:
    return any(column.source == "geometry" for column in table.columns)


def _with_geometry(root: object) -> object:
    features = root.get("features") if isinstance(root, dict) else None
    for feature in features if isinstance(features, list) else []:
        if isinstance(feature, dict) and isinstance(feature.get("attributes"), dict):
            feature["attributes"]["geometry"] = feature.get("geometry")
    return root


def _error(root: object) -> str | None:
    """Code, message and details of an error, on one line."""
    error = root.get("error") if isinstance(root, dict) else None
    if error is None:
        return None
    if not isinstance(error, dict):
        return str(error)[:300]
    details = error.get("details")
    parts = [error.get("code"), error.get("message"), *(details if isinstance(details, list) else [details])]
    return " ".join(" ".join(str(part) for part in parts if part).split())[:300]


def _advice(said: str) -> str:
    if said.startswith(("498", "499", "403", "401")):
        return "mend the token of the connection"
    return "it is tried again" if said.startswith("5") else "mend the query in the declaration, or ask the steward"
