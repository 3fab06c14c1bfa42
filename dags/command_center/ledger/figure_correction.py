"""Corrections of figures (seed ref_koreksi) that were applied, and those that have ended for good: ops.koreksi.

A correction is known by all that its record says, so that a changed record is another one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from command_center.database import Connection, all_rows, one_value


@dataclass(frozen=True)
class Found:
    """A correction, and whether it finds the one row and in it the value that it expects."""

    sidik: str
    koreksi_kode: str
    tabel: str
    is_fitting: bool


@dataclass(frozen=True)
class Ended:
    koreksi_kode: str
    tabel: str
    berakhir_at: datetime


def note(connection: Connection, found: Iterable[Found]) -> None:
    """Who fits is applied; who was applied and fits no more has ended. One that never fitted may be of a row that is yet to come."""
    for one in found:
        if one.is_fitting:
            statement = (
                "insert into ops.koreksi (sidik, koreksi_kode, tabel) values (%(sidik)s, %(koreksi_kode)s, %(tabel)s) "
                "on conflict (sidik) do nothing"
            )
        else:
            statement = (
                "update ops.koreksi set berakhir_at = clock_timestamp() where sidik = %(sidik)s and berakhir_at is null"
            )
        connection.execute(statement, one.__dict__)


def take_out_ended(connection: Connection, seed: str) -> int:
    """Take what has ended out of the table of corrections; how many went. Whenever dbt loads the seed, it does the same."""
    return one_value(connection, int, "select ops.akhiri_koreksi(%s::regclass, false)", [seed])


def ended(connection: Connection) -> list[Ended]:
    """What has ended and is still written in ref_koreksi."""
    return all_rows(
        connection,
        Ended,
        "select koreksi_kode, tabel, berakhir_at from ops.koreksi where berakhir_at is not null and is_tercatat order by koreksi_kode",
    )
