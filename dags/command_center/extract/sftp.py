"""Files of an SFTP server whose key is known beforehand: sftp://host:port/folder."""

from __future__ import annotations

import base64
import io
import posixpath
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import paramiko
from paramiko.pkey import UnknownKeyType
from paramiko.ssh_exception import (
    AuthenticationException,
    BadHostKeyException,
    PasswordRequiredException,
    SSHException,
)

from command_center.declaration.source import Request
from command_center.errors import SettingsError, SourceUnavailable
from command_center.extract.asking import Asking
from command_center.extract.endpoint import Endpoint
from command_center.extract.listing import Gone, Result, Stamp, Unreadable
from command_center.settings import settings

ATTEMPTS = 3
PAUSE_S = 2.0
BLOCK = 32 << 10  # the largest read that every server grants
WINDOW = 64  # blocks that are under way at once
KEYS: tuple[type[paramiko.PKey], ...] = (paramiko.Ed25519Key, paramiko.ECDSAKey, paramiko.RSAKey)


class Lost(Exception):
    """The connection broke, or none came about; another one may do."""


class UnknownHostKey(Exception):
    """The server has shown a key of a kind that the connection does not name."""


class _Refuse(paramiko.MissingHostKeyPolicy):
    def missing_host_key(self, client: paramiko.SSHClient, hostname: str, key: paramiko.PKey) -> None:
        raise UnknownHostKey(key.fingerprint)


class SftpFolder:
    """A folder below the connection's address, over one SSH connection that is renewed when it is lost."""

    def __init__(self, asking: Asking, request: Request, below: str) -> None:
        endpoint = asking.endpoint
        self._asking, self._who = asking, asking.who(request)
        self._base = unquote(endpoint.path) or "."
        self._path = posixpath.normpath(posixpath.join(self._base, below))
        self.where = f"{endpoint.address.rstrip('/')}/{below}".removesuffix("/.")
        self._client: paramiko.SSHClient | None = None
        self._sftp: paramiko.SFTPClient | None = None
        _check_connection(asking)

    def attempt(self, act: Callable[[], Result]) -> Result:
        for attempt in range(1, ATTEMPTS + 1):
            self._asking.check_deadline(self._who)
            try:
                return act()
            except Lost as error:
                self.close()
                if attempt == ATTEMPTS:
                    raise Gone(f"{self._who}: {self.where} did not answer: {error}; it is tried again.") from None
                time.sleep(min(PAUSE_S * 2 ** (attempt - 1), max(0.0, self._asking.seconds_left())))
        raise AssertionError("unreachable")

    def names(self) -> dict[str, Stamp | None]:
        found: dict[str, Stamp | None] = {}
        with self._asked(self._no_list):
            for entry in self._session().listdir_attr(self._path):
                kind = stat.S_IFMT(entry.st_mode or stat.S_IFREG)
                if kind == stat.S_IFREG:
                    found[entry.filename] = _stamp(entry.filename, entry)
                elif kind == stat.S_IFLNK:
                    found[entry.filename] = None
        return found

    def look(self, name: str) -> Stamp:
        path = posixpath.join(self._path, name)
        with self._asked(lambda cause: Unreadable(f"{name} cannot be read: {cause}.")):
            sftp = self._session()
            found = sftp.lstat(path)
            if stat.S_ISLNK(found.st_mode or 0):
                if not _is_below(sftp.normalize(path), base := sftp.normalize(self._base)):
                    raise Unreadable(f"{name} is a link that leaves {base}; it is not followed.")
                found = sftp.stat(path)
            return _stamp(name, found)

    def chunks(self, name: str, size: int) -> Iterator[bytes]:
        """The file in windows of blocks that are asked for together, so that memory stays flat and the line full."""
        with (
            self._asked(lambda cause: Unreadable(f"{name} cannot be read: {cause}.")),
            self._session().open(posixpath.join(self._path, name), "rb") as file,
        ):
            _ask_without_thread(file)
            for start in range(0, size, BLOCK * WINDOW):
                end = min(size, start + BLOCK * WINDOW)
                yield from file.readv([(at, min(BLOCK, end - at)) for at in range(start, end, BLOCK)])

    def close(self) -> None:
        if self._client is not None:
            self._client.close()
        self._client = self._sftp = None

    def _session(self) -> paramiko.SFTPClient:
        if self._sftp is None:
            self._asking.wait_turn()
            self._client = _connected(self._asking, self._who)
            self._sftp = _opened(self._client)
            with self._asked(
                lambda cause: SourceUnavailable(f"{self._who}: there is no folder {self.where}: {cause}.")
            ):
                base, folder = self._sftp.normalize(self._base), self._sftp.normalize(self._path)
            if not _is_below(folder, base):
                raise SourceUnavailable(f"{self._who}: {self.where} is a link that leaves {base}; it is not followed.")
        return self._sftp

    @contextmanager
    def _asked(self, refusal: Callable[[str], Exception]) -> Iterator[None]:
        """Tell a refusal, which is an answer, from a lost connection, which is worth another attempt."""
        try:
            yield
        except UnicodeError:
            raise refusal("a name is not UTF-8; ask the steward to rename the file") from None
        except (OSError, SSHException, EOFError) as error:
            transport = self._client.get_transport() if self._client else None
            is_answer = type(error) in (OSError, FileNotFoundError, PermissionError)
            if is_answer and transport is not None and transport.is_active():
                raise refusal(_cause(error)) from None
            raise Lost(_cause(error)) from None

    def _no_list(self, cause: str) -> SourceUnavailable:
        return SourceUnavailable(f"{self._who}: {self.where} cannot be listed: {cause}.")


