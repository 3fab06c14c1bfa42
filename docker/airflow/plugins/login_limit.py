"""A limit on failed logins where no proxy stands before Airflow, as in `make serve`; in production nginx has its own."""

from __future__ import annotations

import time
from collections import deque
from typing import Any, ClassVar

from airflow.plugins_manager import AirflowPlugin
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST, WITHIN_S = 20, 60.0


class LoginLimit:
    """Counts for all callers alike, for on one machine everybody may come from many addresses."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.tries: deque[float] = deque()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not is_login(scope):
            await self.app(scope, receive, send)
        elif self.is_full():
            refusal = PlainTextResponse(
                "Too many failed logins; wait a minute.", 429, {"Retry-After": f"{WITHIN_S:.0f}"}
            )
            await refusal(scope, receive, send)
        else:
            await self.counted(scope, receive, send)

    async def counted(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Counted before it is answered, for many may come at once; a login that succeeds is forgotten."""
        began = time.monotonic()
        self.tries.append(began)

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] < 400 and began in self.tries:
                self.tries.remove(began)
            await send(message)

        await self.app(scope, receive, told)

    def is_full(self) -> bool:
        while self.tries and self.tries[0] < time.monotonic() - WITHIN_S:
            self.tries.popleft()
        return len(self.tries) >= MOST


def is_login(scope: Scope) -> bool:
    path: str = scope.get("path", "")
    return scope["type"] == "http" and scope["method"] == "POST" and path.startswith("/auth/")


class LoginLimitPlugin(AirflowPlugin):  # type: ignore[misc] # Airflow has no types here
    name = "login_limit"
    fastapi_root_middlewares: ClassVar[list[Any]] = [
        {"name": "login_limit", "middleware": LoginLimit, "args": [], "kwargs": {}}
    ]
