"""Decisions of people, by job title, each on a checksum: ops.keputusan."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from command_center.database import Connection, first_row
from command_center.ledger.batch import Key

Kind = Literal["lepas", "buang"]  # of a held batch: publish it, or throw it away; the newer one stands

# SQL: which decision stands on the bytes of the batch b; null = none.
STANDING = """(
    select k.jenis from ops.keputusan as k
    where k.jenis in ('lepas', 'buang') and k.objek = concat_ws('.', b.source, b.table_name, b.part) and k.checksum = b.sha256
        and (k.berlaku_sampai is null or k.berlaku_sampai > clock_timestamp())
    order by k.keputusan_id desc limit 1
)"""
from command_center.personal import masked


@dataclass(frozen=True)
class Decision:
    """What a person decided about the bytes of a part."""

    jenis: Kind
    jabatan: str
    alasan: str
    created_at: datetime


def standing(connection: Connection, key: Key, sha256: str) -> Decision | None:
    """The newest decision on these bytes."""
    return first_row(
        connection,
        Decision,
        "select jenis, jabatan, alasan, created_at from ops.keputusan where jenis in ('lepas', 'buang') and objek = %s "
        "and checksum = %s and (berlaku_sampai is null or berlaku_sampai > clock_timestamp()) "
        "order by keputusan_id desc limit 1",
        [_object(key), sha256],
    )


def wait_for_others(connection: Connection, key: Key) -> None:
    """Until nobody else decides about this part; nobody else does then until the end of the transaction."""
    connection.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"decide:{_object(key)}"])


def record_about(connection: Connection, jenis: Kind, key: Key, sha256: str, *, jabatan: str, alasan: str) -> None:
    """Enter a decision about a held batch."""
    record(connection, jenis, _object(key), checksum=sha256, jabatan=jabatan, alasan=alasan)


def record(connection: Connection, jenis: str, objek: str, *, checksum: str, jabatan: str, alasan: str) -> None:
    connection.execute(
        "insert into ops.keputusan (jenis, objek, checksum, jabatan, alasan) values (%s, %s, %s, %s, %s)",
        [jenis, objek, checksum, jabatan, masked(alasan)],  # the trail, which never forgets, takes it up
    )


def _object(key: Key) -> str:
    return f"{key.source}.{key.table}.{key.part}"
