"""An older ledger becomes by its migrations what a new one is, and keeps its rows."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

import psycopg
import pytest
from command_center.database import Connection, all_records, all_values, connect, one_value
from command_center.errors import DeclarationError, IntegrityError
from command_center.ledger import trail
from command_center.ledger.migrate import MIGRATIONS, migrate, read_migrations
from command_center.ledger.recipient import Term
from command_center.ledger.recipient import replace as replace_terms
from command_center.warehouse.bootstrap import on_database
from psycopg import sql

from tests.conftest import Cluster

SUPPORT = Path(__file__).parents[2] / "support"
BEFORE_MIGRATIONS = (SUPPORT / "ledger_before_migrations.sql").read_text()
# What was added to tables that stood already, and the trigger that writes into one of these columns.
ADDED = re.compile(r"^alter table ops\.(\w+) add column if not exists (\w+) .*\n", re.MULTILINE)
TRIGGER = re.compile(r"^create or replace trigger .*?;\n", re.MULTILINE | re.DOTALL)
LATE_TABLES = ("raw_change", "boundary", "dbt_span", "dbt_standing")
SCHEMA = {
    "relations": """
        select c.relname, c.relkind::text, c.relowner::regrole::text as owner, obj_description(c.oid) as said,
            array(select a::text from unnest(c.relacl) as a order by 1) as granted
        from pg_class as c where c.relnamespace = 'ops'::regnamespace and c.relkind in ('r', 'v', 'S') order by 1
    """,
    "columns": """
        select c.relname, a.attname, row_number() over (partition by c.oid order by a.attnum) as place,
            format_type(a.atttypid, a.atttypmod) as type, a.attnotnull, a.attidentity::text,
            pg_get_expr(d.adbin, d.adrelid) as filled_with, col_description(c.oid, a.attnum) as said
        from pg_attribute as a join pg_class as c on c.oid = a.attrelid
        left join pg_attrdef as d on d.adrelid = c.oid and d.adnum = a.attnum
        where c.relnamespace = 'ops'::regnamespace and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped order by 1, 3
    """,
    "constraints": """
        select conrelid::regclass::text as relation, conname, pg_get_constraintdef(oid) as defined
        from pg_constraint where connamespace = 'ops'::regnamespace order by 1, 2
    """,
    "indexes": "select tablename, indexname, indexdef from pg_indexes where schemaname = 'ops' order by 1, 2",
    "triggers": """
        select tgrelid::regclass::text as relation, tgname, pg_get_triggerdef(oid) as defined
        from pg_trigger where not tgisinternal and tgrelid::regclass::text like 'ops.%' order by 1, 2
    """,
    "functions": """
        select pg_get_functiondef(p.oid) as defined, p.proowner::regrole::text as owner, p.proacl::text
        from pg_proc as p where p.pronamespace = 'ops'::regnamespace order by 1
    """,
    "schema": "select nspowner::regrole::text as owner, nspacl::text from pg_namespace where nspname = 'ops'",
}

Ledger = Callable[[str], Connection]


@pytest.fixture
def new_ledger(cluster: Cluster) -> Iterator[Ledger]:
    """Databases of their own, made by a script of the owner; gives connections of the loader."""
    opened: list[Connection] = []

    def make(script: str) -> Connection:
        name = f"buku_{len(opened)}"
        with administered(cluster) as connection:
            connection.execute(sql.SQL("create database {} template template0").format(sql.Identifier(name)))
        with connect(on_database(cluster.settings.dsn("admin"), name)) as connection:
            connection.execute(script.encode())
        opened.append(connect(on_database(cluster.settings.dsn("loader"), name)))
        return opened[-1]

    yield make
    for number, connection in enumerate(opened):
        connection.close()
        with administered(cluster) as owner:
            owner.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(f"buku_{number}")))


@contextmanager
def administered(cluster: Cluster) -> Iterator[Connection]:
    with connect(on_database(cluster.settings.dsn("admin"), "postgres"), autocommit=True) as connection:
        yield connection


EMPTY = "create schema ops authorization cc_loader"
ROWS = "set role cc_loader;\n" + (SUPPORT / "ledger_rows.sql").read_text() + "reset role;\n"
# The columns that came later have values too, where there are such columns.
LATER_ROWS = """
    update ops.landing set request = 'kejadian', known = '{"file": "a.csv"}', validator = 'e1' where landing_id = 1;
    update ops.batch set rows_ignored = 1, data_as_of = '2026-09-30 23:00+07' where batch_id = 1;
    update ops.dbt_build set snapshot = '10:20:10', raw_tables = '{"damkar_kejadian__kejadian": "9:4711:1"}';
    update ops.dbt_span set is_prepared = true;
    update ops.ref_wilayah set nama = 'Bungus Teluk Kabung';
