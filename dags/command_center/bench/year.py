"""A year of traffic counts, month by month through the real loader, against psql \\copy of the same files.

Shows whether the loader stays flat in memory, and whether a month costs the same when the table is large.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from command_center.errors import ServiceError

SOURCE, TABLE, YEAR, SEED = "dishub_hitung", "hitungan", 2025, 1371
ALL = 36  # junctions: five million rows a year
TYPES = (
    "mulai timestamptz, simpang text, arah text, sm bigint, mp bigint, ks bigint, kb bigint, ktb bigint, "
    "kecepatan numeric"
)
CHILD = """
import hashlib, resource, sys, time
from pathlib import Path
from command_center.declaration.registry import get_source
from command_center.extract.asking import Fetched, Window
from command_center.extract.isolated import Parser
from command_center.intake import quality
from command_center.intake.archiving import land
from command_center.intake.load import load
from command_center.intake.lock import exclusive
from command_center.settings import settings
source = get_source("dishub_hitung")
request = next(request for request in source.requests if request.files)
quality._datasource(settings().dsn("loader"))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
for name in sys.argv[1:]:
    path = Path(name)
    start = time.perf_counter()
    with exclusive(source) as connection, Parser() as parser:
        digest = hashlib.file_digest(path.open("rb"), "sha256").hexdigest()
        fetched = Fetched(path.stem[:14], path, digest, path.stat().st_size, "text/csv", name, settings().now(), request=request.part, known={"bulan": path.stem[7:14]})
        outcome = load(connection, source, land(connection, source, fetched, Window()), parser, run_id="bench")[0]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 - before
    print(path.stem, time.perf_counter() - start, peak, outcome.status, outcome.read, outcome.published, outcome.quarantined, outcome.reason, sep="|", flush=True)
"""


def bench_year(months: int = 12) -> int:
    """Print seconds and memory of each month, and the ratio of all of them."""
    from command_center.local.cluster import temporary_cluster
    from command_center.settings import settings
    from command_center.warehouse.bootstrap import bootstrap

    with temporary_cluster(is_durable=True) as environment:
        bootstrap(settings())
        folder = Path(environment["CC_VAR_DIR"])
        files = [write_month(folder, month) for month in range(1, months + 1)]
        plain = _copy_seconds(files)
        _report(files, plain)
        _report_newest(folder, months)
    return 0


def write_month(folder: Path, month: int, without: int = 0) -> Path:
    """The file of a month, with its last days left out; the demo city makes it in a process of its own."""
    path = folder / f"hitung_{YEAR}-{month:02}{'_kurang' if without else ''}.csv"
    first = f"{YEAR}-{month:02}-01"
    arguments = ["--month", first, "--without", str(without), "--seed", str(SEED), "--junctions", str(ALL)]
    with path.open("wb") as file:
        subprocess.run([sys.executable, "-m", "demo_city.agencies.dishub", *arguments], stdout=file, check=True)
    return path


def _report(files: list[Path], plain: float) -> None:
    done = _load(files)
    seconds = [float(line[1]) for line in done]
    rows, size = sum(int(line[4]) for line in done), sum(path.stat().st_size for path in files)
    if {line[3] for line in done} != {"published"}:
        raise ServiceError(f"A month of the bench was not published: {done}.")
    spent = sum(seconds)
    print(f"Dishub's year: {rows} rows in {len(files)} months, {size / 2**20:.0f} MB, {os.cpu_count()} cores")
    print(f"  psql \\copy, typed table with the same key:   {plain:7.2f} s   1.00")
    print(f"  bytes to published, without imports:         {spent:7.2f} s   {spent / plain:4.2f}   (target 4, aim 3)")
    print(f"  seconds for a million rows:                  {spent / rows * 1e6:7.2f}")
    print(f"  first month {seconds[0]:.2f} s, last month {seconds[-1]:.2f} s")
    print(
        f"  peak memory of the client beside its imports: {float(done[-1][2]):6.0f} MB; after one month {float(done[0][2]):.0f} MB"
    )


def _report_newest(folder: Path, months: int) -> None:
    """The running month once more with fewer days, and then whole: a day of it is taken away and comes back."""
    shorter, whole = write_month(folder, months, without=1), folder / f"hitung_{YEAR}-{months:02}.csv"
    less, more = _load([shorter, whole])
    day = f"{more[5]} rows of {more[4]} written"
    print(f"  a month without its last day {float(less[1]):.2f} s, with it again {float(more[1]):.2f} s ({day})")


def _load(files: list[Path]) -> list[list[str]]:
    """One line of figures for each file, from a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", CHILD, *map(str, files)], check=False, capture_output=True, text=True, env=os.environ
    )
    if done.returncode != 0:
        raise ServiceError(f"The bench's loading process ended with {done.returncode}: {done.stderr.strip()[-800:]}")
    return [line.split("|") for line in done.stdout.splitlines() if line.startswith("hitung_")]


def _copy_seconds(files: list[Path]) -> float:
    from command_center.backup.pg_home import PACKAGE
    from command_center.database import connect
    from command_center.settings import settings

    login = os.environ | {"PGPASSWORD": settings().secret("cc_password_loader")}
    address = settings().warehouse_url.replace("//", "//cc_loader@", 1)
    with connect(settings().dsn("loader"), autocommit=True) as connection:
        connection.execute("drop table if exists stage.plain")
        connection.execute(f"create table stage.plain ({TYPES})")
        connection.execute("create unique index on stage.plain (mulai, simpang, arah)")
    copies = [f"\\copy stage.plain from '{path}' (format csv, header true)" for path in files]
    start = time.perf_counter()
    psql = PACKAGE / "pginstall" / "bin" / "psql"
    subprocess.run([psql, "-q", address, *(part for copy in copies for part in ("-c", copy))], check=True, env=login)
    return time.perf_counter() - start
