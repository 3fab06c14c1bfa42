"""Plots of the synthetic city as it arrived in the warehouse: `make plots` after a run; docs/synthetic-city.md shows them.

Each panel is one query that returns x, series and y.
"""

from __future__ import annotations

import argparse
import itertools
import math
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import matplotlib as mpl
from command_center.database import Connection, connect
from command_center.errors import CommandCenterError, ServiceError
from command_center.idformat import format_number
from command_center.paths import ROOT
from command_center.settings import settings
from matplotlib import dates as mdates
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from demo_city.plots.queries import PAGES, Page, Panel

COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#7A7A7A", "#B8A900")  # told apart by all
DASHES: tuple[Any, ...] = ("-", "--", "-.", ":", (0, (5, 1)), (0, (3, 1, 1, 1)), (0, (1, 1)), (0, (8, 2)))
MOST_SERIES = len(COLOURS)
OTHERS, NONE = "lainnya", "none"
PANEL_INCHES = (9.0, 2.9)
DPI = 80


@dataclass(frozen=True)
class Lines:
    """What a panel's query returned: y by series, then by x."""

    xs: list[Any]
    ys: dict[str, list[float]]


def ask(connection: Connection, panel: Panel) -> Lines:
    """Run a panel's query. Raises ServiceError when it returns nothing."""
    rows = connection.execute(panel.sql.encode()).fetchall()
    connection.rollback()
    if not rows:
        raise ServiceError(f"The plot {panel.title!r} has no rows; fill the warehouse first with `make run`.")
    found = dict.fromkeys(row[0] for row in rows)
    xs: list[Any] = list(found) if panel.kind == "ranks" else sorted(found)
    rows = [row for row in rows if row[1] != NONE]
    totals: dict[str, float] = {}
    for _, series, y in rows:
        totals[str(series)] = totals.get(str(series), 0.0) + float(str(y or 0))
    kept = sorted(totals, key=lambda name: -totals[name])[:MOST_SERIES]
    if len(totals) > MOST_SERIES:
        kept[-1] = OTHERS
    missing = 0.0 if panel.kind == "stack" else float("nan")
    ys = {name: [missing] * len(xs) for name in kept}
    place = {x: number for number, x in enumerate(xs)}
    for x, series, y in rows:
        name = str(series) if str(series) in ys else OTHERS
        before = ys[name][place[x]]
        ys[name][place[x]] = float(str(y or 0)) + (0.0 if math.isnan(before) else before)
    return Lines(list(xs), dict(sorted(ys.items())) if panel.kind == "lines" else ys)


def draw_stack(axes: Axes, lines: Lines, panel: Panel) -> None:
    below = [0.0] * len(lines.xs)
    width = _width(lines.xs)
    for (name, ys), colour in zip(lines.ys.items(), COLOURS, strict=False):
        axes.bar(lines.xs, ys, width, bottom=below, label=name, color=colour, edgecolor="white", linewidth=0.3)
        below = [one + other for one, other in zip(below, ys, strict=True)]


def _width(xs: Sequence[Any]) -> float:
    """Nine tenths of the narrowest step; matplotlib counts time in days."""
    if len(xs) < 2:
        return 0.9
    steps = [
        mdates.date2num(b) - mdates.date2num(a) if isinstance(a, date) else b - a for a, b in itertools.pairwise(xs)
    ]
    return 0.9 * float(min(steps))


def draw_lines(axes: Axes, lines: Lines, panel: Panel) -> None:
    for (name, ys), colour, dash in zip(lines.ys.items(), COLOURS, DASHES, strict=False):
        axes.plot(lines.xs, ys, label=name, color=colour, linestyle=dash, linewidth=1.5)


