"""The demo city over every protocol, each with the client that people use for it."""

from __future__ import annotations

import io
import json
import os
import smtplib
import stat
import subprocess
import sys
import time
from base64 import b64decode
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import paramiko
import psutil
import psycopg
import pymysql
import pytest
from command_center.backup import pg_home
from command_center.local.cluster import temporary_var
from command_center.paths import DAGS
from demo_city.faults.spoil import CATALOGUE
from openpyxl import load_workbook

OPTIONS = ("--http-port", "0", "--sftp-port", "0", "--mysql-port", "0", "--postgres-port", "0", "--smtp-port", "0")
QUERY = "select * from pengangkutan order by nomor"


@dataclass
class Town:
    """A running demo city with all its protocols."""

    process: subprocess.Popen[str]
    addresses: dict[str, str]
    state: Path
    http: httpx.Client

    @property
    def password(self) -> str:
        return (self.state / "password").read_text()

    def port(self, name: str) -> int:
        return urlsplit(self.addresses[name]).port or 0

    def break_source(self, source: str, kind: str, **more: float) -> None:
        self.http.put("/_demo/fault", json={"source": source, "fault": kind, **more}).raise_for_status()

    def mend(self) -> None:
        self.http.delete("/_demo/fault").raise_for_status()

    def get(self, path: str) -> bytes:
        return self.http.get(path).raise_for_status().content

    @contextmanager
    def sftp(self, password: str = "", login: str = "latihan") -> Iterator[paramiko.SFTPClient]:
        """A client that checks the server's key."""
        with paramiko.Transport(("127.0.0.1", self.port("sftp"))) as transport:
            kind, _, key = self.addresses["sftp_host_key"].partition(" ")
            known = paramiko.PKey.from_type_string(kind, b64decode(key))
            transport.connect(username=login, password=password or self.password, hostkey=known)
            client = paramiko.SFTPClient.from_transport(transport)
            assert client is not None
            client.get_channel().settimeout(20)  # type: ignore[union-attr]
            yield client

    def postgresql(self, query: str = QUERY) -> list[tuple[Any, ...]]:
        login = f"host=127.0.0.1 port={self.port('postgresql')} dbname=latihan user=latihan password={self.password}"
        with psycopg.connect(login, connect_timeout=20) as connection:
            return connection.execute(query).fetchall()

    def mysql(self, query: str = QUERY, **more: Any) -> list[tuple[Any, ...]]:
        given = {"user": "latihan", "password": self.password, "database": "latihan", "charset": "utf8mb4"} | more
        with (
            pymysql.connect(host="127.0.0.1", port=self.port("mysql"), **given) as connection,
            connection.cursor() as cursor,
        ):
            cursor.execute(query)
            return list(cursor.fetchall())

    def mail(self) -> None:
        with smtplib.SMTP("127.0.0.1", self.port("smtp"), timeout=20) as client:
            client.sendmail("dari@padang.invalid", ["ke@padang.invalid"], "Subject: uji\r\n\r\nHalo")


@pytest.fixture(scope="module")
def town() -> Iterator[Town]:
    with temporary_var() as var:
        state = var / "demo"
        (state / "upload" / "latihan").mkdir(parents=True)
        yield from _running(state)


def _running(state: Path) -> Generator[Town]:
    environment = {name: value for name, value in os.environ.items() if name != "CC_DEMO_CITY_PASSWORD"}
    environment |= {"PYTHONPATH": str(DAGS), "DEMO_NOW": "2026-11-23T09:20:00+07:00", "CC_VAR_DIR": str(state)}
    command = [sys.executable, "-m", "demo_city", *OPTIONS, "--state-dir", str(state)]
    command += ["--upload-folder", str(state / "upload")]
    with (state / "access.log").open("a") as log:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True, env=environment)
    try:
        assert process.stdout is not None
        url = process.stdout.readline().split()[-1]
        addresses = json.loads(process.stdout.readline())
        with httpx.Client(base_url=url, timeout=30) as client:
            wait_until(lambda: all(client.get("/_demo/health").json()["siap"].values()))
            yield Town(process, addresses, state, client)
    finally:
        process.terminate()
        process.wait(40)
        assert process.stdout is not None
        process.stdout.close()
        pg_home.remove_relocated(state)


def wait_until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.fixture
def mended(town: Town) -> Iterator[Town]:
    yield town
    town.mend()


def table(town: Town) -> list[dict[str, Any]]:
    return list(town.http.get("/latihan/api/pengangkutan").json()["data"])


