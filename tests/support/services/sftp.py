"""An SFTP server over a folder, which can lose its connections and whose files can change while they are read."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import paramiko
from paramiko.common import AUTH_FAILED, AUTH_SUCCESSFUL, OPEN_SUCCEEDED

LOGIN, PASSWORD = "penarik", "kunci/rahasia"


@dataclass
class SftpService:
    """`losses` = how many connections are still cut in the middle of a read; `on_read` is called before each read."""

    root: Path
    host_key: paramiko.PKey
    client_key: paramiko.PKey | None = None
    losses: int = 0
    on_read: Callable[[str], None] = lambda path: None
    connections: int = 0
    logins: list[str] = field(default_factory=list)
    reads: list[str] = field(default_factory=list)
    port: int = 0
    transports: list[paramiko.Transport] = field(default_factory=list)

    @property
    def known_key(self) -> str:
        return f"{self.host_key.get_name()} {self.host_key.get_base64()}"


class _Login(paramiko.ServerInterface):
    def __init__(self, service: SftpService) -> None:
        self._service = service

    def get_allowed_auths(self, username: str) -> str:
        return "publickey" if self._service.client_key else "password"

    def check_auth_password(self, username: str, password: str) -> int:
        self._service.logins.append("password")
        is_right = (username, password) == (LOGIN, PASSWORD) and self._service.client_key is None
        return AUTH_SUCCESSFUL if is_right else AUTH_FAILED

    def check_auth_publickey(self, username: str, key: paramiko.PKey) -> int:
        self._service.logins.append("publickey")
        return AUTH_SUCCESSFUL if key == self._service.client_key else AUTH_FAILED

    def check_channel_request(self, kind: str, chanid: int) -> int:
        return OPEN_SUCCEEDED


class _Handle(paramiko.SFTPHandle):
    def __init__(self, service: SftpService, path: str) -> None:
        super().__init__(os.O_RDONLY)
        self._service, self._path = service, path
        self.readfile = Path(path).open("rb")  # noqa: SIM115  (closed with the handle)

    def read(self, offset: int, length: int) -> bytes | int:
        self._service.reads.append(self._path)
        self._service.on_read(self._path)
        if self._service.losses:
            self._service.losses -= 1
            self._service.transports[-1].close()
        found = super().read(offset, length)
        return found if isinstance(found, int) else bytes(found)


class _Files(paramiko.SFTPServerInterface):
    def __init__(self, server: paramiko.ServerInterface, service: SftpService) -> None:
        self._service = service

    def _place(self, path: str) -> str:
        return str(self._service.root) + "/" + path.strip("/")

    def canonicalize(self, path: str) -> str:
        real = os.path.realpath(self._place(path))
        return real.removeprefix(str(self._service.root)) or "/"

    def list_folder(self, path: str) -> list[paramiko.SFTPAttributes] | int:
        try:
            entries = list(os.scandir(self._place(path)))
        except OSError as error:
            return paramiko.SFTPServer.convert_errno(error.errno or 0)
        return [paramiko.SFTPAttributes.from_stat(e.stat(follow_symlinks=False), e.name) for e in entries]

    def stat(self, path: str) -> paramiko.SFTPAttributes | int:
        return self._stat(path, follow=True)

    def lstat(self, path: str) -> paramiko.SFTPAttributes | int:
        return self._stat(path, follow=False)

    def _stat(self, path: str, *, follow: bool) -> paramiko.SFTPAttributes | int:
        try:
            return paramiko.SFTPAttributes.from_stat(os.stat(self._place(path), follow_symlinks=follow))
        except OSError as error:
            return paramiko.SFTPServer.convert_errno(error.errno or 0)

    def open(self, path: str, flags: int, attr: paramiko.SFTPAttributes) -> paramiko.SFTPHandle | int:
        try:
            return _Handle(self._service, self._place(path))
        except OSError as error:
            return paramiko.SFTPServer.convert_errno(error.errno or 0)


@contextmanager
def sftp_service(root: Path, host_key: paramiko.PKey, **more: object) -> Iterator[SftpService]:
    service = SftpService(root.resolve(), host_key, **more)  # type: ignore[arg-type]
    with socket.create_server(("127.0.0.1", 0)) as listener:
        service.port = listener.getsockname()[1]
        accepting = threading.Thread(target=_accept, args=(listener, service), daemon=True)
        accepting.start()
        try:
            yield service
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            accepting.join()
            for transport in service.transports:
                transport.close()


def _accept(listener: socket.socket, service: SftpService) -> None:
    with suppress(OSError):
        while True:
            connection, _ = listener.accept()
            service.connections += 1
            transport = paramiko.Transport(connection)
            transport.add_server_key(service.host_key)
            transport.set_subsystem_handler("sftp", paramiko.SFTPServer, _Files, service)
            service.transports.append(transport)
            with suppress(paramiko.SSHException, EOFError):
                transport.start_server(event=threading.Event(), server=_Login(service))