"""


def oldest() -> str:
    """The ledger before any column was added to it, and with four tables fewer."""
    script = TRIGGER.sub("", ADDED.sub("", BEFORE_MIGRATIONS))
    rows = re.sub(rf"^insert into ops\.({'|'.join(LATE_TABLES)}) .*?;\n", "", ROWS, flags=re.MULTILINE | re.DOTALL)
    for table in LATE_TABLES:
        rows += f"drop table ops.{table};\n"
    return script + rows


def schema(connection: Connection) -> dict[str, list[dict[str, object]]]:
    found = {what: all_records(connection, query) for what, query in SCHEMA.items()}
    connection.commit()
    return found


def rows(connection: Connection) -> dict[str, list[dict[str, object]]]:
    names = all_values(connection, str, "select tablename::text from pg_tables where schemaname = 'ops' order by 1")
    found = {
        name: all_records(connection, sql.SQL("select * from {} order by 1").format(sql.Identifier("ops", name)))
        for name in names
    }
    connection.commit()
    return found


def only(found: list[dict[str, object]], columns: list[dict[str, object]]) -> list[dict[str, object]]:
    """Rows as they are in the columns that they had before."""
    names = [list(row) for row in columns]
    return [{name: row[name] for name in kept} for row, kept in zip(found, names, strict=True)]


@pytest.mark.parametrize(
    "script",
    [BEFORE_MIGRATIONS + ROWS + LATER_ROWS, oldest(), BEFORE_MIGRATIONS],
    ids=["as it was before migrations", "before columns and tables were added", "without rows"],
)
def test_an_older_ledger_becomes_what_a_new_one_is_and_keeps_its_rows(new_ledger: Ledger, script: str) -> None:
    new, old = new_ledger(EMPTY), new_ledger(script)
    before = rows(old)
    assert migrate(old) == migrate(new) == [migration.name for migration in read_migrations(MIGRATIONS)]
    assert schema(old) == schema(new)
    after = rows(old)
    mails = before.pop("outbox")
    assert [(row["message_id"], row["recipient"]) for row in after["delivery"]] == [
        (row["message_id"], row["recipient"]) for row in mails
    ]
    changed = {"landing"} & {name for name, found in before.items() if any(not row.get("request") for row in found)}
    for name in before.keys() - changed:
        assert only(after[name], before[name]) == before[name], name
    assert [row["part"] for row in after["landing"]] == [row["part"] for row in before["landing"]]


def test_the_request_of_an_older_answer_is_its_part(new_ledger: Ledger) -> None:
    old = new_ledger(BEFORE_MIGRATIONS + ROWS + LATER_ROWS)
    migrate(old)
    assert all_records(old, "select part, request from ops.landing order by landing_id") == [
        {"part": "2026-10", "request": "kejadian"},
        {"part": "2026-09", "request": "2026-09"},
    ]


OLD_MAILS = """
    insert into ops.outbox (edition, recipient, kode_kecamatan, message_id, document_sha256, status, attempts, last_error, sent_at)
    values
        ('camat/2026-09', 'camat.lama@padang.invalid', '13.71.01', '<b@x>', 'd2', 'sent', 1, null, '2026-10-03 07:00+07'),
        ('camat/2026-10', 'camat.baru@padang.invalid', '13.71.01', '<c@x>', 'd3', 'failed', 2, 'refused', null),
        ('camat/2026-10', 'camat.timur@padang.invalid', '13.71.02', '<d@x>', 'd4', 'sending', 1, null, null),
        ('camat/2026-10', 'camat.barat@padang.invalid', '13.71.03', '<e@x>', 'd5', 'failed', 3, 'refused', null),
        ('coba', 'orang@padang.invalid', null, '<f@x>', 'd6', 'sent', 1, null, '2026-10-03 07:00+07');