def test_addresses_and_health_name_every_protocol(town: Town) -> None:
    served = town.http.get("/_demo/addresses").json()
    assert served == town.addresses
    assert {"http", "sftp", "sftp_host_key", "mysql", "postgresql", "smtp", "file"} == served.keys()
    assert {"http", "sftp", "mysql", "postgresql", "smtp", "upload"} == town.http.get("/_demo/health").json()[
        "siap"
    ].keys()
    assert all("//127.0.0.1:" in served[name] for name in ("http", "sftp", "mysql", "postgresql", "smtp"))


def test_what_is_secret_is_closed_to_others(town: Town) -> None:
    for name in ("password", "sftp_host_key", "postgres_password"):
        assert stat.S_IMODE((town.state / name).stat().st_mode) == 0o600


# SFTP
def test_sftp_serves_the_same_bytes_as_http(town: Town) -> None:
    with town.sftp() as client:
        assert {"bmkg", "damkar", "dinkes", "latihan"} <= set(client.listdir("/"))
        for path in (
            "/latihan/berkas/pengangkutan.xlsx",
            "/latihan/harian/pengangkutan_2026-11-22.csv",
            "/damkar/kejadian.csv",
        ):
            attributes = client.stat(path)
            with client.open(path) as file:
                content = file.read()
            assert content == town.get(path)
            assert attributes.st_size == len(content)
        listed = client.listdir_attr("/latihan/harian")
        assert len(listed) == 22
        assert all(stat.S_ISREG(entry.st_mode or 0) and entry.st_size for entry in listed)
        assert len({entry.st_mtime for entry in listed}) == 22
        assert stat.S_ISDIR(client.stat("/latihan/berkas").st_mode or 0)


def test_sftp_refuses_strangers_writers_and_what_is_not_there(town: Town) -> None:
    for login, password in (("latihan", "salah"), ("siapa", town.password)):
        with pytest.raises(paramiko.AuthenticationException), town.sftp(password, login):
            pass
    with town.sftp(login="damkar") as client:
        for path in ("/latihan/tidak_ada.csv", "/siapa/x", "/latihan/../../etc/passwd"):
            with pytest.raises(FileNotFoundError):
                client.open(path)
        with pytest.raises(PermissionError):
            client.open("/latihan/berkas/pengangkutan.csv", "w")
        with pytest.raises(OSError):
            client.remove("/latihan/berkas/pengangkutan.csv")


@pytest.mark.parametrize("kind", ["truncated", "html", "empty", "wrong_separator", "column_lost", "unknown_region"])
def test_sftp_has_the_faults_of_the_files(mended: Town, kind: str) -> None:
    good = mended.get("/latihan/berkas/pengangkutan.csv")
    mended.break_source("latihan", kind)
    with mended.sftp() as client, client.open("/latihan/berkas/pengangkutan.csv") as file:
        bad = file.read()
    assert bad != good
    assert bad == mended.get("/latihan/berkas/pengangkutan.csv")


def test_sftp_goes_down_for_one_agency(mended: Town) -> None:
    mended.break_source("latihan", "down")
    with mended.sftp() as client:
        assert client.stat("/damkar/kejadian.csv").st_size
        with pytest.raises((OSError, EOFError, paramiko.SSHException)):
            client.listdir("/latihan/berkas")
    mended.break_source("latihan", "status_500")
    with mended.sftp() as client, pytest.raises(OSError, match="Failure"):
        client.open("/latihan/berkas/pengangkutan.csv")


def test_a_slow_sftp_server_outlasts_an_impatient_client(mended: Town) -> None:
    mended.break_source("latihan", "slow", seconds=600)
    with mended.sftp() as client:
        client.get_channel().settimeout(0.3)  # type: ignore[union-attr]
        with pytest.raises((OSError, EOFError)):
            client.listdir("/latihan/berkas")


def test_overrides_and_dropped_files_are_there_over_sftp(town: Town) -> None:
    folder = town.state / "files" / "dlh"
    folder.mkdir(parents=True)
    (folder / "simpang.csv").write_bytes(b"Simpang;Jumlah\n")
    town.http.put("/_demo/override/latihan/berkas/uji.csv", content=b"a;b\n").raise_for_status()
    with town.sftp(login="dlh") as client:
        assert client.listdir("/dlh") == ["simpang.csv"]
        assert "uji.csv" in client.listdir("/latihan/berkas")
        with client.open("/latihan/berkas/uji.csv") as file:
            assert file.read() == b"a;b\n"
    town.http.delete("/_demo/override/latihan/berkas/uji.csv").raise_for_status()
    assert town.get("/dlh/simpang.csv") == b"Simpang;Jumlah\n"


