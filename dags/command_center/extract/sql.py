"""Tables and views of an agency's database (kind sql): read-only, and only the columns that are declared.

What is asked of the database is built here; extract/sql_postgresql.py and extract/sql_mysql.py ask it. The answer is CSV:
NULL is nothing, an empty text is "". Columns that are not declared, or are dropped, come as NULL: their names show a drift,
their values never leave the agency.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from command_center.declaration.source import Request
from command_center.errors import DeclarationError, SettingsError
from command_center.extract.asking import Answered, Asking, Spool

CONTENT_TYPE = "text/csv; charset=utf-8; header=present"


PATH = re.compile(r"[A-Za-z_][A-Za-z0-9_$]*(\.[A-Za-z_][A-Za-z0-9_$]*)?")


def ask(asking: Asking, request: Request, folder: Path) -> Iterator[Answered]:
    """The rows of a table as one answer. Raises SourceUnavailable, also when the connection breaks on the way."""
    _check_connection(asking)
    if not PATH.fullmatch(request.path):
        raise DeclarationError(
            f"{asking.who(request)}: the path {request.path!r} is not the name of a table or view, as in 'public.kejadian'."
        )
    if asking.endpoint.scheme == "postgresql":
        from command_center.extract.sql_postgresql import copy
    else:
        from command_center.extract.sql_mysql import copy
    spool = Spool(folder, asking.who(request), asking)
    try:
        asking.wait_turn()
        copy(asking, request, spool)
    except BaseException:
        spool.path.unlink(missing_ok=True)
        raise
    yield spool.fetched(
        request,
        f"{asking.endpoint.address}/{request.path}",
        content_type=CONTENT_TYPE,
        simulated_paths=str(asking.endpoint.extra.get("data_simulasi", "")),
    )


def _check_connection(asking: Asking) -> None:
    endpoint, name = asking.endpoint, asking.source.connection.id
    missing = [
        what
        for what, given in (
            ("host", endpoint.host),
            ("database", endpoint.path.strip("/")),
            ("login", endpoint.login),
        )
        if not given
    ]
    if missing:
        raise SettingsError(f"Connection {name!r} has no {' and no '.join(missing)}; see docs/connections.md.")
