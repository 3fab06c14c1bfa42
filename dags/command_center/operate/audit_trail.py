"""The audit trail for people: its head by mail once a day, so that somebody outside can tell whether it was changed, and lists."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date

from command_center.database import Connection, connect
from command_center.idformat import format_date, format_moment, format_number
from command_center.ledger import trail
from command_center.ledger.trail import Count, Entry, Head, Mailed
from command_center.operate.mail import send
from command_center.settings import WIB, settings


def mail_head() -> str:
    """Mail the head of the chain to CC_MAIL_AUDIT, unless that was done today; what was done.

    The row that says so is committed after the mail: one that failed is tried again, and none is kept back.
    """
    config = settings()
    today = config.now().astimezone(WIB).date()
    with connect(config.dsn("loader")) as connection:
        head, before = trail.head(connection), trail.last_mailed(connection)
        if head is None:
            return "The audit trail has no entries yet; nothing was mailed."
        if not trail.note_mailed(connection, today, head, config.cc_mail_audit):
            return "The head of the audit trail was mailed today already."
        text = head_text(connection, head, before)
        send(config.cc_mail_audit, f"Jejak audit {format_date(today)}: {format_number(head.nomor)} catatan", text)
    return f"The head of the audit trail, entry {head.nomor}, was mailed to {config.cc_mail_audit}."


def head_text(connection: Connection, head: Head, before: Mailed | None) -> str:
    broken = trail.first_break(connection)
    state = "rantainya utuh"
    if broken:
        state = f"RANTAINYA TIDAK UTUH mulai catatan nomor {format_number(broken.nomor)} (lihat hasil `verify`)"
    written = trail.counts(connection, after=before.nomor if before else 0)
    return f"""Jejak audit Command Center memuat {format_number(head.nomor)} catatan; {state}.

Kepala rantai, yaitu sidik (SHA-256) catatan terakhir, {format_moment(head.created_at)}:

    {head.hash}

{_written(written, before)}

Simpan surel ini. Untuk membandingkannya dengan jejak audit di kemudian hari, jalankan:

    python -m command_center verify --head {head.hash}

Bila kepala ini tidak ditemukan lagi, ada catatan yang diubah, dihapus atau ditulis ulang sesudah surel ini dikirim.
Cara menghitung rantai dengan program sendiri ada di docs/security.md.
"""


def _written(written: Sequence[Count], before: Mailed | None) -> str:
    since = f"Sejak kepala tanggal {format_date(before.tanggal)}" if before else "Sejak awal"
    if not written:
        return f"{since} tidak ada catatan baru."
    lines = (f"    {one.jenis:16} {format_number(one.entries):>10}" for one in written)
    return "\n".join((f"{since} ditulis:", *lines))


def listed(*, since: date | None, jenis: str | None, limit: int) -> str:
    """The newest entries, one below the other, the newest last."""
    with connect(settings().dsn("loader")) as connection:
        found = trail.entries(connection, since=since, jenis=jenis, limit=limit)
    return "\n".join(_line(one) for one in found) or "No entry of the audit trail is like that."


def _line(one: Entry) -> str:
    who = one.pelaku if one.pelaku == one.login else f"{one.pelaku} ({one.login})"
    details = json.dumps(one.rincian, ensure_ascii=False)
    return f"{one.nomor:>7}  {one.created_at.astimezone(WIB):%Y-%m-%d %H:%M:%S}  {one.jenis}  {one.objek}  {who}\n         {details}"
