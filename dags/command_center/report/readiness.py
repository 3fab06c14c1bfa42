"""What a period still lacks, from what the warehouse says of its sources and areas; there is no other book of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import psycopg

from command_center.database import Connection, all_rows, connect
from command_center.errors import DeliveryError
from command_center.idformat import format_number, format_until
from command_center.report.periods import end_of
from command_center.settings import WIB, settings

SHORTER_THAN_A_MONTH = timedelta(days=28)
# The end of a period is told as its last second.
LAST_SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class SourceState:
    """Until when a quoted source tells, in local time, and how old its content may be."""

    judul: str
    opd_nama: str
    data_per: datetime | None
    batas_jam: float
    status: str
    is_monthly: bool
    peladen_teks: str | None = None

    @property
    def limit(self) -> timedelta:
        return timedelta(hours=float(self.batas_jam))


@dataclass(frozen=True)
class Shortfall:
    """A source of which areas are missing in the month."""

    judul: str
    tingkat: str
    ada: int
    semua: int


def late_inputs(kind: str, periode: date) -> tuple[str, ...]:
    """A sentence for each source and each group of areas that the period still lacks, read as officials read it."""
    try:
        with connect(settings().dsn("officials")) as connection:
            return _late_inputs(connection, kind, periode)
    except psycopg.Error as error:
        raise DeliveryError(
            f"What the period {periode} lacks could not be read from the mart: {str(error).splitlines()[0]}; "
            "build the warehouse (transform), then try again."
        ) from None


def _late_inputs(connection: Connection, kind: str, periode: date) -> tuple[str, ...]:
    end = end_of(kind, periode)
    sources = all_rows(connection, SourceState, SOURCES)
    late = [late_source(one) for one in sources if is_quoted(one, kind) and not is_there(one, end)]
    if kind != "mingguan":
        late += [shortfall(one) for one in all_rows(connection, Shortfall, SHORTFALLS, {"periode": periode})]
    return tuple(late)


def is_quoted(source: SourceState, kind: str) -> bool:
    """A weekly report quotes what is told more often than once a month."""
    return kind != "mingguan" or source.limit < SHORTER_THAN_A_MONTH


def is_there(source: SourceState, end: datetime) -> bool:
    """Whether a source tells all of a period that is over.

    Its content reaches the end; or it is as young as is declared, where that says enough: a log of events ends with its last
    event, and of a quarter or half-year the last one is quoted. Of what comes once a month the month itself is needed.
    """
    if source.data_per is None:
        return False
    if source.data_per.replace(tzinfo=WIB) >= end - LAST_SECOND:
        return True
    return source.status == "segar" and (source.limit < SHORTER_THAN_A_MONTH or not source.is_monthly)


def late_source(source: SourceState) -> str:
    if source.data_per is None:
        return f"{source.judul} ({source.opd_nama}) belum pernah masuk."
    until = source.data_per.replace(tzinfo=WIB) + LAST_SECOND
    server = f" {source.peladen_teks}" if source.peladen_teks else ""
    return f"{source.judul} ({source.opd_nama}) terlambat: datanya baru sampai {format_until(until)}.{server}"


def shortfall(one: Shortfall) -> str:
    return f"{one.judul} belum lengkap: {format_number(one.ada)} dari {format_number(one.semua)} {one.tingkat}."


SOURCES = """
    select f.judul, f.opd_nama, f.data_per, f.batas_jam, f.status, bool_or(i.periode_jenis = 'bulan') as is_monthly, s.peladen_teks
    from mart.dim_indikator as i join mart.kesegaran_sumber as f using (source) left join mart.kesegaran_isi as s using (source)
    where i.periode_jenis <> 'pemilihan'
    group by f.source, f.judul, f.opd_nama, f.data_per, f.batas_jam, f.status, s.peladen_teks order by f.source
"""
SHORTFALLS = """
    with tiap_indikator as (
        select i.indikator_kode, i.wilayah_tingkat, count(distinct i.wilayah_kode) as ada
        from mart.indikator as i
        where i.periode_jenis = 'bulan' and i.periode_mulai = %(periode)s and i.wilayah_tingkat in ('kecamatan', 'kelurahan')
        group by i.indikator_kode, i.wilayah_tingkat
    ),
    tingkat as (select w.tingkat, count(*) as semua from mart.wilayah as w group by w.tingkat)
    select f.judul, t.tingkat, min(o.ada)::int as ada, t.semua::int as semua
    from tiap_indikator as o
    join mart.dim_indikator as i on i.kode = o.indikator_kode
    join mart.kesegaran_sumber as f using (source)
    join tingkat as t on t.tingkat = o.wilayah_tingkat
    group by f.judul, t.tingkat, t.semua having min(o.ada) < t.semua order by f.judul, t.tingkat
"""
