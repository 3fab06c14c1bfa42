"""The MySQL protocol before the tables of the agencies that have a database: every query is answered from memory."""

from __future__ import annotations

import re
import socket
import sqlite3
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

import sqlglot
from mysql_mimic import IdentityProvider, MysqlServer, ResultColumn, ResultSet, Session, User
from mysql_mimic.auth import NativePasswordAuthPlugin
from mysql_mimic.errors import ErrorCode, MysqlError
from mysql_mimic.types import ColumnType
from sqlglot import exp

from demo_city.city import PRACTICE, City
from demo_city.faults.spoil import Fault
from demo_city.protocols.service import Gate, Loop, Service, bound_port, listening
from demo_city.table import Table, Value

TYPES = {
    "BIGINT": ColumnType.LONGLONG,
    "DECIMAL": ColumnType.NEWDECIMAL,
    "DATE": ColumnType.DATE,
    "DATETIME": ColumnType.DATETIME,
    "VARCHAR": ColumnType.VAR_STRING,
}
STORED = {"BIGINT": "integer", "DECIMAL": "blob", "DATE": "text", "DATETIME": "text", "VARCHAR": "text"}
TRANSACTION = re.compile(
    r"^\s*(start\s+transaction|begin|commit|rollback|unlock\s+tables|set\s+session\s+transaction)\b", re.IGNORECASE
)
ASKING = (exp.Query, exp.Describe)


def column_type(table: Table, column: str) -> str:
    """The type of a column as MySQL names it; of a number that became words, VARCHAR."""
    values = [row[column] for row in table.rows if row[column] is not None]
    first = values[0] if values else ""
    if isinstance(first, Decimal):
        return "VARCHAR" if table.swapped else "DECIMAL"
    if isinstance(first, datetime):
        return "DATETIME"
    if isinstance(first, date):
        return "DATE"
    return "BIGINT" if isinstance(first, int) else "VARCHAR"


def text_of(table: Table, value: Value) -> int | str | None:
    """A value as the server writes it; its times are Padang's."""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    return value if isinstance(value, int) or value is None else table.plain(value)


class AgencySession(Session):  # type: ignore[misc]
    """One connection: may only read, and knows one table, that of its login's agency."""

    def __init__(self, city: City) -> None:
        super().__init__()
        self._city = city

    async def handle_query(self, sql: str, attrs: dict[str, str]) -> Any:
        """What belongs to transactions is accepted: whoever only reads needs none."""
        if TRANSACTION.match(sql):
            return [], []
        try:
            return await super().handle_query(sql, attrs)
        except sqlglot.errors.SqlglotError as error:
            raise MysqlError(f"You have an error in your SQL syntax: {error}"[:200], ErrorCode.PARSE_ERROR) from None

    async def query(self, expression: exp.Expression, sql: str, attrs: dict[str, str]) -> Any:
        if not isinstance(expression, ASKING):
            raise MysqlError("The server is read-only; the statement was not executed.", ErrorCode.NOT_SUPPORTED_YET)
        agency = self._agency
        table = self._city.database_table(agency)
        memory = _memory(table, self._city.databases()[agency])
        translated = _without_database(expression, agency).sql(dialect="sqlite")
        try:
            cursor = memory.execute(translated)
            rows = cursor.fetchall()
        except sqlite3.Error as error:
            raise _as_mysql(error, agency) from None
        types = {column: column_type(table, column) for column in table.columns}
        columns = [_result_column(name, types, rows, place) for place, (name, *_) in enumerate(cursor.description)]
        return ResultSet(rows, columns)

    async def schema(self) -> dict[str, Any]:
        table = self._city.database_table(self._agency)
        types = {column: column_type(table, column) for column in table.columns}
        return {self._agency: {self._city.databases()[self._agency]: types}}

    @property
    def _agency(self) -> str:
        return str(self.username)


