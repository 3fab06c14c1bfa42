"""Official boundaries: ops.boundary, one row per kelurahan and kecamatan; empty = the map is schematic."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from command_center.database import Connection
from command_center.ledger import trail


@dataclass(frozen=True)
class Boundary:
    """One area; `bujur` and `lintang` are a point within it, where a label stands."""

    kode_wilayah: str
    tingkat: str
    geometri: str
    bujur: float
    lintang: float
    berkas: str
    sha256: str


def replace(connection: Connection, boundaries: Iterable[Boundary]) -> None:
    """Take over these boundaries; without any the map is schematic again."""
    rows = [one.__dict__ for one in boundaries]
    with connection.cursor() as cursor:
        cursor.execute("delete from ops.boundary")
        cursor.executemany(
            "insert into ops.boundary (kode_wilayah, tingkat, geometri, bujur, lintang, berkas, sha256) values "
            "(%(kode_wilayah)s, %(tingkat)s, %(geometri)s, %(bujur)s, %(lintang)s, %(berkas)s, %(sha256)s)",
            rows,
        )
    files = {str(row["berkas"]): row["sha256"] for row in rows}
    trail.record(connection, "batas_wilayah", ", ".join(files) or "-", None, {"berkas": files, "wilayah": len(rows)})
