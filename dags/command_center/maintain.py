"""Nightly care: verify, document, clean."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, cast

import fsspec
from psycopg import sql

from command_center.database import connect
from command_center.ddl import Connection
from command_center.errors import IntegrityError
from command_center.landing import get_landed, stream
from command_center.publication import verify_raw
from command_center.settings import settings


def verify_all() -> str:
    """Read every archived answer of a current batch back, and compare the raw tables with their ledger.

    Raises IntegrityError naming everything that changed since it was archived or published.
    """
    problems: list[str] = []
    with connect(settings().dsn("loader")) as connection:
        ids = _current_landings(connection)
        for landing_id in ids:
            try:
                for _ in stream(get_landed(connection, landing_id)):
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


def _current_landings(connection: Connection) -> list[int]:
    """Landing objects behind the last published batch of each key, within their retention."""
    rows = connection.execute(
        """
        select distinct landing_id from (
            select distinct on (source, table_name, part) landing_id
            from ops.batch where status = 'published' order by source, table_name, part, batch_id desc
        ) as b join ops.landing using (landing_id)
        where erased_at is null and expires_at > %s
        order by landing_id
        """,
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
    from command_center.transform import build_docs as build_dbt_docs

    build_dbt_docs()
    return f"Data Docs: {build_data_docs()}"


def build_data_docs() -> Path:
    """Build the Data Docs site from the newest audit of each table and part; returns its first page."""
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    import great_expectations as gx
    from great_expectations.core import ExpectationSuite, RunIdentifier
    from great_expectations.core.expectation_validation_result import ExpectationSuiteValidationResultSchema
    from great_expectations.data_context.types.resource_identifiers import (
        ExpectationSuiteIdentifier,
        ValidationResultIdentifier,
    )

    folder = settings().cc_var_dir / "data_docs"
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    for name in list(context.get_site_names()):
        context.delete_data_docs_site(name)
    context.add_data_docs_site("local", _site(folder))
    with connect(settings().dsn("loader")) as connection:
        audits = _newest_audits(connection)
    for batch_id, part, finished_at, content in audits:
        result: Any = ExpectationSuiteValidationResultSchema().load(content)
        name = str(content["suite_name"])
        suite = ExpectationSuite(name=name, expectations=[one.expectation_config for one in result.results])
        context.suites.add_or_update(suite)
        key = ValidationResultIdentifier(
            expectation_suite_identifier=ExpectationSuiteIdentifier(name),
            run_id=RunIdentifier(run_name=f"batch {batch_id}", run_time=finished_at),
            batch_identifier=str(part),
        )
        context.validation_results_store.set(key, result)
    context.build_data_docs(site_names=["local"])
    return folder / "index.html"


def _site(folder: Path) -> Any:
    return {
        "class_name": "SiteBuilder",
        "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
        "store_backend": {"class_name": "TupleFilesystemStoreBackend", "base_directory": str(folder)},
    }


def _newest_audits(connection: Connection) -> list[tuple[Any, Any, Any, Any]]:
    rows = connection.execute(
        """
        select distinct on (source, table_name, part) b.batch_id, b.part, b.finished_at, a.result
        from ops.audit as a join ops.batch as b using (batch_id)
        order by source, table_name, part, b.batch_id desc
        """
    ).fetchall()
    return cast("list[tuple[Any, Any, Any, Any]]", rows)
