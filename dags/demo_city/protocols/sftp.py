"""SFTP: every agency's files below its own folder, from memory, for whoever knows the password. Nothing can be written."""

from __future__ import annotations

import contextlib
import socket
import sys
import threading
import time
from pathlib import PurePosixPath
from typing import Any

import paramiko
from paramiko import SFTPAttributes, SFTPHandle, SFTPServer, SFTPServerInterface
from paramiko.common import (
    AUTH_FAILED,
    AUTH_SUCCESSFUL,
    OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED,
    OPEN_SUCCEEDED,
)
from paramiko.sftp import SFTP_FAILURE, SFTP_NO_SUCH_FILE, SFTP_PERMISSION_DENIED

from demo_city.answer import Answer
from demo_city.ask import is_secret
from demo_city.city import City
from demo_city.protocols.service import SLOW_PIECES, Service, bound_port, listening
from demo_city.secret import host_key, host_key_file

FILE, FOLDER = 0o100444, 0o040555
REFUSALS = ("status_500", "status_429")


class Account(paramiko.ServerInterface):
    """Who may log in: the name of any agency with the one password."""

    def __init__(self, city: City) -> None:
        self._city = city

    def check_auth_password(self, username: str, password: str) -> int:
        known = username in self._city.sources() and is_secret(password, self._city.password)
        return AUTH_SUCCESSFUL if known else AUTH_FAILED

    def get_allowed_auths(self, username: str) -> str:
        return "password"

    def check_channel_request(self, kind: str, chanid: int) -> int:
        return OPEN_SUCCEEDED if kind == "session" else OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED


class Content(SFTPHandle):
    """One opened file: the bytes as they were when it was opened."""

    def __init__(self, files: Files, source: str, answer: Answer, attributes: SFTPAttributes) -> None:
        super().__init__(0)
        self._files, self._source, self._body, self._attributes = files, source, answer.body, attributes

    def read(self, offset: int, length: int) -> Any:
        if not self._files.goes_on(self._source, waits=True):
            return SFTP_FAILURE
        return self._body[offset : offset + length]

    def stat(self) -> SFTPAttributes:
        return self._attributes


class Files(SFTPServerInterface):
    """The virtual tree /<agency>/<path>."""

    def __init__(self, server: Account, city: City, transport: paramiko.Transport, ending: threading.Event) -> None:
        super().__init__(server)
        self._city, self._transport, self._ending = city, transport, ending

    def list_folder(self, path: str) -> Any:
        parts = _parts(path)
        if not self.goes_on(parts[0] if parts else "", waits=True):
            return SFTP_FAILURE
        names = self._names(parts)
        return SFTP_NO_SUCH_FILE if names is None else [self._described([*parts, name]) for name in names]

    def stat(self, path: str) -> Any:
        parts = _parts(path)
        if not self.goes_on(parts[0] if parts else ""):
            return SFTP_FAILURE
        return self._described(parts) or SFTP_NO_SUCH_FILE

    def lstat(self, path: str) -> Any:
        return self.stat(path)

    def open(self, path: str, flags: int, attr: SFTPAttributes) -> Any:
        parts = _parts(path)
        if flags & 3:  # O_WRONLY or O_RDWR
            return SFTP_PERMISSION_DENIED
        if not self.goes_on(parts[0] if parts else "", waits=True):
            return SFTP_FAILURE
        found = self._city.file("/".join(parts))
        return Content(self, parts[0], found, _file(parts[-1], found)) if found else SFTP_NO_SUCH_FILE

    def goes_on(self, source: str, *, waits: bool = False) -> bool:
        """False when the agency's server refuses; when it is down, the connection ends here."""
        fault = self._city.fault(source)
        if fault and fault.kind == "down":
            self._transport.close()
            return False
        if fault and fault.kind == "slow" and waits:
            self._ending.wait(fault.seconds / SLOW_PIECES)
        return not (fault and fault.kind in REFUSALS)

    def _names(self, parts: list[str]) -> list[str] | None:
        """What lies directly in a folder, None when there is no such folder."""
        if not parts:
            return list(self._city.sources())
        if parts[0] not in self._city.sources():
            return None
        inner = [PurePosixPath(path).parts for path in self._city.files(parts[0])]
        depth = len(parts) - 1
        below = [path for path in inner if path[:depth] == tuple(parts[1:]) and len(path) > depth]
        return sorted({path[depth] for path in below}) if below or depth == 0 else None

    def _described(self, parts: list[str]) -> SFTPAttributes | None:
        found = self._city.file("/".join(parts)) if len(parts) > 1 else None
        if found:
            return _file(parts[-1], found)
        if self._names(parts) is None:
            return None
        folder = SFTPAttributes()
        folder.filename, folder.st_mode = (parts or ["/"])[-1], FOLDER
        folder.st_size, folder.st_mtime = 0, int(self._city.clock.now().timestamp())
        return folder


def _parts(path: str) -> list[str]:
    return [part for part in PurePosixPath("/", path).parts[1:] if part not in (".", "..")]


def _file(name: str, answer: Answer) -> SFTPAttributes:
    attributes = SFTPAttributes()
    attributes.filename, attributes.st_mode, attributes.st_size = name, FILE, len(answer.body)
    attributes.st_mtime = int(answer.modified.timestamp()) if answer.modified else int(time.time())
    attributes.st_atime = attributes.st_mtime
    return attributes


class SftpService(Service):
    """Accepts connections; each has a thread of its own."""

    name = "sftp"

    def __init__(self, host: str, port: int, city: City) -> None:
        self.ready = False
        self._city = city
        self._key = paramiko.Ed25519Key(filename=str(host_key_file(city.state_dir)))
        self._listener = listening(host, port, "--sftp-port")
        self._address = f"sftp://{host}:{bound_port(self._listener)}"
        self._ending = threading.Event()
        self._transports: list[paramiko.Transport] = []
        self._thread = threading.Thread(target=self._accept, name="sftp", daemon=True)

    def start(self) -> None:
        self._thread.start()
        self.ready = True

    def stop(self) -> None:
        self.ready = False
        self._ending.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for transport in self._transports:
            transport.close()
        self._thread.join(5)

    def addresses(self) -> dict[str, str]:
        return {"sftp": self._address, "sftp_host_key": host_key(self._city.state_dir)}

    def _accept(self) -> None:
        while not self._ending.is_set():
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self._transports = [transport for transport in self._transports if transport.is_active()]
            threading.Thread(target=self._meet, args=[client], daemon=True).start()

    def _meet(self, client: socket.socket) -> None:
        try:
            transport = paramiko.Transport(client)
            self._transports.append(transport)
            transport.add_server_key(self._key)
            transport.set_subsystem_handler("sftp", SFTPServer, Files, self._city, transport, self._ending)
            transport.start_server(server=Account(self._city))
        except (paramiko.SSHException, EOFError, OSError) as error:
            print(f"SFTP: a client went away: {error}", file=sys.stderr, flush=True)
