"""Tables of a real PostgreSQL and of a server of the MySQL protocol: only declared columns, exact texts, nothing half-landed."""

from __future__ import annotations

import csv
import datetime
import io
import ipaddress
import ssl
import threading
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from command_center.declaration.source import Request, Source
from command_center.errors import DeclarationError, SettingsError, SourceUnavailable
from command_center.extract import delimited, sql, sql_postgresql, sql_question
from command_center.extract.asking import Asking, Fetched, Window
from command_center.extract.endpoint import Endpoint
from command_center.extract.reading import Answer
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.conftest import Cluster
from tests.support.file_source import declare
from tests.support.services import mysql
from tests.support.services.mysql import MySQLService, mysql_service

LOGIN, PASSWORD = "pembaca_uji", "kata'sandi/rahasia"
COLUMNS: list[dict[str, Any]] = [
    {"source": "Nomor", "name": "nomor", "required": True},
    {"source": "jumlah", "type": "numeric", "aliases": ["total"]},
    {"source": "aktif", "type": "boolean", "optional": True},
    {"source": "diubah", "type": "timestamptz"},
    {"source": "keterangan"},
    {"source": "pelapor", "classification": "rahasia", "treatment": "drop"},
    {"source": "nik", "classification": "rahasia", "treatment": "hmac"},
]
SETUP = """
    create schema uji;
    create table uji.aduan (
        "Nomor" integer primary key, jumlah numeric, aktif boolean, diubah timestamptz, keterangan text, pelapor text, nik text,
        telepon text
    );
    insert into uji.aduan values
        (2, 36387492566.4500, false, '2026-11-23 02:20:00.5+00', E'baris\\n"dua", koma', 'Nama Pelapor', '137101', '081200000001'),
        (1, null, true, '2026-11-22 17:00:00+00', '', 'Nama Lain', null, '081200000002'),
        (3, 9007199254740993.1, null, null, null, null, null, null);
    create view uji.aktif as select * from uji.aduan where aktif;
    create table uji.sebagian ("Nomor" integer, jumlah integer, diubah timestamp, keterangan text, pelapor text, nik text);
    insert into uji.sebagian values (1, 5, '2026-11-23 02:20:00', 'x', 'Nama Pelapor', '1');
    create table uji.tertutup ("Nomor" integer);
    create table uji.besar as
        select n as "Nomor", n::numeric as jumlah, now() as diubah, repeat('x', 200) as keterangan, '' as pelapor, '' as nik
        from generate_series(1, 300000) as n;
    grant usage on schema uji to pembaca_uji;
    grant select on uji.aduan, uji.aktif, uji.besar to pembaca_uji;
    grant select ("Nomor", jumlah, diubah, keterangan, nik) on uji.sebagian to pembaca_uji;
"""


@dataclass
class Opd:
    """An agency's database: where it is, and a connection of its owner."""

    endpoint: Endpoint
    owner: psycopg.Connection[Any]


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sql_question, "PAUSE_S", 0.01)


@pytest.fixture(scope="module")
def opd(cluster: Cluster) -> Iterator[Opd]:
    admin = urlsplit(cluster.settings.dsn("admin"))
    with psycopg.connect(cluster.settings.dsn("admin"), autocommit=True) as connection:
        connection.execute("create database opd_uji")
        connection.execute(psycopg.sql.SQL("create role pembaca_uji login password {}").format(PASSWORD))
        with psycopg.connect(cluster.settings.dsn("admin"), dbname="opd_uji", autocommit=True) as owner:
            owner.execute(SETUP)
            yield Opd(Endpoint(f"postgresql://127.0.0.1:{admin.port}/opd_uji", LOGIN, PASSWORD), owner)
        connection.execute("drop database opd_uji with (force)")
        connection.execute("drop role pembaca_uji")


def source(*, tls: str = "verified", **table: Any) -> Source:
    declared = declare("csv", COLUMNS, {}).model_dump()
    declared["connection"] = {"id": "opd", "address": "mysql://opd.contoh.id/opd", "tls": tls}
    declared["extract"] |= {"kind": "sql", "since": table.pop("since", None)}
    declared["tables"]["baris"] |= {"key": ["nomor"], **table}
    return Source.model_validate(declared)


def asking(endpoint: Endpoint, declared: Source | None = None, **more: Any) -> Asking:
    return Asking(declared or source(), endpoint, **more)


def ask(given: Asking, folder: Path, path: str = "uji.aduan") -> Fetched:
    (found,) = sql.ask(given, Request(part="aduan", path=path, tables=["baris"]), folder)
    assert isinstance(found, Fetched)
    return found


