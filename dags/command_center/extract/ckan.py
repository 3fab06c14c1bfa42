"""CKAN portals: the records of a resource from the DataStore, else the resource's file; or the list of data sets."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from command_center.declaration.source import Paging, Request, Source, Table
from command_center.errors import PayloadError, SourceUnavailable
from command_center.extract import delimited, http, http_json, paging, xlsx
from command_center.extract.asking import BUNDLE, Answered, Asking
from command_center.extract.json_paths import parse
from command_center.extract.reading import Answer, Reading

ACTION = "api/3/action"
RECORDS = ("result.records[]", "result.results[]")
OWN = ("_id", "_full_text", "rank")  # columns of the DataStore itself
SIZE = 1000
IDENTIFIER = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)


class _NoDataStore(Exception):
    """The portal keeps the resource as a file only."""


def ask(asking: Asking, request: Request, folder: Path) -> Iterator[Answered]:
    """Records of the resource whose id, or whose data set's name, is the request's path. Raises SourceUnavailable."""
    with http.Client(asking) as client:
        portal = _Portal(client, request, folder)
        if request.path.strip("/") == "package_search":
            query = {"sort": "name asc", **asking.query(request)}
            declared = _paging(asking.source, "start", "rows", "id", "result.results[]", "result.count")
            yield paging.fetch(asking, request, folder, declared, portal.turn("package_search", query))
            return
        resource = portal.resource_id()
        query = {**_with_id(asking.query(request)), "sort": "_id", "resource_id": resource}
        declared = _paging(asking.source, "offset", "limit", "_id", "result.records[]", "result.total")
        try:
            yield paging.fetch(asking, request, folder, declared, portal.turn("datastore_search", query))
        except _NoDataStore:
            yield portal.file(resource)


def read(source: Source, table: Table, answer: Answer) -> Reading:
    """The records, whichever way they came. Raises PayloadError."""
    head = next(answer.chunks(), b"").removeprefix(b"\xef\xbb\xbf").lstrip()
    if answer.content_type == BUNDLE or head[:1] == b"{":
        declared = [column.source for column in table.columns]
        own = [name for name in OWN if name not in declared]
        paths = table.records or RECORDS
        return http_json.read_records(source, table, answer, paths, ignore=own, paged=RECORDS, root_of=root_of)
    if head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return xlsx.read(source, table, answer)
    return delimited.read(source, table, answer)


def root_of(answer: Answer) -> object:
    """The parsed answer; one data set, or a plain list of them, as a search would give it. Raises PayloadError."""
    root = parse(answer)
    if isinstance(root, dict) and root.get("success") is False:
        raise PayloadError(f"{answer.where}: the portal reports an error: {_complaint(root)}; ask the steward.")
    result = root.get("result") if isinstance(root, dict) else None
    if isinstance(root, dict) and (isinstance(result, list) or (isinstance(result, dict) and "resources" in result)):
        return {**root, "result": {"results": result if isinstance(result, list) else [result]}}
    return root


def _paging(source: Source, param: str, size_param: str, key: str, records: str, total: str) -> Paging:
    """Offsets with overlap, as CKAN has them; size, limits and confirmation as declared."""
    usual = Paging(style="offset", param=param, size_param=size_param, key=key, records=records, total=total, size=SIZE)
    declared = source.extract.paging
    if declared is None:
        return usual
    size = declared.size if "size" in declared.model_fields_set else SIZE
    return usual.model_copy(update={"size": size, "confirm": declared.confirm, "max_pages": declared.max_pages})


def _with_id(query: dict[str, str]) -> dict[str, str]:
    """The declared query; declared fields are asked for together with the one that tells records apart."""
    fields = query.get("fields")
    if fields is None or "_id" in re.split(r"\s*,\s*", fields):
        return query
    return {**query, "fields": f"_id,{fields}"}


class _Portal:
    """A CKAN portal, asked for one request."""

    def __init__(self, client: http.Client, request: Request, folder: Path) -> None:
        self._client, self._request, self._folder = client, request, folder
        self._who = client.asking.who(request)

    def turn(self, action: str, declared: Mapping[str, str]) -> paging.Turn:
        """How one page of an action is asked for."""

        def ask_page(query: Mapping[str, str], url: str | None = None) -> http.Page:
            return self._action(action, {**declared, **query})

        return ask_page

    def resource_id(self) -> str:
        """The path itself where it is an id, else the one resource of the declared format in the data set of that name."""
        path = self._request.path.strip("/")
        if IDENTIFIER.fullmatch(path):
            return path
        wanted = self._client.asking.source.extract.resource_format
        resources = self._result("package_show", {"id": path}).get("resources") or []
        found = [item for item in resources if _format(item.get("format")) == _format(wanted)]
        if len(found) != 1:
            listed = ", ".join(f"{item.get('id')} ({item.get('name')!r}, {item.get('format')!r})" for item in resources)
            raise SourceUnavailable(
                f"{self._who}: the data set {path!r} has {len(found)} resources of the format {wanted!r}, expected one; name "
                f"the resource by its id instead. It has: {listed or 'none'}."
            )
        return str(found[0]["id"])

    def file(self, resource: str) -> Answered:
        """The file of a resource that is not in the DataStore."""
        shown = self._result("resource_show", {"id": resource})
        wanted, url = self._client.asking.source.extract.resource_format, str(shown.get("url") or "")
        given = _format(shown.get("format"))
        if given and given != _format(wanted):
            raise SourceUnavailable(
                f"{self._who}: the resource {resource} is not in the DataStore and its file is {given}, expected {wanted!r}; "
                "mend 'resource_format', or ask the steward."
            )
        if not url:
            raise SourceUnavailable(
                f"{self._who}: the resource {resource} is not in the DataStore and has no file; ask the steward."
            )
        return self._client.get(self._request, self._folder, url=url)

    def _result(self, action: str, query: Mapping[str, str]) -> dict[str, Any]:
        page = self._action(action, query)
        result = self._parsed(page).get("result")
        page.fetched.path.unlink(missing_ok=True)
        if not isinstance(result, dict):
            raise SourceUnavailable(f"{self._who}: the portal's answer to {action} has no 'result'; ask the steward.")
        return result

    def _action(self, action: str, query: Mapping[str, str]) -> http.Page:
        """The answer to an action of the portal's interface, which tells errors by status or within an answer."""
        try:
            page = self._client.page(self._request, self._folder, path=f"{ACTION}/{action}", query=query)
        except http.Refused as refused:
            root: object = None
            with suppress(ValueError):
                root = json.loads(refused.body)
            self._check(action, root, refused)
            raise
        if page.fetched.byte_size < http.ERROR_BODY:
            self._check(action, self._parsed(page), None)
        return page

    def _parsed(self, page: http.Page) -> dict[str, Any]:
        content = page.fetched.path.read_bytes()
        try:
            root = parse(Answer(f"{self._who}, {page.fetched.url}", lambda: iter([content]), {}))
        except PayloadError as error:
            raise SourceUnavailable(str(error)) from None
        if not isinstance(root, dict):
            raise SourceUnavailable(
                f"{self._who}: {page.fetched.url} gave no object; is the address that of a CKAN portal?"
            )
        return root

    def _check(self, action: str, root: object, refused: http.Refused | None) -> None:
        """Raise for an error that the portal explains."""
        unknown = isinstance(root, str) and "Action name not known" in root
        failed = isinstance(root, dict) and root.get("success") is False
        status = refused.status if refused else 200
        is_off = unknown or (failed and (status == 404 or "not found" in _complaint(root).lower()))
        if action == "datastore_search" and is_off:
            raise _NoDataStore
        if failed:
            advice = "it is tried again" if status >= 500 else "mend the declaration, or ask the steward"
            said = f"{action} of the portal reports an error: {_complaint(root)}"
            raise self._client.refusal(self._request, said, advice)


def _complaint(root: object) -> str:
    """What the portal says of its error, on one line."""
    error = root.get("error") if isinstance(root, dict) else root
    if isinstance(error, dict):
        kind = str(error.get("__type") or "")
        rest = {name: text for name, text in error.items() if name != "__type"}
        said = str(rest.pop("message", "")) or json.dumps(rest, ensure_ascii=False)
        error = f"{kind}: {said}" if kind else said
    return " ".join(str(error).split())[:300]


def _format(text: object) -> str:
    return str(text or "").strip().lstrip(".").upper()
