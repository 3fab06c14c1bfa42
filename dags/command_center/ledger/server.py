"""How monitoring says that the servers are on which sources depend: ops.peladen, and what is needed to ask it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from command_center.database import Connection, all_rows, first_row, first_value

Condition = Literal["terganggu", "perawatan", "baik", "tidak_diketahui"]
LONGEST = timedelta(
    hours=2
)  # what was said before says nothing of now; the model mart__kesegaran_isi has the same bound


@dataclass(frozen=True)
class Monitored:
    """A source and the technical name of its server."""

    source: str
    host: str


@dataclass(frozen=True)
class Monitoring:
    """The source that is monitoring itself: when it last told problems and recoveries, how long it may be silent, whom to call."""

    last_at: datetime | None
    answer_hours: float
    steward: str
    deputy: str
    opd_name: str

    @property
    def limit(self) -> timedelta:
        return timedelta(hours=float(self.answer_hours))


@dataclass(frozen=True)
class Server:
    """How the server of a source is; `kalimat` says it to people."""

    source: str
    host: str
    keadaan: Condition
    sejak: datetime | None
    kalimat: str
    diperiksa_at: datetime


def monitored(connection: Connection) -> list[Monitored]:
    return all_rows(
        connection,
        Monitored,
        "select source, declared ->> 'monitored_as' as host from ops.source_catalogue "
        "where declared ->> 'monitored_as' is not null order by source",
    )


def monitoring(connection: Connection, source: str, tables: list[str]) -> Monitoring | None:
    """None where it is not declared; silent where one of its tables never came."""
    return first_row(
        connection,
        Monitoring,
        """
        select answer_hours, steward, coalesce(declared ->> 'deputy_steward', '') as deputy, opd_name, (
            select case when count(t.last_at) = cardinality(%(tables)s) then min(t.last_at) end from (
                select table_name, max(observed_at) as last_at from ops.batch
                where source = %(source)s and table_name = any(%(tables)s) and status in ('published', 'unchanged')
                group by table_name
            ) as t
        ) as last_at
        from ops.source_catalogue where source = %(source)s
        """,
        {"source": source, "tables": tables},
    )


def replace(connection: Connection, servers: Iterable[Server]) -> None:
    connection.execute("delete from ops.peladen")
    with connection.cursor() as cursor:
        cursor.executemany(
            "insert into ops.peladen (source, host, keadaan, sejak, kalimat, diperiksa_at) "
            "values (%(source)s, %(host)s, %(keadaan)s, %(sejak)s, %(kalimat)s, %(diperiksa_at)s)",
            [one.__dict__ for one in servers],
        )


def disturbed_since(connection: Connection, source: str, now: datetime) -> datetime | None:
    """Since when the server of a source is disturbed, as far as monitoring said so lately."""
    return first_value(
        connection,
        datetime,
        "select sejak from ops.peladen where source = %s and keadaan = 'terganggu' and diperiksa_at > %s",
        [source, now - LONGEST],
    )