"""


def test_mails_of_before_editions_are_carried_over_so_that_nobody_gets_one_again(new_ledger: Ledger) -> None:
    """What was sent, or may have been, is edition 1 of its area and month; what surely was not has none."""
    old = new_ledger(BEFORE_MIGRATIONS + ROWS + f"set role cc_loader; {OLD_MAILS} reset role;")
    migrate(old)
    found = all_records(
        old,
        "select d.message_id, d.status, d.attempts, d.last_error, e.kind, e.wilayah_kode, e.periode::text, e.number, e.pdf_sha256 "
        "from ops.delivery as d left join ops.edition as e using (edition_id) order by d.delivery_id",
    )
    nothing = {"kind": None, "wilayah_kode": None, "periode": None, "number": None, "pdf_sha256": None}

    def row(message_id: str, status: str, attempts: int, error: str | None, *edition: object) -> dict[str, object]:
        told = dict(zip(nothing, ("bulanan", *edition), strict=True)) if edition else nothing
        return {"message_id": message_id, "status": status, "attempts": attempts, "last_error": error, **told}

    assert found == [
        row("<a@padang.invalid>", "sent", 1, None, "13.71.01", "2026-10-01", 1, "d1"),
        row("<b@x>", "sent", 1, None, "13.71.01", "2026-09-01", 1, "d2"),
        row("<c@x>", "failed", 2, "camat/2026-10: 13.71.01: refused"),
        row("<d@x>", "tak_pasti", 1, None, "13.71.02", "2026-10-01", 1, "d4"),
        row("<e@x>", "failed", 3, "camat/2026-10: 13.71.03: refused"),
        row("<f@x>", "sent", 1, "coba"),
    ]
    assert all_values(old, int, "select count(*)::int from ops.edition where archive is null") == [3]


def test_what_was_done_before_is_entered_first_with_its_own_moment(new_ledger: Ledger) -> None:
    old = new_ledger(BEFORE_MIGRATIONS + ROWS + LATER_ROWS)
    moment = "to_char((rincian ->> 'saat')::timestamptz, 'YYYY-MM-DD')"
    made = one_value(old, str, "select to_char(created_at, 'YYYY-MM-DD') from ops.outbox")
    migrate(old)
    assert trail.verify(old) == 5
    assert all_values(
        old,
        str,
        f"select concat_ws('|', {moment}, jenis, objek, pelaku) from ops.jejak_audit where jenis <> 'keputusan'",
    ) == [
        "2026-10-01|batas_wilayah|batas.geojson|cc_loader",
        "2026-11-01|penghapusan|damkar_kejadian 2026-09|cc_loader",
        "2026-11-01|pengiriman|<a@padang.invalid>|cc_loader",
        f"{made}|edisi|bulanan 13.71.01 2026-10-01 edisi 1|cc_loader",
    ]
    (decision,) = trail.entries(old, since=None, jenis="keputusan", limit=9)
    assert (decision.objek, decision.pelaku) == ("damkar_kejadian.kejadian.2026-10", "Kepala Seksi")
    assert (decision.rincian["alasan"], decision.rincian["sebelum_jejak"]) == ("bulan sepi", True)


def test_an_edition_is_neither_changed_nor_deleted(new_ledger: Ledger) -> None:
    old = new_ledger(BEFORE_MIGRATIONS + ROWS + LATER_ROWS)
    migrate(old)
    old.execute(
        "insert into ops.edition_figure (edition_id, indikator_kode, wilayah_kode, periode_mulai, teks, is_sementara, source) "
        "values (1, 'jumlah_kebakaran', '13.71.01', '2026-10-01', '3', false, 'damkar_kejadian')"
    )
    old.commit()
    for statement in (
        "update ops.edition set reason = 'lain'",
        "delete from ops.edition",
        "truncate ops.edition cascade",
        "update ops.edition_figure set teks = '4'",
        "delete from ops.edition_figure",
        "truncate ops.edition_figure",
    ):
        with pytest.raises(psycopg.errors.RaiseException, match="An edition is never changed"):
            old.execute(statement.encode())
        old.rollback()


def test_two_holders_of_one_office_at_once_are_refused_by_the_database(new_ledger: Ledger) -> None:
    ledger = new_ledger(EMPTY)
    migrate(ledger)
    term = Term("13.71.09", "camat", False, "a@x.invalid", date(2024, 1, 1), date(2026, 10, 31))
    acting = replace(term, is_plt=True, address="b@x.invalid", since=date(2026, 11, 1), until=None)
    others = [replace(term, wilayah_kode="13.71.08"), replace(term, jabatan="sekretaris_camat")]
    with ledger.transaction():
        replace_terms(ledger, [term, acting, *others])
    with pytest.raises(DeclarationError, match=r"Two people hold the office camat of 13\.71\.09 on 2026-10-31"):
        replace_terms(ledger, [term, replace(acting, since=date(2026, 10, 31))])
    ledger.rollback()
    assert one_value(ledger, int, "select count(*)::int from ops.recipient") == 4


def test_the_fixture_is_an_older_ledger(new_ledger: Ledger) -> None:
    """Every table has rows, the oldest lacks what was added, and neither has numbers yet."""
    old, oldest_ledger = rows(new_ledger(BEFORE_MIGRATIONS + ROWS)), rows(new_ledger(oldest()))
    assert all(old.values()) and "migration" not in old
    assert set(old) - set(oldest_ledger) == set(LATE_TABLES)
    assert len(ADDED.findall(BEFORE_MIGRATIONS)) == 11
    for table, column in ADDED.findall(BEFORE_MIGRATIONS):
        assert column in old[table][0] and column not in oldest_ledger.get(table, [{}])[0]


def test_a_second_time_nothing_happens(new_ledger: Ledger) -> None:
    ledger = new_ledger(EMPTY)
    migrate(ledger)
    before = (schema(ledger), rows(ledger))
    assert migrate(ledger) == []
    assert (schema(ledger), rows(ledger)) == before


def test_several_processes_at_once_apply_each_migration_once(cluster: Cluster, new_ledger: Ledger) -> None:
    name = one_value(new_ledger(EMPTY), str, "select current_database()::text")

    def bring_up(_: int) -> list[str]:
        with connect(on_database(cluster.settings.dsn("loader"), name)) as connection:
            return migrate(connection)

    with ThreadPoolExecutor(4) as pool:
        applied = [one for names in pool.map(bring_up, range(4)) for one in names]
    assert sorted(applied) == [migration.name for migration in read_migrations(MIGRATIONS)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(MIGRATIONS, tmp_path / "migrations"))


def test_a_changed_file_is_refused_by_name(new_ledger: Ledger, folder: Path) -> None:
    ledger = new_ledger(EMPTY)
    migrate(ledger, folder)
    before = schema(ledger)
    with (folder / "0002_landing_request.sql").open("a") as file:
        file.write("alter table ops.landing drop column validator;\n")
    with pytest.raises(
        IntegrityError, match=r"0002_landing_request\.sql is not the file that was applied .* new migration"
    ):
        migrate(ledger, folder)
    assert schema(ledger) == before


def test_a_ledger_ahead_of_the_program_is_refused(new_ledger: Ledger, folder: Path) -> None:
    ledger = new_ledger(EMPTY)
    extra = folder / f"{len(read_migrations(MIGRATIONS)) + 1:04}_later.sql"
    extra.write_text("create table ops.later (a int)")
    assert migrate(ledger, folder)[-1].endswith("_later")
    with pytest.raises(IntegrityError, match="_later, which this program does not have; install the newer program"):
        migrate(ledger)


def test_a_migration_that_fails_leaves_nothing_behind_and_is_tried_again(new_ledger: Ledger, folder: Path) -> None:
    ledger = new_ledger(EMPTY)
    number = len(read_migrations(MIGRATIONS)) + 1
    extra = folder / f"{number:04}_half.sql"
    extra.write_text("create table ops.half (a int); select 1 / 0;")
    with pytest.raises(psycopg.errors.DivisionByZero):
        migrate(ledger, folder)
    assert "half" not in rows(ledger) and len(rows(ledger)["migration"]) == number - 1
    extra.write_text("create table ops.half (a int);")
    assert migrate(ledger, folder) == [extra.stem]


@pytest.mark.parametrize("name", ["0099_gap.sql", "3_short.sql", "0003_Big.sql"])
def test_a_misnamed_file_is_refused(folder: Path, name: str) -> None:
    (folder / name).write_text("select 1")
    with pytest.raises(IntegrityError, match=f"{re.escape(name)} is not the next migration; name it 00"):
        read_migrations(folder)