# SQL
def server_of(town: Town) -> psutil.Process:
    """By the file that it writes itself: the processes of its connections come and go while one looks at them."""
    [file] = town.state.rglob("postmaster.pid")
    return psutil.Process(int(file.read_text().split()[0]))


def test_a_database_that_died_is_begun_anew(town: Town) -> None:
    rows = town.postgresql()
    server = server_of(town)
    server.kill()
    psutil.wait_procs([server], timeout=20)

    def is_back() -> bool:
        try:
            return town.postgresql() == rows
        except psycopg.Error:
            return False

    wait_until(is_back)


@pytest.mark.parametrize("engine", ["postgresql", "mysql"])
def test_a_database_holds_the_same_table(town: Town, engine: str) -> None:
    rows = getattr(town, engine)(
        "select nomor, kode_kelurahan, rute, berat_kg, keterangan from pengangkutan order by nomor"
    )
    expected = [
        (r["nomor"], r["kode_kelurahan"], r["rute"], Decimal(repr(r["berat_kg"])), r["keterangan"]) for r in table(town)
    ]
    assert [tuple(row) for row in rows] == expected
    newest = max(row["diubah_pada"] for row in table(town))
    since = getattr(town, engine)(
        "select max(diubah_pada) from pengangkutan where diubah_pada >= '2026-11-23 06:00:00'"
    )
    assert str(since[0][0])[:16] == newest[:16].replace("T", " ")


@pytest.mark.parametrize(
    ("engine", "error"), [("postgresql", psycopg.Error), ("mysql", pymysql.MySQLError)], ids=["postgresql", "mysql"]
)
@pytest.mark.parametrize(
    "statement",
    [
        "delete from pengangkutan",
        "update pengangkutan set jenis = ''",
        "create table x (a int)",
        "select * from nihil",
        "selec",
    ],
)
def test_a_database_may_only_be_read(town: Town, engine: str, error: type[Exception], statement: str) -> None:
    with pytest.raises(error):
        getattr(town, engine)(statement)
    assert len(getattr(town, engine)()) == len(table(town))


def test_a_database_refuses_strangers(town: Town) -> None:
    for login in ({"user": "siapa"}, {"password": "salah"}):
        with pytest.raises(pymysql.OperationalError):
            town.mysql(**login)
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(f"host=127.0.0.1 port={town.port('postgresql')} dbname=latihan user=latihan password=salah")


def test_what_a_reading_client_says_about_transactions_is_accepted(town: Town) -> None:
    for statement in (
        "set session transaction read only",
        "start transaction with consistent snapshot, read only",
        "commit",
    ):
        town.mysql(statement)
    assert town.mysql("show columns from pengangkutan")[0][:2] == ("nomor", "BIGINT")
    columns = "select column_name from information_schema.columns where table_schema = 'latihan'"
    assert ("berat_kg",) in town.mysql(columns)
    assert town.mysql("select `nomor`, null as `petugas` from `latihan`.`pengangkutan` limit 1")[0][1] is None


@pytest.mark.parametrize("engine", ["postgresql", "mysql"])
@pytest.mark.parametrize(
    "kind", [k for k, entry in CATALOGUE.items() if entry.level == "table" and k != "frozen"] + ["empty"]
)
def test_faults_of_the_table_are_in_the_database(mended: Town, engine: str, kind: str) -> None:
    ask = getattr(mended, engine)
    names = "select column_name from information_schema.columns where table_name = 'pengangkutan'"
    good = ask(names), ask()
    mended.break_source("latihan", kind)
    bad = ask(names), ask()
    assert bad != good
    if kind == "empty":
        assert bad == (good[0], [])
    mended.mend()
    assert (ask(names), ask()) == good


@pytest.mark.parametrize("engine", ["postgresql", "mysql"])
def test_a_database_goes_down_breaks_off_and_slows(mended: Town, engine: str) -> None:
    for kind in ("down", "truncated"):
        mended.break_source("latihan", kind)
        with pytest.raises((psycopg.OperationalError, pymysql.OperationalError)):
            getattr(mended, engine)()
    mended.break_source("latihan", "slow", seconds=0.5)
    assert len(getattr(mended, engine)()) == len(table(mended))
    assert mended.get("/damkar/kejadian.csv")


