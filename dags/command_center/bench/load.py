"""Performance, as ratios of things run side by side on this machine; nothing here is a test."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import psutil

from command_center.errors import ServiceError
from command_center.paths import DAGS

DECLARATION = """
source: bench_baris
title: Bench
opd: diskominfo
opd_name: Diskominfo
description: Rows made for the bench.
owner: Kepala Diskominfo
steward: Kepala Bidang Statistik
deputy_steward: Kasubbag Program
legal_basis: [Perpres 39/2019]
maturity: 0
schedule: null
freshness: P365D
connection: {id: bench, address: "http://127.0.0.1:9"}
extract: {kind: csv, requests: [{part: baris, path: baris.csv, tables: [baris]}]}
tables:
  baris:
    description: One row per count.
    mode: snapshot
    key: [id]
    partitioned: true
    volume: {min: 1, max: 100000000}
    columns:
      - {name: id, source: id, type: integer, required: true, classification: publik, description: Nomor}
      - {name: kode, source: kode, required: true, classification: publik, description: Kode}
      - {name: tanggal, source: tanggal, type: date, required: true, classification: publik, description: Tanggal}
      - {name: waktu_at, source: waktu, type: timestamptz, classification: publik, description: Waktu}
      - {name: jumlah, source: jumlah, type: integer, on_bad: row, classification: publik, description: Jumlah}
      - {name: nilai, source: nilai, type: numeric, classification: publik, description: Nilai}
      - {name: persen, source: persen, type: numeric, classification: publik, description: Persen}
      - {name: status, source: status, classification: publik, description: Status}
      - {name: catatan, source: catatan, classification: publik, description: Catatan}
      - {name: is_sah, source: sah, type: boolean, classification: publik, description: Sah}
"""
EXPECTATIONS = """
baris:
  - {type: expect_column_values_to_be_between, kwargs: {column: jumlah, min_value: 0, max_value: 1000}, quarantine: true, reason: r}
  - {type: expect_column_values_to_be_between, kwargs: {column: nilai, min_value: 0, max_value: 1000000}, reason: r}
  - {type: expect_column_values_to_be_between, kwargs: {column: persen, min_value: 0, max_value: 100}, reason: r}
  - {type: expect_column_values_to_not_be_null, kwargs: {column: id}, reason: r}
  - {type: expect_column_values_to_not_be_null, kwargs: {column: kode}, reason: r}
  - {type: expect_column_values_to_not_be_null, kwargs: {column: tanggal}, reason: r}
  - {type: expect_column_values_to_be_in_set, kwargs: {column: status, value_set: [baru, proses, selesai]}, reason: r}
  - {type: expect_column_values_to_match_regex, kwargs: {column: kode, regex: "^13[.]71"}, reason: r}
  - {type: expect_column_value_lengths_to_be_between, kwargs: {column: catatan, min_value: 1, max_value: 200}, reason: r}
  - {type: expect_table_row_count_to_be_between, kwargs: {min_value: 1}, reason: r}
  - {type: expect_column_max_to_be_between, kwargs: {column: jumlah, max_value: 100000}, reason: r}
  - {type: expect_column_mean_to_be_between, kwargs: {column: nilai, min_value: 0, max_value: 1000000}, reason: r}
"""
HEADER = "id,kode,tanggal,waktu,jumlah,nilai,persen,status,catatan,sah\n"
SOURCES = ("bench_baris", "bench_bersih")  # the second is for rows that are all good
TYPES = "id bigint, kode text, tanggal date, waktu timestamptz, jumlah bigint, nilai numeric, persen numeric, status text, catatan text, sah boolean"


def write_rows(path: Path, rows: int, *, bad: bool) -> None:
    """Rows like a city's counts; with `bad`, one in two thousand breaks a type and one in two thousand an expectation."""
    chance = random.Random(7)
    with path.open("w", encoding="utf-8") as file:
        file.write(HEADER)
        for number in range(rows):
            jumlah: object = number % 997
            if bad and number % 2000 == 0:
                jumlah = "banyak"
            elif bad and number % 2000 == 1000:
                jumlah = 99_999
            file.write(
                f"{number},13.71.{number % 11 + 1:02}.{1001 + number % 9},2026-{number % 12 + 1:02}-{number % 28 + 1:02},"
                f"2026-03-{number % 28 + 1:02}T{number % 24:02}:{number % 60:02}:00+07:00,{jumlah},"
                f"{chance.random() * 99999:.2f},{number % 10000 / 100:.2f},{('baru', 'proses', 'selesai')[number % 3]},"
                f"catatan nomor {number},{'true' if number % 5 else 'false'}\n"
            )


