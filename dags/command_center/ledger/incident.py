"""Breaches of personal data: ops.insiden, and what was noted of each. UU 27/2022, Pasal 46: a written notice within 3 x 24 hours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from command_center.database import Connection, all_rows, has_row, one_value
from command_center.ledger import trail
from command_center.personal import masked

LIMIT = timedelta(hours=72)
Step = Literal["catatan", "lapor", "tutup"]


@dataclass(frozen=True)
class Incident:
    """One breach; its clock runs from the moment at which it became known until it is reported."""

    insiden_id: int
    uraian: str
    data_terdampak: str
    diketahui_at: datetime
    batas_at: datetime
    jabatan: str
    dilaporkan_at: datetime | None
    ditutup_at: datetime | None


@dataclass(frozen=True)
class Note:
    """What was done about an incident."""

    insiden_id: int
    jenis: str
    jabatan: str
    isi: str
    created_at: datetime


def open_one(connection: Connection, *, jabatan: str, uraian: str, data: str, known_at: datetime) -> int:
    """Enter a breach; the clock began when it became known."""
    number = one_value(
        connection,
        int,
        "insert into ops.insiden (uraian, data_terdampak, diketahui_at, batas_at, jabatan) values (%s, %s, %s, %s, %s) "
        "returning insiden_id",
        [masked(uraian), masked(data), known_at, known_at + LIMIT, jabatan],
    )
    what = {
        "langkah": "buka",
        "uraian": masked(uraian),
        "data_terdampak": masked(data),
        "diketahui_at": known_at.isoformat(),
    }
    trail.record(connection, "insiden", f"insiden {number}", jabatan, what)
    return number


def add(connection: Connection, number: int, step: Step, *, jabatan: str, isi: str, at: datetime) -> None:
    """Note what was done; `lapor` ends the clock, `tutup` the incident."""
    connection.execute(
        "insert into ops.insiden_catatan (insiden_id, jenis, jabatan, isi) values (%s, %s, %s, %s)",
        [number, step, jabatan, masked(isi)],
    )
    ended = {"lapor": "dilaporkan_at", "tutup": "ditutup_at"}.get(step)
    if ended is not None:
        connection.execute(
            f"update ops.insiden set {ended} = %s where insiden_id = %s and {ended} is null", [at, number]
        )
    what = {"langkah": step, "isi": masked(isi), "saat": at.isoformat()}
    trail.record(connection, "insiden", f"insiden {number}", jabatan, what)


def every(connection: Connection, *, only_open: bool = False) -> list[Incident]:
    columns = ", ".join(Incident.__dataclass_fields__)
    where = "where ditutup_at is null" if only_open else ""
    return all_rows(connection, Incident, f"select {columns} from ops.insiden {where} order by insiden_id")


def notes(connection: Connection) -> list[Note]:
    columns = ", ".join(Note.__dataclass_fields__)
    return all_rows(connection, Note, f"select {columns} from ops.insiden_catatan order by catatan_id")


def is_open(connection: Connection, number: int) -> bool:
    return has_row(connection, "select from ops.insiden where insiden_id = %s and ditutup_at is null", [number])


def is_reported(connection: Connection, number: int) -> bool:
    return has_row(connection, "select from ops.insiden where insiden_id = %s and dilaporkan_at is not null", [number])
