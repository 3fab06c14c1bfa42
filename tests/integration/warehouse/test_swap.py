"""Editions are swapped under the eyes of readers: no error, no statement that sees two editions, no row beyond rights."""

from __future__ import annotations

import os
import re
import threading
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

import psycopg
import pytest
from command_center.database import connect
from command_center.errors import TransformError
from command_center.settings import WIB, Settings, settings
from command_center.warehouse import publik_database, swap
from command_center.warehouse.bootstrap import bootstrap, readers
from command_center.warehouse.plan import State
from command_center.warehouse.transform import Invocation, keep_build
from command_center.wilayah import kecamatan_codes

EDITIONS = 20
STATE = State("raw", "project", "")
TABLES = [f"tabel_{n}" for n in range(1, 25)]  # many names to look up: a long moment for a swap to come between


def all_tables(schema: str, columns: str) -> str:
    return " union all ".join(f"select {columns} from {schema}.{table}" for table in TABLES)


BOTH = f"select count(*), min(edisi), max(edisi), array_agg(distinct kode) from ({all_tables('mart', 'edisi, kode_kecamatan as kode')}) as semua"
PUBLIC = f"select count(*), min(edisi), max(edisi), null from ({all_tables('publik', 'edisi')}) as semua"


@dataclass
class Reader:
    """One login that reads in a loop until told to stop."""

    name: str
    dsn: str
    query: str
    own: str | None = None
    seen: list[int] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def run(self, stop: threading.Event) -> None:
        try:
            with psycopg.connect(self.dsn, autocommit=True, prepare_threshold=None) as connection:
                while not stop.is_set() and not self.problems:
                    self.read(connection)
        except psycopg.Error as error:
            self.problems.append(f"{self.name}: {error}")

    def read(self, connection: psycopg.Connection[Any]) -> None:
        row = connection.execute(self.query.encode()).fetchone()
        assert row is not None
        rows, lowest, highest, places = row
        if not rows or lowest != highest:
            self.problems.append(f"{self.name} saw editions {lowest} and {highest} in one statement")
        elif self.seen and lowest < self.seen[-1]:
            self.problems.append(f"{self.name} saw edition {lowest} after {self.seen[-1]}")
        elif self.own and set(places) - {None, self.own}:
            self.problems.append(f"{self.name} saw rows of {places}")
        self.seen.append(lowest)


@pytest.fixture
def warehouse(cluster: Any) -> Iterator[Settings]:
    with pytest.MonkeyPatch.context() as patch:
        for variable in ("WAREHOUSE_URL", "PUBLIK_URL"):
            patch.setenv(variable, os.environ[variable].rsplit("/", 1)[0] + f"/tukar_{variable.split('_')[0].lower()}")
        settings.cache_clear()
        bootstrap(settings())
        yield settings()
    settings.cache_clear()


def build(connection: psycopg.Connection[Any], edition: int) -> None:
    """Tables of mart and publik, with the policies and grants of macros/akses.sql."""
    swap.prepare_schemas(connection, anew=True)
    camat = ", ".join(f"camat_{kode.replace('.', '')}" for kode in kecamatan_codes())
    connection.execute(f"grant usage on schema mart_next to cc_officials, {camat}".encode())
    connection.execute(b"grant usage on schema publik_next to cc_publisher")
    kecamatan = ", ".join(f"('{kode}')" for kode in kecamatan_codes()) + ", (null)"
    for name in (f"mart_next.{table}" for table in TABLES):
        connection.execute(
            f"create table {name} as select {edition} as edisi, kode_kecamatan::text "
            f"from (values {kecamatan}) as k (kode_kecamatan)".encode()
        )
        connection.execute(f"grant select on {name} to cc_officials, {camat}".encode())
        connection.execute(f"alter table {name} enable row level security".encode())
        connection.execute(
            f"create policy semua on {name} for select to cc_officials, cc_transformer using (true)".encode()
        )
        connection.execute(
            f"create policy camat on {name} for select to {camat} using (kode_kecamatan is null "
            "or 'camat_' || replace(kode_kecamatan, '.', '') = session_user)".encode()
        )
    for name in (f"publik_next.{table}" for table in TABLES):
        connection.execute(f"create table {name} as select {edition} as edisi from generate_series(1, 9) as g".encode())
        connection.execute(f"grant select on {name} to cc_publisher".encode())
    connection.execute(f"create view publik_next.pandangan as select * from mart_next.{TABLES[0]}".encode())
    swap.require_policies(connection)


def publish(connection: psycopg.Connection[Any], edition: int) -> None:
    build(connection, edition)
    connection.execute(
        "insert into ops.dbt_span (until) values (pg_current_snapshot()) on conflict (is_only) do update set until = excluded.until"
    )
    invocation = Invocation(uuid.uuid4().hex, "build", STATE, datetime.now(WIB), ())
    swap.swap(
        connection, invocation.invocation_id, lambda: keep_build(connection, invocation, success=True, is_seen=True)
    )
    swap.drop_replaced(connection)


def test_readers_see_whole_editions_and_only_their_own_rows(warehouse: Settings) -> None:
    config = warehouse
    readers = [Reader(f"pejabat {n}", config.dsn("officials"), BOTH) for n in (1, 2)]
    readers += [Reader(f"camat {kode}", config.camat_dsn(kode), BOTH, own=kode) for kode in kecamatan_codes()[:5]]
    publisher = psycopg.conninfo.make_conninfo(
        config.dsn("transformer"), user="cc_publisher", password=config.secret("cc_password_publisher")
    )
    readers.append(Reader("penerbit", publisher, PUBLIC))
    stop = threading.Event()
    with connect(config.dsn("transformer"), autocommit=True) as connection:
        publish(connection, 1)
        threads = [threading.Thread(target=reader.run, args=(stop,)) for reader in readers]
        for thread in threads:
            thread.start()
        try:
            for edition in range(2, EDITIONS + 2):
                publish(connection, edition)
        finally:
            stop.set()
            for thread in threads:
                thread.join(timeout=30)
    assert [problem for reader in readers for problem in reader.problems] == []
    for reader in readers:
        assert len(set(reader.seen)) >= EDITIONS // 2, f"{reader.name} read too little: {sorted(set(reader.seen))}"


