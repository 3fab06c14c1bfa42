"""Decisions of people, by job title, each on a checksum: ops.keputusan."""

from __future__ import annotations

from command_center.database import Connection, has_row
from command_center.ledger.batch import Key


def is_released(connection: Connection, key: Key, sha256: str) -> bool:
    """Whether somebody decided to publish these bytes despite their audit."""
    return has_row(
        connection,
        "select from ops.keputusan where jenis = 'lepas' and objek = %s and checksum = %s "
        "and (berlaku_sampai is null or berlaku_sampai > clock_timestamp())",
        [_object(key), sha256],
    )


def record_release(connection: Connection, key: Key, sha256: str, *, jabatan: str, alasan: str) -> None:
    record(connection, "lepas", _object(key), checksum=sha256, jabatan=jabatan, alasan=alasan)


def record(connection: Connection, jenis: str, objek: str, *, checksum: str, jabatan: str, alasan: str) -> None:
    connection.execute(
        "insert into ops.keputusan (jenis, objek, checksum, jabatan, alasan) values (%s, %s, %s, %s, %s)",
        [jenis, objek, checksum, jabatan, alasan],
    )


def _object(key: Key) -> str:
    return f"{key.source}.{key.table}.{key.part}"
