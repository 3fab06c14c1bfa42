"""Rows that were set aside: the place where a person finds them, and the reason that their agency reads."""

from __future__ import annotations

import json
from typing import Any

from psycopg import sql

from command_center.database import Connection
from command_center.declaration.formats import expected
from command_center.declaration.source import Source, Table
from command_center.extract.reading import Reading, Reject, Section
from command_center.idformat import format_number
from command_center.intake.stage import Stage
from command_center.ledger.quarantine import Origin, Rejected, add_rejected, add_staged
from command_center.personal import masked_value
from command_center.settings import CITY_NAME

KNOWN_AREAS = {
    "kecamatan": ("kode kecamatan", "gunakan kode Kemendagri, misalnya 13.71.01"),
    "kelurahan": ("kode kelurahan", "gunakan kode Kemendagri, misalnya 13.71.01.1001"),
    "kecamatan_name": ("nama kecamatan", "tulis namanya, misalnya Padang Timur, bukan kodenya"),
    "kelurahan_name": ("nama kelurahan", "tulis namanya, misalnya Lolong Belanti, bukan kodenya"),
}
LONGEST = 2_000


def quarantine(
    connection: Connection,
    staged: Stage,
    source: Source,
    table_name: str,
    sha256: str,
    reading: Reading,
    rules: dict[str, str],
) -> None:
    """Keep every set-aside row: one entry per broken rule, with place, value, reason and payload."""
    origin = Origin(staged.batch_id, source.source, table_name, sha256, source.opd)
    connection.execute(sql.SQL("analyze {}").format(staged.bad))
    rows = sql.SQL(
        """
        select b._row as row_number, {place} as place, coalesce(c.header, '') as column_name,
            p.payload ->> split_part(b._error, '#', 1) as value,
            coalesce(%(reasons)s::jsonb ->> b._error, b._error) as reason, p.payload
        from {bad} as b
        join {text} as x on x._row = b._row
        cross join lateral (
            select jsonb_object_agg(
                key, case when length(shown) > %(longest)s then left(shown, %(longest)s) || '…' else shown end
            ) as payload
            from jsonb_each_text(to_jsonb(x) - '_row' - '_is_simulasi')
            cross join lateral (select case when ops.memuat_pribadi(value) then ops.samarkan(value) else value end) as s(shown)
        ) as p
        cross join lateral (select %(headers)s::jsonb ->> split_part(b._error, '#', 1) as header) as c
        """
    ).format(place=_place(reading.sections), bad=staged.bad, text=staged.text)
    reasons = _reasons(staged.table) | rules
    headers = {column.name: column.source for column in staged.table.stored}
    values = {"reasons": json.dumps(reasons), "headers": json.dumps(headers), "longest": LONGEST}
    add_staged(connection, origin, rows, values)
    add_rejected(connection, origin, [_rejected(reading, reject) for reject in reading.rejects])


def _rejected(reading: Reading, reject: Reject) -> Rejected:
    where = place(reading.sections, reject.row_number)
    payload = {name: _shortened(value) for name, value in reject.payload.items()}
    value, reason = _shortened(reject.value), _shortened(reject.reason)
    return Rejected(reject.row_number, where, reject.column or "", value, reason, payload)


def _shortened(value: Any) -> Any:
    """What a person needs to find a value again, nothing personal; the archive has it whole."""
    value = masked_value(value)
    return f"{value[:LONGEST]}…" if isinstance(value, str) and len(value) > LONGEST else value


def place(sections: list[Section], row_number: int) -> str:
    """Where a person finds a row in the file."""
    section = next(s for s in reversed(sections) if row_number > s.start)
    return f"{section.label}{row_number - section.start}"


def _place(sections: list[Section]) -> sql.Composed:
    cases = sql.SQL(" ").join(
        sql.SQL("when b._row > {} then {} || (b._row - {})").format(s.start, s.label, s.start)
        for s in reversed(sections)
    )
    return sql.SQL("case {} else b._row::text end").format(cases)


def _reasons(table: Table) -> dict[str, str]:
    reasons = {
        "#ganda": f"Kunci ({', '.join(table.key)}) muncul lebih dari sekali dengan isi berbeda; pastikan satu baris per kunci."
    }
    for column in table.stored:
        head = f"Kolom {column.source!r}"
        reasons[f"{column.name}#wajib"] = f"{head} wajib diisi tetapi kosong; lengkapi lalu kirim ulang."
        reasons[f"{column.name}#format"] = f"{head} seharusnya {expected(column)}; perbaiki lalu kirim ulang."
        reasons[f"{column.name}#panjang"] = (
            f"{head} lebih panjang dari {format_number(column.longest)} bita; kirim isinya saja."
        )
        reasons[f"{column.name}#pribadi"] = (
            f"{head} adalah kunci, tetapi memuat NIK, nomor telepon, surel atau nama orang; pakai nomor yang tidak menunjuk orang."
        )
        reasons[f"{column.name}#masa_depan"] = f"{head} berada di masa depan; periksa tanggalnya lalu kirim ulang."
        if column.references is not None:
            what, advice = KNOWN_AREAS[column.references]
            reasons[f"{column.name}#rujukan"] = f"{head} bukan {what} {CITY_NAME} yang dikenal; {advice}."
    return reasons
