"""Read a table of PostgreSQL: one COPY in a read-only transaction, so that a row is neither missed nor read twice."""

from __future__ import annotations

import contextlib
import os
import socket
import ssl

import psycopg
from psycopg import errors, sql
from psycopg.conninfo import make_conninfo

from command_center.database import Connection
from command_center.declaration.source import Request
from command_center.errors import CommandCenterError, DeclarationError, SettingsError, SourceUnavailable
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
from command_center.settings import TIME_ZONE

CHUNK = 256 << 10
VERIFIED = ("verify-full", "verify-ca")
TYPES: dict[str, Typed] = {
    "timestamp with time zone": "zoned",
    "timestamp without time zone": "naive",
    "date": "date",
    "boolean": "boolean",
}
COLUMNS = """
    select a.attname, coalesce(nullif(t.typbasetype, 0), t.oid)::regtype::text
    from pg_catalog.pg_attribute as a join pg_catalog.pg_type as t on t.oid = a.atttypid
    where a.attrelid = %s and a.attnum > 0 and not a.attisdropped
    order by a.attnum
"""


def copy(asking: Asking, request: Request, spool: Spool) -> None:
    """Write the rows as CSV. Raises SourceUnavailable."""
    who = asking.who(request)
    connection = attempts(asking, who, lambda: _connect(asking))
    try:
        with connection, deadline(asking, lambda: _cut(connection)):
            _prepare(connection, asking)
            asked = question(asking, request, _present(connection, asking, request))
            _copy(connection, _statement(asked), spool)
    except psycopg.Error as error:
        asking.check_deadline(who)
        raise _explained(asking, request, error) from None


def _connect(asking: Asking) -> Connection:
    endpoint = asking.endpoint
    try:
        connection = psycopg.connect(
            make_conninfo("", **_tls(asking)),
            host=endpoint.host,
            port=endpoint.port or 5432,
            dbname=endpoint.path.strip("/"),
            user=endpoint.login,
            password=endpoint.password,
            connect_timeout=max(2, int(timeout_s(asking))),
            client_encoding="utf8",
            application_name="padang-command-center",
            gssencmode="disable",
            keepalives_idle=30,
        )
    except psycopg.OperationalError as error:
        # a server that says FATAL was reached and has refused; asking again would only lock the account
        if "FATAL" in str(error) and "57P03" not in str(error):
            raise SourceUnavailable(
                f"{asking.source.source}: {endpoint.address} refuses the connection: {sentence(asking, error)}; "
                "mend the connection, or ask the steward."
            ) from None
        raise Lost(sentence(asking, error)) from None
    connection.read_only = True
    connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    return connection


def _tls(asking: Asking) -> dict[str, str]:
    """libpq's settings. Raises SettingsError when the connection asks for less than the declaration."""
    extra = asking.endpoint.extra
    files = {
        name: str(extra[key])
        for name, key in (("sslrootcert", "ca"), ("sslcert", "client_cert"), ("sslkey", "client_key"))
        if extra.get(key)
    }
    mode = str(extra.get("sslmode") or ("verify-full" if needs_tls(asking) else "prefer"))
    if needs_tls(asking) and mode not in VERIFIED:
        raise SettingsError(
            f"Connection {asking.source.connection.id!r}: sslmode {mode!r} does not verify the server; "
            "use verify-full, or declare 'tls: none'."
        )
    if mode in VERIFIED and "sslrootcert" not in files:
        files["sslrootcert"] = ssl.get_default_verify_paths().cafile or "system"
    return {"sslmode": mode, **files}


def _cut(connection: Connection) -> None:
    with contextlib.suppress(psycopg.Error, OSError), socket.socket(fileno=os.dup(connection.fileno())) as line:
        line.shutdown(socket.SHUT_RDWR)


def _prepare(connection: Connection, asking: Asking) -> None:
    """Settings of this transaction only: a connection pool of the agency may give the session to others afterwards."""
    settings = {
        "statement_timeout": str(int(max(1.0, asking.seconds_left()) * 1000)),
        "timezone": TIME_ZONE,
        "datestyle": "ISO",
        "extra_float_digits": "3",
        "bytea_output": "hex",
    }
    for name, value in settings.items():
        connection.execute("select pg_catalog.set_config(%s, %s, true)", [name, value])


def _present(connection: Connection, asking: Asking, request: Request) -> dict[str, Typed]:
    place = sql.Identifier(*request.path.split(".")).as_string(connection)
    found = connection.execute("select pg_catalog.to_regclass(%s)::oid", [place]).fetchone()
    if found is None or found[0] is None:
        raise _no_table(asking, request)
    return {str(name): TYPES.get(str(typed), "other") for name, typed in connection.execute(COLUMNS, [found[0]])}


def _statement(asked: Question) -> sql.Composed:
    select = sql.SQL("select {} from {}").format(
        sql.SQL(", ").join(_selected(name, typed) for name, typed in asked.columns.items()), sql.Identifier(*asked.path)
    )
    conditions = [
        sql.SQL("({0} " + bound.operator + " {1}" + (" or {0} is null" if bound.or_null else "") + ")").format(
            sql.Identifier(bound.name), sql.Literal(bound.value)
        )
        for bound in asked.bounds
    ]
    if conditions:
        select += sql.SQL(" where ") + sql.SQL(" and ").join(conditions)
    if asked.order:
        select += sql.SQL(" order by ") + sql.SQL(", ").join(map(sql.Identifier, asked.order))
    return sql.SQL("copy ({}) to stdout (format csv, header)").format(select)


def _selected(name: str, typed: Typed | None) -> sql.Composable:
    column = sql.Identifier(name)
    if typed is None:
        return sql.SQL("null as {}").format(column)
    if typed == "boolean":
        return sql.SQL("{0}::text as {0}").format(column)
    if typed == "zoned":  # ISO 8601 with a zone of hours and minutes, which PostgreSQL's own text lacks
        return sql.SQL("pg_catalog.to_json({0}) #>> '{{}}' as {0}").format(column)
    return column


def _copy(connection: Connection, statement: sql.Composed, spool: Spool) -> None:
    pending = bytearray()
    with connection.cursor() as cursor, cursor.copy(statement) as rows:
        for row in rows:
            pending += row
            if len(pending) >= CHUNK:
                spool.write(bytes(pending))
                pending.clear()
        spool.write(bytes(pending))


def _no_table(asking: Asking, request: Request) -> SourceUnavailable:
    return SourceUnavailable(
        f"{asking.who(request)}: {asking.endpoint.address} has no table or view {request.path!r} that this login can see; "
        "ask the steward, or mend the path."
    )


def _explained(asking: Asking, request: Request, error: psycopg.Error) -> CommandCenterError:
    who, where = asking.who(request), f"{asking.endpoint.address}/{request.path}"
    if isinstance(error, (errors.UndefinedTable, errors.InvalidSchemaName)):
        return _no_table(asking, request)
    if isinstance(error, errors.InsufficientPrivilege):
        return SourceUnavailable(
            f"{who}: {where} may not be read by {asking.endpoint.login!r}: {sentence(asking, error)}; ask the steward."
        )
    if isinstance(error, errors.QueryCanceled):
        return SourceUnavailable(
            f"{who}: {where} was cut off by the server: {sentence(asking, error)}; it is tried again."
        )
    if isinstance(error, psycopg.DataError):
        return DeclarationError(
            f"{who}: {where} cannot compare its column with the declared bound: {sentence(asking, error)}; mend 'since'."
        )
    return SourceUnavailable(f"{who}: {where} did not answer to the end: {sentence(asking, error)}; it is tried again.")
