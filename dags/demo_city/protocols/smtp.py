"""SMTP: the local mailbox, which can be away, slow, or refuse every mail for now or for good."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path

from demo_city.city import MAILBOX, City
from demo_city.mailbox import MOST_BYTES, Mailbox
from demo_city.protocols.service import Gate, Loop, Service, bound_port, listening


class FaultyMailbox(Mailbox):
    """Refuses what arrives while the city says so."""

    def __init__(self, folder: Path, city: City) -> None:
        super().__init__(folder)
        self._city = city

    async def handle_DATA(self, server: object, session: object, envelope: object) -> str:  # noqa: N802 - aiosmtpd's name
        fault = self._city.fault(MAILBOX)
        if fault and fault.kind == "status_429":
            return "451 4.7.1 Coba lagi nanti"
        if fault and fault.kind == "status_500":
            return "554 5.3.0 Surat tidak diterima"
        return await super().handle_DATA(server, session, envelope)


class SmtpService(Service):
    """The mailbox behind a gate."""

    name = "smtp"

    def __init__(self, host: str, port: int, city: City, folder: Path) -> None:
        self.ready = False
        self._city, self._folder = city, folder
        self._listener = listening(host, port, "--smtp-port")
        self._address = f"smtp://{host}:{bound_port(self._listener)}"

    def start(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        self._loop = Loop("smtp")
        self._loop.run(self._open())
        self.ready = True

    async def _open(self) -> None:
        from aiosmtpd.smtp import SMTP

        inner = socket.create_server(("127.0.0.1", 0))
        mailbox = FaultyMailbox(self._folder, self._city)
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: SMTP(mailbox, data_size_limit=MOST_BYTES, hostname="127.0.0.1", loop=loop), sock=inner
        )
        self._gate = Gate(lambda: self._city.fault(MAILBOX), lambda: bound_port(inner))
        await self._gate.open(self._listener)

    def stop(self) -> None:
        self.ready = False
        self._loop.run(self._gate.close())
        self._server.close()
        self._loop.close()

    def addresses(self) -> dict[str, str]:
        return {"smtp": self._address}
