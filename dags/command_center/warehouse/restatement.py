"""What a build changes of figures that people have seen as final: found beside the swap, entered within it."""

from __future__ import annotations

from datetime import datetime

from psycopg import sql
from psycopg.types.json import Jsonb

from command_center.database import Connection
from command_center.declaration.registry import readable_sources
from command_center.declaration.source import Retention
from command_center.ledger import restatement
from command_center.settings import settings
from command_center.warehouse.swap import has_schema

CHANGED = """
    create temporary table angka_berubah as
    select
        lama.indikator_kode, lama.indikator_nama, lama.domain, lama.wilayah_kode, lama.wilayah_nama, lama.periode_mulai,
        lama.periode_label, lama.nilai as nilai_lama, baru.nilai as nilai_baru, lama.nilai_teks as lama_teks,
        case when baru.nilai is not null then baru.nilai_teks end as baru_teks, lama.is_simulasi, registrasi.source
    from mart.indikator as lama
    left join mart_next.indikator as baru
        on lama.indikator_kode = baru.indikator_kode and lama.wilayah_kode = baru.wilayah_kode
        and lama.periode_mulai = baru.periode_mulai
    left join mart.dim_indikator as registrasi on lama.indikator_kode = registrasi.kode
    where not lama.is_sementara and lama.nilai is not null and lama.nilai is distinct from baru.nilai
        -- What went because its years are over was not found to be wrong.
        and not (baru.nilai is null and extract(year from lama.periode_mulai) + {years} < {year})
"""
YEARS = "coalesce(({} ->> registrasi.source)::integer, {})"


def find(connection: Connection) -> bool:
    """Compare the tested figures with those that people see, before anybody has to wait for the swap; whether there are both."""
    connection.execute("drop table if exists pg_temp.angka_berubah")
    if not has_schema(connection, "mart"):
        return False
    year = sql.Literal(settings().now().year)
    connection.execute(sql.SQL(CHANGED).format(years=_years(), year=year))
    return True


def _years() -> sql.Composed:
    """How many years the rows of an indicator's source are kept."""
    declared = {source.source: source.retention.curated_years for source in readable_sources()[0]}
    return sql.SQL(YEARS).format(sql.Literal(Jsonb(declared)), sql.Literal(Retention().curated_years))


def enter(connection: Connection, invocation_id: str, edition_at: datetime, *, is_other_project: bool) -> int:
    """Within the swap: what was found goes into the ledger; how many figures."""
    return restatement.record(
        connection,
        sql.SQL("select * from pg_temp.angka_berubah"),
        {
            "invocation_id": invocation_id,
            "sebab": "proyek" if is_other_project else "data",
            "edition_at": edition_at,
        },
    )
