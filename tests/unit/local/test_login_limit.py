"""Airflow's login where no proxy stands before it: failed ones are counted, and a right password does not get past the limit."""

from __future__ import annotations

import asyncio
import importlib.util
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from command_center.local.airflow import API_SERVER, API_SERVER_PLUGINS, SCHEDULER, command
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route


def plugin() -> Any:
    spec = importlib.util.spec_from_file_location("login_limit", API_SERVER_PLUGINS / "login_limit.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


async def token(request: Request) -> Response:
    body = await request.body()
    await asyncio.sleep(0)  # others come meanwhile
    return Response(status_code=201 if body == b"right" else 401)


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Callable[[list[str]], list[int]]:
    """Status codes of logins that come all at once."""
    limit = plugin()
    routes = [
        Mount("/auth", routes=[Route("/token", token, methods=["POST"])]),
        Route("/other", token, methods=["POST"]),
    ]
    app = Starlette(routes=routes)
    app.add_middleware(limit.LoginLimit)
    now = [0.0]
    monkeypatch.setattr(limit.time, "monotonic", lambda: now[0])

    def ask(passwords: list[str], path: str = "/auth/token", later: float = 0.0) -> list[int]:
        now[0] += later

        async def all_at_once() -> list[int]:
            transport = httpx.ASGITransport(app=app)
            async with httpx.AsyncClient(transport=transport, base_url="http://airflow") as client:
                got = await asyncio.gather(*(client.post(path, content=password) for password in passwords))
            return [answer.status_code for answer in got]

        return asyncio.run(all_at_once())

    return ask


def test_of_many_wrong_logins_twenty_a_minute_are_looked_at(answers: Any) -> None:
    assert sorted(answers(["wrong"] * 60)) == [401] * 20 + [429] * 40
    assert answers(["right"], later=59) == [429]
    assert answers(["wrong"], path="/other") == [401]
    assert answers(["right"], later=2) == [201]


def test_right_logins_are_not_counted(answers: Any) -> None:
    for _ in range(30):
        assert answers(["right"]) == [201]
    assert answers(["wrong"]) == [401]


def test_the_api_server_alone_has_the_plugin(tmp_path: Any) -> None:
    folders = {
        name: command(name, [], {"AIRFLOW__CORE__PLUGINS_FOLDER": "none"}, tmp_path).env[
            "AIRFLOW__CORE__PLUGINS_FOLDER"
        ]
        for name in (API_SERVER, SCHEDULER)
    }
    assert folders == {API_SERVER: str(API_SERVER_PLUGINS), SCHEDULER: "none"}
    assert [one["middleware"] for one in plugin().LoginLimitPlugin.fastapi_root_middlewares] != []
