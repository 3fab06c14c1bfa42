"""The made-up agency of docs/adding-a-source.md: its files from the page's own text, and its workbook."""

from __future__ import annotations

import re
from pathlib import Path

import openpyxl
from command_center.paths import ROOT

GUIDE = (ROOT / "docs" / "adding-a-source.md").read_text(encoding="utf-8")
KECAMATAN = [
    *("Bungus Teluk Kabung", "Lubuk Kilangan", "Lubuk Begalung", "Padang Selatan", "Padang Timur", "Padang Barat"),
    *("Padang Utara", "Nanggalo", "Kuranji", "Pauh", "Koto Tangah"),
]


def blocks() -> list[str]:
    """Every block of code in YAML or SQL."""
    return re.findall(r"```(?:yaml|sql)\n(.*?)```", GUIDE, re.DOTALL)


def files() -> dict[str, str]:
    """The files of the example by their path, which stands in the first line of their block."""
    found = {}
    for block in blocks():
        first, _, rest = block.partition("\n")
        path = re.fullmatch(r"(?:#|--) (\S+/\S+)", first)
        if path is not None:
            found[path.group(1)] = rest
    return found


def write_files(root: Path) -> None:
    for path, text in files().items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")


def workbook(file: Path, *, month: str = "Oktober 2026", ugly: str = "tidak ditimbang") -> Path:
    """The sheet that the guide shows: merged headers over two rows, the month in B2, a total row, one ugly cell."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for cell, value in {"A1": "LAPORAN SAMPAH DIANGKUT", "A2": "Bulan", "B2": month, "A4": "Kecamatan"}.items():
        sheet[cell] = value
    sheet["B4"], sheet["B5"], sheet["C5"] = "Sampah (ton)", "Organik", "Anorganik"
    for merged in ("A1:C1", "A4:A5", "B4:C4"):
        sheet.merge_cells(merged)
    for number, name in enumerate(KECAMATAN):
        sheet.append([name, f"1.23{number % 10},5{number % 10}", ugly if number == 7 else f"{70 + number},9"])
    sheet.append(["JUMLAH", "13.480,10", "912,4"])
    file.parent.mkdir(parents=True, exist_ok=True)
    book.save(file)
    return file
