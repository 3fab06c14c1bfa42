"""JSON-RPC 2.0 (Zabbix): one call per request, its result read like any JSON answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from command_center.declaration.source import Request, Source, Table
from command_center.errors import DeclarationError, PayloadError, SettingsError, SourceUnavailable
from command_center.extract import http, http_json, paging
from command_center.extract.asking import Answered, Asking
from command_center.extract.json_paths import parse
from command_center.extract.reading import Answer, Reading

CALL = 1
RECORDS = ("result[]",)


def ask(asking: Asking, request: Request, folder: Path) -> Iterator[Answered]:
    """The result of the declared method. Raises SourceUnavailable, also for an error that the server reports."""
    declared = asking.source.extract.paging
    with http.Client(asking) as client:
        turn = Call(client, request, folder)
        if declared is None:
            yield replace(turn({}).fetched, validator=None)
        elif declared.style == "next":
            raise DeclarationError(
                f"{asking.who(request)}: json_rpc has no addresses of next pages; page by a parameter."
            )
        else:
            yield paging.fetch(asking, request, folder, declared, turn)


def read(source: Source, table: Table, answer: Answer) -> Reading:
    """The records of the result. Raises PayloadError, also for an archived error."""
    return http_json.read_records(source, table, answer, table.records or RECORDS, root_of=_root)


@dataclass(frozen=True)
class Call:
    """One call; parameters of paging stand among the method's own."""

    client: http.Client
    request: Request
    folder: Path

    def __call__(self, query: Mapping[str, str], url: str | None = None) -> http.Page:
        body = self._body(query)
        page = self.client.page(self.request, self.folder, body=body)
        self._check(page, body)
        return page

    def _body(self, query: Mapping[str, str]) -> dict[str, Any]:
        asking = self.client.asking
        filled = _filled(asking, self.request.body)
        if not isinstance(filled.get("method"), str):
            raise DeclarationError(f"{asking.who(self.request)}: 'body' needs a 'method'.")
        params = filled.get("params", {})
        if query:
            if not isinstance(params, dict):
                raise DeclarationError(f"{asking.who(self.request)}: paging needs 'params' with names.")
            params = {**params, **{name: int(text) if text.isdecimal() else text for name, text in query.items()}}
        body = {"jsonrpc": "2.0", "method": filled["method"], "params": params, "id": CALL}
        if asking.source.connection.auth == "body":
            body["auth"] = _token(asking)
        return body

    def _check(self, page: http.Page, body: Mapping[str, Any]) -> None:
        """Raise SourceUnavailable for an error, an answer to another call, or one that the call's own limit cut off."""
        who, content = self.client.asking.who(self.request), page.fetched.path.read_bytes()
        try:
            root = parse(Answer(f"{who}, {page.fetched.url}", lambda: iter([content]), {}))
        except PayloadError as error:
            raise SourceUnavailable(str(error)) from None
        error_said = _error(root)
        if error_said is not None:
            raise self.client.refusal(
                self.request, f"{body['method']} was refused: {error_said}", "mend the connection or the call"
            )
        if not isinstance(root, dict) or "result" not in root:
            raise SourceUnavailable(
                f"{who}: the answer to {body['method']} has no 'result'; is this a JSON-RPC address?"
            )
        if str(root.get("id", CALL)) != str(CALL):
            raise SourceUnavailable(
                f"{who}: the answer belongs to the call {root['id']!r}, not to {CALL}; it is tried again."
            )
        limit, result = self._limit(body), root["result"]
        if limit and isinstance(result, list | dict) and len(result) >= limit:
            raise SourceUnavailable(
                f"{who}: {body['method']} gave {len(result)} records, as many as its limit of {limit} allows, so there may be "
                "more; raise 'limit', or ask for a shorter time."
            )

    def _limit(self, body: Mapping[str, Any]) -> int:
        """The call's own limit; none where it is a page's size."""
        if self.client.asking.source.extract.paging is not None or not isinstance(body["params"], dict):
            return 0
        text = str(body["params"].get("limit", ""))
        return int(text) if text.isdecimal() else 0


def _root(answer: Answer) -> object:
    root = parse(answer)
    said = _error(root)
    if said is not None:
        raise PayloadError(f"{answer.where}: the server reported an error: {said}; ask the steward.")
    return root


def _error(root: object) -> str | None:
    """Code, message and data of an error, on one line."""
    error = root.get("error") if isinstance(root, dict) else None
    if error is None:
        return None
    parts = [error.get("code"), error.get("message"), error.get("data")] if isinstance(error, dict) else [error]
    return " ".join(" ".join(str(part) for part in parts if part is not None).split())[:300]


def _filled(asking: Asking, value: Any) -> Any:
    """Times and bounds put into every text, however deep."""
    if isinstance(value, str):
        return asking.fill(value)
    if isinstance(value, dict):
        return {name: _filled(asking, item) for name, item in value.items()}
    return [_filled(asking, item) for item in value] if isinstance(value, list) else value


def _token(asking: Asking) -> str:
    if not asking.endpoint.password:
        raise SettingsError(
            f"The connection {asking.source.connection.id!r} has no password, but the declaration says 'auth: body'."
        )
    return asking.endpoint.password
