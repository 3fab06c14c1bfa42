"""Cells of figures that the public does not see: ops.sel_tersembunyi. What a final figure hid stays hidden."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from command_center.database import Connection


@dataclass(frozen=True)
class HiddenCell:
    """A cell that is hidden; `is_disamarkan`: nothing says that it is small; `is_sementara`: the next build decides anew."""

    indikator_kode: str
    wilayah_kode: str
    periode_mulai: date
    is_disamarkan: bool
    is_sementara: bool


def replace_hidden(connection: Connection, cells: Iterable[HiddenCell]) -> None:
    """These cells are hidden, beside those of final figures that were before."""
    found = list(cells)
    with connection.transaction():
        connection.execute("delete from ops.sel_tersembunyi where is_sementara")
        connection.execute(
            """
            insert into ops.sel_tersembunyi as lama (indikator_kode, wilayah_kode, periode_mulai, is_disamarkan, is_sementara)
            select * from unnest(%s::text[], %s::text[], %s::date[], %s::boolean[], %s::boolean[])
            on conflict (indikator_kode, wilayah_kode, periode_mulai) do update set is_disamarkan = true
            where excluded.is_disamarkan and not lama.is_disamarkan
            """,
            [
                [one.indikator_kode for one in found],
                [one.wilayah_kode for one in found],
                [one.periode_mulai for one in found],
                [one.is_disamarkan for one in found],
                [one.is_sementara for one in found],
            ],
        )
