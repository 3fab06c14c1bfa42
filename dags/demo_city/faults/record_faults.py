"""Faults of tables for the agencies whose tables exist only as what they answer: CSV, workbooks and JSON."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from demo_city.answer import Answer
from demo_city.faults.spoil import Fault, with_csv
from demo_city.xlsx import saved

NEW_COLUMN = "Kolom Baru"
EVERY = 25  # faults of single rows: the first of so many
BY_THE_CLOCK = ("late", "frozen")  # the agency has already answered as of an earlier moment
Record = dict[str, Any]
COMMA_FOR_POINT = str.maketrans(",.", ".,")


@dataclass(frozen=True)
class Roles:
    """Which members of an agency's records the faults take. `known_by`: one of these is in every JSON record."""

    lost: frozenset[str]
    renamed: tuple[str, str]
    amount: str
    date: str = ""
    later: Callable[[Any], Any] = str
    region: str = ""
    spelled: str = ""
    spellings: tuple[tuple[str, str], ...] = ()
    known_by: frozenset[str] = frozenset()

    def has(self, kind: str) -> bool:
        """Whether a fault of rows can be shown in this agency's records."""
        needed = {"future_dates": self.date, "unknown_region": self.region, "old_spelling": self.spelled}
        return bool(needed.get(kind, True))


ROLES = {
    "bmkg": Roles(
        frozenset({"Magnitude"}),
        ("Kedalaman", "Kedalaman Gempa"),
        "Magnitude",
        date="DateTime",
        later=lambda text: f"{int(text[:4]) + 10}{text[4:]}",
        known_by=frozenset({"DateTime"}),
    ),
    "kpu": Roles(
        frozenset({"nama", "persen"}),
        ("progres", "progres_tps"),
        "persen",
        known_by=frozenset({"kode", "nomor_urut", "persen"}),
    ),
    "dukcapil": Roles(
        frozenset({"pria"}), ("jumlah_kk", "jumlah_keluarga"), "jumlah_penduduk", known_by=frozenset({"no_kec"})
    ),
    "bpbd": Roles(
        frozenset({"disaster_type"}),
        ("created_at", "tanggal"),
        "pkey",
        date="created_at",
        later=lambda text: f"{int(text[:4]) + 10}{text[4:]}",
        known_by=frozenset({"pkey"}),
    ),
    "damkar": Roles(
        frozenset({"Objek"}),
        ("Armada", "Jumlah Armada"),
        "Taksiran Kerugian",
        date="Tanggal",
        later=lambda text: f"{text[:-4]}{int(text[-4:]) + 10}",
        region="Kode Kelurahan",
        spelled="Tanggal",
        spellings=(("Februari", "Pebruari"), ("November", "Nopember")),
    ),
    "dinkes": Roles(
        frozenset({"Jumlah Kasus"}),
        ("Nama Penyakit", "Penyakit"),
        "Jumlah Kasus",
        date="Tahun",
        later=lambda year: year + 10,
        spelled="Nama Penyakit",
        spellings=(("Pnemonia", "Pneumonia"), ("Suspek Dengue", "Suspek DBD")),
    ),
}


def spoiled_records(source: str, answer: Answer, fault: Fault) -> Answer:
    """The answer of an agency with a fault of its table in it."""
    roles = ROLES[source]
    if fault.kind in BY_THE_CLOCK or not roles.has(fault.kind):
        return answer
    if answer.family == "csv":
        return with_csv(answer, lambda records: [change(record, at, fault, roles) for at, record in enumerate(records)])
    if answer.family == "xlsx":
        return _with_workbook(answer, fault, roles)
    return _with_json(answer, fault, roles) if answer.family == "json" else answer


def change(record: Record, at: int, fault: Fault, roles: Roles) -> Record:
    """One record with the fault; `at` is its place, counted from 0."""
    if fault.kind == "column_added":
        return record | {NEW_COLUMN: "isi"}
    if fault.kind == "column_lost":
        return {name: value for name, value in record.items() if name not in roles.lost}
    if fault.kind == "column_renamed":
        old, new = roles.renamed
        return {new if name == old else name: value for name, value in record.items()}
    changed = _value(record, at, fault.kind, roles)
    return record | {name: value for name, value in changed.items() if name in record}


def _value(record: Record, at: int, kind: str, roles: Roles) -> Record:
    """The members that a fault of values changes."""
    amount, day = record.get(roles.amount), record.get(roles.date)
    everywhere = {
        "column_retyped": {roles.amount: f"sekitar {amount}"},
        "decimal_style": {roles.amount: _other_style(amount)},
        "old_spelling": {roles.spelled: _respelled(str(record.get(roles.spelled)), roles)},
    }
    now_and_then = {
        "absurd_values": {roles.amount: _like(amount, -9_999_999)},
        "corrected": {roles.amount: _like(amount, 7)},
        "future_dates": {roles.date: roles.later(day) if day else day},
        "unknown_region": {roles.region: "13.71.12.1099"},
    }
    return everywhere.get(kind) or (now_and_then.get(kind, {}) if at % EVERY == 0 else {})


def _like(amount: Any, value: int) -> Any:
    """The value, written as the amount in whose place it stands."""
    if isinstance(amount, int | float):
        return value
    return f"{value:,.2f}".translate(COMMA_FOR_POINT) if "," in str(amount) or amount == "-" else f"{value}.0"


def _other_style(amount: Any) -> Any:
    text = str(amount)
    return text.translate(COMMA_FOR_POINT) if "," in text or "." in text else f"{text},0"


def _respelled(text: str, roles: Roles) -> str:
    for usual, old in roles.spellings:
        text = text.replace(usual, old)
    return text


def _with_workbook(answer: Answer, fault: Fault, roles: Roles) -> Answer:
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(answer.body))
    if roles.amount not in {cell.value for sheet in book.worksheets for cell in sheet[1]}:
        return answer  # another workbook of the same agency
    for sheet in book.worksheets:
        header, *rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
        records = [change(dict(zip(header, row, strict=True)), at, fault, roles) for at, row in enumerate(rows)]
        sheet.delete_rows(1, sheet.max_row)
        for line in [list(records[0]), *(list(record.values()) for record in records)]:
            sheet.append(line)
    return replace(answer, body=saved(book, book.properties.created))


def _with_json(answer: Answer, fault: Fault, roles: Roles) -> Answer:
    places = iter(range(1 << 30))

    def changed(found: Record) -> Record:
        if fault.kind == "column_lost":  # also where the member stands beside the records
            return change(found, 0, fault, roles)
        return change(found, next(places), fault, roles) if roles.known_by & found.keys() else found

    content = json.loads(answer.body, object_hook=changed)
    return replace(answer, body=json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode())