LIFTED = "set transaction_timeout = 0; set statement_timeout = 0; set idle_in_transaction_session_timeout = 0"


@pytest.mark.parametrize("role", ["officials", "analyst", "camat"])
def test_a_reader_who_never_ends_is_ended_before_the_swap_gives_up(
    warehouse: Settings, monkeypatch: pytest.MonkeyPatch, role: Literal["officials", "analyst", "camat"]
) -> None:
    monkeypatch.setattr(swap, "SWAP_WAIT_S", 1.0)
    monkeypatch.setattr(swap, "SWAP_LAST_S", 0.5)
    dsn = warehouse.camat_dsn(kecamatan_codes()[0]) if role == "camat" else warehouse.dsn(role)
    with connect(warehouse.dsn("transformer"), autocommit=True) as connection:
        publish(connection, 1)
        with psycopg.connect(dsn, autocommit=True) as reader, psycopg.connect(dsn, autocommit=True) as other:
            for one in LIFTED.split(";"):
                reader.execute(one.encode())
            reader.execute("begin; select from mart.tabel_1 limit 1")
            publish(connection, 2)
            with pytest.raises(psycopg.OperationalError):
                reader.execute("select 1")
            assert other.execute("select max(edisi) from mart.tabel_2").fetchone() == (2,)  # who holds nothing stays


def test_nobody_but_readers_is_ended_for_a_swap(warehouse: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(swap, "SWAP_WAIT_S", 0.5)
    monkeypatch.setattr(swap, "SWAP_LAST_S", 0.3)
    with connect(warehouse.dsn("transformer"), autocommit=True) as connection:
        publish(connection, 1)
        with psycopg.connect(warehouse.dsn("backup")) as holder:
            holder.execute("select from mart.tabel_1")
            with pytest.raises(TransformError, match="what people see is unchanged"):
                publish(connection, 2)
            assert holder.execute("select max(edisi) from mart.tabel_2").fetchone() == (1,)
        publish(connection, 3)


def test_a_young_transaction_of_a_reader_is_left_alone_at_first(warehouse: Settings) -> None:
    with connect(warehouse.dsn("transformer"), autocommit=True) as connection:
        publish(connection, 1)
        with psycopg.connect(warehouse.dsn("officials")) as reader:
            reader.execute("select from mart.tabel_1")
            swap.end_readers(connection, 30.0)
            assert reader.execute("select max(edisi) from mart.tabel_2").fetchone() == (1,)


def test_the_public_holds_up_no_publication(warehouse: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(swap, "SWAP_WAIT_S", 1.0)
    monkeypatch.setattr(swap, "SWAP_LAST_S", 0.5)
    with connect(warehouse.dsn("publisher"), autocommit=True) as target:
        for edition in (1, 2):
            with target.transaction():
                publik_database.create_next(target)
                target.execute(f"create table publik_next.tabel as select {edition} as edisi".encode())
                publik_database.grant_to_public(target)
                if edition == 1:
                    publik_database.swap(target)
                    continue
                with psycopg.connect(warehouse.dsn("public"), autocommit=True) as reader:
                    for one in LIFTED.split(";"):
                        reader.execute(one.encode())
                    reader.execute("begin; select from publik.tabel limit 1")
                    publik_database.swap(target)
                    with pytest.raises(psycopg.OperationalError):
                        reader.execute("select 1")
        assert target.execute("select edisi from publik.tabel").fetchone() == (2,)


def test_only_who_swaps_may_end_readers_and_it_knows_all_of_them(warehouse: Settings) -> None:
    for purpose in ("officials", "analyst", "public", "loader", "recorder"):
        with psycopg.connect(warehouse.dsn(purpose)) as other, pytest.raises(psycopg.errors.InsufficientPrivilege):
            other.execute("select * from jaga.akhiri_pembaca('0')")
    with psycopg.connect(warehouse.dsn("admin")) as admin:
        row = admin.execute("select prosrc from pg_proc where proname = 'akhiri_pembaca'").fetchone()
        assert row is not None
        written = re.search(r"usename ~ '([^']+)'", row[0])
        assert written is not None
        roles = admin.execute("select rolname from pg_roles where rolname ~ %s", [written[1]]).fetchall()
    assert {role for (role,) in roles} == set(readers())


def test_a_schema_goes_with_views_that_read_one_another_and_not_with_what_reads_them_from_outside(
    warehouse: Settings,
) -> None:
    with connect(warehouse.dsn("admin")) as connection:
        connection.execute("create schema uji_buang")
        connection.execute("create table uji_buang.tabel as select 1 as n")
        for view, read in (("b", "tabel"), ("a", "b"), ("c", "a")):
            connection.execute(f"create view uji_buang.{view} as select * from uji_buang.{read}".encode())
        connection.execute("create view public.di_luar as select * from uji_buang.c")
        with pytest.raises(psycopg.errors.DependentObjectsStillExist), connection.transaction():
            swap.drop_schema(connection, "uji_buang")
        connection.execute("drop view public.di_luar")
        swap.drop_schema(connection, "uji_buang")
        assert not swap.has_schema(connection, "uji_buang")
