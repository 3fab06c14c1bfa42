"""HTTP: the sources' answers with their validators and faults, and the controls below /_demo/."""

from __future__ import annotations

import json
import signal
import sys
import threading
from collections.abc import Sequence
from datetime import datetime
from email.utils import parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import FrameType
from typing import Any
from urllib.parse import parse_qs, parse_qsl, unquote, urlsplit

from command_center.errors import CommandCenterError, ServiceError

from demo_city.answer import ALL, JSON, Answer, json_answer
from demo_city.ask import Question
from demo_city.city import City
from demo_city.clock import ClockBackwards, duration, in_wib
from demo_city.drop import content_type
from demo_city.faults.spoil import KINDS, Fault
from demo_city.fixtures import FIXTURES
from demo_city.protocols.service import Service

LARGEST_BODY = 256 * 1024 * 1024
SLOW_PIECES = 10
CONTROLS = "health, addresses, clock, fault, churn and override"


class BadRequest(CommandCenterError):
    """A control was asked for something that it does not understand."""


class DemoServer(ThreadingHTTPServer):
    """Serves one city; `ending` is set when it shuts down, so that slow answers stop waiting.

    `services` are the other protocols of the same city; they are started and ended with `serve`.
    """

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], city: City) -> None:
        self.city = city
        self.ending = threading.Event()
        self.services: list[Service] = []
        super().__init__(address, Handler)

    @property
    def url(self) -> str:
        return f"http://{self.server_address[0]!s}:{self.server_address[1]}"

    def addresses(self) -> dict[str, Any]:
        """Where every protocol is served, and how its server is known."""
        found: dict[str, Any] = {"http": self.url}
        for service in self.services:
            found |= service.addresses()
        return found

    def start_services(self, services: Sequence[Service]) -> None:
        """Serve other protocols of the same city too. Raises ServiceError when one cannot listen."""
        for service in services:
            self.services.append(service)
            service.start()

    def refresh_services(self) -> None:
        for service in self.services:
            service.refresh()

    def stop_services(self) -> None:
        self.ending.set()
        for service in reversed(self.services):
            service.stop()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """One line for a client that went away; everything else as usual."""
        if isinstance(sys.exc_info()[1], ConnectionError):
            print(f"{client_address[0]} the client closed the connection", file=sys.stderr, flush=True)
        else:
            super().handle_error(request, client_address)


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    server: DemoServer
    protocol_version = "HTTP/1.1"
    server_version = "KotaPeragaan"
    sys_version = ""
    disable_nagle_algorithm = True
    timeout = 60

    def do_GET(self) -> None:
        path = self._path()
        if path.startswith("_demo/"):
            self._send(self._status(path))
            return
        self._answer(path, b"")

    def do_POST(self) -> None:
        path = self._path()
        try:
            body = self._body()
        except CommandCenterError as error:
            self._send(_refusal(400, str(error)))
            return
        if path.startswith("_demo/"):
            self._send(_refusal(404, f"There is no control /{path} to post to; use PUT."))
            return
        self._answer(path, body)

    def _answer(self, path: str, body: bytes) -> None:
        answer, fault = self.server.city.answer(path, self._question(path, body))
        if fault and fault.kind == "down":
            self.close_connection = True
            return
        if self._is_unchanged(answer):
            answer = Answer(b"", answer.content_type, answer.simulated, 304, answer.modified, answer.validators)
        self._send(answer, fault.seconds if fault and fault.kind == "slow" else 0)

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_PUT(self) -> None:
        self._control(self._put)

    def do_DELETE(self) -> None:
        self._control(self._delete)

    def log_message(self, format: str, *args: Any) -> None:
        now = self.server.city.clock.now()
        print(f"{self.address_string()} [{now:%Y-%m-%d %H:%M:%S}] {format % args}", file=sys.stderr, flush=True)

    def _question(self, path: str, body: bytes) -> Question:
        headers = {name.lower(): value for name, value in self.headers.items()}
        query = dict(parse_qsl(urlsplit(self.path).query, keep_blank_values=True))
        host = headers.get("host") or urlsplit(self.server.url).netloc
        base = f"http://{host}/{path.partition('/')[0]}"
        return Question("GET" if self.command == "HEAD" else self.command, query, headers, body, base)

    def _path(self) -> str:
        return unquote(urlsplit(self.path).path).lstrip("/")

    def _status(self, path: str) -> Answer:
        city = self.server.city
        if path == "_demo/health":
            ready = {service.name: service.ready for service in self.server.services}
            return json_answer({"status": "sehat", "benih": city.seed, "siap": {"http": True, **ready}})
        if path == "_demo/addresses":
            return json_answer(self.server.addresses())
        if path == "_demo/clock":
            return json_answer({"kota": city.clock.now().isoformat(), "kpu": city.election.now().isoformat()})
        if path == "_demo/churn":
            return json_answer(city.churned())
        if path == "_demo/fault":
            return json_answer(
                {source: {"fault": fault.kind, "seconds": fault.seconds} for source, fault in city.faults.items()}
            )
        return _refusal(404, f"There is no control /{path}; there are {CONTROLS}.")

    def _control(self, act: Any) -> None:
        try:
            answer = act(self._path(), self._body())
        except ClockBackwards as error:
            answer = _refusal(409, str(error))
        except CommandCenterError as error:
            answer = _refusal(400, str(error))
        else:
            self.server.refresh_services()
        self._send(answer)

    def _put(self, path: str, body: bytes) -> Answer:
        city = self.server.city
        if path == "_demo/clock":
            return self._move_clock(_json_object(body))
        if path == "_demo/churn":
            content = _json_object(body)
            city.churn(str(content.get("source")), content.get("every_request") is True)
            return json_answer(city.churned())
        if path == "_demo/fault":
            source, fault = _fault(_json_object(body))
            city.break_source(source, fault)
            return json_answer({"source": source, "fault": fault.kind, "seconds": fault.seconds})
        if path.startswith("_demo/override/"):
            target = path.removeprefix("_demo/override/")
            city.override(target, self._override(target, body))
            return json_answer({"path": target, "bytes": len(body)})
        return _refusal(404, f"There is no control /{path} to put something to; there are {CONTROLS}.")

    def _move_clock(self, content: dict[str, Any]) -> Answer:
        """The election's clock with {"source": "kpu"}, else the city's."""
        city, ahead = self.server.city, content.get("advance")
        if content.get("source") == "kpu":
            city.election.move(_clock_moment(content))
            return json_answer({"kpu": city.election.now().isoformat()})
        if content.get("source") is not None:
            raise BadRequest(
                f"Only the clock of 'kpu' is a clock of its own, not that of {content['source']!r}; leave 'source' out."
            )
        if ahead is None:
            city.clock.move(_clock_moment(content))
        else:
            by = duration(str(ahead))
            if by is None:
                raise BadRequest(f"'advance' is {ahead!r}, not an ISO 8601 duration such as P1D or PT6H.")
            city.clock.advance(by)
        city.touch()
        return json_answer({"kota": city.clock.now().isoformat()})

    def _delete(self, path: str, body: bytes) -> Answer:
        city = self.server.city
        if path == "_demo/fault":
            source = _json_object(body).get("source") if body else self._query("source")
            city.mend(source)
            return json_answer({"mended": source or "all"})
        if path.startswith("_demo/override/"):
            target = path.removeprefix("_demo/override/")
            city.override(target, None)
            return json_answer({"restored": target})
        return _refusal(404, f"There is no control /{path} to delete; there are fault and override.")

    def _override(self, target: str, body: bytes) -> Answer:
        given = self.headers.get("Content-Type") or content_type(target, body)
        return Answer(body, given, self.headers.get("X-Data-Simulasi", ALL))

    def _query(self, name: str) -> str | None:
        return parse_qs(urlsplit(self.path).query).get(name, [None])[0]

    def _body(self) -> bytes:
        length = self.headers.get("Content-Length", "unknown" if "Transfer-Encoding" in self.headers else "0")
        if not length.isdigit() or int(length) > LARGEST_BODY:
            self.close_connection = True
            raise BadRequest(
                f"Content-Length {length!r} is not a number up to {LARGEST_BODY}; send the body in one piece."
            )
        return self.rfile.read(int(length))

    def _is_unchanged(self, answer: Answer) -> bool:
        """Whether the client's copy is still what would be answered; an ETag counts more than a date."""
        if answer.status != 200 or self.command == "POST":
            return False
        known = self.headers.get("If-None-Match")
        if known is not None:
            return answer.etag in [tag.strip().removeprefix("W/") for tag in known.split(",")]
        return _not_after(answer.last_modified, self.headers.get("If-Modified-Since"))

    def _send(self, answer: Answer, seconds: float = 0) -> None:
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("X-Data-Simulasi", answer.simulated)
        for name, value in (answer.validators | answer.headers).items():
            self.send_header(name, value)
        if answer.status != 304:
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if self.command != "HEAD":
            self._write(answer.body, seconds)

    def _write(self, body: bytes, seconds: float) -> None:
        """Send the body, spread over so many seconds."""
        size = max(1, -(-len(body) // SLOW_PIECES)) if seconds else max(1, len(body))
        for start in range(0, len(body), size):
            if seconds and self.server.ending.wait(seconds / SLOW_PIECES):
                return
            self.wfile.write(body[start : start + size])


def make_server(host: str, port: int, state_dir: Path, seed: int, fixtures: Path = FIXTURES) -> DemoServer:
    """A server that listens but does not serve yet. Raises ServiceError when it cannot."""
    try:
        state_dir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ServiceError(
            f"The demo city cannot keep its state in {state_dir}: {error.strerror}; name another --state-dir."
        ) from None
    city = City(seed, state_dir, fixtures)
    try:
        return DemoServer((host, port), city)
    except OSError as error:
        raise ServiceError(
            f"The demo city cannot listen on {host}:{port}: {error.strerror}; choose another --port."
        ) from None


def serve(server: DemoServer) -> None:
    """Serve until SIGTERM or Ctrl-C, then close the port."""

    def end(signum: int, frame: FrameType | None) -> None:
        server.ending.set()
        threading.Thread(target=server.shutdown).start()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    with server:
        try:
            server.serve_forever(poll_interval=0.1)
        finally:
            server.stop_services()


def _refusal(status: int, sentence: str) -> Answer:
    content = json_answer({"error": sentence})
    return Answer(content.body, JSON, status=status)


def _json_object(body: bytes) -> dict[str, Any]:
    try:
        content = json.loads(body)
    except ValueError:
        raise BadRequest('The body is not JSON; send an object such as {"source": "damkar"}.') from None
    if not isinstance(content, dict):
        raise BadRequest(
            f'The body is a JSON {type(content).__name__}, not an object; send one such as {{"source": "damkar"}}.'
        )
    return content


def _clock_moment(content: dict[str, Any]) -> datetime:
    try:
        return in_wib(datetime.fromisoformat(content["now"]))
    except (KeyError, TypeError, ValueError):
        raise BadRequest(
            f"'now' is {content.get('now')!r}, not an ISO 8601 time such as 2024-11-27T20:00:00+07:00."
        ) from None


def _fault(content: dict[str, Any]) -> tuple[str, Fault]:
    kind, seconds = content.get("fault"), content.get("seconds", Fault.seconds)
    if kind not in KINDS:
        raise BadRequest(f"There is no fault {kind!r}; there are {', '.join(KINDS)}.")
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 <= seconds <= 3600:
        raise BadRequest(f"'seconds' is {seconds!r}, not a number from 0 to 3600.")
    return str(content.get("source")), Fault(kind, seconds)


def _not_after(modified: str | None, since: str | None) -> bool:
    if modified is None or since is None:
        return False
    try:
        return parsedate_to_datetime(modified) <= parsedate_to_datetime(since)
    except ValueError:
        return False
