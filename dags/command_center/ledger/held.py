"""Domains whose last edition stands, because the newest failed its tests: ops.domain_held."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from psycopg.types.json import Jsonb

from command_center.database import Connection, all_rows
from command_center.settings import WIB


@dataclass(frozen=True)
class Held:
    """A domain that is held; `edition_at` is when what people see of it was put in place, None where nothing ever was."""

    domain: str
    sources: tuple[str, ...]
    reason: str
    edition_at: datetime | None

    def __str__(self) -> str:
        if self.edition_at is None:
            return f"{self.domain} has no edition yet ({self.reason})"
        edition = self.edition_at.astimezone(WIB)
        return f"{self.domain} keeps its edition of {edition:%d-%m-%Y %H:%M} WIB ({self.reason})"


@dataclass(frozen=True)
class Told:
    """What the stewards of one source must hear of a domain that is held."""

    opd: str
    source: str
    title: str
    domain: str
    edition_at: datetime | None


def held_domains(connection: Connection) -> list[Held]:
    rows = all_rows(
        connection,
        Held,
        "select domain, sources, reason, edition_at from ops.domain_held order by domain",
    )
    return [Held(row.domain, tuple(row.sources), row.reason, row.edition_at) for row in rows]


def replace_held(connection: Connection, held: Iterable[Held]) -> None:
    """These domains are held, and no other; one that was held before keeps the moment since when it is."""
    domains = list(held)
    connection.execute("delete from ops.domain_held where domain <> all(%s)", [[one.domain for one in domains]])
    with connection.cursor() as cursor:
        cursor.executemany(
            """
            insert into ops.domain_held (domain, sources, reason, edition_at)
            values (%s, %s, %s, %s)
            on conflict (domain) do update set sources = excluded.sources, reason = excluded.reason
            """,
            [(one.domain, Jsonb(one.sources), one.reason, one.edition_at) for one in domains],
        )


def to_be_told(connection: Connection) -> list[Told]:
    """A line for each source of a domain that is held."""
    return all_rows(
        connection,
        Told,
        """
        select c.opd, c.source, c.title, h.domain, h.edition_at
        from ops.domain_held as h cross join jsonb_array_elements_text(h.sources) as s(source) join ops.source_catalogue as c using (source)
        order by c.source, h.domain
        """,
    )
