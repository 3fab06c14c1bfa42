"""What every protocol beside HTTP has in common, and the gate that stands before those that cannot misbehave themselves."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from command_center.errors import ServiceError

from demo_city.faults.spoil import Fault

Result = TypeVar("Result")
PIECE = 65_536
CUT_AFTER = 8_192  # bytes of a database's answer before a truncated connection breaks off
SLOW_PIECES = 10


class Service(ABC):
    """One protocol of the demo city. Making one takes the port; Raises ServiceError when that is used by another."""

    name: str
    ready: bool

    @abstractmethod
    def start(self) -> None:
        """Begin to serve. What takes long goes on in the background."""

    @abstractmethod
    def stop(self) -> None:
        """Close the port and end every process and thread that was started."""

    @abstractmethod
    def addresses(self) -> dict[str, str]:
        """Name and address of what is served, and what a client needs to know the server."""

    def refresh(self) -> None:  # noqa: B027 - most protocols keep no copy
        """Bring a copy of the city's tables or files up to date, before a control's answer says that it is done."""


def listening(host: str, port: int, option: str) -> socket.socket:
    """A socket that listens. Raises ServiceError when the port is taken."""
    try:
        return socket.create_server((host, port), backlog=64)
    except OSError as error:
        raise ServiceError(
            f"The demo city cannot listen on {host}:{port}: {error.strerror}; choose another {option}."
        ) from None


def bound_port(listener: socket.socket) -> int:
    return int(listener.getsockname()[1])


class Loop:
    """An event loop in a thread of its own."""

    def __init__(self, name: str) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name=name, daemon=True)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, Result], timeout_s: float = 30) -> Result:
        """Run something in the loop and wait for what it gives."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout_s)

    def close(self) -> None:
        """End every task, then the thread."""
        self._loop.set_exception_handler(lambda loop, context: None)  # connections that are cut off here
        with contextlib.suppress(TimeoutError):
            self.run(_cancel_all(), 5)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        if not self._thread.is_alive():
            self._loop.close()


async def _cancel_all() -> None:
    tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


class Gate:
    """Passes bytes between a client and the real server behind, and is what goes down, slows or breaks off.

    `fault` gives the fault of the moment; `behind` the port of the real server, None while it is not ready.
    """

    def __init__(self, fault: Callable[[], Fault | None], behind: Callable[[], int | None]) -> None:
        self._fault, self._behind = fault, behind
        self._server: asyncio.Server | None = None

    async def open(self, listener: socket.socket) -> None:
        self._server = await asyncio.start_server(self._meet, sock=listener)

    async def close(self) -> None:
        if self._server:
            self._server.close()

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        port, fault = self._behind(), self._fault()
        with contextlib.suppress(OSError):
            if port is not None and not (fault and fault.kind == "down"):
                await self._pass(reader, writer, port)
        writer.close()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, port: int) -> None:
        back, onward = await asyncio.open_connection("127.0.0.1", port)
        ways = [asyncio.ensure_future(_forward(reader, onward)), asyncio.ensure_future(self._answer(back, writer))]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            onward.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """The server's side, where a fault is to be felt."""
        sent = 0
        while chunk := await reader.read(PIECE):
            fault = self._fault()
            kind = fault.kind if fault else ""
            if kind == "down":
                return
            if fault and kind == "slow":
                await asyncio.sleep(fault.seconds / SLOW_PIECES)
            writer.write(chunk[: max(0, CUT_AFTER - sent)] if kind == "truncated" else chunk)
            await writer.drain()
            sent += len(chunk)
            if kind == "truncated" and sent >= CUT_AFTER:
                return


async def _forward(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while chunk := await reader.read(PIECE):
        writer.write(chunk)
        await writer.drain()
