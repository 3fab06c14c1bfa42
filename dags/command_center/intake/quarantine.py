"""Rows that were set aside: the place where a person finds them, and the reason that their agency reads."""

from __future__ import annotations

import json

from psycopg import sql

from command_center.database import Connection
from command_center.declaration.formats import expected
from command_center.declaration.source import Source, Table
from command_center.extract.reading import Reading, Section
from command_center.intake.stage import Stage


def quarantine(
    connection: Connection,
    stage: Stage,
    source: Source,
    table_name: str,
    sha256: str,
    reading: Reading,
    rules: dict[str, str],
) -> None:
    """Write every set-aside row to ops.quarantine: one row per broken rule, with place, value, reason and payload."""
    reasons = _reasons(stage.table) | rules
    connection.execute(sql.SQL("analyze {}").format(stage.bad))
    connection.execute(
        sql.SQL(
            """
            insert into ops.quarantine (batch_id, source, table_name, row_number, place, column_name, value, reason, payload, sha256, opd)
            select %(batch)s, %(source)s, %(table)s, b._row, {place}, coalesce(c.header, ''), p.payload ->> split_part(b._error, '#', 1),
                coalesce(%(reasons)s::jsonb ->> b._error, b._error), p.payload, %(sha256)s, %(opd)s
            from {bad} as b
            join {text} as x on x._row = b._row
            cross join lateral (select to_jsonb(x) - '_row' - '_is_simulasi' as payload) as p
            cross join lateral (select %(headers)s::jsonb ->> split_part(b._error, '#', 1) as header) as c
            on conflict do nothing
            """
        ).format(place=_place(reading.sections), bad=stage.bad, text=stage.text),
        {
            "batch": stage.batch_id, "source": source.source, "table": table_name, "sha256": sha256, "opd": source.opd,
            "reasons": json.dumps(reasons), "headers": json.dumps({c.name: c.source for c in stage.table.stored}),
        },
    )  # fmt: skip
    _quarantine_rejects(connection, stage, source, table_name, sha256, reading)


def _quarantine_rejects(
    connection: Connection, stage: Stage, source: Source, table_name: str, sha256: str, reading: Reading
) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(
            "insert into ops.quarantine (batch_id, source, table_name, row_number, place, column_name, value, reason, payload, "
            "sha256, opd) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) on conflict do nothing",
            [
                (stage.batch_id, source.source, table_name, r.row_number, place(reading.sections, r.row_number), r.column or "",
                 r.value, r.reason, json.dumps(dict(r.payload), ensure_ascii=False), sha256, source.opd)
                for r in reading.rejects
            ],
        )  # fmt: skip


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
        reasons[f"{column.name}#masa_depan"] = f"{head} berada di masa depan; periksa tanggalnya lalu kirim ulang."
        if column.references is not None:
            level, _, by_name = column.references.partition("_")
            what = f"nama {level}" if by_name else f"kode {level}"
            reasons[f"{column.name}#rujukan"] = (
                f"{head} bukan {what} Kota Padang yang dikenal; gunakan kode Kemendagri."
            )
    return reasons
