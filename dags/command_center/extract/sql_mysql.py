"""Read a table of MySQL or MariaDB: one unbuffered SELECT in a read-only transaction; values stay the server's own text."""

from __future__ import annotations

import contextlib
import re
import socket
import ssl
import struct
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

import pymysql
from pymysql.constants import CR, ER, FIELD_TYPE
from pymysql.cursors import SSCursor

from command_center.declaration.source import Request
from command_center.errors import SettingsError, SourceUnavailable
from command_center.extract.asking import Asking, Spool
from command_center.extract.sql_question import (
    Lost,
    Question,
    Typed,
    attempts,
    deadline,
    needs_tls,
    question,
    sentence,
    timeout_s,
)

CHUNK = 256 << 10
BINARY = 63  # number of the character set of bytes that are no text
TEXTS = (
    FIELD_TYPE.TINY_BLOB, FIELD_TYPE.BLOB, FIELD_TYPE.MEDIUM_BLOB, FIELD_TYPE.LONG_BLOB,
    FIELD_TYPE.STRING, FIELD_TYPE.VAR_STRING, FIELD_TYPE.VARCHAR,
)  # fmt: skip
TYPES: dict[str | int, Typed] = {
    "timestamp": "session",
    "datetime": "naive",
    "date": "date",
    FIELD_TYPE.TIMESTAMP: "session",
    FIELD_TYPE.DATETIME: "naive",
    FIELD_TYPE.DATE: "date",
}
SPECIAL = re.compile(rb'[",\r\n]')
BUSY = (CR.CR_CONN_HOST_ERROR, CR.CR_SERVER_GONE_ERROR, CR.CR_SERVER_LOST, ER.CON_COUNT_ERROR)
NO_TABLE = (ER.NO_SUCH_TABLE, ER.BAD_TABLE_ERROR)
NO_PERMISSION = (ER.TABLEACCESS_DENIED_ERROR, ER.COLUMNACCESS_DENIED_ERROR, ER.DBACCESS_DENIED_ERROR, ER.VIEW_INVALID)
CUT_OFF = (ER.QUERY_TIMEOUT, ER.STATEMENT_TIMEOUT, ER.QUERY_INTERRUPTED)
NO_PROTOCOL = (struct.error, IndexError, ValueError, AssertionError)  # what PyMySQL makes of a server that is none
Connection: TypeAlias = "pymysql.connections.Connection[Any]"
Write = Callable[[bytes], bytes]


def copy(asking: Asking, request: Request, spool: Spool) -> None:
    """Write the rows as CSV. Raises SourceUnavailable."""
    who = asking.who(request)
    connection = attempts(asking, who, lambda: _connect(asking))
    try:
        with deadline(asking, lambda: _cut(connection)):
            _prepare(connection, asking)
            asked = question(asking, request, _present(connection, asking, request))
            _copy(connection, asked, spool)
            connection.close()
    except (pymysql.MySQLError, OSError) as error:
        asking.check_deadline(who)
        raise _explained(asking, request, error) from None
    finally:
        connection._force_close()  # type: ignore[attr-defined]


def _connect(asking: Asking) -> Connection:
    endpoint = asking.endpoint
    tls = _tls(asking)
    try:
        connection: Any = pymysql.connect(
            host=endpoint.host,
            port=endpoint.port or 3306,
            user=endpoint.login,
            password=endpoint.password.encode(),
            database=endpoint.path.strip("/"),
            charset="utf8mb4",
            use_unicode=False,
            conv={},
            autocommit=False,
            local_infile=False,
            connect_timeout=timeout_s(asking),
            read_timeout=timeout_s(asking),
            write_timeout=timeout_s(asking),
            ssl=tls,
            ssl_disabled=tls is None,
        )
    except NO_PROTOCOL as error:
        raise Lost(f"it does not speak MySQL ({type(error).__name__})") from None
    except pymysql.MySQLError as error:
        cause = getattr(error, "original_exception", None)
        if _code(error) in BUSY and not isinstance(cause, ssl.SSLError):
            raise Lost(_said(asking, error)) from None
        raise SourceUnavailable(
            f"{asking.source.source}: {endpoint.address} refuses the connection: {_said(asking, error)}; "
            "mend the connection, or ask the steward."
        ) from None
    connection._read_timeout = max(1.0, asking.seconds_left())  # a long sort sends nothing for a while
    return connection  # type: ignore[no-any-return]


def _tls(asking: Asking) -> ssl.SSLContext | None:
    extra = asking.endpoint.extra
    if not needs_tls(asking):
        return None
    try:
        context = ssl.create_default_context(cafile=str(extra["ca"]) if extra.get("ca") else None)
        if extra.get("client_cert"):
            context.load_cert_chain(
                str(extra["client_cert"]), str(extra["client_key"]) if extra.get("client_key") else None
            )
    except OSError as error:
        raise SettingsError(
            f"Connection {asking.source.connection.id!r}: its certificates cannot be read: {_said(asking, error)}."
        ) from None
    return context


def _cut(connection: Any) -> None:
    with contextlib.suppress(OSError, AttributeError):
        connection._sock.shutdown(socket.SHUT_RDWR)


