"""The same rows by tools of others, none of which audits anything: dlt in two ways; Sling and ingestr where they are installed.

dlt has an environment of its own (`.venv-peers`), for what it needs would bind our versions. The packages of Sling and ingestr
hold no program: they fetch it when they are first called, so this bench calls only programs that are there.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import psutil

from command_center.bench.load import SOURCES, copy_plain, declare, load_in_child, measured, write_rows
from command_center.errors import ServiceError
from command_center.paths import ROOT

DLT = """
import csv, sys
import dlt
from pyarrow import Table
from pyarrow.csv import open_csv
way, path, dsn, folder = sys.argv[1:]

def as_arrow():
    with open_csv(path) as batches:
        for batch in batches:
            yield Table.from_batches([batch])

def as_rows():
    with open(path, newline="") as file:
        yield from csv.DictReader(file)

destination = dlt.destinations.postgres(dsn)
pipeline = dlt.pipeline("bench_" + way, destination=destination, dataset_name="bench_" + way, pipelines_dir=folder)
rows = dlt.resource(as_arrow if way == "arrow" else as_rows, name="baris", write_disposition="replace")
pipeline.run(rows(), loader_file_format="parquet" if way == "arrow" else None).raise_on_failed_jobs()
"""


def bench_peers(rows: int = 1_000_000) -> int:
    """Print the ratios against psql's copy of the same rows. Raises ServiceError where dlt is missing or does not load."""
    from command_center.local.cluster import temporary_cluster

    with temporary_cluster(is_durable=True) as environment:
        folder = Path(environment["CC_VAR_DIR"])
        declare(folder)
        file = folder / "good.csv"
        write_rows(file, rows, bad=False)
        server = psutil.Process(int(next(folder.rglob("postmaster.pid")).read_text().split()[0]))
        _, plain = measured(server, lambda: copy_plain(file))
        own, of_own = measured(server, lambda: load_in_child(SOURCES[1], file))
        print(f"{rows} good rows                                  clock   ratio   processors   ratio")
        print(f"{'psql copy, typed table with the same key':45} {plain.beside(plain)}")
        print(f"{'ours: audited, archived, published':45} {own.without_imports(of_own).beside(plain)}")
        for name, work in _peers(file, folder):
            _, took = measured(server, work)
            print(f"{name:45} {took.beside(plain)}", flush=True)
    return 0


def _peers(file: Path, folder: Path) -> Iterator[tuple[str, Callable[[], None]]]:
    from command_center.settings import settings

    dsn = settings().dsn("admin")
    yield "dlt: Arrow and Parquet, whole process", lambda: _dlt("arrow", file, dsn, folder)
    yield "dlt: rows, as it comes, whole process", lambda: _dlt("rows", file, dsn, folder)
    into = {"PEER": dsn}
    programs = {
        "sling": ["run", "--src-stream", file.as_uri(), "--tgt-conn", "PEER", "--tgt-object", "stage.sling"],
        "ingestr": [
            *("ingest", "--yes", "--source-uri", f"csv://{file}", "--source-table", "baris"),
            *("--dest-uri", dsn, "--dest-table", "stage.ingestr"),
        ],
    }
    for name, arguments in programs.items():
        program = shutil.which(name)
        if program is None:
            print(f"{name}: not measured, there is no such program on the path")
        else:
            yield f"{name}, whole process", partial(_run, [program, *arguments], into)


def _dlt(way: str, file: Path, dsn: str, folder: Path) -> None:
    python = Path(os.environ.get("CC_PEERS_PYTHON", ROOT / ".venv-peers" / "bin" / "python"))
    if not python.exists():
        raise ServiceError(f"There is no {python}; `make bench ONLY=peers` installs it.")
    quiet = {"RUNTIME__DLTHUB_TELEMETRY": "false", "RUNTIME__LOG_LEVEL": "ERROR"}
    _run([str(python), "-c", DLT, way, str(file), dsn, str(folder / "dlt")], quiet)


def _run(argv: list[str], told: dict[str, str]) -> None:
    done = subprocess.run(argv, env=os.environ | told, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise ServiceError(f"{Path(argv[0]).name} ended with {done.returncode}: {done.stderr.strip()[-800:]}")
