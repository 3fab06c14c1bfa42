"""One connection for each of dbt's threads as long as a command runs: dbt itself makes a new one for each model and test.

For a build of 410 nodes these were 422 connections instead of 5. The server forked, authenticated and read its catalogues for each.
"""

from __future__ import annotations

import contextlib

import psycopg2  # type: ignore[import-untyped]
from dbt.adapters.contracts.connection import Connection, ConnectionState
from dbt.adapters.postgres.connections import PostgresConnectionManager
from dbt.adapters.postgres.impl import PostgresAdapter


class KeptConnections(PostgresConnectionManager):  # type: ignore[misc]
    def release(self) -> None:
        """Called after each node. What cannot be made as good as new is closed, as dbt does with all."""
        connection = self.get_if_exists()
        if connection is None or connection.state != ConnectionState.OPEN or not is_as_new(connection):
            super().release()


def is_as_new(connection: Connection) -> bool:
    """Nothing of a node is left for the next one: no transaction, setting or temporary table."""
    with contextlib.suppress(psycopg2.Error):
        connection.transaction_open = False
        connection.handle.reset()
        with connection.handle.cursor() as cursor:
            cursor.execute("discard temp")
        connection.handle.commit()
        return True
    return False


def keep_connections() -> None:
    """From now on, in this process."""
    PostgresAdapter.ConnectionManager = KeptConnections