def lines(found: Fetched) -> list[str]:
    return found.path.read_text().splitlines()


def records(found: Fetched) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(found.path.read_text())))


def numbers(found: Fetched) -> list[str]:
    return [record["Nomor"] for record in records(found)]


# PostgreSQL


def test_values_arrive_letter_by_letter_in_the_order_of_the_key(opd: Opd, tmp_path: Path) -> None:
    found = ask(asking(opd.endpoint), tmp_path)
    assert found.path.read_text() == (
        "Nomor,jumlah,aktif,diubah,keterangan,pelapor,nik,telepon\n"
        '1,,true,2026-11-23T00:00:00+07:00,"",,,\n'
        '2,36387492566.4500,false,2026-11-23T09:20:00.5+07:00,"baris\n""dua"", koma",,137101,\n'
        "3,9007199254740993.1,,,,,,\n"
    )
    assert (found.url, found.part) == (f"{opd.endpoint.address}/uji.aduan", "aduan")


def test_dropped_and_undeclared_values_never_leave_the_agency(opd: Opd, tmp_path: Path) -> None:
    content = ask(asking(opd.endpoint), tmp_path).path.read_text()
    assert content.startswith("Nomor,jumlah,aktif,diubah,keterangan,pelapor,nik,telepon\n")  # the names tell a drift
    for secret in ("Nama Pelapor", "Nama Lain", "0812"):
        assert secret not in content


def test_the_reader_warns_of_the_undeclared_column(opd: Opd, tmp_path: Path) -> None:
    found = ask(asking(opd.endpoint), tmp_path)
    answer = Answer("opd.aduan", lambda: iter([found.path.read_bytes()]), {}, content_type=found.content_type)
    declared = source()
    reading = delimited.read(declared, declared.tables["baris"], answer)
    assert any("'telepon' is not declared" in warning for warning in reading.warnings)
    assert "pelapor" not in reading.columns


def test_a_view_is_read_like_a_table(opd: Opd, tmp_path: Path) -> None:
    assert numbers(ask(asking(opd.endpoint), tmp_path, "uji.aktif")) == ["1"]


def test_rights_on_the_declared_columns_are_enough(opd: Opd, tmp_path: Path) -> None:
    found = ask(asking(opd.endpoint), tmp_path, "uji.sebagian")
    assert lines(found) == ["Nomor,jumlah,diubah,keterangan,pelapor,nik", "1,5,2026-11-23 02:20:00,x,,1"]


def test_an_alias_stands_in_for_a_renamed_column(opd: Opd, tmp_path: Path) -> None:
    with opd.owner.transaction(force_rollback=False):
        opd.owner.execute(
            'create table uji.ganti as select "Nomor", jumlah as total, diubah, keterangan, nik from uji.aduan'
        )
        opd.owner.execute("grant select on uji.ganti to pembaca_uji")
    assert lines(ask(asking(opd.endpoint), tmp_path, "uji.ganti"))[0] == "Nomor,total,diubah,keterangan,nik"
    assert records(ask(asking(opd.endpoint), tmp_path, "uji.ganti"))[1]["total"] == "36387492566.4500"


SINCE = {"table": "baris", "column": "diubah", "first": "2020-01-01T00:00:00+07:00"}


@pytest.mark.parametrize(
    ("since", "expected"),
    [
        ("2026-11-23T00:00:00+07:00", ["1", "2", "3"]),
        ("2026-11-23T00:00:01+07:00", ["2", "3"]),
        ("2026-11-23T03:00:00+00:00", ["3"]),
        ("2026'; drop table uji.aduan; --", None),
    ],
)
def test_since_asks_for_newer_rows_and_for_those_without_a_time(
    opd: Opd, tmp_path: Path, since: str, expected: list[str] | None
) -> None:
    given = asking(opd.endpoint, source(mode="upsert", since=SINCE), since=since)
    if expected is not None:
        assert numbers(ask(given, tmp_path)) == expected
        return
    with pytest.raises(DeclarationError, match="cannot compare its column with the declared bound"):
        ask(given, tmp_path)
    assert len(records(ask(asking(opd.endpoint), tmp_path))) == 3


def test_a_time_without_zone_is_compared_in_the_zone_of_its_column(opd: Opd, tmp_path: Path) -> None:
    declared = source(mode="upsert", since=SINCE).model_dump()
    declared["tables"]["baris"]["columns"][3]["timezone"] = "UTC"
    given = asking(opd.endpoint, Source.model_validate(declared), since="2026-11-23T09:20:00+07:00")  # 02:20 UTC
    assert len(records(ask(given, tmp_path, "uji.sebagian"))) == 1


