"""The headers that people give the columns of the practice table in files."""

from __future__ import annotations

TITLES = {
    "kode_kelurahan": "Kode Kelurahan",
    "nama_kelurahan": "Kelurahan",
    "berat_kg": "Berat (kg)",
    "berat_netto_kg": "Berat Netto (kg)",
    "biaya_rp": "Biaya (Rp)",
}
# Columns that stand under a common header where the format can merge cells.
GROUPS = {
    "kode_kelurahan": ("Kelurahan", "Kode"),
    "nama_kelurahan": ("Kelurahan", "Nama"),
    "jenis": ("Muatan", "Jenis"),
    "berat_kg": ("Muatan", "Berat (kg)"),
    "berat_netto_kg": ("Muatan", "Berat Netto (kg)"),
}


def title(column: str) -> str:
    return TITLES.get(column) or column.replace("_", " ").title()


def grouped(columns: tuple[str, ...]) -> list[tuple[str, str]]:
    """Upper and lower header of each column; the lower one is empty where the upper one stands over both rows."""
    return [GROUPS.get(column) or (title(column), "") for column in columns]


def spans(columns: tuple[str, ...]) -> list[tuple[int, int]]:
    """First place and width of each upper header; neighbours in one group share it."""
    headers = grouped(columns)
    found: list[tuple[int, int]] = []
    for place, (upper, lower) in enumerate(headers):
        if lower and found and headers[place - 1][0] == upper:
            first, width = found.pop()
            found.append((first, width + 1))
        else:
            found.append((place, 1))
    return found