Result = TypeVar("Result")


@dataclass(frozen=True)
class Spent:
    """Seconds of the clock, and of processors: of the database's server and of the process that loads."""

    wall: float
    cpu: float

    def beside(self, base: Spent) -> str:
        return f"{self.wall:6.2f} s   {self.wall / base.wall:4.2f}   {self.cpu:6.2f} s   {self.cpu / base.cpu:4.2f}"


def bench(rows: int = 1_000_000) -> int:
    """Print the ratios of DESIGN's table that this step can measure."""
    from command_center.local.cluster import temporary_cluster

    _bench_dags()
    with temporary_cluster(is_durable=True) as environment:
        folder = Path(environment["CC_VAR_DIR"])
        print(f"{rows} rows, {os.cpu_count()} cores; every ratio is against psql \\copy of the same rows in this run.")
        declare(folder)
        _bench_load(folder, rows)
    return 0


DAG_IMPORTS = """
import runpy, sys, time
start = time.perf_counter()
import airflow.sdk
print("import airflow.sdk", time.perf_counter() - start, sep="|")
for path in sys.argv[1:]:
    start = time.perf_counter()
    runpy.run_path(path)
    print(path, time.perf_counter() - start, sep="|")
"""


def _bench_dags() -> None:
    """How long Airflow needs for each DAG file, beside its own import, which it has done before it reads any."""
    files = sorted(str(path) for path in DAGS.glob("*.py"))
    done = subprocess.run([sys.executable, "-c", DAG_IMPORTS, *files], check=True, capture_output=True, text=True)
    rows = [line.split("|") for line in done.stdout.splitlines() if "|" in line]
    base = float(rows[0][1])
    for name, seconds in rows:
        print(f"{Path(name).name:24} {float(seconds):6.2f} s   {float(seconds) / base:4.2f} of Airflow's own import")


def declare(folder: Path) -> None:
    from command_center.settings import settings
    from command_center.warehouse.bootstrap import bootstrap

    for name, text in (("sources", DECLARATION), ("expectations", EXPECTATIONS)):
        (folder / name).mkdir()
        for source in SOURCES:
            written = textwrap.dedent(text).replace("bench_baris", source)
            (folder / name / f"{source}.yml").write_text(written)
        os.environ[f"CC_{name.upper()}_DIR"] = str(folder / name)
    settings.cache_clear()
    bootstrap(settings())


