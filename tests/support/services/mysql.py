"""A server of the MySQL protocol over tables in memory, which records what it is asked and can break off."""

from __future__ import annotations

import asyncio
import sqlite3
import ssl
import threading
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from mysql_mimic import IdentityProvider, MysqlServer, NativePasswordAuthPlugin, ResultColumn, Session, User
from mysql_mimic.charset import CharacterSet
from mysql_mimic.errors import MysqlError
from mysql_mimic.types import ColumnType
from sqlglot import expressions as exp

LOGIN, PASSWORD = "pembaca", "kata'sandi"
TYPES = {
    "varchar": ColumnType.VAR_STRING,
    "text": ColumnType.BLOB,
    "blob": ColumnType.BLOB,
    "decimal": ColumnType.NEWDECIMAL,
    "int": ColumnType.LONG,
    "datetime": ColumnType.DATETIME,
    "timestamp": ColumnType.TIMESTAMP,
    "date": ColumnType.DATE,
    "bit": ColumnType.BIT,
}


@dataclass
class MySQLService:
    """One table: its columns with their types, and rows of text. `error` is raised for SELECTs of the table; after `cut_after`
    rows the connection is cut."""

    table: str
    columns: dict[str, str]
    rows: Sequence[Sequence[object]]
    has_catalogue: bool = True
    error: tuple[int, str] | None = None
    cut_after: int | None = None
    statements: list[str] = field(default_factory=list)
    port: int = 0


class _Session(Session):  # type: ignore[misc]
    def __init__(self, service: MySQLService) -> None:
        super().__init__()
        self._service = service

    async def handle_query(self, sql: str, attrs: dict[str, str]) -> Any:
        self._service.statements.append(sql)
        return await super().handle_query(sql, attrs)

    async def schema(self) -> dict[str, dict[str, dict[str, str]]]:
        service = self._service
        return {"opd": {service.table: service.columns}} if service.has_catalogue else {}

    async def query(self, expression: exp.Expression, sql: str, attrs: dict[str, str]) -> Any:
        service = self._service
        table = expression.find(exp.Table)
        if table is None or table.name != service.table:
            raise MysqlError("Table 'opd.tiada' doesn't exist", 1146)
        if service.error is not None:
            raise MysqlError(service.error[1], service.error[0])
        with sqlite3.connect(":memory:") as database:
            columns = ", ".join(f'"{name}"' for name in service.columns)
            database.execute(f'create table "{service.table}" ({columns})')
            marks = ", ".join("?" for _ in service.columns)
            database.executemany(f'insert into "{service.table}" values ({marks})', service.rows)
            found = database.execute(expression.sql(dialect="sqlite"))
            names = [field[0] for field in found.description]
            rows = found.fetchall()
        is_null = {e.alias for e in expression.args["expressions"] if isinstance(e, exp.Alias)}
        return self._rows(rows), [
            _column(name, "varchar" if name in is_null else service.columns[name]) for name in names
        ]

    async def _rows(self, rows: list[tuple[object, ...]]) -> AsyncIterator[tuple[object, ...]]:
        for number, row in enumerate(rows):
            if number == self._service.cut_after:
                self.connection.stream.writer.transport.abort()
            yield row


def _column(name: str, kind: str) -> ResultColumn:
    is_text = kind in ("varchar", "text")
    charset = CharacterSet.utf8mb4 if is_text else CharacterSet.binary
    return ResultColumn(name, TYPES[kind], charset, text_encoder=_encoded)


def _encoded(column: ResultColumn, value: object) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


class _Identities(IdentityProvider):  # type: ignore[misc]
    async def get_user(self, username: str) -> User | None:
        if username != LOGIN:
            return None
        return User(LOGIN, NativePasswordAuthPlugin.create_auth_string(PASSWORD), NativePasswordAuthPlugin.name)


class _Loop(asyncio.SelectorEventLoop):
    """Hands over what a client sent of its TLS greeting before the server was ready; asyncio of Python 3.11 loses it."""

    async def start_tls(self, transport: Any, protocol: Any, *args: Any, **more: Any) -> Any:
        early = bytes(protocol._stream_reader._buffer)
        protocol._stream_reader._buffer.clear()
        upgrading = self.create_task(super().start_tls(transport, protocol, *args, **more))
        while (tls := transport.get_protocol()) is protocol:
            await asyncio.sleep(0)
        await asyncio.sleep(0)  # now its side of the connection has begun
        if early:
            tls.get_buffer(len(early))[: len(early)] = early
            tls.buffer_updated(len(early))
        return await upgrading


@contextmanager
def mysql_service(service: MySQLService, tls: ssl.SSLContext | None = None) -> Iterator[MySQLService]:
    loop = _Loop()
    server = MysqlServer(lambda: _Session(service), identity_provider=_Identities(), ssl=tls)
    loop.run_until_complete(server.start_server(host="127.0.0.1", port=0))
    service.port = server.sockets()[0].getsockname()[1]
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield service
    finally:
        loop.call_soon_threadsafe(server.close)
        asyncio.run_coroutine_threadsafe(_end_connections(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _end_connections() -> None:
    connections = asyncio.all_tasks() - {asyncio.current_task()}
    for connection in connections:
        connection.cancel()
    await asyncio.gather(*connections, return_exceptions=True)