def _check_connection(asking: Asking) -> None:
    """Raise SettingsError unless the connection says who asks, and which key the server must show."""
    endpoint, name = asking.endpoint, asking.source.connection.id
    if not endpoint.login:
        raise SettingsError(f"Connection {name!r} has no login; see docs/connections.md.")
    if not endpoint.extra.get("host_key") and not endpoint.extra.get("known_hosts"):
        raise SettingsError(
            f"Connection {name!r} does not say which key {endpoint.host} must show; put it into the extra 'host_key', "
            "see docs/connections.md."
        )


def _connected(asking: Asking, who: str) -> paramiko.SSHClient:
    endpoint = asking.endpoint
    timeout = max(0.1, min(settings().cc_http_timeout_s, asking.seconds_left()))
    client = paramiko.SSHClient()
    client.set_missing_host_key_policy(_Refuse())
    _trust(client, asking)
    key = _private_key(asking)
    try:
        client.connect(
            endpoint.host,
            endpoint.port or 22,
            endpoint.login,
            password=None if key else endpoint.password,
            pkey=key,
            allow_agent=False,
            look_for_keys=False,
            timeout=timeout,
            banner_timeout=timeout,
            auth_timeout=timeout,
            channel_timeout=timeout,
        )
    except BaseException as error:
        client.close()
        if isinstance(error, (UnknownHostKey, BadHostKeyException)):
            raise _another_key(who, endpoint, error) from None
        if isinstance(error, AuthenticationException):
            raise Gone(
                f"{who}: {endpoint.address} refuses the login {endpoint.login!r}; mend the connection, or ask the steward."
            ) from None
        if isinstance(error, (OSError, SSHException, EOFError)):
            raise Lost(_cause(error)) from None
        raise
    return client


def _opened(client: paramiko.SSHClient) -> paramiko.SFTPClient:
    try:
        sftp = client.open_sftp()
    except (OSError, SSHException, EOFError) as error:
        raise Lost(_cause(error)) from None
    channel = sftp.get_channel()
    assert channel is not None
    channel.settimeout(settings().cc_http_timeout_s)
    return sftp


def _ask_without_thread(file: Any) -> None:
    """Let paramiko send the requests of a window itself; its thread would print a traceback when the connection breaks."""

    def start(chunks: list[tuple[int, int]], limit: int | None = None) -> None:
        file._prefetching, file._prefetch_done = True, False
        file._prefetch_thread(chunks, limit)

    file._start_prefetch = start


def _another_key(who: str, endpoint: Endpoint, error: UnknownHostKey | BadHostKeyException) -> Gone:
    shown = error.key.fingerprint if isinstance(error, BadHostKeyException) else str(error)
    return Gone(
        f"{who}: {endpoint.address} shows another host key ({shown}) than the connection names; nothing was sent. "
        "Ask the steward whether the server is a new one before you change the connection."
    )


def _trust(client: paramiko.SSHClient, asking: Asking) -> None:
    endpoint, name = asking.endpoint, asking.source.connection.id
    host = endpoint.host if endpoint.port in (None, 22) else f"[{endpoint.host}]:{endpoint.port}"
    for line in str(endpoint.extra.get("host_key") or "").splitlines():
        kind, _, rest = line.strip().partition(" ")
        try:
            key = paramiko.PKey.from_type_string(kind, base64.b64decode(rest.split(" ")[0], validate=True))
        except (SSHException, ValueError, UnknownKeyType):
            raise SettingsError(
                f"Connection {name!r}: the extra 'host_key' is not a key like 'ssh-ed25519 AAAA...'; see docs/connections.md."
            ) from None
        client.get_host_keys().add(host, kind, key)
    if file := endpoint.extra.get("known_hosts"):
        try:
            client.load_system_host_keys(str(file))
        except OSError as error:
            raise SettingsError(f"Connection {name!r}: known_hosts {file} cannot be read: {_cause(error)}.") from None


def _private_key(asking: Asking) -> paramiko.PKey | None:
    endpoint, name = asking.endpoint, asking.source.connection.id
    text = str(endpoint.extra.get("private_key") or "")
    if file := endpoint.extra.get("private_key_file"):
        try:
            text = Path(str(file)).read_text()
        except OSError as error:
            raise SettingsError(f"Connection {name!r}: the key {file} cannot be read: {_cause(error)}.") from None
    if not text:
        return None
    for kind in KEYS:
        try:
            return kind.from_private_key(io.StringIO(text), endpoint.password or None)
        except PasswordRequiredException:
            raise SettingsError(f"Connection {name!r}: the private key needs the connection's password.") from None
        except (SSHException, ValueError, IndexError):
            continue
    raise SettingsError(
        f"Connection {name!r}: the private key cannot be read, or the password is not its passphrase; see docs/connections.md."
    )


def _stamp(name: str, found: paramiko.SFTPAttributes) -> Stamp:
    if not stat.S_ISREG(found.st_mode or stat.S_IFREG):
        raise Unreadable(f"{name} is not a file.")
    if found.st_size is None:
        raise Unreadable(f"{name} has no size; the server does not tell it.")
    return Stamp(found.st_size, found.st_mtime, is_coarse=True)


def _is_below(path: str, base: str) -> bool:
    return path == base or path.startswith(base.rstrip("/") + "/")


def _cause(error: BaseException) -> str:
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return " ".join(str((isinstance(error, OSError) and error.strerror) or error).split()) or type(error).__name__
