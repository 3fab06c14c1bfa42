"""What the tests of HTTP kinds share: a server whose answers are a function, and a source that is asked there."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from command_center.declaration.source import Source
from command_center.extract.asking import Asking, Fetched
from command_center.extract.endpoint import Endpoint
from command_center.extract.kinds import asks, reads
from command_center.extract.reading import Answer, Reading


@dataclass
class Asked:
    """One request as it arrived."""

    method: str
    path: str
    query: dict[str, str]
    headers: Mapping[str, str]
    body: Any = None


@dataclass
class Said:
    """One answer; `pieces` are sent as they come, without a length, and `cut` closes the connection after so many bytes."""

    content: object = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    pieces: Iterator[bytes] | None = None
    cut: int | None = None

    @property
    def payload(self) -> bytes:
        return self.content if isinstance(self.content, bytes) else json.dumps(self.content).encode()


Answering = Callable[[Asked], Said]


@dataclass
class Server:
    """A running server; everything that it was asked is kept."""

    url: str
    asked: list[Asked] = field(default_factory=list)


@contextmanager
def serving(answering: Answering, *, certificate: Path | None = None, key: Path | None = None) -> Iterator[Server]:
    """A server on 127.0.0.1 until the block ends; with a certificate it speaks TLS."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            asked = Asked(self.command, parts.path, query, dict(self.headers), json.loads(body) if body else None)
            server.asked.append(asked)
            self._send(answering(asked))

        do_POST = do_GET  # noqa: N815

        def _send(self, said: Said) -> None:
            self.send_response_only(said.status)
            for name, value in said.headers.items():
                self.send_header(name, value)
            if said.pieces is None and "Content-Length" not in said.headers and said.status != 304:
                self.send_header("Content-Length", str(len(said.payload)))
            self.close_connection = said.pieces is not None or said.cut is not None
            try:
                self.end_headers()
                for piece in said.pieces or ():
                    self.wfile.write(piece)
                if said.pieces is None and said.status != 304:
                    self.wfile.write(said.payload[: said.cut])
            except ConnectionError:
                self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:
            return

    running = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    running.daemon_threads = True
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        running.socket = context.wrap_socket(running.socket, server_side=True, do_handshake_on_connect=False)
    server = Server(f"http{'s' if certificate else ''}://127.0.0.1:{running.server_address[1]}")
    thread = threading.Thread(target=running.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server
    finally:
        running.shutdown()
        thread.join()
        running.server_close()


def declare(kind: str = "http_json", **given: Any) -> Source:
    """A source of one table `baris`; `columns` are headers or declarations, `request`, `connection`, `extract` add to theirs."""
    columns = [_column(column) for column in given.get("columns", ["id", "nama"])]
    table = {
        "description": "Rows of a test.", "mode": "snapshot", "volume": {"max": 1_000_000}, "columns": columns,
        "records": ["data[]"] if kind == "http_json" else [], **given.get("table", {}),
    }  # fmt: skip
    request = {"part": "semua", "path": "api/data", "tables": ["baris"], **given.get("request", {})}
    return Source.model_validate(
        {
            "source": "uji_http", "title": "Uji", "opd": "uji", "opd_name": "Uji", "description": "Uji.", "owner": "Kepala",
            "steward": "Kepala Bidang", "deputy_steward": "Kasubbag", "legal_basis": [], "maturity": 0, "schedule": None,
            "freshness": "P1D", "connection": {"id": "uji", "address": "https://data.example", **given.get("connection", {})},
            "extract": {"kind": kind, "requests": [request], **given.get("extract", {})}, "tables": {"baris": table},
        }
    )  # fmt: skip


def _column(column: str | dict[str, Any]) -> dict[str, Any]:
    given = {"source": column} if isinstance(column, str) else column
    name = "".join(letter if letter.isalnum() else "_" for letter in given["source"].lower()).lstrip("_$@")
    return {"name": name, "description": name, "classification": "publik", **given}


def asking(source: Source, url: str, *, password: str = "", login: str = "", **given: Any) -> Asking:
    return Asking(source, Endpoint(url, login, password), **given)


def ask(source: Source, url: str, folder: Path, **given: Any) -> Fetched:
    """The one answer of the source's one request."""
    (answer,) = asks(source.extract.kind).ask(asking(source, url, **given), source.requests[0], folder)
    assert isinstance(answer, Fetched)
    return answer


def archived(fetched: Fetched) -> Answer:
    content = fetched.path.read_bytes()
    return Answer(
        "uji_http.baris, part 'semua'",
        lambda: iter([content]),
        {"part": fetched.part, **fetched.known},
        frozenset(filter(None, fetched.simulated_paths.split(","))),
        fetched.content_type,
        path=fetched.path,
    )


def read(source: Source, answer: Answer | bytes) -> tuple[Reading, list[tuple[int, Sequence[str | None]]]]:
    """The reading and its rows as (number, texts)."""
    if isinstance(answer, bytes):
        content = answer
        answer = Answer("uji_http.baris, part 'semua'", lambda: iter([content]), {"part": "semua"})
    reading = reads(source.extract.kind).read(source, source.tables["baris"], answer)
    return reading, [(number, texts) for number, _, texts in reading.rows]
