"""Editions of reports made by hand, mail servers that fail on command, and mails that come back."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any, Literal, Self

from command_center.archive import editions as archive
from command_center.database import Connection
from command_center.ledger import edition as ledger
from command_center.ledger.edition import Edition, Figure, NewEdition
from command_center.settings import WIB

MONTH = date(2026, 10, 1)
MADE_AT = datetime(2026, 11, 3, 7, 0, tzinfo=WIB)
PDF = b"%PDF-1.7 laporan "


def new_edition(wilayah_kode: str, number: int = 1, **changes: Any) -> NewEdition:
    """An edition whose files are archived; each area's are others."""
    base = archive.base_uri()
    text = f"{wilayah_kode} edisi {number}"
    values: dict[str, Any] = {
        "kind": "bulanan",
        "wilayah_kode": wilayah_kode,
        "periode": MONTH,
        "number": number,
        "is_complete": True,
        "late": (),
        "reason": "",
        "corrects": None,
        "nomor": f"LDB/{wilayah_kode}/{number}/X/2026",
        "hal": f"Laporan data bulanan {wilayah_kode}, Oktober 2026",
        "archive": base,
        "pdf_sha256": archive.keep(base, PDF + text.encode(), "pdf"),
        "html_sha256": archive.keep(base, f"<p>{text}</p>".encode(), "html"),
        "xlsx_sha256": archive.keep(base, f"xlsx {text}".encode(), "xlsx"),
        "letter_sha256": archive.keep(base, f"MEMBURUK\n1. Angka {text}.\n".encode(), "txt"),
        "publication": None,
        "made_at": MADE_AT,
    }
    return NewEdition(**values | changes)


def enter_edition(
    connection: Connection, wilayah_kode: str, number: int = 1, figures: tuple[Figure, ...] = (), **changes: Any
) -> Edition:
    edition = ledger.record(connection, new_edition(wilayah_kode, number, **changes), figures)
    connection.commit()
    assert edition is not None
    return edition


Fault = Literal[
    "greeting",
    "greeting hangs",
    "recipient",
    "recipient hangs",
    "data",
    "451",
    "554",
    "cut",
    "answer hangs",
    "drop",
    "lose",
]


@dataclass
class FailingServer:
    """A mail server on a real socket that fails in one way from some mail on.

    `cut` ends the connection while the mail is coming; `drop` accepts the mail and ends the connection before it says so,
    `lose` ends it likewise and has not accepted.
    """

    fault: Fault | None = None
    after: int = 0
    port: int = 0
    accepted: list[EmailMessage] = field(default_factory=list)
    on_mail: Callable[[], None] | None = None

    def __enter__(self) -> Self:
        self._listener = socket.create_server(("127.0.0.1", self.port), backlog=64)
        self.port = int(self._listener.getsockname()[1])
        self._hanging: list[socket.socket] = []
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self._hanging:
            connection.close()

    @property
    def recipients(self) -> list[str]:
        return sorted(str(mail["To"]) for mail in self.accepted)

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._talk, args=(connection,), daemon=True).start()

    def _talk(self, connection: socket.socket) -> None:
        failing = self.fault if len(self.accepted) >= self.after else None
        with suppress(ConnectionError), connection.makefile("rwb") as stream:
            if failing == "greeting hangs":
                self._hanging.append(connection)
                return
            if not self._dialogue(stream, failing):
                self._hanging.append(connection)
                return
        connection.close()

    def _dialogue(self, stream: Any, failing: Fault | None) -> bool:
        """Whether the connection is to be closed."""
        if failing == "greeting":
            self._say(stream, "421 4.3.2 tidak melayani")
            return True
        self._say(stream, "220 siap")
        for line in stream:
            command = line.upper().split()[0] if line.split() else b""
            if command == b"RCPT" and failing == "recipient hangs":
                return False
            if command == b"RCPT" and failing == "recipient":
                self._say(stream, "450 4.2.1 coba lagi nanti")
            elif command == b"DATA" and failing == "data":
                self._say(stream, "452 4.3.1 penuh")
            elif command == b"DATA":
                if (closing := self._data(stream, failing)) is not None:
                    return closing
            elif command == b"QUIT":
                self._say(stream, "221 selesai")
                return True
            else:
                self._say(stream, "250 baik")
        return True

    def _data(self, stream: Any, failing: Fault | None) -> bool | None:
        self._say(stream, "354 teruskan")
        if failing == "cut":
            stream.readline()
            return True
        lines = iter(stream.readline, b".\r\n")
        content = b"".join(line[1:] if line.startswith(b"..") else line for line in lines)
        if self.on_mail is not None:
            self.on_mail()
        if failing in ("451", "554"):
            self._say(stream, f"{failing} tidak diterima")
            return None
        if failing in ("answer hangs", "lose"):
            return failing == "lose"
        self.accepted.append(message_from_bytes(content, policy=default))
        if failing == "drop":
            return True
        self._say(stream, "250 diterima")
        return None

    def _say(self, stream: Any, words: str) -> None:
        stream.write(words.encode() + b"\r\n")
        stream.flush()
