"""What a reader's password is good for: rows of its own exposure level, for a while, and nothing that stops anybody else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from itertools import product

import psycopg
import pytest
from command_center.database import connect, one_value
from command_center.errors import IntegrityError, TransformError
from command_center.operate.maintain import restore_passwords, verify_all
from command_center.warehouse.bootstrap import CAMAT_CONNECTIONS, READER_CONNECTIONS, bootstrap, lifted_limits, readers
from command_center.warehouse.transform import build_warehouse, require_plain_tables
from psycopg import errors, sql

from tests.conftest import Cluster
from tests.support.readers import dsn_of

READERS = ("officials", "analyst", "public", "13.71.01")
FORBIDDEN = (
    "select distinct oid::regprocedure::text from pg_proc where pronamespace = 'pg_catalog'::regnamespace "
    "and (proname ~ 'advisory|_to_xml|^ts_stat|^ts_rewrite|sleep|^lo_|^lo(read|write)|terminate|cancel|emit_message' "
    "or proname in ('pg_read_file', 'pg_ls_dir', 'pg_reload_conf')) "
    "and has_function_privilege(current_user, oid, 'execute') order by 1"
)
SQL_OF_ITS_OWN = {
    "ts_rewrite": "select ts_rewrite('a'::tsquery, 'select ''a''::tsquery, ''b''::tsquery')",
    "ts_stat": "select * from ts_stat('select to_tsvector(''a'')')",
    "query_to_xmlschema": "select query_to_xmlschema('select 1', true, true, '')",
    "database_to_xml_and_xmlschema": "select database_to_xml_and_xmlschema(true, true, '')",
    "table_to_xmlschema": "select table_to_xmlschema('pg_class', true, true, '')",
    "lo_put": "select lo_put(1, 0, '')",
    "lo_get": "select lo_get(1, 0, 1)",
    "lo_unlink": "select lo_unlink(1)",
    "lock": "select pg_try_advisory_lock(hashtextextended('load:bmkg_gempa', 0))",
    "shared lock": "select pg_advisory_lock_shared(1, 2)",
    "lock of a transaction": "select pg_try_advisory_xact_lock(1)",
    "end of others": "select pg_terminate_backend(pid) from pg_stat_activity where usename = current_user",
    "log of changes": "select pg_logical_emit_message(false, 'a', 'b')",
    "sleep": "select pg_sleep(1)",
    "another role": "set role cc_officials",
    "table": "create temp table a ()",
}


@pytest.fixture
def restored(cluster: Cluster) -> Iterator[None]:
    yield
    bootstrap(cluster.settings)


@pytest.mark.parametrize("reader", READERS)
def test_a_reader_runs_no_function_that_reaches_further(cluster: Cluster, reader: str) -> None:
    with psycopg.connect(dsn_of(cluster.settings, reader)) as connection:
        assert connection.execute(FORBIDDEN).fetchall() == []


@pytest.mark.parametrize(
    ("reader", "attack"),
    [pair for pair in product(READERS, SQL_OF_ITS_OWN) if pair != ("officials", "another role")],  # its own role
)
def test_a_reader_has_neither_locks_nor_sql_in_texts(cluster: Cluster, reader: str, attack: str) -> None:
    with psycopg.connect(dsn_of(cluster.settings, reader)) as connection:
        connection.execute("set default_transaction_read_only = off")
        connection.commit()
        with pytest.raises(errors.InsufficientPrivilege):
            connection.execute(SQL_OF_ITS_OWN[attack])


@pytest.mark.parametrize("purpose", ["loader", "transformer", "publisher"])
def test_those_who_work_have_their_locks(cluster: Cluster, purpose: str) -> None:
    with psycopg.connect(dsn_of(cluster.settings, purpose)) as connection:
        assert connection.execute("select pg_try_advisory_xact_lock(1)").fetchone() == (True,)


def test_a_reader_cannot_take_all_connections(cluster: Cluster) -> None:
    with connect(cluster.settings.dsn("admin")) as connection:
        most = one_value(connection, int, "select current_setting('max_connections')::int")
        limits = {
            role: one_value(connection, int, "select rolconnlimit from pg_roles where rolname = %s", [role])
            for role in readers()
        }
    assert limits == readers() and 0 < max(READER_CONNECTIONS.values()) < most / 2
    dsn = cluster.settings.camat_dsn("13.71.02")
    with ExitStack() as held:
        for _ in range(CAMAT_CONNECTIONS):
            held.enter_context(psycopg.connect(dsn))
        with pytest.raises(psycopg.OperationalError, match="too many connections"):
            psycopg.connect(dsn)
        held.enter_context(cluster.connect("loader"))


@pytest.mark.parametrize("reader", READERS)
def test_a_reader_does_not_stay_for_ever(cluster: Cluster, reader: str) -> None:
    with psycopg.connect(dsn_of(cluster.settings, reader)) as connection:
        for setting in ("statement_timeout", "transaction_timeout", "idle_in_transaction_session_timeout"):
            (value,) = connection.execute(f"select current_setting('{setting}')").fetchone() or ("",)
            assert value not in ("", "0"), setting
        (value,) = connection.execute("select current_setting('idle_session_timeout')").fetchone() or ("",)
        assert value == "15min"


@pytest.mark.parametrize(
    "change",
    [
        "alter role current_user set statement_timeout = 0",
        "alter role current_user reset default_transaction_read_only",
        "alter role current_user in database warehouse set statement_timeout = 0",
        "alter role current_user set work_mem = '20GB'",
    ],
)
def test_a_limit_that_a_reader_lifted_for_good_is_told_and_taken_back(
    cluster: Cluster, restored: None, change: str
) -> None:
    with cluster.connect() as connection:
        assert lifted_limits(connection) == []
    with psycopg.connect(cluster.settings.dsn("analyst")) as reader:
        reader.execute("set transaction read write")
        reader.execute(change.encode())
    with pytest.raises(IntegrityError, match=r"Role cc_analyst differs .* bootstrap"):
        verify_all()
    bootstrap(cluster.settings)
    with connect(cluster.settings.dsn("loader")) as connection:
        assert lifted_limits(connection) == []


@pytest.mark.parametrize("reader", ["officials", "13.71.01"])
def test_a_password_that_a_role_changed_for_itself_is_set_back_and_told(
    cluster: Cluster, restored: None, reader: str
) -> None:
    dsn = dsn_of(cluster.settings, reader)
    assert "Every role" in restore_passwords()
    with psycopg.connect(dsn) as connection:
        connection.execute("set transaction read write")
        connection.execute("alter role current_user password 'lain'")
        name = connection.info.user
    with pytest.raises(psycopg.OperationalError, match="authentication failed"):
        psycopg.connect(dsn)
    with pytest.raises(IntegrityError, match=f"{name} had another password"):
        restore_passwords()
    with psycopg.connect(dsn):
        pass
    assert "Every role" in restore_passwords()
    with connect(cluster.settings.dsn("loader")) as connection:
        query = "select count(*)::int from ops.jejak_audit where jenis = 'peran' and objek = %s"
        assert one_value(connection, int, query, [f"{name}, sandi"]) == 1


@pytest.mark.parametrize("purpose", ["transformer", "officials", "analyst", "recorder"])
def test_nobody_but_the_loader_sets_passwords_back_and_it_reads_none(cluster: Cluster, purpose: str) -> None:
    with psycopg.connect(dsn_of(cluster.settings, purpose)) as other, pytest.raises(errors.InsufficientPrivilege):
        other.execute("select jaga.pulihkan_sandi()")
    with cluster.connect("loader") as connection, pytest.raises(errors.InsufficientPrivilege):
        connection.execute("select * from jaga.sandi")


def test_people_read_as_officials_do_by_a_role_of_their_own(cluster: Cluster, restored: None) -> None:
    """A password that a person changed is not the one that the dashboards use; rows of a policy are the same."""
    with cluster.connect("transformer") as builder:
        builder.execute("create schema mart_uji")
        builder.execute("create table mart_uji.angka as select 1 as nilai")
        builder.execute("alter table mart_uji.angka enable row level security")
        builder.execute("create policy semua on mart_uji.angka for select to cc_officials using (true)")
        builder.execute("grant usage on schema mart_uji to cc_officials")
        builder.execute("grant select on mart_uji.angka to cc_officials")
    try:
        with psycopg.connect(cluster.settings.dsn("analyst")) as reader:
            assert reader.execute("select nilai from mart_uji.angka").fetchall() == [(1,)]
            reader.rollback()
            reader.execute("set transaction read write")
            with pytest.raises(errors.InsufficientPrivilege):
                reader.execute("alter role cc_officials password 'abc12345'")
            reader.rollback()
            reader.execute("set transaction read write")
            reader.execute("alter role current_user password 'abc12345'")
        with psycopg.connect(cluster.settings.dsn("officials")) as dashboards:
            assert dashboards.execute("select nilai from mart_uji.angka").fetchall() == [(1,)]
    finally:
        with cluster.connect("transformer") as builder:
            builder.execute("drop schema mart_uji cascade")


TRAPS = {
    "view": "create view raw.jebakan as select 1 as a",
    "materialized view": "create materialized view raw.jebakan as select 1 as a",
    "view of the ledger": "create view ops.jebakan as select 1 as a",
    "policy": "create table raw.jebakan (a int); alter table raw.jebakan enable row level security",
}


@pytest.mark.parametrize("trap", TRAPS)
def test_a_build_reads_nothing_of_the_loader_but_tables(cluster: Cluster, trap: str) -> None:
    with cluster.connect("transformer") as builder:
        require_plain_tables(builder)
    with cluster.connect("loader") as loader:
        loader.execute(TRAPS[trap].encode())
    try:
        with pytest.raises(TransformError, match=r"jebakan: only plain tables"):
            build_warehouse()
    finally:
        with cluster.connect("loader") as loader:
            name, kind = (
                ("ops.jebakan" if "ops" in TRAPS[trap] else "raw.jebakan"),
                TRAPS[trap].split(" raw")[0].split(" ops")[0],
            )
            loader.execute(sql.SQL("drop {} {}").format(sql.SQL(kind.removeprefix("create ")), sql.SQL(name)))


def test_a_view_of_the_ledger_that_calls_the_loaders_code_is_refused(cluster: Cluster) -> None:
    with cluster.connect("loader") as loader:
        [body] = loader.execute("select pg_get_viewdef('ops.source_state'::regclass)").fetchone() or [""]
        code = "create function ops.jebakan() returns boolean language sql as 'select true'"
        loader.execute(code.encode())
        require_plain_tables(loader)
        calling = f"create or replace view ops.source_state as select * from ({str(body).rstrip(';')}) as s where ops.jebakan()"
        loader.execute(calling.encode())
        with pytest.raises(TransformError, match=r"ops\.source_state: only plain tables"):
            require_plain_tables(loader)
        loader.rollback()