def _prepare(connection: Connection, asking: Asking) -> None:
    seconds = int(max(1.0, asking.seconds_left()))
    with connection.cursor() as cursor:
        cursor.execute("set session transaction isolation level repeatable read")
        cursor.execute("set session transaction read only")
        cursor.execute("set time_zone = '+07:00'")
        # MySQL and MariaDB call the time limit by different names; a row limit would cut the answer without a word
        for setting in (
            f"max_execution_time = {seconds * 1000}",
            f"max_statement_time = {seconds}",
            f"sql_select_limit = {2**64 - 1}",
        ):
            try:
                cursor.execute(f"set session {setting}")
            except pymysql.MySQLError as error:
                if _code(error) != ER.UNKNOWN_SYSTEM_VARIABLE:
                    raise


def _present(connection: Connection, asking: Asking, request: Request) -> dict[str, Typed]:
    """The columns that this login may see, from the catalogue or else from an empty answer."""
    *schema, table = request.path.split(".")
    database = schema[0] if schema else asking.endpoint.path.strip("/")
    with connection.cursor() as cursor:
        cursor.execute(
            "select column_name, data_type, table_name from information_schema.columns "
            f"where table_schema = {_literal(connection, database)} and table_name = {_literal(connection, table)} "
            "order by ordinal_position"
        )
        found = [tuple(_decoded(value) for value in row) for row in cursor.fetchall()]
        exact = [row for row in found if row[2] == table] or found
        if exact:
            return {name: TYPES.get(kind.lower(), "other") for name, kind, _ in exact}
        cursor.execute(f"select * from {_named(request.path.split('.'))} limit 0")
        return {_decoded(field[0]): TYPES.get(field[1], "other") for field in cursor.description or ()}


def _statement(connection: Connection, asked: Question) -> str:
    names = [name if typed is not None else None for name, typed in asked.columns.items()]
    columns = [_named([n]) if n else f"null as {_named([name])}" for n, name in zip(names, asked.columns, strict=True)]
    statement = f"select {', '.join(columns)} from {_named(asked.path)}"
    conditions = [
        f"({_named([b.name])} {b.operator} {_literal(connection, b.value)}"
        + (f" or {_named([b.name])} is null)" if b.or_null else ")")
        for b in asked.bounds
    ]
    if conditions:
        statement += " where " + " and ".join(conditions)
    if asked.order:
        statement += " order by " + ", ".join(_named([name]) for name in asked.order)
    return statement


def _copy(connection: Connection, asked: Question, spool: Spool) -> None:
    cursor: Any = connection.cursor(SSCursor)
    try:
        cursor.execute(_statement(connection, asked))
        writers = [
            _writer(field.type_code, field.charsetnr, typed)
            for field, typed in zip(cursor._result.fields, asked.columns.values(), strict=True)
        ]
        pending = bytearray(b",".join(_quoted(name.encode()) for name in asked.columns) + b"\n")
        for row in _rows(cursor):
            pending += b",".join(b"" if v is None else write(v) for v, write in zip(row, writers, strict=True)) + b"\n"
            if len(pending) >= CHUNK:
                spool.write(bytes(pending))
                pending.clear()
        spool.write(bytes(pending))
    finally:
        if cursor._result is not None:
            cursor._result.unbuffered_active = False  # else PyMySQL reads the rest of an answer that is given up


def _rows(cursor: Any) -> Iterator[tuple[bytes | None, ...]]:
    while (row := cursor.fetchone()) is not None:
        yield row


def _writer(kind: int, charset: int, typed: Typed | None) -> Write:
    if kind == FIELD_TYPE.BIT:
        return _bits
    if kind == FIELD_TYPE.GEOMETRY or (kind in TEXTS and charset == BINARY):
        return _hex
    return _with_zone if typed == "session" else _quoted


def _quoted(value: bytes) -> bytes:
    """A value in CSV; an empty text is not NULL."""
    return b'"' + value.replace(b'"', b'""') + b'"' if not value or SPECIAL.search(value) else value


def _bits(value: bytes) -> bytes:
    return str(int.from_bytes(value)).encode()


def _hex(value: bytes) -> bytes:
    """Bytes as PostgreSQL writes them."""
    return b"\\x" + value.hex().encode()


def _with_zone(value: bytes) -> bytes:
    """A time in the zone of the session; a zero date stays as it is, for the agency to see."""
    return value if value.startswith(b"0000") else value + b"+07:00"


def _decoded(value: object) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


def _named(path: list[str] | tuple[str, ...]) -> str:
    return ".".join("`" + name.replace("`", "``") + "`" for name in path)


def _literal(connection: Connection, value: str) -> str:
    return str(connection.escape(value))


def _code(error: BaseException) -> object:
    return error.args[0] if error.args else None


def _said(asking: Asking, error: BaseException) -> str:
    """The server's words with its number, which PyMySQL keeps apart."""
    code, *words = error.args or (type(error).__name__,)
    return sentence(asking, f"{' '.join(map(str, words))} (error {code})" if words else str(code))


def _explained(asking: Asking, request: Request, error: BaseException) -> SourceUnavailable:
    who, where = asking.who(request), f"{asking.endpoint.address}/{request.path}"
    said, code = _said(asking, error), _code(error)
    if code in NO_TABLE:
        return SourceUnavailable(
            f"{who}: {asking.endpoint.address} has no table or view {request.path!r} that this login can see; "
            "ask the steward, or mend the path."
        )
    if code in NO_PERMISSION:
        return SourceUnavailable(
            f"{who}: {where} may not be read by {asking.endpoint.login!r}: {said}; ask the steward."
        )
    if code in CUT_OFF:
        return SourceUnavailable(f"{who}: {where} was cut off by the server: {said}; it is tried again.")
    return SourceUnavailable(f"{who}: {where} did not answer to the end: {said}; it is tried again.")
