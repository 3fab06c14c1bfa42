"""Connections to the warehouse."""

from __future__ import annotations

import psycopg

from command_center.settings import TIME_ZONE

Connection = psycopg.Connection[tuple[object, ...]]


def connect(dsn: str, *, autocommit: bool = False) -> Connection:
    """A connection whose session shows times in WIB."""
    return psycopg.connect(dsn, autocommit=autocommit, connect_timeout=10, options=f"-c timezone={TIME_ZONE}")
