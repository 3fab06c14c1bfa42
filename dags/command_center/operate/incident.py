"""The record of breaches of personal data, with the clock of 72 hours for the written notice."""

from __future__ import annotations

from datetime import datetime, timedelta

from command_center.database import connect
from command_center.errors import CommandCenterError
from command_center.idformat import format_moment, plain
from command_center.ledger import incident
from command_center.ledger.incident import Incident, Step
from command_center.settings import settings

SOON = timedelta(hours=24)


def open_one(*, jabatan: str, uraian: str, data: str, known_at: datetime | None = None) -> str:
    """Begin a record; the clock began when the breach became known. Raises CommandCenterError for a moment ahead of now."""
    _is_signed(jabatan, uraian)
    now = settings().now()
    began = known_at or now
    if began > now:
        raise CommandCenterError(
            f"An incident cannot have become known at {began:%Y-%m-%d %H:%M}, which lies ahead of now."
        )
    with connect(settings().dsn("loader")) as connection:
        number = incident.open_one(connection, jabatan=jabatan, uraian=uraian, data=data, known_at=began)
    return f"Incident {number} is open; written notice to the persons and the authority is due {format_moment(began + incident.LIMIT)}."


def add(number: int | None, step: Step, *, jabatan: str, isi: str) -> str:
    """Note a step. Raises CommandCenterError where there is no such open incident, or it is closed before it was reported."""
    _is_signed(jabatan, isi)
    with connect(settings().dsn("loader")) as connection:
        if number is None or not incident.is_open(connection, number):
            raise CommandCenterError(
                f"There is no open incident {number or 'without a number'}; `incident` lists them."
            )
        if step == "tutup" and not incident.is_reported(connection, number):
            raise CommandCenterError(
                f"Incident {number} was not reported yet; enter `incident lapor {number}` first, also where nobody had to be "
                "told, with who decided that and why."
            )
        incident.add(connection, number, step, jabatan=jabatan, isi=isi, at=settings().now())
    return f"Incident {number}: {step} noted."


def _is_signed(jabatan: str, isi: str) -> None:
    if not jabatan.strip() or not isi.strip():
        raise CommandCenterError("Tell who says so and what, with --jabatan '…' --isi '…'.")


def listed() -> str:
    """Every incident with its clock and what was noted."""
    now = settings().now()
    with connect(settings().dsn("loader")) as connection:
        found, notes = incident.every(connection), incident.notes(connection)
    lines = []
    for one in found:
        lines.append(plain(f"{one.insiden_id}. {one.uraian} ({one.data_terdampak}); {clock(one, now)}"))
        lines += [
            plain(f"   {format_moment(note.created_at)} {note.jenis}, {note.jabatan}: {note.isi}")
            for note in notes
            if note.insiden_id == one.insiden_id
        ]
    return "\n".join(lines) or "No incident was recorded."


def clock(one: Incident, now: datetime) -> str:
    if one.dilaporkan_at is not None:
        late = " (late)" if one.dilaporkan_at > one.batas_at else ""
        closed = ", closed" if one.ditutup_at is not None else ""
        return f"reported {format_moment(one.dilaporkan_at)}{late}{closed}"
    hours = (one.batas_at - now) / timedelta(hours=1)
    return f"notice due {format_moment(one.batas_at)}: " + (
        f"{hours:.0f} h left" if hours > 0 else f"{-hours:.0f} h OVERDUE"
    )


def reminder(one: Incident, now: datetime) -> str | None:
    """What the steward is told: when it is open, when a day is left, and when the time is over."""
    if one.dilaporkan_at is not None:
        return None
    head = f"Insiden data pribadi {one.insiden_id} belum dilaporkan tertulis"
    due = format_moment(one.batas_at)
    if now >= one.batas_at:
        return f"{head}; batas 3 x 24 jam lewat pada {due}. Laporkan segera dan jelaskan keterlambatannya."
    if now >= one.batas_at - SOON:
        return f"{head}; batasnya {due}, kurang dari 24 jam lagi."
    return f"{head}; batasnya {due} (UU 27/2022 Pasal 46)."
