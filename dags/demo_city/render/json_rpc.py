"""JSON-RPC as Zabbix speaks it: errors with status 200, numbers as text, times in seconds, two ways to log in."""

from __future__ import annotations

import json
from typing import Any

from demo_city.answer import Answer, json_answer
from demo_city.ask import Question, is_secret
from demo_city.table import Table, changed_at

INVALID, DENIED, NO_METHOD = -32602, -32500, -32601


def answer(table: Table, question: Question, token: str) -> Answer:
    """The answer to one call of apiinfo.version, user.login or pengangkutan.get."""
    try:
        call = json.loads(question.body)
        method, params, number = str(call["method"]), call.get("params") or {}, call.get("id")
    except (ValueError, KeyError, TypeError, AttributeError):
        return _error(None, -32700, "Parse error", "Invalid JSON. An error occurred on the server while parsing.")
    if method == "apiinfo.version":
        return _result(number, "6.4.0")
    if method == "user.login":
        fits = isinstance(params, dict) and is_secret(str(params.get("password", "")), token)
        return (
            _result(number, token)
            if fits
            else _error(number, DENIED, "Application error.", "Incorrect user name or password.")
        )
    if not is_secret(question.bearer or str(call.get("auth") or ""), token):
        return _error(number, INVALID, "Invalid params.", "Not authorized.")
    if method != "pengangkutan.get" or not isinstance(params, dict):
        return _error(number, NO_METHOD, "Method not found.", f'Incorrect API "{method}".')
    return _result(number, _records(table, params))


def _records(table: Table, params: dict[str, Any]) -> list[dict[str, str]]:
    since = str(params.get("time_from", ""))
    first = int(since) if since.isdigit() else 0
    records = []
    for row in table.rows:
        changed = changed_at(row)
        if changed.timestamp() >= first:
            record = {name: table.plain(row[name]) for name in table.columns}
            records.append(record | {"diubah_pada": str(int(changed.timestamp()))})
    return records[: int(params["limit"])] if str(params.get("limit", "")).isdigit() else records


def _result(number: Any, result: Any) -> Answer:
    return json_answer({"jsonrpc": "2.0", "result": result, "id": number})


def _error(number: Any, code: int, message: str, data: str) -> Answer:
    return json_answer({"jsonrpc": "2.0", "error": {"code": code, "message": message, "data": data}, "id": number})