def _without_database(expression: exp.Expression, agency: str) -> exp.Expression:
    copy = expression.copy()
    for table in copy.find_all(exp.Table):
        if table.db.lower() not in ("", agency):
            raise MysqlError(f"SELECT command denied for database '{table.db}'", ErrorCode.ACCESS_DENIED_ERROR)
        table.set("db", None)
    for column in copy.find_all(exp.Column):
        column.set("db", None)
    return copy


def _as_mysql(error: sqlite3.Error, agency: str) -> MysqlError:
    found = re.match(r"no such (table|column): (.*)", str(error))
    if found and found[1] == "table":
        return MysqlError(f"Table '{agency}.{found[2]}' doesn't exist", NO_SUCH_TABLE)
    if found:
        return MysqlError(f"Unknown column '{found[2]}' in 'field list'", BAD_FIELD)
    return MysqlError(str(error))


def _code(number: int) -> Any:
    """An error number that the library has no name for."""
    code = int.__new__(ErrorCode, number)
    code._name_, code._value_ = f"ERROR_{number}", number
    return code


NO_SUCH_TABLE, BAD_FIELD = _code(1146), _code(1054)


def _result_column(name: str, types: dict[str, str], rows: list[tuple[Any, ...]], place: int) -> ResultColumn:
    if name in types:
        return ResultColumn(name, TYPES[types[name]])
    values = (row[place] for row in rows)
    first = next((value for value in values if value is not None), "")
    kind = ColumnType.LONGLONG if isinstance(first, int) else ColumnType.DOUBLE if isinstance(first, float) else None
    return ResultColumn(name, kind or ColumnType.VAR_STRING)


@lru_cache(maxsize=4)
def _memory(table: Table, name: str) -> sqlite3.Connection:
    """The table in a database of its own. Only the event loop's thread uses it."""
    memory = sqlite3.connect(":memory:", check_same_thread=False)
    columns = ", ".join(f'"{column}" {STORED[column_type(table, column)]}' for column in table.columns)
    memory.execute(f"create table {name} ({columns})")
    marks = ", ".join("?" for _ in table.columns)
    rows = ([text_of(table, row[column]) for column in table.columns] for row in table.rows)
    memory.executemany(f"insert into {name} values ({marks})", rows)
    memory.execute("pragma query_only = on")
    return memory


class Accounts(IdentityProvider):  # type: ignore[misc]
    """A read-only account for each agency."""

    def __init__(self, city: City) -> None:
        self._city = city
        self._secret = NativePasswordAuthPlugin.create_auth_string(city.password)

    async def get_user(self, username: str) -> User | None:
        if username not in self._city.databases():
            return None
        return User(name=username, auth_string=self._secret, auth_plugin=NativePasswordAuthPlugin.name)


class MysqlService(Service):
    """The server behind a gate."""

    name = "mysql"

    def __init__(self, host: str, port: int, city: City) -> None:
        self.ready = False
        self._city = city
        self._listener = listening(host, port, "--mysql-port")
        self._address = f"mysql://{host}:{bound_port(self._listener)}/{PRACTICE}"

    def start(self) -> None:
        self._loop = Loop("mysql")
        self._loop.run(self._open())
        self.ready = True

    async def _open(self) -> None:
        inner = socket.create_server(("127.0.0.1", 0))
        self._server = MysqlServer(lambda: AgencySession(self._city), identity_provider=Accounts(self._city))
        await self._server.start_server(sock=inner, port=None)
        self._gate = Gate(self._fault, lambda: bound_port(inner))
        await self._gate.open(self._listener)

    def _fault(self) -> Fault | None:
        """All agencies share the server, so that the trouble of one is felt by all."""
        found = (self._city.fault(agency) for agency in self._city.databases())
        return next((fault for fault in found if fault), None)

    def stop(self) -> None:
        self.ready = False
        self._loop.run(self._gate.close())
        self._server.close()
        self._loop.close()

    def addresses(self) -> dict[str, str]:
        return {"mysql": self._address}