def test_a_window_is_half_open(opd: Opd, tmp_path: Path) -> None:
    declared = source(mode="window", window_column="diubah")
    start, end = (datetime.datetime.fromisoformat(f"2026-11-23T{t}+07:00") for t in ("00:00:00", "09:20:00.5"))
    assert numbers(ask(asking(opd.endpoint, declared, window=Window(start, end)), tmp_path)) == ["1"]
    assert numbers(ask(asking(opd.endpoint, declared), tmp_path)) == ["1", "2", "3"]


@pytest.mark.parametrize("path", ["uji.aduan; drop table uji.aduan", "select 1", 'uji."aduan"', "a.b.c", ""])
def test_a_path_that_is_no_name_is_refused(opd: Opd, tmp_path: Path, path: str) -> None:
    with pytest.raises(DeclarationError, match="is not the name of a table or view"):
        ask(asking(opd.endpoint), tmp_path, path)


def test_nothing_can_be_written_even_by_a_view(opd: Opd, tmp_path: Path) -> None:
    with opd.owner.transaction():
        opd.owner.execute("create table uji.catatan (n integer)")
        opd.owner.execute(
            "create function uji.catat() returns integer language sql volatile security definer "
            "as 'insert into uji.catatan values (1) returning n'"
        )
        opd.owner.execute('create view uji.licik as select uji.catat() as "Nomor"')
        opd.owner.execute("grant select on uji.licik to pembaca_uji")
    with pytest.raises(SourceUnavailable, match="read-only transaction"):
        ask(asking(opd.endpoint), tmp_path, "uji.licik")


