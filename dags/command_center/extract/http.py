"""Ask a source over HTTP: one origin, no redirects, verified TLS, limits on time and size, patience where it helps.

Secrets go into headers, a query parameter or a body and nowhere else: never into `Fetched.url`, a sentence or a log.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import ssl
import time
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self, cast
from urllib.parse import quote, quote_plus

import httpcore
import httpx

from command_center.declaration.source import Request
from command_center.errors import SettingsError, SourceUnavailable
from command_center.extract.asking import Asking, Fetched, Spool, Unchanged
from command_center.settings import settings

ATTEMPTS = 3
PAUSE_S = 2.0  # before the second attempt; doubled before each further one
CHUNK = 1 << 20
ERROR_BODY = 64 << 10  # of an error answer, as much is looked at
AGENT = "padang-command-center"
OVER = "the time for the whole answer is over"
PASSING = (408, 425, 429)  # besides 5xx: statuses that may be gone at the next attempt

# httpx logs every address, and with it an API key that is sent in the query; httpcore logs what servers echo of it.
for _name in ("httpx", "httpcore.connection", "httpcore.http11", "httpcore.proxy"):
    logging.getLogger(_name).addFilter(lambda record: record.levelno >= logging.WARNING)


class Refused(SourceUnavailable):
    """The source answered with another status than 200; `body` is the beginning of what it said."""

    def __init__(self, sentence: str, status: int, body: bytes) -> None:
        super().__init__(sentence)
        self.status, self.body = status, body


@dataclass(frozen=True)
class Page:
    """One answer on disk, with what the server said about it."""

    fetched: Fetched
    headers: httpx.Headers


def get(
    asking: Asking,
    request: Request,
    folder: Path,
    *,
    path: str | None = None,
    url: str | None = None,
    query: Mapping[str, str] | None = None,
    body: object = None,
    part: str | None = None,
    known: Mapping[str, str] | None = None,
    conditional: bool = True,
    client: Client | None = None,
) -> Fetched | Unchanged:
    """One answer as a file in `folder`; POST when a body is given.

    `path` stands below the source's address (default: the request's) and is asked with `query` (default: the request's).
    `url` is an address that the source itself named; it must have the origin of the source's address.
    Raises SourceUnavailable when the source is down, slow, answers with another status than 200, or with too much.
    """
    if client is None:
        with Client(asking) as opened:
            return opened.get(
                request,
                folder,
                path=path,
                url=url,
                query=query,
                body=body,
                part=part,
                known=known,
                conditional=conditional,
            )
    return client.get(
        request, folder, path=path, url=url, query=query, body=body, part=part, known=known, conditional=conditional
    )


class Client:
    """The connection to one source during one run; close it, or use it as a context."""

    def __init__(self, asking: Asking) -> None:
        self.asking = asking
        self.base = _base(asking)
        self._secrets = _secrets(asking)
        self._deadline = _Deadline()
        self._http = httpx.Client(
            auth=_auth(asking),
            headers={"User-Agent": AGENT, "Accept": "*/*", "Accept-Encoding": "gzip", **_headers(asking)},
            verify=trusted(),
            timeout=settings().cc_http_timeout_s,
            follow_redirects=False,
        )
        _keep_deadline(self._http, self._deadline)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    def get(
        self,
        request: Request,
        folder: Path,
        *,
        path: str | None = None,
        url: str | None = None,
        query: Mapping[str, str] | None = None,
        body: object = None,
        part: str | None = None,
        known: Mapping[str, str] | None = None,
        conditional: bool = True,
    ) -> Fetched | Unchanged:
        """As the function of the same name, over this connection."""
        named = part or request.part
        address = self.address(request, path=path, url=url, query=query)
        conditions: dict[str, str] = {}
        if conditional and body is None and self.asking.source.extract.conditional:
            conditions = _conditions(self.asking.validator_of(named), self.shown(address))
        page = self._ask(request, folder, address, body, part, known, conditions)
        return Unchanged(named) if page is None else page.fetched

    def page(
        self,
        request: Request,
        folder: Path,
        *,
        path: str | None = None,
        url: str | None = None,
        query: Mapping[str, str] | None = None,
        body: object = None,
        part: str | None = None,
    ) -> Page:
        """One answer of several, with its headers; asked without conditions."""
        address = self.address(request, path=path, url=url, query=query)
        page = self._ask(request, folder, address, body, part, None, {})
        assert page is not None
        return page

    def address(
        self,
        request: Request,
        *,
        path: str | None = None,
        url: str | None = None,
        query: Mapping[str, str] | None = None,
    ) -> httpx.URL:
        """The address to ask, without secrets. Raises SourceUnavailable when it leaves the source's origin."""
        if query is None:
            query = {} if url is not None else self.asking.query(request)
        try:
            if url is not None:
                address = self.base.join(url)
            else:
                tail = (request.path if path is None else path).lstrip("/")
                address = httpx.URL(f"{str(self.base).rstrip('/')}/{tail}" if tail else str(self.base))
            address = address.copy_with(fragment=None)
            address = address.copy_merge_params(dict(query)) if query else address
        except (httpx.InvalidURL, ValueError):
            raise SourceUnavailable(
                f"{self.asking.who(request)}: {self._masked(str(url or path))!r} is no address; ask the steward."
            ) from None
        if _origin(address) != _origin(self.base) or address.userinfo:
            raise SourceUnavailable(
                f"{self.asking.who(request)}: the source points to {self.shown(address)}, but only {_text(_origin(self.base))} "
                "is named by its connection; it was not asked. Mend the connection, or ask the steward."
            )
        return address

    def shown(self, address: httpx.URL) -> str:
        """An address as it may be shown: without login, API key and fragment."""
        plain = address.copy_with(userinfo=b"", fragment=None)
        key = _query_key(self.asking)
        if key and key in plain.params:
            plain = plain.copy_remove_param(key)
        return self._masked(str(plain))

    def _masked(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, "***")
        return text

    def refusal(self, request: Request, said: str, advice: str = "it is tried again") -> SourceUnavailable:
        """The error for what a source said in its own words."""
        return SourceUnavailable(f"{self.asking.who(request)}: {self._masked(said)}; {advice}.")

    def _ask(
        self,
        request: Request,
        folder: Path,
        address: httpx.URL,
        body: object,
        part: str | None,
        known: Mapping[str, str] | None,
        conditions: Mapping[str, str],
    ) -> Page | None:
        """Try, and try again where that may help. None when the source says that nothing has changed."""
        who, shown = self.asking.who(request, part), self.shown(address)
        self._wait_turn(who)
        ends_at = time.monotonic() + min(settings().cc_http_deadline_s, self.asking.seconds_left())
        for attempt in range(1, ATTEMPTS + 1):
            spool = Spool(folder, who, self.asking)
            try:
                return self._attempt(request, spool, address, body, part, known, conditions, ends_at)
            except (_Passing, httpx.TransportError) as error:
                spool.path.unlink(missing_ok=True)
                failed = self._failed(error, who, shown, ends_at)
                pause = _pause(error, attempt)
                if not failed.may_pass or attempt == ATTEMPTS:
                    raise failed.error from None
                if pause >= ends_at - time.monotonic():
                    raise failed.at_once(pause) from None
            except BaseException:
                spool.path.unlink(missing_ok=True)
                raise
            time.sleep(pause)
            self._wait_turn(who)
        raise AssertionError("the last attempt returns or raises")

    def _wait_turn(self, who: str) -> None:
        self.asking.check_deadline(who)
        self.asking.wait_turn()
        self.asking.check_deadline(who)

    def _attempt(
        self,
        request: Request,
        spool: Spool,
        address: httpx.URL,
        body: object,
        part: str | None,
        known: Mapping[str, str] | None,
        conditions: Mapping[str, str],
        ends_at: float,
    ) -> Page | None:
        who, shown = self.asking.who(request, part), self.shown(address)
        self._deadline.ends_at = ends_at
        sent = {"Content-Type": "application/json"} if body is not None else {}
        content = json.dumps(body).encode() if body is not None else None
        with self._http.stream(
            "GET" if body is None else "POST", self._keyed(address), content=content, headers={**conditions, **sent}
        ) as response:
            if response.status_code == 304 and conditions:
                spool.path.unlink(missing_ok=True)
                return None
            if response.status_code != 200:
                raise self._refused(response, who, shown)
            _refuse_size(response, who, shown)
            for chunk in _decoded(response, who, shown):
                spool.write(chunk)
                self._deadline.check()
            fetched = spool.fetched(
                request,
                shown,
                part=part,
                known=known,
                content_type=response.headers.get("content-type", "unknown"),
                validator=_validator(response, shown),
                simulated_paths=response.headers.get("x-data-simulasi", ""),
            )
            return Page(fetched, response.headers)

    def _keyed(self, address: httpx.URL) -> httpx.URL:
        key = _query_key(self.asking)
        return address.copy_set_param(key, self.asking.endpoint.password) if key else address

    def _refused(self, response: httpx.Response, who: str, shown: str) -> Exception:
        status = response.status_code
        said = f"{who}: {shown} answered HTTP {status}, expected 200"
        error = Refused(f"{said}; {self._advice(response)}.", status, _beginning(response))
        if status in PASSING or status >= 500:
            return _Passing(error, _retry_after(response))
        return error

    def _advice(self, response: httpx.Response) -> str:
        status = response.status_code
        if 300 <= status < 400 and "location" in response.headers:
            target = response.url.join(response.headers["location"]).copy_with(query=None)
            return f"it points to {self.shown(target)}, which is not followed; mend the address of the connection"
        if status in (401, 403):
            return f"it does not accept the login of the connection {self.asking.source.connection.id!r}; mend it"
        if status in PASSING or status >= 500:
            wait = _retry_after(response)
            return "it is tried again" if wait is None else f"it asks to wait {wait:.0f} s"
        return "mend the path in the declaration, or ask the steward"

    def _failed(self, error: _Passing | httpx.TransportError, who: str, shown: str, ends_at: float) -> _Failed:
        if isinstance(error, _Passing):
            return _Failed(error.error, may_pass=True)
        if time.monotonic() >= ends_at:
            limit = settings().cc_http_deadline_s
            said = f"{who}: {shown} took more than {limit:g} s, or than was left of the run; it is tried again."
            return _Failed(SourceUnavailable(said), may_pass=False)
        cause = self._masked(str(error) or type(error).__name__)
        if "CERTIFICATE_VERIFY_FAILED" in cause:
            said = f"{who}: the certificate of {shown} is not to be trusted: {cause}; ask the steward, or name its authority in SSL_CERT_FILE."
            return _Failed(SourceUnavailable(said), may_pass=False)
        return _Failed(SourceUnavailable(f"{who}: {shown} did not answer: {cause}; it is tried again."), may_pass=True)


class _Passing(Exception):
    """A status, or a cut body, that may be gone at the next attempt."""

    def __init__(self, error: SourceUnavailable, wait: float | None = None) -> None:
        super().__init__(str(error))
        self.error, self.wait = error, wait


@dataclass(frozen=True)
class _Failed:
    error: SourceUnavailable
    may_pass: bool

    def at_once(self, pause: float) -> SourceUnavailable:
        """The error when the wait that it takes is longer than the time that is left."""
        text = str(self.error).rstrip(".")
        if "it asks to wait" not in text:
            return self.error
        return SourceUnavailable(f"{text}, longer than this run may take; it is tried again at the next one.")


def _pause(error: Exception, attempt: int) -> float:
    usual = float(PAUSE_S * 2 ** (attempt - 1))
    wait = error.wait if isinstance(error, _Passing) else None
    return usual if wait is None else max(wait, usual)


def _retry_after(response: httpx.Response) -> float | None:
    """Seconds that the source asks to wait, from seconds or a date; None when it does not, or not legibly."""
    text = response.headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    moment = _http_date(text)
    if moment is None:
        return None
    now = _http_date(response.headers.get("date", "")) or datetime.now(UTC)
    return max(0.0, (moment - now).total_seconds())


def _http_date(text: str) -> datetime | None:
    with suppress(ValueError, TypeError, IndexError, OverflowError):
        moment: datetime = parsedate_to_datetime(text)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return None


def _refuse_size(response: httpx.Response, who: str, shown: str) -> None:
    limit = settings().cc_max_payload_mb
    length = response.headers.get("content-length", "0")
    if length.isdigit() and int(length) > limit << 20:
        raise SourceUnavailable(f"{who}: {shown} announces {length} bytes, more than {limit} MB; ask the steward.")


def _decoded(response: httpx.Response, who: str, shown: str) -> Iterator[bytes]:
    """The body, unpacked piece by piece, so that a small answer cannot fill the memory, and a cut one is noticed."""
    encoding = response.headers.get("content-encoding", "identity").strip().lower()
    if encoding in ("identity", ""):
        return response.iter_raw()
    if encoding in ("gzip", "x-gzip"):
        return _gunzipped(response.iter_raw(), f"{who}: {shown}")
    raise SourceUnavailable(
        f"{who}: {shown} answers packed as {encoding!r}, though only gzip was asked for; ask the steward."
    )


def _gunzipped(chunks: Iterable[bytes], who: str) -> Iterator[bytes]:
    stream, is_inside = zlib.decompressobj(31), False
    try:
        for chunk in chunks:
            rest = chunk
            while rest:
                yield stream.decompress(rest, CHUNK)
                is_inside, rest = True, stream.unconsumed_tail
                if stream.eof:
                    rest, stream, is_inside = stream.unused_data.lstrip(b"\0"), zlib.decompressobj(31), False
        while is_inside and (piece := stream.decompress(stream.unconsumed_tail, CHUNK)):
            yield piece
            is_inside = not stream.eof
    except zlib.error as error:
        raise _Passing(SourceUnavailable(f"{who} answers with broken gzip: {error}; it is tried again.")) from None
    if is_inside:
        raise _Passing(SourceUnavailable(f"{who} stopped within its answer (cut gzip); it is tried again."))


def _beginning(response: httpx.Response) -> bytes:
    """The beginning of an error answer, as far as it can be had."""
    found = b""
    with suppress(httpx.HTTPError, _Passing, SourceUnavailable):
        for chunk in _decoded(response, "", ""):
            found += chunk
            if len(found) >= ERROR_BODY:
                break
    return found[:ERROR_BODY]


def _validator(response: httpx.Response, shown: str) -> str | None:
    """What identifies this answer of this address. A time of change counts only when no other change can share it."""
    found = {"etag": response.headers.get("etag"), "last_modified": response.headers.get("last-modified")}
    changed = _http_date(found["last_modified"] or "")
    now = _http_date(response.headers.get("date", "")) or datetime.now(UTC)
    if changed is None or (now - changed).total_seconds() < 2:
        found["last_modified"] = None
    kept = {name: value for name, value in found.items() if value}
    return json.dumps({**kept, "address": _mark(shown)}) if kept else None


def _conditions(validator: str | None, shown: str) -> dict[str, str]:
    """Headers that ask whether the last answer still stands; none for an answer of another address."""
    try:
        known = json.loads(validator or "{}")
    except ValueError:
        return {}
    if not isinstance(known, dict) or known.get("address", _mark(shown)) != _mark(shown):
        return {}
    headers = {"If-None-Match": known.get("etag"), "If-Modified-Since": known.get("last_modified")}
    return {name: value for name, value in headers.items() if isinstance(value, str) and value.isprintable()}


def _mark(shown: str) -> str:
    return hashlib.sha256(shown.encode()).hexdigest()[:16]


def trusted() -> ssl.SSLContext:
    """Whose certificates are trusted; they are read once, and again when they were written, for that takes longer than many
    a request."""
    named = (os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR"))
    return _trusted(*((name, _written_at(name)) for name in named))


@cache
def _trusted(*_certificates: tuple[str | None, int]) -> ssl.SSLContext:
    return httpx.create_ssl_context()


def _written_at(path: str | None) -> int:
    return os.stat(path).st_mtime_ns if path and os.path.exists(path) else 0


def _base(asking: Asking) -> httpx.URL:
    connection = asking.source.connection
    try:
        base = httpx.URL(asking.endpoint.address)
    except httpx.InvalidURL:
        raise SettingsError(f"The address of the connection {connection.id!r} is no URL; mend it.") from None
    if base.userinfo:
        raise SettingsError(
            f"The address of the connection {connection.id!r} holds a login; move it to the connection's login and password."
        )
    return base


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host.lower().rstrip("."), url.port


def _text(origin: tuple[str, str, int | None]) -> str:
    scheme, host, port = origin
    return f"{scheme}://{host}" + (f":{port}" if port else "")


def _secrets(asking: Asking) -> list[str]:
    """The password in each form in which it could turn up in an address or a message."""
    password = asking.endpoint.password
    if not password:
        return []
    forms = {password, quote(password, safe=""), quote_plus(password), quote(password), repr(password)[1:-1]}
    return sorted(forms, key=len, reverse=True)


def _auth(asking: Asking) -> httpx.Auth | None:
    endpoint = asking.endpoint
    if asking.source.connection.auth != "basic":
        return None
    return httpx.BasicAuth(endpoint.login, endpoint.password)


def _headers(asking: Asking) -> dict[str, str]:
    connection, password = asking.source.connection, asking.endpoint.password
    if connection.auth in ("none", "body"):
        return {}
    if not (password or (connection.auth == "basic" and asking.endpoint.login)):
        raise SettingsError(
            f"The connection {connection.id!r} has no password, but the declaration says 'auth: {connection.auth}'."
        )
    if not (password.isascii() and password.isprintable()) and connection.auth in ("bearer", "api_key"):
        raise SettingsError(
            f"The password of the connection {connection.id!r} holds a character that cannot be sent; mend it."
        )
    if connection.auth == "bearer":
        return {"Authorization": f"Bearer {password}"}
    if connection.auth == "api_key" and not connection.api_key.startswith("?"):
        return {connection.api_key: password}
    return {}


def _query_key(asking: Asking) -> str:
    connection = asking.source.connection
    if connection.auth == "api_key" and connection.api_key.startswith("?"):
        return connection.api_key[1:]
    return ""


class _Deadline:
    """When the answer that is being read must be complete."""

    ends_at = float("inf")

    def check(self) -> None:
        """Raise httpx.ReadTimeout when it is past."""
        if time.monotonic() >= self.ends_at:
            raise httpx.ReadTimeout(OVER)

    def cap(self, timeout: float | None) -> float:
        """The timeout of one wait. Raises httpcore.ReadTimeout when the deadline is past."""
        left = self.ends_at - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout(OVER)
        return left if timeout is None else min(timeout, left)


class _HasPool(Protocol):
    _pool: Any


def _keep_deadline(client: httpx.Client, deadline: _Deadline) -> None:
    """Let no single wait outlast the answer's deadline: a source that drips header bytes never exceeds a read timeout."""
    for transport in (client._transport, *client._mounts.values()):
        if isinstance(transport, httpx.HTTPTransport):
            pool = cast(_HasPool, transport)._pool
            pool._network_backend = _TimedBackend(pool._network_backend, deadline)


class _TimedBackend(httpcore.NetworkBackend):
    def __init__(self, backend: httpcore.NetworkBackend, deadline: _Deadline) -> None:
        self._backend, self._deadline = backend, deadline

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        stream = self._backend.connect_tcp(host, port, self._deadline.cap(timeout), local_address, socket_options)
        return _TimedStream(stream, self._deadline)


class _TimedStream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream, deadline: _Deadline) -> None:
        self._stream, self._deadline = stream, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.cap(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.cap(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None) -> Self:
        stream = self._stream.start_tls(ssl_context, server_hostname, self._deadline.cap(timeout))
        return type(self)(stream, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