def _bench_load(folder: Path, rows: int) -> None:
    good, bad, small = (folder / f"{name}.csv" for name in ("good", "bad", "small"))
    write_rows(good, rows, bad=False)
    write_rows(bad, rows, bad=True)
    write_rows(small, max(rows // 10, 1), bad=True)
    server = psutil.Process(int(next(folder.rglob("postmaster.pid")).read_text().split()[0]))
    plain = min((measured(server, lambda: copy_plain(good))[1] for _ in range(3)), key=lambda one: one.wall)
    clean, of_clean = measured(server, lambda: load_in_child(SOURCES[1], good))
    first, of_first = measured(server, lambda: load_in_child(SOURCES[0], bad))
    again, of_again = measured(server, lambda: load_in_child(SOURCES[0], bad))
    tenth, of_tenth = measured(server, lambda: load_in_child(SOURCES[0], small))
    # Last: a child process counts its parent's most memory as its own.
    peer = measured(server, lambda: _pandas(good))[1]
    print("                                                      clock   ratio   processors   ratio")
    for name, spent in (
        ("psql \\copy, typed table with the same key", plain),
        ("pandas: read_csv, COPY, the same key, no audit", peer),
        ("ours, a new part of good rows", clean.without_imports(of_clean)),
        ("ours, one row in a thousand set aside (aim 2.3)", first.without_imports(of_first)),
        ("ours, the same bytes again", again.without_imports(of_again)),
        ("ours, a tenth of the rows", tenth.without_imports(of_tenth)),
    ):
        print(f"{name:50} {spent.beside(plain)}")
    print(
        f"whole process with imports {of_first.wall:.1f} s; its peak memory beside imports {first.memory:.0f} MB, "
        f"of a tenth of the rows {tenth.memory:.0f} MB"
    )
    print(clean.report, first.report, again.report, sep="\n")


def measured(server: psutil.Process, work: Callable[[], Result]) -> tuple[Result, Spent]:
    """What a piece of work took here, in its child processes, and in the server and the connections that have ended."""

    def seconds() -> float:
        own = os.times()
        return float(sum(server.cpu_times()[:4]) + sum(own[:4]))

    cpu, start = seconds(), time.perf_counter()
    result = work()
    wall = time.perf_counter() - start
    time.sleep(0.5)  # until the server has seen the end of its connections
    return result, Spent(wall, seconds() - cpu)


def _pandas(path: Path) -> None:
    """The recipe of pandas' own manual for PostgreSQL: a table with the values as they are, audited by nobody."""
    import pandas as pd
    from sqlalchemy import create_engine

    from command_center.settings import settings

    engine = create_engine(settings().dsn("loader").replace("postgresql://", "postgresql+psycopg://", 1))
    frame = pd.read_csv(path, parse_dates=["tanggal", "waktu"])
    with engine.begin() as connection:
        frame.head(0).to_sql("pandas", connection, schema="stage", index=False, if_exists="replace")
        driver: Any = connection.connection.driver_connection
        cursor = driver.cursor()
        with cursor.copy("copy stage.pandas from stdin (format csv)") as copy:
            for start in range(0, len(frame), 50_000):
                copy.write(frame.iloc[start : start + 50_000].to_csv(index=False, header=False))
        cursor.execute("create unique index on stage.pandas (id)")
    engine.dispose()


def copy_plain(path: Path) -> None:
    from command_center.backup.pg_home import PACKAGE
    from command_center.database import connect
    from command_center.settings import settings

    dsn = settings().dsn("loader")
    login = os.environ | {"PGPASSWORD": settings().secret("cc_password_loader")}
    address = settings().warehouse_url.replace("//", "//cc_loader@", 1)
    with connect(dsn, autocommit=True) as connection:
        connection.execute("drop table if exists stage.plain")
        connection.execute(f"create table stage.plain ({TYPES})")
        connection.execute("create unique index on stage.plain (id)")
    subprocess.run(
        [
            PACKAGE / "pginstall" / "bin" / "psql",
            "-q",
            address,
            "-c",
            f"\\copy stage.plain from '{path}' (format csv, header true)",
        ],
        check=True,
        env=login,
    )


CHILD = """
import os, sys, time, hashlib, resource
from pathlib import Path
from command_center.declaration.registry import get_source
from command_center.extract.asking import Fetched, Window
from command_center.extract.isolated import Parser
from command_center.intake import quality
from command_center.intake.archiving import land
from command_center.intake.load import load
from command_center.intake.lock import exclusive
from command_center.settings import settings
path = Path(sys.argv[2])
source = get_source(sys.argv[1])
quality._datasource(settings().dsn("loader"))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
imports = time.process_time()
start = time.perf_counter()
with exclusive(source) as connection, Parser() as parser:
    digest = hashlib.file_digest(path.open("rb"), "sha256").hexdigest()
    fetched = Fetched("baris", path, digest, path.stat().st_size, "text/csv", str(path), settings().now())
    landed = land(connection, source, fetched, Window())
    outcome = load(connection, source, landed, parser, run_id="bench")[0]
seconds = time.perf_counter() - start
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(seconds, imports, peak - before, outcome.status, outcome.read, outcome.published, outcome.unchanged, outcome.quarantined, outcome.reason, sep="|", flush=True)
os._exit(0)  # to take down what was imported costs as much as an import, and no worker does it after each load
"""


@dataclass(frozen=True)
class Loaded:
    """What a loading process says of itself: seconds of work, processor seconds of its imports, MB beside them, and its batch."""

    seconds: float
    imports: float
    memory: float
    report: str

    def without_imports(self, whole: Spent) -> Spent:
        return Spent(self.seconds, whole.cpu - self.imports)


def load_in_child(source: str, path: Path) -> Loaded:
    done = subprocess.run(
        [sys.executable, "-c", CHILD, source, str(path)], check=False, capture_output=True, text=True, env=os.environ
    )
    if done.returncode != 0:
        raise ServiceError(f"The bench's loading process ended with {done.returncode}: {done.stderr.strip()[-800:]}")
    seconds, imports, memory, *rest = done.stdout.strip().splitlines()[-1].split("|")
    report = "status, read, published, unchanged, quarantined: " + ", ".join(rest)
    return Loaded(float(seconds), float(imports), float(memory), report)
