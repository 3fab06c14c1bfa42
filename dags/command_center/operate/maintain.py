"""Nightly care: verify, document, clean."""

from __future__ import annotations

from typing import cast

import fsspec
from psycopg import sql

from command_center.archive.store import stream
from command_center.database import Connection, connect
from command_center.errors import IntegrityError
from command_center.intake.publication import verify_raw
from command_center.ledger import landing
from command_center.settings import settings


def verify_all() -> str:
    """Read every archived answer that is kept back, and compare the raw tables with their ledger.

    Raises IntegrityError naming everything that changed since it was archived or published.
    """
    problems: list[str] = []
    with connect(settings().dsn("loader")) as connection:
        ids = _kept_landings(connection)
        for landing_id in ids:
            try:
                for _ in stream(landing.get(connection, landing_id)):
                    pass
            except IntegrityError as error:
                problems.append(str(error))
        try:
            verify_raw(connection)
        except IntegrityError as error:
            problems.append(str(error))
    if problems:
        raise IntegrityError(" ".join(problems))
    return f"{len(ids)} archived answers and all raw tables are as they were published."


def _kept_landings(connection: Connection) -> list[int]:
    """Every landing object within its retention."""
    rows = connection.execute(
        "select landing_id from ops.landing where erased_at is null and expires_at > %s order by landing_id",
        [settings().now()],
    ).fetchall()
    return [cast(int, row[0]) for row in rows]


def clean_up() -> str:
    """Drop stage tables of ended batches and remove archived answers past their retention."""
    with connect(settings().dsn("loader")) as connection:
        tables = _drop_ended_stages(connection)
        objects = _erase_expired(connection)
    return f"{tables} stage tables dropped, {objects} archived answers past retention removed."


def _drop_ended_stages(connection: Connection) -> int:
    rows = connection.execute(
        """
        select c.relname from pg_class as c join pg_namespace as n on n.oid = c.relnamespace
        left join ops.batch as b on b.batch_id = substring(c.relname from '^b([0-9]+)')::bigint
        where n.nspname = 'stage' and c.relkind = 'r' and (b.status is null or b.status <> 'loading')
        """
    ).fetchall()
    for (name,) in rows:
        connection.execute(sql.SQL("drop table if exists {}").format(sql.Identifier("stage", str(name))))
    return len(rows)


def _erase_expired(connection: Connection) -> int:
    """The newest answer of each part stays, so that its table can always be rebuilt."""
    rows = connection.execute(
        """
        select landing_id, uri from ops.landing as l
        where expires_at < %s and erased_at is null and landing_id not in (select max(landing_id) from ops.landing group by source, part)
            and not exists (select from ops.landing as o where o.uri = l.uri and o.erased_at is null and o.expires_at >= %s)
        """,
        [settings().now(), settings().now()],
    ).fetchall()
    for landing_id, uri in rows:
        filesystem, path = fsspec.core.url_to_fs(str(uri))
        if filesystem.exists(path):
            filesystem.rm(path)
        connection.execute(
            "update ops.landing set erased_at = %s, wrapped_key = null where landing_id = %s",
            [settings().now(), landing_id],
        )
        connection.commit()
    return len(rows)


def build_docs() -> str:
    """Great Expectations' Data Docs from the audits in the ledger, and dbt's docs."""
    from command_center.operate.data_docs import build_data_docs
    from command_center.warehouse.transform import build_docs as build_dbt_docs

    build_dbt_docs()
    return f"Data Docs: {build_data_docs()}"
