"""Who holds an office of the city from when until when: ops.recipient."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from psycopg.errors import ExclusionViolation

from command_center.database import Connection, all_rows, first_row
from command_center.errors import DeclarationError

COLUMNS = "wilayah_kode, jabatan, is_plt, address, since, until"


@dataclass(frozen=True)
class Term:
    """One holder of an office, known by the office's address; `until` is the last day, None while nobody knows it."""

    wilayah_kode: str
    jabatan: str
    is_plt: bool
    address: str
    since: date
    until: date | None


def replace(connection: Connection, terms: Iterable[Term]) -> None:
    """These terms and no others, in the caller's transaction. Raises DeclarationError for two that overlap."""
    connection.execute("lock table ops.recipient in share row exclusive mode")
    connection.execute("delete from ops.recipient")
    for term in terms:
        try:
            connection.execute(
                f"insert into ops.recipient ({COLUMNS}) values (%(wilayah_kode)s, %(jabatan)s, %(is_plt)s, %(address)s, "
                "%(since)s, %(until)s)",
                term.__dict__,
            )
        except ExclusionViolation:
            raise DeclarationError(
                f"Two people hold the office {term.jabatan} of {term.wilayah_kode} on {term.since}; end the earlier term "
                "on the day before."
            ) from None


def holder(connection: Connection, wilayah_kode: str, offices: Sequence[str], day: date) -> Term | None:
    """Who holds one of the offices on a day; the first office that somebody holds counts."""
    return first_row(
        connection,
        Term,
        f"select {COLUMNS} from ops.recipient where wilayah_kode = %(kode)s and jabatan = any(%(offices)s) "
        "and daterange(since, until, '[]') @> %(day)s order by array_position(%(offices)s, jabatan) limit 1",
        {"kode": wilayah_kode, "offices": list(offices), "day": day},
    )


def of_address(connection: Connection, address: str, day: date) -> list[Term]:
    """The offices whose holder on a day has this address."""
    return all_rows(
        connection,
        Term,
        f"select {COLUMNS} from ops.recipient where lower(address) = lower(%s) and daterange(since, until, '[]') @> %s::date "
        "order by wilayah_kode, jabatan",
        [address, day],
    )
