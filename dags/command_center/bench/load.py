"""Performance, as ratios of things run side by side on this machine; nothing here is a test."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import textwrap
import time
from pathlib import Path

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
    volume: {min: 1, max: 100000000}
    columns:
      - {name: id, source: id, type: integer, required: true, classification: publik, description: Nomor}
      - {name: kode, source: kode, required: true, classification: publik, description: Kode}
      - {name: tanggal, source: tanggal, type: date, required: true, classification: publik, description: Tanggal}
      - {name: waktu_at, source: waktu, type: timestamptz, classification: publik, description: Waktu}
      - {name: jumlah, source: jumlah, type: integer, classification: publik, description: Jumlah}
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


def bench(rows: int = 1_000_000) -> int:
    """Print the ratios of DESIGN's table that this step can measure."""
    from command_center.local.cluster import temporary_cluster

    _bench_dags()
    with temporary_cluster(is_durable=True) as environment:
        folder = Path(environment["CC_VAR_DIR"])
        print(f"{rows} rows, {os.cpu_count()} cores; every ratio is against psql \\copy of the same rows in this run.")
        _declare(folder)
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


def _declare(folder: Path) -> None:
    from command_center.settings import settings
    from command_center.warehouse.bootstrap import bootstrap

    for name, text in (("sources", DECLARATION), ("expectations", EXPECTATIONS)):
        (folder / name).mkdir()
        (folder / name / "bench_baris.yml").write_text(textwrap.dedent(text))
        os.environ[f"CC_{name.upper()}_DIR"] = str(folder / name)
    settings.cache_clear()
    bootstrap(settings())


def _bench_load(folder: Path, rows: int) -> None:
    good, bad = folder / "good.csv", folder / "bad.csv"
    write_rows(good, rows, bad=False)
    write_rows(bad, rows, bad=True)
    plain = min(_copy_seconds(good) for _ in range(3))
    whole, work, memory, report = _load_in_child(bad)
    _, again, _, report_again = _load_in_child(bad)
    small = folder / "small.csv"
    write_rows(small, max(rows // 10, 1), bad=True)
    _, _, memory_small, _ = _load_in_child(small)
    print(f"psql \\copy, typed table with the same key:        {plain:6.2f} s   1.00")
    print(f"bytes to published, without imports:              {work:6.2f} s   {work / plain:4.2f}   (target 4, aim 3)")
    print(f"bytes to published, whole process with imports:   {whole:6.2f} s   {whole / plain:4.2f}")
    print(f"the same bytes again (unchanged), without imports: {again:5.2f} s")
    print(
        f"peak memory of the loading process beside its imports: {memory:.0f} MB; of a tenth of the rows: {memory_small:.0f} MB"
    )
    print(report, report_again, sep="\n")


def _copy_seconds(path: Path) -> float:
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
    start = time.perf_counter()
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
    return time.perf_counter() - start


CHILD = """
import sys, time, hashlib, resource
from pathlib import Path
from command_center.declaration.registry import get_source
from command_center.extract.asking import Fetched, Window
from command_center.extract.isolated import Parser
from command_center.intake import quality
from command_center.intake.archiving import land
from command_center.intake.load import load
from command_center.intake.lock import exclusive
from command_center.settings import settings
path = Path(sys.argv[1])
source = get_source("bench_baris")
quality._datasource(settings().dsn("loader"))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
start = time.perf_counter()
with exclusive(source) as connection, Parser() as parser:
    digest = hashlib.file_digest(path.open("rb"), "sha256").hexdigest()
    fetched = Fetched("baris", path, digest, path.stat().st_size, "text/csv", str(path), settings().now())
    landed = land(connection, source, fetched, Window())
    outcome = load(connection, source, landed, parser, run_id="bench")[0]
seconds = time.perf_counter() - start
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(seconds, peak - before, outcome.status, outcome.read, outcome.published, outcome.unchanged, outcome.quarantined, outcome.reason, sep="|")
"""


def _load_in_child(path: Path) -> tuple[float, float, float, str]:
    """Seconds of the whole process, seconds of work, MB beside imports, and what became of the batch."""
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(path)], check=False, capture_output=True, text=True, env=os.environ
    )
    whole = time.perf_counter() - start
    if done.returncode != 0:
        raise ServiceError(f"The bench's loading process ended with {done.returncode}: {done.stderr.strip()[-800:]}")
    work, memory, *rest = done.stdout.strip().splitlines()[-1].split("|")
    return whole, float(work), float(memory), "status, read, published, unchanged, quarantined: " + ", ".join(rest)
