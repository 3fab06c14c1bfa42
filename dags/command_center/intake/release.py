"""A person's decision to publish a held batch."""

from __future__ import annotations

from command_center.database import Connection, connect
from command_center.declaration.source import Source
from command_center.errors import BatchHeld
from command_center.ledger.landing import Landed
from command_center.settings import settings


def is_released(connection: Connection, source: Source, name: str, landed: Landed) -> bool:
    row = connection.execute(
        "select from ops.keputusan where jenis = 'lepas' and objek = %s and checksum = %s "
        "and (berlaku_sampai is null or berlaku_sampai > clock_timestamp())",
        [f"{source.source}.{name}.{landed.part}", landed.sha256],
    ).fetchone()
    return row is not None


def release(source: Source, table: str, part: str, *, jabatan: str, alasan: str) -> str:
    """Record the decision to publish the newest held batch of a part despite its audit; returns the batch's checksum."""
    with connect(settings().dsn("loader")) as connection:
        row = connection.execute(
            "select sha256 from ops.batch where source = %s and table_name = %s and part = %s and status = 'held' "
            "order by batch_id desc limit 1",
            [source.source, table, part],
        ).fetchone()
        if row is None:
            raise BatchHeld(
                f"No batch of {source.source}.{table}, part {part!r}, is held; there is nothing to release."
            )
        connection.execute(
            "insert into ops.keputusan (jenis, objek, checksum, jabatan, alasan) values ('lepas', %s, %s, %s, %s)",
            [f"{source.source}.{table}.{part}", row[0], jabatan, alasan],
        )
    return str(row[0])
