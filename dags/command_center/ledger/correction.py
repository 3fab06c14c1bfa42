"""What came back by mail: ops.correction. Nothing that arrives is dropped."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from command_center.database import Connection, all_rows, has_row
from command_center.personal import masked

Jenis = Literal["koreksi", "pantulan", "otomatis"]


@dataclass(frozen=True)
class NewCorrection:
    """An answer, as text; `mark` says what is not known of it."""

    message_id: str
    jenis: Jenis
    edition_id: int | None
    wilayah_kode: str | None
    sender: str
    jabatan: str | None
    subject: str
    body: str
    is_cut: bool
    mark: str
    state: str
    received_at: datetime
    sheet_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class Correction(NewCorrection):
    """A row of ops.correction, with the report that it is about, where it is about one."""

    correction_id: int
    state_since: datetime
    kind: str | None
    periode: date | None
    number: int | None


FIELDS = tuple(NewCorrection.__dataclass_fields__)


def open_one(connection: Connection, new: NewCorrection) -> bool:
    """Enter an answer, unless it was; whether it was entered. Numbers of people in its text are hidden."""
    places = ", ".join(f"%({name})s" for name in FIELDS)
    return has_row(
        connection,
        f"insert into ops.correction ({', '.join(FIELDS)}, state_since) values ({places}, %(received_at)s) "
        "on conflict (message_id) do nothing returning correction_id",
        new.__dict__ | ({"subject": masked(new.subject), "body": masked(new.body)} if new.jenis == "koreksi" else {}),
    )


def is_known(connection: Connection, message_id: str) -> bool:
    return has_row(connection, "select from ops.correction where message_id = %s", [message_id])


def every(connection: Connection, *, only_open: bool = False) -> list[Correction]:
    """All answers, or those that wait for a person, the oldest one first."""
    columns = ", ".join(f"c.{name}" for name in FIELDS)
    return all_rows(
        connection,
        Correction,
        f"""
        select c.correction_id, {columns}, c.state_since, e.kind, e.periode, e.number
        from ops.correction as c left join ops.edition as e using (edition_id)
        where not %s or c.state in ('baru', 'dikerjakan') order by c.correction_id
        """,
        [only_open],
    )


def move(connection: Connection, correction_id: int, state: str, now: datetime) -> bool:
    """Say how far an answer is; False when there is no such answer."""
    return has_row(
        connection,
        "update ops.correction set state = %s, state_since = %s where correction_id = %s returning correction_id",
        [state, now, correction_id],
    )
