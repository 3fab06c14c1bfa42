"""Indonesian numbers, dates and texts; the texts are in messages_id.json, English to Indonesian."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

MESSAGES = Path(__file__).resolve().parent / "messages_id.json"

# As in command_center/idformat.py, which Superset's environment cannot import; a test holds the two together.
DAYS = ("Minggu", "Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu")
MONTHS = (
    *("Januari", "Februari", "Maret", "April", "Mei", "Juni"),
    *("Juli", "Agustus", "September", "Oktober", "November", "Desember"),
)
LANGUAGES = {"id": {"flag": "id", "name": "Bahasa Indonesia"}}
D3_FORMAT = {"decimal": ",", "thousands": ".", "grouping": [3], "currency": ["Rp", ""], "minus": "−"}
D3_TIME_FORMAT = {
    "dateTime": "%A, %-d %B %Y %H.%M",
    "date": "%-d/%-m/%Y",
    "time": "%H.%M",
    "periods": ["", ""],
    "days": list(DAYS),
    "shortDays": [day[:3] for day in DAYS],
    "months": list(MONTHS),
    "shortMonths": [month[:3] for month in MONTHS],
}


@cache
def messages() -> dict[str, str]:
    texts: dict[str, str] = json.loads(MESSAGES.read_text(encoding="utf-8"))
    return texts


def indonesian_menu(menu_data: dict[str, Any]) -> dict[str, Any]:
    """The menu with its labels translated."""
    parts = {key: [translated(entry) for entry in menu_data.get(key) or []] for key in ("menu", "settings")}
    return menu_data | parts


def translated(entry: Any) -> Any:
    if not isinstance(entry, dict):
        return entry
    label = {"label": messages().get(str(entry["label"]), str(entry["label"]))} if "label" in entry else {}
    children = {"childs": [translated(child) for child in entry["childs"]]} if entry.get("childs") else {}
    return entry | label | children
