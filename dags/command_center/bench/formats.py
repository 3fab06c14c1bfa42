"""The same rows as CSV, JSON and xlsx, a tenth and all of them, against psql's copy: what a format costs, and how it grows.

A workbook has no more than 1,048,576 rows, so what is more is measured as CSV and JSON only.
"""

from __future__ import annotations

import csv
import json
import os
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import xlsxwriter

from command_center.bench.load import DECLARATION, EXPECTATIONS, Spent, copy_plain, load_in_child, measured, write_rows
from command_center.errors import ServiceError

MOST_OF_A_SHEET = 1_048_575  # below its header
KINDS = {"csv": "csv", "json": "http_json", "xlsx": "xlsx"}
NUMBERS = {"id", "jumlah", "nilai", "persen"}


@dataclass(frozen=True)
class Measure:
    """One load: its format, rows, and what it took beside the copy of the same rows."""

    way: str
    rows: int
    spent: Spent
    plain: Spent
    memory: float = 0.0

    @property
    def line(self) -> str:
        return f"{self.way:6} {self.rows:>9}   {self.spent.beside(self.plain)}   {self.memory:5.0f} MB"


def bench_formats(rows: int = 1_000_000, plot: Path | None = None) -> int:
    """Print a line for each format and size, and how the seconds grow with ten times the rows; draw them into `plot`."""
    from command_center.local.cluster import temporary_cluster

    with temporary_cluster(is_durable=True) as environment:
        folder = Path(environment["CC_VAR_DIR"])
        _declare(folder)
        server = psutil.Process(int(next(folder.rglob("postmaster.pid")).read_text().split()[0]))
        found = []
        print("format      rows      clock   ratio   processors   ratio   memory beside imports")
        for count in (max(rows // 10, 1), rows):
            for one in _measures(folder, count, server):
                found.append(one)
                print(one.line, flush=True)
    for way in dict.fromkeys(one.way for one in found):
        sizes = [one for one in found if one.way == way]
        if len(sizes) == 2:
            small, large = sizes
            print(f"{way}: {large.spent.wall / small.spent.wall:.1f} times the seconds for ten times the rows")
    if plot:
        _draw(found, plot)
    return 0


def _declare(folder: Path) -> None:
    from command_center.settings import settings
    from command_center.warehouse.bootstrap import bootstrap

    for name in ("sources", "expectations"):
        (folder / name).mkdir()
        os.environ[f"CC_{name.upper()}_DIR"] = str(folder / name)
    for way, kind in KINDS.items():
        declared = textwrap.dedent(DECLARATION).replace("kind: csv", f"kind: {kind}")
        (folder / "sources" / f"bench_{way}.yml").write_text(declared.replace("bench_baris", f"bench_{way}"))
        (folder / "expectations" / f"bench_{way}.yml").write_text(textwrap.dedent(EXPECTATIONS))
    settings.cache_clear()
    bootstrap(settings())


def _measures(folder: Path, rows: int, server: psutil.Process) -> Iterator[Measure]:
    """psql's copy first; the best of three, for it is what all others are held against."""
    file = folder / f"{rows}.csv"
    write_rows(file, rows, bad=False)
    plain = min((measured(server, lambda: copy_plain(file))[1] for _ in range(3)), key=lambda one: one.wall)
    yield Measure("copy", rows, plain, plain)
    for way, write in WRITERS.items():
        if way == "xlsx" and rows > MOST_OF_A_SHEET:
            continue
        made = write(file)
        loaded, whole = measured(server, lambda way=way, made=made: load_in_child(f"bench_{way}", made))  # type: ignore[misc]
        if "published" not in loaded.report:
            raise ServiceError(f"The bench's {made.name} was not published: {loaded.report}.")
        yield Measure(way, rows, loaded.without_imports(whole), plain, loaded.memory)
        if made != file:
            made.unlink()


def _read(file: Path) -> Iterator[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as opened:
        yield from csv.DictReader(opened)


def _typed(name: str, text: str) -> object:
    return json.loads(text) if name in NUMBERS or name == "sah" else text


def _json(file: Path) -> Path:
    """An array of objects, numbers and truths as JSON has them."""
    made = file.with_suffix(".json")
    with made.open("w", encoding="utf-8") as written:
        for number, row in enumerate(_read(file)):
            written.write(",\n" if number else "[\n")
            written.write(json.dumps({name: _typed(name, text) for name, text in row.items()}))
        written.write("\n]\n")
    return made


def _xlsx(file: Path) -> Path:
    """One worksheet; numbers as numbers, all else as text."""
    made = file.with_suffix(".xlsx")
    with xlsxwriter.Workbook(made, {"constant_memory": True, "strings_to_urls": False}) as workbook:
        sheet = workbook.add_worksheet("baris")
        for number, row in enumerate(_read(file), 1):
            if number == 1:
                sheet.write_row(0, 0, list(row))
            sheet.write_row(number, 0, [_typed(name, text) if name in NUMBERS else text for name, text in row.items()])
    return made


WRITERS: dict[str, Callable[[Path], Path]] = {"csv": lambda file: file, "json": _json, "xlsx": _xlsx}


def _draw(found: list[Measure], path: Path) -> None:
    """Seconds over rows, both by powers of ten: a straight line of slope one grows as the rows do."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7.0, 4.0), layout="constrained")
    axes = figure.add_subplot()
    for (way, marker), dashes in zip(
        (("copy", "o"), ("csv", "s"), ("json", "^"), ("xlsx", "D")), ("-", "--", "-.", ":"), strict=True
    ):
        points = [(one.rows, one.spent.wall) for one in found if one.way == way]
        if points:
            axes.plot(
                *zip(*points, strict=True),
                marker=marker,
                linestyle=dashes,
                label="psql \\copy" if way == "copy" else way,
            )
    axes.set(
        xscale="log",
        yscale="log",
        xlabel="rows",
        ylabel="seconds",
        title="Loading, against psql's copy of the same rows",
    )
    axes.grid(visible=True, which="both", alpha=0.3)
    axes.legend()
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=100)
