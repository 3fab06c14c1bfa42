"""Reports of the city that `make serve` keeps up: what reading the mart and what setting the pages cost.

Every file of a report is made, with the workbook inside its PDF, one report after the other in this process.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from command_center.report.document import Document, Kind
from command_center.report.pdf import page_count
from command_center.report.preview import preview_document
from command_center.report.rendering import render_all
from command_center.wilayah import kecamatan_codes, wilayah

Result = TypeVar("Result")
WANTED_S: dict[Kind, float] = {"bulanan": 5, "lurah": 20}


@dataclass(frozen=True)
class Spent:
    wall_s: float
    cpu_s: float


@dataclass(frozen=True)
class Made:
    """How much paper and how many bytes came out."""

    pages: int
    megabytes: float


def bench_reports() -> int:
    """Print seconds and processor seconds of both halves, for the 11 kecamatan and for the 104 kelurahan."""
    codes: dict[Kind, Sequence[str]] = {
        "bulanan": kecamatan_codes(),
        "lurah": [area.kode for area in wilayah().values() if area.tingkat == "kelurahan"],
    }
    for kind, places in codes.items():
        documents, reading = measured(partial(read_all, kind, places))
        made, setting = measured(partial(set_all, documents))
        print(
            f"{kind}: {len(documents)} reports, {made.pages} pages, {made.megabytes:.1f} MB; read {reading.wall_s:.1f} s, "
            f"set {setting.wall_s:.1f} s ({setting.cpu_s:.1f} s of processor; wanted {WANTED_S[kind]:g} s), "
            f"set/read {setting.wall_s / reading.wall_s:.2f}"
        )
    return 0


def read_all(kind: Kind, places: Iterable[str]) -> list[Document]:
    return [preview_document(kind, kode, None) for kode in places]


def set_all(documents: Iterable[Document]) -> Made:
    pages = size = 0
    for rendered in render_all(documents):
        pages += page_count(rendered.pdf)
        size += len(rendered.pdf) + len(rendered.html) + len(rendered.xlsx)
    return Made(pages, size / 1e6)


def measured(work: Callable[[], Result]) -> tuple[Result, Spent]:
    wall, cpu = time.perf_counter(), time.process_time()
    result = work()
    return result, Spent(time.perf_counter() - wall, time.process_time() - cpu)