def draw_ranks(axes: Axes, lines: Lines, panel: Panel) -> None:
    below = [0.0] * len(lines.xs)
    places = list(range(len(lines.xs)))
    for (name, ys), colour in zip(lines.ys.items(), COLOURS, strict=False):
        filled = [0.0 if math.isnan(y) else y for y in ys]
        axes.barh(places, filled, 0.8, left=below, label=name, color=colour, edgecolor="white", linewidth=0.3)
        below = [one + other for one, other in zip(below, filled, strict=True)]
    axes.set_yticks(places, [str(x) for x in lines.xs])
    axes.invert_yaxis()


def draw_points(axes: Axes, lines: Lines, panel: Panel) -> None:
    for (name, ys), colour, mark in zip(lines.ys.items(), COLOURS, "o^sDvP*X", strict=False):
        axes.plot(lines.xs, ys, mark, label=name, color=colour, markersize=3.5, alpha=0.8)


DRAW: dict[str, Callable[[Axes, Lines, Panel], None]] = {
    "stack": draw_stack,
    "lines": draw_lines,
    "ranks": draw_ranks,
    "points": draw_points,
}


def draw_panel(axes: Axes, lines: Lines, panel: Panel) -> None:
    DRAW[panel.kind](axes, lines, panel)
    axes.set_title(panel.title, loc="left", fontsize=10)
    values = axes.xaxis if panel.kind == "ranks" else axes.yaxis
    values.set_major_formatter(FuncFormatter(_written))
    (axes.set_xlabel if panel.kind == "ranks" else axes.set_ylabel)(panel.unit, fontsize=8)
    if panel.kind != "ranks" and lines.xs and isinstance(lines.xs[0], date):
        locator = mdates.AutoDateLocator(minticks=5, maxticks=14)
        axes.xaxis.set_major_locator(locator)
        axes.xaxis.set_major_formatter(mdates.ConciseDateFormatter(locator))
    if panel.from_zero:
        (axes.set_xlim if panel.kind == "ranks" else axes.set_ylim)(0)
    axes.tick_params(labelsize=8)
    axes.grid(axis="x" if panel.kind == "ranks" else "y", color="#dddddd", linewidth=0.6)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    if len(lines.ys) > 1:
        axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), fontsize=7.5, frameon=False)


def _written(value: float, _: object) -> str:
    decimals = 0 if value == int(value) else 1 if abs(value) >= 1 else 2
    return format_number(value, decimals)


def draw_page(connection: Connection, page: Page, folder: Path) -> Path:
    """One image with the panels of a page below each other; its path."""
    width, height = PANEL_INCHES
    figure = Figure(figsize=(width, height * len(page.panels) + 0.5), layout="constrained")
    figure.suptitle(f"{page.title}  ·  {page.label}", x=0.01, ha="left", fontsize=12, fontweight="bold")
    grid = figure.subplots(len(page.panels), 1, squeeze=False, sharex=page.shares_x)
    for axes, panel in zip(grid[:, 0], page.panels, strict=True):
        draw_panel(axes, ask(connection, panel), panel)
    path = folder / f"{page.name}.png"
    figure.savefig(path, dpi=DPI, metadata={"Software": None})
    return path


def draw_all(folder: Path, names: Sequence[str] = ()) -> list[Path]:
    """Every page, or those named; progress is printed."""
    mpl.use("agg")
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    with connect(settings().dsn("loader")) as connection:
        connection.execute("set timezone to 'Asia/Jakarta'")
        connection.commit()
        for page in PAGES:
            if not names or page.name in names:
                began = datetime.now()
                paths.append(draw_page(connection, page, folder))
                print(f"{paths[-1].name} drawn in {(datetime.now() - began).total_seconds():.1f} s", flush=True)
    return paths


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m demo_city.plots.draw", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="PAGE", help=", ".join(page.name for page in PAGES))
    parser.add_argument("--folder", type=Path, default=ROOT / "docs" / "synthetic-city")
    options = parser.parse_args(argv)
    try:
        draw_all(options.folder, options.names)
    except CommandCenterError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
