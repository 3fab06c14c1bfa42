"""Erased persons: ops.penghapusan for each request, ops.batu_nisan for what must not come back, as digests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from psycopg.types.json import Jsonb

from command_center.database import Connection, all_rows, first_value, one_value
from command_center.ledger import trail
from command_center.ledger.landing import Landed
from command_center.personal import masked
from command_center.personal_key import Tombstone


def begin(
    connection: Connection,
    keys: Iterable[Tombstone],
    *,
    jabatan: str,
    alasan: str,
    requested: date,
    found: Mapping[str, int],
) -> int:
    """Enter a request; from now on nothing that comes in has these keys any more."""
    stones = list(keys)
    digests = {stone.digest: stone.jenis for stone in stones}
    number = one_value(
        connection,
        int,
        "insert into ops.penghapusan (jabatan, alasan, diminta_pada, kunci, ditemukan) values (%s, %s, %s, %s, %s) "
        "returning penghapusan_id",
        [jabatan, masked(alasan), requested, Jsonb(digests), Jsonb(dict(found))],
    )
    for stone in stones:
        connection.execute(
            "insert into ops.batu_nisan (digest, jenis, kata, awal, penghapusan_id) values (%s, %s, %s, %s, %s) "
            "on conflict (digest) do nothing",
            [stone.digest, stone.jenis, stone.kata, stone.awal, number],
        )
    _enter(
        connection, number, jabatan, {"alasan": masked(alasan), "diminta_pada": requested.isoformat(), "kunci": digests}
    )
    return number


def end(connection: Connection, number: int, *, jabatan: str, changed: Mapping[str, int], not_looked: int = 0) -> None:
    """The request is done; `not_looked` archives could not be opened, and so may hold the person still."""
    connection.execute("update ops.penghapusan set selesai_at = clock_timestamp() where penghapusan_id = %s", [number])
    told = {"tidak_diperiksa": not_looked} if not_looked else {}
    _enter(connection, number, jabatan, {"selesai": True, "dihapus_dari": dict(changed), **told})


def _enter(connection: Connection, number: int, jabatan: str, what: Mapping[str, object]) -> None:
    trail.record(connection, "penghapusan", f"permintaan {number}", jabatan, what)


def tombstones(connection: Connection) -> list[Tombstone]:
    return all_rows(connection, Tombstone, "select digest, jenis, kata, awal from ops.batu_nisan order by digest")


def replace_object(
    connection: Connection, old: Landed, *, sha256: str, byte_size: int, uri: str, wrapped_key: str
) -> None:
    """An answer's bytes are others now: what was loaded, set aside or decided of the old ones is of the new ones.

    Where the part had the new bytes already, its row takes the batches over, and the old one is erased.
    """
    new = {"id": old.landing_id, "sha256": sha256, "size": byte_size, "uri": uri, "key": wrapped_key, "old": old.sha256}
    kept = _twin(connection, old, sha256) or old.landing_id
    new["kept"] = kept
    if kept == old.landing_id:
        change = (
            "update ops.landing set sha256 = %(sha256)s, byte_size = %(size)s, uri = %(uri)s, wrapped_key = %(key)s"
        )
    else:
        change = "update ops.landing set erased_at = clock_timestamp(), wrapped_key = null"
    connection.execute(f"{change} where landing_id = %(id)s", new)
    connection.execute(
        "update ops.quarantine as q set sha256 = %(sha256)s from ops.batch as b "
        "where b.batch_id = q.batch_id and b.landing_id = %(id)s",
        new,
    )
    connection.execute("update ops.batch set sha256 = %(sha256)s, landing_id = %(kept)s where landing_id = %(id)s", new)
    if kept != old.landing_id:
        connection.execute(
            "update ops.perbaikan as p set landing_id = %(kept)s where landing_id = %(id)s and not exists (select from ops.perbaikan "
            "as o where (o.landing_id, o.table_name, o.row_number, o.column_name) = (%(kept)s, p.table_name, p.row_number, p.column_name))",
            new,
        )
    connection.execute("update ops.keputusan set checksum = %(sha256)s where checksum = %(old)s", new)


def _twin(connection: Connection, old: Landed, sha256: str) -> int | None:
    where = "source = %s and part = %s and sha256 = %s and simulated_paths = %s and landing_id <> %s"
    query = f"select landing_id from ops.landing where {where}"
    return first_value(connection, int, query, [old.source, old.part, sha256, old.simulated_paths, old.landing_id])