# SMTP
def test_mail_is_kept_unless_the_server_refuses(mended: Town) -> None:
    def kept() -> int:
        return len(list((mended.state / "surat").glob("*.eml")))

    mended.mail()
    assert kept() == 1
    for kind, code in (("status_429", 451), ("status_500", 554)):
        mended.break_source("surat", kind)
        with pytest.raises(smtplib.SMTPDataError) as refused:
            mended.mail()
        assert refused.value.smtp_code == code
    mended.break_source("surat", "down")
    with pytest.raises((smtplib.SMTPServerDisconnected, OSError)):
        mended.mail()
    mended.break_source("surat", "slow", seconds=0.3)
    mended.mail()
    assert kept() == 2


# Upload folder
def test_the_upload_folder_is_kept_current_and_other_files_are_left_alone(mended: Town) -> None:
    folder = mended.state / "upload" / "latihan"
    own = folder / "milik_orang.csv"
    own.write_text("x")
    paths = ["berkas/pengangkutan.xlsx", "harian/pengangkutan_2026-11-20.csv"]
    for path in paths:
        assert (folder / path).read_bytes() == mended.get(f"/latihan/{path}")
    mended.break_source("latihan", "wrong_separator")
    csv = folder / "berkas" / "pengangkutan.csv"
    assert csv.read_bytes() == mended.get("/latihan/berkas/pengangkutan.csv")
    assert csv.read_text(encoding="utf-8-sig").startswith("Nomor,Tanggal")
    mended.break_source("latihan", "down")
    assert [path.name for path in folder.rglob("*") if path.is_file()] == ["milik_orang.csv"]
    mended.mend()
    assert csv.read_text(encoding="utf-8-sig").startswith("Nomor;Tanggal")
    assert not (mended.state / "upload" / "damkar").exists()
    own.unlink()


# Controls
def command(town: Town, module: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": str(DAGS), "CC_DEMO_CITY_URL": town.addresses["http"]}
    line = [sys.executable, "-m", f"demo_city.{module}", *arguments]
    return subprocess.run(line, env=environment, capture_output=True, text=True, timeout=30, check=False)


def test_faults_are_switched_by_command(mended: Town) -> None:
    assert command(mended, "faults.fault", "latihan", "status_429", "--seconds", "7").returncode == 0
    answer = mended.http.get("/latihan/api/pengangkutan")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "7")
    assert json.loads(command(mended, "faults.fault").stdout) == {"latihan": {"fault": "status_429", "seconds": 7.0}}
    assert command(mended, "faults.fault", "latihan", "--mend").returncode == 0
    assert mended.http.get("/latihan/api/pengangkutan").status_code == 200
    wrong = command(mended, "faults.fault", "latihn", "html")
    assert (wrong.returncode, "did you mean 'latihan'" in wrong.stderr) == (2, True)


def test_the_clock_is_moved_by_command_and_everything_follows(town: Town) -> None:
    before = len(table(town)), len(town.postgresql()), len(town.mysql())
    assert command(town, "clock", "--advance", "PT3H").returncode == 0
    assert town.http.get("/_demo/clock").json()["kota"] == "2026-11-23T12:20:00+07:00"
    assert (len(table(town)), len(town.postgresql()), len(town.mysql())) == tuple(count + 3 for count in before)
    back = command(town, "clock", "--now", "2026-11-23T09:00:00+07:00")
    assert (back.returncode, "only moves forward" in back.stderr) == (2, True)


def test_the_workbook_opens_as_it_should(town: Town) -> None:
    book = load_workbook(io.BytesIO(town.get("/latihan/berkas/pengangkutan.xlsx")))
    sheet = book.worksheets[0]
    assert (sheet["A2"].value, sheet["B2"].value) == ("Bulan", "November 2026")
    assert {"C4:D4", "A4:A5", "A1:K1"} <= {str(area) for area in sheet.merged_cells.ranges}
    assert [cell.value for cell in sheet[6]][:2] == ["(1)", "(2)"]


def name_of(process: psutil.Process) -> str:
    """A worker of PostgreSQL may end while it is looked at."""
    try:
        return str(process.name())
    except psutil.NoSuchProcess:
        return ""


def test_the_end_closes_every_port_and_leaves_no_process(tmp_path: Path) -> None:
    with temporary_var() as var:
        state = var / "demo"
        state.mkdir(parents=True)
        running = _running(state)
        town = next(running)
        below = psutil.Process(town.process.pid).children(recursive=True)
        assert any("postgres" in name_of(process) for process in below)
        running.close()
        assert town.process.returncode == 0
        assert psutil.wait_procs(below, timeout=60)[1] == []
        assert "Traceback" not in (state / "access.log").read_text()
