"""JSON-RPC: one call, its login in the header or the body, its errors, and results that its own limit cut off."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from command_center.declaration.source import Source
from command_center.errors import DeclarationError, PayloadError, SettingsError, SourceUnavailable
from command_center.extract.asking import Window
from command_center.settings import WIB

from tests.support.http_source import Asked, Said, archived, ask, declare, read, serving

PROBLEMS = [
    {"eventid": "101", "clock": "1732780800", "severity": "4"},
    {"eventid": "102", "clock": "1732780860", "severity": "2"},
]


def source(auth: str = "bearer", params: Any = None, **extract: Any) -> Source:
    request = {
        "path": "api_jsonrpc.php",
        "body": {"method": "problem.get", "params": params if params is not None else {}},
    }
    return declare(
        "json_rpc",
        columns=["eventid", "clock", "severity"],
        request=request,
        connection={"auth": auth},
        extract=extract,
    )


def test_a_call_and_its_result(tmp_path: Path) -> None:
    declared = source(
        params={"output": "extend", "time_from": "{window_start:epoch_s}", "limit": 100, "tags": [{"tag": "{since}"}]}
    )
    window = Window(datetime(2024, 11, 28, 15, 0, tzinfo=WIB))
    with serving(lambda asked: Said({"jsonrpc": "2.0", "result": PROBLEMS, "id": 1})) as server:
        fetched = ask(declared, server.url, tmp_path, password="kunci", window=window, since="101")
    (asked,) = server.asked
    assert (asked.method, asked.path, asked.headers["Authorization"]) == ("POST", "/api_jsonrpc.php", "Bearer kunci")
    assert asked.body == {
        "jsonrpc": "2.0", "method": "problem.get", "id": 1,
        "params": {"output": "extend", "time_from": "1732780800", "limit": 100, "tags": [{"tag": "101"}]},
    }  # fmt: skip
    assert [texts for _, texts in read(declared, archived(fetched))[1]] == [list(one.values()) for one in PROBLEMS]


def test_old_servers_take_the_token_in_the_body(tmp_path: Path) -> None:
    with serving(lambda asked: Said({"result": [], "id": 1})) as server:
        fetched = ask(source("body"), server.url, tmp_path, password="kunci")
        with pytest.raises(SettingsError, match="has no password, but the declaration says 'auth: body'"):
            ask(source("body"), server.url, tmp_path)
    assert server.asked[0].body["auth"] == "kunci" and "Authorization" not in server.asked[0].headers
    assert "kunci" not in str(fetched)


@pytest.mark.parametrize("auth", ["bearer", "body"])
@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (
            {"error": {"code": -32602, "message": "Invalid params.", "data": "Session kunci terminated."}},
            r"problem.get was refused: -32602 Invalid params. Session \*\*\* terminated.; mend the connection",
        ),
        ({"error": "galat"}, "was refused: galat"),
        ({"pesan": "x"}, "has no 'result'; is this a JSON-RPC address"),
        ([], "has no 'result'"),
        ({"result": [], "id": 7}, "belongs to the call '7', not to 1"),
    ],
)
def test_what_is_no_result_is_told_without_the_token(tmp_path: Path, auth: str, answer: object, sentence: str) -> None:
    with serving(lambda asked: Said(answer)) as server, pytest.raises(SourceUnavailable, match=sentence) as refused:
        ask(source(auth), server.url, tmp_path, password="kunci")
    assert "kunci" not in str(refused.value)


def test_a_result_as_long_as_its_limit_may_be_cut_off(tmp_path: Path) -> None:
    with (
        serving(lambda asked: Said({"result": PROBLEMS, "id": 1})) as server,
        pytest.raises(SourceUnavailable, match="gave 2 records, as many as its limit of 2 allows"),
    ):
        ask(source(params={"limit": 2}), server.url, tmp_path, password="kunci")


def test_pages_by_a_parameter_of_the_method(tmp_path: Path) -> None:
    paging = {
        "style": "after",
        "param": "eventid_from",
        "size_param": "limit",
        "size": 10,
        "records": "result[]",
        "key": "eventid",
    }
    declared = source(params={"sortfield": "eventid"}, paging=paging)

    def answering(asked: Asked) -> Said:
        params = asked.body["params"]
        first = params.get("eventid_from", 0)  # as Zabbix does, from the id on, and not after it
        result = [{"eventid": str(n), "clock": "1", "severity": "1"} for n in range(first, 35)][: params["limit"]]
        return Said({"result": result, "id": 1})

    with serving(answering) as server:
        fetched = ask(declared, server.url, tmp_path, password="kunci")
    assert [texts[0] for _, texts in read(declared, archived(fetched))[1]] == [str(n) for n in range(35)]
    assert {asked.body["params"]["sortfield"] for asked in server.asked} == {"eventid"}


@pytest.mark.parametrize(
    ("declared", "sentence"),
    [
        (source(paging={"style": "next", "records": "result[]"}), "no addresses of next pages"),
        (
            source(params=[1], paging={"style": "page", "param": "p", "records": "result[]"}),
            "paging needs 'params' with names",
        ),
        (declare("json_rpc"), "'body' needs a 'method'"),
    ],
)
def test_a_declaration_that_cannot_work_is_told(tmp_path: Path, declared: Source, sentence: str) -> None:
    with pytest.raises(DeclarationError, match=sentence):
        ask(declared, "http://127.0.0.1:9", tmp_path, password="kunci")


def test_an_archived_error_is_held() -> None:
    with pytest.raises(PayloadError, match="the server reported an error: -1 Galat"):
        read(source(), b'{"error": {"code": -1, "message": "Galat"}}')
