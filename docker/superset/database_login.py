"""As whom the warehouse is asked: a camat as that camat, other officials as officials, everybody else not at all."""

# ruff: noqa: PLC0415  # superset's modules can be imported only once its application exists
from __future__ import annotations

import os
from typing import Any

from audience import CAMAT_ROLE, is_administrator, viewer_role_names
from camat_password import camat_password
from sqlalchemy.engine import make_url
from sqlalchemy.engine.url import URL
from superset.errors import ErrorLevel, SupersetError, SupersetErrorType
from superset.exceptions import SupersetSecurityException

OFFICIALS_ROLES = {"Wali Kota", "OPD", "Insinyur Data", "Walidata"}
NOBODY = "Akun ini tidak punya hak baca di gudang data; hubungi Diskominfo."


def officials_login() -> str:
    return str(make_url(os.environ["SUPERSET_OFFICIALS_URI"]).username)


def login_of_viewer() -> str:
    """The login in the database of whoever is asking. Raises SupersetSecurityException when there is none, or more than one."""
    if is_administrator():
        return officials_login()
    roles = viewer_role_names()
    camat = {f"camat_{found['kode'].replace('.', '')}" for name in roles if (found := CAMAT_ROLE.fullmatch(name))}
    logins = camat | ({officials_login()} if roles & OFFICIALS_ROLES else set())
    if len(logins) != 1:
        raise refusal()
    return logins.pop()


def refusal() -> SupersetSecurityException:
    from flask import g

    g.refusal = NOBODY
    return SupersetSecurityException(
        SupersetError(
            error_type=SupersetErrorType.DATABASE_SECURITY_ACCESS_ERROR, message=NOBODY, level=ErrorLevel.ERROR
        )
    )


def is_of_officials(uri: str | URL) -> bool:
    return make_url(uri).username == officials_login()


def as_viewer(uri: URL, params: dict[str, Any], _user: str | None, *_rest: Any) -> tuple[URL, dict[str, Any]]:
    """Superset calls this before each connection to a database of dashboards."""
    if not is_of_officials(uri):
        return uri, params
    login = login_of_viewer()
    return (uri if login == uri.username else uri.set(username=login, password=camat_password(login))), params


def cache_key(datasource: Any) -> list[str]:
    """What keeps the answers of one login from another; it refuses too, for a cache asks no database."""
    database = getattr(datasource, "database", None)
    is_shared = database is None or not is_of_officials(database.sqlalchemy_uri)
    return [] if is_shared else [f"login {login_of_viewer()}"]