@pytest.mark.parametrize(
    ("change", "path", "expected"),
    [
        ({}, "uji.tiada", r"has no table or view 'uji\.tiada' that this login can see"),
        ({}, "tiada.aduan", r"has no table or view 'tiada\.aduan'"),
        ({}, "uji.tertutup", r"may not be read by 'pembaca_uji'"),
        ({"password": "salah-sekali"}, "uji.aduan", r"refuses the connection: .*password authentication failed"),
        ({"address": "/tiada"}, "uji.aduan", r"refuses the connection: .*does not exist"),
    ],
)
def test_what_the_server_refuses_is_one_sentence(
    opd: Opd, tmp_path: Path, change: dict[str, str], path: str, expected: str
) -> None:
    if "address" in change:
        change = {"address": opd.endpoint.address.rpartition("/")[0] + change["address"]}
    with pytest.raises(SourceUnavailable, match=expected) as caught:
        ask(asking(replace(opd.endpoint, **change)), tmp_path, path)
    assert "salah-sekali" not in str(caught.value)
    assert "\n" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_nobody_there(tmp_path: Path) -> None:
    for scheme in ("postgresql", "mysql"):
        with pytest.raises(SourceUnavailable, match="did not answer"):
            ask(asking(Endpoint(f"{scheme}://127.0.0.1:1/opd", LOGIN, PASSWORD)), tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", ["login", "database"])
def test_a_connection_that_lacks_something_is_a_wrong_setting(tmp_path: Path, kind: str) -> None:
    endpoint = Endpoint("mysql://127.0.0.1:1/" + ("" if kind == "database" else "opd"), "" if kind == "login" else "a")
    with pytest.raises(SettingsError, match=f"has no {kind}"):
        ask(asking(endpoint), tmp_path)


def first_chunk(monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> None:
    """Do something after the first rows have arrived."""
    spool_write, done = sql.Spool.write, threading.Event()

    def write(self: sql.Spool, chunk: bytes) -> int:
        if not done.is_set():
            done.set()
            act()
        return spool_write(self, chunk)

    monkeypatch.setattr(sql.Spool, "write", write)


def kill_reader(opd: Opd) -> None:
    opd.owner.execute("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'pembaca_uji'")


def test_a_connection_that_is_killed_on_the_way_leaves_nothing(
    opd: Opd, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first_chunk(monkeypatch, lambda: kill_reader(opd))
    with pytest.raises(SourceUnavailable, match="did not answer to the end"):
        ask(asking(opd.endpoint), tmp_path, "uji.besar")
    assert list(tmp_path.iterdir()) == []


def test_rows_that_are_added_on_the_way_wait_for_the_next_time(
    opd: Opd, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def change() -> None:
        opd.owner.execute("update uji.besar set keterangan = 'baru' where \"Nomor\" > 299000")
        opd.owner.execute(
            "insert into uji.besar select 300000 + n, n, now(), '', '', '' from generate_series(1, 500) as n"
        )

    first_chunk(monkeypatch, change)
    found = numbers(ask(asking(opd.endpoint), tmp_path, "uji.besar"))
    assert found == [str(n) for n in range(1, 300_001)]


def test_the_deadline_cuts_a_server_that_stalls(opd: Opd, tmp_path: Path) -> None:
    with opd.owner.transaction():
        opd.owner.execute('create view uji.lambat as select 1 as "Nomor" from pg_sleep(30)')
        opd.owner.execute("grant select on uji.lambat to pembaca_uji")
    given = asking(opd.endpoint)
    given.ends_at -= given.seconds_left() - 0.8
    with pytest.raises(SourceUnavailable, match="took more than 900 s in all"):
        ask(given, tmp_path, "uji.lambat")


def test_memory_stays_flat(opd: Opd, tmp_path: Path) -> None:
    given = asking(opd.endpoint)
    tracemalloc.start()
    found = ask(given, tmp_path, "uji.besar")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found.byte_size > 50 << 20
    assert peak < 8 << 20


def test_tls_is_asked_for_wherever_the_server_is_not_this_machine(opd: Opd, tmp_path: Path) -> None:
    far = Endpoint("postgresql://db.opd.invalid/opd", LOGIN, PASSWORD)
    assert sql_postgresql._tls(asking(far))["sslmode"] == "verify-full"
    assert sql_postgresql._tls(asking(far, source(tls="none")))["sslmode"] == "prefer"
    with pytest.raises(SettingsError, match="sslmode 'require' does not verify the server"):
        sql_postgresql._tls(asking(replace(far, extra={"sslmode": "require"})))
    with pytest.raises(SourceUnavailable, match="server does not support SSL"):
        ask(asking(replace(opd.endpoint, extra={"sslmode": "verify-full"})), tmp_path)


# MySQL

ROWS: list[tuple[object, ...]] = [
    (
        "B-2",
        "36387492566.4500",
        b"\x01",
        "2026-11-23 09:20:00",
        'baris\n"dua", koma',
        "Nama Pelapor",
        "137101",
        "0812000",
    ),
    ("A-1", None, b"\x00", "0000-00-00 00:00:00", "", "Nama Lain", None, "0812001"),
    ("C-3", "9007199254740993.1", None, None, "Kel. Gunung Pangilun — «é»", None, None, None),
]
TYPES = {
    "Nomor": "varchar", "jumlah": "decimal", "aktif": "bit", "diubah": "timestamp", "keterangan": "varchar",
    "pelapor": "varchar", "nik": "varchar", "telepon": "varchar",
}  # fmt: skip


@pytest.fixture
def call() -> Iterator[MySQLService]:
    with mysql_service(MySQLService("aduan", TYPES, list(ROWS))) as running:
        yield running


def ask_mysql(
    service: MySQLService, folder: Path, declared: Source | None = None, path: str = "aduan", **more: Any
) -> Fetched:
    changes = {name: more.pop(name) for name in ("login", "password", "extra") if name in more}
    endpoint = Endpoint(f"mysql://127.0.0.1:{service.port}/opd", mysql.LOGIN, mysql.PASSWORD)
    return ask(asking(replace(endpoint, **changes), declared, **more), folder, path)


@pytest.mark.parametrize("has_catalogue", [True, False])
def test_mysql_values_are_the_servers_own_text(call: MySQLService, tmp_path: Path, has_catalogue: bool) -> None:
    call.has_catalogue = has_catalogue
    found = ask_mysql(call, tmp_path)
    assert found.path.read_text() == (
        "Nomor,jumlah,aktif,diubah,keterangan,pelapor,nik,telepon\n"
        'A-1,,0,0000-00-00 00:00:00,"",,,\n'
        'B-2,36387492566.4500,1,2026-11-23 09:20:00+07:00,"baris\n""dua"", koma",,137101,\n'
        "C-3,9007199254740993.1,,,Kel. Gunung Pangilun — «é»,,,\n"
    )
    assert found.url == f"mysql://127.0.0.1:{call.port}/opd/aduan"


def test_mysql_is_asked_read_only_and_for_declared_columns_alone(call: MySQLService, tmp_path: Path) -> None:
    ask_mysql(call, tmp_path)
    assert "set session transaction read only" in call.statements
    assert call.statements[-1] == (
        "select `Nomor`, `jumlah`, `aktif`, `diubah`, `keterangan`, null as `pelapor`, `nik`, null as `telepon` "
        "from `aduan` order by `Nomor`"
    )


def test_mysql_bytes_that_are_no_text_are_hexadecimal(tmp_path: Path) -> None:
    service = MySQLService("aduan", {**TYPES, "keterangan": "blob"}, [("A", "1", None, None, b"\xff\x00", "", "", "")])
    with mysql_service(service):
        assert records(ask_mysql(service, tmp_path))[0]["keterangan"] == "\\xff00"


@pytest.mark.parametrize(("kind", "zone"), [("timestamp", "UTC"), ("datetime", "Asia/Jakarta")])
def test_mysql_since_is_written_in_the_zone_of_the_column(tmp_path: Path, kind: str, zone: str) -> None:
    service = MySQLService("aduan", {**TYPES, "diubah": kind}, list(ROWS))
    declared = source(mode="upsert", since=SINCE).model_dump()
    declared["tables"]["baris"]["columns"][3]["timezone"] = zone
    with mysql_service(service):
        found = ask_mysql(service, tmp_path, Source.model_validate(declared), since="2026-11-23T02:20:00+00:00")
    assert numbers(found) == ["B-2", "C-3"]
    assert "(`diubah` >= '2026-11-23 09:20:00' or `diubah` is null)" in service.statements[-1]


def test_mysql_bounds_are_quoted(call: MySQLService, tmp_path: Path) -> None:
    declared = source(mode="upsert", since={**SINCE, "column": "nomor", "format": "number"})
    found = ask_mysql(call, tmp_path, declared, since="B' or '1' = '1")
    assert numbers(found) == ["B-2", "C-3"]


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        ((1142, "SELECT command denied to user"), "may not be read by 'pembaca'"),
        ((3024, "maximum statement execution time exceeded"), "was cut off by the server"),
        ((1030, "Got error 28 from storage engine"), "did not answer to the end: .*Got error 28"),
    ],
)
def test_mysql_errors_are_one_sentence(
    call: MySQLService, tmp_path: Path, error: tuple[int, str], expected: str
) -> None:
    call.error = error
    with pytest.raises(SourceUnavailable, match=expected):
        ask_mysql(call, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_mysql_unknown_table_and_refused_login(call: MySQLService, tmp_path: Path) -> None:
    with pytest.raises(SourceUnavailable, match="has no table or view 'tiada'"):
        ask_mysql(call, tmp_path, path="tiada")
    with pytest.raises(SourceUnavailable, match="refuses the connection") as caught:
        ask_mysql(call, tmp_path, password="salah-sekali")
    assert "salah-sekali" not in str(caught.value)


def test_mysql_that_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    rows = [(f"{n:06}", "1", None, None, "x" * 200, "", "", "") for n in range(20_000)]
    service = MySQLService("aduan", TYPES, rows, cut_after=15_000)
    with mysql_service(service), pytest.raises(SourceUnavailable, match="did not answer to the end"):
        ask_mysql(service, tmp_path)
    assert list(tmp_path.iterdir()) == []


def certificate(folder: Path, host: str) -> tuple[Path, ssl.SSLContext]:
    """A certificate that vouches for itself, and a server's context with it."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.datetime.now(datetime.UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "uji")])
    signed = (
        x509.CertificateBuilder()
        .subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1371)
        .not_valid_before(now - datetime.timedelta(days=1)).not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(host))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    file = folder / f"{host}.pem"
    no_password = serialization.NoEncryption()
    secret = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, no_password)
    file.write_bytes(secret + signed.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return file, context


def test_mysql_tls_is_verified(tmp_path: Path) -> None:
    (tmp_path / "tls").mkdir()
    (tmp_path / "spool").mkdir()
    right, context = certificate(tmp_path / "tls", "127.0.0.1")
    wrong, elsewhere = certificate(tmp_path / "tls", "127.0.0.2")
    service = MySQLService("aduan", TYPES, list(ROWS))
    with mysql_service(service, context):
        assert len(records(ask_mysql(service, tmp_path / "spool", extra={"ca": str(right)}))) == 3
        with pytest.raises(SourceUnavailable, match="certificate verify failed"):
            ask_mysql(service, tmp_path / "spool", extra={"ca": str(wrong)})
    with mysql_service(service, elsewhere), pytest.raises(SourceUnavailable, match="IP address mismatch"):
        ask_mysql(service, tmp_path / "spool", extra={"ca": str(wrong)})
    with mysql_service(service), pytest.raises(SourceUnavailable, match="SSL is required but the server"):
        ask_mysql(service, tmp_path / "spool", extra={"ca": str(right)})
